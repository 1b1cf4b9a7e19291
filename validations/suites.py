"""Validation rules of a round, generated from the survey's files: plain descriptions, turned into suites elsewhere.

Five gates: `landing` (what the sources delivered), `submissions` (each row is accepted or quarantined), `microdata`
and `comments` (nothing identified is left) and `results` (the figures add up). A rule names a Great Expectations class and
arguments.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import polars as pl

from surveys.catalogue import SurveyFolder
from surveys.landing import landing_schema
from surveys.models import Instrument, Label, Question, Round, Severity, Survey

Gate = Literal["landing", "submissions", "microdata", "comments", "results"]

KEYS: dict[Gate, tuple[str, ...]] = {
    "landing": (),
    "submissions": ("row_number",),
    "microdata": ("submission_pseudonym",),
    "comments": ("comment_id",),
    "results": ("unit_code", "respondent_type", "index_code"),
}
"""Columns whose values name a failing row in reports. The number of a row in the round's work files tells nothing to who
has no access to the identified side."""

UNITS = "units"
"""Name of the reference frame: unit_code, valid_from, valid_to."""

PSEUDONYM = "^[0-9a-f]{24}$"

# shapes that no anonymised value may have: e-mail, Vietnamese phone number, identifier of 9 to 13 digits
IDENTIFIER_SHAPES = {
    "email": r"[\w.+-]+@[\w-]+\.\w+",
    "phone": r"(?:\+84|\b0)[ .-]?\d{2,3}[ .-]?\d{3}[ .-]?\d{3,4}\b",
    "number": r"\b\d{9,13}\b",
}

REPLACEMENT = "\ufffd"
"""What stands where bytes spelt no character (Unicode, U+FFFD)."""

SUSPICION = {
    "is_straight_lined": ("Trả lời cùng một mức cho mọi câu", "The same level for every question"),
    "is_implausibly_fast": ("Trả lời quá nhanh", "Answered implausibly fast"),
    "is_implausibly_long": ("Trả lời quá lâu", "Answered for implausibly long"),
    "is_device_burst": ("Quá nhiều phiếu từ một thiết bị", "Too many submissions from one device"),
    "is_address_burst": ("Quá nhiều phiếu từ một địa chỉ mạng", "Too many submissions from one network address"),
    "is_repeated_contact": ("Quá nhiều phiếu với một đầu mối liên hệ", "Too many submissions with one contact"),
}
"""Flags of `transforms.suspicion`: they count and never reject."""


class RowCondition(NamedTuple):
    """Test only the rows where the column has (or, negated, has not) the value; null has no value."""

    column: str
    value: bool | int | str
    is_negated: bool = False


class RuleSpec(NamedTuple):
    """One rule.

    rejects: a row that breaks it goes to quarantine; otherwise failures are only counted. position: of its entry in
    rules.yaml, where the rule is the survey's own. is_releasable: False where a row that breaks it has no place in the
    figures, so that nobody can accept it as it is.
    """

    rule_id: str
    gate: Gate
    expectation: str
    arguments: dict[str, Any]
    severity: Severity
    rejects: bool
    description: Label
    condition: RowCondition | str | None = None
    owner: str = "hailong"
    position: int | None = None
    is_releasable: bool = True


def rules_of(gate: Gate, folder: SurveyFolder, round_: Round) -> list[RuleSpec]:
    """All rules of one gate of a round: the generated ones, then the survey's own."""
    instrument = folder.instrument_of(round_)
    match gate:
        case "landing":
            generated = list(_landing_rules(folder, round_, instrument))
        case "submissions":
            generated = list(_submission_rules(folder, round_, instrument))
        case "microdata":
            generated = list(_microdata_rules(folder.survey, instrument))
        case "comments":
            generated = list(_comment_rules())
        case "results":
            generated = list(_result_rules(folder))
    own = [
        RuleSpec(
            own.rule_id, gate, own.expectation, own.arguments, own.severity, own.rejects, own.description,
            own.row_condition, own.owner, position,
        )
        for position, own in enumerate(folder.rules)
        if own.gate == gate
    ]  # fmt: skip
    return generated + own


