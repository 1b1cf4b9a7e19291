"""Back-ups and exports on a real S3-compatible server."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from flows.backup import BackupError, back_up_to_url, restore_from_url
from flows.object_stores import ObjectStoreError, fetch_folder, send_folder
from flows.publish import find_newest, write_exports
from flows.settings import Settings
from flows.stages import result_frames
from tests.flows.demonstration import drop_file, open_demo, run_round, submission
from warehouse.engine import open_warehouse

NOW = dt.datetime(2026, 11, 25, 3, tzinfo=dt.UTC)


def test_a_backup_in_an_object_store_is_restored_from_it(bucket: str, tmp_path: Path) -> None:
    drop_file(tmp_path / "inbox" / "2", "day1.csv", [submission(number) for number in range(30)])
    job = open_demo(tmp_path)
    run_round(job)
    manifest = back_up_to_url(job.settings, f"{bucket}/backups/1", NOW)
    restored = open_demo(tmp_path, storage=tmp_path / "elsewhere")
    assert restore_from_url(restored.settings, f"{bucket}/backups/1") == manifest
    for name, frame in result_frames(job).items():
        assert frame.equals(result_frames(restored)[name]), name
    assert not run_round(restored).is_changed
    assert not list(tmp_path.rglob(".backup-*"))
    with pytest.raises(BackupError, match="holds a back-up already"):
        back_up_to_url(job.settings, f"{bucket}/backups/1", NOW)


def test_exports_are_copied_to_the_object_store_byte_for_byte(bucket: str, tmp_path: Path) -> None:
    drop_file(tmp_path / "inbox" / "2", "day1.csv", [submission(number) for number in range(30)])
    job = open_demo(tmp_path, exports_url=f"{bucket}/exports")
    run_round(job)
    engine = open_warehouse(job.settings.warehouse)
    write_exports(job, engine, find_newest(job, engine))
    engine.dispose()
    fetch_folder(f"{bucket}/exports/demo/2/release-1/public", tmp_path / "fetched")
    local = job.storage.exports("demo", "2", 1) / "public"
    names = sorted(path.name for path in local.iterdir())
    assert "SHA256SUMS" in names
    assert sorted(path.name for path in (tmp_path / "fetched").iterdir()) == names
    assert all((local / name).read_bytes() == (tmp_path / "fetched" / name).read_bytes() for name in names)


def test_a_copy_that_broke_off_is_not_taken_for_a_whole_one(bucket: str, tmp_path: Path) -> None:
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "storage.tar").write_bytes(b"half")
    send_folder(tmp_path / "part", f"{bucket}/backups/broken")
    with pytest.raises(ObjectStoreError, match=r"there is no manifest\.json or SHA256SUMS"):
        restore_from_url(Settings(storage=tmp_path / "var"), f"{bucket}/backups/broken")


def test_a_bucket_that_is_not_there_is_named_with_what_to_check(bucket: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    with pytest.raises(ObjectStoreError, match=r"s3://nowhere/x cannot be written .*check that the bucket exists"):
        send_folder(tmp_path, "s3://nowhere/x")
