"""Rights of data subjects, on rounds that were really run: erasure, access, look-up of an official, keys."""

from __future__ import annotations

import base64
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from flows import rights
from flows.cli import app
from flows.doctor import check_keys
from flows.erasures import Erased
from flows.errors import OperationError
from flows.jobs import RoundJob, RoundRef
from flows.keys import SecretKeyError, destroy_keys, list_keys, rotate_key
from flows.publish import settle
from flows.rights import RightsError, erase_respondent, look_up_official, recompute_round, report_access
from tests.flows.demonstration import NOW, copy_demo, drop_file, open_demo, run_round, submission
from tests.integration.canary_search import find_canaries, read_everything
from transforms.anonymisation import Official
from warehouse.audit import verify_chain
from warehouse.engine import connect
from warehouse.load import LoadReport
from warehouse.releases import list_releases, publish_release

ONE = submission(7, named_official="Hoàng Thị Vỹ", complaint_online="zqxcanary thái độ chưa tốt", S1="1")
WHO, IN_BOTH = ONE["who"], submission(8)["who"]
OFFICIAL = {"named_official": "Phùng Bá Tùng", "named_unit_code": "11", "S1": "1"}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two rounds with draft releases. The second has 60 respondents: five name one official, one another; three of them
    were in the first."""
    root = tmp_path_factory.mktemp("rights")
    early = [{**submission(n), "sent": "2023-03-10 08:00:00"} for n in (6, 8, 9)]
    drop_file(root / "inbox" / "1", "first.csv", early)
    run_round(open_demo(root, "1"))
    rows = [ONE if n == 7 else submission(n, **(OFFICIAL if n in range(20, 25) else {})) for n in range(1, 61)]
    drop_file(root / "inbox" / "2", "first.csv", rows)
    run_round(open_demo(root))
    return root


@pytest.fixture
def copy(finished: Path, tmp_path: Path) -> Path:
    """A copy of the finished round that a test may change."""
    return Path(shutil.copytree(finished, tmp_path / "copy"))


@pytest.fixture
def job(copy: Path) -> RoundJob:
    return open_demo(copy)


def erase(job: RoundJob, who: str = WHO, **only: str) -> list[rights.RoundErasure]:
    return erase_respondent(job.folder, job.settings, who, by="officer", now=NOW, **only)


def system_respondents(job: RoundJob) -> int:
    """Respondents behind the system's first index."""
    frame = pl.read_parquet(job.results / "fct_index.parquet")
    return int(frame.filter(unit_code="00", respondent_type="all", index_code="service")["n_respondents"].item())


def events(job: RoundJob, action: str) -> list[dict[str, Any]]:
    engine = connect(job.settings.warehouse)
    try:
        verify_chain(engine)
        with engine.connect() as connection:
            query = sa.text("SELECT actor, detail FROM audit_event WHERE action = :action ORDER BY event_number")
            rows = connection.execute(query, {"action": action})
            return [{"actor": actor, **json.loads(detail)} for actor, detail in rows]
    finally:
        engine.dispose()


# --- erasure -----------------------------------------------------------------------------------------------


def test_an_erasure_leaves_nothing_of_the_respondent_on_either_side(job: RoundJob, copy: Path) -> None:
    canaries = {"who": WHO, "phone": ONE["phone"], "official": ONE["named_official"], "comment": "zqxcanary"}
    before = {hit.name for hit in find_canaries(canaries, read_everything(copy / "var"))}
    assert before == set(canaries)
    n_comments = job.scan_parts("comments").collect().height
    assert [(e.n_landed, e.n_submissions, e.n_comments) for e in erase(job)] == [(1, 1, 1)]
    assert find_canaries(canaries, read_everything(copy / "var")) == []
    assert job.scan_parts("microdata").collect().height == 59
    assert job.scan_parts("comments").collect().height == n_comments - 1


def test_an_erasure_computes_an_open_round_again(job: RoundJob) -> None:
    assert system_respondents(job) == 60
    assert "computed again: draft release 1" in erase(job)[0].outcome
    assert system_respondents(job) == 59


def test_a_published_release_stays_and_the_outcome_counts_its_figures(job: RoundJob) -> None:
    engine = connect(job.settings.warehouse)
    publish_release(engine, "demo", "2", 1, "director")
    outcome = erase(job)[0].outcome
    # its district, its province and the system; its type and all types; two indices
    assert "release 1 is published and stays: 12 of its indices" in outcome
    release = list_releases(engine, "demo", "2")[0]
    assert recompute_round(job, NOW).release_number == 2
    assert list_releases(engine, "demo", "2")[0] == release
    engine.dispose()


