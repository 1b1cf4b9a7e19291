"""What a finished round tells: artifacts in the Prefect UI, warnings, and the headline table of the command line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import sqlalchemy as sa

from flows import artifacts
from flows.jobs import RoundJob
from reports import headlines
from reports.release_card import index_table
from surveys.models import Label
from validations.gates import GateReport, RuleResult
from validations.suites import Gate
from warehouse.engine import connect
from warehouse.load import LoadReport

RUNBOOK = "docs/runbook.md"
MOST_WARNINGS = 10
REFUSED = Label(
    vi="lệnh `hailong quarantine` cho biết lý do và việc cần làm; xem *Refused files* trong `docs/runbook.md`",
    en="'hailong quarantine' says why and what to do; see 'Refused files' in docs/runbook.md",
)

RUN_AGAIN = Label(
    vi="Chạy lại *close-round* cho đợt này; mọi phiếu đã nhận vẫn còn.",
    en="Run *close-round* of this round again; all that was received is still there.",
)
IDENTIFIER_LEFT = Label(
    vi="Báo ngay cán bộ bảo vệ dữ liệu: có thể còn thông tin định danh sau khi ẩn danh. Không nới mức cho phép.",
    en="Call the data-protection officer: an identifier may be left. Do not raise the tolerance.",
)
AFTER_STOP: dict[Gate, tuple[Label, ...]] = {
    "landing": (
        Label(
            vi="Nếu không có phiếu nào: xem tệp bị từ chối bằng lệnh `hailong quarantine`.",
            en="Where nothing came: 'hailong quarantine' lists files that were refused.",
        ),
        Label(
            vi="Nếu chỉ thiếu phiếu (`…-complete`): chạy lại trước đã, phiếu ghi muộn sẽ được đọc.",
            en="Where only submissions are missing (`…-complete`): run again first, which reads what was committed late.",
        ),
        Label(
            vi="Báo người quản lý nguồn dữ liệu: dữ liệu nguồn không đúng như bảng hỏi quy định.",
            en="Tell who runs the source: it delivers something other than the questionnaire says.",
        ),
        Label(
            vi="Nếu biểu mẫu đã đổi thật, thêm phiên bản bảng hỏi (`docs/new-survey.md`).",
            en="If the form has really changed, add a version of the instrument.",
        ),
        RUN_AGAIN,
    ),
    "submissions": (
        Label(
            vi="Xem bao nhiêu phiếu vi phạm, theo quy tắc, đơn vị và nguồn, bằng lệnh dưới đây.",
            en="Count the rows that were set aside by rule, unit and source, by the command below.",
        ),
        Label(
            vi="Sửa tại nguồn; hoặc, khi được phép, chấp nhận bằng `hailong quarantine release` (có lưu vết).",
            en="Mend them at the source; or, with authority, accept them by `hailong quarantine release` (audited).",
        ),
        RUN_AGAIN,
    ),
    "microdata": (IDENTIFIER_LEFT,),
    "comments": (IDENTIFIER_LEFT,),
    "results": (
        Label(
            vi="Giữ nguyên kho lưu trữ và báo lỗi: số liệu không khớp là lỗi của hailong, không phải của dữ liệu.",
            en="Keep the storage as it is and report it: figures that do not reconcile are an error of hailong's.",
        ),
    ),
}
"""The first steps of the runbook's sections 'Gate … stopped the round'."""


class RoundWarning(NamedTuple):
    """A warning as a line of the command line, and as one of the summary, Vietnamese first."""

    line: str
    bullet: str


def find_warnings(reports: Iterable[GateReport], n_refused: int = 0) -> list[RoundWarning]:
    """Dropped files that were refused, and every rule that failed without stopping the round."""
    found = []
    if n_refused:
        bullet = f"- **{n_refused}** tệp bị từ chối / dropped files refused: {REFUSED.vi} / *{REFUSED.en}*"
        found.append(RoundWarning(f"{n_refused} dropped file(s) refused: {REFUSED.en}", bullet))
    for result in (
        failed for report in reports for level in ("critical", "warning") for failed in report.failed(level)
    ):
        rule = result.rule
        line = f"{rule.gate}: {rule.rule_id}: {result.found}: {rule.description.en}"
        found.append(RoundWarning(line, _rule_line(result)))
    return found


def publish_artifacts(job: RoundJob, warnings: list[RoundWarning], loaded: LoadReport) -> None:
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
    artifacts.show_summary(job, _summary(job, warnings, loaded, indices))


def publish_stop(job: RoundJob, gate: Gate, stopping: Iterable[RuleResult], message: str) -> None:
    """The summary of a round that a gate stopped: which rules, for how many rows, and what to do next."""
    artifacts.show_summary(job, _stop(job, gate, list(stopping), message))


def message(job: RoundJob, warnings: list[RoundWarning], loaded: LoadReport) -> str:
    """One line on the release, and one per warning, up to ten."""
    changed = "loaded" if loaded.is_changed else "nothing changed"
    lines = [
        f"{job.survey_code} {job.round_code}: release {loaded.release_number} ({loaded.status}), {changed}",
        *(f"  warning: {warning.line}" for warning in warnings[:MOST_WARNINGS]),
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


def _stop(job: RoundJob, gate: Gate, stopping: list[RuleResult], message: str) -> Iterable[str]:
    yield f"# {job.folder.survey.name.vi}: {job.round.name.vi}"
    yield f"**Đã dừng ở cổng `{gate}`, chưa có số liệu nào được công bố hay mất đi.**"
    yield f"*Stopped at gate `{gate}`; nothing was published or lost.*"
    yield ""
    yield from (_rule_line(result) for result in stopping)
    yield ""
    yield "## Việc cần làm / What to do"
    for number, step in enumerate(AFTER_STOP[gate], start=1):
        yield f"{number}. {step.vi} / *{step.en}*"
    if gate == "submissions":
        yield f"```\nhailong quarantine --survey {job.survey_code} --round {job.round_code}\n```"
    yield ""
    yield f"Kết quả kiểm tra / What every rule found: {artifacts.link_docs(job)}"
    yield ""
    yield f"`{message}`"


def _rule_line(result: RuleResult) -> str:
    rule = result.rule
    return f"- `{rule.rule_id}` ({rule.gate}), {result.found}: {rule.description.vi} / *{rule.description.en}*"


def _summary(
    job: RoundJob, warnings: list[RoundWarning], loaded: LoadReport, indices: list[headlines.Row]
) -> Iterable[str]:
    yield f"# {job.folder.survey.name.vi}: {job.round.name.vi}"
    if warnings:
        yield f"**Hoàn thành, có {len(warnings)} cảnh báo. / Completed with {len(warnings)} warnings.**"
        yield f"Việc cần làm: xem từng quy tắc dưới đây và mục *Warnings* trong `{RUNBOOK}`. / See each rule below."
        yield ""
        yield from (warning.bullet for warning in warnings)
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
