"""The stages of a round, without Prefect: each loads files, calls one room, saves files, and returns counts.

A stage writes to a temporary file and renames it, or sends an object in one piece, so that it can be killed anywhere and
run again. What a stage returns may be shown to anyone: counts, codes and paths, never a respondent's values.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path

import polars as pl
import sqlalchemy as sa

from flows.erasures import count_erased
from flows.errors import OperationError
from flows.jobs import RoundJob
from flows.object_stores import Place, is_file, local_folder
from flows.published import read_indices, read_public
from flows.storage import find_places, replacing, writing
from sources.extraction import ExtractionReport, extract_round
from sources.landing_store import landing_hash, scan_landing, sha256_of
from surveys.landing import landing_schema
from surveys.models import Method, Round
from transforms.anonymisation import anonymise
from transforms.disclosure_audit import TALLIES, audit_results
from transforms.feedback import FEEDBACK_KEYS, NAMING_KEYS, Naming, select_officials, tally_comments, tally_naming
from transforms.microdata_release import MicrodataRelease, generalise_microdata, measure_anonymity
from transforms.protection import withhold_details
from transforms.reconciliation import reconcile_indices
from transforms.redaction import redact_series
from transforms.release_protection import protect_beside
from transforms.results import Counts, Frames, compute_results, roll_up_counts
from transforms.submissions import count_response, find_outdated_revisions, find_repeated_submissions
from transforms.suspicion import flag_suspicion
from transforms.tallies import CELL, KEYS, Tallies, add_parts, tally
from transforms.themes import themes_of
from validations.gates import GateReport, run_gate, split_submissions, write_data_docs
from validations.quarantine import apply_releases, discount_released, find_released, read_releases
from validations.suites import completeness_rule
from warehouse.engine import open_warehouse
from warehouse.load import LoadReport, RunRecord, load_release

ROW = "row_number"

TALLY_KEYS: dict[str, tuple[str, ...]] = {
    **dict(zip(Tallies._fields, KEYS, strict=True)),
    **{f"naming_{name}": keys for name, keys in zip(Naming._fields, NAMING_KEYS, strict=True)},
    "feedback": FEEDBACK_KEYS,
}
PART_KINDS = ("microdata", "comments", *(f"tally_{name}" for name in TALLY_KEYS))


def extract(job: RoundJob, now: dt.datetime) -> ExtractionReport:
    """Land what is new or changed in the round's sources; of erased respondents, nothing stays."""
    report = extract_round(job.folder, job.round, job.storage.landing, now=now, source_url=job.settings.source)
    job.erased.remove_from(job.landing)
    with replacing(job.source_counts_file, 0o600) as temporary:
        temporary.write_text(json.dumps(report.n_in_database), encoding="utf-8")
    return report


def select_current(job: RoundJob) -> dict[str, int]:
    """Latest revisions only, flagged for suspicion: `current.parquet`, and the outdated rows' numbers and units."""
    landed = scan_landing(job.storage.landing, job.folder, job.round).with_row_index(ROW)
    outdated = find_outdated_revisions(landed)
    zone = job.folder.survey.time_zone
    current = flag_suspicion(
        landed.join(outdated, on=ROW, how="anti", maintain_order="left"),
        job.context.instrument,
        job.folder.survey.suspicion,
    ).with_columns(pl.col("submitted_at").dt.convert_time_zone(zone).dt.date().alias("submitted_on"))
    superseded = landed.join(outdated, on=ROW, how="semi").select(ROW, *CELL)
    _sink(current, job.work / "current.parquet")
    _sink(superseded, job.work / "outdated.parquet")
    return {"n_extracted": _count(landed), "n_outdated": _rows(job.work / "outdated.parquet")}


def validate_landing(job: RoundJob) -> GateReport:
    """Gate `landing`: did the sources deliver what the questionnaire promises, and all that they hold?"""
    landed = scan_landing(job.storage.landing, job.folder, job.round)
    counted = job.source_counts_file  # not there in a storage of an earlier version
    counts: dict[str, int] = json.loads(counted.read_text(encoding="utf-8")) if counted.is_file() else {}
    n_erased = count_erased(job.landing)
    complete = [completeness_rule(source, max(n_rows - n_erased, 0)) for source, n_rows in counts.items()]
    return run_gate("landing", landed, job.folder, job.round, complete)


