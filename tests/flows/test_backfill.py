"""Past rounds computed again: which they are, and from what."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_TO_API_ENABLED, temporary_settings

from flows.backfill import BackfillError, backfill, past_rounds, take_microdata
from flows.jobs import RoundJob
from surveys.catalogue import SurveyError, SurveyFolder, load_survey
from tests.flows.demonstration import copy_demo, drop_file, open_demo, run_round, submission
from tests.golden import DEMO
from warehouse.engine import open_warehouse
from warehouse.releases import Release, list_releases

LATER = dt.datetime(2026, 11, 28, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def survey() -> SurveyFolder:
    return load_survey(DEMO)


def test_a_range_is_in_order_of_time_and_holds_its_ends(survey: SurveyFolder) -> None:
    assert past_rounds(survey, "1", "2", LATER) == ["1", "2"]
    assert past_rounds(survey, "2", None, LATER) == ["2"]


def test_a_range_that_ends_before_it_begins_is_refused(survey: SurveyFolder) -> None:
    with pytest.raises(SurveyError, match="round 1 is before round 2"):
        past_rounds(survey, "2", "1", LATER)


def test_a_round_that_is_not_over_is_refused(survey: SurveyFolder) -> None:
    in_grace = dt.datetime(2023, 11, 16, 1, tzinfo=dt.UTC)
    with pytest.raises(SurveyError, match="not over cannot be filled back: 2;"):
        past_rounds(survey, "1", "2", in_grace)


@pytest.fixture
def forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefect_server: str) -> Iterator[RoundJob]:
    """Round 2, computed, and its identified submissions deleted; the survey has a second method."""
    folder = copy_demo(tmp_path)
    method = yaml.safe_load((folder / "methods" / "demo.yaml").read_text(encoding="utf-8"))
    method["method_code"] = "other"
    (folder / "methods" / "other.yaml").write_text(yaml.safe_dump(method, allow_unicode=True), encoding="utf-8")
    drop_file(tmp_path / "inbox" / "2", "a.csv", [submission(number) for number in range(90)])
    job = open_demo(tmp_path)
    for name, value in {"STORAGE": tmp_path / "var", "SOURCE_URL": tmp_path / "inbox" / "2", "PARTITIONS": 2}.items():
        monkeypatch.setenv(f"HAILONG_{name}", str(value))
    run_round(job)
    shutil.rmtree(job.landing.path)
    with temporary_settings({PREFECT_API_URL: prefect_server, PREFECT_LOGGING_TO_API_ENABLED: False}):
        yield job


def releases(job: RoundJob) -> list[Release]:
    engine = open_warehouse(job.settings.warehouse)
    found = list_releases(engine, job.survey_code, job.round_code)
    engine.dispose()
    return found


def test_a_round_without_identified_data_is_computed_from_microdata_and_reads_nothing_again(
    forgotten: RoundJob,
) -> None:
    before = releases(forgotten)
    state = backfill(str(forgotten.folder.path), "2", return_state=True)
    assert state.is_completed() and "nothing changed" in str(state.message), state.message
    assert releases(forgotten) == before
    assert not list(forgotten.landing.path.glob("*.parquet"))


def test_another_method_gives_a_draft_of_its_own_method(forgotten: RoundJob) -> None:
    state = backfill(str(forgotten.folder.path), "2", method="other", return_state=True)
    assert state.is_completed(), state.message
    assert [release.method_code for release in releases(forgotten)] == ["other"]


def test_microdata_of_another_number_of_partitions_are_not_thrown_away(forgotten: RoundJob, tmp_path: Path) -> None:
    with pytest.raises(BackfillError, match="set HAILONG_PARTITIONS=2"):
        take_microdata(open_demo(tmp_path, partitions=1))
    assert len(forgotten.parts("microdata")) == 2
