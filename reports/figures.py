"""The figures of a release as a report shows them: read from the warehouse's views, with what names and explains them.

Nothing is computed here: a suppressed figure is NULL in the warehouse and stays so. Figures of the public tier are read
first; those of the management tier are added by a second, separate call.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

import sqlalchemy as sa

from surveys.catalogue import SurveyFolder
from surveys.models import Index, Instrument, Label, Method, Round, Threshold
from warehouse.releases import Release, find_release, list_releases
from warehouse.tables import PUBLIC_STATUSES
from warehouse.views import VIEWS

Row = dict[str, Any]
Rows = list[Row]
Cells = dict[tuple[str, str], Row]
"""(unit code, index code) -> row"""

ALL = "all"


class Point(NamedTuple):
    """An index of a unit in one round; `comparability` is that of the step from the point before it."""

    round_code: str
    pct: Decimal | None
    low: Decimal | None
    high: Decimal | None
    comparability: str | None
    is_current: bool


@dataclass(frozen=True)
class ReleaseFigures:
    """One release. Rows are those of the views, sorted; respondent type 'all' unless said otherwise.

    `history` and `steps` hold, by round in order of time, the indices of each shown round and the changes of each from the
    one shown before it. `questions`, `naming` and `feedback` of public figures are the whole system's only.
    """

    folder: SurveyFolder
    round: Round
    release: Release
    previous: Release | None
    indices: Rows
    by_type: Rows
    changes: Rows
    thresholds: Rows
    response: Rows
    previous_response: Rows
    scores: Rows
    history: dict[str, Cells]
    steps: dict[str, Cells]
    questions: Rows
    naming: Rows
    feedback: Rows
    is_public: bool = True

    # --- what names and explains -----------------------------------------------------------------------------

    @property
    def method(self) -> Method:
        return self.folder.methods[self.release.method_code]

    @property
    def instrument(self) -> Instrument:
        return self.folder.instrument_of(self.round)

    @property
    def index_list(self) -> tuple[Index, ...]:
        return self.instrument.indices

    @property
    def name(self) -> str:
        return f"{self.release.survey_code}-{self.release.round_code}-release-{self.release.release_number}"

    @property
    def baseline_name(self) -> Label:
        """Name of the round that changes are against."""
        before = self.folder.previous_round(self.round)
        return before.name if before else Label(vi="kỳ trước", en="the earlier round")

    def level_name(self, level: str) -> Label:
        return next(known.name for known in self.folder.survey.unit_levels if known.code == level)

    def threshold_of(self, level: str) -> Threshold | None:
        return next((known for known in self.method.thresholds if known.level == level), None)

    def feedback_name(self, code: str) -> Label:
        return next(known.name for known in self.instrument.fields if known.code == code)

    def theme_name(self, code: str) -> Label:
        lexicon = self.folder.themes
        return (
            next(known.name for known in lexicon.themes if known.code == code) if lexicon else Label(vi=code, en=code)
        )

    # --- units -----------------------------------------------------------------------------------------------

    @cached_property
    def units(self) -> dict[str, Row]:
        """Units with figures, by code, in the order of their paths."""
        names = ("unit_code", "unit_level", "unit_name", "unit_name_en", "parent_code", "unit_path")
        rows = sorted((*self.indices, *self.response), key=lambda row: str(row["unit_path"]))
        return {row["unit_code"]: {name: row[name] for name in names} for row in rows}

    @cached_property
    def root(self) -> str:
        return next(code for code, unit in self.units.items() if unit["parent_code"] is None)

    @cached_property
    def ranked_units(self) -> list[str]:
        """Units right below the system: provinces, or boarding areas. Each has a page of its own."""
        return self.children_of(self.root)

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        children: dict[str, list[str]] = {}
        for code, unit in self.units.items():
            children.setdefault(str(unit["parent_code"]), []).append(code)
        return children

    def children_of(self, unit_code: str) -> list[str]:
        return self._children.get(unit_code, [])

    # --- figures of one unit -----------------------------------------------------------------------------------

    @cached_property
    def _index_of(self) -> Cells:
        return _cells(self.indices)

    @cached_property
    def _change_of(self) -> Cells:
        return _cells(self.changes)

    @cached_property
    def _response_of(self) -> dict[str, Row]:
        return {row["unit_code"]: row for row in self.response}

    @cached_property
    def _previous_response_of(self) -> dict[str, Row]:
        return {row["unit_code"]: row for row in self.previous_response}

    def index(self, unit_code: str, index_code: str) -> Row | None:
        return self._index_of.get((unit_code, index_code))

    def index_by_type(self, respondent_type: str, index_code: str) -> Row | None:
        """The whole system's index among respondents of one type."""
        key = (respondent_type, index_code)
        return next((row for row in self.by_type if (row["respondent_type"], row["index_code"]) == key), None)

    @cached_property
    def is_weighted(self) -> bool:
        return any(row["weighted_pct"] is not None for row in self.indices)

    def change(self, unit_code: str, index_code: str) -> Row | None:
        return self._change_of.get((unit_code, index_code))

    def response_of(self, unit_code: str) -> Row | None:
        return self._response_of.get(unit_code)

    def previous_response_of(self, unit_code: str) -> Row | None:
        return self._previous_response_of.get(unit_code)

    def states_of_change(self, unit_codes: Iterable[str]) -> set[str]:
        """States of comparability that occur among the changes of these units."""
        found = (self.change(code, index.code) for code in unit_codes for index in self.index_list)
        return {row["comparability"] for row in found if row}

    def thresholds_of(self, unit_code: str) -> Rows:
        """By level, in the questionnaire's order of indices."""
        order = [index.code for index in self.index_list]
        rows = self._of_unit("thresholds", unit_code)
        return sorted(rows, key=lambda row: (row["counted_level"], order.index(row["index_code"])))

    def scores_of(self, unit_code: str) -> Rows:
        return self._of_unit("scores", unit_code)

    def score(self, unit_code: str, rule_code: str) -> Row | None:
        return next((row for row in self.scores_of(unit_code) if row["rule_code"] == rule_code), None)

    def questions_of(self, unit_code: str) -> Rows:
        return self._of_unit("questions", unit_code)

    def question_groups(self, unit_code: str) -> list[tuple[Label, Rows]]:
        """A unit's questions by index, in the questionnaire's order; those that belong to none come last."""
        names = {index.code: index.name for index in self.index_list}
        general = Label(vi="Câu hỏi chung, không thuộc chỉ số nào", en="General questions, of no index")
        rows = self.questions_of(unit_code)
        groups = [
            (name, [row for row in rows if row["index_code"] == code])
            for code, name in [*names.items(), (None, general)]
        ]
        return [group for group in groups if group[1]]

    def naming_of(self, unit_code: str) -> Row | None:
        return next(iter(self._of_unit("naming", unit_code)), None)

    def feedback_of(self, unit_code: str) -> dict[tuple[str, str, str], Row]:
        """(field, theme, polarity) -> row; 'all' is the total over themes or polarities."""
        rows = self._of_unit("feedback", unit_code)
        return {(row["feedback_code"], row["theme_code"], row["polarity"]): row for row in rows}

    def _of_unit(self, kind: str, unit_code: str) -> Rows:
        return self._by_unit[kind].get(unit_code, [])

    @cached_property
    def _by_unit(self) -> dict[str, dict[str, Rows]]:
        kinds = ("thresholds", "scores", "questions", "naming", "feedback")
        grouped: dict[str, dict[str, Rows]] = {kind: {} for kind in kinds}
        for kind, by_unit in grouped.items():
            for row in getattr(self, kind):
                by_unit.setdefault(row["unit_code"], []).append(row)
        return grouped

    def side_of_threshold(self, row: Row | None) -> str | None:
        """above, at or below the threshold of the unit's level, compared exactly; None: no threshold or no figure."""
        threshold = row and self.threshold_of(row["unit_level"])
        if not row or not threshold or row["numerator"] is None:
            return None
        left, right = 100 * row["numerator"], threshold.pct * row["denominator"]
        return "above" if left > right else "below" if left < right else "at"

    def trend(self, unit_code: str, index_code: str) -> list[Point]:
        """The index over the rounds up to this one; rounds without a release are left out."""

        points = []
        for code, indices in self.history.items():
            row, step = indices.get((unit_code, index_code)), self.steps[code].get((unit_code, index_code))
            if row is not None:
                is_current = code == self.round.round_code
                figures = (row["index_pct"], row["interval_low_pct"], row["interval_high_pct"])
                points.append(Point(code, *figures, step["comparability"] if step else None, is_current))
        return points

    @cached_property
    def suppressed(self) -> dict[str, tuple[int, int]]:
        """Kind of figure -> number of suppressed cells, and of all cells."""
        parts = {
            "index": self.indices,
            "threshold": self.thresholds,
            "question": self.questions,
            "naming": self.naming,
            "feedback": self.feedback,
        }
        return {kind: (sum(bool(row["is_suppressed"]) for row in rows), len(rows)) for kind, rows in parts.items()}


