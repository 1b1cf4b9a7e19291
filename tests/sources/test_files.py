from __future__ import annotations

import datetime as dt
import io
import json
import os
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from sources.errors import FileProblem, SourceError
from sources.extraction import ExtractionReport, extract_round
from sources.files import FileReader, FileRows
from sources.landing_store import RoundLanding, scan_landing
from tests.sources.conftest import COLUMNS, NOW, file_source, survey_folder
from tests.sources.test_encodings import in_tcvn3, in_windows_1258

HEADER = ["id", "who", "unit", "kind", "sent", "changed", "weight", "online", "comment", "S1", "S2"]
ROW = ["a", "r1", "12", "individual", "2023-10-01 08:00:00", "", "1.5", "1", "tốt", "5", "Hài lòng"]


def line(*cells: str) -> str:
    return ",".join(cells) + "\n"


def with_cells(**cells: str) -> list[str]:
    return [cells.get(column, cell) for column, cell in zip(HEADER, ROW, strict=True)]


CSV = line(*HEADER) + line(*ROW) + line(*with_cells(id="b", S1="4"))


def read(inbox: Path, name: str, content: str | bytes, **source: Any) -> FileRows:
    path = inbox / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return reader(inbox, **source).read(path)


def reader(inbox: Path, **source: Any) -> FileReader:
    folder = survey_folder(file_source(**source))
    found = folder.sources[0]
    assert found.kind == "files"
    return FileReader(found, folder, folder.rounds[0], str(inbox), wait=lambda _: None)


def refusal(inbox: Path, name: str, content: str | bytes, **source: Any) -> str:
    with pytest.raises(FileProblem) as caught:
        read(inbox, name, content, **source)
    return str(caught.value)


def workbook(path: Path, rows: list[list[Any]], *, merges: Sequence[tuple[int, int, int, int, str]] = ()) -> bytes:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, dt.datetime):
                    sheet.write_datetime(number, column, cell, day)
                elif cell is not None:
                    sheet.write(number, column, cell)
        for merge in merges:
            sheet.merge_range(*merge)
    return path.read_bytes()


# --- CSV


def test_a_csv_file_is_read_into_landing_rows(inbox: Path) -> None:
    rows = read(inbox, "a.csv", CSV).rows
    assert rows.select("submission_id", "unit_code", "q_s1", "q_s2", "weight", "used_online").rows() == [
        ("a", "0012", 5, 4, 15_000_000_000, True),
        ("b", "0012", 4, 4, 15_000_000_000, True),
    ]
    assert rows["source_row"].to_list() == ["a.csv:2", "a.csv:3"]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [(CSV.encode("utf-8-sig"), "utf-8"), (CSV.encode("utf-16"), "utf-16"), (in_windows_1258(CSV), "windows-1258"),
     (in_tcvn3(CSV), "tcvn3"), (CSV.replace("\n", "\r\n").encode(), "utf-8"), (CSV.replace("\n", "\r").encode(), "utf-8")],
    ids=["bom", "utf-16", "windows-1258", "tcvn3", "crlf", "cr"],
)  # fmt: skip
def test_encodings_and_line_ends_make_no_difference(inbox: Path, content: bytes, encoding: str) -> None:
    found = read(inbox, "a.csv", content)
    assert found.rows.equals(read(inbox, "a.csv", CSV).rows)
    assert found.encoding == encoding


def test_quoted_text_keeps_its_line_breaks_delimiters_and_quotes(inbox: Path) -> None:
    text = 'một, "hai"\nba'
    quoted = '"' + text.replace('"', '""') + '"'
    rows = read(inbox, "a.csv", line(*HEADER) + line(*with_cells(comment=quoted)) + line(*ROW)).rows
    assert rows["comment"].to_list() == [text, "tốt"]


