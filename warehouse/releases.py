"""The life of a release: draft, then published or refused; superseded when a later number is published.

Figures of a published release never change: a correction is loaded as the next number, with a reason, and the old one
stays readable in `v_release_index`. Each step is one transaction, is written to the audit trail, and done twice it
changes nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from warehouse.audit import find_events, record_event
from warehouse.engine import WarehouseError
from warehouse.load import hold_survey
from warehouse.public_file import write_public_file
from warehouse.rows import matches
from warehouse.tables import PUBLIC_STATUSES, release
from warehouse.views import VIEWS


class ReleaseRefusedError(WarehouseError):
    """The step is not possible; the message says why and what is."""


@dataclass(frozen=True)
class Release:
    """A row of the table `release`."""

    survey_code: str
    round_code: str
    release_number: int
    status: str
    method_code: str
    method_version: str
    run_id: str
    content_hash: str
    approved_by: str | None
    note: str | None
    published_at: dt.datetime | None

    @property
    def name(self) -> str:
        return f"{self.survey_code} {self.round_code} release {self.release_number}"


def list_releases(engine: sa.Engine, survey_code: str | None = None, round_code: str | None = None) -> list[Release]:
    """Releases by survey, round and number."""
    given = {"survey_code": survey_code, "round_code": round_code}
    query = sa.select(release).where(matches(release, {name: code for name, code in given.items() if code is not None}))
    order = (release.c.survey_code, release.c.round_code, release.c.release_number)
    with engine.connect() as connection:
        return [Release(**row) for row in connection.execute(query.order_by(*order)).mappings()]


def find_release(engine: sa.Engine, survey_code: str, round_code: str, release_number: int | None = None) -> Release:
    """A release by its number; without one, the current release, which the views show.

    Raises:
        ReleaseRefusedError: there is none.
    """
    with engine.connect() as connection:
        if release_number is None:
            current = VIEWS[0].query.subquery()
            query = sa.select(current.c.release_number).where(
                current.c.survey_code == survey_code, current.c.round_code == round_code
            )
            release_number = connection.execute(query).scalar()
        return _find(connection, survey_code, round_code, release_number)


def publish_release(
    engine: sa.Engine,
    survey_code: str,
    round_code: str,
    release_number: int,
    approved_by: str,
    note: str | None = None,
    content_hash: str | None = None,
) -> Release:
    """Publish a draft; releases of the round published before become superseded, and the views move.

    Args:
        note: of the approver; where figures were published before, the reason of the correction, unless the draft
            already has one.
        content_hash: of the figures that the approver saw. The draft may have been computed anew since.

    Raises:
        ReleaseRefusedError: nobody approves, there is no such draft, its figures are others, a later number is
            published, or a correction has no reason.
    """
    with engine.execution_options(writes=True).begin() as connection:
        hold_survey(connection, survey_code)
        draft = _find(connection, survey_code, round_code, release_number)
        if draft.status != "published":
            _publish(connection, draft, approved_by.strip(), (note or "").strip() or draft.note, content_hash)
        published = _find(connection, survey_code, round_code, release_number)
        _record_once(connection, "publish", published, published.approved_by or approved_by)
    write_public_file(engine)
    return published


def refuse_release(
    engine: sa.Engine, survey_code: str, round_code: str, release_number: int, refused_by: str, note: str
) -> Release:
    """Refuse a draft. It is kept, the next computation replaces it, and it may still be published.

    Raises:
        ReleaseRefusedError: there is no such draft, or it is published.
    """
    with engine.execution_options(writes=True).begin() as connection:
        hold_survey(connection, survey_code)
        draft = _find(connection, survey_code, round_code, release_number)
        if draft.status not in ("draft", "refused"):
            raise ReleaseRefusedError(
                f"{draft.name} is {draft.status}; only a draft can be refused. Correct it instead"
            )
        if draft.status == "draft":
            _update(connection, draft, status="refused", note=note)
        refused = _find(connection, survey_code, round_code, release_number)
        _record_once(connection, "refuse", refused, refused_by)
        return refused


def _publish(
    connection: sa.Connection, draft: Release, approved_by: str, note: str | None, content_hash: str | None
) -> None:
    others = [other for other in _siblings(connection, draft) if other.status in PUBLIC_STATUSES]
    later = [other for other in others if other.release_number > draft.release_number]
    if not approved_by:
        raise ReleaseRefusedError(f"{draft.name}: publishing needs the name of who approves")
    if draft.status == "superseded" or later:
        raise ReleaseRefusedError(f"{draft.name}: release {max(o.release_number for o in later)} is already published")
    if content_hash is not None and content_hash != draft.content_hash:
        raise ReleaseRefusedError(f"{draft.name} was computed anew since it was shown; look at it again, then approve")
    if others and not note:
        raise ReleaseRefusedError(f"{draft.name} corrects published figures; say why in the note")
    for other in others:
        if other.status == "published":
            _update(connection, other, status="superseded")
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
    _update(connection, draft, status="published", approved_by=approved_by, note=note, published_at=now)


def _find(connection: sa.Connection, survey_code: str, round_code: str, release_number: int | None) -> Release:
    key = {"survey_code": survey_code, "round_code": round_code}
    rows = connection.execute(sa.select(release).where(matches(release, key))).mappings()
    found = {row["release_number"]: Release(**row) for row in rows}
    if release_number is not None and release_number in found:
        return found[release_number]
    known = ", ".join(f"{number} ({found[number].status})" for number in sorted(found)) or "none"
    asked = "no release" if release_number is None else f"no release {release_number}"
    raise ReleaseRefusedError(f"survey {survey_code}, round {round_code}: {asked}; there is: {known}")


def _siblings(connection: sa.Connection, of: Release) -> list[Release]:
    key = {"survey_code": of.survey_code, "round_code": of.round_code}
    rows = connection.execute(sa.select(release).where(matches(release, key))).mappings()
    return [Release(**row) for row in rows if row["release_number"] != of.release_number]


def _update(connection: sa.Connection, of: Release, **values: Any) -> None:
    key = {name: getattr(of, name) for name in ("survey_code", "round_code", "release_number")}
    connection.execute(sa.update(release).where(matches(release, key)).values(**values))


def _record_once(connection: sa.Connection, action: str, of: Release, actor: str) -> None:
    # asked of the trail and not of the status: on SQLite the trail is another file than the status (see load.py)
    detail: dict[str, int | str] = {"release_number": of.release_number, "content_hash": of.content_hash}
    if detail not in find_events(connection, action, of.survey_code, of.round_code):
        record_event(
            connection,
            action=action,
            actor=actor,
            survey_code=of.survey_code,
            round_code=of.round_code,
            detail=detail,
        )
