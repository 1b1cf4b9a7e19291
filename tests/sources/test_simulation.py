"""The simulation's planted truths and dirt, found again by plain SQL over the source database."""

from __future__ import annotations

import datetime as dt
import sqlite3
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa
from polars.testing import assert_frame_equal
from stdnum.vn import mst

from sources.extraction import extract_round
from sources.landing_store import scan_landing
from sources.simulation import SimulationSummary, simulate, simulate_landing, simulate_late, simulate_round
from surveys.catalogue import SurveyFolder, load_survey
from surveys.landing import UNREADABLE, landing_schema
from surveys.models import Instrument, Round

N = 4_000  # enough answers for two decimals in the smallest index
ROUNDS = ["2021", "2022", "2023-1", "2023-2", "2024-1"]

# Rows of one round that must count, by the rules as the issue states them, without any code of the pipeline.
SELECTION = """
CREATE TEMP TABLE revised AS
    SELECT *, row_number() OVER (PARTITION BY submission_id ORDER BY updated_at DESC) AS recency,
           CASE WHEN unit_code NOT GLOB '*[^0-9]*' AND trim(unit_code) <> ''
                THEN printf('%04d', CAST(unit_code AS INTEGER)) ELSE unit_code END AS unit
    FROM submission WHERE round_code = :round;
CREATE TEMP TABLE coded AS
    SELECT a.submission_key, q.index_code, a.question_code, c.code, c.is_answer, c.is_satisfied
    FROM answer a JOIN revised r ON r.id = a.submission_key JOIN question q USING (question_code)
    LEFT JOIN choice c ON trim(a.value) IN (c.code, c.label);
CREATE INDEX temp.ix_coded ON coded (submission_key, question_code);
CREATE TEMP TABLE good AS
    SELECT *, row_number() OVER (PARTITION BY respondent_id, unit ORDER BY submitted_at DESC) AS place
    FROM revised r
    WHERE recency = 1
      AND unit IN (SELECT unit_code FROM unit)
      AND submitted_at >= :opens AND submitted_at < :closes
      AND NOT EXISTS (SELECT 1 FROM coded c WHERE c.submission_key = r.id AND c.code IS NULL)
      AND (used_online = '1' OR NOT EXISTS
           (SELECT 1 FROM coded c JOIN question q USING (question_code) WHERE c.submission_key = r.id AND q.is_online))
      AND NOT EXISTS
           (SELECT 1 FROM question q WHERE q.is_required AND (used_online = '1' OR NOT q.is_online) AND NOT EXISTS
               (SELECT 1 FROM coded c WHERE c.submission_key = r.id AND c.question_code = q.question_code));
CREATE TEMP TABLE counted AS SELECT * FROM good WHERE place = 1;
CREATE INDEX temp.ix_counted ON counted (id);
"""

Found = tuple[str, int, int]


