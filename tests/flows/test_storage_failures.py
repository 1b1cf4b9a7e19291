"""Storage that is full, read-only or not ours: the message says what to do, and afterwards the same command completes."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest

from flows.failures import storage_problem, unexpected
from flows.stages import result_frames
from tests.flows.demonstration import drop_file, open_demo, run_round, submission
from warehouse.engine import WarehouseError

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can mount a small file system or become a stranger"
)

NOBODY = 65534


@pytest.fixture
def root() -> Iterator[Path]:
    """A folder with an inbox of 60 submissions that any user may pass through."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        path.chmod(0o755)
        drop_file(path / "inbox" / "2", "day1.csv", [submission(number) for number in range(60)])
        yield path


@pytest.fixture
def small_disk(root: Path) -> Iterator[Path]:
    """The storage, on a file system of its own."""
    storage = root / "var"
    storage.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", storage], check=False)
    if mounted.returncode:
        pytest.skip("mounting is not allowed here")
    yield storage
    subprocess.run(["umount", "--lazy", storage], check=True)


def remount(disk: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", disk], check=True)


@contextmanager
def as_stranger() -> Iterator[None]:
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def failure(root: Path) -> str:
    with pytest.raises(Exception) as caught:  # which one depends on the library that met the problem
        run_round(open_demo(root))
    if isinstance(caught.value, WarehouseError):
        return str(caught.value)
    assert storage_problem(caught.value), repr(caught.value)
    return str(unexpected(caught.value, "demo 2 run", root / "var"))


def test_a_disk_that_fills_up_at_any_stage_is_named_and_with_space_the_round_completes(
    root: Path, small_disk: Path
) -> None:
    for size in ("16k", "80k", "200k", "400k"):
        remount(small_disk, f"size={size}")
        message = failure(root)
        assert "the disk is full; free space or enlarge it" in message or "its disk has space" in message, size
    remount(small_disk, "size=64m")
    job = open_demo(root)
    assert run_round(job).is_changed
    assert not [path for path in small_disk.rglob("*") if path.name.endswith(".tmp")]
    undisturbed = open_demo(root, storage=root / "other", secret_file=job.key_file)
    run_round(undisturbed)
    for name, frame in result_frames(undisturbed).items():
        assert frame.equals(result_frames(job)[name]), name


def test_storage_that_became_read_only_is_named_and_loses_nothing(root: Path, small_disk: Path) -> None:
    remount(small_disk, "size=64m")
    run_round(open_demo(root))
    drop_file(root / "inbox" / "2", "day2.csv", [submission(number) for number in range(60, 90)])
    remount(small_disk, "ro")
    assert "the storage can only be read; mount it for writing" in failure(root)
    remount(small_disk, "rw")
    assert run_round(open_demo(root)).is_changed


def test_storage_of_somebody_else_is_named(root: Path) -> None:
    run_round(open_demo(root))
    with as_stranger():
        message = failure(root)
    assert "permission denied; files and folders of the storage must belong to the user who runs hailong" in message
    assert "run the same command again" in message


def test_a_dropped_file_that_may_not_be_read_is_named(root: Path) -> None:
    run_round(open_demo(root))
    secret = root / "inbox" / "2" / "day2.csv"
    drop_file(secret.parent, secret.name, [submission(70)])
    secret.chmod(0o600)
    for path in (root, *root.rglob("*")):
        if path != secret:
            os.chown(path, NOBODY, NOBODY)
    with as_stranger():
        message = failure(root)
    assert str(secret) in message
    assert "dropped files must be readable" in message


def test_a_full_disk_is_told_from_other_errors_of_polars() -> None:
    assert storage_problem(pl.exceptions.ComputeError("underlying IO error: No space left (os error 28)"))
    assert storage_problem(pl.exceptions.ComputeError("conversion failed")) is None
