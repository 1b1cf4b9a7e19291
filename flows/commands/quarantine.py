"""Commands around rows that were set aside: what they are, by counts only, and their release.

hailong quarantine --survey kbnn --round 2023-2
hailong quarantine release --survey kbnn --round 2023-2 --rule within-window --reason "..." --by NAME
"""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.table import Table

from flows.commands.console import console
from flows.commands.rounds import StorageOption, SurveyOption, WarehouseOption
from flows.errors import OperationError
from flows.jobs import RoundJob
from flows.settings import Settings
from flows.storage import replacing
from surveys.catalogue import load_survey
from surveys.landing import landing_schema
from validations.quarantine import (
    NothingToReleaseError,
    merge_releases,
    read_releases,
    select_releases,
    summarise_quarantine,
)
from validations.suites import rules_of
from warehouse.audit import record_event
from warehouse.engine import open_warehouse

N_SHOWN = 20
NO_PLACE = (
    "matching rows cannot be released, as no figure has a place for them: they have no id of their own, no respondent, "
    "or no known type, channel or unit of the round. Mend them at their source and run the round again"
)

RoundOption = Annotated[str | None, typer.Option("--round", help="Round, e.g. 2023-2")]
RuleOption = Annotated[str | None, typer.Option(help="Id of a rule, e.g. within-window")]

commands = typer.Typer(help="Count the rows that were set aside, or release some.")


@commands.callback(invoke_without_command=True)
def summarise(
    context: typer.Context,
    survey: SurveyOption = "kbnn",
    round_code: RoundOption = None,
    rule: RuleOption = None,
    storage: StorageOption = None,
) -> None:
    """Count a round's quarantined rows by rule, unit and source, and list refused files; with --rule, where rows are."""
    if context.invoked_subcommand is not None:
        return
    job = _open(survey, round_code, storage, None)
    if rule is not None:
        _print_places(_quarantine(job), rule)
    else:
        _print_refused(job)
        _print_summary(job, _quarantine(job))


@commands.command()
def release(
    reason: Annotated[str, typer.Option(help="Why the rows count although they break the rule")],
    by: Annotated[str, typer.Option(help="Who decides; goes into the audit trail")],
    survey: SurveyOption = "kbnn",
    round_code: RoundOption = None,
    rule: RuleOption = None,
    row: Annotated[int | None, typer.Option(help="Number of one row, as examples of failures give it")] = None,
    storage: StorageOption = None,
    warehouse_url: WarehouseOption = None,
) -> None:
    """Let the next run accept quarantined rows: those that break a rule, or one row. Each release is audited."""
    if rule is None and row is None:
        raise typer.BadParameter("name what to release: --rule RULE, --row NUMBER, or both")
    if not reason.strip() or not by.strip():
        raise typer.BadParameter("--reason and --by must say something: they are what an auditor reads")
    job = _open(survey, round_code, storage, warehouse_url)
    with job.storage.lock(job.survey_code, job.round_code, job.settings.lock_timeout_seconds):
        try:
            releases, n_final = select_releases(
                _quarantine(job),
                landing_schema(job.context.instrument),
                rules_of("submissions", job.folder, job.round),
                job.unit_codes,
                rule_id=rule,
                row_number=row,
                reason=reason,
                released_by=by,
                released_at=dt.datetime.now(dt.UTC),
            )
        except NothingToReleaseError as error:
            raise OperationError(
                f"{error} of {job.survey_code} {job.round_code}; 'hailong quarantine' lists them"
            ) from None
        if not releases:
            raise OperationError(f"{n_final} {NO_PLACE}")
        content = merge_releases(read_releases(job.releases_file), releases)
        _record(job, by, len({(one.source_name, one.source_row) for one in releases}), rule, reason, content)
        with replacing(job.releases_file, mode=0o600) as temporary:
            temporary.touch(mode=0o600)
            temporary.write_bytes(content)
    if n_final:
        console.print(f"{n_final} {NO_PLACE}", highlight=False, soft_wrap=True)
    console.print(
        f"{len(releases)} broken rules of rows released; they count from the next run on: "
        f"hailong run --survey {survey} --round {job.round_code}",
        highlight=False,
        soft_wrap=True,
    )


def _open(survey: str, round_code: str | None, storage: Path | None, warehouse_url: str | None) -> RoundJob:
    if round_code is None:
        raise typer.BadParameter("name the round: --round ROUND")
    settings = Settings.overridden(storage=storage, warehouse_url=warehouse_url)
    return RoundJob.open(load_survey(survey), round_code, settings)


