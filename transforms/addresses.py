"""Street addresses: a house number with the name of its street. A street or a district alone identifies no one.

The number decides with what stands around it: 'số nhà 12', '243/55/5 Phạm Ngũ Lão', 'ngõ 12 phố Huế', '26C Ngô Gia Tự',
against 'Trường Tiểu học số 2 Trần Phú', 'Điều 5 Nghị định', '30/4 Hà Nội'.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from transforms.identifiers import SYLLABLE, Span, has_any
from transforms.name_lexicon import FAMOUS_NAMES, FOLDED_STREETS, PLACES, STREETS, SURNAMES, fold

_HOUSE = r"(?:k\d{1,4}/h?)?\d{1,4}(?: ?bis| ?ter|[a-z]?\d?)(?:[/-]\d{1,4}[a-z]?){0,5}"
_LANE = r"(?:ngo|ngach|hem|kiet|to|lo|day|khu|toa|nha|can|can ho|phong|tang|ap|thon|doi|xom)"
_WORD = r"[a-z'\u2019]{1,12}"
_WHOSE = (
    r"(?: (?:nha|cua|toi|em|minh|don vi|co quan|cong ty|cty|moi|la|hien nay|hien tai|thuong tru|lien he|nhan)){0,4}"
)
_KEY = rf"(?:dia chi{_WHOSE}|d/c|dc|so nha|nha so|nha|so|sn)[ :.]{{1,2}}(?:so ?)?(?:nha )?"
_KEY_BEFORE = re.compile(rf"(?<![a-z0-9./-]){_KEY}$")
#: What may be a house number, with the character after it; it begins with a digit, which is found faster than anything else.
_NUMBER = re.compile(
    r"\d(?<![a-jl-z0-9./+-].)\d{0,3}(?:/h\d{1,4})?(?: ?bis| ?ter|[a-z]?\d?)(?:[/-]\d{1,4}[a-z]?){0,5}(?![a-z0-9])"
    r"(?=,? {1,3}([a-z0-9]))"
)
_DIGITS = re.compile(r"\d(?<=[a-z] .)\d*")
_BEFORE_HOUSES = frozenset("""
    nha cua toi em minh vi quan ty cty moi la nay tai tru he nhan chi d/c dc so sn o ve den ngu so khau len qua gan
""".split())  # fmt: skip
_NEVER_BEFORE_HOUSES = frozenset("""
    thang quy nam ngay dieu khoan muc lan lop khoi buoc cau chuong loai cap quay khoa trang bieu tiet ky dot
