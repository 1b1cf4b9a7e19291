"""Commands around the warehouse: its dictionary, exports of a release, and who may read which tier.

hailong export --survey kbnn --round 2023-2 --tier management
hailong grant tiers
hailong grant unit director_0010 --survey kbnn --unit 0010 --by "Nguyễn Văn A"
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import sqlalchemy as sa
import typer

from flows.commands.console import console
from flows.commands.rounds import RoundOption, StorageOption, SurveyOption, WarehouseOption
from flows.object_stores import local_folder
from flows.settings import Settings
from flows.storage import Storage
from surveys.catalogue import load_survey
from warehouse.dictionary import write_dictionary
from warehouse.engine import open_warehouse
from warehouse.exports import export_release
from warehouse.grants import TIERS, create_tier_roles, grant_unit, revoke_unit
from warehouse.releases import find_release
from warehouse.tables import MANAGEMENT

DICTIONARY = Path("docs/data-dictionary.md")

RoleArgument = Annotated[str, typer.Argument(help="Database role of the reader; the administrator creates it")]
UnitOption = Annotated[str, typer.Option(help="Code of the unit at the top of the subtree")]
OnOption = Annotated[
    dt.datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Day of the register, where a code was used more than once"),
]
ByOption = Annotated[str, typer.Option(help="Who decides; goes into the audit trail")]
PrefixOption = Annotated[str, typer.Option(help="Begins the names of the roles; warehouses on one server differ in it")]
ReleaseOption = Annotated[int | None, typer.Option("--release", help="Number of the release; default: the current one")]
OutputOption = Annotated[Path | None, typer.Option(help="Folder; default: under the anonymised exports of the release")]

grants = typer.Typer(help="Who may read which tier of a warehouse on PostgreSQL.", no_args_is_help=True)


def dictionary(
    output: Annotated[Path, typer.Option(help="Markdown file to write")] = DICTIONARY,
) -> None:
    """Write the data dictionary (`make docs`).

    Every table, view and column with unit and meaning.
    """
    write_dictionary(output)
    console.print(f"{output}: written", highlight=False)


def export(
    survey: SurveyOption,
    round_code: RoundOption,
    release: ReleaseOption = None,
    tier: Annotated[Literal["public", "management"], typer.Option(help="Whose views")] = "public",
    output: OutputOption = None,
    storage: StorageOption = None,
    warehouse_url: WarehouseOption = None,
) -> None:
    """Write a release's views as Parquet and CSV.

    With checksums; the same release gives the same bytes.
    """
    folder = load_survey(survey)
    survey_code = folder.survey.survey_code
    folder.round(round_code)
    with opened(warehouse_url, storage) as (engine, place):
        number = find_release(engine, survey_code, round_code, release).release_number
        target = output or place.exports(survey_code, round_code, number) / tier
        schema = MANAGEMENT if tier == MANAGEMENT else None
        with local_folder(target, place.work(survey_code, round_code)) as local:
            files = export_release(engine, survey_code, round_code, local, number, schema)
    console.print(f"{target}: release {number}, {len(files)} files", highlight=False, soft_wrap=True)


@grants.command("tiers")
def grant_tiers(prefix: PrefixOption = "hailong", warehouse_url: WarehouseOption = None) -> None:
    """Create a role per tier and let it read its tier and those before it; again after each upgrade."""
    with opened(warehouse_url) as (engine, _):
        roles = create_tier_roles(engine, prefix)
    for role, tier in zip(roles, TIERS, strict=True):
        console.print(f"{role} reads the {tier} tier", highlight=False)


@grants.command("unit")
def grant(
    role: RoleArgument,
    survey: SurveyOption,
    unit: UnitOption,
    by: ByOption,
    on: OnOption = None,
    prefix: PrefixOption = "hailong",
    warehouse_url: WarehouseOption = None,
) -> None:
    """Let a role read the management tier of a unit and its subtree; audited."""
    survey_code = load_survey(survey).survey.survey_code
    with opened(warehouse_url) as (engine, _):
        since = grant_unit(engine, role, survey_code, unit, granted_by=by, on=on.date() if on else None, prefix=prefix)
    console.print(f"{role} reads {survey_code} {unit} and its subtree (entry since {since})", highlight=False)


@grants.command("revoke")
def revoke(
    role: RoleArgument,
    survey: SurveyOption,
    unit: UnitOption,
    by: ByOption,
    on: OnOption = None,
    warehouse_url: WarehouseOption = None,
) -> None:
    """Take the grant of a unit back; audited."""
    survey_code = load_survey(survey).survey.survey_code
    with opened(warehouse_url) as (engine, _):
        done = revoke_unit(engine, role, survey_code, unit, revoked_by=by, on=on.date() if on else None)
    console.print(
        f"{role} no longer reads {survey_code} {unit}" if done else f"{role} had no grant of {survey_code} {unit}",
        highlight=False,
    )


@contextmanager
def opened(warehouse_url: str | None, storage: Path | None = None) -> Iterator[tuple[sa.Engine, Storage]]:
    """The warehouse and the storage of the options, or else of the settings."""
    settings = Settings.overridden(storage=storage, warehouse_url=warehouse_url)
    engine = open_warehouse(settings.warehouse)
    try:
        yield engine, Storage.of(settings)
    finally:
        engine.dispose()
