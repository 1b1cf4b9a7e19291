"""A round as its operator lives it: `hailong ui`, close the round, read the draft, approve it in the browser's words."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from flows.environment import DEFAULTS
from flows.publish import APPROVE
from tests.flows.demonstration import copy_demo, drop_file, submission
from tests.prefect_server import free_port
from warehouse.engine import open_warehouse
from warehouse.releases import find_release


class Installation:
    """`hailong ui` as a process of its own, and what a browser asks its server."""

    def __init__(self, root: Path) -> None:
        self.root, port = root, free_port()
        self.api = httpx.Client(base_url=f"http://127.0.0.1:{port}/api/", timeout=60)
        places = {"HAILONG_STORAGE": str(root / "var"), "HAILONG_SOURCE_URL": str(root / "inbox")}
        inherited = {name: value for name, value in os.environ.items() if name not in {"PREFECT_HOME", *DEFAULTS}}
        with (root / "ui.log").open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "flows.cli", "ui", "--port", str(port)],
                env={**inherited, **places, "HAILONG_PARTITIONS": "2"},
                stdout=log,
                stderr=log,
            )

    def say(self) -> str:
        return (self.root / "ui.log").read_text()

    def ask(self, path: str, body: dict[str, Any]) -> Any:
        # 503: the server's SQLite is busy; Prefect's own client asks again, too
        answer = self.wait(lambda: (a := self.api.post(path, json=body)).status_code != 503 and a)
        answer.raise_for_status()
        return answer.json()

    def start(self, deployment: str) -> str:
        found = self.ask("deployments/filter", {"deployments": {"name": {"any_": [deployment]}}})[0]["id"]
        parameters = {"survey": str(self.root / "demo"), "round_code": "2"}
        return str(self.ask(f"deployments/{found}/create_flow_run", {"parameters": parameters})["id"])

    def wait_for(self, run_id: str, *names: str) -> dict[str, Any]:
        def reached() -> dict[str, Any] | None:
            answer = self.api.get(f"flow_runs/{run_id}")
            if answer.status_code == 503:
                return None
            run: dict[str, Any] = answer.json()
            assert run["state"]["name"] not in {"Failed", "Crashed"}, run["state"]["message"]
            return run if run["state"]["name"] in names else None

        return self.wait(reached)

    def wait(self, find: Any, seconds: float = 300) -> Any:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            if found := find():
                return found
            time.sleep(0.5)
        return pytest.fail(f"it did not happen within {seconds:g} s; hailong ui said: {self.say()}")


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    root = tmp_path_factory.mktemp("operator")
    copy_demo(root)
    drop_file(root / "inbox", "a.csv", [submission(number) for number in range(90)])
    started = Installation(root)
    started.wait(lambda: "Ctrl-C" in started.say())
    yield started
    started.process.kill()


@pytest.mark.slow
def test_an_operator_closes_a_round_and_an_approver_publishes_it(installation: Installation) -> None:
    closed = installation.wait_for(installation.start("close-round"), "Completed", "CompletedWithWarnings")
    assert closed["name"] == "demo 2 close-round"
    publishing = installation.start("publish")
    installation.wait_for(publishing, "AwaitingApproval")
    answer = {"approver": "Nguyễn Văn A", "decision": APPROVE, "note": "đã xem"}
    installation.ask(f"flow_runs/{publishing}/resume", {"run_input": answer})
    installation.wait_for(publishing, "Completed")
    engine = open_warehouse(f"sqlite:///{installation.root / 'var' / 'warehouse.db'}")
    release = find_release(engine, "demo", "2")
    engine.dispose()
    assert (release.status, release.approved_by, release.note) == ("published", "Nguyễn Văn A", "đã xem")
    exports = installation.root / "var" / "anonymised" / "exports" / "demo" / "2" / "release-1"
    assert {"public", "management", "report"} == {path.name for path in exports.iterdir()}


@pytest.mark.slow
def test_ctrl_c_stops_server_and_worker(installation: Installation) -> None:
    installation.process.send_signal(signal.SIGINT)
    assert installation.process.wait(60) == 0, installation.say()
    assert "stopped" in installation.say()
    with pytest.raises(httpx.ConnectError):
        installation.api.get("health")
