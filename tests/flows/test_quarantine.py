"""Rows that were set aside: the counts an operator sees, their way back by mending or by an audited release."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from flows import stages
from flows.cli import app
from flows.errors import OperationError
from flows.jobs import RoundJob
from surveys.landing import landing_schema
from tests.flows.demonstration import NOW, drop_file, open_demo, read_events, submission
from tests.integration.canary_search import find_canaries
from validations.gates import GateReport
from validations.quarantine import select_releases
from validations.suites import rules_of

LATE = {"sent": "2023-12-24 08:00:00"}
ROWS = [
    submission(0),
    submission(1, **LATE),
    submission(2, **LATE, S1="7"),
    submission(3, S1="Zqx không rõ"),
    submission(4, unit="Zqx phố 9"),
    submission(5),
]


def validate(job: RoundJob) -> GateReport:
    stages.extract(job, NOW)
    stages.select_current(job)
    report = stages.validate_submissions(job)
    stages.select_accepted(job)
    return report


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Round 2 with six submissions, four of them in quarantine."""
    root = tmp_path_factory.mktemp("quarantine")
    drop_file(root / "inbox" / "2", "first.csv", ROWS)
    validate(open_demo(root))
    return root


@pytest.fixture
def job(finished: Path, tmp_path: Path) -> RoundJob:
    return open_demo(Path(shutil.copytree(finished, tmp_path / "copy")))


def hailong(job: RoundJob, *arguments: str) -> Result:
    where = ["--survey", str(job.folder.path), "--storage", str(job.settings.storage)]
    return CliRunner().invoke(app, ["quarantine", *arguments, *where], env={"COLUMNS": "160"})


def release(job: RoundJob, *what: str, reason: str = "máy chủ ngừng ngày cuối") -> Result:
    return hailong(job, "release", "--round", "2", *what, "--reason", reason, "--by", "officer")


def ids(job: RoundJob, name: str) -> list[str]:
    return sorted(pl.read_parquet(job.work / f"{name}.parquet")["submission_id"].to_list())


# --- summary


def test_rows_are_counted_by_rule_unit_and_source(job: RoundJob) -> None:
    found = hailong(job, "--round", "2")
    assert found.exit_code == 0 and "demo 2: 4 rows in quarantine" in found.output
    lines = [" ".join(line.replace("│", " ").split()) for line in found.output.splitlines()]
    # a rule, its rows, and those that break no other
    assert any(line.startswith("within-window 2 1 Gửi trong thời gian") for line in lines)
    assert any(line.startswith("q_s1-on-scale 2 0 ") for line in lines)
    assert "inbox 4 2" in lines
    assert any("Huyện A2" in line for line in lines)


def test_refused_files_are_listed_with_what_to_do_until_they_are_taken_away(job: RoundJob, tmp_path: Path) -> None:
    bad = tmp_path / "copy" / "inbox" / "2" / "bad.csv"
    bad.write_bytes(b"")
    stages.extract(job, NOW)
    found = " ".join(hailong(job, "--round", "2").output.replace("│", " ").split())
    assert "bad.csv the file is empty 0 bytes drop the file again when it is complete" in found
    bad.unlink()
    stages.extract(job, NOW)
    assert "bad.csv" not in hailong(job, "--round", "2").output


def test_what_somebody_typed_for_a_unit_is_not_shown(job: RoundJob) -> None:
    found = hailong(job, "--round", "2")
    assert "not in the register" in found.output
    assert find_canaries({"unit": "Zqx phố 9", "answer": "Zqx không rõ"}, [("output", found.output.encode())]) == []


def test_the_rows_of_a_rule_are_named_by_their_place_in_the_source(job: RoundJob) -> None:
    found = hailong(job, "--round", "2", "--rule", "within-window")
    assert "within-window: 2 rows" in found.output
    assert "first.csv:3" in found.output and "first.csv:4" in found.output and "079203" not in found.output


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        ([], 2, "name the round"),
        (["release", "--round", "2", "--reason", "x", "--by", "y"], 2, "name what to release"),
        (["release", "--round", "2", "--rule", "within-window", "--reason", " ", "--by", "y"], 2, "must say something"),
    ],
)
def test_what_is_not_said_is_asked_for(job: RoundJob, arguments: list[str], status: int, message: str) -> None:
    found = hailong(job, *arguments)
    assert found.exit_code == status and message in " ".join(found.output.replace("│", " ").split())


def test_a_round_that_was_not_validated_here_says_how_to_run_it(tmp_path: Path) -> None:
    job = open_demo(tmp_path)
    assert "Run it: hailong run --survey demo --round 2" in str(hailong(job, "--round", "2").exception)


# --- the way back


def test_a_row_mended_at_its_source_is_accepted_by_the_next_run(job: RoundJob, tmp_path: Path) -> None:
    assert "s003" in ids(job, "quarantine")
    drop_file(tmp_path / "copy" / "inbox" / "2", "first.csv", [*ROWS[:3], submission(3, S1="4"), *ROWS[4:]])
    validate(job)
    assert ids(job, "quarantine") == ["s001", "s002", "s004"]
    assert "s003" in ids(job, "accepted")


