"""The Polars engine gives what the pandas engine of Great Expectations gives, on generated data; differences are named."""

from __future__ import annotations

import datetime as dt
import math
import warnings
from collections.abc import Iterator
from decimal import Decimal
from itertools import cycle
from typing import Any

import great_expectations as gx
import polars as pl
import pytest
from great_expectations import expectations as gxe
from great_expectations.expectations.row_conditions import Column, Condition
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from validations.polars_engine import open_context

WORDS = ["Hà Nội", "hài lòng", "đường", "ð", "a", "", " a ", "Ơ", "A-1", "12", "e\u0301"]
TIMES = [dt.datetime(2023, 6, 1) + dt.timedelta(hours=7 * i) for i in range(6)]
COUNTED = ("element_count", "unexpected_count", "missing_count")
SHARES = ("unexpected_percent", "unexpected_percent_total", "unexpected_percent_nonmissing", "missing_percent")


# an example runs forty expectations on two engines: few of them, shown as they were found, the same in each run
few_examples = settings(max_examples=settings().max_examples // 13, derandomize=True, phases=[Phase.generate])


@pytest.fixture(scope="module")
def batches() -> dict[str, Any]:
    context = open_context()
    polars_asset = context.data_sources.add_polars("polars").add_frame_asset("rows")
    pandas_asset = context.data_sources.add_pandas("pandas").add_dataframe_asset("rows")
    return {
        "polars": polars_asset.add_batch_definition_whole_dataframe("all"),
        "pandas": pandas_asset.add_batch_definition_whole_dataframe("all"),
    }


def validate(
    batches: dict[str, Any], frame: pl.DataFrame, expectations: list[Any], result_format: Any = "SUMMARY"
) -> dict[str, dict[str, Any]]:
    """engine -> rule id -> result, of one run of all expectations on each engine."""
    outcomes = {}
    for engine, data in (("polars", frame), ("pandas", frame.to_pandas())):
        batch = batches[engine].get_batch(batch_parameters={"dataframe": data})
        suite = gx.ExpectationSuite(name=engine)
        suite.expectations = [
            one.copy(update={"meta": {"rule_id": str(number)}}) for number, one in enumerate(expectations)
        ]
        results = batch.validate(suite, result_format=result_format).results
        outcomes[engine] = {one.expectation_config.meta["rule_id"]: one for one in results}
    return outcomes


def assert_equal_outcomes(batches: dict[str, Any], frame: pl.DataFrame, expectations: list[Any]) -> None:
    outcomes = validate(batches, frame, expectations)
    for rule_id, ours in outcomes["polars"].items():
        theirs, what = outcomes["pandas"][rule_id], expectations[int(rule_id)]
        assert not is_broken(ours), f"{describe(what)}: {ours.exception_info}"
        assert not is_broken(theirs), f"pandas: {describe(what)}: {theirs.exception_info}"
        assert bool(ours.success) == bool(theirs.success), f"{describe(what)}: {ours.result} {theirs.result}"
        for name in COUNTED:
            assert ours.result.get(name) == theirs.result.get(name), f"{name} of {describe(what)}"
        for name in SHARES:
            assert ours.result.get(name) == pytest.approx(theirs.result.get(name), nan_ok=True), (
                f"{name} of {describe(what)}"
            )
        assert is_same(ours.result.get("observed_value"), theirs.result.get("observed_value")), describe(what)


def describe(expectation: Any) -> str:
    return f"{type(expectation).__name__}({expectation.configuration.kwargs})"


def is_broken(result: Any) -> bool:
    info = result.exception_info or {}
    return bool(info.get("raised_exception", bool(info)))


def is_same(ours: Any, theirs: Any) -> bool:
    """Equal observed values: numbers to the last digits, lists in any order, times of any kind."""
    if isinstance(ours, dict):
        return is_same(ours["values"], theirs["values"]) if "values" in ours else bool(ours == theirs)
    if isinstance(ours, (list, tuple)):
        return len(ours) == len(theirs) and all(map(is_same, sorted(ours, key=str), sorted(theirs, key=str)))
    if isinstance(ours, float) or isinstance(theirs, float):
        return (ours is None or math.isnan(ours)) == (theirs is None or math.isnan(theirs)) and (
            ours is None or theirs is None or math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-9)
        )
    return str(ours).replace("T", " ") == str(theirs).replace("T", " ")


