"""The health check: what it finds wrong, and that it says what to do."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.doctor import Finding, examine
from flows.keys import create_key
from flows.settings import Settings
from flows.storage import Storage
from surveys.catalogue import SurveyFolder, load_survey
from tests.golden import DEMO
from warehouse.audit import record_event
from warehouse.engine import open_warehouse

NOW = dt.datetime(2026, 11, 28, 3, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def survey() -> SurveyFolder:
    return load_survey(DEMO)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A sound installation: storage, key, warehouse."""
    settings = Settings(_env_file=None, storage=tmp_path / "var")  # type: ignore[call-arg]
    create_key(Storage(settings.storage).identified / "keys" / "demo.json")
    open_warehouse(settings.warehouse).dispose()
    return settings


def findings(settings: Settings, survey: SurveyFolder, check: str, api: str = "") -> list[Finding]:
    with temporary_settings({PREFECT_API_URL: api or None}):
        return [found for found in examine(settings, [survey], NOW) if found.check == check]


def test_a_sound_installation_without_a_server_has_nothing_that_fails(settings: Settings, survey: SurveyFolder) -> None:
    with temporary_settings({PREFECT_API_URL: None}):
        found = examine(settings, [survey], NOW)
    assert [(finding.check, finding.message) for finding in found if finding.status == "fail"] == []
    assert {"versions", "storage", "disk", "key", "warehouse", "migrations", "trail", "schedules", "prefect"} == {
        finding.check for finding in found
    }


def test_whatever_is_not_ok_says_what_to_do(settings: Settings, survey: SurveyFolder) -> None:
    Storage(settings.storage).identified.chmod(0o755)
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):
        found = [finding for finding in examine(settings, [survey], NOW) if finding.status != "ok"]
    assert {"storage", "prefect"} <= {finding.check for finding in found}
    assert all(finding.remedy for finding in found)


def test_identified_storage_that_others_can_read_fails(settings: Settings, survey: SurveyFolder) -> None:
    Storage(settings.storage).identified.chmod(0o755)
    failed = [found for found in findings(settings, survey, "storage") if found.status == "fail"]
    assert [(found.message.endswith("open to others (mode 755)"), found.remedy[:9]) for found in failed] == [
        (True, "chmod 700")
    ]


def test_an_audit_trail_that_was_changed_fails(settings: Settings, survey: SurveyFolder) -> None:
    engine = open_warehouse(settings.warehouse)
    record_event(engine, action="erase", actor="officer")
    engine.dispose()
    assert [found.status for found in findings(settings, survey, "trail")] == ["ok"]
    with sqlite3.connect(settings.storage / "warehouse.restricted.db") as connection:
        connection.execute("DROP TRIGGER audit_event_no_update")
        connection.execute("UPDATE audit_event SET actor = 'nobody'")
    (trail,) = findings(settings, survey, "trail")
    assert (trail.status, "event 1 is not what was written" in trail.message) == ("fail", True)


def test_a_key_that_is_lost_after_the_first_round_fails(settings: Settings, survey: SurveyFolder) -> None:
    storage = Storage(settings.storage)
    (storage.results("demo", "1", "demo") / "microdata").mkdir()
    (storage.results("demo", "1", "demo") / "microdata" / "part-00.parquet").touch()
    (storage.identified / "keys" / "demo.json").unlink()
    assert [found.status for found in findings(settings, survey, "key")] == ["fail"]


def test_a_new_installation_needs_no_key_yet(tmp_path: Path, survey: SurveyFolder) -> None:
    new = Settings(_env_file=None, storage=tmp_path / "new")  # type: ignore[call-arg]
    assert [found.status for found in findings(new, survey, "key")] == ["ok"]
    assert [found.status for found in findings(new, survey, "warehouse")] == ["warn"]


def test_a_warehouse_out_of_reach_fails_and_no_password_is_shown(tmp_path: Path, survey: SurveyFolder) -> None:
    url = "postgresql+psycopg://hailong:s3cret@127.0.0.1:9/hailong"
    away = Settings(_env_file=None, storage=tmp_path / "var", warehouse_url=url)  # type: ignore[call-arg]
    (found,) = findings(away, survey, "warehouse")
    assert found.status == "fail"
    assert "s3cret" not in str(found)


def test_a_server_without_deployments_and_worker_fails(
    settings: Settings, survey: SurveyFolder, prefect_server: str
) -> None:
    (missing,) = findings(settings, survey, "deployments", prefect_server)
    assert (missing.status, missing.remedy) == ("fail", "make deploy")
    assert "retention" in missing.message
    (worker,) = findings(settings, survey, "worker", prefect_server)
    assert worker.status == "fail"
