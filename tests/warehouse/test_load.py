"""Loading a round: whole or not at all, once however often, and never over published figures."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import threading
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from surveys.catalogue import SurveyFolder, load_survey
from tests.warehouse.conftest import VALIDATION, contents, figures, load, query, result_rows, run_record
from warehouse import load as load_module
from warehouse.engine import open_warehouse, restricted_file
from warehouse.load import LoadRefusedError, load_release
from warehouse.releases import publish_release, refuse_release
from warehouse.tables import RESULT_TABLES

# --- once however often ------------------------------------------------------------------------------------


def test_a_first_load_is_draft_number_one(engine: sa.Engine, folder: SurveyFolder) -> None:
    report = load(engine, folder)
    assert (report.release_number, report.status, report.is_changed) == (1, "draft", True)
    assert report.n_rows == sum(frame.height for frame in figures().values())


def test_a_second_run_with_the_same_figures_changes_no_row(engine: sa.Engine, folder: SurveyFolder) -> None:
    load(engine, folder)
    before = contents(engine)
    report = load(engine, folder)
    assert (report.release_number, report.is_changed, report.n_rows) == (1, False, 0)
    assert contents(engine) == before


def test_a_second_run_does_not_write_to_the_files(sqlite: sa.Engine, folder: SurveyFolder) -> None:
    load(sqlite, folder)
    main = Path(str(sqlite.url.database))
    with closing(sqlite3.connect(main)) as one, closing(sqlite3.connect(restricted_file(main))) as two:

        def versions() -> list[int]:
            return [int(file.execute("PRAGMA data_version").fetchone()[0]) for file in (one, two)]

        before = versions()
        load(sqlite, folder)
        assert versions() == before
        load(sqlite, folder, shift=1)
        assert versions() != before


def test_other_figures_replace_a_draft_in_place(engine: sa.Engine, folder: SurveyFolder) -> None:
    load(engine, folder)
    report = load(engine, folder, shift=1)
    assert (report.release_number, report.is_changed) == (1, True)
    assert query(engine, "SELECT DISTINCT numerator - n_respondents FROM fct_index") == [(-9,)]
    assert query(engine, "SELECT count(*) FROM release") == [(1,)]


def test_rows_that_the_new_figures_lack_are_gone(engine: sa.Engine, folder: SurveyFolder) -> None:
    load(engine, folder)
    fewer = {name: frame.filter(pl.col("unit_code") != "12") for name, frame in figures().items()}
    load_release(engine, folder, folder.round("2"), fewer, run_record(folder))
    for table in RESULT_TABLES:
        assert query(engine, f"SELECT count(*) FROM {table.name} WHERE unit_code = '12'") == [(0,)]


def test_a_new_version_of_the_code_with_the_same_figures_is_recorded_as_a_run_alone(
    engine: sa.Engine, folder: SurveyFolder
) -> None:
    load(engine, folder)
    rows = result_rows(engine, 1)
    report = load_release(engine, folder, folder.round("2"), figures(), run_record(folder, code_version="0.2.0"))
    assert not report.is_changed
    assert result_rows(engine, 1) == rows
    assert query(engine, "SELECT count(*) FROM pipeline_run") == [(2,)]


def test_the_order_of_computed_rows_does_not_matter(engine: sa.Engine, folder: SurveyFolder) -> None:
    load(engine, folder)
    shuffled = {name: frame.reverse() for name, frame in figures().items()}
    assert not load_release(engine, folder, folder.round("2"), shuffled, run_record(folder)).is_changed


# --- refused -----------------------------------------------------------------------------------------------


def test_counts_that_do_not_add_up_are_refused(engine: sa.Engine, folder: SurveyFolder) -> None:
    load(engine, folder)
    before = contents(engine)
    with pytest.raises(LoadRefusedError, match=r"50 rows were extracted.*= 49; nothing was loaded"):
        load_release(engine, folder, folder.round("2"), figures(1), run_record(folder, n_quarantined=5))
    assert contents(engine) == before


def test_erased_rows_are_part_of_the_sum(engine: sa.Engine, folder: SurveyFolder) -> None:
    run = run_record(folder, n_quarantined=5, n_erased=1)
    assert load_release(engine, folder, folder.round("2"), figures(), run).is_changed


def test_a_table_without_a_needed_column_is_refused_by_name(engine: sa.Engine, folder: SurveyFolder) -> None:
    frames = figures() | {"fct_index": figures()["fct_index"].drop("formula")}
    with pytest.raises(LoadRefusedError, match="fct_index: the computed rows have no column formula"):
        load_release(engine, folder, folder.round("2"), frames, run_record(folder))


# --- published figures -------------------------------------------------------------------------------------


def test_other_figures_never_touch_a_published_release(engine: sa.Engine, folder: SurveyFolder) -> None:
    load(engine, folder)
    publish_release(engine, "demo", "2", 1, "Nguyễn Thị Duyệt")
    before = result_rows(engine, 1)
    report = load(engine, folder, shift=2, reason="late forms of one office")
    assert (report.release_number, report.status) == (2, "draft")
    assert result_rows(engine, 1) == before
    assert query(engine, "SELECT release_number, status, note FROM release ORDER BY 1") == [
        (1, "published", None),
        (2, "draft", "late forms of one office"),
    ]


def test_the_same_figures_as_published_change_nothing(engine: sa.Engine, folder: SurveyFolder) -> None:
    load(engine, folder)
    publish_release(engine, "demo", "2", 1, "Duyệt")
    before = contents(engine)
    assert load(engine, folder).status == "published"
    assert contents(engine) == before


def test_a_refused_draft_is_replaced_by_other_figures(engine: sa.Engine, folder: SurveyFolder) -> None:
    load(engine, folder)
    refuse_release(engine, "demo", "2", 1, "Duyệt", "one province is missing")
    assert load(engine, folder).status == "refused"
    report = load(engine, folder, shift=1)
    assert (report.release_number, report.status) == (1, "draft")


# --- exact -------------------------------------------------------------------------------------------------

HARD_DECIMALS = ["95.85", "95.97", "0.1", "99.9999", "100", "0.0001", "14.2857", "12345.6789", "-0.13"]


def test_decimals_come_back_exact(engine: sa.Engine, folder: SurveyFolder) -> None:
    values = [Decimal(text) for text in HARD_DECIMALS]
    index = (
        figures()["fct_index"].head(len(values)).with_columns(pl.Series("index_pct", values, dtype=pl.Decimal(9, 4)))
    )
    load_release(engine, folder, folder.round("2"), {"fct_index": index}, run_record(folder))
    fct_index = next(table for table in RESULT_TABLES if table.name == "fct_index")
    with engine.connect() as connection:
        found = list(connection.execute(sa.select(fct_index.c.index_pct)).scalars())
    assert all(isinstance(value, Decimal) for value in found)
    assert sorted(found) == sorted(values)


def test_empty_text_and_missing_text_stay_apart(engine: sa.Engine, folder: SurveyFolder) -> None:
    answers = figures()["fct_answer"].with_columns(
        pl.when(pl.col("unit_code") == "00").then(pl.lit("")).otherwise(pl.lit('"a",\nb')).alias("answer_name"),
        pl.lit(None, dtype=pl.String).alias("suppression_reason"),
    )
    load_release(engine, folder, folder.round("2"), {"fct_answer": answers}, run_record(folder))
    assert query(engine, "SELECT DISTINCT answer_name, suppression_reason FROM fct_answer ORDER BY 1") == [
        ("", None),
        ('"a",\nb', None),
    ]


def test_a_suppressed_figure_is_null_and_never_zero(engine: sa.Engine, folder: SurveyFolder) -> None:
    hidden = [pl.lit(None, dtype=pl.Int64).alias("numerator"), pl.lit(None, dtype=pl.Decimal(9, 4)).alias("index_pct")]
    index = figures()["fct_index"].with_columns(
        *hidden, pl.lit(True).alias("is_suppressed"), pl.lit("primary").alias("suppression_reason")
    )
    load_release(engine, folder, folder.round("2"), {"fct_index": index}, run_record(folder))
    sql = "SELECT DISTINCT numerator, index_pct, suppression_reason FROM v_index WHERE is_suppressed"
    assert query(engine, sql) == [(None, None, "primary")]


# --- whole or not at all -----------------------------------------------------------------------------------

STEPS = ("load_dimensions", "_load_restricted", "replace_rows")

# processes forked from one that has imported everything and started nothing: a new interpreter takes seconds each
forked = multiprocessing.get_context("forkserver")
forked.set_forkserver_preload([__name__])


def load_and_die_after(url: str, survey: Path, step: str) -> None:
    """Kill this process after the first call of a step of the load."""
    step_itself = getattr(load_module, step)

    def die_after(*arguments: object) -> None:
        step_itself(*arguments)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(load_module, step, die_after)
    load(open_warehouse(url), load_survey(survey), shift=5)


@pytest.mark.parametrize("step", STEPS)
def test_a_killed_load_leaves_the_old_figures_and_the_next_one_succeeds(
    engine: sa.Engine, warehouse_url: str, folder: SurveyFolder, step: str
) -> None:
    load(engine, folder)
    before = contents(engine)
    loading = forked.Process(target=load_and_die_after, args=(warehouse_url, folder.path, step))
    loading.start()
    loading.join()
    assert loading.exitcode == -signal.SIGKILL
    assert contents(engine) == before
    assert load(engine, folder, shift=5).is_changed


def test_a_half_lost_between_the_two_files_comes_back_with_the_next_run(
    sqlite: sa.Engine, folder: SurveyFolder
) -> None:
    load(sqlite, folder)
    publish_release(sqlite, "demo", "2", 1, "Duyệt")
    before = contents(sqlite)
    restricted = restricted_file(Path(str(sqlite.url.database)))
    lost = ("comment", "fct_official", "suggestion_item", "validation_result")
    with sqlite3.connect(restricted) as connection:  # as if its half of the commit had not reached the disk
        for table in lost:
            connection.execute(f"DELETE FROM {table}")
    report = load(sqlite, folder)
    assert (report.status, report.is_changed) == ("published", True)
    assert contents(sqlite) == before


# --- at once -----------------------------------------------------------------------------------------------


def load_at_once(url: str, folder: SurveyFolder, *jobs: tuple[str, int]) -> None:
    """Each job (round, shift) in a thread and a connection of its own, all started together."""
    barrier, errors = threading.Barrier(len(jobs)), []

    def work(round_code: str, shift: int) -> None:
        engine = open_warehouse(url)
        try:
            barrier.wait()
            for _ in range(3):
                load(engine, folder, shift, round_code)
        except Exception as error:
            errors.append(error)
        finally:
            engine.dispose()

    threads = [threading.Thread(target=work, args=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_two_loads_of_one_round_at_once_leave_one_of_them_whole(
    engine: sa.Engine, warehouse_url: str, folder: SurveyFolder
) -> None:
    load_at_once(warehouse_url, folder, ("2", 1), ("2", 2))
    assert query(engine, "SELECT release_number, status FROM release") == [(1, "draft")]
    (difference,) = query(engine, "SELECT DISTINCT numerator - n_respondents + 10 FROM fct_index")
    assert query(engine, "SELECT DISTINCT n_answers - 30 FROM fct_answer") == [difference]
    assert query(engine, "SELECT count(*) FROM fct_index") == [(12,)]


def test_two_rounds_loaded_at_once_are_both_right(engine: sa.Engine, warehouse_url: str, folder: SurveyFolder) -> None:
    load_at_once(warehouse_url, folder, ("1", 1), ("2", 2))
    sql = "SELECT DISTINCT round_code, numerator - n_respondents + 10 FROM fct_index ORDER BY 1"
    assert query(engine, sql) == [("1", 1), ("2", 2)]
    assert query(engine, "SELECT round_code, count(*) FROM fct_index GROUP BY 1 ORDER BY 1") == [("1", 12), ("2", 12)]


# --- who shares it -----------------------------------------------------------------------------------------


def test_surveys_share_a_warehouse(engine: sa.Engine, folder: SurveyFolder, tmp_path: Path) -> None:
    other = tmp_path / "other"
    for path in folder.path.rglob("*.*"):
        target = other / path.relative_to(folder.path)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8")
        target.write_text(text.replace("survey_code: demo", "survey_code: other"), encoding="utf-8")
    load(engine, folder)
    load(engine, load_survey(other), shift=3)
    sql = "SELECT survey_code, count(*), sum(numerator) - 12 * 30 - 66 FROM v_index GROUP BY 1 ORDER BY 1"
    assert query(engine, sql) == [("demo", 12, 0), ("other", 12, 36)]


def test_what_people_set_in_the_work_list_outlives_a_load(engine: sa.Engine, folder: SurveyFolder) -> None:
    load(engine, folder)
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(sa.text("UPDATE suggestion_item SET status = 'accepted', status_note = 'with the IT team'"))
    load(engine, folder, shift=1)
    assert query(engine, "SELECT comment_id, status, status_note FROM suggestion_item") == [
        ("c1", "accepted", "with the IT team")
    ]


def test_what_rules_found_is_kept_with_the_run(engine: sa.Engine, folder: SurveyFolder) -> None:
    report = load(engine, folder)
    sql = "SELECT run_id, rule_id, n_failed, n_tested FROM validation_result"
    assert query(engine, sql) == [(report.run_id, "answer_on_scale", VALIDATION[0]["n_failed"], 46)]
