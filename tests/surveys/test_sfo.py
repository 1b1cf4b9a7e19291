"""The airport's files are read without Python of their own; every index equals plain SQL over the CSV."""

from __future__ import annotations

import csv
import datetime as dt
import os
import re
import sqlite3
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import polars as pl
import pytest

from sources.extraction import extract_round
from sources.landing_store import scan_landing
from surveys.catalogue import SurveyFolder, load_survey

SHARED = Path(os.environ.get("HAILONG_SHARED", Path(__file__).parents[3] / "shared"))
DATA = SHARED / "data" / "sfo"
BLOCKS = {"facilities": "Q7", "cleanliness": "Q9", "safety": "Q10SAFE"}
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)

needs_data = pytest.mark.skipif(not (DATA / "2018.csv").is_file(), reason="the airport's data are not here")


@pytest.fixture(scope="module")
def sfo() -> SurveyFolder:
    return load_survey("sfo")


@pytest.fixture(scope="module")
def landed(sfo: SurveyFolder, tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    """Round -> landed rows."""
    landing, rows = tmp_path_factory.mktemp("landing"), {}
    for round_ in sfo.rounds:
        report = extract_round(sfo, round_, landing, now=NOW, source_url=str(DATA))
        assert (report.refused, report.n_unparsed) == ([], 0)
        rows[round_.round_code] = scan_landing(landing, sfo, round_).collect()
    return rows


def read_by_sql(year: str, weight: str = "1") -> dict[tuple[str, str], tuple[float, float]]:
    """(boarding area, index) -> (satisfied, answered), by SQL over the CSV as it stands; weighted by a column."""
    with (DATA / f"{year}.csv").open(encoding="utf-8-sig", newline="") as stream:
        header, *rows = list(csv.reader(stream))
    database = sqlite3.connect(":memory:")
    database.execute(f"CREATE TABLE answers ({', '.join(f'c{n} TEXT' for n in range(len(header)))})")
    database.executemany(f"INSERT INTO answers VALUES ({', '.join('?' * len(header))})", rows)
    area = f"c{header.index('BAREA')}"
    each = f"CAST(c{header.index(weight)} AS REAL)" if weight in header else weight
    found: dict[tuple[str, str], tuple[float, float]] = {}
    for index, prefix in BLOCKS.items():
        # Q7ART, Q9Boarding, Q10Safe are ratings; Q9COM1, Q9-1, Q10COM1 are coded comments
        block = [
            f"c{n}"
            for n, name in enumerate(header)
            if re.fullmatch(rf"{prefix}[A-Z]*", name.upper()) and not name.upper().startswith(f"{prefix}COM")
        ]
        satisfied = " + ".join(f"({column} IN ('4', '5'))" for column in block)
        answered = " + ".join(f"({column} IN ('1', '2', '3', '4', '5'))" for column in block)
        sums = f"SUM({each} * ({satisfied})), SUM({each} * ({answered}))"
        query = f"SELECT {area}, {sums} FROM answers GROUP BY 1 UNION ALL SELECT 'SFO', {sums} FROM answers"
        found |= {(unit, index): (yes, all_) for unit, yes, all_ in database.execute(query)}
    database.close()
    return found


def read_landed(rows: pl.DataFrame, sfo: SurveyFolder) -> dict[tuple[str, str], tuple[int, int]]:
    instrument, found = sfo.instruments["sfo-2016"], {}
    for unit in sfo.units:
        own = rows if unit.unit_code == "SFO" else rows.filter(pl.col("unit_code") == unit.unit_code)
        for index in instrument.indices:
            block = own.select(question.column for question in instrument.questions_of(index.code))
            answers = block.unpivot()["value"]
            found[unit.unit_code, index.code] = (
                int(answers.is_in([4, 5]).sum()),
                int(answers.is_in([1, 2, 3, 4, 5]).sum()),
            )
    return found


def test_the_survey_loads(sfo: SurveyFolder) -> None:
    assert [round_.round_code for round_ in sfo.rounds] == ["2016", "2017", "2018"]
    assert len(sfo.instruments["sfo-2016"].questions) == 22


def test_the_survey_has_no_python(sfo: SurveyFolder) -> None:
    assert list(sfo.path.rglob("*.py")) == []


@needs_data
def test_every_row_lands_with_unit_respondent_time_and_weight(
    landed: dict[str, pl.DataFrame], sfo: SurveyFolder
) -> None:
    assert {code: rows.height for code, rows in landed.items()} == {"2016": 3087, "2017": 2831, "2018": 2809}
    for rows in landed.values():
        core = rows.select(
            "submission_id", "respondent_id", "unit_code", "respondent_type", "channel", "submitted_at", "weight"
        )
        assert sum(core.null_count().row(0)) == 0
        assert set(rows["unit_code"]) == set("ABCDEFG")


@needs_data
@pytest.mark.parametrize("year", ["2016", "2017", "2018"])
def test_every_index_of_every_boarding_area_equals_plain_sql(
    year: str, landed: dict[str, pl.DataFrame], sfo: SurveyFolder
) -> None:
    assert read_landed(landed[year], sfo) == read_by_sql(year)


@needs_data
def test_dates_in_three_shapes_fall_into_the_rounds_window(landed: dict[str, pl.DataFrame], sfo: SurveyFolder) -> None:
    for round_ in sfo.rounds:
        opens, closes = round_.window(sfo.survey.zone)
        assert landed[round_.round_code]["submitted_at"].is_between(opens, closes, closed="left").all()


@needs_data
def test_weights_are_exact(landed: dict[str, pl.DataFrame]) -> None:
    weight = landed["2016"].filter(pl.col("submission_id") == "17")["weight"].item()
    assert weight == int(Decimal("1.0455967742") * 10**10)


@needs_data
def test_zero_and_blank_are_left_blank_and_six_is_no_answer(landed: dict[str, pl.DataFrame]) -> None:
    rows = landed["2018"]
    assert rows["q_q7all"].null_count() == 184  # "BLANK"
    assert rows["q_q7walkways"].null_count() == 98  # "0", under the name Q7WALKWAY
    assert rows["q_q7walkways"].value_counts().filter(pl.col("q_q7walkways") == 6)["count"].item() == 174


@needs_data
def test_the_headline_of_2018_reads_as_worked_by_hand(landed: dict[str, pl.DataFrame], sfo: SurveyFolder) -> None:
    satisfied, answered = read_landed(landed["2018"], sfo)["SFO", "safety"]
    assert (satisfied, answered) == (939 + 1420, 9 + 7 + 354 + 939 + 1420)  # the column's frequencies
    assert (Decimal(100 * satisfied) / answered).quantize(Decimal("0.01"), ROUND_HALF_UP) == Decimal("86.44")
