"""Names of minorities, told by their form."""

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
    capital_run,
    could_be_vietnamese,
)


def by_minority_form(c: Comment, i: int) -> tuple[int, int] | None:
    key, n = c.folded[i], c.n
    if c.known[i]:
        return None
    if c.words[i] == "A" and i + 1 < n and c.glued[i + 1] and c.cap[i + 1]:  # 'A Lăng Đợi', 'A Tủa Blong'
        is_name = c.folded[i + 1] in lexicon.AFTER_A or not could_be_vietnamese(c.folded[i + 1])
        is_name = is_name or (i + 2 < n and c.keys[i + 2] == "thị" and c.cap[i + 2] and c.glued[i + 2])
        has_surname = i and c.cap[i - 1] and c.glued[i] and not c.bits[i - 1] & (TITLE_OR_ROLE | FUNCTION | INTRODUCER)
        return (i - bool(has_surname), _extend_minority(c, i + 1)) if is_name else None
    if key in lexicon.PEOPLES:
        return None
    if len(key) > 2 and key[1] == "'" and key[0] in "hk":
        start = i
        while start and c.cap[start - 1] and c.glued[start] and c.folded[start - 1] in lexicon.FOLDED_SURE_MINORITY:
            start -= 1
        return start, _extend_minority(c, i + 1)
    if i + 1 >= n or not c.glued[i + 1] or c.known[i + 1]:
        return None
    if c.cap[i] and c.cap[i + 1] and f"{key} {c.folded[i + 1]}" in lexicon.DOUBLE_SURNAMES:
        return i, capital_run(c, i)  # 'Pi Năng Xuân Thiệt'
    is_sure = key in lexicon.FOLDED_SURE_MINORITY and c.cap[i] and c.cap[i + 1]
    if is_sure and (key != "nay" or not could_be_vietnamese(c.folded[i + 1])):
        return i, capital_run(c, i)
    if key in ("y", "h") and len(c.folded[i + 1]) > 1:
        if c.cap[i] and c.cap[i + 1] and c.keys[i] in ("y", "h") and c.keys[i + 1] not in lexicon.NOT_AFTER_Y:
            has_surname = i > 0 and c.cap[i - 1] and c.glued[i] and c.keys[i - 1] in lexicon.BEFORE_Y  # 'Và Y Pà'
            return i - has_surname, _extend_minority(c, i + 1)
        for end in (i + 3, i + 4):  # 'y bham nie': the surname stands last
            if end <= n and all(c.glued[i + 1 : end]) and c.folded[end - 1] in lexicon.LAST_SURNAMES:
                return i, end
        return None
    if not c.bits[i] & MINORITY:
        return None
    if c.cap[i]:
        end = capital_run(c, i)
        middle = c.folded[i + 1]
        is_sure = middle in lexicon.MINORITY_MIDDLES or "'" in middle or not c.bits[i + 1] & NAMELIKE
        if (
            end - i >= 3
            and is_sure
            and not (c.starts_sentence(i) and c.bits[i] & WORD and middle not in lexicon.MINORITY_MIDDLES)
        ):
            return i, end
        return (i, end) if end - i == 2 and "'" in middle else None
    if (
        i + 2 < n
        and c.glued[i + 2]
        and c.folded[i + 1] in lexicon.SINGLE_MIDDLES
        and (c.is_folded or c.keys[i + 1] in lexicon.SINGLE_MIDDLES_ACCENTED)
        and c.folded[i + 1] not in ("thi", "van")
        and not c.is_compound(i + 2)
        and not c.is_compound(i - 1)
    ):
        known = c.bits[i + 2] & GIVEN or c.folded[i + 1] in ("a", "seo")
        known = known and not c.bits[i + 2] & FUNCTION
        if known or (not c.bits[i + 2] and len(c.keys[i + 2]) <= 6):
            return i, i + 3
    return None


def _extend_minority(c: Comment, i: int) -> int:
    n, end = c.n, i
    while (
        end < min(n, i + 3)
        and c.glued[end]
        and (c.cap[end] or c.folded[end] in lexicon.LAST_SURNAMES or "'" in c.keys[end])
    ):
        if c.keys[end] in lexicon.STOPS_IN_RUNS:
            break
        end += 1
    return end
