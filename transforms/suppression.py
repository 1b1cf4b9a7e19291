"""Complementary suppression: which further cells to hide so that hidden ones cannot be worked back from shown ones.

A set of linked tables is a list of cells and of linear relations among them (totals, trees, bounds with a slack). An
attacker knows the relations, every shown cell, and bounds of the hidden ones; linear programming gives what he can
derive. The pattern that loses the least weight while every sensitive cell keeps its protection interval is an integer
program with one binary variable per pattern and one constraint per way of attack:

    sum_i c_i x_i >= demand        c_i = r_i (value_i - lower_i) if r_i > 0, else |r_i| (upper_i - value_i)

with r the reduced costs of the attack at its optimum. The constraints are found as they are needed: attack the pattern,
add the constraint that each successful attack breaks, solve, repeat. A pattern that withstands every attack is optimal,
because each constraint holds for every safe pattern. The program falls apart into small ones, solved one by one.
Fischetti and Salazar (2001), "Solving the cell suppression problem on tabular data with linear constraints",
Management Science 47(7).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import optimize, sparse
from scipy.sparse import csgraph

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

TOLERANCE = 1e-6
BATCH = 20_000
"""Variables of the attacks that are solved in one call."""


class UnprotectableError(ValueError):
    """Some sensitive cells could be worked back even if every cell were hidden."""


def suppress(cells: pl.DataFrame, relations: pl.DataFrame, implied: pl.DataFrame | None = None) -> pl.DataFrame:
    """Find the patterns to hide.

    Args:
        cells: `cell_id`; `pattern` (cells of a pattern are hidden together); `value`; `weight` of losing the cell;
            `is_hidden`: already hidden, or never published; `lower`, `upper`: bounds the attacker knows of the cell
            once it is hidden (`upper` may be infinite); `lower_protection`, `upper_protection`: how far below and above
            its value he must not be able to exclude anything; 0 where the cell is not sensitive.
        relations: `relation_id`, `cell_id`, `coefficient`: in each relation, coefficient x value adds up to 0.
        implied: `pattern`, `implied_pattern`: what must be hidden along.

    Returns:
        `pattern`, `is_complementary` of every hidden pattern, sorted.

    Raises:
        ValueError: a relation does not hold for the values.
        UnprotectableError: hiding everything would not be enough for some cell.
    """
    tables = _Tables.of(cells, relations)
    program = _Program(tables)
    if implied is not None:
        program.add_implications(implied)
    for is_integer in (False, True):
        touched = np.ones(len(tables.below), dtype=bool)
        while touched.any():
            before = program.share
            program.add_and_solve(*_find_broken_protections(tables, before[tables.pattern], touched), is_integer)
            touched = (np.abs(before - program.share) > TOLERANCE)[tables.pattern]
    hidden = program.share > 0.5
    return pl.DataFrame({"pattern": tables.pattern_names[hidden], "is_complementary": ~program.given[hidden]})


@dataclass(frozen=True)
class _Tables:
    """Cells as arrays in the order of their ids, relations as a sparse matrix (relations x cells)."""

    matrix: Any
    pattern: Ints
    pattern_names: npt.NDArray[Any]
    weight: Floats
    is_given: Bools
    below: Floats
    above: Floats
    demand_below: Floats
    demand_above: Floats

    @classmethod
    def of(cls, cells: pl.DataFrame, relations: pl.DataFrame) -> _Tables:
        cells = cells.sort("cell_id")
        names, pattern = np.unique(cells["pattern"].to_numpy(), return_inverse=True)
        row = relations["relation_id"].rank("dense").to_numpy().astype(np.int64) - 1
        column = np.searchsorted(cells["cell_id"].to_numpy(), relations["cell_id"].to_numpy())
        shape = (int(row.max(initial=-1)) + 1, cells.height)
        matrix = sparse.csr_array((relations["coefficient"].to_numpy().astype(float), (row, column)), shape=shape)
        value, lower, upper, demand_below, demand_above, weight = (
            cells[name].to_numpy().astype(float)
            for name in ("value", "lower", "upper", "lower_protection", "upper_protection", "weight")
        )
        if n_wrong := int((np.abs(matrix @ value) > TOLERANCE).sum()):
            raise ValueError(f"{n_wrong} of {shape[0]} relations do not hold for the values of their cells")
        return cls(
            matrix=matrix,
            pattern=pattern.astype(np.int64),
            pattern_names=names,
            weight=np.bincount(pattern, weight, len(names)),
            is_given=np.bincount(pattern, cells["is_hidden"].to_numpy(), len(names)) > 0,
            below=value - lower,
            above=upper - value,
            demand_below=demand_below,
            demand_above=demand_above,
        )


# --- attacks -----------------------------------------------------------------------------------------------


def _find_broken_protections(tables: _Tables, share: Floats, touched: Bools) -> tuple[Any, Floats]:
    """Attack the sensitive hidden cells of every group with a cell next to a touched one.

    Args:
        share: 1: the cell is hidden, 0: shown; between: hidden by that share, in a relaxed program.

    Returns:
        the c_i of the module's formula, one row per attack that comes too close (attacks x cells), and its demand.
    """
    hidden = share > TOLERANCE
    groups = _Groups.of(tables, hidden)
    beside = (abs(tables.matrix).T @ (abs(tables.matrix) @ touched.astype(float))) > 0
    near = np.isin(groups.label, groups.label[hidden & beside]) & hidden
    rows: list[Any] = [sparse.csr_array((0, len(hidden)))]
    demands: list[Floats] = []
    for side, demand in ((1.0, tables.demand_above), (-1.0, tables.demand_below)):
        targets = _drop_unreached(tables, share, np.flatnonzero(near & (demand > 0)), side, demand)
        for batch in groups.batches(targets):
            reach, reduced = groups.attack(tables, share, batch, side, demand[batch])
            is_broken = reach < demand[batch] - TOLERANCE
            rows.append(_capacity(tables, reduced[np.flatnonzero(is_broken)], demand[batch][is_broken]))
            demands.append(demand[batch][is_broken])
    return sparse.vstack(rows, format="csr"), np.concatenate([np.zeros(0), *demands])


def _capacity(tables: _Tables, reduced: Any, demand: Floats) -> Any:
    reduced.data[np.abs(reduced.data) < TOLERANCE] = 0
    reduced.eliminate_zeros()
    room = np.where(reduced.data > 0, tables.below[reduced.indices], tables.above[reduced.indices])
    capacity = np.abs(reduced.data) * room
    reduced.data = np.round(np.minimum(capacity, np.repeat(demand, np.diff(reduced.indptr))), 6)
    reduced.eliminate_zeros()
    return reduced


def _drop_unreached(tables: _Tables, share: Floats, targets: Ints, side: float, demand: Floats) -> Ints:
    """Targets left after joint attacks: one feasible point in which many reach their demand clears all of these."""
    columns = np.flatnonzero(share > TOLERANCE)
    low, high = _room(tables, columns, share[columns], demand.max())
    matrix = tables.matrix[:, columns]
    matrix = matrix[np.flatnonzero(np.diff(matrix.indptr))]
    while len(targets):
        position = np.searchsorted(columns, targets)
        n, k = len(columns), len(targets)
        # maximise the sum of t, each t at most side * z of its target and at most its demand
        picks = sparse.csr_array((np.full(k, -side), (np.arange(k), position)), shape=(k, n))
        result = optimize.linprog(
            np.r_[np.zeros(n), -np.ones(k)],
            A_ub=sparse.hstack([picks, sparse.eye_array(k)], format="csr"),
            b_ub=np.zeros(k),
            A_eq=sparse.hstack([matrix, sparse.csr_array((matrix.shape[0], k))], format="csr"),
            b_eq=np.zeros(matrix.shape[0]),
            bounds=np.c_[np.r_[low, np.full(k, -np.inf)], np.r_[high, demand[targets]]],
            method="highs",
        )
        is_reached = side * result.x[position] >= demand[targets] - TOLERANCE
        targets = targets[~is_reached]
        if is_reached.mean() < 0.2:
            break
    return targets


def _room(tables: _Tables, cells: Ints, share: Floats, demand: Any) -> tuple[Floats, Floats]:
    """How far cells can move from their values; those hidden by a share only, by that share of what is demanded."""
    is_part = share < 1 - TOLERANCE
    low, high = tables.below[cells], tables.above[cells]
    return (
        -np.where(is_part, np.minimum(low, demand) * share, low),
        np.where(is_part, np.minimum(high, demand) * share, high),
    )


@dataclass(frozen=True)
class _Groups:
    """Connected groups of hidden cells: an attack on a cell needs the cells and relations of its group only."""

    label: Ints
    cells: dict[int, Ints]
    relations: dict[int, Ints]

    @classmethod
    def of(cls, tables: _Tables, hidden: Bools) -> _Groups:
        links = (tables.matrix @ sparse.diags_array(hidden.astype(float))).tocsr()
        links.eliminate_zeros()
        _, label = csgraph.connected_components(sparse.block_array([[None, links], [links.T, None]]), directed=False)
        n_relations = links.shape[0]
        return cls(
            label[n_relations:],
            _members(label[n_relations:], np.flatnonzero(hidden)),
            _members(label[:n_relations], np.flatnonzero(np.diff(links.indptr))),
        )

    def batches(self, targets: Ints) -> list[Ints]:
        sizes = np.cumsum([len(self.cells[self.label[target]]) for target in targets]) // BATCH
        return [targets[sizes == part] for part in np.unique(sizes)]

    def attack(self, tables: _Tables, share: Floats, targets: Ints, side: float, demand: Floats) -> tuple[Floats, Any]:
        """Move each target as far as its demand, all in one block-diagonal program.

        Returns:
            how far each target goes, and the reduced costs of all cells in its block (targets x cells).
        """
        cells = [self.cells[self.label[target]] for target in targets]
        relations = [self.relations.get(self.label[target], np.zeros(0, dtype=np.int64)) for target in targets]
        starts = np.cumsum([0, *map(len, cells)])
        flat, touched = np.concatenate(cells), np.concatenate(relations)
        aims = np.array([start + np.searchsorted(c, t) for start, c, t in zip(starts, cells, targets, strict=False)])
        low, high = _room(tables, flat, share[flat], np.repeat(demand, [len(c) for c in cells]))
        cost = np.zeros(len(flat))
        cost[aims] = -side
        (high if side > 0 else low)[aims] = np.where(
            side > 0, np.minimum(high[aims], demand), np.maximum(low[aims], -demand)
        )
        systems = {label: tables.matrix[self.relations[label]][:, self.cells[label]] for label in self.relations}
        result = optimize.linprog(
            cost,
            A_eq=sparse.block_diag([systems[self.label[target]] for target in targets], format="csr"),
            b_eq=np.zeros(len(touched)),
            bounds=np.c_[low, high],
            method="highs",
        )
        ends = np.cumsum([0, *map(len, relations)])
        dual = sparse.csr_array(
            (result.eqlin.marginals, np.arange(len(touched)), ends), shape=(len(targets), len(touched))
        )
        own = sparse.csr_array(
            (np.full(len(targets), -side), targets, np.arange(len(targets) + 1)), shape=(len(targets), len(self.label))
        )
        return side * result.x[aims], (own - dual @ tables.matrix[touched]).tocsr()


def _members(label: Ints, chosen: Ints) -> dict[int, Ints]:
    chosen = chosen[np.argsort(label[chosen], kind="stable")]
    parts = np.split(chosen, np.flatnonzero(np.diff(label[chosen])) + 1)
    return {int(label[part[0]]): part for part in parts if len(part)}


# --- the integer program -----------------------------------------------------------------------------------


class _Program:
    """Least weight of hidden patterns under the constraints found so far."""

    def __init__(self, tables: _Tables) -> None:
        self._tables = tables
        self._membership = sparse.csr_array(
            (np.ones(len(tables.pattern)), tables.pattern, np.arange(len(tables.pattern) + 1)),
            shape=(len(tables.pattern), len(tables.pattern_names)),
        )
        self._rows: Any = sparse.csr_array((0, len(tables.pattern_names)))
        self._least = np.zeros(0)
        self.given = tables.is_given.copy()
        self.share = self.given.astype(float)

    def add_implications(self, implied: pl.DataFrame) -> None:
        first, then = (
            np.searchsorted(self._tables.pattern_names, implied[name].to_numpy())
            for name in ("pattern", "implied_pattern")
        )
        self.given[then[self.given[first]]] = True
        self.share = self.given.astype(float)
        first, then = first[~self.given[then]], then[~self.given[then]]
        rows, k = np.arange(len(first)), len(first)
        values, columns = np.r_[np.ones(k), -np.ones(k)], np.r_[then, first]
        self._rows = sparse.csr_array((values, (np.r_[rows, rows], columns)), shape=(k, len(self.given)))
        self._least = np.zeros(k)

    def add_and_solve(self, capacity: Any, demand: Floats, is_integer: bool) -> None:
        """Add one constraint per row of `capacity` (attacks x cells); solve where there are new ones, or fractions."""
        rows, least = self._tighten(capacity @ self._membership, demand)
        self._rows = sparse.vstack([self._rows, rows], format="csr")
        self._least = np.r_[self._least, least]
        if not len(self._least):
            return
        label = self._components()
        row_label = label[self._rows.indices[self._rows.indptr[:-1]]]
        is_part = np.abs(self.share - np.round(self.share)) > TOLERANCE
        changed = [row_label[len(row_label) - len(least) :], *([label[is_part]] if is_integer else [])]
        components = np.unique(np.concatenate(changed))
        self.share = self.share.copy()
        # a linear program falls apart by itself, an integer one has to be taken apart
        for group in components[:, None] if is_integer else [components] * bool(len(components)):
            self._solve(np.isin(label, group), np.isin(row_label, group), is_integer)

    def _solve(self, patterns: Bools, rows: Bools, is_integer: bool) -> None:
        result = optimize.milp(
            self._tables.weight[patterns],
            constraints=optimize.LinearConstraint(self._rows[rows][:, patterns], self._least[rows], np.inf),
            integrality=np.full(patterns.sum(), int(is_integer)),
            bounds=optimize.Bounds(0, 1),
            options={"mip_rel_gap": 0},
        )
        self.share[patterns] = np.round(result.x, 0 if is_integer else 9)

    def _tighten(self, rows: Any, demand: Floats) -> tuple[Any, Floats]:
        """Move what is hidden anyway to the right, and cap coefficients at what is left to reach: x is 0 or 1."""
        rows = rows.tocsr()
        least = np.round(demand - rows @ self.given.astype(float), 6)
        rows = (rows @ sparse.diags_array((~self.given).astype(float))).tocsr()
        rows.eliminate_zeros()
        rows.data = np.minimum(rows.data, np.repeat(least, np.diff(rows.indptr)))
        if n_lost := int((rows.sum(axis=1) < least - TOLERANCE).sum()):
            raise UnprotectableError(f"{n_lost} sensitive cells could be worked back even if every cell were hidden")
        parts = [slice(*ends) for ends in pairwise(rows.indptr)]
        first: dict[tuple[object, ...], int] = {}
        for position, (part, end) in enumerate(zip(parts, least, strict=True)):
            first.setdefault((rows.indices[part].tobytes(), rows.data[part].tobytes(), end), position)
        chosen = list(first.values())
        return rows[chosen], least[chosen]

    def _components(self) -> Ints:
        n = len(self.given)
        square = self._rows.T.astype(bool).astype(float) @ self._rows.astype(bool).astype(float)
        return csgraph.connected_components(square, directed=False)[1] if n else np.zeros(0, dtype=np.int64)
