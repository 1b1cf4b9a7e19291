"""Every mistake in a survey's files is reported with its file, its key and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from surveys.catalogue import Problem, SurveyError, load_survey


def problems_after(library: Path, file: str, old: str, new: str) -> list[Problem]:
    """Problems that loading reports once `old` is replaced by `new` in a file."""
    target = library / file
    content = target.read_text(encoding="utf-8")
    assert old in content, "the test's own mistake: nothing to replace"
    target.write_text(content.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SurveyError) as caught:
        load_survey(library)
    return caught.value.problems


MISTAKES = [
    # file, what is written, what is written instead; key, and a word of the fix
    ("survey.yaml", "time_zone: Asia/Ho_Chi_Minh", "time_zone: Asia/Hanoi", "time_zone", "message"),
    ("survey.yaml", "owner:", "ownr:", "owner", "add 'owner'"),
    ("survey.yaml", "deduplication:", "deduplicaton:", "deduplicaton", "did you mean 'deduplication'"),
    ("survey.yaml", "keep: latest", "keep: newest", "deduplication.keep", "'latest' or 'earliest'"),
    ("survey.yaml", "code: web", "code: 'we b'", "channels.0.code", "matches"),
    ("rounds.yaml", "opens_on: 2025-03-01", "opens_on: 2025-04-01", "rounds.0.-", "as the message says"),
    ("rounds.yaml", "closes_on: 2025-03-31", "closes_on: March", "rounds.0.closes_on", "date"),
    ("rounds.yaml", "instrument: readers-1", "instrument: readers-2", "2025-1.instrument", "readers-1"),
    ("rounds.yaml", "method: readers-top2", "method: top2", "2025-1.method", "readers-top2"),
    ("rounds.yaml", "rounds:", "waves:", "-", "rounds:"),
    ("instruments/readers-1.yaml", "code: S1, index: service", "code: S1, index: servise", "-", "message"),
    ("instruments/readers-1.yaml", "scale: satisfaction\n", "scale: five\n", "-", "message"),
    ("instruments/readers-1.yaml", "column: borrows_online", "column: online", "-", "message"),
    ("instruments/readers-1.yaml", "code: S2", "code: S1", "-", "message"),
    ("instruments/readers-1.yaml", ", is_satisfied: true", "", "scales.satisfaction", "message"),
    ("instruments/readers-1.yaml", "code: 9", "code: 3", "scales.satisfaction", "message"),
    ("instruments/readers-1.yaml", "kind: flag", "kind: boolean", "fields.1.kind", "'flag'"),
    ("methods/readers-top2.yaml", "service: top2", "service: top3", "formulas.service", "'top2'"),
    ("methods/readers-top2.yaml", "service: top2", "services: top2", "formulas.service", "service: top2"),
    ("methods/readers-top2.yaml", "level: branch", "level: ward", "thresholds", "branch"),
    ("methods/readers-top2.yaml", "pct: 80", "pct: 180", "thresholds.0.pct", "less than equal"),
    ("units.csv", ",branch,00,2020-01-01,\n", ",ward,00,2020-01-01,\n", "01", "branch"),
    ("units.csv", "01,Chi nhánh Trung tâm", "02,Chi nhánh Trung tâm", "02", "close the earlier one"),
    ("units.csv", "branch,00,2025-07-01", "branch,77,2025-07-01", "03", "open when the unit opens"),
    ("units.csv", "branch,00,2020-01-01,\n", "branch,,2020-01-01,\n", "parent_code", "exactly one unit"),
    ("units.csv", "2020-01-01,2025-07-01", "2020-01-01,2019-07-01", "02", "exclusive"),
    ("units.csv", "2020-01-01,2025-07-01", "01/01/2020,2025-07-01", "row 4, valid_from", "date"),
    ("sources.yaml", "kind: files", "kind: ftp", "sources.0.-", "'sql', 'files'"),
    ("sources.yaml", "name: inbox", "nam: inbox", "sources.0.files.name", "add 'name'"),
    ("successions.csv", "02,03,", "02,04,", "04", "add the unit"),
    ("successions.csv", "renamed", "moved", "row 2, kind", "'renamed'"),
    ("rules.yaml", "gate: submissions", "gate: gate1", "rules.0.gate", "'submissions'"),
    ("frame.csv", "2025-1,01,adult", "2025-2,01,adult", "2025-2", "2025-1"),
    ("frame.csv", "2025-1,01,adult,120", "2025-1,09,adult,120", "09", "add the unit"),
    ("frame.csv", "2025-1,01,adult,120", "2025-1,01,senior,120", "senior", "adult"),
    ("frame.csv", "2025-1,01,adult,120", "2025-1,01,adult,many", "row 2, n_active", "int"),
    ("published_results.csv", "2025-1,00", "2024-1,00", "2024-1", "2025-1"),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "fix"), MISTAKES, ids=[f"{m[0]}: {m[2].strip()}" for m in MISTAKES]
)
def test_a_mistake_is_reported_with_file_key_and_fix(
    library: Path, file: str, old: str, new: str, key: str, fix: str
) -> None:
    problems = problems_after(library, file, old, new)
    named = file if not file.startswith("methods/") else ("methods", file)
    assert any(p.file.startswith(named) and p.key == key and fix in p.fix for p in problems), problems


def test_all_problems_are_listed_at_once(library: Path) -> None:
    (library / "frame.csv").write_text("round_code,unit_code,respondent_type,n_active\n2025-1,01,adult,x\n", "utf-8")
    problems = problems_after(library, "survey.yaml", "time_zone: Asia/Ho_Chi_Minh", "time_zone: Mars")
    assert {problem.file for problem in problems} == {"survey.yaml", "frame.csv"}


@pytest.mark.parametrize("file", ["survey.yaml", "rounds.yaml", "units.csv", "sources.yaml"])
def test_a_missing_file_is_reported(library: Path, file: str) -> None:
    (library / file).unlink()
    if file == "survey.yaml":
        with pytest.raises(SurveyError, match=r"no survey\.yaml"):
            load_survey(library)
        return
    with pytest.raises(SurveyError) as caught:
        load_survey(library)
    assert any(p.file == file and "missing" in p.message and file in p.fix for p in caught.value.problems)


def test_a_folder_without_instruments_is_reported(library: Path) -> None:
    (library / "instruments" / "readers-1.yaml").unlink()
    with pytest.raises(SurveyError) as caught:
        load_survey(library)
    assert any(p.file == "instruments/" and "add one" in p.fix for p in caught.value.problems)


def test_broken_yaml_is_reported_with_its_line(library: Path) -> None:
    problems = problems_after(library, "rounds.yaml", "{vi: Đợt 1 năm 2025", "{vi: [Đợt 1 năm 2025")
    assert [p.file for p in problems] == ["rounds.yaml"]
    assert problems[0].key.startswith("line ")


def test_rounds_that_overlap_are_reported(library: Path) -> None:
    rounds = (library / "rounds.yaml").read_text(encoding="utf-8")
    second = (
        rounds.removeprefix("rounds:\n")
        .replace("2025-1", "2025-2")
        .replace("opens_on: 2025-03-01", "opens_on: 2025-03-20")
    )
    (library / "rounds.yaml").write_text(rounds + second, encoding="utf-8")
    with pytest.raises(SurveyError, match=r"rounds.yaml: 2025-2: opens on 2025-03-20, before 2025-1 closes") as caught:
        load_survey(library)
    assert "must not overlap" in caught.value.problems[0].fix


def test_a_survey_with_a_misspelt_name_gets_the_near_one() -> None:
    with pytest.raises(SurveyError, match=r"Did you mean 'kbnn'\?.*kbnn, sfo"):
        load_survey("surveys/kbn")


def test_an_unknown_round_lists_the_rounds_there_are(library: Path) -> None:
    with pytest.raises(SurveyError, match=r"no round '2099-1'; its rounds are 2025-1\..*library/rounds\.yaml"):
        load_survey(library).round("2099-1")


def test_a_problem_reads_as_file_key_message_and_fix() -> None:
    assert str(Problem("units.csv", "01", "no parent", "add one")) == "units.csv: 01: no parent. Fix: add one"