""".split())  # fmt: skip
_WAYS = (
    *_LANE[3:-1].split("|"),
    "duong",
    "pho",
    "dai lo",
    "d.",
    "p.",
    "tinh lo",
    "quoc lo",
    "huong lo",
    "ql",
    "hl",
    "tl",
)
# number, then lanes with their numbers, then the street with or without its word
_ADDRESS = re.compile(
    rf"(?P<key>{_KEY})?"
    rf"(?P<house>{_HOUSE})(?![a-z0-9])"
    rf"(?P<lanes>(?:,? {_LANE} (?:so )?\d{{1,4}}[a-z]?(?:/\d{{1,4}}[a-z]?){{0,4}}){{0,3}})"
    r",? {1,3}(?P<way>(?:duong(?: so)?|pho|dai lo|ngo|ngach|hem|kiet|huong lo|tinh lo|quoc lo) {1,2}"
    r"|(?:d\.|p\.|ql|hl|tl)[ .]{0,2})?"
    rf"(?P<street>[a-z]\d{{1,2}}(?![a-z\d])|{_WORD}(?: {{1,2}}{_WORD}){{0,5}}"
    r"|\d{1,2}[/-]\d{1,2}|\d{1,2} thang \d{1,2}"
    r"|\d{1,3}[a-z]?(?![a-z\d/]))"
)
_LANE_FIRST = re.compile(
    rf"(?<![a-z0-9])(?P<lane>(?:ngo|ngach|hem|kiet) (?:so )?(?P<house>{_HOUSE}))(?![a-z0-9])"
    rf"(?P<lanes>(?:,? (?:{_LANE}|so nha|nha so|so) (?:so )?\d{{1,4}}[a-z]?(?:/\d{{1,4}}){{0,4}}){{0,2}})"
    rf",? {{1,3}}(?P<way>(?:duong|pho|dai lo) {{1,2}})?(?P<street>{_WORD}(?: {{1,2}}{_WORD}){{0,5}}"
    r"|\d{1,2}[/-]\d{1,2})"
)
_LANES_ONLY = re.compile(  # 'số 5, ngách 3, ngõ 8'
    rf"(?<![a-z0-9./-])(?:so (?:nha )?)?{_HOUSE}"
    r"(?:,? (?:ngo|ngach|hem|kiet) (?:so )?\d{1,4}[a-z]?(?:/\d{1,4}){0,3}(?!\d)){1,3}"
)
_NUMBERED_WAY = re.compile(
    r"(?<![a-z0-9])(?:so nha|nha so) \d{1,4}[a-z]?(?:[/-]\d{1,4}[a-z]?){0,5}(?![a-z0-9]| khu [a-z]| cua )"
    r"(?:,? (?:ngo|ngach|hem|kiet|to|khu|ap|thon|xom|duong|khu pho|duong so)"
    r" (?:so )?\d{1,4}[a-z]?(?:/\d{1,4}[a-z]?){0,4}){0,4}"
)
# What numbers other than houses come after.
_COUNTED = re.compile(
    r"(?<![a-z])(?:thu|thang|quy|nam|ngay|dieu|khoan|muc|mau|quan|phuong|lan|vuc|top|lop|khoi|diem|buoc|cau|win|windows"
    r"|version|chuong|loai|cap"
    r"|quay|cua|luong|khoa|trang|phan|bieu|tiet|ky|dot|dien|hon|gan|khoang|cach|con|ca|moi|du|duoc|mat|them"
    r"|truoc|sau|qd|tt"
    r"|nd|tk|ma|nguon|thcs|thpt|hoc|non|mn|th|giao|nghi dinh|thong tu|dinh|cong van|giay|ho so|vong|lon|nho|chi|co"
    r"|gom|may|tang|doan"
    r"|bai|so luong|chi tieu|tieu muc|ndkt|luc|ban|bo|to|quyet|du an|de an|thua|le|dip) ?(?:so )?\Z"
)
_NUMBERED_UNIT = re.compile(
    r"(?<![a-z])(?:dich|dung|cuc|nghiep|vien|cum|xuong|tram|kho|ty|ho) \Z"
)  # 'phòng giao dịch số 7 Hà Đông'

_NO_ROADS = frozenset("truyen day dan link ong dien huyet hoang loi mon tron bien".split())  # 'đường truyền'
_DAY = re.compile(r"(?:0?[1-9]|[12]\d|3[01])[/-](?:0?[1-9]|1[0-2])")
_NEVER_COUNTED = ("quán", "Quán", " của", "đoạn", "Đoạn", "đối diện")
_WHERE = ("quan ", "doan ", "cua ", "doi dien ", "truoc ", "sau ", "gan ", "cach ")
_STREET_TAIL = re.compile(
    r" noi dai|(?<= cach mang thang) (?:8|tam)(?![a-z\d])"
    r"|,? (?:to|khu|khu pho|kp|tdp|ap|thon|xom|khom) (?:so )?\d{1,3}(?![\d/])"
)
_GENERIC = frozenset("""
    truong cong kho bac ngay thang nam chi anh ong em cong-ty so bo ban uy ubnd kbnn phong don vi mau nghi quyet thong luat
    giao ke can nguoi xin toi de rat cac nhung trieu dong ty gio phut nguyen-dan tet quy tuan lan ho chung hoa hop
    khu xa huyen tinh quan thanh thi thu sang chieu toi trua dem va la thi voi cho cua tai den tu o vnd k
    bao liet met cuu
