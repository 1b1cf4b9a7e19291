"""Full names with their capitals: surname, middle names, given name."""

from __future__ import annotations

from transforms import name_lexicon as lexicon
from transforms.person_names.contexts import follows_thing, is_introduced, is_name_after_surname, is_namelike
from transforms.person_names.syllables import (
    FAMOUS,
    FOLDED,
    FOLLOWER,
    FUNCTION,
    GIVEN,
    LOCATIVE,
    MIDDLE,
    MINORITY,
    NAMELIKE,
    NAMING,
    OF_WOMEN_AND_MEN,
    PLACE,
    PLACELIKE,
    STRONG,
    SURNAME,
    WORD,
    Comment,
    Row,
    capital_run,
    could_be_vietnamese,
)


def find_candidates(c: Comment, capitals: list[int]) -> list[int]:
    """Syllables where a full name may begin: a surname alone is no name."""
    bits, cap, keys, last = c.bits, c.cap, c.keys, c.n - 1
    pairs = [i for i in capitals if i < last and (cap[i + 1] or keys[i + 1] in OF_WOMEN_AND_MEN)]
    if not pairs:
        return []
    middles = [i for i in capitals if keys[i] in OF_WOMEN_AND_MEN]
    before_middles = {*(i - 1 for i in middles), *(i - 2 for i in middles)}
    return [
        i
        for i in pairs
        if bits[i] & SURNAME
        or i in before_middles
        or keys[i].isascii()
        or (i + 2 < c.n and bits[i + 1] & MIDDLE and bits[i + 2] & GIVEN)
    ]


def by_surname(c: Comment, i: int) -> Row:
    """The full name whose surname is at syllable i: 'Lâm Thị Oanh'."""
    if not c.cap[i] or c.known[i] in (PLACE, FAMOUS):
        return None
    bits = c.bits[i] if c.bits[i] & SURNAME else c.bits[i] | _surname_by_form(c, i)
    if not bits & SURNAME:
        return None
    end = _end_of_name(c, i, bits)
    if end - i < 2 or _is_no_name(c, i, end, bits):
        return None
    is_name = _is_name_of_two(c, i, bits) if end - i == 2 else _is_name_of_more(c, i, end, bits)
    return (i, end) if is_name else None


def _surname_by_form(c: Comment, i: int) -> int:
    """SURNAME, and STRONG, if what follows tells that syllable i is one although the list has it not."""
    key, end = c.keys[i], capital_run(c, i)
    if key.isascii() and not c.is_folded and all(map(str.isascii, c.keys[i:end])):
        bits = FOLDED.get(key, 0) & (SURNAME | STRONG)
        if bits & STRONG or (end - i > 2 and c.keys[i + 1] in lexicon.TYPICAL_MIDDLES and bits):
            return bits  # 'Nguyen Thi Lan' among diacritics
    if c.keys[i + 1 : i + 2] == ["thị"] and end >= i + 3:
        return SURNAME  # a rare one: 'Cụt Thị Phanh', 'Ông Thị Bích Quế'
    if _is_whole_name_inside(c, i, end):
        return SURNAME  # 'của Cung Như Thìn'
    if not c.bits[i] and c.keys[i + 2 : i + 3] in (["thị"], ["văn"]) and end == i + 4:
        return SURNAME  # 'Zơ Râm Văn Nới'
    return 0


def _is_whole_name_inside(c: Comment, i: int, end: int) -> bool:
    """Whether three or four capitals inside a sentence end as names do, and no two of them are a word."""
    if end not in (i + 3, i + 4) or not i or not c.glued[i] or c.cap[i - 1]:
        return False
    is_name = c.bits[i + 1] & MIDDLE and is_name_after_surname(c, end - 3)
    return bool(is_name) and not any(map(c.is_compound, range(i, i + 3)))


def _end_of_name(c: Comment, i: int, bits: int) -> int:
    end = capital_run(c, i)
    if end == i + 1 and end + 1 < c.n and c.keys[end] in OF_WOMEN_AND_MEN and c.cap[end + 1]:
        end = capital_run(c, end + 1)  # 'Trần thị Mai'
    if bits & (LOCATIVE | FUNCTION):  # 'Từ Cao Lộc': a word before a place
        end = next((k for k in range(i, end) if c.known[k] == PLACE), end)
    if bits & STRONG and _is_in_capitals(c, i):  # 'MỜI KHÁCH TRẦN THỊ QUÝ VÀO QUẦY'
        end = next((k for k in range(i + 2, end) if c.bits[k] and not c.bits[k] & NAMELIKE), end)
    return end


