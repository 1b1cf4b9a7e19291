"""The execution engine, and its registration with Great Expectations.

Great Expectations resolves a suite by asking its engine for the values of named metrics. Here a metric is a plan: an
expression over a LazyFrame. Ours have no dependencies on each other, so the engine receives all metrics of a suite in
one call: it plans them, collects every count and statistic in one select of the streaming engine (columns that no plan
names are not read; uniqueness takes a pass of its own), and then fetches examples for the expectations that failed.

The public metric decorators refuse engines they do not know, so the metrics are registered one level below, with
`register_metric`; the version of Great Expectations is pinned and parity with its pandas engine tested for that reason.

Messages of errors begin with an id in brackets, for programs: `[not-supported]`, `[unknown-reference]`, `[cannot-plan]`
and `[cannot-run]`. They name columns, types and arguments of the suite, never a value of the data: plans are tried on
an empty frame, and what fails later, on data, is reported by the class of the error alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

import polars as pl
from great_expectations.core.batch import BatchData, BatchMarkers
from great_expectations.core.batch_spec import RuntimeDataBatchSpec
from great_expectations.exceptions.exceptions import MetricResolutionError
from great_expectations.execution_engine.execution_engine import ExecutionEngine
from great_expectations.expectations.metrics.metric_provider import MetricProvider
from great_expectations.expectations.registry import _registered_metrics, register_core_metrics, register_metric
from great_expectations.expectations.row_conditions import Condition
from great_expectations.validator.metric_configuration import MetricConfiguration

from validations.polars_engine.rows import (
    COLUMN_CONDITIONS,
    LOOKUPS,
    TUPLE_CONDITIONS,
    NotSupportedError,
    RowCheck,
    RowPlanner,
    UnknownReferenceError,
)
from validations.polars_engine.statistics import (
    LISTS_OF_VALUES,
    STATISTICS,
    TABLE_FACTS,
    Statistic,
    count_rows,
    plan_statistic,
)

ROW = "__row"
MAX_VALUES = 200
"""Most values of one expectation in a result, as great_expectations.constants.MAX_RESULT_RECORDS."""

COUNT, TESTED = "unexpected_count", "filtered_row_count"
EXAMPLES = ("unexpected_values", "unexpected_index_list", "unexpected_rows")
QUERY = "unexpected_index_query"

FAILURES = (Exception, pl.exceptions.PanicException)
"""Polars panics where it does not expect a type (a quantile of dates), and a panic is no Exception."""

Errors = dict[Any, str]
"""Metric id, or check and count, -> message."""


def is_supported(metric: str) -> bool:
    """Whether the engine can compute a metric; `column_values.in_set` stands for all that is derived from it."""
    families = (COLUMN_CONDITIONS, TUPLE_CONDITIONS, LOOKUPS, STATISTICS, TABLE_FACTS)
    return metric == "table.row_count" or any(metric in family for family in families)


class PolarsBatchData(BatchData):
    """A frame that was loaded for validation."""

    def __init__(self, execution_engine: PolarsExecutionEngine, planner: RowPlanner) -> None:
        super().__init__(execution_engine=execution_engine)
        self.planner = planner


class PolarsExecutionEngine(ExecutionEngine[pl.Expr]):
    """Runs expectations on LazyFrames."""

    def get_batch_data_and_markers(self, batch_spec: RuntimeDataBatchSpec) -> tuple[BatchData, BatchMarkers]:
        """batch_spec.batch_data: the RowPlanner of a frame."""
        data = PolarsBatchData(self, cast(RowPlanner, batch_spec.batch_data))
        batch_spec.batch_data = "PolarsLazyFrame"  # what results and Data Docs show in its place
        return data, BatchMarkers({"ge_load_time": dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S.%fZ")})

    def load_batch_data(self, batch_id: str, batch_data: Any) -> None:
        self._metric_cache = {}  # ids of metrics name the batch, not its data
        super().load_batch_data(batch_id=batch_id, batch_data=batch_data)

    def get_domain_records(self, domain_kwargs: dict[str, Any]) -> pl.LazyFrame:
        """The rows that the domain's row condition selects."""
        planner = self._planner(domain_kwargs)
        return planner.frame.filter(planner.mask(domain_kwargs))

    def get_compute_domain(
        self, domain_kwargs: dict[str, Any], domain_type: Any, accessor_keys: Iterable[str] | None = None
    ) -> tuple[pl.LazyFrame, dict[str, Any], dict[str, Any]]:
        parts = self._partition_domain_kwargs(domain_kwargs, domain_type, accessor_keys)
        return self.get_domain_records(domain_kwargs), parts.compute, parts.accessor

    def condition_to_filter_clause(self, condition: Condition) -> pl.Expr:
        return self._planner({}).clause(condition)

    # abstract in the base class, one per kind of condition
    _comparison_condition_to_filter_clause = condition_to_filter_clause
    _nullity_condition_to_filter_clause = condition_to_filter_clause
    _and_condition_to_filter_clause = condition_to_filter_clause
    _or_condition_to_filter_clause = condition_to_filter_clause

    def resolve_metrics(
        self,
        metrics_to_resolve: Iterable[MetricConfiguration],
        metrics: dict[Any, Any] | None = None,
        runtime_configuration: dict[str, Any] | None = None,
    ) -> dict[Any, Any]:
        """Values of the metrics by id.

        Raises MetricResolutionError naming metrics that failed with one message; Great Expectations then asks again for
        the others, whose values are kept.
        """
        wanted = sorted(metrics_to_resolve, key=lambda metric: str(metric.id))
        cache = cast(dict[Any, Any], self._metric_cache)
        result_format = (runtime_configuration or {}).get("result_format")
        hides_values = isinstance(result_format, dict) and bool(result_format.get("exclude_unexpected_values"))
        of_batch: dict[Any, list[MetricConfiguration]] = {}
        for metric in wanted:
            if metric.id not in cache:
                of_batch.setdefault(metric.metric_domain_kwargs.get("batch_id"), []).append(metric)
        errors: Errors = {}
        for asked in of_batch.values():
            resolution = _Resolution(self._planner(asked[0].metric_domain_kwargs), hides_values)
            cache |= resolution.resolve(asked)
            errors |= resolution.errors
        failed = [metric for metric in wanted if metric.id in errors]
        if failed:
            message = errors[failed[0].id]
            raise MetricResolutionError(message, tuple(metric for metric in failed if errors[metric.id] == message))
        return {metric.id: cache[metric.id] for metric in wanted}

    def _planner(self, domain_kwargs: Mapping[str, Any]) -> RowPlanner:
        batch_id = domain_kwargs.get("batch_id") or self.batch_manager.active_batch_data_id
        return cast(PolarsBatchData, self.batch_manager.batch_data_cache[str(batch_id)]).planner