def gate_schema(gate: Gate, instrument: Instrument) -> dict[str, pl.DataType]:
    """Column -> type of the rows that a gate is given."""
    landed = landing_schema(instrument)
    match gate:
        case "landing":
            return landed
        case "submissions":
            flags: dict[str, pl.DataType] = dict.fromkeys(SUSPICION, pl.Boolean())
            return {"row_number": pl.UInt32(), "submitted_on": pl.Date(), **landed, **flags}
        case "microdata":
            own = {"submitted_on": pl.Date(), "weight": pl.Int64()}
            texts = {f"has_{field.code}": pl.Boolean() for field in instrument.fields_of("text")}
            columns = sorted(microdata_columns(instrument))
            return {name: {**landed, **own, **texts}.get(name, pl.String()) for name in columns}
        case "comments":
            texts_only = ("comment_id", "unit_code", "feedback_code", "redacted_text", "polarity")
            return {**dict.fromkeys(texts_only, pl.String()), "themes": pl.List(pl.String())}
        case "results":
            counts = ("n_respondents", "n_tallied", "numerator", "denominator", "numerator_tallied",
                      "denominator_tallied", "denominator_below", "denominator_of_types")  # fmt: skip
            shares = ("index_pct", "change_points")
            return {
                **dict.fromkeys(("unit_code", "respondent_type", "index_code"), pl.String()),
                **dict.fromkeys(counts, pl.Int64()),
                **dict.fromkeys(shares, pl.Decimal(9, 4)),
            }


def unit_reference(folder: SurveyFolder, round_: Round) -> pl.DataFrame:
    """The register as rules join it: `unit_code`, `valid_from`, `valid_to` (exclusive, null: still open).

    Only codes that are there on the round's `register_date`: of other units, a round has no figures.
    """
    codes = {unit.unit_code for unit in folder.units_on(round_.register_date)}
    rows = [(unit.unit_code, unit.valid_from, unit.valid_to) for unit in folder.units if unit.unit_code in codes]
    schema = {"unit_code": pl.String, "valid_from": pl.Date, "valid_to": pl.Date}
    return pl.DataFrame(rows, schema=schema, orient="row").sort(pl.all())


def completeness_rule(source: str, n_rows: int) -> RuleSpec:
    """Gate `landing`: a database delivered all rows that it held, each counted once, however often it was revised."""
    return RuleSpec(
        f"{source}-complete",
        "landing",
        "ExpectColumnUniqueValueCountToBeBetween",
        {"column": "source_row", "min_value": n_rows},
        "critical",
        False,
        Label(
            vi=f"Nhận đủ {n_rows} phiếu mà cơ sở dữ liệu nguồn đang có",
            en=f"All {n_rows} submissions that the source database holds are there",
        ),
        condition=RowCondition("source_name", source),
    )


def _landing_rules(folder: SurveyFolder, round_: Round, instrument: Instrument) -> Iterator[RuleSpec]:
    opens, closes = round_.window(folder.survey.zone)

    def rule(
        rule_id: str, expectation: str, arguments: dict[str, Any], vi: str, en: str, severity: Severity = "critical"
    ) -> RuleSpec:
        return RuleSpec(rule_id, "landing", expectation, arguments, severity, False, Label(vi=vi, en=en))

    yield rule(
        "landing-not-empty",
        "ExpectTableRowCountToBeBetween",
        {"min_value": 1},
        "Nguồn có ít nhất một phiếu",
        "The sources delivered at least one submission",
    )
    yield rule(
        "landing-columns",
        "ExpectTableColumnsToMatchSet",
        {"column_set": sorted(landing_schema(instrument)), "exact_match": False},
        "Có đủ các cột của mẫu phiếu",
        "Every column of the questionnaire is there",
    )
    yield rule(
        "landing-types",
        "ExpectTableColumnTypesToMatch",
        {"column_types": {name: str(kind) for name, kind in landing_schema(instrument).items()}},
        "Mỗi cột có đúng kiểu dữ liệu của mẫu phiếu",
        "Every column has the type that the questionnaire gives it",
    )
    for field in instrument.fields:
        if field.kind in {"text", "official", "category"}:
            yield rule(
                f"{field.code}-decoded",
                "ExpectColumnValuesToNotMatchRegex",
                {"column": field.code, "regex": REPLACEMENT},
                f"{field.name.vi}: không có ký tự bị mất do sai bảng mã",
                f"{field.name.en}: no character was lost by a wrong encoding",
                severity="warning",
            )
    # a source that stopped delivering half-way looks like a round of few submissions
    yield rule(
        "landing-fresh",
        "ExpectColumnMaxToBeBetween",
        {"column": "submitted_at", "min_value": closes - (closes - opens) / 4},
        "Phiếu mới nhất được gửi trong một phần tư cuối của đợt khảo sát",
        "The newest submission is of the last quarter of the round's window",
        severity="warning",
    )


