"""The data dictionary is what the contract says, and the page in docs/ is current."""

from __future__ import annotations

from pathlib import Path

from warehouse.dictionary import describe_warehouse
from warehouse.tables import metadata
from warehouse.views import VIEWS

PAGE = Path(__file__).parents[2] / "docs" / "data-dictionary.md"


def test_the_page_in_docs_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == describe_warehouse(), "run `make docs`"


def test_every_table_and_view_has_a_section() -> None:
    sections = {line.removeprefix("### ") for line in describe_warehouse().splitlines() if line.startswith("### ")}
    assert sections == {table.name for table in metadata.tables.values()} | {view.name for view in VIEWS}