class _CheckId(NamedTuple):
    """What makes two row-level metrics the same check: name, domain and arguments."""

    metric: str
    domain: Any
    arguments: str


class _Resolution:
    """One call: plan every metric, collect counts and statistics, then examples of failures."""

    def __init__(self, planner: RowPlanner, hides_values: bool) -> None:
        self.planner = planner
        self.hides_values = hides_values
        self.checks: dict[_CheckId, RowCheck] = {}
        self.errors: Errors = {}

    def resolve(self, metrics: Sequence[MetricConfiguration]) -> dict[Any, Any]:
        """Values by metric id, of the metrics that could be computed; the others are in `errors`."""
        values: dict[Any, Any] = {}
        statistics: dict[Any, Statistic] = {}
        of_checks: list[tuple[MetricConfiguration, _CheckId, str]] = []
        for metric in metrics:
            name, (base, _, suffix) = metric.metric_name, metric.metric_name.rpartition(".")
            try:
                if name in TABLE_FACTS:
                    values[metric.id] = TABLE_FACTS[name](self.planner.schema)
                elif suffix in (COUNT, TESTED, QUERY, *EXAMPLES):
                    of_checks.append((metric, self._plan_check(base, metric), suffix))
                elif name in LISTS_OF_VALUES and self.hides_values:
                    values[metric.id] = []
                else:
                    statistics[metric.id] = plan_statistic(
                        self.planner, name, metric.metric_domain_kwargs, metric.metric_value_kwargs
                    )
            except FAILURES as error:  # whatever a plan raises is the fault of its own expectation only
                self.errors[metric.id] = _planning_message(name, error)

        collected = self._collect(statistics, {(check, suffix) for _, check, suffix in of_checks})
        values |= {key: statistic.read(collected[key]) for key, statistic in statistics.items() if key in collected}
        return values | self._read_checks(of_checks, collected)

    def _plan_check(self, base: str, metric: MetricConfiguration) -> _CheckId:
        arguments = {name: value for name, value in metric.metric_value_kwargs.items() if name != "result_format"}
        check = _CheckId(base, metric.metric_domain_kwargs_id, repr(sorted(arguments.items())))
        if check not in self.checks:
            self.checks[check] = self.planner.plan(base, metric.metric_domain_kwargs, arguments)
        return check

    def _collect(self, statistics: Mapping[Any, Statistic], asked: Iterable[tuple[_CheckId, str]]) -> dict[Any, Any]:
        """Statistics by metric id, counts by check and COUNT or TESTED."""
        exprs: dict[Any, pl.Expr] = {metric_id: statistic.expr for metric_id, statistic in statistics.items()}
        repeated: dict[Any, pl.LazyFrame] = {}
        for check_id in sorted({check for check, _ in asked}):
            check = self.checks[check_id]
            if check.repeated is None:
                exprs[(check_id, COUNT)] = check.unexpected.sum()
            else:
                repeated[(check_id, COUNT)] = check.repeated
        for check_id, suffix in asked:
            if suffix == TESTED:
                exprs[(check_id, TESTED)] = count_rows(self.checks[check_id].tested)
        counts = {}
        for key, keys in self._run_each(repeated).items():
            counts[key] = keys["n"].sum()
            # examples look up the keys that were found instead of finding them again
            self.checks[key[0]] = self.checks[key[0]].with_repeated(keys.lazy())
        return counts | self._aggregate(exprs)

    def _aggregate(self, exprs: Mapping[Any, pl.Expr]) -> dict[Any, Any]:
        """All aggregates in one select; if that fails each by itself, to find out which."""
        if not exprs:
            return {}
        read = {name for expr in exprs.values() for name in expr.meta.root_names()}
        looked_up = [check for check in self.checks.values() if check.lookup and check.lookup.flag in read]
        frame = self.planner.join_lookups(looked_up, self.planner.frame)
        try:
            row = _run(frame.select(**{f"m{i}": expr for i, expr in enumerate(exprs.values())})).row(0)
        except FAILURES as error:
            if len(exprs) == 1:
                return self.errors.update({key: _running_message(error) for key in exprs}) or {}
            return {key: value for key, expr in exprs.items() for key, value in self._aggregate({key: expr}).items()}
        return dict(zip(exprs, row, strict=True))

    def _run_each(self, frames: Mapping[Any, pl.LazyFrame]) -> dict[Any, pl.DataFrame]:
        """Collected one after the other, so that their memory does not add up."""
        collected = {}
        for key, frame in frames.items():
            try:
                collected[key] = _run(frame)
            except FAILURES as error:
                self.errors[key] = _running_message(error)
        return collected

    def _read_checks(
        self, asked: Sequence[tuple[MetricConfiguration, _CheckId, str]], collected: Mapping[Any, Any]
    ) -> dict[Any, Any]:
        values: dict[Any, Any] = {}
        examples: dict[_CheckId, dict[Any, _Examples]] = {}
        for metric, check_id, suffix in asked:
            key, check = (check_id, TESTED if suffix == TESTED else COUNT), self.checks[check_id]
            result_format = metric.metric_value_kwargs.get("result_format") or {}
            if key in self.errors:
                self.errors[metric.id] = self.errors[key]
            elif suffix in (COUNT, TESTED):
                values[metric.id] = collected[key] or 0
            elif suffix == QUERY:  # optional; validations.row_failures marks the rows themselves
                values[metric.id] = None
            elif not collected[key] or (suffix == "unexpected_values" and self.hides_values):
                values[metric.id] = []
            else:
                examples.setdefault(check_id, {})[metric.id] = _Examples(check, suffix, result_format)
        for found_of, found in self._run_each({of: self._examples(many) for of, many in examples.items()}).items():
            values |= {metric_id: one.read(found) for metric_id, one in examples[found_of].items()}
        for check_id, many in examples.items():
            if check_id in self.errors:
                self.errors |= dict.fromkeys(many, self.errors[check_id])
        return values

    def _examples(self, examples: Mapping[Any, _Examples]) -> pl.LazyFrame:
        """Unexpected rows of one check, in the frame's order: what all that is asked about them needs."""
        check = next(iter(examples.values())).check
        columns = dict.fromkeys(column for one in examples.values() for column in one.columns(self.planner.schema))
        limits = [one.limit() for one in examples.values()]
        rows = self.planner.join_lookups([check], self.planner.frame.with_row_index(ROW)).filter(check.unexpected)
        shown = rows.select(ROW, *columns)
        return shown if None in limits else shown.head(max(limit for limit in limits if limit is not None))


