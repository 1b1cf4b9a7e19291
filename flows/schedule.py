"""The schedule knows the rounds: one deployment per open or coming round, projected from the survey's files.

Each has two schedules, at the times of the survey's timetable: `collect` daily while the window is open, `close` once
when late files are in. They are RRULEs with local, naive times and the survey's time zone beside them: Prefect reads
`DTSTART:...Z` as local time without a word. A past round has no deployment, so it can never start itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from prefect.client.schemas.schedules import RRuleSchedule

from flows.errors import OperationError
from surveys.catalogue import SURVEYS_ROOT, SurveyError, SurveyFolder
from surveys.models import Round

Step = Literal["collect", "close-round"]

HORIZON = dt.timedelta(days=100)  # Prefect's scheduler looks no further ahead
BEGIN = "  # --- rounds: written by `hailong schedule` from rounds.yaml; do not edit ---"
END = "  # --- end of rounds ---"
NOTHING = "  # no round is open or coming"


class ScheduleError(OperationError):
    """prefect.yaml has no place for the rounds, or does not say what the rounds say."""


@dataclass(frozen=True)
class RoundSchedule:
    """When a round is collected and closed; times are local to the survey."""

    survey: str
    survey_code: str
    round: Round
    time_zone: str
    collected_at: tuple[dt.time, ...]
    closes_at: dt.datetime

    @property
    def collect_rule(self) -> str:
        hours, first = ",".join(str(time.hour) for time in self.collected_at), self.collected_at[0]
        return (
            f"DTSTART:{self.round.opens_on:%Y%m%d}T000000\n"
            f"RRULE:FREQ=DAILY;BYHOUR={hours};BYMINUTE={first.minute};BYSECOND={first.second};"
            f"UNTIL={self.round.closes_on:%Y%m%d}T235959"
        )

    @property
    def close_rule(self) -> str:
        return f"DTSTART:{self.closes_at:%Y%m%dT%H%M%S}\nRRULE:FREQ=DAILY;COUNT=1"

    def runs(self, step: Step) -> list[dt.datetime]:
        """All times of a step, with time zone, from the rule that Prefect gets."""
        rule = self.collect_rule if step == "collect" else self.close_rule
        return list(RRuleSchedule(rrule=rule, timezone=self.time_zone).to_rrule())


def schedule_rounds(folder: SurveyFolder, now: dt.datetime) -> list[RoundSchedule]:
    """Schedules of the rounds whose closing run is still to come."""
    return [
        RoundSchedule(
            _name(folder),
            folder.survey.survey_code,
            round_,
            folder.survey.time_zone,
            folder.survey.timetable.collect_at,
            closes_at,
        )
        for round_ in folder.rounds
        if (closes_at := _closes_at(folder, round_)) > now
    ]


def round_at(folder: SurveyFolder, step: Step, scheduled: dt.datetime) -> Round:
    """The round that a run belongs to, by the time it was scheduled for: never by today's date.

    `collect`: the round whose window or grace holds the time; `close-round`: the last whose grace was over by then.

    Raises:
        SurveyError: there is none.
    """
    for round_ in reversed(folder.rounds):
        opens, ends = _collected(folder, round_)
        if (step == "close-round" and ends <= scheduled) or (step == "collect" and opens <= scheduled < ends):
            return round_
    local = f"{scheduled.astimezone(folder.survey.zone):%Y-%m-%d %H:%M} ({folder.survey.time_zone})"
    raise SurveyError(
        f"survey {folder.survey.survey_code!r} has no round to {step} at {local}; "
        f"name the round, or see its windows in {folder.path / 'rounds.yaml'}"
    )


def render_rounds(schedules: Iterable[RoundSchedule]) -> str:
    """The generated part of prefect.yaml."""
    parts = [_deployment(schedule) for schedule in schedules] or [NOTHING]
    return "\n".join([BEGIN, *parts, END])


def write_rounds(prefect_yaml: Path, schedules: Iterable[RoundSchedule]) -> bool:
    """Put the rounds' deployments into prefect.yaml; returns whether the file changed."""
    text = prefect_yaml.read_text(encoding="utf-8")
    before, old, after = _split(prefect_yaml, text)
    new = render_rounds(schedules)
    if new != old:
        prefect_yaml.write_text(before + new + after, encoding="utf-8")
    return new != old