def _submission_rules(folder: SurveyFolder, round_: Round, instrument: Instrument) -> Iterator[RuleSpec]:
    survey = folder.survey
    opens, closes = round_.window(survey.zone)

    def rule(
        rule_id: str,
        expectation: str,
        arguments: dict[str, Any],
        vi: str,
        en: str,
        *,
        severity: Severity = "critical",
        rejects: bool = True,
        condition: RowCondition | None = None,
        is_releasable: bool = True,
    ) -> RuleSpec:
        return RuleSpec(
            rule_id, "submissions", expectation, arguments, severity, rejects, Label(vi=vi, en=en), condition,
            is_releasable=is_releasable,
        )  # fmt: skip

    for column, is_releasable, vi, en in (
        ("submission_id", False, "Phiếu có mã", "The submission has an id"),
        ("respondent_id", False, "Có mã người trả lời", "The respondent is identified"),
        ("unit_code", False, "Có mã đơn vị", "A unit is given"),
        ("submitted_at", True, "Có thời điểm gửi", "The time of submission is known"),
    ):
        present = "ExpectColumnValuesToNotBeNull"
        yield rule(f"{column}-present", present, {"column": column}, vi, en, is_releasable=is_releasable)
    yield rule(
        "submission_id-unique",
        "ExpectColumnValuesToBeUnique",
        {"column": "submission_id"},
        "Mã phiếu không trùng với phiếu của người khác",
        "No submission of another respondent has the same id",
        is_releasable=False,
    )
    yield rule(
        "unit-open",
        "ExpectColumnValuesToExistInReference",
        {"column": "unit_code", "reference": UNITS, "reference_column": "unit_code", "date_column": "submitted_on"},
        "Đơn vị có trong danh mục của đợt và đang hoạt động vào ngày gửi phiếu",
        "The unit is in the round's register and open on the day of submission",
    )
    yield rule(
        "within-window",
        "ExpectColumnValuesToBeBetween",
        {
            "column": "submitted_at",
            "min_value": opens,
            "max_value": closes + dt.timedelta(hours=round_.grace_hours),
            "strict_max": True,
        },
        "Gửi trong thời gian khảo sát (kể cả thời gian gia hạn)",
        "Submitted within the window, grace included",
    )
    yield rule(
        "updated-after-submitted",
        "ExpectColumnPairValuesAToBeGreaterThanB",
        {"column_A": "updated_at", "column_B": "submitted_at", "or_equal": True,
         "ignore_row_if": "either_value_is_missing"},
        "Thời điểm sửa không sớm hơn thời điểm gửi",
        "The last change is not before the submission",
        severity="warning",
    )  # fmt: skip
    for column, codes in _codes(survey).items():
        yield _known_rule(rule, column, codes, is_releasable=False)
        yield rule(
            f"{column}-present",
            "ExpectColumnValuesToNotBeNull",
            {"column": column},
            "Không để trống",
            "Not blank",
            is_releasable=False,
        )
    yield rule(
        "readable",
        "ExpectColumnValuesToBeNull",
        {"column": "unparsed"},
        "Mọi giá trị đều đọc được (ngày, số, mức trả lời)",
        "Every value can be read (dates, numbers, answers)",
    )
    for question in instrument.questions:
        yield from _answer_rules(question, instrument, rule)
    for field in instrument.fields:
        if field.kind == "unit":
            yield rule(
                f"{field.code}-exists",
                "ExpectColumnValuesToExistInReference",
                {"column": field.code, "reference": UNITS, "reference_column": "unit_code",
                 "date_column": "submitted_on"},
                "Đơn vị được nêu tên có trong danh mục của đợt",
                "The named unit is in the round's register",
                severity="warning",
            )  # fmt: skip
        if field.pattern:
            yield rule(
                f"{field.code}-wellformed",
                "ExpectColumnValuesToMatchRegex",
                {"column": field.code, "regex": field.pattern},
                f"{field.name.vi}: đúng khuôn dạng",
                f"{field.name.en}: well formed",
                severity="info",
                rejects=False,
            )
    for flag, (vi, en) in SUSPICION.items():
        yield rule(
            flag.removeprefix("is_").replace("_", "-"),
            "ExpectColumnValuesToBeInSet",
            {"column": flag, "value_set": [False]},
            f"Dấu hiệu đáng ngờ: {vi}",
            f"Suspicious: {en}",
            severity="info",
            rejects=False,
        )


