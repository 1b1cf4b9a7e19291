"""Administrative-reform points, which a method derives from published indices."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import polars as pl

from surveys.models import Method, ScoringRule

POINTS = pl.Decimal(9, 4)


def score_indices(indices: pl.DataFrame, method: Method) -> pl.DataFrame:
    """Points of every unit by the method's rule table; null where the index is withheld.

    Args:
        indices: `unit_code`, `unit_level`, `respondent_type`, `index_code`, `index_pct`, `numerator`, `denominator`.

    Returns:
        `unit_code`, `rule_code`, `rule_name`, `rule_name_en`, `index_code`, `index_pct`, `points`, `max_points`.
    """
    parts = [_apply(rule, indices) for rule in method.scoring]
    return pl.concat(parts).sort("unit_code", "rule_code") if parts else pl.DataFrame()


def _apply(rule: ScoringRule, indices: pl.DataFrame) -> pl.DataFrame:
    rated = indices.filter(
        (pl.col("unit_level") == rule.level)
        & (pl.col("index_code") == rule.index)
        & (pl.col("respondent_type") == "all")
    )
    points = [
        None if row["index_pct"] is None else score(rule, _scored_index(rule, row))
        for row in rated.iter_rows(named=True)
    ]
    return rated.select(
        "unit_code",
        pl.lit(rule.code).alias("rule_code"),
        pl.lit(rule.name.vi).alias("rule_name"),
        pl.lit(rule.name.en).alias("rule_name_en"),
        "index_code",
        "index_pct",
        pl.Series("points", points, dtype=POINTS),
        pl.lit(rule.max_points).cast(POINTS).alias("max_points"),
    )


def _scored_index(rule: ScoringRule, row: dict[str, object]) -> Decimal:
    if rule.round_index == "before":
        return Decimal(str(row["index_pct"]))
    return Decimal(100) * Decimal(str(row["numerator"])) / Decimal(str(row["denominator"]))


def score(rule: ScoringRule, index_pct: Decimal) -> Decimal:
    """Points of one index by one rule, rounded half up to the rule's digits.

    Linear: max_points * index / 100. Steps: the first step whose bound the index passes (`>` or `>=`, as written).
    """
    points = Decimal(0)
    if rule.kind == "linear":
        points = rule.max_points * index_pct / 100
    else:
        for step in rule.steps:
            if index_pct > step.bound or (step.op == ">=" and index_pct == step.bound):
                points = step.points
                break
    return points.quantize(Decimal(1).scaleb(-rule.decimals), rounding=ROUND_HALF_UP)
