"""What a finished round tells: artifacts in the Prefect UI, warnings, and the headline table of the command line."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from flows import artifacts
from flows.stages import RoundJob
from reports import headlines
from reports.release_card import index_table
from surveys.models import Label
from validations.gates import GateReport, RuleResult
from warehouse.engine import connect
from warehouse.load import LoadReport

RUNBOOK = "docs/runbook.md"
MOST_WARNINGS = 10
REFUSED = Label(
    vi="xem ghi chú trong `refused/` của đợt, mục *Refused files* trong `docs/runbook.md`",
    en="see the notes in the round's refused/, 'Refused files' in docs/runbook.md",
)


def publish_artifacts(job: RoundJob, reports: list[GateReport], loaded: LoadReport, n_refused: int = 0) -> None:
    """Tables and a summary of the loaded release, under keys that stay the same from run to run."""
    engine = connect(job.settings.warehouse)
    try:
        release = (engine, job.survey_code, job.round_code, loaded.release_number)
        indices = headlines.read_indices(*release)
        artifacts.show_table(
            job, "response", "Phản hồi theo tỉnh / Response by province", headlines.read_response(*release)
        )
        artifacts.show_table(job, "indices", "Chỉ số toàn hệ thống / System indices", indices)
        artifacts.show_table(
            job, "ranking", "Đơn vị đầu và cuối / Top and bottom units", headlines.read_extremes(*release)
        )
        artifacts.show_table(
            job, "suppression", "Số liệu được bảo mật / Withheld cells", headlines.read_suppression(*release)
        )
    finally:
        engine.dispose()
    artifacts.show_summary(job, _summary(job, reports, loaded, indices, n_refused))


def publish_stop(job: RoundJob, message: str) -> None:
    """The summary of a round that a gate stopped."""
    lines = (
        f"# {job.folder.survey.name.vi}: {job.round.name.vi}",
        "**Đã dừng, chưa có số liệu nào được công bố hay mất đi. / Stopped; nothing was published or lost.**",
        "",
        message,
        "",
        f"Kết quả kiểm tra / What every rule found: {artifacts.link_docs(job)}",
    )
    artifacts.show_summary(job, lines)


def warnings_of(reports: Iterable[GateReport], n_refused: int = 0) -> list[str]:
    """One line on dropped files that were refused, and one per rule that failed without stopping the round."""
    refused = [f"{n_refused} dropped file(s) refused: {REFUSED.en}"] if n_refused else []
    return refused + [
        f"{result.rule.gate}: {result.rule.rule_id}: {result.found}: {result.rule.description.en}"
        for result in _warned(reports)
    ]


def _warned(reports: Iterable[GateReport]) -> list[RuleResult]:
    return [result for report in reports for severity in ("critical", "warning") for result in report.failed(severity)]


def message(job: RoundJob, reports: Iterable[GateReport], loaded: LoadReport, n_refused: int = 0) -> str:
    """One line on the release, and one per warning, up to ten."""
    changed = "loaded" if loaded.is_changed else "nothing changed"
    warnings = warnings_of(reports, n_refused)
    lines = [
        f"{job.survey_code} {job.round_code}: release {loaded.release_number} ({loaded.status}), {changed}",
        *(f"  warning: {warning}" for warning in warnings[:MOST_WARNINGS]),
    ]
    if len(warnings) > MOST_WARNINGS:
        lines.append(f"  and {len(warnings) - MOST_WARNINGS} more: table validation_result, or the run's artifacts")
    return "\n".join(lines)


def read_headlines(warehouse_url: str, survey_code: str, round_code: str) -> list[headlines.Row]:
    """The system's indices in the newest release of a round."""
    engine = connect(warehouse_url)
    query = "SELECT MAX(release_number) FROM release WHERE survey_code = :survey AND round_code = :round"
    try:
        with engine.connect() as connection:
            newest = connection.execute(sa.text(query), {"survey": survey_code, "round": round_code}).scalar()
        return headlines.read_indices(engine, survey_code, round_code, int(newest or 0))
    finally:
        engine.dispose()


def _summary(
    job: RoundJob, reports: list[GateReport], loaded: LoadReport, indices: list[headlines.Row], n_refused: int
) -> Iterable[str]:
    warned, n_warnings = _warned(reports), len(warnings_of(reports, n_refused))
    yield f"# {job.folder.survey.name.vi}: {job.round.name.vi}"
    if n_warnings:
        yield f"**Hoàn thành, có {n_warnings} cảnh báo. / Completed with {n_warnings} warnings.**"
        yield f"Việc cần làm: xem từng quy tắc dưới đây và mục *Warnings* trong `{RUNBOOK}`. / See each rule below."
        yield ""
        if n_refused:
            yield f"- **{n_refused}** tệp bị từ chối / dropped files refused: {REFUSED.vi} / *{REFUSED.en}*"
        for result in warned:
            rule = result.rule
            yield f"- `{rule.rule_id}` ({rule.gate}), {result.found}: {rule.description.vi} / *{rule.description.en}*"
    else:
        yield "**Mọi việc đều ổn, không cần làm gì. / Everything is all right, nothing to do.**"
    yield ""
    yield f"Bản số liệu / Release: **{loaded.release_number}** ({loaded.status}); run `{loaded.run_id}`"
    yield ""
    if loaded.status == "draft":
        yield "Bước tiếp theo: chạy *publish* để phê duyệt. / Next: start the deployment *publish* to have it approved."
        yield ""
    yield f"Kết quả kiểm tra / What every rule found: {artifacts.link_docs(job)}"
    yield ""
    yield from index_table(indices)
