from __future__ import annotations

from pathlib import Path
from typing import Any

import great_expectations as gx
import polars as pl
import pytest
from great_expectations import expectations as gxe
from great_expectations.expectations.row_conditions import Column
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from validations.polars_engine import ExpectColumnValuesToExistInReference, NotSupportedError, open_context
from validations.row_failures import DuplicateRuleError, RuleOutcome, annotate_failures, summarise_results

UNITS = pl.DataFrame({"unit_code": ["A", "B"]})
FRAME = pl.DataFrame(
    {
        "id": [1, 2, 2, None],
        "unit": ["A", "Z", None, "B"],
        "answer": [1, 9, 3, None],
        "again": [1, 2, 3, 4],
    }
)


def rules() -> list[Any]:
    return [
        gxe.ExpectColumnValuesToNotBeNull(column="unit", meta={"rule_id": "unit-present"}),
        gxe.ExpectColumnValuesToBeUnique(column="id", meta={"rule_id": "id-unique"}),
        gxe.ExpectCompoundColumnsToBeUnique(column_list=["id", "unit"], meta={"rule_id": "pair-unique"}),
        gxe.ExpectColumnValuesToBeBetween(
            column="answer", min_value=1, max_value=5, mostly=0.1, meta={"rule_id": "answer-on-scale"}
        ),
        gxe.ExpectColumnValuesToNotBeNull(
            column="answer", row_condition=Column("unit") == "B", meta={"rule_id": "answer-asked"}
        ),
        gxe.ExpectColumnPairValuesToBeEqual(
            column_A="answer",
            column_B="again",
            ignore_row_if="either_value_is_missing",
            meta={"rule_id": "answers-agree"},
        ),
        ExpectColumnValuesToExistInReference(
            column="unit", reference="units", reference_column="unit_code", meta={"rule_id": "a-unit-known"}
        ),
        gxe.ExpectTableRowCountToBeBetween(min_value=1, meta={"rule_id": "not-empty"}),
        gxe.ExpectColumnValuesToBeOfType(column="unit", type_="String", meta={"rule_id": "unit-text"}),
    ]


def run(frame: pl.DataFrame, expectations: list[Any], **formats: Any) -> Any:
    context = open_context()
    asset = context.data_sources.add_polars("source").add_frame_asset("rows")
    asset.add_reference("units", UNITS)
    batch = asset.add_batch_definition_whole_dataframe("all")
    suite = context.suites.add(gx.ExpectationSuite(name="suite", expectations=expectations))
    validation = context.validation_definitions.add(gx.ValidationDefinition(name="v", data=batch, suite=suite))
    checkpoint = gx.Checkpoint(name="c", validation_definitions=[validation], result_format=formats or "SUMMARY")
    return context.checkpoints.add(checkpoint).run({"dataframe": frame})


def by_rule(result: Any) -> dict[str, RuleOutcome]:
    return {outcome.rule_id: outcome for outcome in summarise_results(result)}


def test_each_row_gets_the_sorted_ids_of_the_rules_it_broke() -> None:
    annotated = annotate_failures(FRAME.lazy(), rules(), {"units": UNITS.lazy()}).collect()
    assert annotated.drop("broken_rules").equals(FRAME)
    assert annotated["broken_rules"].to_list() == [
        [],
        ["a-unit-known", "answer-on-scale", "answers-agree", "id-unique"],
        ["id-unique", "unit-present"],
        ["answer-asked"],
    ]


def test_a_suite_may_stand_for_its_expectations() -> None:
    suite = gx.ExpectationSuite(name="s", expectations=rules()[:1])
    assert annotate_failures(FRAME.lazy(), suite).collect()["broken_rules"].list.len().sum() == 1


def test_without_rules_about_rows_no_row_is_broken() -> None:
    annotated = annotate_failures(FRAME.lazy(), rules()[-2:]).collect()
    assert annotated["broken_rules"].to_list() == [[]] * 4


