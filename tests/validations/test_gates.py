from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import polars as pl
import pytest

from surveys.catalogue import SurveyFolder
from surveys.models import Round
from tests.integration.canary_search import find_canaries, read_everything
from tests.validations.conftest import SENT, rows_of, with_rules
from validations.gates import BrokenCheckError, GateReport, RuleResult, run_gate, split_submissions, write_data_docs
from validations.suites import SUSPICION, Gate, completeness_rule, gate_schema, rules_of

HANOI = dt.timezone(dt.timedelta(hours=7))


def failed(report: GateReport) -> dict[str, int]:
    """Rule id -> rows that broke it, of the rules that do not hold."""
    return {result.rule.rule_id: result.n_failed for result in report.results if not result.is_success}


def broken(folder: SurveyFolder, round_: Round, *rows: dict[str, Any]) -> list[list[str]]:
    """The rejecting rules that each row breaks."""
    _, split = split_submissions(rows_of("submissions", folder, *rows), folder, round_)
    return list(split.collect()["broken_rules"].to_list())


def at(*when: int) -> dict[str, Any]:
    moment = dt.datetime(*when, tzinfo=HANOI)  # type: ignore[misc,arg-type]
    return {"submitted_at": moment, "updated_at": moment, "submitted_on": moment.date()}


# --- every gate


@pytest.mark.parametrize("gate", get_args(Gate))
def test_tidy_rows_break_no_rule_of_a_gate(gate: Gate, demo: SurveyFolder, round_2: Round) -> None:
    report = run_gate(gate, rows_of(gate, demo, {}), demo, round_2)
    assert failed(report) == {} and len(report.results) == len(rules_of(gate, demo, round_2)) > 1


@pytest.mark.parametrize("gate", get_args(Gate))
@pytest.mark.parametrize("severity", ["critical", "warning", "info"])
def test_a_rule_of_the_surveys_own_counts_at_its_gate_with_its_severity(
    gate: Gate, severity: str, demo: SurveyFolder, round_2: Round
) -> None:
    own = {"rule_id": "own", "gate": gate, "severity": severity, "expectation": "ExpectColumnValuesToBeInSet",
           "arguments": {"column": "unit_code", "value_set": ["11"]}}  # fmt: skip
    folder = with_rules(demo, own)
    rows = rows_of(gate, demo, {}, {"unit_code": "21", "submission_pseudonym": "d" * 24})
    [result] = [one for one in run_gate(gate, rows, folder, round_2).failed(severity) if one.rule.rule_id == "own"]
    assert (result.n_tested, result.n_failed, result.failed_pct) == (2, 1, Decimal(50))


@pytest.mark.parametrize("gate", get_args(Gate))
def test_a_check_that_cannot_run_stops_the_round_and_counts_no_row(
    gate: Gate, demo: SurveyFolder, round_2: Round
) -> None:
    own = {"rule_id": "own", "gate": gate, "expectation": "ExpectColumnValuesToNotBeNull",
           "arguments": {"column": "nowhere"}}  # fmt: skip
    with pytest.raises(BrokenCheckError, match=r"own \[cannot-plan\].*says nothing about the data.*hailong check"):
        run_gate(gate, rows_of(gate, demo, {}), with_rules(demo, own), round_2)


def test_a_misspelt_expectation_stops_the_round(demo: SurveyFolder, round_2: Round) -> None:
    folder = with_rules(demo, {"rule_id": "own", "expectation": "ExpectColumnValuesToBeNul"})
    with pytest.raises(BrokenCheckError, match="did you mean 'ExpectColumnValuesToBeNull'"):
        split_submissions(rows_of("submissions", demo, {}), folder, round_2)


def test_a_rule_id_used_twice_stops_the_round(demo: SurveyFolder, round_2: Round) -> None:
    own = {"rule_id": "unit-open", "expectation": "ExpectColumnToExist", "arguments": {"column": "unit_code"}}
    with pytest.raises(BrokenCheckError, match="used twice"):
        run_gate("submissions", rows_of("submissions", demo, {}), with_rules(demo, own), round_2)


# --- landing


def test_sources_without_a_submission_fail_the_landing(demo: SurveyFolder, round_2: Round) -> None:
    report = run_gate("landing", rows_of("landing", demo), demo, round_2)
    assert [result.rule.rule_id for result in report.failed("critical")] == ["landing-not-empty"]


