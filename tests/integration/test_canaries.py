"""Nothing to the right of the line can name a person: unique values are planted in a round, the whole flow runs on it
and fails in every way that we know, and then everything that was written on the anonymised side is searched."""

from __future__ import annotations

import datetime as dt
import io
import logging
import shutil
import sqlite3
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa
import yaml
from prefect import get_run_logger, task
from prefect.settings import PREFECT_API_URL, PREFECT_HOME, PREFECT_LOCAL_STORAGE_PATH, temporary_settings
from typer.testing import CliRunner

from flows import cli, rounds, stages
from flows.collect import collect
from flows.environment import DEFAULTS
from flows.jobs import RoundJob, RoundRef
from sources.landing_store import sha256_of
from tests.integration.canary_round import ACCEPTED, CANARIES, KBNN, ROUND, write_source
from tests.integration.canary_search import Hit, find_canaries, read_everything
from tests.prefect_server import serve_prefect
from warehouse.engine import connect, open_warehouse

NOW = dt.datetime(2023, 12, 1, tzinfo=dt.UTC)


@dataclass
class Installation:
    """Folders of an installation: everything but `identified` and the source is on the anonymised side.

    errors: what each induced failure raised, in full; details: what was kept of it on the identified side.
    """

    root: Path
    survey: Path
    errors: dict[str, str] = field(default_factory=dict)
    details: dict[str, str] = field(default_factory=dict)

    @property
    def identified(self) -> Path:
        return self.root / "var" / "identified"

    @property
    def ref(self) -> RoundRef:
        return RoundRef(str(self.survey), ROUND)

    def search(self, canaries: dict[str, str] = CANARIES) -> list[Hit]:
        """Hits in files, databases, logs and errors."""
        skipped = [self.identified, self.root / "source.db", self.root / "survey"]
        errors = [(f"error of {name}", text.encode()) for name, text in self.errors.items()]
        return [*find_canaries(canaries, read_everything(self.root, skipped)), *find_canaries(canaries, errors)]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A round that was run, published, exported and reported, and whose every stage then failed once."""
    root = tmp_path_factory.mktemp("canaries")
    for folder in ("prefect", "tmp", "logs"):
        (root / folder).mkdir()
    place = Installation(root, _copy_survey(root / "survey"))
    source = write_source(root / "source.db", 300)
    environment = {
        **DEFAULTS,
        "HAILONG_STORAGE": str(root / "var"),
        "HAILONG_SOURCE_URL": source,
        "HAILONG_PARTITIONS": "2",
        "TMPDIR": str(root / "tmp"),
        "PREFECT_HOME": str(root / "prefect"),
        # what the client logs is sent every 2 s; the search begins when the last of it has arrived
        "PREFECT_LOGGING_TO_API_BATCH_INTERVAL": "0.2",
    }
    with pytest.MonkeyPatch.context() as patch, (root / "logs" / "client.log").open("w") as log:
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.setattr(tempfile, "tempdir", str(root / "tmp"))
        with (
            serve_prefect(root / "prefect") as url,
            temporary_settings(
                {
                    PREFECT_API_URL: url,
                    PREFECT_HOME: root / "prefect",
                    PREFECT_LOCAL_STORAGE_PATH: root / "prefect" / "results",
                }
            ),
            _logging_to(log),
            redirect_stdout(log),
            redirect_stderr(log),
        ):
            _run(place)
            _fail_everywhere(place)
            _wait_for_logs(root / "prefect" / "prefect.db", len(place.errors))
    yield place


def _copy_survey(target: Path) -> Path:
    """The treasury's survey without disclosure control, whose program takes longest and sees counts alone."""
    shutil.copytree(KBNN.path, target)
    for path in (target / "methods").glob("*.yaml"):
        method = yaml.safe_load(path.read_text(encoding="utf-8"))
        method["disclosure"] = {**method.get("disclosure", {}), "is_enabled": False}
        path.write_text(yaml.safe_dump(method, allow_unicode=True), encoding="utf-8")
    return target


