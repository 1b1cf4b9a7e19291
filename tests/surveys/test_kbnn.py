"""The treasury's files: the register holds in time, and the rounds ask what the issue says."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal

import pytest

from surveys.catalogue import SurveyFolder, load_survey


@pytest.fixture(scope="module")
def kbnn() -> SurveyFolder:
    return load_survey("kbnn")


def test_the_rounds_are_those_of_the_treasury(kbnn: SurveyFolder) -> None:
    assert [round_.round_code for round_ in kbnn.rounds] == ["2021", "2022", "2023-1", "2023-2", "2024-1"]


def test_the_second_round_of_2023_is_open_from_15_september_to_15_november(kbnn: SurveyFolder) -> None:
    opens, closes = kbnn.round("2023-2").window(kbnn.survey.zone)
    assert opens.isoformat() == "2023-09-14T17:00:00+00:00"
    assert closes.isoformat() == "2023-11-15T17:00:00+00:00"


def test_the_complaints_index_begins_in_2024(kbnn: SurveyFolder) -> None:
    with_complaints = [
        round_.round_code
        for round_ in kbnn.rounds
        if "complaints" in {index.code for index in kbnn.instrument_of(round_).indices}
    ]
    assert with_complaints == ["2024-1"]


def test_scales_of_three_and_of_five_levels_occur(kbnn: SurveyFolder) -> None:
    sizes = {len(scale.levels) for instrument in kbnn.instruments.values() for scale in instrument.scales.values()}
    assert sizes == {3, 5}


def test_online_questions_are_asked_only_of_those_who_used_online_services(kbnn: SurveyFolder) -> None:
    for instrument in kbnn.instruments.values():
        conditions = {q.asked_when.column if q.asked_when else None for q in instrument.questions_of("online")}
        assert conditions == {"used_online"}


def test_in_2023_the_system_has_63_provinces_the_central_office_and_their_districts(kbnn: SurveyFolder) -> None:
    levels = Counter(unit.unit_level for unit in kbnn.units_on(dt.date(2023, 9, 15)))
    assert levels == {"system": 1, "province": 64, "district": 705}


def test_from_15_march_2025_regions_stand_where_provinces_stood(kbnn: SurveyFolder) -> None:
    before = Counter(unit.unit_level for unit in kbnn.units_on(dt.date(2025, 3, 14)))
    after = Counter(unit.unit_level for unit in kbnn.units_on(dt.date(2025, 3, 15)))
    assert before["province"] == 64
    assert (after["province"], after["district"], after["region"]) == (0, 0, 21)  # 20 and the central office


def test_a_code_that_was_reused_names_another_unit_later(kbnn: SurveyFolder) -> None:
    names = [unit.unit_name for unit in kbnn.units if unit.unit_code == "0012"]
    assert names == ["KBNN Ba Đình", "KBNN khu vực I - Phòng Giao dịch số 12"]


def test_codes_are_four_digits_or_marked_as_provisional(kbnn: SurveyFolder) -> None:
    known = [unit for unit in kbnn.units if unit.unit_code.isdigit()]
    assert all(len(unit.unit_code) == 4 and not unit.is_provisional for unit in known)
    assert all(unit.is_provisional for unit in kbnn.units if not unit.unit_code.isdigit())


def test_no_two_open_units_of_one_parent_or_of_one_province_and_its_city_share_a_name(kbnn: SurveyFolder) -> None:
    units = kbnn.units_on(dt.date(2023, 9, 15))
    names = {unit.unit_code: unit.unit_name for unit in units}
    assert max(Counter((unit.parent_code, unit.unit_name) for unit in units).values()) == 1
    assert not [unit.unit_code for unit in units if unit.parent_code and names[unit.parent_code] == unit.unit_name]


def test_english_names_have_no_diacritics(kbnn: SurveyFolder) -> None:
    assert [unit.unit_code for unit in kbnn.units if not unit.unit_name_en.isascii()] == []


def test_regions_are_redrawn_on_1_july_2025(kbnn: SurveyFolder) -> None:
    redrawn = [s for s in kbnn.successions if s.succeeded_on == dt.date(2025, 7, 1)]
    assert {s.kind for s in redrawn} == {"redrawn"}
    assert all(s.predecessor_code.startswith("R-") and s.successor_code.startswith("R-") for s in redrawn)


def test_the_published_figures_of_the_system_are_those_of_the_press(kbnn: SurveyFolder) -> None:
    published = {
        (result.round_code, result.index_code): result.index_pct
        for result in kbnn.published
        if result.evidence == "published" and result.unit_code == "0001"
    }
    assert published == {
        ("2022", "service"): Decimal("94.50"),
        ("2023-2", "service"): Decimal("95.85"),
        ("2023-2", "disclosure"): Decimal("95.97"),
        ("2023-2", "online"): Decimal("95.24"),
        ("2024-1", "service"): Decimal("99.91"),
        ("2024-1", "disclosure"): Decimal("99.94"),
        ("2024-1", "online"): Decimal("99.27"),
        ("2024-1", "complaints"): Decimal("99.94"),
    }


def test_every_cell_of_the_frame_is_a_unit_open_in_its_round(kbnn: SurveyFolder) -> None:
    for round_ in kbnn.rounds:
        open_units = {unit.unit_code for unit in kbnn.units_on(round_.register_date)}
        in_frame = {cell.unit_code for cell in kbnn.frame if cell.round_code == round_.round_code}
        assert in_frame == open_units - {"0001"}
