"""What an administrator copies to a server: units, containers, environment. Programs and settings in them exist."""

from __future__ import annotations

import re
import shlex
import subprocess
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect.cli.server import server_app
from prefect.cli.worker import worker_app
from prefect.settings import Settings as PrefectSettings
from prefect.settings.legacy import _get_settings_fields

from flows.deployments import POOL
from flows.environment import DEFAULTS
from flows.settings import Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = {path.name: path.read_text(encoding="utf-8") for path in sorted(DEPLOY.glob("*.service"))}
ENV_FILE = (DEPLOY / "hailong.env").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = {name: COMPOSE["services"][name] for name in ("server", "worker")}
STORE = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"}
FOREIGN = {"DO_NOT_TRACK", "GX_ANALYTICS_ENABLED", "PYTHONWARNINGS", *STORE}
"""Settings of neither hailong nor Prefect."""


def started() -> dict[str, list[str]]:
    """The command line of each unit and container."""
    lines = {name: re.findall(r"^ExecStart=(.+)$", text, re.MULTILINE) for name, text in UNITS.items()}
    assert all(len(found) == 1 for found in lines.values())
    return {name: shlex.split(line) for name, (line,) in lines.items()} | {
        name: shlex.split(service["command"]) for name, service in SERVICES.items()
    }


def given() -> set[str]:
    """Every setting that a file of deploy/ names."""
    in_units = {name for text in UNITS.values() for name in re.findall(r"^Environment=(\w+)=", text, re.MULTILINE)}
    in_containers = {name for service in SERVICES.values() for name in service["environment"]}
    return {*re.findall(r"^#?([A-Z][A-Z0-9_]+)=", ENV_FILE, re.MULTILINE), *in_units, *in_containers}


@pytest.mark.parametrize("words", started().values(), ids=list(started()))
def test_every_program_is_installed_and_takes_the_arguments_that_it_is_given(words: list[str]) -> None:
    programs = {script.name for script in entry_points(group="console_scripts")}
    assert Path(words[0]).name in programs
    groups = {"server": server_app, "worker": worker_app}
    command, bound, _ = groups[words[1]].parse_args(words[2:], exit_on_error=False, print_error=False)
    assert command.__name__ == "start" and bound.arguments


def test_every_setting_is_one_of_hailongs_or_prefects() -> None:
    known = {f"HAILONG_{name.upper()}" for name in Settings.model_fields} | set(_get_settings_fields(PrefectSettings))
    assert given() - FOREIGN <= known


def test_the_env_file_explains_every_setting_of_hailong() -> None:
    documented = set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", ENV_FILE, re.MULTILINE))
    temporary_server = {
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS",
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL",
    }
    assert {f"HAILONG_{name.upper()}" for name in Settings.model_fields} <= documented
    assert set(DEFAULTS) - temporary_server <= documented


def test_a_shell_reads_the_env_file_as_systemd_does() -> None:
    text = re.sub(r"^#([A-Z][A-Z0-9_]+=.)", r"\1", ENV_FILE, flags=re.MULTILINE)  # with the examples
    plain = dict(re.findall(r"^([A-Z][A-Z0-9_]+)=(.*)$", text, re.MULTILINE))
    expected = {name: value[1:-1] if value[:1] == "'" else value for name, value in plain.items()}
    command = ["sh", "-euc", "set -a; . /dev/stdin; exec env -0"]
    told = subprocess.run(command, input=text, env={}, capture_output=True, text=True, check=True)
    found = dict(entry.split("=", 1) for entry in told.stdout.split("\0") if entry)
    assert {name: found.get(name) for name in expected} == expected


def test_workers_take_from_the_pool_that_deployments_go_to() -> None:
    workers = [words for words in started().values() if "worker" in words]
    assert workers and all(words[words.index("--pool") + 1] == POOL for words in workers)


def test_the_env_file_and_the_containers_take_the_settings_of_a_store() -> None:
    assert set(re.findall(r"^#([A-Z][A-Z0-9_]+)=$", ENV_FILE, re.MULTILINE)) >= STORE
    taken_over = {name for name, value in COMPOSE["x-hailong"]["environment"].items() if value is None}
    assert taken_over == STORE  # Compose gives an empty name the value that it has outside


def test_containers_get_the_same_prefect_settings_as_services_of_the_system() -> None:
    def of_prefect(names: dict[str, str]) -> dict[str, str]:
        own = {"PREFECT_API_URL", "PREFECT_UI_URL", "PREFECT_SERVER_DATABASE_CONNECTION_URL"}  # addresses
        own |= STORE
        return {name: value for name, value in names.items() if not name.startswith("HAILONG_") and name not in own}

    in_file = dict(re.findall(r"^([A-Z][A-Z0-9_]+)=(.*)$", ENV_FILE, re.MULTILINE))
    assert of_prefect(COMPOSE["x-hailong"]["environment"]) == of_prefect(in_file)


def test_the_pages_of_the_ui_are_put_where_the_server_may_write_and_ask_the_address_they_came_from() -> None:
    settings = dict(re.findall(r"^([A-Z_]+)=(.*)$", ENV_FILE, re.MULTILINE))
    assert Path(settings["PREFECT_SERVER_UI_STATIC_DIRECTORY"]).is_relative_to(settings["HAILONG_STORAGE"])
    assert settings["PREFECT_SERVER_UI_API_URL"] == "/api"


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_reads_the_env_file_and_may_write_to_the_storage_alone(unit: str) -> None:
    storage = dict(re.findall(r"^([A-Z_]+)=(.*)$", ENV_FILE, re.MULTILINE))["HAILONG_STORAGE"]
    assert "\nEnvironmentFile=/etc/hailong/hailong.env\n" in UNITS[unit]
    assert re.findall(r"^ReadWritePaths=(.+)$", UNITS[unit], re.MULTILINE) == [storage]
    assert COMPOSE["x-hailong"]["environment"]["HAILONG_STORAGE"] == storage
