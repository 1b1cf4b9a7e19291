"""hailong export, publish, dictionary and grant, as a person types them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from flows.cli import app
from surveys.catalogue import load_survey
from tests.golden import DEMO
from tests.warehouse.conftest import load
from warehouse.dictionary import describe_warehouse
from warehouse.engine import WarehouseError, open_warehouse


def hailong(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Storage with a warehouse that has a draft of round 2."""
    root = tmp_path_factory.mktemp("storage")
    engine = open_warehouse(f"sqlite:///{root / 'warehouse.db'}")
    load(engine, load_survey(DEMO))
    engine.dispose()
    return root


@pytest.mark.parametrize(("tier", "view"), [("public", "v_index"), ("management", "v_question")])
def test_export_writes_a_tier_under_the_release(storage: Path, tier: str, view: str) -> None:
    done = hailong("export", "--survey", DEMO, "--round", "2", "--tier", tier, "--storage", storage)
    assert done.exit_code == 0, done.output
    assert (storage / f"anonymised/exports/demo/2/release-1/{tier}/{view}.parquet").is_file()


def test_export_of_a_tier_that_does_not_exist_is_a_wrong_argument(storage: Path) -> None:
    assert hailong("export", "--survey", DEMO, "--round", "2", "--tier", "secret", "--storage", storage).exit_code == 2


def test_export_of_a_round_without_a_release_says_so(storage: Path) -> None:
    done = hailong("export", "--survey", DEMO, "--round", "1", "--storage", storage)
    assert isinstance(done.exception, WarehouseError)
    assert "round 1: no release" in str(done.exception)


def test_publish_shows_the_draft_of_the_warehouse_that_is_named(storage: Path, tmp_path: Path) -> None:
    draft = ("publish", "--survey", DEMO, "--round", "2", "--warehouse-url", f"sqlite:///{storage / 'warehouse.db'}")
    done = hailong(*draft, "--storage", tmp_path)
    assert done.exit_code == 0, done.exception
    assert "to publish: hailong publish" in done.output
    assert not (tmp_path / "warehouse.db").exists()


def test_dictionary_writes_the_page(tmp_path: Path) -> None:
    assert hailong("dictionary", "--output", tmp_path / "page.md").exit_code == 0
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == describe_warehouse()


@pytest.fixture
def director(postgres_url: str) -> Iterator[str]:
    """A login role that owns nothing, and the roles of tiers named after it; all dropped after the test."""
    engine = sa.create_engine(postgres_url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    name = str(engine.url.database)
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE ROLE {name} LOGIN"))
    yield name
    with engine.connect() as connection:
        for role in (name, *(f"{name}_{tier}" for tier in ("restricted", "management", "public"))):
            connection.execute(sa.text(f"DROP OWNED BY {role}"))
            connection.execute(sa.text(f"DROP ROLE {role}"))


def test_grant_lets_a_director_read_and_takes_it_back(postgres_url: str, director: str) -> None:
    engine = open_warehouse(postgres_url)
    load(engine, load_survey(DEMO))
    where = ("--warehouse-url", postgres_url)
    unit = (director, "--survey", DEMO, "--unit", "10", "--by", "Nguyễn Thị Duyệt", *where)
    granted = "SELECT role_name, unit_code FROM unit_grant"
    assert hailong("grant", "tiers", "--prefix", director, *where).exit_code == 0
    assert hailong("grant", "unit", *unit, "--prefix", director).exit_code == 0
    with engine.connect() as connection:
        assert [tuple(row) for row in connection.execute(sa.text(granted))] == [(director, "10")]
    assert "no longer reads" in hailong("grant", "revoke", *unit).output
    with engine.connect() as connection:
        assert connection.execute(sa.text(granted)).first() is None
    engine.dispose()
