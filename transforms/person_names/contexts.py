"""What stands around a name, and what a full name looks like: the questions that several rules ask."""

from __future__ import annotations

from transforms import name_lexicon as lexicon
from transforms.person_names.syllables import (
    CALL,
    CUE_PAIRS,
    FOLDED,
    GIVEN,
    INTRODUCER,
    MIDDLE,
    NAMELIKE,
    OF_WOMEN_AND_MEN,
    PLACELIKE,
    STRONG,
    SURNAME,
    TITLE,
    WEAK_TITLE,
    Comment,
)

# --- before and after a name ---------------------------------------------------------------------------------


def is_introduced(c: Comment, i: int, *, surely: bool = False) -> bool:
    """Whether the word before syllable i is one that persons come after: thanks, a title, a role, 'gặp', 'tên là'."""
    if i and ":" in c.gaps[i]:
        return c.folded[i - 1] in lexicon.NAME_LABELS or " ".join(c.folded[max(0, i - 2) : i]) in lexicon.NAME_LABELS
    if i == 0 or not c.glued[i]:
        return False
    if c.bits[i - 1] & (TITLE if surely else TITLE | WEAK_TITLE | INTRODUCER) and not c.is_compound(i - 1):
        return i < 2 or f"{c.keys[i - 2]} {c.keys[i - 1]}" not in CUE_PAIRS  # 'kho bac'
    if i > 1 and c.folded[i - 1] in ("toi", "den") and c.folded[i - 2] in ("on", "loi", "khen"):
        return True
    if c.keys[i - 1] in lexicon.SURE_INTRODUCERS or c.keys[i - 1] in ("tên", "ten"):
        return True
    return ends_pair(c, i) or i - 2 in c.roles or i - 3 in c.roles


def ends_pair(c: Comment, i: int) -> bool:
    """Whether two words that persons come after stand before syllable i: 'cảm ơn', 'liên hệ'."""
    return i > 1 and c.glued[i] and f"{c.folded[i - 2]} {c.folded[i - 1]}" in lexicon.INTRODUCER_PAIRS


def follows_thing(c: Comment, i: int) -> bool:
    """Whether the word before syllable i is a thing that has a name: 'xe Hoàng Long', 'nhà thầu Bảo An'."""
    return c.word_before(i) in lexicon.THINGS


def acts(c: Comment, i: int) -> bool:
    """Whether two words from syllable i on say what only persons do: 'lam viec', 'tra ho so', 'rat nhiet tinh'."""
    if c.bits_after(i) & CALL:
        return True
    return i + 1 < c.n and c.glued[i + 1] and f"{c.folded[i]} {c.folded[i + 1]}" in lexicon.PERSONAL_PHRASES


def is_signature(c: Comment, start: int, end: int) -> bool:
    """Whether the syllables are a line by themselves, but for a number or address that is masked already."""
    if start == 0 or "\n" not in c.gaps[start]:
        return False
    return end == c.n or "\n" in c.gaps[end] or "\0" in c.text[c.ends[end - 1] : c.ends[end - 1] + 4]


def end_of_role(c: Comment, i: int) -> int:
    """Where a role that starts at i ends ('giao dịch viên quầy' -> 4 syllables on), or 0."""
    j = i
    while j in c.roles and (j == i or c.glued[j]):
        j += 2
        while j < c.n and c.glued[j] and c.keys[j] in lexicon.ROLE_TAILS and not (c.cap[j] and c.bits[j] & GIVEN):
            j += 1
    return j if j > i else 0


# --- a name itself -------------------------------------------------------------------------------------------


def is_namelike(c: Comment, i: int) -> bool:
    """Whether names have syllable i, also if it alone lacks its diacritics."""
    if c.bits[i] & NAMELIKE:
        return True
    key = c.keys[i]
    return key.isascii() and bool(FOLDED.get(key, 0) & NAMELIKE)


def is_name_by_parts(c: Comment, i: int) -> bool:
    """Whether three syllables are surname, middle and given name and none begins places: 'La Thiện Danh'."""
    return bool(c.bits[i] & SURNAME) and not c.known[i] and is_name_after_surname(c, i)


def is_name_after_surname(c: Comment, i: int) -> bool:
    """Whether after a surname at syllable i, middle and given name follow, and not as they do in places."""
    middle, given = c.bits[i + 1], c.bits[i + 2]
    is_place = given & PLACELIKE or (c.bits[i] & PLACELIKE and middle & PLACELIKE)
    return bool(middle & MIDDLE and given & GIVEN) and not is_place and not any(c.known[i + 1 : i + 3])


def looks_full(c: Comment, start: int, end: int) -> bool:
    """Whether syllables look like surname, middle and given name rather than a place."""
    if end - start < 3:
        return False
    if c.bits[start] & STRONG:
        return True
    return c.keys[start + 1] in OF_WOMEN_AND_MEN and bool(c.bits[start] & SURNAME or c.is_cased)
