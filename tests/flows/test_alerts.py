"""Alerts, from the automations file to the inbox: a real Prefect server, a real SMTP server, a real web hook."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.events import emit_event
from prefect.events.worker import EventsWorker
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Crashed, Failed, Pending, Running, Scheduled, State, Suspended

from flows.alerts import AUTOMATIONS, AlertsError, apply_automations, read_automations, save_channels
from flows.settings import Settings
from tests.mail_server import Inbox, serve_mail, wait_until

RUNBOOK = Path(__file__).parents[2] / "docs" / "runbook.md"


@flow(name="alerted")
def alerted() -> None:
    """A flow whose runs only change their states."""


@pytest.fixture(scope="module")
def inbox() -> Iterator[tuple[Inbox, str]]:
    with serve_mail() as served:
        yield served


@pytest.fixture(scope="module")
def hook() -> Iterator[tuple[list[dict[str, Any]], str]]:
    received: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield received, f"http://127.0.0.1:{server.server_port}/hook?token=s3cret"
    server.shutdown()


@pytest.fixture(scope="module")
def alerts(
    prefect_server: str,
    inbox: tuple[Inbox, str],
    hook: tuple[list[dict[str, Any]], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Inbox]:
    """The repository's automations on a server, those that wait for minutes or days shortened to Prefect's minimum."""
    entries = yaml.safe_load(AUTOMATIONS.read_text())
    for entry in entries:
        if entry["trigger"]["posture"] == "Proactive":
            entry["trigger"]["within"] = 10
    shortened = tmp_path_factory.mktemp("alerts") / "automations.yaml"
    shortened.write_text(yaml.safe_dump(entries, allow_unicode=True))
    EventsWorker.drain_all(timeout=5)  # an earlier test's goes on sending to its own server, which may be gone
    with temporary_settings({PREFECT_API_URL: prefect_server}):
        settings = Settings(alert_mail_url=inbox[1], alert_webhook_url=hook[1])
        apply_automations(read_automations(save_channels(settings), shortened))
        yield inbox[0]


@contextmanager
def run(name: str, state: State[Any]) -> Iterator[FlowRun]:
    with get_client(sync_client=True) as client:
        flow_run = client.create_flow_run(alerted, name=name)
        client.set_flow_run_state(flow_run.id, state, force=True)
        yield flow_run


def test_waiting_states_raise_their_alerts_and_a_dead_run_is_called_crashed(alerts: Inbox) -> None:
    # one test, as all three wait for the same ten seconds
    with run("kbnn 2027-1 publish", Suspended()), run("kbnn 2027-1 collect", Pending()), run("dead", Running()) as dead:
        resource = {"prefect.resource.id": f"prefect.flow-run.{dead.id}", "prefect.resource.name": "dead"}
        emit_event("prefect.flow-run.heartbeat", resource=resource)
        _, body = alerts.wait_for("kbnn 2027-1 publish.*two days")
        assert "Approval is overdue" in body
        assert "http://prefect.test/runs/flow-run" in body
        alerts.wait_for("kbnn 2027-1 collect.*stuck in Pending")
        with get_client(sync_client=True) as client:
            state = wait_until(
                lambda: (s := client.read_flow_run(dead.id).state) and s.is_crashed() and s, 30, "crashed"
            )
    assert "Heartbeat lost" in state.message


def test_a_failed_run_reaches_mail_and_web_hook_with_its_message(
    alerts: Inbox, hook: tuple[list[dict[str, Any]], str]
) -> None:
    with run("kbnn 2027-1 close-round", Failed(message="stopped at gate 'landing': 7 of 10 rows")):
        _, body = alerts.wait_for("kbnn 2027-1 close-round: Failed")
        assert "7 of 10 rows" in body and "Run failed" in body
        posted = wait_until(lambda: [p for p in hook[0] if "close-round" in p["subject"]], 20, "web hook")
    assert "7 of 10 rows" in posted[0]["text"]


def test_a_crashed_run_is_reported(alerts: Inbox) -> None:
    with run("kbnn 2027-1 backfill", Crashed(message="killed")):
        alerts.wait_for("kbnn 2027-1 backfill: Crashed")


def test_a_late_run_is_reported(alerts: Inbox) -> None:
    with run("kbnn 2027-2 collect", Scheduled(name="Late")):
        alerts.wait_for("kbnn 2027-2 collect.*late")


@pytest.mark.parametrize(
    ("event", "payload", "subject", "text"),
    [
        (
            "hailong.response-below-plan",
            {"message": "90 of 100", "lagging": ["0003", "0010"]},
            "below plan",
            "0003, 0010",
        ),
        ("hailong.suspicious-burst", {"message": "bursts in 1 unit", "units": ["0012"]}, "suspicious burst", "0012"),
    ],
)
def test_an_event_of_collect_becomes_one_alert_however_often_it_comes(
    alerts: Inbox, event: str, payload: dict[str, Any], subject: str, text: str
) -> None:
    resource = {"prefect.resource.id": f"hailong.round.kbnn.2027-1.{subject}", "prefect.resource.name": "kbnn 2027-1"}
    for _ in range(2):
        emit_event(event, resource=resource, payload=payload)
    _, body = alerts.wait_for(f"kbnn 2027-1.*{subject}")
    assert payload["message"] in body and text in body
    time.sleep(2)
    assert len([mail for mail in alerts.mails if subject in mail[0]]) == 1


def test_applying_again_changes_nothing_and_removes_what_the_file_no_longer_has(alerts: Inbox) -> None:
    def names() -> list[str]:
        with get_client(sync_client=True) as client:
            return sorted(found.name for found in client.read_automations() if "hailong" in found.tags)

    before = names()
    channels = save_channels(Settings())
    assert channels == []
    kept = read_automations(channels)
    apply_automations(kept)
    # without a channel only the automations that mend something are left
    assert names() == ["Crashed run is retried", "Heartbeat lost", "Run stuck in Pending"]
    assert set(names()) < set(before)


def test_a_misspelt_automation_is_named_with_its_key(tmp_path: Path) -> None:
    entries = yaml.safe_load(AUTOMATIONS.read_text())[:1]
    entries[0]["trigger"]["threshhold"] = 2
    file = tmp_path / "automations.yaml"
    file.write_text(yaml.safe_dump(entries))
    with pytest.raises(AlertsError, match=r"Run failed.*threshhold"):
        read_automations([], file)


def test_every_alert_is_a_section_of_the_runbook() -> None:
    headings = set(re.findall(r"^## (.+)$", RUNBOOK.read_text(), re.MULTILINE))
    assert {entry["name"] for entry in yaml.safe_load(AUTOMATIONS.read_text())} <= headings
