"""Intervals against R's survey package and published examples (../shared/stats_cases; skipped where it is not)."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import polars as pl
import pytest
from scipy import stats

from transforms.intervals import change_interval, ratio_intervals

CASES = Path(os.environ.get("HAILONG_SHARED", Path(__file__).parents[3] / "shared")) / "stats_cases"
needs_cases = pytest.mark.skipif(not CASES.is_dir(), reason="the reference cases are not here")

OUTCOMES = {
    "awards==Yes": lambda school: school["awards"] == "Yes",
    "api00>900": lambda school: int(school["api00"]) > 900,
    "ell==0": lambda school: school["ell"] == "0",
}


def read_cases(path: str) -> list[dict[str, str]]:
    with (CASES / path).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def clusters(outcome: str) -> pl.DataFrame:
    """The 15 districts of apiclus1 as respondents, their 183 schools as answers: the same design under other names."""
    schools = pl.DataFrame(
        [(school["dnum"], 1, int(OUTCOMES[outcome](school))) for school in read_cases("a_weighting/apiclus1.csv")],
        schema={"district": pl.String, "m": pl.Int64, "s": pl.Int64},
        orient="row",
    )
    respondents = schools.group_by("district").sum()
    return respondents.select(
        n=pl.len(),
        m=pl.col("m").sum(),
        s=pl.col("s").sum(),
        mm=(pl.col("m") ** 2).sum(),
        ss=(pl.col("s") ** 2).sum(),
        ms=(pl.col("m") * pl.col("s")).sum(),
        n_active=pl.lit(757),
    )


@needs_cases
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_interval_of_a_pooled_index_is_the_beta_interval_of_rs_survey_package(outcome: str) -> None:
    expected = [
        case
        for case in read_cases("b_intervals/expected_svyciprop.csv")
        if (case["design"], case["outcome"], case["domain"], case["method"]) == ("clus1", outcome, "ALL", "beta")
    ]
    bounds = ratio_intervals(clusters(outcome), unit=1, confidence_pct=95)
    assert bounds["low"].item() / 100 == pytest.approx(float(expected[0]["lo"]), abs=1e-7)
    assert bounds["high"].item() / 100 == pytest.approx(float(expected[0]["hi"]), abs=1e-7)


@needs_cases
def test_where_no_respondent_varies_it_is_clopper_pearson_on_the_respondents() -> None:
    cases = [
        case
        for case in read_cases("b_intervals/expected_binomial.csv")
        if case["method"] == "clopper_pearson" and case["x"] in ("0", case["n"])
    ]
    assert cases
    for case in cases:
        x, n = int(case["x"]), int(case["n"])
        sums = pl.DataFrame({"n": [n], "m": [n], "s": [x], "mm": [n], "ss": [x], "ms": [x], "n_active": [None]})
        low, high = ratio_intervals(sums, unit=1, confidence_pct=95).row(0)
        assert (low / 100, high / 100) == pytest.approx((float(case["lo"]), float(case["hi"])), abs=1e-9)


def test_when_everybody_answered_nothing_is_uncertain() -> None:
    sums = pl.DataFrame({"n": [40], "m": [40], "s": [30], "mm": [40], "ss": [30], "ms": [30], "n_active": [40]})
    assert ratio_intervals(sums, unit=1, confidence_pct=95).row(0) == (75.0, 75.0)


def test_a_unit_without_answers_has_no_interval() -> None:
    sums = pl.DataFrame({"n": [0], "m": [0], "s": [0], "mm": [0], "ss": [0], "ms": [0], "n_active": [40]})
    assert ratio_intervals(sums, unit=1, confidence_pct=95).row(0) == (None, None)


def test_points_of_a_hundred_give_the_interval_of_the_share_they_stand_for() -> None:
    shares = pl.DataFrame({"n": [9], "m": [9], "s": [6], "mm": [9], "ss": [6], "ms": [6], "n_active": [None]})
    points = shares.with_columns(s=pl.col("s") * 100, ss=pl.col("ss") * 10_000, ms=pl.col("ms") * 100)
    of_shares = ratio_intervals(shares, unit=1, confidence_pct=95).row(0)
    assert ratio_intervals(points, unit=100, confidence_pct=95).row(0) == pytest.approx(of_shares, abs=1e-9)


@needs_cases
def test_a_change_has_newcombes_hybrid_score_interval_when_each_side_is_wilsons() -> None:
    for case in read_cases("c_change/expected_two_prop.csv"):
        sides = []
        for x, n in ((case["x1"], case["n1"]), (case["x2"], case["n2"])):
            wilson = stats.binomtest(int(x), int(n)).proportion_ci(method="wilson")
            sides.append((pl.lit(int(x) / int(n)), pl.lit(wilson.low), pl.lit(wilson.high)))
        low, high = change_interval(sides[0], sides[1])
        found = pl.select(low.alias("low"), high.alias("high")).row(0)
        assert found == pytest.approx((float(case["newcombe_lo"]), float(case["newcombe_hi"])), abs=1e-9)
