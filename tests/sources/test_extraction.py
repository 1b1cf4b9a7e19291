"""Extraction that is killed, damaged, or finds a changed questionnaire: no row is lost, none is doubled."""

from __future__ import annotations

import datetime as dt
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from sources import landing_store
from sources.errors import CorruptBatchError, SourceUnavailable
from sources.extraction import ExtractionReport, extract_round, verify_landing
from sources.landing_store import landing_hash, scan_landing
from surveys.catalogue import SurveyFolder
from surveys.landing import landing_schema
from tests.sources.conftest import NOW, file_source, survey_folder
from tests.sources.test_files import CSV, drop, line, with_cells
from tests.sources.test_sql import FormDatabase, at, bytes_of

ROOT = Path(__file__).parents[2]


class Killed(BaseException):
    """Stands for a kill: nothing in the code under test may catch it."""


@pytest.fixture
def form(tmp_path: Path) -> FormDatabase:
    database = FormDatabase(f"sqlite:///{tmp_path / 'form.db'}")
    for key in range(6):
        database.send(key, at(key))
    return database


def extract(folder: SurveyFolder, landing: Path, source: str | None = None) -> ExtractionReport:
    return extract_round(folder, folder.rounds[0], landing, now=NOW, source_url=source)


def ids(folder: SurveyFolder, landing: Path) -> list[str]:
    rows = scan_landing(landing, folder, folder.rounds[0]).filter(~pl.col("is_replaced")).collect()
    return sorted(rows["submission_id"])


def batches(landing: Path) -> list[Path]:
    return sorted(landing.rglob("*.parquet"))


# --- killed


@pytest.mark.parametrize("step", range(1, 12))
def test_an_extraction_killed_at_any_write_is_completed_by_the_next(
    form: FormDatabase, landing: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    steps = 0
    real = landing_store._sync

    def sync(path: Path) -> None:
        nonlocal steps
        steps += 1
        if steps == step:
            raise Killed
        real(path)

    folder = form.folder(batch_rows=2)
    monkeypatch.setattr(landing_store, "_sync", sync)
    with pytest.raises(Killed):
        extract(folder, landing)
    monkeypatch.undo()
    extract(folder, landing)
    assert ids(folder, landing) == [f"id{key}" for key in range(6)]
    assert not list(landing.rglob("*.tmp"))
    assert len(batches(landing)) == len(list(landing.rglob("*.json")))


def test_a_process_killed_between_batches_is_resumed(form: FormDatabase, landing: Path) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path\n"
        "from tests.sources.conftest import NOW, sql_source, survey_folder\n"
        "from sources.extraction import extract_round\n"
        "folder = survey_folder(sql_source(sys.argv[1], batch_rows=2))\n"
        "kill = lambda source, rows: os.kill(os.getpid(), signal.SIGKILL) if rows == 4 else None\n"
        "extract_round(folder, folder.rounds[0], Path(sys.argv[2]), now=NOW, progress=kill)\n"
    )
    command = [sys.executable, "-c", script, form.url, str(landing)]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGKILL
    folder = form.folder(batch_rows=2)
    assert len(ids(folder, landing)) == 4
    assert extract(folder, landing).n_rows == 2
    assert ids(folder, landing) == [f"id{key}" for key in range(6)]


