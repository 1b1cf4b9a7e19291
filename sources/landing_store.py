"""The landing area: immutable Parquet batches, each committed by its manifest.

A batch counts once its manifest `<batch>.json` is there; the manifest is written last and renamed into place, so that a
killed extraction leaves at most a data file that nobody reads. Manifests carry counts, hashes and watermarks, no values.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import polars as pl
from pydantic import BaseModel, ConfigDict

from surveys.catalogue import SurveyFolder
from surveys.landing import landing_schema
from surveys.models import Round


class CorruptBatchError(Exception):
    """A landed file is not what was written, and cannot be read from its source again."""


class Watermark(BaseModel):
    """The last row read from a SQL source: its time of change (as the source writes it) and its key."""

    model_config = ConfigDict(frozen=True)

    updated_at: str
    key: str


class Manifest(BaseModel):
    """What one batch holds and where it came from."""

    model_config = ConfigDict(frozen=True)

    batch: str
    number: int
    source: str
    origin: str
    rows: int
    columns: list[str]
    sha256: str
    watermark: Watermark | None = None
    origin_sha256: str | None = None
    replaces: list[str] = []
    n_restored: int = 0
    n_unparsed: int = 0
    extracted_at: str


class RoundLanding:
    """The landed batches of one round: `<landing>/<survey>/<round>/`."""

    def __init__(self, landing: Path, folder: SurveyFolder, round_: Round) -> None:
        self.path = landing / folder.survey.survey_code / round_.round_code
        self.schema = landing_schema(folder.instrument_of(round_))

    def manifests(self) -> list[Manifest]:
        """Committed batches in the order of their numbers."""
        found = [Manifest.model_validate_json(path.read_text()) for path in self.path.glob("*.json")]
        return sorted(found, key=lambda manifest: manifest.number)

    def data_file(self, manifest: Manifest) -> Path:
        return self.path / f"{manifest.batch}.parquet"

    def next_number(self) -> int:
        return max((manifest.number for manifest in self.manifests()), default=0) + 1

    def commit(self, rows: pl.DataFrame, manifest: Manifest) -> None:
        """Write a batch: data first, then, as the point of no return, its manifest."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = self.data_file(manifest)
        temporary = target.with_suffix(f".{os.getpid()}.tmp")
        rows.select(list(self.schema)).write_parquet(temporary, compression="zstd")
        _settle(temporary, target)
        sealed = manifest.model_copy(update={"sha256": sha256_of(target)})
        temporary.write_text(sealed.model_dump_json(indent=1))
        _settle(temporary, self.path / f"{manifest.batch}.json")

    def set_aside_corrupt(self) -> list[str]:
        """Batches whose data file is missing or not as written are set aside, to be extracted again.

        Their watermark is forgotten with them; the source is read again from the last sound batch before.
        """
        corrupt = []
        for manifest in self.manifests():
            data = self.data_file(manifest)
            if data.is_file() and sha256_of(data) == manifest.sha256:
                continue
            corrupt.append(manifest.batch)
            for path in (data, data.with_suffix(".json")):
                if path.exists():
                    path.replace(path.with_name(path.name + ".corrupt"))
        return corrupt

    def scan(self) -> pl.LazyFrame:
        """All landed rows, with `batch`, `batch_number` and `is_replaced` (the file was dropped again, changed)."""
        manifests = self.manifests()
        replaced = {batch for manifest in manifests for batch in manifest.replaces}
        extra = {"batch": pl.String, "batch_number": pl.Int32, "is_replaced": pl.Boolean}
        parts = [
            pl.scan_parquet(self.data_file(manifest))
            .pipe(_complete, self.schema)
            .with_columns(
                pl.lit(manifest.batch).alias("batch"),
                pl.lit(manifest.number, dtype=pl.Int32).alias("batch_number"),
                pl.lit(manifest.batch in replaced).alias("is_replaced"),
            )
            for manifest in manifests
        ]
        return pl.concat(parts) if parts else pl.LazyFrame(schema={**self.schema, **extra})


def scan_landing(landing: Path, folder: SurveyFolder, round_: Round) -> pl.LazyFrame:
    """All landed rows of a round (see `RoundLanding.scan`)."""
    return RoundLanding(landing, folder, round_).scan()


def landing_hash(landing: Path, folder: SurveyFolder, round_: Round) -> str:
    """SHA-256 over the hashes of the landed batches, in order."""
    hashes = [manifest.sha256 for manifest in RoundLanding(landing, folder, round_).manifests()]
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def sha256_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_json(path: Path, content: object) -> None:
    """Write a small JSON file in one step."""
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_text(json.dumps(content, ensure_ascii=False, indent=1))
    _settle(temporary, path)


def _complete(frame: pl.LazyFrame, schema: dict[str, pl.DataType]) -> pl.LazyFrame:
    """A batch from before the questionnaire changed: columns it lacks are null, columns no longer asked go."""
    known = set(frame.collect_schema().names())
    return frame.select(
        pl.col(name).cast(kind) if name in known else pl.lit(None, dtype=kind).alias(name)
        for name, kind in schema.items()
    )


def _settle(temporary: Path, target: Path) -> None:
    temporary.chmod(0o600)
    with temporary.open("rb") as stream:
        os.fsync(stream.fileno())
    temporary.replace(target)