def validate_submissions(job: RoundJob) -> GateReport:
    """Gate `submissions`: every current row is accepted or quarantined with the ids of the rules it broke."""
    current = pl.scan_parquet(job.work / "current.parquet")
    report, split = split_submissions(current, job.folder, job.round)
    released = find_released(current, landing_schema(job.context.instrument), read_releases(job.releases_file))
    split = apply_releases(split, released)
    is_valid = pl.col("broken_rules").list.len() == 0
    targets = {"valid": split.filter(is_valid).drop("broken_rules"), "quarantine": split.filter(~is_valid)}
    _sink_together({job.work / f"{name}.parquet": rows for name, rows in targets.items()})
    parts = [pl.scan_parquet(job.work / f"{name}.parquet").select(ROW, "released_rules") for name in targets]
    return discount_released(report, pl.concat(parts))


def select_accepted(job: RoundJob) -> dict[str, int]:
    """One submission per respondent, unit and round: `accepted.parquet`; the round's response counts.

    Raises:
        OperationError: a row is of no unit of the round, so that no partition would hold it.
    """
    valid = pl.scan_parquet(job.work / "valid.parquet")
    if n_strays := _count(valid.filter(~pl.col("unit_code").is_in(job.unit_codes).fill_null(False))):
        raise OperationError(
            f"{job.survey_code} {job.round_code}: {n_strays} accepted rows are of no unit of the round. Were the survey's "
            f"units changed while it ran? Run it again. Were the rows released? Take them out of {job.releases_file}"
        )
    repeated = find_repeated_submissions(valid, job.folder.survey.deduplication)
    _sink(valid.join(repeated, on=ROW, how="anti"), job.work / "accepted.parquet")
    _sink(valid.join(repeated, on=ROW, how="semi").select(ROW, *CELL), job.work / "repeated.parquet")
    response = count_response(
        {
            "n_superseded": [
                pl.scan_parquet(job.work / "outdated.parquet"),
                pl.scan_parquet(job.work / "repeated.parquet"),
            ],
            "n_accepted": [pl.scan_parquet(job.work / "accepted.parquet")],
            "n_quarantined": [pl.scan_parquet(job.work / "quarantine.parquet")],
        },
        [known.code for known in job.folder.survey.respondent_types],
        job.unit_codes,
    )
    _write(response, job.results / "response.parquet")
    return {name: int(response[name].sum()) for name in response.columns if name.startswith("n_")}


def plan_parts(job: RoundJob) -> list[int]:
    """Numbers of the round's partitions: batches of whole subtrees. What a run with other partitions left goes."""
    job.key()  # made here, once, where the storage is new
    parts = range(job.n_parts)
    wanted = {job.part(kind, part) for part in parts for kind in PART_KINDS}
    for stale in set(find_places(job.results, "*/part-*.parquet")) - wanted:
        stale.unlink()
    return list(parts)


def anonymise_part(job: RoundJob, part: int) -> dict[str, int]:
    """Cross the line: a partition's microdata and redacted comments, with nothing identified in them."""
    units, key = job.units_of_parts[part], job.key()
    parts = anonymise(
        pl.scan_parquet(job.work / "accepted.parquet").filter(pl.col("unit_code").is_in(units)),
        job.context.instrument,
        survey_code=job.survey_code,
        secret=key.secret,
        time_zone=job.folder.survey.time_zone,
        redact=redact_series,
    )
    # what later stages must know of the left side goes with the microdata: they never look there
    facts = {
        "key_id": key.key_id,
        "landing_hash": landing_hash(job.storage.landing, job.folder, job.round),
        "n_erased": str(count_erased(job.landing)),
        "releases_hash": sha256_of(job.releases_file) if job.releases_file.exists() else "",
    }
    microdata, comments = job.part("microdata", part), job.part("comments", part)
    _sink(parts.microdata.sort("submission_pseudonym"), microdata, 0o640, facts)
    themed = themes_of(parts.comments.sort("comment_id"), "redacted_text", job.folder.themes)
    _sink(themed, comments, 0o640)
    return {"n_microdata": _rows(microdata), "n_comments": _rows(comments)}


def validate_microdata(job: RoundJob) -> GateReport:
    """Gate `microdata`: no identifier is left."""
    return run_gate("microdata", job.scan_parts("microdata"), job.folder, job.round)


def validate_comments(job: RoundJob) -> GateReport:
    """Gate `comments`: redaction left no identifier that a detector finds."""
    return run_gate("comments", job.scan_parts("comments"), job.folder, job.round)


