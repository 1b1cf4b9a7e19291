"""What two releases of one round tell together: the earlier one's cells in the same linear programs as the later one's.

Unknown are the answers of each level that the smallest groups (units' own respondents of one type) gave to each
question, so that an earlier release by another method is linked as well: both methods count the same answers. Where the
number of respondents did not change, the attacker takes the answers for the same; where it did, for those of the
respondents who stayed, and of as few others as can be. He is after the hidden cells of the later release, and after
what the few answered who came or went. What every method counts alike (naming, comments, distributions of answers) is
compared: a later release shows nothing new.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import optimize, sparse

from surveys.models import Level, Method
from transforms.attacks import AuditReport, Floats, World
from transforms.disclosure_audit import (
    ALL,
    KEY,
    figures_of_questions,
    judge_cells,
    judge_small_groups,
    split_by_question,
    sum_cells,
)
from transforms.results import RoundContext
from transforms.units import ancestors_of, number_parts, parents_of

GROUP = ["unit_code", "respondent_type"]
PUBLISHED = ("fct_index", "fct_question", "fct_answer", "fct_dissatisfaction", "fct_feedback", "fct_response")
PATTERNS = {
    "fct_question": [*GROUP, "question_code"],
    "fct_answer": [*GROUP, "question_code"],
    "fct_dissatisfaction": ["unit_code"],
    "fct_feedback": ["unit_code", "feedback_code", "theme_code"],
}
"""Tables of counts that are the same by every method -> what is hidden together. Of questions those outside every index."""


@dataclass(frozen=True)
class Published:
    """A release as published: its method, and PUBLISHED."""

    method: Method
    frames: Mapping[str, pl.DataFrame]

    @property
    def indices(self) -> pl.DataFrame:
        return self.frames["fct_index"]

    def without_questions(self) -> Published:
        return replace(self, frames={**self.frames, "fct_question": self.frames["fct_question"].clear()})


def audit_releases(
    context: RoundContext,
    truth: Mapping[str, pl.DataFrame],
    later: Published,
    earlier: Published,
    *,
    is_excused: bool = True,
) -> AuditReport:
    """Attack a release together with an earlier one of the same round.

    An index that counts respondents in one of the methods only (all_items) is not attacked.

    Args:
        context: of the later release.
        truth: `indices` and `questions` of `Tallies` of the later release: units' own rows.
        is_excused: what the earlier release tells by itself is out already, and no fault of the later one. False to turn
            the two round: what a new release (`earlier`) tells of the hidden cells of an old one (`later`).
    """
    before, now = (_own_counts(context, release.frames["fct_response"]) for release in (earlier, later))
    change = before.join(now, on=GROUP, how="full", coalesce=True, suffix="_now").select(
        *GROUP, gone=pl.col("n").fill_null(0) - pl.col("n_now").fill_null(0)
    )
    codes = set(later.indices["index_code"]) & set(earlier.indices["index_code"])
    formulas = later.method.formulas, earlier.method.formulas
    comparable = {code for code in codes if len({f[code] == "all_items" for f in formulas}) == 1}

    def attack(code: str) -> AuditReport:
        return _Index(context, code, truth, change, later, earlier).audit(is_excused)

    with ThreadPoolExecutor() as threads:
        return AuditReport.of(threads.map(attack, sorted(comparable)))


def adds_up(context: RoundContext, own: pl.DataFrame, indices: pl.DataFrame) -> bool:
    """Whether units' own rows still are what a release shows; not where answers came or went since.

    Args:
        own: `Tallies.indices`. indices: `fct_index`.
    """
    ancestors = ancestors_of(context.folder.units_on(context.round.register_date))
    inside = own.join(ancestors, on="unit_code").with_columns(unit_code="ancestor_code")
    sums = (
        pl.concat([inside, inside.with_columns(respondent_type=pl.lit(ALL))]).group_by(KEY).agg(pl.col("s", "n").sum())
    )
    shown = indices.drop_nulls("numerator").select(*KEY, "numerator", "n_respondents").join(sums, on=KEY, how="left")
    same = (pl.col("numerator") == pl.col("s")) & (pl.col("n_respondents") == pl.col("n"))
    return bool(shown.select(same.fill_null(False).all()).item())


def _own_counts(context: RoundContext, response: pl.DataFrame) -> pl.DataFrame:
    """`unit_code`, `respondent_type`, `n`: submissions of a unit's own respondents."""
    parents = parents_of(context.folder.units_on(context.round.register_date))
    counted = response.filter(pl.col("respondent_type") != ALL).select(*GROUP, n="n_accepted")
    below = counted.with_columns(
        pl.col("unit_code").replace_strict(parents, default=None, return_dtype=pl.String), -pl.col("n")
    )
    return pl.concat([counted, below.drop_nulls("unit_code")]).group_by(GROUP).agg(pl.col("n").sum())