@pytest.mark.parametrize(
    "bad",
    [line(*with_cells(comment='"mở')), line(*with_cells(comment='màn 5" cũ')), line(*with_cells(comment='"a"b')),
     line(*with_cells(comment='"mở')) * 2],
    ids=["left-open", "inside", "after-closing", "two-left-open"],
)  # fmt: skip
def test_unbalanced_quotes_refuse_the_file_and_name_the_row(inbox: Path, bad: str) -> None:
    message = refusal(inbox, "a.csv", line(*HEADER) + line(*ROW) + bad + line(*ROW))
    assert message.startswith("a.csv: quotes that do not pair up in ")
    assert "first near row 3" in message and "quotes doubled" in message


def test_a_row_of_another_width_is_kept_whole_and_the_others_are_read(inbox: Path) -> None:
    long, short = line(*ROW, "6"), line("c", "r3")
    rows = read(inbox, "a.csv", line(*HEADER) + line(*ROW) + long + "\n" + short + line(*ROW)).rows
    assert rows["submission_id"].to_list() == ["a", None, None, "a"]
    assert [text and json.loads(text) for text in rows["unparsed"]] == [
        None, {"row": long.strip()}, {"row": short.strip()}, None,
    ]  # fmt: skip
    assert rows["source_row"].to_list() == ["a.csv:2", "a.csv:3", "a.csv:5", "a.csv:6"]


def test_a_nul_byte_refuses_the_file_and_names_the_line(inbox: Path) -> None:
    assert "1 NUL byte(s), first in line 2" in refusal(inbox, "a.csv", CSV.replace("tốt", "t\x00t", 1))


def test_an_empty_file_is_refused(inbox: Path) -> None:
    assert "the file is empty" in refusal(inbox, "a.csv", "")


def test_a_file_with_only_a_header_has_no_rows(inbox: Path) -> None:
    assert read(inbox, "a.csv", line(*HEADER)).rows.height == 0


def test_a_missing_column_is_named_with_a_guess_at_its_new_name(inbox: Path) -> None:
    message = refusal(inbox, "a.csv", CSV.replace("comment", "comments").replace("S2", "X"))
    assert "2 column(s) not there: comment, S2; renamed, perhaps: comment -> comments" in message
    assert "inbox.rounds.2023-2" in message


def test_a_column_mapped_for_the_round_is_found_under_its_new_name(inbox: Path) -> None:
    source = {"rounds": {"2023-2": {"columns": {"comment": "remark"}, "questions": {"S2": "Q2"}}}}
    rows = read(inbox, "a.csv", CSV.replace("comment", "remark").replace("S2", "Q2"), **source).rows
    assert rows["q_s2"].to_list() == [4, 4] and rows["comment"].to_list() == ["tốt", "tốt"]


def test_a_doubled_column_is_refused(inbox: Path) -> None:
    doubled = line(*HEADER, "S1") + line(*ROW, "1")
    assert "1 column(s) stand twice: S1" in refusal(inbox, "a.csv", doubled)


def test_extra_columns_are_counted_and_left_out(inbox: Path) -> None:
    found = read(inbox, "a.csv", line(*HEADER, "x", "x") + line(*ROW, "1", "2"))
    assert found.n_ignored_columns == 2
    assert "x" not in found.rows.columns


def test_title_rows_odd_case_and_an_asterisk_in_the_header_do_not_matter(inbox: Path) -> None:
    header = line("*ID", " Who ", *HEADER[2:])
    rows = read(inbox, "a.csv", 'Kết quả,\n"khảo\nsát"\n\n' + header + line(*ROW)).rows
    assert rows["submission_id"].to_list() == ["a"]
    assert rows["source_row"].to_list() == ["a.csv:5"]


def test_a_million_columns_are_refused_within_seconds(inbox: Path) -> None:
    start = time.process_time()
    assert "1000000 columns" in refusal(inbox, "a.csv", ",".join(f"c{n}" for n in range(1_000_000)) + "\n1\n")
    assert time.process_time() - start < 5


