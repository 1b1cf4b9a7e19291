"""Reads dropped files: CSV, Excel, JSON Lines and Parquet, with the dirt that real ones have.

A file that cannot be used is refused as a whole (`FileProblem`); a row that cannot be split into columns is kept whole in
`unparsed`, for validation to quarantine. Nothing is guessed silently.
"""

from __future__ import annotations

import csv
import io
import json
import re
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl

from sources.conform import BROKEN, conform, fold, source_columns
from sources.encodings import decode
from sources.errors import FileProblem, SourceError
from sources.landing_store import sha256_of
from surveys.catalogue import SurveyFolder
from surveys.models import FileSource, Round

MAX_COLUMNS = 5_000
MAX_TEXT_BYTES = 1024**3
MAX_UNPACKED_BYTES = 2 * 1024**3
MAX_PACKING_RATIO = 200
MAX_SHEET_CELLS = 100_000_000
HEADER_SEARCH_ROWS = 30
HEADER_ROWS = 3
SETTLE_SECONDS = 5.0
LOOK_AGAIN_SECONDS = 0.5

FORMATS = {
    ".csv": "csv", ".txt": "csv", ".xlsx": "excel", ".xls": "excel", ".xlsb": "excel", ".ods": "excel",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet",
}  # fmt: skip
UNFINISHED = {".part", ".tmp", ".crdownload", ".filepart"}


@dataclass(frozen=True)
class DroppedFile:
    """A file in the source's folder. `is_growing`: it changed between two looks; it is read next time."""

    path: Path
    sha256: str
    is_growing: bool

    @property
    def name(self) -> str:
        return self.path.name


@dataclass(frozen=True)
class FileRows:
    """A file's rows in the landing schema, and what there was to say about it."""

    rows: pl.DataFrame
    n_ignored_columns: int
    encoding: str | None


@dataclass(frozen=True)
class _Table:
    """Text cells as they stand in a file: columns by position, row numbers as a person counts them."""

    header: list[str]
    cells: list[pl.Series]
    numbers: pl.Series
    broken: pl.Series | None = None
    encoding: str | None = None


