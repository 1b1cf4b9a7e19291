"""The data dictionary: every table and view with its columns, written from the contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from warehouse.tables import MANAGEMENT, RESTRICTED, ExactDecimal, metadata
from warehouse.views import VIEWS

HEADER = """# Data dictionary

Written by `hailong dictionary` from `warehouse/tables.py` and `warehouse/views.py`; do not edit. How the tables are used
is in [warehouse.md](warehouse.md). Columns in bold are the key.
"""

TIERS = (
    (None, "Public tier"),
    (MANAGEMENT, "Management tier (schema `management` on PostgreSQL)"),
    (RESTRICTED, "Restricted tier (schema `restricted`; a second file on SQLite)"),
)


def write_dictionary(path: Path) -> None:
    """Write the data dictionary as Markdown."""
    path.write_text(describe_warehouse(), encoding="utf-8")


def describe_warehouse() -> str:
    """The data dictionary as Markdown."""
    return "\n".join([HEADER, *_sections()])


def _sections() -> Iterator[str]:
    for schema, title in TIERS:
        yield f"## {title}\n"
        for view in VIEWS:
            if view.schema == schema:
                yield _describe(view.name, f"View. {view.comment}.", view.columns)
        for table in sorted(metadata.tables.values(), key=lambda table: table.name):
            if table.schema == schema:
                yield _describe(table.name, f"{table.comment}.", table.columns)


def _describe(name: str, comment: str, columns: Iterable[sa.Column[Any]]) -> str:
    lines = [
        f"### {name}\n",
        f"{comment}\n",
        "| column | type | unit | null | meaning |",
        "| --- | --- | --- | --- | --- |",
    ]
    for column in columns:
        shown = f"**{column.name}**" if column.primary_key else column.name
        unit, null = column.info.get("unit", ""), "yes" if column.nullable else "no"
        meaning = str(column.comment).replace("|", "\\|")
        lines.append(f"| {shown} | {_type(column.type)} | {unit} | {null} | {meaning} |")
    return "\n".join(lines) + "\n"


def _type(type_: Any) -> str:
    if isinstance(type_, ExactDecimal):
        return f"decimal({type_.precision},{type_.scale})"
    names = {sa.Boolean: "true/false", sa.Integer: "integer", sa.DateTime: "timestamp", sa.Date: "date"}
    return next((name for kind, name in names.items() if isinstance(type_, kind)), "text")
