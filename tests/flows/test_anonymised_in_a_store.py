"""The anonymised root on a real S3-compatible server: the same bytes as in a folder, whatever happens on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows import stages
from flows.keys import create_key
from flows.publish import find_newest, write_exports
from flows.stages import RoundJob
from flows.storage import find_places
from tests.flows.demonstration import drop_file, open_demo, run_round, submission
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
    root = job.storage.anonymised
    files = {str(place)[len(str(root)) + 1 :]: place for place in find_places(root, "**/*") if place.is_file()}
    return {name: b"" if name.startswith("docs/") else place.read_bytes() for name, place in files.items()}


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
