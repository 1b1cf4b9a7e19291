"""Commands around a release: show what would be published, publish, refuse; compute past rounds again."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markdown import Markdown

from flows.commands.console import console
from flows.commands.rounds import RoundOption, StorageOption, SurveyOption, WarehouseOption
from flows.environment import prepare_environment
from flows.jobs import RoundRef
from flows.settings import Settings


def publish(
    survey: SurveyOption,
    round_code: RoundOption,
    approver: Annotated[
        str | None, typer.Option(help="Who approves or refuses; without: only show the release")
    ] = None,
    note: Annotated[str, typer.Option(help="Published with the release: name nobody")] = "",
    reason: Annotated[
        str, typer.Option(help="Why published figures are corrected; a correction needs it. Published: name nobody")
    ] = "",
    refuse: Annotated[bool, typer.Option("--refuse", help="Refuse; the draft is kept")] = False,
    storage: StorageOption = None,
    warehouse_url: WarehouseOption = None,
) -> None:
    """Show a draft release, and publish or refuse it.

    Without --approver the release is only shown; publishing writes its exports and reports too.
    """
    prepare_environment(storage or Settings().storage)
    from flows.publish import describe, settle

    place = None if storage is None else str(storage)
    ref = RoundRef(survey, round_code, warehouse_url=warehouse_url, storage=place)
    console.print(Markdown(describe(ref)))
    if approver is None:
        console.print(
            f"\nto publish: hailong publish --survey {survey} --round {round_code} --approver NAME", markup=False
        )
        return
    words = "; ".join(filter(None, [reason.strip(), note.strip()]))
    console.print("\n" + settle(ref, approver, words, is_refused=refuse), markup=False, highlight=False, soft_wrap=True)


def backfill(
    survey: SurveyOption,
    first_round: Annotated[str, typer.Option("--round", help="Round, or first of a range")],
    last_round: Annotated[str | None, typer.Option("--to", help="Last round of a range")] = None,
    method: Annotated[str | None, typer.Option(help="Another method than each round's own")] = None,
) -> None:
    """Compute past rounds again, also under another method.

    Oldest first; each becomes a draft release.
    """
    prepare_environment(Settings().storage)
    RoundRef(survey, first_round, method).open()  # a misspelt survey, round or method fails before any server starts
    RoundRef(survey, last_round or first_round, method).open()
    from flows.backfill import backfill as run

    state = run(survey, first_round, last_round, method, return_state=True)
    console.print(f"{state.name}: {state.message}", soft_wrap=True, markup=False, highlight=False)
    raise typer.Exit(0 if state.is_completed() else 1)
