"""Intervals for indices, and for their changes.

The survey is an attempted census with self-selection: these are no margins of error. They say how far the index could
be off for want of the respondents who did not answer, if who answers has nothing to do with how satisfied they are.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

Floats = npt.NDArray[np.float64]


def ratio_intervals(sums: pl.DataFrame, *, unit: int, confidence_pct: float) -> pl.DataFrame:
    """Interval of each ratio s / (unit * m), respondents as clusters, with finite population correction.

    Beta interval of Korn and Graubard (1998), "Confidence intervals for proportions with small expected number of
    positive counts estimated from survey data", Survey Methodology 24: Clopper-Pearson at the effective number of
    answers p(1-p)/v, where v is the linearised variance of the ratio, adjusted by the t quantiles of n and n-1 degrees
    of freedom. Where no respondent varies (v = 0) it is Clopper-Pearson on the number of respondents.

    Args:
        sums: `n`, `m`, `s`, `mm`, `ss`, `ms` (tallies) and `n_active` (respondents in the frame; null: unknown).
        unit: largest value of one answer (100 for mean100, else 1).
        confidence_pct: e.g. 95.

    Returns:
        `low` and `high` in percent, null where m is 0.
    """
    n, m, s, mm, ss, ms = (sums[name].cast(pl.Float64).to_numpy() for name in ("n", "m", "s", "mm", "ss", "ms"))
    active = sums["n_active"].cast(pl.Float64).to_numpy()
    tail = (1 - confidence_pct / 100) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        p = s / (unit * m)
        sampled = np.where(np.isnan(active) | (active < n), 0.0, n / active)
        spread = ss / unit**2 - 2 * p * ms / unit + p**2 * mm
        variance = (1 - sampled) * n / (n - 1) * np.maximum(spread, 0) / m**2
        effective = p * (1 - p) / variance
        adjusted = effective * (stats.t.ppf(tail, m - 1) / stats.t.ppf(tail, n - 1)) ** 2
        varies = (variance > 1e-15) & (n > 1)
        size = np.where(varies, adjusted, n)
    low, high = _clopper_pearson(p, size, tail)
    census = sampled >= 1
    return pl.DataFrame({"low": np.where(census, p, low) * 100, "high": np.where(census, p, high) * 100}).fill_nan(None)


def _clopper_pearson(p: Floats, size: Floats, tail: float) -> tuple[Floats, Floats]:
    hits, misses = p * size, (1 - p) * size
    low = np.where(hits <= 0, 0.0, stats.beta.ppf(tail, hits, misses + 1))
    high = np.where(misses <= 0, 1.0, stats.beta.ppf(1 - tail, hits + 1, misses))
    return np.where(np.isnan(p), np.nan, low), np.where(np.isnan(p), np.nan, high)


def change_interval(
    new: tuple[pl.Expr, pl.Expr, pl.Expr], old: tuple[pl.Expr, pl.Expr, pl.Expr]
) -> tuple[pl.Expr, pl.Expr]:
    """Interval of new - old from each one's (estimate, low, high): the method of variance estimates recovery.

    Zou and Donner (2008), Statistics in Medicine 27; for two proportions with Wilson limits it is Newcombe's hybrid
    score interval (1998). Overlap of respondents between rounds is not used, which makes it too wide, not too narrow.
    """
    (p1, low1, high1), (p2, low2, high2) = new, old
    low = p1 - p2 - ((p1 - low1) ** 2 + (high2 - p2) ** 2).sqrt()
    high = p1 - p2 + ((high1 - p1) ** 2 + (p2 - low2) ** 2).sqrt()
    return low, high
