"""The flow of a round: collect what came in, validate, anonymise, tally, compute, protect, load a draft release."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from prefect import flow, get_run_logger, runtime, task
from prefect.cache_policies import NO_CACHE
from prefect.states import Completed, State

from flows import artifacts, stages, summaries
from flows.settings import Settings
from flows.stages import RoundJob
from sources.errors import SourceUnavailable
from surveys.catalogue import load_survey
from validations.gates import GateReport
from warehouse.load import LoadReport


class RoundStoppedError(Exception):
    """A gate stopped the round: the message has counts and the next step."""


def _is_unavailable(_task: object, _run: object, state: State[Any]) -> bool:
    """Only what may pass by itself is tried again: a source out of reach, never bad data."""
    try:
        state.result()
    except SourceUnavailable:
        return True
    except Exception:
        return False
    return False


def stage(name: str, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """A task of this flow: short name, nothing cached or persisted, paths and counts only."""
    return task(name=name, task_run_name=name, cache_policy=NO_CACHE, persist_result=False, **options)


@stage("extract", retries=4, retry_delay_seconds=[5, 30, 120, 300], retry_jitter_factor=0.5, retry_condition_fn=_is_unavailable)
def extract(job: RoundJob) -> None:
    report = stages.extract(job, dt.datetime.now(dt.UTC))
    log = get_run_logger()
    log.info("landed %d new rows in %d batches", report.n_rows, report.n_batches)
    for name in report.refused:
        log.warning("file %s was refused: see its note in the landing area, 'Refused files' in docs/runbook.md", name)


@stage("validate landing")
def validate_landing(job: RoundJob) -> GateReport:
    return _checked(job, stages.validate_landing(job))


@stage("select current")
def select_current(job: RoundJob) -> None:
    get_run_logger().info("%s", stages.select_current(job))


@stage("validate submissions")
def validate_submissions(job: RoundJob) -> GateReport:
    return _checked(job, stages.validate_submissions(job))


@stage("select accepted")
def select_accepted(job: RoundJob) -> None:
    get_run_logger().info("%s", stages.select_accepted(job))


@stage("anonymise")
def anonymise(job: RoundJob) -> None:
    get_run_logger().info("%s", stages.anonymise_round(job))


@stage("validate microdata")
def validate_microdata(job: RoundJob) -> GateReport:
    return _checked(job, stages.validate_microdata(job))


@stage("tally")
def tally(job: RoundJob) -> None:
    stages.tally_round(job)


@stage("compute")
def compute(job: RoundJob) -> None:
    get_run_logger().info("%s", stages.compute_round(job))


@stage("validate results")
def validate_results(job: RoundJob) -> GateReport:
    return _checked(job, stages.validate_results(job))


@stage("load")
def load(job: RoundJob, reports: list[GateReport], started_at: dt.datetime) -> LoadReport:
    return stages.load_round(job, reports, started_at, dt.datetime.now(dt.UTC))


def _run_name() -> str:
    given = runtime.flow_run.parameters
    return f"{given['survey'].rstrip('/').rsplit('/', 1)[-1]} {given['round_code']} close-round"


@flow(name="close-round", flow_run_name=_run_name, persist_result=False, validate_parameters=True)
def close_round(
    survey: str,
    round_code: str,
    method: str | None = None,
    source_url: str | None = None,
    warehouse_url: str | None = None,
    storage: str | None = None,
) -> State[Any]:
    """Compute a round and load it as a draft release.

    Args:
        survey: name or folder of the survey.
        round_code: round, e.g. 2023-2.
        method: method other than the round's own, for back-casting.
        source_url, warehouse_url, storage: override the settings of the installation.
    """
    given = {"source_url": source_url, "warehouse_url": warehouse_url, "storage": storage}
    settings = Settings(**{name: value for name, value in given.items() if value is not None})
    started_at = dt.datetime.now(dt.UTC)
    job = RoundJob.open(load_survey(survey), round_code, settings, method)
    with job.storage.lock(job.survey_code, round_code, settings.lock_timeout_seconds):
        progress = artifacts.Progress(job, n_stages=11)
        reports = []
        for step in (extract, validate_landing, select_current, validate_submissions, select_accepted, anonymise,
                     validate_microdata, tally, compute, validate_results):  # fmt: skip
            outcome = step(job)
            reports += [outcome] if isinstance(outcome, GateReport) else []
            progress.step()
        loaded = load(job, reports, started_at)
        progress.step()
        summaries.publish_artifacts(job, reports, loaded)
    warnings = summaries.warnings_of(reports)
    name = "CompletedWithWarnings" if warnings else None
    return Completed(name=name, message="; ".join(warnings) or summaries.headline(job, loaded))


def _checked(job: RoundJob, report: GateReport) -> GateReport:
    """Show a gate's table; stop the round where a critical rule fails for more rows than the survey tolerates."""
    artifacts.show_gate(job, report)
    tolerance = job.folder.survey.tolerance.critical_rows_pct
    stopping = [r for r in report.failed("critical") if r.failed_pct is None or r.failed_pct > tolerance]
    if stopping:
        found = ", ".join(f"{r.rule.rule_id}: {r.n_failed} of {r.n_tested} rows" for r in stopping[:5])
        raise RoundStoppedError(
            f"{job.survey_code} {job.round_code} stopped at gate '{report.gate}': {found} (tolerance {tolerance} %). "
            f"Nothing was published or lost. See 'Gate {report.gate} stopped the round' in docs/runbook.md"
        )
    return report
