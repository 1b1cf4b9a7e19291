"""Themes and polarity of comments, by a lexicon that is data of the survey (surveys/themes.py).

No model is trained and nothing is learnt: each code given to a comment follows from terms that anyone can find in
`themes.yaml`. docs/themes.md has the rules in words and how often they agree with a human coder.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import polars as pl

from surveys.themes import Lexicon

CODED = pl.Struct({"themes": pl.List(pl.String), "polarity": pl.String})
"""What the coder gives each comment."""


def themes_of(comments: pl.LazyFrame, text_column: str, lexicon: Lexicon | None) -> pl.LazyFrame:
    """Add `themes` (sorted list of codes, never empty) and `polarity` (positive, negative, neutral, mixed).

    Without a lexicon no comment has a theme and every one is neutral.
    """
    if lexicon is None:
        return comments.with_columns(
            pl.lit([], dtype=pl.List(pl.String)).alias("themes"), pl.lit("neutral").alias("polarity")
        )
    coder = Coder(lexicon)

    def code(texts: pl.Series) -> pl.Series:
        coded = [coder.code(text) for text in texts]
        return pl.DataFrame(coded, schema=CODED.to_schema(), orient="row").to_struct()

    coded = pl.col(text_column).fill_null("").map_batches(code, return_dtype=CODED, is_elementwise=True)
    return comments.with_columns(coded.alias("_coded")).unnest("_coded")


@dataclass(slots=True)
class Entry:
    """What the lexicon says of one term: it tells a theme or judges (`is_told`), or acts on other terms (`roles`)."""

    themes: set[str] = field(default_factory=set)
    only_positive: set[str] = field(default_factory=set)
    valence: int = 0
    is_told: bool = False
    roles: set[str] = field(default_factory=set)
    stops_denial: bool = False

    def add(self, other: Entry) -> None:
        """A term may be listed in several places."""
        self.themes |= other.themes
        self.only_positive |= other.only_positive
        self.valence = self.valence or other.valence
        self.is_told |= other.is_told
        self.roles |= other.roles
        self.stops_denial = self.is_told or bool(self.roles & {*DENIALS, "contrasts", "idioms"})


Words = tuple[str, ...]
Dictionary = dict[str, tuple[tuple[int, ...], dict[Words, Entry]]]
"""First word -> how long the terms are that begin with it, the longest first, and the terms."""

DENIALS = frozenset({"negators", "diminishers", "reliefs"})
ROLES = (*DENIALS, "adversities", "intensifiers", "contrasts", "requests", "opening_requests", "courtesies", "idioms")
# a token of redaction, a word, a number, or a mark that ends a clause
TOKEN = re.compile(r"\[[^\]\s]{1,30}\]|[^\W\d_]+|\d[\d.,]*\d|\d|[.;!?\n,:()]")
SENTENCE_ENDS = frozenset(".;!?\n")
CLAUSE_ENDS = SENTENCE_ENDS | frozenset(",:()")
SOMEBODY, NUMBER = "[]", "#"
# words after thanks that still only close a comment
FAREWELL = 3
TONES = "\u0300\u0301\u0303\u0309\u0323"
# below this share of words with diacritics a comment was typed without them
ACCENTED_SHARE = 0.2


class Coder:
    """Applies one lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._codes, self._max_themes = [theme.code for theme in lexicon.themes], lexicon.max_themes
        self._praise, self._rest = lexicon.praise_theme, lexicon.rest_theme
        self._accented, self._plain = _Terms(lexicon, plain=False), _Terms(lexicon, plain=True)

    def code(self, text: str) -> tuple[list[str], str]:
        """Sorted themes and polarity of one comment."""
        tokens = TOKEN.findall(unicodedata.normalize("NFC", text).lower())
        words = [token for token in tokens if token[0].isalpha()]
        is_plain = sum(not word.isascii() for word in words) < ACCENTED_SHARE * len(words)
        reading = _Reading(self._plain if is_plain else self._accented, tokens)
        polarity = reading.polarity
        told = [
            theme for theme in self._codes if theme in reading.told and (theme, polarity) != (self._praise, "negative")
        ]
        themes = sorted(told, key=lambda theme: -reading.told[theme])[: self._max_themes]
        return sorted(themes) or [self._praise if polarity == "positive" else self._rest], polarity


class _Terms:
    """The lexicon's terms, either as they are written or without diacritics."""

    def __init__(self, lexicon: Lexicon, *, plain: bool) -> None:
        self._write = _strip_diacritics if plain else _order_tone
        self._dictionary = _build_dictionary(lexicon, self._write, set(lexicon.accented_only) if plain else set())
        self._spellings = {
            short: tuple(self._write(word) for word in full.split()) for short, full in lexicon.spellings.items()
        }
        self.bridges = {self._write(word) for word in lexicon.bridges}

    def spell(self, tokens: list[str]) -> list[str]:
        write, spellings = self._write, self._spellings
        return [word for token in tokens for word in spellings.get(token) or (write(token),)]

    def find(self, tokens: list[str], place: int) -> tuple[int, Entry] | None:
        """The longest term that begins at a place, with where it ends."""
        known = self._dictionary.get(tokens[place])
        if known is None:
            return None
        lengths, terms = known
        for length in lengths:
            entry = terms.get(tuple(tokens[place : place + length]))
            if entry is not None:
                return place + length, entry
        return None


