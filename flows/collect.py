"""The flow that watches an open round: land what is new, validate it, show who lags; no results are published."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
from prefect import flow, get_run_logger, runtime
from prefect.client.schemas.objects import State
from prefect.events import emit_event
from prefect.states import Completed

from flows import artifacts, rounds, summaries
from flows.jobs import RoundJob, RoundRef, load_survey_once
from flows.schedule import round_at
from surveys.catalogue import SurveyFolder
from surveys.models import Round
from transforms.response_monitoring import Window, count_received, monitor_response
from transforms.units import ancestors_of

BELOW_PLAN, BURST = "hailong.response-below-plan", "hailong.suspicious-burst"


def _run_name() -> str:
    given = runtime.flow_run.parameters
    return " ".join([RoundRef(given["survey"], "").survey_name, *filter(None, [given.get("round_code")]), "collect"])


@flow(name="collect", flow_run_name=_run_name, persist_result=False)
def collect(
    survey: str, round_code: str | None = None, source_url: str | None = None, storage: str | None = None
) -> State[Any]:
    """Land and validate new submissions of an open round, and show how the response is doing.

    Args:
        survey: name or folder of the survey.
        round_code: round, e.g. 2023-2; default: the round that is open at the time the run was scheduled for.
        source_url, storage: override the installation's settings; keep passwords in HAILONG_SOURCE_URL.
    """
    scheduled = runtime.flow_run.scheduled_start_time
    round_code = round_code or round_at(load_survey_once(survey), "collect", scheduled).round_code
    ref = RoundRef(survey, round_code, source_url=source_url, storage=storage)
    job = ref.open()
    artifacts.tag_run(job)
    with job.storage.lock(job.survey_code, round_code, job.settings.lock_timeout_seconds):
        n_refused = rounds.extract(ref)
        reports = [rounds.validate_landing(ref)]
        rounds.select_current(ref)
        reports.append(rounds.validate_submissions(ref))
        rounds.select_accepted(ref)
        warnings = summaries.find_warnings(reports, n_refused)
        findings = [*monitor(ref, scheduled), *(warning.line for warning in warnings)]
    return Completed(name="CompletedWithWarnings" if findings else None, message="; ".join(findings) or "on plan")


@rounds.stage("monitor response")
def monitor(ref: RoundRef, scheduled: dt.datetime) -> list[str]:
    """Show the response of the system and the units below it, and raise the events that become alerts.

    Returns:
        findings, one line each.
    """
    job = ref.open()
    today = scheduled.astimezone(job.folder.survey.zone).date()
    table = watch_round(job, today)
    units = job.folder.units_on(job.round.register_date)
    root = next(unit.unit_code for unit in units if unit.parent_code is None)
    names = pl.DataFrame([(unit.unit_code, unit.unit_name) for unit in units], ["unit_code", "unit_name"], orient="row")
    shown = (
        names.join(table, on="unit_code")
        .filter(pl.col("unit_code").is_in([unit.unit_code for unit in units if unit.parent_code in (None, root)]))
        .sort(pl.col("unit_code") != root, ~pl.col("is_lagging"), "pace_pct", "unit_code", nulls_last=True)
    )
    artifacts.show_table(job, "monitoring", "Theo dõi phản hồi / Response so far", shown.iter_rows(named=True))
    system = table.row(by_predicate=pl.col("unit_code") == root, named=True)
    lagging = shown.filter(pl.col("is_lagging"))["unit_code"].to_list()
    bursts = table.filter(pl.col("is_burst") & (pl.col("unit_code") != root))["unit_code"].to_list()
    get_run_logger().info(
        "%d accepted, %s projected, %s planned; %d units lag",
        *(system[name] for name in ("n_received", "n_projected", "n_planned")),
        len(lagging),
    )
    findings = []
    window = _window(job.round)
    is_half = 2 * window.complete_days(today) >= window.n_days
    if is_half and system["n_planned"] and system["n_projected"] < system["n_planned"]:
        findings.append(f"response below plan: {system['n_projected']} projected of {system['n_planned']} planned")
        _raise_event(job, BELOW_PLAN, findings[-1], {**_counts(system), "lagging": lagging})
    if bursts:
        findings.append(f"suspicious bursts in {len(bursts)} units: {', '.join(bursts[:5])}")
        _raise_event(job, BURST, findings[-1], {"n_units": len(bursts), "units": bursts[:20]})
    return findings


def watch_round(job: RoundJob, today: dt.date) -> pl.DataFrame:
    """The table of `monitor_response` for a round's accepted submissions, beside the round before it."""
    previous = job.folder.previous_round(job.round)
    earlier = _earlier_counts(job, previous.round_code) if previous else None
    return monitor_response(
        count_received(pl.scan_parquet(job.work / "accepted.parquet")),
        _window(job.round),
        today,
        ancestors_of(job.folder.units_on(job.round.register_date)),
        _active(job.folder, job.round_code),
        job.round.expected_response_pct,
        earlier,
        _window(previous) if previous and earlier is not None else None,
    )


def _earlier_counts(job: RoundJob, round_code: str) -> pl.DataFrame | None:
    earlier = RoundJob.open(job.folder, round_code, job.settings)
    return count_received(earlier.scan_parts("microdata")) if earlier.parts("microdata") else None


def _active(folder: SurveyFolder, round_code: str) -> pl.DataFrame:
    cells = [(cell.unit_code, cell.n_active) for cell in folder.frame if cell.round_code == round_code]
    frame = pl.DataFrame(cells, schema={"unit_code": pl.String, "n_active": pl.Int64}, orient="row")
    return frame.group_by("unit_code").agg(pl.col("n_active").sum()).sort("unit_code")


def _window(round_: Round) -> Window:
    return Window(round_.opens_on, round_.closes_on)


def _counts(system: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in system.items() if name.startswith("n_") or name == "pace_pct"}


def _raise_event(job: RoundJob, event: str, message: str, payload: dict[str, Any]) -> None:
    """An event that an automation of deploy/automations.yaml turns into an alert: counts and unit codes only."""
    name = f"{job.survey_code} {job.round_code}"
    emit_event(
        event,
        resource={
            "prefect.resource.id": f"hailong.round.{job.survey_code}.{job.round_code}",
            "prefect.resource.name": name,
            "hailong.message": message,
        },
        payload={"round": name, "message": message, **payload},
    )
