"""docs/new-survey.md: its example is a survey that works."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import polars as pl

from sources.extraction import extract_round
from sources.landing_store import scan_landing
from surveys.catalogue import load_survey
from tests.surveys.conftest import OPTIONAL, PAGE, page_files, write_files


def test_the_example_of_the_page_loads(library: Path) -> None:
    folder = load_survey(library)
    assert [round_.round_code for round_ in folder.rounds] == ["2025-1"]
    assert (len(folder.frame), len(folder.rules), len(folder.successions), len(folder.published)) == (3, 1, 1, 1)


def test_the_files_that_the_page_calls_optional_may_be_missing(tmp_path: Path) -> None:
    needed = {name: content for name, content in page_files().items() if name not in OPTIONAL}
    assert load_survey(write_files(tmp_path / "library", needed)).frame == ()


def test_the_file_of_the_page_is_read_as_the_page_says(library: Path, tmp_path: Path) -> None:
    dropped = re.search(r"^### A file to drop.*?```csv\n(.*?)^```", PAGE.read_text("utf-8"), re.S | re.M)
    assert dropped
    inbox = write_files(tmp_path / "inbox", {"march.csv": dropped[1]})
    folder = load_survey(library)
    round_ = folder.round("2025-1")
    report = extract_round(
        folder, round_, tmp_path / "landing", now=dt.datetime(2025, 4, 1, tzinfo=dt.UTC), source_url=str(inbox)
    )
    assert (report.n_rows, report.refused, report.n_restored, report.n_unparsed) == (2, [], 1, 0)
    rows = scan_landing(tmp_path / "landing", folder, round_).sort("submission_id").collect()
    assert rows["unit_code"].to_list() == ["01", "02"]
    assert rows["respondent_type"].to_list() == ["adult", "child"]
    assert rows.select("q_s1", "q_s2").rows() == [(3, 3), (2, None)]
    assert rows.select("phone", "borrows_online").rows() == [("0900000001", True), (None, False)]
    assert rows["submitted_at"].dt.convert_time_zone("Asia/Ho_Chi_Minh").dt.hour().to_list() == [9, 16]
    assert rows["channel"].unique().to_list() == ["web"]
    assert rows.filter(pl.col("remark").is_not_null())["remark"].to_list() == ["Thêm sách thiếu nhi"]
