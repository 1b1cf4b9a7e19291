"""Reads dropped files: CSV, Excel, JSON Lines and Parquet, with the dirt that real ones have.

A file that cannot be used is refused as a whole, with a note beside the landing area that says why and what to do; a row
that cannot be read is kept, for validation to quarantine. Nothing is guessed silently.
"""

from __future__ import annotations

import csv
import io
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import fastexcel
import polars as pl

from sources.conform import conform, source_columns
from sources.encodings import decode
from sources.errors import FileProblem, SourceError
from sources.landing_store import sha256_of, write_json
from surveys.catalogue import SurveyFolder
from surveys.models import FileSource, Round

MAX_COLUMNS = 5_000
MAX_UNPACKED_BYTES = 2 * 1024**3
MAX_PACKING_RATIO = 200
HEADER_SEARCH_ROWS = 30

FORMATS = {".csv": "csv", ".txt": "csv", ".xlsx": "excel", ".xls": "excel", ".jsonl": "jsonl", ".ndjson": "jsonl",
           ".parquet": "parquet"}  # fmt: skip


@dataclass(frozen=True)
class DroppedFile:
    """A file in the source's folder. `is_growing`: its size changed between two looks; it is read next time."""

    path: Path
    sha256: str
    is_growing: bool

    @property
    def name(self) -> str:
        return self.path.name


