"""Every example query of docs/warehouse.md runs, on both databases, and answers what it says."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa

from surveys.catalogue import SurveyFolder
from tests.warehouse.conftest import UNITS, figures, load, run_record
from warehouse.load import load_release
from warehouse.releases import publish_release

PAGE = Path(__file__).parents[2] / "docs" / "warehouse.md"
EXAMPLES = re.findall(
    r"^([^\n]+):\n\n```sql\n(.*?);\n```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
)
HERE = {"'kbnn'": "'demo'", "'2023-2'": "'2'", "'2023-1'": "'1'", "'0010'": "'10'"}
"""The demonstration survey's codes for those of the examples."""


@pytest.fixture
def corrected(engine: sa.Engine, folder: SurveyFolder) -> sa.Engine:
    """Rounds 1 and 2 published, the second corrected by another release; every table has rows."""
    load(engine, folder, round_code="1")
    publish_release(engine, "demo", "1", 1, "Duyệt")
    load(engine, folder)
    publish_release(engine, "demo", "2", 1, "Duyệt")
    load_release(engine, folder, folder.round("2"), full_figures(), run_record(folder), reason="late forms")
    publish_release(engine, "demo", "2", 2, "Duyệt")
    return engine


def full_figures() -> dict[str, pl.DataFrame]:
    frames = figures(1)
    threshold = {"unit_level": "district", "index_code": "service", "threshold_pct": Decimal(90), "n_units": 3}
    points = {"rule_name": "Điểm", "rule_name_en": "Points", "points": Decimal("7.7"), "max_points": Decimal(10)}
    negative = pl.lit("online_service").alias("theme_code"), pl.lit("negative").alias("polarity")
    return {
        **frames,
        "fct_change": frames["fct_change"].with_columns(pl.lit(Decimal("-0.05")).alias("change_high_points")),
        "fct_threshold": pl.DataFrame([{"unit_code": unit, **threshold} for unit in UNITS]),
        "fct_reform_score": pl.DataFrame([{"unit_code": "10", "rule_code": "r", "index_code": "service", **points}]),
        "fct_feedback": frames["fct_feedback"].with_columns(*negative),
    }


def answer(engine: sa.Engine, sql: str) -> list[dict[str, Any]]:
    for theirs, ours in HERE.items():
        sql = sql.replace(theirs, ours)
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(sa.text(sql)).mappings()]


def test_the_examples_are_found() -> None:
    assert len(EXAMPLES) == PAGE.read_text(encoding="utf-8").count("```sql")


def test_every_example_answers_with_rows(corrected: sa.Engine) -> None:
    assert [title for title, sql in EXAMPLES if not answer(corrected, sql)] == []


def test_the_lowest_provinces_come_first_with_their_respondents(corrected: sa.Engine) -> None:
    rows = answer(corrected, EXAMPLES[0][1])
    assert [(row["unit_name"], row["n_respondents"]) for row in rows] == [("Tỉnh A", 42), ("Tỉnh B", 44)]


def test_the_correction_is_listed_index_by_index(corrected: sa.Engine) -> None:
    rows = answer(corrected, EXAMPLES[-1][1])
    assert len(rows) == 2 * len(UNITS)
    assert all(row["was"] < row["is_now"] for row in rows)


def test_a_figure_compares_with_its_published_form(corrected: sa.Engine) -> None:
    sql = "SELECT index_code FROM v_index WHERE unit_code = '00' AND index_pct = {}"
    published = (Decimal(100 * 31) / 40).quantize(Decimal("0.01"))
    assert answer(corrected, sql.format(published)) == [{"index_code": "service"}]
