"""Lands what is new or changed in a round's sources."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from sources.errors import CorruptBatchError, FileProblem
from sources.files import DroppedFile, FileReader
from sources.landing_store import Manifest, RoundLanding, write_json
from sources.sql import SqlReader
from surveys.catalogue import SurveyFolder
from surveys.models import FileSource, Round, SqlSource

Progress = Callable[[str, int], None]


@dataclass
class ExtractionReport:
    """What an extraction did: counts and file names only.

    `n_in_database`: rows of the round, by key, that each database must have delivered by now: those that it held before, and
    of those that it holds after reading the ones up to where reading came, whichever are fewer, as rows come and go.
    `refused`: files that cannot be used, `problems` says why and what to do (also in `refused/<name>.json` of the
    round's landing folder). `waiting`: files still being written. `corrupt`: batches set aside and read again.
    """

    n_rows: int = 0
    n_in_database: dict[str, int] = field(default_factory=dict)
    n_batches: int = 0
    n_restored: int = 0
    n_unparsed: int = 0
    refused: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    corrupt: list[str] = field(default_factory=list)


def extract_round(
    folder: SurveyFolder,
    round_: Round,
    landing: Path,
    *,
    now: dt.datetime,
    source_url: str | None = None,
    progress: Progress | None = None,
) -> ExtractionReport:
    """Read every source of the survey from where the last extraction ended, and land the rows.

    Killed at any point, the next call completes it without a lost or doubled row; with nothing new in the sources, no
    byte of the landing area changes. One extraction of a round at a time: the caller holds the round's lock.

    Args:
        landing: root of the landing area; the round's batches go to `<landing>/<survey>/<round>/`.
        now: time of extraction (with time zone), for the manifests.
        source_url: overrides the URL (SQL) or folder (files) in sources.yaml.
        progress: called with the source's name and the rows landed so far.

    Raises:
        SourceUnavailable: a source cannot be reached; what was landed before stays.
        SourceError: a source is not as sources.yaml says.
        CorruptBatchError: a landed batch was damaged, and its file is not there any more to be read again.
    """
    store, report = RoundLanding(landing, folder, round_), ExtractionReport()
    say = progress or (lambda source, rows: None)
    store.remove_leftovers()
    corrupt = store.find_corrupt()
    for source in folder.sources:
        own = [batch for batch in corrupt if batch.split("-", 1)[1].rpartition("-")[0] == source.name]
        if isinstance(source, SqlSource):
            sql = SqlReader(source, folder, round_, source_url)
            _set_aside(own, store, report)
            n_before = sql.count()
            _extract_sql(source, sql, store, report, now, say)
            chain = store.chain(source.name)
            report.n_in_database[source.name] = min(n_before, sql.count(until=chain[-1].watermark if chain else None))
        else:
            files = FileReader(source, folder, round_, source_url)
            dropped = files.dropped_files()
            _check_recoverable(own, dropped, files.path)
            _set_aside(own, store, report)
            _extract_files(source, files, dropped, store, report, now, say)
    return report


def verify_landing(landing: Path, folder: SurveyFolder, round_: Round) -> list[str]:
    """Names of the landed batches that are not as they were written; the next `extract_round` reads them again."""
    return RoundLanding(landing, folder, round_).find_corrupt()


def _set_aside(batches: list[str], store: RoundLanding, report: ExtractionReport) -> None:
    for batch in batches:
        store.set_aside(batch)
        report.corrupt.append(batch)


def _check_recoverable(batches: list[str], dropped: list[DroppedFile], path: Path) -> None:
    there = {file.sha256[:16] for file in dropped if not file.is_growing}
    if gone := [batch for batch in batches if batch.rpartition("-")[2] not in there]:
        raise CorruptBatchError(
            f"{len(gone)} landed batch(es) are damaged, and the files they came from are not in {path} any more: "
            f"{', '.join(gone[:8])}. Next: put the files back (a batch's name ends with the start of its file's "
            f"SHA-256) and extract again; or, to give their rows up, rename the batches' .json files to .json.corrupt"
        )


def _extract_sql(
    source: SqlSource, reader: SqlReader, store: RoundLanding, report: ExtractionReport, now: dt.datetime, say: Progress
) -> None:
    chain = store.chain(source.name)
    last = chain[-1].batch if chain else None
    for rows, watermark in reader.pages(store, chain[-1].watermark if chain else None, now):
        if rows.is_empty():
            continue
        place = f"{source.name}|{last}|{watermark}"
        manifest = _manifest(
            source, source.submission_table, hashlib.sha256(place.encode()).hexdigest(), rows, store, now
        )
        last = _land(rows, manifest.model_copy(update={"watermark": watermark, "follows": last}), store, report)
        say(source.name, report.n_rows)


def _extract_files(
    source: FileSource,
    reader: FileReader,
    dropped_files: list[DroppedFile],
    store: RoundLanding,
    report: ExtractionReport,
    now: dt.datetime,
    say: Progress,
) -> None:
    there = {dropped.name for dropped in dropped_files}
    for refused in store.refused_files():
        # notes of an earlier version do not name their source; where it is another, they are written again
        if refused.get("source", source.name) == source.name and refused["file"] not in there:
            (store.refused / f"{refused['file']}.json").unlink()
    for dropped in dropped_files:
        if dropped.is_growing:
            report.waiting.append(dropped.name)
            continue
        landed = [m for m in store.manifests() if m.source == source.name]
        replaced = {batch for manifest in landed for batch in manifest.replaces}
        current = [m for m in landed if m.batch not in replaced]
        note = store.refused / f"{dropped.name}.json"
        # the same content under another name is the same file
        if any(m.origin_sha256 == dropped.sha256 for m in current):
            note.unlink(missing_ok=True)
            continue
        try:
            table = reader.read(dropped.path)
        except FileProblem as problem:
            report.refused.append(dropped.name)
            report.problems.append(str(problem))
            note.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            content = {"what": problem.what, "where": problem.where, "fix": problem.fix, "sha256": dropped.sha256}
            write_json(note, {"source": source.name, "file": dropped.name, **content})
            continue
        manifest = _manifest(source, dropped.name, dropped.sha256, table.rows, store, now)
        update = {
            "origin_sha256": dropped.sha256,
            "replaces": [m.batch for m in current if m.origin == dropped.name],
            "ignored_columns": table.n_ignored_columns,
            "encoding": table.encoding,
        }
        _land(table.rows, manifest.model_copy(update=update), store, report)
        note.unlink(missing_ok=True)
        say(source.name, report.n_rows)


def _manifest(
    source: SqlSource | FileSource, origin: str, digest: str, rows: pl.DataFrame, store: RoundLanding, now: dt.datetime
) -> Manifest:
    number = store.next_number()
    restored = rows["restored"].drop_nulls().str.split(" ").explode().value_counts(name="n")
    return Manifest(
        batch=f"{number:05d}-{source.name}-{digest[:16]}",
        number=number,
        source=source.name,
        origin=origin,
        rows=rows.height,
        columns=rows.columns,
        n_restored={name: n for name, n in sorted(restored.iter_rows()) if name},
        n_unparsed=rows["unparsed"].count(),
        extracted_at=now.isoformat(),
    )


def _land(rows: pl.DataFrame, manifest: Manifest, store: RoundLanding, report: ExtractionReport) -> str:
    store.commit(rows, manifest)
    report.n_rows += rows.height
    report.n_batches += 1
    report.n_restored += sum(manifest.n_restored.values())
    report.n_unparsed += manifest.n_unparsed
    return manifest.batch
