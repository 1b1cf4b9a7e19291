"""What a failure may tell: an error of another library crosses as its type and place, its words stay identified."""

from __future__ import annotations

import datetime as dt
import os
import sys
import traceback
from pathlib import Path

import pytest

from flows import cli
from flows.commands import privacy
from flows.failures import UnexpectedError, guard, unexpected
from flows.jobs import RoundRef
from flows.retention import delete_due
from flows.rights import RightsError, erase_respondent
from flows.stages import extract
from flows.storage import Storage
from sources.errors import SourceError
from tests.flows.demonstration import NOW, copy_demo, open_demo

SECRET = "Đặng Khuê Trúc Vỹ"


@pytest.fixture
def ref(tmp_path: Path) -> RoundRef:
    return RoundRef("surveys/kbnn", "2023-2", storage=str(tmp_path))


def quote(ref: RoundRef) -> None:
    raise ValueError(f"cannot read {SECRET}")


def give_remedy(ref: RoundRef) -> None:
    try:
        quote(ref)
    except ValueError as error:
        raise SourceError("a column is missing; add it to sources.yaml") from error


def test_an_error_that_is_not_ours_says_its_type_and_place_and_nothing_else(ref: RoundRef) -> None:
    with pytest.raises(UnexpectedError) as caught:
        guard("validate", quote)(ref)
    assert "kbnn 2023-2 validate: ValueError at tests/flows/test_failures.py:" in str(caught.value)
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is None


def test_its_details_are_kept_for_those_who_may_see_them(ref: RoundRef, tmp_path: Path) -> None:
    with pytest.raises(UnexpectedError):
        guard("validate", quote)(ref)
    (kept,) = Storage(tmp_path).failures.iterdir()
    assert SECRET in kept.read_text()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700


def test_an_error_with_a_remedy_keeps_its_words_and_loses_the_error_that_it_came_from(ref: RoundRef) -> None:
    with pytest.raises(SourceError, match=r"add it to sources\.yaml") as caught:
        guard("extract", give_remedy)(ref)
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_the_command_line_says_no_value_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError(f"cannot report {SECRET}")

    monkeypatch.setattr(privacy.rights, "report_access", fail)
    monkeypatch.setenv("HAILONG_STORAGE", str(tmp_path / "var"))
    arguments = ["access-report", "--respondent", SECRET, "--by", "officer", "--output", str(tmp_path / "r.json")]
    monkeypatch.setattr(sys, "argv", ["hailong", *arguments])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    told = capsys.readouterr()
    assert stopped.value.code == 1
    assert "hailong access-report: ValueError at tests/flows/test_failures.py" in told.err
    assert SECRET not in told.err + told.out


def test_details_are_due_with_the_identified_data(tmp_path: Path) -> None:
    job = open_demo(tmp_path)
    for days in (364, 366):
        unexpected(ValueError(SECRET), f"demo 2 {days}", job.settings.storage)
        at = (NOW - dt.timedelta(days=days)).timestamp()
        os.utime(job.storage.failures / f"demo-2-{days}.txt", (at, at))
    delete_due(job.folder, job.settings, NOW)
    assert [path.name for path in job.storage.failures.iterdir()] == ["demo-2-364.txt"]


def test_an_erasure_removes_the_details_of_all_failures(tmp_path: Path) -> None:
    job = open_demo(tmp_path)
    job.key()
    unexpected(ValueError(SECRET), "demo 2 validate", job.settings.storage)
    with pytest.raises(RightsError, match="nothing is held"):
        erase_respondent(job.folder, job.settings, "079203000001", by="officer", now=NOW)
    assert list(job.storage.failures.iterdir()) == []


GOOD = "id,who,unit,type,sent,phone,used_online,named_unit_code,named_official,complaint_online,S1,S2,T1\n"
BROKEN_FILES = {
    "no header": f"{SECRET},079203000005,11,individual\n".encode() * 20,
    "an open quote": (GOOD + f's1,"{SECRET},11,individual,2023-10-01 08:00:00\n').encode(),
    "a header of names": f"id,who,{SECRET},unit ,typ,sentt\n1,2,3,4,5,6\n".encode(),
    "cut in the middle": (GOOD + f"s1,079203000005,11,individual,2023-10-01 08:00:00,{SECRET}").encode("utf-16")[:-3],
    "bytes that are no text": GOOD.encode() + SECRET.encode() + bytes(range(256)),
}


@pytest.mark.parametrize("kind", BROKEN_FILES)
@pytest.mark.parametrize("suffix", ["csv", "xlsx", "jsonl", "parquet"])
def test_a_file_that_cannot_be_used_is_refused_without_a_word_of_it(kind: str, suffix: str, tmp_path: Path) -> None:
    sources = copy_demo(tmp_path) / "sources.yaml"
    sources.write_text(sources.read_text().replace("format: csv", "format: auto"))
    job = open_demo(tmp_path)
    inbox = tmp_path / "inbox" / "2"
    inbox.mkdir(parents=True)
    (inbox / f"drop.{suffix}").write_bytes(BROKEN_FILES[kind])
    report = extract(job, NOW)
    notes = "".join(path.read_text() for path in job.landing.path.rglob("*.json"))
    assert report.refused == [f"drop.{suffix}"]
    assert SECRET not in notes + str(report)
