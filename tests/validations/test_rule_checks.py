from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from surveys.catalogue import Problem, SurveyFolder, load_survey
from tests.validations.conftest import with_rules
from validations.rule_checks import check_rules

SOUND: dict[str, Any] = {
    "rule_id": "own", "expectation": "ExpectColumnValuesToBeInSet", "arguments": {"column": "phone", "value_set": []},
}  # fmt: skip


def problem(demo: SurveyFolder, **changed: Any) -> Problem:
    [found] = check_rules(with_rules(demo, {**SOUND, **changed}))
    return found


@pytest.mark.parametrize("survey", ["kbnn", "sfo"])
def test_the_surveys_of_the_repository_have_sound_rules(survey: str) -> None:
    assert check_rules(load_survey(survey)) == []


@pytest.mark.parametrize(
    ("changed", "key", "message", "fix"),
    [
        ({"expectation": "ExpectColumnValuesToBeInSett"}, "expectation", "no expectation",
         "did you mean 'ExpectColumnValuesToBeInSet'?"),
        ({"arguments": {"colum": "phone", "value_set": []}}, "arguments.colum", "has no argument 'colum'",
         "did you mean 'column'?"),
        ({"arguments": {"value_set": []}}, "arguments.column", "needs 'column'", "add 'column' to arguments"),
        ({"arguments": {"column": "phone", "value_set": [], "mostly": "most"}}, "arguments.mostly", "mostly",
         "write a value that the expectation takes"),
        ({"arguments": {"column": "phon", "value_set": []}}, "arguments", 'column "phon"', "did you mean 'phone'?"),
        ({"gate": "microdata", "arguments": {"column": "zzz", "value_set": []}}, "arguments", 'column "zzz"',
         "columns of the gate: channel, "),
        ({"row_condition": 'col("phone" == 1'}, "row_condition", "cannot read the row condition", "write SQL"),
        ({"expectation": "ExpectColumnValuesToBeIncreasing", "arguments": {"column": "phone"}}, "arguments",
         "not supported by the Polars engine", "docs/validation-engine.md"),
        ({"expectation": "ExpectColumnValuesToMatchRegex", "arguments": {"column": "phone", "regex": "(?<=a)b"}},
         "arguments", "look-around", "mend the argument"),
        ({"gate": "landing", "rejects": True}, "rejects", "rejects no rows", "write rejects: false"),
        ({"rule_id": "unit-open"}, "rule_id", "has another rule 'unit-open'", "rename this one"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)  # fmt: skip
def test_a_rule_that_cannot_run_is_reported_with_its_place_and_fix(
    changed: dict[str, Any], key: str, message: str, fix: str, demo: SurveyFolder
) -> None:
    found = problem(demo, **changed)
    assert (found.file, found.key) == ("rules.yaml", f"rules.0.{key}")
    assert message in found.message and fix in found.fix


def test_a_pattern_of_the_questionnaire_that_cannot_be_read_is_reported(demo: SurveyFolder) -> None:
    instrument = demo.instruments["demo"]
    fields = [
        field.model_copy(update={"pattern": "(?=0)"}) if field.code == "phone" else field for field in instrument.fields
    ]
    spoilt = instrument.model_copy(update={"fields": fields})
    [found] = check_rules(replace(demo, instruments={"demo": spoilt}))
    assert (found.file, found.key) == ("instruments", "phone-wellformed") and "mend the pattern" in found.fix


def test_all_problems_are_found_at_once(demo: SurveyFolder) -> None:
    folder = with_rules(demo, {**SOUND, "expectation": "ExpectX"}, SOUND, {**SOUND, "rule_id": "b", "arguments": {}})
    assert [found.key.split(".")[:2] for found in check_rules(folder)] == [["rules", "0"]] * 2 + [
        ["rules", "1"], ["rules", "2"],
    ]  # fmt: skip
