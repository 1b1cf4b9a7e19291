from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sources.errors import SourceError, SourceUnavailable
from sources.extraction import ExtractionReport, extract_round
from sources.landing_store import RoundLanding, scan_landing
from sources.sql import SqlReader
from surveys.catalogue import SurveyFolder
from tests.sources.conftest import NOW, sql_source, survey_folder


class FormDatabase:
    """A survey application's database, with the column types of its kind."""

    def __init__(self, url: str, layout: str = "long") -> None:
        self.url, self.layout = url, layout
        self.engine = sa.create_engine(url, poolclass=sa.NullPool)
        is_postgres = self.engine.dialect.name == "postgresql"
        time = "timestamptz" if is_postgres else "DATETIME"
        wide = ", s1 text, s2 text" if layout == "wide" else ""
        self.run(
            f"CREATE TABLE submission (key integer PRIMARY KEY, id text, who text, unit text, kind text, sent {time}, "
            f"changed {time}, weight numeric, online boolean, comment text, round text{wide})"
        )
        self.run("CREATE TABLE answer (submission_key integer, question_code text, value text)")

    def run(self, statement: str, **values: Any) -> None:
        with self.engine.begin() as connection:
            connection.execute(sa.text(statement), values)

    def send(self, key: int, changed: str | None, *, answers: dict[str, str] | None = None, **values: Any) -> None:
        """Insert a submission, or let its respondent revise it."""
        row = {
            "key": key, "id": f"id{key}", "who": f"r{key}", "unit": "0012", "kind": "individual",
            "sent": "2023-10-01 08:00:00", "changed": changed, "weight": "1.5", "online": True, "comment": None,
            "round": "2023-2", **values,
        }  # fmt: skip
        given_answers = answers if answers is not None else {"S1": "5", "S2": "4"}
        if self.layout == "wide":
            row |= {"s1": given_answers.get("S1"), "s2": given_answers.get("S2")}
        self.run("DELETE FROM submission WHERE key = :key", key=key)
        self.run("DELETE FROM answer WHERE submission_key = :key", key=key)
        self.run(f"INSERT INTO submission ({', '.join(row)}) VALUES ({', '.join(':' + name for name in row)})", **row)
        for code, value in given_answers.items() if self.layout == "long" else ():
            self.run("INSERT INTO answer VALUES (:key, :code, :value)", key=key, code=code, value=value)

    def folder(self, **source: Any) -> SurveyFolder:
        if self.layout == "wide":
            source = {"mapping": {"questions": {"S1": "s1", "S2": "s2"}}, **source}
        return survey_folder(sql_source(self.url, self.layout, **source))

    def extract(self, landing: Path, now: dt.datetime = NOW, **source: Any) -> ExtractionReport:
        folder = self.folder(**source)
        return extract_round(folder, folder.rounds[0], landing, now=now)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'form 100%.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(params=["long", "wide"])
def form(request: pytest.FixtureRequest, url: str) -> Iterator[FormDatabase]:
    database = FormDatabase(url, request.param)
    yield database
    database.engine.dispose()


@pytest.fixture
def long_form(url: str) -> Iterator[FormDatabase]:
    database = FormDatabase(url)
    yield database
    database.engine.dispose()


def landed(landing: Path) -> pl.DataFrame:
    folder = survey_folder(sql_source("sqlite://"))
    return scan_landing(landing, folder, folder.rounds[0]).collect().sort("batch_number", "updated_at", "source_row")


def at(minute: int, second: str = "00") -> str:
    return f"2023-10-02 {10 + minute // 60:02d}:{minute % 60:02d}:{second}"


def bytes_of(landing: Path) -> dict[str, tuple[bytes, int]]:
    return {str(p): (p.read_bytes(), p.stat().st_mtime_ns) for p in landing.rglob("*") if p.is_file()}


# --- what is read


