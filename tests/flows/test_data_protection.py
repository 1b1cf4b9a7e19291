"""The data-protection page points at evidence that exists: a page that nobody can follow protects nobody."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main

from flows.cli import app
from surveys.models import Retention

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "data-protection.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`(tests/[\w/.:]+)`", PAGE))))
def test_every_test_on_the_page_exists(named: str) -> None:
    file, _, test = named.partition("::")
    assert f"def {test}" in (ROOT / file).read_text(encoding="utf-8")


def test_every_command_on_the_page_exists() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    named = {tuple(found) for found in re.findall(r"hailong (key )?([a-z-]+)(?=[ `:])", PAGE)}
    named -= {("", "cannot"), ("", "does"), ("", "reads")}
    missing = [
        f"{group}{name}" for group, name in named if name not in (commands["key"].commands if group else commands)
    ]
    assert missing == []


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([\w/.-]+\.md)\)", PAGE))))
def test_every_link_on_the_page_leads_somewhere(link: str) -> None:
    assert (ROOT / "docs" / link).is_file()


def test_every_period_on_the_page_is_a_setting() -> None:
    assert set(re.findall(r"(\w+_days)", PAGE)) == set(Retention.model_fields)
