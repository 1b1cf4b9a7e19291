"""Protection of a round beside what is published of it already, by this method or by others.

Naming, comments, distributions of answers and questions outside every index, which every method counts alike, are shown
again only where the earlier release shows them and nobody came or went: they then tell nothing new. What another method
hides of the indices is hidden as well, but each may still bound the hidden answers of the other by level (points bound
shares, and the other way): both are attacked together, and where that works something back, the next shown cell that it
is in is hidden too. Questions are attacked with the indices at the end: where they tell too much, the later release shows
none. docs/disclosure-control.md, "Releases".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import polars as pl

from transforms.attacks import Attack
from transforms.disclosure_audit import OWN
from transforms.linked_cells import ALL, area_of, parent_of
from transforms.protection import protect_counts, withhold_details
from transforms.release_audit import (
    GROUP,
    PATTERNS,
    Published,
    audit_releases,
    find_changed_units,
    is_counted_alike,
)
from transforms.results import Counts, RoundContext, compute_results
from transforms.tallies import Tallies

ATTEMPTS = 5
"""Of hiding more; what then still tells too much is refused at publication."""

NAMES = ("questions", "answers", "naming", "feedback")
"""The tables of PATTERNS, as `Counts` names them."""

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
        return hide_alike(context, protect_counts(context, counts, _frame(hidden)), earlier)

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


def hide_alike(context: RoundContext, protected: Counts, earlier: Iterable[Published]) -> Counts:
    """Hide of PATTERNS what an earlier release hides, and units where respondents came or went.

    What is left was shown before, with the same counts.
    """
    for release in earlier:
        changed = find_changed_units(release.frames["fct_dissatisfaction"], protected.naming)
        for name, (table, keys) in zip(NAMES, PATTERNS.items(), strict=True):
            shown = release.frames[table].filter(~pl.col("is_suppressed")).select(keys).unique()
            shown = shown.filter(~pl.col("unit_code").is_in(changed)).with_columns(is_known=True)
            frame = getattr(protected, name).join(shown, on=keys, how="left", maintain_order="left")
            is_new = pl.col("is_known").is_null() & ~pl.col("is_suppressed") & is_counted_alike(context, table)
            reason = (
                pl.when(is_new).then(pl.lit("withheld")).otherwise("suppression_reason").alias("suppression_reason")
            )
            frame = frame.with_columns(reason, is_suppressed=pl.col("is_suppressed") | is_new).drop("is_known")
            protected = replace(protected, **{name: frame})
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
