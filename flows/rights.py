"""Rights of data subjects: erasure on both sides of the line, a report of what is held, the look-up of an official.

Each is asked for by name and leaves an event in the audit trail with counts, never with values.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl
import sqlalchemy as sa

from flows import stages
from flows.errors import OperationError
from flows.jobs import RoundJob
from flows.keys import list_keys, load_key
from flows.object_stores import Place, is_file
from flows.settings import Settings
from flows.storage import find_places, writing
from surveys.catalogue import SurveyFolder
from transforms.anonymisation import Official, find_official
from transforms.pseudonyms import derive_key, fold_name, pseudonym
from transforms.units import find_cells
from validations.gates import GateReport
from warehouse.audit import record_event
from warehouse.engine import open_warehouse
from warehouse.releases import list_releases
from warehouse.tables import comment, suggestion_item


class RightsError(OperationError):
    """The request cannot be met; the message says why and what to do."""


# --- erasure -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RoundErasure:
    """What was removed from one round, and what becomes of its figures."""

    round_code: str
    n_landed: int
    n_submissions: int
    n_comments: int
    outcome: str


def erase_respondent(
    folder: SurveyFolder,
    settings: Settings,
    respondent_id: str,
    *,
    by: str,
    now: dt.datetime,
    round_code: str | None = None,
) -> list[RoundErasure]:
    """Remove one respondent from every round of a survey, or from one, on both sides, and keep them out.

    Open rounds are computed again. A published release stays as it is: the outcome says how many of its figures count
    the respondent. Stopped anywhere, the same call completes it.

    Raises:
        SecretKeyError: without the key nobody can be found on the anonymised side.
        RightsError: nothing is held on the respondent (who is kept out from now on all the same).
    """
    wanted = [round_code] if round_code else [round_.round_code for round_ in folder.rounds]
    jobs = [RoundJob.open(folder, code, settings) for code in wanted]
    tombstone = jobs[0].erased.add(respondent_id, load_key(jobs[0].key_file), round_code)
    for details in jobs[0].storage.failures.iterdir():  # they may quote anybody
        details.unlink()
    engine = open_warehouse(settings.warehouse)
    who: dict[str, Any] = {"actor": by, "survey_code": folder.survey.survey_code, "happened_at": now}
    try:
        # the event first: nothing is removed without one, and what a kill cut short has no second event yet
        record_event(engine, action="erase_requested", detail={"tombstone": tombstone}, **who)
        erasures = [_erase_from_round(job, respondent_id, engine, now) for job in jobs if _holds_anything(job)]
        found = [e for e in erasures if e.n_landed or e.n_submissions or e.n_comments]
        counts = {name: sum(asdict(e)[name] for e in found) for name in ("n_landed", "n_submissions", "n_comments")}
        rounds = " ".join(e.round_code for e in found)[:128]
        record_event(engine, action="erase", detail={"tombstone": tombstone, "rounds": rounds, **counts}, **who)
    finally:
        engine.dispose()
    if not found:
        raise RightsError(
            f"survey {folder.survey.survey_code}: nothing is held under this respondent id; check how it is written in "
            "the source. It is on the list of the erased now, so that nothing is taken in under it"
        )
    return found


def _holds_anything(job: RoundJob) -> bool:
    return any(job.landing.path.glob("*.parquet")) or any(job.work.glob("*.parquet")) or any(_method_folders(job))


def _method_folders(job: RoundJob) -> list[Place]:
    """The round's results, under its own method and under those that it was re-computed by."""
    of_round = job.storage.anonymised / job.survey_code / job.round_code
    return [path.parent for path in find_places(of_round, "*/microdata")]


