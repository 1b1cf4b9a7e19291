"""What a survey's files may say: pydantic models of rounds, instruments, methods, units and sources.

One folder under `surveys/` is one survey:

    survey.yaml            who asks whom, levels of units, deduplication, tolerance, retention
    rounds.yaml            the rounds with their windows, instrument and method
    instruments/*.yaml     versioned questionnaires
    methods/*.yaml         versioned formulas, thresholds, rounding, disclosure and scoring rules
    units.csv              effective-dated register of rated units;  successions.csv
    sources.yaml           where submissions come from and how their columns map
    rules.yaml             further validation rules (Great Expectations by name); optional
    frame.csv              active respondents per round, unit and respondent type; optional
    themes.yaml            lexicon of themes in free text; optional
    published_results.csv  figures published before, to compare with; optional
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, field_validator, model_validator

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=40)]
ColumnName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Severity = Literal["critical", "warning", "info"]
Formula = Literal["top2", "mean100", "non_dissatisfied", "all_items"]


class Model(BaseModel):
    """A part of a survey's files: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Label(Model):
    """A text in Vietnamese and English."""

    vi: str
    en: str


# --- survey.yaml -------------------------------------------------------------------------------------------


class NamedCode(Model):
    code: Code
    name: Label


class Deduplication(Model):
    """One submission counts per respondent, unit and round: which one is the survey's own rule."""

    key: tuple[ColumnName, ...] = ("respondent_id", "unit_code")
    keep: Literal["latest", "earliest"] = "latest"


class Tolerance(Model):
    """Share of rows that may fail a critical rule before the round stops; bound on jumps between rounds."""

    critical_rows_pct: Decimal = Field(default=Decimal("5"), ge=0, le=100)
    jump_points: Decimal = Field(default=Decimal("5"), gt=0)


class Retention(Model):
    """Days that data are kept after a round closes; None: for ever. A policy of the survey's owner, not a constant."""

    identified_days: int = Field(default=365, ge=1)
    quarantine_days: int = Field(default=365, ge=1)
    microdata_days: int | None = Field(default=None, ge=1)


class Suspicion(Model):
    """Bounds of the flags that count and never reject."""

    min_duration_seconds: int = 20
    max_duration_hours: int = 72
    burst_per_device: int = 10
    burst_per_address: int = 50
    submissions_per_contact: int = 5


def _read_time(value: object) -> dt.time:
    # YAML takes 12:00 without quotes for a number, 720; pydantic takes that for 00:12:00
    if isinstance(value, dt.time):
        return value
    if not isinstance(value, str):
        raise ValueError('write the time in quotes: "12:00"')
    return dt.time.fromisoformat(value)


TimeOfDay = Annotated[dt.time, BeforeValidator(_read_time)]


class Timetable(Model):
    """When rounds run by themselves: times of day in the survey's time zone."""

    collect_at: tuple[TimeOfDay, ...] = Field(default=(dt.time(2), dt.time(12)), min_length=1)
    close_at: TimeOfDay = Field(default=dt.time(3), description="once, the first time after window and grace")

    @field_validator("collect_at")
    @classmethod
    def _same_minute(cls, value: tuple[dt.time, ...]) -> tuple[dt.time, ...]:
        if len({time.replace(hour=0) for time in value}) > 1:
            raise ValueError(
                "times may differ in their hour only, as one rule of a calendar holds them: 02:30 and 12:30"
            )
        return tuple(sorted(set(value)))


class Survey(Model):
    survey_code: Code
    name: Label
    owner: Label
    time_zone: str
    unit_levels: tuple[NamedCode, ...] = Field(min_length=1)
    respondent_types: tuple[NamedCode, ...] = Field(min_length=1)
    channels: tuple[NamedCode, ...] = Field(min_length=1)
    deduplication: Deduplication = Deduplication()
    tolerance: Tolerance = Tolerance()
    retention: Retention = Retention()
    suspicion: Suspicion = Suspicion()
    timetable: Timetable = Timetable()
    # a code that lost its leading zeros (a spreadsheet's habit) is padded to this width; column -> digits
    code_widths: dict[ColumnName, int] = {}

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"no such time zone: {value!r}; use an IANA name such as Asia/Ho_Chi_Minh") from None
        return value

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


