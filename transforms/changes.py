"""Change of indices between rounds, each with a state of comparability: two figures are never called a change when the
method, the questions or the unit differ."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import polars as pl

from surveys.models import Instrument, Succession, Unit
from transforms.intervals import change_interval

KEY = ["unit_code", "respondent_type", "index_code"]


def compute_changes(
    indices: pl.DataFrame,
    baseline: pl.DataFrame,
    *,
    incomparable_indices: dict[str, str],
    reorganised_units: set[str],
    min_respondents: int,
) -> pl.DataFrame:
    """Compare this round's published indices with a baseline round's.

    Args:
        indices, baseline: `unit_code`, `respondent_type`, `index_code`, `n_respondents`, `index_pct`,
            `interval_low_pct`, `interval_high_pct`, `is_suppressed`.
        incomparable_indices: index code -> state, from `find_incomparable_indices`.
        reorganised_units: from `find_reorganised_units`.
        min_respondents: fewer in either round is too few to speak of a change.

    Returns:
        KEY, `comparability`, `index_pct`, `baseline_pct`, `change_points` and its interval; null unless comparable.
    """
    old = baseline.select(
        *KEY,
        pl.col("index_pct").alias("baseline_pct"),
        pl.col("interval_low_pct").alias("old_low"),
        pl.col("interval_high_pct").alias("old_high"),
        pl.col("n_respondents").alias("old_n"),
        pl.col("is_suppressed").alias("old_suppressed"),
    )
    both = indices.join(old, on=KEY, how="left")
    states = list(incomparable_indices)
    comparability = (
        pl.when(pl.col("old_suppressed").is_null())
        .then(pl.lit("not_in_baseline"))
        .when(pl.col("index_code").is_in(states))
        .then(pl.col("index_code").replace(incomparable_indices))
        .when(pl.col("unit_code").is_in(list(reorganised_units)))
        .then(pl.lit("unit_reorganised"))
        .when(pl.col("is_suppressed") | pl.col("old_suppressed"))
        .then(pl.lit("suppressed"))
        .when(pl.min_horizontal("n_respondents", "old_n") < min_respondents)
        .then(pl.lit("too_few_respondents"))
        .otherwise(pl.lit("comparable"))
    )
    low, high = change_interval(
        (_float("index_pct"), _float("interval_low_pct"), _float("interval_high_pct")),
        (_float("baseline_pct"), _float("old_low"), _float("old_high")),
    )
    comparable = pl.col("comparability") == "comparable"
    return (
        both.with_columns(comparability.alias("comparability"))
        .select(
            *KEY,
            "comparability",
            "index_pct",
            "baseline_pct",
            pl.when(comparable).then(pl.col("index_pct") - pl.col("baseline_pct")).alias("change_points"),
            pl.when(comparable).then(_outward(low, down=True)).alias("change_low_points"),
            pl.when(comparable).then(_outward(high, down=False)).alias("change_high_points"),
        )
        .sort(KEY)
    )


Asked = tuple[Instrument, Mapping[str, str]]
"""How a round asked and computed: its instrument, and the formula of each index."""


def find_incomparable_indices(new: Asked, old: Asked) -> dict[str, str]:
    """Index code -> `method_changed` or `questions_changed`, for the indices that are not asked or computed alike."""
    states = {}
    for index in new[0].indices:
        if new[1].get(index.code) != old[1].get(index.code):
            states[index.code] = "method_changed"
        elif _asked(new[0], index.code) != _asked(old[0], index.code):
            states[index.code] = "questions_changed"
    return states


def _asked(instrument: Instrument, index_code: str) -> list[tuple[object, ...]]:
    return sorted(
        (question.code, question.text.vi, instrument.scales[question.scale].model_dump_json(), question.asked_when)
        for question in instrument.questions_of(index_code)
    )


def find_reorganised_units(
    units: Sequence[Unit], successions: Sequence[Succession], new_day: dt.date, old_day: dt.date
) -> set[str]:
    """Codes of units that are another unit on the new day, or have other units below them, than on the old day."""
    earlier, later = _entries(units, old_day), _entries(units, new_day)
    changed = {code for code in later if code in earlier and earlier[code] != later[code]}
    for succession in successions:
        if old_day < succession.succeeded_on <= new_day and succession.kind != "renamed":
            changed.add(succession.successor_code)
    return changed


def _entries(units: Sequence[Unit], day: dt.date) -> dict[str, tuple[object, ...]]:
    open_units = [unit for unit in units if unit.is_open(day)]
    children: dict[str | None, set[str]] = {}
    for unit in open_units:
        children.setdefault(unit.parent_code, set()).add(unit.unit_code)
    # a unit's identity: its own entry in the register, and the codes directly below it; the system is always itself
    return {
        unit.unit_code: (unit.valid_from, unit.unit_level, sorted(children.get(unit.unit_code, ())))
        if unit.parent_code
        else ()
        for unit in open_units
    }


def _float(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Float64)


def _outward(value: pl.Expr, *, down: bool) -> pl.Expr:
    scaled = (value * 100 + 1e-9).floor() if down else (value * 100 - 1e-9).ceil()
    return (scaled.cast(pl.Decimal(38, 4)) / 100).cast(pl.Decimal(9, 4))
