"""Names by the title, role or label before them, or the role and the call after them."""

from __future__ import annotations

import re

from transforms import name_lexicon as lexicon
from transforms.person_names.contexts import end_of_role, is_namelike
from transforms.person_names.places import is_kind_of_place
from transforms.person_names.syllables import (
    ANY_TITLE,
    CUE,
    CUE_PAIRS,
    FAMOUS,
    FOLLOWER,
    FUNCTION,
    GIVEN,
    LOCATIVE,
    MINORITY,
    MONOSYLLABLE,
    NAMELIKE,
    NO_NAME,
    OF_WOMEN_AND_MEN,
    PLACE,
    SURNAME,
    TITLE,
    USED,
    WORD,
    Comment,
    Row,
    capital_run,
    could_be_vietnamese,
    ends_name,
)

_LABEL_GAP = re.compile(r"[ \t]{0,3}[:：][ \t]{0,3}|[ \t]{0,2}[=][ \t]{0,2}")
_GAP_BEFORE_ROLE = re.compile(r" ?\(| [-–|/] ?|, ?|-|\|")
_SAYING_NAMES = (("ten", "la"), ("xung", "la"), ("toi", "la"), ("em", "la"), ("minh", "la"), ("khoan", "la"))

# --- a label before it ---------------------------------------------------------------------------------------


def by_label(c: Comment, i: int) -> Row:
    """'Họ và tên: Lại Quế Luyến', 'Kế toán xã: Vàng A Dế', 'Tên NINH KHẮC ĐẠT', 'tên là Hạnh', 'ký tên Hoa'."""
    if i == 0 or not c.cap[i] or c.bits[i] & TITLE:
        return None
    is_labelled = _LABEL_GAP.fullmatch(c.gaps[i]) is not None
    if not (_is_label_of_persons(c, i) if is_labelled else _says_name(c, i)):
        return None
    if c.keys[i] in lexicon.STOPS_IN_RUNS or i in c.roles or c.known[i] == PLACE:
        return None
    is_alone = i + 1 >= c.n or not c.cap[i + 1]
    is_named = (is_labelled and not is_alone) or (
        c.folded[i - 1] == "ten" and c.bits[i] & GIVEN and not c.cap[min(i + 1, c.n - 1)]
    )
    if c.is_compound(i) and (not is_named or f"{c.keys[i]} {c.keys[i + 1]}" in CUE_PAIRS):
        return None
    end = max(capital_run(c, i), i + 1)  # 'VI KIỀU NGỌC': a surname that is a Roman number
    if end == i + 1 and c.has_capital_after(end):
        end = max(end, capital_run(c, end))
    return (i, end) if end - i > 1 or c.bits[i] & GIVEN else None


def _is_label_of_persons(c: Comment, i: int) -> bool:
    """Whether the words before the colon at syllable i have a role or are a label: 'Kế toán xã:', 'Người nhận:'."""
    line = i - 1  # where they start
    while line and c.glued[line] and i - line < 5:
        line -= 1
    if any(k in c.roles for k in range(line, i - 1)) or c.folded[i - 1] in lexicon.NAME_LABELS:
        return True
    return " ".join(c.folded[max(0, i - 2) : i]) in lexicon.NAME_LABELS


def _says_name(c: Comment, i: int) -> bool:
    """Whether 'tên', 'tên là', 'tôi là' stands before syllable i."""
    if c.word_before(i) not in ("tên", "là", "ten", "la"):
        return False
    return c.folded[i - 1] == "ten" or tuple(c.folded[max(0, i - 2) : i]) in _SAYING_NAMES


# --- a title or role before it -------------------------------------------------------------------------------


def by_title(c: Comment, i: int) -> Row:
    """The name after a title or role at i: 'chị Lan', 'Kế toán trưởng Bùi Hạnh', 'Cô giáo tên là Sương'."""
    if _ends_word(c, i):
        return None
    start = _start_after_title(c, i)
    if not start or not c.cap[start] or c.known[start] == USED or _is_no_title(c, i, start):
        return None
    if _is_place_after_title(c, i, start):
        return None
    return _name_after_title(c, i, start)


