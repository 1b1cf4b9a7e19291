from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import great_expectations as gx
import polars as pl
import pytest
from great_expectations import expectations as gxe
from great_expectations.expectations.row_conditions import Column

from validations.expectations import OWN
from validations.polars_engine import ExpectColumnValuesToExistInReference, PolarsFrameAsset, is_supported, open_context

UNITS = pl.DataFrame(
    {
        "unit_code": ["A", "B", "B", "C"],
        "valid_from": [dt.date(2020, 1, 1), None, dt.date(2024, 1, 1), dt.date(2020, 1, 1)],
        "valid_to": [None, dt.date(2021, 1, 1), None, dt.date(2023, 1, 1)],
    }
)


@pytest.fixture(scope="module")
def asset() -> PolarsFrameAsset:
    asset = open_context().data_sources.add_polars("source").add_frame_asset("rows")
    asset.add_reference("units", UNITS)
    return asset


def run(asset: PolarsFrameAsset, frame: pl.DataFrame | pl.LazyFrame, *expectations: Any, **formats: Any) -> list[Any]:
    names = [definition.name for definition in asset.batch_definitions]
    definition = (
        asset.get_batch_definition("all") if "all" in names else asset.add_batch_definition_whole_dataframe("all")
    )
    suite = gx.ExpectationSuite(name="suite")
    suite.expectations = [
        one.copy(update={"meta": {"position": position}}) for position, one in enumerate(expectations)
    ]
    result_format = {"result_format": "SUMMARY", **formats}
    results = definition.get_batch({"dataframe": frame}).validate(suite, result_format=result_format).results
    return sorted(results, key=lambda one: one.expectation_config.meta["position"])


def failed(asset: PolarsFrameAsset, frame: pl.DataFrame | pl.LazyFrame, expectation: Any) -> list[Any]:
    (result,) = run(asset, frame, expectation)
    return list(result.result["partial_unexpected_index_list"])


def on_day(code: str | None, day: dt.date | None) -> pl.DataFrame:
    return pl.DataFrame({"unit": [code], "day": [day]}, schema={"unit": pl.String, "day": pl.Date})


QUANTILES_OF_DATES = gxe.ExpectColumnQuantileValuesToBeBetween(
    column="day", quantile_ranges={"quantiles": [0.5], "value_ranges": [[None, None]]}
)
"""Polars has no quantile of dates and panics."""

OPEN = ExpectColumnValuesToExistInReference(
    column="unit", reference="units", reference_column="unit_code", date_column="day"
)


def test_a_checkpoint_with_an_action_runs_on_a_lazy_frame() -> None:
    context = open_context()
    batch = context.data_sources.add_polars("p").add_frame_asset("rows").add_batch_definition_whole_dataframe("all")
    expectation = gxe.ExpectColumnValuesToBeInSet(column="a", value_set=[1], mostly=0.5)
    suite = context.suites.add(gx.ExpectationSuite(name="s", expectations=[expectation]))
    validation = context.validation_definitions.add(gx.ValidationDefinition(name="v", data=batch, suite=suite))
    action = gx.checkpoint.UpdateDataDocsAction(name="docs")
    checkpoint = context.checkpoints.add(gx.Checkpoint(name="c", validation_definitions=[validation], actions=[action]))
    assert checkpoint.run({"dataframe": pl.LazyFrame({"a": [1, 2]})}).success
    assert not checkpoint.run({"dataframe": pl.LazyFrame({"a": [1, 2, 2]})}).success


@pytest.mark.parametrize(
    ("code", "day", "is_open"),
    [
        ("A", dt.date(2030, 1, 1), True),
        ("A", dt.date(2020, 1, 1), True),  # valid_from is inclusive
        ("A", dt.date(2019, 12, 31), False),
        ("C", dt.date(2022, 12, 31), True),
        ("C", dt.date(2023, 1, 1), False),  # valid_to is exclusive
        ("B", dt.date(1990, 1, 1), True),  # open start
        ("B", dt.date(2022, 1, 1), False),  # between two periods
        ("B", dt.date(2024, 6, 1), True),
        ("Z", dt.date(2022, 1, 1), False),
        (None, dt.date(2022, 1, 1), True),  # missing keys are not tested
        ("A", None, True),  # without a date only the key is
        ("Z", None, False),
    ],
)
def test_a_key_exists_in_a_reference_on_the_days_it_is_valid(
    asset: PolarsFrameAsset, code: str | None, day: dt.date | None, is_open: bool
) -> None:
    assert run(asset, on_day(code, day), OPEN)[0].success is is_open


