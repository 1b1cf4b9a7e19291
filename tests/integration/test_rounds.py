"""Two simulated rounds of the treasury, by the Prefect flow into SQLite and by the bare stages into PostgreSQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from prefect.artifacts import Artifact
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows import stages
from flows.jobs import RoundJob
from flows.rights import recompute_round
from flows.rounds import close_round
from flows.settings import Settings
from sources.simulation import simulate
from surveys.catalogue import SurveyFolder, load_survey
from tests.databases import temporary_database
from warehouse.engine import open_warehouse
from warehouse.load import LoadReport

N = 4_000  # enough answers for two decimals in the smallest index
ROUNDS = ["2023-1", "2023-2"]
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
LOWEST = """
    SELECT unit_name, index_pct, n_respondents FROM v_ranking WHERE round_code = '2023-2' AND index_code = 'service'
    AND unit_level = 'province' ORDER BY index_pct LIMIT 10"""


@pytest.fixture(scope="module")
def kbnn() -> SurveyFolder:
    return load_survey("kbnn")


@pytest.fixture(scope="module")
def source_url(kbnn: SurveyFolder, tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('source') / 'source.db'}"
    simulate(kbnn, url, n_per_round=N, seed=7, rounds=ROUNDS)
    return url


@pytest.fixture(scope="module")
def sqlite_storage(source_url: str, prefect_server: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Storage after the flow has run both rounds."""
    storage = tmp_path_factory.mktemp("flow")
    with temporary_settings({PREFECT_API_URL: prefect_server}):
        for code in ROUNDS:
            state: Any = close_round("kbnn", code, source_url=source_url, storage=str(storage), return_state=True)
            assert state.name == "CompletedWithWarnings"
    return storage


@pytest.fixture(scope="module")
def on_sqlite(sqlite_storage: Path) -> Iterator[sa.Engine]:
    engine = open_warehouse(f"sqlite:///{sqlite_storage / 'warehouse.db'}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def postgres_jobs(
    kbnn: SurveyFolder, source_url: str, postgres_server: sa.URL, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[RoundJob]]:
    with temporary_database(postgres_server) as url:
        settings = Settings.model_validate(
            {
                "storage": tmp_path_factory.mktemp("stages"),
                "source_url": source_url,
                "warehouse_url": url,
                "partitions": 3,
            }
        )
        jobs = [RoundJob.open(kbnn, code, settings) for code in ROUNDS]
        for job in jobs:
            assert run(job).is_changed
        yield jobs


@pytest.fixture(scope="module")
def on_postgres(postgres_jobs: list[RoundJob]) -> Iterator[sa.Engine]:
    engine = open_warehouse(postgres_jobs[0].settings.warehouse)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def warehouse(request: pytest.FixtureRequest) -> sa.Engine:
    name = "on_sqlite" if request.param == "sqlite" else "on_postgres"
    engine: sa.Engine = request.getfixturevalue(name)
    return engine


def run(job: RoundJob) -> LoadReport:
    stages.extract(job, NOW)
    report: LoadReport = recompute_round(job, NOW)
    return report


def read(engine: sa.Engine, query: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


def figures(engine: sa.Engine) -> list[tuple[Any, ...]]:
    """Every index with all that stands beside it, as text: SQLite's raw numbers are neither decimals nor booleans."""
    rows = read(engine, "SELECT * FROM v_index ORDER BY round_code, unit_code, respondent_type, index_code")
    return [tuple(_as_text(value) for value in row) for row in rows]


def _as_text(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, Decimal | float | int) else str(value)


@pytest.mark.parametrize("code", ROUNDS)
def test_the_systems_indices_equal_the_planted_truth(code: str, warehouse: sa.Engine, kbnn: SurveyFolder) -> None:
    root = next(unit.unit_code for unit in kbnn.units_on(kbnn.round(code).register_date) if unit.parent_code is None)
    query = f"SELECT index_code, index_pct FROM v_index WHERE round_code = '{code}' AND unit_code = '{root}'"
    found = {index: f"{pct:.2f}" for index, pct in read(warehouse, f"{query} AND respondent_type = 'all'")}
    truth = {p.index_code: f"{p.index_pct:.2f}" for p in kbnn.published if (p.round_code, p.unit_code) == (code, root)}
    assert found == truth


def test_every_submission_extracted_is_accounted_for(warehouse: sa.Engine) -> None:
    sums = "n_extracted, n_superseded, n_accepted, n_quarantined, n_erased"
    for extracted, *parts in read(warehouse, f"SELECT {sums} FROM pipeline_run"):
        assert extracted == sum(parts) > N


def test_the_lowest_provinces_are_one_short_query_away(warehouse: sa.Engine) -> None:
    rows = read(warehouse, LOWEST)
    assert len(rows) == 10
    assert [row[1] for row in rows] == sorted(row[1] for row in rows)


def test_both_warehouses_hold_the_same_figures(on_sqlite: sa.Engine, on_postgres: sa.Engine) -> None:
    assert figures(on_sqlite) == figures(on_postgres)


def test_running_again_changes_no_row(postgres_jobs: list[RoundJob], on_postgres: sa.Engine) -> None:
    # xmin: the transaction that wrote a row last
    tables = [
        name for name in sa.inspect(on_postgres).get_table_names() if name.startswith(("fct_", "dim_", "release"))
    ]
    query = " UNION ALL ".join(f"SELECT '{name}', xmin::text, COUNT(*) FROM {name} GROUP BY 2" for name in tables)
    before = sorted(read(on_postgres, query))
    assert not any(run(job).is_changed for job in postgres_jobs)
    assert sorted(read(on_postgres, query)) == before


@pytest.mark.parametrize("name", ["summary", "indices", "response", "ranking", "suppression", "validation-submissions"])
def test_the_flow_leaves_an_artifact_for_the_operator(name: str, sqlite_storage: Path, prefect_server: str) -> None:
    with temporary_settings({PREFECT_API_URL: prefect_server}):
        assert Artifact.get(key=f"kbnn-2023-2-{name}")