class _logging_to:
    """Every logger of the process writes everything to a stream: ours, Prefect's, those of libraries."""

    def __init__(self, stream: io.TextIOBase | Any) -> None:
        self.handler = logging.StreamHandler(stream)
        self.loggers = [logging.getLogger(name) for name in (None, "prefect", "prefect.flow_runs", "prefect.task_runs")]

    def __enter__(self) -> None:
        for logger in self.loggers:
            logger.addHandler(self.handler)

    def __exit__(self, *_: object) -> None:
        for logger in self.loggers:
            logger.removeHandler(self.handler)


def _run(place: Installation) -> None:
    for flow in (collect, rounds.close_round):
        state = flow(str(place.survey), ROUND, return_state=True)
        assert state.is_completed(), state.message
    which = ["--survey", str(place.survey), "--round", ROUND]
    for command in (
        ["publish", *which, "--approver", "director"],
        ["microdata", *which, "--by", "officer"],
        ["quarantine", *which],
        ["quarantine", *which, "--rule", "channel-known"],
        ["key", "list", "--survey", str(place.survey)],
        ["doctor", "--survey", str(place.survey)],
        ["settings"],
    ):
        _invoke(place, command)


def _invoke(place: Installation, command: list[str]) -> None:
    result = CliRunner().invoke(cli.app, command)
    assert result.exception is None or isinstance(result.exception, SystemExit), (command, result.exception)
    (place.root / "logs" / f"{'-'.join(command[:1])}-{len(command)}.out").write_text(result.output)


# --- failures ----------------------------------------------------------------------------------------------

STAGES: dict[str, Callable[[RoundRef], Any]] = {
    "extract": lambda ref: rounds.extract(ref, return_state=True),
    "validate_landing": lambda ref: rounds.validate_landing(ref, return_state=True),
    "select_current": lambda ref: rounds.select_current(ref, return_state=True),
    "validate_submissions": lambda ref: rounds.validate_submissions(ref, return_state=True),
    "select_accepted": lambda ref: rounds.select_accepted(ref, return_state=True),
    "plan_parts": lambda ref: rounds.plan_parts(ref, return_state=True),
    "anonymise_part": lambda ref: rounds.anonymise(ref, 0, return_state=True),
    "validate_microdata": lambda ref: rounds.validate_microdata(ref, return_state=True),
    "validate_comments": lambda ref: rounds.validate_comments(ref, return_state=True),
    "tally_part": lambda ref: rounds.tally(ref, 0, return_state=True),
    "merge_tallies": lambda ref: rounds.compute(ref, return_state=True),
    "compute_round": lambda ref: rounds.compute(ref, return_state=True),
    "validate_results": lambda ref: rounds.validate_results(ref, return_state=True),
    "load_round": lambda ref: rounds.load(ref, [], NOW, return_state=True),
}


def _fail_everywhere(place: Installation) -> None:
    """Every stage with an error that quotes all that a respondent sent; then damages that bring such errors about."""
    for name, call in STAGES.items():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(stages, name, _quote_a_respondent)
            _keep_error(place, name, call(place.ref))
        place.details[name] = "".join(path.read_text() for path in (place.identified / "failures").iterdir())
        shutil.rmtree(place.identified / "failures")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stages, "anonymise_part", _quote_a_respondent)
        _keep_error(place, "the whole flow", rounds.close_round(str(place.survey), ROUND, return_state=True))
    for name, damage in DAMAGES.items():
        with pytest.MonkeyPatch.context() as patch:
            _keep_error(place, name, damage(place, patch))


def _quote_a_respondent(job: RoundJob, *_: object) -> None:
    one = job.landing.scan().filter(pl.col("submission_id") == ACCEPTED["submission_id"])
    # a text that holds everything is cast to a number: Polars quotes what it cannot convert
    one.select(pl.concat_str(pl.col(pl.String).fill_null(" "), separator="|").cast(pl.Int64)).collect()


