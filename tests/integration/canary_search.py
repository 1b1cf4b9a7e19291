"""Looks for values in everything under a folder: as they are, and in the encodings in which a value escapes notice."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import io
import json
import sqlite3
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, quote_plus

import polars as pl


class Hit(NamedTuple):
    """A value that should not be there: its name, how it was written, and where."""

    name: str
    encoding: str
    place: str


def find_canaries(canaries: Mapping[str, str], places: Iterable[tuple[str, bytes]]) -> list[Hit]:
    """Every occurrence of a canary, one per name, encoding and place."""
    needles = [(name, how, needle) for name, value in canaries.items() for how, needle in encode(value)]
    patterns = pl.Series([needle.decode("latin-1") for *_, needle in needles]).implode()
    return [
        Hit(name, how, place)
        for place, content in places
        # one pass of Aho and Corasick's automaton says whether a second look is needed
        if pl.Series([content.decode("latin-1")]).str.contains_any(patterns)[0]
        for name, how, needle in needles
        if needle in content
    ]


def encode(value: str) -> Iterator[tuple[str, bytes]]:
    """The ways in which a value may be written."""
    forms = {"NFC": unicodedata.normalize("NFC", value), "NFD": unicodedata.normalize("NFD", value)}
    forms |= {
        "lower case": forms["NFC"].lower(),
        "upper case": forms["NFC"].upper(),
        "squeezed": forms["NFC"].replace(" ", ""),
    }
    for form, text in forms.items():
        utf8 = text.encode()
        yield form, utf8
        yield f"{form}, UTF-16", text.encode("utf-16-le")
        yield f"{form}, hex", utf8.hex().encode()
        yield f"{form}, HEX", utf8.hex().upper().encode()
        yield f"{form}, URL", quote(text, safe="").encode()
        yield f"{form}, URL form", quote_plus(text).encode()
        yield f"{form}, JSON", json.dumps(text)[1:-1].encode()
        yield f"{form}, HTML", html.escape(text).encode()
        yield f"{form}, HTML entities", text.encode("ascii", "xmlcharrefreplace")
        yield f"{form}, reversed", text[::-1].encode()
        for shift in range(3):  # within a longer text, base64 looks one of three ways
            whole = base64.b64encode(b"\0" * shift + utf8 + b"\0" * (-(len(utf8) + shift) % 3))
            middle = whole[(0, 2, 3)[shift] : len(whole) - 4]
            yield f"{form}, base64", middle
            yield f"{form}, base64 URL", middle.translate(bytes.maketrans(b"+/", b"-_"))
        for algorithm in ("md5", "sha1", "sha256", "sha512", "blake2b"):
            digest = hashlib.new(algorithm, utf8)
            # 24 digits: a plain hash cut to the length of a pseudonym
            yield f"{form}, {algorithm}", digest.hexdigest()[:24].encode()
            yield f"{form}, {algorithm} base64", base64.b64encode(digest.digest())[:20]
            yield f"{form}, {algorithm} bytes", digest.digest()[:12]


def read_everything(root: Path, skip: Iterable[Path] = ()) -> Iterator[tuple[str, bytes]]:
    """Place and content of every file under a folder, hidden ones included: as it is, and unpacked."""
    left_out = set(skip)
    for path in sorted(root.rglob("*")):
        if path.is_file() and not any(folder in left_out for folder in (path, *path.parents)):
            place = str(path.relative_to(root))
            yield f"name of {place}", place.encode()
            yield place, path.read_bytes()
            yield from _unpack(place, path.read_bytes(), path)


def _unpack(place: str, content: bytes, path: Path | None = None) -> Iterator[tuple[str, bytes]]:
    if content.startswith(b"PAR1"):
        table = pl.read_parquet(io.BytesIO(content))
        yield f"{place}: rows", table.with_columns(pl.col(pl.List).list.join(" ")).write_csv().encode()
        yield f"{place}: metadata", json.dumps(pl.read_parquet_metadata(io.BytesIO(content))).encode()
    elif content.startswith(b"SQLite format 3") and path is not None:
        yield f"{place}: rows", _dump(path)
    elif content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield f"{place}: {member}", archive.read(member)
                yield from _unpack(f"{place}: {member}", archive.read(member))
    elif content.startswith(b"\x1f\x8b"):
        yield f"{place}: unpacked", gzip.decompress(content)


def _dump(path: Path) -> bytes:
    """Rows as SQLite sees them, the write-ahead log included."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        parts = []
        for table in tables:
            for row in connection.execute(f'SELECT * FROM "{table}"'):
                parts += [value if isinstance(value, bytes) else str(value).encode() for value in row]
        return b"\n".join(parts)
    finally:
        connection.close()
