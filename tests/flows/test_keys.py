"""Keys: who may read them, what a rotation and a destruction do to pseudonyms, and that no secret is ever shown."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows.keys import Key, SecretKeyError, create_key, destroy_keys, list_keys, load_key, rotate_key


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "kbnn.json"


def write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(content if isinstance(content, str) else json.dumps(content))


def test_a_new_key_can_be_read_by_its_owner_alone(path: Path) -> None:
    key = create_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert load_key(path) == key
    assert len(key.secret) == 32


def test_a_key_file_is_never_overwritten(path: Path) -> None:
    key = create_key(path)
    with pytest.raises(SecretKeyError, match="hailong key rotate"):
        create_key(path)
    assert load_key(path) == key


def test_a_folder_that_was_there_keeps_its_permissions(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    create_key(tmp_path / "kbnn.json")
    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_a_missing_key_is_refused(path: Path) -> None:
    with pytest.raises(SecretKeyError, match="no key file"):
        load_key(path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_refused(path: Path, mode: int) -> None:
    create_key(path)
    path.chmod(mode)
    with pytest.raises(SecretKeyError, match="chmod 600"):
        load_key(path)


def test_a_short_key_is_refused(path: Path) -> None:
    write(path, {"keys": [{"key_id": "k1", "secret": base64.b64encode(b"x" * 31).decode()}]})
    with pytest.raises(SecretKeyError, match="31 readable bytes; at least 32"):
        load_key(path)


@pytest.mark.parametrize("content", ["", "{}", '{"keys": []}', '{"keys": [1]}', '{"keys": [{"key_id": "k1"}]}', "\x00"])
def test_a_file_that_is_no_key_file_is_refused(path: Path, content: str) -> None:
    write(path, content)
    with pytest.raises(SecretKeyError, match="no key file of hailong"):
        load_key(path)


def test_a_rotation_keeps_the_earlier_key_under_its_id(path: Path) -> None:
    first = create_key(path)
    second = rotate_key(path)
    assert load_key(path) == second != first
    assert load_key(path, first.key_id) == first
    assert list_keys(path) == [(first.key_id, True), (second.key_id, True)]


def test_a_destroyed_secret_is_gone_from_the_file_and_a_rotation_starts_anew(path: Path) -> None:
    first = create_key(path)
    assert destroy_keys(path) == [first.key_id]
    assert base64.b64encode(first.secret) not in path.read_bytes()
    with pytest.raises(SecretKeyError, match="was destroyed"):
        load_key(path)
    second = rotate_key(path)
    assert load_key(path) == second
    assert list_keys(path) == [(first.key_id, False), (second.key_id, True)]
    assert list(path.parent.iterdir()) == [path]


@dataclass
class Holder:
    key: Key


def test_no_secret_is_shown(path: Path) -> None:
    key = create_key(path)
    shown = f"{key} {key!r} {[key]} {Holder(key)}"
    assert str(key.secret) not in shown
    assert base64.b64encode(key.secret).decode() not in shown
    write(path, {"keys": [{"key_id": "k1", "secret": "not base64, but secret"}]})
    with pytest.raises(SecretKeyError) as error:
        load_key(path)
    assert "but secret" not in str(error.value)
    assert error.value.__context__ is None or "but secret" not in str(error.value.__context__)
