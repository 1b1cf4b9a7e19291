"""Identifiers of persons and organisations in a comment: numbers, addresses of e-mail, handles, plates, dates of birth.

Patterns run on the folded text (lower-case ASCII, same length: `name_lexicon.fold`). A number is decided by its shape
where the shape is proof enough (treasury account, national id, mobile, tax code with its check digit), in that order,
since 9 of 100 mobile numbers also pass the tax check; otherwise by the nearest keyword before it, else after it; and a
number that nothing names is masked when it has the shape of an identifier and is no reference, amount or count.
Every pattern is linear: bounded repeats, and no two neighbours that can match the same character.

Sources: Circular 18/2020/TT-BTC (treasury account TTTT.L.UUUUUUU.PPPPP), Decree 137/2015 (12-digit national id: place,
century and sex, year), Circular 86/2024/TT-BTC (tax code), Circular 24/2023/TT-BCA (plates).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import phonenumbers
from stdnum.vn import mst


class Span(NamedTuple):
    """Characters `start` to `end` (exclusive) of the NFC text, and what they are."""

    start: int
    end: int
    type: str


def find_identifiers(text: str, plain: str) -> Iterator[Span]:
    """Spans of `text`, strongest evidence first: a later span that overlaps an earlier one is to be dropped.

    `plain` is `fold(text)`.
    """
    if has_any(plain, _MAIL_SIGNS):
        yield from _find_emails(plain)
    if has_any(plain, _SOCIAL_SIGNS):
        yield from _find_handles(plain)
    if has_any(plain, _LATE_DIGITS) and sum(word in plain for word in _DIGIT_WORDS) > 3:
        yield from _find_spelt_phones(plain)
    runs = list(_RUN.finditer(plain))
    if not runs:
        return
    if has_any(plain, _BIRTH_SIGNS):
        yield from _find_births(plain)
    if has_any(plain, _CENTURY):
        yield from _find_old_dates(plain)
    for match in _CHILD_BORN.finditer(plain) if "(" in plain else ():
        yield Span(*match.span("date"), "DOB")
    for match in _ODD_PHONE.finditer(plain) if has_any(plain, _ODD_SEPARATORS) else ():
        yield Span(*match.span(), "PHONE")
    windows, long_windows = [], []
    for run in runs:
        if run.end() - run.start() > 3 and (n_digits := len(_NO_DIGIT.sub("", run.group()))) > 3:
            window = (max(0, run.start() - 3), min(len(plain), run.end() + 2))
            windows.append(window)
            if n_digits > 5:
                long_windows.append((window, n_digits))
    if windows:
        if long_windows:
            yield from _find_passports(text, plain, [window for window, _ in long_windows])
            yield from _find_long_numbers(text, plain, long_windows)
        yield from _find_plates(text, plain, windows)


def has_any(plain: str, signs: tuple[str, ...]) -> bool:
    """Whether the text is worth a look: far quicker than the patterns, which most comments need not meet."""
    for sign in signs:  # noqa: SIM110 - any() of a generator takes twice as long
        if sign in plain:
            return True
    return False


# Digits with what separates them; the patterns of long numbers are tried on these and the characters beside them.
_RUN = re.compile(r"[\d+(][\d .,()/+ol-]*+")

# --- e-mail and social media -------------------------------------------------------------------------------

_MAIL_SIGNS = ("@", "a cong", "acong", "(at)", "[at]", "mail", "yahoo", " at ", "{at}", "( at", "[ at", "outlook")
_AT = r"(?: ?@ ?| ?[\[({] ?(?:at|a cong|acong|a-cong) ?[\])}] ?| (?:a cong|acong|a-cong) )"
_DOT = r"(?: ?\. ?| ?[\[({] ?(?:dot|cham) ?[\])}] ?| (?:dot|cham) )"
_TLD = r"(?:com|vn|net|org|edu|gov|info|biz|io|me|co|us|uk|jp|kr|de|fr|au|ru)"
_EMAILS = (
    re.compile(r"(?<![a-z0-9])[a-z0-9][a-z0-9._%+-]{0,63}@[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,62}){1,5}"),
    re.compile(
        rf"(?<![a-z0-9])[a-z0-9][a-z0-9._%+-]{{0,63}}{_AT}"
        rf"[a-z0-9-]{{1,62}}(?:{_DOT}[a-z0-9-]{{2,62}}){{0,3}}{_DOT}{_TLD}(?![a-z0-9])"
    ),
    # the provider's name is proof enough: 'lan.nguyen at gmail', 'lan86 gmail.com', 'lan@gmail'
    re.compile(
        r"(?<![a-z0-9])(?!va |qua |bang |cua |la |mail |email |dia |chi |nhan |gui |vao |thu |hop |mot |co |dung )"
        r"[a-z0-9][a-z0-9._%+-]{2,63}(?: ?@ ?| ?[\[({] ?(?:at|a cong) ?[\])}] ?| (?:at|a cong|acong) )"
        rf"(?:gmail|yahoo|hotmail|outlook|icloud|live|email)(?:{_DOT}{_TLD}){{0,2}}(?![a-z0-9])"
    ),
    re.compile(
        r"(?<![a-z0-9])(?=[a-z._]{0,40}[\d._])[a-z0-9][a-z0-9._%+-]{2,63} "
        rf"(?:gmail|yahoo|hotmail|outlook)(?:{_DOT}{_TLD}){{1,2}}(?![a-z0-9])"
    ),
)


def _find_emails(plain: str) -> Iterator[Span]:
    for pattern in _EMAILS:
        for match in pattern.finditer(plain):
            yield Span(match.start(), match.end() - (plain[match.end() - 1] in "-."), "EMAIL")


_NETWORKS = (
    r"facebook|face|fb|zalo|tiktok|tik tok|telegram|tele|instagram|insta|ig|twitter|skype|viber|wechat|threads"
    r"|linkedin|messenger|mess|youtube|kakaotalk|line id"
)
_NICKNAMES = r"zl|nick|nickname|username|acc|inbox|ib|ket ban"
_SOCIAL_SIGNS = (
    "@", "_", "z", "face", "fb", "tik", "tele", "insta", "ig", "twit", "skyp", "wec", "thread", "linked", "mess", "youtu",
    "kakao", "line id", "nick", "user", "acc", "inbox", "ib", "ket ban", ".me", ".com/", "pinterest", "be.net",
)  # fmt: skip
_SOCIAL_LINK = re.compile(
    r"(?<![a-z0-9@.])(?:https?://)?(?:[a-z-]{1,12}\.)?"
    r"(?:(?:facebook|fb|zaloapp|tiktok|instagram|twitter|threads|linkedin|pinterest|vk)\.(?:com|net|vn|me)|zalo\.me"
    r"|fb\.me"
    r"|m\.me|t\.me|telegram\.me|wa\.me|viber\.me|youtube\.com/@|youtube\.com/c|x\.com"
    r"|be\.net)/?[^\s<>\"'()\[\]{},;]{1,200}"
)
# A name of account: it has a digit, a dot or an underscore inside, or an @ before it.
_HANDLE = r"@[a-z0-9][a-z0-9._-]{1,40}|(?=[a-z]{0,30}[\d._-]{1,4}[a-z0-9])[a-z0-9_][a-z0-9._-]{2,40}"
_KEYED_HANDLE = re.compile(
    rf"\b(?:{_NETWORKS}|{_NICKNAMES})\b(?:[ :=/-]{{1,3}}(?:(?:cua|ca|nhan|toi|minh|em|la|ten|id|nick|"
    r"chinh|chu|so|dia|chi|tai|khoan|co|qua|page|kenh|cong|viec|zalo|facebook|fb|nay|rieng|voi|anh|ke|toan"
    r"|name)[ :=-]{1,3}){0,5})"
    rf"[\"'(]?({_HANDLE})"
)
# 'nhắn cho lan_86 trên zalo'
_HANDLE_BEFORE = re.compile(
    rf"(?<![a-z0-9._@-])({_HANDLE}),? (?:tren|qua|o|ben|bang|\() ?(?:nick |mang )?(?:{_NETWORKS})\b"
)
# Letters alone after a network's name, too many or in no order for a Vietnamese syllable: 'viber: ngaphuong'.
_LETTERS = re.compile(
    rf"\b(?:{_NETWORKS})\b(?:(?: cua (?:toi|minh|em|tui|anh|chi))?(?: la)?(?: ?[:=-] ?| ))"
    r"(?!official|messenger|business|group|chat|page|fanpage|online|desktop|marketing|version|account|pay|mini|support"
    r"|channel|video|internet|website|email|gmail|offline|update|windows|android|iphone|laptop|telegram|facebook|tiktok)"
    r"([a-z]{6,30})(?![a-z0-9.@])"
)
#: A syllable of Vietnamese, folded.
SYLLABLE = re.compile(r"(?:ngh?|gh?|kh|ph|th|tr|ch|nh|gi|qu|[bcdhklmnpqrstvx])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnpt])?")
_SECOND_HANDLE = re.compile(rf"(?: ?(?:va|hoac|hay|,|/|-) ?)({_HANDLE})")
_BARE_HANDLE = re.compile(r"(?<![a-z0-9._%+@-])@[a-z][a-z0-9._-]{2,40}")


#: 'bạn hoasen_1990 trong nhóm'
_NAMED_HANDLE = re.compile(
    r"\b(?:ten|cua|ban|nguoi|tai khoan|thanh vien|admin|quan tri|la|nick) ([a-z][a-z0-9]{2,30}_[a-z0-9_]{0,20}\d)(?![\w.])"
)


def _find_handles(plain: str) -> Iterator[Span]:
    for match in _SOCIAL_LINK.finditer(plain):
        yield Span(match.start(), match.start() + len(match.group().rstrip(".!?:…")), "SOCIAL_HANDLE")
    for match in _KEYED_HANDLE.finditer(plain):
        yield from _handle(plain, match)
        if second := _SECOND_HANDLE.match(plain, match.end()):
            yield from _handle(plain, second)
    for match in _HANDLE_BEFORE.finditer(plain):
        yield from _handle(plain, match)
    for match in _LETTERS.finditer(plain):
        if not SYLLABLE.fullmatch(match.group(1)):
            yield Span(*match.span(1), "SOCIAL_HANDLE")
    for match in _NAMED_HANDLE.finditer(plain) if "_" in plain else ():
        yield Span(*match.span(1), "SOCIAL_HANDLE")
    for match in _BARE_HANDLE.finditer(plain):
        yield Span(match.start(), match.start() + len(match.group().rstrip(".-")), "SOCIAL_HANDLE")


def _handle(plain: str, match: re.Match[str]) -> Iterator[Span]:
    handle = match.group(1).rstrip(".-_")
    if re.search(r"[a-z]", handle) and not _NOT_A_HANDLE.fullmatch(handle):
        yield Span(match.start(1), match.start(1) + len(handle), "SOCIAL_HANDLE")


_NOT_A_HANDLE = re.compile(
    r"\d+[a-z]{1,3}\d{0,2}|[a-z]{1,12}-[a-z]{1,12}|(?:[a-z-]+\.){1,4}(?:vn|com|net|gov)|v\d[\d.]*|[a-z]{1,4}\d"
)

# --- passports and plates ----------------------------------------------------------------------------------

_PASSPORT = re.compile(
    r"(?<![A-Za-z0-9/.-])([A-Za-z]{1,2})[ -]?(\d{6,8}|\d{3}[ .]\d{4,5}|\d{4} \d{4})(?![\d/]|[.-]\d|[B-Zb-z])"
)
_PASSPORT_SIGNS = ("chieu", "pass", "hc", "pp", "visa", "thi thuc", "xuat nhap", "thong hanh")
_PASSPORT_KEY = re.compile(
    r"ho chieu|passport|passprot|\bhc\b|\bpp\b|hochieu|\bvisa\b|thi thuc|xuat nhap canh|thong hanh"
)
_KEYED_PASSPORT = re.compile(
    r"(?:ho chieu|passport|hochieu)\b(?:[ :=.(]{1,3}(?:so|no|number|cua|toi|la|nuoc|ngoai|mang|phap|han|quoc|my|nhat"
    r"|duc|uc|anh)"
    r"[ :=.]{0,2}){0,4}[ :=.(#]{0,3}((?=[a-z]{0,3}\d)[a-z0-9]{6,10})(?![\d/a-z])"
)


def _find_passports(text: str, plain: str, windows: list[tuple[int, int]]) -> Iterator[Span]:
    keyed = has_any(plain, _PASSPORT_SIGNS) and _PASSPORT_KEY.search(plain) is not None
    if keyed:
        for match in _KEYED_PASSPORT.finditer(plain):
            yield Span(match.start(1), match.end(1), "PASSPORT")
    found = [match for window in windows for match in _PASSPORT.finditer(plain, *window)]
    # one that is no reference makes others likely: 'thư mời ghi Q08179628, hợp đồng C6454766'
    likely = keyed or any(
        not _REFERENCE_NEAR.search(plain, max(0, match.start() - 40), match.start()) for match in found
    )
    for match in found:
        capital, is_whole = text[match.start()].isupper(), match.group(2).isdigit() and match.end(1) == match.start(2)
        by_shape = (
            len(match.group(1)) == 1 and len(match.group(2)) in (7, 8) and (capital or is_whole or len(found) > 1)
        )
        if (keyed and (capital or is_whole or len(found) > 1)) or (
            by_shape and likely and not (" " in match.group() and _is_counted(text, plain, match.end(), _CURRENCY))
        ):
            yield Span(match.start(), match.end(), "PASSPORT")


_PLATE = re.compile(
    r"(?<![a-z0-9./-])([1-9]\d) ?(-?) ?([a-z]{1,2}(?=\d{5}(?!\d))|[a-z]{1,2}\d?|md\d) ?([-. ]{0,3}) ?"
    r"(\d{3}[. -]\d{2}|\d{5}|\d{4})(?![\d/a-z-]"
    r"|[.,]\d)"
)
_VEHICLE = re.compile(
    r"\b(?:xe|bien|bks|bsx|oto|o to|may|bien so|dau|dream|sirius|exciter|airblade"
    r"|wave|vision|sh|honda|toyota|bai|tai|ban tai|taxi)\b"
)


def _find_plates(text: str, plain: str, windows: list[tuple[int, int]]) -> Iterator[Span]:
    for match in (match for start, end in windows for match in _PLATE.finditer(plain, max(0, start - 7), end)):
        series, separator, serial = match.group(3), match.group(4), match.group(5)
        capital = text[match.start(3)].isupper()
        shaped = capital and (
            not serial.isdigit() or len(serial) == 5 or (len(serial) == 4 and "-" in match.group(2) + separator)
        )
        near_vehicle = _VEHICLE.search(plain, max(0, match.start() - 40), min(len(plain), match.end() + 25)) is not None
        dashed = "-" in separator and len(serial) > 4 and (series[0] != "h" or not serial.isdigit())
        if shaped or near_vehicle or dashed:
            yield Span(match.start(), match.end(), "PLATE")


# --- dates of birth ----------------------------------------------------------------------------------------

_DATE = (
    r"(?:\d{1,2} ?[/.-] ?\d{1,2} ?[/.-] ?(?:\d{4}|\d{2})|\d{4}[/-]\d{1,2}[/-]\d{1,2}|\d{1,2} ?[/.-] ?(?:19|20)\d\d"
    r"|\d{1,2}[/.-]\d{1,2},? nam (?:19|20)\d\d"
    r"|(?:m[uo]ng )?\d{1,2} thang \d{1,2}(?:,? nam (?:\d{4}|\d{2})|, ?(?:19|20)\d\d)?"
    r"|\d{1,2} \d{1,2} (?:19|20)\d\d)(?![\d/])"
)
_BIRTH_KEY = (
    r"(?<![a-z])(?:(?:ngay )?(?:thang )?(?:nam )?sinh(?: ngay| nam| nhat)?|ngaysinh|namsinh|nsinh|ntns|d\.?o\.?b\.?"
    r"|sn|ns|n/s|"
    r"ngay ra doi|chao doi|date of birth|born(?: on| in)?|birthday)(?![a-z])"
)
_NOT_A_BIRTH = re.compile(
    r"(?<![a-z])(?:hoc|phat|ve|nay|tai|hy|tuyen|giao|khai|ky|mon|thi|tho|nhan|my|y|hoi|dan|luong|tien|thu|chi) $"
)
_NEVER_A_BIRTH = ("phat ", "ve ", "hy ", "giao ")
_OLD_ENOUGH = re.compile(r"(?:19\d\d|200\d|201[0-2])$")
_BIRTH_FILL = (
    r"(?:(?:la|ngay|thang|nam|cua|toi|em|anh|chi|con|chau|vo|chong|me|bo|ong|ba|tren|trong|giay|to|cccd|cmnd|ghi|bi|sai"
    r"|thanh|thi|dung|so|phai|moi|vao|khai|sua|tu|nham|cu|ho|chung|minh|dang|he|thong)[ :]{1,2}){0,8}"
)
_BIRTH = re.compile(
    rf"{_BIRTH_KEY}[ :=.,(\"-]{{0,4}}{_BIRTH_FILL}[ :=(\"-]{{0,3}}(?:(?P<date>{_DATE})|(?P<year>(?:19[2-9]"
    r"|20[01])\d)(?!\d|[/.-]\d))"
)
_BIRTH_AGAIN = re.compile(
    r"[\" ,;)]{0,3}(?:(?:->|=>|thanh|sang|va|hoac|hay|chu khong phai|khong phai|la|ma|ghi|dung|phai|bi|nham|nhap"
    r"|sai|ngay|lai|doi|sua|moi|thay vi|lon|ra|nam|ho khau|the|giay|can cuoc|to khai)[\" :,(]{1,2}){0,6}"
    rf"(?:(?P<date>{_DATE})|(?P<year>(?:19[2-9]|20[01])\d)(?!\d|[/.-]\d))"
)
_BIRTH_AFTER = re.compile(
    rf"(?<![\d/.-])(?P<date>{_DATE})[\" ,()]{{1,3}}(?:(?:moi|chinh|la|dung|vao|o|muc|dong|cho"
    r"|phan)[ :]{1,2}){0,5}(?:ngay|nam) (?:thang nam )?sinh\b"
)
_YEAR_BORN = re.compile(
    r"(?<![a-z])sn[ :.]{1,3}(\d\d)(?![\d/.,]| ?(?:trieu|nguoi|gio|ngay|phut|ho|don|lan"
    r"|vien|dong|%))"
)


def _old_date(plain: str, year: re.Match[str]) -> re.Match[str] | None:
    """The date that a year ends or begins; searching dates everywhere would be slow."""
    dates = _OLD_DATE.finditer(plain, max(0, year.start() - 30), min(len(plain), year.end() + 8))
    return next((date for date in dates if date.start() <= year.start() < date.end()), None)


def _find_old_dates(plain: str) -> Iterator[Span]:
    dates = [date for year in _OLD_YEAR.finditer(plain) if (date := _old_date(plain, year))]
    if not dates:
        return
    is_told = _BIRTH_TOLD.search(plain) is not None
    is_of_child = is_told or "khai sinh" in plain
    for match in dates:
        year = int(match.group("year") or match.group("year2") or match.group("year3"))
        if year > 1999 and not is_of_child and (year > 2007 or not _PAPERS.search(plain)):
            continue
        if is_told or not _ISSUED.search(plain, max(0, match.start() - 40), match.start()):
            yield Span(match.start(), match.end(), "DOB")


def _find_births(plain: str) -> Iterator[Span]:
    for match in _BIRTH.finditer(plain):
        name = "date" if match.group("date") else "year"
        if plain.startswith("sinh", match.start()) and _is_no_birth(plain, match):
            continue
        yield Span(match.start(name), match.end(name), "DOB")
        if again := _BIRTH_AGAIN.match(plain, match.end()):
            name = "date" if again.group("date") else "year"
            yield Span(again.start(name), again.end(name), "DOB")
    for match in _BIRTH_AFTER.finditer(plain):
        yield Span(match.start("date"), match.end("date"), "DOB")
    for match in _YEAR_BORN.finditer(plain):
        if not _NOT_A_BIRTH.search(plain, max(0, match.start() - 7), match.start()):
            yield Span(match.start(1), match.end(1), "DOB")


def _is_no_birth(plain: str, match: re.Match[str]) -> bool:
    """'vệ sinh', 'phát sinh 5/2023', 'học sinh năm 2020', but not 'thì sinh nhật là 19/9/2001', 'chị sinh 12/3/1980'."""
    before = plain[max(0, match.start() - 7) : match.start()]
    if not _NOT_A_BIRTH.search(before):
        return False
    return before.endswith(_NEVER_A_BIRTH) or not (match.group("date") and _OLD_ENOUGH.search(match.group("date")))


_CHILD_BORN = re.compile(rf"\b(?:be|chau|con)\b[^.;()\n\d]{{0,25}}\((?P<date>{_DATE})\)")  # 'bé nhà tôi (14/07/2015)'
_BIRTH_SIGNS = ("sinh", "sn", "ns", "n/s", "dob", "d.o.b", "born", "birth", "ra doi", "chao doi")
# A full date too old for anything a survey asks about is a birth; of this century, where papers of persons are spoken of.
_CENTURY = ("19", "200", "201")
_OLD_YEAR = re.compile(r"(?:19[2-9]|20[01])\d(?!\d)")
_OLD_DATE = re.compile(
    r"(?<![\d/.-])(?:\d{1,2} ?([/.-]) ?\d{1,2} ?\1 ?(?P<year>(?:19[2-9]|20[01])\d)(?![\d/]|[.-]\d)"
    r"|(?P<year2>(?:19[2-9]|20[01])\d)-\d\d-\d\d(?![\d/-])"
    r"|(?:m[uo]ng )?\d{1,2} thang \d{1,2},? (?:nam )?(?P<year3>(?:19[2-9]|20[01])\d)(?!\d))"
)
_PAPERS = re.compile(r"\b(?:can cuoc|cccd|cmnd|cmt|ho chieu|khai sinh|tuoi|ly lich|chung minh)\b")
_BIRTH_TOLD = re.compile(r"\b(?:ngay|nam|thang) ?sinh\b|(?<!hy )(?<!hoc )(?<!phat )(?<!ve )\bsinh (?:ngay|nam)\b")
_ISSUED = re.compile(
    r"\b(?:cap|ban hanh|hieu luc|luat|nghi dinh|thong tu|qd|thanh lap|vao nganh|cong tac|tuyen dung|giai phong|quoc khanh"
    r"|vao lam|hy sinh|nhap ngu|xuat ngu|chuyen nganh|bien che|bo nhiem|ket nap|dang|ket hon|cuoi|mat|qua doi|xong|xay"
    r"|khanh thanh|khoi cong|hoan thanh|ket thuc|bat dau|lap|sap nhap|chia tach|nghi huu|ve huu|di lam|giai ngu|su dung"
    r"|ky niem|truyen thong|hoat dong|ky|(?<!doi )(?<!sua )tu)(?: so [^ ]{1,20})?(?: tu| vao| ngay| tai){0,2} ?$"
    r"|\bso [^ ]{1,20} ngay $"
    r"|\b(?:luat|nghi dinh|thong tu)[a-z ]{0,30} ngay $"
)

# --- telephone numbers in words ----------------------------------------------------------------------------

_DIGIT_WORDS = {
    "khong": "0", "ko": "0", "zero": "0", "o": "0", "mot": "1", "hai": "2", "ba": "3", "bon": "4", "tu": "4", "nam": "5",
    "lam": "5", "sau": "6", "bay": "7", "tam": "8", "chin": "9",
}  # fmt: skip
_LATE_DIGITS = (" chin", "-chin", " bay", " tam", " bon", " sau")  # hardly a number has none of these
_SPELT = rf"(?:{'|'.join(_DIGIT_WORDS)}|\d{{1,4}})"
_SPELT_PHONE = re.compile(rf"(?<![a-z0-9])(?:khong|ko|zero|o|0\d{{0,3}})(?:[ ,.-]{{1,2}}{_SPELT}){{3,10}}(?![a-z0-9])")


def _find_spelt_phones(plain: str) -> Iterator[Span]:
    """'không chín một hai ba ...', '0912 ba bốn năm sáu bảy tám': as many digits as a telephone number has."""
    for match in _SPELT_PHONE.finditer(plain):
        digits = ""
        for word in _SPELT_DIGITS.finditer(match.group()):
            digits += _DIGIT_WORDS.get(word.group(), word.group())
            if len(digits) > 9 and (_MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits)):
                yield Span(match.start(), match.start() + word.end(), "PHONE")
                break


_SPELT_DIGITS = re.compile(r"[a-z]+|\d+")

# --- long numbers ------------------------------------------------------------------------------------------

# A number starts after no digit, no letter (but for a keyword written against it: 'TK0071...'), no decimal sign.
_EDGE = r"(?:(?<![\da-z])|(?<=tk)|(?<=mst)|(?<=cccd)|(?<=cmnd)|(?<=dt)|(?<=qhns)|(?<=zalo)|(?<=so))"
_EDGE += r"(?<!\d[.,])(?<!(?<!\d{6})\d/)"  # nor a fraction's sign, but a slash between two long numbers
_TREASURY = re.compile(rf"{_EDGE}\d{{4}} ?[. /-] ?\d ?[. /-] ?\d{{7}}(?: ?[. /-] ?\d{{5}})?(?!\d)")
_TAX_BRANCH = re.compile(rf"{_EDGE}\d(?:[ .-]?\d){{9}} ?[-/.] ?\d{{3}}(?![\d/]|[.-]\d)")
# ... and no phone begins inside a number in groups of four ('7336 0548 1603 05')
_PHONE_EDGE = r"(?:(?<![\da-z])|(?<=tk)|(?<=dt)|(?<=zalo)|(?<=so))(?<!\d[.,])(?<!(?<!\d)\d{4} )"
_PHONES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<!\d)\( ?(?:\+? ?84|0\d{1,3}) ?\)(?:[ .-]{0,3}\d){6,10}(?!\d)",
        r"(?<![\d+])(?:\+ ?|00)\d{1,3}(?:[ .()-]{0,3}\d){6,12}(?!\d)",
        rf"{_PHONE_EDGE}84 ?(?:\(0\) ?)?[ .-]?[235789](?:[ .-]?\d){{8,9}}(?!\d)",
        rf"{_PHONE_EDGE}0(?:[ .,-]{{0,3}}\d){{8,10}}(?!\d)",
        r"(?:(?<![\da-z])|(?<=dt)|(?<=zalo))(?<!\d[.,])[0o](?:[ .-]{0,2}[\dol]){9}(?![a-z0-9])",
    )
)
_ODD_SEPARATORS = ("/", "_", "*", "|")
_ODD_PHONE = re.compile(r"0(?<![\da-z]0)\d{2,3}([/_*|])\d{3,4}\1\d{3,4}(?![\da-z/])")
_NUMBER = re.compile(rf"{_EDGE}(?!0\.)\d(?:[ .-]?\d){{5,22}}(?!\d|/(?!\d{{7}})|,\d|-\d)")

_MOBILE = re.compile(r"0[35789]\d{8}|01[2689]\d{8}")
_LANDLINE = re.compile(r"02\d{8,9}")
_NATIONAL_ID = re.compile(r"0\d{2}[0-3]\d{8}")
_MONEY = re.compile(r"[1-9]\d{0,2}(?:\.\d{3}){2,}|[1-9]\d{0,2}(?: \d{3}){2}|[1-9]\d?(?: \d{3}){3,}")
_UNIT = re.compile(
    r"[ .]{0,2}(?:d|dong|vnd|usd|eur|trieu|tr|ty|ti(?! le)|nghin|ngan(?! hang| sach)|k|%|luot|m2|km|byte|kb|mb"
    r"|nguoi(?! (?:nhan|huong|gui|chuyen|nop|mua|ban|ky|lap|ta|khac|cu|moi)))(?![a-z])"
)
_CURRENCY = re.compile(r" ?(?:dong|d|vnd)(?![a-z])")
_TOGETHER = re.compile(r" (?:thoi|y|bo|loat|nghiep|hang|sach|quy|tinh|chi)\b")  # 'đồng thời'
_SHUT = re.compile(r" (?:tu|lai|cua|mo|dau|roi)\b|[,.;)]|$")  # 'tk 0071001234567 dong tu nam ngoai'
_DATED = re.compile(
    r"\d{1,2} ?[.-] ?\d{1,2} ?[.-] ?(?:19|20)\d\d"
    r"|(?:19\d\d-?(?:0[1-9]|1[0-2])-?(?:[0-2]\d|3[01])(?!\d)|20\d\d-?(?:0[1-9]|1[0-2])-?(?:[0-2]\d|3[01]))"
)

_KEYWORDS = {
    "PHONE": """
        sdt|so dt|dt|dien ?thoai|phone|tel|mobile|di dong|dd|so may|zalo|hotline|call|alo|lien he|lien lac|lh|goi|sms
        |nhan tin|viber
        |so cua (?:toi|em|chi|anh)|may ban|fax|so ban|co dinh|nghe may|bam|may le|whatsapp|imess""",
    "NATIONAL_ID": """
        cccd|cmnd|cmtnd|cmt|cmtd|can ?cuoc|chung minh|so dinh danh|ma dinh danh|giay to tuy than|the can""",
    "TAX_CODE": """
        mst|ma ?so ?thue|ma thue|m\\.s\\.t|msdn|ma so doanh nghiep|tax ?code|ma so (?:ho )?kinh doanh
        |ma so chi nhanh""",
    "BUDGET_UNIT_CODE": """
        m?s?dvqhns|m?dvqhnsnn|ms ?d?v?qhns|dv ?qhns|ma so qhns|qhns|dvsdns|quan he (?:voi )?ngan sach|su dung ngan sach
        |ma (?:so )?(?:cua )?(?:don vi|dv)
        |ma ngan sach|ma so ngan sach|ma qh|ma ns|ma quan he|ma so quan he|dvqh|dv ?sdns|ma so don vi""",
    "PASSPORT": "ho chieu|passport",
    "BANK_ACCOUNT": """
        (?:tk|tai khoan) (?:du toan|tien gui|(?:nhan |tra )?luong)|tk|stk|tknh|tai ?khoan
        |(?:so|vao|qua) the|the (?:atm|ngan hang|luong)|a/c|acc|account""",
    "BANK": """
        ngan hang|chuyen khoan|ck|vietcombank|vcb|bidv|agribank|vietinbank|techcombank|tcb|mb ?bank|mb|acb|sacombank
        |tpbank
        |vpbank|vib|shb|hdbank|lpbank|lienvietpostbank|msb|ocb|scb|seabank|eximbank|abbank|pvcombank|momo|nguoi huong
        |thu huong|ghi co
        |ghi no|chuyen (?:tien )?(?:vao|den|toi|nham|sang|qua)|vao so""",
    "REFERENCE": """
        ma (?:so )?(?:lo|kien|de thi
        |ho so|giao dich|gd|tra cuu|tham chieu|thanh toan|loi|don|phieu|van don|vach|bien nhan|tiep nhan|du an
        |cong trinh
        |chuong trinh|ctmt|nguon|ndkt|chuong|hang|yeu cau|khach hang|kh|the|lenh|buu gui|buu pham|tai san|phien
        |xac nhan|xac thuc
        |bao mat|hop dong|hoa don|chung tu|ket qua|kiem tra|thong bao|thu tuc|san pham|may|thiet bi|qr|hs|nop tien)
        |ho so(?: so)?|so (?:ho so|hs|tham chieu|ref|seri|serial|imei|van ban|phieu|chung tu|ct|hoa don(?: dien tu)?|hd|lenh
        |but toan|gd|giao dich
        |uy nhiem chi|unc|bien lai|bien nhan|bao gia|hop dong|to khai|ky hieu|cong van|cv|thong bao|lo|quyen|dang ky
        |phien|the bhyt
        |quyet dinh|ban ghi|du an|ve|thu tu)|lenh(?: chi| thanh toan| chuyen (?:tien|co|no|di|den))?(?: so)?|chung tu(?: so)?
        |but toan(?: so)?
        |seri|serial|s/n|imei|ref|reference|trace|token|hoa don(?: so| dien tu)?|hop dong(?: so)?|giao dich(?: so)?
        |unc(?: so)?
        |uy nhiem chi(?: so)?|container|bang ke(?: so)?
        |giay (?:rut|nop)(?: (?:tien|mat|du toan|von|dau tu|vao|ngan sach|nsnn|tam ung))*(?: so)?
        |bien lai(?: so)?|bien nhan(?: so)?|phieu(?: thu| chi
        | hen| tiep nhan)?(?: so)?
        |cong van(?: so)?|van don|don hang|yeu cau so|ticket|otp|id (?:phien|giao dich|may|thiet bi)|ultraview(?:er)?
        |teamviewer
        |anydesk|build|version|phien ban|error|(?<!tra )loi|ban quyen|qr|to khai(?: hai quan)?(?: so)?""",
    "CODE": "ma(?: so)?",
    "MONEY": """
        so tien|tong (?:so|cong|tien)|du toan|gia tri|kinh phi|so du|doanh thu|tong muc|cap phat|quyet toan|hon|gan
        |khoang|luong""",
}
_KEYWORD = re.compile(
    r"(?<![a-z])(?:"
    + "|".join(f"(?P<{kind}>{re.sub(chr(10) + ' *', '', words)})" for kind, words in _KEYWORDS.items())
    + r")(?![a-z])"
)
_REACH = 50
_SHAPES = {  # digits that a number of the kind may have, when its keyword is there
    "PHONE": range(7, 13),
    "NATIONAL_ID": range(8, 14),
    "TAX_CODE": range(9, 15),
    "BUDGET_UNIT_CODE": range(7, 8),
    "PASSPORT": range(7, 10),
    "BANK_ACCOUNT": range(6, 21),
    "BANK": range(8, 21),
}
_BANK_AFTER = re.compile(
    r"[ (,;:-]{1,4}(?:(?:cua|tai|o|mo|ben|thuoc|nh|la|chi nhanh|cn|bank|ten"
    r"|nguoi huong)[ :]{1,2}){0,4}(?:vietcombank|vcb|bidv"
    r"|agribank|vietinbank|techcombank|tcb|mb ?bank|mb|acb|sacombank|tpbank|vpbank|vib|shb|hdbank|lpbank|msb|ocb|scb"
    r"|seabank"
    r"|eximbank|abbank|ngan hang|stk|tai khoan|tk)\b"
)
_CALL = re.compile(r"\b(?:tong dai|duong day|hotline|goi|bam|mien phi|mien cuoc|dau so|may)\b")
_AMOUNT_BEFORE = re.compile(
    r"\b(?:lech|con lai|nop|phat|tong|so luong|gia|muc|mat|het|phi|thue|nop thua|nop thieu|dan so"
    r"|trung binh|tru|chi con|tra lai|vay|truy cap|luu)[ :]{1,2}$"
)
_LISTED = re.compile(r"\b(?:muc|chuong|nam|khoan|ndkt|ma|tk|loai|nguon|mau|tiet|nien do|tu|giai doan)\b")
_CODE_OF = re.compile(r"\bma(?: (?!ghi|la|cua|tu|in|cu|moi|sang)[a-z]+){1,2} $")  # 'mã đối soát 7712004583921'
_MONTHLY = re.compile(r"(?:20)?2\d(?:0[1-9]|1[0-2])-\d+")  # numbered anew every month
_WRITTEN = re.compile(r"\b(?:ghi|vao|qua|sang|ve|tu|cho|nham|chep|in|co|cua) $")
_NUMBERED = re.compile(r"(?<!\bvi )(?<!\bdo )\b(?:so|[a-z]*\d[a-z\d/-]*)[ :.-]{1,2}$|\d/$")
_MONEY_NEAR = re.compile(
    r"\b(?:(?<!hop )(?<!hoi )(?<!cong )dong|vnd|tien|so du|du toan|gia tri|don gia|chenh|lech|tong|kinh phi|quyet toan"
    r"|doanh thu|thanh toan|trieu|giai ngan|con lai|hach toan|chi phi|tam ung|du no|von|tra no|no goc|nop|so sach)\b"
)
_PROCEDURE = re.compile(r"\d\.\d{6}")  # in the national list of administrative procedures: 1.008472
_BUDGET_ANYWHERE = re.compile(r"qhns|dvsdns|quan he (?:voi )?ngan sach|su dung ngan sach")
_ANOTHER_CODE = re.compile(
    r"(?:\bma(?: so)?(?: (?:moi|cu|nay|kia|sau|dung|hai|la|thi|bi|nham|sai|so))*"
    r"|\b(?:thanh|sang|va|voi|hoac|hay|moi|cu|la|nham|sai)"
    r"|->|,|/)[ :\"(]{0,3}$"
)
_BUDGET_AFTER = re.compile(r"[^.;\n\d]{0,30}\b(?:quan he (?:voi )?ngan sach|dvqhns|qhns|sdns)\b")
_REFERENCE_NEAR = re.compile(
    r"\b(?:ma|so hieu|ho so|seri|serial|hoa don|chung tu|giao dich|lenh|phieu|loi|error|tham chieu|ref|bien lai"
    r"|model|may|hop dong|lo|token"
    r"|van don|build)\b(?![^.;\n]{0,11} "
    r"(?:ghi|cua|khai|mang|dung|la|co|in|bao|doc|nhap|thieu|voi|cho|kem|thanh|ra|gui|de|neu|hien|chep|sai|nham)\b)[^.;\n]{0,15}$"
)
_GAP = re.compile(r"[ :.#=(\"-]{0,4}(?:(?:so|la|cua|toi)[ :.#=(\"-]{1,3}){0,3}")
_REFERENCE_HEAD = re.compile(r"[a-z][a-z0-9.]{0,12}[-/](?:[a-z0-9.]{1,12}[-/]){0,3}$")


def _find_long_numbers(text: str, plain: str, windows: list[tuple[tuple[int, int], int]]) -> Iterator[Span]:
    keywords = _Keywords(plain)
    for window, n_digits in windows:
        if n_digits >= 12:
            for match in _TREASURY.finditer(plain, *window):
                yield Span(*match.span(), "TREASURY_ACCOUNT")
            for match in _TAX_BRANCH.finditer(plain, *window):
                if keywords.before(match.start())[0] == "CODE" or not keywords.is_reference(match.start()):
                    yield Span(*match.span(), "TAX_CODE")
        phones = list(_find_phones(text, plain, window, keywords)) if n_digits > 7 else []
        parts = [part for match in _NUMBER.finditer(plain, *window) for part in _split_run(match)]
        numbers = [
            Span(*part, kind)
            for part in parts
            if not any(
                (phone.start < part[0] < part[1] <= phone.end) or (part == phone[:2] and plain[part[0] + 1] != "0")
                for phone in phones
            )
            and (kind := _classify(text, plain, *part, keywords))
        ]
        yield from (number for number in numbers if number.type == "NATIONAL_ID")
        yield from phones
        yield from numbers


def _find_phones(text: str, plain: str, window: tuple[int, int], keywords: _Keywords) -> Iterator[Span]:
    for pattern in _PHONES:
        for match in pattern.finditer(plain, *window):
            is_sum = match.group().endswith(".000.000") or (
                _is_counted(text, plain, match.end(), _CURRENCY) and keywords.before(match.start())[0] != "PHONE"
            )
            if _is_phone(match.group()) and not is_sum and not keywords.is_reference(match.start()):
                yield Span(*match.span(), "PHONE")


_NO_DIGIT = re.compile(r"[^\d]+")


class _Keywords:
    """The keywords before the numbers of a text, each looked for once."""

    def __init__(self, plain: str) -> None:
        self.plain = plain
        self.known: dict[int, tuple[str | None, bool]] = {}

    def before(self, start: int) -> tuple[str | None, bool]:
        """Kind of the nearest keyword in the sentence before, and whether nothing but filling stands between."""
        if start not in self.known:
            self.known[start] = _keyword_before(self.plain, start)
        return self.known[start]

    def is_reference(self, start: int) -> bool:
        kind, is_adjacent = self.before(start)
        return (kind in ("REFERENCE", "CODE") and is_adjacent) or _REFERENCE_HEAD.search(
            self.plain, max(0, start - 30), start
        ) is not None


def _is_counted(text: str, plain: str, end: int, unit: re.Pattern[str]) -> bool:
    """Whether a unit follows a number: 'tài khoản 0071001234567 đóng' and '... đồng thời ...' have none."""
    match = unit.match(plain, end)
    if match is None or not match.group().endswith("dong"):
        return match is not None
    written = text[match.end() - 4 : match.end()].lower()
    if _TOGETHER.match(plain, match.end()) or written not in ("đồng", "dong"):
        return False
    return written == "đồng" or not _SHUT.match(plain, match.end())


_GROUP = re.compile(r"\d+")
_CHECK_DIGIT_APART = [9, 1]  # of a tax code: '030008329-3'


def _split_run(match: re.Match[str]) -> Iterator[tuple[int, int]]:
    """A run of digit groups is one number, unless a group is long enough to be a number of its own."""
    groups = list(_GROUP.finditer(match.group()))
    sizes = [len(group.group()) for group in groups]
    if len(groups) > 1 and sizes != _CHECK_DIGIT_APART and (max(sizes) > 7 or set(sizes) == {7}):
        yield from (
            (match.start() + group.start(), match.start() + group.end()) for group in groups if len(group.group()) > 5
        )
    else:
        yield match.span()


def _classify(text: str, plain: str, start: int, end: int, keywords: _Keywords) -> str | None:
    number = plain[start:end]
    digits = _NO_DIGIT.sub("", number)
    if _PROCEDURE.fullmatch(number):
        return None
    kind, is_adjacent = keywords.before(start)
    if len(digits) == 7 and ((kind == "BUDGET_UNIT_CODE" and is_adjacent) or _BUDGET_AFTER.match(plain, end)):
        return "BUDGET_UNIT_CODE"
    if len(number) == 7 and _BUDGET_ANYWHERE.search(plain) and _ANOTHER_CODE.search(plain, max(0, start - 25), start):
        return "BUDGET_UNIT_CODE"  # 'mã ĐVQHNS cũ 3914779 và mã mới 3652414'
    if kind == "CODE" and is_adjacent:  # 'nhập mã 1906892 ra tên trường cũ', 'doanh nghiệp có mã 0100109106'
        if len(digits) == 7 and number[0] != "0":
            return "BUDGET_UNIT_CODE"
        return "TAX_CODE" if len(digits) in (10, 13) and mst.is_valid(digits[:10]) else None
    if keywords.is_reference(start):
        return None
    if _DATED.match(number) and (kind not in _SHAPES or len(digits) == 8):
        return None
    if _is_hotline(plain, start, digits, number, kind):
        return None
    if _NATIONAL_ID.fullmatch(digits) and kind not in ("BANK_ACCOUNT", "TAX_CODE"):
        return "NATIONAL_ID"
    is_named = is_adjacent and kind in _SHAPES and kind != "BANK"
    if _is_counted(text, plain, end, _CURRENCY if is_named or (len(number) > 8 and number == digits) else _UNIT):
        return None
    is_money = _MONEY.fullmatch(number) is not None
    if len(digits) == 10 and kind not in ("BANK_ACCOUNT", "NATIONAL_ID") and mst.is_valid(digits) and not is_money:
        return "TAX_CODE"
    if kind in _SHAPES and len(digits) in _SHAPES[kind]:
        is_amount = (is_money and kind != "NATIONAL_ID") or (kind == "BANK" and digits.endswith("000"))
        if not is_amount:
            return "BANK_ACCOUNT" if kind == "BANK" else kind
    after = _keyword_after(plain, end)
    if not is_money:
        if after in _SHAPES and len(digits) in _SHAPES[after]:
            return "BANK_ACCOUNT" if after == "BANK" else after
        if _BANK_AFTER.match(plain, end) and len(digits) >= 8:
            return "BANK_ACCOUNT"
    if (
        after == "REFERENCE"
        or (kind == "MONEY" and is_adjacent)
        or _AMOUNT_BEFORE.search(plain, max(0, start - 20), start)
    ):
        return None
    if kind == "REFERENCE" and _NUMBERED.search(plain, max(0, start - 24), start):
        return None  # 'hoá đơn ký hiệu 1C24TAA số 1234567', 'hợp đồng mua sắm số 1234567'
    return _guess(plain, start, end, digits, is_referred=kind == "REFERENCE")


def _guess(plain: str, start: int, end: int, digits: str, *, is_referred: bool) -> str | None:
    """What a number is that nothing names: one of such a shape names someone more often than not."""
    number = plain[start:end]
    sizes = [len(group) for group in _GROUP.findall(number)]
    if (digits.endswith("000") and len(digits) < 12) or (
        len(digits) > 12 and _CODE_OF.search(plain, max(0, start - 24), start)
    ):
        return None
    if sizes == [7]:
        return "BUDGET_UNIT_CODE" if number[0] in "123" else None
    if sizes == [3, 3, 3]:
        is_sum = number[0] != "0" and "." in number and _MONEY_NEAR.search(plain, max(0, start - 60), end + 30)
        return None if is_sum else "NATIONAL_ID"
    if sizes == [3, 3, 3, 3]:
        return None if _MONEY.fullmatch(number) or digits.endswith("000") else "NATIONAL_ID"
    if max(sizes) > 8 or len(digits) > 12:
        return "NATIONAL_ID" if len(digits) in (9, 12) else "BANK_ACCOUNT"
    if _MONTHLY.fullmatch(number) or (is_referred and not _WRITTEN.search(plain, max(0, start - 12), start)):
        return None  # 'mã hồ sơ trên giấy hẹn là 2507-00391'
    is_list = set(sizes) == {4} and (len(sizes) < 3 or _LISTED.search(plain, max(0, start - 40), start) is not None)
    if len(digits) > 8 and sum(size > 3 for size in sizes) > 1 and not is_list:
        return "BANK_ACCOUNT"  # '3898 53570', '1017 8945 6123' but not 'mục 6001 6051 6101'
    return None


def _is_hotline(plain: str, start: int, digits: str, number: str, kind: str | None) -> bool:
    """1900 and 1800 with four or six digits; ten digits that nobody is to call may be a tax code of Cần Thơ or Bạc Liêu."""
    if not digits.startswith(("1900", "1800")) or kind == "TAX_CODE":
        return False
    if len(digits) != 10 or number != digits or kind == "PHONE":
        return len(digits) in (8, 10)
    return not mst.is_valid(digits) or _CALL.search(plain, max(0, start - 30), start) is not None


def _is_phone(number: str) -> bool:
    """Whether digits and separators are a telephone number of a person or an office, not a hotline (1900, 1800)."""
    digits = re.sub(r"\D", "", number.replace("o", "0").replace("l", "1"))
    if number.startswith(("+", "00")) and not re.match(r"(?:00)?84", digits):
        try:
            return phonenumbers.is_possible_number(phonenumbers.parse("+" + digits.removeprefix("00")))
        except phonenumbers.NumberParseException:
            return False
    if not number.startswith("0") and (international := re.match(r"(?:00)?84(0?)", digits)):
        digits = "0" + digits[international.end() :]
    if _DATED.search(number):
        return False
    return bool(_MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits) or ("(" in number and 9 <= len(digits) <= 11))


def _keyword_before(plain: str, start: int) -> tuple[str | None, bool]:
    window_start = max(0, start - _REACH)
    stop = max(plain.rfind(mark, window_start, start) for mark in (". ", "? ", "! ", "\n\n"))
    keywords = list(_KEYWORD.finditer(plain, max(window_start, stop + 1), start))
    if not keywords:
        return None, False
    last = keywords[-1]
    is_owned = last.lastgroup in ("REFERENCE", "MONEY") and plain.endswith(("cua ", "cua so "), 0, start)
    return last.lastgroup, not is_owned and _GAP.fullmatch(plain, last.end(), start) is not None


def _keyword_after(plain: str, end: int) -> str | None:
    """Kind of the first keyword after a number in its sentence; a reference counts only next to it ('... là mã hồ sơ')."""
    first = _KEYWORD.search(plain, end, min(len(plain), end + 30))
    if first is None or re.search(r"[.;\n]|\d", plain[end : first.start()]):
        return None
    is_far = first.lastgroup == "REFERENCE" and not _NAMED_AFTER.fullmatch(plain, end, first.start())
    return None if is_far else first.lastgroup


_NAMED_AFTER = re.compile(r"[ (\"]{1,3}(?:la|chinh la|vao o|cua)[ :]{1,2}")
