"""Cells of a round's tables and the sums that link them, as `suppress` takes them.

A unit's own respondents, without those of the units below it, are never shown, but are the difference of what is: they
are cells like the others, under the unit's code with `OWN`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from transforms.results import RoundContext

ALL = "all"
OWN = "/own"
"""Suffix of a unit's code for what the unit itself received, without the units below it."""


def parent_of(context: RoundContext) -> Mapping[str, str]:
    """Unit code -> code of the unit above it, on the round's register date."""
    units = context.folder.units_on(context.round.register_date)
    return {unit.unit_code: unit.parent_code for unit in units if unit.parent_code}


def area_of(context: RoundContext) -> tuple[str, list[str]]:
    """Code of the root, and the codes of the units right below it."""
    units = context.folder.units_on(context.round.register_date)
    root = next(unit.unit_code for unit in units if unit.parent_code is None)
    return root, [unit.unit_code for unit in units if unit.parent_code == root]


def add_own_cells(
    context: RoundContext, counted: pl.DataFrame, keys: Sequence[str], largest: Sequence[str] = ()
) -> pl.DataFrame:
    """Append, for units with others below them, what is theirs alone: their counts without those of the units below."""
    parents = parent_of(context)
    measures = [name for name in counted.columns if name not in {*keys, *largest}]
    above = counted.filter(pl.col("unit_code").is_in(list(set(parents.values()))))
    below = counted.filter(pl.col("unit_code").is_in(list(parents))).with_columns(
        pl.col("unit_code").replace_strict(parents, return_dtype=pl.String),
        *(-pl.col(name) for name in measures),
    )
    own = (
        pl.concat([above, below])
        .group_by(keys)
        .agg(pl.col(measures).sum(), *(pl.col(name).max() for name in largest))
        .filter(pl.any_horizontal(pl.col(measures) > 0))
        .with_columns(pl.col("unit_code") + OWN)
    )
    return pl.concat([counted, own.select(counted.columns)])


def unit_relations(context: RoundContext, cells: pl.DataFrame) -> pl.DataFrame:
    """Relations of `suppress`: a unit's count is its own and those of the units directly below it."""
    parents = parent_of(context)
    unit = pl.col("unit_code")
    above = (
        pl.when(unit.str.ends_with(OWN))
        .then(unit.str.strip_suffix(OWN))
        .otherwise(unit.replace_strict(parents, default=None, return_dtype=pl.String))
    )
    parts = cells.select(above.alias("whole"), "unit_code", "respondent_type", "layer", coefficient=1).drop_nulls(
        "whole"
    )
    wholes = cells.filter(unit.is_in(parts["whole"].unique().to_list())).select(
        unit.alias("whole"), "unit_code", "respondent_type", "layer", coefficient=-1
    )
    return pl.concat([parts, wholes]).select(
        pl.concat_str(pl.lit("units"), "whole", "respondent_type", "layer", separator="|").alias("relation_id"),
        cell_id(),
        "coefficient",
    )


def type_relations(cells: pl.DataFrame) -> pl.DataFrame:
    """Relations of `suppress`: the count of all respondents is the sum over their types."""
    is_total = pl.col("respondent_type") == ALL
    return cells.select(
        pl.concat_str(pl.lit("types"), "unit_code", "layer", separator="|").alias("relation_id"),
        cell_id(),
        pl.when(is_total).then(-1).otherwise(1).alias("coefficient"),
    )


def cell_id() -> pl.Expr:
    return pl.concat_str("unit_code", "respondent_type", "layer", separator="|").alias("cell_id")
