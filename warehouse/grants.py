"""Who reads what on PostgreSQL: one role per tier, and grants of units to the roles of people.

A tier's role may read the tier's schema and the tiers before it: of figures the views, not the tables. They show published
releases only and, in the management tier, the subtrees of units granted to the reader's role (`warehouse.views`); row-level
security (migration 0002) says the same of the tables, for roles that an administrator lets read them. People log in by
roles of their own, which the database's administrator creates.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from warehouse.audit import record_event
from warehouse.engine import WarehouseError
from warehouse.rows import matches
from warehouse.tables import MANAGEMENT, RESTRICTED, RESULT_TABLES, dim_unit, suggestion_item, unit_grant

TIERS = {"public": "public", "management": MANAGEMENT, "restricted": RESTRICTED}


def create_tier_roles(engine: sa.Engine, prefix: str = "hailong") -> list[str]:
    """Create the roles `<prefix>_public`, `<prefix>_management`, `<prefix>_restricted` and let them read their tiers.

    Roles belong to a whole server: warehouses that share one take different prefixes. Running it again changes nothing;
    tables and views of later versions are included.

    Raises:
        WarehouseError: not PostgreSQL, or the connected role may not create roles.
    """
    _require_postgresql(engine)
    quote = engine.dialect.identifier_preparer.quote
    roles = [f"{prefix}_{tier}" for tier in TIERS]
    try:
        with engine.begin() as connection:
            known = set(connection.execute(sa.text("SELECT rolname FROM pg_roles")).scalars())
            for below, role, schema in zip([None, *roles], roles, TIERS.values(), strict=False):
                name = quote(role)
                if role not in known:
                    connection.execute(sa.text(f"CREATE ROLE {name} NOLOGIN"))
                if below is not None:
                    connection.execute(sa.text(f"GRANT {quote(below)} TO {name}"))
                for statement in (
                    f"GRANT USAGE ON SCHEMA {schema} TO {name}",
                    f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {name}",
                    f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO {name}",
                ):
                    connection.execute(sa.text(statement))
                for table in RESULT_TABLES:
                    if table.schema != RESTRICTED:
                        connection.execute(sa.text(f"REVOKE SELECT ON {table.fullname} FROM {name}"))
            columns = "status, status_note"
            update = f"GRANT UPDATE ({columns}) ON {suggestion_item.fullname} TO {quote(roles[-1])}"
            connection.execute(sa.text(update))
    except sa.exc.ProgrammingError as error:
        raise WarehouseError(
            f"roles {', '.join(roles)} cannot be created ({type(error.orig).__name__}); connect with a role that has "
            "CREATEROLE, or let the administrator run this command once"
        ) from None
    return roles


def grant_unit(
    engine: sa.Engine,
    role: str,
    survey_code: str,
    unit_code: str,
    *,
    granted_by: str,
    on: dt.date | None = None,
    prefix: str = "hailong",
) -> dt.date:
    """Let a role read the management tier of a unit and its subtree.

    Codes of units get reused, so the grant is for one entry of the register: the one in force on the day `on`, the
    latest where absent. A unit that was renamed or moved has several entries, and needs a grant for each.

    Returns:
        the first day of the entry.

    Raises:
        WarehouseError: not PostgreSQL; no such role or unit.
    """
    _require_postgresql(engine)
    quote = engine.dialect.identifier_preparer.quote
    with engine.begin() as connection:
        if not connection.execute(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}).first():
            raise WarehouseError(f"role {role}: the server has none; the administrator creates it first")
        valid_from = _find_entry(connection, survey_code, unit_code, on)
        key = {"role_name": role, "survey_code": survey_code, "unit_code": unit_code, "valid_from": valid_from}
        if not connection.execute(sa.select(unit_grant).where(matches(unit_grant, key))).first():
            connection.execute(sa.insert(unit_grant), key)
            detail = {"role_name": role, "unit_code": unit_code}
            record_event(connection, action="grant", actor=granted_by, survey_code=survey_code, detail=detail)
        connection.execute(sa.text(f"GRANT {quote(f'{prefix}_management')} TO {quote(role)}"))
        database = quote(str(connection.execute(sa.text("SELECT current_database()")).scalar()))
        path = f"ALTER ROLE {quote(role)} IN DATABASE {database} SET search_path = public, {MANAGEMENT}"
        connection.execute(sa.text(path))
        return valid_from


def revoke_unit(
    engine: sa.Engine, role: str, survey_code: str, unit_code: str, *, revoked_by: str, on: dt.date | None = None
) -> bool:
    """Take a grant back; False where there was none."""
    _require_postgresql(engine)
    with engine.begin() as connection:
        valid_from = _find_entry(connection, survey_code, unit_code, on)
        key = {"role_name": role, "survey_code": survey_code, "unit_code": unit_code, "valid_from": valid_from}
        done = connection.execute(sa.delete(unit_grant).where(matches(unit_grant, key))).rowcount
        if done:
            detail = {"role_name": role, "unit_code": unit_code}
            record_event(connection, action="revoke", actor=revoked_by, survey_code=survey_code, detail=detail)
        return bool(done)


def _find_entry(connection: sa.Connection, survey_code: str, unit_code: str, on: dt.date | None) -> dt.date:
    entries = sa.select(dim_unit.c.valid_from).where(
        dim_unit.c.survey_code == survey_code, dim_unit.c.unit_code == unit_code
    )
    if on is not None:
        entries = entries.where(
            dim_unit.c.valid_from <= on, sa.or_(dim_unit.c.valid_to.is_(None), dim_unit.c.valid_to > on)
        )
    first_day: dt.date | None = connection.execute(entries.order_by(dim_unit.c.valid_from.desc())).scalar()
    if first_day is None:
        when = f" on {on}" if on else ""
        raise WarehouseError(f"survey {survey_code}: the register has no unit {unit_code}{when}; see dim_unit")
    return first_day


def _require_postgresql(engine: sa.Engine) -> None:
    if engine.dialect.name != "postgresql":
        raise WarehouseError("SQLite has no roles: give each tier's file to its readers (docs/warehouse.md, 'Tiers')")
