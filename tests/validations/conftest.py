"""Rows of the demonstration survey as its gates get them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from surveys.catalogue import SurveyFolder, load_survey
from surveys.models import Round, Rule
from tests.golden import DEMO
from validations.suites import SUSPICION, Gate, gate_schema

SENT = dt.datetime(2023, 10, 2, 1, tzinfo=dt.UTC)
SUBMISSION = {
    "submission_id": "s", "respondent_id": "r", "unit_code": "11", "respondent_type": "individual", "channel": "web",
    "submitted_at": SENT, "updated_at": SENT, "submitted_on": SENT.date(), "used_online": True,
    "source_name": "inbox", "q_s1": 5, "q_s2": 4, "q_t1": 4, **dict.fromkeys(SUSPICION, False),
}  # fmt: skip
ANONYMOUS = {
    "submission_pseudonym": "a" * 24, "respondent_pseudonym": "b" * 24, "named_official_pseudonym": "c" * 24,
    "unit_code": "11", "respondent_type": "individual", "channel": "web",
}  # fmt: skip
COMMENT = {
    "comment_id": "e" * 24, "unit_code": "11", "feedback_code": "complaint_online", "redacted_text": "gọi [PHONE]",
}  # fmt: skip
FIGURE = {
    "unit_code": "11", "respondent_type": "all", "index_code": "service", "n_respondents": 3, "n_tallied": 3,
    "numerator": 4, "denominator": 5, "numerator_tallied": 4, "denominator_tallied": 5, "denominator_below": 5,
    "denominator_of_types": 5, "index_pct": 80, "change_points": 1,
}  # fmt: skip
TIDY: dict[Gate, dict[str, Any]] = {
    "landing": {**SUBMISSION, "submitted_at": dt.datetime(2023, 11, 10, tzinfo=dt.UTC)},
    "submissions": SUBMISSION, "microdata": ANONYMOUS, "comments": COMMENT, "results": FIGURE,
}  # fmt: skip
"""A row of each gate that breaks no rule."""


@pytest.fixture(scope="session")
def demo() -> SurveyFolder:
    return load_survey(DEMO)


@pytest.fixture(scope="session")
def round_2(demo: SurveyFolder) -> Round:
    return demo.round("2")


def rows_of(gate: Gate, demo: SurveyFolder, *rows: dict[str, Any]) -> pl.LazyFrame:
    """Tidy rows of a gate with some values changed, numbered in their order."""
    schema = gate_schema(gate, demo.instruments["demo"])
    filled = [
        {**TIDY[gate], "row_number": n, "source_row": f"a.csv:{n + 2}", "submission_id": f"s{n}", **changed}
        for n, changed in enumerate(rows)
    ]
    columns = {name: [row.get(name) for row in filled] for name in schema}
    return pl.LazyFrame(columns, schema=schema, strict=False)


def with_rules(demo: SurveyFolder, *rules: dict[str, Any]) -> SurveyFolder:
    """The survey with rules of its own."""
    shared = {"owner": "tests", "description": {"vi": "Quy tắc", "en": "Rule"}, "gate": "submissions"}
    return replace(demo, rules=tuple(Rule.model_validate({**shared, **rule}) for rule in rules))
