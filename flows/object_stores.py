"""Object stores (`s3://...` or another fsspec URL): paths in them, and copies of folders, file by file.

Credentials and endpoint are the store's own settings (for S3: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
AWS_ENDPOINT_URL), never part of the URL. What may be kept there: docs/decisions/0010.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import fsspec
import polars as pl
from upath import UPath

from flows.errors import OperationError

Place = Path | UPath
"""A file or folder: of this machine, or in an object store."""

SEALS = ("manifest.json", "SHA256SUMS")
"""Files that say what a folder holds: written last, so that a copy that broke off has none."""


class ObjectStoreError(OperationError):
    """The store cannot be reached, read or written, or does not hold what was asked for."""


def is_url(place: str) -> bool:
    return "://" in place


def open_place(place: str) -> Place:
    """The folder, or the place in an object store, of that name; Polars reads it under `str(place)`."""
    if not is_url(place):
        return Path(place)
    if os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://"):
        os.environ.setdefault("AWS_ALLOW_HTTP", "true")  # Polars asks for it, fsspec takes it from the endpoint
    return UPath(place, use_listings_cache=False)  # other processes, and Polars, write there too


def is_store_error(error: BaseException) -> bool:
    """Did a store fail in the hands of fsspec or Polars? That an object is not there is no failure of the store."""
    is_botos = any(type(one).__module__.startswith("botocore.") for one in (error, error.__cause__))
    return (is_botos or "object-store error" in str(error)) and not isinstance(error, FileNotFoundError)


def is_file(place: Place) -> bool:
    """Is it there? A store that cannot be asked is an error, where `UPath.is_file` would say no.

    Raises:
        ObjectStoreError: the store cannot be read.
    """
    if isinstance(place, Path):
        return place.is_file()
    with _explaining(str(place), "read"):
        try:
            return bool(place.fs.info(place.path)["type"] == "file")
        except FileNotFoundError:
            return False


def files_below(place: Place) -> list[Place]:
    """The files of a folder and of all folders in it, in no order; the place itself, where it is a file.

    Raises:
        ObjectStoreError: the store cannot be read.
    """
    if isinstance(place, Path):
        return [place] if place.is_file() else [path for path in place.rglob("*") if not path.is_dir()]
    with _explaining(str(place), "read"):
        names = [name.removeprefix(place.path).strip("/") for name in place.fs.find(place.path)]
    return [place / name if name else place for name in names]


@contextmanager
def local_folder(place: Place, scratch: Path, *, is_added_to: bool = False) -> Iterator[Path]:
    """A folder for libraries that write only to those: `place` itself, or one that takes its place in the store in the end.

    Args:
        scratch: where that one is meanwhile; a process that is killed leaves it there, under a hidden name.
        is_added_to: begin with what the place holds.

    Raises:
        ObjectStoreError: the store cannot be read or written; the same call completes what broke off.
    """
    if isinstance(place, Path):
        yield place
        return
    with TemporaryDirectory(prefix=".copy-", dir=scratch) as temporary:
        folder = Path(temporary) / place.name
        folder.mkdir()
        if is_added_to:
            _fetch(str(place), folder)
        yield folder
        _replace_folder(folder, str(place))


def send_object(place: UPath, content: bytes) -> None:
    """Put an object where the old one was, if there was one: readers get the one or the other, never half.

    Raises:
        ObjectStoreError: it was not written; the old one is still there.
    """
    with _explaining(str(place), "written"):
        place.fs.pipe_file(place.path, content)


def probe(place: UPath) -> None:
    """Write an object, let Polars read it, and remove it.

    Raises:
        ObjectStoreError: one of these failed.
    """
    trial, content = place / f".probe-{os.getpid()}.parquet", BytesIO()
    pl.DataFrame({"probe": [1]}).write_parquet(content)
    with _explaining(str(place), "written and read"):
        trial.fs.pipe_file(trial.path, content.getvalue())
        try:
            pl.read_parquet(str(trial))
        finally:
            trial.unlink()


def keeps_versions(place: UPath) -> bool:
    """Does the bucket keep what is overwritten and deleted? Only S3 is asked."""
    with _explaining(str(place), "asked for its settings"):
        return place.protocol == "s3" and bool(place.fs.is_bucket_versioned(place.drive))


def _replace_folder(folder: Path, url: str) -> None:
    """Seals go first and come last, so that nobody takes what is between for a whole folder; with the same, all stays."""
    new = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    with _explaining(url, "written"):
        store, root = _open(url)
        old = {name[len(root) + 1 :]: name for name in store.find(root)}
        seals, old_seals = ({name for name in names if name.rpartition("/")[2] in SEALS} for names in (new, old))
        if seals and seals == old_seals and all(store.cat_file(old[name]) == new[name].read_bytes() for name in seals):
            return
        for name in sorted(old_seals):
            store.rm_file(old[name])
        send_folder(folder, url)
        for name in sorted(old.keys() - new.keys() - old_seals):
            store.rm_file(old[name])


def send_folder(folder: Path, url: str) -> int:
    """Copy a folder's files below a URL, over what is there; returns their number.

    Raises:
        ObjectStoreError: it broke off; the same call completes it.
    """
    files = sorted((path for path in folder.rglob("*") if path.is_file()), key=lambda path: (path.name in SEALS, path))
    with _explaining(url, "written"):
        store, root = _open(url)
        for path in files:
            store.put_file(str(path), f"{root}/{path.relative_to(folder).as_posix()}")
    return len(files)


def holds_folder(url: str) -> bool:
    """Is a whole folder there: one with its seal? Raises ObjectStoreError where the store cannot be reached."""
    with _explaining(url, "read"):
        store, root = _open(url)
        return any(store.exists(f"{root}/{seal}") for seal in SEALS)


def fetch_folder(url: str, folder: Path) -> None:
    """Copy everything below a URL into a folder.

    Raises:
        ObjectStoreError: it broke off, or there is no whole folder.
    """
    if not holds_folder(url):
        raise ObjectStoreError(
            f"{url}: there is no {' or '.join(SEALS)}; the copy never was completed, or is elsewhere"
        )
    _fetch(url, folder)


def _fetch(url: str, folder: Path) -> None:
    with _explaining(url, "read"):
        store, root = _open(url)
        for name in store.find(root):
            target = folder / name[len(root) + 1 :]
            target.parent.mkdir(parents=True, exist_ok=True)
            store.get_file(name, str(target))


def _open(url: str) -> tuple[Any, str]:
    store, root = fsspec.core.url_to_fs(url.rstrip("/"))
    store.invalidate_cache()
    return store, str(root)


@contextmanager
def _explaining(url: str, what: str) -> Iterator[None]:
    try:
        yield
    except ObjectStoreError:
        raise
    except Exception as error:  # every store has exceptions of its own
        raise ObjectStoreError(
            f"{url} cannot be {what} ({type(error).__name__}); check that the bucket exists, that the credentials allow "
            "it (for S3: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) and the endpoint (AWS_ENDPOINT_URL), then run it again"
        ) from None
