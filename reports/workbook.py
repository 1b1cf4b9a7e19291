"""The figures of a release as an Excel workbook: indices, ranking, change, response, thresholds, points,
questions, dissatisfaction, feedback, dictionary.

The same release gives the same bytes: the workbook's own dates are those of the release. Text that a spreadsheet would
run as a formula is preceded by an apostrophe, as in the CSV exports.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter

from reports.figures import ReleaseFigures, Rows
from reports.wording import COMPARABILITY, RANK_STATES, STATUSES, WITHHELD, describe_disclosure
from warehouse.exports import FORMULA
from warehouse.views import VIEWS

UNIT = "unit_code unit_name unit_name_en unit_level parent_code parent_name"
INDEX = "index_code index_name index_name_en"
SUPPRESSED = "is_suppressed suppression_reason"

COLUMNS: dict[str, str] = {
    "v_index": f"{UNIT} {INDEX} respondent_type index_pct weighted_pct interval_low_pct interval_high_pct numerator "
    f"denominator n_respondents rank rank_of n_tied rank_state {SUPPRESSED}",
    "v_ranking": f"{INDEX} unit_level rank rank_of n_tied unit_code unit_name unit_name_en index_pct n_respondents",
    "v_change": f"{UNIT} {INDEX} baseline_round_code index_pct baseline_pct change_points change_low_points "
    "change_high_points comparability",
    "v_response": f"{UNIT} n_extracted n_superseded n_accepted n_quarantined n_active response_pct",
    "v_threshold": f"unit_code unit_name unit_name_en counted_level {INDEX} threshold_pct n_units n_above "
    f"n_not_above n_at n_below n_not_rated {SUPPRESSED}",
    "v_reform_score": f"{UNIT} rule_code rule_name rule_name_en index_code index_pct points max_points",
    "v_question": f"{UNIT} index_code question_code question_text question_text_en question_pct numerator denominator "
    f"n_respondents {SUPPRESSED}",
    "v_dissatisfaction": f"{UNIT} n_respondents n_naming_any n_naming_unit n_naming_official n_units_named "
    f"n_officials_named {SUPPRESSED}",
    "v_feedback": f"{UNIT} feedback_code theme_code polarity n_comments {SUPPRESSED}",
}
"""View -> its columns in the workbook; survey, round and release are on the first sheet."""

HEADINGS: dict[str, str] = {
    "unit_code": "Mã đơn vị",
    "unit_name": "Đơn vị",
    "unit_name_en": "Đơn vị (tiếng Anh)",
    "unit_level": "Cấp",
    "parent_code": "Mã đơn vị cấp trên",
    "parent_name": "Đơn vị cấp trên",
    "index_code": "Mã chỉ số",
    "index_name": "Chỉ số",
    "index_name_en": "Chỉ số (tiếng Anh)",
    "respondent_type": "Loại người trả lời",
    "index_pct": "Chỉ số, %",
    "weighted_pct": "Chỉ số có trọng số, %",
    "interval_low_pct": "Cận dưới, %",
    "interval_high_pct": "Cận trên, %",
    "numerator": "Tử số",
    "denominator": "Mẫu số",
    "n_respondents": "Số người trả lời",
    "rank": "Hạng",
    "rank_of": "Trên tổng số",
    "n_tied": "Số đơn vị đồng hạng",
    "rank_state": "Tình trạng xếp hạng",
    "is_suppressed": "Bảo mật",
    "suppression_reason": "Lý do bảo mật",
    "baseline_round_code": "Kỳ so sánh",
    "baseline_pct": "Chỉ số kỳ so sánh, %",
    "change_points": "Thay đổi, điểm phần trăm",
    "change_low_points": "Thay đổi, cận dưới",
    "change_high_points": "Thay đổi, cận trên",
    "comparability": "Khả năng so sánh",
    "n_extracted": "Phiếu nhận được",
    "n_superseded": "Phiếu bị thay thế",
    "n_accepted": "Phiếu hợp lệ",
    "n_quarantined": "Phiếu không hợp lệ",
    "n_active": "Số đang giao dịch",
    "response_pct": "Tỷ lệ phản hồi, %",
    "counted_level": "Cấp được đếm",
    "threshold_pct": "Ngưỡng, %",
    "n_units": "Số đơn vị",
    "n_above": "Trên ngưỡng",
    "n_not_above": "Không vượt ngưỡng",
    "n_at": "Bằng ngưỡng",
    "n_below": "Dưới ngưỡng",
    "n_not_rated": "Không xếp",
    "rule_code": "Mã quy tắc",
    "rule_name": "Quy tắc",
    "rule_name_en": "Quy tắc (tiếng Anh)",
    "points": "Điểm",
    "max_points": "Điểm tối đa",
    "question_code": "Mã câu hỏi",
    "question_text": "Câu hỏi",
    "question_text_en": "Câu hỏi (tiếng Anh)",
    "question_pct": "Câu hỏi, %",
    "n_naming_any": "Có nêu đơn vị hoặc công chức",
    "n_naming_unit": "Nêu đơn vị",
    "n_naming_official": "Nêu công chức",
    "n_units_named": "Số đơn vị bị nêu",
    "n_officials_named": "Số công chức bị nêu",
    "feedback_code": "Nội dung của phiếu",
    "theme_code": "Chủ đề",
    "polarity": "Sắc thái",
    "n_comments": "Số ý kiến",
}


class Sheet(NamedTuple):
    """A view's rows under a bilingual title of at most 31 characters."""

    title: str
    view: str
    rows: Rows


