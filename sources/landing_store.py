"""The landing area: immutable Parquet batches, each committed by its manifest; only an erasure rewrites one.

A batch counts once its manifest `<batch>.json` is there; the manifest is written last and renamed into place, so that a
killed extraction leaves at most files that nobody reads. Manifests carry counts, hashes and watermarks, no values.

Extraction of a round is serial (flows hold the round's lock); readers may come at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import polars as pl
from pydantic import BaseModel, ConfigDict, ValidationError
from upath import UPath

from sources.errors import CorruptBatchError
from surveys.catalogue import SurveyFolder
from surveys.landing import landing_schema
from surveys.models import Round


class Watermark(BaseModel):
    """The last row read from a SQL source: its time of change (as the source writes it) and its key."""

    model_config = ConfigDict(frozen=True)

    updated_at: str
    key: str


class Manifest(BaseModel):
    """What one batch holds and where it came from.

    `follows` names the batch that a SQL reading went on from, so that batches form a chain: when one is lost, those
    after it no longer tell how far the source is read. `replaces` names batches of the same file with older content.
    """

    model_config = ConfigDict(frozen=True)

    batch: str
    number: int
    source: str
    origin: str
    rows: int
    columns: list[str]
    sha256: str = ""
    watermark: Watermark | None = None
    follows: str | None = None
    origin_sha256: str | None = None
    replaces: list[str] = []
    ignored_columns: int = 0
    encoding: str | None = None
    n_restored: dict[str, int] = {}
    n_unparsed: int = 0
    n_erased: int = 0
    extracted_at: str


class RoundLanding:
    """The landed batches of one round: `<landing>/<survey>/<round>/`."""

    def __init__(self, landing: Path, folder: SurveyFolder, round_: Round) -> None:
        self.path = landing / folder.survey.survey_code / round_.round_code
        self.refused = self.path / "refused"
        self.schema = landing_schema(folder.instrument_of(round_))

    def refused_files(self) -> list[dict[str, str]]:
        """Dropped files that could not be used: `source`, `file`, `what`, `where`, `fix` and `sha256` of each, by name."""
        return [json.loads(note.read_bytes()) for note in sorted(self.refused.glob("*.json"))]

    def manifests(self) -> list[Manifest]:
        """Committed batches in the order of their numbers.

        Raises:
            CorruptBatchError: a manifest is not what was written.
        """
        found = []
        for path in self.path.glob("*.json"):
            try:
                found.append(Manifest.model_validate_json(path.read_bytes()))
            except ValidationError:
                raise _corrupt(self.path, [path.stem]) from None
        return sorted(found, key=lambda manifest: manifest.number)

    def chain(self, source: str) -> list[Manifest]:
        """Batches of a SQL source that follow each other without a gap; its reading goes on after the last."""
        known: set[str | None] = {None}
        linked = []
        for manifest in self.manifests():
            if manifest.source == source and manifest.follows in known:
                known.add(manifest.batch)
                linked.append(manifest)
        return linked

    def next_number(self) -> int:
        """Numbers are never used twice: `is_replaced` and the order of revisions rest on them."""
        used = [int(path.name.split("-")[0]) for path in self.path.glob("[0-9]*-*.json*")]
        return max(used, default=0) + 1

    def commit(self, rows: pl.DataFrame, manifest: Manifest) -> None:
        """Write a batch: data first, then, as the point of no return, its manifest."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = self.path / f"{manifest.batch}.parquet"
        temporary = target.with_suffix(".parquet.tmp")
        rows.select(list(self.schema)).write_parquet(temporary, compression="zstd")
        _settle(temporary, target)
        sealed = manifest.model_copy(update={"sha256": sha256_of(target)})
        write_text(self.path / f"{manifest.batch}.json", sealed.model_dump_json(indent=1))

    def erase(self, manifest: Manifest, kept: pl.DataFrame) -> None:
        """Rewrite a batch without the rows of an erased respondent, which its manifest then counts as `n_erased`.

        The remaining rows wait beside the batch until the manifest that seals them is in place: after a kill in
        between, `remove_leftovers` puts them there.
        """
        target = self.path / f"{manifest.batch}.parquet"
        temporary, waiting = target.with_name(f"{target.name}.tmp"), target.with_name(f"{target.name}.next")
        kept.write_parquet(temporary, compression="zstd")
        _settle(temporary, waiting)
        n_erased = manifest.n_erased + manifest.rows - kept.height
        sealed = {"rows": kept.height, "sha256": sha256_of(waiting), "n_erased": n_erased}
        write_text(self.path / f"{manifest.batch}.json", manifest.model_copy(update=sealed).model_dump_json(indent=1))
        _settle(waiting, target)

    def remove_leftovers(self) -> None:
        """Remove what a killed extraction left: unfinished files, and data without a manifest; finish an erasure."""
        for path in self.path.glob("*.tmp"):
            path.unlink()
        for path in self.path.glob("*.parquet.next"):
            manifest = self.path / f"{path.name.removesuffix('.parquet.next')}.json"
            if manifest.exists() and sha256_of(path) in manifest.read_text(encoding="utf-8"):
                _settle(path, path.with_suffix(""))
            else:
                path.unlink()
        for path in self.path.glob("*.parquet"):
            if not path.with_suffix(".json").exists():
                path.unlink()

    def find_corrupt(self) -> list[str]:
        """Batches whose manifest cannot be read, or whose data file is missing or not as written."""
        corrupt = []
        for path in sorted(self.path.glob("*.json")):
            try:
                manifest = Manifest.model_validate_json(path.read_bytes())
                is_sound = sha256_of(path.with_suffix(".parquet")) == manifest.sha256
            except (ValidationError, FileNotFoundError):
                is_sound = False
            if not is_sound:
                corrupt.append(path.stem)
        return corrupt

    def set_aside(self, batch: str) -> None:
        """Forget a batch: it is renamed to `*.corrupt`, data first, so that a kill in between is noticed again."""
        for suffix in (".parquet", ".json"):
            path = self.path / f"{batch}{suffix}"
            if path.exists():
                path.replace(path.with_name(path.name + ".corrupt"))

    def scan(self) -> pl.LazyFrame:
        """All landed rows, with `batch`, `batch_number` and `is_replaced` (the file was dropped again, changed)."""
        manifests = self.manifests()
        replaced = {batch for manifest in manifests for batch in manifest.replaces}
        extra = {"batch": pl.String(), "batch_number": pl.Int32(), "is_replaced": pl.Boolean()}
        parts = [
            pl.scan_parquet(self.path / f"{manifest.batch}.parquet", glob=False)
            .pipe(_complete, self.schema)
            .with_columns(
                pl.lit(manifest.batch, dtype=pl.String).alias("batch"),
                pl.lit(manifest.number, dtype=pl.Int32).alias("batch_number"),
                pl.lit(manifest.batch in replaced, dtype=pl.Boolean).alias("is_replaced"),
            )
            for manifest in manifests
        ]
        return pl.concat(parts) if parts else pl.LazyFrame(schema={**self.schema, **extra})


