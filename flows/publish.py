"""Publishing needs a person: they see the draft, approve or refuse it; then the figures are frozen and exported.

In the UI the run waits in the state `AwaitingApproval` with a form behind its button Resume, for as long as it takes and
without a process; `hailong publish` does the same in a terminal. Stopped anywhere, either completes what it began.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal, cast

import sqlalchemy as sa
from prefect import flow, runtime
from prefect.artifacts import create_markdown_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.exceptions import Abort, Pause
from prefect.input import RunInput, keyset_from_paused_state
from prefect.states import Completed, Paused
from prefect.utilities.engine import propose_state_sync
from pydantic import Field

from flows import artifacts
from flows.disclosure import refuse_differences
from flows.errors import OperationError
from flows.jobs import RoundJob, RoundRef
from flows.object_stores import Place, local_folder, send_folder
from flows.rounds import stage
from reports.release_card import find_published, write_release_brief, write_release_card
from reports.writing import write_report
from warehouse.engine import open_warehouse
from warehouse.exports import export_release
from warehouse.releases import Release, list_releases, publish_release, refuse_release
from warehouse.tables import MANAGEMENT

APPROVE, REFUSE = "Phê duyệt / Approve", "Từ chối / Refuse"
TIERS = {"public": None, "management": MANAGEMENT}
RELATED = ("indices", "ranking", "response", "suppression", "summary")


class PublishError(OperationError):
    """There is nothing to publish, or nobody can be asked."""


class Approval(RunInput):
    """The form behind the button Resume; the server refuses it when a field is missing."""

    approver: str = Field(title="Người phê duyệt / Who approves", pattern=r"\S")
    decision: Literal["Phê duyệt / Approve", "Từ chối / Refuse"] = Field(title="Quyết định / Decision")
    note: str = Field("", title="Ghi chú (được công bố, không nêu tên ai) / Note (published, so name nobody)")


class CorrectionApproval(Approval):
    """Published figures are corrected only for a reason."""

    note: str = Field(
        title="Lý do đính chính (được công bố, không nêu tên ai) / Reason of the correction (published, so name nobody)",
        pattern=r"\S",
    )


def _run_name() -> str:
    given = runtime.flow_run.parameters
    return f"{RoundRef(given['survey'], '').survey_name} {given['round_code']} publish"


@flow(name="publish", flow_run_name=_run_name, persist_result=False)
def publish(survey: str, round_code: str) -> State[Any]:
    """Show a round's newest release, wait for approval or refusal, publish, and write the exports.

    Args:
        survey: name or folder of the survey.
        round_code: round, e.g. 2023-2.
    """
    ref = RoundRef(survey, round_code)
    artifacts.tag_run(ref.open())
    show(ref)
    with _warehouse(ref) as (job, engine):
        shown = find_newest(job, engine)
        if shown.status != "published":
            answer = _ask(job, engine, shown)
            if answer.decision == REFUSE:
                refuse_release(engine, job.survey_code, round_code, shown.release_number, answer.approver, answer.note)
                return Completed(message=f"{shown.name} was refused by {answer.approver}: the draft is kept")
            freeze(ref, shown, answer.approver, answer.note)
    export(ref)
    show(ref)
    return Completed(message=f"{shown.name} is published")


@stage("show release")
def show(ref: RoundRef) -> None:
    with _warehouse(ref) as (job, engine):
        newest = find_newest(job, engine)
        text = "\n".join([write_release_card(engine, job.folder, newest), *_links(job, newest)])
        create_markdown_artifact(text, artifacts.artifact_key(job, "release"), "Bản số liệu / Release")


@stage("freeze release")
def freeze(ref: RoundRef, shown: Release, approver: str, note: str) -> None:
    with _warehouse(ref) as (job, engine):
        refuse_differences(job, engine, shown)
        key = (job.survey_code, job.round_code, shown.release_number)
        publish_release(engine, *key, approved_by=approver, note=note, content_hash=shown.content_hash)


@stage("write exports")
def export(ref: RoundRef) -> None:
    with _warehouse(ref) as (job, engine):
        write_exports(job, engine, find_newest(job, engine))


def find_newest(job: RoundJob, engine: sa.Engine) -> Release:
    """The round's release with the highest number: a draft to publish, or what was published last.

    Raises:
        PublishError: the round has no release yet.
    """
    releases = list_releases(engine, job.survey_code, job.round_code)
    if not releases:
        raise PublishError(
            f"{job.survey_code} {job.round_code} has no release to publish; run the deployment close-round, or: "
            f"hailong run --survey {job.survey_code} --round {job.round_code}"
        )
    return releases[-1]


def settle(ref: RoundRef, approver: str, note: str, *, is_refused: bool) -> str:
    """Publish or refuse a round's newest release and write its exports, without Prefect; what was done, in one line.

    Raises:
        PublishError: the round has no release yet.
        ReleaseRefusedError: what is asked is not possible; nothing was changed.
    """
    with _warehouse(ref) as (job, engine):
        newest = find_newest(job, engine)
        key = (job.survey_code, job.round_code, newest.release_number)
        if is_refused:
            refuse_release(engine, *key, refused_by=approver, note=note)
            return f"{newest.name} was refused by {approver}: the draft is kept"
        refuse_differences(job, engine, newest)
        publish_release(engine, *key, approved_by=approver, note=note, content_hash=newest.content_hash)
        write_exports(job, engine, newest)
        return f"{newest.name} is published; exports: {_exports(job, newest)}"


def describe(ref: RoundRef) -> str:
    """The card of a round's newest release, in Markdown."""
    with _warehouse(ref) as (job, engine):
        return write_release_card(engine, job.folder, find_newest(job, engine))


