"""Attacks by linear programming: worlds of a few blocks prove what they prove, and no more."""

from __future__ import annotations

import numpy as np
import pytest

from transforms.attacks import Floats, World

UNITS, TYPES = 12, 3
N = UNITS * TYPES
MEMBERS = np.vstack(
    [np.eye(N), np.kron(np.eye(UNITS), np.ones(TYPES)), np.kron(np.ones(UNITS), np.eye(TYPES)), np.ones((1, N))]
)
"""Cells of a table of units and types: each by itself, units, types, and all."""


def a_table(seed: int) -> tuple[Floats, Floats, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Counts, what they are out of, and which cells are shown: the total of all, and some of the others."""
    draw = np.random.default_rng(seed)
    value = draw.integers(0, 6, N).astype(float)
    is_shown = np.r_[draw.random(len(MEMBERS) - 1) < 0.6, True]
    return value, value + draw.integers(0, 20, N), is_shown


@pytest.mark.parametrize("seed", range(4))
def test_worlds_of_a_few_blocks_give_the_same_verdicts_as_worlds_of_all_atoms(seed: int) -> None:
    value, upper, is_shown = a_table(seed)
    low, high = MEMBERS @ value, np.maximum(MEMBERS @ value, 5)
    low[:N] = 0
    targets = np.flatnonzero(~is_shown)
    labels = [str(target) for target in targets]
    found = [
        World(MEMBERS, value, upper, is_shown, blocks).audit(labels, targets, low, high).failures
        for blocks in (None, np.repeat(np.arange(UNITS), TYPES))
    ]
    assert found[0]
    assert [attack.cell for attack in found[0]] == [attack.cell for attack in found[1]]


def test_no_world_of_a_few_blocks_goes_beyond_the_exact_interval() -> None:
    value, upper, is_shown = a_table(7)
    world = World(MEMBERS, value, upper, is_shown, np.repeat(np.arange(UNITS), TYPES))
    targets = np.flatnonzero(~is_shown)
    world.audit([str(target) for target in targets], targets, np.zeros(len(MEMBERS)), np.full(len(MEMBERS), 5.0))
    exact = np.array([world.attack(int(target)) for target in targets])
    assert (world.low[targets] >= exact[:, 0] - 1e-6).all()
    assert (world.high[targets] <= exact[:, 1] + 1e-6).all()
    assert (world.high[targets] > world.low[targets]).any()
