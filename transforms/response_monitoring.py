"""Response while a round is open: who lags behind the last round, how many there will be, where bursts look odd."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import NamedTuple

import polars as pl

from transforms.units import roll_up

# A count of 20 has a standard deviation of 4.5 (Poisson): below it a fall by a fifth is chance
MIN_EARLIER = 20
LAGGING_PCT = 80
# A burst: at least so many flagged submissions that are at least a fifth of the unit's, or one day far above the mean
MIN_FLAGGED = 10
FLAGGED_SHARE = 5
MIN_BUSIEST = 30
BUSIEST_FACTOR = 5

BURST_FLAGS = ("is_device_burst", "is_address_burst")
COUNTS = ("n_received", "n_compared", "n_earlier", "n_earlier_final", "n_projected", "n_planned")
MONITORED = ("unit_code", *COUNTS, "pace_pct", "n_flagged", "n_busiest_day", "is_lagging", "is_burst")
RECEIVED = {"unit_code": pl.String, "submitted_on": pl.Date, "n": pl.Int64, "n_flagged": pl.Int64}


class Window(NamedTuple):
    """First and last day of a round, both inclusive, in the survey's time zone."""

    opens_on: dt.date
    closes_on: dt.date

    @property
    def n_days(self) -> int:
        return (self.closes_on - self.opens_on).days + 1

    def complete_days(self, today: dt.date) -> int:
        """Days of the window that are over on a day: 0 on the first, `n_days` after the last."""
        return min(max((today - self.opens_on).days, 0), self.n_days)


def count_received(submissions: pl.LazyFrame) -> pl.DataFrame:
    """Submissions per unit and day: the columns of RECEIVED, sorted.

    Args:
        submissions: `unit_code`, `submitted_on` (local date) and, while a round is open, the Boolean BURST_FLAGS.
    """
    flags = [flag for flag in BURST_FLAGS if flag in submissions.collect_schema()]
    flagged = pl.any_horizontal(pl.lit(False), *flags).sum().cast(pl.Int64).alias("n_flagged")
    counted = submissions.group_by("unit_code", "submitted_on").agg(pl.len().cast(pl.Int64).alias("n"), flagged)
    return counted.collect().select(*RECEIVED).sort("unit_code", "submitted_on")


def monitor_response(
    received: pl.DataFrame,
    window: Window,
    today: dt.date,
    ancestors: pl.DataFrame,
    active: pl.DataFrame,
    expected_pct: Decimal | None,
    earlier: pl.DataFrame | None = None,
    earlier_window: Window | None = None,
) -> pl.DataFrame:
    """Where the round stands, for every unit over its subtree.

    Only days that are over are compared, with the same share of the last round's window; the projection assumes that
    the rest comes in as it did for the whole system in the last round, or evenly where there is none.

    Args:
        received, earlier: from `count_received`, of this round and of the last one.
        today: the day of the run in the survey's time zone; it is not over.
        ancestors: from `transforms.units.ancestors_of`.
        active: unit_code, n_active: the frame, own respondents of units; empty where there is none.
        expected_pct: response that the survey plans for, percent of the active respondents.

    Returns:
        The columns MONITORED, sorted by unit; NULL where there is nothing to compare with.
    """
    done = window.complete_days(today)
    through = window.opens_on + dt.timedelta(days=done - 1)
    days = roll_up(received.drop_nulls(), ancestors, ["submitted_on"])
    now = days.group_by("unit_code").agg(
        pl.col("n").sum().alias("n_received"),
        pl.col("n").filter(pl.col("submitted_on") <= through).sum().alias("n_compared"),
        pl.col("n_flagged").sum(),
        pl.col("n").max().alias("n_busiest_day"),
    )
    units = ancestors.select(pl.col("ancestor_code").alias("unit_code")).unique()
    plan = roll_up(active, ancestors, []).select("unit_code", _plan(expected_pct).alias("n_planned"))
    table = units.join(now, on="unit_code", how="left").with_columns(
        pl.col("n_received", "n_compared", "n_flagged", "n_busiest_day").fill_null(0)
    )
    table = table.join(_earlier_counts(earlier, earlier_window, window, done, ancestors), on="unit_code", how="left")
    whole, part = _arrival_curve(table, ancestors, window, done)
    return (
        table.join(plan, on="unit_code", how="left")
        .with_columns(
            (100 * pl.col("n_compared") // pl.when(pl.col("n_earlier") > 0).then("n_earlier")).alias("pace_pct"),
            ((2 * pl.col("n_compared") * whole + part) // (2 * part) if part else pl.lit(None, pl.Int64)).alias(
                "n_projected"
            ),
        )
        .with_columns(
            ((pl.col("pace_pct") < LAGGING_PCT) & (pl.col("n_earlier") >= MIN_EARLIER))
            .fill_null(False)
            .alias("is_lagging"),
            _is_burst(done).alias("is_burst"),
        )
        .select(MONITORED)
        .sort("unit_code")
    )


def _earlier_counts(
    earlier: pl.DataFrame | None, earlier_window: Window | None, window: Window, done: int, ancestors: pl.DataFrame
) -> pl.DataFrame:
    if earlier is None or earlier_window is None:
        return pl.DataFrame(schema={"unit_code": pl.String, "n_earlier": pl.Int64, "n_earlier_final": pl.Int64})
    same_point = earlier_window.n_days * done // window.n_days
    through = earlier_window.opens_on + dt.timedelta(days=same_point - 1)
    days = roll_up(earlier.drop_nulls(), ancestors, ["submitted_on"])
    return days.group_by("unit_code").agg(
        pl.col("n").filter(pl.col("submitted_on") <= through).sum().alias("n_earlier"),
        pl.col("n").sum().alias("n_earlier_final"),
    )


def _arrival_curve(table: pl.DataFrame, ancestors: pl.DataFrame, window: Window, done: int) -> tuple[int, int]:
    """The last round's total and its part by this point (0: nothing to project from), for the whole system."""
    root = ancestors.group_by("unit_code").len().filter(pl.col("len") == 1)["unit_code"].item()
    whole, part = table.filter(pl.col("unit_code") == root).select("n_earlier_final", "n_earlier").row(0)
    return (whole, part) if part else (window.n_days, done)


def _plan(expected_pct: Decimal | None) -> pl.Expr:
    if expected_pct is None:
        return pl.lit(None, pl.Int64)
    return pl.col("n_active") * int(expected_pct * 100) // 10_000


def _is_burst(done: int) -> pl.Expr:
    flagged = (pl.col("n_flagged") >= MIN_FLAGGED) & (FLAGGED_SHARE * pl.col("n_flagged") >= pl.col("n_received"))
    busiest = (pl.col("n_busiest_day") >= MIN_BUSIEST) & (
        pl.col("n_busiest_day") * done > BUSIEST_FACTOR * pl.col("n_compared")
    )
    return flagged | (busiest if done > BUSIEST_FACTOR else pl.lit(False))
