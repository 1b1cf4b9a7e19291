"""Who reads what on PostgreSQL, tried by connecting as each; and the tiers' files on SQLite."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import polars as pl
import pytest
import sqlalchemy as sa

from surveys.catalogue import SurveyFolder
from tests.warehouse.conftest import figures, load, query, run_record
from warehouse.engine import WarehouseError, open_warehouse
from warehouse.grants import create_tier_roles, grant_unit, revoke_unit
from warehouse.load import load_release
from warehouse.public_file import public_file
from warehouse.releases import publish_release
from warehouse.tables import MANAGEMENT, RESTRICTED, RESULT_TABLES, metadata
from warehouse.views import VIEWS

PEOPLE = ("analyst", "director", "newcomer", "officer")
SUBTREE = {"10", "11", "12"}
MANAGEMENT_VIEWS = ("v_question", "v_answer", "v_dissatisfaction", "v_feedback")
SYSTEM_VIEWS = ("v_system_question", "v_system_dissatisfaction", "v_system_feedback")
PUBLIC = [table.name for table in metadata.tables.values() if table.schema is None]


class Served(NamedTuple):
    """A warehouse with a published round 2 and a draft of round 1, and what makes names of roles its own."""

    owner: sa.Engine
    prefix: str

    def role(self, person: str) -> str:
        return f"{self.prefix}_{person}"

    def as_role(self, person: str) -> sa.Engine:
        return sa.create_engine(self.owner.url.set(username=self.role(person)), poolclass=sa.NullPool)

    def ask(self, person: str, sql: str) -> list[tuple[Any, ...]]:
        with self.as_role(person).connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(sql))]

    def may(self, person: str, sql: str) -> bool:
        try:
            with self.as_role(person).begin() as connection:
                connection.execute(sa.text(sql))
        except sa.exc.ProgrammingError as error:
            assert "permission denied" in str(error)
            return False
        return True


@pytest.fixture(scope="module")
def served(postgres_server: sa.URL, migrated_database: str, folder: SurveyFolder) -> Iterator[Served]:
    prefix = f"t{uuid4().hex[:8]}"
    server = sa.create_engine(postgres_server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {prefix} TEMPLATE {migrated_database}"))
        for person in PEOPLE:
            connection.execute(sa.text(f"CREATE ROLE {prefix}_{person} LOGIN"))
    owner = open_warehouse(postgres_server.set(database=prefix).render_as_string(hide_password=False))
    found = Served(owner, prefix)
    load(owner, folder, round_code="1")
    load(owner, folder)
    publish_release(owner, "demo", "2", 1, "Duyệt")
    create_tier_roles(owner, prefix)
    grant_unit(owner, found.role("director"), "demo", "10", granted_by="Duyệt", prefix=prefix)
    with server.connect() as connection:
        for person, tier in (("analyst", "public"), ("newcomer", "management"), ("officer", "restricted")):
            connection.execute(sa.text(f"GRANT {prefix}_{tier} TO {prefix}_{person}"))
    yield found
    owner.dispose()
    with server.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {prefix} WITH (FORCE)"))
        roles = [*PEOPLE, "restricted", "management", "public"]
        connection.execute(sa.text(f"DROP ROLE {', '.join(f'{prefix}_{role}' for role in roles)}"))


# --- public ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_with_a_tier_reads_the_public_views_whole(served: Served, person: str) -> None:
    units = {unit for (unit,) in served.ask(person, "SELECT DISTINCT unit_code FROM v_index")}
    assert units == {"00", "10", "11", "12", "20", "21"}


@pytest.mark.parametrize("view", [view.name for view in VIEWS if view.schema is None])
def test_drafts_are_seen_by_nobody_but_the_owner(served: Served, view: str) -> None:
    drafts = f"SELECT count(*) FROM {view} WHERE round_code = '1'"
    assert served.ask("analyst", drafts) == [(0,)]
    owner_sees = query(served.owner, drafts)[0][0]
    assert owner_sees > 0 or view in ("v_threshold", "v_reform_score")


def test_a_change_shows_no_figure_of_a_round_that_is_a_draft(served: Served) -> None:
    changes = "SELECT count(*) FROM v_change WHERE round_code = '2' AND baseline_round_code = '1'"
    assert served.ask("analyst", changes) == [(0,)]
    assert query(served.owner, "SELECT count(*) FROM fct_change WHERE round_code = '2'")[0][0] > 0


def test_the_run_of_a_draft_is_not_seen(served: Served) -> None:
    assert served.ask("analyst", "SELECT round_code FROM pipeline_run") == [("2",)]


@pytest.mark.parametrize("schema", [MANAGEMENT, RESTRICTED])
def test_the_public_tier_cannot_read_the_others(served: Served, schema: str) -> None:
    tables = [table.fullname for table in metadata.tables.values() if table.schema == schema]
    assert [name for name in tables if served.may("analyst", f"SELECT 1 FROM {name}")] == []


@pytest.mark.parametrize("person", PEOPLE)
def test_figures_are_read_from_views_and_not_from_tables(served: Served, person: str) -> None:
    tables = [table.fullname for table in RESULT_TABLES if table.schema != RESTRICTED]
    assert [name for name in tables if served.may(person, f"SELECT 1 FROM {name}")] == []


@pytest.mark.parametrize(
    ("person", "view", "condition", "hidden"),
    [
        ("director", "management.v_answer", "unit_code = '21' AND n_answers", 30),
        ("analyst", "v_index", "round_code = '1' AND unit_code = '21' AND n_respondents", 50),
    ],
)
def test_no_plan_tells_whether_a_guess_of_a_hidden_figure_is_right(
    served: Served, person: str, view: str, condition: str, hidden: int
) -> None:
    def explain(guess: int) -> list[str]:
        how = "ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF"
        plan = served.ask(person, f"EXPLAIN ({how}) SELECT 1 FROM {view} WHERE {condition} = {guess}")
        return [line.replace(f"= {guess})", "= guess)") for (line,) in plan]

    assert query(served.owner, f"SELECT count(*) > 0 FROM {view} WHERE {condition} = {hidden}") == [(True,)]
    assert explain(hidden) == explain(hidden + 900)


@pytest.mark.parametrize("person", PEOPLE)
def test_nobody_but_the_owner_writes_figures(served: Served, person: str) -> None:
    writes = [f"DELETE FROM public.{name}" for name in PUBLIC] + ["CREATE TABLE public.mine (x int)"]
    writes += ["DELETE FROM management.fct_question", "UPDATE restricted.unit_grant SET unit_code = '00'"]
    assert [sql for sql in writes if served.may(person, sql)] == []


@pytest.mark.parametrize("view", SYSTEM_VIEWS)
@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_with_a_tier_reads_the_details_of_the_system_and_of_no_other_unit(
    served: Served, person: str, view: str
) -> None:
    assert served.ask(person, f"SELECT unit_code, round_code FROM {view}") == [("00", "2")]


def test_a_condition_of_the_reader_never_sees_what_a_view_of_the_system_leaves_out(served: Served) -> None:
    with served.as_role("analyst").connect() as connection:
        spy = "CREATE FUNCTION pg_temp.spy(code text) RETURNS bool COST 0.0001 LANGUAGE plpgsql AS "
        connection.execute(sa.text(f"{spy} $$ BEGIN ASSERT code = '00'; RETURN true; END $$"))
        found = connection.execute(sa.text("SELECT unit_code FROM v_system_question WHERE pg_temp.spy(unit_code)"))
        assert found.scalars().all() == ["00"]


# --- management --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", MANAGEMENT_VIEWS)
def test_a_director_sees_the_subtree_and_nothing_else(served: Served, view: str) -> None:
    # the bare name works: the grant sets the role's search path
    assert {unit for (unit,) in served.ask("director", f"SELECT unit_code FROM {view}")} == SUBTREE


def test_a_member_of_the_tier_without_a_grant_sees_no_row(served: Served) -> None:
    assert [view for view in MANAGEMENT_VIEWS if served.ask("newcomer", f"SELECT 1 FROM management.{view}")] == []


def test_a_director_learns_nothing_of_the_grants_of_others(served: Served) -> None:
    asked = f"SELECT count(*) > 0 FROM management.granted_units('{served.role('director')}')"
    assert served.ask("director", asked) == [(True,)]
    assert served.ask("newcomer", asked) == [(False,)]


def test_a_director_cannot_read_the_restricted_tier(served: Served) -> None:
    tables = [table.fullname for table in metadata.tables.values() if table.schema == RESTRICTED]
    assert [name for name in tables if served.may("director", f"SELECT 1 FROM {name}")] == []


def test_a_grant_taken_back_shows_nothing_any_more(served: Served) -> None:
    role = served.role("newcomer")
    grant_unit(served.owner, role, "demo", "20", granted_by="Duyệt", prefix=served.prefix)
    asked = "SELECT DISTINCT unit_code FROM management.v_answer ORDER BY 1"
    assert served.ask("newcomer", asked) == [("20",), ("21",)]
    assert revoke_unit(served.owner, role, "demo", "20", revoked_by="Duyệt")
    assert served.ask("newcomer", asked) == []
    assert not revoke_unit(served.owner, role, "demo", "20", revoked_by="Duyệt")


def test_two_grants_add_up(served: Served) -> None:
    role = served.role("newcomer")
    for unit in ("11", "21"):
        grant_unit(served.owner, role, "demo", unit, granted_by="Duyệt", prefix=served.prefix)
    asked = "SELECT DISTINCT unit_code FROM management.v_answer ORDER BY 1"
    assert served.ask("newcomer", asked) == [("11",), ("21",)]
    for unit in ("11", "21"):
        revoke_unit(served.owner, role, "demo", unit, revoked_by="Duyệt")


def test_a_grant_is_audited_once(served: Served) -> None:
    grant_unit(served.owner, served.role("director"), "demo", "10", granted_by="Duyệt", prefix=served.prefix)
    role = served.role("director")
    events = query(served.owner, f"SELECT actor FROM audit_event WHERE action = 'grant' AND detail LIKE '%{role}%'")
    assert events == [("Duyệt",)]


@pytest.mark.parametrize(
    ("role", "unit", "on", "message"),
    [
        ("nobody", "10", None, "role nobody: the server has none"),
        ("director", "99", None, "the register has no unit 99"),
        ("director", "10", dt.date(1999, 1, 1), "the register has no unit 10 on 1999-01-01"),
    ],
)
def test_a_grant_of_what_does_not_exist_is_refused(
    served: Served, role: str, unit: str, on: dt.date | None, message: str
) -> None:
    name = served.role(role) if role in PEOPLE else role
    with pytest.raises(WarehouseError, match=message):
        grant_unit(served.owner, name, "demo", unit, granted_by="Duyệt", on=on, prefix=served.prefix)


# --- restricted --------------------------------------------------------------------------------------------


def test_the_restricted_tier_reads_comments_and_officials(served: Served) -> None:
    assert served.ask("officer", "SELECT count(*) FROM restricted.comment WHERE round_code = '2'") == [(2,)]
    assert served.ask("officer", "SELECT n_respondents FROM restricted.fct_official WHERE round_code = '2'") == [(6,)]


def test_the_restricted_tier_sets_the_status_of_suggestions_and_nothing_else(served: Served) -> None:
    assert served.may("officer", "UPDATE restricted.suggestion_item SET status = 'accepted', status_note = 'x'")
    assert not served.may("officer", "UPDATE restricted.suggestion_item SET unit_code = '21'")
    assert not served.may("officer", "UPDATE restricted.comment SET redacted_text = ''")
    assert not served.may("officer", "DELETE FROM restricted.audit_event")


def test_creating_the_roles_again_changes_nothing(served: Served) -> None:
    names = create_tier_roles(served.owner, served.prefix)
    assert names == [f"{served.prefix}_{tier}" for tier in ("public", "management", "restricted")]


# --- SQLite ------------------------------------------------------------------------------------------------


def test_sqlite_has_no_roles_and_says_what_to_do_instead(sqlite: sa.Engine) -> None:
    for act in (create_tier_roles, lambda engine: grant_unit(engine, "x", "demo", "10", granted_by="Duyệt")):
        with pytest.raises(WarehouseError, match="SQLite has no roles"):
            act(sqlite)


@pytest.fixture
def public(sqlite: sa.Engine, folder: SurveyFolder) -> Path:
    """The public file after round 2 was published; round 1 is a draft."""
    load(sqlite, folder, round_code="1")
    load(sqlite, folder)
    publish_release(sqlite, "demo", "2", 1, "Duyệt")
    return public_file(Path(str(sqlite.url.database)))


def test_the_public_file_has_published_rounds_only(public: Path) -> None:
    with closing(sqlite3.connect(public)) as connection:
        for table in ("v_index", "fct_index", "release", "pipeline_run", "v_response"):
            assert connection.execute(f"SELECT DISTINCT round_code FROM {table}").fetchall() == [("2",)]


@pytest.mark.parametrize("table", ["v_change", "fct_change"])
def test_the_public_file_has_a_change_once_both_rounds_are_published(
    sqlite: sa.Engine, public: Path, table: str
) -> None:
    def changes() -> list[tuple[str]]:
        with closing(sqlite3.connect(public)) as connection:
            return connection.execute(f"SELECT DISTINCT baseline_round_code FROM {table}").fetchall()

    assert changes() == []
    publish_release(sqlite, "demo", "1", 1, "Duyệt")
    assert changes() == [("1",)]


@pytest.mark.parametrize("table", ["v_change", "fct_change"])
def test_a_change_against_figures_other_than_the_published_ones_is_not_public(
    sqlite: sa.Engine, folder: SurveyFolder, table: str
) -> None:
    load(sqlite, folder, round_code="1")
    publish_release(sqlite, "demo", "1", 1, "Duyệt")
    frames = figures()
    was = pl.when(pl.col("unit_code") == "21").then(pl.col("index_pct") - 1).otherwise("index_pct")
    frames["fct_change"] = frames["fct_change"].with_columns(baseline_pct=was)
    load_release(sqlite, folder, folder.round("2"), frames, run_record(folder))
    publish_release(sqlite, "demo", "2", 1, "Duyệt")
    with closing(sqlite3.connect(public_file(Path(str(sqlite.url.database))))) as connection:
        units = connection.execute(
            f"SELECT DISTINCT unit_code FROM {table} WHERE round_code = '2' ORDER BY 1"
        ).fetchall()
    assert units == [("00",), ("10",), ("11",), ("12",), ("20",)]


def test_the_public_file_has_no_table_of_another_tier(public: Path) -> None:
    others = [table.name for table in metadata.tables.values() if table.schema is not None]
    others += [view.name for view in VIEWS if view.schema is not None]
    with closing(sqlite3.connect(public)) as connection:
        found = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    assert found.isdisjoint(others)
    assert {view.name for view in VIEWS if view.schema is None} <= found


@pytest.mark.parametrize("view", SYSTEM_VIEWS)
def test_the_public_file_has_the_details_of_the_system_and_of_no_other_unit(public: Path, view: str) -> None:
    with closing(sqlite3.connect(public)) as connection:
        assert connection.execute(f"SELECT unit_code, round_code FROM {view}").fetchall() == [("00", "2")]


def test_the_public_file_is_for_everybody_to_read(public: Path) -> None:
    assert public.stat().st_mode & 0o777 == 0o644


def test_a_correction_takes_the_place_of_what_was_public(sqlite: sa.Engine, folder: SurveyFolder, public: Path) -> None:
    load(sqlite, folder, shift=4, reason="late forms")
    publish_release(sqlite, "demo", "2", 2, "Duyệt")
    with closing(sqlite3.connect(public)) as connection:
        assert connection.execute("SELECT min(numerator), max(release_number) FROM v_index").fetchone() == (34, 2)
