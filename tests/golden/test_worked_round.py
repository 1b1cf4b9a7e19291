"""One round worked by hand: eight submissions, three districts, two indices.

| unit | type | S1 | S2 | T1 | service: answers, satisfied | online: answers, satisfied |
| 11 | budget_unit | 5 | 4 | 4 | 2, 2 | 1, 1 |
| 11 | budget_unit | 4 | 2 | - | 2, 1 | -    |
| 11 | budget_unit | 5 | 9 | 1 | 1, 1 | 1, 0 |
| 12 | budget_unit | 4 | 4 | - | 2, 2 | -    |
| 12 | budget_unit | 3 | 5 | 5 | 2, 1 | 1, 1 |
| 21 | budget_unit | 5 | 5 | 5 | 2, 2 | 1, 1 |
| 21 | individual  | 4 | - | - | 1, 1 | -    |
| 21 | individual  | 5 | 5 | - | 2, 2 | -    |

service: district 11 = 4/5 = 80 %, district 12 = 3/4 = 75 %, province 10 = 7/9 = 77.78 %, district 21 = 5/5 = 100 %,
system = 12/14 = 85.714... -> 85.71 %; online: system = 3/4 = 75 %.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from surveys.catalogue import SurveyFolder, load_survey
from surveys.models import Formula, Method
from tests.golden import DEMO
from transforms.feedback import tally_naming
from transforms.results import RoundContext, compute_results, roll_up_counts
from transforms.tallies import Tallies, merge, tally
from transforms.thresholds import COUNTS

ROWS = [
    ("11", "budget_unit", 5, 4, 4),
    ("11", "budget_unit", 4, 2, None),
    ("11", "budget_unit", 5, 9, 1),
    ("12", "budget_unit", 4, 4, None),
    ("12", "budget_unit", 3, 5, 5),
    ("21", "budget_unit", 5, 5, 5),
    ("21", "individual", 4, None, None),
    ("21", "individual", 5, 5, None),
]


def microdata() -> pl.DataFrame:
    answers = {"q_s1": pl.Int16, "q_s2": pl.Int16, "q_t1": pl.Int16}
    frame = pl.DataFrame(ROWS, schema={"unit_code": pl.String, "respondent_type": pl.String, **answers}, orient="row")
    return frame.with_columns(
        pl.lit(None, dtype=pl.Int64).alias("weight"),
        pl.lit(dt.date(2023, 10, 1)).alias("submitted_on"),
        pl.when(pl.int_range(pl.len()) == 1).then(pl.lit("12")).alias("named_unit_code"),
        pl.when(pl.int_range(pl.len()) < 2).then(pl.lit("f" * 24)).alias("named_official_pseudonym"),
    )


def shown(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        pl.lit(False).alias("is_suppressed"), pl.lit(None, dtype=pl.String).alias("suppression_reason")
    )


def compute(folder: SurveyFolder, method: Method | None = None) -> dict[str, pl.DataFrame]:
    context = RoundContext.of(folder, folder.round("2"), method)
    tallies = tally(microdata().lazy(), context.instrument, context.method)
    response = tallies.submissions.rename({"n": "n_accepted"}).with_columns(
        n_superseded=pl.lit(0, dtype=pl.Int64), n_quarantined=pl.lit(0, dtype=pl.Int64), n_extracted="n_accepted"
    )
    feedback = pl.DataFrame(
        schema=dict.fromkeys(("unit_code", "feedback_code", "theme_code", "polarity"), pl.String)
        | {"n_comments": pl.Int64}
    )
    naming = tally_naming(microdata().lazy(), context.instrument)
    counts = roll_up_counts(context, tallies, naming, feedback, response)
    protected = type(counts)(
        **{name: frame if name == "response" else shown(frame) for name, frame in vars(counts).items()}
    )
    return compute_results(context, protected, {})


@pytest.fixture(scope="module")
def folder() -> SurveyFolder:
    return load_survey(DEMO)


@pytest.fixture(scope="module")
def results(folder: SurveyFolder) -> dict[str, pl.DataFrame]:
    return compute(folder)


def index(results: dict[str, pl.DataFrame], unit: str, code: str, kind: str = "all") -> dict[str, Any]:
    return results["fct_index"].row(
        by_predicate=(pl.col("unit_code") == unit)
        & (pl.col("index_code") == code)
        & (pl.col("respondent_type") == kind),
        named=True,
    )


@pytest.mark.parametrize(
    ("unit", "code", "numerator", "denominator", "respondents", "pct"),
    [
        ("11", "service", 4, 5, 3, "80"),
        ("12", "service", 3, 4, 2, "75"),
        ("10", "service", 7, 9, 5, "77.78"),
        ("21", "service", 5, 5, 3, "100"),
        ("00", "service", 12, 14, 8, "85.71"),
        ("00", "online", 3, 4, 4, "75"),
    ],
)
def test_top2_pools_satisfied_answers_over_the_index_questions(
    results: dict[str, pl.DataFrame], unit: str, code: str, numerator: int, denominator: int, respondents: int, pct: str
) -> None:
    row = index(results, unit, code)
    assert (row["numerator"], row["denominator"], row["n_respondents"]) == (numerator, denominator, respondents)
    assert row["index_pct"] == Decimal(pct)


@pytest.mark.parametrize(
    ("formula", "numerator", "denominator", "pct"),
    [
        # 14 answers in all: 5,4 4,2 5 4,4 3,5 5,5 4 5,5 -> seven 5s, five 4s, one 3, one 2
        ("top2", 12, 14, "85.71"),
        ("non_dissatisfied", 13, 14, "92.86"),
        ("mean100", 7 * 100 + 5 * 75 + 50 + 25, 1400, "82.14"),
        ("all_items", 6, 8, "75"),
    ],
)
def test_every_formula_gives_its_worked_example(
    folder: SurveyFolder, formula: Formula, numerator: int, denominator: int, pct: str
) -> None:
    method = folder.methods["demo"].model_copy(update={"formulas": {"service": formula, "online": "top2"}})
    row = index(compute(folder, method), "00", "service")
    assert (row["numerator"], row["denominator"], row["index_pct"]) == (numerator, denominator, Decimal(pct))


def test_ranks_count_the_units_of_a_level(results: dict[str, pl.DataFrame]) -> None:
    ranks = {unit: index(results, unit, "service") for unit in ("21", "11", "12")}
    assert [(row["rank"], row["rank_of"], row["n_tied"]) for row in ranks.values()] == [(1, 3, 1), (2, 3, 1), (3, 3, 1)]


def test_a_unit_with_too_few_respondents_is_not_ranked(results: dict[str, pl.DataFrame]) -> None:
    row = index(results, "12", "online")
    assert (row["rank"], row["rank_state"]) == (None, "too_few_respondents")


def test_units_above_at_and_below_the_threshold_are_counted(results: dict[str, pl.DataFrame]) -> None:
    row = results["fct_threshold"].row(
        by_predicate=(pl.col("unit_code") == "00") & (pl.col("index_code") == "service"), named=True
    )
    assert {name: row[name] for name in ("n_units", *COUNTS)} == {
        "n_units": 3,
        "n_above": 1,
        "n_not_above": 2,
        "n_at": 0,
        "n_below": 2,
        "n_not_rated": 0,
    }


def test_distinct_officials_are_counted_over_a_subtree_not_added_up(results: dict[str, pl.DataFrame]) -> None:
    row = results["fct_dissatisfaction"].row(by_predicate=pl.col("unit_code") == "00", named=True)
    assert (row["n_naming_any"], row["n_naming_unit"], row["n_naming_official"]) == (2, 1, 2)
    assert (row["n_units_named"], row["n_officials_named"]) == (1, 1)


def test_the_response_rate_is_over_active_respondents_of_the_subtree(results: dict[str, pl.DataFrame]) -> None:
    row = results["fct_response"].row(
        by_predicate=(pl.col("unit_code") == "00") & (pl.col("respondent_type") == "all"), named=True
    )
    assert (row["n_accepted"], row["n_active"], row["response_pct"]) == (8, 12, Decimal("66.67"))


def test_reform_points_are_linear_in_the_published_index(results: dict[str, pl.DataFrame]) -> None:
    points = dict(results["fct_reform_score"].select("unit_code", "points").iter_rows())
    assert points == {"10": Decimal("7.78"), "20": Decimal("10")}


def test_a_choice_that_is_no_answer_counts_neither_for_nor_against(results: dict[str, pl.DataFrame]) -> None:
    answers = results["fct_answer"].filter((pl.col("unit_code") == "11") & (pl.col("question_code") == "S2"))
    no_opinion = answers.row(
        by_predicate=(pl.col("answer_code") == 9) & (pl.col("respondent_type") == "all"), named=True
    )
    assert (no_opinion["n_answers"], no_opinion["is_answer"]) == (1, False)


def test_tallies_of_parts_add_up_to_the_tally_of_the_whole(folder: SurveyFolder) -> None:
    context = RoundContext.of(folder, folder.round("2"))

    def part(rows: pl.DataFrame) -> Tallies:
        return tally(rows.lazy(), context.instrument, context.method)

    whole, parts = part(microdata()), merge([part(microdata()[:3]), part(microdata()[3:4]), part(microdata()[4:])])
    assert all(one.equals(other) for one, other in zip(whole, parts, strict=True))
