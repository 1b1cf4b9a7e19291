"""From tallies to the result tables of a round: roll up, protect counts, compute figures from what may be shown."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from surveys.catalogue import SurveyFolder
from surveys.models import Instrument, Method, Round
from transforms.changes import compute_changes, find_incomparable_indices, find_reorganised_units
from transforms.feedback import Naming, compute_naming
from transforms.indices import compute_indices, list_hidden, percentage
from transforms.scores import score_indices
from transforms.tallies import CELL, LARGEST, Tallies
from transforms.thresholds import COUNTS, count_units, rate_units
from transforms.units import add_totals, ancestors_of, roll_up

Frames = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class RoundContext:
    """What the figures of a round depend on besides the tallies."""

    folder: SurveyFolder
    round: Round
    instrument: Instrument
    method: Method

    @classmethod
    def of(cls, folder: SurveyFolder, round_: Round, method: Method | None = None) -> RoundContext:
        return cls(folder, round_, folder.instrument_of(round_), method or folder.method_of(round_))


@dataclass(frozen=True)
class Counts:
    """Rolled-up counts, with totals over respondent types, before protection. Sorted by key."""

    indices: pl.DataFrame
    thresholds: pl.DataFrame
    questions: pl.DataFrame
    answers: pl.DataFrame
    naming: pl.DataFrame
    feedback: pl.DataFrame
    response: pl.DataFrame


def roll_up_counts(
    context: RoundContext, tallies: Tallies, naming: Naming, feedback: pl.DataFrame, response: pl.DataFrame
) -> Counts:
    """Sums over subtrees and over respondent types.

    Args:
        response: unit_code, respondent_type, n_extracted, n_superseded, n_accepted, n_quarantined; own rows of units.
            Rows of units that are not in the register count at the system.
    """
    units = context.folder.units_on(context.round.register_date)
    ancestors = ancestors_of(units)
    levels = pl.DataFrame(
        [(unit.unit_code, unit.unit_level) for unit in units],
        schema={"unit_code": pl.String, "unit_level": pl.String},
        orient="row",
    )
    root = next(unit.unit_code for unit in units if unit.parent_code is None)
    active = _roll_up_frame(context, ancestors)

    def whole(tally: pl.DataFrame, *keys: str) -> pl.DataFrame:
        rolled = roll_up(tally, ancestors, keys, LARGEST)
        return add_totals(rolled, "respondent_type", ["unit_code", *keys], LARGEST)

    indices = whole(tallies.indices, "respondent_type", "index_code")
    return Counts(
        indices=indices.join(levels, on="unit_code").join(active, on=CELL, how="left"),
        thresholds=count_units(rate_units(indices, units, context.method), ancestors),
        questions=whole(tallies.questions, "respondent_type", "question_code"),
        answers=whole(tallies.answers, "respondent_type", "question_code", "answer_code"),
        naming=compute_naming(naming, ancestors),
        feedback=roll_up(feedback, ancestors, ["feedback_code", "theme_code", "polarity"]),
        response=whole(_place_unknown_units(response, root, ancestors), "respondent_type").join(
            active, on=CELL, how="left"
        ),
    )


def _roll_up_frame(context: RoundContext, ancestors: pl.DataFrame) -> pl.DataFrame:
    cells = [
        (cell.unit_code, cell.respondent_type, cell.n_active)
        for cell in context.folder.frame
        if cell.round_code == context.round.round_code
    ]
    schema = {"unit_code": pl.String, "respondent_type": pl.String, "n_active": pl.Int64}
    frame = pl.DataFrame(cells, schema=schema, orient="row")
    rolled = roll_up(frame, ancestors, ["respondent_type"])
    return add_totals(rolled, "respondent_type", list(CELL))


def _place_unknown_units(response: pl.DataFrame, root: str, ancestors: pl.DataFrame) -> pl.DataFrame:
    known = ancestors["unit_code"].unique().to_list()
    placed = pl.when(pl.col("unit_code").is_in(known)).then("unit_code").otherwise(pl.lit(root))
    return response.with_columns(placed.alias("unit_code")).group_by(*CELL).agg(pl.all().sum()).sort(*CELL)


def compute_results(context: RoundContext, counts: Counts, baselines: dict[str, pl.DataFrame]) -> Frames:
    """Result tables from protected counts: table name -> frame, keys of survey, round and release not yet among them.

    Args:
        counts: protected: every frame but `response` has `is_suppressed` and `suppression_reason`.
        baselines: round code -> that round's `fct_index` frame, of the rounds to compare with.
    """
    method = context.method
    indices = compute_indices(counts.indices, method)
    return {
        "fct_index": indices,
        "fct_question": _question_figures(context, counts.questions),
        "fct_answer": _name_answers(context.instrument, counts.answers),
        "fct_change": pl.concat(
            [_changes(context, indices, code, frame) for code, frame in baselines.items()] or [_no_changes()]
        ),
        "fct_threshold": _hide(counts.thresholds, COUNTS),
        "fct_dissatisfaction": _hide(
            counts.naming, ["n_naming_any", "n_naming_unit", "n_naming_official", "n_units_named", "n_officials_named"]
        ),
        "fct_feedback": _hide(counts.feedback, ["n_comments"]),
        "fct_response": counts.response.with_columns(
            percentage(pl.col("n_accepted"), pl.col("n_active"), method.decimals).alias("response_pct")
        ),
        "fct_reform_score": score_indices(indices, method),
    }


def _hide(counts: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    return counts.with_columns(pl.when(~pl.col("is_suppressed")).then(pl.col(name)).alias(name) for name in columns)


def _question_figures(context: RoundContext, questions: pl.DataFrame) -> pl.DataFrame:
    formulas = context.method.formulas
    units = {
        question.code: 100 if question.index and formulas[question.index] == "mean100" else 1
        for question in context.instrument.questions
    }
    full = pl.col("m") * pl.col("question_code").replace_strict(units, return_dtype=pl.Int64)
    figures = list_hidden(questions, "question_code").with_columns(
        pl.col("n").alias("n_respondents"),
        pl.col("s").alias("numerator"),
        full.alias("denominator"),
        percentage(pl.col("s"), full, context.method.decimals).alias("question_pct"),
    )
    return _hide(figures, ["n_respondents", "numerator", "denominator", "question_pct"])


def _name_answers(instrument: Instrument, answers: pl.DataFrame) -> pl.DataFrame:
    names = pl.DataFrame(
        [
            (question.code, choice.code, choice.name.vi, choice.name.en, is_answer)
            for question in instrument.questions
            for is_answer, choices in (
                (True, instrument.scales[question.scale].levels),
                (False, instrument.scales[question.scale].non_answers),
            )
            for choice in choices
        ],
        schema={
            "question_code": pl.String,
            "answer_code": pl.Int64,
            "answer_name": pl.String,
            "answer_name_en": pl.String,
            "is_answer": pl.Boolean,
        },
        orient="row",
    )
    named = answers.join(names, on=["question_code", "answer_code"]).rename({"n": "n_answers"})
    return _hide(named, ["n_answers"])


def _changes(context: RoundContext, indices: pl.DataFrame, baseline_code: str, baseline: pl.DataFrame) -> pl.DataFrame:
    folder = context.folder
    old = folder.round(baseline_code)
    old_formulas = dict(baseline.select("index_code", "formula").unique().iter_rows())
    changes = compute_changes(
        indices,
        baseline,
        incomparable_indices=find_incomparable_indices(
            (context.instrument, context.method.formulas), (folder.instrument_of(old), old_formulas)
        ),
        reorganised_units=find_reorganised_units(
            folder.units, folder.successions, context.round.register_date, old.register_date
        ),
        min_respondents=context.method.min_respondents_compared,
    )
    return changes.with_columns(pl.lit(baseline_code).alias("baseline_round_code"))


def _no_changes() -> pl.DataFrame:
    return pl.DataFrame()