""".split())  # fmt: skip
_ADMINISTRATIVE = frozenset("xa phuong huyen quan tinh tp kho ubnd kbnn kb khu thi truong p q h x".split())
#: The same with diacritics: 'Cống Lở' is a street, 'Công ty' is none.
_GENERIC_WRITTEN = frozenset("""
    trường công kho bạc ngày tháng năm chị anh ông em số sở bộ ban uỷ ủy ubnd kbnn phòng đơn vị mẫu nghị quyết thông luật
    giáo kế cán căn cần nghỉ chỗ người xin tôi đề rất các những triệu tỷ giờ phút tết quý tuần lần hộ chung chứng hóa hoá hợp
    khu xã huyện tỉnh quận thứ sáng chiều tối trưa đêm và là thì với cho của tại đến từ ở vnd k báo liệt mét cựu
""".split())  # fmt: skip
_ADMINISTRATIVE_WRITTEN = frozenset("xã phường huyện quận tỉnh tp kho ubnd kbnn kb khu trường p q h x".split())
_GRAMMAR = frozenset("mau cua cho chi dem hoa hop ho".split())
_STREETS = frozenset(map(fold, FAMOUS_NAMES | STREETS)) | FOLDED_STREETS
_LONG_STREETS = frozenset(street for street in _STREETS if street.count(" ") > 1)
_THREE_WORDS = re.compile(r"[a-z]+ [a-z]+ [a-z]+")
_LONE_STREETS = frozenset(("pasteur", "yersin", "calmette"))
_STREET_HEADS = frozenset(street.split()[0] for street in _STREETS)
_PROVINCES = frozenset(fold(name) for name in PLACES)
_FOLDED_SURNAMES = frozenset(fold(name) for name in SURNAMES)
_HIGHLAND = ("y", "ama", "ami", "a")
_UNMISTAKEN_SURNAMES = frozenset("nguyen tran pham huynh bui trinh quach".split())  # no other word without diacritics
_PLACE_BEFORE = re.compile(r"(?<![a-z])(?:quan|tiem|san|nha|tru so|canh|lung|thue|gui ve|dat o|giap|sat) $")
_LOCATIVE = re.compile(
    r"(?:\bo|\btai|\bve|\btoi|\bden|dia chi:?|\bd/c:?|\bdc:?|\bnha|\bcu tru|\btru so|\bngu|tru tai|chuyen den"
    r"|ho khau|\blen|\bqua|\bgan|\bso) ?$"
)
_ROAD_ENDS = re.compile(
    r"(?:phuong|xa|quan|huyen|tp|thanh pho|thi|tinh|p|q|x|h|kp|khu|thon|to|va|la|thi|da|bi|khong|ma|chua|de|roi|rat"
    r"|gan|cach|o|nhung|nhan|gui|duoc|co|ngay|den|toi|nop|cho|voi|truoc|sau|hom|luc)$"
)


_UNIT_NAME = r"(?:[a-z]?\d{1,4}[a-z]?(?![a-z\d])|(?P<name>[a-z']{1,10}(?: [a-z']{1,10}){0,3}))"
_HAMLET = r"(?:ap|thon|xom|khu pho|kp|buon|khom|khu dan cu|kdc|to dan pho|tdp)"
_RURAL = re.compile(  # 'tổ 17, ấp Xuân Mỹ', '89 ấp Thượng Cát', '267/45, tổ 7, khu phố 8'
    rf"(?<![a-z0-9./-])(?:(?:(?:so nha |nha so |so )?{_HOUSE}"
    r"|(?:to|doi|to dan pho|tdp|xom|thon|ap|khom)(?: so)? \d{1,3}[a-z]?),? ){1,2}"
    rf"{_HAMLET} {_UNIT_NAME}"
)
_FLAT = re.compile(  # 'căn hộ 714, block B, chung cư Lideco', 'phòng 272 nhà B7 khu tập thể Kim Giang'
    r"(?<![a-z])(?:can ho|can|phong|p\.?)(?: so)? ?[a-z]?\d{1,4}(?:\.\d{1,3})?[a-z]?,? "
    r"(?:(?:block|nha|toa|toa nha|thap|tang|lo|don nguyen|khu) [a-z]{0,2}\d{0,3},? ){0,3}"
    rf"(?:chung cu|khu tap the|tap the|ktt|toa nha|cc|khu nha o|khu do thi) {_UNIT_NAME}"
)


_LOT = re.compile(  # 'lô C18 đường Phan Kế Bính', 'lô B2-15 KDC Nam Long'
    r"(?<![a-z])lo (?:so )?[a-z]{0,2}\d{1,3}[a-z]?(?:[-./][a-z]?\d{1,3}){0,2},? (?:duong so|duong|kdc|khu dan cu|kcn"
    rf"|khu cong nghiep|khu do thi|kdt|ccn) {_UNIT_NAME}(?:,? (?:kdc|khu dan cu|kcn|khu cong nghiep|khu do thi|kdt))?"
)
_HAMLETS = (
    "thon ", "thon so ", "xom ", "xom so ", "ap ", "ap so ", "khom ", "buon ", "khu pho ", "kp ", "kdc ", "dan pho ",
    "dan pho so ", "tdp ", " to ", " doi ", " khu ",
)  # fmt: skip
_SOMEONES_HAMLET = re.compile(  # 'nơi ở: thôn 5, xã Đắk Nông', 'gia đình tôi ở xóm 3'
    r"(?<![a-z])(?:(?:noi o|dia chi|(?:thuong|tam|cu )?tru|ho|gia dinh|ba con|nguoi dan|ngu)(?: (?:o|tai))?"
    r"|(?:toi|em|minh|nha|ong|ba|cu|chau|co|chu|bac|ho)(?: [a-z]+){0,4} (?:o|tai))[ :]{1,2}"
    rf"(?P<hamlet>(?:{_HAMLET}|to|doi|khu)(?: so)? \d{{1,3}}[a-z]?)"
    r"(?=,? (?:xa|phuong|thi tran|tt|p\.?|x\.?)(?![a-z])|[.;\n)]|$)"
)


def find_addresses(text: str, plain: str) -> list[Span]:
    """Spans of house number with street in `text`, ascending and disjoint; `plain` is `fold(text)`."""
    if text.isupper():  # capitals tell nothing
        text = text.lower()
    spans: list[Span] = []
    for start, end in sorted(_find_parts(text, plain)):
        if spans and start < spans[-1].end:  # 'số nhà 12, ngõ 5 phố Huế' and 'ngõ 5 phố Huế'
            start, end = spans[-1].start, max(end, spans.pop().end)
        spans.append(Span(start, end, "ADDRESS"))
    return spans


def _find_parts(text: str, plain: str) -> Iterator[tuple[int, int]]:
    position = 0
    for number in _NUMBER.finditer(plain):
        start, after = number.start(), number.start(1)
        if start and plain[start - 1] == "k":  # 'K568/16 Lê Lai'
            start -= 1
        before = plain[max(0, start - 12) : start].rstrip(" :.").replace(",", " ").rpartition(" ")[2]
        if before in _NEVER_BEFORE_HOUSES:
            continue
        is_keyed = before in _BEFORE_HOUSES
        if not (
            is_keyed
            or text[after].isupper()
            or plain.startswith(_WAYS, after)
            or "/" in number.group()
            or ((three := _THREE_WORDS.match(plain, after)) and three.group() in _LONG_STREETS)
        ):
            continue  # a quick look: most numbers are no houses
        key = _KEY_BEFORE.search(plain, max(0, start - 60), start) if is_keyed else None
        match = _ADDRESS.match(plain, key.start() if key else start)
        if match and start >= position and (end := _find_end(text, plain, match)):
            yield match.start(), end
            position = end
    if has_any(plain, ("ngo ", "ngach ", "hem ", "kiet ")):
        yield from (match.span() for match in _LANES_ONLY.finditer(plain))
        for match in _LANE_FIRST.finditer(plain):
            if end := _find_end(text, plain, match):
                yield match.start(), end
    is_rural = has_any(plain, _RURAL_SIGNS)
    if is_rural or has_any(plain, _GROUP_SIGNS):
        for digits in _DIGITS.finditer(plain):
            if plain.endswith(_HAMLETS, 0, digits.start()):
                hamlets = _SOMEONES_HAMLET.finditer(plain, max(0, digits.start() - 60), digits.end() + 20)
                yield from (match.span("hamlet") for match in hamlets)
    if is_rural:
        for match in (match for pattern in (_RURAL, _FLAT) for match in pattern.finditer(plain)):
            if end := _unit_end(text, match):
                yield match.start(), end
    for match in _LOT.finditer(plain) if "lo " in plain else ():
        if end := _unit_end(text, match):
            yield match.start(), end
    if "so nha" in plain or "nha so" in plain:
        yield from (match.span() for match in _NUMBERED_WAY.finditer(plain))


_GROUP_SIGNS = (" to ", " doi ", " khu ")
_RURAL_SIGNS = (
    " ap ", "thon ", "xom ", "khu pho", " kp", "buon ", "khom ", "kdc", "tdp", "dan pho", "chung cu", "tap the", "ktt",
    "toa nha", " cc ", "khu nha",
)  # fmt: skip


def _unit_end(text: str, match: re.Match[str]) -> int:
    """Where the name of a hamlet or a block ends: up to four capitals; 0 when it is neither named nor numbered."""
    if match.group("name") is None:
        return match.end()
    end = 0
    for word in re.finditer(r"[^ ]+", text[slice(*match.span("name"))]):
        if not word.group()[0].isupper() and not (text.islower() and len(word.group()) > 1 and word.start() < 8):
            break
        end = match.start("name") + word.end()
    return end


def _find_end(text: str, plain: str, match: re.Match[str]) -> int:
    """Where the address ends, or 0 when it is none."""
    end = _street_end(text, plain, match)
    if not end or _counts(text, plain, match, is_known=plain[match.start("street") : end] in _STREETS):
        return 0
    tail = _STREET_TAIL.match(plain, end)
    return tail.end() if tail else end


def _counts(text: str, plain: str, match: re.Match[str], *, is_known: bool) -> bool:
    """Whether the number counts or ranks something: 'tháng 5', 'Tiểu học số 2', '30/4', 'năm 2023'."""
    before = plain[max(0, match.start() - 24) : match.start()]
    house, key = match.group("house"), match.groupdict().get("key")
    if match.groupdict().get("lanes") or (key and key.strip() == "nha"):
        return False
    if _COUNTED.search(
        before
    ):  # 'quận 1' against 'quán 322 Trương Định', 'trước 15 tháng' against 'trước 45 Hàn Thuyên'
        if (
            text[max(0, match.start() - 12) : match.start()].rstrip().endswith(_NEVER_COUNTED)
        ):  # 'quán 24 Ỷ Lan' against 'quận 1'
            return False
        if before.endswith("co "):  # 'hồ sơ có 14/2 Âu Cơ' against 'có 300 Cựu Chiến Binh'
            return not (is_known or re.search("[a-z/-]", house))
        is_telling = match.group("way") or (not _DAY.fullmatch(house) and re.search("[a-z/-]", house))
        return not (
            before.endswith(_WHERE) and (len(house) > 2 or is_telling or (is_known and not before.endswith("quan ")))
        )
    if key == "so " and _NUMBERED_UNIT.search(before):
        return True
    if (key and key.startswith(("so nha", "nha so", "dia chi", "d/c"))) or "lane" in match.re.groupindex:
        return False
    return bool(re.fullmatch(r"(?:(?:\d{1,2}/)?\d{1,2}[/-])?(?:19|20)\d\d", house))


def _street_end(text: str, plain: str, match: re.Match[str]) -> int:
    """Where the street's name ends, or 0 when these words are no street."""
    start, end = match.span("street")
    street = plain[start:end]
    is_placed = _LOCATIVE.search(plain, max(0, match.start() - 16), match.start()) is not None
    is_number_telling = re.search(r"[a-z/-]", match.group("house")) is not None
    if street[0].isdigit() or street[1:2].isdigit():  # '45 đường N2', 'tại 130-132 30/4'
        is_day = "/" in street or "thang" in street
        return end if match.group("way") or (is_placed and is_number_telling and is_day) else 0
    key = "lane" if match.re is _LANE_FIRST else match.group("key") or ""
    is_keyed = bool(key.strip() not in ("", "nha", "dc") or match.group("way") or match.group("lanes"))
    first = street.split(" ", 1)[0]
    is_placed = is_placed or key.strip() == "nha"
    is_grammar = first in _GRAMMAR and text[start].isupper() and (is_placed or is_number_telling)  # 'tại 169 Cửa Nam'
    if (
        not is_keyed
        and not is_grammar
        and _is_generic(text, start, street)
        and first not in _STREET_HEADS
        and not (is_number_telling and is_placed)
    ):
        return 0
    is_date = _DAY.fullmatch(match.group("house")) is not None
    is_known = ("/" in match.group("house") and not is_date and " ".join(street.split()[:2]) in _STREETS) or (
        len(match.group("house")) > 1 and " ".join(street.split()[:3]) in _LONG_STREETS
    )
    if not (text[start].isupper() or is_keyed or is_placed or is_known):
        return 0
    words = [(start + word.start(), start + word.end()) for word in re.finditer(r"[^ ]+", street)]
    names = [plain[a:b] for a, b in words]
    is_sure = bool(
        text[start].isupper()
        or is_placed
        or is_known
        or match.group("way")
        or key.strip() not in ("", "so", "sn", "nha")
    )
    for size in range(min(5, len(names)), 1, -1):
        if is_sure and " ".join(names[:size]) in _STREETS:
            while names[0] in _HIGHLAND and size < len(words) and text[words[size][0]].isupper():
                size += 1  # 'Y Ngông Niê Kdăm'
            return words[size - 1][1]
    if first in _LONE_STREETS:
        return words[0][1]
    is_likely = "/" in match.group("house") or (len(match.group("house")) > 1 and first in _UNMISTAKEN_SURNAMES)
    if is_likely and not is_date and is_placed and first in _FOLDED_SURNAMES and not text[start].isupper():
        return words[min(3, len(words)) - 1][1]  # 'nhà 625/49 phan kế bính'
    if is_number_telling and is_sure and " ".join(names[:2]) in _PROVINCES and is_placed:
        return words[1][1]  # '28C Hoà Bình'
    capitals = 0
    while (
        capitals < len(words)
        and text[words[capitals][0]].isupper()
        and (
            not _is_administrative(text, words[capitals], names[capitals : capitals + 2])
            if capitals or is_grammar
            else match.group("way") or not _is_generic(text, start, street)
        )
    ):
        capitals += 1
    if capitals == 0:
        return (
            _lower_street_end(names, words)
            if is_keyed
            and ((match.group("way") and first not in _NO_ROADS) or key.startswith(("so nha", "nha so", "dia chi")))
            else 0
        )
    if capitals == 1:
        return words[0][1] if match.group("way") else 0
    if (
        any(" ".join(names[:size]) in _PROVINCES for size in (2, 3) if size <= max(2, capitals))
        and not is_keyed
        and (is_date or not is_number_telling)
    ):
        return 0
    is_at_place = len(match.group("house")) > 1 or _PLACE_BEFORE.search(
        plain, max(0, match.start() - 10), match.start()
    )
    is_house = is_at_place and not is_date and all(map(SYLLABLE.fullmatch, names[:capitals]))
    if is_keyed or (is_number_telling and not is_date) or is_house or names[0] in _FOLDED_SURNAMES or is_placed:
        return words[capitals - 1][1]
    return 0


def _is_generic(text: str, start: int, street: str) -> bool:
    """Whether a street's name would begin with a word of offices, times or persons."""
    first = street.split(" ", 1)[0]
    if text.isascii():
        return first in _GENERIC
    written = text[start : start + len(first)].lower()
    return written in _GENERIC_WRITTEN or (written == "hồ" and text[start + 3 : start + 5].lower() == "sơ")


def _is_administrative(text: str, word: tuple[int, int], names: list[str]) -> bool:
    """Whether a name of a street ends before this word, where its ward, district or office begins."""
    if names[0] == "thi":
        return names[1:] in (["xa"], ["tran"])
    return names[0] in _ADMINISTRATIVE if text.isascii() else text[slice(*word)].lower() in _ADMINISTRATIVE_WRITTEN


def _lower_street_end(names: list[str], words: list[tuple[int, int]]) -> int:
    """Up to four words after 'đường', until one that goes on with the sentence."""
    size = 0
    while size < min(3, len(names)) and not _ROAD_ENDS.match(names[size]):
        size += 1
    return words[size - 1][1] if size else 0
