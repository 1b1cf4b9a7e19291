"""The database is what the contract says: tables, columns, comments, views."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from tests.warehouse.conftest import contents
from warehouse.engine import WarehouseError, connect, migrate, open_warehouse, restricted_file
from warehouse.tables import MANAGEMENT, RESTRICTED, metadata
from warehouse.views import VIEWS


def contract(engine: sa.Engine) -> sa.MetaData:
    """The tables as this database should have them: SQLite has no schema `management`."""
    copied = sa.MetaData(naming_convention=metadata.naming_convention)
    bare = engine.dialect.name == "sqlite"
    for table in metadata.tables.values():
        table.to_metadata(copied, schema=None if bare and table.schema == MANAGEMENT else table.schema)
    return copied


def drift(engine: sa.Engine, wanted: sa.MetaData) -> list[object]:
    # an engine of its own: reflection takes the search path of ours for one schema
    with sa.create_engine(engine.url).connect() as connection:
        if engine.dialect.name == "sqlite":
            restricted = str(engine.url.database).replace(".db", ".restricted.db")
            connection.exec_driver_sql(f"ATTACH '{restricted}' AS {RESTRICTED}")
        options = {
            "include_schemas": True,
            "compare_type": True,
            "include_name": lambda name, kind, _parents: (
                (kind != "schema" or name in (None, MANAGEMENT, RESTRICTED)) and name != "alembic_version"
            ),
        }
        return compare_metadata(MigrationContext.configure(connection, opts=options), wanted)


def test_migrations_make_the_tables_of_the_contract(engine: sa.Engine) -> None:
    assert drift(engine, contract(engine)) == []


@pytest.mark.parametrize(
    "change",
    [{"name": "n_late"}, {"type_": sa.Text()}, {"nullable": False}],
    ids=["new column", "other type", "other nullability"],
)
def test_a_table_that_no_migration_made_is_found(engine: sa.Engine, change: dict[str, Any]) -> None:
    wanted = contract(engine)
    column = {"name": "index_pct", "type_": sa.Numeric(9, 4), "nullable": True} | change
    wanted.tables["fct_index"].append_column(sa.Column(**column), replace_existing=True)
    assert drift(engine, wanted) != []


def test_opening_again_changes_nothing(engine: sa.Engine, warehouse_url: str) -> None:
    before = contents(engine)
    open_warehouse(warehouse_url).dispose()
    assert contents(engine) == before


def test_every_table_view_and_column_has_a_comment_in_postgresql(postgresql: sa.Engine) -> None:
    query = """
        SELECT n.nspname || '.' || c.relname || coalesce('.' || a.attname, '')
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname IN ('public', 'management', 'restricted')
        CROSS JOIN LATERAL (
            SELECT NULL AS attname, 0 AS attnum
            UNION ALL SELECT attname, attnum FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
        ) a
        WHERE c.relkind IN ('r', 'v') AND c.relname <> 'alembic_version'
          AND coalesce(col_description(c.oid, nullif(a.attnum, 0)), obj_description(c.oid, 'pg_class'), '') = ''"""
    with postgresql.connect() as connection:
        assert connection.execute(sa.text(query)).scalars().all() == []
        n_views = connection.execute(
            sa.text("SELECT count(*) FROM pg_class WHERE relkind = 'v' AND relname LIKE 'v\\_%'")
        )
        assert n_views.scalar() == len(VIEWS)


def test_every_table_view_and_column_has_a_comment_in_the_contract() -> None:
    described = [(table.name, table.comment, table.columns) for table in metadata.tables.values()]
    described += [(view.name, view.comment, view.columns) for view in VIEWS]  # type: ignore[misc]
    assert [name for name, comment, columns in described if not comment or not all(c.comment for c in columns)] == []


def test_views_of_an_earlier_version_are_created_anew(engine: sa.Engine) -> None:
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(sa.text("DROP VIEW v_index"))
        connection.execute(sa.text("CREATE VIEW v_index AS SELECT 1 AS old"))
        connection.execute(sa.text("UPDATE view_definition SET definition_hash = 'old' WHERE view_name = 'v_index'"))
    migrate(engine)
    with engine.connect() as connection:
        assert "index_pct" in tuple(connection.execute(sa.text("SELECT * FROM v_index")).keys())


def test_a_warehouse_of_a_later_version_is_refused(engine: sa.Engine, warehouse_url: str) -> None:
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(WarehouseError, match="later version"):
        open_warehouse(warehouse_url)


def test_an_unreachable_warehouse_is_named_without_its_password() -> None:
    with pytest.raises(WarehouseError, match="cannot be used") as caught:
        open_warehouse("postgresql+psycopg://loader:hush@127.0.0.1:1/warehouse")
    assert "hush" not in str(caught.value)


def test_the_restricted_file_is_for_its_owner_only(sqlite: sa.Engine) -> None:
    path = restricted_file(Path(str(sqlite.url.database)))
    assert path.stat().st_mode & 0o077 == 0


def test_connecting_alone_migrates_nothing(postgres_url: str) -> None:
    engine = connect(postgres_url)
    with engine.connect() as connection:
        assert sa.inspect(connection).get_table_names() == []
    engine.dispose()
