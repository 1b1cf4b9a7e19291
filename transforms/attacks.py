"""Attacks by linear programming on what is published, apart from what is published.

Unknown are counts of the smallest groups, the atoms; every cell is a sum of them, the shown ones of known value:

    minimise, maximise   sum of x over a hidden cell     where   A x = b  (shown cells),   0 <= x <= upper

Every solution is a world that agrees with all that is published, so it widens the intervals of all hidden cells at once;
a cell whose interval already covers what must stay possible needs no attack of its own, the others get exact ones.
A world in which only the atoms of a few blocks differ from the truth (those of some provinces) is one as well, and is
found in a fraction of the time: what these prove safe is not attacked with all atoms.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse

TOLERANCE = 1e-3
ENOUGH = 3
"""Cells that one world must prove safe to be worth more than attacking them one by one."""
GROUPS = (4, 16, 16, 32, 32, 32)
"""Blocks whose atoms are moved together, the blocks drawn anew each time, before all atoms are."""
FEW_SUMS = 3
"""Atoms to a published sum from which on presolve takes longer than it saves."""
MAX_FAILURES = 20
"""Per world: after so many cells that are worked back the audit has failed, and attacks no more."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Attack:
    """A sensitive cell, the interval that an attacker derives for its count, and what the interval should cover."""

    cell: str
    low: float
    high: float
    cover_low: float
    cover_high: float

    @property
    def open_ends(self) -> list[float]:
        """1: the interval does not reach low enough, -1: not high enough."""
        is_open = {1.0: self.low > self.cover_low + TOLERANCE, -1.0: self.high < self.cover_high - TOLERANCE}
        return [end for end, is_here in is_open.items() if is_here]


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

    @classmethod
    def of(cls, reports: Iterable[AuditReport]) -> AuditReport:
        """The report of several tables, with the tightest of all intervals."""
        every = list(reports)
        attacks = [attack for report in every for attack in report.tightest]
        return cls(
            n_shown=sum(report.n_shown for report in every),
            n_hidden=sum(report.n_hidden for report in every),
            n_sensitive=sum(report.n_sensitive for report in every),
            n_exact=sum(report.n_exact for report in every),
            tightest=_tightest(attacks),
            failures=tuple(attack for report in every for attack in report.failures),
            inconsistencies=tuple(text for report in every for text in report.inconsistencies),
        )


def _tightest(attacks: Iterable[Attack]) -> tuple[Attack, ...]:
    return tuple(sorted(attacks, key=lambda attack: (attack.high - attack.low, attack.cell))[:10])


