"""Expectations that join a reference and compare a schema, and what some others need to run on Polars."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ClassVar

import polars as pl
from great_expectations.expectations.core.expect_column_kl_divergence_to_be_less_than import (
    ExpectColumnKLDivergenceToBeLessThan,
)
from great_expectations.expectations.core.expect_column_pair_values_to_be_in_set import ExpectColumnPairValuesToBeInSet
from great_expectations.expectations.core.expect_column_quantile_values_to_be_between import (
    ExpectColumnQuantileValuesToBeBetween,
)
from great_expectations.expectations.core.expect_column_type_to_be import ExpectColumnTypeToBe
from great_expectations.expectations.core.expect_column_values_to_be_in_type_list import (
    ExpectColumnValuesToBeInTypeList,
)
from great_expectations.expectations.core.expect_column_values_to_be_of_type import ExpectColumnValuesToBeOfType
from great_expectations.expectations.expectation import (
    BatchExpectation,
    ColumnMapExpectation,
    Expectation,
)
from great_expectations.render.components import LegacyRendererType, RenderedStringTemplateContent
from great_expectations.render.renderer.renderer import renderer
from great_expectations.validator.validator import ValidationDependencies

from validations.polars_engine.engine import REFERENCE_ARGUMENTS, REFERENCE_METRIC, PolarsExecutionEngine
from validations.polars_engine.rows import NotSupportedError


class ExpectColumnValuesToExistInReference(ColumnMapExpectation):
    """Expect the values of a column to be keys of a reference and, with a date column, to be open on the row's date.

    The suite holds the reference's name; its frame is added to the asset (`PolarsFrameAsset.add_reference`) and joined.
    The date must lie in one of the key's periods [valid_from, valid_to), where null is an open end. Missing values are
    not tested, as in any column expectation; where the date is missing only the key is.
    """

    reference: str
    reference_column: str
    date_column: str | None = None
    valid_from: str = "valid_from"
    valid_to: str = "valid_to"

    map_metric: ClassVar[str] = REFERENCE_METRIC
    success_keys: ClassVar[tuple[str, ...]] = (*REFERENCE_ARGUMENTS, "mostly")
    args_keys: ClassVar[tuple[str, ...]] = ("column", *REFERENCE_ARGUMENTS)

    @classmethod
    @renderer(renderer_type=LegacyRendererType.PRESCRIPTIVE)
    def _prescriptive_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None
    ) -> list[Any]:
        """What Data Docs say."""
        kwargs = (configuration or result.expectation_config).kwargs
        text = "values must exist in $reference_column of reference $reference"
        text += ", open on $date_column." if kwargs.get("date_column") else "."
        return [RenderedStringTemplateContent(string_template={"template": text, "params": dict(kwargs)})]


class ExpectTableColumnTypesToMatch(BatchExpectation):
    """Expect columns to have the Polars types that are given, by class or in full.

    Whether they are there is for other expectations. The result lists the columns of another type, each with its type.
    """

    column_types: dict[str, str]

    metric_dependencies: ClassVar[tuple[str, ...]] = ("table.column_types",)
    success_keys: ClassVar[tuple[str, ...]] = ("column_types",)
    args_keys: ClassVar[tuple[str, ...]] = ("column_types",)

    def _validate(self, metrics: dict[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
        found = {column["name"]: column["type"] for column in metrics["table.column_types"]}
        differing = {
            name: str(found[name])
            for name, wanted in self.column_types.items()
            if name in found and not _is_type(found[name], wanted)
        }
        return {"success": not differing, "result": {"observed_value": differing}}

    @classmethod
    @renderer(renderer_type=LegacyRendererType.PRESCRIPTIVE)
    def _prescriptive_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None
    ) -> list[Any]:
        """What Data Docs say."""
        types = (configuration or result.expectation_config).kwargs["column_types"]
        text = f"the types of $n columns must match: {', '.join(f'{name} {kind}' for name, kind in types.items())}."
        return [RenderedStringTemplateContent(string_template={"template": text, "params": {"n": len(types)}})]


def _validate_on_polars(
    expectation: type[Expectation], validate_polars: Callable[[Callable[..., Any], Any, dict[str, Any]], Any]
) -> None:
    """Replace `_validate` of an expectation on the Polars engine only; there is no hook for it."""
    original = expectation._validate

    @functools.wraps(original)
    def validate(
        self: Any, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
    ) -> Any:
        if isinstance(execution_engine, PolarsExecutionEngine):
            return validate_polars(original, self, metrics)
        return original(self, metrics, runtime_configuration, execution_engine)

    expectation._validate = validate  # type: ignore[method-assign]


def _compare_type(original: Callable[..., Any], expectation: Any, metrics: dict[str, Any]) -> dict[str, Any]:
    """The type expectations name the engines they know inside `_validate`."""
    types = {found["name"]: found["type"] for found in metrics["table.column_types"]}
    if expectation.column not in types:
        raise pl.exceptions.ColumnNotFoundError(f'[cannot-plan] the column "{expectation.column}" is not in the frame')
    asked = getattr(expectation, "type_list", None) or [expectation.type_]
    observed = types[expectation.column]
    matches = [_is_type(observed, name) for name in asked]
    return {"success": any(matches), "result": {"observed_value": str(observed)}}


def _is_type(dtype: pl.DataType, name: str) -> bool:
    """`name`: a class of Polars ("Datetime") or a full type ("Datetime(time_unit='us', time_zone='UTC')")."""
    family = getattr(pl, name.partition("(")[0], None)
    if not (isinstance(family, type) and issubclass(family, pl.DataType)):
        raise ValueError(f"[cannot-plan] unrecognized Polars type: {name}")
    return dtype.base_type() is family if "(" not in name else str(dtype) == name


def _compare_quantiles(original: Callable[..., Any], expectation: Any, metrics: dict[str, Any]) -> dict[str, Any]:
    """`success` comes as a numpy bool, which stores of results cannot write."""
    result: dict[str, Any] = original(expectation, metrics)
    return result | {"success": bool(result["success"])}


def _refuse_row_condition(original: Callable[..., Any], expectation: Any, metrics: dict[str, Any]) -> Any:
    """Great Expectations drops the row condition of this expectation, for every engine: better none than a wrong one."""
    if expectation.row_condition:
        raise NotSupportedError("[not-supported] a row condition on pairs in a set")
    return original(expectation, metrics)


def _refuse(original: Callable[..., Any], expectation: Any, metrics: dict[str, Any]) -> Any:
    raise NotSupportedError(f"[not-supported] {type(expectation).__name__} is not supported by the Polars engine")


def _ask_for_nothing(expectation: type[Expectation]) -> None:
    """For one that computes metrics while it is asked which it needs: what is raised there ends the whole run."""
    original = expectation.get_validation_dependencies

    @functools.wraps(original)
    def depend(self: Any, execution_engine: Any = None, runtime_configuration: Any = None) -> ValidationDependencies:
        if isinstance(execution_engine, PolarsExecutionEngine):
            return ValidationDependencies()
        return original(self, execution_engine, runtime_configuration)

    expectation.get_validation_dependencies = depend  # type: ignore[method-assign]


for _type_expectation in (ExpectColumnValuesToBeOfType, ExpectColumnValuesToBeInTypeList, ExpectColumnTypeToBe):
    _validate_on_polars(_type_expectation, _compare_type)
_validate_on_polars(ExpectColumnQuantileValuesToBeBetween, _compare_quantiles)
_validate_on_polars(ExpectColumnPairValuesToBeInSet, _refuse_row_condition)
_validate_on_polars(ExpectColumnKLDivergenceToBeLessThan, _refuse)
_ask_for_nothing(ExpectColumnKLDivergenceToBeLessThan)
