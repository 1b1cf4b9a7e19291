"""What messages point to exists: sections of the runbook, settings in the env file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import yaml

from flows.environment import DEFAULTS
from flows.settings import Settings
from validations.suites import Gate

ROOT = Path(__file__).parents[2]
ROOMS = ("surveys", "sources", "validations", "transforms", "warehouse", "reports", "flows", "deploy")
NAMED = re.compile(r"""'([A-Z][^'\n]+)' in docs/runbook\.md|docs/runbook\.md, "([^"\n]+)"|mục \*([^*\n]+)\* trong""")


def headings(page: Path) -> set[str]:
    return set(re.findall(r"^## (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE))


def named_sections() -> set[str]:
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*") if path.suffix in {".py", ".yaml"}]
    named = {name for file in files for found in NAMED.findall(file.read_text("utf-8")) for name in found if name}
    template = "Gate {report.gate} stopped the round"
    assert template in named
    return (named - {template}) | {f"Gate {gate} stopped the round" for gate in get_args(Gate)}


def test_every_section_that_a_message_names_is_in_the_runbook() -> None:
    named = named_sections()
    assert len(named) > 20
    assert named <= headings(ROOT / "docs" / "runbook.md")


def test_no_section_is_there_twice() -> None:
    titles = re.findall(r"^## (.+)$", (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(titles) == len(set(titles))


def test_the_env_file_explains_every_setting() -> None:
    text = (ROOT / "deploy" / "hailong.env").read_text(encoding="utf-8")
    documented = set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", text, re.MULTILINE))
    temporary_server = {
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS",
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL",
    }
    expected = {f"HAILONG_{name.upper()}" for name in Settings.model_fields} | set(DEFAULTS) - temporary_server
    assert expected <= documented
    unknown = {name for name in documented if name.startswith("HAILONG_")} - expected
    assert not unknown


def test_containers_use_only_settings_that_there_are() -> None:
    compose = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))
    given = {name for name in compose["x-hailong"]["environment"] if name.startswith("HAILONG_")}
    assert given <= {f"HAILONG_{name.upper()}" for name in Settings.model_fields}
