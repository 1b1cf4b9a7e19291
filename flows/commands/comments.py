"""Commands over a file of comments, so that anyone can score redaction and themes against a human's labels."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from surveys.catalogue import load_survey
from transforms import redaction
from transforms.themes import Coder

File = Annotated[Path, typer.Argument(help="JSON Lines of {id, text}; - reads standard input")]


def redact(
    file: File,
    output: Annotated[Path | None, typer.Option(help="File to write instead of standard output")] = None,
) -> None:
    """Replace personal data in comments by tokens.

    Writes JSON Lines of {id, redacted, masked}; masked is a list of start, end and type of each span.

    Offsets count the characters of the text in normal form NFC. docs/redaction.md says what is masked.
    """
    lines = (
        {"id": id_, "redacted": found.redacted, "masked": found.masked}
        for id_, text in _read_comments(file)
        for found in [redaction.redact(text)]
    )
    if output is None:
        for line in lines:
            print(json.dumps(line, ensure_ascii=False))
        return
    output.touch(mode=0o600)  # redacted comments are for the restricted tier
    with output.open("w", encoding="utf-8") as written:
        written.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def themes(
    file: File,
    survey: Annotated[str, typer.Option(help="Survey whose themes.yaml is the lexicon")] = "kbnn",
) -> None:
    """Give comments their themes and polarity.

    Writes JSON Lines of {id, themes, polarity} to standard output.
    """
    lexicon = load_survey(survey).themes
    if lexicon is None:
        raise typer.BadParameter(f"survey {survey!r} has no themes.yaml; docs/themes.md says how to write one")
    coder = Coder(lexicon)
    for id_, text in _read_comments(file):
        codes, polarity = coder.code(text)
        print(json.dumps({"id": id_, "themes": codes, "polarity": polarity}, ensure_ascii=False))


def _read_comments(file: Path) -> Iterator[tuple[object, str]]:
    """Id and text of each line; a line that is no comment stops, by number and never by its content."""
    for number, line in enumerate(_read_lines(file), start=1):
        if not line.strip():
            continue
        try:
            comment = json.loads(line)
            id_, text = comment["id"], str(comment["text"] or "")
        except (json.JSONDecodeError, KeyError, TypeError):
            message = f"{file}: line {number} is not an object with id and text; the lines before it are written"
            raise typer.BadParameter(message) from None
        yield id_, text


def _read_lines(file: Path) -> list[str]:
    if str(file) != "-" and not file.is_file():
        raise typer.BadParameter(f"no file {file}")
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise typer.BadParameter(f"{file} is not UTF-8") from None
    return text.split("\n")  # not splitlines: JSON may hold U+2028 and the like as they are