def test_a_source_that_breaks_off_keeps_what_was_landed(
    form: FormDatabase, landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = form.folder(batch_rows=2)
    real, reads = landing_store.RoundLanding.commit, 0

    def commit(*arguments: object) -> None:
        nonlocal reads
        reads += 1
        if reads == 3:
            raise SourceUnavailable("gone")
        real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(landing_store.RoundLanding, "commit", commit)
    with pytest.raises(SourceUnavailable):
        extract(folder, landing)
    assert len(ids(folder, landing)) == 4


# --- damaged


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize("which", [0, 1, 2])
@pytest.mark.parametrize("part", ["data", "manifest", "missing data"])
def test_a_damaged_batch_is_set_aside_and_read_again(form: FormDatabase, landing: Path, which: int, part: str) -> None:
    folder = form.folder(batch_rows=2, overlap_minutes=0)
    extract(folder, landing)
    victim = batches(landing)[which]
    if part == "data":
        damage(victim)
    elif part == "manifest":
        victim.with_suffix(".json").write_text('{"batch": ')
    else:
        victim.unlink()
    with pytest.raises(CorruptBatchError, match=f"1 landed batch.es. are not as they were written: {victim.stem}"):
        scan_landing(landing, folder, folder.rounds[0])
    assert verify_landing(landing, folder, folder.rounds[0]) == [victim.stem]
    report = extract(folder, landing)
    assert (report.corrupt, report.n_rows) == ([victim.stem], 2)
    assert ids(folder, landing) == [f"id{key}" for key in range(6)]
    assert verify_landing(landing, folder, folder.rounds[0]) == []
    form.send(9, at(9))
    assert extract(folder, landing).n_rows == 1


def test_a_second_kill_while_a_damaged_batch_is_read_again_loses_nothing(form: FormDatabase, landing: Path) -> None:
    folder = form.folder(batch_rows=4, overlap_minutes=0)
    extract(folder, landing)
    form.send(7, at(7))
    extract(folder, landing)
    damage(batches(landing)[0])
    kills = 0

    def kill(source: str, rows: int) -> None:
        nonlocal kills
        kills += 1
        raise Killed

    smaller = form.folder(batch_rows=1, overlap_minutes=0)
    with pytest.raises(Killed):
        extract_round(smaller, smaller.rounds[0], landing, now=NOW, progress=kill)
    extract(smaller, landing)
    assert ids(folder, landing) == [f"id{key}" for key in (0, 1, 2, 3, 4, 5, 7)]


def test_a_damaged_batch_of_a_file_is_read_again_from_the_file(inbox: Path, landing: Path) -> None:
    folder = survey_folder(file_source())
    drop(inbox, "a.csv", CSV)
    extract(folder, landing, str(inbox))
    damage(batches(landing)[0])
    assert extract(folder, landing, str(inbox)).n_rows == 2
    assert ids(folder, landing) == ["a", "b"]


def test_a_damaged_batch_whose_file_is_gone_is_an_error_until_somebody_decides(inbox: Path, landing: Path) -> None:
    folder = survey_folder(file_source())
    drop(inbox, "a.csv", CSV)
    extract(folder, landing, str(inbox))
    damage(batches(landing)[0])
    (inbox / "a.csv").unlink()
    for _ in range(2):
        with pytest.raises(CorruptBatchError, match="put the files back"):
            extract(folder, landing, str(inbox))
    drop(inbox, "again.csv", CSV)
    extract(folder, landing, str(inbox))
    assert ids(folder, landing) == ["a", "b"]


# --- the landing area


def test_nothing_landed_is_an_empty_frame_of_the_right_schema(landing: Path) -> None:
    folder = survey_folder(file_source())
    schema = scan_landing(landing, folder, folder.rounds[0]).collect_schema()
    extra = {"batch": pl.String(), "batch_number": pl.Int32(), "is_replaced": pl.Boolean()}
    assert dict(schema) == {**landing_schema(folder.instruments["form"]), **extra}


def test_the_schema_is_the_same_with_rows(form: FormDatabase, landing: Path) -> None:
    folder = form.folder()
    empty = scan_landing(landing, folder, folder.rounds[0]).collect_schema()
    extract(folder, landing)
    assert scan_landing(landing, folder, folder.rounds[0]).collect_schema() == empty


def test_batches_from_before_a_question_was_added_are_read_with_nulls(inbox: Path, landing: Path) -> None:
    drop(inbox, "a.csv", CSV)
    extract(survey_folder(file_source()), landing, str(inbox))
    longer = survey_folder(file_source(), questions=("S1", "S2", "S3"))
    drop(inbox, "b.csv", CSV.replace("S2\n", "S2,S3\n").replace("lòng\n", "lòng,3\n").replace("a,r1", "c,r1"))
    extract(longer, landing, str(inbox))
    rows = scan_landing(landing, longer, longer.rounds[0]).collect().sort("batch_number", "source_row")
    assert rows["q_s3"].to_list() == [None, None, 3, 3]


def test_batches_are_for_the_owner_alone(form: FormDatabase, landing: Path) -> None:
    extract(form.folder(), landing)
    found = [path for path in landing.rglob("*") if path.is_file()]
    assert found and all(path.stat().st_mode & 0o077 == 0 for path in found)


def test_two_sources_of_one_survey_land_side_by_side(form: FormDatabase, inbox: Path, landing: Path) -> None:
    folder = form.folder()
    both = survey_folder(folder.sources[0], file_source(path=str(inbox)))
    drop(inbox, "a.csv", CSV)
    extract(both, landing)
    assert ids(both, landing) == ["a", "b", *(f"id{key}" for key in range(6))]
    before = bytes_of(landing)
    extract(both, landing)
    assert bytes_of(landing) == before


def test_the_same_source_lands_the_same_bytes_wherever_and_whenever(form: FormDatabase, tmp_path: Path) -> None:
    folder = form.folder(batch_rows=4)
    for place, now in (("one", NOW), ("two", NOW + dt.timedelta(days=3))):
        extract_round(folder, folder.rounds[0], tmp_path / place, now=now)
    one, two = (batches(tmp_path / place) for place in ("one", "two"))
    assert [(path.name, path.read_bytes()) for path in one] == [(path.name, path.read_bytes()) for path in two]
    assert landing_hash(tmp_path / "one", folder, folder.rounds[0]) == landing_hash(
        tmp_path / "two", folder, folder.rounds[0]
    )


def test_a_row_added_to_a_file_changes_the_hash_of_the_landing_area(inbox: Path, landing: Path) -> None:
    folder = survey_folder(file_source())
    hashes = set()
    for content in (CSV, CSV + line(*with_cells(id="c"))):
        drop(inbox, "a.csv", content)
        extract(folder, landing, str(inbox))
        hashes.add(landing_hash(landing, folder, folder.rounds[0]))
    assert len(hashes) == 2