class _Examples(NamedTuple):
    """One list of failures that a result format asks for, in the shape that the pandas engine gives it."""

    check: RowCheck
    suffix: str
    result_format: Mapping[str, Any]

    def columns(self, schema: Iterable[str]) -> list[str]:
        if self.suffix == "unexpected_rows":
            return list(schema)
        if self.suffix == "unexpected_values":
            return self.check.columns
        own = [] if self.result_format.get("exclude_unexpected_values") else self.check.columns
        return list(dict.fromkeys([*own, *self.keys()]))

    def keys(self) -> list[str]:
        return self.result_format.get("unexpected_index_column_names") or []

    def limit(self) -> int | None:
        if self.result_format["result_format"] != "COMPLETE":
            return int(self.result_format["partial_unexpected_count"])
        return None if self.suffix == "unexpected_index_list" else MAX_VALUES

    def read(self, found: pl.DataFrame) -> list[Any]:
        shown = found.head(limit) if (limit := self.limit()) is not None else found
        if self.suffix == "unexpected_index_list" and not self.keys():
            return shown[ROW].to_list()
        rows = shown.select(self.columns(column for column in shown.columns if column != ROW))
        if self.suffix == "unexpected_index_list" and self.result_format.get("exclude_unexpected_values"):
            return [rows.to_dict(as_series=False)]
        if self.suffix == "unexpected_values" and len(self.check.columns) == 1:
            return rows.to_series().to_list()
        return rows.rows() if self.suffix == "unexpected_values" and self.check.is_pair else rows.to_dicts()