def test_submissions_and_answers_are_landed_under_both_layouts(form: FormDatabase, landing: Path) -> None:
    form.send(1, at(0), answers={"S1": "5", "S2": "Hài lòng"})
    form.send(2, at(1), answers={"S1": "1"}, comment="đã 100% 'tốt'")
    report = form.extract(landing)
    assert report.n_rows == 2
    columns = ("submission_id", "unit_code", "q_s1", "q_s2", "used_online", "weight", "comment")
    assert landed(landing).select(columns).rows() == [
        ("id1", "0012", 5, 4, True, 15_000_000_000, None),
        ("id2", "0012", 1, None, True, 15_000_000_000, "đã 100% 'tốt'"),
    ]  # fmt: skip
    assert landed(landing)["source_row"].to_list() == ["1", "2"]


def test_other_rounds_are_left_alone(long_form: FormDatabase, landing: Path) -> None:
    long_form.send(1, at(0), round="II/2023")
    long_form.send(2, at(1), round="2022")
    assert long_form.extract(landing, round_values={"2023-2": "II/2023"}).n_rows == 1


def test_times_with_a_zone_and_fractions_are_read_exactly_whatever_the_session_says(
    postgres_url: str, landing: Path
) -> None:
    form = FormDatabase(postgres_url)
    form.run(f"ALTER DATABASE {form.engine.url.database} SET DateStyle = 'SQL, DMY'")
    form.run(f"ALTER DATABASE {form.engine.url.database} SET TimeZone = 'America/Lima'")
    form.send(1, "2023-10-02 10:00:00.123456+07")
    form.extract(landing)
    assert landed(landing)["updated_at"].item() == dt.datetime(2023, 10, 2, 3, 0, 0, 123456, dt.UTC)


@pytest.mark.parametrize("kind", ["timestamp", "date", "text"])
def test_times_without_a_zone_are_the_surveys_or_the_configured_ones(
    postgres_url: str, landing: Path, kind: str
) -> None:
    form = FormDatabase(postgres_url)
    form.run(f"ALTER TABLE submission ALTER changed TYPE {kind} USING changed::text::{kind}")
    form.run("ALTER TABLE submission ALTER sent TYPE timestamp")
    form.send(1, "2023-10-02")
    form.send(2, "2023-10-03")
    for _ in range(2):
        form.extract(landing, batch_rows=1)
    assert landed(landing)["updated_at"].to_list() == [dt.datetime(2023, 10, day, 17, tzinfo=dt.UTC) for day in (1, 2)]


def test_keys_that_are_uuids_or_odd_texts_are_paged(postgres_url: str, landing: Path) -> None:
    form = FormDatabase(postgres_url)
    form.run("ALTER TABLE submission DROP key, ADD key uuid DEFAULT gen_random_uuid()")
    form.run("ALTER TABLE answer ALTER submission_key TYPE uuid USING NULL")
    for n in range(5):
        form.run(
            "INSERT INTO submission (id, sent, changed, round) VALUES (:id, now(), '2023-10-02', '2023-2')",
            id=f"a\\b%%'{n}",
        )
    assert form.extract(landing, batch_rows=2).n_rows == 5
    form.run("ALTER TABLE answer ALTER submission_key TYPE text")
    assert form.extract(landing, batch_rows=2, name="other", submission_key_column="id").n_rows == 5


def test_a_column_that_is_empty_in_its_first_thousands_of_rows_is_read(tmp_path: Path, landing: Path) -> None:
    form = FormDatabase(f"sqlite:///{tmp_path / 'form.db'}")
    rows = [{"key": n, "comment": "cuối" if n == 4999 else None} for n in range(5000)]
    with form.engine.begin() as connection:
        columns = "key, id, sent, changed, round, comment"
        statement = (
            f"INSERT INTO submission ({columns}) VALUES (:key, :key, '2023-10-01', '2023-10-01', '2023-2', :comment)"
        )
        connection.execute(sa.text(statement), rows)
    form.extract(landing)
    assert landed(landing)["comment"].drop_nulls().to_list() == ["cuối"]


