"""Commands that operate an installation: schedule, settings, doctor, deploy, back-up, restore, upgrade."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from dotenv import dotenv_values
from pydantic import SecretStr
from rich.table import Table

from flows.commands.console import console
from flows.environment import DEFAULTS, prepare_environment
from flows.settings import Settings
from surveys.catalogue import SURVEYS_ROOT, SurveyFolder, load_survey

SurveysOption = Annotated[
    list[str] | None, typer.Option("--survey", help="Name or folder; may be repeated; default: all in surveys/")
]

PrefectFileOption = Annotated[Path | None, typer.Option(help="Default: prefect.yaml of this installation")]

MASK = "********"


def schedule(
    survey: SurveysOption = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail when prefect.yaml differs")] = False,
    prefect_file: PrefectFileOption = None,
    at: Annotated[dt.datetime | None, typer.Option(help="As if it were this time (UTC): 2027-04-01T00:00:00")] = None,
) -> None:
    """Write prefect.yaml from the rounds; say what runs when.

    It gets the deployments of open and coming rounds.
    """
    prepare_environment(Settings().storage)
    from flows.deployments import PREFECT_YAML
    from flows.schedule import HORIZON, check_rounds, coming_runs, schedule_rounds, write_rounds

    now = (at or dt.datetime.now(dt.UTC)).replace(tzinfo=dt.UTC)
    path = prefect_file or PREFECT_YAML
    schedules = [found for folder in _surveys(survey) for found in schedule_rounds(folder, now)]
    if check:
        check_rounds(path, schedules)
        console.print(f"{path.name} says what the rounds say", highlight=False)
    else:
        changed = write_rounds(path, schedules)
        console.print(f"{path.name}: {'written; now `make deploy`' if changed else 'unchanged'}", highlight=False)
    table = Table("survey", "round", "step", "next run", "time zone", "")
    for found, step, run in coming_runs(schedules, now):
        note = "beyond Prefect's horizon of 100 days" if run - now > HORIZON else ""
        table.add_row(found.survey_code, found.round.round_code, step, f"{run:%Y-%m-%d %H:%M}", found.time_zone, note)
    console.print(table if schedules else "no round is open or coming: add one to rounds.yaml", highlight=False)


def settings() -> None:
    """Print every setting and where it comes from.

    Secrets are masked.
    """
    for name, value, origin, meaning in [*describe_settings(Settings()), *_prefect_settings()]:
        console.print(f"{name}={value}", markup=False, highlight=False, soft_wrap=True, style="bold")
        console.print(f"    from {origin}. {meaning}", markup=False, highlight=False, soft_wrap=True)


def describe_settings(current: Settings) -> Iterable[tuple[str, str, str, str]]:
    """Environment variable, value with secrets masked, origin and meaning of each setting."""
    from_file = {name.upper() for name in dotenv_values(".env")}
    in_environment = {name.upper() for name in os.environ}
    for name, field in Settings.model_fields.items():
        variable, value = f"HAILONG_{name.upper()}", getattr(current, name)
        origin = "environment" if variable in in_environment else ".env" if variable in from_file else "default"
        shown = MASK if isinstance(value, SecretStr) else "" if value is None else str(value)
        yield variable, shown, origin, f"{field.description}."


def _prefect_settings() -> Iterable[tuple[str, str, str, str]]:
    for name, value in {"PREFECT_API_URL": "", **DEFAULTS}.items():
        given = os.environ.get(name)
        owner = "Prefect's own." if name.startswith("PREFECT_") else "Of the libraries: nothing is sent to anyone."
        yield name, value if given is None else given, "default" if given is None else "environment", owner


def doctor(survey: SurveysOption = None) -> None:
    """Check this installation, and say what to do.

    Each point is ok, warn or fail; exit status 1 if any fails.
    """
    prepare_environment(Settings().storage)
    from flows.doctor import examine

    findings = examine(Settings(), _surveys(survey), dt.datetime.now(dt.UTC))
    colours = {"ok": "green", "warn": "yellow", "fail": "red"}
    for check, status, message, remedy in findings:
        console.print(f"[{colours[status]}]{status:<4}[/] {check:<11}", end=" ")
        console.print(message + (f"; next: {remedy}" if remedy else ""), markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1 if any(finding.status == "fail" for finding in findings) else 0)


def deploy(prefect_file: PrefectFileOption = None) -> None:
    """Register deployments and alerts with the server.

    Puts work pool, deployments, alert channels and automations onto the server of PREFECT_API_URL.
    """
    prepare_environment(Settings().storage)
    from flows.deployments import PREFECT_YAML
    from flows.deployments import deploy as put

    report = put(Settings(), prefect_file or PREFECT_YAML)
    console.print(f"{report.n_deployments} deployments, {report.n_automations} automations", highlight=False)
    for name in report.removed:
        console.print(f"removed {name}: prefect.yaml no longer has it", highlight=False)
    if report.n_channels == 0:
        console.print("no alert is sent: set HAILONG_ALERT_MAIL_URL or HAILONG_ALERT_WEBHOOK_URL", highlight=False)


def ui(port: Annotated[int, typer.Option(help="Port on 127.0.0.1")] = 4200) -> None:
    """Start Prefect on this machine (`make ui`).

    A server, its deployments and a worker; Ctrl-C stops them all.
    """
    os.environ["PREFECT_API_URL"] = f"http://127.0.0.1:{port}/api"
    prepare_environment(Settings().storage)
    from flows.local_server import serve

    console.print("đang khởi động, khoảng một phút… / starting, about a minute…", highlight=False)
    serve(Settings(), port, _announce)
    console.print("đã dừng / stopped", highlight=False)


def _announce(address: str) -> None:
    for where, what in (
        (address, "giao diện / the UI"),
        (f"{address}/deployments", "chạy một đợt: close-round > Run > Custom run / run a round"),
        (f"{address}/runs", "các lần chạy, tóm tắt và tiến độ / runs, their summary and progress"),
        (f"{address}/artifacts", "bảng kết quả theo từng đợt / tables by round"),
    ):
        console.print(f"  {where:<40} {what}", soft_wrap=True, markup=False, highlight=False)
    console.print("Ctrl-C để dừng / to stop", highlight=False)


def backup(
    target: Annotated[str, typer.Argument(help="New folder for the back-up, or a URL: s3://bucket/hailong/2026-11-28")],
    keys: Annotated[
        bool, typer.Option(help="With the keys of pseudonyms, or without: then keep them elsewhere")
    ] = True,
) -> None:
    """Back up warehouse and storage, with a hash of every file."""
    from flows.backup import back_up, back_up_to_url
    from flows.object_stores import is_url

    now = dt.datetime.now(dt.UTC)
    if is_url(target):
        manifest = back_up_to_url(Settings(), target, now, with_keys=keys)
    else:
        manifest = back_up(Settings(), Path(target), now, with_keys=keys)
    console.print(
        f"{target}: warehouse (tables at {manifest['revision']}) and storage.tar, in {len(manifest['files'])} files",
        highlight=False,
    )


def restore(source: Annotated[str, typer.Argument(help="Folder or URL of a back-up")]) -> None:
    """Restore a back-up into an empty place.

    Nothing is ever overwritten.
    """
    from flows.backup import restore as put_back
    from flows.backup import restore_from_url
    from flows.object_stores import is_url

    manifest = restore_from_url(Settings(), source) if is_url(source) else put_back(Settings(), Path(source))
    console.print(f"restored the back-up of {manifest['taken_at']}; next: hailong doctor", highlight=False)


def upgrade(
    rehearse_on: Annotated[
        str | None, typer.Option(help="URL of an empty warehouse: upgrade a copy there and touch nothing else")
    ] = None,
) -> None:
    """Migrate the warehouse, or rehearse that on a copy.

    The rehearsal counts the rows of the copy.
    """
    if rehearse_on is None:
        from warehouse.engine import open_warehouse

        open_warehouse(Settings().warehouse).dispose()
        console.print("the warehouse is up to date")
        return
    from flows.backup import rehearse_upgrade

    with tempfile.TemporaryDirectory() as folder:
        counted = rehearse_upgrade(Settings().warehouse, rehearse_on, Path(folder))
    table = Table("table", "rows before", "rows after", "")
    for name, (before, after) in counted.items():
        table.add_row(name, str(before), str(after), "" if before == after else "DIFFERS")
    console.print(table)
    raise typer.Exit(0 if all(before <= after for before, after in counted.values()) else 1)


def _surveys(names: list[str] | None) -> list[SurveyFolder]:
    found = names or sorted(path.parent.name for path in SURVEYS_ROOT.glob("*/survey.yaml"))
    return [load_survey(name) for name in found]
