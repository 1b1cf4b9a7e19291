"""The signs by which a name without capitals is told: what the lists say of a row of syllables, and what stands around it.

Each sign is a key of the tables in `weights.py`: `1 after title`, `3 first surname`, `word after`, `before nói`. A number is
that of the row's syllables, three standing for more: what tells a given name is not what tells a full one.
"""

from __future__ import annotations

from functools import cache

from transforms import name_lexicon as lexicon
from transforms.person_names.contexts import acts, ends_pair, is_introduced
from transforms.person_names.syllables import (
    ANY_TITLE,
    CALL,
    CUE,
    FAMOUS,
    FOLLOWER,
    FUNCTION,
    GIVEN,
    INTRODUCER,
    MIDDLE,
    MINORITY,
    NAMELIKE,
    NO_NAME,
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


def list_signs(c: Comment, start: int, end: int) -> list[str]:
    """What speaks for and against a name from syllable `start` to `end`."""
    size = end - start
    n = min(size, 3)
    signs = ["4 syllables" if size > 3 else f"{n} syllables"]
    signs += _of_last(c, end, n)
    if size > 1:
        signs += _of_first(c, start, n)
        signs += _of_two(c, start) if size == 2 else _of_middles(c, start, end)
        signs += [f"{n} word within" for k in range(start, end - 1) if c.is_compound(k)]
    signs += _of_borders(c, start, end)
    signs += _of_words(c, start, end)
    before, after = _sign_before(c, start), _sign_after(c, end)
    signs += (f"{n} {before}", f"{n} {after}")
    if before in _TITLES:
        signs.append(f"{_TITLES[before]} {_sign_before(c, start - 1)}")
        if size == 1 and c.bits[start] & NO_NAME:
            signs.append("kind of person")
    return signs


_TITLES = {"after title": "title", "after weak title": "title", "after doubtful title": "doubtful title"}

# --- the row itself ------------------------------------------------------------------------------------------


def _of_last(c: Comment, end: int, n: int) -> list[str]:
    last, is_called = c.bits[end - 1], end < c.n and c.bits[end] & CALL
    signs = [] if is_called else [*_kinds_of_last(last, n)]  # 'bảo ơi': nobody is called by a word
    if not last:
        signs.append("last unknown" if could_be_vietnamese(c.folded[end - 1]) else "last foreign")
    if c.is_folded:
        signs.append(f"{n} sure" if c.keys[end - 1] in lexicon.FOLDED_SURE_GIVENS else f"{n} unsure")
    return signs


def _of_first(c: Comment, start: int, n: int) -> list[str]:
    signs = [*_kinds_of_first(c.bits[start], n)]
    if c.keys[start] in lexicon.RANKS and start and c.bits[start - 1] & TITLE:
        signs.append("rank")  # 'bác tư hiệp'
    return signs


@cache
def _kinds_of_last(bits: int, n: int) -> tuple[str, ...]:
    kinds = ((WORD, "word"), (FUNCTION, "function"), (FOLLOWER, "follower"), (ANY_TITLE, "title"))
    return tuple(f"{n} last {kind}" for bit, kind in kinds if bits & bit)


@cache
def _kinds_of_first(bits: int, n: int) -> tuple[str, ...]:
    kinds = (
        (STRONG, "strong"), (SURNAME, "surname"), (MIDDLE, "middle"), (MINORITY, "minority"), (WORD, "word"),
        (FUNCTION, "function"), (ANY_TITLE, "title"), (FOLLOWER, "follower"),
    )  # fmt: skip
    return tuple(f"{n} first {kind}" for bit, kind in kinds if bits & bit) if bits else (f"{n} first unknown",)


def _of_two(c: Comment, start: int) -> list[str]:
    first, last = c.bits[start], c.bits[start + 1]
    return ["2 pure"] if first and last and not (first | last) & (WORD | FUNCTION) else []


def _of_middles(c: Comment, start: int, end: int) -> list[str]:
    signs = []
    for k in range(start + 1, end - 1):
        bits, key = c.bits[k], c.keys[k]
        if key in ("thị", "thi"):
            signs.append("surname thị" if c.bits[start] & SURNAME and k == start + 1 else "middle thị")
        elif key in lexicon.SURE_MIDDLES:
            signs.append("middle sure")
        elif key in lexicon.TYPICAL_MIDDLES:
            signs.append("middle typical")
        elif bits & SURNAME and k == start + 1 and end - start == 4:
            signs.append("middle surname")
        else:
            signs.append("middle" if bits & MIDDLE else "middle given" if bits & GIVEN else "middle unknown")
        if bits & FUNCTION:
            signs.append("middle function")
    return signs


def _of_borders(c: Comment, start: int, end: int) -> list[str]:
    """Words of the language and places that the row would cut."""
    signs = []
    if c.is_compound(start - 1):
        signs.append("word with title" if c.bits[start - 1] & ANY_TITLE else "word before")
    if c.opens_word(end - 1):
        signs.append("word after")
    known = c.known[start:end]
    if PLACE in known:
        signs.append("place first" if known[0] == PLACE else "place")
    elif FAMOUS in known:
        signs.append("famous")
    return signs


def _of_words(c: Comment, start: int, end: int) -> list[str]:
    """The words themselves: the first and the last of a row, and up to two on either side."""
    keys, glued = c.keys, c.glued
    signs = ["last " + keys[end - 1]]
    if end - start > 1:
        signs.append("first " + keys[start])
    if start and glued[start]:
        signs.append(("one after " if end - start == 1 else "after ") + keys[start - 1])
        if start > 1 and glued[start - 1]:
            signs.append(f"after {keys[start - 2]} {keys[start - 1]}")
    if end < c.n and glued[end]:
        signs.append("before " + keys[end])
        if end + 1 < c.n and glued[end + 1]:
            signs.append(f"before {keys[end]} {keys[end + 1]}")
    return signs


# --- what stands around it -----------------------------------------------------------------------------------


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
    if before & NAMELIKE:
        return "after namelike word" if before & (WORD | FUNCTION) else "after name"
    return "after word"


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
    after = c.bits[i]
    if after & FOLLOWER:
        return "followed"
    if after & NAMELIKE:
        return "before namelike word" if after & (WORD | FUNCTION) else "before name"
    return "before word"
