"""Exports: the same release gives the same bytes, and spreadsheets run nothing."""

from __future__ import annotations

import subprocess
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from surveys.catalogue import SurveyFolder
from tests.warehouse.conftest import figures, load, run_record
from warehouse.engine import WarehouseError
from warehouse.exports import CHECKSUMS, export_release
from warehouse.load import load_release
from warehouse.releases import ReleaseRefusedError, publish_release
from warehouse.tables import MANAGEMENT
from warehouse.views import VIEWS


def names(tier: str | None) -> set[str]:
    views = {view.name for view in VIEWS if view.schema == tier} - {"v_current_release", "v_release_index"}
    return {f"{view}.{kind}" for view in views for kind in ("parquet", "csv")} | {CHECKSUMS}


@pytest.mark.parametrize("tier", [None, MANAGEMENT], ids=["public", "management"])
def test_a_tiers_views_are_written_and_no_others(
    engine: sa.Engine, folder: SurveyFolder, tmp_path: Path, tier: str | None
) -> None:
    load(engine, folder)
    export_release(engine, "demo", "2", tmp_path / "out", tier=tier)
    assert {path.name for path in (tmp_path / "out").iterdir()} == names(tier)


def test_two_exports_are_the_same_bytes_on_either_database(
    sqlite: sa.Engine, postgresql: sa.Engine, folder: SurveyFolder, tmp_path: Path
) -> None:
    sums = []
    for number, engine in enumerate((sqlite, postgresql, sqlite)):
        load(engine, folder)
        export_release(engine, "demo", "2", tmp_path / str(number))
        sums.append((tmp_path / str(number) / CHECKSUMS).read_text())
    assert sums[0] == sums[1] == sums[2]


def test_the_checksums_are_those_of_the_files(sqlite: sa.Engine, folder: SurveyFolder, tmp_path: Path) -> None:
    load(sqlite, folder)
    export_release(sqlite, "demo", "2", tmp_path / "out")
    subprocess.run(["sha256sum", "-c", "--strict", CHECKSUMS], cwd=tmp_path / "out", check=True, capture_output=True)


def test_an_export_again_leaves_the_files_untouched_and_a_new_draft_replaces_them(
    sqlite: sa.Engine, folder: SurveyFolder, tmp_path: Path
) -> None:
    load(sqlite, folder)
    export_release(sqlite, "demo", "2", tmp_path / "out")
    before = {path.name: path.stat().st_ino for path in (tmp_path / "out").iterdir()}
    export_release(sqlite, "demo", "2", tmp_path / "out")
    assert {path.name: path.stat().st_ino for path in (tmp_path / "out").iterdir()} == before
    load(sqlite, folder, shift=1)
    export_release(sqlite, "demo", "2", tmp_path / "out")
    assert pl.read_parquet(tmp_path / "out" / "v_index.parquet")["numerator"].min() == 31
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".out")] == []


def test_a_folder_that_holds_something_else_is_left_alone(
    sqlite: sa.Engine, folder: SurveyFolder, tmp_path: Path
) -> None:
    load(sqlite, folder)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").write_text("mine")
    with pytest.raises(WarehouseError, match="not empty and has no SHA256SUMS"):
        export_release(sqlite, "demo", "2", tmp_path / "out")
    assert (tmp_path / "out" / "letter.txt").read_text() == "mine"


def test_an_older_release_can_be_exported_by_its_number(
    sqlite: sa.Engine, folder: SurveyFolder, tmp_path: Path
) -> None:
    load(sqlite, folder)
    publish_release(sqlite, "demo", "2", 1, "Duyệt")
    load(sqlite, folder, shift=5, reason="late forms")
    publish_release(sqlite, "demo", "2", 2, "Duyệt")
    export_release(sqlite, "demo", "2", tmp_path / "old", release_number=1)
    export_release(sqlite, "demo", "2", tmp_path / "new")
    numerators = [pl.read_parquet(tmp_path / name / "v_index.parquet")["numerator"].min() for name in ("old", "new")]
    assert numerators == [30, 35]


def test_a_release_that_is_not_there_is_named(sqlite: sa.Engine, folder: SurveyFolder, tmp_path: Path) -> None:
    load(sqlite, folder)
    with pytest.raises(ReleaseRefusedError, match="no release 9"):
        export_release(sqlite, "demo", "2", tmp_path / "out", release_number=9)
    assert list(tmp_path.glob("out*")) == []


def test_parquet_carries_units_comments_and_the_release(
    sqlite: sa.Engine, folder: SurveyFolder, tmp_path: Path
) -> None:
    load(sqlite, folder)
    export_release(sqlite, "demo", "2", tmp_path / "out")
    schema = pq.read_schema(tmp_path / "out" / "v_index.parquet")
    column = schema.field("index_pct")
    assert str(column.type) == "decimal128(9, 4)"
    assert column.metadata[b"unit"] == b"percent"
    assert schema.metadata[b"round_code"] == b"2"
    assert schema.metadata[b"method"] == b"demo 1"
    assert all(schema.field(name).metadata[b"comment"] for name in schema.names)


def test_decimals_are_exact_in_parquet(sqlite: sa.Engine, folder: SurveyFolder, tmp_path: Path) -> None:
    load(sqlite, folder)
    export_release(sqlite, "demo", "2", tmp_path / "out")
    exported = pl.read_parquet(tmp_path / "out" / "v_index.parquet")["index_pct"].to_list()
    assert sorted(exported) == sorted(figures()["fct_index"]["index_pct"].to_list())
    assert all(isinstance(value, Decimal) for value in exported)


def test_text_that_a_spreadsheet_would_run_is_disarmed_in_csv(
    sqlite: sa.Engine, folder: SurveyFolder, tmp_path: Path
) -> None:
    answers = figures()["fct_answer"].with_columns(
        pl.lit("=1+1").alias("answer_name"), pl.lit("@x").alias("answer_name_en")
    )
    load_release(sqlite, folder, folder.round("2"), {"fct_answer": answers}, run_record(folder))
    export_release(sqlite, "demo", "2", tmp_path / "out", tier=MANAGEMENT)
    text = (tmp_path / "out" / "v_answer.csv").read_text(encoding="utf-8")
    assert text.startswith("﻿survey_code")
    assert "'=1+1,'@x" in text
    assert pl.read_parquet(tmp_path / "out" / "v_answer.parquet")["answer_name"].unique().to_list() == ["=1+1"]
