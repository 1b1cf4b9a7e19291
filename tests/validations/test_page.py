"""docs/validation.md: what it shows is what works."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from surveys.catalogue import SurveyFolder, load_survey
from surveys.models import Rule
from validations.rule_checks import check_rules
from validations.suites import SUSPICION, rules_of

PAGE = (Path(__file__).parents[2] / "docs" / "validation.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def with_rules_of_the_page() -> SurveyFolder:
    """The treasury's survey with the page's rules in place of its own."""
    [example] = re.findall(r"```yaml\n(rules:\n.*?)```", PAGE, re.DOTALL)
    kbnn = load_survey("kbnn")
    rounds = (kbnn.round("2023-2"),)
    return replace(kbnn, rounds=rounds, rules=tuple(map(Rule.model_validate, yaml.safe_load(example)["rules"])))


def test_the_rules_of_the_page_are_sound(with_rules_of_the_page: SurveyFolder) -> None:
    assert len(with_rules_of_the_page.rules) == 3
    assert check_rules(with_rules_of_the_page) == []


def test_every_rule_made_from_the_questionnaire_is_on_the_page(with_rules_of_the_page: SurveyFolder) -> None:
    kbnn = replace(with_rules_of_the_page, rules=())
    listed = {
        re.sub(r"<\w+>", r"\\w+", name): (severity, rejects == "yes")
        for names, severity, rejects in re.findall(
            r"^\| (`[^|]+`) \| (critical|warning|info) \| (yes|no) \|", PAGE, re.MULTILINE
        )
        for name in re.findall(r"`([^`]+)`", names)
    }
    for rule in rules_of("submissions", kbnn, kbnn.round("2023-2")):
        found = [told for name, told in listed.items() if re.fullmatch(name, rule.rule_id)]
        assert found == [(rule.severity, rule.rejects)], rule.rule_id
    assert len(SUSPICION) == sum(told == ("info", False) for told in listed.values()) - 1
