"""Retention: what is due goes, everywhere, with an event that counts it; what is not due stays."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from prefect.settings import PREFECT_API_URL, PREFECT_LOCAL_STORAGE_PATH, temporary_settings
from typer.testing import CliRunner

from flows.cli import app
from flows.jobs import RoundJob
from flows.retention import Deletion, delete_due, retention
from flows.rights import recompute_round
from tests.flows.demonstration import copy_demo, drop_file, open_demo, read_events, run_round, submission
from tests.integration.canary_search import find_canaries, read_everything
from validations.gates import write_data_docs
from warehouse.engine import connect

CLOSED = dt.datetime(2023, 11, 15, 17, tzinfo=dt.UTC)
DUE = CLOSED + dt.timedelta(days=365)
BROKEN = submission(7, unit="99", complaint_online="zqxquarantined", S1="1")
CANARIES = {
    "who": submission(5)["who"],
    "phone": submission(5)["phone"],
    "comment": "zqxaccepted",
    "who in quarantine": BROKEN["who"],
    "comment in quarantine": "zqxquarantined",
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A round with accepted and quarantined rows, Data Docs, a refused file, and something killed halfway."""
    root = tmp_path_factory.mktemp("retention")
    rows = [submission(n) for n in range(1, 61)]
    rows[4] |= {"complaint_online": "zqxaccepted thái độ chưa tốt"}
    rows[6] = BROKEN
    drop_file(root / "inbox" / "2", "first.csv", rows)
    (root / "inbox" / "2" / "broken.csv").write_text("id;who\n1;079203000005\n")
    job = open_demo(root)
    run_round(job)
    # left by a killed run: temporary files beside the round's own
    shutil.copy(job.work / "accepted.parquet", job.work / ".accepted.parquet.1.tmp")
    batch = next(job.landing.path.glob("*.parquet"))
    shutil.copy(batch, batch.with_name(batch.name + ".corrupt"))
    docs = job.docs
    write_data_docs([], docs)
    return root


@pytest.fixture
def copy(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "copy"))


def keep_for(copy: Path, **days: int) -> RoundJob:
    """The round, with another policy of its survey."""
    path = copy_demo(copy) / "survey.yaml"
    survey = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump({**survey, "retention": days}, allow_unicode=True), encoding="utf-8")
    return open_demo(copy)


def delete(job: RoundJob, now: dt.datetime, results: Path | None = None) -> list[Deletion]:
    return delete_due(job.folder, job.settings, now, results)


def found(copy: Path) -> set[str]:
    return {hit.name for hit in find_canaries(CANARIES, read_everything(copy / "var"))}


def events(job: RoundJob) -> list[dict[str, Any]]:
    """What the events of retention say."""
    retained = [event for event in read_events(job) if event["action"] == "retain"]
    return [{name: said for name, said in event.items() if name not in {"actor", "action"}} for event in retained]


def test_before_its_time_nothing_is_deleted(copy: Path) -> None:
    job = open_demo(copy)
    before = found(copy)
    assert before == set(CANARIES)
    assert delete(job, DUE - dt.timedelta(seconds=1)) == []
    assert found(copy) == before
    assert events(job) == []


def test_when_everything_is_due_no_value_is_left_in_storage_or_warehouse(copy: Path) -> None:
    job = keep_for(copy, identified_days=365, quarantine_days=365, microdata_days=365)
    (deletion,) = delete(job, DUE)
    assert deletion.n_files > 5
    assert found(copy) == set()
    left = [path for path in job.storage.identified.rglob("*") if path.is_file()]
    assert sorted(path.name for path in left) == ["demo.json", "round.lock"]  # the key and the lock


def test_on_postgresql_comments_go_as_well(copy: Path, postgres_url: str) -> None:
    keep_for(copy, identified_days=365, quarantine_days=365, microdata_days=365)
    job = open_demo(copy, warehouse_url=postgres_url)
    recompute_round(job, DUE)
    engine = connect(postgres_url)
    query = sa.text("SELECT COUNT(*) FROM comment WHERE redacted_text LIKE 'zqxaccepted%'")
    with engine.connect() as connection:
        assert connection.execute(query).scalar() == 1
    delete(job, DUE)
    with engine.connect() as connection:
        assert connection.execute(query).scalar() == 0
    engine.dispose()


