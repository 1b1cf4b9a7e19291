"""Attacks on random counts of those who name somebody, and of comments with their themes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from surveys.catalogue import load_survey
from tests.property.test_disclosure import DEMO_FOLDER, METHOD
from transforms.attacks import AuditReport
from transforms.feedback import FEEDBACK_KEYS
from transforms.feedback_audit import audit_feedback, audit_naming
from transforms.feedback_protection import POLARITIES, protect_feedback, protect_naming
from transforms.results import RoundContext
from transforms.units import ancestors_of, roll_up

FOLDER = replace(DEMO_FOLDER, themes=load_survey("kbnn").themes)
CONTEXT = RoundContext.of(FOLDER, FOLDER.round("2"), METHOD)
ANCESTORS = ancestors_of(FOLDER.units_on(CONTEXT.round.register_date))
UNITS = ("00", "10", "11", "12", "20", "21")
MEASURES = ("n_respondents", "n_naming_any", "n_naming_unit", "n_naming_official")
FIELD = "complaint_online"
THEMES = ("attitude", "guidance", "processing_time")
Comment = tuple[str, str, frozenset[str]]


def naming_of(kinds: dict[str, tuple[int, int, int, int]]) -> pl.DataFrame:
    """Units' own rows from numbers of those who name a unit only, an official only, both, and nobody."""
    rows = [(unit, a + b + c + none, a + b + c, a + c, b + c) for unit, (a, b, c, none) in kinds.items()]
    schema = {"unit_code": pl.String, **dict.fromkeys(MEASURES, pl.Int64)}
    return pl.DataFrame(rows, schema=schema, orient="row").filter(pl.col("n_respondents") > 0)


def publish_naming(own: pl.DataFrame) -> pl.DataFrame:
    protected = protect_naming(CONTEXT, roll_up(own, ANCESTORS, []))
    return protected.with_columns(pl.when(~pl.col("is_suppressed")).then(name).alias(name) for name in MEASURES[1:])


def tally_of(comments: list[Comment]) -> pl.DataFrame:
    rows = [(unit, FIELD, theme, polarity) for unit, polarity, themes in comments for theme in ("all", *themes)]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(FEEDBACK_KEYS, pl.String), orient="row")
    both = pl.concat([frame, frame.with_columns(polarity=pl.lit("all"))])
    return both.group_by(FEEDBACK_KEYS).agg(pl.len().cast(pl.Int64).alias("n_comments")).sort(FEEDBACK_KEYS)


def publish_comments(own: pl.DataFrame, naming: pl.DataFrame) -> pl.DataFrame:
    rolled = roll_up(own, ANCESTORS, FEEDBACK_KEYS[1:])
    protected = protect_feedback(CONTEXT, rolled, roll_up(naming, ANCESTORS, []))
    return protected.with_columns(pl.when(~pl.col("is_suppressed")).then("n_comments").alias("n_comments"))


def attack_comments(own: pl.DataFrame, naming: pl.DataFrame, published: pl.DataFrame) -> AuditReport:
    return audit_feedback(CONTEXT, {"feedback": own, "naming_respondents": naming}, published)


few = st.integers(0, 7)
naming_tables = st.fixed_dictionaries({unit: st.tuples(few, few, few, st.integers(0, 20)) for unit in UNITS}).filter(
    lambda kinds: any(map(sum, kinds.values()))
)
comment_lists = st.lists(
    st.tuples(
        st.sampled_from(UNITS),
        st.sampled_from(POLARITIES[:3]),
        st.frozensets(st.sampled_from(THEMES), min_size=1),
    ),
    max_size=90,
)
EVERYBODY = naming_of(dict.fromkeys(UNITS, (0, 0, 0, 90)))
quickly: Any = settings(max_examples=15, deadline=None, derandomize=True, phases=[Phase.generate])


@quickly
@given(naming_tables)
def test_no_count_of_a_few_who_name_can_be_worked_back(kinds: dict[str, tuple[int, int, int, int]]) -> None:
    own = naming_of(kinds)
    report = audit_naming(CONTEXT, own, publish_naming(own))
    assert report.failures == ()
    assert report.inconsistencies == ()