class Judge:
    """One round of the source database, judged by SQL alone."""

    def __init__(self, path: Path, folder: SurveyFolder, round_: Round) -> None:
        self.database = sqlite3.connect(path)
        instrument = folder.instrument_of(round_)
        opens, closes = (when.strftime("%Y-%m-%d %H:%M:%S") for when in round_.window(folder.survey.zone))
        self._write_reference(folder, round_, instrument)
        script = SELECTION.replace(":round", f"'{round_.round_code}'")
        self.database.executescript(script.replace(":opens", f"'{opens}'").replace(":closes", f"'{closes}'"))

    def _write_reference(self, folder: SurveyFolder, round_: Round, instrument: Instrument) -> None:
        self.database.executescript(
            "CREATE TEMP TABLE unit (unit_code TEXT PRIMARY KEY, parent_code TEXT);"
            "CREATE TEMP TABLE question (question_code TEXT, index_code TEXT, is_required INT, is_online INT);"
            "CREATE TEMP TABLE choice (code TEXT, label TEXT, is_answer INT, is_satisfied INT);"
        )
        units = [(unit.unit_code, unit.parent_code) for unit in folder.units_on(round_.register_date)]
        questions = [(q.code, q.index, q.is_required, q.asked_when is not None) for q in instrument.questions]
        scale = instrument.scales["satisfaction"]
        choices = [(str(level.code), level.name.vi.upper(), True, level.is_satisfied) for level in scale.levels]
        choices += [(str(choice.code), choice.name.vi.upper(), False, False) for choice in scale.non_answers]
        self.database.executemany("INSERT INTO unit VALUES (?, ?)", units)
        self.database.executemany("INSERT INTO question VALUES (?, ?, ?, ?)", questions)
        self.database.executemany("INSERT INTO choice VALUES (?, ?, ?, ?)", choices)

    def count(self, query: str) -> int:
        return int(self.database.execute(query).fetchone()[0])

    def indices(self, by: str = "index_code", within: str = "1") -> list[Found]:
        """(group, satisfied, answered) of the submissions that count."""
        query = f"""SELECT {by}, sum(is_satisfied), sum(is_answer) FROM coded JOIN counted ON id = submission_key
                    JOIN unit ON unit.unit_code = counted.unit WHERE {within} GROUP BY 1 ORDER BY 1"""
        return [tuple(row) for row in self.database.execute(query)]


def percent(satisfied: int, answered: int) -> Decimal:
    return (Decimal(100 * satisfied) / answered).quantize(Decimal("0.01"), ROUND_HALF_UP)


@pytest.fixture(scope="module")
def kbnn() -> SurveyFolder:
    return load_survey("kbnn")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("simulation") / "source.db"


@pytest.fixture(scope="module")
def summary(kbnn: SurveyFolder, database: Path) -> SimulationSummary:
    return simulate(kbnn, f"sqlite:///{database}", n_per_round=N, seed=7)


@pytest.fixture(scope="module")
def judges(kbnn: SurveyFolder, database: Path, summary: SimulationSummary) -> dict[str, Judge]:
    return {code: Judge(database, kbnn, kbnn.round(code)) for code in ROUNDS}


@pytest.mark.parametrize("code", ROUNDS)
def test_the_systems_indices_come_out_as_published(code: str, kbnn: SurveyFolder, judges: dict[str, Judge]) -> None:
    found = {index: percent(yes, all_) for index, yes, all_ in judges[code].indices(within="index_code IS NOT NULL")}
    assert found == {
        result.index_code: result.index_pct
        for result in kbnn.published
        if (result.round_code, result.unit_code) == (code, "0001")
    }


@pytest.mark.parametrize("code", ROUNDS)
def test_the_summary_says_the_same_counts(code: str, summary: SimulationSummary, judges: dict[str, Judge]) -> None:
    truth = next(planted.truth for planted in summary.rounds if planted.round_code == code)
    found = {index: (yes, all_) for index, yes, all_ in judges[code].indices(within="index_code IS NOT NULL")}
    assert found == {index: (yes, all_) for index, (yes, all_, _) in truth.items()}


@pytest.mark.parametrize("code", ROUNDS)
def test_every_row_is_counted_superseded_or_quarantined_as_planted(
    code: str, summary: SimulationSummary, judges: dict[str, Judge]
) -> None:
    planted, judge = next(r for r in summary.rounds if r.round_code == code), judges[code]
    n_rows = judge.count("SELECT count(*) FROM revised")
    n_revised = judge.count("SELECT count(*) FROM revised WHERE recency > 1")
    n_repeated = judge.count("SELECT count(*) FROM good WHERE place > 1")
    n_counted = judge.count("SELECT count(*) FROM counted")
    n_bad = judge.count("SELECT count(*) FROM revised WHERE recency = 1 AND id NOT IN (SELECT id FROM good)")
    assert n_rows == planted.n_rows == n_revised + n_repeated + n_counted + n_bad
    assert (n_counted, n_revised + n_repeated) == (planted.n_clean, planted.n_superseded)
    assert n_bad == planted.n_quarantined
    assert all(n > 0 for n in planted.n_dirty.values())