def _keep_error(place: Installation, name: str, state: Any) -> None:
    assert state.is_failed(), name
    error = state.result(raise_on_failure=False)
    place.errors[name] = f"{state.message}\n{error!r}\n{''.join(traceback.format_exception(error))}"
    if error.__cause__ or error.__context__:
        place.errors[name] += "".join(traceback.format_exception(error.__cause__ or error.__context__))


def _text_where_numbers_belong(path: Path) -> None:
    frame = pl.read_parquet(path)
    frame.with_columns(pl.col("respondent_name").alias("q_sv1")).write_parquet(path)


def _damage_landing(place: Installation, _: pytest.MonkeyPatch) -> Any:
    """A batch with names in the column of an answer, under a seal that fits."""
    job = place.ref.open()
    kept = Path(shutil.copytree(job.landing.path, place.root / "source.db-landing"))
    batch = next(job.landing.path.glob("*.parquet"))
    seal = sha256_of(batch)
    _text_where_numbers_belong(batch)
    manifest = batch.with_suffix(".json")
    manifest.write_text(manifest.read_text().replace(seal, sha256_of(batch)))
    state = rounds.select_current(place.ref, return_state=True)
    shutil.rmtree(job.landing.path)
    kept.rename(job.landing.path)
    return state


def _damage_work(place: Installation, _: pytest.MonkeyPatch) -> Any:
    """Names in the column of an answer, where Great Expectations looks."""
    _text_where_numbers_belong(place.ref.open().work / "current.parquet")
    state = rounds.validate_submissions(place.ref, return_state=True)
    stages.select_current(place.ref.open())
    return state


def _damage_source(place: Installation, _: pytest.MonkeyPatch) -> Any:
    with sqlite3.connect(place.root / "source.db") as connection:
        connection.execute("ALTER TABLE submission RENAME COLUMN phone TO telephone")
    state = rounds.extract(place.ref, return_state=True)
    with sqlite3.connect(place.root / "source.db") as connection:
        connection.execute("ALTER TABLE submission RENAME COLUMN telephone TO phone")
    return state


def _fail_to_redact(place: Installation, patch: pytest.MonkeyPatch) -> Any:
    def give_up(texts: pl.Series) -> pl.Series:
        raise ValueError(f"cannot redact {texts.to_list()}")

    patch.setattr(stages, "redact_series", give_up)
    return rounds.anonymise(place.ref, 0, return_state=True)


def _refuse_rows(place: Installation, _: pytest.MonkeyPatch) -> Any:
    """A warehouse whose answer to a row is an error with the statement and its parameters."""
    url = f"sqlite:///{place.root / 'tmp' / 'refusing.db'}"
    job = RoundRef(str(place.survey), ROUND, warehouse_url=url).open()
    engine = open_warehouse(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER restricted.refuse BEFORE INSERT ON comment BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )
    engine.dispose()
    return rounds.load(RoundRef(str(job.folder.path), ROUND, warehouse_url=url), [], NOW, return_state=True)


DAMAGES: dict[str, Callable[[Installation, pytest.MonkeyPatch], Any]] = {
    "names for answers in the landing area": _damage_landing,
    "names for answers at a gate": _damage_work,
    "a source with other columns": _damage_source,
    "redaction that fails": _fail_to_redact,
    "a warehouse that refuses": _refuse_rows,
}


def _wait_for_logs(database: Path, n_failures: int) -> None:
    """Until what the last task said has reached Prefect's database: it is sent in order."""

    @task(name="last of all")
    def last() -> None:
        get_run_logger().warning("zqx end of canaries")

    last()
    deadline = time.monotonic() + 60
    query = "SELECT (SELECT COUNT(*) FROM log WHERE message LIKE 'zqx end%'), (SELECT COUNT(*) FROM task_run WHERE \
state_type = 'FAILED'), (SELECT COUNT(*) FROM task_run WHERE name LIKE 'last of all%' AND state_type = 'COMPLETED')"
    found = (0, 0, 0)
    while time.monotonic() < deadline and not (found[0] and found[1] >= n_failures - 1 and found[2]):
        time.sleep(0.2)
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            found = connection.execute(query).fetchone()
    assert found[0] and found[2], f"Prefect's database is not complete: {found}"