def _erase_from_round(job: RoundJob, respondent_id: str, engine: sa.Engine, now: dt.datetime) -> RoundErasure:
    """The anonymised side first: afterwards the landing area no longer says which comments are whose."""
    with job.storage.lock(job.survey_code, job.round_code, job.settings.lock_timeout_seconds):
        landed = job.landing.scan().filter(pl.col("respondent_id") == respondent_id)
        submission_ids = landed.select(pl.col("submission_id").drop_nulls().unique().sort()).collect()["submission_id"]
        n_figures = _count_figures(job, respondent_id)
        n_submissions = 0
        comment_ids: set[str] = set()
        for results in _method_folders(job):
            own, found = _erase_from_results(job, results, respondent_id, submission_ids.to_list())
            n_submissions, comment_ids = max(n_submissions, own), comment_ids | found
        forget_comments(engine, job.survey_code, comment_id=comment_ids)
        removed = {path.stem: _rewrite_without(path, "respondent_id", {respondent_id}, 0o600)
                   for path in job.work.glob("*.parquet")}  # fmt: skip
        # quarantined rows may be kept longer than what landed
        n_landed = max(job.erased.remove_from(job.landing), removed.get("quarantine", 0))
        if n_submissions or n_landed:
            job.microdata_export.unlink(missing_ok=True)
        outcome = _settle_figures(job, engine, n_figures, now) if n_submissions or n_landed else "nothing changes"
    return RoundErasure(job.round_code, n_landed, n_submissions, len(comment_ids), outcome)


def _erase_from_results(
    job: RoundJob, results: Place, respondent_id: str, submission_ids: list[str]
) -> tuple[int, set[str]]:
    """Rows removed from the microdata under one method, and ids of the respondent's comments."""
    parts = find_places(results / "microdata", "part-*.parquet")
    secret = _secret_of(job, parts)
    if secret is None:
        return 0, set()
    who = pseudonym(derive_key(secret, job.survey_code, "respondent"), respondent_id)
    key = derive_key(secret, job.survey_code, "comment")
    fields = [field.code for field in job.context.instrument.fields_of("text")]
    comment_ids = {pseudonym(key, f"{submission}/{field}") for submission in submission_ids for field in fields}
    n_rows = sum(_rewrite_without(path, "respondent_pseudonym", {who}, 0o640) for path in parts)
    comments = find_places(results / "comments", "part-*.parquet")
    existing = (
        pl.scan_parquet([str(path) for path in comments]).select("comment_id").collect()["comment_id"]
        if comments
        else pl.Series()
    )
    for path in comments:
        _rewrite_without(path, "comment_id", comment_ids, 0o640)
    return n_rows, comment_ids & set(existing)


def _secret_of(job: RoundJob, parts: list[Place]) -> bytes | None:
    """Of the key that microdata were made with; None where it was destroyed: they belong to nobody any more."""
    key_id = pl.read_parquet_metadata(str(parts[0]))["key_id"] if parts else None
    return load_key(job.key_file, key_id).secret if (key_id, True) in list_keys(job.key_file) else None


def _rewrite_without(path: Place, column: str, values: set[str], mode: int) -> int:
    frame = pl.read_parquet(str(path), glob=False)
    if column not in frame.columns:
        return 0
    kept = frame.filter(~pl.col(column).is_in(sorted(values)).fill_null(False))
    if kept.height < frame.height:
        facts = {name: value for name, value in pl.read_parquet_metadata(str(path)).items() if name != "ARROW:schema"}
        with writing(path, mode) as temporary:
            kept.write_parquet(temporary, compression="zstd", metadata=facts)
    return frame.height - kept.height


def forget_comments(engine: sa.Engine, survey_code: str, **which: str | set[str]) -> None:
    """Delete redacted comments, and their entries in the work list, from the warehouse.

    Args:
        which: a column and its value, or its values: `round_code="2023-2"`, `comment_id={...}`.
    """
    wanted = {name: [value] if isinstance(value, str) else sorted(value) for name, value in which.items()}
    with engine.execution_options(writes=True).begin() as connection:
        for table in (comment, suggestion_item):
            mine = [table.c[name].in_(values) for name, values in wanted.items()]
            connection.execute(sa.delete(table).where(table.c.survey_code == survey_code, *mine))
    if engine.dialect.name == "sqlite":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("PRAGMA restricted.wal_checkpoint(TRUNCATE)")