def test_overall_satisfaction_with_the_system_in_2022_is_as_published(judges: dict[str, Judge]) -> None:
    [(_, yes, all_)] = judges["2022"].indices("question_code", "question_code = 'OV2'")
    assert percent(yes, all_) == Decimal("94.50")


def test_thai_nguyen_is_first_of_its_level_in_2023_1_with_the_published_figure(judges: dict[str, Judge]) -> None:
    area = "CASE WHEN parent_code = '0001' THEN unit ELSE parent_code END"
    found = {unit: percent(yes, all_) for unit, yes, all_ in judges["2023-1"].indices(area, "index_code = 'service'")}
    assert found.pop("P-19") == Decimal("98.19")
    assert len(found) == 63
    assert max(found.values()) < Decimal("98.19")


def test_provinces_differ_in_quality_and_in_response(judges: dict[str, Judge]) -> None:
    area = "CASE WHEN parent_code = '0001' THEN unit ELSE parent_code END"
    found = [percent(yes, all_) for _, yes, all_ in judges["2023-2"].indices(area, "index_code = 'service'")]
    assert max(found) - min(found) > 5


def test_respondents_are_no_more_than_the_frame_has(kbnn: SurveyFolder, judges: dict[str, Judge]) -> None:
    active: dict[str, int] = {}
    for cell in kbnn.frame:
        if cell.round_code == "2023-2":
            active[cell.unit_code] = active.get(cell.unit_code, 0) + cell.n_active
    answered = judges["2023-2"].database.execute("SELECT unit, count(DISTINCT respondent_id) FROM counted GROUP BY 1")
    assert all(n <= active[unit] for unit, n in answered)


def test_tax_codes_have_a_right_check_digit(judges: dict[str, Judge]) -> None:
    codes = [
        row[0] for row in judges["2022"].database.execute("SELECT tax_code FROM counted WHERE tax_code IS NOT NULL")
    ]
    assert len(codes) > 100
    assert all(mst.is_valid(code) for code in codes)


def test_names_are_vietnamese_with_diacritics(judges: dict[str, Judge]) -> None:
    names = [row[0] for row in judges["2022"].database.execute("SELECT respondent_name FROM counted")]
    assert sum(not name.isascii() for name in names) > 0.9 * len(names)


def test_comments_hold_personal_data_to_be_redacted(judges: dict[str, Judge]) -> None:
    query = (
        "SELECT count(*) FROM counted WHERE suggestion LIKE '%Liên hệ %09%' OR complaint_online LIKE '%@example.vn%'"
    )
    assert judges["2022"].count(query) > 5


def test_some_name_a_unit_or_an_official_they_are_dissatisfied_with(judges: dict[str, Judge]) -> None:
    judge = judges["2022"]
    named = judge.count("SELECT count(*) FROM counted WHERE named_unit_code IN (SELECT unit_code FROM unit)")
    assert named == judge.count("SELECT count(*) FROM counted WHERE named_unit_code IS NOT NULL") > 0
    assert (
        judge.count("SELECT count(*) FROM counted WHERE named_official IS NOT NULL AND named_official_role IS NULL")
        == 0
    )
    assert judge.count("SELECT count(*) FROM counted WHERE named_official IS NOT NULL") > 0


