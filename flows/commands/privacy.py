"""Commands of the data-protection officer: keys of pseudonyms, rights of data subjects, retention, microdata.

hailong key list --survey kbnn
hailong erase --survey kbnn --respondent - --by NAME < id.txt

Each leaves an event in the audit trail: who, what, when, and counts; never whom.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from flows import keys, rights, stages
from flows.commands.console import console
from flows.commands.rounds import RoundOption, StorageOption, SurveyOption, WarehouseOption
from flows.disclosure import refuse_microdata_difference
from flows.environment import prepare_environment
from flows.errors import OperationError
from flows.jobs import RoundJob
from flows.settings import Settings
from flows.storage import replacing
from sources.landing_store import sha256_of
from surveys.catalogue import SURVEYS_ROOT, SurveyFolder, load_survey
from transforms.microdata_release import UnreleasableError
from warehouse.audit import record_event
from warehouse.engine import open_warehouse

ByOption = Annotated[str, typer.Option(help="Who asks; goes into the audit trail")]
RespondentOption = Annotated[
    str, typer.Option(help="Id as the source writes it; - reads it from standard input, out of the shell's history")
]

ROTATION = (
    "Rounds that have microdata keep their key, also when they run again. Rounds that are new get the new key: their "
    "respondents and officials cannot be matched with those of earlier rounds. Indices, their changes between rounds "
    "and releases are computed from counts and stay comparable."
)
DESTRUCTION = (
    "For ever: microdata stay, but nobody can be found in them, so that erasure reaches identified files only and "
    "officials cannot be looked up; erased respondents are no longer kept out when their source delivers them again; "
    "no later round can be matched with these. Indices, their changes and releases stay. No round runs until 'hailong "
    "key rotate' has made a new key. Copies in back-ups are yours to destroy."
)

commands = typer.Typer(help="Keys of pseudonyms: list, create, rotate, destroy.", no_args_is_help=True)


@commands.command("list")
def list_keys(survey: SurveyOption = "kbnn", storage: StorageOption = None) -> None:
    """List the keys of a survey by their ids, and the rounds whose microdata each one made."""
    folder, settings = _open(survey, storage)
    jobs = [RoundJob.open(folder, round_.round_code, settings) for round_ in folder.rounds]
    made = [(job.round_code, job.microdata_facts.get("key_id")) for job in jobs]
    listed = keys.list_keys(jobs[0].key_file)
    table = Table("key", "state", "rounds whose respondents can be matched with each other")
    for number, (key_id, is_alive) in enumerate(listed, start=1):
        state = "destroyed" if not is_alive else "active" if number == len(listed) else "kept for its rounds"
        matched = " ".join(code for code, own in made if own == key_id)
        table.add_row(key_id, state, matched)
    console.print(table)


@commands.command()
def create(by: ByOption, survey: SurveyOption = "kbnn", storage: StorageOption = None) -> None:
    """Make a survey's first key; the first run of a new storage does it by itself."""
    folder, settings = _open(survey, storage)
    key = keys.create_key(_key_file(folder, settings))
    _record(folder, settings, "create_key", by, key_id=key.key_id)
    _say(f"{key.key_id} is the active key. Keep a copy where the microdata are not.")


@commands.command()
def rotate(by: ByOption, survey: SurveyOption = "kbnn", storage: StorageOption = None) -> None:
    """Add a key, the active one for rounds that are new; earlier rounds keep theirs."""
    folder, settings = _open(survey, storage)
    key = keys.rotate_key(_key_file(folder, settings))
    _record(folder, settings, "rotate_key", by, key_id=key.key_id)
    _say(f"{key.key_id} is the active key. {ROTATION}")


@commands.command()
def destroy(
    by: ByOption,
    survey: SurveyOption = "kbnn",
    yes: Annotated[bool, typer.Option("--yes", help="Do it; there is no way back")] = False,
    storage: StorageOption = None,
) -> None:
    """Destroy the secrets of all keys of a survey (crypto-shredding); without --yes, only say what that does."""
    folder, settings = _open(survey, storage)
    path = _key_file(folder, settings)
    n_alive = sum(is_alive for _, is_alive in keys.list_keys(path))
    if not yes:
        _say(f"{n_alive} keys in {path} would be destroyed, for every survey that uses the file. {DESTRUCTION}")
        raise typer.BadParameter("nothing was destroyed; add --yes if that is what you want")
    _record(folder, settings, "destroy_key", by, n_keys=n_alive)  # first: nothing is destroyed without an event
    destroyed = keys.destroy_keys(path)
    _say(f"destroyed: {' '.join(destroyed) or 'no key was left'}. {DESTRUCTION}")


def erase(
    respondent: RespondentOption,
    by: ByOption,
    survey: SurveyOption = "kbnn",
    round_code: Annotated[str | None, typer.Option("--round", help="Only from this round; default: all")] = None,
    storage: StorageOption = None,
    warehouse_url: WarehouseOption = None,
) -> None:
    """Remove a respondent, and keep them out.

    Works on both sides of the line, and computes open rounds again.
    """
    folder, settings = _open(survey, storage, warehouse_url)
    who = _respondent(respondent)
    erasures = rights.erase_respondent(folder, settings, who, by=by, now=dt.datetime.now(dt.UTC), round_code=round_code)
    for erasure in erasures:
        _say(
            f"{erasure.round_code}: {erasure.n_landed} landed rows, {erasure.n_submissions} anonymised submissions and "
            f"{erasure.n_comments} comments removed. {erasure.outcome}"
        )
    _say("Back-ups still hold the rows until they expire; after a restore, erase again.")


