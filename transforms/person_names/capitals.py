"""Given names by their capitals alone, inside a sentence: nothing but a name or a place has them."""

from __future__ import annotations

from transforms import name_lexicon as lexicon
from transforms.person_names.contexts import ends_pair, follows_thing, is_introduced, is_signature
from transforms.person_names.syllables import (
    ANY_TITLE,
    CUE,
    FOLLOWER,
    FUNCTION,
    GIVEN,
    INTRODUCER,
    LOCATIVE,
    MIDDLE,
    MINORITY,
    MONOSYLLABLE,
    NAMELIKE,
    PLACELIKE,
    ROLE,
    STRONG,
    TITLE,
    WORD,
    Comment,
    Row,
    capital_run,
    ends_name,
)

_AFTER_OPENING_NAME = lexicon.PERSONAL_VERBS | {"la"}
_WORDS_AND_NAMES = ("nga", "anh", "đức", "hoa", "mỹ", "quý", "thái")


def find_candidates(c: Comment, capitals: list[int]) -> list[int]:
    """Syllables of names, or of no list, whose capital is not that of a sentence."""
    bits, cap, last = c.bits, c.cap, c.n - 1
    return [
        i
        for i in capitals
        if (bits[i] & NAMELIKE or (not bits[i] and i < last and cap[i + 1])) and not _is_opening_word(c, i)
    ]


def _is_opening_word(c: Comment, i: int) -> bool:
    """Whether the capital at i is that of a sentence, and no verb of persons follows: a quick look."""
    if (i and ". " not in c.gaps[i]) or i + 1 >= c.n or c.cap[i + 1]:
        return False
    return c.folded[i + 1] not in _AFTER_OPENING_NAME


def by_capitals(c: Comment, i: int) -> Row:
    """'gặp Khánh Ngà', 'nhờ Oanh', 'của Chamalé Thiên Tuôi'."""
    if not c.cap[i] or c.known[i]:
        return None
    if c.has_capital_before(i) and c.bits[i - 1] & NAMELIKE and not c.known[i - 1]:
        return None
    end = capital_run(c, i)
    if not c.bits[i] & NAMELIKE:
        return (i, end) if _is_foreign_name(c, i, end) else None
    if end - i == 1 and _is_met(c, i):
        return i, end
    if c.bits[i] & FUNCTION and not _is_name_like_function_word(c, i, end):
        return None
    end = next((k for k in range(i, end) if c.known[k]), end)
    if not _is_row_of_names(c, i, end) or _is_cut(c, i, end):
        return None
    is_name = _is_given_name(c, i) if end - i == 1 else _is_name_of_several(c, i, end)
    return (i, end) if is_name else None


def _is_foreign_name(c: Comment, i: int, end: int) -> bool:
    """'nhờ Hôih Năm': a syllable that no list has, and a given name, where persons are spoken of."""
    if end - i not in (2, 3) or any(c.known[i:end]) or any(word.isupper() for word in c.words[i:end]):
        return False
    return bool(c.bits[end - 1] & GIVEN) and is_introduced(c, i) and not c.is_compound(end - 1)


def _is_met(c: Comment, i: int) -> bool:
    """'tôi gặp Nga.'"""
    if c.word_before(i) not in ("gặp", "gap") or not c.bits[i] & GIVEN or not c.ends_clause(i + 1):
        return False
    return not c.bits[i] & MONOSYLLABLE or c.keys[i] in _WORDS_AND_NAMES


def _is_name_like_function_word(c: Comment, i: int, end: int) -> bool:
    """'nhờ Như Quỳnh': a middle name that is a function word too, where persons are spoken of."""
    if end - i == 1 or not c.bits[i] & MIDDLE:
        return False
    return bool(is_introduced(c, i) or c.bits[min(end, c.n - 1)] & FOLLOWER or is_signature(c, i, end))


def _is_row_of_names(c: Comment, i: int, end: int) -> bool:
    """Whether the syllables are all those of names, the last a given one, with no capital and no number after them."""
    if end == i or c.has_capital_after(end):
        return False
    if end < c.n and c.gaps[end].strip(" (") == "":
        following = c.text[c.ends[end - 1] : c.ends[end - 1] + 2]
        if following.strip().isdigit():
            return False
    return bool(c.bits[end - 1] & GIVEN) and all(bit & NAMELIKE for bit in c.bits[i:end])


def _is_cut(c: Comment, i: int, end: int) -> bool:
    """Whether the row is a word or the beginning of one, or stands where places do."""
    if c.opens_word(end - 1) or c.bits_before(i) & (LOCATIVE | CUE):
        return True
    if not any(map(c.is_compound, range(i, end - 1))):
        return False
    is_acting = c.bits_after(end) & FOLLOWER and not c.starts_sentence(i)
    return not is_acting and not is_introduced(c, i)


