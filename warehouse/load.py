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
from surveys.models import Method, Round, Unit
from warehouse.tables import (
    RESULT_TABLES,
    dim_index,
    dim_question,
    dim_round,
    dim_unit,
    pipeline_run,
    polars_schema,
    release,
    suggestion_item,
    validation_result,
)

Rows = list[dict[str, Any]]


class LoadRefusedError(Exception):
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
) -> LoadReport:
    """Load a round's result tables.

    Args:
        frames: table name -> rows without `survey_code`, `round_code` and `release_number`; absent tables are empty.
        run: the counts; they must add up.
        validation: rows of `validation_result` without `run_id`, `survey_code` and `round_code`.

    Returns:
        what was done. A draft is replaced in place; a published release is never touched: other figures get the next
        number as a draft; the same figures change nothing.

    Raises:
        LoadRefusedError: extracted rows are not all superseded, accepted, quarantined or erased.
    """
    _reconcile(run, round_)
    survey_code, round_code = folder.survey.survey_code, round_.round_code
    tables = {table.name: _complete(table, frames.get(table.name)) for table in RESULT_TABLES}
    content = content_hash(tables, run)
    run_id = run.run_id(survey_code, round_code)
    with engine.execution_options(writes=True).begin() as connection:
        _hold_round(connection, survey_code, round_code)
        _load_dimensions(connection, folder)
        latest = _latest_release(connection, survey_code, round_code)
        _record_run(connection, run_id, survey_code, round_code, run, validation)
        if latest is not None and latest.content_hash == content and latest.status in ("draft", "published"):
            return LoadReport(run_id, latest.release_number, latest.status, False, 0)
        number = _next_number(latest)
        key = {"survey_code": survey_code, "round_code": round_code, "release_number": number}
        n_rows = sum(_replace(connection, table, tables[table.name], key) for table in RESULT_TABLES)
        connection.execute(sa.delete(release).where(_matches(release, key)))
        entry = {**key, "status": "draft", "method_code": run.method.method_code, "method_version": run.method.version}
        connection.execute(sa.insert(release), {**entry, "run_id": run_id, "content_hash": content})
        _add_suggestions(connection, tables["comment"], survey_code, round_code)
        return LoadReport(run_id, number, "draft", True, n_rows)


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


def _hold_round(connection: sa.Connection, survey_code: str, round_code: str) -> None:
    # SQLite holds the whole file since BEGIN IMMEDIATE; on PostgreSQL a second load of the round waits here
    if connection.dialect.name == "postgresql":
        lock = sa.text("SELECT pg_advisory_xact_lock(hashtext(:name))")
        connection.execute(lock, {"name": f"hailong {survey_code} {round_code}"})


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


def _matches(table: sa.Table, key: Mapping[str, Any]) -> sa.ColumnElement[bool]:
    return sa.and_(*(table.c[name] == value for name, value in key.items()))


def _replace(connection: sa.Connection, table: sa.Table, rows: pl.DataFrame, key: Mapping[str, Any]) -> int:
    connection.execute(sa.delete(table).where(_matches(table, key)))
    if not rows.is_empty():
        connection.execute(sa.insert(table), [{**key, **row} for row in rows.iter_rows(named=True)])
    return rows.height


def _record_run(
    connection: sa.Connection,
    run_id: str,
    survey_code: str,
    round_code: str,
    run: RunRecord,
    validation: Iterable[Mapping[str, Any]],
) -> None:
    if connection.execute(sa.select(pipeline_run.c.run_id).where(pipeline_run.c.run_id == run_id)).first():
        return
    counts = {name: getattr(run, name) for name in vars(run) if name.startswith("n_")}
    connection.execute(
        sa.insert(pipeline_run),
        {
            "run_id": run_id,
            "survey_code": survey_code,
            "round_code": round_code,
            "method_version": run.method_version,
            "code_version": run.code_version,
            "input_hash": run.input_hash,
            "started_at": run.started_at.replace(tzinfo=None),
            "finished_at": run.finished_at.replace(tzinfo=None),
            **counts,
        },
    )
    key = {"run_id": run_id, "survey_code": survey_code, "round_code": round_code}
    rows = [{**key, **row} for row in validation]
    if rows:
        connection.execute(sa.insert(validation_result), rows)


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