def check_rounds(prefect_yaml: Path, schedules: Iterable[RoundSchedule]) -> None:
    """Raises ScheduleError unless prefect.yaml has exactly the rounds' deployments."""
    _, found, _ = _split(prefect_yaml, prefect_yaml.read_text(encoding="utf-8"))
    if found != render_rounds(schedules):
        raise ScheduleError(
            f"{prefect_yaml.name} does not say what the rounds say; run `hailong schedule`, then `make deploy`. "
            "See 'Schedules differ' in docs/runbook.md"
        )


def coming_runs(
    schedules: Iterable[RoundSchedule], now: dt.datetime
) -> Iterator[tuple[RoundSchedule, Step, dt.datetime]]:
    """Each schedule's steps with the next time of each, soonest first; also beyond Prefect's horizon."""
    steps: tuple[Step, ...] = ("collect", "close-round")
    found = [
        (schedule, step, at)
        for schedule in schedules
        for step in steps
        for at in [next((run for run in schedule.runs(step) if run > now), None)]
        if at is not None
    ]
    yield from sorted(found, key=lambda run: (run[2], run[0].survey, run[1]))


def _name(folder: SurveyFolder) -> str:
    return folder.path.name if folder.path.parent == SURVEYS_ROOT else str(folder.path)


def _collected(folder: SurveyFolder, round_: Round) -> tuple[dt.datetime, dt.datetime]:
    opens, closes = round_.window(folder.survey.zone)
    return opens, closes + dt.timedelta(hours=round_.grace_hours)


def _closes_at(folder: SurveyFolder, round_: Round) -> dt.datetime:
    ends = _collected(folder, round_)[1].astimezone(folder.survey.zone)
    at = dt.datetime.combine(ends.date(), folder.survey.timetable.close_at, tzinfo=folder.survey.zone)
    return at if at >= ends else at + dt.timedelta(days=1)


def _split(path: Path, text: str) -> tuple[str, str, str]:
    start, end = text.find(BEGIN), text.find(END)
    if start < 0 or end < start:
        raise ScheduleError(
            f"{path.name} has lost the lines {BEGIN.strip()!r} and {END.strip()!r}; restore them from git"
        )
    end += len(END)
    return text[:start], text[start:end], text[end:]


def _deployment(schedule: RoundSchedule) -> str:
    name, zone = schedule.round.name, schedule.time_zone
    times = ", ".join(f"{time:%H:%M}" for time in schedule.collected_at)
    collect, close = (rule.replace("\n", "\\n") for rule in (schedule.collect_rule, schedule.close_rule))
    return f"""\
  - name: {schedule.survey_code}-{schedule.round.round_code}
    <<: *round
    description: >-
      {name.vi}: thu thập lúc {times} từ {schedule.round.opens_on:%d/%m/%Y} đến {schedule.round.closes_on:%d/%m/%Y},
      tính kết quả lúc {schedule.closes_at:%H:%M %d/%m/%Y}.
      {name.en}: collected at {times} from {schedule.round.opens_on} to {schedule.round.closes_on},
      closed at {schedule.closes_at:%Y-%m-%d %H:%M} ({zone}).
    tags: ["{schedule.survey_code}", "{schedule.round.round_code}", round]
    parameters: {{survey: "{schedule.survey}", round_code: "{schedule.round.round_code}", step: collect}}
    schedules:
      - slug: collect
        rrule: "{collect}"
        timezone: {zone}
        active: true
      - slug: close
        rrule: "{close}"
        timezone: {zone}
        active: true
        parameters: {{step: close-round}}"""
