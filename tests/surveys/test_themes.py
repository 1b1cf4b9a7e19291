"""A lexicon's mistakes are reported with file, key and fix."""

from __future__ import annotations

from pathlib import Path

import pytest

from surveys.catalogue import SurveyError, load_survey
from tests.surveys.conftest import write_files

LEXICON = """
version: "1"
praise_theme: praise
rest_theme: other
themes:
  - {code: speed, name: {vi: Nhanh chậm, en: Speed}, positive: [nhanh], negative: [chậm]}
  - {code: praise, name: {vi: Khen, en: Praise}, positive: [tuyệt vời]}
  - {code: other, name: {vi: Khác, en: Other}}
"""


def test_a_survey_with_a_lexicon_loads(library: Path) -> None:
    write_files(library, {"themes.yaml": LEXICON})
    lexicon = load_survey(library).themes
    assert lexicon is not None and [theme.code for theme in lexicon.themes] == ["speed", "praise", "other"]


def test_the_rest_stands_alone_where_no_term_tells_it_and_praises_nothing(library: Path) -> None:
    write_files(library, {"themes.yaml": LEXICON})
    lexicon = load_survey(library).themes
    assert lexicon is not None
    possible = [(theme, polarity) for theme in ("praise", "other") for polarity in ("positive", "negative")]
    assert [lexicon.is_possible(*key) for key in possible] == [True, False, False, True]
    write_files(library, {"themes.yaml": LEXICON.replace("en: Other}", "en: Other}, mentions: [khác]")})
    told = load_survey(library).themes
    assert (lexicon.lone_theme, told and told.lone_theme) == ("other", None)


def test_a_survey_needs_no_lexicon(library: Path) -> None:
    assert load_survey(library).themes is None


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ("negative: [chậm]", "negative: [chậm, nhanh]", "-", "positive and as negative"),
        ("praise_theme: praise", "praise_theme: thanks", "-", "'thanks' is no theme"),
        ("code: other", "code: speed", "themes", "declared twice"),
        ("positive: [nhanh]", 'positive: ["nhanh!"]', "themes.0.positive.0", "pattern"),
        ("positive: [nhanh]", "positve: [nhanh]", "themes.0.positve", "not permitted"),
    ],
)
def test_a_mistake_in_the_lexicon_is_named(library: Path, old: str, new: str, key: str, message: str) -> None:
    assert old in LEXICON
    write_files(library, {"themes.yaml": LEXICON.replace(old, new, 1)})
    with pytest.raises(SurveyError) as caught:
        load_survey(library)
    assert [(p.file, p.key) for p in caught.value.problems] == [("themes.yaml", key)]
    assert message in caught.value.problems[0].message