def test_a_released_rule_lets_rows_in_that_break_no_other(job: RoundJob) -> None:
    found = release(job, "--rule", "within-window")
    assert found.exit_code == 0 and "2 broken rules of rows released" in found.output
    report = validate(job)
    assert ids(job, "accepted") == ["s000", "s001", "s005"]
    [window] = [result for result in report.results if result.rule.rule_id == "within-window"]
    assert (window.is_success, window.n_failed, window.n_released, window.example_keys) == (True, 0, 2, ())


def test_a_released_row_comes_in_with_all_rules_it_breaks(job: RoundJob) -> None:
    number = pl.read_parquet(job.work / "quarantine.parquet").filter(submission_id="s002")["row_number"].item()
    assert release(job, "--row", str(number)).exit_code == 0
    validate(job)
    assert ids(job, "accepted") == ["s000", "s002", "s005"]


def test_a_release_is_in_the_audit_trail_without_its_reason(job: RoundJob) -> None:
    release(job, "--rule", "within-window", reason="bà Zqx Nguyễn gọi điện")
    [event] = read_events(job)
    assert (event["action"], event["actor"], event["n_rows"], event["rule_id"]) == (
        "release_quarantine", "officer", 2, "within-window",
    )  # fmt: skip
    assert len(event["reason_sha256"]) == 64
    assert find_canaries({"name": "Zqx Nguyễn"}, [("event", str(event).encode())]) == []


def test_a_release_ends_when_the_row_changes(job: RoundJob, tmp_path: Path) -> None:
    release(job, "--rule", "within-window")
    changed = [submission(1, **LATE, S2="5"), *ROWS[2:]]
    drop_file(tmp_path / "copy" / "inbox" / "2", "first.csv", [ROWS[0], *changed])
    validate(job)
    assert "s001" in ids(job, "quarantine")


def test_nothing_is_released_or_recorded_where_no_row_matches(job: RoundJob) -> None:
    found = release(job, "--rule", "unit_code-present")
    assert "no quarantined row matches rule unit_code-present of demo 2" in str(found.exception)
    assert not job.releases_file.exists()


@pytest.mark.parametrize("which", ["rule", "row"])
def test_a_row_that_no_figure_has_a_place_for_is_not_released(job: RoundJob, which: str) -> None:
    number = pl.read_parquet(job.work / "quarantine.parquet").filter(submission_id="s004")["row_number"].item()
    found = release(job, *{"rule": ("--rule", "unit-open"), "row": ("--row", str(number))}[which])
    assert "1 matching rows cannot be released" in str(found.exception) and found.exit_code == 1
    assert not job.releases_file.exists()


def test_of_the_rows_of_a_rule_those_of_known_units_are_released(job: RoundJob, tmp_path: Path) -> None:
    named = [submission(6, named_unit_code="Zqx Nguyễn 0912345678"), submission(7, named_unit_code="12")]
    drop_file(tmp_path / "copy" / "inbox" / "2", "second.csv", named)
    folder = job.folder
    closed = [
        unit.model_copy(update={"valid_to": dt.date(2023, 10, 1)}) if unit.unit_code == "12" else unit
        for unit in folder.units
    ]
    job = replace(job, folder=replace(folder, units=tuple(closed)))
    validate(job)
    rows = pl.scan_parquet(job.work / "quarantine.parquet")
    releases, n_final = select_releases(
        rows, landing_schema(job.context.instrument), rules_of("submissions", job.folder, job.round), job.unit_codes,
        rule_id="named_unit_code-exists", reason="", released_by="", released_at=NOW,
    )  # fmt: skip
    assert ([release.source_row for release in releases], n_final) == (["second.csv:3"], 1)


def test_an_accepted_row_of_no_unit_stops_the_round(job: RoundJob) -> None:
    """No partition would hold it, and it would be gone."""
    unknown = pl.scan_parquet(job.work / "quarantine.parquet").filter(submission_id="s004")
    unknown.drop("broken_rules").collect().write_parquet(job.work / "valid.parquet")
    with pytest.raises(OperationError, match="demo 2: 1 accepted rows are of no unit of the round"):
        stages.select_accepted(job)


def test_a_misspelt_rule_is_no_empty_list(job: RoundJob) -> None:
    found = hailong(job, "--round", "2", "--rule", "within-windw")
    assert found.exit_code == 1 and "no quarantined row breaks the rule within-windw" in str(found.exception)


def test_a_release_given_twice_is_kept_once(job: RoundJob) -> None:
    release(job, "--rule", "within-window")
    first = job.releases_file.read_bytes()
    release(job, "--rule", "within-window", reason="again")
    assert job.releases_file.read_bytes() == first


def test_releases_stay_on_the_identified_side(job: RoundJob) -> None:
    release(job, "--rule", "within-window")
    assert job.releases_file.is_relative_to(job.storage.identified)
    assert job.releases_file.stat().st_mode & 0o777 == 0o600