def test_a_correction_that_would_show_by_subtraction_who_was_erased_is_not_published(copy: Path) -> None:
    method = copy_demo(copy) / "methods" / "demo.yaml"
    method.write_text(method.read_text().replace("is_enabled: false", "is_enabled: true"))
    job = open_demo(copy)
    recompute_round(job, NOW)
    ref = RoundRef(str(job.folder.path), "2", storage=str(copy / "var"))
    settle(ref, "director", "", is_refused=False)
    erase(job)
    assert recompute_round(job, NOW).release_number == 2
    with pytest.raises(OperationError, match="would tell what fewer than"):
        settle(ref, "director", "a respondent was erased", is_refused=False)


def test_an_erased_respondent_stays_out_when_the_source_delivers_them_again(job: RoundJob, copy: Path) -> None:
    erase(job)
    again = {**ONE, "id": "s999", "sent": "2023-11-01 08:00:00"}
    drop_file(copy / "inbox" / "2", "second.csv", [again, submission(61)])
    loaded: LoadReport = run_round(job)
    assert loaded.is_changed
    assert job.landing.scan().filter(pl.col("respondent_id") == WHO).collect().is_empty()
    assert system_respondents(job) == 60
    assert job.microdata_facts["n_erased"] == "2"


def test_an_erasure_from_one_round_keeps_the_respondent_in_another(job: RoundJob, copy: Path) -> None:
    assert [e.round_code for e in erase(job, IN_BOTH, round_code="2")] == ["2"]
    first = open_demo(copy, "1")
    run_round(first)
    assert first.scan_parts("microdata").collect().height == 3


def test_an_erasure_reaches_every_round(job: RoundJob) -> None:
    assert [e.round_code for e in erase(job, IN_BOTH)] == ["1", "2"]


def test_after_retention_a_respondent_is_erased_from_microdata_and_the_figures_stay(job: RoundJob) -> None:
    shutil.rmtree(job.landing.path)
    (erasure,) = erase(job)
    assert (erasure.n_landed, erasure.n_submissions) == (0, 1)
    assert "deleted on schedule" in erasure.outcome
    assert system_respondents(job) == 60


def test_an_erasure_that_was_killed_is_completed_by_the_same_call(
    job: RoundJob, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Erased, "remove_from", die)
        erase(job)
    assert erase(job)[0].n_landed == 1
    assert find_canaries({"who": WHO, "comment": "zqxcanary"}, read_everything(copy / "var")) == []
    assert system_respondents(job) == 59


def test_a_second_erasure_finds_nothing_and_changes_nothing(job: RoundJob) -> None:
    erase(job)
    files = {path: path.read_bytes() for path in job.storage.root.rglob("*.parquet")}
    with pytest.raises(RightsError, match="nothing is held"):
        erase(job)
    assert {path: path.read_bytes() for path in job.storage.root.rglob("*.parquet")} == files
    assert len(json.loads(job.erased.path.read_text())) == 1


def test_an_erasure_is_in_the_audit_trail_with_counts_and_without_the_respondent(job: RoundJob) -> None:
    erase(job)
    (event,) = events(job, "erase")
    assert (event["actor"], event["rounds"], event["n_landed"], event["n_comments"]) == ("officer", "2", 1, 1)
    (request,) = events(job, "erase_requested")
    assert request["tombstone"] == event["tombstone"]
    assert WHO not in json.dumps([request, event])


def test_after_a_rotation_the_respondent_is_still_found_under_the_round_s_own_key(job: RoundJob) -> None:
    rotate_key(job.key_file)
    assert [(e.n_landed, e.n_submissions) for e in erase(job)] == [(1, 1)]


def test_without_its_key_nobody_can_be_found_or_erased(job: RoundJob) -> None:
    destroy_keys(job.key_file)
    with pytest.raises(SecretKeyError, match="hailong key rotate"):
        erase(job)


def test_after_a_destruction_the_doctor_says_that_the_erased_are_not_kept_out(job: RoundJob) -> None:
    erase(job)
    assert [finding.status for finding in check_keys(job.settings, [job.folder])] == ["ok"]
    destroy_keys(job.key_file)
    rotate_key(job.key_file)
    told = [finding.message for finding in check_keys(job.settings, [job.folder]) if finding.status == "warn"]
    assert told == ["demo: 1 erased respondents are not kept out: their key was destroyed"]


# --- keys --------------------------------------------------------------------------------------------------


def test_a_round_keeps_its_pseudonyms_after_a_rotation_and_a_new_round_gets_others(job: RoundJob, copy: Path) -> None:
    before = job.scan_parts("microdata").collect()
    rotate_key(job.key_file)
    recompute_round(job, NOW)
    assert job.scan_parts("microdata").collect().equals(before)
    first = open_demo(copy, "1")
    shutil.rmtree(first.results)
    run_round(first)
    known = set(before["respondent_pseudonym"])
    assert known.isdisjoint(first.scan_parts("microdata").collect()["respondent_pseudonym"])


