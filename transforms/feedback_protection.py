"""Protection of what respondents say beside their answers: whom they name as 'không hài lòng', and their comments.

Counts over the tree of units: none from 1 to 4 is shown, and none can be worked back. Respondents who name are of three
kinds (a unit only, an official only, both); what is shown adds these up, so they count as well. Themes refine the number of
comments: a comment has one theme at least, and a few at most. They are shown for the survey as a whole and the units right
below it. docs/disclosure-control.md is the page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from surveys.themes import Lexicon
from transforms.linked_cells import ALL, OWN, area_of, parent_of
from transforms.results import RoundContext
from transforms.suppression import UnprotectableError, suppress

POLARITIES = ("positive", "negative", "neutral", "mixed")
PATTERN = ["unit_code", "feedback_code", "theme_code"]
KEY = [*PATTERN, "polarity"]

Pattern = tuple[str, ...]
Name = tuple[str, ...]


def protect_naming(context: RoundContext, naming: pl.DataFrame) -> pl.DataFrame:
    """`naming` of `Counts` with `is_suppressed` and `suppression_reason`: the counts of a unit are hidden together."""
    rules = context.method.disclosure
    measures = ("n_respondents", "n_naming_any", "n_naming_unit", "n_naming_official")
    counts = {unit: tuple(row) for unit, *row in naming.select("unit_code", *measures).iter_rows()}
    tree = _Tree(context, counts)
    program = _Program(rules.threshold)
    for code, (n, named, unit, official) in tree.with_own(counts):
        pattern = (code,)
        is_small = n < rules.min_respondents_for_rate
        is_told = any(
            large[0] >= rules.min_respondents_for_rate and large[1] in (0, large[0]) for large in tree.above(code)
        )
        program.count((code, "any"), named, n, pattern, is_open=is_small and not is_told)
        program.count((code, "unit"), unit, n, pattern)
        program.count((code, "official"), official, n, pattern)
        program.count((code, "unit_only"), named - official, n, pattern)
        program.count((code, "official_only"), named - unit, n, pattern)
        program.count((code, "both"), unit + official - named, n, pattern)
        program.unseen((code, "none"), n - named, n)
        program.known((code, "n"), n)
        program.add_up((code, "any"), [(code, "unit_only"), (code, "official_only"), (code, "both")])
        program.add_up((code, "unit"), [(code, "unit_only"), (code, "both")])
        program.add_up((code, "official"), [(code, "official_only"), (code, "both")])
        program.add_up((code, "n"), [(code, "any"), (code, "none")])
        if is_small:
            program.hide(pattern)
    for code, parts in tree.sums():
        for kind in ("unit_only", "official_only", "both"):
            program.add_up((code, kind), [(part, kind) for part in parts])
    return _mark(naming, program.solve(), ["unit_code"])


def protect_feedback(context: RoundContext, feedback: pl.DataFrame, naming: pl.DataFrame) -> pl.DataFrame:
    """`feedback` of `Counts` with `is_suppressed` and `suppression_reason`, and a row for every polarity.

    A unit's comments of one field and theme are hidden together. Rows are there whether anybody wrote or not, so that a
    hidden one does not tell: the number of comments of every unit, themes of the whole and of the units right below it.

    Args:
        naming: of `Counts`, for the number of respondents of each unit.
    """
    root, area = area_of(context)
    lexicon = context.folder.themes
    themes = sorted(theme.code for theme in lexicon.themes) if lexicon else []
    fields = [field.code for field in context.instrument.fields_of("text")]
    respondents = dict(naming.select("unit_code", "n_respondents").iter_rows())
    comments: dict[str, dict[Name, int]] = {field: {} for field in fields}
    for unit, field, theme, polarity, n in (
        feedback.filter(pl.col("polarity") != ALL).select(*KEY, "n_comments").iter_rows()
    ):
        comments[field][unit, theme, polarity] = n
    rows, hidden = [], []
    for field in fields:
        listed = [(unit, ALL) for unit in respondents]
        listed += [(unit, theme) for unit in (root, *area) if unit in respondents for theme in themes]
        for unit, theme in listed:
            by_polarity = {polarity: comments[field].get((unit, theme, polarity), 0) for polarity in POLARITIES}
            rows += [
                (unit, field, theme, polarity, n)
                for polarity, n in {**by_polarity, ALL: sum(by_polarity.values())}.items()
            ]
        chosen = _hide_comments(context, comments[field], respondents)
        hidden += [(unit, field, theme) for unit, theme in chosen]
    schema = {**dict.fromkeys(KEY, pl.String()), "n_comments": pl.Int64()}
    return _mark(pl.DataFrame(rows, schema=schema, orient="row").sort(KEY), hidden, PATTERN)


def _hide_comments(
    context: RoundContext, comments: Mapping[Name, int], respondents: Mapping[str, int]
) -> list[Pattern]:
    """(unit, theme) of what is hidden of one field.

    Args:
        comments: (unit, theme, polarity) -> number, where there are any.
    """
    tree = _Tree(context, {unit: (n,) for unit, n in respondents.items()})
    root, area = area_of(context)
    blocks = [unit for unit in area if unit in respondents]
    program = _Program(context.method.disclosure.threshold)
    numbers = {
        unit: (n, *(comments.get((unit, ALL, polarity), 0) for polarity in POLARITIES))
        for unit, n in respondents.items()
    }
    for unit, (n, *counts) in tree.with_own(numbers):
        for polarity, number in zip(POLARITIES, counts, strict=True):
            program.count((unit, ALL, polarity), number, n, (unit, ALL))
        program.unseen((unit, "silent"), n - sum(counts), n)
        program.known((unit, "n"), n)
        program.add_up((unit, "n"), [(unit, "silent"), *((unit, ALL, polarity) for polarity in POLARITIES)])
    for unit, parts in tree.sums():
        for polarity in POLARITIES:
            program.add_up((unit, ALL, polarity), [(part, ALL, polarity) for part in parts])
    if context.folder.themes:
        _add_themes(program, context.folder.themes, comments, respondents, (root, blocks))
    return program.solve()


def _add_themes(
    program: _Program,
    lexicon: Lexicon,
    comments: Mapping[Name, int],
    respondents: Mapping[str, int],
    units: tuple[str, list[str]],
) -> None:
    """Themes of the whole and of the units right below it, with what the lexicon says of them: that is public."""
    themes, most = sorted(theme.code for theme in lexicon.themes), lexicon.max_themes
    root, blocks = units
    rest = root + OWN
    n_of = {root: respondents.get(root, 0), **{unit: respondents[unit] for unit in blocks}}
    n_of[rest] = n_of[root] - sum(respondents[unit] for unit in blocks)
    for polarity in POLARITIES if n_of[root] else ():
        value: dict[tuple[str, str], int] = {}
        for theme in (ALL, *themes):
            value |= {(unit, theme): comments.get((unit, theme, polarity), 0) for unit in (root, *blocks)}
            value[rest, theme] = value[root, theme] - sum(value[unit, theme] for unit in blocks)
        parts = [*blocks, rest] if n_of[rest] else blocks
        for unit, theme in ((unit, theme) for unit in (root, *parts) for theme in themes):
            upper = n_of[unit] if lexicon.is_possible(theme, polarity) else 0
            program.count((unit, theme, polarity), value[unit, theme], upper, (unit, theme))
        for theme in themes:
            program.add_up((root, theme, polarity), [(part, theme, polarity) for part in parts])
        for unit in parts:
            # comments without the lone theme have one of the others at least, `most` at most, and each of them once
            lone: list[Name] = [(unit, theme, polarity) for theme in themes if theme == lexicon.lone_theme]
            others: dict[str, Name] = {
                theme: (unit, theme, polarity) for theme in themes if theme != lexicon.lone_theme
            }
            number = value[unit, ALL] - sum(value[unit, theme] for theme in themes if theme not in others)
            told = sum(value[unit, theme] for theme in others)
            themed, more, fewer = (unit, "themed", polarity), (unit, "more", polarity), (unit, "fewer", polarity)
            program.unseen(themed, number, n_of[unit])
            program.unseen(more, told - number, most * n_of[unit])
            program.unseen(fewer, most * number - told, most * n_of[unit])
            program.add_up((unit, ALL, polarity), [themed, *lone])
            program.relate({**dict.fromkeys(others.values(), 1), themed: -1, more: -1})
            program.relate({**dict.fromkeys(others.values(), 1), themed: -most, fewer: 1})
            for theme, name in others.items():
                without = (unit, "without", theme, polarity)
                program.unseen(without, number - value[unit, theme], n_of[unit])
                program.add_up(themed, [name, without])


class _Tree:
    """Units that have respondents; each that has units below stands for itself, too, under its code with OWN."""

    def __init__(self, context: RoundContext, units: Mapping[str, tuple[int, ...]]) -> None:
        self._units = units
        self._parents = {unit: parent for unit, parent in parent_of(context).items() if unit in units}
        self._below: dict[str, list[str]] = defaultdict(list)
        for unit, parent in self._parents.items():
            self._below[parent].append(unit)

    def with_own(self, counts: Mapping[str, tuple[int, ...]]) -> Iterable[tuple[str, tuple[int, ...]]]:
        """Counts (the first: respondents) of every unit, and of the own respondents of those that have any below."""
        yield from counts.items()
        for unit, below in self._below.items():
            own = tuple(
                whole - sum(parts) for whole, *parts in zip(counts[unit], *(counts[u] for u in below), strict=True)
            )
            if own[0]:
                yield unit + OWN, own

    def sums(self) -> Iterable[tuple[str, list[str]]]:
        """Each unit that has any below, and what it is the sum of."""
        for unit, below in self._below.items():
            has_own = self._units[unit][0] > sum(self._units[part][0] for part in below)
            yield unit, [*below, *([unit + OWN] if has_own else [])]

    def above(self, unit: str) -> Iterable[tuple[int, ...]]:
        """Counts of the unit, where it is one, and of those above it."""
        at: str | None = unit.removesuffix(OWN)
        while at is not None:
            yield self._units[at]
            at = self._parents.get(at)


class _Program:
    """Cells and relations for `suppress`, and how far each count must stay in doubt."""

    def __init__(self, threshold: int) -> None:
        self._threshold = threshold
        self._cells: dict[Name, tuple[Pattern, int, int, bool, int, int, int, int]] = {}
        self._terms: list[tuple[int, Name, int]] = []
        self._n_relations = 0
        self._hidden: set[Pattern] = set()

    def count(self, name: Name, value: int, upper: int, pattern: Pattern, is_open: bool = False) -> None:
        """A count from 0 to `upper` that is shown with its pattern; of a few, anything below the threshold stays possible.

        Args:
            is_open: so it is with none as well, and with one more or less of many.
        """
        is_few = 0 < value < self._threshold
        if is_few or pattern[0].endswith(OWN):
            self.hide(pattern)
        if is_few or (is_open and not value):
            doubt = value, max(min(self._threshold, upper) - value, 0)
        else:
            doubt = (1, min(1, upper - value)) if is_open else (0, 0)
        self._cells[name] = (pattern, value, value + 1, False, 0, upper, *doubt)

    def unseen(self, name: Name, value: int, upper: int) -> None:
        """What is never shown, but bounds what is."""
        self._cells[name] = (("", *name), value, 0, True, 0, upper, 0, 0)

    def known(self, name: Name, value: int) -> None:
        """What everybody knows."""
        self._cells[name] = (("", *name), value, 1, False, value, value, 0, 0)

    def hide(self, pattern: Pattern) -> None:
        self._hidden.add(pattern)

    def add_up(self, whole: Name, parts: Iterable[Name]) -> None:
        self.relate({whole: -1, **dict.fromkeys(parts, 1)})

    def relate(self, terms: Mapping[Name, int]) -> None:
        self._n_relations += 1
        self._terms += [(self._n_relations, name, factor) for name, factor in terms.items()]

    def solve(self) -> list[Pattern]:
        """Patterns to hide, of those that could be shown; all of them, where nothing less is enough."""
        number = {name: position for position, name in enumerate(self._cells)}
        patterns = list(dict.fromkeys(row[0] for row in self._cells.values()))
        position_of = {pattern: position for position, pattern in enumerate(patterns)}
        columns = ("value", "weight", "is_unseen", "lower", "upper", "lower_protection", "upper_protection")
        cells = pl.DataFrame(
            [
                (number[name], position_of[pattern], *rest, pattern in self._hidden)
                for name, (pattern, *rest) in self._cells.items()
            ],
            schema={
                **dict.fromkeys(("cell_id", "pattern", *columns), pl.Int64),
                "is_unseen": pl.Boolean,
                "is_primary": pl.Boolean,
            },
            orient="row",
        ).with_columns(is_hidden=pl.col("is_unseen") | pl.col("is_primary"))
        relations = pl.DataFrame(
            [(relation, number[name], factor) for relation, name, factor in self._terms],
            schema=dict.fromkeys(("relation_id", "cell_id", "coefficient"), pl.Int64),
            orient="row",
        )
        try:
            chosen = [patterns[position] for position in suppress(cells, relations)["pattern"]]
        except UnprotectableError:
            chosen = patterns
        return [pattern for pattern in chosen if pattern[0] and not pattern[0].endswith(OWN)]


def _mark(frame: pl.DataFrame, hidden: Sequence[Pattern], keys: list[str]) -> pl.DataFrame:
    marked = pl.DataFrame(hidden, schema=dict.fromkeys(keys, pl.String()), orient="row").with_columns(
        # 'primary' would say that a hidden count is one at least: six of them below a shown 6 would all be known
        suppression_reason=pl.lit("withheld")
    )
    return frame.join(marked, on=keys, how="left", maintain_order="left").with_columns(
        is_suppressed=pl.col("suppression_reason").is_not_null()
    )
