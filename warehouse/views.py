"""Views for BI tools: names that never change, labels in Vietnamese and English, the current release of each round.

The current release is the highest published one; a round that was never published shows its draft, and says so in
`release_status`. Names of units are those on the day of the round's register. A view takes the comments, units and types
of its columns from the tables.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from warehouse.tables import (
    MANAGEMENT,
    PUBLIC_STATUSES,
    dim_index,
    dim_question,
    dim_round,
    dim_unit,
    fct_answer,
    fct_change,
    fct_dissatisfaction,
    fct_feedback,
    fct_index,
    fct_question,
    fct_reform_score,
    fct_response,
    fct_threshold,
    release,
    view_definition,
)

Columns = list[sa.ColumnElement[Any]]


@dataclass(frozen=True)
class View:
    """A view over the current releases; `every_release` is the same over all of them, for exports.

    A view of the system gives the public tier the top unit's own rows of a management view.
    """

    name: str
    comment: str
    query: sa.Select[Any]
    every_release: sa.Select[Any]
    schema: str | None = None
    is_of_system: bool = False

    @property
    def columns(self) -> list[sa.Column[Any]]:
        """The contract's column behind each column of the view, under the name it has here."""
        return [_contract_column(column) for column in self.query.selected_columns]


# --- parts that views share --------------------------------------------------------------------------------

_release = release.alias("r")
_round = dim_round.alias("d")
_unit = dim_unit.alias("u")
_parent = dim_unit.alias("p")
_index = dim_index.alias("i")

COMMENTS = {
    "parent_name": "Name of the unit above, Vietnamese",
    "parent_name_en": "Name of the unit above, English",
    "release_status": "Status of the release shown: published, or draft or refused where none ever was",
    "counted_level": "Level of the counted units",
    "baseline_round_name": "Name of the round compared with, Vietnamese",
    "baseline_round_name_en": "Name of the round compared with, English",
}
"""Comments of columns whose name differs from the table's."""


def _current_releases() -> sa.Select[Any]:
    earlier = release.alias("p")
    was_published = (
        sa.exists()
        .where(earlier.c.survey_code == _release.c.survey_code, earlier.c.round_code == _release.c.round_code)
        .where(earlier.c.status.in_(PUBLIC_STATUSES))
    )
    return (
        sa.select(
            _release.c.survey_code,
            _release.c.round_code,
            sa.func.max(_release.c.release_number).label("release_number"),
        )
        .where(
            sa.or_(
                _release.c.status == "published",
                sa.and_(_release.c.status.in_(("draft", "refused")), sa.not_(was_published)),
            )
        )
        .group_by(_release.c.survey_code, _release.c.round_code)
    )


_current = sa.table(
    "v_current_release", sa.column("survey_code"), sa.column("round_code"), sa.column("release_number")
).alias("c")


def _same(left: Any, right: Any, *names: str) -> sa.ColumnElement[bool]:
    return sa.and_(*(left.c[name] == right.c[name] for name in names))


def _in_force(unit: Any) -> sa.ColumnElement[bool]:
    day = _round.c.register_date
    return sa.and_(unit.c.valid_from <= day, sa.or_(unit.c.valid_to.is_(None), day < unit.c.valid_to))


def _joined(fact: Any, *, current: bool) -> sa.FromClause:
    key = ("survey_code", "round_code", "release_number")
    joined: Any = fact
    if current:
        joined = joined.join(_current, _same(_current, fact, *key))
    return (  # type: ignore[no-any-return]
        joined.join(_release, _same(_release, fact, *key))
        .join(_round, _same(_round, fact, "survey_code", "round_code"))
        .join(_unit, sa.and_(_same(_unit, fact, "survey_code", "unit_code"), _in_force(_unit)))
        .outerjoin(
            _parent,
            sa.and_(
                _parent.c.survey_code == _unit.c.survey_code,
                _parent.c.unit_code == _unit.c.parent_code,
                _in_force(_parent),
            ),
        )
    )


