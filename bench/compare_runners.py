"""The same round on every runner: time, and whether the results are the same bytes.

    python -m bench.compare_runners --submissions 20000

Each runs `hailong run` in a process of its own, against one Prefect server: on threads, on processes, on a Dask cluster
that the flow starts itself, and on a separate Dask scheduler with two worker processes, once left alone and once with one
of them killed (SIGKILL) as soon as the first partition is anonymised. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import hashlib
import os
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
KINDS = ("threads", "processes", "dask", "separate dask", "separate dask, a worker killed")


@dataclass(frozen=True)
class Outcome:
    """`digest` is of all anonymised files but the Data Docs, which say when they were made."""

    seconds: float
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
        environment = {
            **os.environ,
            "PREFECT_API_URL": self.api,
            "PREFECT_HOME": str(self.root / "client"),
            "HAILONG_STORAGE": str(storage),
            "HAILONG_SOURCE_URL": f"sqlite:///{self.root / 'source.db'}",
            "HAILONG_SECRET_FILE": str(self.root / "key.json"),
            "HAILONG_PARTITIONS": str(self.partitions),
            "HAILONG_RUNNER": kind.split(",")[0].removeprefix("separate "),
        }
        command = [BIN / "hailong", "run", "--survey", self.survey, "--round", ROUND]
        if not kind.startswith("separate"):
            started = time.monotonic()
            subprocess.run(command, env=environment, check=True, capture_output=True)
            return Outcome(time.monotonic() - started, digest_of(storage / "anonymised"))
        with dask_cluster(environment, self.root) as (address, workers):
            if kind.endswith("killed"):
                Thread(target=kill_when_there, args=(workers[0], storage), daemon=True).start()
            started = time.monotonic()
            subprocess.run(
                command, env={**environment, "HAILONG_DASK_ADDRESS": address}, check=True, capture_output=True
            )
            seconds = time.monotonic() - started
            assert not kind.endswith("killed") or workers[0].poll() == -9, "no worker was killed: the run was too short"
        return Outcome(seconds, digest_of(storage / "anonymised"))


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


def kill_when_there(worker: subprocess.Popen[bytes], storage: Path) -> None:
    while not any(storage.glob("anonymised/*/*/*/microdata/part-*.parquet")):
        time.sleep(0.005)
    worker.kill()


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
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as root:
        given = (Path(root), arguments.survey, arguments.submissions, arguments.partitions)
        with Bench.open(*given) as bench:
            print("| runner | wall s | results |\n| --- | ---: | --- |")
            first = None
            for kind in KINDS:
                outcome = bench.run(kind)
                first = first or outcome.digest
                same = "the same bytes" if outcome.digest == first else "DIFFERENT"
                print(f"| {kind} | {outcome.seconds:.1f} | {same} ({outcome.digest[:12]}) |", flush=True)


if __name__ == "__main__":
    main()
