"""Validation at scale: our engine against the pandas engine of Great Expectations and a hand-written Polars pass.

    python -m bench.bench_validation --rows 100000 1000000

Each contestant runs in a process of its own on the same Parquet file (25 columns, about 1 % dirt) with the same rules,
and must count the same failures. CPU is of reading and validating, without imports; memory is the process's peak, with
everything. The split writes every row with its broken rules. Prints a Markdown table; ratios are to the floor.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

N_QUESTIONS = 16
QUESTIONS = [f"q_{number:02d}" for number in range(1, N_QUESTIONS + 1)]
ONLINE = QUESTIONS[-4:]
FLAGS = ["is_fast", "is_straight"]
UNITS = [f"U{number:04d}" for number in range(770)]
CHANNELS = ["web", "app", "paper"]
ID_PATTERN = "^S[0-9]{9}$"
OPENS, CLOSES = dt.datetime(2023, 6, 1), dt.datetime(2023, 6, 30)
REFERENCE = pl.DataFrame(
    {"unit_code": UNITS, "valid_from": dt.date(2000, 1, 1), "valid_to": [None] * 765 + [dt.date(2023, 6, 15)] * 5},
    schema_overrides={"valid_to": pl.Date},
)


def simulate(path: Path, n_rows: int) -> None:
    """Submissions with every kind of dirt that the rules look for; the same on each run."""
    row = pl.col("row")
    dirty = row % 997 == 0
    answer = [
        ((row * (3 + i)) % 5 + 1 + pl.when((row + i) % 1009 == 0).then(7).otherwise(0)) for i in range(N_QUESTIONS)
    ]
    submitted = pl.lit(OPENS) + pl.duration(seconds=(row * 7919) % (30 * 86400))
    pl.LazyFrame({"row": pl.int_range(n_rows, eager=True)}).select(
        pl.format("S{}", (row - dirty.cast(pl.Int64)).cast(pl.String).str.zfill(9)).alias("submission_id"),
        pl.format("R{}", (row // 2).cast(pl.String).str.zfill(9)).alias("respondent_id"),
        pl.when(row % 1013 == 0).then(pl.lit("U9999")).otherwise(
            pl.lit("U") + ((row * 31) % 770).cast(pl.String).str.zfill(4)
        ).alias("unit_code"),
        submitted.alias("submitted_at"),
        (submitted + pl.duration(hours=pl.when(row % 1021 == 0).then(-1).otherwise(1))).alias("updated_at"),
        submitted.dt.date().alias("submitted_on"),
        pl.lit(pl.Series(CHANNELS)).gather(row % 3).alias("channel"),
        *(
            pl.when((row + i) % 1031 != 0, pl.lit(True) if name not in ONLINE else row % 3 != 2).then(expr)
            .cast(pl.Int16).alias(name)
            for i, (name, expr) in enumerate(zip(QUESTIONS, answer, strict=True))
        ),
        (row % 103 == 0).alias("is_fast"),
        (row % 107 == 0).alias("is_straight"),
    ).sink_parquet(path)  # fmt: skip


def suite(is_polars: bool) -> list[Any]:
    """46 rules, as a submissions gate has them. Without references pandas gets the codes as a set, without dates."""
    gxe: Any = importlib.import_module("great_expectations.expectations")
    from great_expectations.expectations.row_conditions import Column

    required = ("submission_id", "respondent_id", "unit_code", "submitted_at", "channel")
    if is_polars:
        from validations.polars_engine import ExpectColumnValuesToExistInReference

        unit: Any = ExpectColumnValuesToExistInReference(
            column="unit_code", reference="units", reference_column="unit_code", date_column="submitted_on"
        )
    else:
        unit = gxe.ExpectColumnValuesToBeInSet(column="unit_code", value_set=UNITS)
    rules = [
        unit,
        *(gxe.ExpectColumnValuesToNotBeNull(column=column) for column in required),
        gxe.ExpectColumnValuesToMatchRegex(column="submission_id", regex=ID_PATTERN),
        gxe.ExpectColumnValuesToBeUnique(column="submission_id"),
        gxe.ExpectColumnValuesToBeBetween(column="submitted_at", min_value=OPENS, max_value=CLOSES, strict_max=True),
        gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="updated_at", column_B="submitted_at", or_equal=True),
        gxe.ExpectColumnValuesToBeInSet(column="channel", value_set=CHANNELS),
        *(gxe.ExpectColumnValuesToBeInSet(column=column, value_set=[1, 2, 3, 4, 5]) for column in QUESTIONS),
        *(gxe.ExpectColumnValuesToNotBeNull(column=column) for column in QUESTIONS if column not in ONLINE),
        *(
            gxe.ExpectColumnValuesToNotBeNull(column=column, row_condition=Column("channel") != "paper")
            for column in ONLINE
        ),
        *(gxe.ExpectColumnValuesToBeInSet(column=flag, value_set=[False]) for flag in FLAGS),
        gxe.ExpectTableRowCountToBeBetween(min_value=1),
    ]
    for number, rule in enumerate(rules):
        rule.meta = {"rule_id": f"rule-{number:02d}"}
    return rules


def count_failures(results: list[Any]) -> int:
    broken = [one for one in results if one.exception_info and one.exception_info.get("raised_exception", True)]
    assert not broken, broken[0].exception_info
    # the unit rule is not the same rule on pandas
    counted = [one for one in results if one.expectation_config.meta["rule_id"] != "rule-00"]
    return sum(int(one.result.get("unexpected_count") or 0) for one in counted)


def validate_polars(path: Path) -> Callable[[], int]:
    import great_expectations as gx

    from validations.polars_engine import open_context

    asset = open_context().data_sources.add_polars("source").add_frame_asset("rows")
    asset.add_reference("units", REFERENCE)
    batch = asset.add_batch_definition_whole_dataframe("all")
    rules = gx.ExpectationSuite(name="suite", expectations=suite(is_polars=True))
    return lambda: count_failures(batch.get_batch({"dataframe": pl.scan_parquet(path)}).validate(rules).results)


def validate_pandas(path: Path) -> Callable[[], int]:
    import great_expectations as gx

    pd: Any = importlib.import_module("pandas")
    from validations.polars_engine import open_context

    asset = open_context().data_sources.add_pandas("source").add_dataframe_asset("rows")
    batch = asset.add_batch_definition_whole_dataframe("all")
    rules = gx.ExpectationSuite(name="suite", expectations=suite(is_polars=False))
    return lambda: count_failures(batch.get_batch({"dataframe": pd.read_parquet(path)}).validate(rules).results)


def split_rows(path: Path) -> Callable[[], int]:
    from validations.row_failures import annotate_failures

    rules, target = suite(is_polars=True), path.with_suffix(".split.parquet")

    def split() -> int:
        annotated = annotate_failures(pl.scan_parquet(path), rules, {"units": REFERENCE.lazy()})
        annotated.sink_parquet(target)
        broken = pl.scan_parquet(target).select(pl.col("broken_rules").explode())
        n_failures = broken.filter(pl.col("broken_rules") != "rule-00").select(pl.len()).collect().item()
        target.unlink()
        return int(n_failures)

    return split


def count_by_hand(path: Path) -> Callable[[], int]:
    """The floor: the counts, and nothing of Great Expectations."""

    def count() -> int:
        frame = pl.scan_parquet(path)
        required = ("submission_id", "respondent_id", "unit_code", "submitted_at", "channel", *QUESTIONS[:-4])
        when = pl.col("submitted_at")
        failures = [
            *(pl.col(column).is_null() for column in required),
            *(pl.col(column).is_null() & (pl.col("channel") != "paper") for column in ONLINE),
            ~pl.col("submission_id").str.contains(ID_PATTERN),
            (when < OPENS) | (when >= CLOSES),
            pl.col("updated_at") < when,
            ~pl.col("channel").is_in(CHANNELS),
            *(~pl.col(column).is_in([1, 2, 3, 4, 5]) for column in QUESTIONS),
            *(pl.col(flag) for flag in FLAGS),
        ]
        day = pl.col("submitted_on")
        is_open = (day >= pl.col("valid_from")) & (pl.col("valid_to").is_null() | (day < pl.col("valid_to")))
        joined = frame.join(REFERENCE.lazy(), on="unit_code", how="left")
        counts = joined.select(
            *(failure.sum().alias(str(i)) for i, failure in enumerate(failures)),
            (~is_open.fill_null(False)).sum().alias("unit"),
        ).collect(engine="streaming")
        repeated = frame.group_by("submission_id").len().filter(pl.col("len") > 1).select(pl.col("len").sum())
        return int(sum(counts.drop("unit").row(0))) + int(repeated.collect(engine="streaming").item() or 0)

    return count


CONTESTANTS: dict[str, tuple[str, Callable[[Path], Callable[[], int]]]] = {
    "floor": ("hand-written Polars", count_by_hand),
    "polars": ("Polars engine", validate_polars),
    "split": ("row split, written to Parquet", split_rows),
    "pandas": ("pandas engine", validate_pandas),
}


def measure(contestant: str, path: Path) -> dict[str, float]:
    """Run one contestant in this process: {cpu_s, wall_s, peak_mb, failures}."""
    run = CONTESTANTS[contestant][1](path)
    before, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    failures = run()
    after, wall = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter() - started
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu_s": cpu, "wall_s": wall, "peak_mb": after.ru_maxrss / 1024, "failures": failures}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--only", nargs="+", choices=CONTESTANTS, default=list(CONTESTANTS))
    parser.add_argument("--measure", nargs=2, metavar=("CONTESTANT", "FILE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(measure(arguments.measure[0], Path(arguments.measure[1]))))
        return
    print("| rows | contestant | CPU s | x floor | wall s | peak MB | failures |")
    print("| ---: | --- | ---: | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as directory:
        for n_rows in arguments.rows:
            path = Path(directory) / "rows.parquet"
            simulate(path, n_rows)
            measured = {name: _measure_apart(name, path) for name in arguments.only}
            floor = measured.get("floor", {}).get("cpu_s", float("nan"))
            for name, found in measured.items():
                figures = f"{found['cpu_s']:.2f} | {found['cpu_s'] / floor:.1f} | {found['wall_s']:.2f}"
                print(
                    f"| {n_rows:,} | {CONTESTANTS[name][0]} | {figures} | {found['peak_mb']:,.0f} "
                    f"| {found['failures']:,.0f} |",
                    flush=True,
                )


def _measure_apart(contestant: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.bench_validation", "--measure", contestant, str(path)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    measured: dict[str, float] = json.loads(output.splitlines()[-1])
    return measured


if __name__ == "__main__":
    main()