def _is_in_capitals(c: Comment, i: int) -> bool:
    return c.words[i].isupper() and len(c.words[i]) > 1


def _is_no_name(c: Comment, i: int, end: int, bits: int) -> bool:
    size, is_strong = end - i, bits & STRONG
    if c.has_capital_before(i) and c.keys[i - 1] in lexicon.STOPS_IN_RUNS and not is_strong:
        return True
    if _is_in_capitals(c, i) and _count_namelike(c, i, end) < size - 1:
        is_whole = is_strong and size > 2 and c.bits[i + 1] & MIDDLE and not c.text.isupper()
        return not is_whole or _is_place(c, i, end)  # '... thành ĐỖ PHI HỪNG'
    if c.is_compound(i) and not is_strong and (size == 2 or c.is_compound(i + 1)):
        return True
    return _is_place(c, i, end)


def _is_place(c: Comment, i: int, end: int) -> bool:
    """'Hồ Ba Bể', 'Chè Thái Nguyên', but 'Hồ Thanh Sơn'."""
    if c.keys[i] not in lexicon.OF_PLACES or c.bits_before(i) & NAMING:
        return False
    if any(c.known[k] != PLACE for k in range(i + 1, end)):
        return False
    is_name = c.keys[i] == "hồ" and c.bits[i + 1] & MIDDLE and c.bits[end - 1] & GIVEN
    return c.keys[i + 1] != "thị" and not is_name


def _count_namelike(c: Comment, i: int, end: int) -> int:
    return sum(is_namelike(c, k) for k in range(i + 1, end))


def _is_name_of_two(c: Comment, i: int, bits: int) -> bool:
    """'Lê Hương', 'nhờ Lò Phới nộp', 'anh Cao Tuấn', but not 'xe Hoàng Long', 'Đoàn Đại biểu'."""
    second, end = c.bits[i + 1], i + 2
    if follows_thing(c, i) or (c.keys[i] == "đoàn" and c.opens_word(i + 1)):
        return False
    if bits & STRONG:
        is_name = is_namelike(c, i + 1) or not could_be_vietnamese(c.folded[i + 1])
        return is_name and not c.is_compound(i)
    if second & GIVEN and not c.known[i + 1] and not c.is_compound(i) and is_introduced(c, i, surely=True):
        return True
    if c.starts_sentence(i):
        return False
    is_told = c.ends_clause(end) or c.bits[end] & FOLLOWER
    if bits & MINORITY and not second and is_told and len(c.keys[i + 1]) < 7 and not c.known[i + 1]:
        return True
    return bool(second & GIVEN) and not second & (WORD | PLACELIKE) and not bits & PLACELIKE


def _is_name_of_more(c: Comment, i: int, end: int, bits: int) -> bool:
    size, second, last = end - i, c.bits[i + 1], c.bits[end - 1]
    if bits & STRONG or c.keys[i + 1] in OF_WOMEN_AND_MEN or (size == 4 and c.keys[i + 2] in ("thị", "văn")):
        return True
    if size == 3 and second & (MIDDLE | GIVEN) and not last and not bits & FUNCTION:
        return True  # a last syllable that is no word at all: 'Lường Bá Piêng', 'Lý Mùi Sểnh'
    if size == 3 and c.keys[i + 1] in lexicon.TYPICAL_MIDDLES and not last & PLACELIKE and not any(c.known[i:end]):
        return True  # a last syllable that no list of names has: 'Đào Thanh Nhắn'
    n_namelike, is_word = _count_namelike(c, i, end), c.keys[i] in lexicon.SURNAMES_LIKE_WORDS
    is_all = n_namelike == size - 1
    if is_word and c.starts_sentence(i):  # 'Từ Tân Phú lên', 'Cao Văn Lầu'
        is_whole = is_all and last & GIVEN and not last & PLACELIKE
        if not is_all or (second & PLACELIKE and not is_whole):
            return False
    if n_namelike >= 2 or (is_all and last & NAMELIKE):
        return True
    return bool(second & MIDDLE) and not is_word
