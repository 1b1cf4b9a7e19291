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

from collections.abc import Iterator
from dataclasses import dataclass, replace
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
SLACK = 1e-3
"""How much of a demand may be missing: sums of many cells carry the solver's tolerance."""
FEW = 500
"""Cells that are attacked all at once; of more, those nearby first."""
ENOUGH = 50
"""Ways of attack to add before the program is solved anew."""
PASSES = 20
"""Of `derive_bounds`: stopped early, bounds are wider than they could be."""
NODES = 2_000
"""Nodes of one integer program: after these its best pattern is taken, safe but not proven the least. Not a time limit:
the same counts give the same pattern on every machine."""
BATCH = 20_000
"""Variables of the attacks that are solved in one call."""


class UnprotectableError(ValueError):
    """Some sensitive cells could be worked back even if every cell were hidden."""


def suppress(cells: pl.DataFrame, relations: pl.DataFrame) -> pl.DataFrame:
    """Find the patterns to hide.

    Args:
        cells: `cell_id`; `pattern` (cells of a pattern are hidden together); `value`; `weight` of losing the cell;
            `is_hidden`: already hidden, or never published; `lower`, `upper`: bounds the attacker knows of the cell
            once it is hidden (`upper` may be infinite); `lower_protection`, `upper_protection`: how far below and above
            its value he must not be able to exclude anything; 0 where the cell is not sensitive.
        relations: `relation_id`, `cell_id`, `coefficient`: in each relation, coefficient x value adds up to 0.

    Returns:
        `pattern` of everything hidden, given or added; sorted.

    Raises:
        ValueError: a relation does not hold for the values.
        UnprotectableError: hiding everything would not be enough for some cell.
    """
    tables = _Tables.of(cells, relations)
    program = _Program(tables)
    # who is safe among what is hidden anyway stays so: hiding more cells only adds to what his count may be
    below, above = _push_together(tables, program.share[tables.pattern], tables.demand_below, tables.demand_above)
    tables = replace(tables, demand_below=below, demand_above=above)
    before, share = None, program.share[tables.pattern]
    unproven = {-1.0: below, 1.0: above}
    while True:
        near = np.ones(len(share), dtype=bool)
        if before is not None:
            near = _find_connected(tables, share, np.abs(share - before) > TOLERANCE)
            # a way out of an attack remains one when more is hidden
            is_lost = _find_connected(tables, before, share < before - TOLERANCE)
            unproven = {side: np.where(is_lost, full, unproven[side]) for side, full in ((-1.0, below), (1.0, above))}
        rows, demands = _find_broken_protections(tables, share, unproven, near)
        if not len(demands) and not near.all():
            rows, demands = _find_broken_protections(tables, share, unproven, ~near)
        if not len(demands) and (np.abs(share - np.round(share)) <= TOLERANCE).all():
            break
        # the relaxed program is solved in no time: only when it knows of no more attacks, the integer one is
        program.add_and_solve(rows, demands, is_integer=not len(demands))
        before, share = share, program.share[tables.pattern]
    hidden = tables.pattern_names[program.share > 0.5].tolist()
    return pl.DataFrame({"pattern": pl.Series(hidden, dtype=cells["pattern"].dtype)})


def derive_bounds(cells: pl.DataFrame, relations: pl.DataFrame) -> pl.DataFrame:
    """Narrow bounds of cells by each relation in turn until nothing changes: what an attacker derives without a solver.

    Args:
        cells: `cell_id`, `low`, `high`: finite, equal where the cell is shown.
        relations: as for `suppress`.

    Returns:
        `cell_id`, `low`, `high`: every value that agrees with the relations is within; sorted.
    """
    bounds = cells.select("cell_id", pl.col("low", "high").cast(pl.Float64)).sort("cell_id")
    factor = pl.col("coefficient")
    for _ in range(PASSES):
        terms = relations.join(bounds, on="cell_id").with_columns(
            least=pl.min_horizontal(factor * pl.col("low"), factor * pl.col("high")),
            most=pl.max_horizontal(factor * pl.col("low"), factor * pl.col("high")),
        )
        rest = [(pl.col(name) - pl.col(name).sum().over("relation_id")) / factor for name in ("least", "most")]
        found = terms.select("cell_id", low=pl.min_horizontal(rest), high=pl.max_horizontal(rest))
        narrowed = (pl.concat([bounds, found]).group_by("cell_id").agg(pl.col("low").max(), pl.col("high").min())).sort(
            "cell_id"
        )
        if narrowed.equals(bounds):
            break
        bounds = narrowed
    return bounds


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
            weight=np.bincount(pattern, weight, len(names)).astype(np.float64),
            is_given=np.bincount(pattern, cells["is_hidden"].to_numpy(), len(names)) > 0,
            below=value - lower,
            above=upper - value,
            demand_below=demand_below,
            demand_above=demand_above,
        )


