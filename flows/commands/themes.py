"""The command that codes a file of comments, so that anyone can score the lexicon against a human coder."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from surveys.catalogue import load_survey
from transforms.themes import Coder


def themes(
    file: Annotated[Path, typer.Argument(help="JSON Lines of {id, text}; - reads standard input")],
    survey: Annotated[str, typer.Option(help="Survey whose themes.yaml is the lexicon")] = "kbnn",
) -> None:
    """Give each comment its themes and polarity: JSON Lines of {id, themes, polarity} on standard output."""
    lexicon = load_survey(survey).themes
    if lexicon is None:
        raise typer.BadParameter(f"survey {survey!r} has no themes.yaml; docs/themes.md says how to write one")
    coder = Coder(lexicon)
    for number, line in enumerate(_read_lines(file), start=1):
        if not line.strip():
            continue
        try:
            comment = json.loads(line)
            id_, text = comment["id"], str(comment["text"] or "")
        except (json.JSONDecodeError, KeyError, TypeError):
            message = f"{file}: line {number} is not an object with id and text; the lines before it are written"
            raise typer.BadParameter(message) from None
        codes, polarity = coder.code(text)
        print(json.dumps({"id": id_, "themes": codes, "polarity": polarity}, ensure_ascii=False))


def _read_lines(file: Path) -> list[str]:
    if str(file) == "-":
        return sys.stdin.read().splitlines()
    if not file.is_file():
        raise typer.BadParameter(f"no file {file}")
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise typer.BadParameter(f"{file} is not UTF-8") from None
