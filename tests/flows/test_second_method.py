"""A round published twice, by another method or with late forms: what the first release hides stays hidden."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import yaml

from flows.disclosure import compare_earlier, refuse_differences
from flows.errors import OperationError
from flows.jobs import RoundJob
from flows.published import read_published, read_table
from tests.flows.demonstration import copy_demo, drop_file, open_demo, run_round, submission
from warehouse.engine import open_warehouse
from warehouse.releases import find_release, publish_release
from warehouse.tables import fct_dissatisfaction, fct_feedback, fct_index

CELL = ["unit_code", "respondent_type"]


def write_methods(root: Path) -> None:
    """The demonstration's method with disclosure control, and the same by the mean of points."""
    methods = copy_demo(root) / "methods"
    method = yaml.safe_load((methods / "demo.yaml").read_text(encoding="utf-8")) | {"disclosure": {"is_enabled": True}}
    points = method | {"method_code": "points", "formulas": dict.fromkeys(method["formulas"], "mean100")}
    for each in (method, points):
        text = yaml.safe_dump(each, allow_unicode=True)
        (methods / f"{each['method_code']}.yaml").write_text(text, encoding="utf-8")


def test_a_second_method_hides_what_the_first_hides_and_is_published(tmp_path: Path) -> None:
    write_methods(tmp_path)
    # who is not dissatisfied lacks no point, so that by points, too, a few are a few
    rows = [submission(number, S2="5", T1="5" if number % 5 else "2") for number in range(150)]
    drop_file(tmp_path / "inbox" / "2", "a.csv", rows)
    own = open_demo(tmp_path)
    run_round(own)
    engine = open_warehouse(own.settings.warehouse)
    publish_release(engine, "demo", "2", 1, approved_by="tester")
    second = RoundJob.open(own.folder, "2", own.settings, "points")
    run_round(second)
    first, later = (find_release(engine, "demo", "2", number) for number in (1, 2))
    assert (first.method_code, later.method_code) == ("demo", "points")
    hidden = [
        set(read_table(engine, fct_index, release).filter("is_suppressed").select(CELL).iter_rows())
        for release in (first, later)
    ]
    assert hidden[0] and hidden[0] <= hidden[1]
    (together,) = compare_earlier(second, engine, later).values()
    assert together.report.n_sensitive and together.is_safe
    refuse_differences(own, engine, later)  # the round's own method is not the release's
    publish_release(engine, "demo", "2", 2, approved_by="tester", note="points")
    assert find_release(engine, "demo", "2", 2).status == "published"
    engine.dispose()


def test_a_release_by_a_method_that_was_removed_asks_for_its_file(tmp_path: Path) -> None:
    job = open_demo(tmp_path)
    drop_file(tmp_path / "inbox" / "2", "a.csv", [submission(number) for number in range(20)])
    run_round(job)
    engine = open_warehouse(job.settings.warehouse)
    with pytest.raises(OperationError, match=r"put methods/demo\.yaml back"):
        read_published(engine, replace(job.folder, methods={}), find_release(engine, "demo", "2", 1))
    engine.dispose()


def test_a_correction_shows_naming_and_comments_again_only_of_units_where_nobody_came(tmp_path: Path) -> None:
    write_methods(tmp_path)
    job = open_demo(tmp_path)
    drop_file(tmp_path / "inbox" / "2", "a.csv", [submission(number) for number in range(150)])
    run_round(job)
    engine = open_warehouse(job.settings.warehouse)
    publish_release(engine, "demo", "2", 1, approved_by="tester")
    # by subtraction of the totals, the counts of 30 who came to one district would be known to the last
    late = [submission(number, unit="12") for number in range(150, 180)]
    drop_file(tmp_path / "inbox" / "2", "b.csv", late)
    run_round(job)
    releases = [find_release(engine, "demo", "2", number) for number in (1, 2)]
    for table in (fct_dissatisfaction, fct_feedback):
        first, later = (
            set(read_table(engine, table, release).filter(~pl.col("is_suppressed"))["unit_code"])
            for release in releases
        )
        assert {"00", "10"} <= first
        assert later == first - {"00", "10", "12"}
    (together,) = compare_earlier(job, engine, releases[1]).values()
    assert together.report.inconsistencies == ()
    engine.dispose()