def tally_part(job: RoundJob, part: int) -> None:
    """The one pass over a partition's rows: everything after works on small exact counts."""
    microdata = pl.scan_parquet(str(job.part("microdata", part)))
    frames = {
        **tally(microdata, job.context.instrument, job.method)._asdict(),
        **{
            f"naming_{name}": frame for name, frame in tally_naming(microdata, job.context.instrument)._asdict().items()
        },
        "feedback": tally_comments(pl.scan_parquet(str(job.part("comments", part)))),
    }
    for name, frame in frames.items():
        _write(frame, job.part(f"tally_{name}", part))


def merge_tallies(job: RoundJob) -> dict[str, int]:
    """Add the partitions' tallies up: integers, so that neither their number nor their order matters."""
    parts = range(job.n_parts)
    for name, keys in TALLY_KEYS.items():
        _write(add_parts([pl.read_parquet(str(job.part(f"tally_{name}", part))) for part in parts], keys),
               job.results / f"tally_{name}.parquet")  # fmt: skip
    return {"n_cells": _rows(job.results / "tally_indices.parquet")}


class DisclosureError(OperationError):
    """The audit of disclosure control worked hidden figures back."""


def compute_round(job: RoundJob) -> dict[str, int]:
    """Roll up, protect, beside what is public of the round, compute the result tables, and attack them.

    Raises:
        DisclosureError: the audit found what could be worked back; no table is written.
    """
    context = job.context
    tallies = Tallies(*(_read(job, f"tally_{name}") for name in Tallies._fields))
    naming = Naming(*(_read(job, f"tally_naming_{name}") for name in Naming._fields))
    response = _read(job, "response")
    counts = roll_up_counts(context, tallies, naming, _read(job, "tally_feedback"), response)
    earlier = read_public(job.settings.warehouse, job.folder, job.round_code)
    protected: Counts = protect_beside(context, counts, tallies, earlier)
    baselines = dict(_baselines(job))
    frames = compute_results(context, protected, baselines)
    if job.method.disclosure.is_enabled:
        truth = {name: _read(job, f"tally_{name}") for name in TALLIES}
        audit = audit_results(context, truth, frames)
        if not audit.is_safe:
            frames = compute_results(context, withhold_details(protected), baselines)
            audit = audit_results(context, truth, frames)
        if not audit.is_safe:
            found = "; ".join([f"{len(audit.failures)} hidden cells can be worked back", *audit.inconsistencies])
            raise DisclosureError(
                f"{job.survey_code} {job.round_code}: {found}. No table was written. See docs/disclosure-control.md"
            )
    frames["fct_official"] = select_officials(naming, job.method.disclosure.officials_min_respondents)
    for name, frame in frames.items():
        _write(frame, job.results / f"{name}.parquet")
    return {name: frame.height for name, frame in frames.items()}


def validate_results(job: RoundJob) -> GateReport:
    """Gate `results`: do the figures add up, and is any jump since the last round beyond the survey's bound?"""
    reconciled = reconcile_indices(job.context, _read(job, "tally_indices"), result_frames(job))
    return run_gate("results", reconciled.lazy(), job.folder, job.round)


def write_docs(job: RoundJob, report: GateReport) -> None:
    """Data Docs of a gate, beside those of the round's other gates, and the index of all."""
    title = f"{job.folder.survey.name.vi} / {job.folder.survey.name.en}: {job.round_code}"
    with local_folder(job.docs, job.work, is_added_to=True) as folder:
        write_data_docs([report], folder, title)


def _baselines(job: RoundJob) -> Iterator[tuple[str, pl.DataFrame]]:
    """Earlier rounds' indices under this run's method, where they were back-cast, else under their own.

    Of a published round what is published: what was computed since may lack a respondent who was erased, and a change
    against it would show, beside the release, what they answered.
    """
    engine = open_warehouse(job.settings.warehouse)
    try:
        for earlier in (each for each in job.folder.rounds if each.opens_on < job.round.opens_on):
            for method in (job.method, job.folder.method_of(earlier)):
                if (found := _indices_of(job, engine, earlier, method)) is not None:
                    yield earlier.round_code, found
                    break
    finally:
        engine.dispose()


def _indices_of(job: RoundJob, engine: sa.Engine, round_: Round, method: Method) -> pl.DataFrame | None:
    public = read_indices(engine, job.survey_code, round_.round_code, method.method_code)
    path = job.storage.results(job.survey_code, round_.round_code, method.method_code) / "fct_index.parquet"
    return public if public is not None else pl.read_parquet(str(path)) if is_file(path) else None


