"""The same round on every runner: time, and whether the results are the same bytes.

    python -m bench.compare_runners --submissions 20000

First the stages without Prefect; then `hailong run` against one Prefect server: on threads, on processes, on a Dask
cluster that the flow starts itself, and on a separate Dask scheduler with two worker processes, once left alone and once
with one of them killed (SIGKILL) as soon as the first partition is anonymised. Each in a process of its own. Prints a
Markdown table; CPU seconds are without the server and a separate cluster.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from flows.keys import create_key
from sources.simulation import simulate
from surveys.catalogue import load_survey
from tests.prefect_server import free_port, serve_prefect

BIN = Path(sys.executable).parent
ROUND = "2023-2"
FIRST_PART = "anonymised/*/*/*/microdata/part-*.parquet"
BARE = "bare stages"
KINDS = (BARE, "threads", "processes", "dask", "separate dask", "separate dask, a worker killed")


@dataclass(frozen=True)
class Outcome:
    """`cpu_seconds` are of the run's process and those it started; `digest` is of all anonymised files but the Data Docs,
    which say when they were made."""

    seconds: float
    cpu_seconds: float
    digest: str


@dataclass(frozen=True)
class Bench:
    """One simulated round and key, which every run shares, and the Prefect server that watches."""

    root: Path
    survey: str
    api: str
    partitions: int = 8

    @classmethod
    @contextmanager
    def open(cls, root: Path, survey: str, submissions: int, partitions: int = 8) -> Iterator[Bench]:
        simulate(
            load_survey(survey), f"sqlite:///{root / 'source.db'}", n_per_round=submissions, seed=1, rounds=[ROUND]
        )
        create_key(root / "key.json")
        home = root / "prefect"
        home.mkdir()
        with serve_prefect(home) as api:
            yield cls(root, survey, api, partitions)

    def run(self, kind: str) -> Outcome:
        """Raises CalledProcessError where the run did not complete."""
        storage = self.root / kind.replace(" ", "-").replace(",", "")
        environment = self.environment(
            storage, "threads" if kind == BARE else kind.split(",")[0].removeprefix("separate ")
        )
        if not kind.startswith("separate"):
            return _timed(self.bare_command if kind == BARE else self.command, environment, storage)
        with dask_cluster(environment, self.root) as (address, workers):
            if kind.endswith("killed"):
                Thread(target=kill_when_there, args=(workers[0], storage, FIRST_PART), daemon=True).start()
            outcome = _timed(self.command, {**environment, "HAILONG_DASK_ADDRESS": address}, storage)
            assert not kind.endswith("killed") or workers[0].poll() == -9, "no worker was killed: the run was too short"
        return outcome

    def environment(self, storage: Path, runner: str = "threads") -> dict[str, str]:
        return {
            **os.environ,
            "PREFECT_API_URL": self.api,
            "PREFECT_HOME": str(self.root / "client"),
            "HAILONG_STORAGE": str(storage),
            "HAILONG_SOURCE_URL": f"sqlite:///{self.root / 'source.db'}",
            "HAILONG_SECRET_FILE": str(self.root / "key.json"),
            "HAILONG_PARTITIONS": str(self.partitions),
            "HAILONG_RUNNER": runner,
        }

    @property
    def command(self) -> list[str]:
        return [str(BIN / "hailong"), "run", "--survey", self.survey, "--round", ROUND]

    @property
    def bare_command(self) -> list[str]:
        """The same stages one after the other, without Prefect."""
        program = (
            "import datetime as dt; from flows.jobs import RoundRef; from tests.flows.demonstration import run_round; "
            f"run_round(RoundRef({self.survey!r}, {ROUND!r}).open(), dt.datetime.now(dt.UTC))"
        )
        return [sys.executable, "-c", program]


def _timed(command: list[str], environment: dict[str, str], storage: Path) -> Outcome:
    cpu, started = _cpu_of_children(), time.monotonic()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    seconds = time.monotonic() - started
    return Outcome(seconds, _cpu_of_children() - cpu, digest_of(storage / "anonymised"))


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextmanager
def dask_cluster(environment: dict[str, str], root: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers with the installation's settings; without nannies, so that one killed stays so."""
    address = f"tcp://127.0.0.1:{free_port()}"
    log = (root / "dask.log").open("ab")
    common = {"env": environment, "stdout": log, "stderr": log, "cwd": root}
    scheduler = ["scheduler", "--host", address, "--no-dashboard"]
    worker = ["worker", address, "--nworkers", "1", "--nthreads", "2", "--no-nanny", "--no-dashboard"]
    processes = [subprocess.Popen([BIN / "dask", *command], **common) for command in (scheduler, worker, worker)]  # type: ignore[call-overload]
    try:
        yield address, processes[1:]
    finally:
        for process in processes:
            process.kill()
            process.wait()
        log.close()


def kill_when_there(process: subprocess.Popen[bytes], storage: Path, pattern: str) -> None:
    """SIGKILL as soon as a file is there."""
    while not any(storage.glob(pattern)):
        time.sleep(0.005)
    process.kill()


def digest_of(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.relative_to(folder).parts[0] != "docs":
            digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--survey", default="kbnn")
    parser.add_argument("--submissions", type=int, default=20_000)
    parser.add_argument("--partitions", type=int, default=8)
    parser.add_argument("--only", nargs="+", choices=KINDS, default=KINDS)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as root:
        given = (Path(root), arguments.survey, arguments.submissions, arguments.partitions)
        with Bench.open(*given) as bench:
            print("| runner | wall s | CPU s | results |\n| --- | ---: | ---: | --- |")
            first = None
            for kind in arguments.only:
                outcome = bench.run(kind)
                first = first or outcome.digest
                same = "the same bytes" if outcome.digest == first else "DIFFERENT"
                print(
                    f"| {kind} | {outcome.seconds:.1f} | {outcome.cpu_seconds:.1f} | {same} ({outcome.digest[:12]}) |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