def _count_figures(job: RoundJob, respondent_id: str) -> int:
    """Computed indices that count the respondent: of their units and all above, for their type and for all types."""
    path = job.results / "fct_index.parquet"
    secret = _secret_of(job, job.parts("microdata"))
    if secret is None or not is_file(path):
        return 0
    key = derive_key(secret, job.survey_code, "respondent")
    mine = job.scan_parts("microdata").filter(respondent_pseudonym=pseudonym(key, respondent_id))
    cells = find_cells(mine, job.folder.units_on(job.round.register_date))
    return pl.read_parquet(str(path)).join(cells, on=cells.columns, how="semi").height


def _settle_figures(job: RoundJob, engine: sa.Engine, n_figures: int, now: dt.datetime) -> str:
    releases = list_releases(engine, job.survey_code, job.round_code)
    published = [release.release_number for release in releases if release.status == "published"]
    if published:
        return (
            f"release {published[-1]} is published and stays: {n_figures} of its indices count this respondent. The next "
            "run of the round makes a correction without them as a draft; it can be published only if the disclosure "
            "audit finds that its difference to the published release shows nobody"
        )
    if not releases:
        return "the round has no release yet: nothing to compute again"
    if not any(job.landing.path.glob("*.parquet")):
        return (
            f"the round's submissions were deleted on schedule: its {n_figures} indices that count the respondent stay"
        )
    loaded = recompute_round(job, now)
    return f"computed again: draft release {loaded.release_number}; {n_figures} indices counted this respondent"


def recompute_round(job: RoundJob, now: dt.datetime) -> Any:
    """The round's stages from the landing area on, without asking the sources."""
    reports: list[GateReport] = [stages.validate_landing(job)]
    stages.select_current(job)
    reports.append(stages.validate_submissions(job))
    stages.select_accepted(job)
    parts = stages.plan_parts(job)
    for part in parts:
        stages.anonymise_part(job, part)
    reports += [stages.validate_microdata(job), stages.validate_comments(job)]
    for part in parts:
        stages.tally_part(job, part)
    stages.merge_tallies(job)
    stages.compute_round(job)
    reports.append(stages.validate_results(job))
    return stages.load_round(job, reports, now, now)


# --- access ------------------------------------------------------------------------------------------------


def report_access(
    folder: SurveyFolder, settings: Settings, respondent_id: str, *, by: str, now: dt.datetime
) -> dict[str, Any]:
    """All that is held on a data subject, for the data subject: as sent, what became of it, and until when it is kept.

    When what was sent has been deleted, the microdata that the key still finds.

    Raises:
        SecretKeyError: without the key nobody can be found in microdata.
        RightsError: nothing is held on the respondent.
    """
    jobs = [RoundJob.open(folder, round_.round_code, settings) for round_ in folder.rounds]
    rounds = [_held_in_round(job, respondent_id) for job in jobs if _holds_anything(job)]
    rounds = [held for held in rounds if held["submissions"] or held["microdata"]]
    counts = {f"n_{kind}": sum(len(held[kind]) for held in rounds) for kind in ("submissions", "microdata")}
    engine = open_warehouse(settings.warehouse)
    try:
        record_event(
            engine,
            action="access",
            actor=by,
            survey_code=folder.survey.survey_code,
            detail={**counts, "n_rounds": len(rounds)},
            happened_at=now,
        )
    finally:
        engine.dispose()
    if not rounds:
        raise RightsError(f"survey {folder.survey.survey_code}: nothing is held under this respondent id")
    return {
        "survey": folder.survey.name.model_dump(),
        "controller": folder.survey.owner.model_dump(),
        "made_at": now.isoformat(),
        "rounds": rounds,
    }


def _held_in_round(job: RoundJob, respondent_id: str) -> dict[str, Any]:
    landed = _find_identified(job, respondent_id)
    quarantined, accepted = _submission_ids(job, "quarantine"), _submission_ids(job, "accepted")
    submissions = []
    for row in landed.sort("submitted_at", "updated_at").iter_rows(named=True):
        states = {"accepted": row["submission_id"] in accepted, "quarantined": row["submission_id"] in quarantined}
        state = next(
            (name for name, is_so in states.items() if is_so), "not used: replaced, repeated or not yet processed"
        )
        submissions.append({"state": state, "values": _values(row)})
    policy = job.folder.survey.retention
    return {
        "round": job.round_code,
        "submissions": submissions,
        "identified_until": _kept_until(job, policy.identified_days),
        "quarantine_until": _kept_until(job, policy.quarantine_days),
        "microdata": [_values(row) for row in _find_microdata(job, respondent_id).iter_rows(named=True)],
        "microdata_until": _kept_until(job, policy.microdata_days),
    }


