"""Health check: one finding per thing that must be right for a round to run, each with what to do."""

from __future__ import annotations

import asyncio
import datetime as dt
import email.utils
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import requires, version
from pathlib import Path
from typing import Any, Literal, NamedTuple

import httpx
import sqlalchemy as sa
import yaml
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from packaging.requirements import Requirement
from prefect.client.orchestration import get_client
from prefect.settings import get_current_settings
from upath import UPath

from flows.deployments import POOL, PREFECT_YAML
from flows.erasures import Erased
from flows.keys import SecretKeyError, load_key
from flows.object_stores import ObjectStoreError, keeps_versions, probe
from flows.schedule import ScheduleError, check_rounds, schedule_rounds
from flows.settings import Settings
from flows.storage import Storage
from surveys.catalogue import SurveyFolder
from warehouse.audit import AuditBrokenError, verify_chain
from warehouse.engine import alembic_config, connect

DISK_FAIL, DISK_WARN = 1 * 2**30, 5 * 2**30
MAX_CLOCK_SKEW = dt.timedelta(seconds=60)

Status = Literal["ok", "warn", "fail"]


class Finding(NamedTuple):
    """What a check found; `remedy` says what to do when it is not ok."""

    check: str
    status: Status
    message: str
    remedy: str = ""


def examine(settings: Settings, surveys: Iterable[SurveyFolder], now: dt.datetime) -> list[Finding]:
    """All findings, in order; a check that breaks is a failure of its own and does not stop the others."""
    folders = list(surveys)
    checks: list[tuple[str, Callable[[], Iterator[Finding]]]] = [
        ("versions", check_versions),
        ("storage", lambda: check_storage(settings)),
        ("disk", lambda: check_disk(settings.storage)),
        ("key", lambda: check_keys(settings, folders)),
        ("warehouse", lambda: check_warehouse(settings.warehouse)),
        ("schedules", lambda: check_schedules(folders, now)),
        ("prefect", lambda: check_prefect(now)),
    ]
    return [finding for name, check in checks for finding in _guard(name, check)]


def check_versions() -> Iterator[Finding]:
    """Installed versions are those that pyproject.toml allows."""
    wrong = []
    for line in requires("hailong") or []:
        wanted = Requirement(line)
        if wanted.marker is None or wanted.marker.evaluate():
            have = version(wanted.name)
            if not wanted.specifier.contains(have, prereleases=True):
                wrong.append(f"{wanted.name} {have} (needs {wanted.specifier})")
    if wrong:
        yield Finding("versions", "fail", ", ".join(wrong), "install again: make .venv/ready")
    else:
        yield Finding("versions", "ok", f"hailong {version('hailong')}, prefect {version('prefect')}")


def check_storage(settings: Settings) -> Iterator[Finding]:
    """Both roots can be written, and are closed to others; of a store, whoever runs it must see to that."""
    storage = Storage.of(settings)
    anonymised = storage.anonymised
    folders = {storage.identified: 0o700}
    if isinstance(anonymised, Path):
        folders[anonymised] = 0o750
    else:
        yield from _check_store(anonymised)
    for folder, allowed in folders.items():
        mode = stat.S_IMODE(folder.stat().st_mode)
        try:
            with tempfile.TemporaryFile(dir=folder) as probe:
                probe.write(b"x")
        except OSError as error:
            remedy = f"give the account of hailong write permission on {folder}"
            yield Finding("storage", "fail", f"{folder} cannot be written: {error.strerror}", remedy)
            continue
        if mode & ~allowed:
            yield Finding(
                "storage", "fail", f"{folder} is open to others (mode {mode:o})", f"chmod {allowed:o} {folder}"
            )
        else:
            yield Finding("storage", "ok", f"{folder} (mode {mode:o})")


