"""Loads a round's figures as a draft release: one transaction replaces one round, and the same figures change no row."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
import sqlalchemy as sa

from surveys.catalogue import SurveyFolder
from surveys.models import Method, Round
from warehouse.dimensions import load_dimensions
from warehouse.engine import WarehouseError
from warehouse.rows import matches, merge_rows, replace_rows
from warehouse.tables import (
    RESTRICTED,
    RESULT_TABLES,
    pipeline_run,
    polars_schema,
    release,
    suggestion_item,
    validation_result,
)


class LoadRefusedError(WarehouseError):
    """The figures are not loaded: counts do not add up, or a release is frozen."""


@dataclass(frozen=True)
class RunRecord:
    """One run's counts; `run_id` is the same for the same survey, round, method, inputs and code."""

    method: Method
    code_version: str
    input_hash: str
    n_extracted: int
    n_superseded: int
    n_accepted: int
    n_quarantined: int
    n_erased: int
    n_warnings: int
    started_at: dt.datetime
    finished_at: dt.datetime

    def run_id(self, survey_code: str, round_code: str) -> str:
        parts = (survey_code, round_code, self.method_version, self.input_hash, self.code_version)
        return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]

    @property
    def method_version(self) -> str:
        return f"{self.method.method_code} {self.method.version}"


@dataclass(frozen=True)
class LoadReport:
    """`is_changed` is False when the round's release already had these figures."""

    run_id: str
    release_number: int
    status: str
    is_changed: bool
    n_rows: int


def load_release(
    engine: sa.Engine,
    folder: SurveyFolder,
    round_: Round,
    frames: Mapping[str, pl.DataFrame],
    run: RunRecord,
    validation: Iterable[Mapping[str, Any]] = (),
    reason: str | None = None,
) -> LoadReport:
    """Load a round's result tables.

    Args:
        frames: table name -> rows without `survey_code`, `round_code` and `release_number`; absent tables are empty.
        run: the counts; they must add up.
        validation: rows of `validation_result` without `run_id`, `survey_code` and `round_code`.
        reason: why published figures are corrected; kept as the new draft's note.

    Returns:
        what was done. A draft, approval refused or not, is replaced in place; a published release is never touched:
        other figures get the next number as a draft; the same figures change nothing.

    Raises:
        LoadRefusedError: extracted rows are not all superseded, accepted, quarantined or erased.
    """
    _reconcile(run, round_)
    survey_code, round_code = folder.survey.survey_code, round_.round_code
    tables = {table.name: _complete(table, frames.get(table.name)) for table in RESULT_TABLES}
    content = content_hash(tables, run)
    run_id = run.run_id(survey_code, round_code)
    with engine.execution_options(writes=True).begin() as connection:
        hold_survey(connection, survey_code)
        load_dimensions(connection, folder)
        _record_run(connection, run_id, survey_code, round_code, run, validation)
        latest = _latest_release(connection, survey_code, round_code)
        is_same = latest is not None and latest.content_hash == content
        number = int(latest.release_number) if is_same else _next_number(latest)
        key = {"survey_code": survey_code, "round_code": round_code, "release_number": number}
        n_mended = _load_restricted(connection, tables, key)
        _add_suggestions(connection, tables["comment"], survey_code, round_code)
        if is_same:
            return LoadReport(run_id, number, latest.status, n_mended > 0, n_mended)
        for table in RESULT_TABLES:
            if table.schema != RESTRICTED:
                replace_rows(connection, table, tables[table.name], key)
        connection.execute(sa.delete(release).where(matches(release, key)))
        entry = {**key, "status": "draft", "method_code": run.method.method_code, "method_version": run.method.version}
        entry |= {"run_id": run_id, "content_hash": content, "note": reason}
        connection.execute(sa.insert(release), entry)
        return LoadReport(run_id, number, "draft", True, sum(frame.height for frame in tables.values()))


def hold_survey(connection: sa.Connection, survey_code: str) -> None:
    """Wait until no other transaction writes the survey's figures, and hold them; its rounds share the dimensions.

    SQLite holds the file since BEGIN IMMEDIATE.
    """
    if connection.dialect.name == "postgresql":
        lock = sa.text("SELECT pg_advisory_xact_lock(hashtext(:name))")
        connection.execute(lock, {"name": f"hailong {survey_code}"})


def content_hash(tables: Mapping[str, pl.DataFrame], run: RunRecord) -> str:
    """SHA-256 over the sorted rows of every result table, and the method."""
    digest = hashlib.sha256(run.method_version.encode())
    for name in sorted(tables):
        digest.update(name.encode() + tables[name].write_csv().encode())
    return digest.hexdigest()


