"""Places and organisations, which are no persons: protected before any rule looks for names.

Three things tell a place: a list (`Hà Nội`, `Lê Lợi`), the kind of place before it (`xã Tân Lập`, `công ty Minh Anh`), a
word of direction before it (`lên Cao Lộc`); and what stands in one list with a place is one too.
"""

from __future__ import annotations

from transforms import name_lexicon as lexicon
from transforms.person_names.contexts import ends_pair, is_name_after_surname, is_name_by_parts, looks_full
from transforms.person_names.syllables import (
    CALL,
    CUE,
    CUE_PAIRS,
    CUE_TAIL,
    FAMOUS,
    FOLDED_PHRASES,
    FOLLOWER,
    FUNCTION,
    GIVEN,
    HEAD,
    INTRODUCER,
    LOCATIVE,
    MIDDLE,
    MINORITY,
    NAMELIKE,
    NAMING,
    OF_WOMEN_AND_MEN,
    PHRASE_SIZES,
    PHRASES,
    PLACE,
    PLACE_SIGN,
    PLACELIKE,
    STRONG,
    SURNAME,
    TITLE,
    WORD,
    Comment,
    capital_run,
    could_be_vietnamese,
)

_ENGLISH_TITLES = ("mr", "mrs", "ms", "miss")
_BETWEEN_PLACES = (", ", " - ", "-", "/", " – ", ",")
_JOINING_PLACES = ("và", "va", "hay", "hoặc", "với", "đến", "sang", "qua")


def protect_places(c: Comment) -> None:
    """Mark what is a PLACE or a FAMOUS name, that of a street or school."""
    bits, cap = c.bits, c.cap
    signs = [i for i in c.signs if bits[i] & PLACE_SIGN]
    for i in signs:
        if bits[i] & HEAD and (cap[i] or not c.is_cased) and (size := _size_of_listed(c, i)):
            phrase = " ".join(c.keys[i : i + size])
            is_person = phrase in lexicon.FAMOUS_NAMES and phrase not in lexicon.PLACES
            c.mark(i, i + size, FAMOUS if is_person else PLACE)
    for i in signs:
        if bits[i] & (CUE | CUE_TAIL) and is_kind_of_place(c, i):
            _protect_after_kind(c, i)
        elif bits[i] & LOCATIVE and c.has_capital_after(i + 1):
            _protect_after_direction(c, i)
    if PLACE in c.known:
        _protect_lists(c)


def is_kind_of_place(c: Comment, i: int) -> bool:
    """Whether syllable i is a kind of place, or ends one of two: 'xã', 'thành phố'."""
    if c.bits[i] & CUE:
        return True
    return bool(c.bits[i] & CUE_TAIL) and f"{c.word_before(i)} {c.keys[i]}" in CUE_PAIRS


def _protect_lists(c: Comment) -> None:
    """'ở Mai Châu, Đà Bắc và Tân Lạc': the neighbours of a place in a list are places too."""
    for i in range(1, c.n):
        if c.known[i - 1] != PLACE or c.known[i]:
            continue
        is_joined = c.keys[i] in _JOINING_PLACES
        start = i + is_joined
        if start < c.n and c.cap[start] and (is_joined or c.gaps[i] in _BETWEEN_PLACES):
            end = capital_run(c, start)
            if end - start == 2 and not looks_full(c, start, end) and not c.bits[start] & TITLE:
                c.mark(start, end, PLACE)


# --- places of the lists -------------------------------------------------------------------------------------


