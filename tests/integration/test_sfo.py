"""The airport's three rounds, from the published files to the warehouse: every index equals plain SQL over the CSV."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from flows import stages
from flows.jobs import RoundJob
from flows.rights import recompute_round
from flows.settings import Settings
from surveys.catalogue import load_survey
from tests.surveys.test_sfo import DATA, needs_data, read_by_sql
from warehouse.engine import connect

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
YEARS = ("2016", "2017", "2018")
INDICES = "SELECT * FROM v_index WHERE survey_code = 'sfo' AND round_code = :year AND respondent_type = 'all'"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> sa.Engine:
    storage, folder = tmp_path_factory.mktemp("sfo"), load_survey("sfo")
    settings = Settings(_env_file=None, storage=storage, source_url=str(DATA), partitions=2)  # type: ignore[call-arg,arg-type]
    for year in YEARS:
        job = RoundJob.open(folder, year, settings)
        stages.extract(job, NOW)
        recompute_round(job, NOW)
    return connect(f"sqlite:///{Path(storage) / 'warehouse.db'}")


def read_indices(warehouse: sa.Engine, year: str) -> dict[tuple[str, str], sa.RowMapping]:
    with warehouse.connect() as connection:
        rows = connection.execute(sa.text(INDICES), {"year": year}).mappings().all()
    return {(row["unit_code"], row["index_code"]): row for row in rows}


@needs_data
@pytest.mark.parametrize("year", YEARS)
def test_numerators_and_denominators_equal_plain_sql(year: str, warehouse: sa.Engine) -> None:
    found = {key: (row["numerator"], row["denominator"]) for key, row in read_indices(warehouse, year).items()}
    assert found == read_by_sql(year)


@needs_data
@pytest.mark.parametrize("year", YEARS)
def test_weighted_indices_equal_plain_sql(year: str, warehouse: sa.Engine) -> None:
    found = {key: Decimal(str(row["weighted_pct"])) for key, row in read_indices(warehouse, year).items()}
    expected = {
        key: (Decimal(100 * satisfied) / Decimal(answered)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        for key, (satisfied, answered) in read_by_sql(year, "WEIGHT").items()
    }
    assert found == expected


@needs_data
def test_the_rounds_are_compared_with_each_other(warehouse: sa.Engine) -> None:
    query = (
        "SELECT change_points FROM v_change WHERE round_code = '2018' AND unit_code = 'SFO' AND index_code = 'safety'"
    )
    with warehouse.connect() as connection:
        changes = {str(row[0]) for row in connection.execute(sa.text(f"{query} AND respondent_type = 'all'"))}
    assert {Decimal(change) for change in changes} >= {Decimal("-0.69")}  # 86.44 - 87.13 in 2017
