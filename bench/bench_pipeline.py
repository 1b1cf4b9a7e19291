"""The pipeline at scale: rows per second and peak memory of each step of a round of the treasury's survey.

    python -m bench.bench_pipeline --rows 100000 1000000

Submissions are simulated into an SQLite source, dirt included; rows are those of the source. Each step runs in a process
of its own, whose peak memory is with everything it has imported; times are without imports. Rows per second are of CPU
time, which other work on the machine does not change much. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flows import stages
from flows.jobs import RoundJob
from flows.settings import Settings
from sources.simulation import simulate as write_source
from surveys.catalogue import load_survey

SURVEY, ROUND = "kbnn", "2023-2"
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def extract(job: RoundJob) -> None:
    stages.extract(job, NOW)


def validate(job: RoundJob) -> None:
    stages.validate_landing(job)
    stages.select_current(job)
    stages.validate_submissions(job)
    stages.select_accepted(job)


def anonymise(job: RoundJob) -> None:
    for part in stages.plan_parts(job):
        stages.anonymise_part(job, part)


def tally(job: RoundJob) -> None:
    for part in stages.plan_parts(job):
        stages.tally_part(job, part)
    stages.merge_tallies(job)


def compute(job: RoundJob) -> None:
    stages.compute_round(job)


def load(job: RoundJob) -> None:
    stages.load_round(job, [stages.validate_results(job)], NOW, NOW)


STEPS: dict[str, Callable[[RoundJob], None]] = {
    "extract": extract,
    "validate and split": validate,
    "anonymise, redact, code themes": anonymise,
    "tally": tally,
    "compute and protect": compute,
    "check and load": load,
}


def measure(step: str, root: Path) -> dict[str, float]:
    """Run one step in this process: {wall_s, cpu_s, peak_mb}."""
    import validations.data_docs  # noqa: F401  its seconds are not the step's

    settings = Settings(_env_file=None, storage=root / "var", source_url=f"sqlite:///{root / 'source.db'}")  # type: ignore[call-arg, arg-type]
    job = RoundJob.open(load_survey(SURVEY), ROUND, settings)
    before, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    STEPS[step](job)
    after, wall = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter() - started
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall_s": wall, "cpu_s": cpu, "peak_mb": after.ru_maxrss / 1024}


def simulate(root: Path, n_submissions: int) -> dict[str, float]:
    summary = write_source(
        load_survey(SURVEY), f"sqlite:///{root / 'source.db'}", n_per_round=n_submissions, seed=1, rounds=[ROUND]
    )
    return {"n_rows": summary.rounds[0].n_rows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--only", nargs="+", choices=STEPS, default=list(STEPS))
    parser.add_argument("--simulate", nargs=2, metavar=("FOLDER", "SUBMISSIONS"), help=argparse.SUPPRESS)
    parser.add_argument("--measure", nargs=2, metavar=("FOLDER", "STEP"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.simulate:
        print(json.dumps(simulate(Path(arguments.simulate[0]), int(arguments.simulate[1]))))
        return
    if arguments.measure:
        print(json.dumps(measure(arguments.measure[1], Path(arguments.measure[0]))))
        return
    print(
        "| rows | step | CPU s | rows/CPU s | wall s | peak MB |\n| ---: | --- | ---: | ---: | ---: | ---: |",
        flush=True,
    )
    for n_submissions in arguments.rows:
        with tempfile.TemporaryDirectory() as folder:
            n_rows = _run_apart("--simulate", folder, str(n_submissions))["n_rows"]
            for step in arguments.only:
                found = _run_apart("--measure", folder, step)
                figures = f"{found['cpu_s']:.1f} | {n_rows / found['cpu_s']:,.0f} | {found['wall_s']:.1f}"
                print(f"| {n_rows:,} | {step} | {figures} | {found['peak_mb']:,.0f} |", flush=True)


def _run_apart(*arguments: str) -> dict[str, float]:
    # simulating too: a process's peak counts what its parent held when it was started
    command = [sys.executable, "-m", "bench.bench_pipeline", *arguments]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, float] = json.loads(output.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
