"""Two releases of one round, attacked with all that both show."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from tests.property.test_disclosure import (
    CONTEXT,
    DEMO_FOLDER,
    KEYS,
    METHOD,
    Group,
    answered,
    publish,
    tallies_of,
    without_protection,
)
from transforms.attacks import AuditReport
from transforms.disclosure_audit import KEY
from transforms.release_audit import (
    GROUP,
    Published,
    adds_up,
    audit_releases,
    compare_patterns,
    find_panel_differences,
    select_shown,
)
from transforms.results import Frames, compute_results
from transforms.tallies import Tallies
from transforms.units import ancestors_of

PLENTY: Group = (30, 8, 9)
POINTS = METHOD.model_copy(update={"method_code": "points", "formulas": dict.fromkeys(METHOD.formulas, "mean100")})


def a_round(changed: dict[tuple[str, str, str], Group] | None = None) -> Tallies:
    """Thirty respondents everywhere, eight of them dissatisfied; two individuals of district 11 with the service."""
    return tallies_of(
        list({**dict.fromkeys(KEYS, PLENTY), ("11", "individual", "service"): (30, 2, 2), **(changed or {})}.values())
    )


def released(frames: Frames, without: Iterable[tuple[str, str]] = ()) -> Published:
    """As published, but for cells of units and types that are hidden as well."""
    schema = {"unit_code": pl.String, "respondent_type": pl.String}
    hidden = pl.DataFrame(list(without), schema=schema, orient="row")
    shown = frames["fct_index"].join(hidden, on=["unit_code", "respondent_type"], how="anti")
    return Published(METHOD, {**frames, "fct_index": shown})


def attack(tallies: Tallies, later: Published, earlier: Published) -> AuditReport:
    return audit_releases(CONTEXT, tallies._asdict(), later, earlier)


def hide_only(tallies: Tallies, cells: Iterable[tuple[str, str]]) -> Published:
    """All figures of the round but those of some cells."""
    return released(compute_results(CONTEXT, without_protection(tallies), {}), cells)


def test_the_same_release_twice_tells_no_more_than_once() -> None:
    tallies = a_round()
    _, frames = publish(tallies)
    report = attack(tallies, released(frames), released(frames))
    assert report.n_sensitive
    assert report.failures == ()


def test_two_patterns_each_safe_by_itself_are_not_safe_together() -> None:
    nobody = {key: (0, 0, 0) for key in KEYS if key[0] in ("00", "10", "20")}
    tallies = a_round(nobody)
    kinds = ("individual", "budget_unit")
    square = [(unit, kind) for unit in ("11", "12") for kind in kinds]
    other = [(unit, kind) for unit in ("11", "10", "20", "21") for kind in kinds]
    one, two = hide_only(tallies, square), hide_only(tallies, other)
    assert attack(tallies, one, one).failures == ()
    assert attack(tallies, two, two).failures == ()
    assert "11/individual/service" in {found.cell for found in attack(tallies, one, two).failures}


def test_what_a_few_answered_who_came_is_told_by_the_difference_of_two_releases() -> None:
    before = a_round()
    few = {("12", "budget_unit", index): (33, 9, 10) for index in ("service", "online")}
    after = a_round(few)
    releases = [released(publish(tallies)[1]) for tallies in (after, before)]
    assert "12/all/online (came or went)" in {found.cell for found in attack(after, *releases).failures}


def test_a_correction_by_many_respondents_tells_nothing_of_hidden_cells() -> None:
    before = a_round()
    many = {
        ("12", kind, index): (50, 12, 14) for kind in ("budget_unit", "individual") for index in ("service", "online")
    }
    after = a_round(many)
    report = attack(after, *(released(publish(tallies)[1]) for tallies in (after, before)))
    assert report.failures == ()


def test_answers_that_changed_without_a_respondent_more_are_not_taken_for_the_same() -> None:
    before = a_round()
    after = a_round({("21", "individual", "service"): (30, 9, 11), ("20", "individual", "service"): (30, 12, 12)})
    report = attack(after, *(released(publish(tallies)[1]) for tallies in (after, before)))
    assert report.failures == ()


def by_points(tallies: Tallies, cells: Iterable[tuple[str, str]] = ()) -> Published:
    """The round by the mean of points, where every answer that is not satisfied lacks 50 of them."""
    shown = hide_only(tallies, cells)
    full = 100 * pl.col("denominator")
    points = full - 50 * (pl.col("denominator") - pl.col("numerator"))
    counted = {
        name: shown.frames[name].with_columns(denominator=full, numerator=points)
        for name in ("fct_index", "fct_question")
    }
    return Published(POINTS, {**shown.frames, **counted})


def test_points_of_another_method_and_a_total_tell_a_hidden_share() -> None:
    # 100 points are two dissatisfied answers at most, 450 are nine; and eleven of both together are shown
    tallies = a_round()
    _, frames = publish(tallies)
    found = {(a.cell, a.low, a.high) for a in attack(tallies, released(frames), by_points(tallies)).failures}
    assert ("11/individual/service", 2.0, 2.0) in found


def test_what_the_earlier_release_tells_by_itself_is_no_fault_of_the_later_one() -> None:
    # 100 points of the few are two dissatisfied answers at most, whatever else is published
    everybody = dict.fromkeys(KEYS, (30, 30, 60))
    tallies = a_round({**everybody, ("11", "individual", "service"): (30, 2, 2)})
    _, frames = publish(tallies)
    alone = attack(tallies, released(frames, [(unit, kind) for unit, kind, _ in KEYS]), by_points(tallies))
    assert alone.failures == ()


def test_what_a_new_release_tells_of_cells_that_an_old_one_hides_is_not_excused() -> None:
    everybody = dict.fromkeys(KEYS, (30, 30, 60))
    tallies = a_round({**everybody, ("11", "individual", "service"): (30, 2, 2)})
    old = released(publish(tallies)[1], [(unit, kind) for unit, kind, _ in KEYS])
    report = audit_releases(CONTEXT, tallies._asdict(), old, by_points(tallies), is_excused=False)
    assert "11/individual/service" in {found.cell for found in report.failures}


def test_a_question_that_one_method_hides_is_told_by_another_that_shows_it() -> None:
    # two questions make up the index: points bound the dissatisfied answers to both from above, and these add up
    tallies = answered({("20", "S1"): 1, ("21", "S1"): 1})
    old, new = released(publish(tallies)[1]), by_points(tallies)
    told = audit_releases(CONTEXT, tallies._asdict(), old, new, is_excused=False)
    assert ("20/all/S1", 4.0, 4.0) in {(found.cell, found.low, found.high) for found in told.failures}


def test_the_same_questions_hidden_by_both_methods_tell_no_more() -> None:
    tallies = answered({("20", "S1"): 1, ("21", "S1"): 1})
    old, new = released(publish(tallies)[1]), by_points(tallies)
    for name, keys in (("fct_index", KEY), ("fct_question", ["unit_code", "respondent_type", "question_code"])):
        shown = old.frames[name].filter(~pl.col("is_suppressed")).select(keys)
        new = Published(POINTS, {**new.frames, name: new.frames[name].join(shown, on=keys, how="semi")})
    told = audit_releases(CONTEXT, tallies._asdict(), old, new, is_excused=False)
    assert told.n_sensitive
    assert told.failures == ()


def said(n_in_12: int, *shown: str) -> Published:
    """Naming and comments of units 11 and 12, of which only those of `shown` are shown; no distribution of answers."""
    units = pl.DataFrame({"unit_code": ["11", "12"], "n_respondents": [40, n_in_12]}).with_columns(
        is_suppressed=~pl.col("unit_code").is_in(shown)
    )
    comments = units.with_columns(feedback_code=pl.lit("complaint"), theme_code=pl.lit("all"))
    none = pl.DataFrame(schema={**dict.fromkeys((*GROUP, "question_code"), pl.String), "is_suppressed": pl.Boolean})
    return Published(
        METHOD, {"fct_dissatisfaction": units, "fct_feedback": comments, "fct_answer": none, "fct_question": none}
    )


def test_comments_that_a_release_shows_though_an_earlier_one_hides_them_are_found() -> None:
    assert list(compare_patterns(CONTEXT, said(40, "11"), said(40, "11"))) == []
    assert list(compare_patterns(CONTEXT, said(40, "11", "12"), said(40, "11"))) == []
    assert [text.split(":")[0] for text in compare_patterns(CONTEXT, said(40, "11"), said(40, "11", "12"))] == [
        "fct_dissatisfaction",
        "fct_feedback",
    ]


def test_comments_that_a_correction_shows_of_units_where_somebody_came_are_found() -> None:
    assert list(compare_patterns(CONTEXT, said(40, "11", "12"), said(70, "11", "12"))) != []
    assert list(compare_patterns(CONTEXT, said(40, "11", "12"), said(70, "11"))) == []


def test_tallies_of_other_answers_do_not_add_up_to_a_release() -> None:
    before, after = a_round(), a_round(dict.fromkeys(KEYS, (30, 9, 11)))
    shown = publish(before)[1]["fct_index"]
    assert [adds_up(CONTEXT, tallies.indices, shown) for tallies in (before, after)] == [True, False]


def test_another_method_with_the_same_cells_hidden_tells_no_more() -> None:
    tallies = a_round()
    _, frames = publish(tallies)
    hidden = frames["fct_index"].filter("is_suppressed").select("unit_code", "respondent_type").unique()
    report = attack(tallies, released(frames), by_points(tallies, hidden.iter_rows()))
    assert report.n_sensitive
    assert report.failures == ()


def test_cells_that_the_same_respondents_answered_twice_but_for_a_few_are_found() -> None:
    def microdata(respondents: Iterable[int], unit: str) -> pl.LazyFrame:
        return pl.LazyFrame({"respondent_pseudonym": [f"{unit}-{who}" for who in respondents]}).with_columns(
            unit_code=pl.lit(unit), respondent_type=pl.lit("individual")
        )

    before = pl.concat([microdata(range(30), "11"), microdata(range(30), "12")])
    now = pl.concat([microdata(range(2, 31), "11"), microdata(range(20, 50), "12")])
    ancestors = ancestors_of(DEMO_FOLDER.units_on(CONTEXT.round.register_date))
    found = find_panel_differences(before, now, ancestors, threshold=5)
    assert found.rows() == [("11", "all", 28, 3), ("11", "individual", 28, 3)]


def test_of_cells_answered_twice_those_count_that_both_rounds_show() -> None:
    def indices(*shown: str) -> pl.DataFrame:
        units = pl.DataFrame({"unit_code": ["11", "12", "13"], "respondent_type": ["all"] * 3})
        return units.with_columns(n_respondents=pl.when(pl.col("unit_code").is_in(shown)).then(40))

    cells = pl.DataFrame({"unit_code": ["11", "12", "13"], "respondent_type": ["all"] * 3, "n_changed": [1, 2, 3]})
    found = select_shown(cells, [indices("11", "12")], [indices("13"), indices("12")])
    assert found["unit_code"].to_list() == ["12"]
