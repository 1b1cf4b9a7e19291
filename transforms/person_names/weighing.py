"""Names without capitals: rows of syllables are weighed by the signs in and around them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from transforms import name_lexicon as lexicon
from transforms.identifiers import Span
from transforms.name_lexicon import fold
from transforms.person_names.contexts import acts, ends_pair, is_introduced
from transforms.person_names.places import protect_places
from transforms.person_names.syllables import (
    ANY_TITLE,
    CALL,
    CUE,
    CUE_PAIRS,
    CUE_TAIL,
    FAMOUS,
    FOLLOWER,
    FUNCTION,
    GIVEN,
    INTRODUCER,
    LOCATIVE,
    MIDDLE,
    MINORITY,
    NAMELIKE,
    NO_NAME,
    OF_WOMEN_AND_MEN,
    PLACE,
    STRONG,
    SURNAME,
    TITLE,
    USED,
    WEAK_TITLE,
    WORD,
    Comment,
    could_be_vietnamese,
)
from transforms.person_names.weights import FOLDED_WEIGHTS, WEIGHTS


def weigh(c: Comment) -> dict[int, int]:
    """Where names without capitals start and end: the best rows of syllables, if enough speaks for them.

    In a comment that has capitals, only after titles and from surnames on that are no word: 'Cảm ơn chị lan'.
    """
    starts: Iterable[int] = range(c.n)
    weights, needed = (FOLDED_WEIGHTS, _FOLDED_NEEDED) if c.is_folded else (WEIGHTS, _NEEDED)
    if c.is_cased and c.is_weighed:
        needed += _MORE_AFTER_OPENING
    if not c.is_weighed:
        titles = [i for i in c.signs if c.bits[i] & TITLE and i + 1 < c.n]
        starts = [i + 1 for i in titles if not c.cap[i + 1] and not c.is_compound(i) and not c.words[i][1:].isupper()]
        starts += [i for i in c.signs if c.bits[i] & STRONG and not c.cap[i] and not c.is_folded]
        needed += _MORE_AMONG_CAPITALS
        if not starts:
            return {}
    found = []
    for start, end in _rows_of_syllables(c, starts):
        weight = sum(weights.get(sign, 0) for sign in _signs(c, start, end))
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


#: What a row must weigh to be a name: with less, more names are found and more words taken for one.
_NEEDED, _FOLDED_NEEDED = -2.0, -1.5


_MORE_AMONG_CAPITALS = 3.0  # where the comment has capitals, and this would have one


_MORE_AFTER_OPENING = 1.0  # where its only capitals are those of sentences


_LONGER = 2.0  # of rows that overlap, the longer one hides more of a name: this much for each syllable


def signs_of_rows(text: str, taken: list[Span]) -> Iterator[tuple[int, int, list[str]]]:
    """Each row of syllables of `text` that could be a name: where it starts and ends, and its signs.

    For `bench/fit_name_weights.py`, which fits the weights to comments whose names are labelled.
    """
    comment = Comment.read(text, fold(text), taken)
    protect_places(comment)
    for start, end in _rows_of_syllables(comment, range(comment.n)):
        yield comment.starts[start], comment.ends[end - 1], list(_signs(comment, start, end))


def _rows_of_syllables(c: Comment, starts: Iterable[int]) -> Iterator[tuple[int, int]]:
    """One to four syllables that could be a name."""
    for start in starts:
        first = c.bits[start]
        if (first and not first & NAMELIKE) or c.known[start] == USED or _is_second_half(c, start):
            continue
        for end in range(start + 1, min(c.n, start + 4) + 1):
            last = c.bits[end - 1]
            if c.known[end - 1] == USED or end - 1 in c.roles or (end - start > 1 and not c.glued[end - 1]):
                break
            is_titled = start and c.bits[start - 1] & TITLE and not c.is_folded
            is_acting = last & FUNCTION and acts(c, end)  # 'co nhung o quay so 1', 'anh bảo ơi'
            ends_name = last & GIVEN and (end - start > 1 or is_titled or is_acting or not last & FUNCTION)
            if end - start == 3 and first & STRONG and c.keys[start + 1] in OF_WOMEN_AND_MEN:
                ends_name = not last & FUNCTION or ends_name  # 'nguyễn văn khá'
            is_place = PLACE == c.known[start] == c.known[end - 1] or (c.known[start] and _is_street(c, start))
            if end - start == 1 and start and f"{c.keys[start - 1]} {c.keys[start]}" in lexicon.KINDS_OF_PERSONS:
                continue
            is_word = end - start == 2 and c.is_compound(start) and not is_introduced(c, start)
            if (ends_name or (end - start > 1 and not last and len(c.keys[end - 1]) > 1)) and not (is_place or is_word):
                yield start, end


def _is_second_half(c: Comment, i: int) -> bool:
    """Whether syllable i ends a kind of place or a role: the 'bạc' of 'kho bạc', the 'viên' of 'giao dịch viên'."""
    if not i or not c.glued[i]:
        return False
    if c.keys[i] in ("viên", "vien") and not c.bits[i - 1] & TITLE:
        return True
    if c.bits[i] & CUE_TAIL and f"{c.keys[i - 1]} {c.keys[i]}" in CUE_PAIRS:
        return True
    return i - 1 in c.roles or (i - 2 in c.roles and c.keys[i] in ("viên", "vien", "trưởng", "truong"))


def _is_street(c: Comment, i: int) -> bool:
    """Whether a name of history at syllable i comes after a word that places come after."""
    return i > 0 and c.glued[i] and bool(c.bits[i - 1] & (CUE | CUE_TAIL | LOCATIVE))


def _signs(c: Comment, start: int, end: int) -> Iterator[str]:
    """What speaks for and against a name from `start` to `end`: keys of the tables of weights."""
    first, last, n = c.bits[start], c.bits[end - 1], min(end - start, 3)
    yield f"{n} syllables" if end - start < 4 else "4 syllables"
    is_called = end < c.n and c.bits[end] & CALL
    for bit, name in _LAST_SIGNS:
        if last & bit and not is_called:
            yield f"{n} last {name}"
    if not last:
        yield "last unknown" if could_be_vietnamese(c.folded[end - 1]) else "last foreign"
    if n > 1:
        if c.keys[start] in lexicon.RANKS and start and c.bits[start - 1] & TITLE:
            yield "rank"  # 'bác tư hiệp'
        if n == 2 and not (first | last) & (WORD | FUNCTION) and first and last:
            yield "2 pure"
        for bit, name in _FIRST_SIGNS:
            if first & bit:
                yield f"{n} first {name}"
        if not first:
            yield f"{n} first unknown"
        for k in range(start + 1, end - 1):
            middle = c.bits[k]
            if c.keys[k] in ("thị", "thi"):
                yield "surname thị" if first & SURNAME and k == start + 1 else "middle thị"
            elif c.keys[k] in lexicon.SURE_MIDDLES:
                yield "middle sure"
            elif c.keys[k] in lexicon.TYPICAL_MIDDLES:
                yield "middle typical"
            elif k == start + 1 and end - start == 4 and middle & SURNAME:
                yield "middle surname"
            else:
                yield "middle" if middle & MIDDLE else "middle given" if middle & GIVEN else "middle unknown"
            if middle & FUNCTION:
                yield "middle function"
        for k in range(start, end - 1):
            if c.is_compound(k):
                yield f"{n} word within"
    if c.is_compound(start - 1):
        yield "word with title" if c.bits[start - 1] & ANY_TITLE else "word before"
    if c.opens_word(end - 1):
        yield "word after"
    if PLACE in c.known[start:end]:
        yield "place first" if c.known[start] == PLACE else "place"
    elif FAMOUS in c.known[start:end]:
        yield "famous"
    if c.is_folded:
        yield f"{n} sure" if c.keys[end - 1] in lexicon.FOLDED_SURE_GIVENS else f"{n} unsure"
    yield from _words(c, start, end)
    before, after = _sign_before(c, start), _sign_after(c, end)
    yield f"{n} {before}"
    yield f"{n} {after}"
    if before in _TITLES:
        yield f"{'doubtful title' if before == 'after doubtful title' else 'title'} {_sign_before(c, start - 1)}"
        if n == 1 and last & NO_NAME:
            yield "kind of person"


_TITLES = ("after title", "after doubtful title", "after weak title")


_LAST_SIGNS = ((WORD, "word"), (FUNCTION, "function"), (FOLLOWER, "follower"), (ANY_TITLE, "title"))


_FIRST_SIGNS = (
    (STRONG, "strong"), (SURNAME, "surname"), (MIDDLE, "middle"), (MINORITY, "minority"), (WORD, "word"),
    (FUNCTION, "function"), (ANY_TITLE, "title"), (FOLLOWER, "follower"),
)  # fmt: skip


def _words(c: Comment, start: int, end: int) -> Iterator[str]:
    """The words themselves: the first and the last of a row, and up to two on either side."""
    keys, glued = c.keys, c.glued
    yield "last " + keys[end - 1]
    if end - start > 1:
        yield "first " + keys[start]
    if start and glued[start]:
        yield ("one after " if end - start == 1 else "after ") + keys[start - 1]
        if start > 1 and glued[start - 1]:
            yield f"after {keys[start - 2]} {keys[start - 1]}"
    if end < c.n and glued[end]:
        yield "before " + keys[end]
        if end + 1 < c.n and glued[end + 1]:
            yield f"before {keys[end]} {keys[end + 1]}"


def _sign_before(c: Comment, i: int) -> str:
    if "\0" in c.gaps[i] or (i and c.known[i - 1] == USED):
        return "after name"
    if i and ":" in c.gaps[i]:
        return "after label" if is_introduced(c, i) else "begins"
    if i == 0 or not c.glued[i]:
        return "begins"
    before, key = c.bits[i - 1], c.keys[i - 1]
    if before & TITLE:
        return "after doubtful title" if c.is_folded and key in lexicon.AMBIGUOUS_FOLDED_TITLES else "after title"
    if before & WEAK_TITLE:
        return "after weak title"
    if i - 2 in c.roles:
        return "after role"
    if key in lexicon.SURE_INTRODUCERS or key in ("tên", "ten") or ends_pair(c, i):
        return "after meeting"
    if before & CUE:
        return "after cue"
    if before & INTRODUCER:
        return "introduced"
    return (
        "after word" if not before & NAMELIKE else "after namelike word" if before & (WORD | FUNCTION) else "after name"
    )


def _sign_after(c: Comment, i: int) -> str:
    if i < c.n and ("\0" in c.gaps[i] or c.known[i] == USED):
        return "before name"
    if i < c.n and c.bits[i] & CALL:
        return "called"
    if c.ends_clause(i):
        return "before role" if i in c.roles and "(" in c.gaps[i] else "ends"
    if acts(c, i):
        return "acts"
    if i in c.roles:
        return "before role"
    if c.is_compound(i):
        return "before compound"
    if c.keys[i] in lexicon.FOLDED_PERSONAL_FOLLOWERS:
        return "followed by person's"
    if c.bits[i] & FOLLOWER:
        return "followed"
    after = c.bits[i]
    return (
        "before word"
        if not after & NAMELIKE
        else "before namelike word"
        if after & (WORD | FUNCTION)
        else "before name"
    )