@st.composite
def frames(draw: st.DrawFn) -> pl.DataFrame:
    height = draw(st.integers(0, 12))

    def column(values: st.SearchStrategy[Any], dtype: Any) -> pl.Series:
        return pl.Series(draw(st.lists(values, min_size=height, max_size=height)), dtype=dtype)

    whole, text = draw(st.sampled_from([pl.Int64, pl.Int8])), draw(st.sampled_from([pl.String, pl.Categorical]))
    return pl.DataFrame(
        {
            "row": pl.Series(range(height), dtype=pl.Int64),
            "n": column(st.integers(-3, 5), whole),
            "m": column(st.integers(-3, 5) | st.none(), pl.Int64),
            "x": column(st.sampled_from([-1.5, 0.0, 0.5, 2.0, math.nan]) | st.none(), pl.Float64),
            "s": column(st.sampled_from(WORDS) | st.none(), pl.String),
            "u": column(st.sampled_from(WORDS) | st.none(), text),
            "b": column(st.booleans(), pl.Boolean),
            "t": column(st.sampled_from(TIMES) | st.none(), pl.Datetime("us")),
            "d": column(st.sampled_from([time.date() for time in TIMES]) | st.none(), pl.Date),
        }
    )


CONDITIONS: list[Condition | None] = [
    None,
    Column("n") > 0,
    Column("m") != 1,
    Column("x") <= 0.5,
    Column("s") == "hài lòng",
    Column("s") != "hài lòng",
    Column("s").is_null(),
    Column("x").is_not_null(),
    Column("n").is_in([0, 1, 2]),
    Column("s").is_not_in(["a", "đường"]),
    (Column("n") >= 0) & (Column("x") > 0),
    (Column("n") < 0) | (Column("s") == "a"),
]
SHARES_ASKED = [0.0, 0.25, 1 / 3, 0.5, 2 / 3, 0.75, 0.9, 1.0]


def asked_of(*choices: list[Any]) -> Iterator[dict[str, Any]]:
    """Row conditions (and shares) in turn, so that one example tries all of them on all kinds of expectations."""
    names = ("row_condition", "mostly")
    turns = zip(*map(cycle, choices), strict=True)
    return (dict(zip(names, turn, strict=False)) for turn in turns)


bounds = st.tuples(st.integers(-3, 2), st.integers(2, 5), st.booleans(), st.booleans())


