"""The audit of named dissatisfaction and of comments: the same attack as on the indices, independent of their protection.

Atoms of the first: a unit's own respondents who name a unit only, an official only, both, or nothing (together its
respondents, who are known). Atoms of the second, by field of the form: comments of a unit's own respondents by polarity,
and by theme for each unit right below the whole; a comment has one theme at least, the lexicon's most, and each of them
once; the theme of what no term tells stands alone. Themes of smaller units are not published, and any themes of a whole
can be shared out to its parts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import polars as pl
from scipy import sparse

from surveys.models import Disclosure
from transforms.attacks import AuditReport, World
from transforms.results import RoundContext
from transforms.units import ancestors_of

OWN = " (own)"
KINDS = {"any": (0, 1, 2), "unit": (0, 2), "official": (1, 2), "unit only": (0,), "official only": (1,), "both": (2,)}
"""What is published of those who name, or follows from it: a unit only (0), an official only (1), both (2)."""
POLARITIES = ("positive", "negative", "neutral", "mixed")


def audit_naming(context: RoundContext, own: pl.DataFrame, published: pl.DataFrame) -> AuditReport:
    """Attack `fct_dissatisfaction`.

    Args:
        own: `Naming.respondents`: units' own rows.
    """
    rules = context.method.disclosure
    columns = ("n_respondents", "n_naming_any", "n_naming_unit", "n_naming_official")
    shown = {unit: row for unit, *row in published.select("unit_code", *columns).iter_rows() if row[1] is not None}
    tables = _Tables(rules)
    n_of: dict[str, int] = {}
    of: dict[tuple[str, int], list[int]] = defaultdict(list)
    inside = _places(context, own["unit_code"])
    for unit, n, named, in_unit, official in own.select("unit_code", *columns).sort("unit_code").iter_rows():
        parts = (named - official, named - in_unit, in_unit + official - named, n - named)
        atoms = [tables.add_atom(part, n) for part in parts]
        tables.add_rule(dict.fromkeys(atoms, 1))
        for place in inside[unit]:
            n_of[place] = n_of.get(place, 0) + n
            for kind in range(3):
                of[place, kind].append(atoms[kind])
    for place, n in n_of.items():
        for name, kinds in KINDS.items():
            is_group = name == "any" and n < rules.min_respondents_for_rate
            atoms = [atom for kind in kinds for atom in of[place, kind]]
            tables.add_cell(f"{place}/naming/{name}", atoms, n, place in shown, is_group)
    told = {
        unit: tuple(tables.total(f"{unit}/naming/{name}") for name in ("any", "unit", "official")) for unit in shown
    }
    wrong = sum(tuple(row[1:]) != told[unit] or row[0] != n_of[unit] for unit, row in shown.items())
    small = sum(n_of[unit] < rules.min_respondents_for_rate for unit in shown)
    found = {"are not what the units' own rows add up to": wrong, "are of too few respondents": small}
    return tables.attack(f"naming: {n} units' counts {text}" for text, n in found.items() if n)


def audit_feedback(context: RoundContext, tallies: Mapping[str, pl.DataFrame], published: pl.DataFrame) -> AuditReport:
    """Attack `fct_feedback`, field by field.

    Args:
        tallies: `feedback` and `naming_respondents`: units' own rows.
    """
    respondents = dict(tallies["naming_respondents"].select("unit_code", "n_respondents").sort("unit_code").iter_rows())
    counts: dict[str, dict[tuple[str, str, str], int]] = defaultdict(dict)
    for unit, field, theme, polarity, n in tallies["feedback"].iter_rows():
        counts[field][unit, theme, polarity] = n
    shown: dict[str, dict[tuple[str, str, str], int | None]] = defaultdict(dict)
    columns = ("unit_code", "feedback_code", "theme_code", "polarity", "n_comments")
    for unit, field, theme, polarity, n in published.select(columns).iter_rows():
        shown[field][unit, theme, polarity] = n
    return AuditReport.of(
        _audit_field(context, field.code, respondents, counts[field.code], shown[field.code])
        for field in context.instrument.fields_of("text")
    )


def _audit_field(
    context: RoundContext,
    field: str,
    respondents: Mapping[str, int],
    counts: Mapping[tuple[str, str, str], int],
    shown: Mapping[tuple[str, str, str], int | None],
) -> AuditReport:
    units = context.folder.units_on(context.round.register_date)
    root = next(unit.unit_code for unit in units if unit.parent_code is None)
    lexicon = context.folder.themes
    themes = [theme.code for theme in lexicon.themes] if lexicon else []
    blocks = {unit.unit_code for unit in units if unit.parent_code == root}
    inside = _places(context, respondents)
    tables = _Tables(context.method.disclosure)
    n_of: dict[str, int] = defaultdict(int)
    numbers: dict[tuple[str, str], list[int]] = defaultdict(list)
    themed: dict[tuple[str, str, str], int] = defaultdict(int)
    for unit, n in respondents.items():
        by_polarity = [counts.get((unit, "all", polarity), 0) for polarity in POLARITIES]
        atoms = [tables.add_atom(value, n) for value in by_polarity]
        tables.add_rule(dict.fromkeys([*atoms, tables.add_atom(n - sum(by_polarity), n)], 1))
        for place in inside[unit]:
            n_of[place] += n
            for polarity, atom in zip(POLARITIES, atoms, strict=True):
                numbers[place, polarity].append(atom)
        block = next((place for place in inside[unit] if place in blocks), inside[unit][-1])
        for theme in themes:
            for polarity in POLARITIES:
                themed[block, theme, polarity] += counts.get((unit, theme, polarity), 0)
    within: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for block in dict.fromkeys(block for block, _, _ in themed):
        assert lexicon is not None, "themes come from a lexicon"
        n, most = n_of[block], lexicon.max_themes
        for polarity in POLARITIES:
            by_theme = {}
            for theme in themes:
                upper = n if lexicon.is_possible(theme, polarity) else 0
                by_theme[theme] = tables.add_atom(themed[block, theme, polarity], upper)
                for place in {block, root}:
                    within[place, theme, polarity].append(by_theme[theme])
            # comments with the lone theme have no other; the others have one at least, and each of them once
            lone = [atom for theme, atom in by_theme.items() if theme == lexicon.lone_theme]
            others = dict.fromkeys((atom for theme, atom in by_theme.items() if theme != lexicon.lone_theme), 1)
            number, told = tables.sum_of(numbers[block, polarity]) - tables.sum_of(lone), tables.sum_of(others)
            rest = tables.add_atom(number, n)
            more, fewer = (tables.add_atom(slack, n * most) for slack in (told - number, most * number - told))
            tables.add_rule({**dict.fromkeys(numbers[block, polarity], 1), **dict.fromkeys([rest, *lone], -1)})
            tables.add_rule({**others, rest: -1, more: -1})
            tables.add_rule({**others, rest: -most, fewer: 1})
            for atom in others:
                without = tables.add_atom(number - tables.sum_of([atom]), n)
                tables.add_rule({rest: 1, atom: -1, without: -1})
    every = {**{(place, "all", polarity): atoms for (place, polarity), atoms in numbers.items()}, **within}
    for (place, theme, polarity), atoms in every.items():
        is_shown = shown.get((place, theme, polarity)) is not None
        tables.add_cell(f"{place}/{field}/{theme}/{polarity}", atoms, n_of[place], is_shown)
    wrong = partly = absent = 0
    for place, theme in {(place, theme) for place, theme, _ in every if not place.endswith(OWN)}:
        told_here = [shown.get((place, theme, polarity)) for polarity in (*POLARITIES, "all")]
        truth = [tables.sum_of(every[place, theme, polarity]) for polarity in POLARITIES]
        absent += any((place, theme, polarity) not in shown for polarity in (*POLARITIES, "all"))
        partly += any(n is None for n in told_here) and any(n is not None for n in told_here)
        wrong += any(n not in (None, value) for n, value in zip(told_here, [*truth, sum(truth)], strict=True))
    found = {
        "are not what the units' own rows add up to": wrong,
        "are hidden in part only": partly,
        "lack a row, which tells whether anybody wrote": absent,
    }
    return tables.attack(f"{field}: {n} counts {text}" for text, n in found.items() if n)


def _places(context: RoundContext, units: Iterable[str]) -> dict[str, list[str]]:
    """Where a unit's own respondents are counted: the unit, those above it, and its own where it has units below."""
    ancestors = ancestors_of(context.folder.units_on(context.round.register_date))
    places: dict[str, list[str]] = {unit: [] for unit in units}
    above: set[str] = set()
    for unit, ancestor in ancestors.iter_rows():
        if unit != ancestor:
            above.add(ancestor)
        if unit in places:
            places[unit].append(ancestor)
    return {unit: [*inside, *([unit + OWN] if unit in above else [])] for unit, inside in places.items()}


