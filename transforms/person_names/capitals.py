"""What capitals say: the rules for comments that use them as Vietnamese does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import compress

from transforms import name_lexicon as lexicon
from transforms.person_names.contexts import (
    end_of_role,
    ends_pair,
    follows_thing,
    is_introduced,
    is_name_after_surname,
    is_signature,
)
from transforms.person_names.syllables import (
    ANY_TITLE,
    CALL,
    CUE,
    CUE_PAIRS,
    FAMOUS,
    FOLDED,
    FOLLOWER,
    FUNCTION,
    GIVEN,
    INTRODUCER,
    LOCATIVE,
    MIDDLE,
    MINORITY,
    MONOSYLLABLE,
    NAMELIKE,
    NAMING,
    NO_NAME,
    OF_WOMEN_AND_MEN,
    PLACE,
    PLACELIKE,
    ROLE,
    SHORT_ROLE,
    STRONG,
    SURNAME,
    TITLE,
    TITLE_OR_ROLE,
    USED,
    WORD,
    Comment,
    capital_run,
    could_be_vietnamese,
    ends_name,
)

Rule = Callable[[Comment, int], tuple[int, int] | None]


def candidates_with_capitals(c: Comment) -> Iterator[tuple[Rule, list[int]]]:
    bits, cap, signs, last = c.bits, c.cap, c.signs, c.n - 1
    labels = [i + 1 for i in signs if bits[i] & NAMING and i < last and cap[i + 1]]
    if ":" in c.text or "=" in c.text:
        labels = sorted({*labels, *(i for i in compress(range(c.n), cap) if ":" in c.gaps[i] or "=" in c.gaps[i])})
    if labels:
        yield _by_label, labels
    capitals = list(compress(range(c.n), cap))
    thi = [i for i in capitals if c.keys[i] in OF_WOMEN_AND_MEN]
    thi = [*(i - 1 for i in thi), *(i - 2 for i in thi)]
    surnames = [  # a surname alone is no name
        i
        for i in capitals
        if i < last
        and (cap[i + 1] or c.keys[i + 1] in OF_WOMEN_AND_MEN)
        and (
            bits[i] & SURNAME
            or i in thi
            or c.keys[i].isascii()
            or (i + 2 < c.n and bits[i + 1] & MIDDLE and bits[i + 2] & GIVEN)
        )
    ]
    yield _by_surname, surnames
    yield _by_title, [i for i in signs if bits[i] & TITLE_OR_ROLE]
    ends = [i for i in signs if (bits[i] & CALL if c.glued[i] else bits[i] & (ROLE | SHORT_ROLE))]
    if ends:
        yield _by_role_after, sorted({i for end in ends for i in range(max(0, end - 4), end)})
    yield (
        _by_capitals,
        [
            i
            for i in capitals
            if (bits[i] & NAMELIKE or (not bits[i] and i < last and cap[i + 1])) and not _is_opening_word(c, i)
        ],
    )


_AFTER_OPENING_NAME = lexicon.PERSONAL_VERBS | {"la"}


def _is_opening_word(c: Comment, i: int) -> bool:
    """Whether the capital at i is that of a sentence, and no verb of persons follows: a quick look."""
    if (i and ". " not in c.gaps[i]) or i + 1 >= c.n or c.cap[i + 1]:
        return False
    return c.folded[i + 1] not in _AFTER_OPENING_NAME


_LABEL_GAP = re.compile(r"[ \t]{0,3}[:：][ \t]{0,3}|[ \t]{0,2}[=][ \t]{0,2}")


def _by_label(c: Comment, i: int) -> tuple[int, int] | None:
    """'Họ và tên: Lại Quế Luyến', 'Kế toán xã: Vàng A Dế', 'Tên NINH KHẮC ĐẠT', 'tên là Hạnh', 'ký tên Hoa'."""
    if i == 0 or not c.cap[i] or c.bits[i] & TITLE:
        return None
    is_labelled = _LABEL_GAP.fullmatch(c.gaps[i]) is not None
    before = c.folded[max(0, i - 4) : i]
    if is_labelled:
        line = i - 1  # where the row of words before the colon starts
        while line and c.glued[line] and i - line < 5:
            line -= 1
        role = any(k in c.roles for k in range(line, i - 1)) or before[-1] in lexicon.NAME_LABELS
        if not role and " ".join(before[-2:]) not in lexicon.NAME_LABELS:
            return None
    elif not (
        c.glued[i]
        and (
            before[-1] == "ten"
            or before[-2:]
            in (["ten", "la"], ["xung", "la"], ["toi", "la"], ["em", "la"], ["minh", "la"], ["khoan", "la"])
        )
        and c.keys[i - 1] in ("tên", "là", "ten", "la")
    ):
        return None
    if c.keys[i] in lexicon.STOPS_IN_RUNS or i in c.roles or c.known[i] == PLACE:
        return None
    is_named = before[-1] == "ten" and c.bits[i] & GIVEN and not c.cap[min(i + 1, c.n - 1)]
    is_named = is_named or (is_labelled and i + 1 < c.n and c.cap[i + 1])
    if c.is_compound(i) and (not is_named or f"{c.keys[i]} {c.keys[i + 1]}" in CUE_PAIRS):
        return None
    end = max(capital_run(c, i), i + 1)  # 'VI KIỀU NGỌC': a surname that is a Roman number
    if end == i + 1 and end < c.n and c.glued[end] and c.cap[end]:
        end = max(end, capital_run(c, end))
    return (i, end) if end - i > 1 or c.bits[i] & GIVEN else None


def _by_surname(c: Comment, i: int) -> tuple[int, int] | None:
    """Surname, middle names and given name."""
    if not c.cap[i]:
        return None
    key, bits = c.keys[i], c.bits[i]
    if not bits & SURNAME and key.isascii() and not c.is_folded:  # 'Nguyen Thi Lan' among diacritics
        run = c.keys[i : capital_run(c, i)]
        if all(map(str.isascii, run)) and (
            FOLDED.get(key, 0) & STRONG or (len(run) > 2 and run[1] in lexicon.TYPICAL_MIDDLES)
        ):
            bits |= FOLDED.get(key, 0) & (SURNAME | STRONG)
    if not bits & SURNAME and c.keys[i + 1 : i + 2] == ["thị"] and capital_run(c, i) >= i + 3:
        bits |= SURNAME  # a rare one: 'Cụt Thị Phanh', 'Ông Thị Bích Quế'
    is_inside = i and c.glued[i] and not c.cap[i - 1]
    is_whole = is_inside and capital_run(c, i) in (i + 3, i + 4) and not any(map(c.is_compound, range(i, i + 3)))
    if is_whole and is_name_after_surname(c, capital_run(c, i) - 3) and c.bits[i + 1] & MIDDLE:
        bits |= SURNAME  # 'của Cung Như Thìn'
    if not bits and c.keys[i + 2 : i + 3] in (["thị"], ["văn"]) and capital_run(c, i) == i + 4:
        bits |= SURNAME  # 'Zơ Râm Văn Nới'
    if not bits & SURNAME or c.known[i] in (PLACE, FAMOUS):
        return None
    return _capital_full_name(c, i, bits)


def _capital_full_name(c: Comment, i: int, bits: int) -> tuple[int, int] | None:
    end = capital_run(c, i)
    if end == i + 1 and end + 1 < c.n and c.keys[end] in ("thị", "văn", "thi", "van") and c.cap[end + 1]:
        end = capital_run(c, end + 1)
    if bits & (LOCATIVE | FUNCTION):  # 'Từ Cao Lộc': a word before a place
        end = next((k for k in range(i, end) if c.known[k] == PLACE), end)
    if bits & STRONG and c.words[i].isupper() and len(c.words[i]) > 1:  # 'MỜI KHÁCH TRẦN THỊ QUÝ VÀO QUẦY'
        end = next((k for k in range(i + 2, end) if c.bits[k] and not c.bits[k] & NAMELIKE), end)
    size = end - i
    if size < 2 or (i and c.cap[i - 1] and c.glued[i] and c.keys[i - 1] in lexicon.STOPS_IN_RUNS and not bits & STRONG):
        return None
    rest = range(i + 1, end)
    n_names = sum(
        bool(c.bits[k] & NAMELIKE or (c.keys[k].isascii() and FOLDED.get(c.keys[k], 0) & NAMELIKE)) for k in rest
    )
    is_whole = bits & STRONG and size > 2 and c.bits[i + 1] & MIDDLE and not c.text.isupper()  # '... thành ĐỖ PHI HỪNG'
    if c.words[i].isupper() and len(c.words[i]) > 1 and n_names < size - 1 and not is_whole:
        return None
    if c.is_compound(i) and not bits & STRONG and (size == 2 or c.is_compound(i + 1)):
        return None
    opens, is_word = c.starts_sentence(i), c.keys[i] in lexicon.SURNAMES_LIKE_WORDS
    is_place = c.keys[i] in lexicon.OF_PLACES and all(c.known[k] == PLACE for k in rest)
    if (
        is_place
        and c.keys[i + 1] != "thị"
        and not (c.keys[i] == "hồ" and c.bits[i + 1] & MIDDLE and c.bits[end - 1] & GIVEN)
    ):
        return None  # 'Hồ Ba Bể', 'Chè Thái Nguyên', but 'Hồ Thanh Sơn'
    if size == 2:
        second = c.bits[i + 1]
        if follows_thing(c, i) or (c.keys[i] == "đoàn" and c.opens_word(end - 1)):  # 'Đoàn Đại biểu'
            return None
        if bits & STRONG:
            is_name = n_names or not could_be_vietnamese(c.folded[i + 1])
            return (i, end) if is_name and not c.is_compound(i) else None
        if second & GIVEN and not c.known[i + 1] and not c.is_compound(i) and is_introduced(c, i, surely=True):
            return i, end
        is_told = c.ends_clause(end) or c.bits[end] & FOLLOWER
        if bits & MINORITY and not second and not opens and is_told and len(c.keys[i + 1]) < 7 and not c.known[i + 1]:
            return i, end  # 'nhờ Lò Phới nộp'
        is_plain = second & (WORD | PLACELIKE) or not second & GIVEN
        return (i, end) if not is_plain and not (opens and bits & WORD) and not opens and not bits & PLACELIKE else None
    if (
        bits & STRONG
        or c.keys[i + 1] in ("thị", "văn", "thi", "van")
        or (size == 4 and c.keys[i + 2] in ("thị", "văn"))
    ):
        return i, end
    if size == 3 and c.bits[i + 1] & (MIDDLE | GIVEN) and not c.bits[i + 2] and not bits & FUNCTION:
        return i, end  # a last syllable that is no word at all: 'Lường Bá Piêng', 'Lý Mùi Sểnh'
    is_whole = n_names == size - 1 and c.bits[end - 1] & GIVEN and not c.bits[end - 1] & PLACELIKE
    if opens and is_word and (n_names < size - 1 or (c.bits[i + 1] & PLACELIKE and not is_whole)):
        return None
    if (n_names == size - 1 and c.bits[end - 1] & (GIVEN | MIDDLE | SURNAME)) or n_names >= 2:
        return i, end
    return (i, end) if c.bits[i + 1] & MIDDLE and not is_word else None


def _by_title(c: Comment, i: int) -> tuple[int, int] | None:
    """The name after a title or role at i."""
    bits, n = c.bits[i], c.n
    if c.is_compound(i - 1) and i - 1 not in c.roles and not c.is_folded:  # 'công cụ Vẽ', 'trợ lý Hàm'
        are_titles = c.bits[i] & TITLE and c.bits[i - 1] & TITLE and i < c.n - 1 and c.cap[i + 1]
        if not (are_titles and c.bits[i + 1] & GIVEN):  # 'anh chị Út, Chinh'
            return None
    role_end = 0 if bits & ANY_TITLE and i not in c.roles else end_of_role(c, i)
    if not role_end and not bits & ANY_TITLE:
        return None
    j = role_end or i + 1
    if j >= n or not (
        c.glued[j] or (not role_end and (c.gaps[j] in (". ", ".", ": ", ":") or (c.gaps[j] == ") " and bits & TITLE)))
    ):
        return None
    if c.cap[j] and len(c.keys[i]) == 1 and c.keys[j] in ("khoản", "điều", "mục", "chương"):  # 'điểm c Khoản 1'
        return None
    if not role_end and (after_role := end_of_role(c, j)) and c.glued[j]:
        j = after_role
        if j >= n or not (c.glued[j] or c.gaps[j] in (": ", " - ", ", ")):
            return None
    if c.folded[j] == "ten" and j + 1 < n and c.glued[j + 1]:
        j += 1 + (c.folded[min(j + 1, n - 1)] == "la")
        if j >= n:
            return None
    if c.keys[i] == "tp" and c.keys[j] in lexicon.SINGLE_PLACES:  # 'TP. Vinh' is a town
        return None
    if (
        len(c.keys[i]) == 1 and not c.glued[j] and (":" in c.gaps[j] or (i and c.folded[i - 1] == "ben"))
    ):  # 'A: ...', 'bên A.'
        return None
    if c.keys[i] == "con" and i and c.keys[i - 1] in ("bà", "ba"):  # 'Bà con Tịnh Khê'
        return None
    if c.keys[i] == "ô" and not c.cap[j]:  # 'ô tô'
        return None
    if c.known[j] == USED or (
        c.known[j] == PLACE
        and (role_end or j > i + 1 or c.known[i] == PLACE or not (bits & TITLE or _is_child_of_place_name(c, i)))
    ):
        return None
    if c.known[i] in (PLACE, FAMOUS) and c.known[j] in (
        PLACE,
        FAMOUS,
    ):  # the title is part of it: 'Bà Rịa', 'Hai Bà Trưng'
        return None
    if c.cap[j]:
        return _capital_name_after_title(c, i, j, is_title=bool(bits & TITLE))
    return None


def _is_child_of_place_name(c: Comment, i: int) -> bool:
    """Whether 'cháu', 'em', 'bé' at i comes before a place whose syllables are all those of names: 'Cháu Phú Quý'."""
    end = capital_run(c, i + 1)
    rest = c.bits[i + 1 : end]
    return c.keys[i] in lexicon.YOUNG and end == i + 3 and all(bit & NAMELIKE for bit in rest) and bool(rest[1] & GIVEN)


def _capital_name_after_title(c: Comment, i: int, j: int, *, is_title: bool) -> tuple[int, int] | None:
    bits, key = c.bits[j], c.keys[j]
    is_name = bits & NAMELIKE or (key.isascii() and FOLDED.get(key, 0) & NAMELIKE)
    is_alone = j + 1 >= c.n or not c.cap[j + 1]  # 'Ông Kính chẳng nói', 'Anh Đề thì rành máy'
    is_stop = (
        c.keys[j] in lexicon.STOPS_IN_RUNS and not (is_title and is_alone and bits & GIVEN) and not ends_name(c, j)
    )
    if (bits & NO_NAME and not bits & GIVEN) or is_stop:
        return None
    if j in c.roles or (c.opens_word(j) and not c.cap[j + 1] and not (is_title and bits & GIVEN)):
        return None
    if not is_title and not is_name and is_alone and not c.known[j] and not c.words[j].isupper():
        is_kind = bits & (CUE | MONOSYLLABLE | LOCATIVE) or c.keys[j] in lexicon.KINDS_OF_STAFF
        is_said = c.ends_clause(j + 1) or c.bits[j + 1] & FOLLOWER
        return (j, j + 1) if is_said and not is_kind and could_be_vietnamese(c.folded[j]) else None  # 'thủ quỹ Gái'
    if not is_title and not is_name:
        end = capital_run(c, j)  # 'Trưởng bản Chẻo Láo San'
        return (j, end) if end == j + 3 and c.folded[j + 1] in lexicon.MINORITY_MIDDLES and not c.known[j] else None
    is_ambiguous = c.is_folded and c.keys[i] in lexicon.AMBIGUOUS_FOLDED_TITLES and (c.cap[i] or not bits & GIVEN)
    if is_ambiguous and key not in lexicon.FOLDED_SURE_GIVENS:
        after = j + 1
        if not bits & SURNAME and not c.ends_clause(after) and not c.cap[after] and not c.bits[after] & FOLLOWER:
            return None
    if bits & TITLE and j + 1 < c.n and c.cap[j + 1] and c.glued[j + 1] and not bits & GIVEN:
        return None
    if not is_name and ((c.words[j].isupper() and len(key) > 1) or not could_be_vietnamese(c.folded[j])):
        return None
    end = max(capital_run(c, j), j + 1)
    if (
        end < c.n - 1
        and c.glued[end]
        and c.keys[end] in ("thị", "văn", "thi", "van")
        and c.cap[end + 1]
        and c.bits[j] & SURNAME
    ):
        end = capital_run(c, end + 1)
    return j, end


def _by_role_after(c: Comment, i: int) -> tuple[int, int] | None:
    """'Cẩm Hợi (thủ quỹ)', 'Hợi - kế toán', 'Oanh ơi'."""
    bits, n = c.bits[i], c.n
    if not c.cap[i]:
        return None
    if not c.known[i] and not (i and c.cap[i - 1] and c.glued[i]):
        end = capital_run(c, i)
        is_staff = end in c.roles and "(" in c.gaps[end] and not any(c.known[i:end])
        if is_staff and end - i > 1 + c.starts_sentence(i):
            return i, end  # 'Theo Chớ Chứ Mua (phó bản)'
    if (
        not bits & NAMELIKE
        or (bits & FUNCTION and not (i + 1 < n and c.cap[i + 1] and c.glued[i + 1]))
        or c.known[i]
        or (i and c.cap[i - 1] and c.glued[i] and c.bits[i - 1] & NAMELIKE)
    ):
        return None
    end = capital_run(c, i)
    if end == i:
        return None
    if end < n and c.glued[end] and c.keys[end] in ("ơi", "oi") and not c.is_compound(i):
        sure = [k for k in range(i, end) if c.bits[k] & GIVEN and not c.bits[k] & WORD]
        if sure or (end - i >= 2 and bits & SURNAME) or (not bits & ANY_TITLE and c.keys[i] != "ba"):
            return i, end
    if end >= n or c.glued[end]:
        return None
    is_office = "(" in c.gaps[end] and c.keys[end] in lexicon.BRACKETED_OFFICES
    if not (end in c.roles or is_office or c.folded[end] in lexicon.SHORT_ROLES):
        return None
    gap = c.gaps[end]
    if not re.fullmatch(r" ?\(| [-–|/] ?|, ?|-|\|", gap) or not c.bits[end - 1] & (GIVEN | SURNAME):
        return None
    last = c.bits[end - 1]
    if "(" not in gap and last & MONOSYLLABLE:
        return None
    if "(" not in gap and (c.starts_sentence(i) and end - i == 1 and last & WORD):
        return None
    return (i, end) if "(" in gap or not c.is_compound(end - 2) else None


def _by_capitals(c: Comment, i: int) -> tuple[int, int] | None:
    """Syllables of names with capitals inside a sentence: nothing but a name or a place has them."""
    if not c.cap[i] or c.known[i] or not c.is_cased:
        return None
    bits, n, key = c.bits[i], c.n, c.keys[i]
    if i and c.cap[i - 1] and c.glued[i] and c.bits[i - 1] & NAMELIKE and not c.known[i - 1]:
        return None
    end = capital_run(c, i)
    if not bits & NAMELIKE:  # 'nhờ Hôih Năm', 'của Chamalé Thiên Tuôi'
        is_title_case = not any(word.isupper() for word in c.words[i:end])
        is_name = end - i in (2, 3) and is_title_case and c.bits[end - 1] & GIVEN and not any(c.known[i:end])
        return (i, end) if is_name and is_introduced(c, i) and not c.is_compound(end - 1) else None
    is_met = c.ends_clause(end) and bits & GIVEN and i > 0 and c.glued[i] and c.keys[i - 1] in ("gặp", "gap")
    if (
        is_met
        and end - i == 1
        and (not bits & MONOSYLLABLE or key in ("nga", "anh", "đức", "hoa", "mỹ", "quý", "thái"))
    ):
        return i, end
    is_told = is_introduced(c, i) or c.bits[min(end, n - 1)] & FOLLOWER or is_signature(c, i, end)
    if bits & FUNCTION and (end - i == 1 or not c.bits[i] & MIDDLE or not is_told):
        return None
    if any(c.known[i:end]):
        end = next(k for k in range(i, end) if c.known[k])
    size = end - i
    if (
        size == 0
        or (end < n and c.cap[end] and c.glued[end])
        or (
            end < n
            and c.gaps[end].strip(" (") == ""
            and c.text[c.ends[end - 1] : c.ends[end - 1] + 2].strip().isdigit()
        )
    ):
        return None
    if not all(c.bits[k] & NAMELIKE for k in range(i, end)) or not c.bits[end - 1] & GIVEN:
        return None
    is_acting = end < n and c.glued[end] and c.bits[end] & FOLLOWER and not c.starts_sentence(i)
    is_word = any(map(c.is_compound, range(i, end - 1))) and not is_acting and not is_introduced(c, i)
    if is_word or c.opens_word(end - 1) or (i and c.glued[i] and c.bits[i - 1] & (LOCATIVE | CUE)):
        return None
    previous = c.bits[i - 1] if i and c.glued[i] else 0
    introduced = bool(previous & INTRODUCER) or ends_pair(c, i)
    followed = (end < n and c.glued[end] and c.bits[end] & FOLLOWER) or (size > 1 and is_signature(c, i, end))
    opens = c.starts_sentence(i)
    nonwords = sum(not c.bits[k] & WORD for k in range(i, end))
    goes_on = end < n and c.glued[end] and c.bits[end] & NAMELIKE and not c.bits[end] & (FOLLOWER | TITLE)
    if size == 1:
        if bits & GIVEN and not bits & FUNCTION and end + 1 < n and c.folded[end : end + 2] == ["la", "nguoi"]:
            return i, end
        is_asked = i > 0 and c.glued[i] and c.keys[i - 1] in lexicon.BEFORE_PERSONS and end < n and not c.cap[end]
        if is_asked and bits & GIVEN and not bits & (MONOSYLLABLE | FUNCTION):
            return i, end  # 'Xin hoi Ha con lam o quay so 5'
        if (
            goes_on
            or c.is_compound(i - 1)
            or bits & MONOSYLLABLE
            or (c.is_folded and key not in lexicon.FOLDED_SURE_GIVENS)
        ):
            return None
        in_list = end < n and c.cap[end] and c.gaps[end] in (", ", " và ", " va ") and c.bits[end] & GIVEN
        if in_list and not opens and bits & GIVEN and capital_run(c, end) == end + 1 and not c.bits[end] & MONOSYLLABLE:
            is_place = {key, c.keys[end]} & lexicon.SINGLE_PLACES or {key, c.keys[end]} <= lexicon.ZODIAC
            return None if is_place or c.known[end] else (i, end)  # 'ba người Bình, Tiến, Thảo'
        if bits & WORD or c.words[i].isupper():
            is_met = c.keys[i - 1] in lexicon.SURE_INTRODUCERS or c.keys[i - 1] in ("của", "cua", "tên", "ten")
            sure = followed or (c.ends_clause(end) and (is_met or ends_pair(c, i)))
            return (i, end) if introduced and bits & GIVEN and not opens and sure else None
        if opens:
            return (i, end) if followed and c.folded[end] in lexicon.PERSONAL_VERBS else None
        return (i, end) if introduced or followed or c.ends_clause(end) else None
    if size > 3:
        return None
    is_brand = size == 2 and follows_thing(c, i)
    is_office = opens and c.keys[i] in lexicon.STOPS_IN_RUNS and not ends_name(c, i)  # 'Viện Dưỡng lão'
    is_office = is_office or (opens and size == 3 and c.keys[i] in ("đình", "lăng"))  # 'Đình Tân Lân'
    if is_brand or is_office or (bits & PLACELIKE and not (introduced or followed)):
        return None
    return (i, end) if nonwords or introduced or followed or not opens else None


def stretch(c: Comment, start: int, end: int) -> tuple[int, int]:
    """A name with the capitals beside it that belong to names: a rare surname before, a second given name after."""
    if not c.cap[start] or c.words[start].isupper():
        return start, end
    no_name = ANY_TITLE | ROLE | CUE | FUNCTION | MONOSYLLABLE | LOCATIVE | INTRODUCER
    if start and c.cap[start - 1] and c.glued[start] and not c.known[start - 1]:
        before = c.bits[start - 1]
        if before & (NAMELIKE | MINORITY) and not before & no_name and c.keys[start - 1] not in lexicon.STOPS_IN_RUNS:
            start -= 1
    if end < c.n and c.cap[end] and c.glued[end] and not c.known[end] and end not in c.roles:
        after = c.bits[end]
        is_stop = c.keys[end] in lexicon.STOPS_IN_RUNS or after & no_name
        if is_stop and end - start == 2 and c.bits[start] & STRONG and c.bits[end - 1] & MIDDLE:
            is_stop = end + 1 < c.n and c.cap[end + 1]  # 'Nguyễn Công Kính đáng nhân rộng'
        if after & GIVEN and not is_stop and not c.is_compound(end):
            end += 1
    return start, end
