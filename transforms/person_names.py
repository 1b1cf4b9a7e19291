"""Names of persons in a Vietnamese comment, with or without diacritics and capitals.

A comment is read as a row of syllables, each looked up once in the lists of `name_lexicon.py`. First places,
organisations and roles are protected; then a name is what one of these says it is, in this order:

1. minority names by their form: `Y Bhăm Niê`, `H'Hen`, `Giàng A Páo`, `Thạch Sa Rinh`;
2. a label before a colon or a role: `Họ tên: ...`, `Kế toán: ...`;
3. a surname with middle and given names: `Lâm Thị Oanh`;
4. a title: `chị Lan`, `ông Hùng`, and whoever is joined to it: `chị Lan, Hoa và Hùng`;
5. a role or an office in brackets after it, or a call: `Cẩm Hợi (thủ quỹ)`, `Khoa (tổ điện toán)`, `Oanh ơi`;
6. two syllables of names with capitals inside a sentence, or one that is no word: `gặp Khánh Ngà`, `nhờ Oanh`;
7. without capitals, what the signs in and around it outweigh: `le van khanh`, `nhờ chị lan`, `bữa bích xuân trực`.

Capitals count as evidence only in text that uses them as Vietnamese does: not in all-capitals or Title Case Text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate, compress, groupby, repeat
from operator import ne

from transforms import name_lexicon as lexicon
from transforms.identifiers import SYLLABLE, Span
from transforms.name_lexicon import fold
from transforms.name_weights import FOLDED_WEIGHTS, WEIGHTS

# --- the lists as bits of one look-up table per spelling ---------------------------------------------------

(
    SURNAME,
    STRONG,
    MIDDLE,
    GIVEN,
    WORD,
    TITLE,
    WEAK_TITLE,
    FUNCTION,
    MINORITY,
    CUE,
    LOCATIVE,
    NO_NAME,
    FOLLOWER,
    PLACELIKE,
    INTRODUCER,
    MONOSYLLABLE,
    HEAD,
    CUE_TAIL,
    ROLE,
    NAMING,
    CALL,
    SHORT_ROLE,
) = (1 << bit for bit in range(22))
NAMELIKE = SURNAME | MIDDLE | GIVEN
ANY_TITLE = TITLE | WEAK_TITLE
TITLE_OR_ROLE = ANY_TITLE | ROLE
PLACE_SIGN = HEAD | CUE | CUE_TAIL | LOCATIVE
SIGN = PLACE_SIGN | TITLE_OR_ROLE | MINORITY | NAMING | CALL | SHORT_ROLE | STRONG

_LISTS = (  # words with diacritics, and without where folding the first would add too many words
    (SURNAME, lexicon.SURNAMES, None),
    (STRONG, lexicon.STRONG_SURNAMES, lexicon.FOLDED_STRONG_SURNAMES),
    (MIDDLE, lexicon.MIDDLES, None),
    (GIVEN, lexicon.GIVENS, None),
    (WORD, lexicon.WORDS_LIKE_NAMES, None),
    (TITLE, lexicon.TITLES, lexicon.FOLDED_TITLES),
    (WEAK_TITLE, lexicon.WEAK_TITLES, lexicon.FOLDED_WEAK_TITLES),
    (FUNCTION, lexicon.FUNCTION_WORDS, lexicon.FOLDED_FUNCTION_WORDS),
    (MINORITY, lexicon.MINORITY_SURNAMES, None),
    (CUE, lexicon.PLACE_CUES, lexicon.FOLDED_PLACE_CUES),
    (LOCATIVE, lexicon.LOCATIVES, lexicon.FOLDED_LOCATIVES),
    (NO_NAME, lexicon.NOT_AFTER_TITLES, lexicon.FOLDED_NOT_AFTER_TITLES),
    (FOLLOWER, lexicon.FOLLOWERS, None),
    (PLACELIKE, lexicon.PLACE_SYLLABLES, None),
    (INTRODUCER, lexicon.INTRODUCERS, None),
    (MONOSYLLABLE, lexicon.CAPITALISED_WORDS, None),
    (NAMING, {"tên", "là", "ten", "la"}, None),
    (CALL, {"ơi", "oi"}, None),
    (SHORT_ROLE, lexicon.SHORT_ROLES | lexicon.BRACKETED_OFFICES, None),
)


def _first_two(phrase: str) -> str:
    return " ".join(phrase.split()[:2])


_PHRASES = lexicon.PLACES | lexicon.FAMOUS_NAMES
_FOLDED_PHRASES = frozenset(map(fold, _PHRASES))
_PHRASE_SIZES = {  # of the phrases that begin with two syllables, the longest first
    head: sorted({len(phrase.split()) for phrase in phrases}, reverse=True)
    for head, phrases in groupby(sorted(_PHRASES | _FOLDED_PHRASES, key=_first_two), key=_first_two)
}
_CUE_PAIRS = lexicon.PLACE_CUE_PAIRS | frozenset(map(fold, lexicon.PLACE_CUE_PAIRS))
_HEADS = {  # syllables that begin or end a phrase, in either spelling
    HEAD: {phrase.split()[0] for phrase in _PHRASES | _FOLDED_PHRASES} | lexicon.SINGLE_PLACES,
    CUE_TAIL: {pair.split()[1] for pair in _CUE_PAIRS},
    ROLE: {role.split()[0] for role in lexicon.ROLES | lexicon.FOLDED_ROLES},
}


def _table(*, folded: bool) -> dict[str, int]:
    table: dict[str, int] = {}
    for bit, words, folded_words in _LISTS:
        for word in (folded_words or map(fold, words)) if folded else words:
            table[word] = table.get(word, 0) | bit
    for bit, heads in _HEADS.items():
        for word in heads:
            table[word] = table.get(word, 0) | bit
    return table


_ACCENTED, _FOLDED = _table(folded=False), _table(folded=True)
_SYLLABLE = re.compile(r"([a-z]+(?:'[a-z]+)*)")  # of folded text
_ROMAN = re.compile(r"[IVX]{2,6}|V|X")
_LONGEST = 5
_AFTER_OPENING_NAME = lexicon.PERSONAL_VERBS | {"la"}

PLAIN, PLACE, FAMOUS, USED = range(4)  # what is known of a syllable
_OF_WOMEN_AND_MEN = ("thị", "văn", "thi", "van")
_ROLES = lexicon.ROLES | lexicon.FOLDED_ROLES
#: Where syllables start and end, what stands before each, and each folded, as written, and in lower case.
_Syllables = tuple[list[int], list[int], list[str], list[str], list[str], list[str]]


class _Comment:
    """Syllables of a comment, what the lists say of each, and what has been found out."""

    __slots__ = (
        "bits", "cap", "compounds", "ends", "folded", "gaps", "glued", "is_cased", "is_folded",
        "is_weighed", "keys", "known", "n", "plain", "roles", "runs", "signs", "starts", "text", "words",
    )  # fmt: skip

    def __init__(self, text: str, plain: str, syllables: _Syllables) -> None:
        self.text, self.plain = text, plain
        self.starts, self.ends, self.gaps, self.folded, self.words, self.keys = syllables
        self.n = n = len(self.words)
        self.is_folded = self.keys == self.folded
        table = _FOLDED if self.is_folded else _ACCENTED
        self.bits = bits = list(map(table.get, self.keys, repeat(0)))
        self.cap = capitals = list(map(ne, self.words, self.keys))
        n_capitals = sum(capitals)
        self.is_cased = n_capitals > 0 and not (n_capitals > 2 and text.isupper())
        if n >= 8 and n_capitals > 0.8 * n:  # of words, not of the names in a list of names
            others = [capital for capital, bit in zip(capitals, bits, strict=True) if not bit & NAMELIKE]
            if len(others) >= 4 and sum(others) > 0.8 * len(others):
                self.is_cased = False
        if not self.is_cased:
            self.cap = [False] * n
        self.compounds = lexicon.FOLDED_COMPOUNDS if self.is_folded else lexicon.COMPOUNDS
        self.glued = glued = [gap == " " for gap in self.gaps]
        if "  " in plain:
            self.glued = glued = [gap.isspace() and "\n" not in gap for gap in self.gaps]
        # whoever types without diacritics often gets a capital at the beginning all the same
        only_openings = (
            self.is_folded and n_capitals < 4 and all(map(self.starts_sentence, compress(range(n), capitals)))
        )
        self.is_weighed = not self.is_cased or only_openings
        self.signs = [i for i, bit in enumerate(bits) if bit & SIGN]
        self.roles = {
            i
            for i in self.signs
            if bits[i] & ROLE and i + 1 < n and glued[i + 1] and f"{self.keys[i]} {self.keys[i + 1]}" in _ROLES
        }
        self.known = bytearray(n)
        self.runs: dict[int, int] = {}  # of capitals, as far as asked for

    @classmethod
    def read(cls, text: str, plain: str, taken: list[Span]) -> _Comment:
        for span in taken:  # what is masked already separates, and is no name
            text, plain = blank(text, span.start, span.end), blank(plain, span.start, span.end)
        pieces = _SYLLABLE.split(plain)
        bounds = list(accumulate(map(len, pieces)))
        starts, ends = bounds[:-1:2], bounds[1::2]
        words = list(map(text.__getitem__, map(slice, starts, ends)))
        return cls(text, plain, (starts, ends, pieces[:-1:2], pieces[1::2], words, list(map(str.lower, words))))

    def without(self, names: list[Span]) -> _Comment:
        """The comment as it is read again, with the names found masked."""
        text, plain = self.text, self.plain
        for name in names:
            text, plain = blank(text, name.start, name.end), blank(plain, name.start, name.end)
        left = [known != USED for known in self.known]
        starts, ends = list(compress(self.starts, left)), list(compress(self.ends, left))
        gaps = [plain[end:start] for end, start in zip([0, *ends], starts, strict=False)]
        folded, words, keys = (list(compress(row, left)) for row in (self.folded, self.words, self.keys))
        rest = _Comment(text, plain, (starts, ends, gaps, folded, words, keys))
        rest.is_weighed &= self.is_weighed
        return rest

    def is_compound(self, i: int) -> bool:
        """Whether syllables i and i + 1 are a word of the language."""
        if i < 0 or i + 1 >= self.n or not self.glued[i + 1]:
            return False
        return f"{self.keys[i]} {self.keys[i + 1]}" in self.compounds

    def opens_word(self, i: int) -> bool:
        """The same, unless i + 1 rather begins the next word: 'chú Bảo | thủ kho', 'chị Phương | hướng dẫn'."""
        size = 0  # of the chain: 'huong | dan chu | dao' has three, of which the first and the last are words
        while self.is_compound(i + size):
            size += 1
        return size % 2 == 1 and i + 1 not in self.roles

    def starts_sentence(self, i: int) -> bool:
        if i and self.glued[i]:
            return False
        return i == 0 or any(mark in self.gaps[i] for mark in '.!?\n:"“-;•+*)') or self.gaps[i].strip(" ,") != ""

    def ends_clause(self, i: int) -> bool:
        """Whether before syllable i there is a stop, or the end."""
        return i >= self.n or not self.glued[i]


def blank(text: str, start: int, end: int) -> str:
    """`text` with nothing to be read from `start` to `end`, where something is masked; the same length."""
    return text[:start] + "\0" * (end - start) + text[end:]


def find_names(text: str, plain: str, taken: list[Span], *, is_redacted: bool = False) -> list[Span]:
    """Names in `text`. `plain` is `fold(text)`; nothing is looked for in the spans `taken`.

    What was found is masked and the rest read again, until nothing more is found: one name may uncover another. Of a text
    with names redacted before, nobody can say whether it had capitals, so that names without them are not weighed.
    """
    comment = _Comment.read(text, plain, taken)
    comment.is_weighed &= not is_redacted
    names: list[Span] = []
    while found := _find_once(comment):
        spans = [Span(comment.starts[start], comment.ends[end - 1], "PERSON_NAME") for start, end in found]
        names += spans
        if not _may_uncover(comment, found):
            break
        comment = comment.without(spans)
    return names if len(names) < 2 else list(_join(text, sorted(names)))


def _join(text: str, names: list[Span]) -> Iterator[Span]:
    """Two names side by side are one."""
    start, end, kind = names[0]
    for name in names[1:]:
        if text[end : name.start] != " ":
            yield Span(start, end, kind)
            start = name.start
        end = name.end
    yield Span(start, end, kind)


def _may_uncover(c: _Comment, found: list[tuple[int, int]]) -> bool:
    """Whether another reading, with the names found masked, could find more: a quick look, for it hardly ever does."""
    if not c.is_cased and c.words != c.keys:  # capitals that were too many to tell anything
        return True
    capitals, accents, n = sum(c.cap), 0 if c.is_folded else sum(map(ne, c.keys, c.folded)), c.n
    for start, end in found:
        n -= end - start
        capitals -= sum(c.cap[start:end])
        accents -= sum(map(ne, c.keys[start:end], c.folded[start:end]))
        if start and c.known[start - 1] != USED and (c.glued[start] or len(c.gaps[start]) < 3):
            before = c.bits[start - 1]
            if (c.cap[start - 1] or (before & NAMELIKE and not c.is_compound(start - 2))) and not before & ANY_TITLE:
                return True
        if end < c.n and c.known[end] != USED and len(c.gaps[end]) < 3 and c.cap[end] and c.gaps[end] != ". ":
            return True
    return (accents == 0 and not c.is_folded) or capitals > max(2, 0.8 * n)  # the rest counts as written otherwise


def _find_once(comment: _Comment) -> list[tuple[int, int]]:
    _protect_places(comment)
    found: list[tuple[int, int]] = []
    for rule, candidates in _candidates(comment):
        for i in candidates:
            if comment.known[i] != USED and (span := rule(comment, i)) and span[0] < span[1]:
                span = _stretch(comment, *span)
                _use(comment, found, span)
                _follow_list(comment, found, span[1])
    return sorted(found)


_Rule = Callable[[_Comment, int], tuple[int, int] | None]


def _candidates(c: _Comment) -> Iterator[tuple[_Rule, list[int]]]:
    """The rules in their order, each with the syllables where it may apply: looking at every one would be slow."""
    bits, folded, cap, last = c.bits, c.folded, c.cap, c.n - 1
    minority = [
        i
        for i in c.signs
        if bits[i] & MINORITY
        and i < last
        and (cap[i] or folded[i + 1] in lexicon.SINGLE_MIDDLES or folded[i] in ("y", "h"))
    ]
    if "Nay" in c.words:  # a surname, but also the word for now
        minority = sorted({*minority, *(i for i, word in enumerate(c.words) if word == "Nay")})
    if "'" in c.plain:
        minority = sorted({*minority, *(i for i, key in enumerate(folded) if "'" in key)})
    if minority:
        yield _by_minority_form, minority
    if c.is_cased:
        yield from _candidates_with_capitals(c)
    if best := _weigh(c):
        yield lambda _, i: (i, best[i]), list(best)


def _candidates_with_capitals(c: _Comment) -> Iterator[tuple[_Rule, list[int]]]:
    bits, cap, signs, last = c.bits, c.cap, c.signs, c.n - 1
    labels = [i + 1 for i in signs if bits[i] & NAMING and i < last and cap[i + 1]]
    if ":" in c.text or "=" in c.text:
        labels = sorted({*labels, *(i for i in compress(range(c.n), cap) if ":" in c.gaps[i] or "=" in c.gaps[i])})
    if labels:
        yield _by_label, labels
    capitals = list(compress(range(c.n), cap))
    thi = [i for i in capitals if c.keys[i] in _OF_WOMEN_AND_MEN]
    thi = [*(i - 1 for i in thi), *(i - 2 for i in thi)]
    surnames = [  # a surname alone is no name
        i
        for i in capitals
        if i < last
        and (cap[i + 1] or c.keys[i + 1] in _OF_WOMEN_AND_MEN)
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


def _is_opening_word(c: _Comment, i: int) -> bool:
    """Whether the capital at i is that of a sentence, and no verb of persons follows: a quick look."""
    if (i and ". " not in c.gaps[i]) or i + 1 >= c.n or c.cap[i + 1]:
        return False
    return c.folded[i + 1] not in _AFTER_OPENING_NAME


def _stretch(c: _Comment, start: int, end: int) -> tuple[int, int]:
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


def _use(c: _Comment, found: list[tuple[int, int]], span: tuple[int, int]) -> None:
    found.append(span)
    c.known[span[0] : span[1]] = bytes([USED]) * (span[1] - span[0])


# --- places and organisations ------------------------------------------------------------------------------


def _protect_places(c: _Comment) -> None:
    n, bits, keys = c.n, c.bits, c.keys
    special = [i for i in c.signs if bits[i] & PLACE_SIGN]
    heads = [i for i in special if bits[i] & HEAD and (c.cap[i] or not c.is_cased)]
    for i in heads:
        is_head = i < n - 1 and f"{keys[i]} {keys[i + 1]}" in _PHRASE_SIZES
        if (is_head or keys[i] in lexicon.SINGLE_PLACES) and (size := _phrase_size(c, i)):
            phrase = " ".join(c.keys[i : i + size])
            mark = FAMOUS if phrase in lexicon.FAMOUS_NAMES and phrase not in lexicon.PLACES else PLACE
            c.known[i : i + size] = bytes([mark]) * size
    for i in special:
        if bits[i] & CUE or (bits[i] & CUE_TAIL and i and c.glued[i] and f"{keys[i - 1]} {keys[i]}" in _CUE_PAIRS):
            _protect_after_cue(c, i)
        elif (
            bits[i] & LOCATIVE and i + 1 < n and c.glued[i + 1] and c.cap[i + 1] and keys[i + 1] not in _ENGLISH_TITLES
        ):
            if c.cap[i] and bits[i] & SURNAME and (keys[i + 1] in lexicon.SURE_MIDDLES or not c.starts_sentence(i)):
                continue  # 'do Từ Kiều Tân', 'Từ Văn Nhung'
            if c.cap[i] and bits[i] & SURNAME and _capital_run(c, i) == i + 3 and _is_name_after_surname(c, i):
                continue  # 'Từ Lệ Tuấn'
            end = _capital_run(c, i + 1)
            thanks = c.folded[i - 1] in ("on", "loi", "khen", "gui") if i else False  # 'gửi lời cảm ơn tới ...'
            if end == i + 4 and c.folded[i] in ("tu", "sang", "den", "toi", "ve") and _is_name_by_parts(c, i + 1):
                continue  # 'chuyển từ La Thiện Danh sang ...'
            is_staff = end in c.roles and "(" in c.gaps[end]  # 'về Sơn Khôi (lái xe cơ quan)'
            is_street = keys[i] in lexicon.BEFORE_STREETS  # 'cạnh Nguyễn Thiện Thuật'
            if end - i > 2 and not thanks and not is_staff and (is_street or not _looks_full(c, i + 1, end)):
                c.known[i + 1 : end] = bytes([PLACE]) * (end - i - 1)
    if PLACE not in c.known:
        return
    for i in range(1, n):  # 'ở Mai Châu, Đà Bắc và Tân Lạc': the neighbours in a list are places too
        if c.known[i - 1] == PLACE and not c.known[i]:
            start = i + 1 if c.keys[i] in ("và", "va", "hay", "hoặc", "với", "đến", "sang", "qua") else i
            if start < n and c.cap[start] and (start > i or c.gaps[i] in (", ", " - ", "-", "/", " – ", ",")):
                end = _capital_run(c, start)
                if end - start == 2 and not _looks_full(c, start, end) and not c.bits[start] & TITLE:
                    c.known[start:end] = bytes([PLACE]) * (end - start)


def _is_name_by_parts(c: _Comment, i: int) -> bool:
    """Whether three syllables are surname, middle and given name and none begins places: 'La Thiện Danh'."""
    return bool(c.bits[i] & SURNAME) and not c.known[i] and _is_name_after_surname(c, i)


def _is_name_after_surname(c: _Comment, i: int) -> bool:
    middle, given = c.bits[i + 1], c.bits[i + 2]
    is_place = given & PLACELIKE or (c.bits[i] & PLACELIKE and middle & PLACELIKE)
    return bool(middle & MIDDLE and given & GIVEN) and not is_place and not any(c.known[i + 1 : i + 3])


def _phrase_size(c: _Comment, i: int) -> int:
    sizes = _PHRASE_SIZES.get(f"{c.keys[i]} {c.keys[i + 1]}", ()) if i + 1 < c.n else ()
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
            if phrase in _PHRASES or (phrase.isascii() and phrase in _FOLDED_PHRASES):
                return size
    if c.is_cased and c.cap[i] and c.keys[i] in lexicon.SINGLE_PLACES and not c.starts_sentence(i):
        return int(not c.glued[i] or c.bits[i - 1] & (LOCATIVE | CUE) > 0)
    return 0


def _is_titled_person(c: _Comment, i: int) -> bool:
    """Whether a title and a given name that are a place too are a person: 'Bà Điểm nói', not 'Kho bạc Anh Sơn'."""
    if not c.starts_sentence(i):
        return i > 0 and c.glued[i] and bool(c.bits[i - 1] & INTRODUCER) and not c.bits[i - 1] & (LOCATIVE | CUE)
    return i + 2 < c.n and c.glued[i + 2] and not c.cap[i + 2] and bool(c.bits[i + 2] & (FOLLOWER | CALL))


def _follows_surname(c: _Comment, i: int) -> bool:
    """Whether a surname with its capital stands before syllable i, inside a sentence."""
    is_surname = i > 1 and c.cap[i - 1] and c.glued[i] and c.bits[i - 1] & SURNAME and not c.starts_sentence(i - 1)
    return bool(is_surname) and not c.bits[i - 1] & (LOCATIVE | CUE)


def _acts_after(c: _Comment, start: int, end: int) -> bool:
    """Whether a verb follows what 'do', 'nhờ', 'gặp', 'khen' stands before, or it is thanked: no place or street is."""
    if _ends_pair(c, start) or (start and c.glued[start] and c.keys[start - 1] in ("phục", "khen")):
        return True
    if start and c.glued[start] and c.keys[start - 1] in ("của", "cua") and end - start > 2 and c.ends_clause(end):
        return True  # 'cách giải thích của Hoàng Văn Thái'
    is_agent = start > 0 and c.glued[start] and c.keys[start - 1] in ("do", "nhờ", "gặp", "khen", "giữa")
    return is_agent and end < c.n and c.glued[end] and not c.cap[end] and bool(c.bits[end] & FOLLOWER)


def _is_person_after_all(c: _Comment, i: int) -> bool:
    """Whether a place of two syllables goes on as a name of three or four: 'Ninh Kiều Quỳnh', 'Hà Trung Lịch'."""
    end = _capital_run(c, i)
    if end == i + 3 and i and c.bits[i - 1] & NAMING and c.bits[end - 1] & GIVEN:
        return True  # 'là Ứng Hoà Thuận'
    if end not in (i + 3, i + 4) or (i and c.glued[i] and c.bits[i - 1] & (LOCATIVE | CUE)):
        return False
    is_person = not c.bits[end - 1] & PLACELIKE or (end < c.n and "(" in c.gaps[end] and end in c.roles)
    return bool(c.bits[end - 1] & GIVEN) and is_person and not c.is_compound(end - 1)


def _protect_after_cue(c: _Comment, i: int) -> None:
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
        end = _capital_run(c, j + 1)  # 'chùa Bà Thiên Hậu', 'cù lao Ông Chưởng'
        c.known[j:end] = bytes([PLACE]) * (end - j)
        return
    if j >= n or not c.glued[j] or c.bits[j] & TITLE or (c.bits[j] & FUNCTION and not c.cap[j]):
        return
    if c.is_cased:
        end = _capital_run(c, j)
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
        is_full = end - j >= 3 and c.bits[j] & STRONG and c.keys[j + 1] in _OF_WOMEN_AND_MEN
        if c.bits[j] & STRONG and c.folded[i] in lexicon.NAMED_AFTER_PERSONS:
            third = j + 2 < n and c.glued[j + 1] and c.glued[j + 2] and not c.bits[j + 2] & (FUNCTION | FOLLOWER)
            end, is_full = max(end, j + 3 if third else 0), 0  # 'trường thcs phan sào nam'
        if not is_full:
            c.known[j:end] = bytes([PLACE]) * (end - j)


def _is_place_of_work(c: _Comment, cue: int, start: int, end: int) -> bool:
    """Whether a role stands before the kind of place at `cue` and a full name follows that is hardly the place's.

    'Cán bộ kho bạc Nông Quảng Vạn', 'Giáo viên mầm non Lò Thị Ban', but not 'Kế toán trường Lê Thanh Hiền'.
    """
    role = cue - 1
    while role > 0 and c.glued[role + 1] and role not in c.roles and cue - role < 6:
        is_kind = c.bits[role] & (CUE | CUE_TAIL) or f"{c.keys[role]} {c.keys[role + 1]}" in _CUE_PAIRS
        if not (is_kind or role - 1 in c.roles or c.keys[role] in lexicon.ROLE_TAILS):
            return False
        role -= 1
    is_school = not {"trường", "truong"}.isdisjoint(c.keys[role + 2 : start]) and c.keys[start + 1 : start + 2] != [
        "thị"
    ]
    return role in c.roles and end - start >= 3 and FAMOUS not in c.known[start:end] and not is_school


def _is_person_of(c: _Comment, start: int, end: int) -> bool:
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
        is_foreign = first & MINORITY and not _could_be_vietnamese(c.folded[start + 1])
        is_minority = first & MINORITY and not (first | c.bits[end - 1]) & PLACELIKE
        return _looks_full(c, start, end) or bool((first & SURNAME and middle) or is_foreign or is_minority)
    return any("'" in c.folded[k] or not _could_be_vietnamese(c.folded[k]) for k in range(start, end))


def _capital_run(c: _Comment, i: int) -> int:
    """End of the run of capitalised syllables that starts at i; titles and words of offices end it."""
    if i in c.runs:
        return c.runs[i]
    end, stop = i, min(c.n, i + _LONGEST)
    while end < stop and c.cap[end] and (end == i or c.glued[end]):
        if (
            (c.keys[end] in lexicon.STOPS_IN_RUNS and not _ends_name(c, end))
            or end in c.roles
            or (_ROMAN.fullmatch(c.words[end]) and not c.words[max(0, end - 1)].isupper())
        ):
            break
        is_title = end > i and c.bits[end] & TITLE and end + 1 < c.n and c.cap[end + 1] and c.glued[end + 1]
        if is_title and (c.keys[end] not in ("anh", "chi") or not c.bits[i] & SURNAME):  # 'Lý Anh Hoàn' is one name
            break
        end += 1
    c.runs[i] = end
    return end


def _ends_name(c: _Comment, i: int) -> bool:
    """Whether a word that else stops a run of capitals is a given name: 'Lê Văn Trường', not 'Lan Trường Tiểu học'."""
    if c.keys[i] not in lexicon.STOPS_AND_GIVENS:
        return False
    return i + 1 >= c.n or not c.glued[i + 1] or c.keys[i + 1] not in lexicon.AFTER_STOPS


def _looks_full(c: _Comment, start: int, end: int) -> bool:
    """Whether syllables look like surname, middle and given name rather than a place."""
    first, size = c.bits[start], end - start
    if size >= 3 and c.keys[start + 1] in ("thị", "văn", "thi", "van") and (first & SURNAME or c.is_cased):
        return True
    return bool(first & STRONG and size >= 3)


# --- the rules ---------------------------------------------------------------------------------------------
# Each takes a comment and a syllable, and gives the syllables of a name found there, or None.


def _by_minority_form(c: _Comment, i: int) -> tuple[int, int] | None:
    key, n = c.folded[i], c.n
    if c.known[i]:
        return None
    if c.words[i] == "A" and i + 1 < n and c.glued[i + 1] and c.cap[i + 1]:  # 'A Lăng Đợi', 'A Tủa Blong'
        is_name = c.folded[i + 1] in lexicon.AFTER_A or not _could_be_vietnamese(c.folded[i + 1])
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
        return i, _capital_run(c, i)  # 'Pi Năng Xuân Thiệt'
    is_sure = key in lexicon.FOLDED_SURE_MINORITY and c.cap[i] and c.cap[i + 1]
    if is_sure and (key != "nay" or not _could_be_vietnamese(c.folded[i + 1])):
        return i, _capital_run(c, i)
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
        end = _capital_run(c, i)
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


def _extend_minority(c: _Comment, i: int) -> int:
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


_LABEL_GAP = re.compile(r"[ \t]{0,3}[:：][ \t]{0,3}|[ \t]{0,2}[=][ \t]{0,2}")


def _by_label(c: _Comment, i: int) -> tuple[int, int] | None:
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
    if c.is_compound(i) and (not is_named or f"{c.keys[i]} {c.keys[i + 1]}" in _CUE_PAIRS):
        return None
    end = max(_capital_run(c, i), i + 1)  # 'VI KIỀU NGỌC': a surname that is a Roman number
    if end == i + 1 and end < c.n and c.glued[end] and c.cap[end]:
        end = max(end, _capital_run(c, end))
    return (i, end) if end - i > 1 or c.bits[i] & GIVEN else None


def _by_title(c: _Comment, i: int) -> tuple[int, int] | None:
    """The name after a title or role at i."""
    bits, n = c.bits[i], c.n
    if c.is_compound(i - 1) and i - 1 not in c.roles and not c.is_folded:  # 'công cụ Vẽ', 'trợ lý Hàm'
        are_titles = c.bits[i] & TITLE and c.bits[i - 1] & TITLE and i < c.n - 1 and c.cap[i + 1]
        if not (are_titles and c.bits[i + 1] & GIVEN):  # 'anh chị Út, Chinh'
            return None
    role_end = 0 if bits & ANY_TITLE and i not in c.roles else _role_end(c, i)
    if not role_end and not bits & ANY_TITLE:
        return None
    j = role_end or i + 1
    if j >= n or not (
        c.glued[j] or (not role_end and (c.gaps[j] in (". ", ".", ": ", ":") or (c.gaps[j] == ") " and bits & TITLE)))
    ):
        return None
    if c.cap[j] and len(c.keys[i]) == 1 and c.keys[j] in ("khoản", "điều", "mục", "chương"):  # 'điểm c Khoản 1'
        return None
    if not role_end and (after_role := _role_end(c, j)) and c.glued[j]:
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


def _is_child_of_place_name(c: _Comment, i: int) -> bool:
    """Whether 'cháu', 'em', 'bé' at i comes before a place whose syllables are all those of names: 'Cháu Phú Quý'."""
    end = _capital_run(c, i + 1)
    rest = c.bits[i + 1 : end]
    return c.keys[i] in lexicon.YOUNG and end == i + 3 and all(bit & NAMELIKE for bit in rest) and bool(rest[1] & GIVEN)


def _role_end(c: _Comment, i: int) -> int:
    """Where a role that starts at i ends ('giao dịch viên quầy' -> 4 syllables on), or 0."""
    j = i
    while j in c.roles and (j == i or c.glued[j]):
        j += 2
        while j < c.n and c.glued[j] and c.keys[j] in lexicon.ROLE_TAILS and not (c.cap[j] and c.bits[j] & GIVEN):
            j += 1
    return j if j > i else 0


def _capital_name_after_title(c: _Comment, i: int, j: int, *, is_title: bool) -> tuple[int, int] | None:
    bits, key = c.bits[j], c.keys[j]
    is_name = bits & NAMELIKE or (key.isascii() and _FOLDED.get(key, 0) & NAMELIKE)
    is_alone = j + 1 >= c.n or not c.cap[j + 1]  # 'Ông Kính chẳng nói', 'Anh Đề thì rành máy'
    is_stop = (
        c.keys[j] in lexicon.STOPS_IN_RUNS and not (is_title and is_alone and bits & GIVEN) and not _ends_name(c, j)
    )
    if (bits & NO_NAME and not bits & GIVEN) or is_stop:
        return None
    if j in c.roles or (c.opens_word(j) and not c.cap[j + 1] and not (is_title and bits & GIVEN)):
        return None
    if not is_title and not is_name and is_alone and not c.known[j] and not c.words[j].isupper():
        is_kind = bits & (CUE | MONOSYLLABLE | LOCATIVE) or c.keys[j] in lexicon.KINDS_OF_STAFF
        is_said = c.ends_clause(j + 1) or c.bits[j + 1] & FOLLOWER
        return (j, j + 1) if is_said and not is_kind and _could_be_vietnamese(c.folded[j]) else None  # 'thủ quỹ Gái'
    if not is_title and not is_name:
        end = _capital_run(c, j)  # 'Trưởng bản Chẻo Láo San'
        return (j, end) if end == j + 3 and c.folded[j + 1] in lexicon.MINORITY_MIDDLES and not c.known[j] else None
    is_ambiguous = c.is_folded and c.keys[i] in lexicon.AMBIGUOUS_FOLDED_TITLES and (c.cap[i] or not bits & GIVEN)
    if is_ambiguous and key not in lexicon.FOLDED_SURE_GIVENS:
        after = j + 1
        if not bits & SURNAME and not c.ends_clause(after) and not c.cap[after] and not c.bits[after] & FOLLOWER:
            return None
    if bits & TITLE and j + 1 < c.n and c.cap[j + 1] and c.glued[j + 1] and not bits & GIVEN:
        return None
    if not is_name and ((c.words[j].isupper() and len(key) > 1) or not _could_be_vietnamese(c.folded[j])):
        return None
    end = max(_capital_run(c, j), j + 1)
    if (
        end < c.n - 1
        and c.glued[end]
        and c.keys[end] in ("thị", "văn", "thi", "van")
        and c.cap[end + 1]
        and c.bits[j] & SURNAME
    ):
        end = _capital_run(c, end + 1)
    return j, end


def _could_be_vietnamese(syllable: str) -> bool:
    return SYLLABLE.fullmatch(syllable) is not None


def _acts(c: _Comment, i: int) -> bool:
    """Whether two words from syllable i on say what only persons do: 'lam viec', 'tra ho so', 'rat nhiet tinh'."""
    if i < c.n and c.glued[i] and c.bits[i] & CALL:
        return True
    return i + 1 < c.n and c.glued[i + 1] and f"{c.folded[i]} {c.folded[i + 1]}" in lexicon.PERSONAL_PHRASES


def _by_surname(c: _Comment, i: int) -> tuple[int, int] | None:
    """Surname, middle names and given name."""
    if not c.cap[i]:
        return None
    key, bits = c.keys[i], c.bits[i]
    if not bits & SURNAME and key.isascii() and not c.is_folded:  # 'Nguyen Thi Lan' among diacritics
        run = c.keys[i : _capital_run(c, i)]
        if all(map(str.isascii, run)) and (
            _FOLDED.get(key, 0) & STRONG or (len(run) > 2 and run[1] in lexicon.TYPICAL_MIDDLES)
        ):
            bits |= _FOLDED.get(key, 0) & (SURNAME | STRONG)
    if not bits & SURNAME and c.keys[i + 1 : i + 2] == ["thị"] and _capital_run(c, i) >= i + 3:
        bits |= SURNAME  # a rare one: 'Cụt Thị Phanh', 'Ông Thị Bích Quế'
    is_inside = i and c.glued[i] and not c.cap[i - 1]
    is_whole = is_inside and _capital_run(c, i) in (i + 3, i + 4) and not any(map(c.is_compound, range(i, i + 3)))
    if is_whole and _is_name_after_surname(c, _capital_run(c, i) - 3) and c.bits[i + 1] & MIDDLE:
        bits |= SURNAME  # 'của Cung Như Thìn'
    if not bits and c.keys[i + 2 : i + 3] in (["thị"], ["văn"]) and _capital_run(c, i) == i + 4:
        bits |= SURNAME  # 'Zơ Râm Văn Nới'
    if not bits & SURNAME or c.known[i] in (PLACE, FAMOUS):
        return None
    return _capital_full_name(c, i, bits)


def _capital_full_name(c: _Comment, i: int, bits: int) -> tuple[int, int] | None:
    end = _capital_run(c, i)
    if end == i + 1 and end + 1 < c.n and c.keys[end] in ("thị", "văn", "thi", "van") and c.cap[end + 1]:
        end = _capital_run(c, end + 1)
    if bits & (LOCATIVE | FUNCTION):  # 'Từ Cao Lộc': a word before a place
        end = next((k for k in range(i, end) if c.known[k] == PLACE), end)
    if bits & STRONG and c.words[i].isupper() and len(c.words[i]) > 1:  # 'MỜI KHÁCH TRẦN THỊ QUÝ VÀO QUẦY'
        end = next((k for k in range(i + 2, end) if c.bits[k] and not c.bits[k] & NAMELIKE), end)
    size = end - i
    if size < 2 or (i and c.cap[i - 1] and c.glued[i] and c.keys[i - 1] in lexicon.STOPS_IN_RUNS and not bits & STRONG):
        return None
    rest = range(i + 1, end)
    n_names = sum(
        bool(c.bits[k] & NAMELIKE or (c.keys[k].isascii() and _FOLDED.get(c.keys[k], 0) & NAMELIKE)) for k in rest
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
        if _follows_thing(c, i) or (c.keys[i] == "đoàn" and c.opens_word(end - 1)):  # 'Đoàn Đại biểu'
            return None
        if bits & STRONG:
            is_name = n_names or not _could_be_vietnamese(c.folded[i + 1])
            return (i, end) if is_name and not c.is_compound(i) else None
        if second & GIVEN and not c.known[i + 1] and not c.is_compound(i) and _is_introduced(c, i, surely=True):
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


def _is_introduced(c: _Comment, i: int, *, surely: bool = False) -> bool:
    """Whether the word before syllable i is one that persons come after: thanks, a title, a role, 'gặp', 'tên là'."""
    if i and ":" in c.gaps[i]:
        return c.folded[i - 1] in lexicon.NAME_LABELS or " ".join(c.folded[max(0, i - 2) : i]) in lexicon.NAME_LABELS
    if i == 0 or not c.glued[i]:
        return False
    if c.bits[i - 1] & (TITLE if surely else TITLE | WEAK_TITLE | INTRODUCER) and not c.is_compound(i - 1):
        return i < 2 or f"{c.keys[i - 2]} {c.keys[i - 1]}" not in _CUE_PAIRS  # 'kho bac'
    if i > 1 and c.folded[i - 1] in ("toi", "den") and c.folded[i - 2] in ("on", "loi", "khen"):
        return True
    if c.keys[i - 1] in lexicon.SURE_INTRODUCERS or c.keys[i - 1] in ("tên", "ten"):
        return True
    return _ends_pair(c, i) or i - 2 in c.roles or i - 3 in c.roles


def _ends_pair(c: _Comment, i: int) -> bool:
    """Whether two words that persons come after stand before syllable i: 'cảm ơn', 'liên hệ'."""
    return i > 1 and c.glued[i] and f"{c.folded[i - 2]} {c.folded[i - 1]}" in lexicon.INTRODUCER_PAIRS


def _follows_thing(c: _Comment, i: int) -> bool:
    """Whether the word before syllable i is a thing that has a name: 'xe Hoàng Long', 'nhà thầu Bảo An'."""
    return i > 0 and c.glued[i] and c.keys[i - 1] in lexicon.THINGS


def _by_role_after(c: _Comment, i: int) -> tuple[int, int] | None:
    """'Cẩm Hợi (thủ quỹ)', 'Hợi - kế toán', 'Oanh ơi'."""
    bits, n = c.bits[i], c.n
    if not c.cap[i]:
        return None
    if not c.known[i] and not (i and c.cap[i - 1] and c.glued[i]):
        end = _capital_run(c, i)
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
    end = _capital_run(c, i)
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


def _by_capitals(c: _Comment, i: int) -> tuple[int, int] | None:
    """Syllables of names with capitals inside a sentence: nothing but a name or a place has them."""
    if not c.cap[i] or c.known[i] or not c.is_cased:
        return None
    bits, n, key = c.bits[i], c.n, c.keys[i]
    if i and c.cap[i - 1] and c.glued[i] and c.bits[i - 1] & NAMELIKE and not c.known[i - 1]:
        return None
    end = _capital_run(c, i)
    if not bits & NAMELIKE:  # 'nhờ Hôih Năm', 'của Chamalé Thiên Tuôi'
        is_title_case = not any(word.isupper() for word in c.words[i:end])
        is_name = end - i in (2, 3) and is_title_case and c.bits[end - 1] & GIVEN and not any(c.known[i:end])
        return (i, end) if is_name and _is_introduced(c, i) and not c.is_compound(end - 1) else None
    is_met = c.ends_clause(end) and bits & GIVEN and i > 0 and c.glued[i] and c.keys[i - 1] in ("gặp", "gap")
    if (
        is_met
        and end - i == 1
        and (not bits & MONOSYLLABLE or key in ("nga", "anh", "đức", "hoa", "mỹ", "quý", "thái"))
    ):
        return i, end
    is_told = _is_introduced(c, i) or c.bits[min(end, n - 1)] & FOLLOWER or _is_signature(c, i, end)
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
    is_word = any(map(c.is_compound, range(i, end - 1))) and not is_acting and not _is_introduced(c, i)
    if is_word or c.opens_word(end - 1) or (i and c.glued[i] and c.bits[i - 1] & (LOCATIVE | CUE)):
        return None
    previous = c.bits[i - 1] if i and c.glued[i] else 0
    introduced = bool(previous & INTRODUCER) or _ends_pair(c, i)
    followed = (end < n and c.glued[end] and c.bits[end] & FOLLOWER) or (size > 1 and _is_signature(c, i, end))
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
        if (
            in_list
            and not opens
            and bits & GIVEN
            and _capital_run(c, end) == end + 1
            and not c.bits[end] & MONOSYLLABLE
        ):
            is_place = {key, c.keys[end]} & lexicon.SINGLE_PLACES or {key, c.keys[end]} <= lexicon.ZODIAC
            return None if is_place or c.known[end] else (i, end)  # 'ba người Bình, Tiến, Thảo'
        if bits & WORD or c.words[i].isupper():
            is_met = c.keys[i - 1] in lexicon.SURE_INTRODUCERS or c.keys[i - 1] in ("của", "cua", "tên", "ten")
            sure = followed or (c.ends_clause(end) and (is_met or _ends_pair(c, i)))
            return (i, end) if introduced and bits & GIVEN and not opens and sure else None
        if opens:
            return (i, end) if followed and c.folded[end] in lexicon.PERSONAL_VERBS else None
        return (i, end) if introduced or followed or c.ends_clause(end) else None
    if size > 3:
        return None
    is_brand = size == 2 and _follows_thing(c, i)
    is_office = opens and c.keys[i] in lexicon.STOPS_IN_RUNS and not _ends_name(c, i)  # 'Viện Dưỡng lão'
    is_office = is_office or (opens and size == 3 and c.keys[i] in ("đình", "lăng"))  # 'Đình Tân Lân'
    if is_brand or is_office or (bits & PLACELIKE and not (introduced or followed)):
        return None
    return (i, end) if nonwords or introduced or followed or not opens else None


def _is_signature(c: _Comment, start: int, end: int) -> bool:
    """Whether the syllables are a line by themselves, but for a number or address that is masked already."""
    begins = start == 0 or "\n" in c.gaps[start]
    return (
        begins
        and start > 0
        and (end == c.n or "\n" in c.gaps[end] or "\0" in c.text[c.ends[end - 1] : c.ends[end - 1] + 4])
    )


# --- names without capitals, weighed ------------------------------------------------------------------------


def _weigh(c: _Comment) -> dict[int, int]:
    """Where names without capitals start and end: the best rows of syllables, if enough speaks for them.

    In a comment that has capitals, only after titles and from surnames on that are no word: 'Cảm ơn chị lan'.
    """
    starts: Iterable[int] = range(c.n)
    weights, needed = (FOLDED_WEIGHTS, _FOLDED_NEEDED) if c.is_folded else (WEIGHTS, _NEEDED)
    if c.is_cased and c.is_weighed:
        needed += _MORE_AFTER_OPENING
    if not c.is_weighed:
        titles = [i for i in c.signs if c.bits[i] & TITLE and i + 1 < c.n]
        starts = [i + 1 for i in titles if not c.cap[i + 1] and not c.is_compound(i) and not c.words[i][1:].isupper()]
        starts += [i for i in c.signs if c.bits[i] & STRONG and not c.cap[i] and not c.is_folded]
        needed += _MORE_AMONG_CAPITALS
        if not starts:
            return {}
    found = []
    for start, end in _rows_of_syllables(c, starts):
        weight = sum(weights.get(sign, 0) for sign in _signs(c, start, end))
        if weight >= needed:
            found.append((-weight - _LONGER * (end - start), start, end))
    best: dict[int, int] = {}
    taken: set[int] = set()
    for _, start, end in sorted(found):
        row = range(start, end)
        if taken.isdisjoint(row):
            best[start] = end
            taken.update(row)
    return best


def _rows_of_syllables(c: _Comment, starts: Iterable[int]) -> Iterator[tuple[int, int]]:
    """One to four syllables that could be a name."""
    for start in starts:
        first = c.bits[start]
        if (first and not first & NAMELIKE) or c.known[start] == USED or _is_second_half(c, start):
            continue
        for end in range(start + 1, min(c.n, start + 4) + 1):
            last = c.bits[end - 1]
            if c.known[end - 1] == USED or end - 1 in c.roles or (end - start > 1 and not c.glued[end - 1]):
                break
            is_titled = start and c.bits[start - 1] & TITLE and not c.is_folded
            is_acting = last & FUNCTION and _acts(c, end)  # 'co nhung o quay so 1', 'anh bảo ơi'
            ends_name = last & GIVEN and (end - start > 1 or is_titled or is_acting or not last & FUNCTION)
            if end - start == 3 and first & STRONG and c.keys[start + 1] in _OF_WOMEN_AND_MEN:
                ends_name = not last & FUNCTION or ends_name  # 'nguyễn văn khá'
            is_place = PLACE == c.known[start] == c.known[end - 1] or (c.known[start] and _is_street(c, start))
            if end - start == 1 and start and f"{c.keys[start - 1]} {c.keys[start]}" in lexicon.KINDS_OF_PERSONS:
                continue
            is_word = end - start == 2 and c.is_compound(start) and not _is_introduced(c, start)
            if (ends_name or (end - start > 1 and not last and len(c.keys[end - 1]) > 1)) and not (is_place or is_word):
                yield start, end


def _is_second_half(c: _Comment, i: int) -> bool:
    """Whether syllable i ends a kind of place or a role: the 'bạc' of 'kho bạc', the 'viên' of 'giao dịch viên'."""
    if not i or not c.glued[i]:
        return False
    if c.keys[i] in ("viên", "vien") and not c.bits[i - 1] & TITLE:
        return True
    if c.bits[i] & CUE_TAIL and f"{c.keys[i - 1]} {c.keys[i]}" in _CUE_PAIRS:
        return True
    return i - 1 in c.roles or (i - 2 in c.roles and c.keys[i] in ("viên", "vien", "trưởng", "truong"))


def _is_street(c: _Comment, i: int) -> bool:
    """Whether a name of history at syllable i comes after a word that places come after."""
    return i > 0 and c.glued[i] and bool(c.bits[i - 1] & (CUE | CUE_TAIL | LOCATIVE))


def _signs(c: _Comment, start: int, end: int) -> Iterator[str]:
    """What speaks for and against a name from `start` to `end`: keys of the tables of weights."""
    first, last, n = c.bits[start], c.bits[end - 1], min(end - start, 3)
    yield f"{n} syllables" if end - start < 4 else "4 syllables"
    is_called = end < c.n and c.bits[end] & CALL
    for bit, name in _LAST_SIGNS:
        if last & bit and not is_called:
            yield f"{n} last {name}"
    if not last:
        yield "last unknown" if _could_be_vietnamese(c.folded[end - 1]) else "last foreign"
    if n > 1:
        if c.keys[start] in lexicon.RANKS and start and c.bits[start - 1] & TITLE:
            yield "rank"  # 'bác tư hiệp'
        if n == 2 and not (first | last) & (WORD | FUNCTION) and first and last:
            yield "2 pure"
        for bit, name in _FIRST_SIGNS:
            if first & bit:
                yield f"{n} first {name}"
        if not first:
            yield f"{n} first unknown"
        for k in range(start + 1, end - 1):
            middle = c.bits[k]
            if c.keys[k] in ("thị", "thi"):
                yield "surname thị" if first & SURNAME and k == start + 1 else "middle thị"
            elif c.keys[k] in lexicon.SURE_MIDDLES:
                yield "middle sure"
            elif c.keys[k] in lexicon.TYPICAL_MIDDLES:
                yield "middle typical"
            elif k == start + 1 and end - start == 4 and middle & SURNAME:
                yield "middle surname"
            else:
                yield "middle" if middle & MIDDLE else "middle given" if middle & GIVEN else "middle unknown"
            if middle & FUNCTION:
                yield "middle function"
        for k in range(start, end - 1):
            if c.is_compound(k):
                yield f"{n} word within"
    if c.is_compound(start - 1):
        yield "word with title" if c.bits[start - 1] & ANY_TITLE else "word before"
    if c.opens_word(end - 1):
        yield "word after"
    if PLACE in c.known[start:end]:
        yield "place first" if c.known[start] == PLACE else "place"
    elif FAMOUS in c.known[start:end]:
        yield "famous"
    if c.is_folded:
        yield f"{n} sure" if c.keys[end - 1] in lexicon.FOLDED_SURE_GIVENS else f"{n} unsure"
    yield from _words(c, start, end)
    before, after = _sign_before(c, start), _sign_after(c, end)
    yield f"{n} {before}"
    yield f"{n} {after}"
    if before in _TITLES:
        yield f"{'doubtful title' if before == 'after doubtful title' else 'title'} {_sign_before(c, start - 1)}"
        if n == 1 and last & NO_NAME:
            yield "kind of person"


def _words(c: _Comment, start: int, end: int) -> Iterator[str]:
    """The words themselves: the first and the last of a row, and up to two on either side."""
    keys, glued = c.keys, c.glued
    yield "last " + keys[end - 1]
    if end - start > 1:
        yield "first " + keys[start]
    if start and glued[start]:
        yield ("one after " if end - start == 1 else "after ") + keys[start - 1]
        if start > 1 and glued[start - 1]:
            yield f"after {keys[start - 2]} {keys[start - 1]}"
    if end < c.n and glued[end]:
        yield "before " + keys[end]
        if end + 1 < c.n and glued[end + 1]:
            yield f"before {keys[end]} {keys[end + 1]}"


def _sign_before(c: _Comment, i: int) -> str:
    if "\0" in c.gaps[i] or (i and c.known[i - 1] == USED):
        return "after name"
    if i and ":" in c.gaps[i]:
        return "after label" if _is_introduced(c, i) else "begins"
    if i == 0 or not c.glued[i]:
        return "begins"
    before, key = c.bits[i - 1], c.keys[i - 1]
    if before & TITLE:
        return "after doubtful title" if c.is_folded and key in lexicon.AMBIGUOUS_FOLDED_TITLES else "after title"
    if before & WEAK_TITLE:
        return "after weak title"
    if i - 2 in c.roles:
        return "after role"
    if key in lexicon.SURE_INTRODUCERS or key in ("tên", "ten") or _ends_pair(c, i):
        return "after meeting"
    if before & CUE:
        return "after cue"
    if before & INTRODUCER:
        return "introduced"
    return (
        "after word" if not before & NAMELIKE else "after namelike word" if before & (WORD | FUNCTION) else "after name"
    )


def _sign_after(c: _Comment, i: int) -> str:
    if i < c.n and ("\0" in c.gaps[i] or c.known[i] == USED):
        return "before name"
    if i < c.n and c.bits[i] & CALL:
        return "called"
    if c.ends_clause(i):
        return "before role" if i in c.roles and "(" in c.gaps[i] else "ends"
    if _acts(c, i):
        return "acts"
    if i in c.roles:
        return "before role"
    if c.is_compound(i):
        return "before compound"
    if c.keys[i] in lexicon.FOLDED_PERSONAL_FOLLOWERS:
        return "followed by person's"
    if c.bits[i] & FOLLOWER:
        return "followed"
    after = c.bits[i]
    return (
        "before word"
        if not after & NAMELIKE
        else "before namelike word"
        if after & (WORD | FUNCTION)
        else "before name"
    )


_TITLES = ("after title", "after doubtful title", "after weak title")
_LAST_SIGNS = ((WORD, "word"), (FUNCTION, "function"), (FOLLOWER, "follower"), (ANY_TITLE, "title"))
_FIRST_SIGNS = (
    (STRONG, "strong"), (SURNAME, "surname"), (MIDDLE, "middle"), (MINORITY, "minority"), (WORD, "word"),
    (FUNCTION, "function"), (ANY_TITLE, "title"), (FOLLOWER, "follower"),
)  # fmt: skip


#: What a row must weigh to be a name: with less, more names are found and more words taken for one.
_NEEDED, _FOLDED_NEEDED = -2.0, -1.5
_MORE_AMONG_CAPITALS = 3.0  # where the comment has capitals, and this would have one
_MORE_AFTER_OPENING = 1.0  # where its only capitals are those of sentences
_LONGER = 2.0  # of rows that overlap, the longer one hides more of a name: this much for each syllable


# --- what a name found tells of the rest --------------------------------------------------------------------


def _follow_list(c: _Comment, found: list[tuple[int, int]], end: int) -> None:
    """'chị Lan, Hoa và Hùng': after a name, further ones joined by a comma or 'và'; also one before it and 'và'."""
    n = c.n
    k = found[-1][0] - 2
    if k >= 0 and c.cap[k] and c.cap[k + 2] and c.keys[k + 1] in _JOINING and c.glued[k + 1] and c.glued[k + 2]:
        is_alone = not (k and c.glued[k] and c.cap[k - 1])
        if is_alone and not c.known[k] and c.bits[k] & GIVEN and not c.bits[k] & (FUNCTION | MONOSYLLABLE):
            _use(c, found, (k, k + 1))
    first = found[-1][0]  # 'ba người Năm, Hoa và Hùng'
    while first > 1 and c.cap[first] and c.cap[first - 1] and c.gaps[first] == ", " and not c.known[first - 1]:
        before = c.bits[first - 1]
        if not c.glued[first - 1] or c.cap[first - 2] or not before & GIVEN or before & (FUNCTION | MONOSYLLABLE):
            break
        first -= 1
        _use(c, found, (first, first + 1))
    if end + 2 < n and c.keys[end] in ("hay", "hoặc", "và") and c.known[end + 1] == c.known[end + 2] == PLACE:
        is_name = c.bits[end + 1] & MIDDLE and c.bits[end + 2] & GIVEN and _capital_run(c, end + 1) == end + 3
        if is_name and c.glued[end] and c.glued[end + 1] and not c.bits[end + 1] & TITLE:  # 'Mỹ Thi hay Xuân Lộc'
            _use(c, found, (end + 1, end + 3))
            end += 3
    while end < n and not c.known[end]:
        joined = c.keys[end] in _JOINING and c.glued[end]
        start = end + 1 if joined else end
        if start >= n or c.known[start] or c.bits[start] & TITLE:
            return
        if not c.cap[start]:
            return
        is_double = start + 1 < n and c.cap[start + 1] and c.glued[start + 1] and c.bits[start + 1] & GIVEN
        if not is_double and (c.bits[start] & FUNCTION or not c.bits[start] & (GIVEN | SURNAME)):
            return
        if not (joined and c.glued[start]) and c.gaps[start] not in (
            ", ",
            "; ",
            " & ",
            " - ",
            "-",
            "/",
            " / ",
            ",",
            " + ",
        ):
            return
        stop = _capital_run(c, start)
        if (not c.bits[start] & GIVEN and stop == start + 1) or (is_double and stop > start + 3):
            return
        if stop == start or (c.is_compound(start) and not c.cap[start + 1]) or start in c.roles:
            return
        _use(c, found, (start, stop))
        end = stop


_ENGLISH_TITLES = ("mr", "mrs", "ms", "miss")
_JOINING = ("và", "va", "với", "voi", "cùng", "hay", "hoặc")