def _is_spoken_of(c: Comment, i: int) -> bool:
    return bool(c.bits_before(i) & INTRODUCER) or ends_pair(c, i)


def _is_given_name(c: Comment, i: int) -> bool:
    """One syllable: whether what stands around it says that it is a name."""
    bits, key, end = c.bits[i], c.keys[i], i + 1
    is_given, after = bits & GIVEN, c.bits_after(end)
    if is_given and not bits & FUNCTION and end + 1 < c.n and c.folded[end : end + 2] == ["la", "nguoi"]:
        return True
    is_asked = c.word_before(i) in lexicon.BEFORE_PERSONS and end < c.n and not c.cap[end]
    if is_asked and is_given and not bits & (MONOSYLLABLE | FUNCTION):
        return True  # 'Xin hoi Ha con lam o quay so 5'
    if c.is_compound(i - 1) or bits & MONOSYLLABLE or (after & NAMELIKE and not after & (FOLLOWER | TITLE)):
        return False
    if c.is_folded and key not in lexicon.FOLDED_SURE_GIVENS:
        return False
    if is_given and _begins_list(c, i):
        is_place = {key, c.keys[end]} & lexicon.SINGLE_PLACES or {key, c.keys[end]} <= lexicon.ZODIAC
        return not is_place and not c.known[end]  # 'ba người Bình, Tiến, Thảo'
    opens, is_acting, is_spoken_of = c.starts_sentence(i), bool(after & FOLLOWER), _is_spoken_of(c, i)
    if bits & WORD or c.words[i].isupper():
        is_met = c.keys[i - 1] in lexicon.SURE_INTRODUCERS or c.keys[i - 1] in ("của", "cua", "tên", "ten")
        is_sure = is_acting or (c.ends_clause(end) and (is_met or ends_pair(c, i)))
        return is_spoken_of and bool(is_given) and not opens and is_sure
    if opens:
        return is_acting and c.folded[end] in lexicon.PERSONAL_VERBS
    return is_spoken_of or is_acting or c.ends_clause(end)


def _begins_list(c: Comment, i: int) -> bool:
    """Whether another given name of one syllable follows after a comma or 'và', inside a sentence."""
    end = i + 1
    if end >= c.n or not c.cap[end] or c.gaps[end] not in (", ", " và ", " va ") or c.starts_sentence(i):
        return False
    return bool(c.bits[end] & GIVEN) and not c.bits[end] & MONOSYLLABLE and capital_run(c, end) == end + 1


def _is_name_of_several(c: Comment, i: int, end: int) -> bool:
    size, opens = end - i, c.starts_sentence(i)
    if size > 3 or (size == 2 and follows_thing(c, i)):
        return False
    if opens and c.keys[i] in lexicon.STOPS_IN_RUNS and not ends_name(c, i):  # 'Viện Dưỡng lão'
        return False
    if opens and size == 3 and c.keys[i] in ("đình", "lăng"):  # 'Đình Tân Lân'
        return False
    if _is_spoken_of(c, i) or c.bits_after(end) & FOLLOWER or is_signature(c, i, end):
        return True
    if c.bits[i] & PLACELIKE:
        return False
    return not opens or any(not bit & WORD for bit in c.bits[i:end])


def stretch(c: Comment, start: int, end: int) -> tuple[int, int]:
    """A name with the capitals beside it that belong to names: a rare surname before, a second given name after."""
    if not c.cap[start] or c.words[start].isupper():
        return start, end
    no_name = ANY_TITLE | ROLE | CUE | FUNCTION | MONOSYLLABLE | LOCATIVE | INTRODUCER
    if c.has_capital_before(start) and not c.known[start - 1]:
        before = c.bits[start - 1]
        if before & (NAMELIKE | MINORITY) and not before & no_name and c.keys[start - 1] not in lexicon.STOPS_IN_RUNS:
            start -= 1
    if c.has_capital_after(end) and not c.known[end] and end not in c.roles:
        after = c.bits[end]
        is_stop = c.keys[end] in lexicon.STOPS_IN_RUNS or after & no_name
        if is_stop and end - start == 2 and c.bits[start] & STRONG and c.bits[end - 1] & MIDDLE:
            is_stop = end + 1 < c.n and c.cap[end + 1]  # 'Nguyễn Công Kính đáng nhân rộng'
        if after & GIVEN and not is_stop and not c.is_compound(end):
            end += 1
    return start, end