@pytest.mark.parametrize(("newest", "is_fresh"), [((2023, 10, 31, 18), True), ((2023, 10, 31, 10), False)])
def test_a_source_that_stopped_before_the_last_quarter_of_the_window_is_a_warning(
    newest: tuple[int, ...], is_fresh: bool, demo: SurveyFolder, round_2: Round
) -> None:
    report = run_gate("landing", rows_of("landing", demo, {"submitted_at": SENT}, at(*newest)), demo, round_2)
    assert [result.rule.rule_id for result in report.failed("warning")] == ([] if is_fresh else ["landing-fresh"])


@pytest.mark.parametrize(("n_in_database", "is_complete"), [(2, True), (3, False)])
def test_fewer_rows_than_a_database_holds_fail_the_landing_whatever_else_was_landed(
    n_in_database: int, is_complete: bool, demo: SurveyFolder, round_2: Round
) -> None:
    own = {"source_name": "web_form"}
    revised, other, file = {**own, "source_row": "7"}, {**own, "source_row": "8"}, {"source_row": "9"}
    rows = rows_of("landing", demo, revised, revised, other, file)
    report = run_gate("landing", rows, demo, round_2, [completeness_rule("web_form", n_in_database)])
    assert [(result.rule.rule_id, result.found) for result in report.failed("critical")] == (
        [] if is_complete else [("web_form-complete", "does not hold (found 2)")]
    )


def test_a_column_of_the_questionnaire_that_is_not_there_fails_the_landing(demo: SurveyFolder, round_2: Round) -> None:
    report = run_gate("landing", rows_of("landing", demo, {}).drop("q_s1"), demo, round_2)
    assert set(failed(report)) == {"landing-columns"}
    [result] = report.failed("critical")
    assert (result.n_tested, result.found) == (None, "does not hold")


def test_a_rule_about_the_number_of_rows_says_how_many_there_are(demo: SurveyFolder, round_2: Round) -> None:
    [result] = run_gate("landing", rows_of("landing", demo), demo, round_2).failed("critical")
    assert result.found == "does not hold (found 0)"


def test_a_column_of_another_type_fails_the_landing(demo: SurveyFolder, round_2: Round) -> None:
    rows = rows_of("landing", demo, {}).with_columns(pl.col("q_s1").cast(pl.String), pl.col("weight").cast(pl.Int32))
    assert set(failed(run_gate("landing", rows, demo, round_2))) == {"landing-types"}


def test_a_character_lost_in_decoding_is_a_warning(demo: SurveyFolder, round_2: Round) -> None:
    report = run_gate(
        "landing",
        rows_of("landing", demo, {"complaint_online": "h\ufffdi"}, {"complaint_online": "hài"}),
        demo,
        round_2,
    )
    assert [(result.rule.rule_id, result.found) for result in report.failed("warning")] == [
        ("complaint_online-decoded", "1 of 2 rows")
    ]


# --- submissions


@pytest.mark.parametrize(
    ("changed", "rules"),
    [
        ({"submission_id": None}, ["submission_id-present"]),
        ({"respondent_id": None}, ["respondent_id-present"]),
        ({"unit_code": None}, ["unit_code-present"]),
        ({"submitted_at": None, "submitted_on": None}, ["submitted_at-present"]),
        ({"unit_code": "99"}, ["unit-open"]),
        ({"respondent_type": "martian"}, ["respondent_type-known"]),
        ({"respondent_type": None}, ["respondent_type-present"]),
        ({"channel": "pigeon"}, ["channel-known"]),
        ({"updated_at": SENT - dt.timedelta(seconds=1)}, ["updated-after-submitted"]),
        ({"unparsed": '{"q_s2":"?"}'}, ["readable"]),
        ({"named_unit_code": "99"}, ["named_unit_code-exists"]),
        ({"q_s1": 7}, ["q_s1-on-scale"]),
        ({"q_s1": -1, "unparsed": '{"q_s1":"tốt"}'}, ["q_s1-on-scale", "readable"]),
        ({"q_s1": None}, ["q_s1-answered"]),
        ({"q_s2": None}, []),  # not required
        ({"q_s1": 9}, []),  # "no opinion" is on the scale
    ],
    ids=str,
)
def test_a_row_is_marked_with_the_rules_it_breaks(
    changed: dict[str, Any], rules: list[str], demo: SurveyFolder, round_2: Round
) -> None:
    assert broken(demo, round_2, {}, changed) == [[], rules]


def test_an_id_that_two_respondents_share_is_neither_ones(demo: SurveyFolder, round_2: Round) -> None:
    rows = ({"submission_id": "1", "respondent_id": "x"}, {"submission_id": "1", "respondent_id": "y"}, {})
    assert broken(demo, round_2, *rows) == [["submission_id-unique"], ["submission_id-unique"], []]


