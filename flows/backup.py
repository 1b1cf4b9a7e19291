"""Back-up and restore of warehouse and storage, and the rehearsal of an upgrade on a copy.

    <target>/manifest.json    when, revision of the tables, SHA-256 of every file below
             storage.tar      identified/ and anonymised/, wherever they are
             warehouse/       SQLite: both files; PostgreSQL: one COPY text file per table

A back-up holds identified data and, unless left out, the keys of pseudonyms: keep it like the storage itself, and no
longer than the survey's retention allows (docs/operations.md).
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from copy import copy
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.migration import MigrationContext
from upath import UPath

from flows.errors import OperationError
from flows.object_stores import Place, fetch_folder, files_below, holds_folder, send_folder
from flows.settings import Settings
from flows.storage import Storage, find_places, write_bytes
from sources.landing_store import sha256_of
from warehouse.engine import alembic_config, connect, migrate, open_warehouse, restricted_file
from warehouse.tables import MANAGEMENT, RESTRICTED

SCHEMAS = ("public", MANAGEMENT, RESTRICTED)
MADE = ("alembic_version", "view_definition")  # migrations and views fill them anew
KEYS = ("identified", "keys")
# Python 3.11.2, Debian 12's, has no filters; the archive's hash has been compared by then
FILTER: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}


class BackupError(OperationError):
    """The back-up was not written or not restored."""


def back_up(settings: Settings, target: Path, now: dt.datetime, *, with_keys: bool = True) -> dict[str, Any]:
    """Write a back-up into a new folder (0700); rounds are held meanwhile, so that their files fit together.

    Returns:
        the manifest.

    Raises:
        BackupError: the target exists.
        RoundIsBusyError: a round is running and does not finish in time.
    """
    if target.exists():
        raise BackupError(f"{target} exists; name a new folder, such as {target}-{now:%Y%m%d-%H%M}")
    storage = Storage.of(settings)
    (target / "warehouse").mkdir(parents=True)
    target.chmod(0o700)
    with ExitStack() as held:
        for work in sorted((storage.identified / "work").glob("*/*")):
            held.enter_context(storage.lock(work.parent.name, work.name, settings.lock_timeout_seconds))
        revision = copy_warehouse_out(settings.warehouse, target / "warehouse")
        _pack(storage, target / "storage.tar", with_keys)
    manifest = {
        "taken_at": now.isoformat(timespec="seconds"),
        "warehouse": sa.make_url(settings.warehouse).get_backend_name(),
        "revision": revision,
        "has_keys": with_keys,
        "files": {
            str(path.relative_to(target)): sha256_of(path) for path in sorted(target.rglob("*")) if path.is_file()
        },
    }
    (target / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    return manifest


def restore(settings: Settings, source: Path) -> dict[str, Any]:
    """Put a back-up where the settings point, which must be empty.

    Returns:
        the manifest.

    Raises:
        BackupError: a file of the back-up is damaged or missing, or something is in the way; nothing was written.
    """
    manifest = _read_manifest(source)
    storage = Storage.of(settings)
    in_the_way = [str(root) for _, root in _sides(storage) if find_places(root, "*")]
    in_the_way += [] if _is_empty(settings.warehouse) else ["the warehouse"]
    if in_the_way:
        raise BackupError(f"not empty: {', '.join(in_the_way)}; nothing is overwritten. Restore into an empty place")
    if manifest["warehouse"] != sa.make_url(settings.warehouse).get_backend_name():
        raise BackupError(
            f"the back-up is of a {manifest['warehouse']} warehouse; HAILONG_WAREHOUSE_URL names another kind"
        )
    _unpack(source / "storage.tar", storage)
    copy_warehouse_in(settings.warehouse, source / "warehouse", manifest["revision"])
    open_warehouse(settings.warehouse).dispose()
    return manifest


def back_up_to_url(settings: Settings, url: str, now: dt.datetime, *, with_keys: bool = True) -> dict[str, Any]:
    """Write a back-up to an object store, by way of a folder beside the storage, which must have room for it.

    Raises:
        BackupError, RoundIsBusyError: as `back_up`.
        ObjectStoreError: the store cannot be written.
    """
    if holds_folder(url):
        raise BackupError(f"{url} holds a back-up already; name a new place, such as {url}-{now:%Y%m%d-%H%M}")
    with _folder_beside(settings) as folder:
        manifest = back_up(settings, folder / "backup", now, with_keys=with_keys)
        send_folder(folder / "backup", url)
    return manifest


def restore_from_url(settings: Settings, url: str) -> dict[str, Any]:
    """`restore` from an object store. Raises BackupError or ObjectStoreError; nothing was written then."""
    with _folder_beside(settings) as folder:
        fetch_folder(url, folder)
        return restore(settings, folder)


@contextmanager
def _folder_beside(settings: Settings) -> Iterator[Path]:
    # not in the system's folder for temporary files, where neither the disk's encryption nor its size is ours
    settings.storage.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".backup-", dir=settings.storage) as folder:
        yield Path(folder)


def copy_warehouse_out(url: str, folder: Path) -> str | None:
    """Copy a warehouse into a folder, as of one moment; returns the revision of its tables."""
    with _engine(url) as engine:
        with engine.connect() as connection:
            revision = MigrationContext.configure(connection).get_current_revision()
        if engine.dialect.name == "sqlite":
            _copy_sqlite(Path(str(engine.url.database)), folder)
        else:
            with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
                for schema, table in _tables(connection):
                    with (folder / f"{schema}.{table}.copy").open("wb") as stream:
                        _copy(connection, f"COPY {_quoted(connection, schema, table)} TO STDOUT", stream)
    return revision


def copy_warehouse_in(url: str, folder: Path, revision: str | None) -> None:
    """Fill an empty warehouse from such a folder: tables of the revision first, then their rows."""
    if sa.make_url(url).get_backend_name() == "sqlite":
        main = Path(str(sa.make_url(url).database))
        main.parent.mkdir(parents=True, exist_ok=True)
        for place, mode in ((main, 0o640), (restricted_file(main), 0o600)):
            copied = folder / ("restricted.db" if place != main else "main.db")
            with closing(sqlite3.connect(copied)) as old, closing(sqlite3.connect(place)) as new:
                old.backup(new)
            place.chmod(mode)
        return
    if revision is None:
        return
    with _engine(url) as engine, engine.begin() as connection:
        _create_tables(connection, revision)
        for file in sorted(folder.glob("*.copy")):
            schema, table, _ = file.name.split(".")
            with file.open("rb") as stream:
                _copy(connection, f"COPY {_quoted(connection, schema, table)} FROM STDIN", stream)


def rehearse_upgrade(url: str, scratch_url: str, folder: Path) -> dict[str, tuple[int, int]]:
    """Copy the warehouse into an empty one, migrate the copy to this version, and count its rows.

    Returns:
        table -> rows before and after the migration; tables that only the new version has count 0 before.

    Raises:
        BackupError: the scratch warehouse is not empty, or is of another kind.
    """
    if sa.make_url(url).get_backend_name() != sa.make_url(scratch_url).get_backend_name():
        raise BackupError("rehearse on the same kind of database as the warehouse")
    if not _is_empty(scratch_url):
        raise BackupError("the scratch warehouse is not empty; name a new SQLite file or an empty database")
    revision = copy_warehouse_out(url, folder)
    copy_warehouse_in(scratch_url, folder, revision)
    with _engine(scratch_url) as engine:
        before = _count_rows(engine)
        migrate(engine)
        after = _count_rows(engine)
    return {name: (before.get(name, 0), after.get(name, 0)) for name in sorted(before.keys() | after.keys())}


def _create_tables(connection: sa.Connection, revision: str) -> None:
    """Tables as they were at a revision, without views: those belong to the newest tables alone."""
    for schema in (MANAGEMENT, RESTRICTED):
        connection.execute(sa.text(f"CREATE SCHEMA IF NOT EXISTS {schema}"))
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _copy_sqlite(main: Path, folder: Path) -> None:
    # both files as of one moment: no writer gets in between while this transaction is open
    with closing(sqlite3.connect(main, isolation_level=None, timeout=60)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        for place, name in ((main, "main.db"), (restricted_file(main), "restricted.db")):
            with closing(sqlite3.connect(place)) as old, closing(sqlite3.connect(folder / name)) as new:
                old.backup(new)
        holder.execute("ROLLBACK")


def _copy(connection: sa.Connection, statement: str, stream: Any) -> None:
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        if statement.endswith("FROM STDIN"):
            while block := stream.read(1 << 20):
                copy.write(block)
        else:
            for block in copy:
                stream.write(block)


def _tables(connection: sa.Connection) -> Iterator[tuple[str, str]]:
    """Schema and table, of the tables that are really there: an older version's may differ from ours."""
    inspector = sa.inspect(connection)
    for schema in SCHEMAS:
        if inspector.has_schema(schema):
            yield from ((schema, table) for table in inspector.get_table_names(schema) if table not in MADE)


