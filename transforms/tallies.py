"""Exact integer tallies: the one pass over the rows, after which everything works on small counts that add up.

For every index the pass keeps, per unit and respondent type, the sums that a ratio and its cluster-robust variance
need. With m_i answers of respondent i to the index's questions and s_i of them counted by the formula:

    n  = number of respondents with m_i > 0        m  = sum m_i        s  = sum s_i
    mm = sum m_i^2      ss = sum s_i^2      ms = sum m_i s_i
    n_satisfied = respondents with s_i > 0         n_dissatisfied = respondents with s_i < m_i
    m_max = largest m_i     wm, ws = m and s weighted by the survey weight (units of 1e-10)

Sums of partitions equal the sum of the whole, to the last bit, in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import polars as pl

from surveys.models import Formula, Instrument, Level, Method, Question, Scale

CELL = ("unit_code", "respondent_type")
MEASURES = ("n", "m", "s", "mm", "ss", "ms", "n_satisfied", "n_dissatisfied", "m_max", "wm", "ws")
LARGEST = ("m_max",)


class Tallies(NamedTuple):
    """Small frames of a round (or of a part of it), units' own rows only, sorted by key.

    submissions: unit_code, respondent_type, n
    indices: unit_code, respondent_type, index_code, MEASURES
    questions: unit_code, respondent_type, question_code, MEASURES
    answers: unit_code, respondent_type, question_code, answer_code, n
    """

    submissions: pl.DataFrame
    indices: pl.DataFrame
    questions: pl.DataFrame
    answers: pl.DataFrame


KEYS: tuple[tuple[str, ...], ...] = (
    CELL,
    (*CELL, "index_code"),
    (*CELL, "question_code"),
    (*CELL, "question_code", "answer_code"),
)
"""Key columns of each frame of `Tallies`, in its order."""


def tally(microdata: pl.LazyFrame, instrument: Instrument, method: Method) -> Tallies:
    """Tally microdata in one streaming pass under a method's formulas."""
    groups = _question_groups(instrument, method)
    answers = {
        f"{question.code}|{code}": (pl.col(question.column) == code).sum()
        for question in instrument.questions
        for code in instrument.scales[question.scale].codes
    }
    sums = {
        f"{kind}|{code}|{measure}": expression
        for (kind, code), (formula, questions) in groups.items()
        for measure, expression in _sums(formula, questions, instrument.scales).items()
    }
    wide = (
        microdata.group_by(*CELL)
        .agg(
            pl.len().cast(pl.Int64).alias("n"),
            *(expression.cast(pl.Int64).alias(name) for name, expression in {**answers, **sums}.items()),
        )
        .collect()
        .sort(*CELL)
    )
    return Tallies(
        submissions=wide.select(*CELL, "n"),
        indices=_to_long(wide, "index"),
        questions=_to_long(wide, "question"),
        answers=_answers_to_long(wide, list(answers)),
    )


def merge(parts: Iterable[Tallies]) -> Tallies:
    """The tally of the whole from the tallies of its parts."""
    return Tallies(*(add_parts(frames, keys) for frames, keys in zip(zip(*parts, strict=True), KEYS, strict=True)))


def add_parts(frames: Iterable[pl.DataFrame], keys: tuple[str, ...]) -> pl.DataFrame:
    """The tally of the whole from the tallies of its parts, one row per key, sorted by it."""
    whole = pl.concat(frames)
    measures = [name for name in whole.columns if name not in keys]
    return (
        whole.group_by(keys)
        .agg(pl.col(name).max() if name in LARGEST else pl.col(name).sum() for name in measures)
        .select(whole.columns)
        .sort(keys)
    )


def _question_groups(instrument: Instrument, method: Method) -> dict[tuple[str, str], tuple[Formula, list[Question]]]:
    groups: dict[tuple[str, str], tuple[Formula, list[Question]]] = {
        ("index", index.code): (method.formulas[index.code], instrument.questions_of(index.code))
        for index in instrument.indices
    }
    for question in instrument.questions:
        # a question outside every index is rated by the share of satisfied answers
        formula = method.formulas[question.index] if question.index else "top2"
        groups["question", question.code] = (formula, [question])
    return groups


def _sums(formula: Formula, questions: list[Question], scales: dict[str, Scale]) -> dict[str, pl.Expr]:
    m, s, full = _per_respondent(formula, questions, scales)
    answered = m > 0
    return {
        "n": answered.sum(),
        "m": m.sum(),
        "s": s.sum(),
        "mm": (m * m).sum(),
        "ss": (s * s).sum(),
        "ms": (m * s).sum(),
        "n_satisfied": (s > 0).sum(),
        "n_dissatisfied": (s < m * full).sum(),
        "m_max": m.max(),
        "wm": (pl.col("weight") * m).sum(),
        "ws": (pl.col("weight") * s).sum(),
    }


def _per_respondent(
    formula: Formula, questions: list[Question], scales: dict[str, Scale]
) -> tuple[pl.Expr, pl.Expr, int]:
    """m_i, s_i and the most that one answer can add to s_i (100 for mean100)."""
    answered = _count(questions, scales, lambda level: 1)
    satisfied = _count(questions, scales, lambda level: int(level.is_satisfied))
    match formula:
        case "top2":
            return answered, satisfied, 1
        case "non_dissatisfied":
            return answered, _count(questions, scales, lambda level: int(not level.is_dissatisfied)), 1
        case "mean100":
            return answered, _count(questions, scales, lambda level: level.score), 100
        case "all_items":
            any_answer = (answered > 0).cast(pl.Int64)
            return any_answer, ((answered > 0) & (satisfied == answered)).cast(pl.Int64), 1


def _count(questions: list[Question], scales: dict[str, Scale], points: Callable[[Level], int]) -> pl.Expr:
    """Sum over a respondent's answers of the points that each answer's level gives; no answer gives none."""
    terms = []
    for question in questions:
        by_points: dict[int, list[int]] = {}
        for level in scales[question.scale].levels:
            by_points.setdefault(points(level), []).append(level.code)
        column = pl.col(question.column)
        terms += [
            column.is_in(codes).fill_null(False).cast(pl.Int64) * value for value, codes in by_points.items() if value
        ]
    return pl.sum_horizontal(terms)


def _to_long(wide: pl.DataFrame, kind: str) -> pl.DataFrame:
    codes = list(dict.fromkeys(name.split("|")[1] for name in wide.columns if name.startswith(f"{kind}|")))
    parts = [
        wide.select(
            *CELL,
            pl.lit(code).alias(f"{kind}_code"),
            *(pl.col(f"{kind}|{code}|{measure}").alias(measure) for measure in MEASURES),
        )
        for code in codes
    ]
    return pl.concat(parts).filter(pl.col("n") > 0).sort(*CELL, f"{kind}_code")


def _answers_to_long(wide: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    return (
        wide.select(*CELL, *names)
        .unpivot(names, index=CELL, value_name="n")
        .with_columns(pl.col("variable").str.split("|"))
        .select(
            *CELL,
            pl.col("variable").list.get(0).alias("question_code"),
            pl.col("variable").list.get(1).cast(pl.Int64).alias("answer_code"),
            "n",
        )
        .filter(pl.col("n") > 0)
        .sort(*CELL, "question_code", "answer_code")
    )
