"""Publishing: the form, what an approval and a refusal do, corrections, and the same without the UI."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import FlowRun, State
from prefect.exceptions import Pause
from prefect.flow_engine import run_flow
from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_TO_API_ENABLED, temporary_settings
from prefect.states import Running

from flows.jobs import RoundJob, RoundRef
from flows.publish import APPROVE, REFUSE, PublishError, describe, publish, settle
from surveys.catalogue import load_survey
from tests.flows.demonstration import drop_file, open_demo, run_round, submission
from warehouse.engine import open_warehouse
from warehouse.releases import Release, ReleaseRefusedError, list_releases


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Round 2 of the demonstration survey with a draft release; each test gets a copy."""
    root = tmp_path_factory.mktemp("computed")
    drop_file(root / "inbox" / "2", "a.csv", [submission(number) for number in range(90)])
    run_round(open_demo(root))
    return root


@pytest.fixture
def job(computed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RoundJob:
    shutil.copytree(computed, tmp_path, dirs_exist_ok=True)
    job = open_demo(tmp_path)
    monkeypatch.setenv("HAILONG_STORAGE", str(job.settings.storage))
    monkeypatch.setenv("HAILONG_SOURCE_URL", str(tmp_path / "inbox" / "2"))
    monkeypatch.setenv("HAILONG_PARTITIONS", "2")
    return job


@pytest.fixture
def ref(job: RoundJob) -> RoundRef:
    return RoundRef(str(job.folder.path), "2")


def releases(job: RoundJob) -> list[Release]:
    engine = open_warehouse(job.settings.warehouse)
    found = list_releases(engine, job.survey_code, job.round_code)
    engine.dispose()
    return found


def correct(job: RoundJob) -> None:
    """More submissions came in: other figures, so a new draft."""
    drop_file(job.settings.storage.parent / "inbox" / "2", "b.csv", [submission(number) for number in range(90, 150)])
    run_round(job)


def exported(job: RoundJob, number: int) -> dict[str, bytes]:
    folder = job.storage.exports(job.survey_code, job.round_code, number)
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


class TestWithoutTheUi:
    def test_an_approved_draft_is_published_and_exported(self, job: RoundJob, ref: RoundRef) -> None:
        told = settle(ref, "Nguyễn Văn A", "ok", is_refused=False)
        assert [(r.status, r.approved_by, r.note) for r in releases(job)] == [("published", "Nguyễn Văn A", "ok")]
        assert "release-1" in told
        assert {"public/v_index.csv", "public/SHA256SUMS", "management/v_index.parquet"} & set(exported(job, 1))

    def test_publishing_twice_changes_nothing(self, job: RoundJob, ref: RoundRef) -> None:
        settle(ref, "A", "", is_refused=False)
        before = (releases(job), exported(job, 1))
        settle(ref, "B", "again", is_refused=False)
        assert (releases(job), exported(job, 1)) == before

    def test_a_refused_draft_is_kept_and_may_still_be_published(self, job: RoundJob, ref: RoundRef) -> None:
        settle(ref, "A", "the north is missing", is_refused=True)
        assert [(r.status, r.note) for r in releases(job)] == [("refused", "the north is missing")]
        assert exported(job, 1) == {}
        settle(ref, "A", "it is not", is_refused=False)
        assert [r.status for r in releases(job)] == ["published"]

    def test_a_correction_needs_a_reason_and_the_old_release_stays(self, job: RoundJob, ref: RoundRef) -> None:
        settle(ref, "A", "", is_refused=False)
        old = exported(job, 1)
        correct(job)
        with pytest.raises(ReleaseRefusedError, match="say why in the note"):
            settle(ref, "A", "", is_refused=False)
        settle(ref, "A", "late files of the north", is_refused=False)
        assert [(r.release_number, r.status) for r in releases(job)] == [(1, "superseded"), (2, "published")]
        assert exported(job, 1) == old != exported(job, 2)

    def test_a_round_without_a_release_says_what_to_run(self, job: RoundJob) -> None:
        with pytest.raises(PublishError, match="has no release to publish; run the deployment close-round"):
            settle(RoundRef(str(job.folder.path), "1"), "A", "", is_refused=False)

    def test_the_card_shows_indices_changes_withheld_cells_warnings_and_counts(
        self, job: RoundJob, ref: RoundRef
    ) -> None:
        card = describe(ref)
        names = [index.name.vi for index in load_survey(job.folder.path).instruments["demo"].indices]
        for expected in (*names, "Largest changes", "Withheld cells", "Warnings", "90 = 90", "Release 1: draft"):
            assert expected in card

    def test_the_card_says_that_changes_wait_for_the_round_before_to_be_published(
        self, job: RoundJob, ref: RoundRef
    ) -> None:
        before = job.folder.round("1").name
        assert f"Changes against {before.en} are not shown, since it is not published" in describe(ref)

    def test_the_card_of_a_correction_says_how_much_differs(self, job: RoundJob, ref: RoundRef) -> None:
        settle(ref, "A", "", is_refused=False)
        correct(job)
        assert "Corrects release 1: a reason is needed" in describe(ref)


def test_a_round_is_shown_and_published_on_postgresql_as_on_sqlite(
    job: RoundJob, ref: RoundRef, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = describe(ref)
    monkeypatch.setenv("HAILONG_WAREHOUSE_URL", postgres_url)
    job = open_demo(job.settings.storage.parent, warehouse_url=postgres_url)
    run_round(job)
    assert describe(ref) == shown
    settle(ref, "A", "", is_refused=False)
    correct(job)
    settle(ref, "A", "late files", is_refused=False)
    assert [r.status for r in releases(job)] == ["superseded", "published"]
    assert "public/v_index.csv" in exported(job, 2)


class Approver:
    """The deployment, its worker and a person at the UI, in one process and on a real server."""

    def __init__(self, client: SyncPrefectClient, survey: str) -> None:
        self.client = client
        self.parameters = {"survey": survey, "round_code": "2"}
        flow_id = client.create_flow_from_name(publish.name)
        self.deployment = client.create_deployment(flow_id, f"publish-{abs(hash(survey))}")
        self.run = client.create_flow_run_from_deployment(self.deployment, parameters=self.parameters)

    def work(self) -> State[Any]:
        """What the worker does with the run, in a process that ends when the run waits."""
        self.client.set_flow_run_state(self.run.id, Running(), force=True)
        flow_run: FlowRun = self.client.read_flow_run(self.run.id)
        with suppress(Pause):
            run_flow(publish, flow_run=flow_run, parameters=self.parameters, return_type="state")
        state = self.client.read_flow_run(self.run.id).state
        assert state is not None
        return state

    def resume(self, **answer: str) -> Any:
        return self.client.resume_flow_run(self.run.id, run_input=answer)


@pytest.fixture
def approver(prefect_server: str, ref: RoundRef) -> Iterator[Approver]:
    quiet = {PREFECT_API_URL: prefect_server, PREFECT_LOGGING_TO_API_ENABLED: False}
    with temporary_settings(quiet), get_client(sync_client=True) as client:
        yield Approver(client, ref.survey)


class TestInTheUi:
    def test_a_run_waits_then_publishes_what_was_approved(self, job: RoundJob, approver: Approver) -> None:
        waiting = approver.work()
        assert (waiting.name, waiting.is_paused()) == ("AwaitingApproval", True)
        assert {"demo", "2"} <= set(approver.client.read_flow_run(approver.run.id).tags)
        assert [r.status for r in releases(job)] == ["draft"]
        approver.resume(approver="Nguyễn Văn A", decision=APPROVE, note="ok")
        done = approver.work()
        assert done.is_completed(), done.message
        assert [(r.status, r.approved_by, r.note) for r in releases(job)] == [("published", "Nguyễn Văn A", "ok")]
        assert "public/SHA256SUMS" in exported(job, 1)

    def test_a_form_without_a_name_is_refused_by_the_server(self, approver: Approver) -> None:
        approver.work()
        for answer in ({"decision": APPROVE}, {"decision": APPROVE, "approver": " "}, {"approver": "A"}):
            assert approver.resume(**answer).status.value == "REJECT"

    def test_a_refusal_keeps_the_draft(self, job: RoundJob, approver: Approver) -> None:
        approver.work()
        approver.resume(approver="A", decision=REFUSE, note="not yet")
        done = approver.work()
        assert done.is_completed()
        assert "refused by A" in str(done.message)
        assert [r.status for r in releases(job)] == ["refused"]
        assert exported(job, 1) == {}

    def test_figures_computed_anew_while_a_person_reads_are_shown_again(
        self, job: RoundJob, approver: Approver
    ) -> None:
        approver.work()
        correct(job)
        approver.resume(approver="A", decision=APPROVE)
        again = approver.work()
        assert again.name == "AwaitingApproval"
        assert [r.status for r in releases(job)] == ["draft"]

    def test_a_correction_asks_for_its_reason(self, job: RoundJob, ref: RoundRef, approver: Approver) -> None:
        settle(ref, "A", "", is_refused=False)
        correct(job)
        approver.work()
        assert approver.resume(approver="A", decision=APPROVE).status.value == "REJECT"
        approver.resume(approver="A", decision=APPROVE, note="late files")
        assert approver.work().is_completed()
        assert [r.status for r in releases(job)] == ["superseded", "published"]