def test_figures_and_releases_stay(copy: Path) -> None:
    job = keep_for(copy, identified_days=365, quarantine_days=365, microdata_days=365)
    figures = {path.name: path.read_bytes() for path in job.results.glob("fct_*.parquet")}
    delete(job, DUE)
    assert {path.name: path.read_bytes() for path in job.results.glob("fct_*.parquet")} == figures
    engine = connect(job.settings.warehouse)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT COUNT(*) FROM fct_index")).scalar()
        assert connection.execute(sa.text("SELECT COUNT(*) FROM comment")).scalar() == 0
    engine.dispose()


def test_each_kind_of_data_has_its_own_period(copy: Path) -> None:
    job = keep_for(copy, identified_days=30, quarantine_days=60)
    delete(job, CLOSED + dt.timedelta(days=30))
    assert found(copy) == {"who in quarantine", "comment in quarantine", "comment"}  # a redacted comment is microdata
    delete(job, CLOSED + dt.timedelta(days=60))
    assert found(copy) == {"comment"}


def test_an_event_counts_and_hashes_what_was_deleted(copy: Path) -> None:
    job = open_demo(copy)
    (deletion,) = delete(job, DUE)
    (event,) = events(job)
    assert event == {"n_files": deletion.n_files, "n_bytes": deletion.n_bytes, "sha256": deletion.digest}


def test_a_second_run_deletes_and_records_nothing(copy: Path) -> None:
    job = open_demo(copy)
    delete(job, DUE)
    assert delete(job, DUE + dt.timedelta(days=1)) == []
    assert len(events(job)) == 1


def test_a_deletion_that_was_killed_is_completed_by_the_next_run(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = keep_for(copy, identified_days=365, quarantine_days=365, microdata_days=365)
    unlink, removed = Path.unlink, []

    def die_at_the_third(path: Path, missing_ok: bool = False) -> None:
        if len(removed) == 2:
            raise KeyboardInterrupt
        removed.append(path)
        unlink(path, missing_ok)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Path, "unlink", die_at_the_third)
        delete(job, DUE)
    assert found(copy) != set()
    delete(job, DUE)
    assert found(copy) == set()
    assert len(events(job)) == 2


def test_results_that_prefect_kept_go_when_they_are_as_old(copy: Path, tmp_path: Path) -> None:
    results = tmp_path / "results"
    results.mkdir()
    for name, at in (("old", DUE - dt.timedelta(days=366)), ("new", DUE - dt.timedelta(days=364))):
        (results / name).write_text(CANARIES["who"])
        os.utime(results / name, (at.timestamp(), at.timestamp()))
    deletions = delete(open_demo(copy), DUE, results)
    assert [(deletion.round_code, deletion.n_files) for deletion in deletions if not deletion.round_code] == [(None, 1)]
    assert [path.name for path in results.iterdir()] == ["new"]


def test_the_command_deletes_what_is_due_today(copy: Path, tmp_path: Path) -> None:
    places = ["--survey", str(copy_demo(copy)), "--storage", str(copy / "var"), "--by", "officer"]
    with temporary_settings({PREFECT_LOCAL_STORAGE_PATH: tmp_path / "results"}):
        first, second = (CliRunner().invoke(app, ["retention", *places]) for _ in range(2))
    assert "demo 2: deleted" in first.output
    assert "nothing is due" in second.output


def test_the_flow_deletes_what_is_due_when_it_was_scheduled(copy: Path, tmp_path: Path, prefect_server: str) -> None:
    with temporary_settings({PREFECT_API_URL: prefect_server, PREFECT_LOCAL_STORAGE_PATH: tmp_path / "results"}):
        state = retention(str(copy_demo(copy)), storage=str(copy / "var"), return_state=True)
    assert state.is_completed()
    assert found(copy) == {"comment"}