# --- attacks -----------------------------------------------------------------------------------------------


def _find_broken_protections(
    tables: _Tables, share: Floats, unproven: dict[float, Floats], chosen: Bools
) -> tuple[Any, Floats]:
    """Attack the sensitive cells: with the cells nearby, and with all that are connected where that proves nothing.

    Args:
        share: 1: the cell is hidden, 0: shown; between: hidden by that share, in a relaxed program.
        unproven: side (-1: below, 1: above) -> demands; 0 where the cell is safe, and put to 0 where it turns out to be.
        chosen: which cells to attack.

    Returns:
        the c_i of the module's formula, one row per attack that comes too close (attacks x cells), and its demand. Not
        every such attack is found at once; none is returned only where there is none.
    """
    links = _links(tables, share)
    rows: list[Any] = [sparse.csr_array((0, len(share)))]
    demands: list[Floats] = []
    pushed = _push_together(tables, share * chosen, *(demand * chosen for demand in unproven.values()))
    for demand, rest in zip(unproven.values(), pushed, strict=True):
        demand[chosen] = rest[chosen]
    open_cells = {side: (share > TOLERANCE) & chosen & (demand > 0) for side, demand in unproven.items()}
    steps = (2, None) if (share > TOLERANCE).sum() > FEW else (None,)
    for n_steps in steps:
        for side, left in unproven.items():
            targets = np.flatnonzero(open_cells[side])
            open_cells[side] = np.zeros(len(share), dtype=bool)
            for batch in _batches(links, targets, n_steps):
                demand = left[batch.targets]
                reach, reduced = batch.attack(tables, links, share, side, demand)
                capacity = _capacity(tables, reduced, demand)
                is_broken = _is_broken(tables, capacity, demand, share)
                rows.append(capacity[np.flatnonzero(is_broken)])
                demands.append(demand[is_broken])
                is_open = ~is_broken & (reach < demand - SLACK)
                open_cells[side][batch.targets[is_open]] = True
                left[batch.targets[~is_broken & ~is_open]] = 0
                if n_steps is None and sum(map(len, demands)) > ENOUGH:
                    break
    return sparse.vstack(rows, format="csr"), np.concatenate([np.zeros(0), *demands])


def _is_broken(tables: _Tables, capacity: Any, demand: Floats, share: Floats) -> Bools:
    """Whether the constraints are, in the form that `_Program._tighten` gives them."""
    given = tables.is_given[tables.pattern] & (share > 1 - TOLERANCE)
    least = demand - capacity @ given.astype(float)
    rest = (capacity @ sparse.diags_array((~given).astype(float))).tocsr()
    rest.data = np.minimum(rest.data, np.repeat(least, np.diff(rest.indptr)))
    return np.asarray((least > SLACK) & (rest @ share < least - SLACK))


def _links(tables: _Tables, share: Floats) -> Any:
    """Relations x cells, of hidden cells only."""
    links = (tables.matrix @ sparse.diags_array((share > TOLERANCE).astype(float))).tocsr()
    links.eliminate_zeros()
    return links