def _find_identified(job: RoundJob, respondent_id: str) -> pl.DataFrame:
    """What the respondent sent; of rounds whose landing area was deleted, what is in quarantine still."""
    quarantine = job.work / "quarantine.parquet"
    if quarantine.is_file() and not any(job.landing.path.glob("*.parquet")):
        rows = pl.scan_parquet(quarantine)
    else:
        rows = job.landing.scan()
    return rows.filter(pl.col("respondent_id") == respondent_id).collect()


def _find_microdata(job: RoundJob, respondent_id: str) -> pl.DataFrame:
    secret = _secret_of(job, job.parts("microdata"))
    if secret is None:
        return pl.DataFrame()
    who = pseudonym(derive_key(secret, job.survey_code, "respondent"), respondent_id)
    return job.scan_parts("microdata").filter(respondent_pseudonym=who).collect()


def _values(row: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in row.items() if value is not None}


def _kept_until(job: RoundJob, days: int | None) -> str | None:
    """First day on which it is kept no longer; None: no end is set."""
    zone = job.folder.survey.zone
    closes = job.round.window(zone)[1].astimezone(zone)
    return None if days is None else (closes + dt.timedelta(days=days)).isoformat()


def _submission_ids(job: RoundJob, name: str) -> set[str]:
    path = job.work / f"{name}.parquet"
    return set(pl.read_parquet(path, columns=["submission_id"])["submission_id"]) if path.is_file() else set()


# --- officials ---------------------------------------------------------------------------------------------


def look_up_official(
    folder: SurveyFolder, settings: Settings, official: str, *, by: str, reason: str, now: dt.datetime
) -> Official:
    """Find the official behind a pseudonym again, from identified submissions.

    Refused unless `by` is in `HAILONG_LOOKUP_OFFICERS`; from the method's number of distinct respondents on. Every
    request is in the audit trail, the refused ones too.

    Raises:
        RightsError: not authorised, not found, or named by too few respondents.
    """
    found: Official | None = None
    outcome, round_code = "refused", None
    if by in settings.lookup_officers:
        outcome = "not_found"
        for round_ in folder.rounds:
            job = RoundJob.open(folder, round_.round_code, settings)
            found = _find_official(job, official)
            if found is not None:
                is_enough = found.n_respondents >= job.method.disclosure.officials_min_respondents
                outcome, round_code = ("found" if is_enough else "too_few"), job.round_code
                break
    engine = open_warehouse(settings.warehouse)
    try:
        detail = {"official_pseudonym": official[:64], "outcome": outcome, "reason": _plain(reason)}
        survey_code = folder.survey.survey_code
        record_event(engine, action="look_up", actor=by, survey_code=survey_code, round_code=round_code, detail=detail,
                     happened_at=now)  # fmt: skip
    finally:
        engine.dispose()
    if found is not None and outcome == "found":
        return found
    raise RightsError(
        {
            "refused": f"{by} may not look officials up; who may is set in HAILONG_LOOKUP_OFFICERS (a JSON list of names)",
            "not_found": "no identified submission names this official; they may have been deleted on schedule",
            "too_few": "the official is named by fewer distinct respondents than the method asks for",
        }[outcome]
        + ". The request is in the audit trail"
    )


def _find_official(job: RoundJob, official: str) -> Official | None:
    path, instrument = job.work / "accepted.parquet", job.context.instrument
    secret = _secret_of(job, job.parts("microdata"))
    if secret is None or not path.is_file():
        return None
    key = derive_key(secret, job.survey_code, "official")
    return find_official(pl.scan_parquet(path), instrument, key, official)


def _plain(reason: str) -> str:
    """A reason as the audit trail takes it: at most 128 plain letters, digits and `_.:/-`."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "_.:/ -") else " " for c in fold_name(reason))[:128]