def test_a_file_without_any_mapped_column_is_refused(inbox: Path) -> None:
    assert "no row names the columns" in refusal(inbox, "a.csv", "x;y\n1;2\n")
    assert "no row names the columns" in refusal(inbox, "a.csv", "\n\n")


def test_delimiter_and_decimal_comma_are_configured(inbox: Path) -> None:
    content = ";".join(HEADER) + "\n" + ";".join(with_cells(weight="1,25", S1="5,0"))
    rows = read(inbox, "a.csv", content, delimiter=";", decimal=",").rows
    assert rows.select("weight", "q_s1").row(0) == (12_500_000_000, 5)


def test_an_unknown_kind_of_file_is_refused(inbox: Path) -> None:
    assert "unknown kind of file (.pdf)" in refusal(inbox, "a.pdf", "%PDF")


# --- Excel


def test_a_workbook_with_title_rows_merged_headers_and_typed_cells_is_read(inbox: Path) -> None:
    sent = dt.datetime(2023, 10, 1, 8, 30)
    cells: list[Any] = ["a", "r1", 12, "individual", sent, 45200.5, 1.5, True, "tốt", 5, "Hài lòng"]
    upper = [*HEADER[:9], "Câu hỏi", None]
    lower = [None] * 9 + ["S1", "S2"]
    rows: list[list[Any]] = [["KẾT QUẢ"], [], upper, lower, cells, [], [*ROW]]
    merges = [(2, 9, 2, 10, "Câu hỏi"), *((2, n, 3, n, HEADER[n]) for n in range(9))]
    content = workbook(inbox / "a.xlsx", rows, merges=merges)
    found = read(inbox, "a.xlsx", content).rows
    assert found.select("submission_id", "unit_code", "q_s1", "q_s2", "used_online").rows() == [
        ("a", "0012", 5, 4, True),
        ("a", "0012", 5, 4, True),
    ]
    zone = survey_folder().survey.zone
    assert found["submitted_at"][0].astimezone(zone).replace(tzinfo=None) == dt.datetime(2023, 10, 1, 8, 30)
    assert found["updated_at"][0].astimezone(zone).replace(tzinfo=None) == dt.datetime(2023, 10, 1, 12, 0)
    assert found["source_row"].to_list() == ["a.xlsx:5", "a.xlsx:7"]
    assert found["unparsed"].null_count() == 2


def test_a_sheet_that_is_not_there_is_named(inbox: Path) -> None:
    content = workbook(inbox / "a.xlsx", [HEADER, ROW])
    assert "no sheet 'Kết quả'" in refusal(inbox, "a.xlsx", content, sheet="Kết quả")


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9, 0.99])
def test_a_cut_off_workbook_is_refused(inbox: Path, keep: float) -> None:
    content = workbook(inbox / "a.xlsx", [HEADER, ROW] * 50)
    assert "not readable as an Excel workbook" in refusal(inbox, "a.xlsx", content[: int(len(content) * keep)])


def test_a_zip_bomb_is_refused_before_it_is_unpacked(inbox: Path) -> None:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as f,
    ):
        for _ in range(100):
            f.write(bytes(1024**2))
    assert "unpacks to 100 MiB" in refusal(inbox, "a.xlsx", buffer.getvalue())


def test_a_sheet_whose_last_cell_is_in_the_last_corner_is_refused(inbox: Path) -> None:
    with xlsxwriter.Workbook(inbox / "b.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "id")
        sheet.write(1_048_575, 16_383, "x")
    assert "a sheet of 17179869184 cells" in refusal(inbox, "a.xlsx", (inbox / "b.xlsx").read_bytes())


# --- JSON Lines and Parquet


def json_lines(*rows: dict[str, Any] | str) -> str:
    return "".join((row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)) + "\n" for row in rows)