@few_examples
@given(frames(), st.permutations(CONDITIONS), st.permutations(SHARES_ASKED), bounds, st.lists(st.sampled_from(WORDS)))
def test_row_level_expectations_agree(
    batches: dict[str, Any],
    frame: pl.DataFrame,
    conditions: list[Condition | None],
    shares: list[float],
    asked: tuple[int, int, bool, bool],
    words: list[str],
) -> None:
    low, high, strict_min, strict_max = asked
    between = {"min_value": low, "max_value": high, "strict_min": strict_min, "strict_max": strict_max}
    of_rows = asked_of(conditions, shares)
    assert_equal_outcomes(
        batches,
        frame,
        [
            *(
                gxe.ExpectColumnValuesToNotBeNull(column=name, **next(of_rows))
                for name in ("n", "m", "x", "s", "b", "t", "d")
            ),
            *(gxe.ExpectColumnValuesToBeNull(column=name, **next(of_rows)) for name in ("m", "x", "u", "t", "d")),
            *(
                gxe.ExpectColumnValuesToBeUnique(column=name, **next(of_rows))
                for name in ("n", "m", "x", "u", "t", "d")
            ),
            *(gxe.ExpectColumnValuesToBeBetween(column=name, **between, **next(of_rows)) for name in ("n", "m", "x")),
            gxe.ExpectColumnValuesToBeBetween(column="n", min_value=low, **next(of_rows)),
            gxe.ExpectColumnValuesToBeBetween(column="x", max_value=high, strict_max=strict_max, **next(of_rows)),
            gxe.ExpectColumnValuesToBeBetween(
                column="t", min_value="2023-06-01T07:00:00", max_value="2023-06-02T00:00:00", **next(of_rows)
            ),
            gxe.ExpectColumnValuesToBeInSet(column="s", value_set=words, **next(of_rows)),
            gxe.ExpectColumnValuesToBeInSet(column="u", value_set=[1, "a"], **next(of_rows)),
            gxe.ExpectColumnValuesToBeInSet(column="n", value_set=[low, high, 0.5], **next(of_rows)),
            gxe.ExpectColumnValuesToBeInSet(column="m", value_set=[low, high], **next(of_rows)),
            gxe.ExpectColumnValuesToBeInSet(column="x", value_set=[0.5, 2], **next(of_rows)),
            gxe.ExpectColumnValuesToBeInSet(column="b", value_set=[True], **next(of_rows)),
            gxe.ExpectColumnValuesToNotBeInSet(column="s", value_set=words, **next(of_rows)),
            gxe.ExpectColumnValuesToNotBeInSet(column="n", value_set=[low], **next(of_rows)),
            gxe.ExpectColumnValueLengthsToBeBetween(column="s", min_value=0, max_value=high, **next(of_rows)),
            gxe.ExpectColumnValueLengthsToEqual(column="s", value=abs(low), **next(of_rows)),
            gxe.ExpectColumnValuesToMatchRegex(column="s", regex="^[a-zđ ]+$", **next(of_rows)),
            gxe.ExpectColumnValuesToNotMatchRegex(column="u", regex=r"\d", **next(of_rows)),
            gxe.ExpectColumnValuesToMatchRegexList(column="s", regex_list=["ò", "^H"], match_on="any", **next(of_rows)),
            gxe.ExpectColumnValuesToMatchRegexList(column="s", regex_list=["ò", "h"], match_on="all", **next(of_rows)),
            gxe.ExpectColumnValuesToNotMatchRegexList(column="s", regex_list=["ò", "^H"], **next(of_rows)),
        ],
    )


@few_examples
@given(frames(), st.permutations(CONDITIONS), st.permutations(SHARES_ASKED), st.booleans())
def test_expectations_on_several_columns_agree(
    batches: dict[str, Any],
    frame: pl.DataFrame,
    conditions: list[Condition | None],
    shares: list[float],
    or_equal: bool,
) -> None:
    of_rows = asked_of(conditions, shares)
    pairs = ("both_values_are_missing", "either_value_is_missing", "neither")
    lists = ("all_values_are_missing", "any_value_is_missing", "never")
    assert_equal_outcomes(
        batches,
        frame,
        [
            *(
                gxe.ExpectColumnPairValuesAToBeGreaterThanB(
                    column_A=a, column_B=b, or_equal=or_equal, ignore_row_if=ignored, **next(of_rows)
                )
                for ignored in pairs
                for a, b in (("n", "m"), ("x", "m"))
            ),
            *(
                gxe.ExpectColumnPairValuesToBeEqual(column_A=a, column_B=b, ignore_row_if=ignored, **next(of_rows))
                for ignored in pairs[:2]
                for a, b in (("n", "m"), ("s", "u"))
            ),
            gxe.ExpectColumnPairValuesToBeInSet(
                column_A="n", column_B="m", value_pairs_set=[(0, 1), (1, 1), (2, None)], mostly=shares[0]
            ),
            *(
                gxe.ExpectMulticolumnSumToEqual(
                    column_list=["n", "m", "x"], sum_total=1, ignore_row_if=ignored, **next(of_rows)
                )
                for ignored in lists
            ),
            *(
                gxe.ExpectCompoundColumnsToBeUnique(column_list=["m", "s"], ignore_row_if=ignored, **next(of_rows))
                for ignored in lists
            ),
            *(
                gxe.ExpectSelectColumnValuesToBeUniqueWithinRecord(
                    column_list=["n", "m", "x"], ignore_row_if=ignored, **next(of_rows)
                )
                for ignored in lists
            ),
            *(
                gxe.ExpectMulticolumnValuesToBeEqual(column_list=["s", "u"], ignore_row_if=ignored, **next(of_rows))
                for ignored in lists
            ),
        ],
    )


