"""All tables of the first version.

Revision: 0001; follows: None
"""
# ruff: noqa: E501, comments are as long as the contract has them

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "dim_index",
        sa.Column(
            "survey_code",
            sa.String(length=64),
            nullable=False,
            comment="Survey the row belongs to; surveys share the warehouse",
        ),
        sa.Column(
            "index_code",
            sa.String(length=64),
            nullable=False,
            comment="Index: service, disclosure, online, complaints ...",
        ),
        sa.Column("index_name", sa.Text(), nullable=False, comment="Name of the index, Vietnamese"),
        sa.Column("index_name_en", sa.Text(), nullable=False, comment="Name of the index, English"),
        sa.PrimaryKeyConstraint("survey_code", "index_code", name=op.f("pk_dim_index")),
        comment="Indices of each survey",
    )
    op.create_table(
        "dim_question",
        sa.Column(
            "survey_code",
            sa.String(length=64),
            nullable=False,
            comment="Survey the row belongs to; surveys share the warehouse",
        ),
        sa.Column("instrument_code", sa.String(length=64), nullable=False, comment="Questionnaire"),
        sa.Column("question_code", sa.String(length=64), nullable=False, comment="Question"),
        sa.Column(
            "index_code", sa.String(length=64), nullable=True, comment="Index the question belongs to; NULL: none"
        ),
        sa.Column("question_text", sa.Text(), nullable=False, comment="Wording, Vietnamese"),
        sa.Column("question_text_en", sa.Text(), nullable=False, comment="Wording, English"),
        sa.Column("scale_code", sa.String(length=64), nullable=False, comment="Answer scale"),
        sa.PrimaryKeyConstraint("survey_code", "instrument_code", "question_code", name=op.f("pk_dim_question")),
        comment="Rated questions of each instrument",
    )
    op.create_table(
        "dim_round",
        sa.Column(
            "survey_code",
            sa.String(length=64),
            nullable=False,
            comment="Survey the row belongs to; surveys share the warehouse",
        ),
        sa.Column("round_code", sa.String(length=64), nullable=False, comment="Round (wave), e.g. 2023-2"),
        sa.Column("round_name", sa.Text(), nullable=False, comment="Name of the round, Vietnamese"),
        sa.Column("round_name_en", sa.Text(), nullable=False, comment="Name of the round, English"),
        sa.Column("opens_on", sa.Date(), nullable=False, comment="First day of the window in the survey's time zone"),
        sa.Column("closes_on", sa.Date(), nullable=False, comment="Last day of the window, inclusive"),
        sa.Column("register_date", sa.Date(), nullable=False, comment="Day whose unit register the round uses"),
        sa.Column("instrument_code", sa.String(length=64), nullable=False, comment="Questionnaire used"),
        sa.Column("method_code", sa.String(length=64), nullable=False, comment="Method declared for the round"),
        sa.Column(
            "previous_round_code", sa.String(length=64), nullable=True, comment="Round before it; NULL for the first"
        ),
        sa.PrimaryKeyConstraint("survey_code", "round_code", name=op.f("pk_dim_round")),
        comment="Rounds of each survey with their windows",
    )
    op.create_table(
        "dim_unit",
        sa.Column(
            "survey_code",
            sa.String(length=64),
            nullable=False,
            comment="Survey the row belongs to; surveys share the warehouse",
        ),
        sa.Column(
            "unit_code", sa.String(length=64), nullable=False, comment="Code of the unit; text, leading zeros matter"
        ),
        sa.Column("valid_from", sa.Date(), nullable=False, comment="First day this entry holds, inclusive"),
        sa.Column("valid_to", sa.Date(), nullable=True, comment="Day this entry ends, exclusive; NULL: still valid"),
        sa.Column("unit_name", sa.Text(), nullable=False, comment="Name of the unit, Vietnamese"),
        sa.Column("unit_name_en", sa.Text(), nullable=False, comment="Name of the unit, English or without diacritics"),
        sa.Column(
            "unit_level",
            sa.String(length=64),
            nullable=False,
            comment="Level in the tree: system, province, district ...",
        ),
        sa.Column("unit_level_name", sa.Text(), nullable=False, comment="Name of the level, Vietnamese"),
        sa.Column("unit_level_name_en", sa.Text(), nullable=False, comment="Name of the level, English"),
        sa.Column(
            "parent_code", sa.String(length=64), nullable=True, comment="Code of the unit above; NULL for the system"
        ),
        sa.Column(
            "unit_path",
            sa.Text(),
            nullable=False,
            comment="Codes from the system down to the unit, each closed by '/': 0001/0010/0012/",
        ),
        sa.Column(
            "admin_code",
            sa.String(length=64),
            nullable=True,
            comment="Administrative code of the area, where one applies",
        ),
        sa.Column(
            "is_provisional",
            sa.Boolean(),
            nullable=False,
            comment="True: the official code is unknown; derived from the administrative code",
        ),
        sa.PrimaryKeyConstraint("survey_code", "unit_code", "valid_from", name=op.f("pk_dim_unit")),
        comment="Effective-dated register of rated units; codes and names get reused, so the key is code and date",
    )
    op.create_table(
        "fct_change",
        sa.Column(
            "survey_code",
            sa.String(length=64),
            nullable=False,
            comment="Survey the row belongs to; surveys share the warehouse",
        ),
        sa.Column(
            "round_code", sa.String(length=64), nullable=False, comment="Round (wave) of the survey, e.g. 2023-2"
        ),
        sa.Column(
            "release_number",
            sa.Integer(),
            nullable=False,
            comment="Numbered release of the round's figures (table release)",
        ),
        sa.Column("baseline_round_code", sa.String(length=64), nullable=False, comment="Round compared with"),
        sa.Column(
            "unit_code",
            sa.String(length=64),
            nullable=False,
            comment="Rated unit, by its code in the register on the round's register date",
        ),
        sa.Column(
            "respondent_type",
            sa.String(length=64),
            nullable=False,
            comment="Type of respondent; 'all' for the total over types",
        ),
        sa.Column("index_code", sa.String(length=64), nullable=False, comment="Index"),
        sa.Column(
            "comparability",
            sa.String(length=64),
            nullable=False,
            comment="comparable, method_changed, questions_changed, unit_reorganised, too_few_respondents, suppressed or not_in_baseline",
        ),
        sa.Column("index_pct", sa.Numeric(precision=9, scale=4), nullable=True, comment="Index in this round"),
        sa.Column(
            "baseline_pct", sa.Numeric(precision=9, scale=4), nullable=True, comment="Index in the baseline round"
        ),
        sa.Column(
            "change_points",
            sa.Numeric(precision=9, scale=4),
            nullable=True,
            comment="index_pct - baseline_pct; NULL unless comparable",
        ),
        sa.Column(
            "change_low_points",
            sa.Numeric(precision=9, scale=4),
            nullable=True,
            comment="Lower bound of the change's interval",
        ),
        sa.Column(
            "change_high_points",
            sa.Numeric(precision=9, scale=4),
            nullable=True,
            comment="Upper bound of the change's interval",
        ),
        sa.PrimaryKeyConstraint(
            "survey_code",
            "round_code",
            "release_number",
            "baseline_round_code",
            "unit_code",
            "respondent_type",
            "index_code",
            name=op.f("pk_fct_change"),
        ),
        comment="Change of an index against an earlier round, always with a state of comparability",
    )
    op.create_table(
        "fct_index",
        sa.Column(
            "survey_code",
            sa.String(length=64),
            nullable=False,
            comment="Survey the row belongs to; surveys share the warehouse",
        ),
        sa.Column(
            "round_code", sa.String(length=64), nullable=False, comment="Round (wave) of the survey, e.g. 2023-2"
        ),
        sa.Column(
            "release_number",
            sa.Integer(),
            nullable=False,
            comment="Numbered release of the round's figures (table release)",
        ),
        sa.Column(
            "unit_code",
            sa.String(length=64),
            nullable=False,
            comment="Rated unit, by its code in the register on the round's register date",
        ),
        sa.Column(
            "respondent_type",
            sa.String(length=64),
            nullable=False,
            comment="Type of respondent; 'all' for the total over types",
        ),
        sa.Column("index_code", sa.String(length=64), nullable=False, comment="Index"),
        sa.Column("unit_level", sa.String(length=64), nullable=False, comment="Level of the unit"),
        sa.Column(
            "formula",
            sa.String(length=64),
            nullable=False,
            comment="Formula of the method: top2, mean100, non_dissatisfied, all_items",
        ),
        sa.Column(
            "n_respondents",
            sa.Integer(),
            nullable=True,
            comment="Respondents with at least one answer to the index's questions",
        ),
        sa.Column(
            "numerator",
            sa.Integer(),
            nullable=True,
            comment="Counted answers (top2: satisfied), points (mean100) or respondents (all_items)",
        ),
        sa.Column(
            "denominator",
            sa.Integer(),
            nullable=True,
            comment="What it could be at most: answers (top2), 100 x answers (mean100), respondents",
        ),
        sa.Column(
            "index_pct",
            sa.Numeric(precision=9, scale=4),
            nullable=True,
            comment="100 * numerator / denominator, rounded once, half up",
        ),
        sa.Column(
            "weighted_pct",
            sa.Numeric(precision=9, scale=4),
            nullable=True,
            comment="The same under survey weights; NULL where the survey has none",
        ),
        sa.Column(
            "interval_low_pct",
            sa.Numeric(precision=9, scale=4),
            nullable=True,
            comment="Lower bound: uncertainty from non-response if it is ignorable",
        ),
        sa.Column(
            "interval_high_pct",
            sa.Numeric(precision=9, scale=4),
            nullable=True,
            comment="Upper bound of the same interval; not a margin of error",
        ),
        sa.Column(
            "rank",
            sa.Integer(),
            nullable=True,
            comment="Rank within level and respondent type, 1 is highest; ties share it",
        ),
        sa.Column("rank_of", sa.Integer(), nullable=True, comment="Number of ranked units of the level"),
        sa.Column("n_tied", sa.Integer(), nullable=True, comment="Units that share the rank, this one included"),
        sa.Column(
            "rank_state",
            sa.String(length=64),
            nullable=False,
            comment="ranked, too_few_respondents, suppressed or not_ranked (a level of one unit)",
        ),
        sa.Column(
            "is_suppressed",
            sa.Boolean(),
            nullable=False,
            comment="True: figures withheld by disclosure control, and NULL (never 0)",
        ),
        sa.Column(
            "suppression_reason",
            sa.String(length=64),
            nullable=True,
            comment="primary (too few took part; of counts of units: too few on a side), complementary (protects "
            "another such count) or withheld (why is not said)",
        ),
        sa.PrimaryKeyConstraint(
            "survey_code",
            "round_code",
            "release_number",
            "unit_code",
            "respondent_type",
            "index_code",
            name=op.f("pk_fct_index"),
        ),
        comment="Indices per unit and respondent type, with numerator, denominator and respondents",
    )
    op.create_table(
        "fct_reform_score",
        sa.Column(
            "survey_code",
            sa.String(length=64),
            nullable=False,
            comment="Survey the row belongs to; surveys share the warehouse",
        ),
        sa.Column(
            "round_code", sa.String(length=64), nullable=False, comment="Round (wave) of the survey, e.g. 2023-2"
        ),
        sa.Column(
            "release_number",
            sa.Integer(),
            nullable=False,
            comment="Numbered release of the round's figures (table release)",
        ),
        sa.Column(
            "unit_code",
            sa.String(length=64),
            nullable=False,
            comment="Rated unit, by its code in the register on the round's register date",
        ),
        sa.Column("rule_code", sa.String(length=64), nullable=False, comment="Scoring rule"),
        sa.Column("rule_name", sa.Text(), nullable=False, comment="Name of the rule, Vietnamese"),
        sa.Column("rule_name_en", sa.Text(), nullable=False, comment="Name of the rule, English"),
        sa.Column("index_code", sa.String(length=64), nullable=False, comment="Index the rule scores"),
        sa.Column("index_pct", sa.Numeric(precision=9, scale=4), nullable=True, comment="Index, published"),
        sa.Column(
            "points",
            sa.Numeric(precision=9, scale=4),
            nullable=True,
            comment="Points by the rule; NULL: index withheld",
        ),
        sa.Column(
            "max_points", sa.Numeric(precision=9, scale=4), nullable=False, comment="Most points the rule can give"
        ),
        sa.PrimaryKeyConstraint(
            "survey_code", "round_code", "release_number", "unit_code", "rule_code", name=op.f("pk_fct_reform_score")
        ),
        comment="Points for the administrative-reform score by the method's rules",
    )
    op.create_table(
        "fct_response",
        sa.Column(
            "survey_code",
            sa.String(length=64),
            nullable=False,
            comment="Survey the row belongs to; surveys share the warehouse",
        ),
        sa.Column(
            "round_code", sa.String(length=64), nullable=False, comment="Round (wave) of the survey, e.g. 2023-2"
        ),
        sa.Column(
            "release_number",
            sa.Integer(),
            nullable=False,
            comment="Numbered release of the round's figures (table release)",
        ),
        sa.Column(
            "unit_code",
            sa.String(length=64),
            nullable=False,
            comment="Rated unit, by its code in the register on the round's register date",
        ),
        sa.Column(
            "respondent_type",
            sa.String(length=64),
            nullable=False,
            comment="Type of respondent; 'all' for the total over types",
        ),
        sa.Column("n_extracted", sa.Integer(), nullable=False, comment="Landed rows"),
        sa.Column("n_superseded", sa.Integer(), nullable=False, comment="Rows replaced by a later one"),
        sa.Column("n_accepted", sa.Integer(), nullable=False, comment="Submissions that count"),
        sa.Column("n_quarantined", sa.Integer(), nullable=False, comment="Rows set aside"),
        sa.Column(
            "n_active", sa.Integer(), nullable=True, comment="Active respondents by the survey's frame; NULL: no frame"
        ),
        sa.Column(
            "response_pct", sa.Numeric(precision=9, scale=4), nullable=True, comment="100 * n_accepted / n_active"
        ),
        sa.PrimaryKeyConstraint(
            "survey_code", "round_code", "release_number", "unit_code", "respondent_type", name=op.f("pk_fct_response")
        ),
        comment="Response: what came in, what counted, and the response rate where a frame is known",
    )
    op.create_table(
        "fct_threshold",
        sa.Column(
            "survey_code",
            sa.String(length=64),
            nullable=False,
            comment="Survey the row belongs to; surveys share the warehouse",
        ),
        sa.Column(
            "round_code", sa.String(length=64), nullable=False, comment="Round (wave) of the survey, e.g. 2023-2"
        ),
        sa.Column(
            "release_number",
            sa.Integer(),
            nullable=False,
            comment="Numbered release of the round's figures (table release)",
        ),
        sa.Column("unit_code", sa.String(length=64), nullable=False, comment="Unit whose subtree is counted"),
        sa.Column("unit_level", sa.String(length=64), nullable=False, comment="Level of the counted units"),
        sa.Column("index_code", sa.String(length=64), nullable=False, comment="Index"),
        sa.Column("threshold_pct", sa.Numeric(precision=9, scale=4), nullable=False, comment="Threshold"),
        sa.Column("n_units", sa.Integer(), nullable=False, comment="Units of the level in the subtree"),
        sa.Column("n_above", sa.Integer(), nullable=True, comment="Units whose index is above the threshold"),
        sa.Column("n_not_above", sa.Integer(), nullable=True, comment="Units whose index is at or below it"),
        sa.Column(
            "n_at",
            sa.Integer(),
            nullable=True,
            comment="Units whose index equals it exactly; NULL where withheld units count",
        ),
        sa.Column(
            "n_below",
            sa.Integer(),
            nullable=True,
            comment="Units whose index is below it; NULL where withheld units count",
        ),
        sa.Column("n_not_rated", sa.Integer(), nullable=True, comment="Units with too few respondents to be counted"),
        sa.Column(
            "is_suppressed",
            sa.Boolean(),
            nullable=False,
            comment="True: figures withheld by disclosure control, and NULL (never 0)",
        ),
        sa.Column(
            "suppression_reason",
            sa.String(length=64),
            nullable=True,
            comment="primary (too few took part; of counts of units: too few on a side), complementary (protects "
            "another such count) or withheld (why is not said)",
        ),
        sa.PrimaryKeyConstraint(
            "survey_code",
            "round_code",
            "release_number",
            "unit_code",
            "unit_level",
            "index_code",
            name=op.f("pk_fct_threshold"),
        ),
        comment="Number of units of a level above, at and below the method's threshold; units whose own index is withheld "
        "count",
    )
    op.create_table(
        "fct_answer",
        sa.Column(
            "survey_code",
            sa.String(length=64),
            nullable=False,
            comment="Survey the row belongs to; surveys share the warehouse",
        ),
        sa.Column(
            "round_code", sa.String(length=64), nullable=False, comment="Round (wave) of the survey, e.g. 2023-2"
        ),
        sa.Column(
            "release_number",
            sa.Integer(),
            nullable=False,
            comment="Numbered release of the round's figures (table release)",
        ),
        sa.Column(
            "unit_code",
            sa.String(length=64),
            nullable=False,
            comment="Rated unit, by its code in the register on the round's register date",
        ),
        sa.Column(
            "respondent_type",
            sa.String(length=64),
            nullable=False,
            comment="Type of respondent; 'all' for the total over types",
        ),
        sa.Column("question_code", sa.String(length=64), nullable=False, comment="Question"),
        sa.Column(
            "answer_code", sa.Integer(), nullable=False, comment="Level of the scale, or a choice that is no answer"
        ),
        sa.Column("answer_name", sa.Text(), nullable=False, comment="Name of the level, Vietnamese"),
        sa.Column("answer_name_en", sa.Text(), nullable=False, comment="Name of the level, English"),
        sa.Column("is_answer", sa.Boolean(), nullable=False, comment="False: not applicable, no opinion"),
        sa.Column("n_answers", sa.Integer(), nullable=True, comment="Respondents who chose it"),
        sa.Column(
            "is_suppressed",
            sa.Boolean(),
            nullable=False,
            comment="True: figures withheld by disclosure control, and NULL (never 0)",
        ),
        sa.Column(
            "suppression_reason",
            sa.String(length=64),
            nullable=True,
            comment="primary (too few took part; of counts of units: too few on a side), complementary (protects "
            "another such count) or withheld (why is not said)",
        ),
        sa.PrimaryKeyConstraint(
            "survey_code",
            "round_code",
            "release_number",
            "unit_code",
            "respondent_type",
            "question_code",
            "answer_code",
            name=op.f("pk_fct_answer"),
        ),
        schema="management",
        comment="Distribution of answers over the levels of each question",
    )
    op.create_table(
        "fct_dissatisfaction",
        sa.Column(
            "survey_code",
            sa.String(length=64),
            nullable=False,
            comment="Survey the row belongs to; surveys share the warehouse",
        ),
        sa.Column(
            "round_code", sa.String(length=64), nullable=False, comment="Round (wave) of the survey, e.g. 2023-2"
        ),
        sa.Column(
            "release_number",
            sa.Integer(),
            nullable=False,
            comment="Numbered release of the round's figures (table release)",
        ),
        sa.Column(
            "unit_code",
            sa.String(length=64),
            nullable=False,
            comment="Unit where the respondents transact, with its subtree",
        ),
        sa.Column("n_respondents", sa.Integer(), nullable=False, comment="Accepted submissions"),
        sa.Column("n_naming_any", sa.Integer(), nullable=True, comment="Respondents who name a unit or an official"),
        sa.Column("n_naming_unit", sa.Integer(), nullable=True, comment="Respondents who name a unit"),
        sa.Column("n_naming_official", sa.Integer(), nullable=True, comment="Respondents who name an official"),
        sa.Column("n_units_named", sa.Integer(), nullable=True, comment="Distinct units named"),
        sa.Column("n_officials_named", sa.Integer(), nullable=True, comment="Distinct officials named"),
        sa.Column(
            "is_suppressed",
            sa.Boolean(),
            nullable=False,
            comment="True: figures withheld by disclosure control, and NULL (never 0)",
        ),
        sa.Column(
            "suppression_reason",
            sa.String(length=64),
            nullable=True,
            comment="primary (too few took part; of counts of units: too few on a side), complementary (protects "
            "another such count) or withheld (why is not said)",
        ),
        sa.PrimaryKeyConstraint(
            "survey_code", "round_code", "release_number", "unit_code", name=op.f("pk_fct_dissatisfaction")
        ),
        schema="management",
        comment="Respondents who name a unit or an official they are dissatisfied with",
    )
    op.create_table(
        "fct_feedback",
        sa.Column(
            "survey_code",
            sa.String(length=64),
            nullable=False,
            comment="Survey the row belongs to; surveys share the warehouse",
        ),
        sa.Column(
            "round_code", sa.String(length=64), nullable=False, comment="Round (wave) of the survey, e.g. 2023-2"
        ),
        sa.Column(
            "release_number",
            sa.Integer(),
            nullable=False,
            comment="Numbered release of the round's figures (table release)",
        ),
        sa.Column(
            "unit_code",
            sa.String(length=64),
            nullable=False,
            comment="Unit where the respondents transact, with its subtree",
        ),
        sa.Column(
            "feedback_code",
            sa.String(length=64),
            nullable=False,
            comment="Field of the form: complaint_online, complaint_disclosure, opinion_manner ...",
        ),
        sa.Column("theme_code", sa.String(length=64), nullable=False, comment="Theme; 'all' for the total"),
        sa.Column(
            "polarity",
            sa.String(length=64),
            nullable=False,
            comment="positive, negative, neutral, mixed; 'all' for the total",
        ),
        sa.Column("n_comments", sa.Integer(), nullable=True, comment="Comments"),
        sa.Column(
            "is_suppressed",
            sa.Boolean(),
            nullable=False,
            comment="True: figures withheld by disclosure control, and NULL (never 0)",
        ),
        sa.Column(
            "suppression_reason",
            sa.String(length=64),
            nullable=True,
            comment="primary (too few took part; of counts of units: too few on a side), complementary (protects "
            "another such count) or withheld (why is not said)",
        ),
        sa.PrimaryKeyConstraint(
            "survey_code",
            "round_code",
            "release_number",
            "unit_code",
            "feedback_code",
            "theme_code",
            "polarity",
            name=op.f("pk_fct_feedback"),
        ),
        schema="management",
        comment="Complaints, opinions and suggestions by unit, and by theme and polarity",
    )
    op.create_table(
        "fct_question",
        sa.Column(
            "survey_code",
            sa.String(length=64),
            nullable=False,
            comment="Survey the row belongs to; surveys share the warehouse",
        ),
        sa.Column(
            "round_code", sa.String(length=64), nullable=False, comment="Round (wave) of the survey, e.g. 2023-2"
        ),
        sa.Column(
            "release_number",
            sa.Integer(),
            nullable=False,
            comment="Numbered release of the round's figures (table release)",
        ),
        sa.Column(
            "unit_code",
            sa.String(length=64),
            nullable=False,
            comment="Rated unit, by its code in the register on the round's register date",
        ),
        sa.Column(
            "respondent_type",
            sa.String(length=64),
            nullable=False,
            comment="Type of respondent; 'all' for the total over types",
        ),
        sa.Column("question_code", sa.String(length=64), nullable=False, comment="Question"),
        sa.Column("n_respondents", sa.Integer(), nullable=True, comment="Respondents who answered the question"),
        sa.Column("numerator", sa.Integer(), nullable=True, comment="As in fct_index"),
        sa.Column("denominator", sa.Integer(), nullable=True, comment="As in fct_index"),
        sa.Column(
            "question_pct",
            sa.Numeric(precision=9, scale=4),
            nullable=True,
            comment="100 * numerator / denominator, rounded once, half up",
        ),
        sa.Column(
            "is_suppressed",
            sa.Boolean(),
            nullable=False,
            comment="True: figures withheld by disclosure control, and NULL (never 0)",
        ),
        sa.Column(
            "suppression_reason",
            sa.String(length=64),
            nullable=True,
            comment="primary (too few took part; of counts of units: too few on a side), complementary (protects "
            "another such count) or withheld (why is not said)",
        ),
        sa.PrimaryKeyConstraint(
            "survey_code",
            "round_code",
            "release_number",
            "unit_code",
            "respondent_type",
            "question_code",
            name=op.f("pk_fct_question"),
        ),
        schema="management",
        comment="The index's formula applied to each single question",
    )
    op.create_table(
        "pipeline_run",
        sa.Column(
            "run_id",
            sa.String(length=64),
            nullable=False,
            comment="SHA-256 of survey, round, method, input hash and code version, first 16 digits",
        ),
        sa.Column("survey_code", sa.String(length=64), nullable=False, comment="Survey"),
        sa.Column("round_code", sa.String(length=64), nullable=False, comment="Round"),
        sa.Column("method_version", sa.String(length=64), nullable=False, comment="Method code and version"),
        sa.Column("code_version", sa.String(length=64), nullable=False, comment="Version of hailong"),
        sa.Column(
            "input_hash",
            sa.String(length=64),
            nullable=False,
            comment="SHA-256 over the landed batches and the survey's files",
        ),
        sa.Column("n_extracted", sa.Integer(), nullable=False, comment="Landed rows of the round"),
        sa.Column(
            "n_superseded",
            sa.Integer(),
            nullable=False,
            comment="Rows replaced by a later revision or by the survey's deduplication rule",
        ),
        sa.Column("n_accepted", sa.Integer(), nullable=False, comment="Rows that passed validation"),
        sa.Column("n_quarantined", sa.Integer(), nullable=False, comment="Rows set aside with the rules they broke"),
        sa.Column("n_erased", sa.Integer(), nullable=False, comment="Rows erased on request of a data subject"),
        sa.Column("n_warnings", sa.Integer(), nullable=False, comment="Rules of severity warning that failed"),
        sa.Column("started_at", sa.DateTime(), nullable=False, comment="Start of the run (UTC)"),
        sa.Column("finished_at", sa.DateTime(), nullable=False, comment="End of the run (UTC)"),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_pipeline_run")),
        comment="Runs that computed figures; a run with the same inputs and code has the same id",
    )
    op.create_table(
        "release",
        sa.Column(
            "survey_code",
            sa.String(length=64),
            nullable=False,
            comment="Survey the row belongs to; surveys share the warehouse",
        ),
        sa.Column(
            "round_code", sa.String(length=64), nullable=False, comment="Round (wave) of the survey, e.g. 2023-2"
        ),
        sa.Column(
            "release_number",
            sa.Integer(),
            nullable=False,
            comment="Numbered release of the round's figures (table release)",
        ),
        sa.Column(
            "status",
            sa.String(length=64),
            nullable=False,
            comment="draft, refused (a draft that was not approved; kept), published, or superseded (a later one was published)",
        ),
        sa.Column("method_code", sa.String(length=64), nullable=False, comment="Method the figures were computed by"),
        sa.Column("method_version", sa.String(length=64), nullable=False, comment="Version of the method"),
        sa.Column(
            "run_id", sa.String(length=64), nullable=False, comment="Run that computed the figures (table pipeline_run)"
        ),
        sa.Column(
            "content_hash",
            sa.String(length=64),
            nullable=False,
            comment="SHA-256 over the release's result tables; equal hash, equal figures",
        ),
        sa.Column("approved_by", sa.Text(), nullable=True, comment="Who approved the publication"),
        sa.Column(
            "note", sa.Text(), nullable=True, comment="Reason of a correction, or note of who approved or refused"
        ),
        sa.Column("published_at", sa.DateTime(), nullable=True, comment="When it was published (UTC)"),
        sa.PrimaryKeyConstraint("survey_code", "round_code", "release_number", name=op.f("pk_release")),
        comment="Numbered releases of each round's figures",
    )
    op.create_table(
        "audit_event",
        sa.Column("event_number", sa.Integer(), nullable=False, comment="Position in the trail, from 1"),
        sa.Column(
            "event_id",
            sa.String(length=64),
            nullable=False,
            comment="SHA-256 over the previous event's id and this event: a chain that shows tampering",
        ),
        sa.Column("happened_at", sa.DateTime(), nullable=False, comment="When (UTC)"),
        sa.Column("actor", sa.Text(), nullable=False, comment="Who: account name or approver"),
        sa.Column(
            "action",
            sa.String(length=64),
            nullable=False,
            comment="What: publish, refuse, erase_requested, erase, access, retain, look_up, grant, revoke, create_key, rotate_key, destroy_key, release_microdata, release_quarantine",
        ),
        sa.Column("survey_code", sa.String(length=64), nullable=True, comment="Survey"),
        sa.Column("round_code", sa.String(length=64), nullable=True, comment="Round"),
        sa.Column(
            "detail", sa.Text(), nullable=False, comment="Counts and hashes as JSON; never a respondent's values"
        ),
        sa.PrimaryKeyConstraint("event_number", name=op.f("pk_audit_event")),
        schema="restricted",
        comment="Append-only trail: releases, erasures, retention, look-ups, key changes, quarantine releases",
    )
    op.create_table(
        "comment",
        sa.Column(
            "survey_code",
            sa.String(length=64),
            nullable=False,
            comment="Survey the row belongs to; surveys share the warehouse",
        ),
        sa.Column(
            "round_code", sa.String(length=64), nullable=False, comment="Round (wave) of the survey, e.g. 2023-2"
        ),
        sa.Column(
            "release_number",
            sa.Integer(),
            nullable=False,
            comment="Numbered release of the round's figures (table release)",
        ),
        sa.Column(
            "comment_id", sa.String(length=64), nullable=False, comment="Keyed pseudonym of submission and field"
        ),
        sa.Column("unit_code", sa.String(length=64), nullable=False, comment="Unit where the respondent transacts"),
        sa.Column("feedback_code", sa.String(length=64), nullable=False, comment="Field of the form"),
        sa.Column(
            "redacted_text", sa.Text(), nullable=False, comment="Text with personal data replaced by typed tokens"
        ),
        sa.Column("themes", sa.Text(), nullable=False, comment="Themes, separated by spaces"),
        sa.Column("polarity", sa.String(length=64), nullable=False, comment="positive, negative, neutral or mixed"),
        sa.PrimaryKeyConstraint(
            "survey_code", "round_code", "release_number", "comment_id", "unit_code", name=op.f("pk_comment")
        ),
        schema="restricted",
        comment="Free text after redaction, with its themes",
    )
    op.create_table(
        "fct_official",
        sa.Column(
            "survey_code",
            sa.String(length=64),
            nullable=False,
            comment="Survey the row belongs to; surveys share the warehouse",
        ),
        sa.Column(
            "round_code", sa.String(length=64), nullable=False, comment="Round (wave) of the survey, e.g. 2023-2"
        ),
        sa.Column(
            "release_number",
            sa.Integer(),
            nullable=False,
            comment="Numbered release of the round's figures (table release)",
        ),
        sa.Column("unit_code", sa.String(length=64), nullable=False, comment="Unit where the respondents transact"),
        sa.Column(
            "official_pseudonym",
            sa.String(length=64),
            nullable=False,
            comment="Keyed pseudonym of the official within the unit",
        ),
        sa.Column("n_respondents", sa.Integer(), nullable=False, comment="Distinct respondents who name the official"),
        sa.PrimaryKeyConstraint(
            "survey_code",
            "round_code",
            "release_number",
            "unit_code",
            "official_pseudonym",
            name=op.f("pk_fct_official"),
        ),
        schema="restricted",
        comment="Officials named 'không hài lòng', by pseudonym, from a stated number of distinct respondents",
    )
    op.create_table(
        "suggestion_item",
        sa.Column(
            "survey_code",
            sa.String(length=64),
            nullable=False,
            comment="Survey the row belongs to; surveys share the warehouse",
        ),
        sa.Column("comment_id", sa.String(length=64), nullable=False, comment="Comment (table comment)"),
        sa.Column("round_code", sa.String(length=64), nullable=False, comment="Round it came in"),
        sa.Column("unit_code", sa.String(length=64), nullable=False, comment="Unit where the respondent transacts"),
        sa.Column("status", sa.String(length=64), nullable=False, comment="new, accepted, rejected or done"),
        sa.Column("status_note", sa.Text(), nullable=True, comment="Note of the person who set the status"),
        sa.PrimaryKeyConstraint("survey_code", "comment_id", name=op.f("pk_suggestion_item")),
        schema="restricted",
        comment="Work list of suggestions about online services; the status is people's, loads never change it",
    )
    op.create_table(
        "unit_grant",
        sa.Column("role_name", sa.String(length=64), nullable=False, comment="Database role"),
        sa.Column(
            "survey_code",
            sa.String(length=64),
            nullable=False,
            comment="Survey the row belongs to; surveys share the warehouse",
        ),
        sa.Column(
            "unit_code", sa.String(length=64), nullable=False, comment="Code of the unit at the top of the subtree"
        ),
        sa.Column(
            "valid_from",
            sa.Date(),
            nullable=False,
            comment="Entry of the register (dim_unit): codes get reused, so a grant names one",
        ),
        sa.PrimaryKeyConstraint("role_name", "survey_code", "unit_code", "valid_from", name=op.f("pk_unit_grant")),
        schema="restricted",
        comment="Whose detail a database role may read in the management tier: a unit and its subtree (PostgreSQL)",
    )
    op.create_table(
        "validation_result",
        sa.Column("run_id", sa.String(length=64), nullable=False, comment="Run (table pipeline_run)"),
        sa.Column(
            "gate", sa.String(length=64), nullable=False, comment="landing, submissions, microdata, comments or results"
        ),
        sa.Column("rule_id", sa.String(length=64), nullable=False, comment="Rule"),
        sa.Column("survey_code", sa.String(length=64), nullable=False, comment="Survey"),
        sa.Column("round_code", sa.String(length=64), nullable=False, comment="Round"),
        sa.Column("severity", sa.String(length=64), nullable=False, comment="critical, warning or info"),
        sa.Column("is_success", sa.Boolean(), nullable=False, comment="True: the rule holds"),
        sa.Column("n_tested", sa.Integer(), nullable=True, comment="Rows tested"),
        sa.Column("n_failed", sa.Integer(), nullable=True, comment="Rows that broke the rule"),
        sa.Column(
            "failed_pct", sa.Numeric(precision=9, scale=4), nullable=True, comment="Share of rows that broke the rule"
        ),
        sa.Column(
            "example_keys",
            sa.Text(),
            nullable=False,
            comment="Up to ten keys of failing rows, separated by spaces: row numbers, pseudonyms or cells; no values",
        ),
        sa.Column("description", sa.Text(), nullable=False, comment="What the rule asks, Vietnamese"),
        sa.Column("description_en", sa.Text(), nullable=False, comment="What the rule asks, English"),
        sa.PrimaryKeyConstraint("run_id", "gate", "rule_id", name=op.f("pk_validation_result")),
        schema="restricted",
        comment="What each validation rule found in a run; counts and keys only, never values",
    )
    op.create_table(
        "view_definition",
        sa.Column("view_name", sa.String(length=64), nullable=False, comment="View"),
        sa.Column(
            "definition_hash",
            sa.String(length=64),
            nullable=False,
            comment="SHA-256 of the definition and its comments",
        ),
        sa.PrimaryKeyConstraint("view_name", name=op.f("pk_view_definition")),
        comment="Definition of each view as it was created; a view is created anew when the code defines it otherwise",
    )
