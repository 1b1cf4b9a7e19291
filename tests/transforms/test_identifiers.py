"""Numbers, handles, plates, dates of birth and addresses: in hard forms without a keyword, and what looks like them."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.addresses import find_addresses
from transforms.identifiers import find_identifiers
from transforms.name_lexicon import fold

CASES = Path(__file__).with_name("invented_identifiers.txt").read_text("utf-8").splitlines()
_MARK = re.compile(r"\{(\w+)\|(.*?)\}")


def test_identifiers_and_addresses_are_masked_in_hard_forms() -> None:
    assert [line for line in CASES if _missed(line)] == []


def test_what_only_looks_like_an_identifier_stays() -> None:
    assert [line for line in CASES if not _MARK.search(line) and _masked(line)] == []


_WORDS = st.sampled_from(sorted({word for line in CASES for word in _MARK.sub(r"\2", line).split()}))


@settings(max_examples=200, deadline=None)
@given(st.lists(_WORDS), st.sampled_from(["", " ", ", "]))
def test_the_same_words_in_any_order_give_spans_inside_the_text(words: list[str], between: str) -> None:
    text = between.join(words)
    plain = fold(text)
    spans = [*find_identifiers(text, plain), *find_addresses(text, plain)]
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


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
