"""Views for BI tools: names that never change, labels in Vietnamese and English, the current release of each round.

The current release is the highest published one; a round that was never published shows its draft, and says so in
`release_status`. Names of units are those on the day of the round's register.
"""

from __future__ import annotations

CURRENT = """
    SELECT r.survey_code, r.round_code, MAX(r.release_number) AS release_number
    FROM release r
    WHERE r.status = 'published'
       OR (r.status = 'draft' AND NOT EXISTS (
            SELECT 1 FROM release p
            WHERE p.survey_code = r.survey_code AND p.round_code = r.round_code
              AND p.status IN ('published', 'superseded')))
    GROUP BY r.survey_code, r.round_code"""

RELEASE = "r.release_number, r.status AS release_status, r.method_code, r.method_version"

UNIT = (
    "f.unit_code, u.unit_level, u.unit_name, u.unit_name_en, u.parent_code, p.unit_name AS parent_name, "
    "p.unit_name_en AS parent_name_en, u.unit_path"
)

INDEX = "f.index_code, i.index_name, i.index_name_en"


def _joins(table: str, *, index: bool = False, current: bool = True) -> str:
    source = (
        "JOIN v_current_release c ON c.survey_code = f.survey_code AND c.round_code = f.round_code "
        "AND c.release_number = f.release_number"
    )
    return "\n".join(
        [
            f"FROM {table} f",
            source if current else "",
            "JOIN release r ON r.survey_code = f.survey_code AND r.round_code = f.round_code "
            "AND r.release_number = f.release_number",
            "JOIN dim_round d ON d.survey_code = f.survey_code AND d.round_code = f.round_code",
            "JOIN dim_unit u ON u.survey_code = f.survey_code AND u.unit_code = f.unit_code "
            "AND u.valid_from <= d.register_date AND (u.valid_to IS NULL OR d.register_date < u.valid_to)",
            "LEFT JOIN dim_unit p ON p.survey_code = u.survey_code AND p.unit_code = u.parent_code "
            "AND p.valid_from <= d.register_date AND (p.valid_to IS NULL OR d.register_date < p.valid_to)",
            "JOIN dim_index i ON i.survey_code = f.survey_code AND i.index_code = f.index_code" if index else "",
        ]
    )


ROUND = "f.survey_code, f.round_code, d.round_name, d.round_name_en"

INDEX_COLUMNS = f"""SELECT {ROUND}, {UNIT}, {INDEX}, f.respondent_type, {RELEASE}, f.formula,
    f.index_pct, f.weighted_pct, f.numerator, f.denominator, f.n_respondents, f.interval_low_pct, f.interval_high_pct,
    f.rank, f.rank_of, f.n_tied, f.rank_state, f.is_suppressed, f.suppression_reason"""

VIEWS: dict[str, str] = {
    "v_current_release": CURRENT,
    "v_index": f"{INDEX_COLUMNS}\n{_joins('fct_index', index=True)}",
    "v_release_index": f"{INDEX_COLUMNS}\n{_joins('fct_index', index=True, current=False)}",
    "v_ranking": f"""SELECT {ROUND}, {UNIT}, {INDEX}, {RELEASE}, f.rank, f.rank_of, f.n_tied, f.index_pct, f.n_respondents
{_joins("fct_index", index=True)}
WHERE f.respondent_type = 'all' AND f.rank IS NOT NULL""",
    "v_question": f"""SELECT {ROUND}, {UNIT}, f.respondent_type, {RELEASE}, f.question_code, q.index_code,
    q.question_text, q.question_text_en, f.question_pct, f.numerator, f.denominator, f.n_respondents, f.is_suppressed
{_joins("fct_question")}
JOIN dim_question q ON q.survey_code = f.survey_code AND q.instrument_code = d.instrument_code
    AND q.question_code = f.question_code""",
    "v_change": f"""SELECT {ROUND}, f.baseline_round_code, b.round_name AS baseline_round_name,
    b.round_name_en AS baseline_round_name_en, {UNIT}, {INDEX}, f.respondent_type, {RELEASE}, f.comparability,
    f.index_pct, f.baseline_pct, f.change_points, f.change_low_points, f.change_high_points
{_joins("fct_change", index=True)}
JOIN dim_round b ON b.survey_code = f.survey_code AND b.round_code = f.baseline_round_code""",
    "v_response": f"""SELECT {ROUND}, {UNIT}, f.respondent_type, {RELEASE}, f.n_extracted, f.n_superseded, f.n_accepted,
    f.n_quarantined, f.n_active, f.response_pct
{_joins("fct_response")}""",
    "v_threshold": f"""SELECT {ROUND}, f.unit_code, u.unit_name, u.unit_name_en, f.unit_level AS counted_level, {INDEX},
    {RELEASE}, f.threshold_pct, f.n_units, f.n_above, f.n_at, f.n_below, f.n_not_rated, f.is_suppressed
{_joins("fct_threshold", index=True)}""",
    "v_dissatisfaction": f"""SELECT {ROUND}, {UNIT}, {RELEASE}, f.n_respondents, f.n_naming_any, f.n_naming_unit,
    f.n_naming_official, f.n_units_named, f.n_officials_named, f.is_suppressed
{_joins("fct_dissatisfaction")}""",
    "v_feedback": f"""SELECT {ROUND}, {UNIT}, {RELEASE}, f.feedback_code, f.theme_code, f.polarity, f.n_comments,
    f.is_suppressed
{_joins("fct_feedback")}""",
    "v_reform_score": f"""SELECT {ROUND}, {UNIT}, {INDEX}, {RELEASE}, f.rule_code, f.rule_name, f.rule_name_en, f.index_pct,
    f.points, f.max_points
{_joins("fct_reform_score", index=True)}""",
}