def test_bytes_that_are_no_text_do_not_stop_the_round(tmp_path: Path, landing: Path) -> None:
    form = FormDatabase(f"sqlite:///{tmp_path / 'form.db'}")
    form.send(1, at(0))
    form.run("UPDATE submission SET comment = CAST(x'4e677579d46e' AS text)")
    form.extract(landing)
    assert landed(landing)["comment"].item() == "Nguy\ufffdn"


def test_two_different_answers_to_one_question_are_unreadable_and_the_same_twice_is_one(
    long_form: FormDatabase, landing: Path
) -> None:
    long_form.send(1, at(0), answers={"S1": "5"})
    for value, code in (("4", "S1"), ("3", "S2"), ("3", "S2"), ("1", "unknown")):
        long_form.run("INSERT INTO answer VALUES (1, :code, :value)", code=code, value=value)
    long_form.extract(landing)
    row = landed(landing).row(0, named=True)
    assert (row["q_s1"], row["q_s2"], json.loads(row["unparsed"])) == (-1, 3, {"q_s1": "4 | 5"})


# --- increments


def test_a_second_extraction_with_nothing_new_changes_no_byte(form: FormDatabase, landing: Path) -> None:
    for key in range(5):
        form.send(key, at(key))
    form.extract(landing, batch_rows=2)
    before = bytes_of(landing)
    report = form.extract(landing, batch_rows=2, now=NOW + dt.timedelta(days=1))
    assert (report.n_rows, bytes_of(landing)) == (0, before)


def test_only_new_and_changed_submissions_are_landed(form: FormDatabase, landing: Path) -> None:
    for key in range(4):
        form.send(key, at(key))
    form.extract(landing)
    form.send(4, at(5))
    form.send(1, at(6), answers={"S1": "1"})
    assert form.extract(landing).n_rows == 2
    latest = landed(landing).filter(pl.col("submission_id") == "id1").sort("updated_at")
    assert latest["q_s1"].to_list() == [5, 1]


def test_a_late_commit_behind_the_watermark_is_found_within_the_overlap(form: FormDatabase, landing: Path) -> None:
    form.send(1, at(100))
    form.extract(landing)
    form.send(2, at(41))
    form.send(3, at(39))
    assert form.extract(landing, overlap_minutes=60).n_rows == 1
    assert landed(landing)["submission_id"].to_list() == ["id1", "id2"]


@pytest.mark.parametrize("second", ["00", "00.5", "00.123456"])
def test_rows_of_the_watermarks_own_instant_are_not_missed(form: FormDatabase, landing: Path, second: str) -> None:
    form.send(5, at(0, second))
    form.extract(landing, overlap_minutes=0)
    form.send(1, at(0, second))
    form.send(9, at(0, second))
    assert form.extract(landing, overlap_minutes=0).n_rows == 2


def test_pages_break_within_one_instant_without_loss(form: FormDatabase, landing: Path) -> None:
    for key in range(7):
        form.send(key, at(0))
    assert form.extract(landing, batch_rows=2).n_rows == 7
    assert landed(landing)["submission_id"].n_unique() == 7


def test_rows_without_a_time_of_change_are_landed_once_under_their_time_of_submission(
    form: FormDatabase, landing: Path
) -> None:
    form.send(1, at(0))
    form.send(2, None, sent="2023-10-02 09:00:00")
    form.send(3, None, sent=None)
    assert form.extract(landing, batch_rows=1).n_rows == 3
    form.send(4, None, sent=at(2))
    form.send(5, None, sent=None)
    assert form.extract(landing, batch_rows=1).n_rows == 2
    assert form.extract(landing, batch_rows=1).n_rows == 0
    assert landed(landing)["updated_at"].null_count() == 2


def test_a_row_dated_in_the_future_does_not_hide_those_that_come_after(form: FormDatabase, landing: Path) -> None:
    form.send(1, "9999-01-01 00:00:00")
    form.extract(landing)
    form.send(2, at(0))
    assert form.extract(landing).n_rows == 1
    assert form.extract(landing).n_rows == 0


