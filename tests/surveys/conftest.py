"""The library's survey of docs/new-survey.md, written to a folder: what the page shows is what is tested."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "new-survey.md"
OPTIONAL = {"successions.csv", "rules.yaml", "frame.csv", "published_results.csv"}


def page_files() -> dict[str, str]:
    """File name -> content, of every file that the page shows under a heading with its name."""
    found = re.findall(
        r"^### (\S+\.(?:yaml|csv))\n(?:(?!^###).)*?^```\w+\n(.*?)^```", PAGE.read_text("utf-8"), re.S | re.M
    )
    return dict(found)


def write_files(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Folder of the library's survey with all files of the page."""
    return write_files(tmp_path / "library", page_files())
