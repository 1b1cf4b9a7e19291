"""Flags of suspicious submissions: they count and never reject."""

from __future__ import annotations

import polars as pl

from surveys.models import Instrument, Suspicion

FLAGS = (
    "is_straight_lined",
    "is_implausibly_fast",
    "is_implausibly_long",
    "is_device_burst",
    "is_address_burst",
    "is_repeated_contact",
)

MIN_ANSWERS = 8  # fewer equal answers are no straight line


def flag_suspicion(submissions: pl.LazyFrame, instrument: Instrument, bounds: Suspicion) -> pl.LazyFrame:
    """Add the Boolean columns FLAGS to submissions in the landing schema; the rows keep their order.

    Straight-lining: one and the same level on every answered question, `MIN_ANSWERS` at least (Zhang and Conrad 2014).
    Bursts and repeated contacts: more submissions from one device, address or contact than the survey's bounds.
    """
    answers = [pl.col(question.column) for question in instrument.questions]
    n_answers = pl.sum_horizontal(answer.is_not_null().cast(pl.Int32) for answer in answers)
    seconds = (pl.col("submitted_at") - pl.col("started_at")).dt.total_seconds()
    devices = [field.code for field in instrument.fields if field.is_device]
    addresses = [field.code for field in instrument.fields if field.is_address]
    contacts = [field.code for field in instrument.fields if field.is_contact]
    flagged = submissions.with_columns(
        ((n_answers >= MIN_ANSWERS) & (pl.min_horizontal(answers) == pl.max_horizontal(answers)))
        .fill_null(False)
        .alias("is_straight_lined"),
        # a start after the submission is of a wrong clock, and fast, too
        (seconds < bounds.min_duration_seconds).fill_null(False).alias("is_implausibly_fast"),
        (seconds > bounds.max_duration_hours * 3600).fill_null(False).alias("is_implausibly_long"),
    )
    for flag, columns, bound in (
        ("is_device_burst", devices, bounds.burst_per_device),
        ("is_address_burst", addresses, bounds.burst_per_address),
        ("is_repeated_contact", contacts, bounds.submissions_per_contact),
    ):
        flagged = _flag_frequent(flagged, columns, bound, flag)
    return flagged


def _flag_frequent(submissions: pl.LazyFrame, columns: list[str], bound: int, flag: str) -> pl.LazyFrame:
    # The few frequent values are found first: joining them costs no memory per row, as a window would.
    marks = []
    for column in columns:
        mark = f"__{flag}_{column}"
        frequent = (
            submissions.select(column).drop_nulls().group_by(column).len().filter(pl.col("len") > bound)
        ).select(column, pl.lit(True).alias(mark))
        submissions = submissions.join(frequent, on=column, how="left", maintain_order="left")
        marks.append(mark)
    anyhow = pl.any_horizontal([pl.lit(False), *(pl.col(mark).fill_null(False) for mark in marks)])
    return submissions.with_columns(anyhow.alias(flag)).drop(marks)
