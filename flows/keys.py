"""The secrets behind pseudonyms: a file of keys with ids, readable by its owner alone."""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path
from typing import NamedTuple

from flows.errors import OperationError
from flows.storage import replacing

MIN_BYTES = 32


class SecretKeyError(OperationError):
    """The key file is missing, open to others, too short or destroyed."""


class Key(NamedTuple):
    """A secret and its id; the id may be shown, the secret never."""

    key_id: str
    secret: bytes

    def __repr__(self) -> str:
        return f"Key({self.key_id})"


def create_key(path: Path) -> Key:
    """Write a new key file (0600) with one random key.

    Raises:
        SecretKeyError: the file exists.
    """
    if path.exists():
        raise SecretKeyError(f"{path} exists; `hailong key rotate` adds a key to it")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return _append(path, [])


def load_key(path: Path, key_id: str | None = None) -> Key:
    """The active key (the last one) of a key file, or an earlier one by its id.

    Raises:
        SecretKeyError: missing, readable by others, shorter than 32 bytes, or destroyed; the message names the remedy.
    """
    entries = _read(path)
    entry = entries[-1] if key_id is None else next((e for e in entries if e["key_id"] == key_id), None)
    if entry is None:
        raise SecretKeyError(f"{path} has no key {key_id}; restore the file from your back-up")
    if entry["secret"] is None:
        raise SecretKeyError(
            f"{path}: the key {entry['key_id']} was destroyed; `hailong key rotate` makes a new one, with new pseudonyms"
        )
    return _key(path, entry)


def list_keys(path: Path) -> list[tuple[str, bool]]:
    """Ids of all keys, oldest first, and whether each still has its secret."""
    return [(str(entry["key_id"]), entry["secret"] is not None) for entry in _read(path)]


def rotate_key(path: Path) -> Key:
    """Add a key, the active one from now on: pseudonyms of later rounds do not match those of earlier ones."""
    return _append(path, _read(path))


def destroy_keys(path: Path) -> list[str]:
    """Forget all secrets (crypto-shredding): pseudonyms can never again be computed from identifiers.

    Returns the ids of the destroyed keys, which stay in the file without their secrets.
    """
    entries = _read(path)
    _write(path, [{**entry, "secret": None} for entry in entries])
    return [str(entry["key_id"]) for entry in entries if entry["secret"] is not None]


def _key(path: Path, entry: dict[str, str | None]) -> Key:
    try:
        secret = base64.b64decode(str(entry["secret"]), validate=True)
    except ValueError:
        secret = b""
    if len(secret) < MIN_BYTES:
        raise SecretKeyError(
            f"{path}: key {entry['key_id']} has {len(secret)} readable bytes; at least {MIN_BYTES} are needed: restore "
            "the file from your back-up"
        )
    return Key(str(entry["key_id"]), secret)


def _read(path: Path) -> list[dict[str, str | None]]:
    if not path.is_file():
        raise SecretKeyError(f"no key file at {path}; `hailong key create` makes one, or restore it from your back-up")
    if path.stat().st_mode & 0o077:
        raise SecretKeyError(
            f"{path} can be read by others (mode {path.stat().st_mode & 0o777:o}); run: chmod 600 {path}"
        )
    try:
        entries = [{"key_id": e["key_id"], "secret": e["secret"]} for e in json.loads(path.read_text())["keys"]]
    except (ValueError, KeyError, TypeError):
        entries = []
    if not entries:
        raise SecretKeyError(f"{path} is no key file of hailong; restore it from your back-up")
    return entries


def _append(path: Path, entries: list[dict[str, str | None]]) -> Key:
    key = Key(f"k{len(entries) + 1}-{secrets.token_hex(4)}", secrets.token_bytes(MIN_BYTES))
    _write(path, [*entries, {"key_id": key.key_id, "secret": base64.b64encode(key.secret).decode()}])
    return key


def _write(path: Path, entries: list[dict[str, str | None]]) -> None:
    with replacing(path, mode=0o600) as temporary:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            json.dump({"keys": entries}, stream, indent=1)
