"""When two rounds' figures may be called a change, and how large it is."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import polars as pl
import pytest

from surveys.catalogue import load_survey
from surveys.models import Instrument, Succession, Unit
from tests.golden import DEMO
from transforms.changes import compute_changes, find_incomparable_indices, find_reorganised_units

OLD, NEW = dt.date(2022, 1, 1), dt.date(2023, 1, 1)
FORMULAS = {"service": "satisfied_share", "disclosure": "satisfied_share"}


def figures(pct: str | None, low: str = "93", high: str = "97", n: int = 400, unit: str = "11") -> pl.DataFrame:
    """One published index; withheld where `pct` is None."""
    kind = pl.Decimal(9, 4)
    return pl.DataFrame(
        {
            "unit_code": unit, "respondent_type": "all", "index_code": "service", "n_respondents": n,
            "index_pct": pct and Decimal(pct), "interval_low_pct": pct and Decimal(low),
            "interval_high_pct": pct and Decimal(high), "is_suppressed": pct is None,
        },
        schema_overrides={"index_pct": kind, "interval_low_pct": kind, "interval_high_pct": kind},
    )  # fmt: skip


def change(
    new: pl.DataFrame, old: pl.DataFrame, incomparable: dict[str, str] | None = None, reorganised: str = ""
) -> dict[str, object]:
    return compute_changes(
        new, old, incomparable_indices=incomparable or {}, reorganised_units={reorganised}, min_respondents=30
    ).row(0, named=True)


def test_a_change_is_the_difference_of_the_published_figures_and_lies_in_its_interval() -> None:
    found = change(figures("95.85", "95", "96.5"), figures("93.35", "92.5", "94"))
    assert (found["comparability"], found["change_points"]) == ("comparable", Decimal("2.5"))
    # Newcombe 1998, method 10: 2.5 - sqrt(0.85^2 + 0.65^2) and 2.5 + sqrt(0.65^2 + 0.85^2), rounded outwards
    assert (found["change_low_points"], found["change_high_points"]) == (Decimal("1.42"), Decimal("3.58"))


@pytest.mark.parametrize(
    ("new", "old", "incomparable", "reorganised", "state"),
    [
        (figures("95"), figures("94", unit="12"), {}, "", "not_in_baseline"),
        (figures("95"), figures("94"), {"service": "method_changed"}, "", "method_changed"),
        (figures("95"), figures("94"), {"service": "questions_changed"}, "11", "questions_changed"),
        (figures("95"), figures("94"), {}, "11", "unit_reorganised"),
        (figures(None), figures("94"), {}, "", "suppressed"),
        (figures("95"), figures(None), {}, "", "suppressed"),
        (figures("95", n=29), figures("94"), {}, "", "too_few_respondents"),
        (figures("95"), figures("94", n=29), {}, "", "too_few_respondents"),
    ],
)
def test_figures_that_are_not_alike_are_no_change_and_say_why(
    new: pl.DataFrame, old: pl.DataFrame, incomparable: dict[str, str], reorganised: str, state: str
) -> None:
    found = change(new, old, incomparable, reorganised)
    points = {found[name] for name in ("change_points", "change_low_points", "change_high_points")}
    assert (found["comparability"], points) == (state, {None})


def instrument() -> Instrument:
    return load_survey(DEMO).instruments["demo"]


def test_an_index_computed_by_another_formula_is_not_comparable() -> None:
    new, old = {"service": "mean100", "disclosure": "satisfied_share"}, FORMULAS
    found = find_incomparable_indices((instrument(), new), (instrument(), old))
    assert found == {"service": "method_changed"}


def test_an_index_with_another_question_is_not_comparable() -> None:
    new = instrument()
    asked = {question.code for question in new.questions_of("service")}
    changed = [
        question.model_copy(update={"text": question.text.model_copy(update={"vi": "Khác"})})
        if question.code in asked
        else question
        for question in new.questions
    ]
    old = new.model_copy(update={"questions": changed})
    assert set(find_incomparable_indices((new, FORMULAS), (old, FORMULAS)).values()) == {"questions_changed"}


def test_the_order_and_the_english_of_questions_do_not_matter() -> None:
    new = instrument()
    turned = [
        question.model_copy(update={"text": question.text.model_copy(update={"en": "Other"})})
        for question in reversed(new.questions)
    ]
    old = new.model_copy(update={"questions": turned})
    assert find_incomparable_indices((new, FORMULAS), (old, FORMULAS)) == {}


def unit(code: str, parent: str | None, since: dt.date = OLD, until: dt.date | None = None) -> Unit:
    return Unit(
        unit_code=code, unit_name=f"Đơn vị {code}", unit_name_en=f"Unit {code}",
        unit_level="system" if parent is None else "province",
        parent_code=parent, valid_from=since, valid_to=until,
    )  # fmt: skip


def test_a_code_given_to_another_unit_and_its_parent_with_other_children_are_reorganised() -> None:
    merged_on = dt.date(2022, 7, 1)
    units = [
        unit("00", None), unit("11", "00"), unit("12", "00"),
        unit("111", "11"), unit("112", "11", until=merged_on), unit("121", "12"),
        unit("122", "12", until=merged_on), unit("122", "12", since=merged_on),
    ]  # fmt: skip
    # 11 lost a unit; 122 is another one; 12 has the same codes below it; the system is always itself
    assert find_reorganised_units(units, [], NEW, OLD) == {"11", "122"}


@pytest.mark.parametrize(("kind", "found"), [("merged", {"111"}), ("renamed", set())])
def test_a_successor_of_other_units_is_reorganised_but_a_new_name_is_nothing(kind: str, found: set[str]) -> None:
    succession = Succession.model_validate(
        {"predecessor_code": "112", "successor_code": "111", "succeeded_on": dt.date(2022, 7, 1), "kind": kind}
    )
    units = [unit("00", None), unit("11", "00"), unit("111", "11")]
    assert find_reorganised_units(units, [succession], NEW, OLD) == found
    assert find_reorganised_units(units, [succession], OLD, dt.date(2021, 1, 1)) == set()
