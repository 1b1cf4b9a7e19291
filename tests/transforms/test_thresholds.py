"""Which counts of units above a threshold are shown, and what an attacker derives without a solver."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import polars as pl
import pytest

from surveys.models import Method, Unit
from transforms.suppression import derive_bounds
from transforms.thresholds import choose_withheld, count_units, protect_units, rate_units
from transforms.units import ancestors_of

DAY = dt.date(2023, 1, 1)
PROVINCES = ("10", "20", "30")
UNITS = [
    Unit(unit_code=code, unit_name=code, unit_name_en=code, unit_level=level, parent_code=parent, valid_from=DAY)
    for code, level, parent in (("00", "system", None), *((f"{n:02}", "district", "00") for n in range(1, 15)))
]
"""A system of fourteen districts."""

INDICES = pl.DataFrame(
    [
        {"unit_code": f"{n:02}", "respondent_type": "all", "index_code": "service", "n": respondents, "m": 100, "s": s}
        for n, respondents, s in (
            *((n, 10, 91) for n in range(1, 7)),
            (7, 10, 90),
            *((n, 10, 89) for n in range(8, 13)),
            (13, 9, 99),
        )
    ]
)
"""Six districts above 90 %, one at, five below, one with nine respondents; nobody answered in the last one."""


def open_units(sides: dict[str, tuple[int, int]]) -> tuple[dict[str, bool], dict[str, str | None]]:
    """Districts of each province, so many above and so many not; and the tree of units."""
    districts = {
        f"{province}{number:02}": number < n_above
        for province, (n_above, n_not) in sides.items()
        for number in range(n_above + n_not)
    }
    return districts, {"00": None, **dict.fromkeys(PROVINCES, "00"), **{code: code[:2] for code in districts}}


def withheld(sides: dict[str, tuple[int, int]]) -> dict[str, str]:
    return choose_withheld(*open_units(sides), 5)


def test_a_count_is_shown_where_enough_hidden_units_are_on_both_sides() -> None:
    assert withheld({"10": (5, 5), "20": (6, 7), "30": (30, 5)}) == {}


def test_a_count_that_says_of_nearly_all_hidden_units_on_which_side_they_are_is_withheld() -> None:
    assert withheld({"10": (20, 4)}) == {"00": "primary", "10": "primary"}
    assert withheld({"10": (0, 9)}) == {"00": "primary", "10": "primary"}


def test_a_province_whose_units_all_show_their_index_keeps_its_count() -> None:
    assert withheld({"10": (20, 6), "20": (0, 0), "30": (7, 5)}) == {}


def test_the_smallest_province_is_withheld_where_the_rest_would_be_told_by_subtraction() -> None:
    assert withheld({"10": (9, 9), "20": (6, 5), "30": (8, 1)}) == {"30": "primary", "20": "complementary"}


def test_the_system_is_withheld_where_no_province_can_cover_the_rest() -> None:
    assert withheld({"10": (4, 1), "20": (2, 3)}) == dict.fromkeys(("00", "10", "20"), "primary")


def test_bounds_follow_from_totals_through_several_relations() -> None:
    cells = pl.DataFrame({"cell_id": ["all", "a", "b", "b1", "b2"], "low": [9, 4, 0, 0, 0], "high": [9, 4, 99, 99, 2]})
    relations = pl.DataFrame(
        {
            "relation_id": ["r", "r", "r", "s", "s", "s"],
            "cell_id": ["all", "a", "b", "b", "b1", "b2"],
            "coefficient": [-1, 1, 1, -1, 1, 1],
        }
    )
    bounds = {cell: (low, high) for cell, low, high in derive_bounds(cells, relations).iter_rows()}
    assert (bounds["b"], bounds["b1"], bounds["b2"]) == ((5, 5), (3, 5), (0, 2))


@pytest.fixture(scope="module")
def method() -> Method:
    return Method.model_validate(
        {
            "method_code": "m",
            "version": "1",
            "name": {"vi": "m", "en": "m"},
            "formulas": {"service": "top2"},
            "thresholds": [{"level": "district", "pct": Decimal(90)}],
        }
    )


def test_hidden_units_count_and_those_with_too_few_respondents_do_not(method: Method) -> None:
    counted = count_units(rate_units(INDICES, UNITS, method), ancestors_of(UNITS)).row(0, named=True)
    assert (counted["n_units"], counted["n_above"], counted["n_not_above"], counted["n_not_rated"]) == (14, 6, 6, 2)


def test_at_and_below_are_one_number_where_hidden_units_count(method: Method) -> None:
    rated = rate_units(INDICES, UNITS, method)
    counted = count_units(rated, ancestors_of(UNITS))
    value = INDICES.select("unit_code", "index_code", wrong=pl.col("m") - pl.col("s"))
    hidden = protect_units(counted, rated, value.with_columns(low=0, high=100), UNITS, 5).row(0, named=True)
    shown = protect_units(counted, rated, value.with_columns(low="wrong", high="wrong"), UNITS, 5).row(0, named=True)
    assert [hidden[name] for name in ("n_above", "n_not_above", "n_at", "n_below")] == [6, 6, None, None]
    assert [shown[name] for name in ("n_above", "n_not_above", "n_at", "n_below")] == [6, 6, 1, 5]
