"""prefect.yaml keeps its promises: Prefect ignores unknown keys and accepts unknown parameters, and crashes at run time."""

from __future__ import annotations

import datetime as dt
import importlib
import inspect
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect import Flow
from prefect.cli.deploy._models import DeploymentConfig, PrefectYamlModel, RawScheduleConfig, WorkPoolConfig
from prefect.client.schemas.schedules import CronSchedule, RRuleSchedule

from flows.deployments import HOME, POOL, PREFECT_YAML
from flows.schedule import Step, round_at, schedule_rounds, write_rounds
from surveys.catalogue import SurveyFolder, load_survey

TOP = {"definitions", *PrefectYamlModel.model_fields}  # definitions: ours, for anchors


def read(path: Path) -> list[dict[str, Any]]:
    deployments: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))["deployments"]
    return deployments


def load_flow(entry: dict[str, Any]) -> Flow[..., Any]:
    path, name = entry["entrypoint"].split(":")
    assert (HOME / path).is_file()
    found = getattr(importlib.import_module(path.removesuffix(".py").replace("/", ".")), name)
    assert isinstance(found, Flow)
    return found


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> SurveyFolder:
    """The worked survey and a round that is still to come."""
    folder = tmp_path_factory.mktemp("survey") / "demo"
    shutil.copytree(Path(__file__).parents[1] / "golden" / "demo", folder)
    rounds = yaml.safe_load((folder / "rounds.yaml").read_text())
    coming = {"round_code": "2027-1", "opens_on": dt.date(2027, 4, 15), "closes_on": dt.date(2027, 5, 31)}
    rounds["rounds"].append({**rounds["rounds"][-1], **coming})
    (folder / "rounds.yaml").write_text(yaml.safe_dump(rounds, allow_unicode=True))
    return load_survey(folder)


@pytest.fixture(scope="module")
def with_round(survey: SurveyFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """prefect.yaml as `hailong schedule` writes it while a round is coming."""
    path = tmp_path_factory.mktemp("deploy") / "prefect.yaml"
    path.write_text(PREFECT_YAML.read_text(encoding="utf-8"), encoding="utf-8")
    assert write_rounds(path, schedule_rounds(survey, dt.datetime(2026, 12, 1, tzinfo=dt.UTC)))
    return path


@pytest.fixture(scope="module")
def entries(with_round: Path) -> list[dict[str, Any]]:
    """Every deployment of prefect.yaml, and that of the coming round."""
    found = read(with_round)
    assert [entry["name"] for entry in found] == [entry["name"] for entry in read(PREFECT_YAML)] + ["demo-2027-1"]
    return found


def test_only_keys_that_prefect_knows_are_used(with_round: Path, entries: list[dict[str, Any]]) -> None:
    assert set(yaml.safe_load(with_round.read_text(encoding="utf-8"))) <= TOP
    for entry in entries:
        assert set(entry) <= set(DeploymentConfig.model_fields), entry["name"]
        assert set(entry["work_pool"]) <= set(WorkPoolConfig.model_fields)
        assert set(entry["concurrency_limit"]) == {"limit", "collision_strategy"}
        for schedule in entry.get("schedules", []):
            RawScheduleConfig.model_validate(schedule)  # forbids what it does not know


def test_every_deployment_is_described_in_both_languages_and_goes_to_the_pool(entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        assert len(entry["description"]) > 60 and not entry["description"].isascii(), entry["name"]
        assert entry["work_pool"]["name"] == POOL
        assert entry["enforce_parameter_schema"] is True
        assert entry["version"] == "{{ $HAILONG_VERSION }}"


def test_parameters_are_those_of_the_flow_and_of_its_types(entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        flow = load_flow(entry)
        known = set(inspect.signature(flow.fn).parameters)
        for given in ({}, *(schedule.get("parameters", {}) for schedule in entry.get("schedules", []))):
            parameters = {**entry["parameters"], **given}
            assert set(parameters) <= known, entry["name"]
            if _is_complete(flow, parameters):
                flow.validate_parameters(parameters)


def test_a_schedule_gives_its_flow_every_parameter_that_it_needs(entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        for schedule in entry.get("schedules", []):
            parameters = {**entry["parameters"], **schedule.get("parameters", {})}
            assert _is_complete(load_flow(entry), parameters), (entry["name"], schedule["slug"])


def test_names_and_slugs_are_unique(entries: list[dict[str, Any]]) -> None:
    assert max(Counter(entry["name"] for entry in entries).values()) == 1
    for entry in entries:
        slugs = Counter(schedule["slug"] for schedule in entry.get("schedules", []))
        assert not slugs or max(slugs.values()) == 1


def test_a_round_is_collected_within_its_window_and_closed_once_after_it(
    survey: SurveyFolder, entries: list[dict[str, Any]]
) -> None:
    entry = entries[-1]
    runs = {
        schedule["slug"]: list(RRuleSchedule(rrule=schedule["rrule"], timezone=schedule["timezone"]).to_rrule())
        for schedule in entry["schedules"]
    }
    round_ = survey.round("2027-1")
    opens, closes = round_.window(survey.survey.zone)
    assert {(run.hour, run.minute) for run in runs["collect"]} == {(2, 0), (12, 0)}
    assert len(runs["collect"]) == 2 * (closes - opens).days
    assert all(opens <= run < closes for run in runs["collect"])
    assert len(runs["close"]) == 1 and runs["close"][0] > closes
    steps: dict[str, Step] = {"collect": "collect", "close": "close-round"}
    for slug, step in steps.items():
        assert {round_at(survey, step, run).round_code for run in runs[slug]} == {"2027-1"}


def test_retention_runs_on_the_first_of_each_month_in_the_small_hours(entries: list[dict[str, Any]]) -> None:
    monthly = next(entry for entry in entries if entry["name"] == "retention")["schedules"][0]
    schedule = CronSchedule(cron=monthly["cron"], timezone=monthly["timezone"])
    assert schedule.timezone == "Asia/Ho_Chi_Minh"
    minute, hour, day, month, weekday = schedule.cron.split()
    assert (minute, hour, day, month, weekday) == ("0", "4", "1", "*", "*")


def test_only_rounds_and_retention_start_themselves(entries: list[dict[str, Any]]) -> None:
    scheduled = {entry["name"] for entry in entries if entry.get("schedules")}
    assert scheduled == {"retention", "demo-2027-1"}


def _is_complete(flow: Flow[..., Any], parameters: dict[str, Any]) -> bool:
    needed = {
        name
        for name, parameter in inspect.signature(flow.fn).parameters.items()
        if parameter.default is inspect.Parameter.empty
    }
    return needed <= set(parameters)