def write_exports(job: RoundJob, engine: sa.Engine, release: Release) -> None:
    """`exports/<survey>/<round>/release-<n>/{public,management,report}`; the same release gives the same bytes.

    Copied to HAILONG_EXPORTS_URL where that is set; raises ObjectStoreError where it cannot be: publishing again copies.
    """
    place, key = _exports(job, release), (job.survey_code, job.round_code)
    with (
        job.storage.lock(*key, job.settings.lock_timeout_seconds),
        local_folder(place, job.work) as folder,
    ):
        for name, tier in TIERS.items():
            export_release(engine, *key, folder / name, release.release_number, tier)
        write_report(engine, job.folder, job.round_code, folder / "report", release.release_number)
        if job.settings.exports_url:
            send_folder(folder, "/".join([job.settings.exports_url.rstrip("/"), *key, place.name]))


def _exports(job: RoundJob, release: Release) -> Place:
    return job.storage.exports(job.survey_code, job.round_code, release.release_number)


def _links(job: RoundJob, release: Release) -> Iterator[str]:
    keys = ((name, artifacts.artifact_key(job, name)) for name in RELATED)
    yield "\nXem thêm / See also: " + ", ".join(f"[{name}](/artifacts/key/{key})" for name, key in keys)
    if release.status == "published":
        yield f"\nTệp xuất / Exports: `{_exports(job, release)}`"


def _ask(job: RoundJob, engine: sa.Engine, shown: Release) -> Approval:
    """What the approver answered; where nobody did yet, leave the process until somebody presses Resume.

    As `prefect.suspend_flow_run`, but the state says what is awaited. The figures' hash is in the key: an approval of
    figures that were computed anew since is not one of these, and the run waits again.
    """
    is_correction = find_published(engine, job.survey_code, job.round_code) is not None
    brief = write_release_brief(engine, job.folder, shown)
    read_all = f"[Đọc toàn bộ / Read it all](/artifacts/key/{artifacts.artifact_key(job, 'release')})"
    form = (CorrectionApproval if is_correction else Approval).with_initial_data(description=f"{brief}\n\n{read_all}")
    state: State[Any] = Paused(
        name="AwaitingApproval",
        reschedule=True,
        pause_key=f"{shown.release_number}-{shown.content_hash[:16]}",
        message=f"{shown.name} waits for approval: read the artifact 'release', then press Resume",
    )
    keyset = keyset_from_paused_state(state)
    state.state_details.run_input_keyset = keyset  # type: ignore[assignment]
    with get_client(sync_client=True) as client:
        try:
            reached = propose_state_sync(client, state, runtime.flow_run.id)
        except Abort:
            raise PublishError(
                "a run can wait for approval only as a run of the deployment publish; without one: hailong publish"
            ) from None
        if reached.is_running():
            return cast(Approval, form.load(keyset))
        form.save(keyset)
    raise Pause(state=reached)


@contextmanager
def _warehouse(ref: RoundRef) -> Iterator[tuple[RoundJob, sa.Engine]]:
    job = ref.open()
    engine = open_warehouse(job.settings.warehouse)
    try:
        yield job, engine
    finally:
        engine.dispose()
