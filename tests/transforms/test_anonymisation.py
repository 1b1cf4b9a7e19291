"""What crosses the line, and what does not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from surveys.catalogue import load_survey
from surveys.landing import landing_schema
from tests.golden import DEMO
from transforms.anonymisation import Anonymised, anonymise, find_official, official_pseudonym
from transforms.pseudonyms import derive_key
from validations.suites import microdata_columns

INSTRUMENT = load_survey(DEMO).instruments["demo"]
SECRET = b"a secret of thirty-two bytes ...."


def accepted(*rows: dict[str, Any]) -> pl.LazyFrame:
    schema = landing_schema(INSTRUMENT)
    filled = [
        {"submission_id": f"s{n}", "respondent_id": f"r{n}", "unit_code": "11", **row} for n, row in enumerate(rows)
    ]
    return pl.LazyFrame({name: [row.get(name) for row in filled] for name in schema}, schema=schema)


def anonymised(*rows: dict[str, Any]) -> Anonymised:
    return anonymise(
        accepted(*rows), INSTRUMENT, survey_code="demo", secret=SECRET, time_zone="Asia/Ho_Chi_Minh",
        redact=lambda texts: pl.Series(["[REDACTED]" for _ in texts], dtype=pl.String),
    )  # fmt: skip


def officials(*rows: tuple[str, str]) -> list[str]:
    """Pseudonyms of officials as (unit, name)."""
    frame = accepted(*({"unit_code": unit, "named_official": name} for unit, name in rows))
    key = derive_key(SECRET, "demo", "official")
    return frame.select(official_pseudonym("named_official", INSTRUMENT, key)).collect().to_series().to_list()


def test_microdata_have_the_columns_that_the_gate_expects() -> None:
    assert set(anonymised({}).microdata.collect_schema()) == microdata_columns(INSTRUMENT)


def test_the_time_of_submission_becomes_the_local_day() -> None:
    night = dt.datetime(2023, 10, 1, 18, 30, tzinfo=dt.UTC)  # 2 October, 1:30, in Hanoi
    assert anonymised({"submitted_at": night}).microdata.collect()["submitted_on"].to_list() == [dt.date(2023, 10, 2)]


def test_a_comment_leaves_the_submission_redacted_and_cannot_be_joined_to_it() -> None:
    parts = anonymised({"complaint_online": "Gọi chị Lan"}, {"complaint_online": None})
    microdata, comments = parts.microdata.collect(), parts.comments.collect()
    assert microdata["has_complaint_online"].to_list() == [True, False]
    assert comments["redacted_text"].to_list() == ["[REDACTED]"]
    assert set(comments["comment_id"]).isdisjoint(
        pl.concat(microdata.select(pl.col(pl.String)).get_columns()).to_list()
    )


def test_an_official_is_one_person_however_the_name_is_written_and_another_at_another_unit() -> None:
    first, second, elsewhere = officials(("11", "Phùng Bá Tùng"), ("11", " PHÙNG  BÁ TÙNG"), ("12", "Phùng Bá Tùng"))
    assert first == second != elsewhere


def test_an_official_is_found_again_by_the_spelling_that_most_use() -> None:
    spelt = ("Phùng Bá Tùng", "Phùng Bá Tùng", "PHÙNG BÁ TÙNG")
    frame = accepted(*({"named_official": name} for name in spelt), {"named_official": "Lê Vũ"}, {})
    [wanted] = set(officials(*(("11", name) for name in spelt)))
    key = derive_key(SECRET, "demo", "official")
    assert find_official(frame, INSTRUMENT, key, wanted) == ("Phùng Bá Tùng", "11", 3)
    assert find_official(frame, INSTRUMENT, key, "0" * 24) is None
