"""Aggregates of a column as Polars expressions, and facts of a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from validations.polars_engine.rows import ALL_ROWS, FLAG, NotSupportedError, RowPlanner, Values


class Statistic(NamedTuple):
    """An aggregate, and how to read the collected value."""

    expr: pl.Expr
    read: Callable[[Any], Any] = lambda value: value


def count_rows(condition: pl.Expr) -> pl.Expr:
    """The number of rows where a condition is True."""
    return pl.len() if condition.meta.eq(ALL_ROWS) else condition.sum()


def plan_statistic(
    planner: RowPlanner, metric: str, domain: Mapping[str, Any], arguments: Mapping[str, Any]
) -> Statistic:
    """The aggregate of a metric, as `column.mean`, over the rows of a domain.

    Raises NotSupportedError, or the error of Polars for columns and types that do not fit.
    """
    mask = planner.mask(domain)
    if metric == "table.row_count":
        statistic = Statistic(count_rows(mask))
    elif metric in STATISTICS:
        values = planner.values(domain["column"])
        selected = values.expr if mask.meta.eq(ALL_ROWS) else values.expr.filter(mask)
        statistic = STATISTICS[metric](Values(selected, values.dtype), **arguments)
    else:
        raise NotSupportedError(f"metric {metric} is not supported by the Polars engine")
    planner.empty.select(statistic.expr.alias(FLAG)).collect()
    return statistic


def _number(values: Values) -> pl.Expr:
    """Integers wide enough to add up; decimals as floats, and a column without values as one of numbers, as in pandas."""
    if values.dtype.is_integer() or values.dtype == pl.Null:
        return values.expr.cast(pl.Int64)
    return values.expr.cast(pl.Float64) if values.dtype.is_decimal() else values.expr


def _list(value: Any) -> list[Any]:
    return value.to_list() if isinstance(value, pl.Series) else list(value or [])


def _share(value: float | None) -> float:
    """A share of no rows is 0, as in the pandas engine."""
    return 0.0 if value is None or value != value else value


def _quantiles(values: Values, quantiles: Sequence[float], allow_relative_error: Any = None) -> Statistic:
    found = [values.expr.quantile(share, allow_relative_error or "nearest").cast(pl.Float64) for share in quantiles]
    return Statistic(pl.concat_list(found), _list)


def _split(values: Values, value_set: Sequence[Any] | None) -> tuple[pl.Expr, pl.Expr]:
    """The distinct values inside and outside a set, in no order."""
    present = values._replace(expr=values.expr.drop_nulls())
    is_inside = present.is_in(value_set or [])
    return present.expr.filter(is_inside).unique(), present.expr.filter(~is_inside).unique()


def _values_outside(values: Values, value_set: Sequence[Any] | None, limit: int | None = None) -> Statistic:
    _, outside = _split(values, value_set)
    return Statistic(outside.sort().head(limit or 20).implode(), _list)


def _count_outside(values: Values, value_set: Sequence[Any] | None) -> Statistic:
    return Statistic(_split(values, value_set)[1].len())


def _values_missing(values: Values, value_set: Sequence[Any] | None, limit: int | None = None) -> Statistic:
    inside, _ = _split(values, value_set)
    members, wanted = values.members(value_set or []), list(dict.fromkeys(value_set or []))

    def read(found: Any) -> list[Any]:
        present = set(_list(found))
        return [value for value in wanted if value not in members or members[value] not in present][:limit]

    return Statistic(inside.implode(), read)


def _count_missing(values: Values, value_set: Sequence[Any] | None) -> Statistic:
    expr, read = _values_missing(values, value_set)
    return Statistic(expr, lambda found: len(read(found)))


STATISTICS: dict[str, Callable[..., Statistic]] = {
    "column.max": lambda values: Statistic(values.expr.max()),
    "column.min": lambda values: Statistic(values.expr.min()),
    "column.sum": lambda values: Statistic(_number(values).sum()),
    "column.mean": lambda values: Statistic(_number(values).mean()),
    "column.median": lambda values: Statistic(_number(values).median()),
    "column.standard_deviation": lambda values: Statistic(_number(values).std()),
    "column.quantile_values": _quantiles,
    "column.most_common_value": lambda values: Statistic(values.expr.drop_nulls().mode().sort().implode(), _list),
    "column.non_null_count": lambda values: Statistic(values.expr.count()),
    "column.non_null_proportion": lambda values: Statistic(values.expr.count() / values.expr.len(), _share),
    "column.distinct_values": lambda values: Statistic(
        values.expr.drop_nulls().unique().implode(), lambda found: set(_list(found))
    ),
    "column.distinct_values.count": lambda values: Statistic(values.expr.drop_nulls().n_unique()),
    "column.unique_proportion": lambda values: Statistic(
        values.expr.drop_nulls().n_unique() / values.expr.count(), _share
    ),
    "column.distinct_values.not_in_set": _values_outside,
    "column.distinct_values.not_in_set.count": _count_outside,
    "column.distinct_values.missing_from_column": _values_missing,
    "column.distinct_values.missing_from_column.count": _count_missing,
}

LISTS_OF_VALUES = {"column.distinct_values.not_in_set"}
"""Metrics that only illustrate a failure with values; empty when values are excluded from results."""

TABLE_FACTS: dict[str, Callable[[pl.Schema], Any]] = {
    "table.columns": list,
    "table.column_count": len,
    "table.column_types": lambda schema: [{"name": name, "type": dtype} for name, dtype in schema.items()],
}
