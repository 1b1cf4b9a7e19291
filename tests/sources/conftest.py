"""A small survey to extract: two questions on a five-level scale, one flag, one text; built in memory."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from surveys.catalogue import SurveyFolder
from surveys.models import FileSource, Instrument, Method, Round, SqlSource, Survey

NOW = dt.datetime(2023, 12, 1, tzinfo=dt.UTC)

LEVELS = [
    ("Rất không hài lòng", "Very dissatisfied"),
    ("Không hài lòng", "Dissatisfied"),
    ("Bình thường", "Neutral"),
    ("Hài lòng", "Satisfied"),
    ("Rất hài lòng", "Very satisfied"),
]


def label(vi: str, en: str) -> dict[str, str]:
    return {"vi": vi, "en": en}


def instrument(*codes: str) -> Instrument:
    levels = [
        {"code": n, "name": label(*names), "is_satisfied": n > 3, "score": (n - 1) * 25}
        for n, names in enumerate(LEVELS, 1)
    ]
    scale = {"levels": levels, "non_answers": [{"code": 9, "name": label("Không có ý kiến", "No opinion")}]}
    return Instrument.model_validate(
        {
            "instrument_code": "form",
            "name": label("Phiếu", "Form"),
            "scales": {"five": scale},
            "indices": [{"code": "service", "name": label("Phục vụ", "Service")}],
            "questions": [
                {"code": code, "text": label(code, code), "scale": "five", "index": "service"} for code in codes
            ],
            "fields": [
                {"code": "used_online", "kind": "flag", "name": label("Trực tuyến", "Online")},
                {"code": "comment", "kind": "text", "name": label("Ý kiến", "Comment")},
            ],
        }
    )


COLUMNS = {
    "submission_id": "id",
    "respondent_id": "who",
    "unit_code": "unit",
    "respondent_type": "kind",
    "submitted_at": "sent",
    "updated_at": "changed",
    "weight": "weight",
    "used_online": "online",
    "comment": "comment",
}


def mapping(**changes: Any) -> dict[str, Any]:
    return {"columns": COLUMNS, "constants": {"channel": "web"}, **changes}


def file_source(**changes: Any) -> FileSource:
    return FileSource.model_validate(
        {"kind": "files", "name": "inbox", "path": "unset", "mapping": mapping(**changes.pop("mapping", {})), **changes}
    )


def sql_source(url: str, layout: str = "long", **changes: Any) -> SqlSource:
    return SqlSource.model_validate(
        {
            "kind": "sql",
            "name": "web-form",
            "url": url,
            "layout": layout,
            "submission_table": "submission",
            "answer_table": "answer" if layout == "long" else None,
            "submission_key_column": "key",
            "answer_submission_column": "submission_key",
            "round_column": "round",
            "mapping": mapping(**changes.pop("mapping", {})),
            **changes,
        }
    )


def survey_folder(*sources: SqlSource | FileSource, questions: tuple[str, ...] = ("S1", "S2")) -> SurveyFolder:
    method = {"method_code": "m", "version": "1", "name": label("M", "M"), "formulas": {"service": "top2"}}
    survey = {
        "survey_code": "demo",
        "name": label("Thử", "Demo"),
        "owner": label("Kho bạc", "Treasury"),
        "time_zone": "Asia/Ho_Chi_Minh",
        "unit_levels": [{"code": "system", "name": label("Toàn hệ thống", "System")}],
        "respondent_types": [
            {"code": "individual", "name": label("Cá nhân", "Individual")},
            {"code": "budget_unit", "name": label("Đơn vị sử dụng ngân sách", "Budget-using unit")},
        ],
        "channels": [{"code": "web", "name": label("Mạng", "Web")}],
        "code_widths": {"unit_code": 4},
    }
    round_ = {"name": label("Đợt", "Round"), "instrument": "form", "method": "m"}
    return SurveyFolder(
        path=Path("demo"),
        survey=Survey.model_validate(survey),
        rounds=(
            Round.model_validate(
                {**round_, "round_code": "2023-2", "opens_on": "2023-09-15", "closes_on": "2023-11-15"}
            ),
        ),
        instruments={"form": instrument(*questions)},
        methods={"m": Method.model_validate(method)},
        units=(),
        sources=sources,
    )


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    path = tmp_path / "inbox"
    path.mkdir()
    return path


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    return tmp_path / "landing"
