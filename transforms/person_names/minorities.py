"""Names of minorities, told by their form: `Y Bhăm Niê`, `H'Hen`, `A Lăng Đợi`, `Giàng A Páo`, `Thạch Sa Rinh`."""

from __future__ import annotations

from transforms import name_lexicon as lexicon
from transforms.person_names.syllables import (
    FUNCTION,
    GIVEN,
    INTRODUCER,
    MINORITY,
    NAMELIKE,
    TITLE_OR_ROLE,
    WORD,
    Comment,
    Row,
    capital_run,
    could_be_vietnamese,
)


def find_candidates(c: Comment) -> list[int]:
    """Syllables where such a name may begin."""
    bits, folded, cap, last = c.bits, c.folded, c.cap, c.n - 1
    found = [
        i
        for i in c.signs
        if bits[i] & MINORITY
        and i < last
        and (cap[i] or folded[i + 1] in lexicon.SINGLE_MIDDLES or folded[i] in ("y", "h"))
    ]
    if "Nay" in c.words:  # a surname, but also the word for now
        found = sorted({*found, *(i for i, word in enumerate(c.words) if word == "Nay")})
    if "'" in c.plain:
        found = sorted({*found, *(i for i, key in enumerate(folded) if "'" in key)})
    return found


def by_minority_form(c: Comment, i: int) -> Row:
    """The name that begins at syllable i: 'Y Bhăm Niê', 'A Lăng Đợi', 'Giàng A Páo'."""
    key = c.folded[i]
    if c.known[i]:
        return None
    if c.words[i] == "A" and c.has_capital_after(i + 1):
        return _after_a(c, i)
    if key in lexicon.PEOPLES:
        return None
    if len(key) > 2 and key[0] in "hk" and key[1] == "'":
        return _with_apostrophe(c, i)
    if i + 1 >= c.n or not c.glued[i + 1] or c.known[i + 1]:
        return None
    if c.cap[i] and c.cap[i + 1] and _is_sure_surname(c, i):
        return i, capital_run(c, i)
    if key in ("y", "h") and len(c.folded[i + 1]) > 1:
        return _after_y(c, i)
    if not c.bits[i] & MINORITY:
        return None
    return _after_capital_surname(c, i) if c.cap[i] else _after_surname(c, i)


def _after_a(c: Comment, i: int) -> Row:
    """'A Lăng Đợi', 'A Tủa Blong', 'Arất A Nhía': men of the Central Highlands and of Quảng Nam."""
    is_foreign = c.folded[i + 1] in lexicon.AFTER_A or not could_be_vietnamese(c.folded[i + 1])
    if not is_foreign and not (c.has_capital_after(i + 2) and c.keys[i + 2] == "thị"):
        return None
    has_surname = c.has_capital_before(i) and not c.bits[i - 1] & (TITLE_OR_ROLE | FUNCTION | INTRODUCER)
    return i - has_surname, _extend(c, i + 1)


def _with_apostrophe(c: Comment, i: int) -> Row:
    """'H'Hen Niê', 'K'Brèo', with the surname that may stand before: 'Siu H'Blinh'."""
    start = i
    while c.word_before(start) and c.folded[start - 1] in lexicon.FOLDED_SURE_MINORITY:
        if c.is_cased and not c.cap[start - 1]:
            break
        start -= 1
    return start, _extend(c, i + 1)


def _is_sure_surname(c: Comment, i: int) -> bool:
    """Whether syllable i, or it with the next, is a surname and no other word: 'Ksor', 'Pi Năng'."""
    key, following = c.folded[i], c.folded[i + 1]
    if f"{key} {following}" in lexicon.DOUBLE_SURNAMES:
        return True
    return key in lexicon.FOLDED_SURE_MINORITY and (key != "nay" or not could_be_vietnamese(following))


def _after_y(c: Comment, i: int) -> Row:
    """'Y Bhăm Niê', 'Và Y Pà'; without capitals only with a surname that stands last: 'y bham nie'."""
    if c.cap[i] and c.cap[i + 1] and c.keys[i] in ("y", "h") and c.keys[i + 1] not in lexicon.NOT_AFTER_Y:
        has_surname = c.has_capital_before(i) and c.keys[i - 1] in lexicon.BEFORE_Y
        return i - has_surname, _extend(c, i + 1)
    for end in (i + 3, i + 4):
        if end <= c.n and all(c.glued[i + 1 : end]) and c.folded[end - 1] in lexicon.LAST_SURNAMES:
            return i, end
    return None


def _after_capital_surname(c: Comment, i: int) -> Row:
    """'Giàng A Páo', 'Thạch Sa Rinh', 'Lò H'Phương'."""
    end, middle = capital_run(c, i), c.folded[i + 1]
    if end - i == 2:
        return (i, end) if "'" in middle else None
    if end - i < 3:
        return None
    if middle in lexicon.MINORITY_MIDDLES:
        return i, end
    is_opening_word = c.starts_sentence(i) and c.bits[i] & WORD
    is_foreign = "'" in middle or not c.bits[i + 1] & NAMELIKE
    return (i, end) if is_foreign and not is_opening_word else None


def _after_surname(c: Comment, i: int) -> Row:
    """'giàng a páo', 'vàng mí sình': without capitals, three syllables around one of few middle names."""
    if i + 2 >= c.n or not c.glued[i + 2] or c.is_compound(i + 2) or c.is_compound(i - 1):
        return None
    middle, last = c.folded[i + 1], c.bits[i + 2]
    if middle not in lexicon.SINGLE_MIDDLES or middle in ("thi", "van"):
        return None
    if not c.is_folded and c.keys[i + 1] not in lexicon.SINGLE_MIDDLES_ACCENTED:
        return None
    is_given = (last & GIVEN or middle in ("a", "seo")) and not last & FUNCTION
    return (i, i + 3) if is_given or (not last and len(c.keys[i + 2]) <= 6) else None


def _extend(c: Comment, start: int) -> int:
    """End of a name whose second syllable is `start`: up to two more with capitals, apostrophes, or surnames."""
    end = start
    while end < min(c.n, start + 3) and c.glued[end] and c.keys[end] not in lexicon.STOPS_IN_RUNS:
        if not (c.cap[end] or c.folded[end] in lexicon.LAST_SURNAMES or "'" in c.keys[end]):
            break
        end += 1
    return end
