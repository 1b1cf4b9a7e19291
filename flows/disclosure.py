"""The audit of a release in the warehouse: what anyone who has it, and those before it, can work back."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
import sqlalchemy as sa

from flows.errors import OperationError
from flows.object_stores import is_file
from flows.stages import RoundJob
from transforms.attacks import AuditReport
from transforms.disclosure_audit import TABLES, TALLIES, audit_difference, audit_results
from warehouse.releases import Release, list_releases
from warehouse.rows import matches
from warehouse.tables import RESULT_TABLES, fct_index, polars_schema


@dataclass(frozen=True)
class ReleaseAudit:
    """differences: number of an earlier published release -> its cells that, subtracted, leave too few respondents."""

    release: Release
    report: AuditReport
    differences: dict[int, pl.DataFrame]

    @property
    def is_safe(self) -> bool:
        return self.report.is_safe and not any(frame.height for frame in self.differences.values())


def audit_release(job: RoundJob, engine: sa.Engine, release: Release) -> ReleaseAudit:
    """Attack a release as the warehouse has it.

    Args:
        job: of the release's round and method.

    Raises:
        OperationError: the round's tallies, the truth to compare with, are gone.
    """
    tallies = {name: job.results / f"tally_{name}.parquet" for name in TALLIES}
    if not all(is_file(path) for path in tallies.values()):
        raise OperationError(
            f"{release.name}: the round's tallies are not in the storage; run the round again, then audit"
        )
    truth = {name: pl.read_parquet(str(path)) for name, path in tallies.items()}
    frames = {table.name: _read(engine, table, release) for table in RESULT_TABLES if table.name in TABLES}
    report = audit_results(job.context, truth, frames)
    return ReleaseAudit(release, report, find_differences(job, engine, release))


def find_differences(job: RoundJob, engine: sa.Engine, release: Release) -> dict[int, pl.DataFrame]:
    """What the release reveals beside each release of the round that was published before it."""
    earlier = [
        other
        for other in list_releases(engine, release.survey_code, release.round_code)
        if other.status in ("published", "superseded") and other.release_number < release.release_number
    ]
    later = _read(engine, fct_index, release)
    threshold = job.method.disclosure.threshold
    return {
        other.release_number: audit_difference(_read(engine, fct_index, other), later, threshold)
        for other in earlier
        if other.method_code == release.method_code
    }


def refuse_differences(job: RoundJob, engine: sa.Engine, release: Release) -> None:
    """Before a correction is published.

    Raises:
        OperationError: subtracting a release that is public from it would leave the answers of a few respondents.
    """
    found = {number: frame.height for number, frame in find_differences(job, engine, release).items() if frame.height}
    if found and job.method.disclosure.is_enabled:
        cells = ", ".join(f"{n} cells beside release {number}" for number, n in found.items())
        raise OperationError(
            f"{release.name} would tell by subtraction what fewer than {job.method.disclosure.threshold} respondents "
            f"answered: {cells}. Wait for more changes, or leave what is published; see 'Releases' in "
            "docs/disclosure-control.md"
        )


def _read(engine: sa.Engine, table: sa.Table, release: Release) -> pl.DataFrame:
    key = {name: getattr(release, name) for name in ("survey_code", "round_code", "release_number")}
    with engine.connect() as connection:
        rows = connection.execute(sa.select(table).where(matches(table, key))).mappings()
        return pl.DataFrame([dict(row) for row in rows], schema=polars_schema(table))
