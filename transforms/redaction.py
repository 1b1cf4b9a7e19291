"""Redaction of comments: personal data in free text replaced by typed tokens that keep the sentence readable.

    'Cảm ơn chị Lan (0912.345.678)'  ->  'Cảm ơn chị [TÊN_1] ([SĐT])'

What is found where: numbers and handles in `identifiers.py`, street addresses in `addresses.py`, names in
`person_names/`. Rules only: the same text gives the same result for ever, and a reader can trace each decision.
What is masked, what stays and how well it does: docs/redaction.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import polars as pl

from transforms.addresses import find_addresses
from transforms.identifiers import Span, find_identifiers
from transforms.name_lexicon import fold
from transforms.person_names import blank, find_names

TOKENS = {
    "PHONE": "[SĐT]",
    "EMAIL": "[EMAIL]",
    "NATIONAL_ID": "[CCCD]",
    "TAX_CODE": "[MST]",
    "BANK_ACCOUNT": "[TK]",
    "TREASURY_ACCOUNT": "[TK]",
    "BUDGET_UNIT_CODE": "[MÃ_ĐVQHNS]",
    "PLATE": "[BIỂN_SỐ]",
    "SOCIAL_HANDLE": "[MXH]",
    "ADDRESS": "[ĐỊA_CHỈ]",
    "PASSPORT": "[HỘ_CHIẾU]",
    "DOB": "[NGÀY_SINH]",
}
_TOKEN = re.compile(r"\[(?:TÊN_\d+|" + "|".join(token[1:-1] for token in dict.fromkeys(TOKENS.values())) + r")\]")
_CLINGS_BEFORE = re.compile(r"\d\s$|.?[a-z\d@_\0]$")
_CLINGS_AFTER = re.compile(r"[a-z@_\0]|\s?\d")
_DIGIT = re.compile(r"\d")
#: Characters that nobody sees: they split words and numbers, and so would hide them from the rules.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff\u202a-\u202e]")


class Redaction(NamedTuple):
    """`redacted`: the NFC text with tokens; `masked`: (start, end, type) in the NFC text, ascending, disjoint."""

    redacted: str
    masked: list[tuple[int, int, str]]


def redact(text: str) -> Redaction:
    """Find and replace the personal data of one comment.

    Where words and numbers are written together, what is found may uncover more: then it is looked for until no more is.
    Redacting what is redacted changes nothing, but for rows of words that nobody writes.
    """
    text = unicodedata.normalize("NFC", text)
    visible, position = text, None
    if not text.isascii() and _INVISIBLE.search(text):
        position = [i for i, character in enumerate(text) if not _INVISIBLE.match(character)]
        visible = "".join(text[i] for i in position)
    shown, plain = visible, fold(visible)
    if "[" in visible:
        for match in _TOKEN.finditer(visible):
            shown, plain = blank(shown, *match.span()), blank(plain, *match.span())
    tokens: list[str] = []
    is_redacted = "[TÊN_" in visible
    spans = found = _find_spans(shown, plain, names_too=True, is_redacted=is_redacted)
    while found:
        tokens = _number_persons(plain, spans)
        if not any(_clings(plain, span) for span in found):
            break
        blanks = ["\0" * len(token) for token in tokens]
        rest, plain_rest = _replace(shown, spans, blanks), _replace(plain, spans, blanks)
        found = _find_spans(rest, plain_rest, names_too=False, is_redacted=True)
        spans = sorted([*spans, *_locate(found, spans, tokens)])
    if position is not None:
        spans = [Span(position[start], position[end - 1] + 1, kind) for start, end, kind in spans]
    return Redaction(_replace(text, spans, tokens), [(span.start, span.end, span.type) for span in spans])


def redact_series(values: pl.Series) -> pl.Series:
    """A column of comments redacted; null stays null. The column's name is kept."""
    redacted = {text: redact(text).redacted for text in values.unique(maintain_order=True).drop_nulls()}
    return pl.Series(values.name, [redacted.get(text) for text in values], pl.String)


def _find_spans(text: str, plain: str, *, names_too: bool, is_redacted: bool) -> list[Span]:
    """Disjoint spans in ascending order.

    Names are looked for until no more are found: once that is done, only what else is found can uncover one.
    """
    taken: list[Span] = []
    _take(taken, find_identifiers(text, plain))
    if _DIGIT.search(plain):
        _take(taken, find_addresses(text, plain))
    if taken or names_too:
        _take(taken, find_names(text, plain, taken, is_redacted=is_redacted))
    return sorted(taken)


def _clings(plain: str, span: Span) -> bool:
    """Whether words or numbers are written so near to a span that its masking could uncover more: they hardly ever are."""
    before = plain[max(0, span.start - 2) : span.start]
    return bool(_CLINGS_BEFORE.match(before) or _CLINGS_AFTER.match(plain, span.end))


def _replace(text: str, spans: list[Span], tokens: list[str]) -> str:
    pieces, cursor = [], 0
    for (start, end, _), token in zip(spans, tokens, strict=True):
        pieces += [text[cursor:start], token]
        cursor = end
    return "".join([*pieces, text[cursor:]])


def _locate(found: list[Span], spans: list[Span], tokens: list[str]) -> Iterator[Span]:
    """Spans found in the text after replacement of `spans` by `tokens`, where they are in the text before."""
    shifts, longer = [], 0  # (where a token ends, how much longer the text before it was)
    for (start, end, _), token in zip(spans, tokens, strict=True):
        longer += end - start - len(token)
        shifts.append((end - longer, longer))
    for start, end, kind in found:
        shift = max((shift for shift in shifts if shift[0] <= start), default=(0, 0))[1]
        yield Span(start + shift, end + shift, kind)


def _take(taken: list[Span], found: Iterable[Span]) -> None:
    """Add spans; one that overlaps others extends the first of them, whose evidence is the stronger."""
    for span in found:
        overlapped = [other for other in taken if span.start < other.end and other.start < span.end]
        if overlapped:
            start, end = min(span.start, *(o.start for o in overlapped)), max(span.end, *(o.end for o in overlapped))
            span = Span(start, end, overlapped[0].type)
            taken[:] = [other for other in taken if other not in overlapped]
        taken.append(span)


def _number_persons(plain: str, spans: list[Span]) -> list[str]:
    """The tokens of the spans. Names that end alike are one person: 'Nguyễn Thị Lan' and 'chị Lan', also 'chi lan'.

    Two full names that differ are two persons, and a given name that both share stays with the first.
    """
    persons: list[list[str]] = []
    tokens = []
    for start, end, kind in spans:
        if kind != "PERSON_NAME":
            tokens.append(TOKENS[kind])
            continue
        name = plain[start:end].split()
        number = next((i for i, known in enumerate(persons) if _is_same_person(known, name)), None)
        if number is None:
            persons.append(name)
            number = len(persons) - 1
        elif len(name) > len(persons[number]):
            persons[number] = name
        tokens.append(f"[TÊN_{number + 1}]")
    return tokens


def _is_same_person(one: list[str], other: list[str]) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return longer[len(longer) - len(shorter) :] == shorter
