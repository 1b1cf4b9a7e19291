"""The search for canaries finds what it must find: a test that finds nothing proves nothing until this one passes."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import sqlite3
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import polars as pl
import pytest

from tests.integration.canary_search import find_canaries, read_everything

NAME, PHONE = "Lường Thị Bích Thoa", "0986417352"
CANARIES = {"name": NAME, "phone": PHONE}

WRITTEN: dict[str, Callable[[str], bytes]] = {
    "raw": lambda value: value.encode(),
    "decomposed": lambda value: unicodedata.normalize("NFD", value).encode(),
    "UTF-16": lambda value: value.encode("utf-16"),
    "base64": lambda value: base64.b64encode(value.encode()),
    "base64 within a longer text, first shift": lambda value: base64.b64encode(b"x" + value.encode() + b"yz"),
    "base64 within a longer text, second shift": lambda value: base64.b64encode(b"xy" + value.encode() + b"z"),
    "hex": lambda value: value.encode().hex().encode(),
    "URL": lambda value: quote(value, safe="").encode(),
    "JSON": lambda value: json.dumps({"value": value}).encode(),
    "md5": lambda value: hashlib.md5(value.encode()).hexdigest().encode(),
    "sha1": lambda value: hashlib.sha1(value.encode()).hexdigest().encode(),
    "sha256": lambda value: hashlib.sha256(value.encode()).hexdigest().encode(),
    "sha256 in base64": lambda value: base64.b64encode(hashlib.sha256(value.encode()).digest()),
    "sha256 cut to the length of a pseudonym": lambda value: hashlib.sha256(value.encode()).hexdigest()[:24].encode(),
    "sha256 as bytes": lambda value: hashlib.sha256(value.encode()).digest(),
}


@pytest.mark.parametrize("how", WRITTEN)
@pytest.mark.parametrize("name", CANARIES)
def test_a_planted_leak_is_found_however_it_is_written(name: str, how: str, tmp_path: Path) -> None:
    (tmp_path / "app.log").write_bytes(b"before " + WRITTEN[how](CANARIES[name]) + b" after")
    assert {hit.name for hit in find_canaries(CANARIES, read_everything(tmp_path))} == {name}


def in_parquet(path: Path, value: str) -> None:
    pl.DataFrame({"texts": [["other", value]]}).write_parquet(path, compression="zstd")


def in_parquet_metadata(path: Path, value: str) -> None:
    pl.DataFrame({"n": [1]}).write_parquet(path, metadata={"note": value})


def in_sqlite_log(path: Path, value: str) -> None:
    """As a process leaves it that was killed before the row was moved from the write-ahead log into the file."""
    living = path.with_name("living.db")
    connection = sqlite3.connect(living, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE t (v TEXT)")
    connection.execute("PRAGMA wal_checkpoint")
    connection.execute("INSERT INTO t VALUES (?)", [value])
    path.write_bytes(living.read_bytes())
    path.with_name(f"{path.name}-wal").write_bytes(living.with_name("living.db-wal").read_bytes())
    connection.close()
    living.unlink()


def in_workbook(path: Path, value: str) -> None:
    pl.DataFrame({"v": [value]}).write_excel(path)


def in_gzip(path: Path, value: str) -> None:
    path.write_bytes(gzip.compress(value.encode()))


def in_nested_archive(path: Path, value: str) -> None:
    inner = io.BytesIO()
    pl.DataFrame({"v": [value]}).write_parquet(inner, compression="zstd")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.parquet", inner.getvalue())


@pytest.mark.parametrize(
    "plant", [in_parquet, in_parquet_metadata, in_sqlite_log, in_workbook, in_gzip, in_nested_archive]
)
def test_a_planted_leak_is_found_in_every_kind_of_file(plant: Callable[[Path, str], None], tmp_path: Path) -> None:
    plant(tmp_path / "file.xlsx", NAME)
    assert {hit.name for hit in find_canaries(CANARIES, read_everything(tmp_path))} == {"name"}


def test_a_leak_in_a_file_s_name_or_in_a_hidden_file_is_found(tmp_path: Path) -> None:
    (tmp_path / PHONE).mkdir()
    (tmp_path / PHONE / "a").touch()
    (tmp_path / ".hidden.tmp").write_text(NAME)
    assert {hit.name for hit in find_canaries(CANARIES, read_everything(tmp_path))} == {"name", "phone"}


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("Lường Thị Bích Thảo 0986417353")
    assert find_canaries(CANARIES, read_everything(tmp_path)) == []
