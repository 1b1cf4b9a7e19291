"""Response while a round is open."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import polars as pl
import pytest

from transforms.response_monitoring import RECEIVED, Window, count_received, monitor_response

# the system S has two provinces; A has two districts
ANCESTORS = pl.DataFrame(
    [("S", "S"), ("A", "A"), ("A", "S"), ("B", "B"), ("B", "S"), ("A1", "A1"), ("A1", "A"), ("A1", "S"), ("A2", "A2"),
     ("A2", "A"), ("A2", "S")],
    schema={"unit_code": pl.String, "ancestor_code": pl.String},
    orient="row",
)  # fmt: skip
WINDOW = Window(dt.date(2027, 4, 1), dt.date(2027, 4, 20))
EARLIER_WINDOW = Window(dt.date(2026, 9, 1), dt.date(2026, 9, 10))
NO_FRAME = pl.DataFrame(schema={"unit_code": pl.String, "n_active": pl.Int64})


def daily(first: dt.date, per_day: dict[str, list[int]], flagged: int = 0) -> pl.DataFrame:
    rows = [
        (unit, first + dt.timedelta(days=day), n, flagged)
        for unit, counts in per_day.items()
        for day, n in enumerate(counts)
    ]
    return pl.DataFrame(rows, schema=RECEIVED, orient="row")


def row(table: pl.DataFrame, unit_code: str) -> dict[str, object]:
    return table.row(by_predicate=pl.col("unit_code") == unit_code, named=True)


def monitor(received: pl.DataFrame, today: dt.date, earlier: pl.DataFrame | None = None) -> pl.DataFrame:
    window = None if earlier is None else EARLIER_WINDOW
    return monitor_response(received, WINDOW, today, ANCESTORS, NO_FRAME, None, earlier, window)


def test_submissions_are_counted_per_unit_and_day_with_those_flagged() -> None:
    day = dt.date(2027, 4, 1)
    submissions = pl.LazyFrame(
        [("A1", day, True, False), ("A1", day, False, True), ("A1", day, False, False), ("B", day, False, False)],
        schema=["unit_code", "submitted_on", "is_device_burst", "is_address_burst"],
        orient="row",
    )
    assert count_received(submissions).rows() == [("A1", day, 3, 2), ("B", day, 1, 0)]


def test_a_province_is_compared_at_the_same_share_of_the_last_rounds_window() -> None:
    # ten of twenty days are over; in the last round of ten days, five were: 5 x 20 = 100 for A, 5 x 8 = 40 for B
    earlier = daily(EARLIER_WINDOW.opens_on, {"A1": [20] * 10, "B": [8] * 10})
    received = daily(WINDOW.opens_on, {"A1": [6] * 10, "A2": [3] * 10, "B": [3] * 10})
    table = monitor(received, dt.date(2027, 4, 11), earlier)
    assert (row(table, "A")["n_compared"], row(table, "A")["n_earlier"], row(table, "A")["pace_pct"]) == (90, 100, 90)
    assert (row(table, "B")["n_compared"], row(table, "B")["n_earlier"], row(table, "B")["pace_pct"]) == (30, 40, 75)
    assert [unit for unit, lags in table.select("unit_code", "is_lagging").rows() if lags] == ["A1", "B"]


def test_today_is_received_but_not_compared() -> None:
    table = monitor(daily(WINDOW.opens_on, {"B": [5, 5, 100]}), dt.date(2027, 4, 3))
    assert (row(table, "B")["n_received"], row(table, "B")["n_compared"]) == (110, 10)


def test_the_final_response_is_projected_along_the_last_rounds_arrivals() -> None:
    # last round: 30 of 120 by half-time, as most answer late
    earlier = daily(EARLIER_WINDOW.opens_on, {"B": [6] * 5 + [18] * 5})
    received = daily(WINDOW.opens_on, {"A1": [1] * 10, "B": [2] * 10})
    table = monitor(received, dt.date(2027, 4, 11), earlier)
    assert row(table, "S")["n_projected"] == 120
    assert row(table, "A")["n_projected"] == 40


def test_without_an_earlier_round_the_rest_is_expected_to_come_evenly() -> None:
    table = monitor(daily(WINDOW.opens_on, {"B": [3] * 5}), dt.date(2027, 4, 6))
    assert row(table, "B")["n_projected"] == 60
    assert row(table, "B")["pace_pct"] is None and row(table, "B")["is_lagging"] is False


def test_nothing_is_projected_before_a_day_is_over() -> None:
    table = monitor(daily(WINDOW.opens_on, {"B": [3]}), WINDOW.opens_on)
    assert row(table, "B")["n_projected"] is None


def test_few_submissions_are_not_called_lagging() -> None:
    earlier = daily(EARLIER_WINDOW.opens_on, {"B": [1] * 10, "A1": [10] * 10})
    table = monitor(daily(WINDOW.opens_on, {"A1": [10] * 10}), dt.date(2027, 4, 11), earlier)
    assert row(table, "B")["pace_pct"] == 0 and row(table, "B")["is_lagging"] is False


def test_the_plan_is_a_share_of_the_active_respondents_of_the_subtree() -> None:
    active = pl.DataFrame({"unit_code": ["A1", "A2", "B"], "n_active": [60, 21, 30]})
    received = daily(WINDOW.opens_on, {"B": [1]})
    table = monitor_response(received, WINDOW, dt.date(2027, 4, 2), ANCESTORS, active, Decimal("33.5"))
    assert [row(table, unit)["n_planned"] for unit in ("S", "A", "B")] == [37, 27, 10]


@pytest.mark.parametrize(
    ("per_day", "flagged", "is_burst"),
    [
        ([4] * 10, 0, False),
        ([4] * 10, 1, True),  # 10 flagged of 40
        ([9] * 10, 1, False),  # 10 flagged of 90
        ([4] * 9 + [60], 0, True),  # one day of 60 where 9.6 is the mean
        ([1] * 9 + [20], 0, False),  # too few to tell
    ],
)
def test_a_burst_is_a_large_share_of_flagged_submissions_or_one_day_far_above_the_mean(
    per_day: list[int], flagged: int, is_burst: bool
) -> None:
    table = monitor(daily(WINDOW.opens_on, {"B": per_day}, flagged), dt.date(2027, 4, 11))
    assert row(table, "B")["is_burst"] is is_burst


def test_units_that_are_not_in_the_register_are_left_out() -> None:
    table = monitor(daily(WINDOW.opens_on, {"ZZ": [3], "B": [1]}), dt.date(2027, 4, 2))
    assert set(table["unit_code"]) == {"S", "A", "B", "A1", "A2"}
