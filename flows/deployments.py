"""How runs reach the Prefect server: the flow behind each round's deployment, and `make deploy`."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from prefect import flow, runtime
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.filters import FlowFilter, FlowFilterName
from prefect.client.schemas.objects import State
from prefect.exceptions import ObjectAlreadyExists

from flows import alerts
from flows.collect import collect
from flows.errors import OperationError
from flows.jobs import RoundRef
from flows.rounds import close_round
from flows.runners import make_runner
from flows.schedule import Step
from flows.settings import Settings
from flows.stages import code_version

HOME = Path(__file__).parents[1]
PREFECT_YAML = HOME / "prefect.yaml"
POOL = "hailong"


class DeployError(OperationError):
    """The deployments did not reach the server."""


def _run_name() -> str:
    given = runtime.flow_run.parameters
    return f"{RoundRef(given['survey'], '').survey_name} {given['round_code']} {given['step']}"


@flow(name="round", flow_run_name=_run_name, persist_result=False, task_runner=make_runner(Settings()))
def attend_round(survey: str, round_code: str, step: Step) -> State[Any]:
    """What a round's deployment runs: `collect` while the window is open, `close-round` once after it.

    One deployment has one flow; its two schedules differ by `step`. Either runs inside this flow run, not as another.
    """
    state: State[Any] = collect.fn(survey, round_code) if step == "collect" else close_round.fn(survey, round_code)
    return state


@dataclass(frozen=True)
class DeployReport:
    n_deployments: int
    removed: list[str]
    n_channels: int
    n_automations: int


def deploy(settings: Settings, prefect_yaml: Path = PREFECT_YAML) -> DeployReport:
    """Put prefect.yaml's deployments, the work pool, the channels and the automations onto the server; idempotent.

    Deployments of rounds that prefect.yaml no longer has are removed with their scheduled runs; finished runs stay.

    Raises:
        DeployError: Prefect refused, with its own words.
        alerts.AlertsError: deploy/automations.yaml has a mistake.
    """
    alerts.read_automations([])  # a mistake is found before anything is changed
    asyncio.run(_create_pool())
    _prefect_deploy(prefect_yaml)
    declared = yaml.safe_load(prefect_yaml.read_text(encoding="utf-8"))["deployments"]
    removed = asyncio.run(_remove_stale({entry["name"] for entry in declared}))
    channels = alerts.save_channels(settings)
    automations = alerts.read_automations(channels)
    alerts.apply_automations(automations)
    return DeployReport(len(declared), removed, len(channels), len(automations))


async def _create_pool() -> None:
    async with get_client() as client:
        with suppress(ObjectAlreadyExists):
            await client.create_work_pool(WorkPoolCreate(name=POOL, type="process", description="Máy chạy / Workers"))


def _prefect_deploy(prefect_yaml: Path) -> None:
    file = str(prefect_yaml.resolve())
    command = [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all", "--prefect-file", file]
    environment = {**os.environ, "HAILONG_HOME": str(HOME), "HAILONG_VERSION": code_version(), "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=HOME, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise DeployError(f"prefect deploy failed: {done.stdout.strip()[-800:]}\n{done.stderr.strip()[-800:]}")


async def _remove_stale(declared: set[str]) -> list[str]:
    async with get_client() as client:
        stale = [found for found in await read_round_deployments(client) if found.name not in declared]
        for deployment in stale:
            await client.delete_deployment(deployment.id)
    return sorted(deployment.name for deployment in stale)


async def read_round_deployments(client: PrefectClient) -> list[Any]:
    """The server's deployments of `attend_round`."""
    return await client.read_deployments(flow_filter=FlowFilter(name=FlowFilterName(any_=[attend_round.name])))
