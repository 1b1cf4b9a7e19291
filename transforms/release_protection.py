"""Protection of a round beside what is published of it by other methods: the same answers, counted another way.

One pattern for all: what an earlier release hides, the later one hides as well. Each may still bound the hidden answers of
the other by level (points bound shares, and the other way), so both are attacked together, and where that works something
back, the next shown cell that it is in is hidden too. docs/disclosure-control.md, "Releases".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from transforms.attacks import Attack
from transforms.disclosure_audit import OWN
from transforms.indices import compute_indices
from transforms.linked_cells import ALL, area_of, parent_of
from transforms.protection import protect_counts
from transforms.release_audit import GROUP, Published, audit_releases
from transforms.results import Counts, RoundContext

ATTEMPTS = 5
"""Of hiding more; what then still tells too much is refused at publication."""

Cell = tuple[str, str]


def protect_beside(context: RoundContext, counts: Counts, own: pl.DataFrame, earlier: Sequence[Published]) -> Counts:
    """`counts` protected by `protect_counts`, so that nothing can be worked back together with earlier releases either.

    Args:
        own: `Tallies.indices`: units' own rows.
        earlier: published releases of the round by other methods.
    """
    hidden = {cell for release in earlier for cell in _hidden(release.indices)}
    protected = protect_counts(context, counts, _frame(hidden))
    for _ in range(ATTEMPTS if earlier and context.method.disclosure.is_enabled else 0):
        later = Published(context.method, compute_indices(protected.indices, context.method), counts.response)
        failures = [attack for release in earlier for attack in audit_releases(context, own, later, release).failures]
        more = set(choose_more(context, failures, _hidden(later.indices)))
        if not more:
            break
        hidden |= more
        protected = protect_counts(context, counts, _frame(hidden))
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
