"""Opens the warehouse: SQLite (the restricted tier in a second file) or PostgreSQL (a schema per tier), migrated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import event

from warehouse.tables import MANAGEMENT, RESTRICTED
from warehouse.views import drop_views, refresh_views

MIGRATIONS = Path(__file__).parent / "migrations"


class WarehouseError(Exception):
    """The warehouse cannot be used; the message says why and never shows a password."""


def open_warehouse(url: str) -> sa.Engine:
    """Connect, and bring the schema up to date.

    SQLite runs in WAL mode, so that readers go on while a round is loaded; tables of the schema `restricted` are in
    `<name>.restricted.db` beside the warehouse, which only its owner may read.

    Raises:
        WarehouseError: the database cannot be reached or written, or a later version of hailong wrote it.
    """
    engine = connect(url)
    try:
        migrate(engine)
    except CommandError:
        raise WarehouseError(
            f"the warehouse {engine.url.render_as_string(hide_password=True)} was written by a later version of "
            "hailong; upgrade this one"
        ) from None
    except (sa.exc.OperationalError, OSError) as error:
        raise WarehouseError(
            f"the warehouse {engine.url.render_as_string(hide_password=True)} cannot be used "
            f"({type(error).__name__}); check the address, that the server runs, that its disk has "
            "space, and your permission to write"
        ) from None
    return engine


def connect(url: str) -> sa.Engine:
    """An engine without any check, on which every table and view is known by its bare name."""
    parsed = sa.make_url(url)
    return _connect_sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _connect_postgresql(parsed)


def _connect_postgresql(parsed: sa.URL) -> sa.Engine:
    engine = sa.create_engine(parsed, pool_pre_ping=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.execute(f"SET search_path TO public, {MANAGEMENT}, {RESTRICTED}")
        connection.commit()

    return engine


def _connect_sqlite(parsed: sa.URL) -> sa.Engine:
    main = Path(str(parsed.database))
    restricted = restricted_file(main)
    main.parent.mkdir(parents=True, exist_ok=True)
    for path, mode in ((main, 0o640), (restricted, 0o600)):
        if not path.exists():
            path.touch(mode=mode)
            path.chmod(mode)
    engine = sa.create_engine(parsed, connect_args={"timeout": 60})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # SQLAlchemy begins transactions itself: pysqlite's own habit would leave DDL and BEGIN IMMEDIATE outside
        connection.isolation_level = None
        for statement in (
            f"ATTACH DATABASE '{restricted}' AS {RESTRICTED}",
            "PRAGMA main.journal_mode = WAL",
            f"PRAGMA {RESTRICTED}.journal_mode = WAL",
            "PRAGMA busy_timeout = 60000",
            "PRAGMA secure_delete = ON",  # of both files: else what was deleted stays in free pages
        ):
            connection.execute(statement)

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")

    return engine.execution_options(schema_translate_map={MANAGEMENT: None})


def restricted_file(main: Path) -> Path:
    """Where the restricted tier of an SQLite warehouse is."""
    return main.with_name(f"{main.stem}.restricted.db")


def migrate(engine: sa.Engine) -> None:
    """Upgrade the tables, and create the views where they differ; does nothing when all is there.

    There is no way back but the back-up (docs/warehouse.md).
    """
    with engine.execution_options(writes=True).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('hailong migrate'))"))
            for schema in (MANAGEMENT, RESTRICTED):
                connection.execute(sa.text(f"CREATE SCHEMA IF NOT EXISTS {schema}"))
        config = alembic_config()
        current = MigrationContext.configure(connection).get_current_revision()
        if current != ScriptDirectory.from_config(config).get_current_head():
            if current is not None:
                drop_views(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        refresh_views(connection)


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config
