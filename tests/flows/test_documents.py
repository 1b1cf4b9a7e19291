"""What messages point to exists: sections of the runbook, settings in the env file, pictures in the docs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
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


@pytest.mark.parametrize("page", ["operations.md", "runbook.md"])
def test_pictures_and_links_of_a_page_lead_somewhere(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    anchors = {re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in headings(ROOT / "docs" / page)}
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if target.startswith("#"):
            assert target[1:] in anchors, target
        else:
            assert (ROOT / "docs" / target).exists(), target
