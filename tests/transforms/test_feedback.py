"""Whom respondents name, and what comments are about, as counts that add up."""

from __future__ import annotations

import polars as pl

from surveys.catalogue import load_survey
from tests.golden import DEMO
from transforms.feedback import Naming, compute_naming, select_officials, tally_comments, tally_naming

DEMONSTRATION = load_survey(DEMO).instruments["demo"]
ANCESTORS = pl.DataFrame(
    [("11", "11"), ("11", "10"), ("12", "12"), ("12", "10")], schema=["unit_code", "ancestor_code"], orient="row"
)


def naming_of(*answers: tuple[str, str | None, str | None]) -> Naming:
    """Answers of (unit, named unit, pseudonym of the named official)."""
    columns = ["unit_code", "named_unit_code", "named_official_pseudonym"]
    schema = dict.fromkeys(columns, pl.String)
    return tally_naming(pl.LazyFrame(list(answers), schema=schema, orient="row"), DEMONSTRATION)


def test_a_respondent_who_names_a_unit_and_an_official_counts_once_among_those_who_name_any() -> None:
    found = naming_of(("11", "12", "a"), ("11", "12", None), ("11", None, None)).respondents
    assert found.row(0, named=True) == {
        "unit_code": "11", "n_respondents": 3, "n_naming_any": 2, "n_naming_unit": 2, "n_naming_official": 1
    }  # fmt: skip


def test_a_unit_named_from_two_places_is_one_unit_above_them() -> None:
    naming = naming_of(("11", "12", None), ("11", "12", None), ("12", "12", None), ("12", "11", None))
    found = compute_naming(naming, ANCESTORS).select("unit_code", "n_naming_unit", "n_units_named").rows()
    assert found == [("10", 4, 2), ("11", 2, 1), ("12", 2, 2)]


def test_units_where_nobody_is_named_show_zero_and_not_nothing() -> None:
    found = compute_naming(naming_of(("11", None, None)), ANCESTORS).filter(unit_code="11").row(0, named=True)
    assert (found["n_naming_any"], found["n_units_named"], found["n_officials_named"]) == (0, 0, 0)


def test_an_official_is_shown_only_from_the_given_number_of_respondents_of_one_unit_on() -> None:
    naming = naming_of(*[("11", None, "a")] * 3, *[("11", None, "b")] * 2, *[("12", None, "b")] * 2)
    assert select_officials(naming, 3).rows() == [("11", "a", 3)]


def test_a_comment_counts_under_each_of_its_themes_and_once_in_the_total() -> None:
    comments = pl.LazyFrame(
        {
            "unit_code": ["11"] * 3,
            "feedback_code": ["complaint"] * 3,
            "themes": [["attitude", "time"], ["time"], []],
            "polarity": ["negative", "negative", "neutral"],
        },
        schema_overrides={"themes": pl.List(pl.String)},
    )
    found = {(theme, polarity): n for _, _, theme, polarity, n in tally_comments(comments).rows()}
    assert found == {
        ("all", "all"): 3, ("all", "negative"): 2, ("all", "neutral"): 1, ("attitude", "all"): 1,
        ("attitude", "negative"): 1, ("time", "all"): 2, ("time", "negative"): 2,
    }  # fmt: skip
