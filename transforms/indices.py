"""Indices from tallies: percentages rounded once, intervals, and ranks.

Every figure keeps its numerator, denominator and number of respondents. Suppressed cells get no figure at all, so that
ranks, changes and scores are computed from what may be shown and can reveal nothing else.
"""

from __future__ import annotations

import polars as pl

from surveys.models import Method
from transforms.intervals import ratio_intervals

PCT = pl.Decimal(9, 4)


def percentage(numerator: pl.Expr, denominator: pl.Expr, decimals: int) -> pl.Expr:
    """100 * numerator / denominator, rounded half up to `decimals` digits; null where the denominator is 0 or null.

    Integers only, in 128 bits: 1917/2000 is exactly 95.85, and 95.845 becomes 95.85 on every machine.

    >>> frame = pl.DataFrame({"n": [1917, 2, 0], "d": [2000, 3, 0]})
    >>> frame.select(percentage(pl.col("n"), pl.col("d"), 2).alias("pct"))["pct"].to_list()
    [Decimal('95.8500'), Decimal('66.6700'), None]
    """
    n, d = numerator.cast(pl.Int128), denominator.cast(pl.Int128)
    unit = 10**decimals
    rounded = (2 * 100 * unit * n + d) // (2 * d)
    return pl.when(d > 0).then(rounded.cast(pl.Decimal(38, 4)) / unit).cast(PCT)


def formula_unit(method: Method) -> pl.Expr:
    """What the denominator is multiplied by: 100 for mean100 (points of 100), else 1."""
    hundred = [code for code, formula in method.formulas.items() if formula == "mean100"]
    return pl.when(pl.col("index_code").is_in(hundred)).then(100).otherwise(1).cast(pl.Int64)


CELL_COLUMNS = ("unit_code", "unit_level", "respondent_type", "n_active", "is_suppressed", "suppression_reason")


def list_hidden(counts: pl.DataFrame, item: str) -> pl.DataFrame:
    """The counts, with a row of each hidden cell for every item.

    Were a row there only where somebody answered, it would tell who was asked and who skipped a question.

    Args:
        counts: protected; one row per unit, respondent type and item.
        item: `index_code` or `question_code`.
    """
    cell = ["unit_code", "respondent_type"]
    hidden = counts.filter("is_suppressed").sort(*cell, item).unique(cell, keep="first", maintain_order=True)
    about = [name for name in CELL_COLUMNS if name in counts.columns]
    every = hidden.select(about).join(counts.select(item).unique(), how="cross")
    absent = every.join(counts, on=[*cell, item], how="anti")
    zeros = [pl.lit(0).cast(kind).alias(name) for name, kind in counts.schema.items() if name not in absent.columns]
    return pl.concat([counts, absent.with_columns(zeros).select(counts.columns)]).sort(*cell, item)


def compute_indices(counts: pl.DataFrame, method: Method) -> pl.DataFrame:
    """Indices of protected counts.

    Args:
        counts: one row per unit, respondent type and index: `unit_code`, `unit_level`, `respondent_type`, `index_code`,
            the measures of `transforms.tallies`, `n_active`, `is_suppressed`, `suppression_reason`.
        method: formulas, rounding, smallest number of respondents that is ranked.

    Returns:
        the columns of `fct_index` below its release key, sorted by unit, respondent type and index.
    """
    shown = ~pl.col("is_suppressed")
    decimals = method.decimals
    figures = (
        list_hidden(counts, "index_code")
        .with_columns(formula_unit(method).alias("unit"))
        .with_columns(
            pl.col("index_code").replace_strict(method.formulas, return_dtype=pl.String).alias("formula"),
            pl.when(shown).then("n").alias("n_respondents"),
            pl.when(shown).then("s").alias("numerator"),
            pl.when(shown).then(pl.col("m") * pl.col("unit")).alias("denominator"),
            pl.when(shown).then(percentage(pl.col("s"), pl.col("m") * pl.col("unit"), decimals)).alias("index_pct"),
            pl.when(shown)
            .then(percentage(pl.col("ws"), pl.col("wm") * pl.col("unit"), decimals))
            .alias("weighted_pct"),
        )
    )
    return _rank(_add_intervals(figures, method), method).sort("unit_code", "respondent_type", "index_code")


def _add_intervals(figures: pl.DataFrame, method: Method) -> pl.DataFrame:
    parts = []
    for unit in (1, 100):
        part = figures.filter(pl.col("unit") == unit)
        bounds = ratio_intervals(part, unit=unit, confidence_pct=float(method.confidence_pct))
        parts.append(part.with_columns(bounds["low"], bounds["high"]))
    outward = 10**method.decimals

    def published(column: str, rounded: pl.Expr) -> pl.Expr:
        value = (rounded.cast(pl.Decimal(38, 4)) / outward).cast(PCT)
        return pl.when(pl.col("index_pct").is_not_null() & pl.col(column).is_not_null()).then(value)

    # bounds are rounded outwards: the published interval is never narrower than the computed one
    return pl.concat(parts).with_columns(
        published("low", (pl.col("low") * outward + 1e-9).floor()).alias("interval_low_pct"),
        published("high", (pl.col("high") * outward - 1e-9).ceil()).alias("interval_high_pct"),
    )


def _rank(figures: pl.DataFrame, method: Method) -> pl.DataFrame:
    group = ["unit_level", "respondent_type", "index_code"]
    state = (
        pl.when(pl.len().over(group) == 1)
        .then(pl.lit("not_ranked"))
        .when(pl.col("is_suppressed"))
        .then(pl.lit("suppressed"))
        .when(pl.col("n_respondents") < method.min_respondents_ranked)
        .then(pl.lit("too_few_respondents"))
        .otherwise(pl.lit("ranked"))
    )
    ranked = figures.with_columns(state.alias("rank_state")).with_columns(
        # ranks go by the published figure: two units that read the same are tied
        pl.when(pl.col("rank_state") == "ranked").then(pl.col("index_pct")).alias("ranked_pct")
    )
    return ranked.with_columns(
        pl.col("ranked_pct").rank("min", descending=True).over(group).cast(pl.Int64).alias("rank"),
        pl.when(pl.col("ranked_pct").is_not_null()).then(pl.col("ranked_pct").count().over(group)).alias("rank_of"),
        pl.when(pl.col("ranked_pct").is_not_null()).then(pl.len().over([*group, "ranked_pct"])).alias("n_tied"),
    )