class _Tables:
    """Atoms, and cells and rules that are sums of them."""

    def __init__(self, rules: Disclosure) -> None:
        self._rules = rules
        self._values: list[int] = []
        self._uppers: list[int] = []
        self._rows: list[Mapping[int, int]] = []
        self._shown: list[bool] = []
        self._cells: dict[str, tuple[int, int, int, bool]] = {}

    def add_atom(self, value: int, upper: int) -> int:
        self._values.append(value)
        self._uppers.append(upper)
        return len(self._values) - 1

    def add_rule(self, terms: Mapping[int, int]) -> None:
        """A sum that everybody knows."""
        self._rows.append(terms)
        self._shown.append(True)

    def add_cell(self, label: str, atoms: Iterable[int], upper: int, is_shown: bool, is_group: bool = False) -> None:
        """A count; `is_group`: of so few respondents that none and all of them are secrets, too."""
        terms = dict.fromkeys(atoms, 1)
        self._cells[label] = len(self._rows), self.sum_of(terms), upper, is_group
        self._rows.append(terms)
        self._shown.append(is_shown)

    def sum_of(self, atoms: Iterable[int]) -> int:
        return sum(self._values[atom] for atom in atoms)

    def total(self, label: str) -> int:
        return self._cells[label][1]

    def attack(self, inconsistencies: Iterable[str]) -> AuditReport:
        terms = [(row, atom, factor) for row, of in enumerate(self._rows) for atom, factor in of.items()]
        rows, columns, factors = np.array(terms, dtype=np.int64).reshape(-1, 3).T
        shape = (len(self._rows), len(self._values))
        members = sparse.csr_array((factors.astype(float), (rows, columns)), shape=shape)
        shown = np.array(self._shown, dtype=bool)
        world = World(members, np.array(self._values, dtype=float), np.array(self._uppers, dtype=float), shown)
        low, high = (members @ np.array(self._values, dtype=float) for _ in range(2))
        said = self._said(members, shown)
        targets, open_cells = [], 0
        for label, (row, value, upper, is_group) in self._cells.items():
            few = min(self._rules.threshold, upper)
            is_few = 0 < value < self._rules.threshold
            if is_few or (is_group and value == 0 and not said[row]):
                low[row], high[row] = 0, max(few, value)
            elif is_group and not said[row]:
                low[row], high[row] = value - 1, min(value + 1, upper)
            else:
                continue
            open_cells += self._shown[row]
            if not self._shown[row]:
                targets.append((label, row))
        found = [*inconsistencies, *([f"{open_cells} counts of too few are shown"] if open_cells else [])]
        positions = np.array([row for _, row in targets], dtype=np.int64)
        return world.audit([label for label, _ in targets], positions, low, high, found)

    def _said(self, members: Any, shown: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Rows of whose atoms a larger shown cell says that none is counted."""
        values = np.array(self._values, dtype=float)
        is_cell = np.zeros(len(self._rows), dtype=bool)
        is_cell[[row for row, _, upper, _ in self._cells.values() if upper >= self._rules.min_respondents_for_rate]] = (
            True
        )
        zero = members[np.flatnonzero(is_cell & (members @ values == 0))]
        within = zero.sum(axis=0) > 0
        return np.asarray(abs(members) @ (~within).astype(float) == 0)