def _ends_word(c: Comment, i: int) -> bool:
    """Whether a title is the end of a word: 'công cụ Vẽ', 'trợ lý Hàm', but not 'anh chị Út'."""
    if c.is_folded or i - 1 in c.roles or not c.is_compound(i - 1):
        return False
    are_titles = c.bits[i] & TITLE and c.bits[i - 1] & TITLE and i + 1 < c.n and c.cap[i + 1]
    return not (are_titles and c.bits[i + 1] & GIVEN)


def _start_after_title(c: Comment, i: int) -> int:
    """Where the name would begin after a title, a role, or a title and a role; 0 if there is no such place."""
    is_role = i in c.roles or not c.bits[i] & ANY_TITLE
    start = end_of_role(c, i) if is_role else i + 1
    if not 0 < start < c.n:
        return 0
    if not c.glued[start]:
        gap = c.gaps[start]
        is_said = gap in (": ", ":") or (gap in (". ", ".") and c.keys[i] not in lexicon.FULL_TITLES)
        if is_role or not (is_said or (gap == ") " and c.bits[i] & TITLE)):
            return 0
    elif not is_role and (after_role := end_of_role(c, start)):  # 'chị kế toán: Lan'
        start = after_role
        if start >= c.n or not (c.glued[start] or c.gaps[start] in (": ", " - ", ", ")):
            return 0
    if c.folded[start] == "ten" and start + 1 < c.n and c.glued[start + 1]:  # 'anh tên là Sơn'
        start += 2 if c.folded[start + 1] == "la" else 1
    return start if start < c.n else 0


def _is_no_title(c: Comment, i: int, start: int) -> bool:
    title, word = c.keys[i], c.keys[start]
    if len(title) == 1:
        if word in ("khoản", "điều", "mục", "chương"):  # 'điểm c Khoản 1'
            return True
        if not c.glued[start] and (":" in c.gaps[start] or (i and c.folded[i - 1] == "ben")):  # 'A: ...', 'bên A.'
            return True
    if title == "tp" and word in lexicon.SINGLE_PLACES:  # 'TP. Vinh' is a town
        return True
    return title == "con" and i > 0 and c.keys[i - 1] in ("bà", "ba")  # 'Bà con Tịnh Khê'


def _is_place_after_title(c: Comment, i: int, start: int) -> bool:
    """Whether a place or street stands there that is none of a person's name: 'Bà Rịa', 'Kho bạc Phú Quý'."""
    if c.known[i] in (PLACE, FAMOUS) and c.known[start] in (PLACE, FAMOUS):  # the title is part of it: 'Hai Bà Trưng'
        return True
    if c.known[start] != PLACE:
        return False
    if c.keys[i] in lexicon.OF_PLACES or is_kind_of_place(c, i):
        return True  # 'Duong Nguyen Trai', 'Kho bac Ha Dong'
    return start > i + 1 or c.known[i] == PLACE or not (c.bits[i] & TITLE or _is_child_of_place_name(c, i))


def _is_child_of_place_name(c: Comment, i: int) -> bool:
    """Whether 'cháu', 'em', 'bé' at i comes before a place whose syllables are all those of names: 'Cháu Phú Quý'."""
    end = capital_run(c, i + 1)
    rest = c.bits[i + 1 : end]
    return c.keys[i] in lexicon.YOUNG and end == i + 3 and all(bit & NAMELIKE for bit in rest) and bool(rest[1] & GIVEN)


def _name_after_title(c: Comment, i: int, start: int) -> Row:
    bits, key, is_title = c.bits[start], c.keys[start], bool(c.bits[i] & TITLE)
    is_alone = start + 1 >= c.n or not c.cap[start + 1]
    is_titled_given = is_title and bool(bits & GIVEN)
    if (bits & NO_NAME and not bits & GIVEN) or start in c.roles:
        return None
    is_stop = key in lexicon.STOPS_IN_RUNS and not bits & MINORITY  # 'Anh Và Bá Dênh'
    if is_stop and not (is_titled_given and is_alone) and not ends_name(c, start):
        return None  # but 'Ông Kính chẳng nói', 'Anh Đề thì rành máy'
    if c.opens_word(start) and is_alone and not is_titled_given:
        return None
    if not is_namelike(c, start):
        if not is_title:
            return _rare_name_after_role(c, start, is_alone=is_alone)
        if (c.words[start].isupper() and len(key) > 1) or not could_be_vietnamese(c.folded[start]):
            return None
    if _could_be_word_after_title(c, i, start) or (
        bits & TITLE and not bits & GIVEN and c.has_capital_after(start + 1)
    ):
        return None
    end = max(capital_run(c, start), start + 1)
    if c.bits_after(end) and c.keys[end] in OF_WOMEN_AND_MEN and end + 1 < c.n and c.cap[end + 1] and bits & SURNAME:
        end = capital_run(c, end + 1)  # 'chị Trần thị Mai'
    return start, end