def test_a_time_that_cannot_be_read_does_not_end_the_reading_for_good(tmp_path: Path, landing: Path) -> None:
    form = FormDatabase(f"sqlite:///{tmp_path / 'form.db'}")
    form.send(1, at(0))
    form.send(2, "hôm qua")
    assert form.extract(landing).n_rows == 2
    form.send(3, at(1))
    assert form.extract(landing).n_rows == 1
    assert json.loads(landed(landing).filter(pl.col("submission_id") == "id2")["unparsed"].item()) == {
        "updated_at": "hôm qua"
    }


def test_progress_tells_the_rows_landed_so_far(long_form: FormDatabase, landing: Path) -> None:
    for key in range(5):
        long_form.send(key, at(key))
    said: list[tuple[str, int]] = []
    folder = long_form.folder(batch_rows=2)
    extract_round(folder, folder.rounds[0], landing, now=NOW, progress=lambda *news: said.append(news))
    assert said == [("web-form", 2), ("web-form", 4), ("web-form", 5)]


def test_the_source_is_counted(long_form: FormDatabase, landing: Path) -> None:
    for key in range(3):
        long_form.send(key, at(key))
    folder = long_form.folder()
    source = folder.sources[0]
    assert source.kind == "sql"
    assert SqlReader(source, folder, folder.rounds[0], None).count() == 3
    assert long_form.extract(landing).n_in_database == {"web-form": 3}


def test_where_the_id_is_the_key_revisions_beside_each_other_are_counted_once(url: str, landing: Path) -> None:
    form = FormDatabase(url, "wide")
    for key, submission_id in enumerate(["a", "a", "b"]):
        form.send(key, at(key), id=submission_id)
    report = form.extract(landing, submission_key_column=None)
    assert (report.n_rows, landed(landing)["source_row"].n_unique()) == (3, 2)
    assert report.n_in_database == {"web-form": 2}


def test_a_row_without_a_key_is_an_error_that_names_the_setting(url: str, landing: Path) -> None:
    form = FormDatabase(url, "wide")
    form.send(1, at(1), id=None)
    form.send(2, at(2))
    with pytest.raises(SourceError, match=r"1 rows without id, .* web-form\.submission_key_column"):
        form.extract(landing, submission_key_column=None)


# an update: who changes, at which minute, and whether an extraction follows
STEPS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 3), st.booleans()), min_size=1, max_size=20)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, batch_rows=st.integers(1, 4), layout=st.sampled_from(["long", "wide"]))
def test_any_interleaving_of_updates_and_extractions_lands_every_last_revision_once(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int, bool]], batch_rows: int, layout: str
) -> None:
    root = tmp_path_factory.mktemp("interleaving")
    form, landing, minute = FormDatabase(f"sqlite:///{root / 'form.db'}", layout), root / "landing", 0
    truth: dict[str, tuple[str, int]] = {}
    for key, later, extracts in steps:
        minute += later
        answer = str(1 + minute % 5)
        # two changes in one instant cannot be told apart by any watermark
        if truth.get(f"id{key}", ("", 0))[0] != at(minute):
            form.send(key, at(minute), answers={"S1": answer})
            truth[f"id{key}"] = (at(minute), int(answer))
        if extracts:
            form.extract(landing, batch_rows=batch_rows, overlap_minutes=1)
    form.extract(landing, batch_rows=batch_rows, overlap_minutes=1)
    rows = landed(landing)
    assert rows.select("submission_id", "updated_at").is_duplicated().sum() == 0
    last = rows.sort("updated_at").group_by("submission_id", maintain_order=True).last()
    assert dict(last.select("submission_id", "q_s1").iter_rows()) == {key: answer for key, (_, answer) in truth.items()}


# --- what can go wrong


def message(form: FormDatabase, landing: Path, **source: Any) -> str:
    with pytest.raises(SourceError) as caught:
        form.extract(landing, **source)
    assert not isinstance(caught.value, SourceUnavailable)
    return str(caught.value)


def test_a_missing_table_is_named_with_its_setting_and_the_tables_there(long_form: FormDatabase, landing: Path) -> None:
    found = message(long_form, landing, submission_table="phieu")
    assert "no table 'phieu', which sources.yaml names as submission_table of web-form" in found
    assert "tables there: answer, submission" in found