class FileReader:
    """One folder of dropped files for one round.

    Raises:
        SourceError: there is no such folder.
    """

    def __init__(
        self,
        source: FileSource,
        folder: SurveyFolder,
        round_: Round,
        path: str | None,
        *,
        clock: Callable[[], float] = time.time,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self.source, self.folder, self.round, self.clock, self.wait = source, folder, round_, clock, wait
        self.path = Path((path or source.path).replace("{round_code}", round_.round_code))
        self.mapping = folder.mapping_of(source, round_.round_code)
        self.wanted = source_columns(folder, round_, self.mapping, with_answers=True)
        if not self.path.is_dir():
            raise SourceError(
                f"source {source.name}: no folder {self.path}; make it, or give another by --source-url. "
                "See 'The source is out of reach' in docs/runbook.md"
            )

    def dropped_files(self) -> list[DroppedFile]:
        """Files of the round, by name; hidden ones and unfinished uploads are left alone.

        A file that changed within the last seconds is looked at twice: if it still changes, it is left for next time.
        """
        pattern = self.source.round_patterns.get(self.round.round_code, self.source.pattern)
        found = [p for p in sorted(self.path.glob(pattern)) if p.is_file() and not p.name.startswith((".", "~$"))]
        before = {path: _look(path) for path in found if path.suffix.lower() not in UNFINISHED}
        if any(look is None or self.clock() - look[1] / 1e9 < SETTLE_SECONDS for look in before.values()):
            self.wait(LOOK_AGAIN_SECONDS)
        growing = {path: look is None or _look(path) != look for path, look in before.items()}
        return [DroppedFile(path, "" if growing[path] else sha256_of(path), growing[path]) for path in before]

    def read(self, path: Path) -> FileRows:
        """Landing rows of one file.

        Raises:
            FileProblem: the file as a whole cannot be used.
        """
        size = path.stat().st_size
        if size == 0:
            raise FileProblem(path.name, "the file is empty", "0 bytes", "drop the file again when it is complete")
        kind = FORMATS.get(path.suffix.lower()) if self.source.format == "auto" else self.source.format
        readers = {
            "csv": self._read_csv,
            "excel": self._read_excel,
            "jsonl": self._read_jsonl,
            "parquet": self._read_parquet,
        }
        if kind not in readers:
            raise FileProblem(
                path.name, "unknown kind of file", path.suffix or "no suffix", "drop CSV, Excel, JSON Lines or Parquet"
            )
        if kind in ("csv", "jsonl") and size > MAX_TEXT_BYTES:
            fix = "split it, or bring it as Parquet"
            raise FileProblem(path.name, f"{size / 1024**3:.1f} GiB of text", "size", fix)
        return self._to_landing(readers[kind](path), path.name)

    def _to_landing(self, table: _Table, name: str) -> FileRows:
        place = self._match(table.header, name)
        raw = pl.DataFrame(
            [
                *(table.cells[at].alias(canonical) for canonical, at in place.items()),
                (pl.Series([f"{name}:"]) + table.numbers.cast(pl.String)).alias("source_row"),
                *([table.broken.alias(BROKEN)] if table.broken is not None else []),
            ]
        )
        rows = conform(raw, self.folder, self.round, self.mapping, self.source.name, decimal=self.source.decimal)
        n_ignored = sum(1 for column in table.header if column) - len(set(place.values()))
        return FileRows(rows, n_ignored, table.encoding)

    # --- headers

    def _match(self, header: list[str], name: str) -> dict[str, int]:
        """Canonical column -> position in the file. Case, odd spaces and a leading asterisk do not matter."""
        _refuse_wide(header, name)
        exact = Counter(header)
        folded = Counter(fold(column) for column in header)
        doubled, missing, place = [], [], {}
        for canonical, column in self.wanted.items():
            if exact[column] == 1:
                place[canonical] = header.index(column)
            elif exact[column] > 1 or folded[fold(column)] > 1:
                doubled.append(column)
            elif folded[fold(column)] == 1:
                place[canonical] = [fold(cell) for cell in header].index(fold(column))
            else:
                missing.append(column)
        mend = (
            f"mend the file, or map the columns in sources.yaml under {self.source.name}.rounds.{self.round.round_code}"
        )
        if doubled:
            what = f"{len(doubled)} column(s) stand twice: {_some(doubled)}"
            raise FileProblem(name, what, "header", "rename or remove one of each")
        if missing:
            free = sorted(set(header) - {header[at] for at in place.values()} - {""})
            near = [
                f"{column} -> {match[0]}" for column in missing if (match := get_close_matches(column, free, 1, 0.7))
            ]
            hint = f"; renamed, perhaps: {_some(near)}" if near else ""
            what = f"{len(missing)} column(s) not there: {_some(missing)}{hint}"
            raise FileProblem(name, what, f"header of {len(header)} columns, {len(free)} of them not mapped", mend)
        return place

    def _find_header(self, rows: Iterable[list[str]], name: str) -> tuple[int, list[str]]:
        """The row that names most of the mapped columns; title rows above it are passed over.

        Where a header takes several rows (a cell merged downwards), a cell left blank is named by the one above it.
        """
        wanted = {fold(column) for column in self.wanted.values()}
        top = []
        for row in islice(rows, HEADER_SEARCH_ROWS):
            _refuse_wide(row, name)
            top.append([cell.strip() for cell in row])
        if self.source.header_row is not None and self.source.header_row < len(top):
            return self.source.header_row, top[self.source.header_row]
        best: tuple[int, int, list[str]] = (0, 0, [])
        for number, row in enumerate(top):
            for above in range(min(HEADER_ROWS, number + 1)):
                header = _fill_from_above(row, top[number - above : number])
                hits = sum(1 for cell in {fold(cell) for cell in header} if cell in wanted)
                if hits > best[0]:
                    best = (hits, number, header)
        if not best[0]:
            fix = f"the columns of {self.source.name} in sources.yaml and its delimiter must be those of the file"
            raise FileProblem(name, "no row names the columns", f"first {len(top)} rows", fix)
        return best[1], best[2]

    # --- CSV

    def _read_csv(self, path: Path) -> _Table:
        text, encoding = decode(path.read_bytes(), self.source.encoding, path.name)
        text = _with_plain_line_ends(text).rstrip("\n")
        if "\x00" in text:
            where = f"{text.count(chr(0))} NUL byte(s), first in line {text[: text.index(chr(0))].count(chr(10)) + 1}"
            raise FileProblem(path.name, "the file holds NUL bytes", where, "export the file again as text")
        shape = self._check_quotes(text, path.name)
        records = csv.reader(io.StringIO(text, newline=""), delimiter=self.source.delimiter)
        try:
            at, header = self._find_header(records, path.name)
        except csv.Error:
            fix = "mend it, or export the file again"
            raise FileProblem(path.name, "the header cannot be split into columns", "first rows", fix) from None
        header = _without_trailing_blanks(header)
        self._match(header, path.name)
        widths = [line.count(self.source.delimiter) + 1 if line else 0 for line in shape.split("\n")]
        is_even = len(widths) > at + 1 and all(width == widths[at] for width in widths[at + 1 :])
        read = self._read_even_csv if is_even else self._read_ragged_csv
        return read(text, at, header, widths[at], encoding)

    def _check_quotes(self, text: str, name: str) -> str:
        """The text without its quoted fields, so that every line end and delimiter left in it is one.

        Raises:
            FileProblem: a quote stands where none may (RFC 4180): rows cannot be told apart with certainty.
        """
        mark = re.escape(self.source.delimiter)
        quoted = rf'(?m:^|({mark}))"[^"]*(?:""[^"]*)*"(?={mark}|\n|\Z)'
        shape = re.sub(quoted, r"\1q", text) if '"' in text else text
        if '"' in shape:
            lines = [number for number, line in enumerate(shape.split("\n"), 1) if '"' in line]
            raise FileProblem(
                name,
                f"quotes that do not pair up in {len(lines)} row(s): the rows cannot be told apart",
                f"first near row {lines[0]}",
                "mend the row, or export the file again with quotes doubled inside quoted text",
            )
        return shape

    def _read_even_csv(self, text: str, at: int, header: list[str], width: int, encoding: str) -> _Table:
        records = csv.reader(io.StringIO(text, newline=""), delimiter=self.source.delimiter)
        for _ in islice(records, at + 1):
            pass
        frame = pl.read_csv(
            text.encode(),
            separator=self.source.delimiter,
            has_header=False,
            skip_lines=records.line_num,
            schema={f"c{position}": pl.String() for position in range(width)},
        )
        numbers = pl.int_range(at + 2, at + 2 + frame.height, eager=True)
        return _Table(header, frame.get_columns(), numbers, encoding=encoding)

    def _read_ragged_csv(self, text: str, at: int, header: list[str], width: int, encoding: str) -> _Table:
        csv.field_size_limit(max(csv.field_size_limit(), len(text)))
        rows, numbers, broken = [], [], []
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=self.source.delimiter)):
            if number <= at or not any(cell.strip() for cell in row):
                continue
            is_whole = len(row) == width
            rows.append(row if is_whole else [None] * width)
            broken.append(None if is_whole else self.source.delimiter.join(row))
            numbers.append(number + 1)
        cells = [pl.Series([row[position] for row in rows], dtype=pl.String) for position in range(width)]
        return _Table(header, cells, pl.Series(numbers, dtype=pl.Int64), pl.Series(broken, dtype=pl.String), encoding)

    # --- other formats

    def _read_excel(self, path: Path) -> _Table:
        _refuse_zip_bomb(path)
        try:
            book = fastexcel.read_excel(path)
            if self.source.sheet is not None and self.source.sheet not in book.sheet_names:
                fix = f"mend {self.source.name}.sheet in sources.yaml, or the workbook"
                raise FileProblem(path.name, f"no sheet {self.source.sheet!r}", f"{len(book.sheet_names)} sheets", fix)
            sheet = self.source.sheet or book.sheet_names[0]
            grid = book.load_sheet(sheet, header_row=None, dtypes="string").to_polars()
        except (fastexcel.FastExcelError, pl.exceptions.PanicException) as error:
            what = "not readable as an Excel workbook"
            where = f"{path.stat().st_size} bytes, {type(error).__name__}"
            raise FileProblem(path.name, what, where, "save it again as .xlsx") from None
        rows = ([cell or "" for cell in row] for row in grid.head(HEADER_SEARCH_ROWS).iter_rows())
        at, header = self._find_header(rows, path.name)
        body = grid.with_row_index("row_number", offset=1).slice(at + 1)
        body = body.filter(~pl.all_horizontal(pl.exclude("row_number").is_null()))
        return _Table(header, body.drop("row_number").get_columns(), body["row_number"])

    def _read_jsonl(self, path: Path) -> _Table:
        text, encoding = decode(path.read_bytes(), self.source.encoding, path.name)
        names = list(dict.fromkeys(self.wanted.values()))
        folded = {fold(name): name for name in names}
        seen: Counter[str] = Counter()
        chunks, numbers, broken = [], [], []
        lines = ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())
        while chunk := list(islice(lines, 50_000)):
            rows: list[dict[str, str | None]] = []
            for number, line in chunk:
                members = _members(line)
                rows.append({folded.get(fold(key), key): _as_text(value) for key, value in members or ()})
                seen.update(rows[-1].keys())
                is_whole = members is not None and len({fold(key) for key, _ in members}) == len(members)
                broken.append(None if is_whole else line)
                numbers.append(number)
                if not is_whole:
                    rows[-1] = {}
            chunks.append(pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String()), orient="row"))
        if not chunks or sum(line is not None for line in broken) * 2 > len(broken):
            fix = "write one JSON object a line; is this the right file?"
            raise FileProblem(path.name, "most lines are no JSON object", f"{len(broken)} lines", fix)
        # a key that no line has is a missing column; one that some lack is a blank
        header = [name if seen[name] else "" for name in names]
        others = [key for key in seen if key not in names]
        frame = pl.concat(chunks)
        absent = [pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)] * len(others)
        cells = [*frame.get_columns(), *absent]
        return _Table(header + others, cells, pl.Series(numbers), pl.Series(broken, dtype=pl.String), encoding)

    def _read_parquet(self, path: Path) -> _Table:
        try:
            header = list(pl.read_parquet_schema(path))
            place = self._match(header, path.name)
            frame = pl.read_parquet(path, columns=[header[at] for at in sorted(set(place.values()))])
            texts = frame.select(_text_of(name, kind) for name, kind in frame.schema.items())
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
            fix = (
                "copy it again: it may be cut off; every mapped column must be text, a number, a date or a truth value"
            )
            where = f"{path.stat().st_size} bytes, {type(error).__name__}"
            raise FileProblem(path.name, "not a whole Parquet file", where, fix) from None
        blank = pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)
        cells = [texts[name] if name in texts.columns else blank for name in header]
        return _Table(header, cells, pl.int_range(1, frame.height + 1, eager=True))