def _codes(survey: Survey) -> dict[str, list[str]]:
    return {
        "respondent_type": [known.code for known in survey.respondent_types],
        "channel": [known.code for known in survey.channels],
    }


def _known_rule(rule: Any, column: str, codes: list[str], **options: bool) -> RuleSpec:
    listed = ", ".join(codes)
    arguments = {"column": column, "value_set": codes}
    made: RuleSpec = rule(
        f"{column}-known",
        "ExpectColumnValuesToBeInSet",
        arguments,
        f"Giá trị hợp lệ: {listed}",
        f"One of: {listed}",
        **options,
    )
    return made


def _answer_rules(question: Question, instrument: Instrument, rule: Any) -> Iterator[RuleSpec]:
    asked = question.asked_when
    yield rule(
        f"{question.column}-on-scale",
        "ExpectColumnValuesToBeInSet",
        {"column": question.column, "value_set": instrument.scales[question.scale].codes},
        f"Câu {question.code}: mức trả lời thuộc thang đo",
        f"Question {question.code}: the answer is on the scale",
    )
    if question.is_required:
        yield rule(
            f"{question.column}-answered",
            "ExpectColumnValuesToNotBeNull",
            {"column": question.column},
            f"Câu {question.code}: bắt buộc trả lời",
            f"Question {question.code}: an answer is required",
            condition=RowCondition(asked.column, asked.equals) if asked else None,
        )
    if asked:
        yield rule(
            f"{question.column}-not-asked",
            "ExpectColumnValuesToBeNull",
            {"column": question.column},
            f"Câu {question.code}: chỉ hỏi khi {asked.column} = {asked.equals}",
            f"Question {question.code}: asked only when {asked.column} = {asked.equals}",
            severity="warning",
            condition=RowCondition(asked.column, asked.equals, is_negated=True),
        )


def _microdata_rules(survey: Survey, instrument: Instrument) -> Iterator[RuleSpec]:
    def rule(rule_id: str, expectation: str, arguments: dict[str, Any], vi: str, en: str) -> RuleSpec:
        return RuleSpec(rule_id, "microdata", expectation, arguments, "critical", False, Label(vi=vi, en=en))

    officials = [f"{field.code}_pseudonym" for field in instrument.fields_of("official")]
    for column in ("submission_pseudonym", "respondent_pseudonym", *officials):
        yield rule(
            f"{column}-wellformed",
            "ExpectColumnValuesToMatchRegex",
            {"column": column, "regex": PSEUDONYM},
            "Bí danh đúng khuôn dạng",
            "The pseudonym is well formed",
        )
    yield rule(
        "one-submission-each",
        "ExpectCompoundColumnsToBeUnique",
        {"column_list": ["respondent_pseudonym", "unit_code"]},
        "Mỗi người trả lời một phiếu cho mỗi đơn vị",
        "One submission per respondent and unit",
    )
    forbidden = {field.code for kind in ("identifier", "text", "official") for field in instrument.fields_of(kind)}
    yield rule(
        "no-identified-column",
        "ExpectTableColumnsToMatchSet",
        {"column_set": sorted(microdata_columns(instrument) - forbidden), "exact_match": True},
        "Không còn cột định danh hay ý kiến tự do",
        "No identifying column and no free text is left",
    )
    # what was typed in place of a code would be free text
    for column, codes in _codes(survey).items():
        yield _known_rule(rule, column, codes)
    for column in ("unit_code", *(field.code for field in instrument.fields_of("unit"))):
        yield rule(
            f"{column}-known",
            "ExpectColumnValuesToExistInReference",
            {"column": column, "reference": UNITS, "reference_column": "unit_code"},
            "Đơn vị có trong danh mục của đợt",
            "The unit is in the round's register",
        )
    for field in instrument.fields_of("category"):
        for shape, pattern in IDENTIFIER_SHAPES.items():
            yield rule(
                f"{field.code}-no-{shape}",
                "ExpectColumnValuesToNotMatchRegex",
                {"column": field.code, "regex": pattern},
                f"{field.name.vi}: không chứa thông tin định danh",
                f"{field.name.en}: holds no identifier",
            )


