"""Tallies and figures under generated rounds: order and partition never matter, and rounding is exact."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from surveys.catalogue import SurveyFolder, load_survey
from tests.golden import DEMO
from transforms.indices import compute_indices, percentage
from transforms.tallies import Tallies, merge, tally

UNITS, TYPES = ("11", "12", "21"), ("budget_unit", "individual")
ANSWER = st.sampled_from([None, 1, 2, 3, 4, 5, 9])
ROW = st.tuples(st.sampled_from(UNITS), st.sampled_from(TYPES), ANSWER, ANSWER, ANSWER)
FORMULAS = ("top2", "mean100", "non_dissatisfied", "all_items")


@pytest.fixture(scope="module")
def folder() -> SurveyFolder:
    return load_survey(DEMO)


def microdata(rows: list[tuple[object, ...]]) -> pl.LazyFrame:
    answers = dict.fromkeys(("q_s1", "q_s2", "q_t1"), pl.Int16)
    schema = {"unit_code": pl.String, "respondent_type": pl.String, **answers}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(weight=pl.lit(None, dtype=pl.Int64), submitted_on=pl.lit(dt.date(2023, 10, 1))).lazy()


def tally_rows(folder: SurveyFolder, rows: list[tuple[object, ...]], formula: str) -> Tallies:
    round_ = folder.round("2")
    method = folder.method_of(round_)
    method = method.model_copy(update={"formulas": dict.fromkeys(method.formulas, formula)})
    return tally(microdata(rows), folder.instrument_of(round_), method)


@given(st.lists(ROW, min_size=1, max_size=30), st.data(), st.sampled_from(FORMULAS))
def test_the_tally_of_the_whole_is_the_sum_of_the_tallies_of_any_parts(
    folder: SurveyFolder, rows: list[tuple[object, ...]], data: st.DataObject, formula: str
) -> None:
    cut = data.draw(st.integers(0, len(rows)))
    shuffled = data.draw(st.permutations(rows))
    whole = tally_rows(folder, rows, formula)
    parts = merge([tally_rows(folder, shuffled[:cut], formula), tally_rows(folder, shuffled[cut:], formula)])
    for name in Tallies._fields:
        assert_frame_equal(getattr(parts, name), getattr(whole, name))


@given(st.lists(ROW, min_size=1, max_size=30), st.sampled_from(FORMULAS))
def test_what_is_counted_is_never_more_than_there_is(
    folder: SurveyFolder, rows: list[tuple[object, ...]], formula: str
) -> None:
    unit = 100 if formula == "mean100" else 1
    indices = tally_rows(folder, rows, formula).indices
    assert indices.filter((pl.col("s") < 0) | (pl.col("s") > pl.col("m") * unit)).is_empty()
    assert indices.filter(pl.col("n") > len(rows)).is_empty()


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.integers(0, 4))
def test_percentages_are_rounded_half_up_from_exact_integers(numerator: int, denominator: int, decimals: int) -> None:
    numerator = min(numerator, denominator)
    frame = pl.DataFrame({"n": [numerator], "d": [denominator]})
    found = frame.select(percentage(pl.col("n"), pl.col("d"), decimals)).item()
    exact = Fraction(100 * numerator, denominator) * 10**decimals
    expected = Decimal((2 * exact.numerator + exact.denominator) // (2 * exact.denominator)).scaleb(-decimals)
    assert found == expected.quantize(Decimal("0.0001"), ROUND_HALF_UP)


@given(st.lists(ROW, min_size=1, max_size=40))
def test_a_rank_is_one_more_than_the_number_of_better_units(
    folder: SurveyFolder, rows: list[tuple[object, ...]]
) -> None:
    round_ = folder.round("2")
    method = folder.method_of(round_).model_copy(update={"min_respondents_ranked": 1})
    counts = tally_rows(folder, rows, "top2").indices.with_columns(
        unit_level=pl.lit("district"),
        n_active=pl.lit(None, dtype=pl.Int64),
        is_suppressed=pl.lit(False),
        suppression_reason=pl.lit(None, dtype=pl.String),
    )
    ranked = compute_indices(counts, method).filter(pl.col("rank").is_not_null())
    for row in ranked.iter_rows(named=True):
        rivals = ranked.filter(
            (pl.col("respondent_type") == row["respondent_type"]) & (pl.col("index_code") == row["index_code"])
        )
        assert row["rank"] == 1 + rivals.filter(pl.col("index_pct") > row["index_pct"]).height
        assert row["n_tied"] == rivals.filter(pl.col("index_pct") == row["index_pct"]).height
        assert row["rank_of"] == rivals.height
