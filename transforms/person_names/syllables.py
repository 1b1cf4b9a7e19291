"""What is known of each syllable of a comment: which lists it is in, how it is written, what has been found out."""

from __future__ import annotations

import re
from itertools import accumulate, compress, groupby, repeat
from operator import ne

from transforms import name_lexicon as lexicon
from transforms.identifiers import SYLLABLE, Span
from transforms.name_lexicon import fold

# --- the lists as bits of one look-up table per spelling -------------------------------------------------------

(
    SURNAME, STRONG, MIDDLE, GIVEN, MINORITY,  # syllables of names; STRONG surnames are hardly ever another word
    WORD, FUNCTION, MONOSYLLABLE,  # that are words too: anywhere, whatever stands before them, with a capital
    TITLE, WEAK_TITLE, ROLE, SHORT_ROLE, NO_NAME,  # words that names come after, and what is none after them
    INTRODUCER, NAMING, FOLLOWER, CALL,  # words before a name and after it
    CUE, CUE_TAIL, LOCATIVE, HEAD, PLACELIKE,  # kinds of places, words before a place, what places begin with
) = (1 << bit for bit in range(22))  # fmt: skip
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


PHRASES = lexicon.PLACES | lexicon.FAMOUS_NAMES
FOLDED_PHRASES = frozenset(map(fold, PHRASES))
PHRASE_SIZES = {  # of the phrases that begin with two syllables, the longest first
    head: sorted({len(phrase.split()) for phrase in phrases}, reverse=True)
    for head, phrases in groupby(sorted(PHRASES | FOLDED_PHRASES, key=_first_two), key=_first_two)
}
CUE_PAIRS = lexicon.PLACE_CUE_PAIRS | frozenset(map(fold, lexicon.PLACE_CUE_PAIRS))
_ROLES = lexicon.ROLES | lexicon.FOLDED_ROLES
_HEADS = {  # syllables that begin or end a phrase, in either spelling
    HEAD: {phrase.split()[0] for phrase in PHRASES | FOLDED_PHRASES} | lexicon.SINGLE_PLACES,
    CUE_TAIL: {pair.split()[1] for pair in CUE_PAIRS},
    ROLE: {role.split()[0] for role in _ROLES},
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


_ACCENTED, FOLDED = _table(folded=False), _table(folded=True)
OF_WOMEN_AND_MEN = ("thị", "văn", "thi", "van")

# --- a comment -----------------------------------------------------------------------------------------------

PLAIN, PLACE, FAMOUS, USED = range(4)  # what is known of a syllable
#: The first syllable of a name and the one after its last, or None where there is none.
Row = tuple[int, int] | None
#: Where syllables start and end, what stands before each, and each folded, as written, and in lower case.
_Syllables = tuple[list[int], list[int], list[str], list[str], list[str], list[str]]
_SYLLABLE = re.compile(r"([a-z]+(?:'[a-z]+)*)")  # of folded text


class Comment:
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
        table = FOLDED if self.is_folded else _ACCENTED
        self.bits = bits = list(map(table.get, self.keys, repeat(0)))
        self.cap = capitals = list(map(ne, self.words, self.keys))
        n_capitals = sum(capitals)
        self.is_cased = n_capitals > 0 and not self._has_too_many(n_capitals)
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
        self.signs = signs = [i for i, bit in enumerate(bits) if bit & SIGN]
        heads = [i for i in signs if bits[i] & ROLE and i + 1 < n and glued[i + 1]]
        self.roles = {i for i in heads if f"{self.keys[i]} {self.keys[i + 1]}" in _ROLES}
        self.known = bytearray(n)
        self.runs: dict[int, int] = {}  # of capitals, as far as asked for

    def _has_too_many(self, n_capitals: int) -> bool:
        """Whether so much is in capitals that they tell nothing: all, or most of what is no name in a list of names."""
        if n_capitals > 2 and self.text.isupper():
            return True
        if self.n < 5 or n_capitals <= 0.8 * self.n:
            return False
        others = [capital for capital, bit in zip(self.cap, self.bits, strict=True) if not bit & NAMELIKE]
        enough = 4 if n_capitals < self.n else 2
        return len(others) >= enough and sum(others) > 0.8 * len(others)

    @classmethod
    def read(cls, text: str, plain: str, taken: list[Span]) -> Comment:
        """Look up each syllable of a text.

        Args:
            plain: the text folded, character for character.
            taken: what is masked already.
        """
        for span in taken:  # it separates, and is no name
            text, plain = blank(text, span.start, span.end), blank(plain, span.start, span.end)
        pieces = _SYLLABLE.split(plain)
        bounds = list(accumulate(map(len, pieces)))
        starts, ends = bounds[:-1:2], bounds[1::2]
        words = [text[start:end] for start, end in zip(starts, ends, strict=True)]
        return cls(text, plain, (starts, ends, pieces[:-1:2], pieces[1::2], words, list(map(str.lower, words))))

    def without(self, names: list[Span]) -> Comment:
        """The comment as it is read again, with the names found masked."""
        text, plain = self.text, self.plain
        for name in names:
            text, plain = blank(text, name.start, name.end), blank(plain, name.start, name.end)
        left = [known != USED for known in self.known]
        starts, ends = list(compress(self.starts, left)), list(compress(self.ends, left))
        gaps = [plain[end:start] for end, start in zip([0, *ends], starts, strict=False)]
        folded, words, keys = (list(compress(row, left)) for row in (self.folded, self.words, self.keys))
        rest = Comment(text, plain, (starts, ends, gaps, folded, words, keys))
        rest.is_weighed &= self.is_weighed
        return rest

    def bits_before(self, i: int) -> int:
        """What the lists say of the word before syllable i; nothing at the beginning and after a mark."""
        return self.bits[i - 1] if i and self.glued[i] else 0

    def bits_after(self, end: int) -> int:
        """What they say of the word after the row of syllables that ends at `end`."""
        return self.bits[end] if end < self.n and self.glued[end] else 0

    def word_before(self, i: int) -> str:
        return self.keys[i - 1] if i and self.glued[i] else ""

    def has_capital_before(self, i: int) -> bool:
        return i > 0 and self.cap[i - 1] and self.glued[i]

    def has_capital_after(self, end: int) -> bool:
        return end < self.n and self.cap[end] and self.glued[end]

    def mark(self, start: int, end: int, what: int) -> None:
        """Note what the syllables from `start` to `end` are: PLACE, FAMOUS or USED."""
        self.known[start:end] = bytes([what]) * (end - start)

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


def could_be_vietnamese(syllable: str) -> bool:
    return SYLLABLE.fullmatch(syllable) is not None


# --- rows of capitals ----------------------------------------------------------------------------------------

_ROMAN = re.compile(r"[IVX]{2,6}|V|X")
_LONGEST = 5


def capital_run(c: Comment, i: int) -> int:
    """End of the run of capitalised syllables that starts at i; titles and words of offices end it."""
    if i not in c.runs:
        end, stop = i, min(c.n, i + _LONGEST)
        while end < stop and c.cap[end] and (end == i or c.glued[end]) and not _ends_run(c, i, end):
            end += 1
        c.runs[i] = end
    return c.runs[i]


def _ends_run(c: Comment, start: int, i: int) -> bool:
    key = c.keys[i]
    is_surname = i == start and c.bits[i] & MINORITY  # 'Và Bá Dênh'
    if i in c.roles or (key in lexicon.STOPS_IN_RUNS and not is_surname and not ends_name(c, i)):
        return True
    if _ROMAN.fullmatch(c.words[i]) and not c.words[max(0, i - 1)].isupper():
        return True
    if i > start and c.bits[i] & TITLE and c.has_capital_after(i + 1):
        return key not in ("anh", "chi") or not c.bits[start] & SURNAME  # 'Lý Anh Hoàn' is one name
    return False


def ends_name(c: Comment, i: int) -> bool:
    """Whether a word that else stops a run of capitals is a given name: 'Lê Văn Trường', not 'Lan Trường Tiểu học'."""
    if c.keys[i] not in lexicon.STOPS_AND_GIVENS:
        return False
    return i + 1 >= c.n or not c.glued[i + 1] or c.keys[i + 1] not in lexicon.AFTER_STOPS