def test_after_a_destruction_no_round_runs_until_there_is_a_new_key_with_new_pseudonyms(job: RoundJob) -> None:
    before = set(job.scan_parts("microdata").collect()["respondent_pseudonym"])
    destroy_keys(job.key_file)
    with pytest.raises(SecretKeyError, match="hailong key rotate"):
        recompute_round(job, NOW)
    rotate_key(job.key_file)
    recompute_round(job, NOW)
    after = job.scan_parts("microdata").collect()["respondent_pseudonym"]
    assert after.n_unique() == 60 and before.isdisjoint(after)


def test_respondents_who_are_erased_at_once_are_all_listed(job: RoundJob) -> None:
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda n: job.erased.add(f"079203{n:06d}", job.key()), range(30)))
    assert len(json.loads(job.erased.path.read_text())) == 30


def test_the_same_respondent_has_the_same_pseudonym_in_two_rounds(job: RoundJob, copy: Path) -> None:
    first = open_demo(copy, "1")
    known = set(job.scan_parts("microdata").collect()["respondent_pseudonym"])
    assert known.issuperset(first.scan_parts("microdata").collect()["respondent_pseudonym"])


def test_the_next_round_is_compared_with_what_was_published_and_not_with_who_is_left(job: RoundJob, copy: Path) -> None:
    first = open_demo(copy, "1")
    published = pl.read_parquet(first.results / "fct_index.parquet")
    engine = connect(job.settings.warehouse)
    publish_release(engine, "demo", "1", 1, "director")
    engine.dispose()
    erase(job, IN_BOTH)
    run_round(first)
    run_round(job)
    changes = pl.read_parquet(job.results / "fct_change.parquet")
    cell = ["unit_code", "respondent_type", "index_code"]
    both = changes.join(published.select(*cell, was="index_pct"), on=cell).drop_nulls("was")
    assert both.height
    assert both["baseline_pct"].to_list() == both["was"].to_list()


# --- access ------------------------------------------------------------------------------------------------


def test_an_access_report_holds_what_was_sent_and_until_when_it_is_kept(job: RoundJob) -> None:
    report = report_access(job.folder, job.settings, WHO, by="officer", now=NOW)
    (held,) = report["rounds"]
    (sent,) = held["submissions"]
    assert sent["state"] == "accepted"
    assert sent["values"]["phone"] == ONE["phone"]
    assert sent["values"]["complaint_online"] == ONE["complaint_online"]
    assert held["identified_until"].startswith("2024-11-15T00:00:00+07:00")
    assert held["microdata"][0]["has_complaint_online"] == "True"


def test_an_access_report_finds_microdata_when_what_was_sent_is_deleted(job: RoundJob) -> None:
    shutil.rmtree(job.landing.path)
    for path in job.work.glob("*.parquet"):
        path.unlink()
    (held,) = report_access(job.folder, job.settings, WHO, by="officer", now=NOW)["rounds"]
    assert (held["submissions"], [row["q_s1"] for row in held["microdata"]]) == ([], ["1"])


def test_quarantined_rows_that_outlive_the_landing_area_are_reported_and_erased(job: RoundJob) -> None:
    rows = job.landing.scan().filter(pl.col("respondent_id") == WHO).drop("batch", "batch_number", "is_replaced")
    rows.collect().write_parquet(job.work / "quarantine.parquet")
    shutil.rmtree(job.landing.path)
    shutil.rmtree(job.results / "microdata")
    (held,) = report_access(job.folder, job.settings, WHO, by="officer", now=NOW)["rounds"]
    assert [sent["values"]["phone"] for sent in held["submissions"]] == [ONE["phone"]]
    assert [erasure.n_landed for erasure in erase(job)] == [1]
    assert pl.read_parquet(job.work / "quarantine.parquet").is_empty()


def test_an_access_report_is_audited_also_when_nothing_is_held(job: RoundJob) -> None:
    report_access(job.folder, job.settings, WHO, by="officer", now=NOW)
    with pytest.raises(RightsError, match="nothing is held"):
        report_access(job.folder, job.settings, "079203999999", by="officer", now=NOW)
    assert [event["n_submissions"] for event in events(job, "access")] == [1, 0]


# --- officials ---------------------------------------------------------------------------------------------


def look_up(job: RoundJob, named_by: int, by: str = "officer") -> Official:
    """Look up the official whom so many respondents name."""
    officers = job.settings.model_copy(update={"lookup_officers": ("officer",)})
    named = job.scan_parts("microdata").collect()["named_official_pseudonym"].drop_nulls().value_counts()
    wanted = named.filter(pl.col("count") == named_by)["named_official_pseudonym"].item()
    return look_up_official(job.folder, officers, wanted, by=by, reason="complaint 12/2023", now=NOW)