def test_a_reference_without_dates_asks_for_the_key_only(asset: PolarsFrameAsset) -> None:
    frame = pl.DataFrame({"unit": ["B", "Z", "C"]})
    known = ExpectColumnValuesToExistInReference(column="unit", reference="units", reference_column="unit_code")
    assert failed(asset, frame, known) == [1]


def test_the_suite_does_not_store_the_reference() -> None:
    assert set(OPEN.configuration.kwargs) == {"column", "reference", "reference_column", "date_column"}


def test_an_unknown_reference_is_a_broken_check(asset: PolarsFrameAsset) -> None:
    unknown = ExpectColumnValuesToExistInReference(column="unit", reference="x", reference_column="unit_code")
    (result,) = run(asset, on_day("A", None), unknown)
    assert "[unknown-reference]" in str(result.exception_info)


@pytest.mark.parametrize(
    ("expectation", "message"),
    [
        (gxe.ExpectColumnValuesToBeIncreasing(column="a"), "not supported by the Polars engine"),
        (gxe.ExpectColumnValuesToMatchLikePattern(column="s", like_pattern="a%"), "not supported by the Polars"),
        (
            gxe.ExpectTableRowCountToEqualOtherTable(other_table_name="t"),
            "another table is not supported by the Polars",
        ),
        (gxe.ExpectColumnKLDivergenceToBeLessThan(column="a", threshold=0.1), "not supported by the Polars engine"),
        (gxe.UnexpectedRowsExpectation(unexpected_rows_query="SELECT 1"), "not supported by the Polars engine"),
        (gxe.ExpectColumnValuesToNotBeNull(column="zz"), 'the column "zz" is not in the frame'),
        (gxe.ExpectColumnValuesToBeBetween(column="s", min_value=1), "cannot compare string with numeric"),
        (gxe.ExpectColumnValuesToBeOfType(column="a", type_="nonsense"), "unrecognized Polars type"),
        (QUANTILES_OF_DATES, "[cannot-plan] column.quantile_values: PanicException"),
    ],
)
def test_what_cannot_run_says_why_and_leaves_the_other_expectations_alone(
    asset: PolarsFrameAsset, expectation: Any, message: str
) -> None:
    frame = pl.DataFrame({"a": [1, 2], "s": ["x", None], "day": [dt.date(2023, 1, 1), None]})
    broken, sound = run(asset, frame, expectation, gxe.ExpectColumnValuesToNotBeNull(column="s"))
    assert message in str(broken.exception_info) and not broken.success
    assert sound.result["unexpected_count"] == 1


def test_an_error_on_data_names_its_class_and_no_value(asset: PolarsFrameAsset) -> None:
    frame = pl.LazyFrame({"s": ["CANARY"]}).with_columns(n=pl.col("s").str.to_integer())
    broken, sound = run(
        asset, frame, gxe.ExpectColumnValuesToNotBeNull(column="n"), gxe.ExpectColumnValuesToNotBeNull(column="s")
    )
    assert "[cannot-run]" in str(broken.exception_info) and "CANARY" not in str(broken)
    assert sound.success


def test_excluded_values_are_in_no_result(asset: PolarsFrameAsset) -> None:
    frame = pl.DataFrame({"id": [7, 8], "s": ["CANARY", "CANARY"]})
    results = run(
        asset,
        frame,
        gxe.ExpectColumnValuesToBeInSet(column="s", value_set=["a"]),
        gxe.ExpectColumnValuesToBeUnique(column="s"),
        gxe.ExpectColumnDistinctValuesToBeInSet(column="s", value_set=["a"]),
        gxe.ExpectColumnDistinctValuesToEqualSet(column="s", value_set=["a"]),
        result_format="COMPLETE",
        unexpected_index_column_names=["id"],
        exclude_unexpected_values=True,
    )
    assert not any(result.success for result in results) and "CANARY" not in str(results)
    assert results[0].result["unexpected_index_list"] == [{"id": [7, 8]}]


def test_a_bound_with_a_time_zone_is_compared_as_an_instant(asset: PolarsFrameAsset) -> None:
    hanoi = dt.timezone(dt.timedelta(hours=7))
    utc = pl.Series("t", [dt.datetime(2023, 6, 1, 0), dt.datetime(2023, 6, 1, 1)]).dt.replace_time_zone("UTC")
    bound = dt.datetime(2023, 6, 1, 7, 30, tzinfo=hanoi)
    assert failed(asset, utc.to_frame(), gxe.ExpectColumnValuesToBeBetween(column="t", min_value=bound)) == [0]


