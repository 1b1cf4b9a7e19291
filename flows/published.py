"""What the warehouse has of releases, as the attacks and the protection of later ones take it."""

from __future__ import annotations

import polars as pl
import sqlalchemy as sa

from flows.errors import OperationError
from surveys.catalogue import SurveyFolder
from transforms.release_audit import PUBLISHED, Published
from warehouse.engine import open_warehouse
from warehouse.releases import Release, list_releases
from warehouse.rows import matches
from warehouse.tables import PUBLIC_STATUSES, RESULT_TABLES, fct_index, polars_schema


def is_public(release: Release) -> bool:
    """Published, if only once."""
    return release.status in PUBLIC_STATUSES


def read_table(engine: sa.Engine, table: sa.Table, release: Release) -> pl.DataFrame:
    """A release's rows of a table."""
    key = {name: getattr(release, name) for name in ("survey_code", "round_code", "release_number")}
    with engine.connect() as connection:
        rows = connection.execute(sa.select(table).where(matches(table, key))).mappings()
        return pl.DataFrame([dict(row) for row in rows], schema=polars_schema(table))


def read_published(engine: sa.Engine, folder: SurveyFolder, release: Release) -> Published:
    """A release's tables that the attacks and later releases need, with its method.

    Raises:
        OperationError: the survey's files no longer have its method, by which what it tells is measured.
    """
    if release.method_code not in folder.methods:
        raise OperationError(
            f"{release.name} is by method {release.method_code!r}, which the survey's files no longer have: put "
            f"methods/{release.method_code}.yaml back, and run the command again"
        )
    frames = {table.name: read_table(engine, table, release) for table in RESULT_TABLES if table.name in PUBLISHED}
    return Published(folder.methods[release.method_code], frames)


def read_public(url: str, folder: SurveyFolder, round_code: str) -> list[Published]:
    """What is public of a round, by whatever method.

    Raises:
        WarehouseError: as `open_warehouse`.
        OperationError: as `read_published`.
    """
    engine = open_warehouse(url)
    try:
        releases = list_releases(engine, folder.survey.survey_code, round_code)
        return [read_published(engine, folder, release) for release in releases if is_public(release)]
    finally:
        engine.dispose()


def read_indices(engine: sa.Engine, survey_code: str, round_code: str, method_code: str) -> pl.DataFrame | None:
    """`fct_index` of what was published last of a round by a method; None where nothing was."""
    releases = list_releases(engine, survey_code, round_code)
    public = [each for each in releases if is_public(each) and each.method_code == method_code]
    return read_table(engine, fct_index, public[-1]) if public else None