def _with_index(joined: Any, fact: Any) -> Any:
    return joined.join(_index, _same(_index, fact, "survey_code", "index_code"))


def _with_question(joined: Any, fact: Any) -> Any:
    question = dim_question.alias("q")
    same_instrument = question.c.instrument_code == _round.c.instrument_code
    return joined.join(question, sa.and_(_same(question, fact, "survey_code", "question_code"), same_instrument))


def _with_baseline(joined: Any, fact: Any) -> Any:
    baseline = dim_round.alias("b")
    same_round = baseline.c.round_code == fact.c.baseline_round_code
    return _with_index(joined, fact).join(baseline, sa.and_(baseline.c.survey_code == fact.c.survey_code, same_round))


ROUND = "f.survey_code f.round_code d.round_name d.round_name_en"
UNIT = (
    "f.unit_code u.unit_level u.unit_name u.unit_name_en u.parent_code p.unit_name=parent_name "
    "p.unit_name_en=parent_name_en u.unit_path"
)
INDEX = "f.index_code i.index_name i.index_name_en"
RELEASE = "r.release_number r.status=release_status r.method_code r.method_version"
SUPPRESSION = "f.is_suppressed f.suppression_reason"


def _baseline_is_published(fact: Any) -> sa.ColumnElement[bool]:
    """A published release shows changes against published figures only: others are nobody's yet, or not any more.

    Where answers were erased between the two, the difference of a baseline from what is published would show them.
    """
    baseline, index = release.alias("baseline"), fct_index.alias("baseline_index")
    was_published = (
        sa.exists()
        .where(baseline.c.survey_code == fact.c.survey_code, baseline.c.round_code == fact.c.baseline_round_code)
        .where(baseline.c.status.in_(PUBLIC_STATUSES))
    )
    is_shown = (
        sa.exists()
        .where(_same(index, baseline, "survey_code", "round_code", "release_number"))
        .where(_same(index, fact, "unit_code", "respondent_type", "index_code"))
        .where(index.c.index_pct == fact.c.baseline_pct)
    )
    return sa.or_(
        _release.c.status.in_(("draft", "refused")),
        was_published.where(sa.or_(fact.c.baseline_pct.is_(None), is_shown.correlate(baseline, fact))),
    )


def _view(
    name: str,
    comment: str,
    fact: sa.Table,
    *columns: str,
    dimension: Callable[[Any, Any], Any] = lambda joined, _fact: joined,
    where: Callable[[Any], sa.ColumnElement[bool]] | None = None,
    every: bool = False,
) -> View:
    """A view over a fact table `f`; columns are written `alias.column` or `alias.column=name`."""
    f = fact.alias("f")

    def query(current: bool) -> sa.Select[Any]:
        source = dimension(_joined(f, current=current), f)
        tables = {str(part.name): part for part in _parts(source)}
        selected = [_pick(tables, column) for text in columns for column in text.split()]
        statement = sa.select(*selected).select_from(source)
        return statement.where(where(f)) if where else statement

    return View(name, comment, query(not every), query(False), fact.schema)


def _of_system(view: View) -> View:
    is_top = _unit.c.parent_code.is_(None)
    name, comment = view.name.replace("v_", "v_system_", 1), f"{view.comment}: the whole system's"
    return View(name, comment, view.query.where(is_top), view.every_release.where(is_top), is_of_system=True)


def _parts(source: Any) -> Iterator[Any]:
    if isinstance(source, sa.Join):
        yield from _parts(source.left)
        yield from _parts(source.right)
    else:
        yield source


def _pick(tables: dict[str, Any], text: str) -> sa.ColumnElement[Any]:
    path, _, label = text.partition("=")
    alias, name = path.split(".")
    column: sa.ColumnElement[Any] = tables[alias].c[name]
    return column.label(label) if label else column


def _contract_column(column: Any) -> sa.Column[Any]:
    source = next(iter(getattr(column, "element", column).base_columns))
    if not isinstance(source, sa.Column):  # max(release_number)
        source = release.c.release_number
    is_optional = source.nullable or column.name.startswith("parent_")
    comment = COMMENTS.get(column.name, source.comment)
    return sa.Column(column.name, source.type, nullable=is_optional, comment=comment, info=source.info)


