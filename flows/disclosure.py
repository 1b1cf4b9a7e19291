"""The audit of a release in the warehouse: what anyone who has it, and those before it, can work back."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl
import sqlalchemy as sa

from flows.errors import OperationError
from flows.jobs import RoundJob
from flows.object_stores import is_file
from flows.published import is_public, read_published, read_table
from transforms.attacks import AuditReport
from transforms.disclosure_audit import TABLES, TALLIES, audit_difference, audit_results, cells_of_respondents
from transforms.release_audit import adds_up, audit_releases, compare_patterns, find_panel_differences, select_shown
from transforms.units import ancestors_of
from warehouse.audit import find_events
from warehouse.releases import Release, list_releases
from warehouse.tables import RESULT_TABLES, fct_index


@dataclass(frozen=True)
class Together:
    """What a release tells beside one that was published before it.

    Attributes:
        differences: cells that, subtracted, leave too few respondents (none is compared between methods).
        report: of the attack with the indices and questions of both, and whether both hide the same of all else; by two
            methods, of the attack on the hidden cells of the earlier one as well, unless its tallies have been computed
            again from other answers.
    """

    differences: pl.DataFrame
    report: AuditReport

    @property
    def is_safe(self) -> bool:
        return self.report.is_safe and self.differences.is_empty()


@dataclass(frozen=True)
class ReleaseAudit:
    """What `hailong audit` found.

    Attributes:
        earlier: number of a release of the round that was published before -> what both tell together.
        panel: cells that this round and the one before it show, answered by the same respondents but for a few
            (`find_panel_differences`). They tell something only to who takes answers of two days for the same.
    """

    release: Release
    report: AuditReport
    earlier: dict[int, Together]
    panel: pl.DataFrame

    @property
    def is_safe(self) -> bool:
        return self.report.is_safe and all(found.is_safe for found in self.earlier.values())


def audit_release(job: RoundJob, engine: sa.Engine, release: Release) -> ReleaseAudit:
    """Attack a release as the warehouse has it.

    Args:
        job: of the release's round and method.

    Raises:
        OperationError: the round's tallies, the truth to compare with, are gone.
    """
    truth = {name: _read_tally(job, release, name) for name in TALLIES}
    frames = {table.name: read_table(engine, table, release) for table in RESULT_TABLES if table.name in TABLES}
    report = audit_results(job.context, truth, frames)
    panel = _compare_panel(job, engine, frames["fct_index"])
    return ReleaseAudit(release, report, compare_earlier(job, engine, release), panel)


def _compare_panel(job: RoundJob, engine: sa.Engine, indices: pl.DataFrame) -> pl.DataFrame:
    previous = job.folder.previous_round(job.round)
    if previous is None:
        return pl.DataFrame()
    before = RoundJob.open(job.folder, previous.round_code, job.settings)
    published = [
        read_table(engine, fct_index, release)
        for release in list_releases(engine, job.survey_code, previous.round_code)
        if is_public(release)
    ]
    if not (published and before.parts("microdata") and job.parts("microdata")):
        return pl.DataFrame()
    found = find_panel_differences(
        before.scan_parts("microdata"),
        job.scan_parts("microdata"),
        ancestors_of(job.folder.units_on(job.round.register_date)),
        job.method.disclosure.threshold,
    )
    return select_shown(found, [indices], published)


def compare_earlier(job: RoundJob, engine: sa.Engine, release: Release) -> dict[int, Together]:
    """What the release reveals beside each release of the round that was published before it.

    Raises:
        OperationError: as `audit_release`.
    """
    earlier = [
        other
        for other in list_releases(engine, release.survey_code, release.round_code)
        if is_public(other) and other.release_number < release.release_number
    ]
    return {other.release_number: _compare(job, engine, release, other) for other in earlier}


def _compare(job: RoundJob, engine: sa.Engine, release: Release, other: Release) -> Together:
    later, earlier = (read_published(engine, job.folder, each) for each in (release, other))
    is_one_method = release.method_code == other.method_code
    threshold = job.method.disclosure.threshold
    differences = audit_difference(cells_of_respondents(earlier.frames), cells_of_respondents(later.frames), threshold)
    report = audit_releases(job.context, _read_answers(job, release), later, earlier)
    if not is_one_method:
        first = RoundJob.open(job.folder, job.round_code, job.settings, other.method_code)
        answers = _read_answers(first, other)
        if adds_up(first.context, answers["indices"], earlier.indices):
            back = audit_releases(first.context, answers, earlier, later, is_excused=False)
            report = AuditReport.of([report, back])
    report = replace(report, inconsistencies=tuple(compare_patterns(job.context, earlier, later)))
    return Together(differences if is_one_method else differences.clear(), report)


def refuse_differences(job: RoundJob, engine: sa.Engine, release: Release) -> None:
    """Before a correction, or the round by another method, is published.

    Args:
        job: of the release's round, by whatever method: counts and rules are those of the release's own.

    Raises:
        OperationError: with a release that is public it would tell what a few respondents answered.
    """
    job = RoundJob.open(job.folder, job.round_code, job.settings, release.method_code)
    if not job.method.disclosure.is_enabled:
        return
    found = {number: both for number, both in compare_earlier(job, engine, release).items() if not both.is_safe}
    if found:
        cells = ", ".join(
            f"{both.differences.height} cells by subtraction and {len(both.report.failures)} by all cells of both, "
            f"{''.join(f'{text}, ' for text in both.report.inconsistencies)}beside release {number}"
            for number, both in found.items()
        )
        raise OperationError(
            f"{release.name} would tell what fewer than {job.method.disclosure.threshold} respondents answered: {cells}. "
            "Wait for more changes, or leave what is published; see 'Releases' in docs/disclosure-control.md"
        )


def refuse_microdata_difference(job: RoundJob, engine: sa.Engine) -> None:
    """Before a round's microdata are released again. As many rows of other forms (one erased, one late) are not the same.

    Raises:
        OperationError: who has an earlier file beside this one would know the rows of a few who came or went.
    """
    n_rows, threshold = job.scan_parts("microdata").select(pl.len()).collect().item(), job.method.disclosure.threshold
    same = (n_rows, job.microdata_facts["landing_hash"])
    with engine.connect() as connection:
        released = find_events(connection, "release_microdata", job.survey_code, job.round_code)
    others = [event["n_rows"] for event in released if (event["n_rows"], event.get("landing_hash")) != same]
    close = [n_before for n_before in others if abs(n_before - n_rows) < threshold]
    if close:
        raise OperationError(
            f"{job.survey_code} {job.round_code}: microdata of {close[-1]} rows were released before, now there are "
            f"{n_rows}, from other forms; who has both may know the rows of the few who came or went. Nothing was written: "
            f"wait until {threshold} rows more or fewer are there"
        )


def _read_answers(job: RoundJob, release: Release) -> dict[str, pl.DataFrame]:
    return {name: _read_tally(job, release, name) for name in ("indices", "questions")}


def _read_tally(job: RoundJob, release: Release, name: str) -> pl.DataFrame:
    path = job.results / f"tally_{name}.parquet"
    if not is_file(path):
        raise OperationError(
            f"{release.name}: the round's tallies are not in the storage; run the round again, then audit"
        )
    return pl.read_parquet(str(path))
