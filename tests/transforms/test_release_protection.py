"""A round by a second method, protected beside what is public of it by the first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import polars as pl

from bench.bench_suppression import without_details
from tests.property.test_disclosure import CONTEXT, KEYS, answered, shown_questions
from tests.transforms.test_release_audit import a_round, attack, by_points, released
from transforms.attacks import Attack
from transforms.linked_cells import ALL
from transforms.protection import protect_counts
from transforms.release_audit import GROUP, Published
from transforms.release_protection import choose_more, hide_alike, protect_beside
from transforms.results import Counts, compute_results
from transforms.tallies import Tallies

KINDS = ("individual", "budget_unit")
NOBODY = {key: (0, 0, 0) for key in KEYS if key[0] in ("00", "10", "20")}
"""Only districts have respondents."""
PATTERN = [(unit, kind) for unit in ("11", "10", "20", "21") for kind in KINDS]
"""Hides the two dissatisfied individuals of district 11, and safely, but not as `protect_counts` does."""


def points_without(tallies: Tallies, cells: Iterable[tuple[str, str]]) -> Published:
    whole = by_points(tallies)
    schema = dict.fromkeys(GROUP, pl.String())
    hidden = pl.DataFrame(list(cells), schema=schema, orient="row").with_columns(is_suppressed=True)
    indices = whole.indices.drop("is_suppressed").join(hidden, on=GROUP, how="left")
    shown = pl.col("is_suppressed").is_null()
    indices = indices.with_columns(
        *(pl.when(shown).then(name).alias(name) for name in ("numerator", "denominator")), is_suppressed=~shown
    )
    return replace(whole, frames={**whole.frames, "fct_index": indices})


def published(counts: Counts) -> Published:
    return released(compute_results(CONTEXT, counts, {}))


def hidden_cells(counts: Counts) -> set[tuple[str, ...]]:
    return set(counts.indices.filter("is_suppressed").select(GROUP).iter_rows())


def test_what_an_earlier_method_hides_stays_hidden_and_both_together_tell_nothing() -> None:
    tallies = a_round(NOBODY)
    counts, earlier = without_details(CONTEXT, tallies), points_without(tallies, PATTERN)
    alone = protect_counts(CONTEXT, counts)
    assert not hidden_cells(alone) >= set(PATTERN)
    assert attack(tallies, published(alone), earlier).failures
    beside = protect_beside(CONTEXT, counts, tallies, [earlier])
    assert hidden_cells(beside) >= set(PATTERN)
    assert attack(tallies, published(beside), earlier).failures == ()


def test_questions_that_tell_too_much_beside_an_earlier_method_are_not_shown() -> None:
    tallies = answered({("20", "S1"): 1, ("21", "S1"): 1})
    counts = without_details(CONTEXT, tallies)
    alone = compute_results(CONTEXT, protect_beside(CONTEXT, counts, tallies, []), {})
    beside = compute_results(CONTEXT, protect_beside(CONTEXT, counts, tallies, [by_points(tallies)]), {})
    assert shown_questions(alone)
    assert shown_questions(beside) == set()


def test_naming_comments_and_distributions_are_shown_again_only_where_they_were_and_nobody_came() -> None:
    frames = {
        "fct_question": ("questions", {"respondent_type": ALL, "question_code": "OUTSIDE"}),
        "fct_answer": ("answers", {"respondent_type": ALL, "question_code": "S1"}),
        "fct_dissatisfaction": ("naming", {}),
        "fct_feedback": ("feedback", {"feedback_code": "complaint", "theme_code": ALL}),
    }
    units = pl.DataFrame({"unit_code": ["10", "20", "21"], "n_respondents": [90, 50, 40]}).with_columns(
        is_suppressed=False, suppression_reason=pl.lit(None, pl.String)
    )
    shown = {
        name: units.with_columns(pl.lit(code).alias(key) for key, code in more.items())
        for name, more in frames.values()
    }
    counts = replace(without_details(CONTEXT, a_round()), **shown)
    outside = CONTEXT.instrument.questions[0].model_copy(update={"code": "OUTSIDE", "index": None})
    instrument = CONTEXT.instrument.model_copy(update={"questions": (*CONTEXT.instrument.questions, outside)})
    context = replace(CONTEXT, instrument=instrument)
    # of unit 10 fewer had answered then, and unit 20 was hidden
    before = {
        table: shown[name].with_columns(
            n_respondents=pl.col("n_respondents") - 30 * (pl.col("unit_code") == "10"),
            is_suppressed=pl.col("unit_code") == "20",
        )
        for table, (name, _) in frames.items()
    }
    hidden = hide_alike(context, counts, [Published(CONTEXT.method, before)])
    for name in shown:
        rows = getattr(hidden, name).select("unit_code", "is_suppressed", "suppression_reason").rows()
        assert rows == [("10", True, "withheld"), ("20", True, "withheld"), ("21", False, None)]


def test_without_an_earlier_release_nothing_more_is_hidden() -> None:
    counts = without_details(CONTEXT, a_round())
    assert protect_beside(CONTEXT, counts, a_round(), []).indices.equals(protect_counts(CONTEXT, counts).indices)


def test_the_smallest_shown_cell_around_what_is_worked_back_is_hidden_but_never_the_whole_survey() -> None:
    def chosen(cell: str, *hidden: tuple[str, str]) -> list[tuple[str, str]]:
        attacks = [Attack(cell, low=2, high=2, cover_low=0, cover_high=5)]
        return list(choose_more(CONTEXT, attacks, {("11", "individual"), *hidden}))

    assert chosen("11/individual/service") == [("11", "all")]
    assert chosen("11/individual/service", ("11", "all")) == [("10", "individual")]
    assert chosen("10 (own)/individual/service") == [("10", "individual")]
    assert chosen("11/individual/service", ("11", "all"), ("10", "individual"), ("10", "all")) == []
