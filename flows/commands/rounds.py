"""Commands around a round: check a survey's files, simulate submissions, run, and the demonstration of `make run`."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from flows.commands.console import console
from flows.environment import prepare_environment
from flows.jobs import RoundRef
from flows.settings import Settings
from surveys.catalogue import SurveyError, SurveyFolder, load_survey
from validations.rule_checks import check_rules

SurveyOption = Annotated[str, typer.Option(help="Folder or name of the survey, e.g. surveys/kbnn")]
RoundOption = Annotated[str, typer.Option("--round", help="Round, e.g. 2023-2")]
StorageOption = Annotated[
    Path | None, typer.Option(help="Root of another storage, with anonymised/ in it; default: HAILONG_STORAGE or var")
]
WarehouseOption = Annotated[str | None, typer.Option(help="SQLAlchemy URL; default: SQLite at <storage>/warehouse.db")]
SourceOption = Annotated[str | None, typer.Option(help="URL or folder that replaces the one in sources.yaml")]


def check(survey: Annotated[str, typer.Argument(help="Folder or name of the survey")]) -> None:
    """Read a survey's files and list what is wrong.

    Says "ok", or lists every problem with file, key and fix.
    """
    folder = load_survey(survey)
    if problems := check_rules(folder):
        raise SurveyError(f"{folder.path.name}: {len(problems)} problem(s) in the survey's rules", problems)
    console.print(
        f"ok: {folder.survey.survey_code}: {len(folder.rounds)} rounds ({', '.join(r.round_code for r in folder.rounds)}), "
        f"{len(folder.instruments)} instruments, {len(folder.methods)} methods, {len(folder.units)} entries of units, "
        f"{len(folder.sources)} sources, {len(folder.rules)} rules of its own",
        soft_wrap=True,
    )


def simulate(
    survey: SurveyOption = "kbnn",
    source_url: Annotated[
        str, typer.Option(help="Database to write: SQLite or PostgreSQL")
    ] = "sqlite:///var/source.db",
    submissions: Annotated[int, typer.Option(min=1, help="Clean submissions per round; dirt comes on top")] = 20_000,
    seed: Annotated[int, typer.Option(help="The same seed writes the same rows")] = 1,
    rounds: Annotated[list[str] | None, typer.Option("--round", help="Only this round; may be repeated")] = None,
) -> None:
    """Make up a source database of submissions.

    With planted truths (the published indices) and planted dirt.
    """
    _simulate(load_survey(survey), source_url, submissions, seed, rounds)


def run(
    survey: SurveyOption,
    round_code: RoundOption,
    method: Annotated[str | None, typer.Option(help="Another method than the round's own")] = None,
    source_url: SourceOption = None,
    warehouse_url: WarehouseOption = None,
    storage: StorageOption = None,
) -> None:
    """Compute one round, from its source to a draft release.

    Extracts, validates, anonymises, computes, protects and loads.
    """
    _prepare(storage, source_url, warehouse_url)
    RoundRef(survey, round_code, method).open()  # a misspelt survey, round or method fails before any server starts
    status, message = _run_round(survey, round_code, method)
    console.print(message, soft_wrap=True, markup=False)
    raise typer.Exit(status)


def demo(
    survey: SurveyOption = "kbnn",
    submissions: Annotated[int, typer.Option(min=1, help="Clean submissions per round")] = 20_000,
    storage: StorageOption = None,
) -> None:
    """Simulate and run every round (`make run`).

    Then prints the indices beside the planted truth.
    """
    _prepare(storage)
    settings = Settings()
    folder = load_survey(survey)
    source_url = f"sqlite:///{settings.storage / 'source.db'}"
    os.environ["HAILONG_SOURCE_URL"] = source_url
    started = time.monotonic()
    _simulate(folder, source_url, submissions, 1, None)
    worst = 0
    for round_ in folder.rounds:
        status, message = _run_round(survey, round_.round_code, None)
        console.print(message, soft_wrap=True, markup=False)
        worst = max(worst, status)
    agrees = _print_truth(folder, settings)
    console.print(f"\n{time.monotonic() - started:.0f} s. Where to look next:", highlight=False)
    for where in (
        f'sqlite3 {settings.storage / "warehouse.db"} "SELECT unit_name, index_pct, n_respondents FROM v_ranking WHERE '
        "round_code = '2023-2' AND index_code = 'service' AND unit_level = 'province' ORDER BY index_pct LIMIT 10\"",
        "make ui          the runs, their tables and progress in the Prefect UI",
        "make help        every command; docs/ for operators, analysts and methodologists",
    ):
        console.print(f"  {where}", soft_wrap=True, markup=False, highlight=False)
    raise typer.Exit(worst if agrees else 1)


def _prepare(storage: Path | None, source_url: str | None = None, warehouse_url: str | None = None) -> None:
    # by the environment, not as parameters of the flow, which Prefect stores and shows: URLs hold passwords
    given = {"STORAGE": storage, "SOURCE_URL": source_url, "WAREHOUSE_URL": warehouse_url}
    if storage is not None:
        given["ANONYMISED"] = storage / "anonymised"  # of its own, as in Settings.overridden
    os.environ.update({f"HAILONG_{name}": str(value) for name, value in given.items() if value is not None})
    prepare_environment(Settings().storage)


def _simulate(folder: SurveyFolder, url: str, submissions: int, seed: int, rounds: list[str] | None) -> None:
    from sources.simulation import simulate as write_source

    if url.startswith("sqlite:///"):
        database = Path(url.removeprefix("sqlite:///"))
        database.parent.mkdir(parents=True, exist_ok=True)
        database.touch(mode=0o600)  # invented people, but the pattern that real ones would be kept by
    summary = write_source(folder, url, n_per_round=submissions, seed=seed, rounds=rounds)
    for one in summary.rounds:
        console.print(
            f"simulated {one.round_code}: {one.n_rows} rows, {sum(one.n_dirty.values())} of them dirty", highlight=False
        )


def _run_round(survey: str, round_code: str, method: str | None) -> tuple[int, str]:
    from flows.rounds import close_round  # Prefect takes two seconds

    state = close_round(survey=survey, round_code=round_code, method=method, return_state=True)
    return (0 if state.is_completed() else 1), f"{state.name}: {state.message}"


def _print_truth(folder: SurveyFolder, settings: Settings) -> bool:
    from flows.summaries import read_headlines

    table = Table(title="Chỉ số toàn hệ thống / System indices", title_justify="left")
    for column in ("round", "index", "computed %", "planted %", "respondents", "evidence", ""):
        table.add_column(column, justify="right" if "%" in column or column == "respondents" else "left")
    agrees = True
    for round_ in folder.rounds:
        root = next(unit.unit_code for unit in folder.units_on(round_.register_date) if unit.parent_code is None)
        planted = {
            result.index_code: result
            for result in folder.published
            if result.round_code == round_.round_code and result.unit_code == root
        }
        for row in read_headlines(settings.warehouse, folder.survey.survey_code, round_.round_code):
            truth = planted.get(row["index_code"])
            computed = None if row["index_pct"] is None else f"{row['index_pct']:.2f}"
            is_equal = truth is None or computed == f"{truth.index_pct:.2f}"
            agrees &= is_equal
            table.add_row(
                round_.round_code,
                row["index_code"],
                computed,
                f"{truth.index_pct:.2f}" if truth else "",
                str(row["n_respondents"]),
                truth.evidence if truth else "",
                "=" if is_equal else "DIFFERS",
            )
    console.print(table)
    return agrees