@few_examples
@given(frames(), st.permutations(CONDITIONS), st.integers(0, 3))
def test_statistics_and_table_expectations_agree(
    batches: dict[str, Any], frame: pl.DataFrame, conditions: list[Condition | None], low: int
) -> None:
    of_rows = asked_of(conditions)
    between: dict[str, Any] = {"min_value": low, "max_value": low + 1}
    quantiles = {"quantiles": [0.0, 0.3, 0.5, 1.0], "value_ranges": [[-2, 0], [None, 1], [0, 2], [1, None]]}
    numbers = ("n", "m", "x")
    assert_equal_outcomes(
        batches,
        frame,
        [
            *(gxe.ExpectColumnMinToBeBetween(column=name, **between, **next(of_rows)) for name in numbers),
            *(gxe.ExpectColumnMaxToBeBetween(column=name, **between, **next(of_rows)) for name in numbers),
            *(gxe.ExpectColumnSumToBeBetween(column=name, **between, **next(of_rows)) for name in numbers),
            *(gxe.ExpectColumnMeanToBeBetween(column=name, **between, **next(of_rows)) for name in numbers),
            *(gxe.ExpectColumnMedianToBeBetween(column=name, **between, **next(of_rows)) for name in numbers),
            *(gxe.ExpectColumnStdevToBeBetween(column=name, **between, **next(of_rows)) for name in numbers),
            *(
                gxe.ExpectColumnQuantileValuesToBeBetween(
                    column=name, quantile_ranges=quantiles, allow_relative_error="linear"
                )
                for name in numbers
            ),
            *(
                gxe.ExpectColumnUniqueValueCountToBeBetween(column=name, **between, **next(of_rows))
                for name in ("n", "m", "x", "s")
            ),
            *(
                gxe.ExpectColumnProportionOfUniqueValuesToBeBetween(column=name, min_value=0.5, **next(of_rows))
                for name in ("n", "m", "x", "s")
            ),
            *(
                gxe.ExpectColumnProportionOfNonNullValuesToBeBetween(column=name, min_value=0.5, **next(of_rows))
                for name in ("n", "m", "x", "s")
            ),
            *(gxe.ExpectColumnUniqueValueCountToBeBetween(column=c, **between, **next(of_rows)) for c in ("u", "d")),
            gxe.ExpectColumnDistinctValuesToBeInSet(column="u", value_set=["a", "đường", ""], **next(of_rows)),
            gxe.ExpectColumnDistinctValuesToContainSet(column="s", value_set=["a", "đường"], **next(of_rows)),
            gxe.ExpectColumnDistinctValuesToEqualSet(column="n", value_set=[0, 1, 2], **next(of_rows)),
            gxe.ExpectColumnMostCommonValueToBeInSet(column="s", value_set=["a", "đường"], **next(of_rows)),
            gxe.ExpectColumnMostCommonValueToBeInSet(column="n", value_set=[0, 1], **next(of_rows)),
            gxe.ExpectTableRowCountToBeBetween(min_value=low, max_value=8),
            gxe.ExpectTableRowCountToEqual(value=low),
            gxe.ExpectTableColumnCountToEqual(value=9),
            gxe.ExpectTableColumnCountToBeBetween(min_value=1, max_value=low + 7),
            gxe.ExpectTableColumnsToMatchSet(column_set=["n", "s", "zz"], exact_match=False),
            gxe.ExpectTableColumnsToMatchOrderedList(column_list=frame.columns),
            gxe.ExpectColumnToExist(column="s"),
            gxe.ExpectColumnToExist(column="zz"),
        ],
    )


