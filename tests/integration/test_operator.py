"""A round as its operator lives it: `hailong ui`, the schedule, an alert, a killed run, the approver's form in the browser.

The clock of the schedule is moved by the survey's timetable: it names a time that is about to come.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import psutil
import pytest
import yaml
from typer.testing import CliRunner

from flows.cli import app
from flows.deployments import PREFECT_YAML
from flows.environment import DEFAULTS
from flows.publish import APPROVE
from tests.flows.demonstration import copy_demo, drop_file, open_demo, run_round, submission
from tests.mail_server import Inbox, serve_mail
from tests.prefect_server import free_port
from warehouse.engine import open_warehouse
from warehouse.releases import find_release

DAY = dt.timedelta(days=1)
ENDED, OPEN = "ended", "open"
"""Codes of the two rounds: one that is over and due to be closed, one in its last days, with a province that lags."""


class Installation:
    """`hailong ui` as a process of its own, and what a browser asks its server."""

    def __init__(self, root: Path, mail_url: str) -> None:
        self.root, port = root, free_port()
        self.address = f"http://127.0.0.1:{port}/api"
        self.api = httpx.Client(base_url=self.address, timeout=60)
        inherited = {name: value for name, value in os.environ.items() if name not in {"PREFECT_HOME", *DEFAULTS}}
        self.environment = {
            **inherited,
            "HAILONG_STORAGE": str(root / "var"),
            "HAILONG_PARTITIONS": "2",
            "HAILONG_ALERT_MAIL_URL": mail_url,
            # asks twice as often as it would
            "PREFECT_WORKER_QUERY_SECONDS": "5",
        }
        with (root / "ui.log").open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "flows.cli", "ui", "--port", str(port)],
                env=self.environment,
                stdout=log,
                stderr=log,
            )

    def say(self) -> str:
        return (self.root / "ui.log").read_text()

    def command(self, *words: str) -> None:
        environment = {**self.environment, "PREFECT_API_URL": self.address}
        subprocess.run([sys.executable, "-m", "flows.cli", *words], env=environment, check=True, capture_output=True)

    def ask(self, path: str, body: dict[str, Any]) -> Any:
        # 503: the server's SQLite is busy; Prefect's own client asks again, too
        answer = self.wait(lambda: (a := self.api.post(path, json=body)).status_code != 503 and a, path)
        answer.raise_for_status()
        return answer.json()

    def start(self, deployment: str, round_code: str) -> str:
        found = self.ask("deployments/filter", {"deployments": {"name": {"any_": [deployment]}}})[0]["id"]
        parameters = {"survey": str(self.root / "demo"), "round_code": round_code}
        return str(self.ask(f"deployments/{found}/create_flow_run", {"parameters": parameters})["id"])

    def wait_for(self, name: str, *states: str) -> dict[str, Any]:
        """The run of that name, once it is in one of the states; a run that fails fails the test."""

        def reached() -> dict[str, Any] | None:
            runs = self.ask("flow_runs/filter", {"flow_runs": {"name": {"any_": [name]}}})
            assert all(run["state"]["name"] != "Failed" for run in runs), runs[0]["state"]["message"]
            return next((run for run in runs if run["state"]["name"] in states), None)

        found: dict[str, Any] = self.wait(reached, f"{name}: {' or '.join(states)}")
        return found

    def wait(self, find: Any, what: str, seconds: float = 300, pause: float = 0.5) -> Any:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            if found := find():
                return found
            time.sleep(pause)
        return pytest.fail(f"{what}: it did not happen within {seconds:g} s; hailong ui said: {self.say()}")

    def kill(self, run_id: str) -> None:
        """SIGKILL to the process of a run."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        own = [child for child in children if child.environ().get("PREFECT__FLOW_RUN_ID") == run_id]
        assert own
        for process in own:
            process.kill()


@pytest.fixture(scope="module")
def mail() -> Iterator[tuple[Inbox, str]]:
    with serve_mail() as served:
        yield served


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, mail: tuple[Inbox, str]) -> Iterator[Installation]:
    root = tmp_path_factory.mktemp("operator")
    started = Installation(root, mail[1])
    declare_rounds(root, dt.datetime.now(dt.UTC))
    # computed once before: the open round is compared with it
    run_round(open_demo(root, ENDED, source_url=str(root / "inbox" / ENDED)))
    started.wait(lambda: "Ctrl-C" in started.say(), "start")
    yield started
    started.process.kill()


