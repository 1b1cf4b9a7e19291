"""Places and organisations, which are no persons: protected before any rule looks for names."""

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


def protect_places(c: Comment) -> None:
    n, bits, keys = c.n, c.bits, c.keys
    special = [i for i in c.signs if bits[i] & PLACE_SIGN]
    heads = [i for i in special if bits[i] & HEAD and (c.cap[i] or not c.is_cased)]
    for i in heads:
        is_head = i < n - 1 and f"{keys[i]} {keys[i + 1]}" in PHRASE_SIZES
        if (is_head or keys[i] in lexicon.SINGLE_PLACES) and (size := _phrase_size(c, i)):
            phrase = " ".join(c.keys[i : i + size])
            mark = FAMOUS if phrase in lexicon.FAMOUS_NAMES and phrase not in lexicon.PLACES else PLACE
            c.known[i : i + size] = bytes([mark]) * size
    for i in special:
        if bits[i] & CUE or (bits[i] & CUE_TAIL and i and c.glued[i] and f"{keys[i - 1]} {keys[i]}" in CUE_PAIRS):
            _protect_after_cue(c, i)
        elif (
            bits[i] & LOCATIVE and i + 1 < n and c.glued[i + 1] and c.cap[i + 1] and keys[i + 1] not in _ENGLISH_TITLES
        ):
            if c.cap[i] and bits[i] & SURNAME and (keys[i + 1] in lexicon.SURE_MIDDLES or not c.starts_sentence(i)):
                continue  # 'do Từ Kiều Tân', 'Từ Văn Nhung'
            if c.cap[i] and bits[i] & SURNAME and capital_run(c, i) == i + 3 and is_name_after_surname(c, i):
                continue  # 'Từ Lệ Tuấn'
            end = capital_run(c, i + 1)
            thanks = c.folded[i - 1] in ("on", "loi", "khen", "gui") if i else False  # 'gửi lời cảm ơn tới ...'
            if end == i + 4 and c.folded[i] in ("tu", "sang", "den", "toi", "ve") and is_name_by_parts(c, i + 1):
                continue  # 'chuyển từ La Thiện Danh sang ...'
            is_staff = end in c.roles and "(" in c.gaps[end]  # 'về Sơn Khôi (lái xe cơ quan)'
            is_street = keys[i] in lexicon.BEFORE_STREETS  # 'cạnh Nguyễn Thiện Thuật'
            if end - i > 2 and not thanks and not is_staff and (is_street or not looks_full(c, i + 1, end)):
                c.known[i + 1 : end] = bytes([PLACE]) * (end - i - 1)
    if PLACE not in c.known:
        return
    for i in range(1, n):  # 'ở Mai Châu, Đà Bắc và Tân Lạc': the neighbours in a list are places too
        if c.known[i - 1] == PLACE and not c.known[i]:
            start = i + 1 if c.keys[i] in ("và", "va", "hay", "hoặc", "với", "đến", "sang", "qua") else i
            if start < n and c.cap[start] and (start > i or c.gaps[i] in (", ", " - ", "-", "/", " – ", ",")):
                end = capital_run(c, start)
                if end - start == 2 and not looks_full(c, start, end) and not c.bits[start] & TITLE:
                    c.known[start:end] = bytes([PLACE]) * (end - start)


_ENGLISH_TITLES = ("mr", "mrs", "ms", "miss")


def _phrase_size(c: Comment, i: int) -> int:
    sizes = PHRASE_SIZES.get(f"{c.keys[i]} {c.keys[i + 1]}", ()) if i + 1 < c.n else ()
    for size in sizes:
        last = i + size - 1
        if last < c.n and all(c.glued[i + 1 : last + 1]) and (not c.is_cased or (c.cap[i] and c.cap[last])):
            phrase = " ".join(c.keys[i : last + 1])
            if c.bits[i] & TITLE and last + 1 < c.n and c.cap[last + 1] and c.glued[last + 1]:
                continue  # 'Bà Triệu Công Thủy' is not the street
            if size == 2 and c.is_cased and c.bits[i] & SURNAME and _is_person_after_all(c, i):
                continue
            if size == 2 and c.is_cased and c.bits[last] & GIVEN and _follows_surname(c, i):
                continue  # 'Hứa Thanh Bình'
            if c.is_cased and last + 1 in c.roles and "(" in c.gaps[last + 1]:
                continue  # 'cho Xuân Mai (hợp đồng)'
            if c.is_cased and c.bits[last] & GIVEN and _acts_after(c, i, last + 1):
                continue  # 'do Thanh Xuân gửi', 'do Trần Đại Nghĩa lập'
            if c.bits[i] & TITLE and (not c.is_cased or c.is_folded) and not (i and c.bits[i - 1] & (LOCATIVE | CUE)):
                continue  # 'anh son', but 'len anh son'
            if size == 2 and c.is_cased and c.bits[i] & TITLE and c.bits[last] & GIVEN and _is_titled_person(c, i):
                continue  # 'Anh Sơn nhận giấy tờ'
            if phrase in PHRASES or (phrase.isascii() and phrase in FOLDED_PHRASES):
                return size
    if c.is_cased and c.cap[i] and c.keys[i] in lexicon.SINGLE_PLACES and not c.starts_sentence(i):
        return int(not c.glued[i] or c.bits[i - 1] & (LOCATIVE | CUE) > 0)
    return 0


