"""HTML pages of a release: one for the whole system, one for each unit right below it.

A page is a file that needs nothing else: its style and drawings are inline, nothing is fetched (its own content security
policy forbids it), and text is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from jinja2 import Environment, PackageLoader, StrictUndefined

from reports import charts, wording
from reports.figures import ReleaseFigures
from surveys.models import Label

_environment = Environment(
    loader=PackageLoader("reports"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_environment.filters |= {
    "count": wording.format_count,
    "decimal": wording.format_decimal,
    "points": wording.format_points,
    "day": wording.format_day,
}
_environment.globals |= {
    "states": wording.COMPARABILITY,
    "marks": wording.COMPARABILITY_MARKS,
    "rank_states": wording.RANK_STATES,
    "statuses": wording.STATUSES,
    "polarities": wording.POLARITIES,
    "kinds": wording.FIGURE_KINDS,
    "withheld_mark": wording.WITHHELD_MARK,
    "describe_scoring": wording.describe_scoring,
    "draw_trend": charts.draw_trend,
    "draw_dots": charts.draw_dots,
    "draw_position": charts.draw_position,
    "draw_parts": charts.draw_parts,
    "Part": charts.Part,
}


def render_system(figures: ReleaseFigures) -> str:
    """The page of the whole system: headline indices, thresholds, ranking, response, method."""
    units, threshold = figures.ranked_units, _threshold_below(figures, figures.root)
    return _environment.get_template("system.html.j2").render(
        _shared(figures),
        page_title=Label(vi="Kết quả khảo sát", en="Survey results"),
        trend_floor=_trend_floor(figures, figures.root),
        ranking=_ranking(figures),
        dot_floor=_floor(figures, units, threshold),
        mark=threshold,
        bars=lambda figures, codes, index: _bars(figures, codes, index, with_links=True),
    )


def render_unit(figures: ReleaseFigures, unit_code: str) -> str:
    """The page of one unit: its indices, rank and change, the units below it, and what may be passed down."""
    unit, children = figures.units[unit_code], figures.children_of(unit_code)
    peers = {index.code: _values(figures, figures.ranked_units, index.code) for index in figures.index_list}
    child_mark = _threshold_below(figures, unit_code)
    return _environment.get_template("unit.html.j2").render(
        _shared(figures),
        page_title=Label(vi=unit["unit_name"], en=unit["unit_name_en"]),
        unit_code=unit_code,
        children=children,
        trend_floor=_trend_floor(figures, unit_code),
        peer_values=peers,
        own_values={index: next(iter(_values(figures, [unit_code], index)), None) for index in peers},
        position_floor=charts.find_floor(value for values in peers.values() for value in values),
        child_floor=_floor(figures, children, child_mark),
        child_mark=child_mark,
        bars=lambda figures, codes, index: _bars(figures, codes, index, with_links=False),
    )


def _shared(figures: ReleaseFigures) -> dict[str, object]:
    formulas: dict[str, list[str]] = {}
    for index in figures.index_list:
        formulas.setdefault(figures.method.formulas[index.code], []).append(index.name.vi)
    return {
        "figures": figures,
        "formulas": [(wording.FORMULAS[formula], names) for formula, names in formulas.items()],  # type: ignore[index]
        "disclosure": wording.describe_disclosure(figures.method.disclosure),
    }


def _ranking(figures: ReleaseFigures) -> list[str]:
    """Units by the rank of the first index; those without a rank follow, in the order of the register."""
    first = figures.index_list[0].code
    ranks = {code: (figures.index(code, first) or {}).get("rank") for code in figures.ranked_units}
    return sorted(figures.ranked_units, key=lambda code: (ranks[code] is None, ranks[code] or 0))


def _bars(figures: ReleaseFigures, codes: Iterable[str], index: str, *, with_links: bool) -> list[charts.Bar]:
    """Of the units whose figure is not withheld."""
    rows = [row for code in codes if (row := figures.index(code, index)) and row["index_pct"] is not None]
    return [
        charts.Bar(
            row["unit_name"],
            row["index_pct"],
            row["interval_low_pct"],
            row["interval_high_pct"],
            side=figures.side_of_threshold(row),
            link=f"unit-{row['unit_code']}.html" if with_links else None,
        )
        for row in rows
    ]


def _threshold_below(figures: ReleaseFigures, unit_code: str) -> Decimal | None:
    children = figures.children_of(unit_code)
    threshold = figures.threshold_of(figures.units[children[0]]["unit_level"]) if children else None
    return threshold.pct if threshold else None


def _values(figures: ReleaseFigures, codes: Iterable[str], index: str) -> list[Decimal]:
    rows = (figures.index(code, index) for code in codes)
    return [row["index_pct"] for row in rows if row and row["index_pct"] is not None]


def _floor(figures: ReleaseFigures, codes: Iterable[str], threshold: Decimal | None) -> int:
    codes = list(codes)
    values = [value for index in figures.index_list for value in _values(figures, codes, index.code)]
    return charts.find_floor([*values, *([threshold - 1] if threshold else [])])


def _trend_floor(figures: ReleaseFigures, unit_code: str) -> int:
    points = [point for index in figures.index_list for point in figures.trend(unit_code, index.code)]
    return charts.find_floor(value for point in points for value in (point.pct, point.low))