def load_round(
    job: RoundJob, reports: list[GateReport], started_at: dt.datetime, finished_at: dt.datetime
) -> LoadReport:
    """Load the round's result tables into the warehouse as a draft release; the same figures change no row."""
    response = _read(job, "response")
    counts = {name: int(response[name].sum()) for name in response.columns if name.startswith("n_")}
    n_erased = int(job.microdata_facts["n_erased"])
    run = RunRecord(
        method=job.method,
        code_version=code_version(),
        input_hash=input_hash(job),
        n_extracted=counts["n_extracted"] + n_erased,
        n_superseded=counts["n_superseded"],
        n_accepted=counts["n_accepted"],
        n_quarantined=counts["n_quarantined"],
        n_erased=n_erased,
        n_warnings=sum(len(report.failed("warning")) for report in reports),
        started_at=started_at,
        finished_at=finished_at,
    )
    engine = open_warehouse(job.settings.warehouse)
    try:
        rows = [row for report in reports for row in report.rows()]
        return load_release(engine, job.folder, job.round, result_frames(job), run, rows)
    finally:
        engine.dispose()


def release_microdata(job: RoundJob) -> MicrodataRelease:
    """Microdata for researchers, at the method's k and l: `exports/<survey>/<round>/microdata.parquet`.

    Raises:
        UnreleasableError: the round is too small, or nobody is dissatisfied; nothing is written.
    """
    units = job.folder.units_on(job.round.register_date)
    release = generalise_microdata(job.scan_parts("microdata"), job.context.instrument, job.method, units)
    k, l = measure_anonymity(release.microdata, release.quasi_identifiers)  # noqa: E741
    facts = {
        "survey_code": job.survey_code,
        "round_code": job.round_code,
        "instrument_code": job.context.instrument.instrument_code,
        "method_version": f"{job.method.method_code} {job.method.version}",
        "code_version": code_version(),
        "k_anonymity": str(k),
        "l_diversity": str(l),
        "quasi_identifiers": " ".join(release.quasi_identifiers),
        "generalised": release.report.write_json(),
    }
    with writing(job.microdata_export) as temporary:
        release.microdata.write_parquet(temporary, compression="zstd", metadata=facts)
    return release


def result_frames(job: RoundJob) -> Frames:
    """The computed result tables of a round, and its redacted comments."""
    frames = {path.stem: pl.read_parquet(str(path)) for path in find_places(job.results, "fct_*.parquet")}
    frames["comment"] = job.scan_parts("comments").collect().with_columns(pl.col("themes").list.join(" "))
    return frames


def input_hash(job: RoundJob) -> str:
    """SHA-256 over the landed batches, the survey's files and releases from quarantine: same input, same hash."""
    microdata = job.microdata_facts
    digest = hashlib.sha256((microdata["landing_hash"] + microdata.get("releases_hash", "")).encode())
    for path in sorted(job.folder.path.rglob("*")):
        if path.suffix in {".yaml", ".csv"}:
            digest.update(path.relative_to(job.folder.path).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def code_version() -> str:
    return version("hailong")


def _read(job: RoundJob, name: str) -> pl.DataFrame:
    return pl.read_parquet(str(job.results / f"{name}.parquet"))


def _write(frame: pl.DataFrame, target: Place) -> None:
    with writing(target) as temporary:
        frame.write_parquet(temporary, compression="zstd")


def _sink(frame: pl.LazyFrame, target: Place, mode: int = 0o600, metadata: dict[str, str] | None = None) -> None:
    with writing(target, mode) as temporary:
        frame.sink_parquet(temporary, compression="zstd", metadata=metadata)


def _sink_together(frames: dict[Path, pl.LazyFrame], mode: int = 0o600) -> None:
    """Write several frames in one pass over what they share."""
    with ExitStack() as stack:
        temporary = {target: stack.enter_context(replacing(target, mode)) for target in frames}
        sinks = [frames[to].sink_parquet(path, compression="zstd", lazy=True) for to, path in temporary.items()]
        pl.collect_all(sinks)


def _rows(path: Place) -> int:
    return _count(pl.scan_parquet(str(path)))


def _count(frame: pl.LazyFrame) -> int:
    return int(frame.select(pl.len()).collect().item())
