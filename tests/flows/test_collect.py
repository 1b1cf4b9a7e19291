"""Watching an open round: who lags, beside the round before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_TO_API_ENABLED, temporary_settings

from flows import stages
from flows.collect import watch_round
from flows.deployments import attend_round
from flows.jobs import RoundJob
from tests.flows.demonstration import NOW, drop_file, open_demo, run_round, submission


@pytest.fixture
def job(tmp_path: Path) -> RoundJob:
    """Round 2 with 30 submissions collected, after a round 1 that ended with 90."""
    earlier = [submission(n, sent=f"2023-03-{1 + n % 28:02d} 08:00:00") for n in range(90)]
    drop_file(tmp_path / "inbox" / "1", "a.csv", earlier)
    run_round(open_demo(tmp_path, "1"))
    drop_file(tmp_path / "inbox" / "2", "a.csv", [submission(n) for n in range(30)])
    job = open_demo(tmp_path, "2")
    stages.extract(job, NOW)
    stages.select_current(job)
    stages.validate_submissions(job)
    stages.select_accepted(job)
    return job


def test_the_response_so_far_is_shown_beside_the_same_day_of_the_earlier_round(job: RoundJob) -> None:
    system = watch_round(job, dt.date(2023, 10, 30)).row(by_predicate=pl.col("unit_code") == "00", named=True)
    assert system["n_received"] == 30
    assert system["pace_pct"] is not None


@pytest.fixture
def server(prefect_server: str) -> Iterator[None]:
    with temporary_settings({PREFECT_API_URL: prefect_server, PREFECT_LOGGING_TO_API_ENABLED: False}):
        yield


@pytest.mark.usefixtures("server")
def test_a_rounds_deployment_collects_without_publishing_then_closes(
    job: RoundJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("storage", "source_url", "partitions"):
        value = getattr(job.settings, name)
        monkeypatch.setenv(f"HAILONG_{name.upper()}", value.get_secret_value() if name == "source_url" else str(value))
    survey = str(job.folder.path)
    collected = attend_round(survey, "2", "collect", return_state=True)
    assert collected.is_completed(), collected.message
    assert not job.results.joinpath("fct_index.parquet").exists()
    closed = attend_round(survey, "2", "close-round", return_state=True)
    assert closed.is_completed() and "release 1 (draft)" in str(closed.message), closed.message