def test_untidy_rows_are_repaired_by_extraction(
    kbnn: SurveyFolder, database: Path, summary: SimulationSummary, tmp_path: Path
) -> None:
    round_ = kbnn.round("2024-1")
    now = dt.datetime(2024, 7, 1, tzinfo=dt.UTC)
    report = extract_round(kbnn, round_, tmp_path, now=now, source_url=f"sqlite:///{database}")
    planted = next(r for r in summary.rounds if r.round_code == "2024-1")
    assert report.n_rows == planted.n_rows
    assert report.n_restored > 0
    assert report.n_unparsed == planted.n_dirty["unreadable_answer"]
    rows = scan_landing(tmp_path, kbnn, round_).collect()
    units = {unit.unit_code for unit in kbnn.units_on(round_.register_date)}
    assert rows.filter(~pl.col("unit_code").is_in(units)).height == planted.n_dirty["unknown_unit"]
    assert rows["unit_code"].null_count() == planted.n_dirty["blank_unit"]
    assert (rows["q_sv1"] == UNREADABLE).sum() == planted.n_dirty["unreadable_answer"]
    comments = rows["suggestion"].drop_nulls()
    assert all(unicodedata.is_normalized("NFC", text) for text in comments)


def test_the_same_seed_writes_the_same_rows_and_another_seed_others(kbnn: SurveyFolder) -> None:
    round_ = kbnn.round("2023-2")
    first, again, other = (simulate_round(kbnn, round_, 300, seed)[0] for seed in (1, 1, 2))
    assert_frame_equal(first, again)
    assert not first.equals(other)


@pytest.mark.parametrize("n", [1, 2, 10, 60])
def test_few_submissions_are_possible(kbnn: SurveyFolder, n: int) -> None:
    for code in ROUNDS:
        rows, planted = simulate_round(kbnn, kbnn.round(code), n, seed=3)
        assert rows.height == planted.n_rows


def test_landing_rows_have_the_landing_schema_and_the_planted_truth(kbnn: SurveyFolder) -> None:
    round_ = kbnn.round("2023-2")
    rows, instrument = simulate_landing(kbnn, round_, N, seed=1), kbnn.instrument_of(round_)
    assert dict(rows.schema) == landing_schema(instrument)
    service = rows.select(question.column for question in instrument.questions_of("service")).unpivot()["value"]
    yes, all_ = int(service.is_in([4, 5]).sum()), int(service.is_in([1, 2, 3, 4, 5]).sum())
    assert percent(yes, all_) == Decimal("95.85")


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_late_changes_are_later_than_all_before_and_touch_only_as_many_as_said(
    engine: str, kbnn: SurveyFolder, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path / 'late.db'}" if engine == "sqlite" else request.getfixturevalue("postgres_url")
    planted = simulate(kbnn, url, n_per_round=100, seed=5, rounds=["2022"]).rounds[0]
    database = sa.create_engine(url)
    query = sa.text("SELECT submission_id, id, updated_at FROM submission")
    with database.connect() as connection:
        before = {row.id: str(row.updated_at) for row in connection.execute(query)}
    assert len(before) == planted.n_rows
    assert simulate_late(kbnn, url, "2022", n_changed=9, seed=1) == 9
    with database.connect() as connection:
        after = {row.id: str(row.updated_at) for row in connection.execute(query)}
    database.dispose()
    changed = {key for key in after if after[key] != before[key]}
    assert len(changed) == 9
    assert min(after[key] for key in changed) > max(before.values())


def test_both_databases_get_the_same_rows(kbnn: SurveyFolder, tmp_path: Path, postgres_url: str) -> None:
    found = []
    for url in (f"sqlite:///{tmp_path / 'same.db'}", postgres_url):
        simulate(kbnn, url, n_per_round=50, seed=5, rounds=["2021"])
        database = sa.create_engine(url)
        with database.connect() as connection:
            rows = connection.execute(
                sa.text("SELECT id, submission_id, unit_code, submitted_at, suggestion FROM submission")
            )
            answers = connection.execute(sa.text("SELECT submission_key, question_code, value FROM answer"))
            found.append((sorted(map(str, rows)), sorted(map(str, answers))))
        database.dispose()
    # only the type of times differs
    assert [len(part) for part in found[0]] == [len(part) for part in found[1]]
    assert found[0][1] == found[1][1]
