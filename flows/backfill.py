"""Past rounds computed again, one or a range, where wanted under another method; each becomes a draft release.

A round whose identified submissions are still there runs from its sources on, like any other run. One whose retention
has passed is computed from its anonymised microdata: nothing identified is read again.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from prefect import flow, runtime, unmapped
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows import artifacts, rounds, summaries
from flows.errors import OperationError
from flows.jobs import RoundJob, RoundRef, load_survey_once
from flows.runners import make_runner
from flows.settings import Settings
from flows.storage import write_bytes
from surveys.catalogue import SurveyError, SurveyFolder
from surveys.models import Round


class BackfillError(OperationError):
    """A round cannot be computed again; the message says which and why."""


def _run_name() -> str:
    given = runtime.flow_run.parameters
    name = RoundRef(given["survey"], "").survey_name
    span = "..".join(filter(None, [given["first_round"], given.get("last_round")]))
    return " ".join(filter(None, [name, span, "backfill", given.get("method")]))


def _recompute_name() -> str:
    given = runtime.flow_run.parameters
    return f"{RoundRef(given['survey'], '').survey_name} {given['round_code']} recompute"


@flow(name="backfill", flow_run_name=_run_name, persist_result=False)
def backfill(survey: str, first_round: str, last_round: str | None = None, method: str | None = None) -> State[Any]:
    """Compute past rounds again, oldest first, as changes look back; a round that fails does not stop the others.

    Args:
        survey: name or folder of the survey.
        first_round: round, e.g. 2022.
        last_round: last round of a range; default: only the first.
        method: method other than each round's own.
    """
    codes = past_rounds(load_survey_once(survey), first_round, last_round, runtime.flow_run.scheduled_start_time)
    states = {code: _compute(RoundRef(survey, code, method)) for code in codes}
    told = "\n".join(f"{code}: {state.name}: {state.message}" for code, state in states.items())
    if not all(state.is_completed() for state in states.values()):
        return Failed(message=told)
    has_warnings = any(state.name == "CompletedWithWarnings" for state in states.values())
    return Completed(name="CompletedWithWarnings" if has_warnings else None, message=told)


def past_rounds(folder: SurveyFolder, first: str, last: str | None, now: dt.datetime) -> list[str]:
    """Codes of the rounds from `first` to `last`, in order of time.

    Raises:
        SurveyError: there is no such round, the range is empty, or a round of it is not over at `now`.
    """
    opens, closes = (folder.round(code).opens_on for code in (first, last or first))
    span = [round_ for round_ in folder.rounds if opens <= round_.opens_on <= closes]
    if not span:
        raise SurveyError(f"round {last} is before round {first}: name the earlier one first")
    if unfinished := [round_.round_code for round_ in span if not _is_over(folder, round_, now)]:
        raise SurveyError(
            f"rounds that are not over cannot be filled back: {', '.join(unfinished)}; their own deployments close them"
        )
    return [round_.round_code for round_ in sorted(span, key=lambda round_: round_.opens_on)]


def _is_over(folder: SurveyFolder, round_: Round, now: dt.datetime) -> bool:
    return round_.window(folder.survey.zone)[1] + dt.timedelta(hours=round_.grace_hours) <= now


def _compute(ref: RoundRef) -> State[Any]:
    job = ref.open()
    is_forgotten = not any(job.landing.path.glob("*.parquet")) and bool(_own(job).parts("microdata"))
    run = recompute if is_forgotten else rounds.close_round
    state: State[Any] = run(ref.survey, ref.round_code, ref.method, return_state=True)
    return state


@flow(name="recompute", flow_run_name=_recompute_name, persist_result=False, task_runner=make_runner(Settings()))
def recompute(survey: str, round_code: str, method: str | None = None) -> State[Any]:
    """A round from its microdata on, for rounds whose identified submissions were deleted on schedule."""
    ref = RoundRef(survey, round_code, method)
    started_at, job = dt.datetime.now(dt.UTC), ref.open()
    artifacts.tag_run(job)
    with job.storage.lock(job.survey_code, job.round_code, job.settings.lock_timeout_seconds):
        progress = artifacts.Progress(job, 3)
        take_microdata(job)
        parts = rounds.plan_parts(ref)
        reports = [rounds.validate_microdata(ref), rounds.validate_comments(ref)]
        rounds.tally.map(unmapped(ref), parts).result()
        progress.step("tallied")
        rounds.compute(ref)
        reports.append(rounds.validate_results(ref))
        progress.step("computed and protected")
        loaded = rounds.load(ref, reports, started_at)
        warnings = summaries.find_warnings(reports)
        summaries.publish_artifacts(job, warnings, loaded)
        progress.step("loaded")
    name = "CompletedWithWarnings" if warnings else None
    return Completed(name=name, message=summaries.message(job, warnings, loaded))


def take_microdata(job: RoundJob) -> None:
    """Copy what the round's own method left on the anonymised side to where this job's method looks for it.

    Raises:
        BackfillError: it was written in another number of partitions; `plan_parts` would throw some of it away.
    """
    own = _own(job)
    if len(own.parts("microdata")) != job.n_parts:
        raise BackfillError(
            f"{job.survey_code} {job.round_code}: the microdata have {len(own.parts('microdata'))} partitions, and "
            f"{job.n_parts} are asked for; set HAILONG_PARTITIONS={len(own.parts('microdata'))} for this run"
        )
    if own.results == job.results:
        return
    for kind in ("microdata", "comments"):
        for number, path in enumerate(own.parts(kind)):
            write_bytes(job.part(kind, number), path.read_bytes())
    write_bytes(job.results / "response.parquet", (own.results / "response.parquet").read_bytes())


def _own(job: RoundJob) -> RoundJob:
    """The same round under its own method."""
    return RoundJob.open(job.folder, job.round_code, job.settings)
