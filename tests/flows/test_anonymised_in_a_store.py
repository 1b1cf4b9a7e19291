"""The anonymised root on a real S3-compatible server: the same bytes as in a folder, whatever happens on the way."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import signal
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from botocore.exceptions import EndpointConnectionError
from fsspec.core import url_to_fs
from pydantic import ValidationError
from s3fs import S3FileSystem
from typer.testing import CliRunner
from upath import UPath

import validations.data_docs  # noqa: F401  takes seconds, once: before the fork
from flows import stages
from flows.backfill import take_microdata
from flows.backup import back_up, restore
from flows.cli import app
from flows.disclosure import audit_release
from flows.doctor import check_storage
from flows.failures import storage_problem
from flows.jobs import RoundJob
from flows.keys import create_key
from flows.object_stores import ObjectStoreError, files_below, is_file
from flows.publish import find_newest, write_exports
from flows.retention import delete_due
from flows.rights import erase_respondent
from flows.settings import Settings
from flows.storage import Storage, find_places
from surveys.models import Retention
from tests.flows.demonstration import NOW, drop_file, open_demo, run_round, submission
from warehouse.engine import open_warehouse


def open_job(root: Path, bucket: str | None = None, name: str = "var") -> RoundJob:
    """Round 2, with the anonymised root in the bucket, where one is given, or beside the identified one."""
    given = {"anonymised": f"{bucket}/{root.name}/{name}"} if bucket else {}
    return open_demo(root, storage=root / name, secret_file=root / "key.json", **given)


def run_everything(job: RoundJob) -> None:
    """A round up to its exports, with Data Docs and microdata for researchers."""
    with job.storage.lock(job.survey_code, job.round_code, 60):
        run_round(job)
        stages.write_docs(job, stages.validate_landing(job))
        stages.write_docs(job, stages.validate_microdata(job))
        stages.release_microdata(job)
    engine = open_warehouse(job.settings.warehouse)
    write_exports(job, engine, find_newest(job, engine))
    engine.dispose()


def read_anonymised(job: RoundJob) -> dict[str, bytes]:
    """Path below the anonymised root -> content; Data Docs say when they were made, so they have none."""
    root = str(job.storage.anonymised)
    store, path = url_to_fs(root, use_listings_cache=False)
    files = {name[len(path) + 1 :]: content for name, content in store.cat(store.find(path)).items()}
    return {name: b"" if name.startswith("docs/") else content for name, content in files.items()}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("store")
    create_key(root / "key.json")
    drop_file(root / "inbox" / "2", "day1.csv", [submission(number) for number in range(60)])
    return root


@pytest.fixture(scope="module")
def local(root: Path) -> RoundJob:
    """The round with both roots on this machine."""
    job = open_job(root)
    run_everything(job)
    return job


@pytest.fixture(scope="module")
def remote(root: Path, bucket: str) -> RoundJob:
    """The same round with its anonymised root in the store."""
    job = open_job(root, bucket, "remote")
    run_everything(job)
    return job


def test_the_store_gets_the_bytes_that_a_folder_gets(local: RoundJob, remote: RoundJob) -> None:
    found, expected = read_anonymised(remote), read_anonymised(local)
    assert sorted(found) == sorted(expected)
    assert [name for name in found if found[name] != expected[name]] == []
    assert {Path(name).parts[0] for name in found} == {"demo", "docs", "exports"}


def test_nothing_of_the_anonymised_side_stays_on_the_machine(remote: RoundJob) -> None:
    assert not (remote.storage.root / "anonymised").exists()
    assert not list(remote.storage.root.rglob(".copy-*"))


# --- what happens on the way


def run_until(moment: int, environment: dict[str, str], *where: Any) -> None:
    """A run that kills itself when it is about to change the store for the time of that number."""
    os.environ.update(environment)
    call, seen = S3FileSystem._call_s3, count(1)

    async def call_or_die(self: S3FileSystem, method: str, *arguments: Any, **named: Any) -> Any:
        if method in ("put_object", "delete_object", "delete_objects") and next(seen) == moment:
            os.kill(os.getpid(), signal.SIGKILL)
        return await call(self, method, *arguments, **named)

    S3FileSystem._call_s3 = call_or_die
    run_everything(open_job(*where))


def test_a_run_that_was_killed_again_and_again_gives_the_same_bytes(local: RoundJob, root: Path, bucket: str) -> None:
    """Among its partitions, then among its exports; then it is left alone."""
    expected, where = read_anonymised(local), (root, bucket, "killed")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    environment = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    for part_of_run in (0.3, 0.9):
        moment = round(part_of_run * len(expected))
        process = context.Process(target=run_until, args=(moment, environment, *where))
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL, part_of_run
        assert len(read_anonymised(open_job(*where))) < len(expected), part_of_run
    job = open_job(*where)
    run_everything(job)
    assert read_anonymised(job) == expected
    assert not list(job.storage.root.rglob(".copy-*"))


# --- what goes


@pytest.fixture(scope="module")
def archive(remote: RoundJob, root: Path) -> Path:
    """A back-up of the finished round."""
    back_up(remote.settings, root / "backup", NOW)
    return root / "backup"


@pytest.fixture
def copy(archive: Path, root: Path, bucket: str, tmp_path: Path) -> RoundJob:
    """The finished round, restored into roots of its own, the anonymised one in the store again."""
    job = open_job(root, bucket, tmp_path.name)
    restore(job.settings, archive)
    return job


def test_a_backup_carries_the_store_to_a_folder_of_its_own_and_back(
    copy: RoundJob, local: RoundJob, tmp_path: Path, root: Path
) -> None:
    assert read_anonymised(copy) == read_anonymised(local)
    back_up(copy.settings, tmp_path / "from the store", NOW)
    places = {"storage": tmp_path / "var", "anonymised": str(tmp_path / "elsewhere")}
    in_folder = open_demo(root, secret_file=root / "key.json", **places)
    restore(in_folder.settings, tmp_path / "from the store")
    assert not (tmp_path / "var" / "anonymised").exists()
    assert read_anonymised(in_folder) == read_anonymised(local)
    assert not run_round(in_folder).is_changed


def test_an_erased_respondent_is_in_no_object(copy: RoundJob) -> None:
    (erasure,) = erase_respondent(copy.folder, copy.settings, submission(5)["who"], by="dpo", now=NOW)
    assert (erasure.n_landed, erasure.n_submissions, erasure.n_comments) == (1, 1, 1)
    assert "computed again" in erasure.outcome
    assert copy.scan_parts("microdata").select(pl.len()).collect().item() == 59
    assert not copy.microdata_export.exists()


def test_retention_removes_the_objects_that_are_due_and_no_others(copy: RoundJob) -> None:
    before = set(read_anonymised(copy))
    survey = copy.folder.survey.model_copy(update={"retention": Retention(microdata_days=365)})
    (deletion,) = delete_due(replace(copy.folder, survey=survey), copy.settings, NOW + dt.timedelta(days=365))
    gone = before - set(read_anonymised(copy))
    assert gone == {name for name in before if name.startswith("docs/") or "microdata" in name or "/comments/" in name}
    assert deletion.n_files > len(gone)


# --- what else reads and writes there


def test_a_round_under_another_method_takes_its_microdata_within_the_store(copy: RoundJob) -> None:
    other = replace(copy, method=copy.method.model_copy(update={"method_code": "other"}))
    take_microdata(other)
    assert isinstance(other.results, UPath)
    assert other.scan_parts("microdata").collect().equals(copy.scan_parts("microdata").collect())


def test_the_command_export_finds_the_store_by_the_setting(copy: RoundJob, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("storage", "anonymised", "secret_file"):
        monkeypatch.setenv(f"HAILONG_{name.upper()}", str(getattr(copy.settings, name)))
    before = read_anonymised(copy)
    for name in list(before):
        if "release-1/public" in name:
            (copy.storage.anonymised / name).unlink()
    where = ["--survey", str(copy.folder.path), "--round", "2"]
    exported = CliRunner().invoke(app, ["export", *where])
    assert exported.exit_code == 0, exported.output
    assert f"{copy.settings.anonymised}/exports/demo/2/release-1/public: release 1" in exported.output
    assert read_anonymised(copy) == before


def test_the_disclosure_audit_finds_the_tallies_in_the_store(remote: RoundJob, local: RoundJob) -> None:
    reports = []
    for job in (remote, local):
        engine = open_warehouse(job.settings.warehouse)
        reports.append(audit_release(job, engine, find_newest(job, engine)).report)
        engine.dispose()
    assert reports[0] == reports[1]


def test_another_storage_has_nothing_to_do_with_the_store(
    remote: RoundJob, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HAILONG_ANONYMISED", str(remote.settings.anonymised))
    assert Storage.of(Settings.overridden(storage=tmp_path)).anonymised == tmp_path / "anonymised"


def test_a_store_that_does_not_answer_is_not_taken_for_an_empty_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(S3FileSystem, "retries", 1)
    away = {"endpoint_url": "http://127.0.0.1:1", "config_kwargs": {"retries": {"max_attempts": 0}}}
    place = UPath("s3://hailong/away/microdata.parquet", **away)
    with pytest.raises(ObjectStoreError, match="check that the bucket exists"):
        is_file(place)
    with pytest.raises(ObjectStoreError, match="check that the bucket exists"):
        files_below(place)
    with pytest.raises(EndpointConnectionError) as raised:
        find_places(place.parent, "*")
    assert "the object store could not be used (EndpointConnectionError)" in str(storage_problem(raised.value))


# --- the doctor


def findings(settings: Settings) -> dict[str, str]:
    return {found.message: found.status for found in check_storage(settings) if "s3://" in found.message}


def test_the_doctor_says_that_the_store_can_be_written(remote: RoundJob) -> None:
    before = read_anonymised(remote)
    assert findings(remote.settings) == {f"{remote.settings.anonymised} can be written and read": "ok"}
    assert read_anonymised(remote) == before


def test_the_doctor_says_that_the_bucket_does_not_exist(tmp_path: Path, bucket: str) -> None:
    ((message, status),) = findings(Settings(storage=tmp_path, anonymised="s3://nowhere/x")).items()
    assert status == "fail"
    assert message.startswith("s3://nowhere/x cannot be written")


def test_the_doctor_warns_of_versions_that_keep_what_was_erased(tmp_path: Path, bucket: str) -> None:
    store = S3FileSystem()
    store.mkdir("versioned")
    store.make_bucket_versioned("versioned")
    found = findings(Settings(storage=tmp_path, anonymised="s3://versioned/x"))
    assert found["s3://versioned/x keeps versions: what was erased is still there"] == "warn"


def test_a_store_that_polars_cannot_read_is_refused() -> None:
    with pytest.raises(ValidationError, match="no such object store; write a folder or s3://, gs://, az://, abfs://"):
        Settings(anonymised="ftp://host/x")
