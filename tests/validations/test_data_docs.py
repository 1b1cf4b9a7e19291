from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import great_expectations as gx
import polars as pl
import pytest
from great_expectations import expectations as gxe

from validations.data_docs import build_data_docs
from validations.polars_engine import ExpectColumnValuesToExistInReference, open_context

CANARIES = {"text": "CANARY-TEXT", "name": "Nguyễn Văn Canary", "number": 987654321, "share": 0.123456789}
FRAME = pl.DataFrame({name: [value, value, value] for name, value in CANARIES.items()})


def failing_suite() -> list[Any]:
    """Expectations of every kind; each fails or breaks on every column it names."""
    per_column = [
        expectation
        for column in FRAME.columns
        for expectation in (
            gxe.ExpectColumnValuesToBeNull(column=column),
            gxe.ExpectColumnValuesToBeUnique(column=column),
            gxe.ExpectColumnValuesToBeInSet(column=column, value_set=[1]),
            gxe.ExpectColumnValuesToMatchRegex(column=column, regex="^$"),
            gxe.ExpectColumnValueLengthsToEqual(column=column, value=1),
            gxe.ExpectColumnDistinctValuesToBeInSet(column=column, value_set=[1]),
            gxe.ExpectColumnDistinctValuesToEqualSet(column=column, value_set=[1]),
            gxe.ExpectColumnMostCommonValueToBeInSet(column=column, value_set=[1]),
            gxe.ExpectColumnMaxToBeBetween(column=column, max_value=0),
            gxe.ExpectColumnMinToBeBetween(column=column, max_value=0),
            gxe.ExpectColumnMeanToBeBetween(column=column, max_value=0),
            gxe.ExpectColumnMedianToBeBetween(column=column, max_value=0),
            gxe.ExpectColumnSumToBeBetween(column=column, max_value=0),
            gxe.ExpectColumnValuesToBeIncreasing(column=column),
            ExpectColumnValuesToExistInReference(column=column, reference="none", reference_column="x"),
        )
    ]
    quantiles = {"quantiles": [0.5], "value_ranges": [[0, 0]]}
    return [
        *per_column,
        gxe.ExpectColumnQuantileValuesToBeBetween(column="number", quantile_ranges=quantiles),
        gxe.ExpectColumnPairValuesToBeEqual(column_A="text", column_B="name"),
        gxe.ExpectCompoundColumnsToBeUnique(column_list=["text", "number"]),
        gxe.ExpectMulticolumnSumToEqual(column_list=["number", "share"], sum_total=0),
        gxe.ExpectTableRowCountToEqual(value=1),
    ]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    context = open_context()
    batch = context.data_sources.add_polars("p").add_frame_asset("rows").add_batch_definition_whole_dataframe("all")
    suite = context.suites.add(gx.ExpectationSuite(name="round.1", expectations=failing_suite()))
    validation = context.validation_definitions.add(gx.ValidationDefinition(name="v", data=batch, suite=suite))
    # the format that shows most
    result_format = {
        "result_format": "COMPLETE",
        "unexpected_index_column_names": ["name"],
        "include_unexpected_rows": True,
    }
    result = validation.run(batch_parameters={"dataframe": FRAME}, result_format=result_format)
    assert not any(one.success for one in result.results)
    assert all(str(canary) in str(result) for canary in ("CANARY-TEXT", 987654321))  # they would be there to leak
    return build_data_docs([result], tmp_path_factory.mktemp("docs")).parent


def pages(site: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in site.rglob("*") if path.is_file()}


def test_no_value_of_the_data_is_in_any_file(site: Path) -> None:
    written = "".join(pages(site).values())
    assert [canary for canary in (*CANARIES.values(), "123456", "9876543", "987,654") if str(canary) in written] == []
    assert "Canary" not in written


def test_pages_load_nothing_and_link_nowhere_outside(site: Path) -> None:
    for name, page in pages(site).items():
        assert not re.search(r"https?:|//[a-z]|<script|<img|<iframe|@import|url\(", page), name


def test_every_page_is_linked_from_the_index(site: Path) -> None:
    written = pages(site)
    linked = set(re.findall(r'href="([^"#]+\.html)"', written["index.html"]))
    assert linked == {name for name in written if name.endswith(".html")} - {"index.html"}


def test_every_link_leads_to_a_page(site: Path) -> None:
    written = pages(site)
    links = {link for page in written.values() for link in re.findall(r'href="([^"]+)"', page)}
    assert {link.partition("#")[0] for link in links} - {""} <= set(written)


def test_the_index_counts_failures_and_broken_checks_apart(site: Path) -> None:
    cells = re.findall(r"<td[^>]*>([^<]+)</td>", pages(site)["index.html"])
    n_expectations, n_failed, n_broken = map(int, cells[-3:])
    assert n_expectations == n_failed + n_broken and n_broken >= 8 and "không chạy được / broken" in cells


def test_a_page_says_how_many_rows_failed(site: Path) -> None:
    page = re.sub(r"<[^>]+>|\s+", " ", pages(site)["round-1.html"])
    assert re.search(r"3\s+unexpected values found", page) and "could not run: unknown-reference" in page