def access_report(
    respondent: RespondentOption,
    by: ByOption,
    output: Annotated[Path, typer.Option(help="New file (JSON, readable by you alone) for the data subject")],
    survey: SurveyOption = "kbnn",
    storage: StorageOption = None,
    warehouse_url: WarehouseOption = None,
) -> None:
    """Write all that is held on a respondent.

    Also what became of it and until when it is kept.
    """
    folder, settings = _open(survey, storage, warehouse_url)
    if output.exists():
        raise typer.BadParameter(f"{output} exists; name a new file")
    report = rights.report_access(folder, settings, _respondent(respondent), by=by, now=dt.datetime.now(dt.UTC))
    with replacing(output, mode=0o600) as temporary:
        temporary.touch(mode=0o600)
        temporary.write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
    n_sent, n_kept = (sum(len(held[kind]) for held in report["rounds"]) for kind in ("submissions", "microdata"))
    _say(
        f"{output}: {n_sent} submissions as sent and {n_kept} in microdata, in {len(report['rounds'])} rounds. Delete it "
        "once it is handed over."
    )


def official(
    pseudonym: Annotated[str, typer.Argument(help="As the restricted tables give it")],
    by: ByOption,
    reason: Annotated[str, typer.Option(help="Why; goes into the audit trail, so name nobody")],
    survey: SurveyOption = "kbnn",
    storage: StorageOption = None,
    warehouse_url: WarehouseOption = None,
) -> None:
    """Say which official a pseudonym stands for; audited.

    Only to those whom HAILONG_LOOKUP_OFFICERS names.
    """
    folder, settings = _open(survey, storage, warehouse_url)
    if not reason.strip():
        raise typer.BadParameter("--reason must say something: it is what an auditor reads")
    found = rights.look_up_official(folder, settings, pseudonym, by=by, reason=reason, now=dt.datetime.now(dt.UTC))
    _say(f"{found.name}, unit {found.unit_code}, named by {found.n_respondents} respondents")


def retention(
    by: ByOption,
    survey: Annotated[list[str] | None, typer.Option(help="May be repeated; default: all in surveys/")] = None,
    storage: StorageOption = None,
    warehouse_url: WarehouseOption = None,
) -> None:
    """Delete what is kept no longer.

    The deployment 'retention' does so every month.
    """
    names = survey or sorted(path.parent.name for path in SURVEYS_ROOT.glob("*/survey.yaml"))
    opened = [_open(name, storage, warehouse_url) for name in names]
    prepare_environment(opened[0][1].storage)
    from flows.retention import delete_due, prefect_results

    now = dt.datetime.now(dt.UTC)
    for folder, settings in opened:
        deletions = delete_due(folder, settings, now, prefect_results(), by)
        for deletion in deletions:
            what = f"{deletion.n_files} files, {deletion.n_bytes} bytes"
            _say(f"{folder.survey.survey_code} {deletion.round_code or 'results and failures'}: deleted {what}")
        if not deletions:
            _say(f"{folder.survey.survey_code}: nothing is due")


def microdata(
    by: ByOption,
    survey: SurveyOption,
    round_code: RoundOption,
    storage: StorageOption = None,
    warehouse_url: WarehouseOption = None,
) -> None:
    """Write a round's microdata for researchers.

    Generalised to the method's k and l; says what was lost.
    """
    folder, settings = _open(survey, storage, warehouse_url)
    job = RoundJob.open(folder, round_code, settings)
    if not job.parts("microdata"):
        raise OperationError(
            f"{job.survey_code} {round_code} has no microdata under {settings.storage}: run the round first, or they were "
            "deleted on schedule"
        )
    with job.storage.lock(job.survey_code, round_code, settings.lock_timeout_seconds):
        engine = open_warehouse(settings.warehouse)
        try:
            refuse_microdata_difference(job, engine)
            release = stages.release_microdata(job)
        except UnreleasableError as error:
            raise OperationError(f"{job.survey_code} {round_code}: {error}") from None
        finally:
            engine.dispose()
        n_rows = release.microdata.height
        hashes = {"landing_hash": job.microdata_facts["landing_hash"], "sha256": sha256_of(job.microdata_export)}
        _record(folder, settings, "release_microdata", by, round_code, n_rows=n_rows, **hashes)
    table = Table("quasi-identifier", "level", "rows", "%", title=f"{job.microdata_export}: {n_rows} rows")
    for row in release.report.iter_rows():
        table.add_row(*(str(value) for value in row))
    console.print(table)


def _open(survey: str, storage: Path | None, warehouse_url: str | None = None) -> tuple[SurveyFolder, Settings]:
    return load_survey(survey), Settings.overridden(storage=storage, warehouse_url=warehouse_url)


def _key_file(folder: SurveyFolder, settings: Settings) -> Path:
    return RoundJob.open(folder, folder.rounds[0].round_code, settings).key_file


def _respondent(given: str) -> str:
    who = sys.stdin.readline().strip() if given == "-" else given
    if not who:
        raise typer.BadParameter("--respondent: no id was given")
    return who


def _record(
    folder: SurveyFolder,
    settings: Settings,
    action: str,
    by: str,
    round_code: str | None = None,
    **detail: int | str,
) -> None:
    engine = open_warehouse(settings.warehouse)
    try:
        survey_code = folder.survey.survey_code
        record_event(engine, action=action, actor=by, survey_code=survey_code, round_code=round_code, detail=detail)
    finally:
        engine.dispose()


def _say(message: str) -> None:
    console.print(message, markup=False, highlight=False, soft_wrap=True)
