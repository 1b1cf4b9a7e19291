"""The public tier of an SQLite warehouse: `<warehouse>.public.db`, with published figures only.

On PostgreSQL roles and policies do this. SQLite has neither, so the public gets a file of its own, made whenever a
release is published: the public tables and views, without drafts and refused releases. The system's rows of management
views are copied under the names of their views, without the tables behind them. It is a copy that nobody writes: readers
need no more than permission to read it.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from warehouse.tables import PUBLIC_STATUSES, metadata, view_definition
from warehouse.views import VIEWS

STATUSES = f"({', '.join(map(repr, PUBLIC_STATUSES))})"
RELEASE_KEY = "survey_code, round_code, release_number"


def public_file(main: Path) -> Path:
    """Where the public tier of an SQLite warehouse is."""
    return main.with_name(f"{main.stem}.public.db")


def write_public_file(engine: sa.Engine) -> Path | None:
    """Write the public tier's file anew and put it in the old one's place; None on PostgreSQL, which needs none."""
    if engine.dialect.name != "sqlite":
        return None
    main = Path(str(engine.url.database))
    target = public_file(main)
    temporary = target.with_name(f".{target.name}.new")
    temporary.unlink(missing_ok=True)
    with closing(sqlite3.connect(temporary, isolation_level=None)) as connection:
        connection.execute("ATTACH DATABASE ? AS warehouse", [str(main)])
        connection.execute("BEGIN")
        for table in metadata.sorted_tables:
            if table.schema is None and table is not view_definition:
                connection.execute(_definition(connection, table.name))
                connection.execute(f"INSERT INTO main.{table.name} {_published_rows(table)}")
        for view in VIEWS:
            if view.is_of_system:
                rows = f"SELECT * FROM warehouse.{view.name} WHERE release_status IN {STATUSES}"
                connection.execute(f"CREATE TABLE main.{view.name} AS {rows}")
            elif view.schema is None:
                connection.execute(_definition(connection, view.name))
        connection.execute("COMMIT")
    temporary.chmod(0o644)
    temporary.replace(target)
    return target


def _definition(connection: sqlite3.Connection, name: str) -> str:
    row = connection.execute("SELECT sql FROM warehouse.sqlite_master WHERE name = ?", [name]).fetchone()
    return str(row[0])


def _published_rows(table: sa.Table) -> str:
    keys = ", ".join(column.name for column in table.primary_key.columns)
    published = f"FROM warehouse.release WHERE status IN {STATUSES}"
    of_published = f"WHERE ({RELEASE_KEY}) IN (SELECT {RELEASE_KEY} {published})"
    if "release_number" in table.c:
        condition = of_published
    elif "run_id" in table.c:
        condition = f"WHERE run_id IN (SELECT run_id {published})"
    else:
        condition = ""
    if "baseline_round_code" in table.c:  # as in v_change: figures that are not published are nobody's
        cell = "survey_code, {}, unit_code, respondent_type, index_code, {}"
        figures = f"SELECT {cell.format('round_code', 'index_pct')} FROM warehouse.fct_index {of_published}"
        condition += (
            f" AND (survey_code, baseline_round_code) IN (SELECT survey_code, round_code {published}) AND (baseline_pct "
            f"IS NULL OR ({cell.format('baseline_round_code', 'baseline_pct')}) IN ({figures}))"
        )
    return f"SELECT * FROM warehouse.{table.name} {condition} ORDER BY {keys}"