def declare_rounds(root: Path, at: dt.datetime) -> Path:
    """A survey with two rounds that is collected and closed at that time, and their submissions."""
    survey = copy_demo(root)
    # where it is not about to be midnight
    zone = next(zone for zone in ("Asia/Ho_Chi_Minh", "UTC") if at.astimezone(ZoneInfo(zone)).hour != 23)
    local = at.astimezone(ZoneInfo(zone))
    today = local.date()
    time_of_day = f"{local:%H:%M:%S}"
    rounds: list[dict[str, Any]] = [
        {"round_code": ENDED, "opens_on": today - 22 * DAY, "closes_on": today - 11 * DAY, "grace_hours": 240},
        {"round_code": OPEN, "opens_on": today - 10 * DAY, "closes_on": today + DAY, "expected_response_pct": 80},
    ]
    named = {"name": {"vi": "Đợt", "en": "Round"}, "instrument": "demo", "method": "demo"}
    _write(survey / "rounds.yaml", {"rounds": [{**named, **round_} for round_ in rounds]})
    timetable = {"collect_at": [time_of_day], "close_at": time_of_day}
    _write(survey / "survey.yaml", {**_read(survey / "survey.yaml"), "time_zone": zone, "timetable": timetable})
    sources = _read(survey / "sources.yaml")
    sources["sources"][0]["path"] = str(root / "inbox" / "{round_code}")
    _write(survey / "sources.yaml", sources)
    frame = [f"{OPEN},{unit},budget_unit,100" for unit in (11, 12, 21)]
    (survey / "frame.csv").write_text("\n".join(["round_code,unit_code,respondent_type,n_active", *frame, ""]))
    for code, opens_on, units in (
        (ENDED, rounds[0]["opens_on"], ("11", "12", "21")),
        (OPEN, rounds[1]["opens_on"], ("11", "12")),
    ):
        rows = [
            submission(n, unit=units[n % len(units)], sent=f"{opens_on + n % 10 * DAY} 08:00:00") for n in range(90)
        ]
        drop_file(root / "inbox" / code, "a.csv", rows)
    return survey


def move_schedule(installation: Installation) -> list[dt.datetime]:
    """Deploy the two rounds with a timetable whose time comes right after; the times, several on a busy machine."""
    file, times = installation.root / "prefect.yaml", []
    for lead in (45, 120, 240):
        due = dt.datetime.now(dt.UTC).replace(microsecond=0) + dt.timedelta(seconds=lead)
        times.append(due)
        survey = declare_rounds(installation.root, due)
        shutil.copy(PREFECT_YAML, file)
        given = ["schedule", "--survey", str(survey), "--prefect-file", str(file)]
        assert CliRunner().invoke(app, given).exit_code == 0
        installation.command("deploy", "--prefect-file", str(file))
        if dt.datetime.now(dt.UTC) < due - dt.timedelta(seconds=8):  # the scheduler looks every five seconds
            return times
    return pytest.fail("hailong deploy takes minutes")


@pytest.mark.slow
def test_rounds_run_by_themselves_and_an_approver_publishes_one(
    installation: Installation, mail: tuple[Inbox, str]
) -> None:
    times = move_schedule(installation)
    collected = installation.wait_for(f"demo {OPEN} collect", "CompletedWithWarnings")
    closed = installation.wait_for(f"demo {ENDED} close-round", "Completed", "CompletedWithWarnings")
    for run in (collected, closed):
        assert run["auto_scheduled"] is True
        assert dt.datetime.fromisoformat(run["expected_start_time"]) in times
    assert "response below plan" in collected["state"]["message"]
    _, body = mail[0].wait_for(f"demo {OPEN}.*below plan")
    assert "Lagging units: 20" in body
    wanted = {"artifacts": {"key": {"any_": [f"demo-{OPEN}-monitoring"]}}}
    shown = json.loads(installation.ask("artifacts/filter", wanted)[0]["data"])
    assert [(row["unit_code"], row["is_lagging"]) for row in shown] == [("00", False), ("20", True), ("10", False)]

    installation.start("publish", ENDED)
    publishing = installation.wait_for(f"demo {ENDED} publish", "AwaitingApproval")
    answer = {"approver": "Nguyễn Văn A", "decision": APPROVE, "note": "đã xem"}
    installation.ask(f"flow_runs/{publishing['id']}/resume", {"run_input": answer})
    exports = installation.root / "var" / "anonymised" / "exports" / "demo" / ENDED
    installation.wait(lambda: any(exports.glob("*")), "exports begin", pause=0.01)
    installation.kill(publishing["id"])
    mail[0].wait_for(f"demo {ENDED} publish: Crashed")
    installation.wait_for(f"demo {ENDED} publish", "Completed")  # started again by itself
    engine = open_warehouse(f"sqlite:///{installation.root / 'var' / 'warehouse.db'}")
    release = find_release(engine, "demo", ENDED)
    engine.dispose()
    assert (release.status, release.approved_by, release.note) == ("published", "Nguyễn Văn A", "đã xem")
    assert {"public", "management", "report"} == {path.name for path in (exports / "release-1").iterdir()}


@pytest.mark.slow
def test_ctrl_c_stops_server_and_worker(installation: Installation) -> None:
    installation.process.send_signal(signal.SIGINT)
    assert installation.process.wait(60) == 0, installation.say()
    assert "stopped" in installation.say()
    with pytest.raises(httpx.ConnectError):
        installation.api.get("/health")


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
