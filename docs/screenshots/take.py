"""Photographs of the real Prefect UI for the docs: `make ui` in one terminal, `make screenshots` in another.

Runs what is missing (a round, a release that waits for approval) through the API, then drives Debian's Chromium by its
DevTools protocol over `websockets`, which Prefect brings along.
"""

from __future__ import annotations

import argparse
import base64
import itertools
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

HERE = Path(__file__).parent
SURVEY, ROUND = "kbnn", "2023-2"
WIDTH, HEIGHT = 1440, 800
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-port=0"),
)


def main() -> None:
    """Take all pictures; fails when a page does not show what it should."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", default="http://127.0.0.1:4200", help="of the UI")
    parser.add_argument("--output", type=Path, default=HERE)
    given = parser.parse_args()
    prefect = Prefect(given.address)
    closed = prefect.bring("close-round", {"Completed", "CompletedWithWarnings"})
    waiting = prefect.bring("publish", {"AwaitingApproval"})
    with chromium() as page:
        for name, path, shown, click in (
            ("runs", "/runs", f"{SURVEY} {ROUND}", None),
            ("round-artifacts", f"/runs/flow-run/{closed}", "Artifacts", ("Artifacts", f"{SURVEY}-{ROUND}-summary")),
            ("summary", prefect.artifact("summary"), "Chỉ số", None),
            ("deployments", "/deployments", "close-round", None),
            ("release-card", prefect.artifact("release"), "Withheld", None),
            ("publish-form", f"/runs/flow-run/{waiting}", "Resume", ("Resume", "Người phê duyệt")),
        ):
            page.open(given.address + path, shown)
            if click:
                page.click(*click)
            page.photograph(given.output / f"{name}.png", below=580 if name == "runs" else 0)  # below the chart


class Prefect:
    """The server's API."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=f"{address}/api/", timeout=60)

    def bring(self, deployment: str, states: set[str]) -> str:
        """Id of a run of the round by this deployment in one of these states, newest first; started if there is none."""
        name = f"{SURVEY} {ROUND} {deployment}"
        if not self._find(name, states | {"Running", "Pending"}):
            found = self._post("deployments/filter", {"deployments": {"name": {"any_": [deployment]}}})[0]["id"]
            self._post(f"deployments/{found}/create_flow_run", {"parameters": {"survey": SURVEY, "round_code": ROUND}})
        return str(wait_for(lambda: self._find(name, states), f"a run {name} in {' or '.join(states)}", 1800))

    def artifact(self, name: str) -> str:
        """Page of the newest artifact of the round by this name."""
        wanted = {"artifacts": {"key": {"any_": [f"{SURVEY}-{ROUND}-{name}"]}}}
        return f"/artifacts/artifact/{self._post('artifacts/latest/filter', wanted)[0]['latest_id']}"

    def _find(self, name: str, states: set[str]) -> str | None:
        wanted = {"name": {"any_": [name]}, "state": {"name": {"any_": sorted(states)}}}
        runs = self._post("flow_runs/filter", {"flow_runs": wanted, "sort": "START_TIME_DESC"})
        return runs[0]["id"] if runs else None

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        answer = self.http.post(path, json=body)
        answer.raise_for_status()
        return answer.json()


class Page:
    """A tab of the browser."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket, self.numbers = socket, itertools.count()
        size = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **size)

    def open(self, url: str, shown: str) -> None:
        self.call("Page.navigate", url=url)
        self._see(shown)

    def click(self, label: str, shown: str) -> None:
        find = f"[...document.querySelectorAll('button, a, li')].find(b => b.innerText.trim() == {json.dumps(label)})"
        self._evaluate(f"{find}.click()")
        self._see(shown)

    def photograph(self, target: Path, below: int = 0) -> None:
        time.sleep(2)  # charts and fonts come last
        # the pattern behind the page would be a quarter of the file
        self._evaluate("document.querySelector('.app-router-view').style.backgroundImage = 'none'")
        self._evaluate(f"document.querySelector('.app-router-view').scrollTop = {below}")
        time.sleep(1)
        target.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))
        print(f"{target.name}: {target.stat().st_size // 1000} kB")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while (answer := json.loads(self.socket.recv())).get("id") != number:
            pass
        result: dict[str, Any] = answer["result"]
        return result

    def _see(self, text: str) -> None:
        wait_for(lambda: self._evaluate(f"document.body.innerText.includes({json.dumps(text)})"), f"{text!r}", 60)

    def _evaluate(self, script: str) -> Any:
        return self.call("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")


@contextmanager
def chromium() -> Iterator[Page]:
    program = shutil.which("chromium")
    if program is None:
        sys.exit("Debian's chromium is needed: apt-get install chromium")
    # the browser still writes to its profile while it ends
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = subprocess.Popen([program, *FLAGS, f"--user-data-dir={profile}"], stderr=subprocess.DEVNULL)
        try:
            port_file = Path(profile, "DevToolsActivePort")
            wait_for(port_file.exists, "Chromium", 60)
            port = port_file.read_text().split()[0]
            tab = httpx.put(f"http://127.0.0.1:{port}/json/new?about:blank").json()
            with connect(tab["webSocketDebuggerUrl"], max_size=None) as socket:
                yield Page(socket)
        finally:
            browser.terminate()
            browser.wait()


def wait_for(find: Callable[[], Any], what: str, seconds: float) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := find():
            return found
        time.sleep(0.5)
    sys.exit(f"{what} did not appear within {seconds:g} s")


if __name__ == "__main__":
    main()