@quickly
@given(comment_lists)
def test_no_count_of_a_few_comments_can_be_worked_back(comments: list[Comment]) -> None:
    own = tally_of(comments)
    report = attack_comments(own, EVERYBODY, publish_comments(own, EVERYBODY))
    assert report.failures == ()
    assert report.inconsistencies == ()


def test_a_few_who_name_a_unit_only_are_hidden_though_six_name_an_official() -> None:
    published = publish_naming(naming_of({"10": (0, 0, 20, 20), "11": (2, 0, 6, 30), "12": (0, 0, 8, 30)}))
    assert dict(published.select("unit_code", "is_suppressed").iter_rows())["11"]


def test_the_audit_refuses_a_few_who_name_and_are_left_by_subtraction() -> None:
    own = naming_of({"11": (0, 0, 3, 30), "12": (0, 0, 8, 30)})
    hidden = pl.col("unit_code") == "11"
    naive = roll_up(own, ANCESTORS, []).with_columns(pl.when(~hidden).then(name).alias(name) for name in MEASURES[1:])
    assert ("11/naming/any", 3.0, 3.0) in [(a.cell, a.low, a.high) for a in audit_naming(CONTEXT, own, naive).failures]


def test_a_row_is_there_for_every_polarity_whether_anybody_wrote_or_not() -> None:
    published = publish_comments(tally_of([("11", "negative", frozenset({"attitude"}))]), EVERYBODY)
    rows = published.filter(pl.col("unit_code") == "11").select("theme_code", "polarity", "n_comments", "is_suppressed")
    assert rows.rows() == [("all", polarity, None, True) for polarity in sorted(("all", *POLARITIES))]


def test_the_audit_refuses_rows_that_are_there_only_where_somebody_wrote() -> None:
    own = tally_of([("11", "negative", frozenset({"attitude"}))])
    published = publish_comments(own, EVERYBODY)
    told = published.filter(~pl.col("is_suppressed") | (pl.col("polarity") == "negative"))
    assert any("tells whether anybody wrote" in text for text in attack_comments(own, EVERYBODY, told).inconsistencies)


def test_a_theme_that_is_what_the_others_leave_of_all_comments_is_not_told() -> None:
    comments = [("11", "negative", frozenset({"attitude"}))] * 12 + [("11", "negative", frozenset({"guidance"}))]
    own = tally_of(comments)
    published = publish_comments(own, EVERYBODY)
    assert attack_comments(own, EVERYBODY, published).is_safe
    is_other = ~pl.col("theme_code").is_in(["all", "attitude", "guidance"])
    shown = pl.col("theme_code").is_in(["all", "attitude"]) | is_other
    truth = roll_up(own, ANCESTORS, FEEDBACK_KEYS[1:]).rename({"n_comments": "n"})
    naive = (
        published.join(truth, on=FEEDBACK_KEYS, how="left")
        .with_columns(n_comments=pl.when(shown).then(pl.col("n").fill_null(0)))
        .drop("n")
    )
    told = [found.cell for found in attack_comments(own, EVERYBODY, naive).failures]
    assert f"10/{FIELD}/guidance/negative" in told


def test_a_theme_that_no_comment_has_beside_another_bounds_the_others() -> None:
    # eight comments, six of them of no theme: attitude and guidance cannot be told by more than two
    own = tally_of(
        [("11", "negative", frozenset({"other"}))] * 6 + [("11", "negative", frozenset({"attitude", "guidance"}))] * 2
    )
    hidden = pl.col("theme_code").is_in(["attitude", "guidance"])
    truth = roll_up(own, ANCESTORS, FEEDBACK_KEYS[1:])
    published = publish_comments(own, EVERYBODY)
    naive = (
        published.drop("n_comments")
        .join(truth, on=FEEDBACK_KEYS, how="left")
        .with_columns(n_comments=pl.when(~hidden).then(pl.col("n_comments").fill_null(0)))
    )
    found = {(a.cell, a.low, a.high) for a in attack_comments(own, EVERYBODY, naive).failures}
    assert (f"10/{FIELD}/attitude/negative", 0.0, 2.0) in found
    assert attack_comments(own, EVERYBODY, published).is_safe
