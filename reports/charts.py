"""Charts as inline SVG: no library, no script, no request; colours are classes of the style sheet.

Each chart has a `<title>` for readers who cannot see it, and prints as it shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from markupsafe import Markup, escape

from reports.figures import Point
from reports.wording import COMPARABILITY, WITHHELD_MARK, format_count, format_decimal

Figure = Decimal | int | float


class Bar(NamedTuple):
    """A row of a dot chart: an estimate with its interval."""

    name: str
    pct: Decimal
    low: Decimal | None
    high: Decimal | None
    side: str | None
    link: str | None


class Part(NamedTuple):
    """A part of a stacked bar, with the class that colours it."""

    name: str
    size: int
    style: str


class _Scale(NamedTuple):
    """Maps [low, high] to [start, end]."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: Figure) -> float:
        share = (float(value) - self.low) / ((self.high - self.low) or 1)
        return round(self.start + min(max(share, 0.0), 1.0) * (self.end - self.start), 1)


def draw_trend(points: Sequence[Point], floor: int, title: str, decimals: int = 2) -> Markup:
    """An index over the rounds with its intervals; the line breaks where two rounds may not be compared."""
    width, height = 310, 190
    y = _Scale(floor, 100, height - 34, 26)
    x = _Scale(0, max(len(points) - 1, 1), 58, width - 34)
    parts = [_grid(tick, y(tick), 34, width - 8) for tick in _ticks(floor)]
    for n, (one, other) in enumerate(pairwise(points)):
        if other.comparability == "comparable" and one.pct is not None and other.pct is not None:
            parts.append(_line(x(n), y(one.pct), x(n + 1), y(other.pct), "trend"))
        elif other.comparability in COMPARABILITY and other.comparability != "comparable":
            parts.append(_break(round((x(n) + x(n + 1)) / 2, 1), height, COMPARABILITY[other.comparability].vi))
    for n, point in enumerate(points):
        parts.append(_text(x(n), height - 14, point.round_code, "axis middle" + (" now" if point.is_current else "")))
        if point.pct is None:
            parts.append(_text(x(n), y(floor) - 6, WITHHELD_MARK, "value middle"))
            continue
        if point.low is not None and point.high is not None:
            parts.append(_line(x(n), y(point.low), x(n), y(point.high), "interval"))
        parts.append(
            _circle(x(n), y(point.pct), 4.5 if point.is_current else 3.5, "dot now" if point.is_current else "dot")
        )
        parts.append(_text(x(n), y(point.high or point.pct) - 7, format_decimal(point.pct, decimals), "value middle"))
    return _svg(width, height, title, parts)


def draw_dots(bars: Sequence[Bar], floor: int, title: str, mark: Decimal | None = None, columns: int = 1) -> Markup:
    """Estimates with their intervals, one a row, in the order given; a line marks the threshold."""
    row, label, width = 17, 168, 1040 // columns
    n_rows = -(-len(bars) // columns)
    height = n_rows * row + 30
    parts: list[Markup] = []
    for column in range(columns):
        left = column * width
        x = _Scale(floor, 100, left + label + 8, left + width - 56)
        for tick in _ticks(floor):
            parts.append(_line(x(tick), 16, x(tick), height - 10, "grid"))
            parts.append(_text(x(tick), 10, str(tick), "axis middle"))
        if mark is not None:
            parts.append(_line(x(mark), 16, x(mark), height - 10, "mark"))
        for n, bar in enumerate(bars[column * n_rows : (column + 1) * n_rows]):
            parts.append(_dot_row(bar, x, round(26 + n * row, 1), left + label, left + width - 50))
    return _svg(width * columns, height, title, parts)


def draw_position(values: Iterable[Decimal], own: Decimal, floor: int, title: str) -> Markup:
    """Where one unit stands among all: a tick for each, its own marked."""
    width, height = 310, 46
    x = _Scale(floor, 100, 10, width - 10)
    parts = [_line(x(floor), 26, x(100), 26, "grid")]
    parts += [_line(x(value), 20, x(value), 32, "tick") for value in values]
    parts += [_text(x(edge), 44, str(edge), f"axis {anchor}") for edge, anchor in ((floor, "start"), (100, "end"))]
    parts += [_line(x(own), 12, x(own), 36, "own"), _circle(x(own), 12, 4, "dot now")]
    return _svg(width, height, title, parts)


def draw_parts(parts: Sequence[Part], title: str, width: int = 640) -> Markup:
    """Counts as one stacked bar with their numbers."""
    total = sum(part.size for part in parts) or 1
    drawn, left = [], 0.0
    for part in parts:
        share = width * part.size / total
        if part.size:
            bar = Markup('<rect class="{}" x="{}" y="0" width="{}" height="24"><title>{}: {}</title></rect>')
            number = format_count(part.size)
            drawn.append(bar.format(part.style, round(left, 1), round(share, 1), part.name, number))
            if share > 8 * len(number) + 6:
                dark = "" if part.style == "one" else " dark"
                drawn.append(_text(round(left + share / 2, 1), 16, number, f"inside middle{dark}"))
        left += share
    return _svg(width, 24, title, drawn)


def find_floor(values: Iterable[Figure | None]) -> int:
    """The highest multiple of 10 below every value: where the axis may begin."""
    known = [float(value) for value in values if value is not None]
    return max(int(min(known, default=100) // 10 * 10), 0) if min(known, default=100) < 100 else 90


def _dot_row(bar: Bar, x: _Scale, y: float, label_end: float, value_start: float) -> Markup:
    name = _text(label_end, y + 4, bar.name, "name end")
    if bar.link:
        name = Markup('<a href="{}">{}</a>').format(bar.link, name)
    interval = Markup("")
    if bar.low is not None and bar.high is not None:
        interval = _line(x(bar.low), y, x(bar.high), y, "interval")
    dot = _circle(x(bar.pct), y, 4, f"dot {bar.side or ''}".strip())
    return name + interval + dot + _text(value_start, y + 4, format_decimal(bar.pct), "value start")


def _ticks(floor: int) -> list[int]:
    step = 2 if floor >= 90 else 5 if floor >= 70 else 10 if floor >= 40 else 20
    return list(range(100, floor - 1, -step))[::-1]


def _grid(tick: int, y: float, left: float, right: float) -> Markup:
    return _line(left, y, right, y, "grid") + _text(left - 5, y + 4, str(tick), "axis end")


def _break(x: float, height: int, why: str) -> Markup:
    line = _line(x, 20, x, height - 34, "break")
    return Markup("<g><title>{}</title>{}{}</g>").format(why, line, _text(x, 14, "≠", "broken middle"))


def _svg(width: int, height: int, title: str, parts: Iterable[Markup]) -> Markup:
    head = Markup('<svg viewBox="0 0 {} {}" role="img"><title>{}</title>')
    return head.format(width, height, title) + Markup("").join(parts) + Markup("</svg>")


def _line(x1: float, y1: float, x2: float, y2: float, style: str) -> Markup:
    return Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(style, x1, y1, x2, y2)


def _circle(x: float, y: float, radius: float, style: str) -> Markup:
    return Markup('<circle class="{}" cx="{}" cy="{}" r="{}"/>').format(style, x, y, radius)


def _text(x: float, y: float, text: str, style: str) -> Markup:
    return Markup('<text class="{}" x="{}" y="{}">{}</text>').format(style, x, y, escape(text))