def test_an_official_whom_enough_respondents_name_is_found(job: RoundJob) -> None:
    assert look_up(job, 5) == Official("Phùng Bá Tùng", "11", 5)


def test_an_official_whom_too_few_respondents_name_is_not_shown(job: RoundJob) -> None:
    with pytest.raises(RightsError, match="fewer distinct respondents"):
        look_up(job, 1)


def test_nobody_but_an_officer_may_look_up(job: RoundJob) -> None:
    with pytest.raises(RightsError, match="HAILONG_LOOKUP_OFFICERS"):
        look_up(job, 5, by="somebody")


def test_every_request_for_an_official_is_audited_and_the_name_is_not(job: RoundJob) -> None:
    look_up(job, 5)
    for named_by, by in ((1, "officer"), (5, "somebody")):
        with pytest.raises(RightsError):
            look_up(job, named_by, by)
    found = events(job, "look_up")
    assert [(event["actor"], event["outcome"]) for event in found] == [
        ("officer", "found"),
        ("officer", "too_few"),
        ("somebody", "refused"),
    ]
    assert "Tùng" not in json.dumps(found, ensure_ascii=False) and "tung" not in json.dumps(found)


# --- the command line --------------------------------------------------------------------------------------


def hailong(copy: Path, *arguments: str, given: str = "", status: int = 0) -> str:
    places = ["--survey", str(copy_demo(copy)), "--storage", str(copy / "var"), "--by", "officer"]
    result = CliRunner().invoke(app, [*arguments, *places], input=given)
    assert result.exit_code == status, result.output
    return result.output


def test_a_respondent_is_erased_by_an_id_that_the_shell_never_sees(copy: Path) -> None:
    output = hailong(copy, "erase", "--respondent", "-", given=f"{WHO}\n")
    assert "1 landed rows, 1 anonymised submissions and 1 comments removed" in output
    assert WHO not in output


def test_the_access_report_is_a_file_for_its_reader_alone(copy: Path, tmp_path: Path) -> None:
    output = hailong(copy, "access-report", "--respondent", WHO, "--output", str(tmp_path / "report.json"))
    assert (tmp_path / "report.json").stat().st_mode & 0o777 == 0o600
    assert json.loads((tmp_path / "report.json").read_text())["rounds"][0]["round"] == "2"
    assert WHO not in output


def test_keys_are_destroyed_only_with_yes_and_the_warning_says_what_is_lost(copy: Path) -> None:
    key_file = open_demo(copy).key_file
    assert "no later round can be matched" in hailong(copy, "key", "destroy", status=2)
    assert list_keys(key_file)[0][1]
    secret = json.loads(key_file.read_text())["keys"][0]["secret"]
    hailong(copy, "key", "destroy", "--yes")
    assert not list_keys(key_file)[0][1]
    key = base64.b64decode(secret)
    assert [
        place for place, content in read_everything(copy / "var") if key in content or secret.encode() in content
    ] == []


def test_keys_are_listed_with_the_rounds_they_can_match(copy: Path) -> None:
    hailong(copy, "key", "rotate")
    places = ["--survey", str(copy_demo(copy)), "--storage", str(copy / "var")]
    lines = CliRunner().invoke(app, ["key", "list", *places]).output.splitlines()
    assert [line for line in lines if "k1-" in line and "kept for its rounds" in line and " 2 " in line]
    assert [line for line in lines if "k2-" in line and "active" in line]


def test_keys_and_microdata_leave_events(copy: Path) -> None:
    hailong(copy, "key", "rotate")
    hailong(copy, "microdata", "--round", "2")
    job = open_demo(copy)
    assert events(job, "rotate_key")[0]["key_id"] == list_keys(job.key_file)[1][0]
    assert events(job, "release_microdata")[0]["n_rows"] == 60


def test_microdata_that_differ_by_a_few_rows_from_those_released_are_not_written(copy: Path) -> None:
    hailong(copy, "microdata", "--round", "2")
    job = open_demo(copy)
    erase(job)
    hailong(copy, "microdata", "--round", "2", status=1)
    assert not job.microdata_export.exists()


def test_as_many_microdata_of_other_respondents_are_not_written(copy: Path) -> None:
    hailong(copy, "microdata", "--round", "2")
    hailong(copy, "microdata", "--round", "2")
    job = open_demo(copy)
    erase(job)
    drop_file(copy / "inbox" / "2", "late.csv", [submission(61)])
    run_round(job)
    assert job.scan_parts("microdata").select(pl.len()).collect().item() == 60
    hailong(copy, "microdata", "--round", "2", status=1)
