"""Back-up, restore and the rehearsal of an upgrade, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from flows.backup import BackupError, back_up, rehearse_upgrade, restore
from flows.keys import create_key
from flows.settings import Settings
from flows.storage import RoundIsBusyError, Storage
from warehouse.engine import open_warehouse
from warehouse.tables import dim_index, metadata, suggestion_item

NOW = dt.datetime(2026, 11, 25, 3, tzinfo=dt.UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Two empty warehouses of the same kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'w.db'}", f"sqlite:///{tmp_path / 'w2.db'}"
        return
    first = str(request.getfixturevalue("postgres_url"))
    engine = sa.create_engine(first, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    second = sa.make_url(first).set(database=f"{engine.url.database}_b")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {second.database}"))
    yield first, second.render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {second.database} WITH (FORCE)"))


@pytest.fixture
def settings(urls: tuple[str, str], tmp_path: Path) -> Settings:
    """An installation with a landed file, microdata, a key, and rows in a public and in the restricted tier."""
    settings = Settings(storage=tmp_path / "var", warehouse_url=urls[0])
    storage = Storage(settings.storage)
    create_key(storage.identified / "keys" / "demo.json")
    (storage.work("demo", "1") / "accepted.parquet").write_bytes(b"identified")
    (storage.work("demo", "1") / "round.lock").touch()
    (storage.results("demo", "1", "demo") / "microdata.parquet").write_bytes(b"anonymised")
    engine = open_warehouse(settings.warehouse)
    with engine.execution_options(writes=True).begin() as connection:
        index = {
            "survey_code": "demo",
            "index_code": "service",
            "index_name": "Phục\tvụ\\n",
            "index_name_en": "Service",
        }
        connection.execute(sa.insert(dim_index), index)
        item = {"survey_code": "demo", "comment_id": "c1", "round_code": "1", "unit_code": "01", "status": "new"}
        connection.execute(sa.insert(suggestion_item), item)
    engine.dispose()
    return settings


def contents(url: str) -> dict[str, list[tuple[object, ...]]]:
    engine = open_warehouse(url)
    with engine.connect() as connection:
        found = {name: list(map(tuple, connection.execute(sa.select(t)))) for name, t in metadata.tables.items()}
        connection.execute(sa.text("SELECT * FROM v_index"))
    engine.dispose()
    return {name: rows for name, rows in found.items() if rows}


def tree(root: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mode & 0o777)
        for part in ("identified", "anonymised")
        for path in sorted((root / part).rglob("*"))
        if path.is_file() and path.name != "round.lock"
    }


def test_a_restored_installation_equals_the_one_that_was_backed_up(
    settings: Settings, urls: tuple[str, str], tmp_path: Path
) -> None:
    back_up(settings, tmp_path / "backup", NOW)
    elsewhere = Settings(storage=tmp_path / "var2", warehouse_url=urls[1])
    restore(elsewhere, tmp_path / "backup")
    assert contents(urls[1]) == contents(urls[0]) != {}
    assert tree(elsewhere.storage) == tree(settings.storage)
    assert len(tree(elsewhere.storage)) == 3


def test_a_rehearsal_upgrades_a_copy_and_keeps_every_row(
    settings: Settings, urls: tuple[str, str], tmp_path: Path
) -> None:
    before = contents(urls[0])
    (tmp_path / "copy").mkdir()
    counted = rehearse_upgrade(urls[0], urls[1], tmp_path / "copy")
    assert {name.split(".")[-1]: n for name, n in counted.items() if n != (0, 0)} == {
        "dim_index": (1, 1),
        "suggestion_item": (1, 1),
    }
    assert contents(urls[1]) == before == contents(urls[0])


class TestOnSqlite:
    @pytest.fixture
    def urls(self, tmp_path: Path) -> tuple[str, str]:
        return f"sqlite:///{tmp_path / 'w.db'}", f"sqlite:///{tmp_path / 'w2.db'}"

    def test_a_back_up_is_closed_to_others(self, settings: Settings, tmp_path: Path) -> None:
        back_up(settings, tmp_path / "backup", NOW)
        assert (tmp_path / "backup").stat().st_mode & 0o777 == 0o700
        assert (tmp_path / "backup" / "storage.tar").stat().st_mode & 0o777 == 0o600

    def test_keys_can_be_left_out(self, settings: Settings, urls: tuple[str, str], tmp_path: Path) -> None:
        back_up(settings, tmp_path / "backup", NOW, with_keys=False)
        elsewhere = Settings(storage=tmp_path / "var2", warehouse_url=urls[1])
        restore(elsewhere, tmp_path / "backup")
        assert not list(elsewhere.storage.rglob("demo.json"))

    def test_a_damaged_back_up_restores_nothing(
        self, settings: Settings, urls: tuple[str, str], tmp_path: Path
    ) -> None:
        back_up(settings, tmp_path / "backup", NOW)
        with (tmp_path / "backup" / "storage.tar").open("r+b") as stream:
            stream.seek(600)
            stream.write(b"?")
        elsewhere = Settings(storage=tmp_path / "var2", warehouse_url=urls[1])
        with pytest.raises(BackupError, match=r"storage\.tar is missing or damaged"):
            restore(elsewhere, tmp_path / "backup")
        assert not elsewhere.storage.exists()

    def test_nothing_is_overwritten(self, settings: Settings, tmp_path: Path) -> None:
        back_up(settings, tmp_path / "backup", NOW)
        with pytest.raises(BackupError, match=r"not empty: .*identified.*the warehouse"):
            restore(settings, tmp_path / "backup")
        with pytest.raises(BackupError, match="exists; name a new folder"):
            back_up(settings, tmp_path / "backup", NOW)

    def test_a_running_round_is_waited_for(self, settings: Settings, tmp_path: Path) -> None:
        busy = settings.model_copy(update={"lock_timeout_seconds": 0.1})
        with Storage(settings.storage).lock("demo", "1", 1), pytest.raises(RoundIsBusyError, match="demo 1"):
            back_up(busy, tmp_path / "backup", NOW)
