"""The command line: exit statuses and messages that say what is wrong and what there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.cli import main


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HAILONG_STORAGE", str(tmp_path))


def call(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["hailong", *arguments])
    with pytest.raises(SystemExit) as stop:
        main()
    return int(stop.value.code or 0)


def test_a_misspelt_survey_is_named_beside_those_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "run", "--survey", "surveys/kbn", "--round", "2023-2") == 2
    told = capsys.readouterr().err
    assert "surveys/kbn" in told
    assert "Did you mean 'kbnn'?" in told


def test_an_unknown_round_is_named_beside_those_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "run", "--survey", "kbnn", "--round", "2099-1") == 2
    told = capsys.readouterr().err
    assert "'2099-1'" in told
    assert "2021, 2022, 2023-1, 2023-2, 2024-1" in told


def test_a_survey_in_order_is_ok_with_a_summary(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "check", "surveys/kbnn") == 0
    assert capsys.readouterr().out.startswith("ok: kbnn: 5 rounds")


def test_a_wrong_setting_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HAILONG_PARTITIONS", "postgresql://u:s3cret@db")
    assert call(monkeypatch, "run", "--survey", "kbnn", "--round", "2021") == 2
    told = capsys.readouterr().err
    assert "partitions" in told
    assert "s3cret" not in told


def test_a_missing_argument_is_an_error_of_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    assert call(monkeypatch, "run", "--survey", "kbnn") == 2


def test_help_says_what_an_argument_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(monkeypatch, "check", "--help") == 0
    assert "Folder or name of the survey" in capsys.readouterr().out


def test_help_lists_every_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(monkeypatch, "--help") == 0
    told = capsys.readouterr().out
    for command in ("check", "simulate", "run", "publish", "quarantine", "key", "erase", "redact", "doctor", "ui"):
        assert command in told
