"""From a rule, which is plain data, to the expectation of Great Expectations that evaluates it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

import great_expectations as gx
from great_expectations.compatibility import pydantic
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.legacy_row_conditions import ConditionParserError
from great_expectations.expectations.metadata_types import FailureSeverity
from great_expectations.expectations.row_conditions import Column, Condition

from validations.polars_engine import ExpectColumnValuesToExistInReference, ExpectTableColumnTypesToMatch
from validations.suites import RowCondition, RuleSpec

OWN = {own.__name__: own for own in (ExpectColumnValuesToExistInReference, ExpectTableColumnTypesToMatch)}
"""Expectations besides those of Great Expectations."""


class RuleNotBuiltError(Exception):
    """A rule names no expectation, or arguments that its expectation does not take.

    key: of the rule's entry in rules.yaml, as `arguments.column`. fix: what to write instead.
    """

    def __init__(self, message: str, key: str, fix: str) -> None:
        self.key, self.fix = key, fix
        super().__init__(message)


def build_suite(name: str, rules: Iterable[RuleSpec]) -> gx.ExpectationSuite:
    """A suite with one expectation per rule; raises RuleNotBuiltError."""
    return gx.ExpectationSuite(name=name, expectations=[build_expectation(rule) for rule in rules])


def build_expectation(rule: RuleSpec) -> Expectation:
    """The expectation of a rule, with its id and owner in `meta`, its severity and its description.

    Raises:
        RuleNotBuiltError: the expectation or an argument does not exist, or a value is of a wrong type.
    """
    condition = rule.condition
    conditional: dict[str, Any] = {}
    if isinstance(condition, RowCondition):
        conditional["row_condition"] = _typed(condition)
    elif condition is not None:
        # Great Expectations' own form starts with col("..."); anything else is SQL, which "pandas" passes through
        parser = "great_expectations" if condition.lstrip().startswith("col(") else "pandas"
        conditional |= {"row_condition": condition, "condition_parser": parser}
    try:
        return _expectation_class(rule.expectation)(
            **rule.arguments,
            **conditional,
            severity=FailureSeverity(rule.severity),
            description=f"{rule.description.vi} / {rule.description.en}",
            meta={"rule_id": rule.rule_id, "owner": rule.owner},
        )
    except pydantic.ValidationError as error:
        raise _explain(error, rule) from None
    except ConditionParserError:
        fix = 'write SQL, or col("column") == "value" with text in double quotes and no booleans'
        raise RuleNotBuiltError(f"cannot read the row condition {condition!r}", "row_condition", fix) from None


def _typed(condition: RowCondition) -> Condition:
    column = Column(condition.column)
    return column != condition.value if condition.is_negated else column == condition.value


def _expectation_class(name: str) -> type[Expectation]:
    found = OWN.get(name) or getattr(gx.expectations, name, None)
    if not (isinstance(found, type) and issubclass(found, Expectation)):
        near = get_close_matches(name, [one for one in (*dir(gx.expectations), *OWN) if one.startswith("Expect")], n=1)
        hint = f"did you mean {near[0]!r}?" if near else "use a class name listed in docs/validation-engine.md"
        raise RuleNotBuiltError(f"no expectation {name!r}", "expectation", hint)
    return found


def _explain(error: pydantic.ValidationError, rule: RuleSpec) -> RuleNotBuiltError:
    """The first problem of the arguments; they are the survey's own, so they may be named."""
    first = min(error.errors(), key=lambda one: one["type"] != "value_error.extra")  # a misspelt name is missing, too
    name = str(first["loc"][0])
    accepted = [field for field in _expectation_class(rule.expectation).__fields__ if field not in NOT_ARGUMENTS]
    if first["type"] == "value_error.extra":
        near = get_close_matches(name, accepted, n=1)
        fix = f"did you mean {near[0]!r}?" if near else f"it takes {', '.join(sorted(accepted))}"
        return RuleNotBuiltError(f"{rule.expectation} has no argument {name!r}", f"arguments.{name}", fix)
    if first["type"] == "value_error.missing":
        return RuleNotBuiltError(
            f"{rule.expectation} needs {name!r}", f"arguments.{name}", f"add {name!r} to arguments"
        )
    return RuleNotBuiltError(f"{name}: {first['msg']}", f"arguments.{name}", "write a value that the expectation takes")


NOT_ARGUMENTS = {
    "batch_id", "catch_exceptions", "condition_parser", "description", "id", "meta", "notes", "rendered_content",
    "result_format", "row_condition", "severity", "windows",
}  # fmt: skip
"""Fields of an expectation that are not arguments of a rule."""
