"""Where partitions are computed makes no difference to a single byte, not even when a worker dies on the way."""

from __future__ import annotations

import pytest

from bench.compare_runners import Bench

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def on_threads(bench: Bench) -> str:
    return bench.run("threads").digest


def test_processes_give_the_bytes_that_threads_give(bench: Bench, on_threads: str) -> None:
    assert bench.run("processes").digest == on_threads


def test_a_dask_cluster_that_loses_one_of_two_workers_gives_the_bytes_that_threads_give(
    bench: Bench, on_threads: str
) -> None:
    assert bench.run("separate dask, a worker killed").digest == on_threads
