from __future__ import annotations

import datetime as dt
import json
import unicodedata
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.conform import BROKEN, conform
from surveys.landing import UNREADABLE, WEIGHT_UNIT, landing_schema
from surveys.models import ColumnMapping
from tests.sources.conftest import survey_folder

FOLDER = survey_folder()
ROUND = FOLDER.rounds[0]


def conformed(column: str, *values: str | None, decimal: Any = ".", **mapping: Any) -> pl.DataFrame:
    raw = pl.DataFrame({column: pl.Series(values, dtype=pl.String)}).with_columns(
        source_row=pl.int_range(pl.len()).cast(pl.String)
    )
    return conform(raw, FOLDER, ROUND, ColumnMapping.model_validate(mapping), "inbox", decimal=decimal)


def read(column: str, value: str | None, **options: Any) -> Any:
    return conformed(column, value, **options)[column].item()


def unparsed(column: str, value: str, **options: Any) -> Any:
    text = conformed(column, value, **options)["unparsed"].item()
    return None if text is None else json.loads(text)


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute, second, tzinfo=FOLDER.survey.zone).astimezone(dt.UTC)


def test_rows_come_out_in_the_landing_schema_and_in_their_order() -> None:
    rows = conformed("submission_id", "b", "a", "c")
    assert dict(rows.schema) == landing_schema(FOLDER.instrument_of(ROUND))
    assert rows["submission_id"].to_list() == ["b", "a", "c"]
    assert rows["source_name"].unique().to_list() == ["inbox"]


@pytest.mark.parametrize(
    "text",
    ["5", " 5 ", "5.0", "5,0", "05", "Rất hài lòng", "  RẤT  hài lòng ", "very satisfied", "rất\u00a0hài lòng",
     unicodedata.normalize("NFD", "Rất hài lòng"), "\ufeffRất hài lòng\u200b"],
)  # fmt: skip
def test_an_answer_is_read_as_code_or_as_label_whatever_its_spaces_and_case(text: str) -> None:
    assert read("q_s1", text) == 5
    assert unparsed("q_s1", text) is None


def test_a_number_outside_the_scale_is_kept_for_a_rule_to_reject() -> None:
    assert read("q_s1", "7") == 7


@pytest.mark.parametrize("text", ["tốt lắm", "4.5", "99999", "5;4", "-1", "5e0"])
def test_an_answer_that_is_neither_is_unreadable_and_keeps_its_raw_text(text: str) -> None:
    assert read("q_s1", text) == UNREADABLE
    assert unparsed("q_s1", text) == {"q_s1": text}


def test_blanks_are_null_and_not_unreadable() -> None:
    rows = conformed("q_s1", "", "  ", None, "-", "0", blanks=["-", "0"])
    assert rows["q_s1"].null_count() == rows["unparsed"].null_count() == 5


@pytest.mark.parametrize("text", ["1", "true", "Có", "YES", "x", "1.0"])
def test_yes_is_true(text: str) -> None:
    assert read("used_online", text) is True


@pytest.mark.parametrize("text", ["0", "False", "KHÔNG", "no", "sai"])
def test_no_is_false(text: str) -> None:
    assert read("used_online", text) is False


def test_a_flag_that_is_neither_keeps_its_raw_text() -> None:
    assert read("used_online", "đôi khi") is None
    assert unparsed("used_online", "đôi khi") == {"used_online": "đôi khi"}


def test_names_of_respondent_types_become_codes_and_unknown_ones_stay() -> None:
    found = conformed("respondent_type", "đơn vị sử dụng  NGÂN SÁCH", "Individual", "INDIVIDUAL", "khác")
    assert found["respondent_type"].to_list() == ["budget_unit", "individual", "individual", "khác"]


def test_constants_fill_columns_that_the_source_lacks() -> None:
    assert conformed("submission_id", "a", constants={"channel": "web"})["channel"].item() == "web"


@pytest.mark.parametrize(
    "text",
    ["2023-10-01T07:30:15", "2023-10-01 07:30:15", "2023-10-01 07:30:15.000", "2023-10-01T00:30:15Z",
     "2023-10-01T07:30:15+07:00", "2023-10-01 00:30:15+00", "45200.312673611111"],
)  # fmt: skip
def test_iso_times_and_spreadsheet_serials_are_read_without_being_configured(text: str) -> None:
    assert read("submitted_at", text, dates={"formats": ["%d/%m/%Y"]}) == local(2023, 10, 1, 7, 30, 15)


def test_a_date_is_midnight_in_the_stated_zone() -> None:
    formats = {"formats": ["%d/%m/%Y"]}
    assert read("submitted_at", "13/10/2023", dates=formats) == local(2023, 10, 13)
    assert read("submitted_at", "13/10/2023", dates={**formats, "time_zone": "UTC"}).hour == 0


def test_a_date_in_another_order_than_the_configured_one_is_unparsed() -> None:
    assert unparsed("submitted_at", "10/13/2023", dates={"formats": ["%d/%m/%Y"]}) == {"submitted_at": "10/13/2023"}


def test_a_date_that_two_configured_formats_read_differently_is_not_guessed() -> None:
    both = {"formats": ["%d/%m/%Y", "%m/%d/%Y"]}
    assert unparsed("submitted_at", "05/06/2023", dates=both) == {"submitted_at": "05/06/2023"}
    assert read("submitted_at", "13/06/2023", dates=both) == local(2023, 6, 13)
    assert read("submitted_at", "06/13/2023", dates=both) == local(2023, 6, 13)
    assert read("submitted_at", "06/06/2023", dates=both) == local(2023, 6, 6)