def _find_connected(tables: _Tables, share: Floats, changed: Bools) -> Bools:
    """Cells that are connected, through hidden cells, to a relation of a changed cell."""
    links = _links(tables, share)
    n_relations = links.shape[0]
    _, label = csgraph.connected_components(sparse.block_array([[None, links], [links.T, None]]), directed=False)
    touched = abs(tables.matrix) @ changed.astype(float) > 0
    return np.isin(label[n_relations:], label[:n_relations][touched])


def _capacity(tables: _Tables, reduced: Any, demand: Floats) -> Any:
    reduced.data[np.abs(reduced.data) < TOLERANCE] = 0
    reduced.eliminate_zeros()
    room = np.where(reduced.data > 0, tables.below[reduced.indices], tables.above[reduced.indices])
    capacity = np.abs(reduced.data) * room
    reduced.data = np.round(np.minimum(capacity, np.repeat(demand, np.diff(reduced.indptr))), 6)
    reduced.eliminate_zeros()
    return reduced


def _push_together(tables: _Tables, share: Floats, below: Floats, above: Floats) -> tuple[Floats, Floats]:
    """What is left of the demands (cells) after attacks of many cells at once.

    One feasible point in which many cells reach their demand proves all of these safe. Which cells are pushed, and
    which way, is drawn anew for every point, from a fixed seed.
    """
    draw = np.random.default_rng(1)
    columns = np.flatnonzero(share > TOLERANCE)
    matrix = tables.matrix[:, columns]
    matrix = matrix[np.flatnonzero(np.diff(matrix.indptr))]
    left = {-1.0: np.zeros(len(share)), 1.0: np.zeros(len(share))}
    left[-1.0][columns], left[1.0][columns] = below[columns], above[columns]
    n, n_left = len(columns), np.inf
    low, high = _room(tables, columns, share[columns], max(below.max(initial=0), above.max(initial=0)))
    while 0 < (now := sum(int((demand > 0).sum()) for demand in left.values())) < 0.9 * n_left:
        n_left = now
        down, up = left[-1.0][columns], left[1.0][columns]
        side = np.where((up > 0) & ((down == 0) | (draw.random(n) < 0.5)), 1.0, -1.0)
        demand = np.where(side > 0, up, down)
        pushed = np.flatnonzero((demand > 0) & (draw.random(n) < max(0.5, 20 / now)))
        k = len(pushed)
        # maximise the sum of t, each t at most side * z of its cell and at most its demand
        picks = sparse.csr_array((-side[pushed], (np.arange(k), pushed)), shape=(k, n))
        result = optimize.linprog(
            np.r_[np.zeros(n), -1 / demand[pushed]],
            A_ub=sparse.hstack([picks, sparse.eye_array(k)], format="csr"),
            b_ub=np.zeros(k),
            A_eq=sparse.hstack([matrix, sparse.csr_array((matrix.shape[0], k))], format="csr"),
            b_eq=np.zeros(matrix.shape[0]),
            bounds=np.c_[np.r_[low, np.full(k, -np.inf)], np.r_[high, demand[pushed]]],
            method="highs",
        )
        for way, rest in left.items():
            rest[columns] = np.where(way * result.x[:n] >= rest[columns] - TOLERANCE, 0, rest[columns])
    return left[-1.0], left[1.0]


def _room(tables: _Tables, cells: Ints, share: Floats, demand: Any) -> tuple[Floats, Floats]:
    """How far cells can move from their values; those hidden by a share only, by that share of what is demanded."""
    is_part = share < 1 - TOLERANCE
    low, high = tables.below[cells], tables.above[cells]
    return (
        -np.where(is_part, np.minimum(low, demand) * share, low),
        np.where(is_part, np.minimum(high, demand) * share, high),
    )


