"""Attacks on random small tables: what is hidden stays hidden, and the audit sees when it does not."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bench.bench_suppression import truth_of, without_details
from surveys.catalogue import load_survey
from surveys.models import Disclosure
from tests.golden import DEMO
from transforms.attacks import AuditReport
from transforms.disclosure_audit import audit_results
from transforms.protection import protect_counts, withhold_details
from transforms.results import Counts, Frames, RoundContext, compute_results
from transforms.tallies import CELL, MEASURES, Tallies, tally

DEMO_FOLDER = load_survey(DEMO)
METHOD = DEMO_FOLDER.methods["demo"].model_copy(update={"disclosure": Disclosure()})
CONTEXT = RoundContext.of(DEMO_FOLDER, DEMO_FOLDER.round("2"), METHOD)
KEYS = [
    (unit, kind, index)
    for unit in ("00", "10", "11", "12", "20", "21")
    for kind in ("budget_unit", "individual")
    for index in ("service", "online")
]
Group = tuple[int, int, int]
_LAST = dict(zip((*CELL, "index_code"), KEYS[-1], strict=True))


@st.composite
def groups(draw: st.DrawFn) -> Group:
    """Respondents, those dissatisfied among them, and their dissatisfied answers out of two each."""
    n = draw(st.integers(0, 30))
    few = draw(st.integers(0, min(n, 8)))
    return n, few, draw(st.integers(few, 2 * few))


def tallies_of(cells: list[Group]) -> Tallies:
    rows = [
        {
            **dict(zip((*CELL, "index_code"), key, strict=True)),
            **dict.fromkeys(MEASURES, 0),
            "n": n,
            "m": 2 * n,
            "s": 2 * n - wrong,
            "m_max": 2,
            "n_dissatisfied": few,
            "n_satisfied": n - (wrong - few),
        }
        for key, (n, few, wrong) in zip(KEYS, cells, strict=True)
    ]
    indices = pl.DataFrame(rows).filter(pl.col("n") > 0).sort(*CELL, "index_code")
    text = dict.fromkeys((*CELL, "question_code"), pl.String())
    numbers = dict.fromkeys(MEASURES, pl.Int64())
    return Tallies(
        indices.group_by(CELL).agg(pl.col("n").max()).sort(CELL),
        indices,
        pl.DataFrame(schema={**text, **numbers}),
        pl.DataFrame(schema={**text, "answer_code": pl.Int64(), "n": pl.Int64()}),
    )


def publish(tallies: Tallies) -> tuple[Counts, Frames]:
    protected = protect_counts(CONTEXT, without_details(CONTEXT, tallies))
    return protected, compute_results(CONTEXT, protected, {})


def attack(tallies: Tallies, frames: Frames) -> AuditReport:
    return audit_results(CONTEXT, truth_of(tallies), frames)


tables = st.lists(groups(), min_size=len(KEYS), max_size=len(KEYS)).filter(lambda cells: any(n for n, _, _ in cells))


@settings(max_examples=25, deadline=None, derandomize=True, phases=[Phase.generate])
@given(tables)
def test_no_hidden_cell_of_a_random_table_can_be_worked_back(cells: list[Group]) -> None:
    tallies = tallies_of(cells)
    _, frames = publish(tallies)
    report = attack(tallies, frames)
    assert report.failures == ()
    assert report.inconsistencies == ()


@settings(max_examples=25, deadline=None, derandomize=True, phases=[Phase.generate])
@given(tables)
def test_a_hidden_cell_has_a_row_for_every_index_also_where_nobody_answered(cells: list[Group]) -> None:
    index = publish(tallies_of(cells))[1]["fct_index"]
    listed = index.group_by(CELL).agg(pl.len(), pl.col("is_suppressed").any()).filter("is_suppressed")
    assert (listed["len"] == index["index_code"].n_unique()).all()


def test_the_audit_refuses_hidden_rows_that_are_there_only_where_somebody_answered() -> None:
    tallies = tallies_of([(30, 0, 0)] * (len(KEYS) - 2) + [(1, 0, 0), (0, 0, 0)])
    frames = publish(tallies)[1]
    told = {**frames, "fct_index": frames["fct_index"].filter(~pl.struct(*CELL, "index_code").eq(_LAST))}
    assert attack(tallies, frames).is_safe
    assert "1 hidden cells lack rows" in attack(tallies, told).inconsistencies[0]


@settings(max_examples=10, deadline=None, derandomize=True, phases=[Phase.generate])
@given(tables)
def test_a_hidden_cell_has_no_figure_and_a_shown_one_has_them_all(cells: list[Group]) -> None:
    _, frames = publish(tallies_of(cells))
    hidden = frames["fct_index"].filter("is_suppressed")
    shown = frames["fct_index"].filter(~pl.col("is_suppressed"))
    figures = ["n_respondents", "numerator", "denominator", "index_pct", "weighted_pct", "rank", "interval_low_pct"]
    assert hidden.select(pl.col(figures).is_null().all()).row(0) == (True,) * len(figures) or hidden.is_empty()
    assert shown.select(pl.col("n_respondents", "index_pct").is_null().any()).row(0) in {(False, False), (None, None)}
    assert set(hidden["suppression_reason"]) <= {"primary", "withheld"}


def a_table() -> list[Group]:
    """Thirty respondents everywhere, eight of them dissatisfied; in district 11 two individuals are."""
    cells = dict.fromkeys(KEYS, (30, 8, 9))
    return list({**cells, ("11", "individual", "service"): (30, 2, 2)}.values())


def test_a_total_minus_its_published_parts_is_closed_by_complementary_cells() -> None:
    tallies = tallies_of(a_table())
    protected, frames = publish(tallies)
    hidden = protected.indices.filter("is_suppressed").select("unit_code", "respondent_type").unique()
    assert ("11", "individual") in hidden.rows()
    assert hidden.height > 1
    assert attack(tallies, frames).is_safe


def test_a_reason_tells_only_that_too_few_took_part() -> None:
    # of a few who are dissatisfied, and of what is hidden along, it must not be known which is which
    tallies = tallies_of(
        list({**dict(zip(KEYS, a_table(), strict=True)), ("21", "individual", "online"): (7, 3, 3)}.values())
    )
    _, frames = publish(tallies)
    reasons = frames["fct_index"].select("unit_code", "respondent_type", "suppression_reason").unique()
    assert reasons.filter(suppression_reason="primary").select("unit_code", "respondent_type").rows() == [
        ("21", "individual")
    ]
    assert ("11", "individual", "withheld") in reasons.rows()
    for told in ("primary", "complementary"):
        marked = frames["fct_index"].with_columns(pl.col("suppression_reason").replace("withheld", told))
        report = attack(tallies, {**frames, "fct_index": marked})
        assert any("tell whether a few are dissatisfied" in text for text in report.inconsistencies)


def test_the_audit_works_back_what_primary_suppression_alone_leaves_open() -> None:
    tallies = tallies_of(a_table())
    protected, _ = publish(tallies)
    is_primary = (pl.col("unit_code") == "11") & (pl.col("respondent_type") == "individual")
    naive = protected.indices.with_columns(is_suppressed=is_primary)
    frames = compute_results(CONTEXT, Counts(**{**vars(protected), "indices": naive}), {})
    report = attack(tallies, frames)
    assert not report.is_safe
    assert ("11/individual/service", 2.0, 2.0) in [(found.cell, found.low, found.high) for found in report.failures]


def test_the_audit_refuses_a_table_that_was_not_protected() -> None:
    tallies = tallies_of(a_table())
    protected, _ = publish(tallies)
    bare = protected.indices.with_columns(is_suppressed=pl.lit(False))
    report = attack(tallies, compute_results(CONTEXT, Counts(**{**vars(protected), "indices": bare}), {}))
    assert any("are sensitive themselves" in text for text in report.inconsistencies)


def test_the_audit_refuses_a_count_of_units_that_is_not_what_their_rows_say() -> None:
    tallies = tallies_of(a_table())
    _, frames = publish(tallies)
    changed = frames["fct_threshold"].with_columns(n_above=pl.col("n_above") + 1, is_suppressed=pl.lit(False))
    report = attack(tallies, {**frames, "fct_threshold": changed.with_columns(pl.col("n_above").fill_null(7))})
    assert all("counts are not of the rated units" in text for text in report.inconsistencies)
    assert report.inconsistencies


def test_a_count_that_tells_on_which_side_hidden_units_are_is_withheld_and_the_audit_refuses_it_shown() -> None:
    tallies = tallies_of([(30, 2, 4)] * len(KEYS))
    _, frames = publish(tallies)
    assert attack(tallies, frames).is_safe
    shown = compute_results(CONTEXT, without_protection(tallies), {})["fct_threshold"]
    assert set(frames["fct_threshold"]["n_above"]) == {None}
    assert set(frames["fct_threshold"]["suppression_reason"]) == {"primary"}
    report = attack(tallies, {**frames, "fct_threshold": shown})
    assert any("on which side they are" in text for text in report.inconsistencies)


def test_a_hidden_unit_that_is_at_the_threshold_at_best_may_be_counted_as_not_above() -> None:
    # of province 20's online answers the totals leave 6 at least to its district: 54 of 60, and 90 % is not above 90 %
    few = (22, 4, 8), (1, 1, 1), (8, 4, 6)
    cells = [
        *[(18, 4, 4), (5, 3, 5), (11, 7, 8), (0, 0, 0), (24, 5, 10), (29, 2, 3), (29, 3, 3), (23, 8, 10), (26, 0, 0)],
        *[(25, 6, 7), (30, 6, 7), (25, 5, 9), (5, 2, 2), (26, 0, 0), (18, 1, 1), (12, 1, 1), (10, 4, 6), (2, 1, 2)],
        *[(17, 0, 0), (1, 1, 1), (13, 5, 9), *few],
    ]
    tallies = tallies_of(cells)
    _, frames = publish(tallies)
    counted = frames["fct_threshold"].filter((pl.col("unit_code") == "20") & (pl.col("index_code") == "online"))
    assert counted.select("n_above", "n_not_above", "n_at").rows() == [(0, 1, None)]
    assert attack(tallies, frames).is_safe


def without_protection(tallies: Tallies) -> Counts:
    """All counts marked as shown; the rules of which units are counted as under disclosure control."""
    counts = without_details(CONTEXT, tallies)
    mark = {"is_suppressed": pl.lit(False), "suppression_reason": pl.lit(None, pl.String)}
    frames = {name: frame if name == "response" else frame.with_columns(**mark) for name, frame in vars(counts).items()}
    return Counts(**frames)


Few = dict[tuple[str, str], int]
"""Unit and question -> respondents of each type who are dissatisfied by it, if not eight."""


def answered(few: Few, n: int = 40) -> Tallies:
    """So many respondents of each unit and type answer three questions; those dissatisfied by one are others each time."""
    rows = []
    for unit, kind in dict.fromkeys((unit, kind) for unit, kind, _ in KEYS):
        at = 0
        answers = {name: [5] * n for name in ("S1", "S2", "T1")}
        for name, column in answers.items():
            for _ in range(few.get((unit, name), 8)):
                column[at % n], at = 1, at + 1
        rows += [(unit, kind, *row, None) for row in zip(*answers.values(), strict=True)]
    text = {"unit_code": pl.String, "respondent_type": pl.String}
    numbers = {**dict.fromkeys(("q_s1", "q_s2", "q_t1"), pl.Int16), "weight": pl.Int64}
    microdata = pl.DataFrame(rows, schema={**text, **numbers}, orient="row")
    return tally(microdata.lazy(), CONTEXT.instrument, METHOD)


def shown_questions(frames: Frames) -> set[tuple[str, str]]:
    return set(frames["fct_question"].filter(~pl.col("is_suppressed")).select("unit_code", "question_code").iter_rows())


def test_questions_of_the_whole_and_of_the_units_right_below_it_are_shown() -> None:
    _, frames = publish(answered({}))
    assert shown_questions(frames) == {(unit, name) for unit in ("00", "10", "20") for name in ("S1", "S2", "T1")}


def test_a_question_with_few_dissatisfied_is_hidden_with_what_would_tell_it() -> None:
    tallies = answered({("20", "S1"): 1, ("21", "S1"): 1})
    _, frames = publish(tallies)
    assert attack(tallies, frames).is_safe
    # the respondents of the system itself, never shown, cover what the total leaves of province 20
    assert shown_questions(frames) == {(unit, name) for unit in ("00", "10", "20") for name in ("S1", "S2", "T1")} - {
        ("20", "S1"),
        ("20", "S2"),
    }


def test_the_audit_refuses_a_question_that_tells_a_hidden_one_by_subtraction() -> None:
    tallies = answered({("20", "S1"): 1, ("21", "S1"): 1})
    protected, _ = publish(tallies)
    is_told = ~pl.col("is_suppressed") | ((pl.col("unit_code") == "20") & (pl.col("question_code") == "S2"))
    told = protected.questions.with_columns(is_suppressed=~(is_told & (pl.col("respondent_type") == "all")))
    frames = compute_results(CONTEXT, Counts(**{**vars(protected), "questions": told}), {})
    assert "20/all/S1" in {found.cell for found in attack(tallies, frames).failures}


def test_choices_taken_by_few_are_hidden_with_the_rest_of_their_question() -> None:
    _, frames = publish(answered({("20", "S1"): 3}))
    shown = frames["fct_answer"].filter(~pl.col("is_suppressed"))
    assert shown.filter(pl.col("n_answers").is_between(1, 4)).is_empty()
    assert set(shown["respondent_type"]) == {"all"}


@settings(max_examples=15, deadline=None, derandomize=True, phases=[Phase.generate])
@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["00", "10", "11", "12", "20", "21"]), st.sampled_from(["S1", "S2", "T1"])),
        st.integers(0, 12),
        min_size=4,
    ),
    st.integers(30, 60),
)
def test_questions_narrow_no_hidden_cell_of_a_random_table(few: Few, n: int) -> None:
    tallies = answered(few, n)
    _, frames = publish(tallies)
    report = attack(tallies, frames)
    assert report.failures == ()
    assert report.inconsistencies == ()


def test_where_nearly_everybody_is_dissatisfied_details_narrow_a_cell_and_are_withheld() -> None:
    tallies = answered({("10", "S1"): 0, ("10", "T1"): 0, ("12", "S2"): 0, ("21", "S1"): 0}, n=8)
    protected, frames = publish(tallies)
    assert "21/budget_unit/service" in {found.cell for found in attack(tallies, frames).failures}
    without = compute_results(CONTEXT, withhold_details(protected), {})
    assert attack(tallies, without).is_safe
    assert shown_questions(without) == set()


@pytest.mark.parametrize("order", [1, -1])
def test_the_pattern_does_not_depend_on_the_order_of_the_rows(order: int) -> None:
    tallies = tallies_of(a_table())
    counts = without_details(CONTEXT, tallies)
    turned = Counts(**{**vars(counts), "indices": counts.indices[::order]})
    keys = ["unit_code", "respondent_type", "index_code", "suppression_reason"]
    expected = protect_counts(CONTEXT, counts).indices.select(keys).sort(keys)
    assert protect_counts(CONTEXT, turned).indices.select(keys).sort(keys).equals(expected)