# --- rounds.yaml -------------------------------------------------------------------------------------------


class Round(Model):
    """One wave. The window is [opens_on 00:00, closes_on 24:00) in the survey's time zone."""

    round_code: Code
    name: Label
    opens_on: dt.date
    closes_on: dt.date
    grace_hours: int = Field(default=24, ge=0, description="late submissions still accepted after the window")
    instrument: Code
    method: Code
    units_on: dt.date | None = Field(default=None, description="date of the unit register; default: opens_on")
    expected_response_pct: Decimal | None = Field(default=None, ge=0, le=100)

    @model_validator(mode="after")
    def _window_opens_before_it_closes(self) -> Round:
        if self.closes_on < self.opens_on:
            raise ValueError(f"closes_on {self.closes_on} is before opens_on {self.opens_on}; swap them")
        return self

    @property
    def register_date(self) -> dt.date:
        return self.units_on or self.opens_on

    def window(self, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
        """Opening (inclusive) and closing (exclusive) instant in UTC, grace not included."""
        opens = dt.datetime.combine(self.opens_on, dt.time(), tzinfo=zone)
        closes = dt.datetime.combine(self.closes_on + dt.timedelta(days=1), dt.time(), tzinfo=zone)
        return opens.astimezone(dt.UTC), closes.astimezone(dt.UTC)


# --- instruments/*.yaml ------------------------------------------------------------------------------------


class Level(Model):
    """One level of an answer scale; `labels` are further spellings found in the field."""

    code: int
    name: Label
    is_satisfied: bool = False
    is_dissatisfied: bool = False
    score: int = Field(ge=0, le=100, description="value on 0..100 for mean100")
    labels: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _not_both(self) -> Level:
        if self.is_satisfied and self.is_dissatisfied:
            raise ValueError("a level is satisfied or dissatisfied, not both")
        return self


class NonAnswer(Model):
    """A choice that is no answer: "not applicable", "no opinion". It counts neither for nor against."""

    code: int
    name: Label
    labels: tuple[str, ...] = ()


class Scale(Model):
    levels: tuple[Level, ...] = Field(min_length=2)
    non_answers: tuple[NonAnswer, ...] = ()

    @model_validator(mode="after")
    def _codes_are_unique(self) -> Scale:
        codes = self.codes
        if len(set(codes)) != len(codes):
            raise ValueError(f"codes of levels and non-answers repeat: {sorted(codes)}")
        if not any(level.is_satisfied for level in self.levels):
            raise ValueError("no level has is_satisfied: true; mark the satisfied levels")
        return self

    @property
    def codes(self) -> list[int]:
        return [level.code for level in self.levels] + [choice.code for choice in self.non_answers]


class Index(Model):
    code: Code
    name: Label


class Condition(Model):
    """A question is asked only when this column of the form has this value."""

    column: ColumnName
    equals: bool | int | str


class Question(Model):
    code: Code
    text: Label
    scale: Code
    index: Code | None = None
    is_required: bool = False
    asked_when: Condition | None = None

    @property
    def column(self) -> str:
        return f"q_{self.code.lower()}"


class FormField(Model):
    """A column of the form that is not a rated question.

    `identifier` is dropped at anonymisation, `official` is pseudonymised, `text` is redacted and kept out of the
    warehouse, `unit` is a unit's code, `flag` and `category` are kept as they are.
    """

    code: ColumnName
    kind: Literal["identifier", "text", "unit", "official", "flag", "category"]
    name: Label
    pattern: str | None = Field(default=None, description="regular expression of a well-formed value")
    is_contact: bool = Field(default=False, description="one contact in many submissions is suspicious")
    is_device: bool = False
    is_address: bool = Field(default=False, description="network address: bursts from one are suspicious")


class Instrument(Model):
    instrument_code: Code
    name: Label
    scales: dict[Code, Scale]
    indices: tuple[Index, ...] = Field(min_length=1)
    questions: tuple[Question, ...] = Field(min_length=1)
    fields: tuple[FormField, ...] = ()

    def questions_of(self, index_code: str) -> list[Question]:
        return [question for question in self.questions if question.index == index_code]

    def fields_of(self, kind: str) -> list[FormField]:
        return [field for field in self.fields if field.kind == kind]

    @model_validator(mode="after")
    def _references_exist(self) -> Instrument:
        indices, columns = {index.code for index in self.indices}, {field.code for field in self.fields}
        problems = []
        for question in self.questions:
            if question.scale not in self.scales:
                problems.append(f"question {question.code}: no scale {question.scale!r} (have {sorted(self.scales)})")
            if question.index and question.index not in indices:
                problems.append(f"question {question.code}: no index {question.index!r} (have {sorted(indices)})")
            if question.asked_when and question.asked_when.column not in columns:
                problems.append(f"question {question.code}: asked_when names no field {question.asked_when.column!r}")
        codes = [question.column for question in self.questions] + [field.code for field in self.fields]
        problems += [f"{code!r} is declared twice" for code in sorted({c for c in codes if codes.count(c) > 1})]
        problems += [f"index {code!r} has no question" for code in sorted(indices) if not self.questions_of(code)]
        if problems:
            raise ValueError("; ".join(problems))
        return self


# --- methods/*.yaml ----------------------------------------------------------------------------------------


class Threshold(Model):
    """Counts the units of a level above, at and below a bound."""

    level: Code
    pct: Decimal = Field(ge=0, le=100)


class Step(Model):
    op: Literal[">", ">="]
    bound: Decimal
    points: Decimal


class ScoringRule(Model):
    """Administrative-reform points from an index: linear, or the first step that holds."""

    code: Code
    name: Label
    index: Code
    level: Code
    kind: Literal["linear", "steps"]
    max_points: Decimal = Field(gt=0)
    steps: tuple[Step, ...] = ()
    round_index: Literal["before", "after"] = Field(
        description="before: the published (rounded) index is scored; after: the exact one, points are rounded"
    )
    decimals: int = Field(default=2, ge=0, le=6)
    source: str

    @model_validator(mode="after")
    def _steps_descend(self) -> ScoringRule:
        if self.kind == "steps" and not self.steps:
            raise ValueError("kind: steps needs a list of steps, highest bound first")
        if self.kind == "linear" and self.steps:
            raise ValueError("kind: linear takes no steps; points are max_points * index / 100")
        bounds = [step.bound for step in self.steps]
        if bounds != sorted(bounds, reverse=True):
            raise ValueError(
                "steps must go from the highest bound to the lowest: the first that holds gives the points"
            )
        return self


class Disclosure(Model):
    """Primary rules of disclosure control (docs/disclosure-control.md)."""

    is_enabled: bool = True
    min_respondents_for_rate: int = Field(default=10, ge=1)
    threshold: int = Field(default=5, ge=2, description="counts of 1 .. threshold-1 are sensitive")
    dominance_pct: Decimal = Field(default=Decimal("80"), gt=0, le=100)
    officials_min_respondents: int = Field(default=5, ge=1)
    microdata_k: int = Field(default=5, ge=2)
    microdata_l: int = Field(default=2, ge=1)


class Method(Model):
    method_code: Code
    version: Code
    name: Label
    formulas: dict[Code, Formula] = Field(description="index code -> formula")
    thresholds: tuple[Threshold, ...] = ()
    decimals: int = Field(default=2, ge=0, le=6, description="published digits of a percentage, rounded half up")
    min_respondents_ranked: int = Field(default=5, ge=1)
    min_respondents_compared: int = Field(default=30, ge=1)
    confidence_pct: Decimal = Field(default=Decimal("95"), gt=50, lt=100)
    scoring: tuple[ScoringRule, ...] = ()
    disclosure: Disclosure = Disclosure()


# --- units.csv, successions.csv, frame.csv, published_results.csv ------------------------------------------


class Unit(Model):
    """A row of the register: valid from `valid_from` (inclusive) to `valid_to` (exclusive; None: still)."""

    unit_code: Code
    unit_name: str
    unit_name_en: str
    unit_level: Code
    parent_code: Code | None = None
    valid_from: dt.date
    valid_to: dt.date | None = None
    admin_code: str | None = None
    is_provisional: bool = False

    def is_open(self, on: dt.date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


class Succession(Model):
    predecessor_code: Code
    successor_code: Code
    succeeded_on: dt.date
    kind: Literal["renamed", "merged", "split", "redrawn"]


class FrameCell(Model):
    """Active respondents of a unit (own, not of its subtree)."""

    round_code: Code
    unit_code: Code
    respondent_type: Code
    n_active: int = Field(ge=0)


class PublishedResult(Model):
    round_code: Code
    unit_code: Code
    index_code: Code
    index_pct: Decimal
    evidence: Literal["published", "planted"]
    source: str


# --- sources.yaml ------------------------------------------------------------------------------------------


class DateTemplate(Model):
    """How a source writes times: strptime formats tried in order; `template` completes a partial date first."""

    formats: tuple[str, ...] = ("%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f")
    time_zone: str | None = Field(default=None, description="of naive values; default: the survey's")
    template: str = "{value}"


class ColumnMapping(Model):
    """Canonical column -> the source's column; per round where names drift, constants where there is none."""

    columns: dict[ColumnName, str] = {}
    questions: dict[Code, str] = Field(default={}, description="question code -> source column, where they differ")
    constants: dict[ColumnName, str] = {}
    dates: DateTemplate | None = None
    blanks: tuple[str, ...] | None = Field(default=None, description="values that mean 'left blank'")


class SqlSource(Model):
    kind: Literal["sql"]
    name: Code
    url: str
    layout: Literal["long", "wide"]
    submission_table: str
    answer_table: str | None = None
    submission_key_column: str | None = Field(
        default=None, description="unique key of the submission table that answers refer to; default: submission_id's"
    )
    answer_submission_column: str = "submission_id"
    answer_question_column: str = "question_code"
    answer_value_column: str = "value"
    round_column: str = Field(description="column of the submission table that names the round")
    round_values: dict[Code, str] = Field(default={}, description="round code -> the source's value, where they differ")
    mapping: ColumnMapping
    rounds: dict[Code, ColumnMapping] = {}
    overlap_minutes: int = Field(default=60, ge=0, description="re-read behind the watermark, for late commits")
    batch_rows: int = Field(default=100_000, ge=1)

    @model_validator(mode="after")
    def _long_needs_answers(self) -> SqlSource:
        if self.layout == "long" and not self.answer_table:
            raise ValueError("layout: long needs answer_table")
        return self


class FileSource(Model):
    kind: Literal["files"]
    name: Code
    path: str = Field(
        description="folder with the dropped files; {round_code} is filled in; relative to --storage's parent"
    )
    pattern: str = "*"
    format: Literal["csv", "excel", "jsonl", "parquet", "auto"] = "auto"
    encoding: str = Field(default="auto", description="auto detects UTF-8 (BOM), UTF-16, windows-1258 and TCVN3")
    delimiter: str = ","
    decimal: Literal[".", ","] = "."
    sheet: str | None = None
    header_row: int | None = Field(default=None, description="0-based; default: found by the mapped column names")
    mapping: ColumnMapping
    rounds: dict[Code, ColumnMapping] = {}
    round_patterns: dict[Code, str] = Field(default={}, description="round code -> file pattern")


Source = Annotated[SqlSource | FileSource, Field(discriminator="kind")]


# --- rules.yaml --------------------------------------------------------------------------------------------


class Rule(Model):
    """A rule of the survey's own: any expectation of Great Expectations by its class name."""

    rule_id: Code
    gate: Literal["landing", "submissions", "microdata", "comments", "results"]
    expectation: str
    arguments: dict[str, Any] = {}
    row_condition: str | None = None
    severity: Severity = "warning"
    rejects: bool = Field(default=False, description="true: a row that breaks the rule goes to quarantine")
    owner: str
    description: Label
