"""Gates: the rules of one stage of a round, run by Great Expectations on Polars, reported as counts and keys.

Great Expectations takes seconds to import, so it is imported when a gate runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from surveys.catalogue import SurveyFolder
from surveys.models import Round
from validations.suites import KEYS, UNITS, Gate, RuleSpec, rules_of, unit_reference

if TYPE_CHECKING:
    from great_expectations.core.expectation_suite import ExpectationSuite
    from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResult

    from validations.row_failures import RuleOutcome

N_EXAMPLE_KEYS = 10


class BrokenCheckError(Exception):
    """A rule could not be evaluated: an error of ours or of the survey's files, never bad data."""


@dataclass(frozen=True)
class RuleResult:
    """What one rule found: counts and keys, never values.

    n_tested: None where the rule is about the table, not its rows; n_observed: what such a rule counted, if anything.
    n_failed: rows that broke the rule and were not released. example_keys: keys (`suites.KEYS`) of up to ten of them.
    """

    rule: RuleSpec
    is_success: bool
    n_tested: int | None
    n_failed: int
    example_keys: tuple[str, ...] = ()
    n_released: int = 0
    n_observed: int | None = None

    @property
    def failed_pct(self) -> Decimal | None:
        if not self.n_tested:
            return None
        return (Decimal(100 * self.n_failed) / self.n_tested).quantize(Decimal("0.0001"))

    @property
    def found(self) -> str:
        """The result in words, for messages: counts only."""
        if self.n_tested is None:
            counted = "" if self.n_observed is None else f" (found {self.n_observed})"
            return ("holds" if self.is_success else "does not hold") + counted
        return f"{self.n_failed} of {self.n_tested} rows"


@dataclass(frozen=True)
class GateReport:
    """What a gate found. `document` is the result of Great Expectations without values, for `write_data_docs`."""

    gate: Gate
    results: tuple[RuleResult, ...]
    document: ExpectationSuiteValidationResult | None = field(default=None, repr=False, compare=False)

    def failed(self, severity: str) -> list[RuleResult]:
        return [result for result in self.results if not result.is_success and result.rule.severity == severity]

    def rows(self) -> list[dict[str, Any]]:
        """Rows of the warehouse table `validation_result`, below its key of the run."""
        return [
            {
                "gate": self.gate,
                "rule_id": result.rule.rule_id,
                "severity": result.rule.severity,
                "is_success": result.is_success,
                "n_tested": result.n_tested,
                "n_failed": None if result.n_tested is None else result.n_failed,
                "failed_pct": result.failed_pct,
                "example_keys": " ".join(result.example_keys),
                "description": result.rule.description.vi,
                "description_en": result.rule.description.en,
            }
            for result in self.results
        ]


def run_gate(
    gate: Gate, frame: pl.LazyFrame, folder: SurveyFolder, round_: Round, further: Iterable[RuleSpec] = ()
) -> GateReport:
    """Evaluate all rules of a gate, and further ones that the survey's files cannot know.

    Raises:
        BrokenCheckError: a rule could not be evaluated.
    """
    rules = [*rules_of(gate, folder, round_), *further]
    return _report(gate, frame, folder, round_, rules)


def split_submissions(frame: pl.LazyFrame, folder: SurveyFolder, round_: Round) -> tuple[GateReport, pl.LazyFrame]:
    """Gate `submissions`, and its rows with `broken_rules` (List of String): the rejecting rules that each row breaks.

    The rows come lazily, from the same conditions that the report counts, in their order: sink them. A row without
    broken rules is accepted, any other belongs in quarantine.

    Raises:
        BrokenCheckError: a rule could not be evaluated.
    """
    from validations.expectations import build_suite
    from validations.row_failures import annotate_failures

    rules = rules_of("submissions", folder, round_)
    report = _report("submissions", frame, folder, round_, rules)
    rejecting = build_suite("rejecting", [rule for rule in rules if rule.rejects])
    return report, annotate_failures(frame, rejecting, _references(folder, round_))


