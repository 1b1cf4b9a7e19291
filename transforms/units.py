"""The tree of units on one day, and sums that climb it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from surveys.models import Unit


def parents_of(units: Iterable[Unit]) -> dict[str, str | None]:
    """Unit code -> code of the unit above it (None for the system), for the units open on one day."""
    return {unit.unit_code: unit.parent_code for unit in units}


def ancestors_of(units: Iterable[Unit]) -> pl.DataFrame:
    """One row per unit and ancestor, the unit itself included: `unit_code`, `ancestor_code`."""
    parents = parents_of(units)
    rows = [(code, ancestor) for code in parents for ancestor in _climb(code, parents)]
    return pl.DataFrame(rows, schema={"unit_code": pl.String, "ancestor_code": pl.String}, orient="row").sort(pl.all())


def _climb(code: str, parents: dict[str, str | None]) -> Iterable[str]:
    current: str | None = code
    while current is not None:
        yield current
        current = parents.get(current)


def number_parts(unit_codes: pl.Series, units: Iterable[Unit]) -> npt.NDArray[np.int64]:
    """Which of the trees right below the root each unit is in: a number from 0 on, one of its own for the root."""
    parents = parents_of(units)
    top = {code: [*_climb(code, parents)][-2:][0] for code in parents}
    return unit_codes.replace_strict(top).rank("dense").to_numpy().astype(np.int64) - 1


def roll_up(
    tally: pl.DataFrame, ancestors: pl.DataFrame, keys: Sequence[str], largest: Sequence[str] = ()
) -> pl.DataFrame:
    """Add a tally of units' own rows up the tree: every unit gets the sum over its subtree.

    Args:
        tally: `unit_code`, the other `keys`, and integer columns to add up.
        ancestors: from `ancestors_of`; units that are not in it are dropped.
        keys: further key columns besides `unit_code`.
        largest: columns that are combined by their maximum instead of the sum.

    Returns:
        The same columns, one row per unit and key, sorted by them.
    """
    measures = [name for name in tally.columns if name not in {"unit_code", *keys}]
    return (
        tally.join(ancestors, on="unit_code")
        .drop("unit_code")
        .rename({"ancestor_code": "unit_code"})
        .group_by("unit_code", *keys)
        .agg(pl.col(name).max() if name in largest else pl.col(name).sum() for name in measures)
        .select(tally.columns)
        .sort("unit_code", *keys)
    )


def find_cells(rows: pl.LazyFrame, units: Iterable[Unit]) -> pl.DataFrame:
    """Cells of the result tables that count any of some rows of microdata: their units and all above, their types and all.

    Args:
        rows: `unit_code`, `respondent_type`.

    Returns:
        `unit_code`, `respondent_type`, sorted.
    """
    own = rows.select("unit_code", "respondent_type").unique().collect()
    above = own.join(ancestors_of(units), on="unit_code").select("respondent_type", unit_code="ancestor_code")
    both = pl.concat([above, above.with_columns(pl.lit("all").alias("respondent_type"))])
    return both.select("unit_code", "respondent_type").unique().sort("unit_code", "respondent_type")


def add_totals(tally: pl.DataFrame, key: str, keys: Sequence[str], largest: Sequence[str] = ()) -> pl.DataFrame:
    """Append the total over `key` as the value 'all'."""
    measures = [name for name in tally.columns if name not in keys]
    rest = [name for name in keys if name != key]
    total = (
        tally.group_by(rest)
        .agg(pl.col(name).max() if name in largest else pl.col(name).sum() for name in measures)
        .with_columns(pl.lit("all").alias(key))
        .select(tally.columns)
    )
    return pl.concat([tally, total]).sort(keys)


def partition_units(units: Iterable[Unit], n_parts: int) -> list[list[str]]:
    """Share the units out to at most `n_parts` parts, whole subtrees of the units right below the root together.

    The root itself is in the first part. Every unit is in exactly one part; parts are not empty.
    """
    parents = parents_of(units)
    areas = sorted(code for code, parent in parents.items() if parent is not None and parents.get(parent) is None)
    part_of = {area: number % n_parts for number, area in enumerate(areas)}
    parts: list[list[str]] = [[] for _ in range(max(1, min(n_parts, len(areas))))]
    for code in sorted(parents):
        area = next((above for above in _climb(code, parents) if above in part_of), None)
        parts[part_of[area] if area else 0].append(code)
    return parts
