"""A round that is killed anywhere, and run again, ends as if nothing had happened: byte for byte."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from flows.storage import RoundIsBusyError, Storage
from sources.simulation import simulate
from surveys.catalogue import load_survey
from tests.integration.interrupted_round import (
    ROUND,
    STAGES,
    Place,
    copy_small_kbnn,
    published_bytes,
    run_until,
    warehouse_rows,
)

pytestmark = pytest.mark.slow

BACKENDS = ("sqlite", "postgresql")
EARLIER = "2023-1"
MOMENTS = {"extract": 4, "plan_parts": 3, "anonymise_part": 4, "tally_part": 4, "load_round": 7, "export": 5}
"""Moments per stage at which it is killed: 2 where none is given; the last one is always its end."""


@dataclass(frozen=True)
class Undisturbed:
    """A run that nobody killed: its moments, and what it left."""

    moments: list[str]
    published: dict[str, bytes]
    rows: dict[str, list[tuple[object, ...]]]

    def spread(self, stage: str, n: int) -> list[int]:
        """Numbers of `n` moments of a stage, evenly spread, its end among them."""
        own = [number for number, name in enumerate(self.moments, 1) if name.startswith(f"{stage}: ")]
        return sorted({own[(i + 1) * len(own) // n - 1] for i in range(n)})


@pytest.fixture(scope="module")
def new_place(postgres_server: sa.URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Place]]:
    """Makes an empty storage and an empty warehouse; all places read one source."""
    root = tmp_path_factory.mktemp("killed")
    survey, source = copy_small_kbnn(root), f"sqlite:///{root / 'source.db'}"
    simulate(load_survey(survey), source, n_per_round=300, seed=1, rounds=[EARLIER, ROUND])
    number = count()

    def make(backend: str) -> Place:
        storage = root / f"storage-{next(number)}"
        if backend == "sqlite":
            return Place(survey, storage, source, f"sqlite:///{storage / 'warehouse.db'}")
        name = f"killed_{uuid4().hex[:12]}"
        engine = sa.create_engine(postgres_server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        url = postgres_server.set(database=name).render_as_string(hide_password=False)
        return Place(survey, storage, source, url)

    # the rows are few: one thread for each process is quicker, and so is a server that forks from here on
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POLARS_MAX_THREADS", "1")
        yield make


@pytest.fixture(scope="module")
def undisturbed(new_place: Callable[[str], Place]) -> dict[str, Undisturbed]:
    def run(backend: str) -> Undisturbed:
        place = new_place(backend)
        trace = place.storage.with_suffix(".json")
        assert run_until(place, trace=trace) == 0
        return Undisturbed(json.loads(trace.read_text()), published_bytes(place), warehouse_rows(place.warehouse_url))

    return {backend: run(backend) for backend in BACKENDS}


@pytest.mark.parametrize("stage", STAGES)
def test_a_round_killed_in_this_stage_and_run_again_gives_the_same_bytes(
    stage: str, undisturbed: dict[str, Undisturbed], new_place: Callable[[str], Place]
) -> None:
    """Before the load no stage knows which warehouse it is: there, the moments are shared out between the two."""

    def kill_and_run_again(backend: str, moment: int) -> None:
        place, expected = new_place(backend), undisturbed[backend]
        name = f"{backend}, moment {moment} ({expected.moments[moment - 1]})"
        assert run_until(place, moment) == -9, f"{name}: it was not killed"
        assert run_until(place) == 0, f"{name}: the second run failed"
        found = published_bytes(place)
        assert sorted(found) == sorted(expected.published), name
        assert [file for file in found if found[file] != expected.published[file]] == [], name
        rows = warehouse_rows(place.warehouse_url)
        assert [table for table in rows if rows[table] != expected.rows[table]] == [], name
        assert not leftovers(place.storage), name

    if stage in ("load_round", "export"):
        points = [(b, m) for b in BACKENDS for m in undisturbed[b].spread(stage, MOMENTS[stage])]
    else:
        points = [(BACKENDS[m % 2], m) for m in undisturbed["sqlite"].spread(stage, MOMENTS.get(stage, 2))]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda point: kill_and_run_again(*point), points))


def test_there_are_forty_kill_points_and_more(undisturbed: dict[str, Undisturbed]) -> None:
    for backend in BACKENDS:
        assert sum(len(undisturbed[backend].spread(stage, MOMENTS.get(stage, 2))) for stage in STAGES) >= 40


# --- two at once


@pytest.mark.parametrize("backend", BACKENDS)
def test_two_runs_of_one_round_at_once_are_one_after_the_other(
    backend: str, undisturbed: dict[str, Undisturbed], new_place: Callable[[str], Place]
) -> None:
    place = new_place(backend)
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(run_until, [place, place])) == [0, 0]
    assert published_bytes(place) == undisturbed[backend].published
    assert warehouse_rows(place.warehouse_url) == undisturbed[backend].rows


@pytest.mark.parametrize("backend", BACKENDS)
def test_two_rounds_at_once_are_both_right(
    backend: str, undisturbed: dict[str, Undisturbed], new_place: Callable[[str], Place]
) -> None:
    """All but the change between them, which is computed with the later round where the earlier one is there."""
    later = new_place(backend)
    earlier = replace(later, round_code=EARLIER)
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(run_until, [later, earlier])) == [0, 0]
    rows = warehouse_rows(later.warehouse_url)
    alone = new_place(backend)
    assert run_until(replace(alone, round_code=EARLIER)) == 0
    expected = warehouse_rows(alone.warehouse_url)
    for table in ("fct_index", "fct_question", "fct_response", "pipeline_run", "comment"):
        assert rows[table] == sorted([*undisturbed[backend].rows[table], *expected[table]], key=repr), table


def test_a_run_that_waited_too_long_says_what_to_do(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    with storage.lock("kbnn", ROUND, 0), pytest.raises(RoundIsBusyError) as refused:
        storage.lock("kbnn", ROUND, 0.2).__enter__()
    assert "another run works on kbnn 2023-2 and did not finish within 0.2 s" in str(refused.value)
    assert "'A round is busy' in docs/runbook.md" in str(refused.value)


def leftovers(storage: Path) -> list[Path]:
    """Unfinished files and folders, which may hold what nobody erases."""
    return [
        p for p in storage.rglob("*") if p.name.endswith((".tmp", ".next", ".old")) or p.name.startswith(".release")
    ]