def _size_of_listed(c: Comment, i: int) -> int:
    """How many syllables from i on are a place or street of the lists, and no person of that name; or 0."""
    if i + 1 < c.n:
        for size in PHRASE_SIZES.get(f"{c.keys[i]} {c.keys[i + 1]}", ()):
            end = i + size
            if end > c.n or not all(c.glued[i + 1 : end]) or (c.is_cased and not (c.cap[i] and c.cap[end - 1])):
                continue
            phrase = " ".join(c.keys[i:end])
            is_listed = phrase in PHRASES or (phrase.isascii() and phrase in FOLDED_PHRASES)
            if is_listed and not _is_person_of_that_name(c, i, end):
                return size
    if c.keys[i] in lexicon.SINGLE_PLACES and c.is_cased and c.cap[i] and not c.starts_sentence(i):
        return int(not c.glued[i] or c.bits[i - 1] & (LOCATIVE | CUE) > 0)
    return 0


def _is_person_of_that_name(c: Comment, i: int, end: int) -> bool:
    is_titled, is_given = c.bits[i] & TITLE, c.bits[end - 1] & GIVEN
    if is_titled and c.has_capital_after(end):
        return True  # 'Bà Triệu Công Thủy' is not the street
    if is_titled and (not c.is_cased or c.is_folded) and not (i and c.bits[i - 1] & (LOCATIVE | CUE)):
        return True  # 'anh son', but 'len anh son'
    if not c.is_cased:
        return False
    is_street = end - i == 2 and " ".join(c.keys[i:end]) in lexicon.FAMOUS_NAMES
    if is_street and c.bits[i] & STRONG and c.has_capital_after(end) and not c.bits_before(i) & (LOCATIVE | CUE):
        return True  # 'Hoàng Diệu Đông'
    if end in c.roles and "(" in c.gaps[end]:
        return True  # 'cho Xuân Mai (hợp đồng)'
    if is_given and _acts_after(c, i, end):
        return True  # 'do Thanh Xuân gửi', 'do Trần Đại Nghĩa lập'
    if end - i > 2:
        return False
    if c.bits[i] & SURNAME and _goes_on_as_name(c, i):
        return True  # 'Ninh Kiều Quỳnh'
    if is_given and _follows_surname(c, i):
        return True  # 'Hứa Thanh Bình'
    return bool(is_given and is_titled) and _is_titled_person(c, i)  # 'Anh Sơn nhận giấy tờ'


def _is_titled_person(c: Comment, i: int) -> bool:
    """Whether a title and a given name that are a place too are a person: 'Bà Điểm nói', not 'Kho bạc Anh Sơn'."""
    if not c.starts_sentence(i):
        before = c.bits_before(i)
        return bool(before & INTRODUCER) and not before & (LOCATIVE | CUE)
    return not c.has_capital_after(i + 2) and bool(c.bits_after(i + 2) & (FOLLOWER | CALL))


def _follows_surname(c: Comment, i: int) -> bool:
    """Whether a surname with its capital stands before syllable i, inside a sentence."""
    is_surname = c.has_capital_before(i) and c.bits[i - 1] & SURNAME and not c.starts_sentence(i - 1)
    return bool(is_surname) and not c.bits[i - 1] & (LOCATIVE | CUE)


def _acts_after(c: Comment, start: int, end: int) -> bool:
    """Whether a verb follows what 'do', 'nhờ', 'gặp', 'khen' stands before, or it is thanked: no place or street is."""
    before = c.word_before(start)
    if ends_pair(c, start) or before in ("phục", "khen"):
        return True
    if before in ("của", "cua") and end - start > 2 and c.ends_clause(end):
        return True  # 'cách giải thích của Hoàng Văn Thái'
    is_agent = before in ("do", "nhờ", "gặp", "khen", "giữa")
    return is_agent and not c.has_capital_after(end) and bool(c.bits_after(end) & FOLLOWER)


def _goes_on_as_name(c: Comment, i: int) -> bool:
    """Whether a place of two syllables goes on as a name of three or four: 'Ninh Kiều Quỳnh', 'Hà Trung Lịch'."""
    end = capital_run(c, i)
    if not c.bits[end - 1] & GIVEN:
        return False
    if end == i + 3 and i and c.bits[i - 1] & NAMING:
        return True  # 'là Ứng Hoà Thuận'
    if end not in (i + 3, i + 4) or c.bits_before(i) & (LOCATIVE | CUE) or c.is_compound(end - 1):
        return False
    return not c.bits[end - 1] & PLACELIKE or (end in c.roles and "(" in c.gaps[end])