def test_missing_columns_are_named_with_their_settings_and_the_columns_there(
    long_form: FormDatabase, landing: Path
) -> None:
    found = message(long_form, landing, round_column="dot", answer_value_column="tra_loi")
    assert "submission.dot (web-form.round_column); answer.tra_loi (web-form.answer_value_column)" in found
    assert "answer(submission_key, question_code, value)" in found


def test_a_mapping_without_a_time_of_change_is_an_error(long_form: FormDatabase, landing: Path) -> None:
    found = message(long_form, landing, mapping={"columns": {"submission_id": "id", "submitted_at": "sent"}})
    assert "maps no column to 'updated_at'" in found


def test_a_missing_database_file_is_an_error_and_is_not_made(tmp_path: Path, landing: Path) -> None:
    folder = survey_folder(sql_source(f"sqlite:///{tmp_path / 'none.db'}"))
    with pytest.raises(SourceError, match=r"no such database file"):
        extract_round(folder, folder.rounds[0], landing, now=NOW)
    assert not (tmp_path / "none.db").exists()


def test_a_file_that_is_no_database_is_an_error(tmp_path: Path, landing: Path) -> None:
    (tmp_path / "a.db").write_text("no database at all, but long enough to be looked at" * 50)
    folder = survey_folder(sql_source(f"sqlite:///{tmp_path / 'a.db'}"))
    with pytest.raises(SourceError, match=r"cannot be read \(DatabaseError\)"):
        extract_round(folder, folder.rounds[0], landing, now=NOW)


def test_a_database_of_another_kind_is_refused(landing: Path) -> None:
    folder = survey_folder(sql_source("mssql+pyodbc://u:geheim@h/d"))
    with pytest.raises(SourceError, match=r"read from PostgreSQL and SQLite, not from mssql") as caught:
        extract_round(folder, folder.rounds[0], landing, now=NOW)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["postgresql://u:geheim@127.0.0.1:1/d", "postgresql+psycopg://u@127.0.0.1:1/d?password=geheim"]
)
def test_a_database_out_of_reach_may_be_tried_again_and_its_password_is_not_told(url: str, landing: Path) -> None:
    folder = survey_folder(sql_source(url))
    with pytest.raises(SourceUnavailable, match=r"source web-form .*cannot be reached \(OperationalError") as caught:
        extract_round(folder, folder.rounds[0], landing, now=NOW)
    assert "geheim" not in str(caught.value) and caught.value.__cause__ is None


def test_a_table_that_may_not_be_read_is_not_tried_again(postgres_url: str, landing: Path) -> None:
    form = FormDatabase(postgres_url)
    form.run("CREATE ROLE reader LOGIN")
    try:
        form.run("GRANT SELECT ON submission TO reader")
        form.url = sa.make_url(postgres_url).set(username="reader").render_as_string(hide_password=False)
        assert "reading broke off (ProgrammingError, SQLSTATE 42501)" in message(form, landing)
    finally:
        form.run("DROP OWNED BY reader")
        form.run("DROP ROLE reader")


def test_a_database_that_may_only_be_read_is_enough(postgres_url: str, landing: Path) -> None:
    form = FormDatabase(postgres_url)
    form.send(1, at(0))
    form.run(f"ALTER DATABASE {form.engine.url.database} SET default_transaction_read_only = on")
    assert form.extract(landing).n_rows == 1


def test_a_database_file_is_not_touched(tmp_path: Path, landing: Path) -> None:
    form = FormDatabase(f"sqlite:///{tmp_path / 'form.db'}")
    form.send(1, at(0))
    before = bytes_of(tmp_path)
    form.extract(landing)
    assert {name: bytes_of(tmp_path)[name] for name in before} == before


def test_batches_of_a_source_form_a_chain(long_form: FormDatabase, landing: Path) -> None:
    for key in range(3):
        long_form.send(key, at(key))
    long_form.extract(landing, batch_rows=1)
    folder = long_form.folder()
    first, second, third = RoundLanding(landing, folder, folder.rounds[0]).manifests()
    assert (first.follows, second.follows, third.follows) == (None, first.batch, second.batch)