def write_workbook(figures: ReleaseFigures, path: Path) -> None:
    """Write the workbook of a release: the first sheet says what it is, the last what the columns mean."""
    sheets = _sheets(figures)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, options) as book:
        made = figures.release.published_at or dt.datetime.combine(figures.round.closes_on, dt.time())
        about = {"title": figures.name, "author": figures.folder.survey.owner.vi, "created": made}
        book.set_properties({**about, "comments": STATUSES[figures.release.status].vi})
        formats = _Formats(book)
        _write_about(book.add_worksheet("Giới thiệu - About"), figures, formats)
        for sheet in sheets:
            _write_rows(book.add_worksheet(sheet.title), sheet, formats)
        _write_dictionary(book.add_worksheet("Từ điển - Dictionary"), sheets, formats)


class _Formats:
    def __init__(self, book: Any) -> None:
        font = {"font_name": "Arial", "font_size": 10}
        self.text = book.add_format({**font, "num_format": "@"})
        self.wrapped = book.add_format({**font, "text_wrap": True, "valign": "top"})
        self.count = book.add_format({**font, "num_format": "#,##0"})
        self.decimal = book.add_format({**font, "num_format": "0.00##"})
        self.withheld = book.add_format({**font, "italic": True, "font_color": "#5A646F", "align": "right"})
        self.title = book.add_format({**font, "font_size": 14, "bold": True})
        head = {
            **font,
            "bold": True,
            "text_wrap": True,
            "valign": "top",
            "bg_color": "#0B3C5D",
            "font_color": "#FFFFFF",
        }
        self.head = book.add_format(head)
        self.code = book.add_format({**font, "italic": True, "font_color": "#5A646F", "bottom": 1})


def _sheets(figures: ReleaseFigures) -> list[Sheet]:
    ranked = [row for row in figures.indices if row["rank"] is not None]
    ranked.sort(key=lambda row: (row["index_code"], row["unit_level"], row["rank"], row["unit_path"]))
    return [
        Sheet("Chỉ số - Index", "v_index", [*figures.by_type, *figures.indices]),
        Sheet("Xếp hạng - Ranking", "v_ranking", ranked),
        Sheet("Thay đổi - Change", "v_change", figures.changes),
        Sheet("Phản hồi - Response", "v_response", figures.response),
        Sheet("Ngưỡng - Threshold", "v_threshold", figures.thresholds),
        Sheet("Điểm CCHC - Reform score", "v_reform_score", figures.scores),
        Sheet("Câu hỏi - Questions", "v_question", figures.questions),
        Sheet("Không hài lòng - Naming", "v_dissatisfaction", figures.naming),
        Sheet("Phản ánh - Feedback", "v_feedback", figures.feedback),
    ]