def _run(frame: pl.LazyFrame) -> pl.DataFrame:
    # a shared scan must not be cached: the cache would hold all its rows
    return frame.collect(engine="streaming", optimizations=pl.QueryOptFlags(comm_subplan_elim=False))


def _planning_message(metric: str, error: BaseException) -> str:
    """The first paragraph of the error, which was raised without data."""
    if isinstance(error, NotSupportedError):
        return f"[not-supported] {error}; see docs/validation-engine.md"
    if isinstance(error, UnknownReferenceError):
        return f"[unknown-reference] {error}"
    paragraph, *_ = str(error).split("\n\n")
    return f"[cannot-plan] {metric}: {type(error).__name__}: {' '.join(paragraph.split())}"


def _running_message(error: BaseException) -> str:
    """The class of the error only: Polars quotes values."""
    return f"[cannot-run] {type(error).__name__} while reading the data"


class PolarsMetric(MetricProvider):
    """Provider of every metric of the engine."""

    @classmethod
    def _get_evaluation_dependencies(cls, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """None, so that the engine receives all metrics of a suite in one call."""
        return {}


REFERENCE_METRIC = "column_values.exist_in_reference"
REFERENCE_ARGUMENTS = ("reference", "reference_column", "date_column", "valid_from", "valid_to")


def _register_metrics() -> None:
    """Answer to every metric that Great Expectations knows: what the engine cannot do it says itself when asked."""
    register_core_metrics()
    keys = {
        name: (definition["metric_domain_keys"], definition["metric_value_keys"])
        for name, definition in _registered_metrics.items()
    }
    column_domain, _ = keys[f"column_values.in_set.{COUNT}"]
    for suffix in (COUNT, TESTED):
        keys[f"{REFERENCE_METRIC}.{suffix}"] = column_domain, REFERENCE_ARGUMENTS
    for suffix in (*EXAMPLES, QUERY):
        keys[f"{REFERENCE_METRIC}.{suffix}"] = column_domain, (*REFERENCE_ARGUMENTS, "result_format")
    for name, (domain_keys, value_keys) in keys.items():
        register_metric(name, domain_keys, value_keys, PolarsExecutionEngine, PolarsMetric, metric_provider=None)


_register_metrics()
