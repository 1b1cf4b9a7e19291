"""The audit trail: append-only events, chained by hashes so that a change or a gap shows.

An event says who did what to which round, with counts and hashes. The database refuses to change or delete one; whoever
can switch that off (the owner of the tables) still breaks the chain, and `verify_chain` says where. The last events of a
trail can only be missed against a copy: keep the hash that `record_event` returns with what the event allowed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from warehouse.engine import WarehouseError
from warehouse.tables import audit_event

FIRST = "0" * 64
PLAIN = re.compile(r"[A-Za-z0-9_.:/ -]{0,128}")


class AuditBrokenError(WarehouseError):
    """The trail was changed outside the pipeline."""


def record_event(
    bind: sa.Engine | sa.Connection,
    *,
    action: str,
    actor: str,
    survey_code: str | None = None,
    round_code: str | None = None,
    detail: Mapping[str, int | str] | None = None,
    happened_at: dt.datetime | None = None,
) -> str:
    """Append an event; within the caller's transaction where a connection is given.

    Args:
        detail: counts, codes and hashes; never a respondent's values.
        happened_at: UTC; now where absent.

    Returns:
        the event's id, SHA-256 over the id before it and this event.

    Raises:
        ValueError: the detail holds what is neither a count nor a code.
    """
    if isinstance(bind, sa.Engine):
        with bind.execution_options(writes=True).begin() as connection:
            return record_event(
                connection,
                action=action,
                actor=actor,
                survey_code=survey_code,
                round_code=round_code,
                detail=detail,
                happened_at=happened_at,
            )
    if bind.dialect.name == "postgresql":
        bind.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('hailong audit'))"))
    last = bind.execute(sa.select(audit_event).order_by(audit_event.c.event_number.desc()).limit(1)).first()
    event = {
        "event_number": last.event_number + 1 if last else 1,
        "happened_at": (happened_at or dt.datetime.now(dt.UTC)).replace(tzinfo=None, microsecond=0),
        "actor": actor,
        "action": action,
        "survey_code": survey_code,
        "round_code": round_code,
        "detail": json.dumps(_checked(detail or {}), sort_keys=True),
    }
    event_id = _hash_event(last.event_id if last else FIRST, event)
    bind.execute(sa.insert(audit_event), {**event, "event_id": event_id})
    return event_id


def find_events(connection: sa.Connection, action: str, survey_code: str, round_code: str) -> list[dict[str, Any]]:
    """Details of a round's events of one kind, oldest first."""
    query = (
        sa.select(audit_event.c.detail)
        .where(audit_event.c.action == action)
        .where(audit_event.c.survey_code == survey_code, audit_event.c.round_code == round_code)
        .order_by(audit_event.c.event_number)
    )
    return [json.loads(detail) for detail in connection.execute(query).scalars()]


def verify_chain(engine: sa.Engine) -> int:
    """Number of events, when each follows from the one before it.

    Raises:
        AuditBrokenError: an event was changed, removed or put in.
    """
    before, n_events = FIRST, 0
    with engine.connect() as connection:
        for row in connection.execute(sa.select(audit_event).order_by(audit_event.c.event_number)).mappings():
            n_events += 1
            event = {name: value for name, value in row.items() if name != "event_id"}
            if row["event_number"] != n_events or row["event_id"] != _hash_event(before, event):
                raise AuditBrokenError(
                    f"audit trail: event {n_events} is not what was written; the trail was changed outside hailong. "
                    "See 'Audit trail is broken' in docs/runbook.md"
                )
            before = row["event_id"]
    return n_events


def _hash_event(before: str, event: Mapping[str, Any]) -> str:
    parts = [before, *(str(event[name]) for name in sorted(event))]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _checked(detail: Mapping[str, int | str]) -> Mapping[str, int | str]:
    for name, value in detail.items():
        if not (isinstance(value, int) or (isinstance(value, str) and PLAIN.fullmatch(value))):
            raise ValueError(f"audit detail {name}: neither a count nor a code of up to 128 plain characters")
    return detail
