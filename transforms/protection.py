"""Disclosure control of a round's counts, before any percentage is computed. docs/disclosure-control.md is its page.

A cell is a unit and a type of respondent; hidden, it is hidden in all indices at once, and in what details it. The
attacker is assumed to know who took part (the number of answers in every cell, `upper` below) and every shown count, and
may know his own answers; what he must not learn is how a few people answered. Answers of a unit itself (not of the units
below it) are never shown, but are the difference of what is: they count as hidden cells like the others.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import polars as pl

from surveys.models import Disclosure
from transforms.feedback_protection import protect_feedback, protect_naming
from transforms.indices import formula_unit
from transforms.linked_cells import (
    ALL,
    OWN,
    add_own_cells,
    area_of,
    cell_id,
    type_relations,
    unit_relations,
)
from transforms.results import Counts, RoundContext
from transforms.suppression import UnprotectableError, derive_bounds, suppress
from transforms.thresholds import protect_units, rate_units
from transforms.units import ancestors_of


def protect_counts(context: RoundContext, counts: Counts, hidden: pl.DataFrame | None = None) -> Counts:
    """Mark what must not be shown: every frame but `response` gets `is_suppressed` and `suppression_reason`.

    Args:
        hidden: `unit_code`, `respondent_type` of cells of the indices that are hidden whatever they count.
    """
    frames = dict(vars(counts))
    if not context.method.disclosure.is_enabled:
        return Counts(**{name: frame if name == "response" else _show(frame) for name, frame in frames.items()})
    # they know nothing of each other, and HiGHS runs beside Python
    with ThreadPoolExecutor() as threads:
        naming = threads.submit(protect_naming, context, counts.naming)
        feedback = threads.submit(protect_feedback, context, counts.feedback, counts.naming)
        cells = index_cells(context, counts.indices)
        if hidden is not None:
            given = cells.select(pl.struct("unit_code", "respondent_type").is_in(hidden.to_struct().implode()))
            cells = cells.with_columns(pl.col("is_hidden") | given.to_series())
        relations = pl.concat([unit_relations(context, cells), type_relations(cells)])
        frames["indices"] = _mark(counts.indices, _hide(cells, relations, ["unit_code", "respondent_type"]))
        frames["thresholds"] = protect_thresholds(context, counts, frames["indices"], cells, relations)
        frames["questions"], frames["answers"] = protect_details(context, counts, frames["indices"])
    return Counts(**frames | {"naming": naming.result(), "feedback": feedback.result()})


# --- primary rules -----------------------------------------------------------------------------------------


def index_cells(context: RoundContext, indices: pl.DataFrame) -> pl.DataFrame:
    """Cells of the indices for `suppress`, those of units themselves among them.

    Returns:
        `unit_code`, `respondent_type`, `layer` (the index); `value`: dissatisfied answers (points short of full for
        mean100); `upper`: all answers, in the same unit; `weight`: respondents; `is_hidden`; `lower_protection` and
        `upper_protection`; `is_small`: too few took part, or one gave most of the answers; sorted by key.
    """
    keys = ["unit_code", "respondent_type", "index_code"]
    counted = indices.select(*keys, "n", "m", "s", "n_satisfied", "n_dissatisfied", "m_max")
    full = pl.col("m") * pl.col("unit")
    return _apply_rules(
        add_own_cells(context, counted, keys, largest=["m_max"])
        .with_columns(formula_unit(context.method).alias("unit"))
        .with_columns(value=full - pl.col("s"), upper=full)
        .rename({"index_code": "layer"})
        .pipe(add_told, context),
        context.method.disclosure,
    )


def add_told(cells: pl.DataFrame, context: RoundContext) -> pl.DataFrame:
    """`is_told`: everybody here gave the same answer, and so did everybody in a larger group that is large enough."""
    cells = cells.with_columns(
        same=pl.when(pl.col("value") == 0).then(0).when(pl.col("value") == pl.col("upper")).then(1)
    )
    big = cells.filter(
        pl.col("same").is_not_null() & (pl.col("n") >= context.method.disclosure.min_respondents_for_rate)
    )
    units = context.folder.units_on(context.round.register_date)
    pairs = ancestors_of(units)
    pairs = pl.concat([pairs, pairs.with_columns(pl.col("unit_code") + OWN)])
    rows = big.select(pl.col("unit_code").alias("ancestor_code"), "respondent_type", "layer").join(
        pairs, on="ancestor_code"
    )
    types = cells["respondent_type"].unique().to_list()
    whole = (
        rows.filter(pl.col("respondent_type") == ALL)
        .drop("respondent_type")
        .join(pl.DataFrame({"respondent_type": types}), how="cross")
    )
    told = (
        pl.concat([rows, whole.select(rows.columns)])
        .select("unit_code", "respondent_type", "layer", is_told=True)
        .unique()
    )
    return cells.join(told, on=["unit_code", "respondent_type", "layer"], how="left").with_columns(
        pl.col("is_told").fill_null(False)
    )


def _apply_rules(cells: pl.DataFrame, rules: Disclosure) -> pl.DataFrame:
    """The primary rules, and how far from the value an attacker must be left in doubt (in the value's unit)."""
    value, rest = pl.col("value"), pl.col("upper") - pl.col("value")
    wide = rules.threshold * pl.col("unit")
    is_small = (pl.col("n") < rules.min_respondents_for_rate) | (
        100 * pl.col("m_max") > float(rules.dominance_pct) * pl.col("m")
    )
    few_dissatisfied = pl.col("n_dissatisfied").is_between(1, rules.threshold - 1)
    # of a few respondents all of whom are satisfied it is the dissatisfied ones, none, that must stay in doubt
    few_satisfied = pl.col("n_satisfied").is_between(1, rules.threshold - 1) & (
        (pl.col("n") >= rules.min_respondents_for_rate) | (pl.col("n_dissatisfied") >= rules.threshold)
    )
    is_sensitive = is_small | few_dissatisfied | few_satisfied
    is_open = is_small & ~pl.col("is_told")
    # what may be believed of few answers, at least: anything from none of them to the threshold
    most = pl.max_horizontal(0, pl.min_horizontal(wide, "upper") - value)
    least = pl.max_horizontal(0, pl.min_horizontal(wide, "upper") - rest)
    is_few_answers = few_dissatisfied | (is_open & ~few_satisfied & (value < wide))
    below = pl.when(is_few_answers).then(value).when(few_satisfied).then(least).when(is_open).then(1)
    above = (
        pl.when(is_few_answers).then(most).when(few_satisfied).then(rest).when(is_open).then(pl.min_horizontal(rest, 1))
    )
    return cells.select(
        "unit_code",
        "respondent_type",
        "layer",
        "value",
        "upper",
        pl.col("n").alias("weight"),
        (is_sensitive | pl.col("unit_code").str.ends_with(OWN)).alias("is_hidden"),
        below.fill_null(0).alias("lower_protection"),
        above.fill_null(0).alias("upper_protection"),
        is_small.alias("is_small"),
    ).sort("unit_code", "respondent_type", "layer")


# --- counts of units ---------------------------------------------------------------------------------------


def protect_thresholds(
    context: RoundContext, counts: Counts, indices: pl.DataFrame, cells: pl.DataFrame, relations: pl.DataFrame
) -> pl.DataFrame:
    """`thresholds` of `Counts`: shown where no count tells on which side of the threshold a hidden unit is.

    Args:
        indices: protected.
        cells, relations: of the indices.
    """
    shown = indices.filter(~pl.col("is_suppressed")).select("unit_code", "respondent_type", layer="index_code")
    told = cells.join(shown.with_columns(is_shown=True), on=shown.columns, how="left").with_columns(
        cell_id(),
        low=pl.when("is_shown").then("value").otherwise(0),
        high=pl.when("is_shown").then("value").otherwise("upper"),
    )
    bounds = derive_bounds(told, relations).join(
        told.filter(pl.col("respondent_type") == ALL).select("cell_id", "unit_code", index_code="layer"), on="cell_id"
    )
    units = context.folder.units_on(context.round.register_date)
    rated = rate_units(counts.indices, units, context.method)
    return protect_units(counts.thresholds, rated, bounds, units, context.method.disclosure.threshold)


# --- questions and answers ---------------------------------------------------------------------------------


def protect_details(context: RoundContext, counts: Counts, indices: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`questions` and `answers` of `Counts`: shown for the survey as a whole and the units right below it, type 'all'.

    Linked to the indices of every cell, more would be unsafe. Of the whole, an index's questions are hidden together,
    else the last one is what the others leave.

    Args:
        indices: protected.
    """
    rules = context.method.disclosure
    index_of = {question.code: question.index for question in context.instrument.questions}
    root = area_of(context)[0]
    is_whole = (pl.col("unit_code") == root) & (pl.col("respondent_type") == ALL)
    is_few = pl.any_horizontal(pl.col("n_dissatisfied", "n_satisfied").is_between(1, rules.threshold - 1))
    full = pl.col("m") * formula_unit(context.method)
    cells = indices.select("unit_code", "respondent_type", "index_code", "is_suppressed", wrong=full - pl.col("s"))
    questions = counts.questions.with_columns(
        pl.col("question_code").replace_strict(index_of, return_dtype=pl.String).alias("index_code")
    ).with_columns(wrong_here=full - pl.col("s"), is_few=is_few)
    whole = questions.filter(is_whole)
    # in a shown cell with a few dissatisfied by one question, the other questions must be able to account for all of them
    told = (
        questions.filter(pl.col("is_few") & ~is_whole)
        .join(cells.filter(~pl.col("is_suppressed")), on=["unit_code", "respondent_type", "index_code"])
        .join(whole.select("question_code", in_all="wrong_here"), on="question_code")
        .join(cells.filter(is_whole).select("index_code", of_index="wrong"), on="index_code")
        .filter(pl.col("wrong") + pl.col("in_all") > pl.col("of_index"))
    )
    closed = pl.concat(
        [
            cells.filter(is_whole & pl.col("is_suppressed")).select("index_code"),
            whole.filter(pl.col("is_few") | (pl.col("n") < rules.min_respondents_for_rate)).select("index_code"),
            told.select("index_code"),
        ]
    )["index_code"].to_list()
    is_large = pl.col("n") >= rules.min_respondents_for_rate
    is_open = ~pl.col("index_code").fill_null("").is_in(closed) & ~pl.col("is_few") & is_large
    shown = whole.filter(is_open).select("unit_code", "question_code", "index_code")
    # questions outside every index have no relation but their own total
    groups = [
        (questions.filter(index_code=code), cells.filter(index_code=code))
        for code in shown["index_code"].drop_nulls().unique().sort()
        if context.method.formulas[code] != "all_items"
    ] + [
        (questions.filter(question_code=code), cells.clear())
        for code in shown.filter(pl.col("index_code").is_null())["question_code"].sort()
    ]
    parts = [_show_questions_below(context, *group, root) for group in groups]
    shown = pl.concat([shown.drop("index_code"), *parts])
    answers = _list_choices(context, counts, root)
    return (
        _show_only(counts.questions, shown),
        _show_only(answers, _show_answers(answers, shown, root, rules.threshold)),
    )


def withhold_details(counts: Counts) -> Counts:
    """Protected counts without any question or answer: what is left where the audit can turn these against a cell."""
    nothing = pl.DataFrame(schema={"unit_code": pl.String, "question_code": pl.String})
    return replace(counts, questions=_show_only(counts.questions, nothing), answers=_show_only(counts.answers, nothing))


def _show_questions_below(
    context: RoundContext, questions: pl.DataFrame, cells: pl.DataFrame, root: str
) -> pl.DataFrame:
    """`unit_code`, `question_code` to show of one index, of units right below the root that show the index.

    A table of units and questions, protected by `suppress`: known are the index of each unit and the whole of each question.

    Args:
        questions: of the index.
        cells: of the index; none for a question outside every index.
    """
    rules = context.method.disclosure
    is_all = pl.col("respondent_type") == ALL
    is_large = pl.col("n").min().over("unit_code") >= rules.min_respondents_for_rate
    shown = cells.filter(is_all & ~pl.col("is_suppressed")).select("unit_code", of_index="wrong")
    is_below = pl.col("unit_code").is_in(area_of(context)[1])
    below = questions.filter(is_all & is_below).filter(is_large).join(shown, on="unit_code", how="left")
    below = below.filter(pl.col("of_index").is_not_null() | pl.col("index_code").is_null())
    whole = questions.filter(is_all & (pl.col("unit_code") == root))
    sums = ["n", "m", "n_satisfied", "n_dissatisfied", "wrong_here"]
    # the other units together, with the root's own respondents
    rest = (
        pl.concat(
            [whole.select("question_code", *sums), below.select("question_code", *(-pl.col(name) for name in sums))]
        )
        .group_by("question_code")
        .agg(pl.all().sum())
        .filter(pl.col("n") > 0)
        .with_columns(unit_code=pl.lit(root + OWN))
    )
    table = (
        pl.concat([part.select("unit_code", "question_code", *sums) for part in (whole, below, rest)])
        .with_columns(
            pl.lit(questions["index_code"][0], pl.String).alias("index_code"), m_max=0, respondent_type=pl.lit(ALL)
        )
        .with_columns(formula_unit(context.method).alias("unit"))
        .with_columns(upper=pl.col("m") * pl.col("unit"))
        .rename({"question_code": "layer", "wrong_here": "value"})
        .pipe(add_told, context)
    )
    of_rest = rest.select("unit_code", "question_code", here="wrong_here", of_index=pl.col("wrong_here").sum())
    parts = pl.concat([below.select("unit_code", "question_code", here="wrong_here", of_index="of_index"), of_rest])
    unknown = (
        _apply_rules(table.filter(pl.col("unit_code") != root), rules)
        .join(_tell_of_groups(context, questions, cells, parts), on=["unit_code", "layer"], how="left")
        .with_columns(
            is_hidden=pl.col("is_hidden") | pl.col("told").is_not_null(),
            lower_protection=pl.max_horizontal("lower_protection", pl.col("told").fill_null(0)),
            lower=0,
        )
    )
    known = pl.concat(
        [
            whole.select("unit_code", layer="question_code", value="wrong_here"),
            shown.filter(pl.col("unit_code").is_in(below["unit_code"].implode())).select(
                "unit_code", layer=pl.lit(ALL), value="of_index"
            ),
        ]
    ).with_columns(is_hidden=False, weight=1, lower="value", upper="value", lower_protection=0, upper_protection=0)
    program = pl.concat([unknown.select(known.columns), known], how="vertical_relaxed").with_columns(
        cell_id=pl.concat_str("unit_code", "layer", separator="|"),
        pattern=pl.concat_str("unit_code", "layer", separator="|"),
    )
    is_total = pl.col("layer") == ALL
    by_question = program.filter(~is_total).select(
        "cell_id", relation_id="layer", coefficient=pl.when(pl.col("unit_code") == root).then(-1).otherwise(1)
    )
    by_unit = program.filter(pl.col("unit_code").is_in(below.drop_nulls("of_index")["unit_code"].implode())).select(
        "cell_id", relation_id="unit_code", coefficient=pl.when(is_total).then(-1).otherwise(1)
    )
    try:
        hidden = suppress(program, pl.concat([by_question, by_unit]))["pattern"]
    except UnprotectableError:
        hidden = program["pattern"]
    is_hidden = pl.concat_str("unit_code", "question_code", separator="|").is_in(hidden.implode())
    return below.filter(~is_hidden).select("unit_code", "question_code")


def _tell_of_groups(
    context: RoundContext, questions: pl.DataFrame, cells: pl.DataFrame, parts: pl.DataFrame
) -> pl.DataFrame:
    """Where a group within, of whom a few are dissatisfied, is told by its index and by a shown question that it has any.

    Args:
        parts: units that may show the questions, and the rest: `unit_code`, `question_code`, `here`, `of_index` (points
            short of full by the question and in all).

    Returns:
        `unit_code`, `layer` (the question), `told`: how many points short of full of the group are certain then.
    """
    root = area_of(context)[0]
    ancestors = ancestors_of(context.folder.units_on(context.round.register_date))
    codes = parts.filter(~pl.col("unit_code").str.ends_with(OWN))["unit_code"].unique().to_list()
    return (
        questions.filter("is_few")
        .join(cells, on=["unit_code", "respondent_type"])
        .join(_blocks(ancestors, codes, root), on="unit_code")
        .join(parts, left_on=["block", "question_code"], right_on=["unit_code", "question_code"])
        .filter((pl.col("block") != pl.col("unit_code")) | (pl.col("respondent_type") != ALL))
        .group_by(unit_code="block", layer="question_code")
        .agg(told=(pl.col("wrong") + pl.col("here") - pl.col("of_index")).max())
        .filter(pl.col("told") > 0)
    )


def _blocks(ancestors: pl.DataFrame, codes: list[str], root: str) -> pl.DataFrame:
    """Every unit but the root, and the one of `codes` it is in, as `block`; of the others, what stands for the rest."""
    within = ancestors.filter(pl.col("ancestor_code").is_in(codes)).rename({"ancestor_code": "block"})
    rest = ancestors.select("unit_code").unique().join(within, on="unit_code", how="anti")
    return pl.concat([within, rest.filter(pl.col("unit_code") != root).with_columns(block=pl.lit(root + OWN))])


def _list_choices(context: RoundContext, counts: Counts, root: str) -> pl.DataFrame:
    """`answers` with a row for every choice of a question, of the whole and the units right below it, and no other rows.

    A hidden row that were there only where somebody made the choice would tell that somebody did.
    """
    area = [root, *area_of(context)[1]]
    choices = pl.DataFrame(
        [
            (question.code, code)
            for question in context.instrument.questions
            for code in context.instrument.scales[question.scale].codes
        ],
        schema={"question_code": pl.String, "answer_code": pl.Int64},
        orient="row",
    )
    keys = ["unit_code", "respondent_type", "question_code", "answer_code"]
    return (
        counts.questions.filter((pl.col("respondent_type") == ALL) & pl.col("unit_code").is_in(area))
        .join(choices, on="question_code")
        .select(keys)
        .join(counts.answers, on=keys, how="left")
        .with_columns(pl.col("n").fill_null(0))
        .sort(keys)
    )


def _show_answers(answers: pl.DataFrame, shown: pl.DataFrame, root: str, threshold: int) -> pl.DataFrame:
    """`unit_code`, `question_code` whose answers are shown: each choice was taken by nobody or by `threshold`.

    The same must hold of what all the units without shown answers have together: while it does not, the smallest is
    hidden too.
    """
    whole = answers.filter(pl.col("respondent_type") == ALL)
    counts: dict[str, dict[str, dict[int, int]]] = {}
    for unit, question, answer, n in whole.select("unit_code", "question_code", "answer_code", "n").iter_rows():
        counts.setdefault(question, {}).setdefault(unit, {})[answer] = n

    def is_safe(by_answer: dict[int, int]) -> bool:
        return not any(0 < n < threshold for n in by_answer.values())

    kept = []
    for question, group in shown.sort("question_code", "unit_code").group_by("question_code", maintain_order=True):
        of = counts[str(question[0])]
        if root not in group["unit_code"] or not is_safe(of[root]):
            continue
        units = [code for code in group["unit_code"] if code != root and is_safe(of[code])]
        units.sort(key=lambda code: (-sum(of[code].values()), code))
        while units and not is_safe({a: n - sum(of[u].get(a, 0) for u in units) for a, n in of[root].items()}):
            units.pop()
        kept += [(code, question[0]) for code in (root, *units)]
    return pl.DataFrame(kept, schema={"unit_code": pl.String, "question_code": pl.String}, orient="row")


# --- marks -------------------------------------------------------------------------------------------------


def _hide(cells: pl.DataFrame, relations: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """`keys` and `suppression_reason` of what is hidden.

    `primary` says only what everybody knows: too few took part. Of the others, `primary` would say that a few are
    dissatisfied, and `complementary` that none is, or five: that would tell hidden counts.
    """
    names = cells.select(pl.concat_str(keys, separator="|").alias("pattern"), *keys).unique()
    program = cells.with_columns(cell_id(), pl.concat_str(keys, separator="|").alias("pattern"), lower=pl.lit(0))
    small = cells.group_by(keys).agg(pl.col("is_small").any())
    reason = pl.when("is_small").then(pl.lit("primary")).otherwise(pl.lit("withheld"))
    hidden = suppress(program, relations).join(names, on="pattern").join(small, on=keys)
    return hidden.select(*keys, reason.alias("suppression_reason"))


def _show_only(frame: pl.DataFrame, shown: pl.DataFrame) -> pl.DataFrame:
    is_shown = shown.select("unit_code", "question_code", is_shown=True)
    return (
        frame.drop("is_suppressed", "suppression_reason", strict=False)
        .join(is_shown, on=["unit_code", "question_code"], how="left", maintain_order="left")
        .with_columns(is_suppressed=pl.col("is_shown").is_null() | (pl.col("respondent_type") != ALL))
        .with_columns(suppression_reason=pl.when("is_suppressed").then(pl.lit("withheld")))
        .drop("is_shown")
    )


def _mark(frame: pl.DataFrame, hidden: pl.DataFrame) -> pl.DataFrame:
    keys = [name for name in hidden.columns if name != "suppression_reason"]
    return frame.join(hidden, on=keys, how="left", maintain_order="left").with_columns(
        pl.col("suppression_reason").is_not_null().alias("is_suppressed")
    )


def _show(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        pl.lit(False).alias("is_suppressed"), pl.lit(None, dtype=pl.String).alias("suppression_reason")
    )


def summarise_suppression(frame: pl.DataFrame) -> pl.DataFrame:
    """Cells and respondents shown and withheld, by level and type, of the protected `indices` of `Counts`.

    Returns:
        `unit_level`, `respondent_type`, `n_cells`, `n_primary`, `n_withheld` (the others), `respondents_withheld_pct`;
        sorted.
    """
    withheld = pl.col("n").filter("is_suppressed").sum()
    return (
        frame.group_by("unit_level", "respondent_type")
        .agg(
            pl.len().alias("n_cells"),
            (pl.col("suppression_reason") == "primary").sum().alias("n_primary"),
            (pl.col("suppression_reason") == "withheld").sum().alias("n_withheld"),
            (100 * withheld / pl.col("n").sum()).round(1).alias("respondents_withheld_pct"),
        )
        .sort("unit_level", "respondent_type")
    )
