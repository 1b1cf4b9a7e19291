"""What a survey's `themes.yaml` may say: the lexicon by which comments get themes and a polarity.

A lexicon is data that the survey's owner reads, disputes and versions; transforms/themes.py only applies it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, StringConstraints, field_validator, model_validator

from surveys.models import Code, Label, Model

Term = Annotated[str, StringConstraints(pattern=r"^[^\W\d_]*#?(?: (?:[^\W\d_]+|#))*$", min_length=1, to_lower=True)]
"""One or more words, in lower case, with their diacritics; `#` stands for a number."""

Terms = tuple[Term, ...]


class Theme(Model):
    """Terms that tell a theme.

    mentions: name it without judging; acts: what officials should do, so that "chưa hướng dẫn" complains and "hướng
    dẫn" alone says nothing; positive and negative: name it and judge.
    """

    code: Code
    name: Label
    mentions: Terms = ()
    acts: Terms = ()
    positive: Terms = ()
    negative: Terms = ()


class Judgements(Model):
    """Terms that judge without naming a theme."""

    positive: Terms = ()
    negative: Terms = ()


class Lexicon(Model):
    """The words of one language in which respondents write, with what they do to each other."""

    version: str
    themes: tuple[Theme, ...] = Field(min_length=1)
    judgements: Judgements = Judgements()
    # read as other words: abbreviations and spellings of chat
    spellings: dict[Term, Term] = Field(default_factory=dict)
    # turn round what they precede: không, chưa
    negators: Terms = ()
    # turn only what is bad: đỡ chậm, hết lỗi
    diminishers: Terms = ()
    # spare somebody an effort: không phải lên kho bạc; good whatever follows
    reliefs: Terms = ()
    # weak signs of a complaint, heeded where nothing else judges: bị
    adversities: Terms = ()
    # may stand between a negator and what it negates: không được thật sự tốt
    bridges: Terms = ()
    # double the weight of a judgement beside them: rất chậm, chậm quá
    intensifiers: Terms = ()
    # what follows weighs twice: tốt nhưng chậm
    contrasts: Terms = ()
    # what follows, to the end of the sentence, is wished for and not praised: đề nghị nhanh hơn
    requests: Terms = ()
    # the same, but only where a sentence or clause begins: "nên" elsewhere means "so"
    opening_requests: Terms = ()
    # thanks that only close a comment: they praise unless the sentence ends with them
    courtesies: Terms = ()
    # found only with their diacritics, because without them they are other, frequent words: dễ, để
    accented_only: Terms = ()
    # say nothing though their words would: không có ý kiến
    idioms: Terms = ()
    # theme of a comment that is positive and names no other, and of one that tells nothing
    praise_theme: Code
    rest_theme: Code
    # a long comment touches on everything: only the themes told most often are kept
    max_themes: int = Field(default=3, ge=1)

    @property
    def lone_theme(self) -> str | None:
        """A theme that no comment has beside another: the rest, where no term tells it."""
        rest = next(theme for theme in self.themes if theme.code == self.rest_theme)
        has_terms = rest.mentions or rest.acts or rest.positive or rest.negative
        return None if has_terms else rest.code

    def is_possible(self, theme_code: str, polarity: str) -> bool:
        """False where no comment of the polarity can have the theme."""
        impossible = {(self.praise_theme, "negative"), (self.lone_theme, "positive")}
        return self.praise_theme == self.rest_theme or (theme_code, polarity) not in impossible

    @field_validator("themes")
    @classmethod
    def _codes_are_unique(cls, themes: tuple[Theme, ...]) -> tuple[Theme, ...]:
        codes = [theme.code for theme in themes]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise ValueError(f"theme {', '.join(twice)} is declared twice; keep one entry")
        return themes

    @model_validator(mode="after")
    def _default_themes_exist(self) -> Lexicon:
        codes = [theme.code for theme in self.themes]
        for key, code in (("praise_theme", self.praise_theme), ("rest_theme", self.rest_theme)):
            if code not in codes:
                raise ValueError(f"{key} {code!r} is no theme; use one of {codes}")
        return self

    @model_validator(mode="after")
    def _judgements_do_not_contradict(self) -> Lexicon:
        valence: dict[str, int] = {}
        for term, sign in self.judged_terms():
            if valence.setdefault(term, sign) != sign:
                raise ValueError(f"term {term!r} is listed as positive and as negative; keep one")
        return self

    def judged_terms(self) -> Iterator[tuple[str, int]]:
        """Every judging term with +1 or -1."""
        parts: list[Judgements | Theme] = [self.judgements, *self.themes]
        for part in parts:
            yield from ((term, 1) for term in part.positive)
            yield from ((term, -1) for term in part.negative)