class FileReader:
    """One folder of dropped files for one round."""

    def __init__(
        self,
        source: FileSource,
        folder: SurveyFolder,
        round_: Round,
        path: str | None,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self.source, self.folder, self.round, self.wait = source, folder, round_, wait
        self.path = Path((path or source.path).replace("{round_code}", round_.round_code))
        self.mapping = folder.mapping_of(source, round_.round_code)
        if not self.path.is_dir():
            raise SourceError(f"source {source.name}: no folder {self.path}; make it, or give another by --source-url")

    def dropped_files(self) -> Iterator[DroppedFile]:
        """Files of the round, by name; hidden ones and unfinished uploads (.part, .tmp, .crdownload) are left alone."""
        pattern = self.source.round_patterns.get(self.round.round_code, self.source.pattern)
        found = [p for p in sorted(self.path.glob(pattern)) if p.is_file() and not p.name.startswith((".", "~$"))]
        found = [p for p in found if p.suffix not in {".part", ".tmp", ".crdownload"}]
        before = {path: path.stat().st_size for path in found}
        recent = [path for path in found if time.time() - path.stat().st_mtime < 5]
        if recent:
            self.wait(0.3)
        for path in found:
            growing = path.stat().st_size != before[path]
            yield DroppedFile(path, "" if growing else sha256_of(path), growing)

    def read_or_refuse(self, dropped: DroppedFile, refused: Path) -> pl.DataFrame | None:
        """Landing rows of a file, or None after a note in `refused/<name>.json` that says why it cannot be used."""
        note = refused / f"{dropped.name}.json"
        try:
            rows = self.read(dropped.path)
        except FileProblem as problem:
            refused.mkdir(parents=True, exist_ok=True, mode=0o700)
            content = {"file": dropped.name, "what": problem.what, "where": problem.where, "fix": problem.fix}
            write_json(note, {**content, "sha256": dropped.sha256})
            return None
        note.unlink(missing_ok=True)
        return rows

    def read(self, path: Path) -> pl.DataFrame:
        """Landing rows of one file.

        Raises:
            FileProblem: the file as a whole cannot be used.
        """
        if path.stat().st_size == 0:
            raise FileProblem(path.name, "the file is empty", "0 bytes", "drop the file again when it is complete")
        kind = FORMATS.get(path.suffix.lower()) if self.source.format == "auto" else self.source.format
        readers = {
            "csv": self._read_csv,
            "excel": self._read_excel,
            "jsonl": self._read_jsonl,
            "parquet": _read_parquet,
        }
        if kind not in readers:
            raise FileProblem(path.name, "unknown kind of file", path.suffix, "drop CSV, Excel, JSON Lines or Parquet")
        table = readers[kind](path)
        return self._to_landing(table, path.name)

    def _to_landing(self, table: pl.DataFrame, name: str) -> pl.DataFrame:
        wanted = source_columns(self.folder, self.round, self.mapping, with_answers=True)
        have = {column.strip().strip("*").strip(): column for column in table.columns}
        missing = {canonical: column for canonical, column in wanted.items() if column.strip() not in have}
        if missing:
            raise FileProblem(
                name,
                f"{len(missing)} column(s) not there: {', '.join(sorted(missing.values())[:8])}",
                f"header; the file has {table.width} columns",
                f"mend the file, or map the columns in sources.yaml under rounds.{self.round.round_code}",
            )
        raw = table.select(
            *(pl.col(have[column.strip()]).cast(pl.String).alias(canonical) for canonical, column in wanted.items()),
            pl.format("{}:{}", pl.lit(name), pl.int_range(2, table.height + 2)).alias("source_row"),
        )
        return conform(raw, self.folder, self.round, self.mapping, self.source.name)

    def _read_csv(self, path: Path) -> pl.DataFrame:
        text = decode(path.read_bytes(), self.source.encoding, path.name)
        if "\x00" in text:
            where = f"{text.count(chr(0))} NUL byte(s), first in line {text[: text.index(chr(0))].count(chr(10)) + 1}"
            raise FileProblem(path.name, "the file holds NUL bytes", where, "export the file again as text")
        header_at, header = self._find_header(csv.reader(io.StringIO(text), delimiter=self.source.delimiter), path.name)
        _check_header(header, path.name)
        try:
            return pl.read_csv(
                text.encode(),
                separator=self.source.delimiter,
                skip_lines=header_at,
                infer_schema=False,
            )
        except pl.exceptions.PolarsError as error:
            raise FileProblem(
                path.name,
                "the rows cannot be told apart: a quote is left open, or a row has more fields than the header",
                type(error).__name__,
                "mend the row, or export the file again with quotes doubled inside quoted text",
            ) from None

    def _read_excel(self, path: Path) -> pl.DataFrame:
        _refuse_zip_bomb(path)
        try:
            book = fastexcel.read_excel(path)
            sheet = self.source.sheet or book.sheet_names[0]
            grid = book.load_sheet(sheet, header_row=None, dtypes="string").to_polars()
        except fastexcel.FastExcelError as error:
            raise FileProblem(
                path.name, "not readable as Excel", type(error).__name__, "save it again as .xlsx"
            ) from None
        rows = ([cell or "" for cell in row] for row in grid.head(HEADER_SEARCH_ROWS).iter_rows())
        header_at, header = self._find_header(rows, path.name)
        _check_header([name for name in header if name], path.name)
        body = grid.slice(header_at + 1)
        named = body.rename({old: new or old for old, new in zip(body.columns, header, strict=True)})
        return named.filter(~pl.all_horizontal(pl.all().is_null()))

    def _read_jsonl(self, path: Path) -> pl.DataFrame:
        text = decode(path.read_bytes(), self.source.encoding, path.name)
        try:
            table = pl.read_ndjson(text.encode(), infer_schema_length=None)
        except pl.exceptions.PolarsError as error:
            raise FileProblem(path.name, "a line is no JSON object", type(error).__name__, "mend the line") from None
        return table

    def _find_header(self, rows: Iterator[list[str]], name: str) -> tuple[int, list[str]]:
        """The row that names the mapped columns: title rows and merged cells above it are passed over."""
        wanted = set(source_columns(self.folder, self.round, self.mapping, with_answers=True).values())
        best: tuple[int, int, list[str]] = (0, 0, [])
        for number, row in enumerate(rows):
            if number >= HEADER_SEARCH_ROWS:
                break
            cells = [cell.strip().strip("*").strip() for cell in row]
            hits = len(wanted & set(cells))
            if self.source.header_row is not None:
                if number == self.source.header_row:
                    return number, cells
            elif hits > best[0]:
                best = (hits, number, cells)
        if not best[0]:
            raise FileProblem(
                name, "no row names the columns", f"first {HEADER_SEARCH_ROWS} rows", "check delimiter and sources.yaml"
            )
        return best[1], best[2]


def _check_header(header: list[str], name: str) -> None:
    if len(header) > MAX_COLUMNS:
        raise FileProblem(name, f"{len(header)} columns", "header", f"at most {MAX_COLUMNS}: is this the right file?")
    doubled = sorted(column for column, count in Counter(header).items() if count > 1 and column)
    if doubled:
        raise FileProblem(
            name, f"columns stand twice: {', '.join(doubled[:8])}", "header", "rename or remove one of each"
        )


def _read_parquet(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise FileProblem(
            path.name, "not a whole Parquet file", type(error).__name__, "copy it again: it may be cut off"
        ) from None


def _refuse_zip_bomb(path: Path) -> None:
    """An .xlsx is a zip archive: its directory says how large it becomes before anything is unpacked."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > MAX_UNPACKED_BYTES or unpacked > MAX_PACKING_RATIO * max(path.stat().st_size, 100_000):
        raise FileProblem(
            path.name,
            f"unpacks to {unpacked / 1024**2:.0f} MiB from {path.stat().st_size / 1024:.0f} KiB",
            "zip directory",
            "this is no ordinary workbook: ask the sender, or export as CSV",
        )
