"""A release in a few small tables: what the operator's screen and the command line show first.

Every function reads one release of the warehouse and returns rows as dictionaries, largest question first.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

Row = dict[str, Any]

AREAS = """
    JOIN dim_unit u ON u.survey_code = f.survey_code AND u.unit_code = f.unit_code
        AND u.valid_from <= d.register_date AND (u.valid_to IS NULL OR d.register_date < u.valid_to)"""

IN_RELEASE = "f.survey_code = :survey_code AND f.round_code = :round_code AND f.release_number = :release_number"
ROUND = "JOIN dim_round d ON d.survey_code = f.survey_code AND d.round_code = f.round_code"

INDICES = f"""
    SELECT i.index_code, i.index_name, i.index_name_en, f.index_pct, f.numerator, f.denominator, f.n_respondents,
        c.baseline_round_code, c.baseline_pct, c.change_points, c.comparability
    FROM fct_index f {ROUND} {AREAS}
    JOIN dim_index i ON i.survey_code = f.survey_code AND i.index_code = f.index_code
    LEFT JOIN fct_change c ON c.survey_code = f.survey_code AND c.round_code = f.round_code
        AND c.release_number = f.release_number AND c.unit_code = f.unit_code AND c.index_code = f.index_code
        AND c.respondent_type = f.respondent_type AND c.baseline_round_code = d.previous_round_code
    WHERE {IN_RELEASE} AND u.parent_code IS NULL AND f.respondent_type = 'all'
    ORDER BY f.index_code"""

RESPONSE = f"""
    SELECT f.unit_code, u.unit_name, f.n_accepted, f.n_active, f.response_pct, b.response_pct AS previous_pct
    FROM fct_response f {ROUND} {AREAS}
    JOIN dim_unit root ON root.survey_code = u.survey_code AND root.unit_code = u.parent_code
        AND root.parent_code IS NULL
    LEFT JOIN v_response b ON b.survey_code = f.survey_code AND b.round_code = d.previous_round_code
        AND b.unit_code = f.unit_code AND b.respondent_type = f.respondent_type
    WHERE {IN_RELEASE} AND f.respondent_type = 'all'
    ORDER BY f.response_pct, f.unit_code"""

RANKED = f"""
    SELECT f.index_code, f.rank, f.rank_of, f.n_tied, f.unit_code, u.unit_name, f.index_pct, f.n_respondents
    FROM fct_index f {ROUND} {AREAS}
    JOIN dim_unit root ON root.survey_code = u.survey_code AND root.unit_code = u.parent_code
        AND root.parent_code IS NULL
    WHERE {IN_RELEASE} AND f.respondent_type = 'all' AND f.rank IS NOT NULL
        AND (f.rank <= :most OR f.rank > f.rank_of - :most)
    ORDER BY f.index_code, f.rank, f.unit_code"""

SUPPRESSED = """
    SELECT '{table}' AS table_name, COUNT(*) AS n_cells, COUNT(suppression_reason) AS n_withheld,
        SUM(CASE WHEN suppression_reason = 'primary' THEN 1 ELSE 0 END) AS n_primary,
        SUM(CASE WHEN suppression_reason = 'complementary' THEN 1 ELSE 0 END) AS n_complementary
    FROM {table} f WHERE """ + IN_RELEASE  # fmt: skip

SUPPRESSIBLE = ("fct_index", "fct_question", "fct_answer", "fct_threshold", "fct_dissatisfaction", "fct_feedback")


def read_indices(engine: sa.Engine, survey_code: str, round_code: str, release_number: int) -> list[Row]:
    """The whole system's indices with numerator, denominator, respondents and the change since the last round."""
    return _read(engine, INDICES, survey_code, round_code, release_number)


def read_response(engine: sa.Engine, survey_code: str, round_code: str, release_number: int) -> list[Row]:
    """Response of the units right below the whole system, lowest first, beside the last round's."""
    return _read(engine, RESPONSE, survey_code, round_code, release_number)


def read_extremes(
    engine: sa.Engine, survey_code: str, round_code: str, release_number: int, most: int = 5
) -> list[Row]:
    """The `most` first and last units right below the whole system, by index."""
    return _read(engine, RANKED, survey_code, round_code, release_number, most=most)


def read_suppression(engine: sa.Engine, survey_code: str, round_code: str, release_number: int) -> list[Row]:
    """How many cells of each table are withheld, and why."""
    query = " UNION ALL ".join(SUPPRESSED.format(table=table) for table in SUPPRESSIBLE)
    return _read(engine, query, survey_code, round_code, release_number)


def _read(
    engine: sa.Engine, query: str, survey_code: str, round_code: str, release_number: int, **more: int
) -> list[Row]:
    given = {"survey_code": survey_code, "round_code": round_code, "release_number": release_number, **more}
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(sa.text(query), given).mappings()]