def _reconcile(run: RunRecord, round_: Round) -> None:
    kept = run.n_superseded + run.n_accepted + run.n_quarantined + run.n_erased
    if run.n_extracted != kept:
        raise LoadRefusedError(
            f"round {round_.round_code}: {run.n_extracted} rows were extracted, but {run.n_superseded} superseded + "
            f"{run.n_accepted} accepted + {run.n_quarantined} quarantined + {run.n_erased} erased = {kept}; nothing was "
            "loaded. See 'Counts do not add up' in docs/runbook.md"
        )


def _complete(table: sa.Table, frame: pl.DataFrame | None) -> pl.DataFrame:
    """The table's columns, in order and type, without the release key, sorted by the rest of the primary key."""
    schema = {name: kind for name, kind in polars_schema(table).items() if name not in RELEASE_KEY}
    if frame is None or frame.width == 0:
        return pl.DataFrame(schema=schema)
    missing = sorted(set(schema) - set(frame.columns))
    optional = {column.name for column in table.columns if column.nullable}
    defaults = {"is_suppressed": pl.lit(False)}
    absent = [name for name in missing if name not in optional and name not in defaults]
    if absent:
        raise LoadRefusedError(f"table {table.name}: the computed rows have no column {', '.join(absent)}")
    filled = frame.with_columns(defaults.get(name, pl.lit(None)).alias(name) for name in missing)
    keys = [column.name for column in table.primary_key.columns if column.name not in RELEASE_KEY]
    return filled.select(pl.col(name).cast(kind) for name, kind in schema.items()).sort(keys)


RELEASE_KEY = ("survey_code", "round_code", "release_number")


def _load_restricted(connection: sa.Connection, tables: Mapping[str, pl.DataFrame], key: Mapping[str, Any]) -> int:
    # on SQLite this tier is a second file, and a crash between the commits of two files can lose its half; made equal
    # row by row in every load, the half comes back with the next one, also when the first file has the figures
    restricted = [table for table in RESULT_TABLES if table.schema == RESTRICTED]
    return sum(
        merge_rows(connection, table, [{**key, **row} for row in tables[table.name].iter_rows(named=True)], **key)
        for table in restricted
    )


def _latest_release(connection: sa.Connection, survey_code: str, round_code: str) -> Any:
    query = (
        sa.select(release)
        .where(release.c.survey_code == survey_code, release.c.round_code == round_code)
        .order_by(release.c.release_number.desc())
    )
    return connection.execute(query).first()


def _next_number(latest: Any) -> int:
    if latest is None:
        return 1
    return int(latest.release_number) + (0 if latest.status in ("draft", "refused") else 1)


def _record_run(
    connection: sa.Connection,
    run_id: str,
    survey_code: str,
    round_code: str,
    run: RunRecord,
    validation: Iterable[Mapping[str, Any]],
) -> None:
    """A run is recorded once: the same inputs and code have the same id, and the times of the first stay."""
    key = {"run_id": run_id, "survey_code": survey_code, "round_code": round_code}
    entry = {
        **key,
        **{name: getattr(run, name) for name in vars(run) if name.startswith("n_")},
        "method_version": run.method_version,
        "code_version": run.code_version,
        "input_hash": run.input_hash,
        "started_at": run.started_at.astimezone(dt.UTC).replace(tzinfo=None),
        "finished_at": run.finished_at.astimezone(dt.UTC).replace(tzinfo=None),
    }
    for table, rows in ((pipeline_run, [entry]), (validation_result, [{**key, **row} for row in validation])):
        is_known = connection.execute(sa.select(table.c.run_id).where(table.c.run_id == run_id)).first()
        if rows and not is_known:
            connection.execute(sa.insert(table), rows)


def _add_suggestions(connection: sa.Connection, comments: pl.DataFrame, survey_code: str, round_code: str) -> None:
    """New suggestions about online services join the work list; what people set there stays."""
    about_online = comments.filter(
        (pl.col("feedback_code") == "suggestion") & pl.col("themes").str.split(" ").list.contains("online_service")
    )
    known = set(
        connection.execute(
            sa.select(suggestion_item.c.comment_id).where(suggestion_item.c.survey_code == survey_code)
        ).scalars()
    )
    new = [
        {
            "survey_code": survey_code,
            "comment_id": comment_id,
            "round_code": round_code,
            "unit_code": unit_code,
            "status": "new",
        }
        for comment_id, unit_code in about_online.select("comment_id", "unit_code").iter_rows()
        if comment_id not in known
    ]
    if new:
        connection.execute(sa.insert(suggestion_item), new)