def read_figures(
    engine: sa.Engine, folder: SurveyFolder, round_: Round, release_number: int | None = None
) -> ReleaseFigures:
    """Read a release's public figures and, for the trend, those of the rounds before it.

    A published release is shown beside published releases only: drafts of other rounds stay drafts.

    Raises:
        ReleaseRefusedError: there is no such release.
    """
    release = find_release(engine, folder.survey.survey_code, round_.round_code, release_number)
    shown = _releases_to_show(engine, folder, round_, release)
    before = folder.previous_round(round_)
    previous = shown.get(before.round_code) if before else None
    with engine.connect() as connection:

        def read(view: str, of: Release | None = release, **equals: str | None) -> Rows:
            return _read(connection, view, of, equals) if of else []

        by_type = [row for row in read("v_index", parent_code=None) if row["respondent_type"] != ALL]
        return ReleaseFigures(
            folder=folder,
            round=round_,
            release=release,
            previous=previous,
            indices=read("v_index", respondent_type=ALL),
            by_type=by_type,
            changes=read("v_change", respondent_type=ALL, baseline_round_code=before.round_code) if before else [],
            thresholds=read("v_threshold"),
            response=read("v_response", respondent_type=ALL),
            previous_response=read("v_response", previous, respondent_type=ALL),
            scores=read("v_reform_score"),
            questions=read("v_system_question", respondent_type=ALL),
            naming=read("v_system_dissatisfaction"),
            feedback=read("v_system_feedback"),
            history={code: _cells(read("v_index", other, respondent_type=ALL)) for code, other in shown.items()},
            steps={
                code: _cells(read("v_change", shown[code], respondent_type=ALL, baseline_round_code=baseline))
                for baseline, code in zip([None, *shown], shown, strict=False)
            },
        )


