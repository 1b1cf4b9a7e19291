"""Signs of what may be no person's own answer: they are flagged at the survey's bounds, not before."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from surveys.catalogue import load_survey
from surveys.landing import landing_schema
from surveys.models import Suspicion
from transforms.suspicion import FLAGS, MIN_ANSWERS, flag_suspicion
from validations.suites import SUSPICION

KBNN = load_survey("kbnn")
INSTRUMENT = KBNN.instrument_of(KBNN.round("2023-2"))
BOUNDS = Suspicion(
    min_duration_seconds=20, max_duration_hours=2, burst_per_device=2, burst_per_address=2, submissions_per_contact=2
)
STARTED = dt.datetime(2023, 10, 2, 1, tzinfo=dt.UTC)
QUESTIONS = [question.column for question in INSTRUMENT.questions]


def flagged(*rows: dict[str, Any]) -> list[list[str]]:
    """The flags of each row."""
    schema = landing_schema(INSTRUMENT)
    usual = {"started_at": STARTED, "submitted_at": STARTED + dt.timedelta(minutes=5)}
    frame = pl.DataFrame([{**usual, **row} for row in rows], schema=schema)
    found = flag_suspicion(frame.lazy().with_row_index("n"), INSTRUMENT, BOUNDS).sort("n").collect()
    return [[flag for flag in FLAGS if row[flag]] for row in found.to_dicts()]


def after(seconds: int) -> dict[str, Any]:
    return {"submitted_at": STARTED + dt.timedelta(seconds=seconds)}


def answers(n: int, *levels: int) -> dict[str, int]:
    return {column: levels[position % len(levels)] for position, column in enumerate(QUESTIONS[:n])}


@pytest.mark.parametrize(
    ("row", "flags"),
    [
        ({}, []),
        (after(20), []),
        (after(19), ["is_implausibly_fast"]),
        (after(-1), ["is_implausibly_fast"]),  # a wrong clock
        (after(7200), []),
        (after(7201), ["is_implausibly_long"]),
        ({"started_at": None}, []),
        (answers(MIN_ANSWERS, 5), ["is_straight_lined"]),
        (answers(MIN_ANSWERS - 1, 5), []),
        (answers(MIN_ANSWERS, 5, 4), []),
    ],
    ids=str,
)
def test_a_submission_is_flagged_beyond_the_bound(row: dict[str, Any], flags: list[str]) -> None:
    assert flagged(row) == [flags]


@pytest.mark.parametrize(
    ("mark", "flag"),
    [("is_device", "is_device_burst"), ("is_address", "is_address_burst"), ("is_contact", "is_repeated_contact")],
)
def test_more_submissions_with_one_value_than_the_bound_are_all_flagged(mark: str, flag: str) -> None:
    column = next(field.code for field in INSTRUMENT.fields if getattr(field, mark))
    rows = [{column: value} for value in ("a", "a", "b", "b", "b", None, None, None)]
    assert flagged(*rows) == [[], [], [flag], [flag], [flag], [], [], []]


def test_every_flag_has_its_rule() -> None:
    assert tuple(SUSPICION) == FLAGS


def test_rows_keep_their_order() -> None:
    n_rows = 200_000
    rows = pl.LazyFrame({"device_id": [f"d{n % 50_000}" for n in range(n_rows)]}).with_row_index("n")
    landed = rows.with_columns(
        pl.lit(None, dtype=kind).alias(name) for name, kind in landing_schema(INSTRUMENT).items() if name != "device_id"
    )
    kept = flag_suspicion(landed, INSTRUMENT, BOUNDS).select("n", "is_device_burst").collect(engine="streaming")
    assert kept["n"].is_sorted() and kept["is_device_burst"].sum() == n_rows
