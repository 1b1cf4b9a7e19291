"""Numbers, handles, plates, dates of birth and addresses: in hard forms without a keyword, and what looks like them."""

from __future__ import annotations

import re
from pathlib import Path

from transforms.addresses import find_addresses
from transforms.identifiers import find_identifiers
from transforms.name_lexicon import fold

CASES = Path(__file__).with_name("invented_identifiers.txt").read_text("utf-8").splitlines()
_MARK = re.compile(r"\{(\w+)\|(.*?)\}")


def test_identifiers_and_addresses_are_masked_in_hard_forms() -> None:
    assert [line for line in CASES if _missed(line)] == []


def test_what_only_looks_like_an_identifier_stays() -> None:
    assert [line for line in CASES if not _MARK.search(line) and _masked(line)] == []


def _missed(line: str) -> list[str]:
    text, shift, missed = _MARK.sub(r"\2", line), 0, []
    masked = _masked(text)
    for mark in _MARK.finditer(line):
        start = mark.start() - shift
        if not set(range(start, start + len(mark.group(2)))) <= masked:
            missed.append(mark.group(1))
        shift += len(mark.group()) - len(mark.group(2))
    return missed


def _masked(text: str) -> set[int]:
    """Positions of the masked characters."""
    plain = fold(text)
    spans = [*find_identifiers(text, plain), *find_addresses(text, plain)]
    return {position for span in spans for position in range(span.start, span.end)}