def add_management_figures(engine: sa.Engine, figures: ReleaseFigures) -> ReleaseFigures:
    """The same with questions, dissatisfaction and feedback of every unit: for those who run the units."""
    with engine.connect() as connection:
        return replace(
            figures,
            is_public=False,
            questions=_read(connection, "v_question", figures.release, {"respondent_type": ALL}),
            naming=_read(connection, "v_dissatisfaction", figures.release, {}),
            feedback=_read(connection, "v_feedback", figures.release, {}),
        )


def _releases_to_show(engine: sa.Engine, folder: SurveyFolder, round_: Round, release: Release) -> dict[str, Release]:
    """Round code -> release, of the rounds up to this one that have one to show, in order of time."""
    allowed = {"published"} if release.status in PUBLIC_STATUSES else {"published", "draft"}
    latest = {
        other.round_code: other for other in list_releases(engine, release.survey_code) if other.status in allowed
    }
    latest[round_.round_code] = release
    rounds = (other.round_code for other in folder.rounds if other.opens_on <= round_.opens_on)
    return {code: latest[code] for code in rounds if code in latest}


def _read(connection: sa.Connection, name: str, release: Release, equals: dict[str, str | None]) -> Rows:
    rows = next(view for view in VIEWS if view.name == name).every_release.subquery()
    key = {name: getattr(release, name) for name in ("survey_code", "round_code", "release_number")}
    query = sa.select(rows).where(*(rows.c[column] == value for column, value in {**key, **equals}.items()))
    return [dict(row) for row in connection.execute(query.order_by(*rows.c)).mappings()]


def _cells(rows: Rows) -> Cells:
    return {(row["unit_code"], row["index_code"]): row for row in rows}
