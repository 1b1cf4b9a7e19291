"""The flow of a round: collect what came in, validate, anonymise, tally, compute, protect, load a draft release."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from prefect import flow, get_run_logger, runtime, task, unmapped
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows import artifacts, stages, summaries
from flows.errors import OperationError
from flows.failures import guard
from flows.jobs import RoundJob, RoundRef
from flows.runners import make_runner
from flows.settings import Settings
from sources.errors import SourceUnavailable
from validations.gates import GateReport
from warehouse.load import LoadReport

N_STAGES = 6


class RoundStoppedError(OperationError):
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
    """A task of a round: short name, nothing cached or persisted; counts and codes only, also in its errors."""

    def make(function: Callable[..., Any]) -> Any:
        as_task = task(name=name, task_run_name=name, cache_policy=NO_CACHE, persist_result=False, **options)
        return as_task(guard(name, function))

    return make


@stage(
    "extract",
    retries=4,
    retry_delay_seconds=[5, 30, 120, 300],
    retry_jitter_factor=0.5,
    retry_condition_fn=_is_unavailable,
)
def extract(ref: RoundRef) -> int:
    """Returns the number of dropped files that were refused."""
    report = stages.extract(ref.open(), dt.datetime.now(dt.UTC))
    log = get_run_logger()
    log.info("landed %d new rows in %d batches", report.n_rows, report.n_batches)
    for problem in report.problems:
        log.warning("a file was refused: %s", problem)
    return len(report.refused)


@stage("validate landing")
def validate_landing(ref: RoundRef) -> GateReport:
    return _checked(ref, stages.validate_landing)


@stage("select current")
def select_current(ref: RoundRef) -> None:
    get_run_logger().info("%s", stages.select_current(ref.open()))


@stage("validate submissions")
def validate_submissions(ref: RoundRef) -> GateReport:
    return _checked(ref, stages.validate_submissions)


@stage("select accepted")
def select_accepted(ref: RoundRef) -> None:
    get_run_logger().info("%s", stages.select_accepted(ref.open()))


@stage("plan partitions")
def plan_parts(ref: RoundRef) -> list[int]:
    return stages.plan_parts(ref.open())


@stage("anonymise")
def anonymise(ref: RoundRef, part: int) -> dict[str, int]:
    return stages.anonymise_part(ref.open(), part)


@stage("validate microdata")
def validate_microdata(ref: RoundRef) -> GateReport:
    return _checked(ref, stages.validate_microdata)


@stage("validate comments")
def validate_comments(ref: RoundRef) -> GateReport:
    return _checked(ref, stages.validate_comments)


@stage("tally")
def tally(ref: RoundRef, part: int) -> None:
    stages.tally_part(ref.open(), part)


@stage("compute and protect")
def compute(ref: RoundRef) -> None:
    job = ref.open()
    stages.merge_tallies(job)
    get_run_logger().info("%s", stages.compute_round(job))


@stage("validate results")
def validate_results(ref: RoundRef) -> GateReport:
    return _checked(ref, stages.validate_results)


@stage("load")
def load(ref: RoundRef, reports: list[GateReport], started_at: dt.datetime) -> LoadReport:
    return stages.load_round(ref.open(), reports, started_at, dt.datetime.now(dt.UTC))


def _run_name() -> str:
    given = runtime.flow_run.parameters
    return f"{RoundRef(given['survey'], given['round_code']).survey_name} {given['round_code']} close-round"


@flow(name="close-round", flow_run_name=_run_name, persist_result=False, task_runner=make_runner(Settings()))
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
        source_url, warehouse_url, storage: override the installation's settings. They show in the Prefect UI: keep
            passwords in HAILONG_SOURCE_URL and HAILONG_WAREHOUSE_URL.
    """
    ref = RoundRef(survey, round_code, method, source_url, warehouse_url, storage)
    started_at, job = dt.datetime.now(dt.UTC), ref.open()
    artifacts.tag_run(job)
    with job.storage.lock(job.survey_code, round_code, job.settings.lock_timeout_seconds):
        progress = artifacts.Progress(job, N_STAGES)
        n_refused = extract(ref)
        progress.step("extracted")
        reports = [validate_landing(ref)]
        select_current(ref)
        reports.append(validate_submissions(ref))
        select_accepted(ref)
        progress.step("validated")
        parts = plan_parts(ref)
        anonymise.map(unmapped(ref), parts).result()
        reports += [validate_microdata(ref), validate_comments(ref)]
        progress.step("anonymised")
        tally.map(unmapped(ref), parts).result()
        progress.step("tallied")
        compute(ref)
        reports.append(validate_results(ref))
        progress.step("computed and protected")
        loaded = load(ref, reports, started_at)
        warnings = summaries.find_warnings(reports, n_refused)
        summaries.publish_artifacts(job, warnings, loaded)
        progress.step("loaded")
    name = "CompletedWithWarnings" if warnings else None
    return Completed(name=name, message=summaries.message(job, warnings, loaded))


def _checked(ref: RoundRef, run_gate: Callable[[RoundJob], GateReport]) -> GateReport:
    """Show what a gate found; stop the round where a critical rule fails for more rows than the survey tolerates."""
    job = ref.open()
    report = run_gate(job)
    stages.write_docs(job, report)
    artifacts.show_gate(job, report)
    tolerance = job.folder.survey.tolerance.critical_rows_pct
    stopping = [r for r in report.failed("critical") if r.failed_pct is None or r.failed_pct > tolerance]
    if stopping:
        found = ", ".join(f"{result.rule.rule_id}: {result.found}" for result in stopping[:5])
        message = (
            f"{job.survey_code} {job.round_code} stopped at gate '{report.gate}': {found} (tolerance {tolerance} %). "
            f"Nothing was published or lost. See 'Gate {report.gate} stopped the round' in docs/runbook.md"
        )
        summaries.publish_stop(job, report.gate, stopping, message)
        raise RoundStoppedError(message)
    return report