def _check_store(place: UPath) -> Iterator[Finding]:
    try:
        probe(place)
    except ObjectStoreError as error:
        yield Finding("storage", "fail", str(error), "see 'Storage cannot be written' in docs/runbook.md")
        return
    yield Finding("storage", "ok", f"{place} can be written and read")
    if keeps_versions(place):
        remedy = "switch versions off, or let them expire within the survey's retention"
        yield Finding("storage", "warn", f"{place} keeps versions: what was erased is still there", remedy)


def check_disk(folder: Path) -> Iterator[Finding]:
    """Room for a round: a full disk loses nothing, but stops the round."""
    free = shutil.disk_usage(folder).free
    status: Status = "fail" if free < DISK_FAIL else "warn" if free < DISK_WARN else "ok"
    remedy = "" if status == "ok" else "make room, or move the storage; see 'Disk full' in docs/runbook.md"
    yield Finding("disk", status, f"{free / 2**30:.1f} GiB free at {folder}", remedy)


def check_keys(settings: Settings, folders: list[SurveyFolder]) -> Iterator[Finding]:
    """The key of pseudonyms is there, and nobody else can read it."""
    storage = Storage.of(settings)
    for code in (folder.survey.survey_code for folder in folders):
        path = settings.secret_file or storage.identified / "keys" / f"{code}.json"
        is_new = not any((storage.anonymised / code).glob("*/*/microdata/*.parquet"))
        if is_new and not path.exists() and settings.secret_file is None:
            yield Finding("key", "ok", f"{code}: none yet; the first run makes one")
            continue
        try:
            yield Finding("key", "ok", f"{code}: {load_key(path).key_id}")
            if n_unmatched := Erased(storage, code, path).n_unmatched():
                message = f"{code}: {n_unmatched} erased respondents are not kept out: their key was destroyed"
                yield Finding("key", "warn", message, "take them out of the source, or erase them again")
        except SecretKeyError as error:
            yield Finding("key", "fail", f"{code}: {error}", "see 'The key is missing' in docs/runbook.md")


def check_warehouse(url: str) -> Iterator[Finding]:
    """The database answers, its clock agrees with ours, and its tables are those of this version."""
    parsed = sa.make_url(url)
    shown = parsed.render_as_string(hide_password=True)
    if parsed.get_backend_name() == "sqlite" and not Path(str(parsed.database)).exists():
        yield Finding("warehouse", "warn", f"{shown} does not exist yet", "the first run makes it")
        return
    engine = connect(url)
    try:
        with engine.connect() as connection:
            found = set(MigrationContext.configure(connection).get_current_heads())
            clock = connection.scalar(sa.select(sa.func.now())) if engine.dialect.name == "postgresql" else None
    except sa.exc.SQLAlchemyError as error:
        remedy = (
            "check the address, that the server runs, and the account; see 'Warehouse unreachable' in docs/runbook.md"
        )
        yield Finding("warehouse", "fail", f"{shown} cannot be reached ({type(error).__name__})", remedy)
        return
    finally:
        engine.dispose()
    yield Finding("warehouse", "ok", shown)
    head = set(ScriptDirectory.from_config(alembic_config()).get_heads())
    if found == head:
        yield Finding("migrations", "ok", ", ".join(sorted(found)))
        yield _check_trail(url)
    else:
        message = (
            f"the warehouse is at {', '.join(sorted(found)) or 'nothing'}, this version wants {', '.join(sorted(head))}"
        )
        yield Finding(
            "migrations", "warn", message, "rehearse, then migrate: hailong upgrade --rehearse-on, hailong upgrade"
        )
    if clock is not None:
        yield _compare_clocks("database", clock, dt.datetime.now(dt.UTC))


def _check_trail(url: str) -> Finding:
    engine = connect(url)
    try:
        n_events = verify_chain(engine)
    except AuditBrokenError as error:
        remedy = "stop publishing, tell the data-protection officer, keep database and back-ups as they are"
        return Finding("trail", "fail", str(error), remedy)
    finally:
        engine.dispose()
    return Finding("trail", "ok", f"each of the audit trail's {n_events} events follows from the one before")