def _comment_rules() -> Iterator[RuleSpec]:
    """Rules over redacted comments. A long number may be an amount or a reference, which redaction leaves."""
    for shape in ("email", "phone"):
        yield RuleSpec(
            f"comments-no-{shape}",
            "comments",
            "ExpectColumnValuesToNotMatchRegex",
            {"column": "redacted_text", "regex": IDENTIFIER_SHAPES[shape]},
            "critical",
            False,
            Label(vi="Ý kiến đã che thông tin định danh", en="No identifier is left in a redacted comment"),
        )
    yield RuleSpec(
        "comment_id-wellformed",
        "comments",
        "ExpectColumnValuesToMatchRegex",
        {"column": "comment_id", "regex": PSEUDONYM},
        "critical",
        False,
        Label(vi="Bí danh đúng khuôn dạng", en="The pseudonym is well formed"),
    )


def microdata_columns(instrument: Instrument) -> set[str]:
    """Columns that microdata of an instrument have (transforms.anonymisation)."""
    core = {"submission_pseudonym", "respondent_pseudonym", "unit_code", "respondent_type", "channel"}
    kept = {field.code for kind in ("flag", "category", "unit") for field in instrument.fields_of(kind)}
    officials = {f"{field.code}_pseudonym" for field in instrument.fields_of("official")}
    texts = {f"has_{field.code}" for field in instrument.fields_of("text")}
    answers = {question.column for question in instrument.questions}
    return core | {"submitted_on", "weight"} | kept | officials | texts | answers


def _result_rules(folder: SurveyFolder) -> Iterator[RuleSpec]:
    """Rules over the published indices beside what they must agree with (`transforms.reconciliation`)."""

    def rule(
        rule_id: str, expectation: str, arguments: dict[str, Any], vi: str, en: str, severity: Severity = "critical"
    ) -> RuleSpec:
        return RuleSpec(rule_id, "results", expectation, arguments, severity, False, Label(vi=vi, en=en))

    def pair(rule_id: str, expectation: str, a: str, b: str, vi: str, en: str, **arguments: Any) -> RuleSpec:
        columns = {"column_A": a, "column_B": b, "ignore_row_if": "either_value_is_missing"}
        return rule(rule_id, expectation, {**columns, **arguments}, vi, en)

    equal = "ExpectColumnPairValuesToBeEqual"
    yield rule(
        "pct-in-range",
        "ExpectColumnValuesToBeBetween",
        {"column": "index_pct", "min_value": 0, "max_value": 100},
        "Chỉ số nằm trong khoảng 0 đến 100",
        "Indices are between 0 and 100",
    )
    yield pair(
        "numerator-within-denominator",
        "ExpectColumnPairValuesAToBeGreaterThanB",
        "denominator",
        "numerator",
        "Tử số không lớn hơn mẫu số",
        "The numerator is not larger than the denominator",
        or_equal=True,
    )
    yield rule(
        "rated-unit-present",
        "ExpectColumnValuesToNotBeNull",
        {"column": "n_respondents"},
        "Mọi đơn vị có câu trả lời đều có trong bảng chỉ số",
        "Every unit with answers is in the table of indices",
    )
    yield rule(
        "figure-was-tallied",
        "ExpectColumnValuesToNotBeNull",
        {"column": "n_tallied"},
        "Mọi chỉ số đều có câu trả lời làm căn cứ",
        "Every index has answers behind it",
    )
    yield pair(
        "numerator-as-tallied",
        equal,
        "numerator",
        "numerator_tallied",
        "Tử số bằng tổng đã kiểm đếm của đơn vị và các đơn vị cấp dưới",
        "The numerator equals the tallies of the unit and all units below it",
    )
    yield pair(
        "denominator-as-tallied",
        equal,
        "denominator",
        "denominator_tallied",
        "Mẫu số bằng tổng đã kiểm đếm của đơn vị và các đơn vị cấp dưới",
        "The denominator equals the tallies of the unit and all units below it",
    )
    yield pair(
        "children-sum-to-parent",
        equal,
        "denominator",
        "denominator_below",
        "Số liệu của đơn vị bằng phần của chính nó cộng các đơn vị trực thuộc",
        "A unit's count equals its own answers and those of the units directly below it",
    )
    yield pair(
        "types-sum-to-all",
        equal,
        "denominator",
        "denominator_of_types",
        "Tổng các loại người trả lời bằng số chung",
        "The types of respondents sum to the total",
    )
    bound = float(folder.survey.tolerance.jump_points)
    yield rule(
        "no-jump",
        "ExpectColumnValuesToBeBetween",
        {"column": "change_points", "min_value": -bound, "max_value": bound},
        f"Thay đổi so với đợt trước không quá {bound:g} điểm",
        f"The change since the last round is within {bound:g} points",
        severity="warning",
    )