# --- tests -------------------------------------------------------------------------------------------------


def test_nothing_that_was_planted_is_on_the_anonymised_side(installation: Installation) -> None:
    assert installation.search() == []


def test_every_canary_is_on_the_identified_side_so_that_there_was_something_to_leak(
    installation: Installation,
) -> None:
    found = {hit.name for hit in find_canaries(CANARIES, read_everything(installation.identified))}
    assert found == {name for name in CANARIES if not name.endswith("digits")}


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_failed_with_a_respondent_in_its_error(stage: str, installation: Installation) -> None:
    details = [("details", installation.details[stage].encode())]
    assert {"accepted respondent_name", "accepted phone"} <= {hit.name for hit in find_canaries(CANARIES, details)}
    assert "InvalidOperationError at tests/integration/test_canaries.py" in installation.errors[stage]


@pytest.mark.parametrize("failure", DAMAGES)
def test_damaged_data_fail_without_being_quoted(failure: str, installation: Installation) -> None:
    assert find_canaries(CANARIES, [(failure, installation.errors[failure].encode())]) == []


def test_the_search_reads_every_kind_of_output(installation: Installation) -> None:
    """The same search finds what must be there: names of the survey and its indices, in all that people look at."""
    indices = {index.code: index.name.vi for index in KBNN.instrument_of(KBNN.round(ROUND)).indices}
    places = {hit.place for hit in installation.search({"title": KBNN.survey.name.vi, **indices})}
    for expected in ("prefect/prefect.db: rows", "var/warehouse.db: rows", "report/public/index.html"):
        assert any(expected in place for place in places), (expected, places)
    told = {hit.place for hit in installation.search({"log": "new rows in", "error": "UnexpectedError"})}
    assert {"logs/client.log", "prefect/prefect.db: rows"} <= told
    anonymised = installation.root / "var" / "anonymised"
    for pattern in ("docs/kbnn/**/index.html", "exports/**/*.csv", "exports/**/microdata.parquet", "exports/**/*.xlsx"):
        assert any(anonymised.glob(pattern)), pattern


def test_the_words_of_a_comment_are_in_the_restricted_tier_only(installation: Installation) -> None:
    places = {hit.place.split(":")[0] for hit in installation.search({"word": "zqxmarker"})}
    parts = {place for place in places if "/comments/part-" in place}
    assert parts
    restricted = {"var/warehouse.restricted.db", "var/warehouse.restricted.db-wal", "tmp/refusing.restricted.db-wal"}
    assert places - parts <= restricted


def test_manifests_and_notes_beside_landed_batches_hold_no_value(installation: Installation) -> None:
    notes = [(path.name, path.read_bytes()) for path in (installation.identified / "landing").rglob("*.json")]
    assert notes
    assert find_canaries(CANARIES, notes) == []


def test_nothing_that_was_planted_is_in_a_warehouse_on_postgresql(
    installation: Installation, postgres_url: str
) -> None:
    place = {"warehouse_url": postgres_url, "storage": str(installation.root / "var")}
    job = RoundRef(str(installation.survey), ROUND, **place).open()
    stages.load_round(job, [], NOW, NOW)
    engine = connect(postgres_url)
    with engine.connect() as connection:
        query = (
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        tables = [f"{schema}.{table}" for schema, table in connection.execute(sa.text(query))]
        rows = [(table, str(connection.execute(sa.text(f"SELECT * FROM {table}")).all()).encode()) for table in tables]
    engine.dispose()
    assert find_canaries(CANARIES, rows) == []
    assert find_canaries({"word": "zqxmarker"}, rows)[0].place == "restricted.comment"