class _Index:
    """One index of two releases: cells, atoms, and how these depend on the answers of each level."""

    def __init__(
        self,
        context: RoundContext,
        code: str,
        truth: Mapping[str, pl.DataFrame],
        change: pl.DataFrame,
        later: Published,
        earlier: Published,
    ) -> None:
        self._rules = later.method.disclosure
        self._is_one_method = later.method.formulas[code] == earlier.method.formulas[code]
        unit, self._unit_before = (100 if m.formulas[code] == "mean100" else 1 for m in (later.method, earlier.method))
        units = context.folder.units_on(context.round.register_date)
        asked = [question.code for question in context.instrument.questions_of(code)]
        gone = change.filter(pl.col("gone") != 0)
        own = _add_empty(truth["indices"].filter(index_code=code), gone.with_columns(index_code=pl.lit(code)))
        counted = own.with_columns(unit=pl.lit(unit, pl.Int64)).with_columns(
            upper=pl.col("m") * pl.col("unit"), value=pl.col("m") * pl.col("unit") - pl.col("s")
        )
        atoms = counted.sort(KEY).with_row_index("atom")
        cells, members = sum_cells(atoms, ancestors_of(units))
        self._n_gone = members @ _gone(atoms, gone)
        self._gross = members @ np.abs(_gone(atoms, gone))
        shown = {name: _shown(context, code, release) for name, release in (("later", later), ("earlier", earlier))}
        most = len(asked)
        if any(figures["index_code"].is_in(asked).any() for figures in shown.values()):
            nobody = gone.join(pl.DataFrame({"question_code": asked}), how="cross")
            questions = _add_empty(truth["questions"], nobody)
            n_index_atoms = atoms.height
            cells, members, atoms = split_by_question(context, code, (cells, members, atoms), questions)
            most = most if atoms.height == n_index_atoms else 1
        for name, figures in shown.items():
            cells = cells.join(figures.rename({"wrong": name}), on=KEY, how="left", maintain_order="left")
        self._atoms, self._members, self._most = atoms, members, most * self._unit_before
        self._gone = _gone(atoms, gone)
        self._cells = judge_small_groups(judge_cells(cells, self._rules), members, atoms["upper"].to_numpy())
        self._blocks = number_parts(atoms["unit_code"], units)
        formulas = [release.method.formulas[code] for release in (later, earlier)]
        scales = {question.scale for question in context.instrument.questions_of(code)}
        levels = [level for scale in scales for level in context.instrument.scales[scale].levels]
        pairs = {(_points_short(formulas[0], level), _points_short(formulas[1], level)) for level in levels}
        self._short = np.array(_find_extremes(pairs), dtype=float).T

    def audit(self, is_excused: bool) -> AuditReport:
        gone = self._gone
        changed = np.flatnonzero(gone)
        few = self._few_changed()
        start = self._find(changed, np.sign(gone[changed]), np.abs(gone[changed]) * self._most)
        if start is None:
            # answers changed otherwise: nothing is taken for the same
            n = self._atoms.height
            changed = np.repeat(np.arange(n), 2)
            bound = (self._atoms["upper"].to_numpy() / self._atoms["unit"].to_numpy()) * self._unit_before
            bound = np.repeat(bound + np.abs(gone) * self._most, 2)
            few = few[:0]
            start = self._find(changed, np.tile([1.0, -1.0], n), bound)
        assert start is not None, "a release that shows what no respondents can have answered"
        rows, value, upper, is_shown = start
        blocks = np.r_[np.repeat(self._blocks, self._short.shape[1]), self._blocks[changed]]
        cells = self._cells
        low, high = (
            np.r_[cells[name].to_numpy(), np.zeros(rows.shape[0] - cells.height)]
            for name in ("cover_low", "cover_high")
        )
        of_few = rows.shape[0] - len(few) + np.arange(len(few))
        high[of_few] = np.minimum(self._unit_before, upper.max(initial=0))
        high[: cells.height] = np.minimum(high[: cells.height], self._members @ self._most_left())
        hidden = cells.with_row_index("at").filter(pl.col("is_sensitive") & pl.col("later").is_null())
        targets = np.r_[hidden["at"].to_numpy(), of_few].astype(np.int64)
        labels = ["/".join(row) for row in hidden.select(KEY).rows()]
        labels += ["/".join(row) + " (came or went)" for row in cells[few].select(KEY).rows()]
        report = World(rows, value, upper, is_shown, blocks).audit(
            labels, targets, low.astype(float), high.astype(float)
        )
        if not is_excused:
            return report
        before = is_shown.copy()
        before[: cells.height] = False
        alone = World(rows, value, upper, before)
        target_of = dict(zip(labels, targets.tolist(), strict=True))
        found = tuple(
            attack
            for attack in report.failures
            if not np.allclose(alone.attack(target_of[attack.cell]), (attack.low, attack.high))
        )
        return replace(report, failures=found)

    def _most_left(self) -> Floats:
        """Bounds of the atoms where the earlier release says of a large group that all of it gave the best answers."""
        is_best = pl.col("earlier").eq(0).fill_null(False) & ~pl.col("is_small")
        within = self._members[np.flatnonzero(self._cells.select(is_best).to_series().to_numpy())].sum(axis=0) > 0
        best = self._short[0, self._short[1] == 0].max() / self._short[0].max()
        upper = self._atoms["upper"].to_numpy()
        return np.where(within & (self._gone == 0), upper * best, upper)

    def _few_changed(self) -> npt.NDArray[np.int64]:
        """Cells in which a few respondents came, or a few went, and not both; not where more did, all of them satisfied."""
        least, n = self._rules.threshold, len(self._gross)
        is_one_way = np.abs(self._n_gone) == self._gross
        is_same = (self._cells["later"] == self._cells["earlier"]).fill_null(False).to_numpy()[:n]
        is_said = is_same & is_one_way & (self._gross >= least) & self._is_one_method
        said = self._members[np.flatnonzero(is_said)].sum(axis=0) > 0
        is_left = self._members[:n] @ (np.abs(self._gone) * ~said) > 0
        return np.flatnonzero(is_left & (self._gross < least) & is_one_way)

    def _find(
        self, changed: npt.NDArray[np.int64], sign: Floats, bound: Floats
    ) -> tuple[Any, Floats, Floats, Any] | None:
        """Rows, a first world, bounds of its atoms, and which rows are known; None where no world agrees with both releases.

        Args:
            changed: atoms whose answers differ; sign, bound: which way, and by how much at most.
        """
        n, k = self._atoms.height, len(changed)
        number = self._atoms["upper"].to_numpy() / self._atoms["unit"].to_numpy()
        n_levels = self._short.shape[1]
        every = sparse.eye_array(n, format="csr")
        count, later, before = (sparse.kron(every, row[None, :]) for row in (np.ones(n_levels), *self._short))
        differ = sparse.csr_array((sign, (changed, np.arange(k))), shape=(n, k))
        nothing = sparse.csr_array((n, k))
        members = self._members
        is_told = self._cells["earlier"].is_not_null().to_numpy()
        told = members[np.flatnonzero(is_told)] @ sparse.hstack([before, differ])
        known = sparse.hstack([sparse.vstack([count, later]), sparse.vstack([nothing, nothing])])
        sums = np.r_[number, self._atoms["value"].to_numpy(), self._cells["earlier"].drop_nulls().to_numpy()]
        upper = np.r_[np.repeat(number, n_levels), bound]
        start = optimize.linprog(
            np.r_[np.zeros(n * n_levels), np.ones(k)],
            A_eq=sparse.vstack([known, told], format="csr"),
            b_eq=sums,
            bounds=np.c_[np.zeros(len(upper)), upper],
            method="highs",
        )
        if start.x is None:
            return None
        few = members[self._few_changed()] @ sparse.csr_array((np.ones(k), (changed, np.arange(k))), shape=(n, k))
        rows = sparse.vstack(
            [
                members @ sparse.hstack([later, nothing]),
                sparse.hstack([count, nothing]),
                told,
                sparse.hstack([sparse.csr_array((few.shape[0], n * n_levels)), few]),
            ],
            format="csr",
        )
        is_shown = np.r_[
            self._cells["later"].is_not_null().to_numpy(),
            np.ones(n + told.shape[0], bool),
            np.zeros(few.shape[0], bool),
        ]
        return rows, start.x, upper, is_shown