# --- a source that does not hold still


def test_rows_that_change_while_they_are_read_are_landed_as_they_were_and_as_they_became(
    form: FormDatabase, landing: Path
) -> None:
    for key in range(6):
        form.send(key, at(key))
    folder = form.folder(batch_rows=2, overlap_minutes=0)

    def change(_source: str, rows: int) -> None:
        if rows == 2:
            form.send(0, at(30), answers={"S1": "1"})  # landed already
            form.send(5, at(31), answers={"S1": "2"})  # not yet read
            form.send(9, at(1, "30"))  # behind the reader
            form.send(8, at(32))

    extract_round(folder, folder.rounds[0], landing, now=NOW, progress=change)
    form.extract(landing, batch_rows=2, overlap_minutes=60)  # a commit behind the reader is the overlap's
    rows = landed(landing)
    assert rows.select("submission_id", "updated_at").is_duplicated().sum() == 0
    last = dict(rows.sort("updated_at").group_by("submission_id").last().select("submission_id", "q_s1").iter_rows())
    assert last == {**{f"id{key}": 5 for key in (1, 2, 3, 4, 8, 9)}, "id0": 1, "id5": 2}


def test_a_row_deleted_before_it_is_read_is_not_expected(form: FormDatabase, landing: Path) -> None:
    for key in range(4):
        form.send(key, at(key))
    folder = form.folder(batch_rows=2)

    def delete(_source: str, rows: int) -> None:
        if rows == 2:
            form.run("DELETE FROM submission WHERE key = 3")

    report = extract_round(folder, folder.rounds[0], landing, now=NOW, progress=delete)
    assert report.n_in_database == {"web-form": landed(landing).height} == {"web-form": 3}


def test_a_row_deleted_before_it_is_read_is_not_expected_where_another_comes_in(
    form: FormDatabase, landing: Path
) -> None:
    for key in range(6):
        form.send(key, at(key))
    folder = form.folder(batch_rows=2)

    def change(_source: str, rows: int) -> None:
        if rows == 2:
            form.run("DELETE FROM submission WHERE key = 3")
        if rows == 5:  # after the last page
            form.send(9, at(30))

    report = extract_round(folder, folder.rounds[0], landing, now=NOW, progress=change)
    assert report.n_in_database == {"web-form": landed(landing).height} == {"web-form": 5}


def test_a_row_dated_before_what_was_read_is_missed_and_a_longer_overlap_reads_it(
    form: FormDatabase, landing: Path
) -> None:
    for key in range(3):
        form.send(key, at(key))
    form.extract(landing)
    form.send(9, "2023-09-20 08:00:00")
    missed = form.extract(landing)
    assert (missed.n_rows, missed.n_in_database) == (0, {"web-form": 4})
    assert form.extract(landing, overlap_minutes=60 * 24 * 60).n_rows == 1


def test_a_server_restarted_in_mid_read_may_be_tried_again_and_nothing_is_read_twice(
    postgres_url: str, landing: Path
) -> None:
    form = FormDatabase(postgres_url)
    for key in range(6):
        form.send(key, at(key))
    folder = form.folder(batch_rows=2, overlap_minutes=0)
    name = sa.make_url(postgres_url).database
    server = sa.create_engine(
        sa.make_url(postgres_url).set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
    )

    def refuse_connections(_source: str, rows: int) -> None:
        with server.connect() as connection:
            connection.execute(sa.text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {rows != 4}"))

    with pytest.raises(SourceUnavailable, match="reading broke off"):
        extract_round(folder, folder.rounds[0], landing, now=NOW, progress=refuse_connections)
    refuse_connections("", 0)
    assert landed(landing).height == 4
    assert form.extract(landing, batch_rows=2, overlap_minutes=0).n_rows == 2
    assert sorted(landed(landing)["submission_id"]) == [f"id{key}" for key in range(6)]
