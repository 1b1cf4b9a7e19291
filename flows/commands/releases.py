"""Commands around a release: show what would be published, publish, refuse; compute past rounds again."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.markdown import Markdown

from flows.commands.rounds import RoundOption, SurveyOption
from flows.environment import prepare_environment
from flows.jobs import RoundRef
from flows.settings import Settings

console = Console()


def publish(
    survey: SurveyOption,
    round_code: RoundOption,
    approver: Annotated[
        str | None, typer.Option(help="Who approves or refuses; without: only show the release")
    ] = None,
    note: Annotated[str, typer.Option(help="Kept with the release")] = "",
    reason: Annotated[str, typer.Option(help="Why published figures are corrected; a correction needs it")] = "",
    refuse: Annotated[bool, typer.Option("--refuse", help="Refuse; the draft is kept")] = False,
) -> None:
    """Show a round's newest release; with --approver publish it, and write its exports."""
    prepare_environment(Settings().storage)
    from flows.publish import describe, settle

    ref = RoundRef(survey, round_code)
    console.print(Markdown(describe(ref)))
    if approver is None:
        console.print(
            f"\nto publish: hailong publish --survey {survey} --round {round_code} --approver NAME", markup=False
        )
        return
    words = "; ".join(filter(None, [reason.strip(), note.strip()]))
    console.print("\n" + settle(ref, approver, words, is_refused=refuse), markup=False, highlight=False, soft_wrap=True)
