"""Who may see which rows (PostgreSQL), and triggers that make the audit trail append-only.

Policies name no role: they hold for every role but the owner, who loads. What a role may read at all is granted by
`warehouse.grants`.

Revision: 0002; follows: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"

PUBLIC = ("fct_index", "fct_change", "fct_threshold", "fct_response", "fct_reform_score")
MANAGEMENT = ("fct_question", "fct_answer", "fct_dissatisfaction", "fct_feedback")

# a unit's subtree on the register date of each round, of the entries granted to a role or to a role it belongs to;
# the function reads the grants with its owner's rights, so that nobody else needs to, and tells nobody others' grants
GRANTED_UNITS = """
CREATE FUNCTION management.granted_units(asker name)
RETURNS TABLE (survey_code varchar, round_code varchar, unit_code varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
WITH RECURSIVE granted AS (
    SELECT d.survey_code, d.round_code, d.register_date, g.unit_code
    FROM restricted.unit_grant g
    JOIN pg_roles a ON a.rolname = g.role_name AND pg_has_role(asker, a.oid, 'USAGE')
        AND pg_has_role(session_user, asker, 'MEMBER')
    JOIN public.dim_unit u USING (survey_code, unit_code, valid_from)
    JOIN public.dim_round d ON d.survey_code = g.survey_code
        AND u.valid_from <= d.register_date AND (u.valid_to IS NULL OR d.register_date < u.valid_to)
    UNION
    SELECT g.survey_code, g.round_code, g.register_date, u.unit_code
    FROM granted g
    JOIN public.dim_unit u ON u.survey_code = g.survey_code AND u.parent_code = g.unit_code
        AND u.valid_from <= g.register_date AND (u.valid_to IS NULL OR g.register_date < u.valid_to)
)
SELECT survey_code, round_code, unit_code FROM granted $$"""

# readers see no draft: the release's own policy hides it, and the rows of a release follow the release
IS_PUBLISHED = "status IN ('published', 'superseded')"
OF_RELEASE = (
    "(survey_code, round_code, release_number) IN "
    f"(SELECT r.survey_code, r.round_code, r.release_number FROM public.release r WHERE r.{IS_PUBLISHED})"
)
OF_UNIT = (
    "(survey_code, round_code, unit_code) IN "
    "(SELECT g.survey_code, g.round_code, g.unit_code FROM management.granted_units(current_user) g)"
)
AGAINST_PUBLISHED = (
    "(survey_code, baseline_round_code) IN "
    f"(SELECT r.survey_code, r.round_code FROM public.release r WHERE r.{IS_PUBLISHED})"
)
OF_RUN = f"run_id IN (SELECT r.run_id FROM public.release r WHERE r.{IS_PUBLISHED})"

POLICIES = {
    "public.release": IS_PUBLISHED,
    "public.pipeline_run": OF_RUN,
    **{f"public.{table}": OF_RELEASE for table in PUBLIC},
    "public.fct_change": f"{OF_RELEASE} AND {AGAINST_PUBLISHED}",
    **{f"management.{table}": f"{OF_RELEASE} AND {OF_UNIT}" for table in MANAGEMENT},
}

SQLITE_TRIGGER = """
CREATE TRIGGER restricted.audit_event_no_{lower} BEFORE {upper} ON audit_event
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"""

POSTGRESQL_TRIGGER = """
CREATE FUNCTION restricted.refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$;
CREATE TRIGGER audit_event_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON restricted.audit_event
FOR EACH STATEMENT EXECUTE FUNCTION restricted.refuse_change()"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for event in ("update", "delete"):
            op.execute(SQLITE_TRIGGER.format(lower=event, upper=event.upper()))
        return
    op.execute(POSTGRESQL_TRIGGER)
    op.execute(GRANTED_UNITS)
    for table, condition in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY readers ON {table} FOR SELECT USING ({condition})")
