"""Words and numbers of reports: Vietnamese first, English beside it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from surveys.models import Disclosure, Formula, Label, ScoringRule

WITHHELD = Label(vi="bảo mật", en="withheld")
WITHHELD_MARK = "…"
"""In charts and narrow columns; the General Statistics Office uses it for figures that exist and are not given."""
ABSENT = "–"

COMPARABILITY: dict[str, Label] = {
    "comparable": Label(vi="So sánh được", en="Comparable"),
    "method_changed": Label(vi="Không so sánh: phương pháp đã đổi", en="Not comparable: the method changed"),
    "questions_changed": Label(vi="Không so sánh: câu hỏi đã đổi", en="Not comparable: the questions changed"),
    "unit_reorganised": Label(vi="Không so sánh: đơn vị đã tổ chức lại", en="Not comparable: the unit was reorganised"),
    "too_few_respondents": Label(vi="Không so sánh: quá ít người trả lời", en="Not compared: too few respondents"),
    "suppressed": Label(vi="Không công bố: bảo mật thống kê", en="Withheld: disclosure control"),
    "not_in_baseline": Label(vi="Kỳ trước chưa có chỉ số này", en="Not in the earlier round"),
}

COMPARABILITY_MARKS = dict(zip(COMPARABILITY, ("", "a", "b", "c", "d", WITHHELD_MARK, "e"), strict=True))
"""Letters that stand for a state in narrow columns; a key below the table explains them."""

RANK_STATES: dict[str, Label] = {
    "ranked": Label(vi="Được xếp hạng", en="Ranked"),
    "too_few_respondents": Label(vi="Không xếp hạng: quá ít người trả lời", en="Not ranked: too few respondents"),
    "suppressed": Label(vi="Không công bố: bảo mật thống kê", en="Withheld: disclosure control"),
    "not_ranked": Label(vi="Không xếp hạng", en="Not ranked"),
}

FORMULAS: dict[Formula, Label] = {
    "top2": Label(
        vi="100 × số câu trả lời ở mức hài lòng / số câu trả lời, gộp mọi câu hỏi của chỉ số",
        en="100 × answers in the satisfied levels / answers, pooled over the index's questions",
    ),
    "mean100": Label(
        vi="Trung bình của các mức quy đổi về thang 0–100, gộp mọi câu hỏi của chỉ số",
        en="Mean of the levels mapped to 0–100, pooled over the index's questions",
    ),
    "non_dissatisfied": Label(
        vi="100 × số câu trả lời không ở mức không hài lòng / số câu trả lời",
        en="100 × answers not in the dissatisfied levels / answers",
    ),
    "all_items": Label(
        vi="100 × số người hài lòng ở mọi câu đã trả lời / số người trả lời",
        en="100 × respondents satisfied on every item they answered / respondents",
    ),
}

STATUSES: dict[str, Label] = {
    "draft": Label(vi="Dự thảo", en="Draft"),
    "published": Label(vi="Đã công bố", en="Published"),
    "superseded": Label(vi="Đã được thay thế", en="Superseded"),
    "refused": Label(vi="Không được duyệt", en="Refused"),
}

POLARITIES: dict[str, Label] = {
    "negative": Label(vi="tiêu cực", en="negative"),
    "mixed": Label(vi="lẫn lộn", en="mixed"),
    "neutral": Label(vi="trung tính", en="neutral"),
    "positive": Label(vi="tích cực", en="positive"),
}


FIGURE_KINDS: dict[str, Label] = {
    "index": Label(vi="Chỉ số", en="Indices"),
    "threshold": Label(vi="Số đơn vị theo ngưỡng", en="Threshold counts"),
    "question": Label(vi="Câu hỏi", en="Questions"),
    "naming": Label(vi="Người nêu điều không hài lòng", en="Dissatisfaction"),
    "feedback": Label(vi="Phản ánh theo chủ đề", en="Feedback"),
}


def describe_disclosure(rules: Disclosure) -> Label:
    """What is withheld, in a sentence."""
    if not rules.is_enabled:
        vi = "Khảo sát này không áp dụng quy tắc che số liệu."
        return Label(vi=vi, en="This survey withholds no figure.")
    few, most, share = rules.min_respondents_for_rate, rules.threshold - 1, format_decimal(rules.dominance_pct, 0)
    return Label(
        vi=f"Không nêu: tỷ lệ dưới {few} người trả lời; số người hài lòng hoặc không hài lòng từ 1 đến {most}; 0 % và "
        f"100 % ở nhóm nhỏ; nhóm mà một tổ chức chiếm từ {share} % câu trả lời; và các ô khác phải che để không ai tính "
        "ngược được.",
        en=f"Withheld: rates below {few} respondents; counts of 1 to {most} satisfied or dissatisfied; 0 % and 100 % in "
        f"small groups; groups where one organisation gives {share} % of the answers or more; and further cells that "
        "would give these away.",
    )


def describe_scoring(rule: ScoringRule) -> Label:
    """How a rule turns an index into points."""
    most, digits = format_plain(rule.max_points), rule.decimals
    rounded = {
        "before": Label(vi="từ chỉ số đã làm tròn", en="from the published index"),
        "after": Label(vi="từ chỉ số chưa làm tròn", en="from the exact index"),
    }[rule.round_index]
    if rule.kind == "linear":
        return Label(
            vi=f"{most} × chỉ số / 100, {rounded.vi}, {digits} chữ số thập phân.",
            en=f"{most} × index / 100, {rounded.en}, {digits} decimals.",
        )
    signs = {">=": "≥", ">": ">"}
    steps = "; ".join(f"{signs[s.op]} {format_plain(s.bound)} %: {format_plain(s.points)}" for s in rule.steps)
    return Label(vi=f"{steps}; còn lại: 0; {rounded.vi}.", en=f"otherwise 0; {rounded.en}.")


def format_plain(value: Decimal) -> str:
    """1,5, with as many digits as the value has."""
    return f"{value.normalize():f}".replace(".", ",")


def format_day(value: dt.date) -> str:
    """15/09/2023"""
    return f"{value:%d/%m/%Y}"


def format_count(value: int | None, absent: str = ABSENT) -> str:
    """6.000, as Vietnamese groups digits."""
    return absent if value is None else f"{value:,}".replace(",", ".")


def format_decimal(value: Decimal | int | None, decimals: int = 2, absent: str = ABSENT) -> str:
    """95,85, with a decimal comma."""
    return absent if value is None else f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def format_points(value: Decimal | None, decimals: int = 2) -> str:
    """+1,35 or −0,20 percentage points."""
    if value is None:
        return ABSENT
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    return sign + format_decimal(abs(value), decimals)
