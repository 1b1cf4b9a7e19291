"""Row-level expectations as Polars expressions: which rows are tested, and which of them are unexpected.

A plan is tried on an empty frame when it is made, so that an unknown column, a type that cannot be compared or a
pattern that cannot be read is an error before any data is touched, with a message that can hold no value of the data.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import polars as pl
from great_expectations.expectations.row_conditions import (
    AndCondition,
    ComparisonCondition,
    Condition,
    NullityCondition,
    Operator,
    OrCondition,
    PassThroughCondition,
    deserialize_row_condition,
)

ALL_ROWS = pl.lit(True)
FLAG = "__flag"
"""Prefix of columns that lookups add."""


class NotSupportedError(Exception):
    """The engine has no plan for a metric or a row condition."""


class UnknownReferenceError(Exception):
    """An expectation names a reference that was not added."""


class Values(NamedTuple):
    """A column as conditions see it: NaN is missing, as in pandas; categories are strings."""

    expr: pl.Expr
    dtype: pl.DataType

    def literal(self, value: Any) -> Any:
        """A bound of a suite, to compare with the column. Times may be ISO text, in any zone if the column has one."""
        if isinstance(value, str) and self.dtype.is_temporal():
            value = dt.datetime.fromisoformat(value)
            if self.dtype == pl.Date and value.time() == dt.time():
                value = value.date()
        if isinstance(value, dt.datetime) and value.tzinfo is not None:
            zone = (self.dtype.time_zone if isinstance(self.dtype, pl.Datetime) else None) or "UTC"
            instant = pl.lit(value.astimezone(dt.UTC).replace(tzinfo=None))
            return instant.dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
        return value

    def members(self, value_set: Iterable[Any]) -> dict[Any, Any]:
        """Each value of a set that the column's type can hold -> that value in this type; the others are in no row."""
        values = list(dict.fromkeys(value_set))
        if self.dtype.is_temporal():
            typed = [pl.select(_as_expr(self.literal(value)).cast(self.dtype)).item() for value in values]
        else:
            kept = [value if _is_of_kind(value, self.dtype) else None for value in values]
            wide: Any = pl.Int128 if self.dtype.is_integer() else self.dtype
            typed = pl.Series(kept, dtype=wide, strict=False).cast(self.dtype, strict=False).to_list()
        return {value: held for value, held in zip(values, typed, strict=True) if held is not None}

    def is_in(self, value_set: Iterable[Any] | None) -> pl.Expr:
        """Membership in a small set; no set at all holds everything, as in the pandas engine."""
        if value_set is None:
            return ALL_ROWS
        return self.expr.is_in(pl.Series(list(self.members(value_set).values()), dtype=self.dtype).implode())


def _as_expr(literal: Any) -> pl.Expr:
    return literal if isinstance(literal, pl.Expr) else pl.lit(literal)


def _is_of_kind(value: Any, dtype: pl.DataType) -> bool:
    """Whether a value of this Python type can equal one of the column: numbers never equal text."""
    is_number = isinstance(value, (int, float, Decimal))
    if dtype.is_integer():
        return is_number and value == value // 1
    if dtype == pl.Boolean:
        return is_number and value in (0, 1)
    return is_number if dtype.is_numeric() else isinstance(value, str) == (dtype == pl.String)