@settings(max_examples=settings().max_examples // 5, derandomize=True, phases=[Phase.generate])
@given(
    st.lists(
        st.tuples(
            st.integers(0, 3) | st.none(),
            st.sampled_from(["A", "B", "Z"]) | st.none(),
            st.integers(0, 9) | st.none(),
            st.integers(0, 9),
        ),
        max_size=15,
    )
)
def test_the_rows_marked_with_a_rule_are_as_many_as_the_engine_counts(rows: list[tuple[Any, ...]]) -> None:
    frame = pl.DataFrame(rows, schema=FRAME.schema, orient="row")
    marked = annotate_failures(frame.lazy(), rules(), {"units": UNITS.lazy()}).collect()["broken_rules"].explode()
    for rule_id, outcome in by_rule(run(frame, rules())).items():
        if outcome.rows_failed is not None:
            assert (marked == rule_id).sum() == outcome.rows_failed, rule_id


def test_rows_stream_to_a_file_in_their_order(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": range(50_000)}).with_columns(unit=pl.lit("A"), answer=pl.col("id") % 7, again=1)
    annotate_failures(frame.lazy(), rules(), {"units": UNITS.lazy()}).sink_parquet(tmp_path / "rows.parquet")
    assert pl.read_parquet(tmp_path / "rows.parquet")["id"].equals(frame["id"])


def test_a_rule_without_an_id_is_refused() -> None:
    with pytest.raises(KeyError, match="rule_id"):
        annotate_failures(FRAME.lazy(), [gxe.ExpectColumnValuesToNotBeNull(column="id")])


def test_an_id_used_twice_is_refused() -> None:
    with pytest.raises(DuplicateRuleError):
        annotate_failures(FRAME.lazy(), [rules()[0], rules()[0]])


def test_a_rule_that_cannot_be_evaluated_stops_the_split() -> None:
    with pytest.raises(NotSupportedError):
        annotate_failures(FRAME.lazy(), [gxe.ExpectColumnValuesToBeIncreasing(column="id", meta={"rule_id": "x"})])


def test_a_row_condition_that_great_expectations_drops_is_refused() -> None:
    pairs = gxe.ExpectColumnPairValuesToBeInSet(
        column_A="id",
        column_B="again",
        value_pairs_set=[(1, 1)],
        row_condition=Column("id") > 0,
        meta={"rule_id": "pairs"},
    )
    with pytest.raises(NotSupportedError):
        annotate_failures(FRAME.lazy(), [pairs])
    assert by_rule(run(FRAME, [pairs]))["pairs"].error == "not-supported"


def test_a_summary_counts_tested_and_failed_rows_and_shows_keys_only() -> None:
    result = run(
        FRAME,
        rules(),
        result_format="COMPLETE",
        unexpected_index_column_names=["again"],
        exclude_unexpected_values=True,
    )
    outcome = by_rule(result)["id-unique"]
    assert outcome == RuleOutcome("id-unique", "critical", False, 3, 2, None, ("2", "3"))


def test_a_summary_shows_ten_keys_at_most() -> None:
    frame = pl.DataFrame({"id": [1] * 30, "key": range(30)})
    unique = gxe.ExpectColumnValuesToBeUnique(column="id", meta={"rule_id": "u"}, severity="warning")
    outcome = by_rule(run(frame, [unique], result_format="COMPLETE", unexpected_index_column_names=["key"]))["u"]
    assert outcome.example_keys == tuple(map(str, range(10))) and outcome.severity == "warning"


def test_a_broken_check_is_told_from_failed_data() -> None:
    expectations = [
        *rules()[:1],
        gxe.ExpectColumnValuesToNotBeNull(column="nowhere", meta={"rule_id": "no-column"}),
        gxe.ExpectColumnValuesToBeIncreasing(column="id", meta={"rule_id": "unsupported"}),
        gxe.ExpectColumnTypeToBe(column="id", type_="nonsense", meta={"rule_id": "bad-type"}),
        ExpectColumnValuesToExistInReference(
            column="unit", reference="nowhere", reference_column="x", meta={"rule_id": "no-reference"}
        ),
    ]
    errors = {rule_id: outcome.error for rule_id, outcome in by_rule(run(FRAME, expectations)).items()}
    assert errors == {
        "unit-present": None,
        "no-column": "cannot-plan",
        "unsupported": "not-supported",
        "bad-type": "cannot-plan",
        "no-reference": "unknown-reference",
    }