class World:
    """Worlds that agree with the published sums; `low` and `high` of every cell over the worlds seen so far.

    Args:
        members: cells x atoms.
        value, upper: of the atoms: the truth, or a first world, and how much there can be.
        blocks: label of each atom from 0 on: few cells that matter are sums over several blocks.
    """

    def __init__(
        self, members: Any, value: Floats, upper: Floats, is_shown: npt.NDArray[np.bool_], blocks: Ints | None = None
    ) -> None:
        self._members, self._is_shown = sparse.csr_array(members), is_shown
        self._sums = self._members[np.flatnonzero(is_shown)]
        self._value, self._upper = value, upper
        self._blocks = np.zeros(len(value), dtype=np.int64) if blocks is None else blocks
        self.low, self.high = members @ value, members @ value

    def audit(
        self,
        labels: Sequence[str],
        targets: Ints,
        cover_low: Floats,
        cover_high: Floats,
        inconsistencies: Iterable[str] = (),
    ) -> AuditReport:
        """Attack hidden cells.

        Args:
            labels: of the targets.
            targets: cells whose interval must reach from `cover_low` to `cover_high` (of all cells).
        """
        self._widen_by_blocks(targets, cover_low, cover_high)
        self.widen(targets, cover_low, cover_high)
        attacks: list[Attack] = []
        failures: list[Attack] = []
        n_exact = 0
        for label, target in zip(labels, targets.tolist(), strict=True):
            ends = (float(array[target]) for array in (self.low, self.high, cover_low, cover_high))
            attack = Attack(label, *ends)
            if attack.open_ends and len(failures) < MAX_FAILURES:
                n_exact += 1
                for end in attack.open_ends:
                    self._see(self._find(end * self._members[[target]].toarray()[0]))
                attack = replace(attack, low=float(self.low[target]), high=float(self.high[target]))
                if attack.open_ends:
                    low, high = self.attack(target)
                    attack = replace(attack, low=low, high=high)
                    failures.append(attack)
            attacks.append(attack)
        n_shown = int(self._is_shown.sum())
        n_hidden = len(self._is_shown) - n_shown
        found = tuple(failures), tuple(inconsistencies)
        return AuditReport(n_shown, n_hidden, len(targets), n_exact, _tightest(attacks), *found)

    def attack(self, target: int) -> tuple[float, float]:
        """The exact interval of one cell."""
        goal = self._members[[target]].toarray()[0]
        low, high = (goal @ self._find(sign * goal) for sign in (1.0, -1.0))
        return float(low), float(high)

    def _widen_by_blocks(self, targets: Ints, cover_low: Floats, cover_high: Floats) -> None:
        """`widen` by worlds in which all atoms but those of a few blocks are as they are."""
        draw, truth = np.random.default_rng(11), self._members @ self._value
        n_blocks = int(self._blocks.max(initial=0)) + 1
        for size in (size for size in GROUPS if size < n_blocks):
            group = draw.permutation(n_blocks)[self._blocks] // size
            for number in range(group.max() + 1):
                atoms = np.flatnonzero(group == number)
                members = self._members[:, atoms]
                cells = np.flatnonzero(np.diff(members.indptr))
                is_open = (self.low > cover_low + TOLERANCE) | (self.high < cover_high - TOLERANCE)
                within = np.flatnonzero(np.isin(cells, targets[is_open[targets]]))
                if not len(within):
                    continue
                part = World(members[cells], self._value[atoms], self._upper[atoms], self._is_shown[cells])
                rest = truth[cells] - part.low
                part.low, part.high = self.low[cells] - rest, self.high[cells] - rest
                part.widen(within, cover_low[cells] - rest, cover_high[cells] - rest, enough=1)
                self.low[cells], self.high[cells] = part.low + rest, part.high + rest

    def widen(self, targets: Ints, cover_low: Floats, cover_high: Floats, enough: int = ENOUGH) -> None:
        """Look for worlds in which many cells are as far off as they should be able to be at once.

        Args:
            enough: cells that the last world must have proven safe for another one to be looked for.
        """
        draw = np.random.default_rng(7)
        n_before = np.inf
        while True:
            below = np.maximum(self.low[targets] - cover_low[targets], 0)
            above = np.maximum(cover_high[targets] - self.high[targets], 0)
            n_open = int((below > TOLERANCE).sum() + (above > TOLERANCE).sum())
            if not n_open or n_open > n_before - enough:
                return
            n_before = n_open
            is_up = (above > TOLERANCE) & ((below <= TOLERANCE) | (draw.random(len(targets)) < 0.5))
            missing = np.where(is_up, above, below)
            chosen = (missing > TOLERANCE) & (draw.random(len(targets)) < max(0.5, 20 / n_open))
            sign = np.where(is_up, 1.0, -1.0)[chosen]
            rows = sparse.diags_array(sign) @ self._members[targets[chosen]]
            goal = np.where(is_up, cover_high[targets], -cover_low[targets])[chosen]
            # unequal worth: a world that brings some groups all the way is worth more than one that brings all halfway
            worth = draw.uniform(0.2, 1, len(goal)) / np.minimum(missing[chosen], 1e6)
            self._see(self._find(np.zeros(len(self._value)), rows, goal, worth))

    def _see(self, world: Floats) -> None:
        seen = self._members @ world
        self.low, self.high = np.minimum(self.low, seen), np.maximum(self.high, seen)

    def _find(self, cost: Floats, rows: Any = None, goal: Any = (), worth: Any = ()) -> Floats:
        """A world of least cost, less the worth of every row of rows @ world, each counted up to its goal."""
        n, k = len(self._value), len(goal)
        sums = sparse.hstack([self._sums, sparse.csr_array((self._sums.shape[0], k))], format="csr")
        result = optimize.linprog(
            np.r_[cost, -np.asarray(worth)],
            A_ub=sparse.hstack([-rows, sparse.eye_array(k)], format="csr") if k else None,
            b_ub=np.zeros(k) if k else None,
            A_eq=sums if sums.shape[0] else None,
            b_eq=self._sums @ self._value if sums.shape[0] else None,
            bounds=np.c_[np.r_[np.zeros(n), np.full(k, -np.inf)], np.r_[self._upper, goal]],
            method="highs",
            # few sums of many atoms are solved sooner than they are simplified
            options={"presolve": FEW_SUMS * self._sums.shape[0] > n},
        )
        return np.asarray(result.x[:n], dtype=np.float64)