def _is_titled_person(c: Comment, i: int) -> bool:
    """Whether a title and a given name that are a place too are a person: 'Bà Điểm nói', not 'Kho bạc Anh Sơn'."""
    if not c.starts_sentence(i):
        return i > 0 and c.glued[i] and bool(c.bits[i - 1] & INTRODUCER) and not c.bits[i - 1] & (LOCATIVE | CUE)
    return i + 2 < c.n and c.glued[i + 2] and not c.cap[i + 2] and bool(c.bits[i + 2] & (FOLLOWER | CALL))


def _follows_surname(c: Comment, i: int) -> bool:
    """Whether a surname with its capital stands before syllable i, inside a sentence."""
    is_surname = i > 1 and c.cap[i - 1] and c.glued[i] and c.bits[i - 1] & SURNAME and not c.starts_sentence(i - 1)
    return bool(is_surname) and not c.bits[i - 1] & (LOCATIVE | CUE)


def _acts_after(c: Comment, start: int, end: int) -> bool:
    """Whether a verb follows what 'do', 'nhờ', 'gặp', 'khen' stands before, or it is thanked: no place or street is."""
    if ends_pair(c, start) or (start and c.glued[start] and c.keys[start - 1] in ("phục", "khen")):
        return True
    if start and c.glued[start] and c.keys[start - 1] in ("của", "cua") and end - start > 2 and c.ends_clause(end):
        return True  # 'cách giải thích của Hoàng Văn Thái'
    is_agent = start > 0 and c.glued[start] and c.keys[start - 1] in ("do", "nhờ", "gặp", "khen", "giữa")
    return is_agent and end < c.n and c.glued[end] and not c.cap[end] and bool(c.bits[end] & FOLLOWER)


def _is_person_after_all(c: Comment, i: int) -> bool:
    """Whether a place of two syllables goes on as a name of three or four: 'Ninh Kiều Quỳnh', 'Hà Trung Lịch'."""
    end = capital_run(c, i)
    if end == i + 3 and i and c.bits[i - 1] & NAMING and c.bits[end - 1] & GIVEN:
        return True  # 'là Ứng Hoà Thuận'
    if end not in (i + 3, i + 4) or (i and c.glued[i] and c.bits[i - 1] & (LOCATIVE | CUE)):
        return False
    is_person = not c.bits[end - 1] & PLACELIKE or (end < c.n and "(" in c.gaps[end] and end in c.roles)
    return bool(c.bits[end - 1] & GIVEN) and is_person and not c.is_compound(end - 1)


