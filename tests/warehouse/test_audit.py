"""The audit trail: nobody changes it unseen, and it holds nobody's values."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import sqlalchemy as sa

from tests.warehouse.conftest import query
from warehouse.audit import AuditBrokenError, record_event, verify_chain
from warehouse.engine import open_warehouse


def record(engine: sa.Engine, *actions: str) -> list[str]:
    return [record_event(engine, action=action, actor="Nguyễn Thị Duyệt", detail={"n_rows": 3}) for action in actions]


def execute(engine: sa.Engine, *statements: str) -> None:
    with engine.execution_options(writes=True).begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


def unlock(engine: sa.Engine) -> None:
    """What the owner of the tables could do."""
    if engine.dialect.name == "sqlite":
        execute(
            engine, "DROP TRIGGER restricted.audit_event_no_update", "DROP TRIGGER restricted.audit_event_no_delete"
        )
    else:
        execute(engine, "ALTER TABLE restricted.audit_event DISABLE TRIGGER USER")


def test_events_are_numbered_and_follow_from_each_other(engine: sa.Engine) -> None:
    ids = record(engine, "publish", "erase", "retain")
    assert verify_chain(engine) == 3
    assert query(engine, "SELECT event_number, event_id FROM audit_event ORDER BY 1") == list(enumerate(ids, start=1))


@pytest.mark.parametrize("change", ["UPDATE audit_event SET actor = 'x'", "DELETE FROM audit_event"])
def test_the_database_refuses_to_change_the_trail(engine: sa.Engine, change: str) -> None:
    record(engine, "publish")
    with pytest.raises(sa.exc.DatabaseError, match="append-only"):
        execute(engine, change)
    assert verify_chain(engine) == 1


def test_postgresql_refuses_to_empty_the_trail(postgresql: sa.Engine) -> None:
    record(postgresql, "publish")
    with pytest.raises(sa.exc.DatabaseError, match="append-only"):
        execute(postgresql, "TRUNCATE restricted.audit_event")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_event SET actor = 'x' WHERE event_number = 2",
        "DELETE FROM audit_event WHERE event_number = 2",
        "UPDATE audit_event SET detail = '{}' WHERE event_number = 3",
    ],
    ids=["other actor", "gap", "other detail"],
)
def test_a_change_behind_the_databases_back_breaks_the_chain(engine: sa.Engine, change: str) -> None:
    record(engine, "publish", "erase", "retain")
    unlock(engine)
    execute(engine, change)
    with pytest.raises(AuditBrokenError, match=r"event [23] is not what was written"):
        verify_chain(engine)


@pytest.mark.parametrize("value", ["Trần Thị B", "a\nb", "x" * 129, 1.5, None])
def test_a_detail_that_could_be_somebodys_value_is_refused(engine: sa.Engine, value: Any) -> None:
    with pytest.raises(ValueError, match="neither a count nor a code"):
        record_event(engine, action="erase", actor="Duyệt", detail={"what": value})
    assert verify_chain(engine) == 0


def test_events_written_at_once_are_one_chain(engine: sa.Engine, warehouse_url: str) -> None:
    def write() -> None:
        own = open_warehouse(warehouse_url)
        record(own, *["retain"] * 5)
        own.dispose()

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verify_chain(engine) == 15
