"""The warehouse's tables: the contract that schemas, migrations, loads, exports and the data dictionary project.

Each column carries a comment, and its unit in `info["unit"]`. Tables of results are keyed by release: a round's figures
are loaded as a draft release, frozen when published, and corrected by a new number.

A table's schema is its tier (docs/warehouse.md): none is public; `management` is a unit's detail for those who run it;
`restricted` is for data protection. SQLite knows no schemas: public and management share the warehouse's file, and
restricted is a second file (`<warehouse>.restricted.db`).
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Protocol

import polars as pl
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    TypeDecorator,
)

NAMING = {"pk": "pk_%(table_name)s", "uq": "uq_%(table_name)s_%(column_0_name)s", "ix": "ix_%(column_0_label)s"}
metadata = MetaData(naming_convention=NAMING)

MANAGEMENT = "management"
RESTRICTED = "restricted"


class ExactDecimal(TypeDecorator[Decimal]):
    """NUMERIC that takes and gives `Decimal` on every database.

    SQLite has no decimal type: it stores the nearest double, whose shortest decimal form is the value written
    (docs/decisions/0005). Binding text lets SQLite's NUMERIC affinity convert it, and reading goes through that form.
    """

    impl = Numeric
    cache_ok = True

    def __init__(self, precision: int = 9, scale: int = 4) -> None:
        self.precision, self.scale = precision, scale
        super().__init__(precision, scale, asdecimal=False)

    def bind_processor(self, dialect: Dialect) -> Any:
        return lambda value: None if value is None else str(value) if dialect.name == "sqlite" else Decimal(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return lambda value: None if value is None else Decimal(str(value))


CODE = String(64)
COUNT = Integer()
PCT = ExactDecimal(9, 4)
POINTS = ExactDecimal(9, 4)


def _column(
    name: str, type_: Any, comment: str, unit: str = "", *, key: bool = False, null: bool = False
) -> Column[Any]:
    return Column(name, type_, primary_key=key, nullable=null and not key, comment=comment, info={"unit": unit})


def _survey() -> Column[Any]:
    return _column("survey_code", CODE, "Survey the row belongs to; surveys share the warehouse", key=True)


def _release_key() -> list[Column[Any]]:
    return [
        _survey(),
        _column("round_code", CODE, "Round (wave) of the survey, e.g. 2023-2", key=True),
        _column("release_number", COUNT, "Numbered release of the round's figures (table release)", key=True),
    ]


def _unit(comment: str = "Rated unit, by its code in the register on the round's register date") -> Column[Any]:
    return _column("unit_code", CODE, comment, key=True)


def _respondent_type() -> Column[Any]:
    return _column("respondent_type", CODE, "Type of respondent; 'all' for the total over types", key=True)


def _suppression() -> list[Column[Any]]:
    return [
        _column("is_suppressed", Boolean(), "True: figures withheld by disclosure control, and NULL (never 0)"),
        _column(
            "suppression_reason",
            CODE,
            "primary (too few took part; of counts of units: too few on a side), complementary (protects another "
            "such count) or withheld (why is not said)",
            null=True,
        ),
    ]


def _table(name: str, comment: str, *columns: Column[Any], schema: str | None = None) -> Table:
    return Table(name, metadata, *columns, comment=comment, schema=schema)


# --- dimensions --------------------------------------------------------------------------------------------

dim_round = _table(
    "dim_round",
    "Rounds of each survey with their windows",
    _survey(),
    _column("round_code", CODE, "Round (wave), e.g. 2023-2", key=True),
    _column("round_name", Text(), "Name of the round, Vietnamese"),
    _column("round_name_en", Text(), "Name of the round, English"),
    _column("opens_on", Date(), "First day of the window in the survey's time zone"),
    _column("closes_on", Date(), "Last day of the window, inclusive"),
    _column("register_date", Date(), "Day whose unit register the round uses"),
    _column("instrument_code", CODE, "Questionnaire used"),
    _column("method_code", CODE, "Method declared for the round"),
    _column("previous_round_code", CODE, "Round before it; NULL for the first", null=True),
)

dim_unit = _table(
    "dim_unit",
    "Effective-dated register of rated units; codes and names get reused, so the key is code and date",
    _survey(),
    _unit("Code of the unit; text, leading zeros matter"),
    _column("valid_from", Date(), "First day this entry holds, inclusive", key=True),
    _column("valid_to", Date(), "Day this entry ends, exclusive; NULL: still valid", null=True),
    _column("unit_name", Text(), "Name of the unit, Vietnamese"),
    _column("unit_name_en", Text(), "Name of the unit, English or without diacritics"),
    _column("unit_level", CODE, "Level in the tree: system, province, district ..."),
    _column("unit_level_name", Text(), "Name of the level, Vietnamese"),
    _column("unit_level_name_en", Text(), "Name of the level, English"),
    _column("parent_code", CODE, "Code of the unit above; NULL for the system", null=True),
    _column("unit_path", Text(), "Codes from the system down to the unit, each closed by '/': 0001/0010/0012/"),
    _column("admin_code", CODE, "Administrative code of the area, where one applies", null=True),
    _column("is_provisional", Boolean(), "True: the official code is unknown; derived from the administrative code"),
)

dim_index = _table(
    "dim_index",
    "Indices of each survey",
    _survey(),
    _column("index_code", CODE, "Index: service, disclosure, online, complaints ...", key=True),
    _column("index_name", Text(), "Name of the index, Vietnamese"),
    _column("index_name_en", Text(), "Name of the index, English"),
)

dim_question = _table(
    "dim_question",
    "Rated questions of each instrument",
    _survey(),
    _column("instrument_code", CODE, "Questionnaire", key=True),
    _column("question_code", CODE, "Question", key=True),
    _column("index_code", CODE, "Index the question belongs to; NULL: none", null=True),
    _column("question_text", Text(), "Wording, Vietnamese"),
    _column("question_text_en", Text(), "Wording, English"),
    _column("scale_code", CODE, "Answer scale"),
)

# --- releases, runs, checks --------------------------------------------------------------------------------

PUBLIC_STATUSES = ("published", "superseded")
"""Of a release that is or was published: whoever has it keeps it."""

release = _table(
    "release",
    "Numbered releases of each round's figures",
    *_release_key(),
    _column(
        "status",
        CODE,
        "draft, refused (a draft that was not approved; kept), published, or superseded (a later one was published)",
    ),
    _column("method_code", CODE, "Method the figures were computed by"),
    _column("method_version", CODE, "Version of the method"),
    _column("run_id", CODE, "Run that computed the figures (table pipeline_run)"),
    _column("content_hash", CODE, "SHA-256 over the release's result tables; equal hash, equal figures"),
    _column("approved_by", Text(), "Who approved the publication", null=True),
    _column("note", Text(), "Reason of a correction, or note of who approved or refused", null=True),
    _column("published_at", DateTime(), "When it was published (UTC)", null=True),
)

pipeline_run = _table(
    "pipeline_run",
    "Runs that computed figures; a run with the same inputs and code has the same id",
    _column("run_id", CODE, "SHA-256 of survey, round, method, input hash and code version, first 16 digits", key=True),
    _column("survey_code", CODE, "Survey"),
    _column("round_code", CODE, "Round"),
    _column("method_version", CODE, "Method code and version"),
    _column("code_version", CODE, "Version of hailong"),
    _column("input_hash", CODE, "SHA-256 over the landed batches and the survey's files"),
    _column("n_extracted", COUNT, "Landed rows of the round", "rows"),
    _column("n_superseded", COUNT, "Rows replaced by a later revision or by the survey's deduplication rule", "rows"),
    _column("n_accepted", COUNT, "Rows that passed validation", "rows"),
    _column("n_quarantined", COUNT, "Rows set aside with the rules they broke", "rows"),
    _column("n_erased", COUNT, "Rows erased on request of a data subject", "rows"),
    _column("n_warnings", COUNT, "Rules of severity warning that failed", "rules"),
    _column("started_at", DateTime(), "Start of the run (UTC)"),
    _column("finished_at", DateTime(), "End of the run (UTC)"),
)

validation_result = _table(
    "validation_result",
    "What each validation rule found in a run; counts and keys only, never values",
    _column("run_id", CODE, "Run (table pipeline_run)", key=True),
    _column("gate", CODE, "landing, submissions, microdata, comments or results", key=True),
    _column("rule_id", CODE, "Rule", key=True),
    _column("survey_code", CODE, "Survey"),
    _column("round_code", CODE, "Round"),
    _column("severity", CODE, "critical, warning or info"),
    _column("is_success", Boolean(), "True: the rule holds"),
    _column("n_tested", COUNT, "Rows tested", "rows", null=True),
    _column("n_failed", COUNT, "Rows that broke the rule", "rows", null=True),
    _column("failed_pct", PCT, "Share of rows that broke the rule", "percent", null=True),
    _column(
        "example_keys",
        Text(),
        "Up to ten keys of failing rows, separated by spaces: row numbers, pseudonyms or cells; no values",
    ),
    _column("description", Text(), "What the rule asks, Vietnamese"),
    _column("description_en", Text(), "What the rule asks, English"),
    schema=RESTRICTED,
)

view_definition = _table(
    "view_definition",
    "Definition of each view as it was created; a view is created anew when the code defines it otherwise",
    _column("view_name", CODE, "View", key=True),
    _column("definition_hash", CODE, "SHA-256 of the definition and its comments"),
)

# --- facts -------------------------------------------------------------------------------------------------

fct_index = _table(
    "fct_index",
    "Indices per unit and respondent type, with numerator, denominator and respondents",
    *_release_key(),
    _unit(),
    _respondent_type(),
    _column("index_code", CODE, "Index", key=True),
    _column("unit_level", CODE, "Level of the unit"),
    _column("formula", CODE, "Formula of the method: top2, mean100, non_dissatisfied, all_items"),
    _column(
        "n_respondents",
        COUNT,
        "Respondents with at least one answer to the index's questions",
        "respondents",
        null=True,
    ),
    _column(
        "numerator", COUNT, "Counted answers (top2: satisfied), points (mean100) or respondents (all_items)", null=True
    ),
    _column(
        "denominator",
        COUNT,
        "What it could be at most: answers (top2), 100 x answers (mean100), respondents",
        null=True,
    ),
    _column("index_pct", PCT, "100 * numerator / denominator, rounded once, half up", "percent", null=True),
    _column("weighted_pct", PCT, "The same under survey weights; NULL where the survey has none", "percent", null=True),
    _column(
        "interval_low_pct", PCT, "Lower bound: uncertainty from non-response if it is ignorable", "percent", null=True
    ),
    _column("interval_high_pct", PCT, "Upper bound of the same interval; not a margin of error", "percent", null=True),
    _column("rank", COUNT, "Rank within level and respondent type, 1 is highest; ties share it", null=True),
    _column("rank_of", COUNT, "Number of ranked units of the level", "units", null=True),
    _column("n_tied", COUNT, "Units that share the rank, this one included", "units", null=True),
    _column("rank_state", CODE, "ranked, too_few_respondents, suppressed or not_ranked (a level of one unit)"),
    *_suppression(),
)

fct_question = _table(
    "fct_question",
    "The index's formula applied to each single question",
    *_release_key(),
    _unit(),
    _respondent_type(),
    _column("question_code", CODE, "Question", key=True),
    _column("n_respondents", COUNT, "Respondents who answered the question", "respondents", null=True),
    _column("numerator", COUNT, "As in fct_index", null=True),
    _column("denominator", COUNT, "As in fct_index", null=True),
    _column("question_pct", PCT, "100 * numerator / denominator, rounded once, half up", "percent", null=True),
    *_suppression(),
    schema=MANAGEMENT,
)

fct_answer = _table(
    "fct_answer",
    "Distribution of answers over the levels of each question",
    *_release_key(),
    _unit(),
    _respondent_type(),
    _column("question_code", CODE, "Question", key=True),
    _column("answer_code", COUNT, "Level of the scale, or a choice that is no answer", key=True),
    _column("answer_name", Text(), "Name of the level, Vietnamese"),
    _column("answer_name_en", Text(), "Name of the level, English"),
    _column("is_answer", Boolean(), "False: not applicable, no opinion"),
    _column("n_answers", COUNT, "Respondents who chose it", "respondents", null=True),
    *_suppression(),
    schema=MANAGEMENT,
)

fct_change = _table(
    "fct_change",
    "Change of an index against an earlier round, always with a state of comparability",
    *_release_key(),
    _column("baseline_round_code", CODE, "Round compared with", key=True),
    _unit(),
    _respondent_type(),
    _column("index_code", CODE, "Index", key=True),
    _column(
        "comparability",
        CODE,
        "comparable, method_changed, questions_changed, unit_reorganised, too_few_respondents, suppressed or "
        "not_in_baseline",
    ),
    _column("index_pct", PCT, "Index in this round", "percent", null=True),
    _column("baseline_pct", PCT, "Index in the baseline round", "percent", null=True),
    _column(
        "change_points", POINTS, "index_pct - baseline_pct; NULL unless comparable", "percentage points", null=True
    ),
    _column("change_low_points", POINTS, "Lower bound of the change's interval", "percentage points", null=True),
    _column("change_high_points", POINTS, "Upper bound of the change's interval", "percentage points", null=True),
)

fct_threshold = _table(
    "fct_threshold",
    "Number of units of a level above, at and below the method's threshold; units whose own index is withheld count",
    *_release_key(),
    _unit("Unit whose subtree is counted"),
    _column("unit_level", CODE, "Level of the counted units", key=True),
    _column("index_code", CODE, "Index", key=True),
    _column("threshold_pct", PCT, "Threshold", "percent"),
    _column("n_units", COUNT, "Units of the level in the subtree", "units"),
    _column("n_above", COUNT, "Units whose index is above the threshold", "units", null=True),
    _column("n_not_above", COUNT, "Units whose index is at or below it", "units", null=True),
    _column("n_at", COUNT, "Units whose index equals it exactly; NULL where withheld units count", "units", null=True),
    _column("n_below", COUNT, "Units whose index is below it; NULL where withheld units count", "units", null=True),
    _column("n_not_rated", COUNT, "Units with too few respondents to be counted", "units", null=True),
    *_suppression(),
)

fct_dissatisfaction = _table(
    "fct_dissatisfaction",
    "Respondents who name a unit or an official they are dissatisfied with",
    *_release_key(),
    _unit("Unit where the respondents transact, with its subtree"),
    _column("n_respondents", COUNT, "Accepted submissions", "respondents"),
    _column("n_naming_any", COUNT, "Respondents who name a unit or an official", "respondents", null=True),
    _column("n_naming_unit", COUNT, "Respondents who name a unit", "respondents", null=True),
    _column("n_naming_official", COUNT, "Respondents who name an official", "respondents", null=True),
    _column("n_units_named", COUNT, "Distinct units named", "units", null=True),
    _column("n_officials_named", COUNT, "Distinct officials named", "officials", null=True),
    *_suppression(),
    schema=MANAGEMENT,
)

fct_feedback = _table(
    "fct_feedback",
    "Complaints, opinions and suggestions by unit, and by theme and polarity",
    *_release_key(),
    _unit("Unit where the respondents transact, with its subtree"),
    _column(
        "feedback_code", CODE, "Field of the form: complaint_online, complaint_disclosure, opinion_manner ...", key=True
    ),
    _column("theme_code", CODE, "Theme; 'all' for the total", key=True),
    _column("polarity", CODE, "positive, negative, neutral, mixed; 'all' for the total", key=True),
    _column("n_comments", COUNT, "Comments", "comments", null=True),
    *_suppression(),
    schema=MANAGEMENT,
)

fct_response = _table(
    "fct_response",
    "Response: what came in, what counted, and the response rate where a frame is known",
    *_release_key(),
    _unit(),
    _respondent_type(),
    _column("n_extracted", COUNT, "Landed rows", "rows"),
    _column("n_superseded", COUNT, "Rows replaced by a later one", "rows"),
    _column("n_accepted", COUNT, "Submissions that count", "submissions"),
    _column("n_quarantined", COUNT, "Rows set aside", "rows"),
    _column("n_active", COUNT, "Active respondents by the survey's frame; NULL: no frame", "respondents", null=True),
    _column("response_pct", PCT, "100 * n_accepted / n_active", "percent", null=True),
)

fct_reform_score = _table(
    "fct_reform_score",
    "Points for the administrative-reform score by the method's rules",
    *_release_key(),
    _unit(),
    _column("rule_code", CODE, "Scoring rule", key=True),
    _column("rule_name", Text(), "Name of the rule, Vietnamese"),
    _column("rule_name_en", Text(), "Name of the rule, English"),
    _column("index_code", CODE, "Index the rule scores"),
    _column("index_pct", PCT, "Index, published", "percent", null=True),
    _column("points", POINTS, "Points by the rule; NULL: index withheld", "points", null=True),
    _column("max_points", POINTS, "Most points the rule can give", "points"),
)

# --- restricted tier ---------------------------------------------------------------------------------------

fct_official = _table(
    "fct_official",
    "Officials named 'không hài lòng', by pseudonym, from a stated number of distinct respondents",
    *_release_key(),
    _unit("Unit where the respondents transact"),
    _column("official_pseudonym", CODE, "Keyed pseudonym of the official within the unit", key=True),
    _column("n_respondents", COUNT, "Distinct respondents who name the official", "respondents"),
    schema=RESTRICTED,
)

comment = _table(
    "comment",
    "Free text after redaction, with its themes",
    *_release_key(),
    _column("comment_id", CODE, "Keyed pseudonym of submission and field", key=True),
    _unit("Unit where the respondent transacts"),
    _column("feedback_code", CODE, "Field of the form"),
    _column("redacted_text", Text(), "Text with personal data replaced by typed tokens"),
    _column("themes", Text(), "Themes, separated by spaces"),
    _column("polarity", CODE, "positive, negative, neutral or mixed"),
    schema=RESTRICTED,
)

suggestion_item = _table(
    "suggestion_item",
    "Work list of suggestions about online services; the status is people's, loads never change it",
    _survey(),
    _column("comment_id", CODE, "Comment (table comment)", key=True),
    _column("round_code", CODE, "Round it came in"),
    _column("unit_code", CODE, "Unit where the respondent transacts"),
    _column("status", CODE, "new, accepted, rejected or done"),
    _column("status_note", Text(), "Note of the person who set the status", null=True),
    schema=RESTRICTED,
)

audit_event = _table(
    "audit_event",
    "Append-only trail: releases, erasures, retention, look-ups, key changes, quarantine releases",
    _column("event_number", COUNT, "Position in the trail, from 1", key=True),
    _column("event_id", CODE, "SHA-256 over the previous event's id and this event: a chain that shows tampering"),
    _column("happened_at", DateTime(), "When (UTC)"),
    _column("actor", Text(), "Who: account name or approver"),
    _column(
        "action",
        CODE,
        "What: publish, refuse, erase_requested, erase, access, retain, look_up, grant, revoke, create_key, rotate_key, "
        "destroy_key, release_microdata, release_quarantine",
    ),
    _column("survey_code", CODE, "Survey", null=True),
    _column("round_code", CODE, "Round", null=True),
    _column("detail", Text(), "Counts and hashes as JSON; never a respondent's values"),
    schema=RESTRICTED,
)

unit_grant = _table(
    "unit_grant",
    "Whose detail a database role may read in the management tier: a unit and its subtree (PostgreSQL)",
    _column("role_name", CODE, "Database role", key=True),
    _survey(),
    _unit("Code of the unit at the top of the subtree"),
    _column("valid_from", Date(), "Entry of the register (dim_unit): codes get reused, so a grant names one", key=True),
    schema=RESTRICTED,
)

RESULT_TABLES: tuple[Table, ...] = (
    fct_index,
    fct_question,
    fct_answer,
    fct_change,
    fct_threshold,
    fct_dissatisfaction,
    fct_feedback,
    fct_response,
    fct_reform_score,
    fct_official,
    comment,
)
"""Tables replaced, per release, by one load."""

DIMENSIONS: tuple[Table, ...] = (dim_round, dim_unit, dim_index, dim_question)


class HasColumns(Protocol):
    """A table, or a view (`warehouse.views.View`)."""

    @property
    def columns(self) -> Iterable[Column[Any]]: ...


def polars_schema(table: HasColumns) -> dict[str, pl.DataType]:
    """Column -> Polars type of the rows of a table or view."""
    return {column.name: _polars_type(column.type) for column in table.columns}


def _polars_type(type_: Any) -> pl.DataType:
    if isinstance(type_, ExactDecimal):
        return pl.Decimal(type_.precision, type_.scale)
    for sql, polars in (
        (Boolean, pl.Boolean()),
        (Integer, pl.Int64()),
        (DateTime, pl.Datetime("us")),
        (Date, pl.Date()),
    ):
        if isinstance(type_, sql):
            return polars
    return pl.String()
