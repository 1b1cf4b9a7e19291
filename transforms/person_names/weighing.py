"""Names without capitals: rows of syllables are weighed by their signs, and the heaviest are names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from transforms import name_lexicon as lexicon
from transforms.identifiers import Span
from transforms.name_lexicon import fold
from transforms.person_names.contexts import acts, is_introduced
from transforms.person_names.places import protect_places
from transforms.person_names.signs import name_signs, weigh_row
from transforms.person_names.syllables import (
    CUE,
    CUE_PAIRS,
    CUE_TAIL,
    FUNCTION,
    GIVEN,
    LOCATIVE,
    NAMELIKE,
    OF_WOMEN_AND_MEN,
    PLACE,
    STRONG,
    TITLE,
    USED,
    Comment,
    could_be_vietnamese,
)
from transforms.person_names.weights import FOLDED_WEIGHTS, WEIGHTS

#: What a row must weigh to be a name: with less, more names are found and more words taken for one.
_NEEDED, _FOLDED_NEEDED = -2.0, -1.5
_MORE_AMONG_CAPITALS = 3.0  # where the comment has capitals, and this would have one
_MORE_AFTER_OPENING = 1.0  # where its only capitals are those of sentences
_LONGER = 2.0  # of rows that overlap, the longer one hides more of a name: this much for each syllable
_LONGEST = 4


def weigh_rows(c: Comment) -> dict[int, int]:
    """Where names without capitals start and end: the best rows of syllables, if enough speaks for them."""
    weights, needed = (FOLDED_WEIGHTS, _FOLDED_NEEDED) if c.is_folded else (WEIGHTS, _NEEDED)
    starts: Iterable[int] = range(c.n)
    if not c.is_weighed:
        needed += _MORE_AMONG_CAPITALS
        if not (starts := _starts_among_capitals(c)):
            return {}
    elif c.is_cased:
        needed += _MORE_AFTER_OPENING
    found = []
    for start, end in _find_rows(c, starts):
        weight = weigh_row(c, start, end, weights, needed)
        if weight >= needed:
            found.append((-weight - _LONGER * (end - start), start, end))
    best: dict[int, int] = {}
    taken: set[int] = set()
    for _, start, end in sorted(found):
        row = range(start, end)
        if taken.isdisjoint(row):
            best[start] = end
            taken.update(row)
    return best


def signs_of_rows(text: str, taken: list[Span]) -> Iterator[tuple[int, int, list[str]]]:
    """Each row of syllables of `text` that could be a name: where it starts and ends, and its signs.

    For `bench/fit_name_weights.py`, which fits the weights to comments whose names are labelled.
    """
    comment = Comment.read(text, fold(text), taken)
    protect_places(comment)
    for start, end in _find_rows(comment, range(comment.n)):
        yield comment.starts[start], comment.ends[end - 1], name_signs(comment, start, end)


def _starts_among_capitals(c: Comment) -> list[int]:
    """In a comment that has capitals: after titles, and surnames that are no word: 'Cảm ơn chị lan'."""
    signs = [i for i in c.signs if c.bits[i] & (TITLE | STRONG)]
    titles = [i for i in signs if c.bits[i] & TITLE and i + 1 < c.n and not c.is_compound(i)]
    starts = [i + 1 for i in titles if not c.cap[i + 1] and not c.words[i][1:].isupper()]
    return starts + [i for i in signs if c.bits[i] & STRONG and not c.cap[i] and not c.is_folded]


# --- rows that could be a name -------------------------------------------------------------------------------


def _find_rows(c: Comment, starts: Iterable[int]) -> Iterator[tuple[int, int]]:
    for start in starts:
        if not _could_begin(c, start):
            continue
        for end in range(start + 1, min(c.n, start + _LONGEST) + 1):
            if c.known[end - 1] == USED or end - 1 in c.roles or (end - start > 1 and not c.glued[end - 1]):
                break
            if _could_end(c, start, end) and not _is_no_name(c, start, end):
                yield start, end


def _could_begin(c: Comment, i: int) -> bool:
    """Whether the lists know nothing of syllable i, or that names have it, and it ends no kind of place and no role."""
    if (c.bits[i] and not c.bits[i] & NAMELIKE) or c.known[i] == USED:
        return False
    if not i or not c.glued[i]:
        return True
    if c.keys[i] in ("viên", "vien") and not c.bits[i - 1] & TITLE:  # 'hướng dẫn viên'
        return False
    if c.bits[i] & CUE_TAIL and f"{c.keys[i - 1]} {c.keys[i]}" in CUE_PAIRS:  # 'kho bạc'
        return False
    return i - 1 not in c.roles and not (i - 2 in c.roles and c.keys[i] in ("viên", "vien", "trưởng", "truong"))


def _could_end(c: Comment, start: int, end: int) -> bool:
    last, size = c.bits[end - 1], end - start
    if size == 3 and c.bits[start] & STRONG and c.keys[start + 1] in OF_WOMEN_AND_MEN and not last & FUNCTION:
        return True  # 'nguyễn văn khá', 'trần thị b'
    if not last:
        is_titled = (
            not (c.is_folded or c.is_cased) and c.bits_before(start) & TITLE and could_be_vietnamese(c.folded[start])
        )
        return bool(size > 1 or is_titled) and len(c.keys[end - 1]) > 1
    if not last & GIVEN:
        return False
    is_titled = start and c.bits[start - 1] & TITLE and not (c.is_folded or c.is_cased)
    return bool(size > 1 or is_titled or not last & FUNCTION or acts(c, end))  # 'co nhung o quay so 1'


def _is_no_name(c: Comment, start: int, end: int) -> bool:
    """Whether a row is a place, a kind of person ('bác tài') or a word ('thái độ')."""
    if c.known[start]:
        is_after_kind = start > 0 and c.glued[start] and c.bits[start - 1] & (CUE | CUE_TAIL | LOCATIVE)
        if is_after_kind or c.known[start] == c.known[end - 1] == PLACE:
            return True
    if end - start == 1:
        if not c.is_folded and c.opens_word(start):  # 'em thực tập'
            return True
        return start > 0 and f"{c.keys[start - 1]} {c.keys[start]}" in lexicon.KINDS_OF_PERSONS
    if c.bits[start] & LOCATIVE and c.known[start + 1] == c.known[end - 1] == PLACE:  # 'từ long khánh'
        return True
    if end - start > 2 or not c.is_compound(start) or is_introduced(c, start):
        return False
    return not (c.is_folded and c.keys[end - 1] in lexicon.FOLDED_SURE_GIVENS)  # 'thanh thao'
