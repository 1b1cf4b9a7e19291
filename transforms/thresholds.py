"""Counts of units above a threshold, and which of them may be shown beside indices that are hidden.

Every unit with enough respondents is counted, those whose own index is hidden too. A count must not say on which side one
of these is: docs/disclosure-control.md, "Counts of units above a threshold".
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from surveys.models import Method, Unit
from transforms.indices import PCT, formula_unit
from transforms.units import parents_of

KEY = ["unit_level", "index_code"]
COUNTS = ["n_above", "n_not_above", "n_at", "n_below", "n_not_rated"]


def rate_units(indices: pl.DataFrame, units: Iterable[Unit], method: Method) -> pl.DataFrame:
    """Every unit of a level that has a threshold, and the side of it where each of its indices is.

    Figures are compared exactly (100 * numerator against pct * denominator), not as rounded.

    Args:
        indices: rolled up: `unit_code`, `respondent_type`, `index_code`, `n`, `m`, `s`; type 'all' is used.
        units: the register of the round's day; units nobody rated are in it too.

    Returns:
        `unit_code`, `unit_level`, `index_code`, `threshold_pct`, `denominator`, `numerator`, `side`: 1 above, 0 at,
        -1 below, null: too few respondents. Sorted by level, index and unit.
    """
    rules = method.disclosure
    least = max(method.min_respondents_ranked, rules.min_respondents_for_rate if rules.is_enabled else 0)
    pct = {threshold.level: threshold.pct for threshold in method.thresholds}
    counted = pl.DataFrame(
        [(unit.unit_code, unit.unit_level, pct[unit.unit_level]) for unit in units if unit.unit_level in pct],
        schema={"unit_code": pl.String, "unit_level": pl.String, "threshold_pct": PCT},
        orient="row",
    )
    codes = indices.select("index_code").unique()
    whole = indices.filter(pl.col("respondent_type") == "all").select("unit_code", "index_code", "n", "m", "s")
    return (
        counted.join(codes, how="cross")
        .join(whole, on=["unit_code", "index_code"], how="left")
        .select(
            "unit_code",
            *KEY,
            "threshold_pct",
            denominator=pl.col("m") * formula_unit(method),
            numerator=pl.col("s"),
            is_rated=pl.col("n").fill_null(0) >= least,
        )
        .with_columns(side=pl.when(pl.col("is_rated")).then(side_of("numerator")))
        .drop("is_rated")
        .sort(*KEY, "unit_code")
    )


def side_of(numerator: str) -> pl.Expr:
    """1 where the numerator over `denominator` is above `threshold_pct`, 0 at, -1 below."""
    bound = (pl.col("threshold_pct") * 10_000).cast(pl.Int128)
    return (
        (pl.col(numerator).cast(pl.Int128) * 1_000_000 - bound * pl.col("denominator").cast(pl.Int128))
        .sign()
        .cast(pl.Int64)
    )


def count_units(rated: pl.DataFrame, ancestors: pl.DataFrame) -> pl.DataFrame:
    """Units on each side, for every unit that has some of the level below it.

    Args:
        rated: from `rate_units`.
        ancestors: from `transforms.units.ancestors_of`.

    Returns:
        `unit_code`, `unit_level`, `index_code`, `threshold_pct`, `n_units`, `n_above`, `n_not_above`, `n_at`,
        `n_below`, `n_not_rated`; sorted by key.
    """
    side = pl.col("side")
    sides = {"n_above": side == 1, "n_not_above": side < 1, "n_at": side == 0, "n_below": side == -1}
    return (
        rated.join(ancestors.filter(pl.col("unit_code") != pl.col("ancestor_code")), on="unit_code")
        .group_by(pl.col("ancestor_code").alias("unit_code"), *KEY, "threshold_pct")
        .agg(
            pl.len().cast(pl.Int64).alias("n_units"),
            *(condition.sum().cast(pl.Int64).alias(name) for name, condition in sides.items()),
            side.is_null().sum().cast(pl.Int64).alias("n_not_rated"),
        )
        .sort("unit_code", *KEY)
    )


def protect_units(
    counted: pl.DataFrame, rated: pl.DataFrame, bounds: pl.DataFrame, units: Iterable[Unit], least: int
) -> pl.DataFrame:
    """Withhold counts that would tell something of units whose index is hidden.

    Args:
        counted: from `count_units`.
        bounds: what anyone can derive from the shown indices of a unit: `unit_code`, `index_code`, `low`, `high`, in
            points short of the denominator; low = high where the index is shown.
        least: units whose side is open that must be above, and that must not be, in whatever can be counted.

    Returns:
        `counted` with `is_suppressed`, `suppression_reason`, and null `n_at` and `n_below` where an open unit is
        among the counted: that one of a few units is exactly at the threshold would be its figure.
    """
    open_units = (
        rated.filter(pl.col("side").is_not_null())
        .join(bounds, on=["unit_code", "index_code"])
        .with_columns(worst=pl.col("denominator") - pl.col("high"), best=pl.col("denominator") - pl.col("low"))
        .with_columns(worst=side_of("worst"), best=side_of("best"))
    )
    parents = parents_of(units)
    reasons = [
        (unit_code, *key, reason)
        for key, part in open_units.filter((pl.col("worst") < 1) & (pl.col("best") == 1)).group_by(KEY)
        for unit_code, reason in choose_withheld(
            dict(part.select("unit_code", pl.col("side") == 1).iter_rows()), parents, least
        ).items()
    ]
    schema = dict.fromkeys(("unit_code", *KEY, "suppression_reason"), pl.String)
    unsplit = [
        (ancestor, level, index)
        for code, level, index in open_units.filter(pl.col("worst") != pl.col("best")).select("unit_code", *KEY).rows()
        for ancestor in _climb(parents[code], parents)
    ]
    keys = ["unit_code", *KEY]
    joint = pl.DataFrame(unsplit, schema=dict.fromkeys(keys, pl.String), orient="row").unique()
    return (
        counted.join(pl.DataFrame(reasons, schema=schema, orient="row"), on=keys, how="left", maintain_order="left")
        .join(joint.with_columns(is_joint=True), on=keys, how="left", maintain_order="left")
        .with_columns(pl.when(pl.col("is_joint").is_null()).then(name).alias(name) for name in ("n_at", "n_below"))
        .with_columns(pl.col("suppression_reason").is_not_null().alias("is_suppressed"))
        .drop("is_joint")
    )


def choose_withheld(open_units: Mapping[str, bool], parents: Mapping[str, str | None], least: int) -> dict[str, str]:
    """Rows to withhold, with the reason.

    What the shown rows tell is, by subtraction, the count of the units below a shown row that are below no shown row
    further down. At least `least` of its open units must be above and at least `least` not, or it has no open units.
    Where that fails, the smallest row further down is withheld with it; where there is none, the row itself.

    Args:
        open_units: unit on an unknown side -> whether it is above.
        parents: unit -> unit above it.
    """
    total: dict[str, Counter[bool]] = defaultdict(Counter)
    for code, is_above in open_units.items():
        for ancestor in _climb(parents[code], parents):
            total[ancestor][is_above] += 1
    reasons = {code: "primary" for code, sides in total.items() if min(sides[True], sides[False]) < least}
    while broken := _find_broken(open_units, set(total) - set(reasons), parents, least):
        holder = max(broken, key=lambda code: (len(list(_climb(code, parents))), code))
        shown = set(total) - set(reasons)
        inner = [code for code in shown if _holder(parents[code], shown, parents) == holder]
        chosen = min(inner, key=lambda code: (total[code].total(), code), default=holder)
        reasons[chosen] = "complementary"
    return reasons


def _find_broken(
    open_units: Mapping[str, bool], shown: set[str], parents: Mapping[str, str | None], least: int
) -> list[str]:
    groups: dict[str, Counter[bool]] = defaultdict(Counter)
    for code, is_above in open_units.items():
        if holder := _holder(parents[code], shown, parents):
            groups[holder][is_above] += 1
    return [code for code, sides in groups.items() if min(sides[True], sides[False]) < least]


def _holder(code: str | None, shown: set[str], parents: Mapping[str, str | None]) -> str | None:
    return next((above for above in _climb(code, parents) if above in shown), None)


def _climb(code: str | None, parents: Mapping[str, str | None]) -> Iterator[str]:
    while code is not None:
        yield code
        code = parents.get(code)