# --- after the kind of place ---------------------------------------------------------------------------------


def _protect_after_kind(c: Comment, i: int) -> None:
    """Protect the name of a place, school or company that follows its kind at i: 'xã Tân Lập', 'công ty TNHH Minh Anh'."""
    if _is_other_word(c, i):
        return
    start = _skip_fillers(c, i + 1)
    if _is_named_after_title(c, i, start):  # 'chùa Bà Thiên Hậu', 'cù lao Ông Chưởng'
        c.mark(start, capital_run(c, start + 1), PLACE)
        return
    if start >= c.n or not c.glued[start] or c.bits[start] & TITLE or (c.bits[start] & FUNCTION and not c.cap[start]):
        return
    if c.is_cased:
        end = capital_run(c, start)
        is_official = c.folded[i] in lexicon.ADMINISTRATIVE and any(k in c.roles for k in range(i - 6, i))
        if end > start and not ((is_official or _is_place_of_work(c, i, start, end)) and _is_person_of(c, start, end)):
            c.mark(start, end, PLACE)
    elif i - 1 not in c.roles:  # the 'truong' of 'ke toan truong'
        _protect_without_capitals(c, i, start)


def _is_other_word(c: Comment, i: int) -> bool:
    """Whether the kind of place at i is part of a word, a role or a name: 'yêu cầu', 'trưởng ban', 'nguyễn trường đạt'."""
    if i and f"{c.folded[i - 1]} {c.folded[i]}" in lexicon.NOT_CUES:
        return True
    before = c.bits_before(i)
    if before & STRONG and not (c.cap[i] or before & WORD or c.is_folded):
        return True
    if c.is_folded and i in c.roles:  # 'truong ban Ly A Sinh'
        return True
    if i - 1 in c.roles and c.bits[i] & CUE and c.folded[i] not in lexicon.ADMINISTRATIVE:  # 'chủ quán Trần Diệu Hoà'
        return True
    return i + 1 < c.n and c.folded[i + 1] == "vien"  # 'giao dịch viên ...'


def _skip_fillers(c: Comment, i: int) -> int:
    """Where the name begins after what may stand before it: 'Công ty | TNHH một thành viên xây dựng | Hoàng Long'."""
    while (
        i < c.n
        and c.glued[i]
        and not c.known[i]
        and c.folded[i] in lexicon.ORGANISATION_FILLERS
        and c.keys[i] not in ("do", "từ", "phan")
        and not (c.cap[i] and c.bits[i] & NAMELIKE and (i + 1 >= c.n or c.cap[i + 1]))
    ):
        i += 1
    return i


def _is_named_after_title(c: Comment, kind: int, start: int) -> bool:
    if start >= c.n - 1 or not (c.glued[start] and c.cap[start] and c.cap[start + 1]):
        return False
    is_geographic = c.folded[kind] in lexicon.GEOGRAPHIC or c.bits[kind] & CUE_TAIL
    return bool(is_geographic) and c.folded[start] in ("ong", "ba", "co")


def _protect_without_capitals(c: Comment, kind: int, start: int) -> None:
    """Protect up to three syllables of names; a full name only after a kind that is named after persons."""
    no_name = FUNCTION | FOLLOWER | TITLE
    end = start
    while end < min(c.n, start + 3) and c.bits_after(end) & NAMELIKE and not c.bits[end] & no_name:
        end += 1
    if c.bits[start] & STRONG and c.folded[kind] in lexicon.NAMED_AFTER_PERSONS:
        has_third = start + 2 < c.n and c.glued[start + 1] and c.glued[start + 2]
        if has_third and not c.bits[start + 2] & (FUNCTION | FOLLOWER):
            end = max(end, start + 3)  # 'trường thcs phan sào nam'
        c.mark(start, end, PLACE)
    elif not (end - start >= 3 and c.bits[start] & STRONG and c.keys[start + 1] in OF_WOMEN_AND_MEN):
        c.mark(start, end, PLACE)


