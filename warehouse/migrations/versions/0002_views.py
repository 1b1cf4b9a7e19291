"""Views for BI tools, and triggers that make the audit trail append-only.

Revision: 0002; follows: 0001
"""

from alembic import op

from warehouse.views import VIEWS

revision = "0002"
down_revision = "0001"

SQLITE_TRIGGER = """
CREATE TRIGGER restricted.audit_event_no_{lower} BEFORE {upper} ON audit_event
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"""

POSTGRESQL_TRIGGER = """
CREATE FUNCTION restricted.refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$;
CREATE TRIGGER audit_event_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON restricted.audit_event
FOR EACH STATEMENT EXECUTE FUNCTION restricted.refuse_change()"""


def upgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for name, query in VIEWS.items():
        # on PostgreSQL a view asks with the rights of who asks, so that row-level security holds
        options = " WITH (security_invoker = true)" if is_postgresql else ""
        op.execute(f"CREATE VIEW {name}{options} AS {query}")
    if is_postgresql:
        op.execute(POSTGRESQL_TRIGGER)
    else:
        for event in ("update", "delete"):
            op.execute(SQLITE_TRIGGER.format(lower=event, upper=event.upper()))


def downgrade() -> None:
    for name in reversed(VIEWS):
        op.execute(f"DROP VIEW {name}")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "DROP TRIGGER audit_event_no_change ON restricted.audit_event; DROP FUNCTION restricted.refuse_change()"
        )
    else:
        for event in ("update", "delete"):
            op.execute(f"DROP TRIGGER restricted.audit_event_no_{event}")
