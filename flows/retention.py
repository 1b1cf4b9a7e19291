"""Deletes what its survey no longer keeps: identified data some days after a round closed, by the survey's own setting.

The purpose is done when the round is computed (Law 91/2025/QH15 asks for deletion then); the days are a policy of the
survey's owner (`retention` in survey.yaml), not a constant.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from prefect import flow, get_run_logger, runtime
from prefect.settings import get_current_settings

from flows.jobs import RoundJob, RoundRef
from flows.object_stores import Place, files_below
from flows.rights import forget_comments
from flows.settings import Settings
from flows.storage import Storage
from sources.landing_store import sha256_of
from surveys.catalogue import SurveyFolder, load_survey
from warehouse.audit import record_event
from warehouse.engine import open_warehouse


@dataclass(frozen=True)
class Deletion:
    """What was deleted of one round (None: what Prefect kept, details of failures).

    digest: SHA-256 over names and contents.
    """

    round_code: str | None
    n_files: int
    n_bytes: int
    digest: str


def _run_name() -> str:
    return f"{RoundRef(runtime.flow_run.parameters['survey'], '').survey_name} retention"


@flow(name="retention", flow_run_name=_run_name, persist_result=False)
def retention(survey: str, storage: str | None = None, warehouse_url: str | None = None) -> None:
    """Delete what is due at the time the run was scheduled for."""
    settings = Settings.overridden(storage=storage, warehouse_url=warehouse_url)
    now = runtime.flow_run.scheduled_start_time
    for deletion in delete_due(load_survey(survey), settings, now, prefect_results()):
        get_run_logger().info(
            "%s: deleted %d files, %d bytes",
            deletion.round_code or "results and failures",
            deletion.n_files,
            deletion.n_bytes,
        )


def prefect_results() -> Path:
    """Where Prefect persists results, by its own settings."""
    return get_current_settings().results.local_storage_path


def delete_due(
    folder: SurveyFolder,
    settings: Settings,
    now: dt.datetime,
    prefect_results: Path | None = None,
    by: str = "retention",
) -> list[Deletion]:
    """Delete what is due at `now` and write an audit event for each round; with nothing due, nothing happens.

    Due are, after `identified_days`: landed batches, identified intermediate files, Data Docs, details of failures and
    what Prefect persisted; after `quarantine_days`: quarantined rows; after `microdata_days`, where set: microdata and
    comments. Figures, tallies and releases stay.

    Args:
        prefect_results: where Prefect persists results; files there are as old as their last change.
    """
    engine, deletions = open_warehouse(settings.warehouse), []
    try:
        for round_ in folder.rounds:
            job = RoundJob.open(folder, round_.round_code, settings)
            if _files_of(_due_paths(job, now)):
                with job.storage.lock(job.survey_code, job.round_code, settings.lock_timeout_seconds):
                    deletions.append(_delete(_due_paths(job, now), engine, job.survey_code, job.round_code, now, by))
            if _is_due(job, folder.survey.retention.microdata_days, now):
                forget_comments(engine, job.survey_code, round_code=job.round_code)
        oldest = now - dt.timedelta(days=folder.survey.retention.identified_days)
        results = _files_of([Storage.of(settings).failures, *([prefect_results] if prefect_results else [])])
        if kept := [path for path in results if path.stat().st_mtime < oldest.timestamp()]:
            deletions.append(_delete(kept, engine, folder.survey.survey_code, None, now, by))
    finally:
        engine.dispose()
    return deletions


def _is_due(job: RoundJob, days: int | None, now: dt.datetime) -> bool:
    closed_at = job.round.window(job.folder.survey.zone)[1]
    return days is not None and closed_at + dt.timedelta(days=days) <= now


def _due_paths(job: RoundJob, now: dt.datetime) -> list[Place]:
    """Files and folders of a round that are no longer kept; the lock stays."""
    policy, place = job.folder.survey.retention, f"{job.survey_code}/{job.round_code}"
    identified, anonymised = job.storage.identified, job.storage.anonymised
    work = [path for path in (identified / "work" / place).glob("*") if path.name != "round.lock"]
    quarantine = [path for path in work if path.name == "quarantine.parquet"]
    due: list[Place] = []
    if _is_due(job, policy.identified_days, now):
        due += [job.landing.path, *(path for path in work if path not in quarantine), anonymised / "docs" / place]
    if _is_due(job, policy.quarantine_days, now):
        due += quarantine
    if _is_due(job, policy.microdata_days, now):
        results = anonymised / place
        due += [*results.glob("*/microdata"), *results.glob("*/comments"), job.microdata_export]
    return due


def _files_of(paths: list[Place]) -> list[Place]:
    return sorted({file for path in paths for file in files_below(path)}, key=lambda file: tuple(file.parts))


def _delete(
    paths: list[Place], engine: sa.Engine, survey_code: str, round_code: str | None, now: dt.datetime, by: str
) -> Deletion:
    """The event first: nothing is deleted without one, and a killed deletion is completed by the next run."""
    files = _files_of(paths)
    digest = hashlib.sha256("\n".join(f"{file.name} {sha256_of(file)}" for file in files).encode()).hexdigest()
    deletion = Deletion(round_code, len(files), sum(file.stat().st_size for file in files), digest)
    detail: dict[str, int | str] = {"n_files": deletion.n_files, "n_bytes": deletion.n_bytes, "sha256": digest}
    record_event(
        engine,
        action="retain",
        actor=by,
        survey_code=survey_code,
        round_code=round_code,
        detail=detail,
        happened_at=now,
    )
    for file in files:
        file.unlink()
    for path in paths:
        if isinstance(path, Path) and path.is_dir():
            shutil.rmtree(path)
    return deletion