def _shown(context: RoundContext, code: str, release: Published) -> pl.DataFrame:
    """KEY, `wrong` of what a release shows of an index and its questions (as `index_code`)."""
    questions = figures_of_questions(context, code, release.frames["fct_question"])
    figures = ["numerator", "denominator"]
    return (
        pl.concat([frame.select(*KEY, *figures) for frame in (release.indices.filter(index_code=code), questions)])
        .drop_nulls()
        .select(*KEY, wrong=pl.col("denominator") - pl.col("numerator"))
    )


def _add_empty(tally: pl.DataFrame, nobody: pl.DataFrame) -> pl.DataFrame:
    """A tally with rows of zeros for groups of whom nobody is left: they are atoms, too."""
    keys = [name for name in nobody.columns if name != "gone"]
    empty = nobody.select(keys).join(tally, on=keys, how="anti")
    counts = (pl.lit(0, tally.schema[name]).alias(name) for name in tally.columns if name not in keys)
    return pl.concat([tally, empty.with_columns(counts).select(tally.columns)])


def _gone(atoms: pl.DataFrame, gone: pl.DataFrame) -> npt.NDArray[np.int64]:
    """Respondents of each atom's group who are in the earlier release only, less those in the later one only."""
    joined = atoms.select(GROUP).join(gone, on=GROUP, how="left", maintain_order="left")
    return joined["gone"].fill_null(0).to_numpy()


