"""What goes wrong in dropped files, from the inbox to quarantine: a reason for each, and nothing lost on the way."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import polars as pl
import pytest

from flows import stages
from flows.jobs import RoundJob
from sources.extraction import ExtractionReport
from tests.flows.demonstration import COLUMNS, NOW, drop_file, open_demo, submission
from tests.sources.test_encodings import in_tcvn3, in_windows_1258, twice

VERY = "Rất hài lòng"

BAD: dict[str, tuple[dict[str, str], list[str]]] = {
    "date-mm-dd": ({"sent": "10/13/2023"}, ["readable", "submitted_at-present"]),
    "date-dd-mm": ({"sent": "13/10/2023"}, ["readable", "submitted_at-present"]),
    "answer-decimal-comma": ({"S1": "4,5"}, ["q_s1-on-scale", "readable"]),
    "answer-scientific": ({"S1": "5E+0"}, ["q_s1-on-scale", "readable"]),
    "answer-off-scale": ({"S1": "6"}, ["q_s1-on-scale"]),
    "answer-misspelt": ({"S1": "Rất hài long"}, ["q_s1-on-scale", "readable"]),
    "answer-blank": ({"S1": "   "}, ["q_s1-answered"]),
    "answer-not-asked": ({"used_online": "0"}, ["q_t1-not-asked"]),
    "unit-scientific": ({"unit": "1.2E+11"}, ["readable", "unit-open"]),
    "respondent-scientific": ({"who": "7.92E+10"}, ["readable", "respondent_id-present"]),
    "unit-unknown": ({"unit": "99"}, ["unit-open"]),
    "type-unknown": ({"type": "martian"}, ["respondent_type-known"]),
    "too-late": ({"sent": "2023-12-24 08:00:00"}, ["within-window"]),
}
"""What a row has instead, and the rules that it breaks."""

SOUND: dict[str, tuple[dict[str, str], tuple[str, object]]] = {
    "spaces-and-case": ({"S1": "  RẤT\u00a0 hài lòng "}, ("q_s1", 5)),
    "decomposed": ({"S1": unicodedata.normalize("NFD", VERY)}, ("q_s1", 5)),
    "whole-decimal-comma": ({"S1": "5,0"}, ("q_s1", 5)),
    "unit-as-number": ({"unit": "11.0"}, ("unit_code", "11")),
    "unit-scientific-whole": ({"unit": "1.2E+1"}, ("unit_code", "12")),
    "unit-as-formula": ({"unit": '="21"'}, ("unit_code", "21")),
    "excel-serial": ({"sent": "45200.5"}, ("submitted_on", "2023-10-01")),
    "formula-in-text": ({"complaint_online": "=HYPERLINK(1)"}, ("complaint_online", "=HYPERLINK(1)")),
    "newline-in-text": ({"complaint_online": "một\nhai"}, ("complaint_online", "một\nhai")),
}
"""What a row has instead, and how it is read."""

ENCODINGS = {"utf8bom": lambda text: text.encode("utf-8-sig"), "utf16": lambda text: text.encode("utf-16"),
             "win1258": in_windows_1258, "tcvn3": in_tcvn3, "twice": twice}  # fmt: skip

REFUSED = {
    "missing.csv": ("id,who\n1,2\n", "not there: "),
    "doubled.csv": (",".join([*COLUMNS, "S1"]) + "\n" + "x," * len(COLUMNS) + "1\n", "stand twice: S1"),
    "quotes.csv": (",".join(COLUMNS) + '\n"x' + ",1" * (len(COLUMNS) - 1) + "\n", "quotes that do not pair up"),
    "nul.csv": (",".join(COLUMNS) + "\n\x00\n", "NUL bytes"),
    "empty.csv": ("", "the file is empty"),
    "wide.csv": (",".join(f"c{n}" for n in range(6_000)) + "\n1\n", "6000 columns"),
}
"""Files that cannot be read at all, and what their note says."""


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> tuple[RoundJob, ExtractionReport]:
    root = tmp_path_factory.mktemp("bad-input")
    inbox = root / "inbox" / "2"
    cases = {**BAD, **SOUND}
    rows = [{**submission(n), **changed, "id": name} for n, (name, (changed, _)) in enumerate(cases.items())]
    drop_file(inbox, "rows.csv", rows)
    with (inbox / "rows.csv").open("a", encoding="utf-8") as stream:
        stream.write("ragged,079203000900,11\n")
    for n, (name, encode) in enumerate(ENCODINGS.items(), 100):
        text = submission(n, id=name, S1=VERY, complaint_online="hướng dẫn chưa rõ, chờ quá lâu")
        content = ",".join(COLUMNS) + "\n" + ",".join(f'"{text[column]}"' for column in COLUMNS) + "\n"
        (inbox / f"{name}.csv").write_bytes(encode(content))
    for name, (content, _) in REFUSED.items():
        (inbox / name).write_text(content, encoding="utf-8")
    job = open_demo(root)
    report = stages.extract(job, NOW)
    stages.select_current(job)
    stages.validate_submissions(job)
    return job, report


def rows(job: RoundJob, name: str) -> pl.DataFrame:
    return pl.read_parquet(job.work / f"{name}.parquet")


def test_every_row_is_valid_or_in_quarantine(landed: tuple[RoundJob, ExtractionReport]) -> None:
    job, report = landed
    valid, quarantine = rows(job, "valid"), rows(job, "quarantine")
    assert report.n_rows == valid.height + quarantine.height == len(BAD) + len(SOUND) + len(ENCODINGS) + 1
    assert (valid.height, quarantine.height) == (len(SOUND) + len(ENCODINGS), len(BAD) + 1)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_row_is_in_quarantine_with_the_rules_it_breaks(
    name: str, landed: tuple[RoundJob, ExtractionReport]
) -> None:
    [row] = rows(landed[0], "quarantine").filter(submission_id=name).to_dicts()
    assert row["broken_rules"] == BAD[name][1]


@pytest.mark.parametrize("name", SOUND)
def test_an_odd_row_is_read_as_it_was_meant(name: str, landed: tuple[RoundJob, ExtractionReport]) -> None:
    column, value = SOUND[name][1]
    [row] = rows(landed[0], "valid").filter(submission_id=name).to_dicts()
    assert str(row[column]) == str(value)


@pytest.mark.parametrize("name", ENCODINGS)
def test_a_file_in_another_encoding_is_read(name: str, landed: tuple[RoundJob, ExtractionReport]) -> None:
    [row] = rows(landed[0], "valid").filter(submission_id=name).to_dicts()
    assert (row["q_s1"], row["complaint_online"]) == (5, "hướng dẫn chưa rõ, chờ quá lâu")


def test_a_row_of_another_width_is_kept_whole(landed: tuple[RoundJob, ExtractionReport]) -> None:
    [row] = rows(landed[0], "quarantine").filter(pl.col("submission_id").is_null()).to_dicts()
    assert json.loads(row["unparsed"]) == {"row": "ragged,079203000900,11"}
    assert {"readable", "submission_id-present", "unit_code-present"} <= set(row["broken_rules"])


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_with_a_note(
    name: str, landed: tuple[RoundJob, ExtractionReport]
) -> None:
    job, report = landed
    note = json.loads((Path(job.landing.path) / "refused" / f"{name}.json").read_text(encoding="utf-8"))
    assert sorted(report.refused) == sorted(REFUSED)
    assert REFUSED[name][1] in note["what"] and note["fix"]
