"""A round of the treasury's survey, run in a process that kills itself at a chosen moment.

Moments are counted: where a stage begins and ends, each rename, removal and new folder, each Parquet file half written,
each statement and each side of each commit. Processes are forked from one that has imported everything and run nothing.
"""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
import os
import secrets
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import sqlalchemy as sa

import validations.data_docs  # noqa: F401  takes seconds, once: before the fork
from flows import stages
from flows.jobs import RoundJob
from flows.settings import Settings
from surveys.catalogue import find_survey, load_survey
from tests.flows.demonstration import run_round
from warehouse.engine import connect, open_warehouse
from warehouse.exports import export_release
from warehouse.tables import metadata

NOW = dt.datetime(2023, 12, 1, tzinfo=dt.UTC)
ROUND = "2023-2"
KEPT = ("0001", "0003", "0310")  # units of the top: with few of them, computing takes no time
WATCHED = ("os.rename", "os.remove", "os.mkdir")
STAGES = (
    "extract", "validate_landing", "select_current", "validate_submissions", "select_accepted", "plan_parts",
    "anonymise_part", "validate_microdata", "validate_comments", "tally_part", "merge_tallies", "compute_round",
    "validate_results", "load_round", "export",
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where a run has its files, source and warehouse."""

    survey: Path
    storage: Path
    source_url: str
    warehouse_url: str
    round_code: str = ROUND

    def open(self) -> RoundJob:
        given: dict[str, Any] = {**vars(self), "partitions": 2}
        return RoundJob.open(load_survey(self.survey), self.round_code, Settings(_env_file=None, **given))


def copy_small_kbnn(root: Path) -> Path:
    """The treasury's survey with two of its provinces and what is below them."""
    target = root / "kbnn"
    shutil.copytree(find_survey("kbnn"), target)
    units = pl.read_csv(target / "units.csv", infer_schema=False)
    units = units.filter(pl.col("unit_code").is_in(KEPT) | pl.col("parent_code").is_in(KEPT[1:]))
    units.write_csv(target / "units.csv")
    frame = pl.read_csv(target / "frame.csv", infer_schema=False)
    frame.filter(pl.col("unit_code").is_in(units["unit_code"].to_list())).write_csv(target / "frame.csv")
    (target / "successions.csv").unlink()
    return target


def run_until(place: Place, moment: int | None = None, trace: Path | None = None, victims: tuple[int, ...] = ()) -> int:
    """Run the round in a process of its own, killed at the moment of that number.

    Args:
        victims: processes that are killed instead of the run's own.
        trace: gets the list of moments, each named by its stage.

    Returns:
        exit code: -9 where it was killed.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=_run, args=(place, moment, trace, victims))
    process.start()
    process.join()
    assert process.exitcode is not None
    return process.exitcode


def export(place: Place) -> None:
    engine, key = open_warehouse(place.warehouse_url), ("kbnn", place.round_code)
    export_release(engine, *key, place.open().storage.exports(*key, 1), 1)
    engine.dispose()


def published_bytes(place: Place) -> dict[str, bytes]:
    """The export's files, and the anonymised result files, by name; Data Docs say when they were made."""
    root = place.storage / "anonymised"
    files = [path for path in sorted(root.rglob("*")) if path.is_file() and path.relative_to(root).parts[0] != "docs"]
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


def warehouse_rows(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every table's rows, sorted."""
    engine = connect(url)
    with engine.connect() as connection:
        tables = {t.name: [tuple(row) for row in connection.execute(sa.select(t))] for t in metadata.sorted_tables}
    engine.dispose()
    return {name: sorted(rows, key=repr) for name, rows in tables.items()}


class _Moments:
    def __init__(self, fatal: int | None, victims: tuple[int, ...] = ()) -> None:
        self.fatal, self.victims, self.stage, self.seen = fatal, victims, "", list[str]()

    def pass_(self, what: str, before_death: Callable[[], None] = lambda: None) -> None:
        if not self.stage:
            return
        self.seen.append(f"{self.stage}: {what}")
        if len(self.seen) == self.fatal:
            before_death()
            for process in self.victims or (os.getpid(),):
                os.kill(process, signal.SIGKILL)


def _run(place: Place, moment: int | None, trace: Path | None, victims: tuple[int, ...] = ()) -> None:
    moments = _Moments(moment, victims)
    _watch(moments)
    secrets.token_bytes = lambda n=32: bytes(n or 32)  # the same key in every run, so that pseudonyms are the same
    secrets.token_hex = lambda n=4: "0" * 2 * (n or 4)
    try:
        job = place.open()
        with job.storage.lock("kbnn", place.round_code, timeout_seconds=60):
            run_round(job, NOW)
            _staged("export", export, moments)(place)
    finally:
        if trace is not None:
            trace.write_text(json.dumps(moments.seen))


def _staged(name: str, stage: Callable[..., Any], moments: _Moments) -> Callable[..., Any]:
    def run(*arguments: Any) -> Any:
        moments.stage = name
        moments.pass_("begins")
        result = stage(*arguments)
        moments.pass_("ends")
        moments.stage = ""
        return result

    return run


def _watch(moments: _Moments) -> None:
    for name in STAGES[:-1]:
        setattr(stages, name, _staged(name, getattr(stages, name), moments))
    sys.addaudithook(lambda event, arguments: moments.pass_(event) if event in WATCHED else None)
    pl.LazyFrame.sink_parquet = _half_written(pl.LazyFrame.sink_parquet, moments)  # DataFrame.write_parquet calls it
    sa.event.listen(sa.Engine, "before_cursor_execute", lambda *_: moments.pass_("statement"))
    sa.event.listen(sa.Engine, "commit", lambda _: moments.pass_("commit"))


def _half_written(write: Callable[..., Any], moments: _Moments) -> Callable[..., Any]:
    def run(frame: Any, target: Any, *arguments: Any, **options: Any) -> Any:
        def halve() -> None:
            if Path(target).exists():
                os.truncate(target, Path(target).stat().st_size // 2)

        result = write(frame, target, *arguments, **options)
        moments.pass_("half a file", halve)
        return result

    return run
