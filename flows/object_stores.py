"""Copies folders to and from an object store (`s3://...` or another fsspec URL), file by file.

Credentials and endpoint are the store's own settings (for S3: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
AWS_ENDPOINT_URL), never part of the URL. Why only copies are kept there: docs/decisions/0010.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import fsspec

from flows.errors import OperationError

SEALS = ("manifest.json", "SHA256SUMS")
"""Files that say what a folder holds: written last, so that a copy that broke off has none."""


class ObjectStoreError(OperationError):
    """The store cannot be reached, read or written, or does not hold what was asked for."""


def is_url(place: str) -> bool:
    return "://" in place


def send_folder(folder: Path, url: str) -> int:
    """Copy a folder's files below a URL, over what is there; returns their number.

    Raises:
        ObjectStoreError: it broke off; the same call completes it.
    """
    files = sorted((path for path in folder.rglob("*") if path.is_file()), key=lambda path: (path.name in SEALS, path))
    try:
        store, root = _open(url)
        for path in files:
            store.put_file(str(path), f"{root}/{path.relative_to(folder).as_posix()}")
    except Exception as error:  # every store has exceptions of its own
        raise _failed(url, "written", error) from None
    return len(files)


def holds_folder(url: str) -> bool:
    """Is a whole folder there: one with its seal? Raises ObjectStoreError where the store cannot be reached."""
    try:
        store, root = _open(url)
        return any(store.exists(f"{root}/{seal}") for seal in SEALS)
    except Exception as error:
        raise _failed(url, "read", error) from None


def fetch_folder(url: str, folder: Path) -> None:
    """Copy everything below a URL into a folder.

    Raises:
        ObjectStoreError: it broke off, or there is no whole folder.
    """
    if not holds_folder(url):
        raise ObjectStoreError(
            f"{url}: there is no {' or '.join(SEALS)}; the copy never was completed, or is elsewhere"
        )
    try:
        store, root = _open(url)
        for name in store.find(root):
            target = folder / name[len(root) + 1 :]
            target.parent.mkdir(parents=True, exist_ok=True)
            store.get_file(name, str(target))
    except Exception as error:
        raise _failed(url, "read", error) from None


def _open(url: str) -> tuple[Any, str]:
    store, root = fsspec.core.url_to_fs(url.rstrip("/"))
    store.invalidate_cache()
    return store, str(root)


def _failed(url: str, what: str, error: Exception) -> ObjectStoreError:
    return ObjectStoreError(
        f"{url} cannot be {what} ({type(error).__name__}); check that the bucket exists, that the credentials allow it "
        "(for S3: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) and the endpoint (AWS_ENDPOINT_URL), then run it again"
    )
