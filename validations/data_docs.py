"""Data Docs as a static site that works offline and holds no value of the data.

Great Expectations' own pages load scripts and styles from six content networks, and their logo from a server that sees
who looks; ours are its renderers' content in templates without scripts (`validations/assets`). Results are reduced to
counts and shares before anything is rendered, so that nothing else can be written by accident.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from great_expectations.core.expectation_validation_result import (
    ExpectationSuiteValidationResult,
    ExpectationValidationResult,
)
from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
from great_expectations.render.view.view import DefaultJinjaPageView

from validations.row_failures import broken_check_id

ASSETS = Path(__file__).parent / "assets"

COUNTS = (
    "element_count",
    "unexpected_count",
    "unexpected_percent",
    "unexpected_percent_total",
    "unexpected_percent_nonmissing",
    "missing_count",
    "missing_percent",
)
"""What is kept of a result."""

OBSERVED_COUNTS = {
    "expect_column_proportion_of_non_null_values_to_be_between",
    "expect_column_proportion_of_unique_values_to_be_between",
    "expect_column_to_exist",
    "expect_column_type_to_be",
    "expect_column_unique_value_count_to_be_between",
    "expect_column_values_to_be_in_type_list",
    "expect_column_values_to_be_of_type",
    "expect_table_column_count_to_be_between",
    "expect_table_column_count_to_equal",
    "expect_table_columns_to_match_ordered_list",
    "expect_table_columns_to_match_set",
    "expect_table_row_count_to_be_between",
    "expect_table_row_count_to_equal",
}
"""Expectations whose observed value is a count, a share or a fact of the schema. Any other (a mean of one row, a
maximum, a most common value) can be somebody's answer."""


class DataDocsPage(NamedTuple):
    """One line of the index."""

    file_name: str
    suite: str
    run: str
    outcome: str
    n_expectations: int
    n_failed: int
    n_broken: int


def build_data_docs(
    results: Iterable[ExpectationSuiteValidationResult], directory: Path, title: str = "Data Docs"
) -> Path:
    """Write a page per suite, and `index.html` of all pages in the directory by time of run; returns the index.

    A page replaces the one that an earlier build wrote for its suite: a directory can be filled suite by suite. Beside
    each page stands `<suite>.json`, its line of the index.
    """
    directory.mkdir(parents=True, exist_ok=True)
    view = DefaultJinjaPageView(custom_views_directory=str(ASSETS))
    for result in results:
        redacted = redact_result(result)
        page = _page(redacted, f"{re.sub('[^A-Za-z0-9_-]+', '-', result.suite_name)}.html")
        content = ValidationResultsPageRenderer(run_info_at_end=True).render(redacted)
        del content.sections[0].content_blocks[0]  # it links to a page of the suite, which is not written
        page_template = view.env.get_template("data_docs_page.j2")
        _write(directory / page.file_name, page_template.render(content.to_json_dict(), page=page))
        _write((directory / page.file_name).with_suffix(".json"), json.dumps(page._asdict()))
    written = [DataDocsPage(**json.loads(path.read_text(encoding="utf-8"))) for path in directory.glob("*.json")]
    pages = sorted(written, key=lambda page: (page.run, page.suite))
    _write(directory / "index.html", view.env.get_template("data_docs_index.j2").render(title=title, pages=pages))
    return directory / "index.html"


def redact_result(result: ExpectationSuiteValidationResult) -> ExpectationSuiteValidationResult:
    """A copy with counts and shares only: no values, keys, messages or tracebacks. A broken check keeps its error's id."""
    redacted = copy.deepcopy(result)
    redacted.results = [_redact(one) for one in redacted.results]
    kept = ("run_id", "validation_time", "great_expectations_version", "batch_markers", "batch_spec")
    redacted.meta = {name: value for name, value in (result.meta or {}).items() if name in kept}
    return redacted


def _redact(one: ExpectationValidationResult) -> ExpectationValidationResult:
    found: dict[str, Any] = one.result or {}
    is_shown = one.expectation_config is not None and one.expectation_config.type in OBSERVED_COUNTS
    shown = (*(COUNTS if "element_count" in found else ()), *(["observed_value"] if is_shown else []))
    kept = {name: found[name] for name in shown if name in found}
    error = broken_check_id(one.exception_info)
    one.result = kept
    one.exception_info = {
        "raised_exception": error is not None,
        "exception_message": f"could not run: {error}" if error else "",
        "exception_traceback": "",
    }
    one.rendered_content = None
    return one


def _page(result: ExpectationSuiteValidationResult, file_name: str) -> DataDocsPage:
    n_broken = sum(broken_check_id(one.exception_info) is not None for one in result.results)
    n_failed = sum(not one.success for one in result.results) - n_broken
    return DataDocsPage(
        file_name=file_name,
        suite=result.suite_name,
        run=_run_time(result),
        outcome="broken" if n_broken else "failed" if n_failed else "succeeded",
        n_expectations=len(result.results),
        n_failed=n_failed,
        n_broken=n_broken,
    )


def _run_time(result: ExpectationSuiteValidationResult) -> str:
    return str((result.meta or {}).get("validation_time", ""))


def _write(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8")