def _quoted(connection: sa.Connection, schema: str, table: str) -> str:
    quote = connection.dialect.identifier_preparer.quote
    return f"{quote(schema)}.{quote(table)}"


def _count_rows(engine: sa.Engine) -> dict[str, int]:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            listed = (
                "SELECT 'main', name FROM main.sqlite_master WHERE type = 'table' UNION ALL SELECT 'restricted', name "
            )
            listed += "FROM restricted.sqlite_master WHERE type = 'table'"
            found = [(str(schema), str(table)) for schema, table in connection.execute(sa.text(listed))]
        else:
            found = list(_tables(connection))
        return {
            f"{schema}.{table}": int(
                connection.scalar(sa.text(f"SELECT count(*) FROM {_quoted(connection, schema, table)}")) or 0
            )
            for schema, table in found
            if table not in MADE
        }


def _is_empty(url: str) -> bool:
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite" and not Path(str(parsed.database)).exists():
        return True
    with _engine(url) as engine, engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() is None


@contextmanager
def _engine(url: str) -> Iterator[sa.Engine]:
    engine = connect(url)
    try:
        yield engine
    finally:
        engine.dispose()


def _pack(storage: Storage, target: Path, with_keys: bool) -> None:
    def keep(item: tarfile.TarInfo) -> tarfile.TarInfo | None:
        name = Path(item.name)
        left_out = name.name == "round.lock" or name.suffix == ".tmp" or (not with_keys and name.parts[:2] == KEYS)
        return None if left_out else item

    with tarfile.open(target, "w") as archive:
        for side, root in _sides(storage):
            if isinstance(root, Path):
                archive.add(root, side, filter=keep)
            else:
                _pack_objects(archive, side, root)
    target.chmod(0o600)