def check_schedules(folders: list[SurveyFolder], now: dt.datetime) -> Iterator[Finding]:
    """prefect.yaml says what the rounds say."""
    schedules = [schedule for folder in folders for schedule in schedule_rounds(folder, now)]
    try:
        check_rounds(PREFECT_YAML, schedules)
    except ScheduleError as error:
        yield Finding("schedules", "fail", str(error), "hailong schedule")
    else:
        yield Finding("schedules", "ok", f"{len(schedules)} open or coming rounds in {PREFECT_YAML.name}")


def check_prefect(now: dt.datetime) -> Iterator[Finding]:
    """The server answers, its clock agrees, it has the declared deployments and schedules, and a worker is alive."""
    api = get_current_settings().api.url
    if not api:
        remedy = "for schedules and the UI start a server (make ui, deploy/) and set PREFECT_API_URL"
        yield Finding("prefect", "warn", "no server is configured: each run starts a temporary one", remedy)
        return
    try:
        answer = httpx.get(f"{api}/admin/version", timeout=10)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        remedy = "start it (systemctl start hailong-server); see 'Prefect server unreachable' in docs/runbook.md"
        yield Finding("prefect", "fail", f"{api} does not answer ({type(error).__name__})", remedy)
        return
    yield Finding("prefect", "ok", f"{api}, version {answer.json()}")
    yield _compare_clocks("Prefect server", email.utils.parsedate_to_datetime(answer.headers["date"]), now)
    missing, workers = asyncio.run(_read_server())
    if missing:
        yield Finding("deployments", "fail", f"not on the server as declared: {', '.join(missing)}", "make deploy")
    else:
        yield Finding("deployments", "ok", "all of prefect.yaml, with their schedules")
    if workers:
        yield Finding("worker", "ok", f"{workers} online in pool {POOL}")
    else:
        remedy = "systemctl start hailong-worker, or: prefect worker start --pool hailong"
        yield Finding("worker", "fail", f"no worker is online in pool {POOL}", remedy)


def declared_schedules(entry: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    """Slug -> rule, time zone, whether active and parameters, of an entry of prefect.yaml."""
    return {
        item["slug"]: (
            item.get("rrule") or item.get("cron"),
            item["timezone"],
            item.get("active", True),
            item.get("parameters", {}),
        )
        for item in entry.get("schedules", [])
    }


async def _read_server() -> tuple[list[str], int]:
    declared = yaml.safe_load(PREFECT_YAML.read_text(encoding="utf-8"))["deployments"]
    async with get_client() as client:
        found = {deployment.name: deployment for deployment in await client.read_deployments()}
        try:
            workers = await client.read_workers_for_work_pool(POOL)
        except Exception:  # the pool does not exist: there is no worker in it
            workers = []
    missing = [
        entry["name"]
        for entry in declared
        if entry["name"] not in found or declared_schedules(entry) != _server_schedules(found[entry["name"]])
    ]
    return missing, sum(str(worker.status.value) == "ONLINE" for worker in workers if worker.status)


def _server_schedules(deployment: Any) -> dict[str, tuple[Any, ...]]:
    return {
        item.slug: (
            getattr(item.schedule, "rrule", None) or getattr(item.schedule, "cron", None),
            item.schedule.timezone,
            item.active,
            item.parameters,
        )
        for item in deployment.schedules
    }


def _compare_clocks(of: str, theirs: dt.datetime, ours: dt.datetime) -> Finding:
    skew = abs(theirs - ours)
    if skew > MAX_CLOCK_SKEW:
        message = f"the clock of the {of} differs by {skew.total_seconds():.0f} s"
        return Finding(
            "clock", "fail", message, "let both follow an NTP server; see 'Clocks differ' in docs/runbook.md"
        )
    return Finding("clock", "ok", f"agrees with the {of} within {skew.total_seconds():.0f} s")


def _guard(name: str, check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from check()
    except Exception as error:
        # what a broken check says may hold a password: only its kind is shown
        yield Finding(name, "fail", f"the check could not run ({type(error).__name__})", "see docs/runbook.md")
