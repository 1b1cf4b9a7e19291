"""A round with planted dirt, as its operator meets it: stopped by a critical rule, mended at the source, run again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from prefect.artifacts import Artifact
from prefect.client.schemas.objects import State
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.jobs import RoundJob
from flows.rounds import RoundStoppedError, close_round
from tests.flows.demonstration import drop_file, open_demo, submission
from tests.integration.canary_search import find_canaries, read_everything

CANARY = "Zqxđồng Thị Vỹ"
TIDY = [submission(n) for n in range(40)]
DIRTY = [
    submission(n, sent="2023-12-24 08:00:00", named_official=CANARY, complaint_online=CANARY, phone=CANARY, T1=CANARY)
    if n < 8
    else row
    for n, row in enumerate(TIDY)
]


@pytest.fixture(scope="module")
def server(prefect_server: str) -> Iterator[None]:
    with temporary_settings({PREFECT_API_URL: prefect_server}):
        yield


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> RoundJob:
    return open_demo(tmp_path_factory.mktemp("stopped"))


def run(job: RoundJob, rows: list[dict[str, str]]) -> State[Any]:
    inbox = job.settings.storage.parent / "inbox" / "2"
    drop_file(inbox, "first.csv", rows)
    storage = str(job.settings.storage)
    state: Any = close_round(str(job.folder.path), "2", source_url=str(inbox), storage=storage, return_state=True)
    return state


@pytest.fixture(scope="module")
def stopped(job: RoundJob, server: None) -> tuple[State[Any], dict[str, str]]:
    """The state of the run, and its artifacts by name."""
    state = run(job, DIRTY)
    names = ("summary", "validation-landing", "validation-submissions")
    return state, {name: read_artifact(name) for name in names}


def read_artifact(name: str) -> str:
    found: Any = Artifact.get(key=f"demo-2-{name}")
    return f"{found.description}\n{found.data}"


def test_a_critical_rule_stops_the_round_with_counts_and_the_next_step(
    stopped: tuple[State[Any], dict[str, str]], job: RoundJob
) -> None:
    state, artifacts = stopped
    assert state.is_failed()
    with pytest.raises(
        RoundStoppedError, match=r"stopped at gate 'submissions': .*within-window: 8 of 40 rows"
    ) as found:
        state.result()
    assert "tolerance 5 %" in str(found.value) and "docs/runbook.md" in str(found.value)
    assert "Đã dừng" in artifacts["summary"] and str(found.value) in artifacts["summary"]


def test_the_summary_says_what_stopped_the_round_and_what_to_do_in_both_languages(
    stopped: tuple[State[Any], dict[str, str]],
) -> None:
    summary = stopped[1]["summary"]
    assert "- `within-window` (submissions), 8 of 40 rows: Gửi trong thời gian" in summary
    assert "1. Xem bao nhiêu phiếu vi phạm" in summary and "Count the rows that were set aside" in summary
    assert "hailong quarantine --survey demo --round 2" in summary


def test_the_artifact_of_a_gate_has_the_worst_rules_first_in_both_languages(
    stopped: tuple[State[Any], dict[str, str]],
) -> None:
    rows = json.loads(stopped[1]["validation-submissions"].partition("\n")[2])
    assert rows[0]["severity"] == "critical" and (rows[0]["ok"], rows[0]["failed"]) == ("✘", 8)
    shown = [(row["ok"], row["severity"]) for row in rows]
    order = [("✘", "critical"), ("✘", "warning"), ("✘", "info"), ("✔", "critical"), ("✔", "warning"), ("✔", "info")]
    assert shown == sorted(shown, key=order.index)
    [window] = [row for row in rows if row["rule"] == "within-window"]
    assert window["mô tả"].startswith("Gửi trong thời gian") and window["description"].startswith("Submitted within")


def test_the_artifact_says_what_a_rule_about_the_table_counted(stopped: tuple[State[Any], dict[str, str]]) -> None:
    rows = json.loads(stopped[1]["validation-landing"].partition("\n")[2])
    [not_empty] = [row for row in rows if row["rule"] == "landing-not-empty"]
    assert (not_empty["counted"], not_empty["tested"], not_empty["failed"]) == (40, "", "")


def test_data_docs_of_a_stopped_round_are_there_and_linked(
    stopped: tuple[State[Any], dict[str, str]], job: RoundJob
) -> None:
    index = job.docs / "index.html"
    assert {path.name for path in job.docs.glob("*.html")} == {"index.html", "landing.html", "submissions.html"}
    assert all(index.resolve().as_uri() in text for text in stopped[1].values())


def test_what_validation_shows_holds_no_value(stopped: tuple[State[Any], dict[str, str]], job: RoundJob) -> None:
    state, artifacts = stopped
    told = [*((name, text.encode()) for name, text in artifacts.items()), ("state", str(state).encode())]
    assert find_canaries({"canary": CANARY}, [*told, *read_everything(job.docs)]) == []


def test_the_mended_rows_are_accepted_by_the_next_run(
    stopped: tuple[State[Any], dict[str, str]], job: RoundJob
) -> None:
    state = run(job, TIDY)
    assert state.is_completed(), state.message
    assert job.scan_parts("microdata").collect().height == 40
    assert "Đã dừng" not in (summary := read_artifact("summary")) and job.docs.resolve().as_uri() in summary
    assert {path.name for path in job.docs.glob("*.html")} == {
        "index.html", "landing.html", "submissions.html", "microdata.html", "comments.html", "results.html",
    }  # fmt: skip


def test_a_refused_file_is_the_first_warning_of_a_round_that_completes(
    stopped: tuple[State[Any], dict[str, str]], job: RoundJob
) -> None:
    inbox = job.settings.storage.parent / "inbox" / "2"
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / "second.csv").write_bytes(b"")
    state = run(job, TIDY)
    (inbox / "second.csv").unlink()
    assert (state.name, state.is_completed()) == ("CompletedWithWarnings", True)
    assert "1 dropped file(s) refused" in str(state.message).splitlines()[1]
    assert "tệp bị từ chối" in read_artifact("summary")
