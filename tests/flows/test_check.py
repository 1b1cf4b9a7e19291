"""`hailong check`: what is wrong with a survey's files, with file, key and fix, before a round meets it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from flows.cli import main
from tests.flows.demonstration import copy_demo

RULE = {
    "rule_id": "own", "gate": "submissions", "expectation": "ExpectColumnValuesToBeInSet", "owner": "tests",
    "arguments": {"column": "phone", "value_set": []}, "description": {"vi": "Quy tắc", "en": "Rule"},
}  # fmt: skip


def check(folder: Path, monkeypatch: pytest.MonkeyPatch, *rules: dict[str, Any]) -> Any:
    """Exit status of `hailong check` on a survey with these rules; None: it did not exit by itself."""
    (folder / "rules.yaml").write_text(yaml.safe_dump({"rules": list(rules)}, allow_unicode=True), encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["hailong", "check", str(folder)])
    with pytest.raises(SystemExit) as stopped:
        main()
    return stopped.value.code


def test_a_sound_survey_is_ok(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(copy_demo(tmp_path), monkeypatch, RULE) == 0
    assert capsys.readouterr().out.startswith("ok: demo: 2 rounds")


def test_rules_that_cannot_run_are_listed_with_file_key_and_fix_and_status_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    misspelt = {**RULE, "rule_id": "misspelt", "arguments": {"column": "phon", "value_set": []}}
    unknown = {**RULE, "rule_id": "unknown", "expectation": "ExpectNothing"}
    assert check(copy_demo(tmp_path), monkeypatch, RULE, misspelt, unknown) == 2
    said = capsys.readouterr().err
    assert "demo: 2 problem(s) in the survey's rules" in said
    assert "rules.yaml: rules.1.arguments: " in said and "Fix: did you mean 'phone'?" in said
    assert "rules.yaml: rules.2.expectation: no expectation 'ExpectNothing'" in said
