"""The line between identified and anonymised: who may read what, and that nothing right of it opens the left."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows import stages
from flows.environment import prepare_environment
from flows.jobs import RoundJob
from tests.flows.demonstration import NOW, drop_file, open_demo, run_round, submission
from warehouse.engine import restricted_file


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> RoundJob:
    root = tmp_path_factory.mktemp("line")
    broken = submission(41, unit="99")
    drop_file(root / "inbox" / "2", "a.csv", [*(submission(n) for n in range(1, 41)), broken])
    job = open_demo(root)
    run_round(job)
    stages.release_microdata(job)
    return job


def modes(root: Path) -> set[tuple[bool, int]]:
    return {(path.is_dir(), path.stat().st_mode & 0o777) for path in root.rglob("*")}


def test_the_identified_side_is_for_its_owner_alone(job: RoundJob) -> None:
    assert job.storage.identified.stat().st_mode & 0o777 == 0o700
    assert {mode for is_folder, mode in modes(job.storage.identified) if not is_folder} == {0o600}


def test_the_anonymised_side_is_for_its_group_to_read(job: RoundJob) -> None:
    assert job.storage.anonymised.stat().st_mode & 0o777 == 0o750
    assert {mode for is_folder, mode in modes(job.storage.anonymised) if not is_folder} == {0o640}


def test_the_restricted_tier_on_sqlite_is_for_its_owner_alone(job: RoundJob) -> None:
    main = job.storage.root / "warehouse.db"
    assert restricted_file(main).stat().st_mode & 0o777 == 0o600
    assert main.stat().st_mode & 0o007 == 0


def test_stages_right_of_the_line_run_where_the_left_side_is_gone(job: RoundJob) -> None:
    left, away = job.storage.root / "identified", job.storage.root / "away"
    before = {path.name: path.read_bytes() for path in job.results.glob("*.parquet")}
    left.rename(away)
    try:
        stages.validate_microdata(job)
        for part in range(job.n_parts):
            stages.tally_part(job, part)
        stages.merge_tallies(job)
        stages.compute_round(job)
        stages.validate_results(job)
        assert not stages.load_round(job, [], NOW, NOW).is_changed
        stages.release_microdata(job)
        assert not left.exists()
    finally:
        away.rename(left)
    assert {path.name: path.read_bytes() for path in job.results.glob("*.parquet")} == before


def test_what_prefect_keeps_is_not_for_everybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_HOME", raising=False)
    prepare_environment(tmp_path / "var")
    assert (tmp_path / "var" / "prefect").stat().st_mode & 0o777 == 0o750
