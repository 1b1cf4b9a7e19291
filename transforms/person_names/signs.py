"""The signs by which a name without capitals is told: what the lists say of a row of syllables, and what stands around it.

A sign is a key of the tables in `weights.py`. Most mean something else for a given name of one syllable than for two or for
a full name, and have a weight for each: `1 after title`, `3 first surname`; a few weigh the same for all. Besides, the words
in and around a name have weights of their own.
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
from transforms.person_names.weights import Weights

#: How the signs begin that weigh the same however many syllables a row has.
_OF_ANY_SIZE = (
    "4 syllables", "last unknown", "last foreign", "rank", "surname thị", "middle", "word with title", "word before",
    "word after", "place", "famous", "title ", "doubtful title ", "kind of person",
)  # fmt: skip


def weigh_row(c: Comment, start: int, end: int, weights: Weights, needed: float) -> float:
    """How much speaks for a name from syllable `start` to `end`; anything less than `needed` if that cannot be reached."""
    weights_of_size, weight = weights.signs[min(end - start, 3)], 0.0
    for sign in list_signs(c, start, end):
        weight += weights_of_size.get(sign, 0.0)
    if weight + weights.most_of_words >= needed:  # if not, not worth a look at its words
        for kind, word in _list_words(c, start, end):
            weight += weights.words[kind].get(word, 0.0)
    return weight


def name_signs(c: Comment, start: int, end: int) -> list[str]:
    """All that is weighed, as the tables of weights name it: `1 after title`, `last: nói`."""
    n, signs = min(end - start, 3), list_signs(c, start, end)
    named = [sign if sign.startswith(_OF_ANY_SIZE) else f"{n} {sign}" for sign in signs]
    return named + [f"{kind}: {word}" for kind, word in _list_words(c, start, end)]


def list_signs(c: Comment, start: int, end: int) -> list[str]:
    """What speaks for and against a name from syllable `start` to `end`, besides the words themselves."""
    size = end - start
    signs = ["4 syllables" if size > 3 else "syllables"]
    signs += _of_last(c, end)
    if size > 1:
        signs += _of_first(c, start)
        signs += _of_two(c, start) if size == 2 else _of_middles(c, start, end)
        signs += ["word within" for k in range(start, end - 1) if c.is_compound(k)]
    signs += _of_borders(c, start, end)
    before = _sign_before(c, start)
    signs += (before, _sign_after(c, end))
    if before in _TITLES:
        signs.append(f"{_TITLES[before]} {_sign_before(c, start - 1)}")
        if size == 1 and c.bits[start] & NO_NAME:
            signs.append("kind of person")
    return signs


_TITLES = {"after title": "title", "after weak title": "title", "after doubtful title": "doubtful title"}

# --- the row itself ------------------------------------------------------------------------------------------


def _of_last(c: Comment, end: int) -> list[str]:
    last, is_called = c.bits[end - 1], end < c.n and c.bits[end] & CALL
    signs = [] if is_called else [*_kinds_of_last(last)]  # 'bảo ơi': nobody is called by a word
    if not last:
        signs.append("last unknown" if could_be_vietnamese(c.folded[end - 1]) else "last foreign")
    if c.is_folded:
        signs.append("sure" if c.keys[end - 1] in lexicon.FOLDED_SURE_GIVENS else "unsure")
    return signs


def _of_first(c: Comment, start: int) -> list[str]:
    signs = [*_kinds_of_first(c.bits[start])]
    if c.keys[start] in lexicon.RANKS and start and c.bits[start - 1] & TITLE:
        signs.append("rank")  # 'bác tư hiệp'
    return signs


@cache
def _kinds_of_last(bits: int) -> tuple[str, ...]:
    kinds = ((WORD, "word"), (FUNCTION, "function"), (FOLLOWER, "follower"), (ANY_TITLE, "title"))
    return tuple(f"last {kind}" for bit, kind in kinds if bits & bit)


@cache
def _kinds_of_first(bits: int) -> tuple[str, ...]:
    kinds = (
        (STRONG, "strong"), (SURNAME, "surname"), (MIDDLE, "middle"), (MINORITY, "minority"), (WORD, "word"),
        (FUNCTION, "function"), (ANY_TITLE, "title"), (FOLLOWER, "follower"),
    )  # fmt: skip
    return tuple(f"first {kind}" for bit, kind in kinds if bits & bit) if bits else ("first unknown",)


def _of_two(c: Comment, start: int) -> list[str]:
    first, last = c.bits[start], c.bits[start + 1]
    return ["pure"] if first and last and not (first | last) & (WORD | FUNCTION) else []


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


def _list_words(c: Comment, start: int, end: int) -> list[tuple[str, str]]:
    """The words themselves, by where they stand: the last and the first of the row, and up to two on either side."""
    keys, glued, is_one = c.keys, c.glued, end - start == 1
    words = [("last", keys[end - 1])]
    if not is_one:
        words.append(("first", keys[start]))
    if start and glued[start]:
        words.append(("one after" if is_one else "after", keys[start - 1]))
        if start > 1 and glued[start - 1]:
            words.append(("after", f"{keys[start - 2]} {keys[start - 1]}"))
    if end < c.n and glued[end]:
        words.append(("before", keys[end]))
        if end + 1 < c.n and glued[end + 1]:
            words.append(("before", f"{keys[end]} {keys[end + 1]}"))
    return words
