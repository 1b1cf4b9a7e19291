"""What an operator sees in the Prefect UI: tables and short texts under stable keys, so that history accumulates.

Counts, percentages and codes only: no respondent's value may reach an artifact.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from typing import Any

from prefect import runtime
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.client.orchestration import get_client

from flows.jobs import RoundJob
from validations.gates import GateReport

SEVERITIES = ("critical", "warning", "info")


def artifact_key(job: RoundJob, name: str) -> str:
    """`<survey>-<round>-<name>`, in the characters that Prefect allows."""
    return re.sub(r"[^a-z0-9-]+", "-", f"{job.survey_code}-{job.round_code}-{name}".lower())


def tag_run(job: RoundJob) -> None:
    """Tag the flow run by survey and round, so that the UI can be filtered by them however the run was started."""
    run = runtime.flow_run
    with get_client(sync_client=True) as client:
        client.update_flow_run(run.id, tags=sorted({*run.tags, job.survey_code, job.round_code}))


class Progress:
    """Progress over the stages of a run: an artifact in the UI, and a line where a person watches a terminal."""

    def __init__(self, job: RoundJob, n_stages: int) -> None:
        self.name, self.n_stages, self.done = f"{job.survey_code} {job.round_code}", n_stages, 0
        self.artifact: Any = create_progress_artifact(0.0, artifact_key(job, "progress"), "Tiến độ / Progress")

    def step(self, what: str) -> None:
        self.done += 1
        update_progress_artifact(self.artifact, progress=round(100 * self.done / self.n_stages, 1))
        if sys.stderr.isatty():
            print(f"{self.name}: {self.done}/{self.n_stages} {what}", file=sys.stderr)


def show_gate(job: RoundJob, report: GateReport) -> None:
    """Rules of a gate, worst first; where its Data Docs are."""
    order = {severity: rank for rank, severity in enumerate(SEVERITIES)}
    worst_first = sorted(
        report.results, key=lambda r: (r.is_success, order[r.rule.severity], -r.n_failed, r.rule.rule_id)
    )
    rows = [
        {
            "ok": "✔" if result.is_success else "✘",
            "rule": result.rule.rule_id,
            "failed": None if result.n_tested is None else result.n_failed,  # a rule about the table fails as a whole
            "failed %": result.failed_pct,
            "severity": result.rule.severity,
            "mô tả": result.rule.description.vi,
            "description": result.rule.description.en,
            "tested": result.n_tested,
            "counted": result.n_observed,
            "released": result.n_released,
        }
        for result in worst_first
    ]
    title = f"Kiểm tra / Validation: {report.gate}. Data Docs: {link_docs(job)}"
    show_table(job, f"validation-{report.gate}", title, rows)


def link_docs(job: RoundJob) -> str:
    """Markdown link to the round's Data Docs; browsers that open no files from a web page still show where they are."""
    index = (job.docs / "index.html").resolve()
    return f"[{index}]({index.as_uri()})"


def show_table(job: RoundJob, name: str, title: str, rows: Iterable[dict[str, Any]]) -> None:
    """A table artifact; whole numbers stay numbers, the rest is text."""
    table = [{column: _plain(value) for column, value in row.items()} for row in rows]
    create_table_artifact(table, artifact_key(job, name), title)


def show_summary(job: RoundJob, lines: Iterable[str]) -> None:
    """Is everything all right, and if not, what to do."""
    create_markdown_artifact("\n".join(lines), artifact_key(job, "summary"), "Tóm tắt / Summary")


def _plain(value: Any) -> Any:
    return value if isinstance(value, int) else "" if value is None else str(value)