# --- dimensions --------------------------------------------------------------------------------------------


def _load_dimensions(connection: sa.Connection, folder: SurveyFolder) -> None:
    for table, rows in (
        (dim_round, _round_rows(folder)),
        (dim_unit, _unit_rows(folder)),
        (dim_index, _index_rows(folder)),
        (dim_question, _question_rows(folder)),
    ):
        _merge(connection, table, rows, folder.survey.survey_code)


def _merge(connection: sa.Connection, table: sa.Table, rows: Rows, survey_code: str) -> None:
    """Make the table's rows of a survey equal to `rows`, writing only what differs."""
    keys = [column.name for column in table.primary_key.columns]

    def key(row: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(row[name] for name in keys)

    wanted = {key(row): row for row in rows}
    found = connection.execute(sa.select(table).where(table.c.survey_code == survey_code)).mappings()
    have = {key(row): row for row in map(dict, found)}
    for old in have.keys() - wanted.keys() | {k for k in have.keys() & wanted.keys() if have[k] != wanted[k]}:
        connection.execute(sa.delete(table).where(_matches(table, dict(zip(keys, old, strict=True)))))
    new = [row for k, row in wanted.items() if have.get(k) != row]
    if new:
        connection.execute(sa.insert(table), new)


def _round_rows(folder: SurveyFolder) -> Rows:
    rows = []
    for round_ in folder.rounds:
        previous = folder.previous_round(round_)
        rows.append(
            {
                "survey_code": folder.survey.survey_code,
                "round_code": round_.round_code,
                "round_name": round_.name.vi,
                "round_name_en": round_.name.en,
                "opens_on": round_.opens_on,
                "closes_on": round_.closes_on,
                "register_date": round_.register_date,
                "instrument_code": round_.instrument,
                "method_code": round_.method,
                "previous_round_code": previous.round_code if previous else None,
            }
        )
    return rows


def _unit_rows(folder: SurveyFolder) -> Rows:
    levels = {level.code: level.name for level in folder.survey.unit_levels}
    by_code: dict[str, list[Unit]] = {}
    for unit in folder.units:
        by_code.setdefault(unit.unit_code, []).append(unit)

    def path(unit: Unit) -> str:
        above = next((u for u in by_code.get(unit.parent_code or "", []) if u.is_open(unit.valid_from)), None)
        return (path(above) if above else "") + f"{unit.unit_code}/"

    return [
        {
            "survey_code": folder.survey.survey_code,
            **unit.model_dump(exclude={"unit_level"}),
            "unit_level": unit.unit_level,
            "unit_level_name": levels[unit.unit_level].vi,
            "unit_level_name_en": levels[unit.unit_level].en,
            "unit_path": path(unit),
        }
        for unit in folder.units
    ]


def _index_rows(folder: SurveyFolder) -> Rows:
    # the latest instrument's wording names an index
    names = {
        index.code: index.name for round_ in folder.rounds for index in folder.instruments[round_.instrument].indices
    }
    return [
        {"survey_code": folder.survey.survey_code, "index_code": code, "index_name": name.vi, "index_name_en": name.en}
        for code, name in sorted(names.items())
    ]


def _question_rows(folder: SurveyFolder) -> Rows:
    return [
        {
            "survey_code": folder.survey.survey_code,
            "instrument_code": instrument.instrument_code,
            "question_code": question.code,
            "index_code": question.index,
            "question_text": question.text.vi,
            "question_text_en": question.text.en,
            "scale_code": question.scale,
        }
        for instrument in folder.instruments.values()
        for question in instrument.questions
    ]
