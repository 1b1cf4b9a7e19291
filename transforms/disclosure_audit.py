"""An audit of disclosure control, independent of what suppressed the cells: attack what is published, as anyone could.

The attacker knows every published count, the tree of units, the types of respondents, and how many answers each group
gave (who took part is public). Unknown to him are the dissatisfied answers x of the smallest groups: one per unit's own
respondents, type and index. Every published cell is a sum of them:

    minimise, maximise   sum of x over the hidden group     where   A x = b  (published sums),   0 <= x <= answers

Every solution is a world that agrees with all that is published, so it widens the intervals of all hidden groups at once;
a group whose interval already covers what must stay possible needs no attack of its own, the others get exact ones.
Numerators and denominators are published, so rounding hides nothing; what is derived from shown figures (ranks, counts of
units above a threshold, changes, points) adds nothing, which the audit checks by computing the counts anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import optimize, sparse

from surveys.models import Disclosure
from transforms.indices import formula_unit
from transforms.results import RoundContext
from transforms.scores import count_above_threshold
from transforms.units import ancestors_of

ALL = "all"
KEY = ["unit_code", "respondent_type", "index_code"]
OWN = " (own)"
"""Suffix of a unit that stands for its own respondents without those of the units below: the difference of what is shown."""
TOLERANCE = 1e-3
MAX_FAILURES = 20
"""Per index: after so many cells that are worked back the audit has failed, and attacks no more."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Attack:
    """A sensitive cell, the interval that an attacker derives for its count, and what the interval should cover."""

    cell: str
    low: float
    high: float
    cover_low: float
    cover_high: float

    @property
    def is_covered(self) -> bool:
        return self.low <= self.cover_low + TOLERANCE and self.high >= self.cover_high - TOLERANCE


@dataclass(frozen=True)
class AuditReport:
    """What was tried and what came of it. A cell is counted once per index.

    tightest: the narrowest intervals of sensitive cells (at least as wide as given). failures: cells that can be worked
    back too closely. inconsistencies: published figures that are not what the shown cells say.
    """

    n_shown: int
    n_hidden: int
    n_sensitive: int
    n_exact: int
    tightest: tuple[Attack, ...]
    failures: tuple[Attack, ...]
    inconsistencies: tuple[str, ...]

    @property
    def is_safe(self) -> bool:
        return not self.failures and not self.inconsistencies


def audit_results(context: RoundContext, own: pl.DataFrame, frames: Mapping[str, pl.DataFrame]) -> AuditReport:
    """Attack the published tables of a round.

    Args:
        own: `Tallies.indices`: units' own rows, the truth that the attacker is after.
        frames: `fct_index` (KEY, `numerator`, `denominator`, null where hidden; `unit_level`) and `fct_threshold`.
    """
    ancestors = ancestors_of(context.folder.units_on(context.round.register_date))
    atoms = own.with_columns(formula_unit(context.method).alias("unit")).with_columns(
        upper=pl.col("m") * pl.col("unit"), value=pl.col("m") * pl.col("unit") - pl.col("s")
    )
    reports = []
    for code in sorted(atoms["index_code"].unique().to_list()):
        numbered = atoms.filter(pl.col("index_code") == code).sort(KEY).with_row_index("atom")
        cells, members = _cells(numbered, ancestors)
        published = frames["fct_index"].filter(pl.col("index_code") == code)
        reports.append(_attack_index(_judge(cells, context.method.disclosure), members, numbered, published))
    attacks = [attack for report in reports for attack in report.tightest]
    return AuditReport(
        n_shown=sum(report.n_shown for report in reports),
        n_hidden=sum(report.n_hidden for report in reports),
        n_sensitive=sum(report.n_sensitive for report in reports),
        n_exact=sum(report.n_exact for report in reports),
        tightest=tuple(sorted(attacks, key=lambda a: (a.high - a.low, a.cell))[:10]),
        failures=tuple(attack for report in reports for attack in report.failures),
        inconsistencies=(
            *(text for report in reports for text in report.inconsistencies),
            *_check_thresholds(context, frames, ancestors),
        ),
    )


# --- cells and what must stay possible of them -------------------------------------------------------------


def _cells(numbered: pl.DataFrame, ancestors: pl.DataFrame) -> tuple[pl.DataFrame, Any]:
    """All groups of one index, with their sums, and which atoms are in which (sparse, groups x atoms)."""
    subtrees = numbered.join(ancestors, on="unit_code").with_columns(pl.col("ancestor_code").alias("unit_code"))
    parents = ancestors.filter(pl.col("unit_code") != pl.col("ancestor_code"))["ancestor_code"].unique()
    own = numbered.filter(pl.col("unit_code").is_in(parents.to_list())).with_columns(pl.col("unit_code") + OWN)
    by_type = pl.concat([subtrees.select(numbered.columns), own])
    both = pl.concat([by_type, by_type.with_columns(pl.lit(ALL).alias("respondent_type"))])
    sums = ["n", "n_satisfied", "n_dissatisfied", "value", "upper"]
    cells = both.group_by(KEY).agg(pl.col(sums).sum(), pl.col("unit").first()).sort(KEY).with_row_index("cell")
    pairs = both.join(cells.select("cell", *KEY), on=KEY)
    shape = (cells.height, numbered.height)
    entries = (np.ones(pairs.height), (pairs["cell"].to_numpy(), pairs["atom"].to_numpy()))
    return cells, sparse.csr_array(entries, shape=shape)


