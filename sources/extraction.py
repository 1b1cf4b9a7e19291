"""Lands what is new or changed in a round's sources."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from sources.files import FileReader
from sources.landing_store import Manifest, RoundLanding
from sources.sql import SqlReader
from surveys.catalogue import SurveyFolder
from surveys.models import FileSource, Round, SqlSource

Progress = Callable[[str, int], None]


@dataclass
class ExtractionReport:
    """What an extraction did: counts and file names only."""

    n_rows: int = 0
    n_batches: int = 0
    n_restored: int = 0
    n_unparsed: int = 0
    refused: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    corrupt: list[str] = field(default_factory=list)


def extract_round(
    folder: SurveyFolder,
    round_: Round,
    landing: Path,
    *,
    now: dt.datetime,
    source_url: str | None = None,
    progress: Progress = lambda source, rows: None,
) -> ExtractionReport:
    """Read every source of the survey from where the last extraction ended, and land the rows.

    Args:
        landing: root of the landing area; the round's batches go to `<landing>/<survey>/<round>/`.
        now: time of extraction, for the manifests.
        source_url: overrides the URL (SQL) or folder (files) in sources.yaml.
        progress: called with the source's name and the rows landed so far.

    Raises:
        SourceUnavailable: a source cannot be reached; what was landed before stays.
        SourceError: a source is not as sources.yaml says.
    """
    store = RoundLanding(landing, folder, round_)
    report = ExtractionReport(corrupt=store.set_aside_corrupt())
    for source in folder.sources:
        if isinstance(source, SqlSource):
            _extract_sql(source, SqlReader(source, folder, round_, source_url), store, report, now, progress)
        else:
            _extract_files(source, FileReader(source, folder, round_, source_url), store, report, now, progress)
    return report


def _extract_sql(
    source: SqlSource,
    reader: SqlReader,
    store: RoundLanding,
    report: ExtractionReport,
    now: dt.datetime,
    progress: Progress,
) -> None:
    marks = [m.watermark for m in store.manifests() if m.source == source.name and m.watermark]
    since = marks[-1] if marks else None
    for rows, watermark in reader.pages(store, since):
        if rows.is_empty():
            continue
        name = hashlib.sha256(f"{source.name}|{watermark.updated_at}|{watermark.key}|{store.next_number()}".encode())
        manifest = _manifest(source.name, source.submission_table, name.hexdigest(), rows, store, now)
        _land(rows, manifest.model_copy(update={"watermark": watermark}), store, report)
        progress(source.name, report.n_rows)


def _extract_files(
    source: FileSource,
    reader: FileReader,
    store: RoundLanding,
    report: ExtractionReport,
    now: dt.datetime,
    progress: Progress,
) -> None:
    for dropped in reader.dropped_files():
        earlier = [m for m in store.manifests() if m.source == source.name and m.origin == dropped.name]
        if dropped.is_growing:
            report.waiting.append(dropped.name)
            continue
        if any(m.origin_sha256 == dropped.sha256 for m in earlier[-1:]):
            continue
        rows = reader.read_or_refuse(dropped, store.path / "refused")
        if rows is None:
            report.refused.append(dropped.name)
            continue
        manifest = _manifest(source.name, dropped.name, dropped.sha256, rows, store, now)
        update = {"origin_sha256": dropped.sha256, "replaces": [m.batch for m in earlier]}
        _land(rows, manifest.model_copy(update=update), store, report)
        progress(source.name, report.n_rows)


def _manifest(
    source: str, origin: str, digest: str, rows: pl.DataFrame, store: RoundLanding, now: dt.datetime
) -> Manifest:
    number = store.next_number()
    return Manifest(
        batch=f"{number:05d}-{source}-{digest[:16]}",
        number=number,
        source=source,
        origin=origin,
        rows=rows.height,
        columns=rows.columns,
        sha256="",
        n_restored=rows["restored"].count(),
        n_unparsed=rows["unparsed"].count(),
        extracted_at=now.isoformat(),
    )


def _land(rows: pl.DataFrame, manifest: Manifest, store: RoundLanding, report: ExtractionReport) -> None:
    store.commit(rows, manifest)
    report.n_rows += rows.height
    report.n_batches += 1
    report.n_restored += manifest.n_restored
    report.n_unparsed += manifest.n_unparsed
