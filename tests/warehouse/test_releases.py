"""The life of a release: who may publish what, what stays frozen, and what is written down."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from surveys.catalogue import SurveyFolder
from tests.warehouse.conftest import contents, load, query, result_rows
from warehouse.audit import find_events
from warehouse.releases import (
    ReleaseRefusedError,
    find_release,
    list_releases,
    publish_release,
    refuse_release,
)

NUMERATORS = "SELECT DISTINCT release_number, release_status, numerator - n_respondents + 10 FROM {view} ORDER BY 1"


def statuses(engine: sa.Engine) -> list[tuple[int, str]]:
    return [(release.release_number, release.status) for release in list_releases(engine, "demo", "2")]


def test_publishing_freezes_a_draft_and_says_who_and_when(engine: sa.Engine, folder: SurveyFolder) -> None:
    load(engine, folder)
    before = result_rows(engine, 1)
    published = publish_release(engine, "demo", "2", 1, " Nguyễn Thị Duyệt ", "đã xem")
    assert (published.status, published.approved_by, published.note) == ("published", "Nguyễn Thị Duyệt", "đã xem")
    assert published.published_at is not None
    assert result_rows(engine, 1) == before


def test_publishing_twice_changes_nothing(engine: sa.Engine, folder: SurveyFolder) -> None:
    load(engine, folder)
    publish_release(engine, "demo", "2", 1, "Duyệt")
    before = contents(engine)
    publish_release(engine, "demo", "2", 1, "Another")
    assert contents(engine) == before


def test_a_correction_supersedes_what_was_published_and_moves_the_views(
    engine: sa.Engine, folder: SurveyFolder
) -> None:
    load(engine, folder)
    publish_release(engine, "demo", "2", 1, "Duyệt")
    load(engine, folder, shift=2)
    assert query(engine, NUMERATORS.format(view="v_index")) == [(1, "published", 0)]
    publish_release(engine, "demo", "2", 2, "Duyệt", "late forms of one office")
    assert statuses(engine) == [(1, "superseded"), (2, "published")]
    assert query(engine, NUMERATORS.format(view="v_index")) == [(2, "published", 2)]
    every = [(1, "superseded", 0), (2, "published", 2)]
    assert query(engine, NUMERATORS.format(view="v_release_index")) == every


def test_a_correction_needs_a_reason(engine: sa.Engine, folder: SurveyFolder) -> None:
    load(engine, folder)
    publish_release(engine, "demo", "2", 1, "Duyệt")
    load(engine, folder, shift=2)
    with pytest.raises(ReleaseRefusedError, match="say why in the note"):
        publish_release(engine, "demo", "2", 2, "Duyệt")
    assert statuses(engine) == [(1, "published"), (2, "draft")]


def test_the_drafts_own_reason_is_enough(engine: sa.Engine, folder: SurveyFolder) -> None:
    load(engine, folder)
    publish_release(engine, "demo", "2", 1, "Duyệt")
    load(engine, folder, shift=2, reason="late forms")
    assert publish_release(engine, "demo", "2", 2, "Duyệt").note == "late forms"


@pytest.mark.parametrize(
    ("number", "approver", "seen", "message"),
    [
        (1, "  ", None, "needs the name of who approves"),
        (1, "Duyệt", "0" * 64, "computed anew since it was shown"),
        (7, "Duyệt", None, r"no release 7; there is: 1 \(draft\)"),
    ],
    ids=["nobody approves", "other figures than seen", "no such release"],
)
def test_what_cannot_be_published_is_refused_and_changes_nothing(
    engine: sa.Engine, folder: SurveyFolder, number: int, approver: str, seen: str | None, message: str
) -> None:
    load(engine, folder)
    before = contents(engine)
    with pytest.raises(ReleaseRefusedError, match=message):
        publish_release(engine, "demo", "2", number, approver, content_hash=seen)
    assert contents(engine) == before


def test_the_figures_that_were_seen_are_published(engine: sa.Engine, folder: SurveyFolder) -> None:
    load(engine, folder)
    seen = find_release(engine, "demo", "2").content_hash
    assert publish_release(engine, "demo", "2", 1, "Duyệt", content_hash=seen).status == "published"


def test_a_superseded_release_is_never_published_again(engine: sa.Engine, folder: SurveyFolder) -> None:
    load(engine, folder)
    publish_release(engine, "demo", "2", 1, "Duyệt")
    load(engine, folder, shift=2, reason="late forms")
    publish_release(engine, "demo", "2", 2, "Duyệt")
    with pytest.raises(ReleaseRefusedError, match="release 2 is already published"):
        publish_release(engine, "demo", "2", 1, "Duyệt", "back again")


def test_a_refused_draft_is_kept_and_may_still_be_published(engine: sa.Engine, folder: SurveyFolder) -> None:
    load(engine, folder)
    refused = refuse_release(engine, "demo", "2", 1, "Duyệt", "one province is missing")
    assert (refused.status, refused.note) == ("refused", "one province is missing")
    assert find_release(engine, "demo", "2").status == "refused"
    assert publish_release(engine, "demo", "2", 1, "Duyệt").status == "published"


def test_a_published_release_cannot_be_refused(engine: sa.Engine, folder: SurveyFolder) -> None:
    load(engine, folder)
    publish_release(engine, "demo", "2", 1, "Duyệt")
    with pytest.raises(ReleaseRefusedError, match="is published; only a draft can be refused"):
        refuse_release(engine, "demo", "2", 1, "Duyệt", "too late")


def test_each_step_is_in_the_audit_trail_once(engine: sa.Engine, folder: SurveyFolder) -> None:
    load(engine, folder)
    for _ in range(2):
        refuse_release(engine, "demo", "2", 1, "Duyệt", "no")
    for _ in range(2):
        publish_release(engine, "demo", "2", 1, "Duyệt")
    seen = {"release_number": 1, "content_hash": find_release(engine, "demo", "2").content_hash}
    with engine.connect() as connection:
        assert find_events(connection, "refuse", "demo", "2") == [seen]
        assert find_events(connection, "publish", "demo", "2") == [seen]


def test_a_round_without_a_release_says_so(engine: sa.Engine, folder: SurveyFolder) -> None:
    with pytest.raises(ReleaseRefusedError, match="round 2: no release; there is: none"):
        find_release(engine, "demo", "2")