def _judge(cells: pl.DataFrame, rules: Disclosure) -> pl.DataFrame:
    """`cover_low`, `cover_high`: what must stay possible of a cell's count; its value alone where it is not sensitive."""
    value, upper = pl.col("value"), pl.col("upper")
    few = pl.min_horizontal(rules.threshold * pl.col("unit"), upper)
    dissatisfied = pl.col("n_dissatisfied").is_between(1, rules.threshold - 1)
    satisfied = pl.col("n_satisfied").is_between(1, rules.threshold - 1) & (
        pl.col("n") >= rules.min_respondents_for_rate
    )
    low = pl.when(dissatisfied).then(0).when(satisfied).then(pl.min_horizontal(upper - few, value)).otherwise(value)
    high = pl.when(dissatisfied).then(pl.max_horizontal(few, value)).when(satisfied).then(upper).otherwise(value)
    return cells.with_columns(
        low.alias("cover_low"),
        high.alias("cover_high"),
        (dissatisfied | satisfied).alias("is_sensitive"),
        (pl.col("n") < rules.min_respondents_for_rate).alias("is_small"),
    )


def _judge_small_groups(cells: pl.DataFrame, members: Any) -> pl.DataFrame:
    """What a small group answered must not be certain either, unless a larger group says it: all of that did."""
    said = np.zeros(cells.height, dtype=bool)
    for extreme in (pl.col("value") == 0, pl.col("value") == pl.col("upper")):
        is_larger = cells.select(extreme & ~pl.col("is_small")).to_series().to_numpy()
        within = members[np.flatnonzero(is_larger)].sum(axis=0) > 0
        said |= members @ (~within).astype(float) == 0
    is_open = pl.col("is_small") & ~pl.col("is_sensitive") & ~pl.Series("said", said)
    value, rest = pl.col("value"), pl.col("upper") - pl.col("value")
    return cells.with_columns(
        pl.when(is_open).then(value - pl.min_horizontal(value, 1)).otherwise("cover_low").alias("cover_low"),
        pl.when(is_open).then(value + pl.min_horizontal(rest, 1)).otherwise("cover_high").alias("cover_high"),
        pl.col("is_sensitive") | is_open,
    )


# --- the attack --------------------------------------------------------------------------------------------


def _attack_index(cells: pl.DataFrame, members: Any, atoms: pl.DataFrame, published: pl.DataFrame) -> AuditReport:
    told = published.select(*KEY, "numerator", "denominator", "n_respondents", "index_pct", is_published=True)
    cells = cells.join(told, on=KEY, how="left", maintain_order="left")
    is_shown = cells["denominator"].is_not_null().to_numpy()
    figures = pl.col("numerator", "n_respondents", "index_pct")
    counts = {
        "are not what the units' own rows add up to": (pl.col("denominator") - pl.col("numerator") != pl.col("value"))
        | (pl.col("denominator") != pl.col("upper")),
        "are sensitive themselves": pl.col("denominator").is_not_null() & (pl.col("is_sensitive") | pl.col("is_small")),
        "are hidden in part only": pl.any_horizontal(figures.is_not_null()) & pl.col("denominator").is_null(),
    }
    code = cells["index_code"][0]
    found = {text: cells.filter(condition).height for text, condition in counts.items()}
    world = _World(members, atoms["value"].to_numpy().astype(float), atoms["upper"].to_numpy().astype(float), is_shown)
    cells = _judge_small_groups(cells, members)
    targets = np.flatnonzero(cells["is_sensitive"].to_numpy() & ~is_shown)
    cover = cells["cover_low"].to_numpy().astype(float), cells["cover_high"].to_numpy().astype(float)
    world.widen(targets, *cover)
    keys = cells.select(*KEY).rows()
    attacks = [
        Attack("/".join(keys[t]), *(float(array[t]) for array in (world.low, world.high, *cover))) for t in targets
    ]
    n_exact = 0
    failures: list[Attack] = []
    covered: list[Attack] = []
    for target, attack in zip(targets, attacks, strict=True):
        if not attack.is_covered and len(failures) < MAX_FAILURES:
            n_exact += 1
            low, high = world.attack(int(target))
            attack = replace(attack, low=low, high=high)
            if not attack.is_covered:
                failures.append(attack)
        covered.append(attack)
    return AuditReport(
        n_shown=int(is_shown.sum()),
        n_hidden=int((~is_shown).sum()),
        n_sensitive=len(targets),
        n_exact=n_exact,
        tightest=tuple(sorted(covered, key=lambda a: (a.high - a.low, a.cell))[:10]),
        failures=tuple(failures),
        inconsistencies=tuple(f"index {code}: {n} cells {text}" for text, n in found.items() if n),
    )


