"""A warehouse of each kind, and figures of a small round."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa

from surveys.catalogue import SurveyFolder, load_survey
from tests.databases import temporary_database
from tests.golden import DEMO
from warehouse.engine import open_warehouse
from warehouse.load import LoadReport, RunRecord, load_release
from warehouse.tables import RESULT_TABLES, metadata

STARTED = dt.datetime(2023, 11, 16, 1, 0, tzinfo=dt.UTC)
UNITS = {"00": "system", "10": "province", "20": "province", "11": "district", "12": "district", "21": "district"}


@pytest.fixture(scope="session")
def migrated_database(postgres_server: sa.URL) -> Iterator[str]:
    """Name of a PostgreSQL database with an empty warehouse: copying it is quicker than migrating anew."""
    with temporary_database(postgres_server) as url:
        open_warehouse(url).dispose()
        yield str(sa.make_url(url).database)


@pytest.fixture
def postgresql_url(postgres_server: sa.URL, migrated_database: str) -> Iterator[str]:
    """URL of an empty warehouse on PostgreSQL."""
    with temporary_database(postgres_server, migrated_database) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def warehouse_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty warehouse, once on each database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'warehouse.db'}"
    return str(request.getfixturevalue("postgresql_url"))


@pytest.fixture
def engine(warehouse_url: str) -> Iterator[sa.Engine]:
    opened = open_warehouse(warehouse_url)
    yield opened
    opened.dispose()


@pytest.fixture
def postgresql(postgresql_url: str) -> Iterator[sa.Engine]:
    opened = open_warehouse(postgresql_url)
    yield opened
    opened.dispose()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[sa.Engine]:
    opened = open_warehouse(f"sqlite:///{tmp_path / 'warehouse.db'}")
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def folder() -> SurveyFolder:
    return load_survey(DEMO)


def figures(shift: int = 0) -> dict[str, pl.DataFrame]:
    """Result tables of a round: every unit, two indices; `shift` gives other figures."""
    cells = [
        {"unit_code": unit, "unit_level": level, "respondent_type": "all", "index_code": index}
        for unit, level in UNITS.items()
        for index in ("service", "online")
    ]
    index = [
        {
            **cell,
            "formula": "top2",
            "n_respondents": 40 + place,
            "numerator": 30 + shift + place,
            "denominator": 40 + place,
            "index_pct": (Decimal(100 * (30 + shift + place)) / (40 + place)).quantize(Decimal("0.01")),
            "rank": 1,
            "rank_of": 2,
            "n_tied": 1,
            "rank_state": "ranked",
        }
        for place, cell in enumerate(cells)
    ]
    by_unit = [{"unit_code": unit} for unit in UNITS]
    question = {"question_code": "S1", "respondent_type": "all"}
    answer = {"answer_code": 5, "answer_name": "Rất hài lòng", "answer_name_en": "Very satisfied", "is_answer": True}
    theme = {"feedback_code": "opinion_manner", "theme_code": "all", "polarity": "all"}
    comments = [("c1", "11", "suggestion", "online_service"), ("c2", "21", "opinion_manner", "attitude")]
    tables: dict[str, list[dict[str, Any]]] = {
        "fct_index": index,
        "fct_question": [{**unit, **question, "n_respondents": 40, "numerator": 30 + shift} for unit in by_unit],
        "fct_answer": [{**unit, **question, **answer, "n_answers": 30 + shift} for unit in by_unit],
        "fct_change": [
            {
                "baseline_round_code": "1",
                "comparability": "comparable",
                "change_points": Decimal("-0.13"),
                **{name: row[name] for name in ("unit_code", "respondent_type", "index_code", "index_pct")},
            }
            for row in index
        ],
        "fct_dissatisfaction": [{**unit, "n_respondents": 40, "n_naming_any": 5 + shift} for unit in by_unit],
        "fct_feedback": [{**unit, **theme, "n_comments": 7} for unit in by_unit],
        "fct_response": [
            {
                **unit,
                "respondent_type": "all",
                "n_extracted": 50,
                "n_superseded": 4,
                "n_accepted": 40,
                "n_quarantined": 6,
                "n_active": 90,
                "response_pct": Decimal("44.44"),
            }
            for unit in by_unit
        ],
        "fct_official": [{"unit_code": "11", "official_pseudonym": "a" * 24, "n_respondents": 6}],
        "comment": [
            {
                "comment_id": comment_id,
                "unit_code": unit,
                "feedback_code": feedback,
                "redacted_text": "=Cán bộ [TÊN_1] hướng dẫn tận tình",
                "themes": themes,
                "polarity": "positive",
            }
            for comment_id, unit, feedback, themes in comments
        ],
    }
    return {name: pl.DataFrame(rows) for name, rows in tables.items()}


def run_record(folder: SurveyFolder, **changes: Any) -> RunRecord:
    record = RunRecord(
        method=folder.method_of(folder.round("2")),
        code_version="0.1.0",
        input_hash="e3b0c442",
        n_extracted=50,
        n_superseded=4,
        n_accepted=40,
        n_quarantined=6,
        n_erased=0,
        n_warnings=1,
        started_at=STARTED,
        finished_at=STARTED + dt.timedelta(minutes=2),
    )
    return replace(record, **changes)


VALIDATION = [
    {
        "gate": "submissions",
        "rule_id": "answer_on_scale",
        "severity": "critical",
        "is_success": False,
        "n_tested": 46,
        "n_failed": 6,
        "failed_pct": Decimal("13.0435"),
        "example_keys": "0f3a 77bc",
        "description": "Câu trả lời thuộc thang đo",
        "description_en": "Answers are on the scale",
    }
]


def load(engine: sa.Engine, folder: SurveyFolder, shift: int = 0, round_code: str = "2", **more: Any) -> LoadReport:
    """Load the round's figures, moved by `shift`; a later call is a later run of the same input."""
    later = {"started_at": dt.datetime.now(dt.UTC), "finished_at": dt.datetime.now(dt.UTC)}
    record = run_record(folder, **later)
    return load_release(engine, folder, folder.round(round_code), figures(shift), record, VALIDATION, **more)


def contents(engine: sa.Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table; on PostgreSQL with `xmin`, which any rewriting of a row changes."""
    extra = [sa.literal_column("xmin::text")] if engine.dialect.name == "postgresql" else []
    with engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(sa.select(table, *extra))), key=repr)
            for table in metadata.tables.values()
        }


def result_rows(engine: sa.Engine, release_number: int) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of the result tables of one release, with all their columns."""
    with engine.connect() as connection:
        return {
            table.name: sorted(
                (
                    tuple(row)
                    for row in connection.execute(sa.select(table).where(table.c.release_number == release_number))
                ),
                key=repr,
            )
            for table in RESULT_TABLES
        }


def query(engine: sa.Engine, sql: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(sql))]
