"""Writes rows: whole frames at the database's best speed, or only what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import polars.selectors as cs
import sqlalchemy as sa

Rows = list[dict[str, Any]]


def matches(table: sa.FromClause, key: Mapping[str, Any]) -> sa.ColumnElement[bool]:
    """The condition that a row has these values."""
    return sa.and_(*(table.c[name] == value for name, value in key.items()))


def replace_rows(connection: sa.Connection, table: sa.Table, frame: pl.DataFrame, key: Mapping[str, Any]) -> int:
    """Make `frame` the rows under `key` (whose columns the frame lacks); returns their number."""
    connection.execute(sa.delete(table).where(matches(table, key)))
    insert_frame(connection, table, frame.with_columns(pl.lit(value).alias(name) for name, value in key.items()))
    return frame.height


def merge_rows(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]], **scope: Any) -> int:
    """Make the rows in `scope` equal to `rows`, writing only what differs; returns the number of differences."""
    keys = [column.name for column in table.primary_key.columns]
    wanted = {tuple(row[name] for name in keys): dict(row) for row in rows}
    found = connection.execute(sa.select(table).where(matches(table, scope))).mappings()
    have = {tuple(row[name] for name in keys): dict(row) for row in found}
    old = [key for key, row in have.items() if wanted.get(key) != row]
    new = [row for key, row in wanted.items() if have.get(key) != row]
    if old:
        condition = sa.and_(*(table.c[name] == sa.bindparam(f"old_{name}") for name in keys))
        rows_to_delete = [{f"old_{name}": value for name, value in zip(keys, key, strict=True)} for key in old]
        connection.execute(sa.delete(table).where(condition), rows_to_delete)
    if new:
        connection.execute(sa.insert(table), new)
    return len(set(old) | {tuple(row[name] for name in keys) for row in new})


def insert_frame(connection: sa.Connection, table: sa.Table, frame: pl.DataFrame) -> None:
    """Append a frame: COPY on PostgreSQL (15 times as fast as INSERT), prepared INSERT elsewhere."""
    if frame.is_empty():
        return
    if connection.dialect.name == "postgresql":
        columns = ", ".join(frame.columns)
        driver: Any = connection.connection.driver_connection
        statement = f"COPY {table.fullname} ({columns}) FROM STDIN (FORMAT csv)"
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for part in frame.iter_slices(50_000):
                copy.write(part.write_csv(include_header=False))
        connection.exec_driver_sql(f"ANALYZE {table.fullname}")  # else readers wait for autovacuum to plan well
    else:
        # decimals as text: NUMERIC affinity takes the nearest double, whose shortest form is the value written
        values = frame.with_columns(cs.decimal().cast(pl.String))
        schema = (connection.get_execution_options().get("schema_translate_map") or {}).get(table.schema, table.schema)
        name = f"{schema}.{table.name}" if schema else table.name
        marks = ", ".join("?" * frame.width)
        connection.exec_driver_sql(f"INSERT INTO {name} ({', '.join(frame.columns)}) VALUES ({marks})", values.rows())