@dataclass(frozen=True)
class _Attacks:
    """Attacks that are solved in one block-diagonal program: targets, and the hidden cells that may move for each."""

    targets: Ints
    blocks: Any

    def attack(self, tables: _Tables, links: Any, share: Floats, side: float, demand: Floats) -> tuple[Floats, Any]:
        """Move each target farther than its demand: what an attack on the way proves is then as strong as can be.

        Returns:
            how far each target goes, and the reduced costs of all cells (targets x cells).
        """
        n_relations, n_cells = links.shape
        owner = np.repeat(np.arange(len(self.targets)), np.diff(self.blocks.indptr))
        flat = self.blocks.indices
        low, high = _room(tables, flat, share[flat], demand[owner])
        aims = np.flatnonzero(flat == self.targets[owner])
        cost = np.zeros(len(flat))
        cost[aims] = -side
        if side > 0:
            high[aims] = np.minimum(high[aims], 3 * demand)
        else:
            low[aims] = np.maximum(low[aims], -3 * demand)
        # one row per attack and relation that touches its block
        entries = links[:, flat].tocoo()
        names, row = np.unique(owner[entries.col] * n_relations + entries.row, return_inverse=True)
        system = sparse.csr_array((entries.data, (row, entries.col)), shape=(len(names), len(flat)))
        result = optimize.linprog(cost, A_eq=system, b_eq=np.zeros(len(names)), bounds=np.c_[low, high], method="highs")
        shape = (len(self.targets), n_relations)
        dual = sparse.csr_array((result.eqlin.marginals, (names // n_relations, names % n_relations)), shape=shape)
        own = sparse.csr_array(
            (np.full(len(self.targets), -side), self.targets, np.arange(len(self.targets) + 1)),
            shape=(len(self.targets), n_cells),
        )
        return side * result.x[aims], (own - dual @ tables.matrix).tocsr()


def _batches(links: Any, targets: Ints, n_steps: int | None) -> Iterator[_Attacks]:
    """Attacks with the cells that are up to so many relations away from the target; None: all that are connected."""
    if not len(targets):
        return
    beside = (abs(links).T @ abs(links)).astype(bool).astype(np.float64).tocsr()
    n, n_cells = len(targets), links.shape[1]
    near = sparse.csr_array((np.ones(n), targets, np.arange(n + 1)), shape=(n, n_cells))
    if n_steps is None:
        label = csgraph.connected_components(beside, directed=False)[1]
        order = np.argsort(label, kind="stable")
        members = sparse.csr_array(
            (np.ones(n_cells), order, np.r_[0, np.cumsum(np.bincount(label))]), shape=(label.max() + 1, n_cells)
        )
        near = members[label[targets]]
    for _ in range(n_steps or 0):
        near = (near @ beside).astype(bool).astype(np.float64).tocsr()
    near.sort_indices()
    sizes = near.indptr[1:] // BATCH
    for part in np.unique(sizes):
        chosen = np.flatnonzero(sizes == part)
        yield _Attacks(targets[chosen], near[chosen])


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
        self.share = tables.is_given.astype(float)

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
        x = self._minimise(patterns, rows, is_integer)
        if x is None:
            # constraints ask for more, or for as much as another pattern has: rounding the relaxed program up breaks none
            x = np.ceil(np.round(self._minimise(patterns, rows, is_integer=False), 6))
        self.share[patterns] = np.round(x, 0 if is_integer else 9)

    def _minimise(self, patterns: Bools, rows: Bools, is_integer: bool) -> Any:
        """Shares of the patterns: the least weight, the least found within the bound of nodes, or None found by then."""
        return optimize.milp(
            self._tables.weight[patterns],
            constraints=optimize.LinearConstraint(self._rows[rows][:, patterns], self._least[rows], np.inf),
            integrality=np.full(patterns.sum(), int(is_integer)),
            bounds=optimize.Bounds(0, 1),
            options={"mip_rel_gap": 0, "node_limit": NODES},
        ).x

    def _tighten(self, rows: Any, demand: Floats) -> tuple[Any, Floats]:
        """Move what is hidden anyway to the right, and cap coefficients at what is left to reach: x is 0 or 1."""
        rows = rows.tocsr()
        least = np.round(demand - rows @ self._tables.is_given.astype(float), 6)
        rows = (rows @ sparse.diags_array((~self._tables.is_given).astype(float))).tocsr()
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
        n = len(self._tables.is_given)
        square = self._rows.T.astype(bool).astype(float) @ self._rows.astype(bool).astype(float)
        return csgraph.connected_components(square, directed=False)[1] if n else np.zeros(0, dtype=np.int64)