def test_json_lines_are_read_with_numbers_truth_values_and_missing_keys(inbox: Path) -> None:
    first = {**dict(zip(HEADER, ROW, strict=True)), "unit": 12, "S1": 5, "S2": 4.0, "online": True, "more": {"x": 1}}
    second = {key: value for key, value in first.items() if key not in ("comment", "weight")}
    found = read(inbox, "a.jsonl", json_lines(first, "", second))
    assert found.rows.select("unit_code", "q_s1", "q_s2", "used_online", "comment").rows() == [
        ("0012", 5, 4, True, "tốt"),
        ("0012", 5, 4, True, None),
    ]
    assert found.n_ignored_columns == 1
    assert found.rows["source_row"].to_list() == ["a.jsonl:1", "a.jsonl:3"]


@pytest.mark.parametrize("bad", ['{"id": "x", ', "[1, 2]", '{"id": "a", "id": "b"}', "NaN"])
def test_a_line_that_is_no_object_or_names_a_key_twice_is_kept_whole(inbox: Path, bad: str) -> None:
    row = dict(zip(HEADER, ROW, strict=True))
    rows = read(inbox, "a.jsonl", json_lines(row, bad, row)).rows
    assert rows["submission_id"].to_list() == ["a", None, "a"]
    assert json.loads(rows["unparsed"][1]) == {"row": bad}


def test_a_file_that_is_no_json_lines_is_refused(inbox: Path) -> None:
    assert "most lines are no JSON object" in refusal(inbox, "a.jsonl", CSV)


def test_a_key_that_no_line_has_is_a_missing_column(inbox: Path) -> None:
    row = {key: value for key, value in zip(HEADER, ROW, strict=True) if key != "S2"}
    assert "1 column(s) not there: S2" in refusal(inbox, "a.jsonl", json_lines(row))


def test_a_parquet_file_with_types_of_its_own_is_read(inbox: Path) -> None:
    frame = pl.DataFrame([ROW], schema=HEADER, orient="row").with_columns(
        pl.lit(5, dtype=pl.Int8).alias("S1"),
        pl.lit(dt.datetime(2023, 10, 1, 1, tzinfo=dt.UTC)).alias("sent"),
        pl.lit(True).alias("online"),
        pl.lit(0.5).alias("weight"),
        pl.Series("more", [[1, 2]]),
    )
    frame.write_parquet(inbox / "b.parquet")
    rows = read(inbox, "a.parquet", (inbox / "b.parquet").read_bytes()).rows
    assert rows.select("q_s1", "used_online", "weight").row(0) == (5, True, 5_000_000_000)
    assert rows["submitted_at"].item() == dt.datetime(2023, 10, 1, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.99])
def test_a_truncated_parquet_file_is_refused(inbox: Path, keep: float) -> None:
    pl.DataFrame([ROW] * 1000, schema=HEADER, orient="row").write_parquet(inbox / "b.parquet")
    content = (inbox / "b.parquet").read_bytes()
    message = refusal(inbox, "a.parquet", content[: int(len(content) * keep)])
    assert "not a whole Parquet file" in message and "copy it again" in message


# --- the folder


def extract(inbox: Path, landing: Path, **source: Any) -> ExtractionReport:
    folder = survey_folder(file_source(**source))
    return extract_round(folder, folder.rounds[0], landing, now=NOW, source_url=str(inbox))


def landed(landing: Path) -> pl.DataFrame:
    folder = survey_folder(file_source())
    return scan_landing(landing, folder, folder.rounds[0]).collect().sort("batch_number", "source_row")


def drop(inbox: Path, name: str, content: str) -> None:
    path = inbox / name
    path.write_text(content)
    os.utime(path, (1, 1))  # settled long ago: no second look


def test_a_bad_file_is_set_aside_with_a_note_and_the_others_go_on(inbox: Path, landing: Path) -> None:
    drop(inbox, "bad.csv", CSV.replace("S1", "gone", 1))
    drop(inbox, "good.csv", CSV)
    report = extract(inbox, landing)
    assert (report.refused, report.n_rows) == (["bad.csv"], 2)
    note = json.loads((landing / "demo" / "2023-2" / "refused" / "bad.csv.json").read_text())
    assert note["file"] == "bad.csv" and "not there: S1" in note["what"] and note["fix"]