def test_a_row_that_breaks_many_rules_has_them_all(demo: SurveyFolder, round_2: Round) -> None:
    rows = {"unit_code": "99", "q_s1": None, "respondent_id": None, **at(2024, 1, 1)}
    assert broken(demo, round_2, rows) == [["q_s1-answered", "respondent_id-present", "unit-open", "within-window"]]


@pytest.mark.parametrize(
    ("code", "day", "is_open"),
    [
        ("11", 1, False),  # the code is there, the unit is closed until the second
        ("11", 2, True),
        ("12", 1, True),
        ("12", 2, False),  # closed on the second
        ("21", 1, True),  # the code names one unit until the second, and another from then on
        ("21", 2, True),
    ],
)
def test_a_unit_must_be_open_on_the_day_of_submission(
    code: str, day: int, is_open: bool, demo: SurveyFolder, round_2: Round
) -> None:
    second = dt.date(2023, 10, 2)
    units = {unit.unit_code: unit for unit in demo.units}
    old, new = (units["21"].model_copy(update=change) for change in ({"valid_to": second}, {"valid_from": second}))
    before = units["11"].model_copy(update={"valid_to": dt.date(2023, 9, 20)})
    again = units["11"].model_copy(update={"valid_from": second})
    closed = units["12"].model_copy(update={"valid_to": second})
    folder = replace(demo, units=(units["00"], units["10"], before, again, closed, units["20"], old, new))
    found = broken(folder, round_2, {"unit_code": code, **at(2023, 10, day, 8)})
    assert found == [[] if is_open else ["unit-open"]]


def test_a_unit_that_is_not_in_the_rounds_register_has_no_figures_to_count_in(
    demo: SurveyFolder, round_2: Round
) -> None:
    """Such rows were accepted, and then belonged to no partition."""
    second = dt.date(2023, 10, 2)
    new = demo.units[-1].model_copy(update={"unit_code": "22", "valid_from": second})
    folder = replace(demo, units=(*demo.units, new))
    sent = {"unit_code": "22", "named_unit_code": "22", **at(2023, 10, 5, 8)}
    assert broken(folder, round_2, sent) == [["named_unit_code-exists", "unit-open"]]
    assert broken(folder, round_2.model_copy(update={"units_on": second}), sent) == [[]]


@pytest.mark.parametrize(
    ("when", "is_within"),
    [
        ((2023, 9, 14, 23, 59, 59), False),
        ((2023, 9, 15), True),
        ((2023, 11, 15, 23, 59, 59), True),
        ((2023, 11, 16, 23, 59, 59), True),  # 24 hours of grace
        ((2023, 11, 17), False),
    ],
)
def test_the_window_is_days_of_the_surveys_zone_with_its_grace(
    when: tuple[int, ...], is_within: bool, demo: SurveyFolder, round_2: Round
) -> None:
    assert broken(demo, round_2, at(*when)) == [[] if is_within else ["within-window"]]


def test_the_grace_is_the_rounds_own(demo: SurveyFolder, round_2: Round) -> None:
    strict = round_2.model_copy(update={"grace_hours": 0})
    assert broken(demo, strict, at(2023, 11, 16)) == [["within-window"]]


@pytest.mark.parametrize(
    ("used_online", "answer", "rules"),
    [(True, 4, []), (False, None, []), (False, 4, ["q_t1-not-asked"]), (None, 4, ["q_t1-not-asked"]), (True, None, [])],
)
def test_online_questions_are_answered_only_by_those_who_used_online_services(
    used_online: bool | None, answer: int | None, rules: list[str], demo: SurveyFolder, round_2: Round
) -> None:
    assert broken(demo, round_2, {"used_online": used_online, "q_t1": answer}) == [rules]


def test_a_required_question_with_a_condition_is_required_only_under_it(demo: SurveyFolder, round_2: Round) -> None:
    instrument = demo.instruments["demo"]
    questions = [q.model_copy(update={"is_required": q.code == "T1"}) for q in instrument.questions]
    folder = replace(demo, instruments={"demo": instrument.model_copy(update={"questions": questions})})
    rows = ({"used_online": used, "q_t1": None} for used in (True, False, None))
    assert broken(folder, round_2, *rows) == [["q_t1-answered"], [], []]


@pytest.mark.parametrize("flag", SUSPICION)
def test_suspicion_counts_and_rejects_nobody(flag: str, demo: SurveyFolder, round_2: Round) -> None:
    rows = rows_of("submissions", demo, {}, {flag: True})
    report, split = split_submissions(rows, demo, round_2)
    assert [(result.rule.rule_id, result.n_failed) for result in report.failed("info")] == [
        (flag.removeprefix("is_").replace("_", "-"), 1)
    ]
    assert split.collect()["broken_rules"].to_list() == [[], []]


