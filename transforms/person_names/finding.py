"""The search for names: the rules in their order, and what a name found tells of the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import compress
from operator import ne

from transforms.identifiers import Span
from transforms.person_names import capitals, minorities, surnames
from transforms.person_names.places import protect_places
from transforms.person_names.syllables import (
    ANY_TITLE,
    CALL,
    FUNCTION,
    GIVEN,
    MIDDLE,
    MONOSYLLABLE,
    NAMELIKE,
    NAMING,
    PLACE,
    ROLE,
    SHORT_ROLE,
    SURNAME,
    TITLE,
    TITLE_OR_ROLE,
    USED,
    Comment,
    Row,
    capital_run,
)
from transforms.person_names.titles import by_label, by_role_after, by_title
from transforms.person_names.weighing import weigh_rows

_JOINING = ("và", "va", "với", "voi", "cùng", "hay", "hoặc")
_BETWEEN_NAMES = (", ", "; ", " & ", " - ", "-", "/", " / ", ",", " + ")


def find_names(text: str, plain: str, taken: list[Span], *, is_redacted: bool = False) -> list[Span]:
    """Names in `text`. `plain` is `fold(text)`; nothing is looked for in the spans `taken`.

    What was found is masked and the rest read again, until nothing more is found: one name may uncover another. Of a text
    with names redacted before, nobody can say whether it had capitals, so that names without them are not weighed.
    """
    comment = Comment.read(text, plain, taken)
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


def _may_uncover(c: Comment, found: list[tuple[int, int]]) -> bool:
    """Whether another reading, with the names found masked, could find more: a quick look, for it hardly ever does."""
    if not c.is_cased and c.words != c.keys:  # capitals that were too many to tell anything
        return True
    n_capitals, n_accents, n = sum(c.cap), 0 if c.is_folded else sum(map(ne, c.keys, c.folded)), c.n
    for start, end in found:
        n -= end - start
        n_capitals -= sum(c.cap[start:end])
        n_accents -= sum(map(ne, c.keys[start:end], c.folded[start:end]))
        if start and c.known[start - 1] != USED and (c.glued[start] or len(c.gaps[start]) < 3):
            before = c.bits[start - 1]
            if (c.cap[start - 1] or (before & NAMELIKE and not c.is_compound(start - 2))) and not before & ANY_TITLE:
                return True
        if end < c.n and c.known[end] != USED and len(c.gaps[end]) < 3 and c.cap[end] and c.gaps[end] != ". ":
            return True
    return (n_accents == 0 and not c.is_folded) or n_capitals > max(2, 0.8 * n)  # the rest counts as written otherwise


# --- the rules -----------------------------------------------------------------------------------------------

#: Takes a comment and a syllable, and gives the syllables of a name found there, or None.
_Rule = Callable[[Comment, int], Row]


def _find_once(comment: Comment) -> list[tuple[int, int]]:
    protect_places(comment)
    found: list[tuple[int, int]] = []
    for rule, candidates in _candidates(comment):
        for i in candidates:
            if comment.known[i] != USED and (span := rule(comment, i)) and span[0] < span[1]:
                start, end = capitals.stretch(comment, *span)
                _use(comment, found, start, end)
                _join_names_before(comment, found, start)
                _join_names_after(comment, found, end)
    return sorted(found)


def _candidates(c: Comment) -> Iterator[tuple[_Rule, list[int]]]:
    """The rules in their order, each with the syllables where it may apply: looking at every one would be slow."""
    if minority := minorities.find_candidates(c):
        yield minorities.by_minority_form, minority
    if c.is_cased:
        bits, signs = c.bits, c.signs
        with_capital = list(compress(range(c.n), c.cap))
        if labelled := _find_labelled(c, with_capital):
            yield by_label, labelled
        yield surnames.by_surname, surnames.find_candidates(c, with_capital)
        yield by_title, [i for i in signs if bits[i] & TITLE_OR_ROLE and i < with_capital[-1]]
        if ends := [i for i in signs if bits[i] & (CALL if c.glued[i] else ROLE | SHORT_ROLE)]:
            before = {i for end in ends for i in range(end - 4, end)}
            yield by_role_after, [i for i in with_capital if i in before]
        yield capitals.by_capitals, capitals.find_candidates(c, with_capital)
    if best := weigh_rows(c):
        yield lambda _, i: (i, best[i]), list(best)


def _find_labelled(c: Comment, with_capital: list[int]) -> list[int]:
    after_naming = [i + 1 for i in c.signs if c.bits[i] & NAMING and i + 1 < c.n and c.cap[i + 1]]
    if ":" not in c.text and "=" not in c.text:
        return after_naming
    return sorted({*after_naming, *(i for i in with_capital if ":" in c.gaps[i] or "=" in c.gaps[i])})


def _use(c: Comment, found: list[tuple[int, int]], start: int, end: int) -> None:
    found.append((start, end))
    c.mark(start, end, USED)


# --- what a name found tells of the rest ---------------------------------------------------------------------


def _join_names_before(c: Comment, found: list[tuple[int, int]], start: int) -> None:
    """'Hoa và Hùng', 'ba người Năm, Hoa': given names of one syllable before a name that was found."""

    def is_given(k: int) -> bool:
        return bool(c.cap[k] and c.bits[k] & GIVEN) and not (c.known[k] or c.bits[k] & (FUNCTION | MONOSYLLABLE))

    k = start - 2
    is_joined = k >= 0 and c.cap[start] and c.keys[k + 1] in _JOINING and c.glued[k + 1] and c.glued[start]
    if is_joined and is_given(k) and not c.has_capital_before(k):
        _use(c, found, k, k + 1)
        start = k
    while start > 1 and c.cap[start] and c.gaps[start] == ", " and is_given(start - 1):
        if not c.glued[start - 1] or c.cap[start - 2]:
            break
        start -= 1
        _use(c, found, start, start + 1)


def _join_names_after(c: Comment, found: list[tuple[int, int]], end: int) -> None:
    """'chị Lan, Hoa và Hùng': after a name, further ones joined by a comma or 'và'."""
    if _is_place_joined_as_name(c, end):
        _use(c, found, end + 1, end + 3)
        end += 3
    while end < c.n and not c.known[end]:
        is_joined = c.keys[end] in _JOINING and c.glued[end]
        start = end + is_joined
        if start >= c.n or not ((is_joined and c.glued[start]) or c.gaps[start] in _BETWEEN_NAMES):
            return
        end = _end_of_joined_name(c, start)
        if end <= start:
            return
        _use(c, found, start, end)


def _is_place_joined_as_name(c: Comment, end: int) -> bool:
    """'Mỹ Thi hay Xuân Lộc': a place whose syllables are those of a name."""
    start = end + 1
    if end + 2 >= c.n or c.keys[end] not in ("hay", "hoặc", "và") or not (c.glued[end] and c.glued[start]):
        return False
    if not c.known[start] == c.known[start + 1] == PLACE or c.bits[start] & TITLE:
        return False
    return bool(c.bits[start] & MIDDLE and c.bits[start + 1] & GIVEN) and capital_run(c, start) == start + 2


def _end_of_joined_name(c: Comment, start: int) -> int:
    """Where the name ends that starts there in a list of names; `start` if there is none."""
    bits = c.bits[start]
    if not c.cap[start] or c.known[start] or bits & TITLE or start in c.roles:
        return start
    end = capital_run(c, start)
    is_double = c.has_capital_after(start + 1) and c.bits[start + 1] & GIVEN
    if is_double and end > start + 3:
        return start
    if not is_double and (bits & FUNCTION or not bits & (GIVEN | SURNAME)):
        return start
    if (end == start + 1 and not bits & GIVEN) or (c.is_compound(start) and not c.cap[start + 1]):
        return start
    return end