def scan_landing(landing: Path, folder: SurveyFolder, round_: Round) -> pl.LazyFrame:
    """All landed rows of a round, in the landing schema of its instrument, each file checked against its hash first.

    Returns:
        landing schema and `batch` (String), `batch_number` (Int32), `is_replaced` (Boolean: the file that the batch
        came from was dropped again with other content); no rows where nothing is landed.

    Raises:
        CorruptBatchError: a file is not what was written; the next extraction sets it aside and reads it again.
    """
    store = RoundLanding(landing, folder, round_)
    if corrupt := store.find_corrupt():
        raise _corrupt(store.path, corrupt)
    return store.scan()


def landing_hash(landing: Path, folder: SurveyFolder, round_: Round) -> str:
    """SHA-256 over the hashes of the landed batches, in order."""
    hashes = [manifest.sha256 for manifest in RoundLanding(landing, folder, round_).manifests()]
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def sha256_of(path: Path | UPath) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]  # upath says less than it gives


def write_json(path: Path, content: object) -> None:
    """Write a small JSON file in one step; one that says the same already is left alone."""
    text = json.dumps(content, ensure_ascii=False, indent=1)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        write_text(path, text)


def write_text(path: Path, text: str) -> None:
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(text, encoding="utf-8")
    _settle(temporary, path)


def _corrupt(path: Path, batches: list[str]) -> CorruptBatchError:
    return CorruptBatchError(
        f"{path.parent.name} {path.name}: {len(batches)} landed batch(es) are not as they were written: "
        f"{', '.join(batches[:8])}. Next: extract the round again, which reads them from their source once more"
    )


def _complete(frame: pl.LazyFrame, schema: dict[str, pl.DataType]) -> pl.LazyFrame:
    """A batch from before the questionnaire changed: columns it lacks are null, columns no longer asked go."""
    known = set(frame.collect_schema().names())
    return frame.select(
        pl.col(name).cast(kind) if name in known else pl.lit(None, dtype=kind).alias(name)
        for name, kind in schema.items()
    )


def _settle(temporary: Path, target: Path) -> None:
    """Make a written file durable under its name: its content, then the rename, survive a power cut."""
    temporary.chmod(0o600)
    _sync(temporary)
    temporary.replace(target)
    _sync(target.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