def test_only_a_rule_that_says_so_rejects(demo: SurveyFolder, round_2: Round) -> None:
    rule = {"expectation": "ExpectColumnValuesToBeInSet", "arguments": {"column": "q_s1", "value_set": [4]}}
    folder = with_rules(demo, {**rule, "rule_id": "counted"}, {**rule, "rule_id": "rejecting", "rejects": True})
    report, split = split_submissions(rows_of("submissions", demo, {}), folder, round_2)
    assert failed(report) == {"counted": 1, "rejecting": 1}
    assert split.collect()["broken_rules"].to_list() == [["rejecting"]]


def test_every_row_comes_out_of_the_split_once_and_the_report_counts_the_same(
    demo: SurveyFolder, round_2: Round
) -> None:
    changes: list[dict[str, Any]] = [{}, {"q_s1": 7}, {"unit_code": "99", "q_s1": None}, {"channel": None}] * 25
    report, split = split_submissions(rows_of("submissions", demo, *changes), demo, round_2)
    rows = split.collect()
    assert rows["row_number"].to_list() == list(range(100))
    counted = rows.explode("broken_rules").drop_nulls("broken_rules").group_by("broken_rules").len()
    assert dict(counted.iter_rows()) == failed(report)


def test_examples_are_numbers_of_rows_ten_at_most(demo: SurveyFolder, round_2: Round) -> None:
    report, _ = split_submissions(rows_of("submissions", demo, *[{"q_s1": 7}] * 12), demo, round_2)
    [result] = report.failed("critical")
    assert result.example_keys == tuple(map(str, range(10)))


# --- microdata


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"submission_pseudonym": "s001"}, "submission_pseudonym-wellformed"),
        ({"respondent_pseudonym": "079203000005"}, "respondent_pseudonym-wellformed"),
        ({"named_official_pseudonym": "Nguyễn Văn A"}, "named_official_pseudonym-wellformed"),
        ({"unit_code": "99"}, "unit_code-known"),
        ({"named_unit_code": "ông A ở Huyện B"}, "named_unit_code-known"),
        ({"respondent_type": "martian"}, "respondent_type-known"),
        ({"channel": "pigeon"}, "channel-known"),
    ],
)
def test_what_is_no_pseudonym_and_no_code_fails_the_microdata(
    changed: dict[str, Any], rule: str, demo: SurveyFolder, round_2: Round
) -> None:
    assert failed(run_gate("microdata", rows_of("microdata", demo, changed), demo, round_2)) == {rule: 1}


def test_two_submissions_of_one_respondent_for_one_unit_fail_the_microdata(demo: SurveyFolder, round_2: Round) -> None:
    rows = rows_of("microdata", demo, {}, {"submission_pseudonym": "d" * 24}, {"unit_code": "12"})
    assert failed(run_gate("microdata", rows, demo, round_2)) == {"one-submission-each": 2}


@pytest.mark.parametrize("column", ["phone", "complaint_online", "named_official", "source_row"])
def test_an_identified_column_or_a_text_fails_the_microdata(column: str, demo: SurveyFolder, round_2: Round) -> None:
    rows = rows_of("microdata", demo, {}).with_columns(pl.lit("x").alias(column))
    assert set(failed(run_gate("microdata", rows, demo, round_2))) == {"no-identified-column"}


@pytest.mark.parametrize(
    ("text", "shape"), [("a@b.vn", "email"), ("gọi 0912 345 678", "phone"), ("số 001199000001", "number")]
)
def test_an_identifier_within_a_category_fails_the_microdata(
    text: str, shape: str, demo: SurveyFolder, round_2: Round
) -> None:
    instrument = demo.instruments["demo"]
    flag = next(field for field in instrument.fields if field.code == "used_online")
    fields = [*instrument.fields, flag.model_copy(update={"code": "size", "kind": "category"})]
    folder = replace(demo, instruments={"demo": instrument.model_copy(update={"fields": fields})})
    report = run_gate("microdata", rows_of("microdata", folder, {"size": "small"}), folder, round_2)
    assert failed(report) == {}
    assert f"size-no-{shape}" in failed(
        run_gate("microdata", rows_of("microdata", folder, {"size": text}), folder, round_2)
    )