class _Reading:
    """One pass over one comment, with what holds at the present place."""

    def __init__(self, terms: _Terms, tokens: list[str]) -> None:
        self._terms, self._tokens = terms, terms.spell(tokens)
        self.told: dict[str, int] = {}
        self._good = self._bad = 0
        # signs that judge only where nothing else does: denials and reliefs of what no term covers, adversities
        self._hint_good = self._hint_bad = 0
        self._denial, self._words_since, self._strangers_since = "", 0, 0
        self._is_wish, self._has_wished, self._is_opening = False, False, True
        self._weight, self._strong_until = 1, -1
        self._read()

    @property
    def polarity(self) -> str:
        good, bad = self._good, self._bad
        if not (good or bad or self._has_wished):
            good, bad = self._hint_good, self._hint_bad
        if good == bad:
            return "mixed" if good else "neutral"
        return "positive" if good > bad else "negative"

    def _read(self) -> None:
        place = 0
        while place < len(self._tokens):
            word = self._tokens[place]
            if word in CLAUSE_ENDS:
                self._end_clause(word)
                place += 1
                continue
            found = self._terms.find(self._tokens, place)
            if found is None or (self._denial and not found[1].stops_denial):
                self._pass_word(word)
                place += 1
            else:
                place = self._meet(place, *found)
        self._end_clause(".")

    def _end_clause(self, mark: str) -> None:
        # "không" that ends a clause is the particle of a question
        if self._denial and self._words_since:
            self._note_denial()
        self._denial, self._is_opening = "", True
        if mark in SENTENCE_ENDS:
            self._is_wish = False

    def _pass_word(self, word: str) -> None:
        self._is_opening = False
        self._words_since += 1
        self._strangers_since += word not in self._terms.bridges
        if self._denial and self._strangers_since > 1:
            self._note_denial()
            self._denial = ""

    def _note_denial(self) -> None:
        self._hint_bad += self._denial == "negators"
        self._hint_good += self._denial == "reliefs"

    def _meet(self, place: int, end: int, entry: Entry) -> int:
        """Heed a term; where to go on."""
        if "contrasts" in entry.roles:
            self._end_clause(".")
            self._weight = 2
            return end
        if "requests" in entry.roles or (self._is_opening and "opening_requests" in entry.roles):
            self._is_wish = self._has_wished = True
        self._is_opening = False
        self._hint_bad += "adversities" in entry.roles
        if entry.is_told and not self._is_farewell(place, end, entry):
            self._count(place, end, entry)
        if "intensifiers" in entry.roles:
            self._strong_until = end
        for role in entry.roles & DENIALS:
            # a denial of two words says something even at the end: "vào không được"
            self._denial, self._words_since, self._strangers_since = role, end - place - 1, 0
        return end

    def _count(self, place: int, end: int, entry: Entry) -> None:
        valence = _turn(entry.valence, self._denial)
        self._denial = ""
        if valence > 0 and self._is_wish:
            valence = 0
        for theme in entry.themes if valence > 0 else entry.themes - entry.only_positive:
            self.told[theme] = self.told.get(theme, 0) + 1
        if valence:
            strength = self._weight * (2 if self._is_strong(place, end) else 1)
            self._good += strength * (valence > 0)
            self._bad += strength * (valence < 0)

    def _is_strong(self, place: int, end: int) -> bool:
        after = self._terms.find(self._tokens, end) if end < len(self._tokens) else None
        return self._strong_until == place or (after is not None and "intensifiers" in after[1].roles)

    def _is_farewell(self, place: int, end: int, entry: Entry) -> bool:
        return "courtesies" in entry.roles and place > 0 and len(self._tokens) - end <= FAREWELL


def _turn(valence: int, denial: str) -> int:
    """+1, -1 or 0: what a term says behind a denial."""
    if denial == "negators":
        # what is not done, or not there, is complained about; what is not bad is good
        return -valence if valence else -1
    if denial == "diminishers":
        return max(-valence, 0)
    if denial == "reliefs":
        return 1
    return valence


def _build_dictionary(lexicon: Lexicon, write: Callable[[str], str], hidden: set[str]) -> Dictionary:
    entries: dict[Words, Entry] = {}
    for term, entry in _entries(lexicon):
        if term in hidden:
            continue
        entries.setdefault(tuple(write(word) for word in term.split()), Entry()).add(entry)
    by_first: dict[str, dict[Words, Entry]] = {}
    for words, entry in entries.items():
        by_first.setdefault(words[0], {})[words] = entry
    return {
        first: (tuple(sorted({len(words) for words in terms}, reverse=True)), terms)
        for first, terms in by_first.items()
    }


def _entries(lexicon: Lexicon) -> Iterator[tuple[str, Entry]]:
    for theme in lexicon.themes:
        only_positive = {theme.code} & {lexicon.praise_theme}
        for terms, valence in ((theme.mentions + theme.acts, 0), (theme.positive, 1), (theme.negative, -1)):
            for term in terms:
                yield term, Entry({theme.code}, only_positive, valence, is_told=True)
    for terms, valence in ((lexicon.judgements.positive, 1), (lexicon.judgements.negative, -1)):
        for term in terms:
            yield term, Entry(valence=valence, is_told=True)
    for role in ROLES:
        for term in getattr(lexicon, role):
            yield term, Entry(roles={role})


@lru_cache(maxsize=65536)
def _order_tone(token: str) -> str:
    """One spelling for both habits of placing the tone: hoà and hòa."""
    if token.isascii() or token[0] == "[":
        return _mark(token)
    letters = unicodedata.normalize("NFD", token)
    tones = [letter for letter in letters if letter in TONES]
    return "".join(letter for letter in letters if letter not in TONES) + "".join(tones)


@lru_cache(maxsize=65536)
def _strip_diacritics(token: str) -> str:
    if token.isascii() or token[0] == "[":
        return _mark(token)
    letters = unicodedata.normalize("NFD", token.replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _mark(token: str) -> str:
    if token[0] == "[":
        return SOMEBODY
    return NUMBER if token[0].isdigit() else token