class _World:
    """Worlds that agree with the published sums; `low` and `high` of every cell over the worlds seen so far."""

    def __init__(self, members: Any, value: Floats, upper: Floats, is_shown: npt.NDArray[np.bool_]) -> None:
        self._members = members
        self._sums = members[np.flatnonzero(is_shown)]
        self._value, self._upper = value, upper
        self.low = self.high = members @ value

    def attack(self, target: int) -> tuple[float, float]:
        """The exact interval of one cell."""
        goal = self._members[[target]].toarray()[0]
        low, high = (goal @ self._find(sign * goal, None, None) for sign in (1.0, -1.0))
        return float(low), float(high)

    def widen(self, targets: npt.NDArray[np.int64], cover_low: Floats, cover_high: Floats) -> None:
        """Look for worlds in which many cells are as far off as they should be able to be at once."""
        draw = np.random.default_rng(7)
        n_before = np.inf
        while True:
            below = np.maximum(self.low[targets] - cover_low[targets], 0)
            above = np.maximum(cover_high[targets] - self.high[targets], 0)
            n_open = int((below > TOLERANCE).sum() + (above > TOLERANCE).sum())
            if not n_open or n_open > 0.9 * n_before:
                return
            n_before = n_open
            is_up = (above > TOLERANCE) & ((below <= TOLERANCE) | (draw.random(len(targets)) < 0.5))
            is_open = np.where(is_up, above, below) > TOLERANCE
            chosen = is_open & (draw.random(len(targets)) < max(0.5, 20 / n_open))
            sign = np.where(is_up, 1.0, -1.0)[chosen]
            rows = sparse.diags_array(sign) @ self._members[targets[chosen]]
            goal = np.where(is_up, cover_high[targets], -cover_low[targets])[chosen]
            world = self._find(None, rows, goal)
            seen = self._members @ world
            self.low, self.high = np.minimum(self.low, seen), np.maximum(self.high, seen)

    def _find(self, cost: Floats | None, rows: Any, goal: Floats | None) -> Floats:
        """A world of least cost; without one, of the largest sum of rows @ world, each counted up to its goal."""
        n, k = len(self._value), 0 if goal is None else len(goal)
        sums = sparse.hstack([self._sums, sparse.csr_array((self._sums.shape[0], k))], format="csr")
        result = optimize.linprog(
            np.r_[np.zeros(n) if cost is None else cost, -np.ones(k)],
            A_ub=sparse.hstack([-rows, sparse.eye_array(k)], format="csr") if k else None,
            b_ub=np.zeros(k) if k else None,
            A_eq=sums if sums.shape[0] else None,
            b_eq=self._sums @ self._value if sums.shape[0] else None,
            bounds=np.c_[np.r_[np.zeros(n), np.full(k, -np.inf)], np.r_[self._upper, [] if goal is None else goal]],
            method="highs",
        )
        return np.asarray(result.x[:n], dtype=np.float64)


def _check_thresholds(
    context: RoundContext, frames: Mapping[str, pl.DataFrame], ancestors: pl.DataFrame
) -> Iterator[str]:
    """Counts of units above a threshold must be those of the shown units: then they tell nothing new."""
    names = ["unit_code", "unit_level", "index_code", "threshold_pct", "n_above", "n_at", "n_below", "n_not_rated"]
    for threshold in context.method.thresholds:
        anew = count_above_threshold(frames["fct_index"], ancestors, threshold).select(names)
        published = (
            frames["fct_threshold"]
            .select(names)
            .filter((pl.col("unit_level") == threshold.level) & (pl.col("threshold_pct") == threshold.pct))
        )
        n_other = anew.join(published, on=names, how="anti").height + published.join(anew, on=names, how="anti").height
        if n_other:
            yield f"threshold {threshold.pct} % of level {threshold.level}: {n_other} counts are not of the shown units"


# --- releases of the same round ----------------------------------------------------------------------------


def audit_difference(earlier: pl.DataFrame, later: pl.DataFrame, threshold: int) -> pl.DataFrame:
    """Cells that two releases of a round show, and whose difference is of fewer respondents than the threshold.

    Whoever has both releases subtracts them: the answers of the few who came or went are left.

    Args:
        earlier, later: `fct_index` as published: KEY, `n_respondents`, `numerator`, `denominator`.

    Returns:
        KEY, `n_difference`: respondents by which the two differ (0: the same number, other answers); sorted.
    """
    both = later.join(earlier, on=KEY, suffix="_earlier").drop_nulls(["denominator", "denominator_earlier"])
    differs = pl.any_horizontal(
        pl.col(name) != pl.col(f"{name}_earlier") for name in ("n_respondents", "numerator", "denominator")
    )
    difference = (pl.col("n_respondents") - pl.col("n_respondents_earlier")).abs().alias("n_difference")
    return both.filter(differs).select(*KEY, difference).filter(pl.col("n_difference") < threshold).sort(KEY)
