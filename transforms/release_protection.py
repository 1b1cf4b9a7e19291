"""Protection of a round beside what is published of it already, by this method or by others.

What an earlier release hides of naming, comments and distributions of answers, which every method counts alike, the later
one hides as well: of the same answers it then tells nothing new. It does so with the indices of another method, but each
may still bound the hidden answers of the other by level (points bound shares, and the other way): both are attacked
together, and where that works something back, the next shown cell that it is in is hidden too. Questions are attacked with
the indices at the end: where they tell too much, the later release shows none. docs/disclosure-control.md, "Releases".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import polars as pl

from transforms.attacks import Attack
from transforms.disclosure_audit import OWN
from transforms.linked_cells import ALL, area_of, parent_of
from transforms.protection import protect_counts, withhold_details
from transforms.release_audit import GROUP, PATTERNS, Published, audit_releases
from transforms.results import Counts, RoundContext, compute_results
from transforms.tallies import Tallies

ATTEMPTS = 5
"""Of hiding more; what then still tells too much is refused at publication."""

Cell = tuple[str, str]


def protect_beside(context: RoundContext, counts: Counts, tallies: Tallies, earlier: Sequence[Published]) -> Counts:
    """`counts` protected by `protect_counts`, so that nothing can be worked back together with earlier releases either.

    Args:
        tallies: units' own rows.
        earlier: published releases of the round.
    """
    if not context.method.disclosure.is_enabled:
        return protect_counts(context, counts)
    others = [release for release in earlier if release.method.method_code != context.method.method_code]

    def protect(hidden: set[Cell]) -> Counts:
        return hide_alike(protect_counts(context, counts, _frame(hidden)), earlier)

    def attack(protected: Counts, others: Iterable[Published]) -> list[Attack]:
        later = Published(context.method, compute_results(context, protected, {}))
        return [
            found for release in others for found in audit_releases(context, tallies._asdict(), later, release).failures
        ]

    hidden = {cell for release in others for cell in _hidden(release.indices)}
    protected = protect(hidden)
    indices_alone = [release.without_questions() for release in others]
    for _ in range(ATTEMPTS if others else 0):
        failures = attack(withhold_details(protected), indices_alone)
        more = set(choose_more(context, failures, _hidden(protected.indices)))
        if not more:
            break
        hidden |= more
        protected = protect(hidden)
    return withhold_details(protected) if others and attack(protected, others) else protected


def hide_alike(protected: Counts, earlier: Iterable[Published]) -> Counts:
    """Naming, comments and distributions of answers with what an earlier release hides hidden as well."""
    frames = {"answers": "fct_answer", "naming": "fct_dissatisfaction", "feedback": "fct_feedback"}
    for release in earlier:
        for name, table in frames.items():
            keys = PATTERNS[table]
            before = release.frames[table].filter("is_suppressed").select(keys).unique().with_columns(is_hidden=True)
            marked = getattr(protected, name).join(before, on=keys, how="left", maintain_order="left")
            is_new = pl.col("is_hidden").is_not_null() & ~pl.col("is_suppressed")
            reason = pl.when(is_new).then(pl.lit("withheld")).otherwise("suppression_reason")
            hidden = marked.with_columns(
                suppression_reason=reason, is_suppressed=pl.col("is_suppressed") | is_new
            ).drop("is_hidden")
            protected = replace(protected, **{name: hidden})
    return protected


def choose_more(context: RoundContext, failures: Iterable[Attack], hidden: set[Cell]) -> Iterator[Cell]:
    """For each cell that is worked back, the smallest shown one that it is in: unit and type; never the whole survey's.

    Args:
        hidden: unit and type.
    """
    parents, root = parent_of(context), area_of(context)[0]
    for attack in failures:
        own, kind, _ = attack.cell.split("/")
        unit: str | None = own.removesuffix(OWN)
        shown: Cell | None = None
        while unit not in (None, root) and shown is None:
            shown = next((cell for cell in ((unit, kind), (unit, ALL)) if cell not in hidden), None)
            unit = parents.get(unit)
        if shown:
            yield shown


def _hidden(indices: pl.DataFrame) -> set[Cell]:
    return set(indices.filter("is_suppressed").select(GROUP).iter_rows())


def _frame(cells: set[Cell]) -> pl.DataFrame:
    return pl.DataFrame(sorted(cells), schema=dict.fromkeys(GROUP, pl.String()), orient="row")