def _pack_objects(archive: tarfile.TarFile, side: str, root: UPath) -> None:
    for place in sorted(files_below(root), key=str):
        content = place.read_bytes()
        item = tarfile.TarInfo(side + str(place).removeprefix(str(root)))
        item.size, item.mode = len(content), 0o640
        archive.addfile(item, BytesIO(content))


def _unpack(source: Path, storage: Storage) -> None:
    """The anonymised side may be elsewhere than it was: in another folder, in a store or out of it."""
    with tarfile.open(source) as archive:
        for side, root in _sides(storage):
            below = {item.name.partition("/")[2] or ".": item for item in archive if item.name.split("/")[0] == side}
            if isinstance(root, Path):
                archive.extractall(root, [_renamed(item, name) for name, item in below.items()], **FILTER)
            else:
                for name, item in below.items():
                    if content := archive.extractfile(item):
                        write_bytes(root / name, content.read())


def _renamed(item: tarfile.TarInfo, name: str) -> tarfile.TarInfo:
    renamed = copy(item)
    renamed.name = name
    return renamed


def _sides(storage: Storage) -> list[tuple[str, Place]]:
    return [(KEYS[0], storage.identified), ("anonymised", storage.anonymised)]


def _read_manifest(source: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((source / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise BackupError(f"{source} is no complete back-up: it has no readable manifest.json") from None
    for name, expected in manifest["files"].items():
        path = source / name
        if not path.is_file() or sha256_of(path) != expected:
            raise BackupError(f"{path} is missing or damaged; nothing was restored. Take another back-up")
    return manifest
