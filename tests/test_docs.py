"""What the pages for people point to exists: links, commands with their options, make targets, files, settings."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import click
import pytest
import typer.main

from flows.cli import app
from flows.settings import Settings

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "deploy" / "hailong.env"])
ROOMS = "bench|deploy|docs|flows|reports|requirements|sources|surveys|tests|transforms|validations|warehouse"
INVENTED = {"surveys/library"}
"""The survey that docs/new-survey.md makes up."""

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def code_of(page: Path) -> list[str]:
    """What stands in code: indented lines, lines of fenced blocks, and spans between backticks."""
    text = page.read_text(encoding="utf-8")
    fenced = [line for block in re.findall(r"```\w*\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    prose = re.sub(r"```\w*\n.*?```", "", text, flags=re.DOTALL)
    return [*fenced, *re.findall(r"^ {4}.+", prose, re.MULTILINE), *re.findall(r"`([^`]+)`", prose)]


def anchors_of(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def find_mistake(words: list[str]) -> str | None:
    """Follow a command line that stands after `hailong`: the first command or option that there is not."""
    command = typer.main.get_command(app)
    for before, word in zip(["", *words], words, strict=False):
        if isinstance(command, click.Group) and not before.startswith("--") and re.fullmatch(r"[a-z][a-z-]*", word):
            if word not in command.commands:
                return f"command {word}"
            command = command.commands[word]
        elif re.fullmatch(r"--[a-z-]+", word):
            options = {"--help", *(name for known in command.params for name in (*known.opts, *known.secondary_opts))}
            if word not in options:
                return f"option {word} of {command.name}"
    return None


@every_page
def test_every_link_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    missing = []
    for target in targets:
        name, _, anchor = target.partition("#")
        file = page.parent / name if name else page
        if not re.match(r"https?:|mailto:", target) and not (
            file.exists() and (not anchor or anchor in anchors_of(file))
        ):
            missing.append(target)
    assert missing == []


@every_page
def test_every_command_has_the_name_and_the_options_that_are_written(page: Path) -> None:
    found = [
        re.split(r"[\s/]+", re.split(r"[#;|&]", line)[0])
        for code in code_of(page)
        for line in re.findall(r"(?:^|[ /])hailong +([a-z].*)", code.replace("\\\n", " "))
    ]
    assert [mistake for words in found if (mistake := find_mistake(words))] == []


@every_page
def test_every_make_target_is_there(page: Path) -> None:
    targets = {name for code in code_of(page) for name in re.findall(r"(?:^|[ &])make +([\w./-]+)", code)}
    if targets:
        subprocess.run(["make", "--dry-run", *sorted(targets)], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


@every_page
def test_every_file_that_is_named_is_there(page: Path) -> None:
    named = {
        path.rstrip("./")
        for code in code_of(page)
        for path in re.findall(rf"(?<![\w/.<])(?:{ROOMS})/[\w./*-]*(?![\w<>{{…/*-])", code)
    }
    assert sorted(path for path in named - INVENTED if not list(ROOT.glob(path))) == []


@every_page
def test_every_setting_that_is_named_is_there(page: Path) -> None:
    named = set(re.findall(r"HAILONG_[A-Z_]+[A-Z]", page.read_text(encoding="utf-8")))
    assert named <= {f"HAILONG_{name.upper()}" for name in Settings.model_fields}
