"""Words and numbers of reports: Vietnamese first, English beside it."""

from __future__ import annotations

from decimal import Decimal

from surveys.models import Formula, Label

SUPPRESSED = "×"
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
