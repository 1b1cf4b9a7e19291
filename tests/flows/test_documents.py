"""What messages point to exists: sections of the runbook."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

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