def _write_about(sheet: Any, figures: ReleaseFigures, formats: _Formats) -> None:
    release, survey = figures.release, figures.folder.survey
    disclosure, state = describe_disclosure(figures.method.disclosure), STATUSES[release.status]
    tier = "Công khai / Public" if figures.is_public else "Nội bộ quản lý / Management: không công bố / not to publish"
    lines = [
        ("Khảo sát / Survey", f"{survey.name.vi} / {survey.name.en}"),
        ("Đợt / Round", f"{figures.round.name.vi} / {figures.round.name.en} ({figures.round.round_code})"),
        ("Bản số liệu / Release", f"{release.release_number}: {state.vi} / {state.en}"),
        ("Phạm vi / Tier", tier),
        ("Phương pháp / Method", f"{figures.method.name.vi} / {figures.method.name.en} ({release.method_code} "
         f"{release.method_version})"),
        ("Ghi chú / Note", release.note or ""),
        (WITHHELD.vi, f"Số liệu không nêu, không phải số không. {disclosure.vi}"),
        (WITHHELD.en, f"The figure is withheld, it is not zero. {disclosure.en}"),
        ("Dấu vết / Provenance", f"run {release.run_id}, SHA-256 {release.content_hash}"),
    ]  # fmt: skip
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 110)
    sheet.write_string(0, 0, _plain(survey.owner.vi), formats.title)
    for number, line in enumerate(lines, start=2):
        for column, text in enumerate(line):
            sheet.write_string(number, column, _plain(text), formats.wrapped)


def _write_rows(sheet: Any, of: Sheet, formats: _Formats) -> None:
    names = COLUMNS[of.view].split()
    _write_head(sheet, [(HEADINGS[name], name) for name in names], formats)
    for column, name in enumerate(names):
        sheet.set_column(column, column, 34 if name.endswith(("_name", "_name_en", "_text", "_text_en")) else 14)
    for number, row in enumerate(of.rows, start=2):
        for column, name in enumerate(names):
            _write_value(sheet, number, column, row, name, formats)
    sheet.freeze_panes(2, 2)
    sheet.autofilter(1, 0, 1 + len(of.rows), len(names) - 1)


def _write_head(sheet: Any, headings: Iterable[tuple[str, str]], formats: _Formats) -> None:
    """Two rows: the heading in Vietnamese, and the column's name, which the dictionary explains."""
    sheet.set_row(0, 32)
    for column, (heading, name) in enumerate(headings):
        sheet.write_string(0, column, heading, formats.head)
        sheet.write_string(1, column, name, formats.code)


def _write_value(sheet: Any, number: int, column: int, row: dict[str, Any], name: str, formats: _Formats) -> None:
    value = row[name]
    if value is None and row.get("is_suppressed") and name.startswith(("n_", "index_pct", "question_pct", "numerator")):
        sheet.write_string(number, column, WITHHELD.vi, formats.withheld)
    elif name in ("comparability", "rank_state"):
        label = {**COMPARABILITY, **RANK_STATES}[value]
        sheet.write_string(number, column, f"{label.vi} / {label.en}", formats.text)
    elif isinstance(value, bool):
        sheet.write_string(number, column, "có" if value else "", formats.text)
    elif isinstance(value, Decimal):
        sheet.write_number(number, column, float(value), formats.decimal)
    elif isinstance(value, int):
        sheet.write_number(number, column, value, formats.count)
    elif value is not None:
        sheet.write_string(number, column, _plain(value), formats.text)


def _write_dictionary(sheet: Any, sheets: Sequence[Sheet], formats: _Formats) -> None:
    headings = ("Trang tính / Sheet", "Cột / Column", "Tên / Name", "Ý nghĩa / Meaning", "Đơn vị tính / Unit")
    for column, (heading, width) in enumerate(zip(headings, (26, 22, 26, 90, 18), strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heading, formats.head)
    number = 0
    for of in sheets:
        described = {column.name: column for column in next(view for view in VIEWS if view.name == of.view).columns}
        for name in COLUMNS[of.view].split():
            number += 1
            meant = described[name]
            texts = (of.title, name, HEADINGS[name], str(meant.comment), str(meant.info.get("unit", "")))
            for place, text in enumerate(texts):
                sheet.write_string(number, place, _plain(text), formats.wrapped)
    sheet.freeze_panes(1, 0)


def _plain(text: str) -> str:
    return f"'{text}" if re.match(FORMULA, text) else text