@few_examples
@given(
    frames(),
    st.sampled_from(CONDITIONS),
    st.sampled_from(["BASIC", "SUMMARY", "COMPLETE"]),
    st.sampled_from([{}, {"unexpected_index_column_names": ["row"]}]),
    st.booleans(),
)
def test_examples_of_failures_agree_in_every_result_format(
    batches: dict[str, Any],
    frame: pl.DataFrame,
    condition: Condition | None,
    name: str,
    keys: dict[str, Any],
    exclude: bool,
) -> None:
    result_format = {"result_format": name, "exclude_unexpected_values": exclude, **keys}
    expectations = [
        gxe.ExpectColumnValuesToBeBetween(column="n", min_value=0, row_condition=condition),
        gxe.ExpectColumnValuesToBeInSet(column="s", value_set=["a"], row_condition=condition),
        gxe.ExpectColumnValuesToBeUnique(column="n", row_condition=condition),
        gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="n", column_B="row", row_condition=condition),
        gxe.ExpectCompoundColumnsToBeUnique(column_list=["n", "b"], row_condition=condition),
        gxe.ExpectMulticolumnSumToEqual(column_list=["n", "row", "b"], sum_total=2, row_condition=condition),
    ]
    outcomes = validate(batches, frame, expectations, result_format)
    queries = ("unexpected_index_query",)  # of pandas only
    for rule_id, ours in outcomes["polars"].items():
        theirs = {name: value for name, value in outcomes["pandas"][rule_id].result.items() if name not in queries}
        assert {name: value for name, value in ours.result.items() if name not in queries} == theirs


# --- differences ------------------------------------------------------------------------------------------------------


def both(batches: dict[str, Any], frame: pl.DataFrame, expectation: Any) -> tuple[Any, Any]:
    outcomes = validate(batches, frame, [expectation])
    return outcomes["polars"]["0"], outcomes["pandas"]["0"]


def test_difference_integers_with_nulls_stay_integers(batches: dict[str, Any]) -> None:
    frame = pl.DataFrame({"n": [5, None]})
    ours, theirs = both(batches, frame, gxe.ExpectColumnValuesToMatchRegex(column="n", regex="^5$"))
    assert ours.success and not theirs.success  # pandas reads "5.0"


def test_difference_look_around_is_a_broken_check(batches: dict[str, Any]) -> None:
    frame = pl.DataFrame({"s": ["ab"]})
    ours, theirs = both(batches, frame, gxe.ExpectColumnValuesToMatchRegex(column="s", regex="(?<=a)b"))
    assert is_broken(ours) and "look-around" in str(ours.exception_info) and theirs.success


def test_difference_a_word_character_may_be_a_combining_mark(batches: dict[str, Any]) -> None:
    frame = pl.DataFrame({"s": ["e\u0301"]})
    ours, theirs = both(batches, frame, gxe.ExpectColumnValuesToMatchRegex(column="s", regex=r"^\w+$"))
    assert ours.success and not theirs.success


def test_difference_dollar_does_not_match_before_a_last_newline(batches: dict[str, Any]) -> None:
    frame = pl.DataFrame({"s": ["a\n"]})
    ours, theirs = both(batches, frame, gxe.ExpectColumnValuesToMatchRegex(column="s", regex="^a$"))
    assert not ours.success and theirs.success


def test_difference_pass_through_conditions_are_sql(batches: dict[str, Any]) -> None:
    frame = pl.DataFrame({"s": ["x", None], "n": [1, 2]})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expectation = gxe.ExpectColumnValuesToBeInSet(
            column="n", value_set=[], row_condition="s != 'y'", condition_parser="pandas"
        )
    ours, theirs = both(batches, frame, expectation)
    assert (ours.result["element_count"], theirs.result["element_count"]) == (1, 2)  # NULL <> 'y' is not true in SQL