# --- the views ---------------------------------------------------------------------------------------------

_INDEX_COLUMNS = (
    ROUND,
    UNIT,
    INDEX,
    "f.respondent_type",
    RELEASE,
    "f.formula f.index_pct f.weighted_pct f.numerator f.denominator f.n_respondents f.interval_low_pct "
    "f.interval_high_pct f.rank f.rank_of f.n_tied f.rank_state",
    SUPPRESSION,
)

_UNIT_VIEWS: tuple[View, ...] = (
    View(
        "v_current_release",
        "The release of each round that the other views show",
        _current_releases(),
        _current_releases(),
    ),
    _view("v_index", "Indices with names and ranks", fct_index, *_INDEX_COLUMNS, dimension=_with_index),
    _view(
        "v_release_index",
        "Indices of every release, superseded ones included",
        fct_index,
        *_INDEX_COLUMNS,
        dimension=_with_index,
        every=True,
    ),
    _view(
        "v_ranking",
        "Ranked units, over all respondent types",
        fct_index,
        ROUND,
        UNIT,
        INDEX,
        RELEASE,
        "f.rank f.rank_of f.n_tied f.index_pct f.n_respondents",
        dimension=_with_index,
        where=lambda f: sa.and_(f.c.respondent_type == "all", f.c.rank.is_not(None)),
    ),
    _view(
        "v_change",
        "Changes of indices between rounds, with their state of comparability",
        fct_change,
        ROUND,
        "f.baseline_round_code b.round_name=baseline_round_name b.round_name_en=baseline_round_name_en",
        UNIT,
        INDEX,
        "f.respondent_type",
        RELEASE,
        "f.comparability f.index_pct f.baseline_pct f.change_points f.change_low_points f.change_high_points",
        dimension=_with_baseline,
        where=_baseline_is_published,
    ),
    _view(
        "v_response",
        "Response and response rates",
        fct_response,
        ROUND,
        UNIT,
        "f.respondent_type",
        RELEASE,
        "f.n_extracted f.n_superseded f.n_accepted f.n_quarantined f.n_active f.response_pct",
    ),
    _view(
        "v_threshold",
        "Numbers of units above, at and below the threshold",
        fct_threshold,
        ROUND,
        "f.unit_code u.unit_name u.unit_name_en f.unit_level=counted_level",
        INDEX,
        RELEASE,
        "f.threshold_pct f.n_units f.n_above f.n_not_above f.n_at f.n_below f.n_not_rated",
        SUPPRESSION,
        dimension=_with_index,
    ),
    _view(
        "v_reform_score",
        "Points for the administrative-reform score",
        fct_reform_score,
        ROUND,
        UNIT,
        INDEX,
        RELEASE,
        "f.rule_code f.rule_name f.rule_name_en f.index_pct f.points f.max_points",
        dimension=_with_index,
    ),
    _view(
        "v_question",
        "The index's formula for each question, with its wording",
        fct_question,
        ROUND,
        UNIT,
        "f.respondent_type",
        RELEASE,
        "f.question_code q.index_code q.question_text q.question_text_en f.question_pct f.numerator f.denominator "
        "f.n_respondents",
        SUPPRESSION,
        dimension=_with_question,
    ),
    _view(
        "v_answer",
        "Answers over the levels of each question, with its wording",
        fct_answer,
        ROUND,
        UNIT,
        "f.respondent_type",
        RELEASE,
        "f.question_code q.index_code q.question_text q.question_text_en f.answer_code f.answer_name f.answer_name_en "
        "f.is_answer f.n_answers",
        SUPPRESSION,
        dimension=_with_question,
    ),
    _view(
        "v_dissatisfaction",
        "Respondents who name a unit or an official",
        fct_dissatisfaction,
        ROUND,
        UNIT,
        RELEASE,
        "f.n_respondents f.n_naming_any f.n_naming_unit f.n_naming_official f.n_units_named f.n_officials_named",
        SUPPRESSION,
    ),
    _view(
        "v_feedback",
        "Complaints, opinions and suggestions by theme and polarity",
        fct_feedback,
        ROUND,
        UNIT,
        RELEASE,
        "f.feedback_code f.theme_code f.polarity f.n_comments",
        SUPPRESSION,
    ),
)