def _quarantine(job: RoundJob) -> pl.LazyFrame:
    path = job.work / "quarantine.parquet"
    if not path.is_file():
        raise OperationError(
            f"{job.survey_code} {job.round_code} has no quarantine under {job.settings.storage}: the round has not been "
            f"validated here, or its quarantine was deleted by retention. Run it: hailong run --survey "
            f"{job.survey_code} --round {job.round_code}"
        )
    return pl.scan_parquet(path)


def _record(job: RoundJob, by: str, n_rows: int, rule: str | None, reason: str, content: bytes) -> None:
    """The event first: nothing is released without one. The reason may name people, so the trail has its hash."""
    detail: dict[str, int | str] = {
        "n_rows": n_rows,
        "rule_id": rule or "all rules of one row",
        "reason_sha256": hashlib.sha256(reason.encode()).hexdigest(),
        "releases_sha256": hashlib.sha256(content).hexdigest(),
    }
    engine = open_warehouse(job.settings.warehouse)
    try:
        record_event(
            engine,
            action="release_quarantine",
            actor=by,
            survey_code=job.survey_code,
            round_code=job.round_code,
            detail=detail,
        )
    finally:
        engine.dispose()


def _print_refused(job: RoundJob) -> None:
    if refused := job.landing.refused_files():
        told = {"file": "file", "what": "what is wrong", "where": "where", "fix": "what to do"}
        table = Table(*told.values(), title="Tệp bị từ chối / Refused files", title_justify="left", show_lines=True)
        for one in refused:
            table.add_row(*(one[name] for name in told))
        console.print(table)


def _print_summary(job: RoundJob, quarantine: pl.LazyFrame) -> None:
    n_rows = quarantine.select(pl.len()).collect().item()
    console.print(f"{job.survey_code} {job.round_code}: {n_rows} rows in quarantine", highlight=False)
    if not n_rows:
        return
    rules = rules_of("submissions", job.folder, job.round)
    described = {rule.rule_id: f"{rule.description.vi} / {rule.description.en}" for rule in rules}
    of_the_round = job.folder.units_on(job.round.register_date)
    names = {unit.unit_code: unit.unit_name for unit in (*job.folder.units, *of_the_round)}
    # a code that is not in the register can be anything that somebody typed
    known = pl.when(pl.col("unit_code").is_in(list(names))).then("unit_code").otherwise(pl.lit(UNKNOWN))
    _print_counts("Theo quy tắc / By rule", summarise_quarantine(quarantine, "rule_id"), described)
    _print_counts("Theo đơn vị / By unit", summarise_quarantine(quarantine.with_columns(known), "unit_code"), names)
    _print_counts("Theo nguồn / By source", summarise_quarantine(quarantine, "source_name"), {})
    console.print(
        "Next: mend the rows at their source and run the round again, or 'hailong quarantine release'; "
        "--rule RULE says where its rows are. See docs/validation.md",
        highlight=False,
    )


UNKNOWN = "không có trong danh mục / not in the register"


def _print_counts(title: str, counts: pl.DataFrame, described: dict[str, str]) -> None:
    table = Table(title=title, title_justify="left")
    table.add_column(counts.columns[0], overflow="fold")
    table.add_column("rows", justify="right")
    table.add_column("break only one rule", justify="right")
    table.add_column("")
    for code, n_rows, n_only in counts.head(N_SHOWN).iter_rows():
        table.add_row(str(code), str(n_rows), str(n_only), described.get(code, ""))
    if counts.height > N_SHOWN:
        table.caption = f"and {counts.height - N_SHOWN} more"
    console.print(table)


def _print_places(quarantine: pl.LazyFrame, rule: str) -> None:
    """Where rows are in their source: keys only, so that they can be mended there."""
    rows = (
        quarantine.filter(pl.col("broken_rules").list.contains(rule))
        .select("row_number", "source_name", "source_row")
        .sort("row_number")
        .collect()
    )
    if rows.is_empty():
        raise OperationError(f"no quarantined row breaks the rule {rule}; 'hailong quarantine' lists the rules")
    table = Table(title=f"{rule}: {rows.height} rows", title_justify="left")
    for column in ("row", "source", "place in the source"):
        table.add_column(column, overflow="fold")
    for row in rows.head(N_SHOWN).iter_rows():
        table.add_row(*(str(value) for value in row))
    if rows.height > N_SHOWN:
        table.caption = f"and {rows.height - N_SHOWN} more"
    console.print(table)