def _rare_name_after_role(c: Comment, start: int, *, is_alone: bool) -> Row:
    """After a role, what no list has: 'thủ quỹ Gái', 'Trưởng bản Chẻo Láo San'."""
    bits = c.bits[start]
    if is_alone and not c.known[start] and not c.words[start].isupper():
        is_kind = bits & (CUE | MONOSYLLABLE | LOCATIVE) or c.keys[start] in lexicon.KINDS_OF_STAFF
        is_said = c.ends_clause(start + 1) or c.bits[start + 1] & FOLLOWER
        return (start, start + 1) if is_said and not is_kind and could_be_vietnamese(c.folded[start]) else None
    end = capital_run(c, start)
    is_minority = end == start + 3 and c.folded[start + 1] in lexicon.MINORITY_MIDDLES
    return (start, end) if is_minority and not c.known[start] else None


def _could_be_word_after_title(c: Comment, i: int, start: int) -> bool:
    """Without diacritics, whether what seems a title and a name could be two words: 'Chi Bao gom', 'Co May hong'."""
    bits, after = c.bits[start], start + 1
    if not c.is_folded or c.keys[i] not in lexicon.AMBIGUOUS_FOLDED_TITLES or (bits & GIVEN and not c.cap[i]):
        return False
    if c.keys[start] in lexicon.FOLDED_SURE_GIVENS or bits & SURNAME or c.ends_clause(after):
        return False
    return not c.cap[after] and not c.bits[after] & FOLLOWER


# --- a role or a call after it -------------------------------------------------------------------------------


def by_role_after(c: Comment, i: int) -> Row:
    """'Cẩm Hợi (thủ quỹ)', 'Hợi - kế toán', 'Oanh ơi'."""
    if not c.cap[i] or c.known[i]:
        return None
    bits, end = c.bits[i], capital_run(c, i)
    if not c.has_capital_before(i):
        is_staff = end in c.roles and "(" in c.gaps[end] and not any(c.known[i:end])
        if is_staff and end - i > 1 + c.starts_sentence(i):
            return i, end  # 'Theo Chớ Chứ Mua (phó bản)'
    if not bits & NAMELIKE or (bits & FUNCTION and not c.has_capital_after(i + 1)):
        return None
    if end == i or (c.has_capital_before(i) and c.bits[i - 1] & NAMELIKE):
        return None
    return (i, end) if _is_called(c, i, end) or _has_role_after(c, i, end) else None


def _is_called(c: Comment, i: int, end: int) -> bool:
    """'Oanh ơi', but not 'Bà con ơi'."""
    if end >= c.n or not c.glued[end] or c.keys[end] not in ("ơi", "oi") or c.is_compound(i):
        return False
    if any(c.bits[k] & GIVEN and not c.bits[k] & WORD for k in range(i, end)):
        return True
    return bool(end - i >= 2 and c.bits[i] & SURNAME) or (not c.bits[i] & ANY_TITLE and c.keys[i] != "ba")


def _has_role_after(c: Comment, i: int, end: int) -> bool:
    """Whether a mark and a role or an office follow: '(thủ quỹ)', '- kế toán', '(tổ kho quỹ)'."""
    if end >= c.n or c.glued[end]:
        return False
    gap, last = c.gaps[end], c.bits[end - 1]
    is_bracketed = "(" in gap
    is_office = is_bracketed and c.keys[end] in lexicon.BRACKETED_OFFICES
    if not (end in c.roles or is_office or c.folded[end] in lexicon.SHORT_ROLES):
        return False
    if not _GAP_BEFORE_ROLE.fullmatch(gap) or not last & (GIVEN | SURNAME):
        return False
    is_opening_word = c.starts_sentence(i) and end - i == 1 and last & WORD
    return is_bracketed or not (last & MONOSYLLABLE or is_opening_word or c.is_compound(end - 2))
