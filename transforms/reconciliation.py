"""Published indices beside what they must agree with: tallies, units below, types of respondents, the round before."""

from __future__ import annotations

import polars as pl

from transforms.changes import KEY
from transforms.indices import formula_unit
from transforms.results import Frames, RoundContext
from transforms.tallies import LARGEST
from transforms.units import add_totals, ancestors_of, roll_up


def reconcile_indices(context: RoundContext, own: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """One row per unit, respondent type and index that was tallied or is published, sorted by these.

    Args:
        own: `Tallies.indices` of the round: units' own rows.
        frames: result tables, of which `fct_index` and `fct_change` are read.

    Returns:
        KEY; `index_pct`, `n_respondents`, `numerator`, `denominator` as published
        (0 respondents where withheld); `n_tallied`, `numerator_tallied`,
        `denominator_tallied`: sums of the tallies over the unit's subtree, null where there are none;
        `denominator_below`: the unit's own answers and the published ones of the units directly below it;
        `denominator_of_types`: the published ones of all types, for the type 'all' (both null where one is withheld);
        `change_points` since the previous round, where comparable.
    """
    units = context.folder.units_on(context.round.register_date)
    all_types = add_totals(own, "respondent_type", KEY, LARGEST)
    published = frames["fct_index"].select(
        *KEY,
        "index_pct",
        pl.when("is_suppressed").then(0).otherwise("n_respondents").alias("n_respondents"),
        "numerator",
        "denominator",
    )
    tallied = _fractions(context, roll_up(all_types, ancestors_of(units), KEY[1:], LARGEST))
    counted = published.select(*KEY, "denominator")
    parents = {unit.unit_code: unit.parent_code for unit in units if unit.parent_code}
    children = counted.filter(pl.col("unit_code").is_in(list(parents))).with_columns(
        pl.col("unit_code").replace_strict(parents, return_dtype=pl.String)
    )
    below = pl.concat([_fractions(context, all_types).select(*KEY, denominator="denominator_tallied"), children])
    types = counted.filter(pl.col("respondent_type") != "all").with_columns(respondent_type=pl.lit("all"))
    return (
        published.join(tallied, on=KEY, how="full", coalesce=True)
        .join(_sum_where_shown(below, "denominator_below"), on=KEY, how="left")
        .join(_sum_where_shown(types, "denominator_of_types"), on=KEY, how="left")
        .join(_changes_since_previous(context, frames["fct_change"]), on=KEY, how="left")
        # a hidden cell has a row for an index that nobody answered, too
        .filter(pl.col("n_tallied").is_not_null() | pl.col("index_pct").is_not_null())
        .sort(KEY)
    )


def _fractions(context: RoundContext, tally: pl.DataFrame) -> pl.DataFrame:
    return tally.select(
        *KEY,
        pl.col("n").alias("n_tallied"),
        pl.col("s").alias("numerator_tallied"),
        (pl.col("m") * formula_unit(context.method)).alias("denominator_tallied"),
    )


def _sum_where_shown(counted: pl.DataFrame, name: str) -> pl.DataFrame:
    is_hidden = pl.col("denominator").is_null().any()
    return counted.group_by(KEY).agg(pl.when(~is_hidden).then(pl.col("denominator").sum()).alias(name))


def _changes_since_previous(context: RoundContext, changes: pl.DataFrame) -> pl.DataFrame:
    previous = context.folder.previous_round(context.round)
    if changes.is_empty() or previous is None:
        return pl.DataFrame(schema={**dict.fromkeys(KEY, pl.String()), "change_points": pl.Decimal(9, 4)})
    return changes.filter(pl.col("baseline_round_code") == previous.round_code).select(*KEY, "change_points")
