"""The schedule of rounds, from rounds.yaml to times on the clock of the survey's country."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from typer.testing import CliRunner

from flows.cli import app
from flows.deployments import PREFECT_YAML
from flows.schedule import (
    HORIZON,
    RoundSchedule,
    ScheduleError,
    check_rounds,
    coming_runs,
    render_rounds,
    round_at,
    schedule_rounds,
    write_rounds,
)
from surveys.catalogue import SurveyError, SurveyFolder, load_survey
from surveys.models import Timetable

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = dt.datetime(2026, 11, 25, 3, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> SurveyFolder:
    """The worked survey with one round open at NOW, and one far ahead."""
    folder = tmp_path_factory.mktemp("survey") / "demo"
    shutil.copytree(Path(__file__).parents[1] / "golden" / "demo", folder)
    rounds = yaml.safe_load((folder / "rounds.yaml").read_text())
    last = rounds["rounds"][-1]
    rounds["rounds"] += [
        {**last, "round_code": "2026-2", "opens_on": dt.date(2026, 11, 1), "closes_on": dt.date(2026, 11, 30)},
        {
            **last,
            "round_code": "2027-1",
            "opens_on": dt.date(2027, 4, 15),
            "closes_on": dt.date(2027, 5, 31),
            "grace_hours": 0,
        },
    ]
    (folder / "rounds.yaml").write_text(yaml.safe_dump(rounds, allow_unicode=True))
    return load_survey(folder)


@pytest.fixture
def schedules(survey: SurveyFolder) -> list[RoundSchedule]:
    return schedule_rounds(survey, NOW)


def test_only_open_and_coming_rounds_are_scheduled(schedules: list[RoundSchedule]) -> None:
    assert [schedule.round.round_code for schedule in schedules] == ["2026-2", "2027-1"]


def test_a_round_stays_scheduled_until_its_closing_run_and_not_longer(survey: SurveyFolder) -> None:
    closing = dt.datetime(2026, 12, 2, 3, tzinfo=HANOI)
    before, after = (schedule_rounds(survey, closing + dt.timedelta(seconds=s)) for s in (-1, 0))
    assert [s.round.round_code for s in before] == ["2026-2", "2027-1"]
    assert [s.round.round_code for s in after] == ["2027-1"]


def test_the_committed_surveys_are_past_and_schedule_nothing() -> None:
    assert [schedule_rounds(load_survey(name), NOW) for name in ("kbnn", "sfo")] == [[], []]


def test_collecting_is_nightly_and_at_noon_from_the_first_to_the_last_day_of_the_window(
    schedules: list[RoundSchedule],
) -> None:
    runs = schedules[1].runs("collect")
    assert runs[0] == dt.datetime(2027, 4, 15, 2, tzinfo=HANOI)
    assert runs[1] == dt.datetime(2027, 4, 15, 12, tzinfo=HANOI)
    assert runs[-1] == dt.datetime(2027, 5, 31, 12, tzinfo=HANOI)
    assert len(runs) == 2 * 47


def test_closing_is_once_after_the_grace_for_late_files(schedules: list[RoundSchedule]) -> None:
    # 2026-2 closes on 30 November at 24:00 and takes files for 24 hours more; 2027-1 takes none
    assert [schedule.runs("close-round") for schedule in schedules] == [
        [dt.datetime(2026, 12, 2, 3, tzinfo=HANOI)],
        [dt.datetime(2027, 6, 1, 3, tzinfo=HANOI)],
    ]


def test_a_survey_may_have_a_timetable_of_its_own(survey: SurveyFolder) -> None:
    times = Timetable.model_validate({"collect_at": ["18:30", "06:30"], "close_at": "00:15"})
    moved = replace(survey, survey=survey.survey.model_copy(update={"timetable": times}))
    schedule = schedule_rounds(moved, NOW)[1]
    assert schedule.runs("collect")[:2] == [dt.datetime(2027, 4, 15, h, 30, tzinfo=HANOI) for h in (6, 18)]
    assert schedule.runs("close-round") == [dt.datetime(2027, 6, 1, 0, 15, tzinfo=HANOI)]


def test_closing_waits_for_the_end_of_the_grace_whatever_its_time_of_day(survey: SurveyFolder) -> None:
    rounds = [round_.model_copy(update={"grace_hours": 5}) for round_ in survey.rounds]
    assert schedule_rounds(replace(survey, rounds=tuple(rounds)), NOW)[1].runs("close-round") == [
        dt.datetime(2027, 6, 2, 3, tzinfo=HANOI)  # 3 o'clock of the first is before the grace ends
    ]


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ({"collect_at": [120, 720]}, "in quotes"),  # what YAML makes of 2:00 and 12:00
        ({"collect_at": ["02:00", "12:30"]}, "differ in their hour only"),
        ({"collect_at": []}, "at least 1"),
        ({"close_at": "25:00"}, "hour must be in"),
    ],
)
def test_a_timetable_that_cannot_be_kept_is_refused(times: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Timetable.model_validate(times)


def test_the_next_runs_are_known_beyond_prefects_horizon(schedules: list[RoundSchedule]) -> None:
    coming = [(s.round.round_code, step, at) for s, step, at in coming_runs(schedules, NOW)]
    assert coming == [
        ("2026-2", "collect", dt.datetime(2026, 11, 25, 12, tzinfo=HANOI)),
        ("2026-2", "close-round", dt.datetime(2026, 12, 2, 3, tzinfo=HANOI)),
        ("2027-1", "collect", dt.datetime(2027, 4, 15, 2, tzinfo=HANOI)),
        ("2027-1", "close-round", dt.datetime(2027, 6, 1, 3, tzinfo=HANOI)),
    ]
    assert coming[-1][2] - NOW > HORIZON


@pytest.mark.parametrize(
    ("at", "round_code"),
    [
        (dt.datetime(2026, 11, 1, 0, tzinfo=HANOI), "2026-2"),
        (dt.datetime(2026, 12, 1, 23, tzinfo=HANOI), "2026-2"),  # in the grace
        (dt.datetime(2027, 5, 31, 23, tzinfo=HANOI), "2027-1"),
    ],
)
def test_a_run_belongs_to_the_round_that_was_open_when_it_was_due(
    survey: SurveyFolder, at: dt.datetime, round_code: str
) -> None:
    assert round_at(survey, "collect", at).round_code == round_code


def test_a_closing_run_belongs_to_the_last_round_that_is_over(survey: SurveyFolder) -> None:
    assert round_at(survey, "close-round", dt.datetime(2026, 12, 2, 3, tzinfo=HANOI)).round_code == "2026-2"


def test_between_rounds_there_is_nothing_to_collect(survey: SurveyFolder) -> None:
    with pytest.raises(SurveyError, match=r"no round to collect at 2027-01-01 00:00 .*rounds\.yaml"):
        round_at(survey, "collect", dt.datetime(2027, 1, 1, tzinfo=HANOI))


def test_writing_replaces_the_rounds_and_nothing_else(schedules: list[RoundSchedule], tmp_path: Path) -> None:
    file = tmp_path / "prefect.yaml"
    shutil.copy(PREFECT_YAML, file)
    before = yaml.safe_load(file.read_text())["deployments"]
    assert write_rounds(file, schedules) is True
    assert write_rounds(file, schedules) is False
    after = yaml.safe_load(file.read_text())["deployments"]
    assert after[: len(before)] == before
    assert [entry["name"] for entry in after[len(before) :]] == ["demo-2026-2", "demo-2027-1"]
    write_rounds(file, [])
    assert file.read_text() == PREFECT_YAML.read_text()


def test_a_file_that_differs_from_the_rounds_is_refused(schedules: list[RoundSchedule], tmp_path: Path) -> None:
    file = tmp_path / "prefect.yaml"
    shutil.copy(PREFECT_YAML, file)
    write_rounds(file, schedules)
    check_rounds(file, schedules)
    with pytest.raises(ScheduleError, match="run `hailong schedule`"):
        check_rounds(file, schedules[:1])


def test_a_file_without_the_marks_is_not_touched(schedules: list[RoundSchedule], tmp_path: Path) -> None:
    file = tmp_path / "prefect.yaml"
    file.write_text("name: other\n")
    with pytest.raises(ScheduleError, match="restore them from git"):
        write_rounds(file, schedules)
    assert file.read_text() == "name: other\n"


def test_no_round_to_come_is_said(tmp_path: Path) -> None:
    assert "no round is open or coming" in render_rounds([])


def test_the_command_prints_the_next_runs_and_fails_when_the_file_differs(survey: SurveyFolder, tmp_path: Path) -> None:
    file = tmp_path / "prefect.yaml"
    shutil.copy(PREFECT_YAML, file)
    given = ["schedule", "--survey", str(survey.path), "--prefect-file", str(file), "--at", f"{NOW:%Y-%m-%dT%H:%M:%S}"]
    runner = CliRunner(env={"COLUMNS": "200"})
    assert runner.invoke(app, [*given, "--check"]).exit_code == 1
    written = runner.invoke(app, given)
    assert written.exit_code == 0
    assert "2027-06-01 03:00" in written.stdout
    assert runner.invoke(app, [*given, "--check"]).exit_code == 0
