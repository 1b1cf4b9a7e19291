"""The suppression program against proven optima, and the primary rules and releases around it."""

from __future__ import annotations

import polars as pl
import pytest

from bench.bench_suppression import CASES, read_case
from transforms import suppression
from transforms.disclosure_audit import audit_difference
from transforms.suppression import UnprotectableError, suppress


@pytest.mark.parametrize("name", ["d1_fs3x3", "d2_hier_counts_thr5", "d3_sat_unsat_thr5"])
def test_the_hidden_value_is_the_proven_optimum(name: str) -> None:
    if not CASES.is_dir():
        pytest.skip("reference cases are not here")
    cells, relations, about = read_case(name)
    hidden = cells.join(suppress(cells, relations), on="pattern")
    assert hidden["value"].sum() == about["solutions"]["minvalue"]["objective"]


def test_a_program_stopped_before_its_first_node_hides_more_and_is_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    if not CASES.is_dir():
        pytest.skip("reference cases are not here")
    monkeypatch.setattr(suppression, "NODES", 0)
    cells, relations, about = read_case("d3_sat_unsat_thr5")
    hidden = suppress(cells, relations)["pattern"]
    is_hidden = pl.col("pattern").is_in(hidden.implode())
    assert cells.filter(is_hidden)["value"].sum() > about["solutions"]["minvalue"]["objective"]
    assert suppress(cells.with_columns(is_hidden=is_hidden), relations)["pattern"].equals(hidden)


def a_row(*values: int, primary: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cells that add up to a total, the one at `primary` sensitive."""
    n = len(values)
    is_primary = pl.int_range(n + 1) == primary
    cells = pl.DataFrame({"cell_id": range(n + 1), "value": [*values, sum(values)]}).with_columns(
        pattern="cell_id",
        weight="value",
        is_hidden=is_primary,
        lower=0,
        upper=float("inf"),
        lower_protection=pl.when(is_primary).then("value").otherwise(0),
        upper_protection=pl.when(is_primary).then(5 - pl.col("value")).otherwise(0),
    )
    return cells, pl.DataFrame({"relation_id": 0, "cell_id": range(n + 1), "coefficient": [1] * n + [-1]})


def test_the_cheapest_partner_that_protects_enough_is_hidden_along() -> None:
    # 3 must be able to be 5: a partner of 1 could give no more than 1
    assert suppress(*a_row(3, 1, 7, 40, primary=0))["pattern"].to_list() == [0, 2]


def test_relations_that_do_not_hold_are_refused() -> None:
    cells, relations = a_row(3, 1, 7, primary=0)
    with pytest.raises(ValueError, match="1 of 1 relations do not hold"):
        suppress(cells.with_columns(value=pl.col("value") + (pl.col("cell_id") == 0)), relations)


def test_a_cell_that_nothing_can_protect_is_an_error() -> None:
    cells, relations = a_row(3, 1, primary=0)
    known = cells.with_columns(upper=pl.when(pl.col("cell_id") == 2).then(4).otherwise("upper"), lower=pl.col("value"))
    with pytest.raises(UnprotectableError):
        suppress(known.with_columns(lower=pl.when(pl.col("cell_id") == 0).then(0).otherwise("lower")), relations)


def release(*rows: tuple[str, int | None, int | None, int | None]) -> pl.DataFrame:
    columns = ["unit_code", "n_respondents", "numerator", "denominator"]
    return pl.DataFrame(rows, schema=columns, orient="row").with_columns(
        respondent_type=pl.lit("all"), index_code=pl.lit("service")
    )


def test_two_releases_that_differ_by_a_few_respondents_are_found() -> None:
    earlier = release(("11", 40, 70, 80), ("12", 40, 70, 80), ("20", 40, 70, 80), ("21", 40, 70, 80))
    later = release(("11", 39, 69, 78), ("12", 50, 88, 100), ("20", 40, 70, 80), ("21", None, None, None))
    assert audit_difference(earlier, later, 5).select("unit_code", "n_difference").rows() == [("11", 1)]


def test_other_answers_of_as_many_respondents_are_found() -> None:
    found = audit_difference(release(("11", 40, 70, 80)), release(("11", 40, 71, 80)), 5)
    assert found["n_difference"].to_list() == [0]
