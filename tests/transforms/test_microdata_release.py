"""Microdata for researchers: k and l hold by an independent library, and nothing but quasi-identifiers changes."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.simulation import simulate_landing
from surveys.catalogue import load_survey
from surveys.models import Method
from tests.golden import DEMO
from transforms.anonymisation import anonymise
from transforms.microdata_release import (
    SENSITIVE,
    SUPPRESSED,
    MicrodataRelease,
    UnreleasableError,
    generalise_microdata,
    measure_anonymity,
)
from transforms.units import ancestors_of

SHARED = Path(os.environ.get("HAILONG_SHARED", Path(__file__).parents[3] / "shared"))
KBNN, ROUND = load_survey("kbnn"), "2023-2"
INSTRUMENT, METHOD = KBNN.instrument_of(KBNN.round(ROUND)), KBNN.methods["kbnn-top2"]
UNITS = KBNN.units_on(KBNN.round(ROUND).register_date)


@pytest.fixture(scope="module")
def microdata() -> pl.DataFrame:
    accepted = simulate_landing(KBNN, KBNN.round(ROUND), 4000, seed=1)
    parts = anonymise(
        accepted.lazy(),
        INSTRUMENT,
        survey_code="kbnn",
        secret=b"s" * 32,
        time_zone="Asia/Ho_Chi_Minh",
        redact=lambda s: s,
    )
    return parts.microdata.collect()


@pytest.fixture(scope="module")
def release(microdata: pl.DataFrame) -> MicrodataRelease:
    return generalise_microdata(microdata.lazy(), INSTRUMENT, METHOD, UNITS)


def with_k_and_l(k: int, l: int) -> Method:  # noqa: E741
    return METHOD.model_copy(
        update={"disclosure": METHOD.disclosure.model_copy(update={"microdata_k": k, "microdata_l": l})}
    )


def pycanon_k_and_l(frame: pl.DataFrame, quasi_identifiers: list[str], sensitive: str) -> tuple[int, int]:
    anonymity = pytest.importorskip("pycanon.anonymity")
    table: Any = frame.select(*quasi_identifiers, sensitive).to_pandas()
    return (
        anonymity.k_anonymity(table, quasi_identifiers),
        anonymity.l_diversity(table, quasi_identifiers, [sensitive]),
    )


@pytest.mark.parametrize(("k", "l"), [(2, 1), (5, 2), (25, 2)])
def test_an_independent_library_finds_k_and_l(microdata: pl.DataFrame, k: int, l: int) -> None:  # noqa: E741
    release = generalise_microdata(microdata.lazy(), INSTRUMENT, with_k_and_l(k, l), UNITS)
    found = pycanon_k_and_l(release.microdata, release.quasi_identifiers, SENSITIVE)
    assert found[0] >= k
    assert found[1] >= l
    assert found == measure_anonymity(release.microdata, release.quasi_identifiers)


def test_no_row_is_dropped_and_no_answer_is_changed(microdata: pl.DataFrame, release: MicrodataRelease) -> None:
    answers = [question.column for question in INSTRUMENT.questions] + ["used_online", "has_suggestion"]
    assert release.microdata.select(answers).sort(pl.all()).equals(microdata.select(answers).sort(pl.all()))


def test_a_unit_is_generalised_to_one_above_it(microdata: pl.DataFrame, release: MicrodataRelease) -> None:
    """Each unit has no more rows than its subtree had, and the whole tree has all."""
    subtree = ancestors_of(UNITS).join(microdata.group_by("unit_code").len("n_exact"), on="unit_code")
    exact = subtree.group_by(pl.col("ancestor_code").alias("unit_code")).agg(pl.col("n_exact").sum())
    released = release.microdata.group_by("unit_code").len("n_released").join(exact, on="unit_code", how="left")
    assert (released["n_released"] <= released["n_exact"]).all()
    assert released["n_released"].sum() == 4000


def test_neither_pseudonyms_nor_named_units_and_officials_are_released(release: MicrodataRelease) -> None:
    columns = release.microdata.columns
    assert [name for name in columns if "pseudonym" in name or name.startswith("named_")] == []
    assert {"has_named_unit_code", "has_named_official"} <= set(columns)


def test_days_are_coarsened_to_half_months_or_more(release: MicrodataRelease) -> None:
    periods = release.microdata["submitted_period"].unique().to_list()
    assert [p for p in periods if p != SUPPRESSED and len(p.removesuffix("-H1").removesuffix("-H2")) != 7] == []


def test_the_report_accounts_for_every_row_of_every_quasi_identifier(release: MicrodataRelease) -> None:
    per_identifier = release.report.group_by("quasi_identifier").agg(pl.col("n_rows").sum()).sort("quasi_identifier")
    assert per_identifier.rows() == [(name, 4000) for name in sorted(release.quasi_identifiers)]
    suppressed = release.report.filter(quasi_identifier="channel", level="suppressed")["n_rows"].item()
    assert suppressed == release.microdata.filter(pl.col("channel") == SUPPRESSED).height


def test_the_order_of_rows_changes_nothing(microdata: pl.DataFrame, release: MicrodataRelease) -> None:
    shuffled = microdata.sample(fraction=1.0, shuffle=True, seed=7)
    again = generalise_microdata(shuffled.lazy(), INSTRUMENT, METHOD, UNITS)
    assert again.microdata.equals(release.microdata)
    assert again.report.equals(release.report)


def test_a_round_without_dissatisfaction_cannot_be_made_diverse(microdata: pl.DataFrame) -> None:
    content = microdata.with_columns(pl.lit(5, dtype=pl.Int16).alias(q.column) for q in INSTRUMENT.questions)
    with pytest.raises(UnreleasableError, match="0 of 4000 respondents are dissatisfied"):
        generalise_microdata(content.lazy(), INSTRUMENT, METHOD, UNITS)
    release = generalise_microdata(content.lazy(), INSTRUMENT, with_k_and_l(5, 1), UNITS)
    assert measure_anonymity(release.microdata, release.quasi_identifiers)[0] >= 5


def test_fewer_than_k_submissions_are_not_released(microdata: pl.DataFrame) -> None:
    with pytest.raises(UnreleasableError, match="4 submissions are fewer than microdata_k = 5"):
        generalise_microdata(microdata.head(4).lazy(), INSTRUMENT, METHOD, UNITS)


def test_more_data_lose_less(microdata: pl.DataFrame, release: MicrodataRelease) -> None:
    few = generalise_microdata(microdata.sample(400, seed=1).lazy(), INSTRUMENT, METHOD, UNITS)

    def exact_units(found: MicrodataRelease) -> float:
        return sum(found.report.filter(quasi_identifier="unit_code", level="exact")["rows_pct"])

    assert exact_units(few) < exact_units(release)


ROWS = st.tuples(
    st.sampled_from(["00", "10", "11", "12", "20", "21"]),
    st.sampled_from(["budget_unit", "individual"]),
    st.integers(1, 60),
    st.sampled_from([1, 4, 5]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ROWS, min_size=6, max_size=60), st.integers(2, 6))
def test_k_and_l_hold_whatever_the_round_looks_like(rows: list[tuple[str, str, int, int]], k: int) -> None:
    folder = load_survey(DEMO)
    frame = pl.DataFrame(
        {
            "unit_code": [unit for unit, *_ in rows],
            "respondent_type": [kind for _, kind, *_ in rows],
            "channel": "web",
            "submitted_on": [dt.date(2023, 9, 15) + dt.timedelta(days=day) for *_, day, _ in rows],
            "q_s1": [answer for *_, answer in rows],
        },
        schema_overrides={"q_s1": pl.Int16},
    ).with_columns(
        weight=pl.lit(None, dtype=pl.Int64),
        used_online=pl.lit(True),
        named_unit_code=pl.lit(None, dtype=pl.String),
        named_official_pseudonym=pl.lit(None, dtype=pl.String),
        has_complaint_online=pl.lit(False),
        q_s2=pl.lit(None, dtype=pl.Int16),
        q_t1=pl.lit(None, dtype=pl.Int16),
    )
    method = folder.methods["demo"]
    strict = method.model_copy(update={"disclosure": method.disclosure.model_copy(update={"microdata_k": k})})
    units = folder.units_on(folder.round("2").register_date)
    is_attainable = len({answer == 1 for *_, answer in rows}) == 2
    if not is_attainable:
        with pytest.raises(UnreleasableError):
            generalise_microdata(frame.lazy(), folder.instruments["demo"], strict, units)
        return
    release = generalise_microdata(frame.lazy(), folder.instruments["demo"], strict, units)
    smallest, diversity = measure_anonymity(release.microdata, release.quasi_identifiers)
    assert release.microdata.height == len(rows)
    assert smallest >= k
    assert diversity == 2


@pytest.mark.parametrize(
    ("file", "dataset"),
    [
        ("students_math_score.csv", "students_math_score"),
        ("hospital_extended.csv", "hospital_extended"),
        ("testdata.csv", "sdcMicro_testdata"),
        ("testdata.csv", "sdcMicro_testdata_qi3"),
    ],
)
def test_k_and_l_are_measured_as_published(file: str, dataset: str) -> None:
    cases = SHARED / "stats_cases" / "e_anonymity"
    if not cases.is_dir():
        pytest.skip("no shared reference data here")
    expected = pl.read_csv(cases / "pycanon_expected.csv").filter(dataset=dataset)
    value = dict(expected.select("measure", "pycanon_value").iter_rows())
    table = pl.read_csv(cases / file, infer_schema=False)
    found = measure_anonymity(table, expected["qi"][0].split("|"), expected["sa"][0])
    assert found == (int(value["k_anonymity"]), int(value["l_diversity"]))