def write_data_docs(reports: Iterable[GateReport], directory: Path, title: str = "Data Docs") -> Path:
    """Write the gates' results as a static site that works offline and holds no values; returns its index."""
    from validations.data_docs import build_data_docs

    return build_data_docs([report.document for report in reports if report.document], directory, title)


def evaluate_rules(
    gate: Gate, frame: pl.LazyFrame, folder: SurveyFolder, round_: Round, rules: Iterable[RuleSpec]
) -> ExpectationSuiteValidationResult:
    """What Great Expectations says, broken checks among it.

    Raises:
        RuleNotBuiltError: a rule names no expectation, or wrong arguments.
    """
    import great_expectations as gx

    from validations.expectations import build_suite
    from validations.polars_engine import open_context

    context = open_context()
    asset = context.data_sources.add_polars("frames").add_frame_asset(gate)
    for name, reference in _references(folder, round_).items():
        asset.add_reference(name, reference)
    suite: ExpectationSuite = context.suites.add(build_suite(gate, rules))
    batch = asset.add_batch_definition_whole_dataframe("whole")
    validation = context.validation_definitions.add(gx.ValidationDefinition(name=gate, data=batch, suite=suite))
    result_format: dict[str, Any] = {
        "result_format": "SUMMARY",
        "partial_unexpected_count": N_EXAMPLE_KEYS,
        "exclude_unexpected_values": True,
    }
    if KEYS[gate]:
        result_format["unexpected_index_column_names"] = list(KEYS[gate])
    return validation.run(batch_parameters={"dataframe": frame}, result_format=result_format)


def _report(gate: Gate, frame: pl.LazyFrame, folder: SurveyFolder, round_: Round, rules: list[RuleSpec]) -> GateReport:
    from validations.data_docs import redact_result
    from validations.expectations import RuleNotBuiltError
    from validations.row_failures import summarise_results

    of_rule = {rule.rule_id: rule for rule in rules}
    if len(of_rule) < len(rules):
        raise BrokenCheckError(f"gate '{gate}': a rule id is used twice. {NEXT_STEP}")
    try:
        result = evaluate_rules(gate, frame, folder, round_, rules)
    except RuleNotBuiltError as error:
        raise BrokenCheckError(f"gate '{gate}': {error}; fix: {error.fix}. {NEXT_STEP}") from None
    outcomes = summarise_results(result)
    broken = [f"{outcome.rule_id} [{outcome.error}]" for outcome in outcomes if outcome.error]
    if broken:
        raise BrokenCheckError(
            f"gate '{gate}': {len(broken)} of {len(outcomes)} rules could not be evaluated: {', '.join(broken[:10])}. "
            f"This says nothing about the data, and nothing was accepted or rejected. {NEXT_STEP}"
        )
    document = redact_result(result)
    observed = {
        config.meta["rule_id"]: one.result.get("observed_value")
        for one in document.results
        if (config := one.expectation_config) is not None
    }
    results = (_result(of_rule[one.rule_id], one, observed[one.rule_id]) for one in outcomes)
    return GateReport(gate, tuple(results), document)


NEXT_STEP = "Run 'hailong check' to find the rule in the survey's files; see 'A check is broken' in docs/validation.md"


def _result(rule: RuleSpec, outcome: RuleOutcome, observed: Any) -> RuleResult:
    n_observed = observed if isinstance(observed, int) and not isinstance(observed, bool) else None
    n_failed = outcome.rows_failed or 0
    return RuleResult(rule, outcome.success, outcome.rows_tested, n_failed, outcome.example_keys, n_observed=n_observed)


def _references(folder: SurveyFolder, round_: Round) -> Mapping[str, pl.LazyFrame]:
    return {UNITS: unit_reference(folder, round_).lazy()}
