"""What failed, by row and by rule: from the same conditions that the Polars engine evaluates, not from its results.

Results list keys of failures in Python objects, which is slow in any engine (18 CPU s for 195,000 keys); here each row
gets the ids of the rules that it broke in the pass that reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import polars as pl
from great_expectations.checkpoint.checkpoint import CheckpointResult
from great_expectations.core.expectation_suite import ExpectationSuite
from great_expectations.core.expectation_validation_result import (
    ExpectationSuiteValidationResult,
    ExpectationValidationResult,
)
from great_expectations.expectations.expectation import (
    ColumnMapExpectation,
    ColumnPairMapExpectation,
    Expectation,
    MulticolumnMapExpectation,
)
from great_expectations.expectations.registry import get_metric_kwargs

from validations.polars_engine import NotSupportedError, RowCheck, RowPlanner

BROKEN_RULES = "broken_rules"
N_EXAMPLE_KEYS = 10
SEPARATOR = "\n"
ID_OF_ERROR = re.compile(r"\[([a-z]+-[a-z]+)\]")


class DuplicateRuleError(Exception):
    """Two expectations carry one rule id."""


class RuleOutcome(NamedTuple):
    """What one rule found. Counts and keys; never a value that was tested.

    rows_tested, rows_failed: None where the rule is not about rows. error: id of the reason why the check could not
    run (then success is False and says nothing about the data), else None. example_keys: up to ten, as text.
    """

    rule_id: str
    severity: str
    success: bool
    rows_tested: int | None
    rows_failed: int | None
    error: str | None
    example_keys: tuple[str, ...]


def annotate_failures(
    frame: pl.LazyFrame,
    expectations: ExpectationSuite | Iterable[Expectation],
    references: Mapping[str, pl.LazyFrame] | None = None,
) -> pl.LazyFrame:
    """`frame`, rows and order unchanged, with `broken_rules` (List of String): sorted ids of the rules each row breaks.

    Counts the expectations about rows (of a column, a pair or a list of columns; uniqueness; references; under their
    row conditions) by `meta["rule_id"]`; others are passed over. `mostly` does not matter: each row is judged alone.
    references: name -> frame, for ExpectColumnValuesToExistInReference.

    Lazy, and runs on the streaming engine: `sink_parquet` it. Raises KeyError for an expectation without a rule id,
    DuplicateRuleError, and what RowPlanner.plan raises for one that cannot be evaluated.
    """
    planner = RowPlanner(frame, references)
    checks: dict[str, RowCheck] = {}
    listed = expectations.expectations if isinstance(expectations, ExpectationSuite) else expectations
    for expectation in listed:
        if is_about_rows(expectation):
            rule_id = _rule_id(expectation.meta)
            if rule_id in checks:
                raise DuplicateRuleError(f"rule id {rule_id} is used twice")
            checks[rule_id] = plan_expectation(planner, expectation)
    # one text per row, split at the end, is five times faster than a list of mostly nulls
    named = [pl.when(checks[rule_id].unexpected).then(pl.lit(rule_id)) for rule_id in sorted(checks)]
    text = pl.concat_str(named or [pl.lit("")], separator=SEPARATOR, ignore_nulls=True)
    broken = pl.when(text != "").then(text.str.split(SEPARATOR)).otherwise(pl.lit([], dtype=pl.List(pl.String)))
    return planner.join_lookups(checks.values(), frame).select(*planner.schema, broken.alias(BROKEN_RULES))


def is_about_rows(expectation: Expectation) -> bool:
    """Whether an expectation judges rows one by one, so that a row can break it."""
    about_rows = (ColumnMapExpectation, ColumnPairMapExpectation, MulticolumnMapExpectation)
    return (
        isinstance(expectation, about_rows)
        and not hasattr(expectation, "type_")
        and not hasattr(expectation, "type_list")
    )


def plan_expectation(planner: RowPlanner, expectation: Expectation) -> RowCheck:
    """The check that the engine makes of an expectation: Great Expectations itself names domain and arguments."""
    metric = str(getattr(expectation, "map_metric"))  # noqa: B009 - declared by three unrelated classes
    kwargs = get_metric_kwargs(f"{metric}.unexpected_count", expectation.configuration, {})
    domain = kwargs["metric_domain_kwargs"]
    if getattr(expectation, "row_condition", None) and "row_condition" not in domain:
        raise NotSupportedError(f"Great Expectations drops the row condition of {type(expectation).__name__}")
    return planner.plan(metric, domain, kwargs["metric_value_kwargs"])


def summarise_results(result: CheckpointResult | ExpectationSuiteValidationResult) -> list[RuleOutcome]:
    """Outcomes sorted by rule id, from a checkpoint's or a validation's result.

    Example keys are those of `unexpected_index_column_names` of the result format, if it asked for any.
    """
    validations = result.run_results.values() if isinstance(result, CheckpointResult) else [result]
    return sorted(_outcome(one) for validation in validations for one in validation.results)


def broken_check_id(info: Mapping[str, Any] | None) -> str | None:
    """The id of a broken check, as `cannot-plan`; None of one that ran."""
    message = broken_check_message(info)
    if message is None:
        return None
    found = ID_OF_ERROR.search(message)
    return found[1] if found else "cannot-run"


def broken_check_message(info: Mapping[str, Any] | None) -> str | None:
    """Why a check could not run. `exception_info` is one record, or one per metric, and may say that nothing was raised.

    It may quote values, unless it has one of the engine's ids.
    """
    if not info:
        return None
    records = [info] if "raised_exception" in info else [one for one in info.values() if isinstance(one, Mapping)]
    messages = sorted(str(one.get("exception_message") or "") for one in records if one.get("raised_exception"))
    return next((message for message in messages if ID_OF_ERROR.search(message)), messages[0] if messages else None)


def _outcome(result: ExpectationValidationResult) -> RuleOutcome:
    config, found = result.expectation_config, result.result or {}
    assert config is not None
    error = broken_check_id(result.exception_info)
    rows_failed = found.get("unexpected_count") if "element_count" in found else None
    return RuleOutcome(
        rule_id=_rule_id(config.meta),
        severity=str(getattr(config.severity, "value", config.severity) or "critical"),
        success=bool(result.success) and error is None,
        rows_tested=found["element_count"] - found.get("missing_count", 0) if "element_count" in found else None,
        rows_failed=rows_failed,
        error=error,
        example_keys=_example_keys(found) if rows_failed else (),
    )


def _rule_id(meta: dict[str, Any] | None) -> str:
    rule_id = (meta or {}).get("rule_id")
    if not rule_id:
        raise KeyError('an expectation has no meta["rule_id"]')
    return str(rule_id)


def _example_keys(found: Mapping[str, Any]) -> tuple[str, ...]:
    """Keys of the first rows that failed; several key columns are joined by a slash.

    The list has one dictionary per row or, where values are excluded, one with a list per key column.
    """
    rows = found.get("partial_unexpected_index_list") or found.get("unexpected_index_list")
    if not rows or not isinstance(rows[0], dict):
        return ()
    first = rows[0]
    if all(isinstance(values, list) for values in first.values()):
        # values are excluded, so that all columns are keys; ExpectColumnValuesToBeNull does not name them
        keys = zip(*first.values(), strict=True)
    else:
        columns = found.get("unexpected_index_column_names") or []
        keys = zip(*([row[column] for row in rows] for column in columns), strict=True)
    return tuple("/".join(map(str, key)) for key, _ in zip(keys, range(N_EXAMPLE_KEYS), strict=False))