class Lookup(NamedTuple):
    """Something to look up for each row. `frame`: one row per key, with the columns of `keys` and column `flag`."""

    keys: dict[str, pl.Expr]
    frame: pl.LazyFrame
    flag: str

    def join(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """`frame` in its order, and column `flag`: the value for the row's key, null where there is none."""
        own = {f"{self.flag}_{name}": key for name, key in self.keys.items()}
        found = self.frame.rename({name: f"{self.flag}_{name}" for name in self.keys})
        joined = frame.with_columns(**own).join(
            found, on=list(own), how="left", maintain_order="left", nulls_equal=True
        )
        return joined.drop(list(own))


class RowCheck(NamedTuple):
    """A row-level expectation on a frame.

    tested: the rows of its domain. unexpected: True for the rows that break it, else False or null; it may read the
    lookup's flag. repeated (uniqueness only): one row per key that repeats, and `n`, the number of its rows, whose sum
    is the number of unexpected rows, without a join.
    """

    columns: list[str]
    tested: pl.Expr
    unexpected: pl.Expr
    is_pair: bool = False
    lookup: Lookup | None = None
    repeated: pl.LazyFrame | None = None

    def with_repeated(self, repeated: pl.LazyFrame) -> RowCheck:
        """The same check, looking up repeated keys that were collected."""
        assert self.lookup is not None
        frame = repeated.select(*self.lookup.keys, ALL_ROWS.alias(self.lookup.flag))
        return self._replace(repeated=repeated, lookup=self.lookup._replace(frame=frame))


class RowPlanner:
    """Plans row-level expectations over one frame.

    references: name -> frame that ExpectColumnValuesToExistInReference may name.
    """

    def __init__(self, frame: pl.LazyFrame, references: Mapping[str, pl.LazyFrame] | None = None) -> None:
        self.frame = frame
        self.references = dict(references or {})
        self.schema = frame.collect_schema()
        self.empty = pl.DataFrame(schema=self.schema).lazy()

    def plan(self, metric: str, domain: Mapping[str, Any], arguments: Mapping[str, Any]) -> RowCheck:
        """The check of a row-level metric, as `column_values.between`, on a domain, as Great Expectations names both.

        Raises NotSupportedError, UnknownReferenceError, ValueError for wrong arguments, or the error of Polars for
        columns and types that do not fit.
        """
        mask = self.mask(domain)
        if metric in LOOKUPS:
            check = LOOKUPS[metric](self, mask, domain, **arguments)
        elif metric in COLUMN_CONDITIONS:
            values = self.values(domain["column"])
            tested = mask if metric in CONDITIONS_ON_NULLS else mask & values.expr.is_not_null()
            expected = COLUMN_CONDITIONS[metric](values, **arguments)
            check = RowCheck([domain["column"]], tested, tested & ~expected)
        elif metric in TUPLE_CONDITIONS:
            columns, tested = self.tuple_domain(domain, mask)
            expected = TUPLE_CONDITIONS[metric]([self.values(column) for column in columns], **arguments)
            is_pair = metric.startswith("column_pair_values.")
            check = RowCheck(columns, tested, tested & ~expected.fill_null(False), is_pair)
        else:
            raise NotSupportedError(f"metric {metric} is not supported by the Polars engine")
        self.join_lookups([check], self.empty).select(check.tested, check.unexpected.alias(FLAG)).collect()
        return check

    def join_lookups(self, checks: Iterable[RowCheck], frame: pl.LazyFrame) -> pl.LazyFrame:
        """`frame` in its order, with the flags that the checks read; equal lookups are joined once."""
        lookups = {check.lookup.flag: check.lookup for check in checks if check.lookup is not None}
        return functools.reduce(lambda joined, lookup: lookup.join(joined), lookups.values(), frame)

    def values(self, column: str) -> Values:
        if column not in self.schema:
            raise pl.exceptions.ColumnNotFoundError(f'the column "{column}" is not in the frame')
        dtype = self.schema[column]
        if dtype.is_float():
            return Values(pl.col(column).fill_nan(None), dtype)
        if isinstance(dtype, (pl.Categorical, pl.Enum)):
            return Values(pl.col(column).cast(pl.String), pl.String())
        return Values(pl.col(column), dtype)

    def mask(self, domain: Mapping[str, Any]) -> pl.Expr:
        """True for the rows that the domain's row condition selects; raises NotSupportedError for another table's."""
        if domain.get("table") is not None:
            raise NotSupportedError("another table is not supported by the Polars engine")
        condition = deserialize_row_condition(domain.get("row_condition"))
        return self.clause(condition) if condition else ALL_ROWS

    def clause(self, condition: Condition | str) -> pl.Expr:
        """A row condition as an expression without nulls; a pass-through string is read as a SQL expression."""
        match condition:
            case NullityCondition():
                is_null = self.values(condition.column.name).expr.is_null()
                return is_null if condition.is_null else ~is_null
            case AndCondition():
                return pl.all_horizontal([self.clause(part) for part in condition.conditions])
            case OrCondition():
                return pl.any_horizontal([self.clause(part) for part in condition.conditions])
            case ComparisonCondition():
                return self._comparison(condition)
            case PassThroughCondition():
                return pl.sql_expr(condition.pass_through_filter).fill_null(False)
        raise NotSupportedError(f"a row condition of type {type(condition).__name__} is not supported")

    def _comparison(self, condition: ComparisonCondition) -> pl.Expr:
        values, asked = self.values(condition.column.name), condition.parameter
        match Operator(condition.operator):
            case Operator.IN:
                return values.is_in(asked).fill_null(False)
            case Operator.NOT_IN:
                return ~values.is_in(asked).fill_null(False)
            case Operator.NOT_EQUAL:  # a missing value differs from any value, as in pandas
                return values.expr.ne(values.literal(asked)).fill_null(True)
            case other:
                return COMPARISONS[other](values.expr, values.literal(asked)).fill_null(False)

    def tuple_domain(self, domain: Mapping[str, Any], mask: pl.Expr) -> tuple[list[str], pl.Expr]:
        """Columns of a domain of several columns, and the rows that `ignore_row_if` leaves."""
        columns = list(domain.get("column_list") or (domain["column_A"], domain["column_B"]))
        missing = [self.values(column).expr.is_null() for column in columns]
        match domain.get("ignore_row_if"):
            case "both_values_are_missing" | "all_values_are_missing" | None:
                return columns, mask & ~pl.all_horizontal(missing)
            case "either_value_is_missing" | "any_value_is_missing":
                return columns, mask & ~pl.any_horizontal(missing)
            case "neither" | "never":
                return columns, mask
        raise ValueError(f'unrecognized value of ignore_row_if: "{domain["ignore_row_if"]}"')


COMPARISONS: dict[Operator, Callable[[pl.Expr, Any], pl.Expr]] = {
    Operator.EQUAL: pl.Expr.eq,
    Operator.LESS_THAN: pl.Expr.lt,
    Operator.LESS_THAN_OR_EQUAL: pl.Expr.le,
    Operator.GREATER_THAN: pl.Expr.gt,
    Operator.GREATER_THAN_OR_EQUAL: pl.Expr.ge,
}


# --- conditions: what is expected of the values of a row -----------------------------------------------------------


def _between(
    values: Values,
    min_value: Any = None,
    max_value: Any = None,
    strict_min: bool | None = None,
    strict_max: bool | None = None,
) -> pl.Expr:
    lower, upper = values.literal(min_value), values.literal(max_value)
    if lower is None and upper is None:
        raise ValueError("min_value and max_value cannot both be None")
    if lower is not None and upper is not None and pl.select(_as_expr(lower) > _as_expr(upper)).item():
        raise ValueError("min_value cannot be greater than max_value")
    within = []
    if lower is not None:
        within.append(values.expr.gt(lower) if strict_min else values.expr.ge(lower))
    if upper is not None:
        within.append(values.expr.lt(upper) if strict_max else values.expr.le(upper))
    return pl.all_horizontal(within)


def _lengths(values: Values) -> Values:
    return Values(values.expr.cast(pl.String).str.len_chars().cast(pl.Int64), pl.Int64())


def _matches(values: Values, regex_list: Sequence[str], match_on: str | None = None) -> pl.Expr:
    if match_on not in ("any", "all", None):
        raise ValueError("match_on must be either 'any' or 'all'")
    for regex in regex_list:  # look-around and back-references, which Rust's regex lacks, fail here
        pl.select(pl.lit("").str.contains(regex))
    matches = [values.expr.cast(pl.String).str.contains(regex) for regex in regex_list]
    return pl.all_horizontal(matches) if match_on == "all" else pl.any_horizontal(matches)


COLUMN_CONDITIONS: dict[str, Callable[..., pl.Expr]] = {
    "column_values.null": lambda values: values.expr.is_null(),
    "column_values.nonnull": lambda values: values.expr.is_not_null(),
    "column_values.in_set": lambda values, value_set=None: values.is_in(value_set),
    "column_values.not_in_set": lambda values, value_set=None: (
        ALL_ROWS if value_set is None else ~values.is_in(value_set)
    ),
    "column_values.between": _between,
    "column_values.value_length.between": lambda values, **bounds: _between(_lengths(values), **bounds),
    "column_values.value_length.equals": lambda values, value: _lengths(values).expr.eq(value),
    "column_values.match_regex": lambda values, regex: _matches(values, [regex]),
    "column_values.not_match_regex": lambda values, regex: ~_matches(values, [regex]),
    "column_values.match_regex_list": _matches,
    "column_values.not_match_regex_list": lambda values, regex_list: ~_matches(values, regex_list),
}
CONDITIONS_ON_NULLS = {"column_values.null", "column_values.nonnull"}
"""The other conditions leave missing values untested."""


def _a_greater_than_b(pair: list[Values], or_equal: bool | None = None) -> pl.Expr:
    a, b = pair
    return a.expr >= b.expr if or_equal else a.expr > b.expr


def _pair_in_set(pair: list[Values], value_pairs_set: Sequence[tuple[Any, Any]] | None = None) -> pl.Expr:
    if value_pairs_set is None:
        return ALL_ROWS
    a, b = pair
    return pl.any_horizontal(
        pl.lit(False), *(a.expr.eq_missing(a.literal(x)) & b.expr.eq_missing(b.literal(y)) for x, y in value_pairs_set)
    )


def _sum_equals(columns: list[Values], sum_total: float) -> pl.Expr:
    # small integer types would wrap around
    is_small = [values.dtype.is_integer() or values.dtype == pl.Boolean for values in columns]
    addends = [one.expr.cast(pl.Int64) if small else one.expr for one, small in zip(columns, is_small, strict=True)]
    return functools.reduce(operator.add, addends) == sum_total


def _are_equal(columns: list[Values]) -> pl.Expr:
    first, *others = columns
    return pl.all_horizontal([other.expr.eq_missing(first.expr) for other in others])


def _are_different(columns: list[Values]) -> pl.Expr:
    pairs = [(a, b) for i, a in enumerate(columns) for b in columns[i + 1 :]]
    return ~pl.any_horizontal([a.expr.eq_missing(b.expr) for a, b in pairs])


TUPLE_CONDITIONS: dict[str, Callable[..., pl.Expr]] = {
    "column_pair_values.a_greater_than_b": _a_greater_than_b,
    "column_pair_values.equal": lambda pair: pair[0].expr == pair[1].expr,
    "column_pair_values.in_set": _pair_in_set,
    "multicolumn_sum.equal": _sum_equals,
    "multicolumn_values.equal": _are_equal,
    "select_column_values.unique.within_record": _are_different,
}


# --- lookups: uniqueness, and existence in a reference -------------------------------------------------------------


def _column_unique(planner: RowPlanner, mask: pl.Expr, domain: Mapping[str, Any]) -> RowCheck:
    column = domain["column"]
    return _unique(planner, [column], mask & planner.values(column).expr.is_not_null())


def _compound_unique(planner: RowPlanner, mask: pl.Expr, domain: Mapping[str, Any]) -> RowCheck:
    return _unique(planner, *planner.tuple_domain(domain, mask))


def _unique(planner: RowPlanner, columns: list[str], tested: pl.Expr) -> RowCheck:
    keys = {f"key_{i}": planner.values(column).expr for i, column in enumerate(columns)}
    repeated = _repeated_keys(planner.frame, keys, tested)
    flag = _flag("repeated", *columns, tested.meta.serialize(format="binary"))
    lookup = Lookup(keys, repeated.select(*keys, ALL_ROWS.alias(flag)), flag)
    return RowCheck(columns, tested, tested & pl.col(flag).is_not_null(), lookup=lookup, repeated=repeated)


def _repeated_keys(frame: pl.LazyFrame, keys: dict[str, pl.Expr], tested: pl.Expr) -> pl.LazyFrame:
    """The keys that stand in more than one tested row, and `n`, in how many.

    Hashes are grouped first, and only rows whose hash repeats are compared in full: exact, whatever the hash does.
    Grouping 2 million distinct keys took 310 MB, grouping their hashes 136 MB.
    """
    rows = frame.filter(tested).select(**keys)
    hashed = pl.struct(*keys).hash().alias(FLAG)
    repeated = rows.select(hashed).group_by(FLAG).len("n").filter(pl.col("n") > 1).select(FLAG)
    candidates = rows.with_columns(hashed).join(repeated, on=FLAG, how="semi")
    return candidates.group_by(*keys).len("n").filter(pl.col("n") > 1)


def _exists_in_reference(
    planner: RowPlanner,
    mask: pl.Expr,
    domain: Mapping[str, Any],
    reference: str,
    reference_column: str,
    date_column: str | None = None,
    valid_from: str | None = None,
    valid_to: str | None = None,
) -> RowCheck:
    """Joins one row per key, with its periods in a list, so that no row is doubled."""
    if reference not in planner.references:
        raise UnknownReferenceError(f'no reference "{reference}" was added')
    values = planner.values(domain["column"])
    starts, ends = pl.col(valid_from or "valid_from"), pl.col(valid_to or "valid_to")
    period = pl.struct(start=starts.fill_null(dt.date.min), end=ends.fill_null(dt.date.max))
    flag = _flag("known", domain["column"], reference, reference_column, date_column, valid_from, valid_to)
    known = (
        planner.references[reference]
        .select(
            pl.col(reference_column).cast(values.dtype).alias("key"), (period if date_column else ALL_ROWS).alias(flag)
        )
        .drop_nulls("key")
        .unique()
        .sort("key", flag)
        .group_by("key", maintain_order=True)
        .agg(flag)
        .collect()
    )
    exists = pl.col(flag).is_not_null()
    if date_column:
        day, n_periods = planner.values(date_column).expr, known[flag].list.len().max() or 0
        periods = [pl.col(flag).list.get(i, null_on_oob=True).struct for i in range(int(n_periods))]  # type: ignore[arg-type]
        is_open = [(day >= one.field("start")) & (day < one.field("end")) for one in periods]
        # without a date only the key can be judged
        exists &= day.is_null() | pl.any_horizontal(pl.lit(False), *is_open).fill_null(False)
    tested = mask & values.expr.is_not_null()
    return RowCheck(
        [domain["column"]], tested, tested & ~exists, lookup=Lookup({"key": values.expr}, known.lazy(), flag)
    )


def _flag(*parts: Any) -> str:
    """A column name that only equal lookups share."""
    return f"{FLAG}_{hashlib.sha256(repr(parts).encode()).hexdigest()[:16]}"


LOOKUPS: dict[str, Callable[..., RowCheck]] = {
    "column_values.unique": _column_unique,
    "compound_columns.unique": _compound_unique,
    "column_values.exist_in_reference": _exists_in_reference,
}
