"""Finds rules that no gate could evaluate before a round meets them: every gate is run on a frame without rows.

A misspelt expectation, argument or column then shows as a problem of the survey's files, with the place and the fix.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import get_args

import polars as pl

from surveys.catalogue import Problem, SurveyFolder
from surveys.models import Round
from validations.gates import evaluate_rules
from validations.suites import Gate, RuleSpec, gate_schema, rules_of


def check_rules(folder: SurveyFolder) -> list[Problem]:
    """What is wrong with the survey's own rules, and with patterns of its questionnaires that rules are made from."""
    first_of_instrument = {round_.instrument: round_ for round_ in reversed(folder.rounds)}
    problems: list[Problem] = []
    for round_ in first_of_instrument.values():
        for gate in get_args(Gate):
            rules = rules_of(gate, folder, round_)
            schema = gate_schema(gate, folder.instrument_of(round_))
            problems += [*_check_ids(rules), *_check_gate(gate, folder, round_, rules, schema)]
    first = {(problem.file, problem.key): problem for problem in reversed(problems)}
    return sorted(first.values())


def _check_ids(rules: Iterable[RuleSpec]) -> Iterator[Problem]:
    used = Counter(rule.rule_id for rule in rules)
    for rule in rules:
        if used[rule.rule_id] > 1 and rule.position is not None:
            message = f"gate {rule.gate} has another rule {rule.rule_id!r}"
            yield Problem("rules.yaml", f"rules.{rule.position}.rule_id", message, "rename this one")


def _check_gate(
    gate: Gate, folder: SurveyFolder, round_: Round, rules: Iterable[RuleSpec], schema: Mapping[str, pl.DataType]
) -> Iterator[Problem]:
    from validations.expectations import RuleNotBuiltError, build_expectation
    from validations.row_failures import broken_check_message, is_about_rows

    buildable: dict[str, RuleSpec] = {}
    for rule in rules:
        try:
            expectation = build_expectation(rule)
        except RuleNotBuiltError as error:
            yield _problem(rule, error.key, str(error), error.fix)
            continue
        buildable[rule.rule_id] = rule
        if rule.rejects and not (gate == "submissions" and is_about_rows(expectation)):
            yield _problem(
                rule, "rejects", f"{rule.expectation} at gate {gate} rejects no rows", "write rejects: false"
            )
    result = evaluate_rules(gate, pl.LazyFrame(schema=schema), folder, round_, buildable.values())
    for one in result.results:
        config, message = one.expectation_config, broken_check_message(one.exception_info)
        if config is not None and message:
            reason = message.partition("; valid columns")[0]
            where = f"gate {gate}, instrument {round_.instrument}: {reason}"
            yield _problem(buildable[config.meta["rule_id"]], "arguments", where, _suggest_fix(message, schema))


def _problem(rule: RuleSpec, key: str, message: str, fix: str) -> Problem:
    if rule.position is None:  # made from the questionnaire, of which only patterns can be wrong
        return Problem("instruments", rule.rule_id, message, "mend the pattern or column that the message names")
    return Problem("rules.yaml", f"rules.{rule.position}.{key}", message, fix)


def _suggest_fix(message: str, schema: Mapping[str, pl.DataType]) -> str:
    if missing := re.search(r'column "([^"]+)"', message):
        near = get_close_matches(missing[1], list(schema), n=1)
        return f"did you mean {near[0]!r}?" if near else f"columns of the gate: {', '.join(sorted(schema))}"
    if message.startswith("[not-supported]"):
        return "use an expectation that docs/validation-engine.md lists"
    return "mend the argument that the message names"
