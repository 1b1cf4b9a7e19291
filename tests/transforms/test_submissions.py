"""Which landed rows count, and what became of every one of them."""

from __future__ import annotations

import datetime as dt
from itertools import permutations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.models import Deduplication
from transforms.submissions import count_response, find_outdated_revisions, find_repeated_submissions

NOON = dt.datetime(2023, 10, 2, 12, tzinfo=dt.UTC)
Row = tuple[str | None, int, int, bool]


def landed(rows: list[Row]) -> pl.LazyFrame:
    """Rows of (submission_id, hours after noon of the last change, batch, is_replaced) of one respondent, from 0."""
    return pl.LazyFrame(
        [(code, NOON + dt.timedelta(hours=hours), batch, is_replaced) for code, hours, batch, is_replaced in rows],
        schema={
            "submission_id": pl.String,
            "updated_at": pl.Datetime(time_zone="UTC"),
            "batch_number": pl.Int32,
            "is_replaced": pl.Boolean,
        },
        orient="row",
    ).with_row_index("row_number").with_columns(
        pl.lit("form").alias("source_name"), pl.col("row_number").cast(pl.String).alias("source_row"),
        pl.lit("r").alias("respondent_id"),
    )  # fmt: skip


def outdated(rows: list[Row]) -> list[int]:
    return find_outdated_revisions(landed(rows)).collect()["row_number"].to_list()


def test_the_latest_change_of_a_submission_counts_whatever_the_order_of_arrival() -> None:
    for rows in permutations([("a", 0, 1, False), ("a", 2, 1, False), ("a", 1, 2, False)]):
        kept = [row for number, row in enumerate(rows) if number not in outdated(list(rows))]
        assert kept == [("a", 2, 1, False)]


def test_of_two_revisions_with_one_time_the_one_that_landed_later_counts() -> None:
    assert outdated([("a", 0, 2, False), ("a", 0, 1, False)]) == [1]


def test_rows_of_a_file_that_was_dropped_again_are_outdated_even_if_changed_later() -> None:
    assert outdated([("a", 5, 1, True), ("a", 0, 2, False), ("b", 5, 1, True)]) == [0, 2]


def test_the_state_of_a_source_row_that_landed_last_counts_whatever_was_mended() -> None:
    rows = landed([(None, 5, 1, False), ("a", 0, 2, False), ("a", 9, 1, False)])
    mended = rows.with_columns(pl.Series("source_row", ["7", "7", "8"]), pl.Series("respondent_id", ["x", "y", "z"]))
    assert find_outdated_revisions(mended).collect()["row_number"].to_list() == [0]


def test_submissions_of_two_respondents_with_one_id_are_no_revisions_of_each_other() -> None:
    rows = landed([("1", 0, 1, False), ("1", 1, 1, False), ("1", 2, 2, False), ("1", 3, 2, False)])
    shared = rows.with_columns(pl.Series("respondent_id", ["x", "x", "y", None]))
    assert find_outdated_revisions(shared).collect()["row_number"].to_list() == [0]


def test_rows_without_a_submission_id_never_replace_each_other() -> None:
    assert outdated([(None, 0, 1, False), (None, 1, 1, False)]) == []


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c", None]), st.integers(0, 2), st.integers(1, 2), st.booleans())))
def test_exactly_one_row_of_every_submission_that_was_not_replaced_counts(rows: list[Row]) -> None:
    lost = set(outdated(rows))
    kept = [row for number, row in enumerate(rows) if number not in lost]
    ids = [row[0] for row in kept if row[0] is not None]
    assert sorted(ids) == sorted({row[0] for row in rows if row[0] is not None and not row[3]})
    assert sum(row[0] is None for row in kept) == sum(row[0] is None and not row[3] for row in rows)


@pytest.mark.parametrize(("keep", "lost"), [("latest", [0, 1]), ("earliest", [1, 2])])
def test_one_submission_of_a_respondent_to_a_unit_counts_by_the_surveys_rule(keep: str, lost: list[int]) -> None:
    accepted = pl.LazyFrame(
        {
            "row_number": [0, 1, 2, 3, 4],
            "respondent_id": ["x", "x", "x", "x", "y"],
            "unit_code": ["u", "u", "u", "v", "u"],
            "submitted_at": [NOON, NOON + dt.timedelta(hours=1), NOON + dt.timedelta(hours=2), NOON, NOON],
            "updated_at": [NOON] * 5,
        }
    )
    rule = Deduplication.model_validate({"key": ["respondent_id", "unit_code"], "keep": keep})
    assert find_repeated_submissions(accepted, rule).collect()["row_number"].to_list() == lost


def test_every_landed_row_is_counted_once_also_of_unknown_units_and_types() -> None:
    def rows(*cells: tuple[str | None, str | None]) -> pl.LazyFrame:
        return pl.LazyFrame(list(cells), schema={"unit_code": pl.String, "respondent_type": pl.String}, orient="row")

    states = {
        "n_superseded": [rows(("u", "t1")), rows(("u", "t2"))],
        "n_accepted": [rows(("u", "t1"), ("v", "t1"))],
        "n_quarantined": [rows(("0911 222 333", "t1"), (None, None), ("u", "of a name"))],
    }
    response = count_response(states, ["t1", "t2"], ["u", "v"])
    assert response.rows() == [
        ("", "t1", 0, 0, 2, 2),
        ("u", "t1", 1, 1, 1, 3),
        ("u", "t2", 1, 0, 0, 1),
        ("v", "t1", 0, 1, 0, 1),
    ]
    assert response.columns == ["unit_code", "respondent_type", *states, "n_extracted"]
