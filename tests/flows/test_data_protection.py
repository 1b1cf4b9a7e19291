"""The data-protection page points at evidence that exists: a page that nobody can follow protects nobody."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from surveys.models import Retention

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "data-protection.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`(tests/[\w/.:]+)`", PAGE))))
def test_every_test_on_the_page_exists(named: str) -> None:
    file, _, test = named.partition("::")
    assert f"def {test}" in (ROOT / file).read_text(encoding="utf-8")


def test_every_period_on_the_page_is_a_setting() -> None:
    assert set(re.findall(r"(\w+_days)", PAGE)) == set(Retention.model_fields)
