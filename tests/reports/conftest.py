"""Reports of one small round: a withheld district, a change that is none, and a note that means harm."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa

from reports.writing import write_report
from surveys.catalogue import SurveyFolder, load_survey
from tests.golden import DEMO
from tests.warehouse.conftest import UNITS, VALIDATION, figures, run_record
from warehouse.engine import open_warehouse
from warehouse.load import load_release
from warehouse.releases import publish_release

WITHHELD_UNIT = "12"
NOTE = '=HYPERLINK("x") <script>alert(1)</script>'

Writer = Callable[..., Path]


@pytest.fixture(scope="session")
def folder() -> SurveyFolder:
    return load_survey(DEMO)


@pytest.fixture(scope="session")
def write(folder: SurveyFolder, tmp_path_factory: pytest.TempPathFactory) -> Writer:
    """Load the round into a new warehouse, publish it if asked, and write its report; the report's folder."""

    def write_one(*, is_published: bool = False, url: str | None = None) -> Path:
        place = tmp_path_factory.mktemp("report")
        engine = open_warehouse(url or f"sqlite:///{place / 'warehouse.db'}")
        load_round(engine, folder)
        if is_published:
            publish_release(engine, "demo", "2", 1, "Nguyễn Thị Duyệt", NOTE)
        write_report(engine, folder, "2", place / "report")
        engine.dispose()
        return place / "report"

    return write_one


@pytest.fixture(scope="session")
def draft(write: Writer) -> Path:
    return write()


@pytest.fixture(scope="session")
def published(write: Writer) -> Path:
    return write(is_published=True)


def load_round(engine: sa.Engine, folder: SurveyFolder) -> None:
    """Both rounds of the demonstration survey; the second with a district withheld."""
    load_release(engine, folder, folder.round("1"), figures(1), run_record(folder), VALIDATION)
    load_release(engine, folder, folder.round("2"), protected_figures(), run_record(folder), VALIDATION)


def protected_figures() -> dict[str, pl.DataFrame]:
    frames = figures()
    hidden = {"numerator": pl.Int64, "index_pct": pl.Decimal(9, 4), "rank": pl.Int64}
    questions_changed = (pl.col("unit_code") == "20") & (pl.col("index_code") == "service")
    counts = {"threshold_pct": Decimal(90), "unit_level": "district", "index_code": "service"}
    split: dict[str, Any] = {"n_above": 2, "n_not_above": 1, "n_at": 0, "n_below": 1, "n_not_rated": 0}
    withheld = {"n_units": 1, "is_suppressed": True, "suppression_reason": "complementary"}
    return {
        **frames,
        "fct_index": withhold(frames["fct_index"], hidden),
        "fct_question": withhold(frames["fct_question"], {"numerator": pl.Int64}),
        "fct_dissatisfaction": withhold(frames["fct_dissatisfaction"], {"n_naming_any": pl.Int64}),
        "fct_feedback": frames["fct_feedback"].with_columns(pl.lit("complaint_online").alias("feedback_code")),
        "fct_change": frames["fct_change"].with_columns(
            pl.when(questions_changed)
            .then(pl.lit("questions_changed"))
            .otherwise("comparability")
            .alias("comparability")
        ),
        "fct_threshold": pl.DataFrame(
            [
                {"unit_code": "00", **counts, **split, "n_units": 3, "is_suppressed": False},
                {"unit_code": "20", **counts, **withheld},
            ]
        ),
        "fct_reform_score": pl.DataFrame(
            [
                {
                    "unit_code": unit,
                    "rule_code": "reform",
                    "rule_name": "Điểm cải cách hành chính",
                    "rule_name_en": "Administrative-reform points",
                    "index_code": "service",
                    "points": Decimal("7.71"),
                    "max_points": Decimal(10),
                }
                for unit, level in UNITS.items()
                if level == "province"
            ]
        ),
    }


def withhold(frame: pl.DataFrame, columns: dict[str, Any]) -> pl.DataFrame:
    """The frame with the columns of the withheld unit empty, as disclosure control leaves them."""
    is_hidden = pl.col("unit_code") == WITHHELD_UNIT
    return frame.with_columns(
        *(pl.when(is_hidden).then(None).otherwise(name).cast(kind).alias(name) for name, kind in columns.items()),
        is_hidden.alias("is_suppressed"),
        pl.when(is_hidden).then(pl.lit("primary")).alias("suppression_reason"),
    )
