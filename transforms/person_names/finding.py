"""The search for names."""

from __future__ import annotations

from collections.abc import Iterator
from operator import ne

from transforms.identifiers import Span
from transforms.person_names.capitals import Rule, candidates_with_capitals, stretch
from transforms.person_names.minorities import by_minority_form, find_candidates
from transforms.person_names.places import protect_places
from transforms.person_names.syllables import (
    ANY_TITLE,
    FUNCTION,
    GIVEN,
    MIDDLE,
    MONOSYLLABLE,
    NAMELIKE,
    PLACE,
    SURNAME,
    TITLE,
    USED,
    Comment,
    capital_run,
)
from transforms.person_names.weighing import weigh_rows


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


def _find_once(comment: Comment) -> list[tuple[int, int]]:
    protect_places(comment)
    found: list[tuple[int, int]] = []
    for rule, candidates in _candidates(comment):
        for i in candidates:
            if comment.known[i] != USED and (span := rule(comment, i)) and span[0] < span[1]:
                span = stretch(comment, *span)
                _use(comment, found, span)
                _follow_list(comment, found, span[1])
    return sorted(found)


def _candidates(c: Comment) -> Iterator[tuple[Rule, list[int]]]:
    """The rules in their order, each with the syllables where it may apply: looking at every one would be slow."""
    if minority := find_candidates(c):
        yield by_minority_form, minority
    if c.is_cased:
        yield from candidates_with_capitals(c)
    if best := weigh_rows(c):
        yield lambda _, i: (i, best[i]), list(best)


def _use(c: Comment, found: list[tuple[int, int]], span: tuple[int, int]) -> None:
    found.append(span)
    c.known[span[0] : span[1]] = bytes([USED]) * (span[1] - span[0])


_JOINING = ("và", "va", "với", "voi", "cùng", "hay", "hoặc")


def _follow_list(c: Comment, found: list[tuple[int, int]], end: int) -> None:
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
        is_name = c.bits[end + 1] & MIDDLE and c.bits[end + 2] & GIVEN and capital_run(c, end + 1) == end + 3
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
        stop = capital_run(c, start)
        if (not c.bits[start] & GIVEN and stop == start + 1) or (is_double and stop > start + 3):
            return
        if stop == start or (c.is_compound(start) and not c.cap[start + 1]) or start in c.roles:
            return
        _use(c, found, (start, stop))
        end = stop
