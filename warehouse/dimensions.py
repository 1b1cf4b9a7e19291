"""Rows of the dimensions from a survey's folder: rounds, the register of units, indices, questions."""

from __future__ import annotations

import sqlalchemy as sa

from surveys.catalogue import SurveyFolder
from surveys.models import Unit
from warehouse.rows import Rows, merge_rows
from warehouse.tables import dim_index, dim_question, dim_round, dim_unit


def load_dimensions(connection: sa.Connection, folder: SurveyFolder) -> None:
    """Make the survey's dimensions equal to its folder, writing only what differs."""
    for table, rows in (
        (dim_round, _round_rows(folder)),
        (dim_unit, _unit_rows(folder)),
        (dim_index, _index_rows(folder)),
        (dim_question, _question_rows(folder)),
    ):
        merge_rows(connection, table, rows, survey_code=folder.survey.survey_code)


def _round_rows(folder: SurveyFolder) -> Rows:
    rows = []
    for round_ in folder.rounds:
        previous = folder.previous_round(round_)
        rows.append(
            {
                "survey_code": folder.survey.survey_code,
                "round_code": round_.round_code,
                "round_name": round_.name.vi,
                "round_name_en": round_.name.en,
                "opens_on": round_.opens_on,
                "closes_on": round_.closes_on,
                "register_date": round_.register_date,
                "instrument_code": round_.instrument,
                "method_code": round_.method,
                "previous_round_code": previous.round_code if previous else None,
            }
        )
    return rows


def _unit_rows(folder: SurveyFolder) -> Rows:
    levels = {level.code: level.name for level in folder.survey.unit_levels}
    by_code: dict[str, list[Unit]] = {}
    for unit in folder.units:
        by_code.setdefault(unit.unit_code, []).append(unit)

    def path(unit: Unit) -> str:
        above = next((u for u in by_code.get(unit.parent_code or "", []) if u.is_open(unit.valid_from)), None)
        return (path(above) if above else "") + f"{unit.unit_code}/"

    return [
        {
            "survey_code": folder.survey.survey_code,
            **unit.model_dump(exclude={"unit_level"}),
            "unit_level": unit.unit_level,
            "unit_level_name": levels[unit.unit_level].vi,
            "unit_level_name_en": levels[unit.unit_level].en,
            "unit_path": path(unit),
        }
        for unit in folder.units
    ]


def _index_rows(folder: SurveyFolder) -> Rows:
    # the latest instrument's wording names an index
    names = {
        index.code: index.name for round_ in folder.rounds for index in folder.instruments[round_.instrument].indices
    }
    return [
        {"survey_code": folder.survey.survey_code, "index_code": code, "index_name": name.vi, "index_name_en": name.en}
        for code, name in sorted(names.items())
    ]


def _question_rows(folder: SurveyFolder) -> Rows:
    return [
        {
            "survey_code": folder.survey.survey_code,
            "instrument_code": instrument.instrument_code,
            "question_code": question.code,
            "index_code": question.index,
            "question_text": question.text.vi,
            "question_text_en": question.text.en,
            "scale_code": question.scale,
        }
        for instrument in folder.instruments.values()
        for question in instrument.questions
    ]