def test_a_refused_file_that_is_mended_is_landed_and_its_note_goes(inbox: Path, landing: Path) -> None:
    drop(inbox, "a.csv", CSV.replace("S1", "gone", 1))
    extract(inbox, landing)
    drop(inbox, "a.csv", CSV)
    assert extract(inbox, landing).n_rows == 2
    assert not list((landing / "demo" / "2023-2" / "refused").iterdir())


def test_a_file_dropped_again_with_other_content_replaces_its_earlier_rows(inbox: Path, landing: Path) -> None:
    for content in (CSV, CSV + line(*with_cells(id="c")), CSV):
        drop(inbox, "a.csv", content)
        extract(inbox, landing)
    alive = landed(landing).filter(~pl.col("is_replaced"))
    assert landed(landing).height == 7
    assert alive["submission_id"].to_list() == ["a", "b"]
    assert alive["batch_number"].unique().to_list() == [3]


def test_the_same_content_under_another_name_is_not_landed_twice(inbox: Path, landing: Path) -> None:
    drop(inbox, "a.csv", CSV)
    drop(inbox, "copy.csv", CSV)
    assert extract(inbox, landing).n_rows == 2


def test_a_file_that_is_still_being_written_waits_for_the_next_run(inbox: Path) -> None:
    folder = survey_folder(file_source())
    source = folder.sources[0]
    assert source.kind == "files"
    path = inbox / "a.csv"
    path.write_text(CSV)

    def append(_: float) -> None:
        path.write_text(CSV + CSV)

    growing = FileReader(source, folder, folder.rounds[0], str(inbox), wait=append).dropped_files()
    assert [(file.name, file.is_growing) for file in growing] == [("a.csv", True)]
    later = FileReader(source, folder, folder.rounds[0], str(inbox), wait=lambda _: None).dropped_files()
    assert [file.is_growing for file in later] == [False]


def test_hidden_and_unfinished_files_are_left_alone(inbox: Path) -> None:
    for name in (".a.csv", "~$a.xlsx", "a.csv.part", "b.csv"):
        drop(inbox, name, CSV)
    assert [file.name for file in reader(inbox).dropped_files()] == ["b.csv"]


def test_a_folder_that_is_not_there_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"source inbox: no folder .*nowhere; make it"):
        reader(tmp_path / "nowhere")


def test_what_was_found_is_in_the_manifest(inbox: Path, landing: Path) -> None:
    drop(inbox, "a.csv", CSV)
    extract(inbox, landing)
    folder = survey_folder(file_source())
    (manifest,) = RoundLanding(landing, folder, folder.rounds[0]).manifests()
    assert (manifest.origin, manifest.rows, manifest.n_restored) == ("a.csv", 2, {"unit_code": 2})
    assert manifest.extracted_at == "2023-12-01T00:00:00+00:00"


def test_no_message_tells_a_value(inbox: Path, landing: Path) -> None:
    canary = "CANARY7788"
    for name, content in {
        "quotes.csv": CSV + line(*with_cells(comment=f'"{canary}')),
        "nul.csv": CSV + line(*with_cells(comment=f"{canary}\x00")),
        "columns.csv": CSV.replace("S1", "gone", 1).replace("tốt", canary),
        "doubled.csv": line(*HEADER, "S1") + line(*ROW, canary),
        "text.jsonl": canary + "\n" + canary,
    }.items():
        drop(inbox, name, content)
    report = extract(inbox, landing)
    assert len(report.refused) == len(report.problems) == 5
    assert canary not in "".join(report.problems)
    assert all(canary not in note.read_text() for note in (landing / "demo" / "2023-2" / "refused").iterdir())


def test_all_mapped_columns_are_used() -> None:
    assert {*COLUMNS.values(), "S1", "S2"} == set(HEADER)