def test_small_integers_do_not_wrap_around_in_sums(asset: PolarsFrameAsset) -> None:
    frame = pl.DataFrame({"a": [100], "b": [100]}, schema={"a": pl.Int8, "b": pl.Int8})
    total, column = run(
        asset,
        frame.vstack(frame),
        gxe.ExpectMulticolumnSumToEqual(column_list=["a", "b"], sum_total=200),
        gxe.ExpectColumnSumToBeBetween(column="a", min_value=200, max_value=200),
    )
    assert total.success and column.success


def test_a_column_without_values_sums_to_nothing(asset: PolarsFrameAsset) -> None:
    (total,) = run(asset, pl.DataFrame({"a": [None]}), gxe.ExpectColumnSumToBeBetween(column="a", max_value=1))
    assert total.success and total.result["observed_value"] == 0


def test_categories_are_compared_as_text(asset: PolarsFrameAsset) -> None:
    frame = pl.DataFrame({"c": ["x", "y"]}, schema={"c": pl.Enum(["x", "y"])})
    assert failed(asset, frame, gxe.ExpectColumnValuesToBeInSet(column="c", value_set=["x"])) == [1]


def test_repeated_rows_are_found_under_a_row_condition_only_within_it(asset: PolarsFrameAsset) -> None:
    frame = pl.DataFrame({"k": ["a", "a", "b", "b"], "on": [1, 0, 1, 1]})
    unique = gxe.ExpectColumnValuesToBeUnique(column="k", row_condition=Column("on") == 1)
    assert failed(asset, frame, unique) == [2, 3]


def test_only_the_columns_that_the_suite_names_are_read(asset: PolarsFrameAsset) -> None:
    unreadable = pl.col("s").map_batches(lambda _: pytest.fail("read"), return_dtype=pl.String)
    frame = pl.LazyFrame({"a": [1], "s": ["x"]}).with_columns(s=unreadable)
    assert run(asset, frame, gxe.ExpectColumnValuesToNotBeNull(column="a"))[0].success


def test_all_counts_and_statistics_take_one_collect(asset: PolarsFrameAsset, monkeypatch: pytest.MonkeyPatch) -> None:
    collected: list[pl.LazyFrame] = []
    collect = pl.LazyFrame.collect

    def count(self: pl.LazyFrame, **kwargs: Any) -> Any:
        if kwargs.get("engine") == "streaming":
            collected.append(self)
        return collect(self, **kwargs)

    monkeypatch.setattr(pl.LazyFrame, "collect", count)
    run(
        asset,
        pl.LazyFrame({"a": [1, 2], "unit": ["A", "A"]}),
        gxe.ExpectColumnValuesToNotBeNull(column="a"),
        gxe.ExpectColumnMeanToBeBetween(column="a", min_value=0),
        gxe.ExpectColumnValuesToBeBetween(column="a", min_value=0),
        gxe.ExpectColumnPairValuesToBeEqual(column_A="a", column_B="a"),
        gxe.ExpectTableRowCountToBeBetween(min_value=1),
        ExpectColumnValuesToExistInReference(column="unit", reference="units", reference_column="unit_code"),
    )
    assert len(collected) == 1


def test_a_second_frame_does_not_get_the_values_of_the_first(asset: PolarsFrameAsset) -> None:
    rows = gxe.ExpectTableRowCountToEqual(value=1)
    assert run(asset, pl.DataFrame({"a": [1]}), rows)[0].success
    assert not run(asset, pl.DataFrame({"a": [1, 2]}), rows)[0].success


def test_the_engine_lists_what_it_supports() -> None:
    assert is_supported("column_values.in_set") and not is_supported("column_values.increasing")


def test_the_room_itself_does_not_import_great_expectations() -> None:
    code = "import sys, validations; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_page_lists_what_is_supported_and_nothing_else() -> None:
    page = (Path(__file__).parents[2] / "docs" / "validation-engine.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"`(Expect\w+)`", page.partition("## What is supported")[2].partition("\n## ")[0]))
    known = {name: one for name, one in vars(gxe).items() if name.startswith("Expect") and name != "Expectation"}
    metrics = {
        name: getattr(one, "metric_dependencies", ()) or (getattr(one, "map_metric", None),)
        for name, one in known.items()
    }
    computed = {name for name, needed in metrics.items() if all(metric and is_supported(metric) for metric in needed)}
    # types are facts of the schema, and another table is out of reach, whatever metrics they name
    of_types = {"ExpectColumnValuesToBeOfType", "ExpectColumnValuesToBeInTypeList"}
    ours = set(OWN)
    assert listed == (computed | of_types | ours) - {"ExpectTableRowCountToEqualOtherTable"}
