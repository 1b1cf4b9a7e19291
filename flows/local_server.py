"""Prefect on this machine: a server, the deployments, a worker; one command starts them all, Ctrl-C stops them all.

For trying things out. An installation that must not stop has them as services of the system (deploy/).
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from prefect.client.orchestration import get_client

from flows.deployments import HOME, POOL, deploy
from flows.errors import OperationError
from flows.settings import Settings

HOST = "127.0.0.1"
START_SECONDS = 300
STOP_SECONDS = 30


class LocalServerError(OperationError):
    """The server or the worker did not start, or ended by itself."""


def serve(settings: Settings, port: int, announce: Callable[[str], None]) -> None:
    """Start server and worker, register deployments, announce the address; returns when interrupted.

    PREFECT_API_URL must name this server before Prefect is imported (`hailong ui` sees to it).

    Raises:
        LocalServerError: the port is taken, or a process did not start or ended; the message names its log.
    """
    _refuse_taken_port(port)
    logs = Path(os.environ["PREFECT_HOME"])
    logs.mkdir(parents=True, exist_ok=True)
    # a relative storage would be looked for in the folder where runs work
    os.environ["HAILONG_STORAGE"] = str(settings.storage.resolve())
    with _interrupted_by_sigterm():
        try:
            with _process(["server", "start", "--host", HOST, "--port", str(port)], logs / "server.log") as server:
                _wait_for(lambda: _is_healthy(port), server, logs / "server.log")
                deploy(settings)
                with _process(["worker", "start", "--pool", POOL], logs / "worker.log") as worker:
                    _wait_for(lambda: asyncio.run(_has_worker()), worker, logs / "worker.log")
                    announce(f"http://{HOST}:{port}")
                    _watch({logs / "server.log": server, logs / "worker.log": worker})
        except KeyboardInterrupt:
            return


def _refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        if probe.connect_ex((HOST, port)) == 0:
            raise LocalServerError(
                f"port {port} is taken; stop what uses it, or choose another: hailong ui --port 4201"
            )


@contextmanager
def _process(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Prefect process in a session of its own: Ctrl-C reaches us alone, and we stop the worker before the server."""
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", *command], cwd=HOME, stdout=stream, stderr=stream, start_new_session=True
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_for(is_ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if is_ready():
            return
        time.sleep(0.5)
    raise LocalServerError(f"{log.stem} did not start within {START_SECONDS} s; its last words are in {log}")


def _watch(processes: dict[Path, subprocess.Popen[bytes]]) -> None:
    while True:
        for log, process in processes.items():
            if process.poll() is not None:
                raise LocalServerError(f"the {log.stem} ended by itself; its last words are in {log}")
        time.sleep(1)


def _is_healthy(port: int) -> bool:
    try:
        return httpx.get(f"http://{HOST}:{port}/api/health", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


async def _has_worker() -> bool:
    async with get_client() as client:
        workers = await client.read_workers_for_work_pool(POOL)
    return any(str(worker.status.value) == "ONLINE" for worker in workers if worker.status)


@contextmanager
def _interrupted_by_sigterm() -> Iterator[None]:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
