"""Exports of a release: each view as Parquet for programs and CSV for spreadsheets, with a manifest.

The same release gives the same bytes: rows are sorted by all columns, and no clock or path is written. Parquet carries
comment and unit of each column, and survey, round, release and method of the file, in its metadata. CSV begins with a
byte-order mark, without which Excel misreads Vietnamese, and text that a spreadsheet would run as a formula is preceded
by an apostrophe (OWASP, CSV injection).
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from warehouse.engine import WarehouseError
from warehouse.releases import Release, find_release
from warehouse.tables import polars_schema
from warehouse.views import VIEWS, View

NOT_EXPORTED = ("v_current_release", "v_release_index")
FORMULA = r"^[=+\-@\t\r]"
CHECKSUMS = "SHA256SUMS"


@dataclass(frozen=True)
class ExportedFile:
    """A file of an export; `sha256` is of its bytes."""

    path: Path
    sha256: str
    n_rows: int


def export_release(
    engine: sa.Engine,
    survey_code: str,
    round_code: str,
    directory: Path,
    release_number: int | None = None,
    tier: str | None = None,
) -> list[ExportedFile]:
    """Write a release's views of one tier into a directory, which appears whole or not at all.

    Args:
        directory: made anew; its name should say survey, round and release. Files: `<view>.parquet`, `<view>.csv` and
            `SHA256SUMS` (checked by `sha256sum -c`).
        release_number: the current release where absent.
        tier: schema of the views: None is the public tier.

    Raises:
        ReleaseRefusedError: there is no such release.
    """
    release = find_release(engine, survey_code, round_code, release_number)
    directory.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(mkdtemp(prefix=f".{directory.name}.", dir=directory.parent))
    try:
        written = [
            file for view in VIEWS if _is_exported(view, tier) for file in _write(engine, view, release, temporary)
        ]
        sums = "".join(f"{file.sha256}  {file.path.name}\n" for file in written)
        (temporary / CHECKSUMS).write_text(sums, encoding="utf-8")
        put_in_place(temporary, directory)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return [ExportedFile(directory / file.path.name, file.sha256, file.n_rows) for file in written]


def read_view(engine: sa.Engine, view: View, release: Release) -> pl.DataFrame:
    """A view's rows of one release, sorted by all columns, in the contract's types."""
    rows = view.every_release.subquery()
    query = sa.select(rows).where(
        rows.c.survey_code == release.survey_code,
        rows.c.round_code == release.round_code,
        rows.c.release_number == release.release_number,
    )
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(query)]
    frame = pl.DataFrame(found, schema=polars_schema(view), orient="row")
    return frame.sort(frame.columns)


def _is_exported(view: View, tier: str | None) -> bool:
    return view.schema == tier and view.name not in NOT_EXPORTED


def _write(engine: sa.Engine, view: View, release: Release, folder: Path) -> list[ExportedFile]:
    frame = read_view(engine, view, release)
    parquet, csv = folder / f"{view.name}.parquet", folder / f"{view.name}.csv"
    pq.write_table(frame.to_arrow().cast(arrow_schema(view, release)), parquet, compression="zstd")
    _escape_formulas(frame).write_csv(csv, include_bom=True)
    return [ExportedFile(path, hashlib.sha256(path.read_bytes()).hexdigest(), frame.height) for path in (parquet, csv)]


def arrow_schema(view: View, release: Release) -> pa.Schema:
    """The view's columns with comments and units; the release in the metadata of the file."""
    fields = [
        pa.field(
            column.name,
            _arrow_type(polars_schema(view)[column.name]),
            nullable=column.nullable,
            metadata={"comment": column.comment, "unit": column.info.get("unit", "")},
        )
        for column in view.columns
    ]
    about = {
        "view": view.name,
        "comment": view.comment,
        "survey_code": release.survey_code,
        "round_code": release.round_code,
        "release_number": str(release.release_number),
        "release_status": release.status,
        "method": f"{release.method_code} {release.method_version}",
        "content_hash": release.content_hash,
    }
    return pa.schema(fields, metadata=about)


def _arrow_type(type_: pl.DataType) -> Any:
    if isinstance(type_, pl.Decimal):
        return pa.decimal128(type_.precision, type_.scale)
    return {pl.Int64(): pa.int64(), pl.Boolean(): pa.bool_(), pl.Date(): pa.date32()}.get(type_, pa.string())


def _escape_formulas(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.col(pl.String)
    return frame.with_columns(pl.when(text.str.contains(FORMULA)).then("'" + text).otherwise(text).name.keep())


def put_in_place(temporary: Path, directory: Path) -> None:
    """Put a finished folder where the old one was, unless its checksums are the same.

    Raises:
        WarehouseError: what is there is not one of ours, and would be lost.
    """
    temporary.chmod(0o750)
    sums = directory / CHECKSUMS
    if directory.is_dir() and not sums.exists() and any(directory.iterdir()):
        raise WarehouseError(
            f"{directory} is not empty and has no {CHECKSUMS}; nothing was written: name another folder"
        )
    if not directory.exists() or not sums.exists():
        temporary.replace(directory)
    elif sums.read_bytes() != (temporary / CHECKSUMS).read_bytes():
        old = directory.with_name(f".{directory.name}.old")
        shutil.rmtree(old, ignore_errors=True)  # of an export that was killed here
        directory.rename(old)
        temporary.rename(directory)
        shutil.rmtree(old)