def _points_short(formula: str, level: Level) -> int:
    """What an answer of the level lacks of the most that a formula gives for one."""
    match formula:
        case "mean100":
            return 100 - level.score
        case "non_dissatisfied":
            return int(level.is_dissatisfied)
        case _:
            return int(not level.is_satisfied)


def _find_extremes(pairs: Collection[tuple[int, int]]) -> list[tuple[int, int]]:
    """Points that are not between two others: a mix of these says the same."""

    def is_between(pair: tuple[int, int], one: tuple[int, int], other: tuple[int, int]) -> bool:
        (x, y), (v, w) = ((end[0] - pair[0], end[1] - pair[1]) for end in (one, other))
        return x * w == y * v and x * v + y * w < 0

    return sorted(pair for pair in pairs if not any(is_between(pair, *ends) for ends in combinations(pairs, 2)))


def is_counted_alike(context: RoundContext, table: str) -> pl.Expr:
    """Rows of a table of PATTERNS that every method counts alike."""
    outside = [question.code for question in context.instrument.questions if question.index is None]
    return pl.col("question_code").is_in(outside) if table == "fct_question" else pl.lit(True)


def compare_patterns(context: RoundContext, earlier: Published, later: Published) -> Iterator[str]:
    """What a later release tells that the earlier one does not of PATTERNS: naming, comments, distributions of answers.

    Every method counts these alike. Shown again where the earlier one shows them, and where nobody came or went, they tell
    nothing new.
    """
    changed = find_changed_units(*(release.frames["fct_dissatisfaction"] for release in (earlier, later)))
    for name, keys in PATTERNS.items():
        then, now = (
            frame.group_by(keys).agg(pl.col("is_suppressed").any()).filter(~pl.col("is_suppressed"))
            for frame in (release.frames[name].filter(is_counted_alike(context, name)) for release in (earlier, later))
        )
        known = then.filter(~pl.col("unit_code").is_in(changed))
        if n_new := now.join(known, on=keys, how="anti").height:
            yield f"{name}: {n_new} patterns are shown that were hidden, or are of units where respondents came or went"


def find_changed_units(earlier: pl.DataFrame, later: pl.DataFrame) -> list[str]:
    """Units where respondents came or went.

    Args:
        earlier, later: `unit_code`, `n_respondents`.
    """
    counts = (frame.select("unit_code", "n_respondents") for frame in (earlier, later))
    both = next(counts).join(next(counts), on="unit_code", how="full", coalesce=True, suffix="_later")
    differs = pl.col("n_respondents").ne_missing(pl.col("n_respondents_later"))
    return both.filter(differs)["unit_code"].sort().to_list()


def find_panel_differences(
    before: pl.LazyFrame, now: pl.LazyFrame, ancestors: pl.DataFrame, threshold: int
) -> pl.DataFrame:
    """Cells that the same respondents answered in two rounds, but for fewer than the threshold who came or went.

    Who takes for granted that those who stayed answered the same twice learns by subtraction what these few answered.

    Args:
        before, now: microdata: `respondent_pseudonym` (under one key), `unit_code`, `respondent_type`.

    Returns:
        `unit_code`, `respondent_type`, `n_stayed`, `n_changed`; sorted.
    """
    keys = ["respondent_pseudonym", *GROUP]
    then, today = (rows.select(keys).unique().with_columns(is_in=True) for rows in (before, now))
    own = (
        then.join(today, on=keys, how="full", coalesce=True, suffix="_now")
        .with_columns(has_stayed=pl.all_horizontal(pl.col("is_in", "is_in_now").fill_null(False)))
        .collect()
    )
    rolled = own.join(ancestors, on="unit_code").with_columns(unit_code="ancestor_code")
    return (
        pl.concat([rolled, rolled.with_columns(respondent_type=pl.lit(ALL))])
        .group_by(GROUP)
        .agg(n_stayed=pl.col("has_stayed").sum(), n_changed=(~pl.col("has_stayed")).sum())
        .filter((pl.col("n_stayed") > 0) & pl.col("n_changed").is_between(1, threshold - 1))
        .sort(GROUP)
    )


def select_shown(cells: pl.DataFrame, *rounds: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Those of `cells` (GROUP) that each round shows.

    Args:
        rounds: `fct_index` of a round's releases, one of which must show the cell in some index.
    """
    for releases in rounds:
        shown = pl.concat([indices.drop_nulls("n_respondents").select(GROUP) for indices in releases])
        cells = cells.join(shown, on=GROUP, how="semi")
    return cells
