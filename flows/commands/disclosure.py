"""`hailong audit`: attack a release as anyone could."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from flows.commands.console import console
from flows.commands.rounds import StorageOption, WarehouseOption
from flows.environment import prepare_environment
from flows.settings import Settings
from surveys.catalogue import SurveyError, load_survey
from transforms.attacks import Attack


def audit(
    release: Annotated[str, typer.Argument(help="survey/round or survey/round/number, e.g. kbnn/2023-2")],
    storage: StorageOption = None,
    warehouse_url: WarehouseOption = None,
) -> None:
    """Attack a release as anyone could; status 1: unsafe.

    Prints what was tried and the tightest intervals.
    """
    survey, round_code, number = _parse(release)
    settings = Settings.overridden(storage=storage, warehouse_url=warehouse_url)
    prepare_environment(settings.storage)
    from flows.disclosure import audit_release
    from flows.jobs import RoundJob
    from warehouse.engine import open_warehouse
    from warehouse.releases import find_release, list_releases

    folder = load_survey(survey)
    engine = open_warehouse(settings.warehouse)
    try:
        found = find_release(engine, folder.survey.survey_code, round_code, number)
        audited = audit_release(RoundJob.open(folder, round_code, settings, found.method_code), engine, found)
        releases = list_releases(engine, folder.survey.survey_code, round_code)
    finally:
        engine.dispose()
    report = audited.report
    latest = [release for release in releases if release.method_code == found.method_code][-1]
    recomputed = (
        f"The round was computed again since, as {latest.name}. If answers came or went (late forms, an erasure), the "
        f"units' own rows are no longer those of this release, and that is all it says: audit {survey}/{round_code}/"
        f"{latest.release_number}"
    )
    is_recomputed = bool(report.inconsistencies) and latest.release_number > found.release_number
    say = [
        f"{found.name} ({found.status}), method {found.method_code} {found.method_version}",
        f"{report.n_shown} cells are shown or known, {report.n_hidden} hidden or never published (units' own respondents); "
        f"{report.n_sensitive} of these are sensitive and were attacked from both sides, {report.n_exact} by themselves",
        f"{len(report.failures)} can be worked back",
        *(f"inconsistent: {text}" for text in report.inconsistencies),
        *([recomputed] if is_recomputed else []),
        *(
            f"beside release {number}: {both.differences.height} cells differ by too few respondents; of "
            f"{both.report.n_sensitive} attacked with all cells of both, {len(both.report.failures)} can be worked back"
            for number, both in audited.earlier.items()
        ),
        f"{audited.panel.height} cells were answered by the same respondents as in the round before, but for a few: "
        "see 'Releases' in docs/disclosure-control.md",
    ]
    for line in say:
        console.print(line, soft_wrap=True, markup=False, highlight=False)
    _print_attacks("worked back", report.failures)
    for number, both in audited.earlier.items():
        for text in both.report.inconsistencies:
            console.print(f"beside release {number}: {text}", soft_wrap=True, markup=False, highlight=False)
        _print_attacks(f"worked back with release {number}", both.report.failures)
    _print_attacks("tightest intervals; they are at least as wide", report.tightest)
    if not folder.methods[found.method_code].disclosure.is_enabled:
        console.print("its method has disclosure control switched off: nothing was protected", highlight=False)
    console.print("safe" if audited.is_safe else "NOT SAFE: do not publish", highlight=False)
    raise typer.Exit(0 if audited.is_safe else 1)


def _parse(release: str) -> tuple[str, str, int | None]:
    survey, round_code, number, *more = [*release.split("/"), "", ""]
    if not survey or not round_code or any(more) or (number and not number.isdecimal()):
        raise SurveyError(f"{release!r} names no release; write survey/round, e.g. kbnn/2023-2, or kbnn/2023-2/1")
    return survey, round_code, int(number) if number else None


def _print_attacks(title: str, attacks: tuple[Attack, ...]) -> None:
    if not attacks:
        return
    table = Table(title=title, title_justify="left")
    for name in ("cell", "low", "high", "must cover"):
        table.add_column(name, justify="left" if name == "cell" else "right")
    for attack in attacks:
        table.add_row(
            attack.cell, f"{attack.low:g}", f"{attack.high:g}", f"{attack.cover_low:g} .. {attack.cover_high:g}"
        )
    console.print(table)