def _look(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_size, found.st_mtime_ns


def _refuse_wide(header: list[str], name: str) -> None:
    if len(header) > MAX_COLUMNS:
        fix = f"at most {MAX_COLUMNS} are read: is this the right file, and the right delimiter?"
        raise FileProblem(name, f"{len(header)} columns", "header", fix)


def _some(names: list[str]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")


def _fill_from_above(row: list[str], above: list[list[str]]) -> list[str]:
    filled = list(row)
    for upper in reversed(above):
        filled = [cell or (upper[at] if at < len(upper) else "") for at, cell in enumerate(filled)]
    return filled


def _without_trailing_blanks(header: list[str]) -> list[str]:
    return header[: max((at + 1 for at, cell in enumerate(header) if cell), default=0)]


def _with_plain_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _members(line: str) -> list[tuple[str, Any]] | None:
    """Members of one JSON object, doubled keys included; None where the line is none."""
    try:
        members = json.loads(line, object_pairs_hook=list, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None
    is_object = line.lstrip().startswith("{")
    return members if is_object else None


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _text_of(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(kind, pl.Datetime):
        utc = column.dt.convert_time_zone("UTC") if kind.time_zone else column
        return utc.dt.strftime("%Y-%m-%dT%H:%M:%S%.6f" + ("Z" if kind.time_zone else ""))
    return column.cast(pl.String)


def _refuse_zip_bomb(path: Path) -> None:
    """An .xlsx is a zip archive: its directory says how large it becomes before anything is unpacked.

    A sheet also says how far its cells reach: one cell in the last corner would make the reader allocate them all.
    """
    if not zipfile.is_zipfile(path):
        return
    fix = "this is no ordinary workbook: ask the sender, or export as CSV"
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > MAX_UNPACKED_BYTES or unpacked > MAX_PACKING_RATIO * max(path.stat().st_size, 100_000):
            what = f"unpacks to {unpacked / 1024**2:.0f} MiB from {path.stat().st_size / 1024:.0f} KiB"
            raise FileProblem(path.name, what, "zip directory", fix)
        for entry in entries:
            if entry.filename.startswith("xl/worksheets/") and (n_cells := _cells_of(archive, entry)) > MAX_SHEET_CELLS:
                raise FileProblem(path.name, f"a sheet of {n_cells} cells", entry.filename, fix)


def _cells_of(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> int:
    """Last row times widest column of a sheet, from its cells' references (ECMA-376 part 1, 18.3.1.4)."""
    rows, columns, rest = 0, {b"A"}, b""
    try:
        with archive.open(entry) as stream:
            while chunk := stream.read(1 << 20):
                found = re.findall(rb'r="([A-Z]{1,3})(\d{1,7})"', rest + chunk)
                columns.update(letters for letters, _ in found)
                rows = max(rows, *(int(digits) for _, digits in found[-1:]), 0)
                rest = chunk[-16:]
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError):
        return 0  # not readable: the reader that follows says so
    return rows * max(_column_number(letters) for letters in columns)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