def test_two_digits_are_not_taken_for_the_year_23() -> None:
    assert read("submitted_at", "01/02/23", dates={"formats": ["%d/%m/%Y", "%d/%m/%y"]}) == local(2023, 2, 1)
    assert read("submitted_at", "01/02/23", dates={"formats": ["%d/%m/%Y"]}) is None


def test_a_template_completes_a_partial_date() -> None:
    dates = {"formats": ["%d %b %Y"], "template": "{value} 2018"}
    assert read("submitted_at", "7 May", dates=dates) == local(2018, 5, 7)


def test_a_time_of_change_that_is_missing_is_the_time_of_submission() -> None:
    assert read("submitted_at", "2023-10-01") == conformed("submitted_at", "2023-10-01")["updated_at"].item()


@pytest.mark.parametrize(
    ("text", "code"),
    [("12", "0012"), ("0012", "0012"), ("12.0", "0012"), ("12,0", "0012"), ("1.2E+1", "0012"), ("1,2E+1", "0012"),
     ("'0012", "0012"), ('="0012"', "0012"), ("12345", "12345"), ("P-01", "P-01")],
)  # fmt: skip
def test_a_code_gets_its_zeros_back(text: str, code: str) -> None:
    rows = conformed("unit_code", text)
    assert rows["unit_code"].item() == code
    assert rows["restored"].item() == (None if text == code else "unit_code")


def test_a_code_in_scientific_notation_that_lost_digits_is_not_made_up() -> None:
    assert read("unit_code", "1.2E+3") == "1.2E+3"
    assert unparsed("unit_code", "1.2E+3") == {"unit_code": "1.2E+3"}
    assert unparsed("unit_code", "1,2E+3") == {"unit_code": "1,2E+3"}


@pytest.mark.parametrize("column", ["submission_id", "respondent_id"])
@pytest.mark.parametrize("text", ["7.9203E+10", "7,9203E+10", "8E+11"])
def test_an_id_that_a_spreadsheet_shortened_is_no_id(column: str, text: str) -> None:
    assert read(column, text) is None
    assert unparsed(column, text) == {column: text}


@pytest.mark.parametrize("text", ["12e4", "1234e56", "7.9203", "12E+10x"])
def test_an_id_that_only_looks_like_a_number_is_kept(text: str) -> None:
    assert (read("submission_id", text), unparsed("submission_id", text)) == (text, None)


@settings(deadline=None)
@given(st.decimals(min_value=0, max_value=10_000, places=10))
def test_a_weight_is_exact(weight: Decimal) -> None:
    assert read("weight", f"{weight:f}") == int(weight * WEIGHT_UNIT)
    assert read("weight", f"{weight:f}".replace(".", ","), decimal=",") == int(weight * WEIGHT_UNIT)


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [("1,25", ".", "1.25"), ("1.25", ",", "1.25"), ("1,234.5", ".", "1234.5"), ("1.234,5", ",", "1234.5"),
     ("1.5E-1", ".", "0.15"), ("0,500", ".", "0.5")],
)  # fmt: skip
def test_a_weight_with_the_other_decimal_mark_is_read_where_it_is_plain(text: str, decimal: str, value: str) -> None:
    assert read("weight", text, decimal=decimal) == int(Decimal(value) * WEIGHT_UNIT)


@pytest.mark.parametrize(("text", "decimal"), [("1,500", "."), ("1.500", ","), ("1,2,3", "."), ("nhiều", ".")])
def test_a_weight_that_could_be_two_numbers_is_unparsed(text: str, decimal: str) -> None:
    assert unparsed("weight", text, decimal=decimal) == {"weight": text}


def test_all_unreadable_values_of_a_row_are_kept_together_as_json() -> None:
    raw = pl.DataFrame({"q_s1": ['"tốt"\n'], "q_s2": ["4"], "submitted_at": ["hôm qua"], "source_row": ["1"]})
    found = conform(raw, FOLDER, ROUND, ColumnMapping(), "inbox")["unparsed"].item()
    assert json.loads(found) == {"q_s1": '"tốt"', "submitted_at": "hôm qua"}


def test_a_row_that_could_not_be_split_is_kept_whole() -> None:
    raw = pl.DataFrame(
        {"q_s1": ["4", None], "source_row": ["1", "2"], BROKEN: [None, "a;b"]}, schema_overrides={BROKEN: pl.String}
    )
    assert conform(raw, FOLDER, ROUND, ColumnMapping(), "inbox")["unparsed"].to_list() == [None, '{"row":"a;b"}']


@pytest.mark.parametrize("text", ["=1+1", "+84", "-1", "@SUM(A1)"])
def test_text_that_a_spreadsheet_would_run_is_landed_as_it_is(text: str) -> None:
    assert read("comment", text) == text


@settings(deadline=None)
@given(st.text())
def test_no_text_is_lost_but_spaces_and_invisible_signs(text: str) -> None:
    landed = read("comment", text) or ""
    invisible = "\u200b\u200c\u200d\u2060\ufeff\x00"
    seen = "".join(c for c in unicodedata.normalize("NFC", text) if not c.isspace() and c not in invisible)
    assert "".join(landed.split()) in (seen, unicodedata.normalize("NFC", seen)) or not landed.isprintable()