def _protect_after_cue(c: Comment, i: int) -> None:
    """Protect the name of a place, school or company that follows its kind at i: 'xã Tân Lập', 'công ty TNHH Minh Anh'."""
    n = c.n
    if i and f"{c.folded[i - 1]} {c.folded[i]}" in lexicon.NOT_CUES:
        return
    if i and not c.cap[i] and c.glued[i] and c.bits[i - 1] & STRONG and not (c.bits[i - 1] & WORD or c.is_folded):
        return  # 'nguyễn trường đạt'
    if c.is_folded and i in c.roles:  # 'truong ban Ly A Sinh'
        return
    if i - 1 in c.roles and c.bits[i] & CUE and c.folded[i] not in lexicon.ADMINISTRATIVE:  # 'chủ quán Trần Diệu Hoà'
        return
    j = i + 1
    if j < n and c.folded[j] == "vien":  # 'giao dịch viên ...'
        return
    while (
        j < n
        and c.glued[j]
        and not c.known[j]
        and c.folded[j] in lexicon.ORGANISATION_FILLERS
        and c.keys[j] not in ("do", "từ", "phan")
        and not (c.cap[j] and c.bits[j] & NAMELIKE and (j + 1 >= n or c.cap[j + 1]))
    ):
        j += 1
    if (
        j < n - 1
        and c.glued[j]
        and (c.folded[i] in lexicon.GEOGRAPHIC or c.bits[i] & CUE_TAIL)
        and c.cap[j]
        and c.cap[j + 1]
        and c.folded[j] in ("ong", "ba", "co")
    ):
        end = capital_run(c, j + 1)  # 'chùa Bà Thiên Hậu', 'cù lao Ông Chưởng'
        c.known[j:end] = bytes([PLACE]) * (end - j)
        return
    if j >= n or not c.glued[j] or c.bits[j] & TITLE or (c.bits[j] & FUNCTION and not c.cap[j]):
        return
    if c.is_cased:
        end = capital_run(c, j)
        is_official = c.folded[i] in lexicon.ADMINISTRATIVE and any(k in c.roles for k in range(i - 6, i))
        if end > j and not ((is_official or _is_place_of_work(c, i, j, end)) and _is_person_of(c, j, end)):
            c.known[j:end] = bytes([PLACE]) * (end - j)
    elif i - 1 not in c.roles:  # the 'truong' of 'ke toan truong'
        end = j
        while (
            end < min(n, j + 3)
            and c.glued[end]
            and c.bits[end] & NAMELIKE
            and not c.bits[end] & (FUNCTION | FOLLOWER | TITLE)
        ):
            end += 1
        is_full = end - j >= 3 and c.bits[j] & STRONG and c.keys[j + 1] in OF_WOMEN_AND_MEN
        if c.bits[j] & STRONG and c.folded[i] in lexicon.NAMED_AFTER_PERSONS:
            third = j + 2 < n and c.glued[j + 1] and c.glued[j + 2] and not c.bits[j + 2] & (FUNCTION | FOLLOWER)
            end, is_full = max(end, j + 3 if third else 0), 0  # 'trường thcs phan sào nam'
        if not is_full:
            c.known[j:end] = bytes([PLACE]) * (end - j)


def _is_place_of_work(c: Comment, cue: int, start: int, end: int) -> bool:
    """Whether a role stands before the kind of place at `cue` and a full name follows that is hardly the place's.

    'Cán bộ kho bạc Nông Quảng Vạn', 'Giáo viên mầm non Lò Thị Ban', but not 'Kế toán trường Lê Thanh Hiền'.
    """
    role = cue - 1
    while role > 0 and c.glued[role + 1] and role not in c.roles and cue - role < 6:
        is_kind = c.bits[role] & (CUE | CUE_TAIL) or f"{c.keys[role]} {c.keys[role + 1]}" in CUE_PAIRS
        if not (is_kind or role - 1 in c.roles or c.keys[role] in lexicon.ROLE_TAILS):
            return False
        role -= 1
    is_school = not {"trường", "truong"}.isdisjoint(c.keys[role + 2 : start]) and c.keys[start + 1 : start + 2] != [
        "thị"
    ]
    return role in c.roles and end - start >= 3 and FAMOUS not in c.known[start:end] and not is_school


def _is_person_of(c: Comment, start: int, end: int) -> bool:
    """Whether after a role and 'xã', 'phường' there stands the official: 'Chủ tịch xã Giàng A Páo', not '... Tân Lập'."""
    first = c.bits[start]
    if end - start == 2 and c.words[start] in ("A", "Y"):  # 'Trưởng thôn A Nhưng'
        return True
    if end - start == 1:  # 'Trưởng thôn Thao'
        return bool(first & GIVEN) and not first & PLACELIKE
    if end - start == 2 and not (first | c.bits[start + 1]) & PLACELIKE and c.bits[start + 1] & GIVEN:
        return bool(first & (SURNAME | MINORITY))  # 'Trưởng thôn Điểu Bé'
    if end - start >= 3:
        middle = c.bits[start + 1] & MIDDLE or c.folded[start + 1] in lexicon.MINORITY_MIDDLES
        is_foreign = first & MINORITY and not could_be_vietnamese(c.folded[start + 1])
        is_minority = first & MINORITY and not (first | c.bits[end - 1]) & PLACELIKE
        return looks_full(c, start, end) or bool((first & SURNAME and middle) or is_foreign or is_minority)
    return any("'" in c.folded[k] or not could_be_vietnamese(c.folded[k]) for k in range(start, end))
