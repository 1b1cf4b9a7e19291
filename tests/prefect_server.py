"""A real Prefect server for the tests of flows: its own process, database and port."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from flows.environment import DEFAULTS


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """API address of a server that lives as long as the session; nothing is set in this process's environment."""
    with serve_prefect(tmp_path_factory.mktemp("prefect")) as url:
        yield url


@contextmanager
def serve_prefect(home: Path, port: int | None = None) -> Iterator[str]:
    """A server with its database (`prefect.db`) and log (`server.log`) in a folder; its API address."""
    port = port or free_port()
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(command, env={**os.environ, **server_environment(home)}, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}/api"
        _wait_until_healthy(server, url, home / "server.log")
        yield url
    finally:
        server.terminate()
        server.wait(30)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def server_environment(home: Path) -> dict[str, str]:
    # the scheduler's loop runs every 2 s instead of every minute: a test waits for it
    fast = {
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "2",
        "PREFECT_SERVER_SERVICES_LATE_RUNS_LOOP_SECONDS": "2",
    }
    return {
        **DEFAULTS,
        **fast,
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": "",
        "PREFECT_UI_URL": "http://prefect.test",
    }


def _wait_until_healthy(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    for _ in range(240):
        try:
            if httpx.get(f"{url}/health", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        if server.poll() is not None:
            break
        time.sleep(0.5)
    pytest.fail(f"the Prefect server did not start:\n{log.read_text()[-2000:]}")