# --- comments


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"redacted_text": "hỏi chị Lan, 0912.345.678"}, "comments-no-phone"),
        ({"redacted_text": "viết cho a.b@kbnn.vn"}, "comments-no-email"),
        ({"comment_id": "s001/complaint_online"}, "comment_id-wellformed"),
    ],
)
def test_an_identifier_that_redaction_left_fails_the_comments(
    changed: dict[str, Any], rule: str, demo: SurveyFolder, round_2: Round
) -> None:
    assert failed(run_gate("comments", rows_of("comments", demo, {}, changed), demo, round_2)) == {rule: 1}


# --- results


@pytest.mark.parametrize(
    ("changed", "severity", "rules"),
    [
        ({"index_pct": 101}, "critical", ["pct-in-range"]),
        ({"numerator": 6, "numerator_tallied": 6}, "critical", ["numerator-within-denominator"]),
        ({"n_respondents": None}, "critical", ["rated-unit-present"]),
        ({"n_tallied": None}, "critical", ["figure-was-tallied"]),
        ({"numerator_tallied": 3}, "critical", ["numerator-as-tallied"]),
        ({"denominator_tallied": 6}, "critical", ["denominator-as-tallied"]),
        ({"denominator_below": 6}, "critical", ["children-sum-to-parent"]),
        ({"denominator_of_types": 4}, "critical", ["types-sum-to-all"]),
        ({"change_points": -5.01}, "warning", ["no-jump"]),
        ({"change_points": 5}, "warning", []),
        ({"index_pct": None, "numerator": None, "denominator": None}, "critical", []),  # withheld
    ],
    ids=str,
)  # fmt: skip
def test_figures_that_do_not_agree_are_found(
    changed: dict[str, Any], severity: str, rules: list[str], demo: SurveyFolder, round_2: Round
) -> None:
    report = run_gate("results", rows_of("results", demo, changed), demo, round_2)
    assert [result.rule.rule_id for result in report.failed(severity)] == rules == list(failed(report))


# --- what is shown


def test_rows_of_the_warehouse_have_counts_share_and_both_languages(demo: SurveyFolder, round_2: Round) -> None:
    report, _ = split_submissions(rows_of("submissions", demo, {}, {}, {"q_s1": 7}), demo, round_2)
    [row] = [row for row in report.rows() if row["rule_id"] == "q_s1-on-scale"]
    assert row == {
        "gate": "submissions", "rule_id": "q_s1-on-scale", "severity": "critical", "is_success": False, "n_tested": 3,
        "n_failed": 1, "failed_pct": Decimal("33.3333"), "example_keys": "2",
        "description": "Câu S1: mức trả lời thuộc thang đo",
        "description_en": "Question S1: the answer is on the scale",
    }  # fmt: skip


def test_a_result_that_tested_no_row_has_no_share(demo: SurveyFolder, round_2: Round) -> None:
    rule = rules_of("landing", demo, round_2)[0]
    assert RuleResult(rule, True, 0, 0).failed_pct is None


@pytest.mark.parametrize("gate", get_args(Gate))
def test_no_value_planted_in_any_column_comes_out_of_a_gate(
    gate: Gate, demo: SurveyFolder, round_2: Round, tmp_path: Path
) -> None:
    schema = gate_schema(gate, demo.instruments["demo"])
    canaries: dict[str, Any] = {
        name: f"Zqx Nguyễn {name}" if kind == pl.String else 9_000_000_017 + number if kind == pl.Int64
        else 20_017 + number
        for number, (name, kind) in enumerate(schema.items()) if kind in (pl.String, pl.Int64, pl.Int16)
    }  # fmt: skip
    rules = [
        {"rule_id": f"{column}-{position}", "gate": gate, "expectation": name, "arguments": {"column": column}}
        for column in canaries
        for position, name in enumerate(("ExpectColumnValuesToBeNull", "ExpectColumnValuesToBeUnique"))
    ]
    report = run_gate(gate, rows_of(gate, demo, canaries, canaries), with_rules(demo, *rules), round_2)
    assert len(failed(report)) >= len(rules)
    write_data_docs([report], tmp_path)
    # keys name rows where a reader of these may know them: a row of the work files, a pseudonym, a published cell
    keys = {"landing": (), "submissions": (), "microdata": ("submission_pseudonym",), "comments": ("comment_id",),
            "results": ("unit_code", "respondent_type", "index_code")}[gate]  # fmt: skip
    hidden = {name: str(value) for name, value in canaries.items() if name not in keys}
    told = [("rows", str(report.rows()).encode()), ("report", repr(report).encode())]
    assert find_canaries(hidden, told) == []
    assert find_canaries({name: str(value) for name, value in canaries.items()}, read_everything(tmp_path)) == []