def test_difference_nan_passes_a_pass_through_lower_bound(batches: dict[str, Any]) -> None:
    frame = pl.DataFrame({"x": [1.0, math.nan]})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = gxe.ExpectColumnValuesToBeNull(column="x", row_condition="x > 0", condition_parser="pandas")
    ours, theirs = both(batches, frame, rows)
    assert (ours.result["element_count"], theirs.result["element_count"]) == (2, 1)


def test_difference_text_of_booleans_is_in_lower_case(batches: dict[str, Any]) -> None:
    frame = pl.DataFrame({"b": [True]})
    ours, theirs = both(batches, frame, gxe.ExpectColumnValuesToMatchRegex(column="b", regex="^true$"))
    assert ours.success and not theirs.success


def test_difference_no_query_is_given_for_unexpected_rows(batches: dict[str, Any]) -> None:
    frame = pl.DataFrame({"n": [1]})
    outcomes = validate(batches, frame, [gxe.ExpectColumnValuesToBeNull(column="n")], "COMPLETE")
    assert "unexpected_index_query" not in outcomes["polars"]["0"].result
    assert "unexpected_index_query" in outcomes["pandas"]["0"].result


def test_difference_type_names_are_those_of_polars(batches: dict[str, Any]) -> None:
    frame = pl.DataFrame({"n": [1]})
    ours, theirs = both(batches, frame, gxe.ExpectColumnValuesToBeOfType(column="n", type_="Int64"))
    assert ours.success and not theirs.success


def test_difference_decimals_are_numbers(batches: dict[str, Any]) -> None:
    frame = pl.DataFrame({"d": [Decimal("1.10"), None]})
    tenth = gxe.ExpectColumnValuesToBeInSet(column="d", value_set=[1.1])
    ours, theirs = both(batches, frame, tenth)
    assert ours.success and not theirs.success
    ours, theirs = both(batches, frame, gxe.ExpectColumnMeanToBeBetween(column="d", min_value=1))
    assert ours.success and is_broken(theirs)


def test_difference_short_floats_are_compared_as_they_are(batches: dict[str, Any]) -> None:
    frame = pl.DataFrame({"x": pl.Series([0.1], dtype=pl.Float32)})
    ours, theirs = both(batches, frame, gxe.ExpectColumnValuesToBeInSet(column="x", value_set=[0.1]))
    assert ours.success and not theirs.success  # pandas widens the value, not the bound


def test_difference_dates_are_compared_with_dates(batches: dict[str, Any]) -> None:
    frame = pl.DataFrame({"d": [dt.date(2023, 6, 1)]})
    since = gxe.ExpectColumnValuesToBeBetween(column="d", min_value=dt.date(2023, 6, 1))
    ours, theirs = both(batches, frame, since)
    assert ours.success and is_broken(theirs)


def test_difference_a_text_that_is_no_time_is_a_broken_check_on_times(batches: dict[str, Any]) -> None:
    frame = pl.DataFrame({"t": [TIMES[0]]})
    ours, theirs = both(batches, frame, gxe.ExpectColumnValuesToBeInSet(column="t", value_set=["a"]))
    assert is_broken(ours) and not is_broken(theirs)


def test_difference_a_quantile_halfway_between_two_values_is_the_upper_one(batches: dict[str, Any]) -> None:
    frame = pl.DataFrame({"n": [1, 2]})
    half = {"quantiles": [0.5], "value_ranges": [[None, None]]}
    ours, theirs = both(batches, frame, gxe.ExpectColumnQuantileValuesToBeBetween(column="n", quantile_ranges=half))
    assert ours.result["observed_value"]["values"] == [2] and theirs.result["observed_value"]["values"] == [1]