def _is_place_of_work(c: Comment, kind: int, start: int, end: int) -> bool:
    """Whether a role stands before the kind of place and a full name follows that is hardly the place's.

    'Cán bộ kho bạc Nông Quảng Vạn', 'Giáo viên mầm non Lò Thị Ban', but not 'Kế toán trường Lê Thanh Hiền'.
    """
    role = kind - 1
    while role > 0 and c.glued[role + 1] and role not in c.roles and kind - role < 6:
        is_kind = c.bits[role] & (CUE | CUE_TAIL) or f"{c.keys[role]} {c.keys[role + 1]}" in CUE_PAIRS
        if not (is_kind or role - 1 in c.roles or c.keys[role] in lexicon.ROLE_TAILS):
            return False
        role -= 1
    if role not in c.roles or end - start < 3 or FAMOUS in c.known[start:end]:
        return False
    is_school = not {"trường", "truong"}.isdisjoint(c.keys[role + 2 : start])
    return not is_school or c.keys[start + 1] == "thị"


def _is_person_of(c: Comment, start: int, end: int) -> bool:
    """Whether after a role and 'xã', 'phường' there stands the official: 'Chủ tịch xã Giàng A Páo', not '... Tân Lập'."""
    first, last, size = c.bits[start], c.bits[end - 1], end - start
    if size == 1:  # 'Trưởng thôn Thao'
        return bool(first & GIVEN) and not first & PLACELIKE
    second = c.folded[start + 1]
    if size == 2:
        if c.words[start] in ("A", "Y"):  # 'Trưởng thôn A Nhưng'
            return True
        if last & GIVEN and not (first | last) & PLACELIKE:  # 'Trưởng thôn Điểu Bé'
            return bool(first & (SURNAME | MINORITY))
        return any("'" in syllable or not could_be_vietnamese(syllable) for syllable in c.folded[start:end])
    if looks_full(c, start, end):
        return True
    if first & SURNAME and (c.bits[start + 1] & MIDDLE or second in lexicon.MINORITY_MIDDLES):
        return True
    return bool(first & MINORITY) and not (could_be_vietnamese(second) and (first | last) & PLACELIKE)


# --- after a word of direction -------------------------------------------------------------------------------


def _protect_after_direction(c: Comment, i: int) -> None:
    """Protect two and more capitals after a word that places come after: 'lên Cao Lộc', 'cạnh Nguyễn Thiện Thuật'."""
    start, end = i + 1, capital_run(c, i + 1)
    if end - start < 2 or c.keys[start] in _ENGLISH_TITLES or _begins_name(c, i):
        return
    if i and c.folded[i - 1] in ("on", "loi", "khen", "gui"):  # 'gửi lời cảm ơn tới ...'
        return
    if end in c.roles and "(" in c.gaps[end]:  # 'về Sơn Khôi (lái xe cơ quan)'
        return
    if end - start == 3 and c.folded[i] in ("tu", "sang", "den", "toi", "ve") and is_name_by_parts(c, start):
        return  # 'chuyển từ La Thiện Danh sang ...'
    if c.keys[i] in lexicon.BEFORE_STREETS or not looks_full(c, start, end):
        c.mark(start, end, PLACE)


def _begins_name(c: Comment, i: int) -> bool:
    """Whether a word of direction with a capital is a surname: 'do Từ Kiều Tân', 'Từ Văn Nhung', 'Từ Lệ Tuấn'."""
    if not c.cap[i] or not c.bits[i] & SURNAME:
        return False
    if c.keys[i + 1] in lexicon.SURE_MIDDLES or not c.starts_sentence(i):
        return True
    return capital_run(c, i) == i + 3 and is_name_after_surname(c, i)