_PUBLIC_FOR_SYSTEM = ("v_question", "v_dissatisfaction", "v_feedback")

VIEWS = (*_UNIT_VIEWS, *(_of_system(view) for view in _UNIT_VIEWS if view.name in _PUBLIC_FOR_SYSTEM))


# --- in the database ---------------------------------------------------------------------------------------


def refresh_views(connection: sa.Connection) -> None:
    """Create the views anew where their definitions differ from the database's; touch nothing where none does."""
    wanted = {view.name: "\n".join(_statements(view, connection.dialect)) for view in VIEWS}
    hashes = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in wanted.items()}
    rows = connection.execute(sa.select(view_definition.c.view_name, view_definition.c.definition_hash))
    if dict(rows.tuples().all()) == hashes:
        return
    drop_views(connection)
    for view in VIEWS:
        for statement in _statements(view, connection.dialect):
            connection.exec_driver_sql(statement)
    rows_to_add = [{"view_name": name, "definition_hash": digest} for name, digest in sorted(hashes.items())]
    connection.execute(sa.insert(view_definition), rows_to_add)


def drop_views(connection: sa.Connection) -> None:
    """Drop every view that was created here: tables that a view reads cannot be altered on PostgreSQL."""
    names = connection.execute(sa.select(view_definition.c.view_name)).scalars().all()
    for name in sorted(names, key=lambda name: (name == VIEWS[0].name, name)):  # the others read the first
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")
    connection.execute(sa.delete(view_definition))


def _statements(view: View, dialect: sa.Dialect) -> list[str]:
    """CREATE VIEW, and COMMENTs where the database keeps them."""
    name = _prefix(view, dialect) + view.name
    if dialect.name == "sqlite":
        return [f"CREATE VIEW {name} AS {_sql(view.query, dialect)}"]
    comments = [f"COMMENT ON VIEW {name} IS {_literal(view.comment)}"]
    comments += [f"COMMENT ON COLUMN {name}.{column.name} IS {_literal(column.comment)}" for column in view.columns]
    # readers may ask the views and not the tables: before row-level security PostgreSQL tests what a reader asks, and
    # EXPLAIN ANALYZE tells whether a hidden row passed. OFFSET 0 keeps a reader's conditions out of the view,
    # security_barrier its statistics
    query = _sql(view.query.where(_is_for_reader(view)), dialect)
    return [f"CREATE VIEW {name} WITH (security_barrier = true) AS {query} OFFSET 0", *comments]


def _is_for_reader(view: View) -> sa.ColumnElement[bool]:
    """What who asks may see on PostgreSQL: releases that were published and, of units, those granted; all for the owner."""
    may_see: sa.ColumnElement[bool] = _release.c.status.in_(PUBLIC_STATUSES)
    if view.schema == MANAGEMENT:
        granted = "SELECT g.survey_code, g.round_code, g.unit_code FROM management.granted_units(current_user) g"
        may_see = sa.and_(may_see, sa.text(f"(f.survey_code, f.round_code, f.unit_code) IN ({granted})"))
    is_owner = sa.not_(sa.func.row_security_active("public.release"))
    return sa.or_(is_owner, may_see)


def _prefix(view: View, dialect: sa.Dialect) -> str:
    return f"{view.schema}." if view.schema and dialect.name != "sqlite" else ""


def _sql(query: sa.Select[Any], dialect: sa.Dialect) -> str:
    sql = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    return sql.replace(f"{MANAGEMENT}.", "") if dialect.name == "sqlite" else sql


def _literal(text: str | None) -> str:
    return "'" + (text or "").replace("'", "''").replace("%", "%%") + "'"
