"""An audit of disclosure control, independent of what suppressed the cells: attack what is published, as anyone could.

The attacker knows every published count, the tree of units, the types of respondents, and how many answers each group
gave (who took part is public). Unknown to him are the dissatisfied answers x of the smallest groups: one per unit's own
respondents, type and index. Every published cell is a sum of them:

    minimise, maximise   sum of x over the hidden group     where   A x = b  (published sums),   0 <= x <= answers

Every solution is a world that agrees with all that is published, so it widens the intervals of all hidden groups at once;
a group whose interval already covers what must stay possible needs no attack of its own, the others get exact ones.
Numerators and denominators are published, so rounding hides nothing; what is derived from shown figures (ranks, changes,
points) adds nothing. Counts of units above a threshold count hidden units too: their rule is checked anew.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import polars as pl
from scipy import sparse

from surveys.models import Disclosure
from transforms.attacks import MAX_FAILURES, TOLERANCE, AuditReport, Floats, World
from transforms.feedback_audit import audit_feedback, audit_naming
from transforms.indices import formula_unit
from transforms.results import RoundContext
from transforms.units import ancestors_of, number_parts, parents_of

ALL = "all"
KEY = ["unit_code", "respondent_type", "index_code"]
FIGURES = ["numerator", "denominator", "n_respondents", "index_pct"]
OWN = " (own)"
"""Suffix of a unit that stands for its own respondents without those of the units below: the difference of what is shown."""
TALLIES = ("indices", "questions", "naming_respondents", "feedback")
TABLES = ("fct_index", "fct_question", "fct_answer", "fct_threshold", "fct_dissatisfaction", "fct_feedback")


def audit_results(
    context: RoundContext, tallies: Mapping[str, pl.DataFrame], frames: Mapping[str, pl.DataFrame]
) -> AuditReport:
    """Attack the published tables of a round.

    Args:
        tallies: TALLIES: `indices` and `questions` of `Tallies`, `respondents` of `Naming`, and the comments' tally: units'
            own rows, the truth that the attacker is after.
        frames: TABLES, figures null where hidden.
    """
    ancestors = ancestors_of(context.folder.units_on(context.round.register_date))
    questions = tallies["questions"]
    atoms = (
        tallies["indices"]
        .with_columns(formula_unit(context.method).alias("unit"))
        .with_columns(upper=pl.col("m") * pl.col("unit"), value=pl.col("m") * pl.col("unit") - pl.col("s"))
    )

    def attack_index(code: str) -> AuditReport:
        numbered = atoms.filter(pl.col("index_code") == code).sort(KEY).with_row_index("atom")
        cells, members = sum_cells(numbered, ancestors)
        published = frames["fct_index"].filter(pl.col("index_code") == code).select(*KEY, *FIGURES)
        cells, members, numbered = split_by_question(context, code, (cells, members, numbered), questions)
        published = pl.concat(
            [published, figures_of_questions(context, code, frames["fct_question"]).select(published.columns)]
        )
        thresholds = frames["fct_threshold"].filter(pl.col("index_code") == code)
        judged = judge_cells(cells, context.method.disclosure)
        return _attack_index(context, code, judged, members, numbered, published, thresholds)

    # they know nothing of each other, and HiGHS runs beside Python: half the time on two cores
    attacks = [partial(attack_index, code) for code in sorted(atoms["index_code"].unique().to_list())]
    attacks.append(partial(audit_naming, context, tallies["naming_respondents"], frames["fct_dissatisfaction"]))
    attacks.append(partial(audit_feedback, context, tallies, frames["fct_feedback"]))
    with ThreadPoolExecutor() as threads:
        reports = list(threads.map(lambda attack: attack(), attacks))
    report = AuditReport.of(reports)
    told = (
        *_check_choices(context, frames["fct_answer"]),
        *_check_rows(frames["fct_index"], "index_code"),
        *_check_rows(frames["fct_question"], "question_code"),
        *_check_reasons(context, atoms.join(ancestors, on="unit_code"), frames["fct_index"]),
    )
    return replace(report, inconsistencies=(*report.inconsistencies, *told))


def _check_choices(context: RoundContext, answers: pl.DataFrame) -> Iterator[str]:
    """A row of a hidden answer that is there only where somebody gave it tells that somebody did."""
    instrument = context.instrument
    choices = {question.code: len(instrument.scales[question.scale].codes) for question in instrument.questions}
    listed = (
        answers.group_by("unit_code", "respondent_type", "question_code")
        .agg(pl.len().alias("n"), pl.col("is_suppressed").any())
        .filter(pl.col("is_suppressed") & (pl.col("n") < pl.col("question_code").replace_strict(choices, default=0)))
    )
    if listed.height:
        yield f"answers: {listed.height} hidden distributions lack choices, which tells that nobody made these"


def _check_rows(figures: pl.DataFrame, item: str) -> Iterator[str]:
    """The same of indices and questions: a row that is there only where somebody answered."""
    listed = figures.group_by("unit_code", "respondent_type").agg(pl.len().alias("n"), pl.col("is_suppressed").any())
    short = listed.filter(pl.col("is_suppressed") & (pl.col("n") < figures[item].n_unique())).height
    if short:
        yield f"{item}: {short} hidden cells lack rows, which tells that nobody answered there"


def _check_reasons(context: RoundContext, inside: pl.DataFrame, indices: pl.DataFrame) -> Iterator[str]:
    """A reason that tells more than how many took part: that a few are dissatisfied, or that not a few are.

    Args:
        inside: atoms, once for each unit (`ancestor_code`) that they are in.
    """
    rules = context.method.disclosure
    cell = ["unit_code", "respondent_type"]
    small = (
        pl.concat([inside, inside.with_columns(respondent_type=pl.lit(ALL))])
        .group_by(pl.col("ancestor_code").alias("unit_code"), "respondent_type", "index_code")
        .agg(pl.col("n", "m").sum(), pl.col("m_max").max())
        .filter(
            (pl.col("n") < rules.min_respondents_for_rate)
            | (100 * pl.col("m_max") > float(rules.dominance_pct) * pl.col("m"))
        )
    )
    reasons = indices.select(*cell, "suppression_reason").unique()
    few = reasons.filter(suppression_reason="primary").join(small, on=cell, how="anti")
    not_few = reasons.filter(suppression_reason="complementary")
    if n_told := few.height + not_few.height:
        yield f"reasons of {n_told} hidden cells of the indices tell whether a few are dissatisfied"


# --- cells and what must stay possible of them -------------------------------------------------------------


def sum_cells(numbered: pl.DataFrame, ancestors: pl.DataFrame) -> tuple[pl.DataFrame, Any]:
    """All groups of one index, with their sums, and which atoms are in which (sparse, groups x atoms)."""
    subtrees = numbered.join(ancestors, on="unit_code").with_columns(pl.col("ancestor_code").alias("unit_code"))
    parents = ancestors.filter(pl.col("unit_code") != pl.col("ancestor_code"))["ancestor_code"].unique()
    own = numbered.filter(pl.col("unit_code").is_in(parents.to_list())).with_columns(pl.col("unit_code") + OWN)
    by_type = pl.concat([subtrees.select(numbered.columns), own])
    both = pl.concat([by_type, by_type.with_columns(pl.lit(ALL).alias("respondent_type"))])
    sums = ["n", "n_satisfied", "n_dissatisfied", "value", "upper"]
    cells = both.group_by(KEY).agg(pl.col(sums).sum(), pl.col("unit").first()).sort(KEY).with_row_index("cell")
    pairs = both.join(cells.select("cell", *KEY), on=KEY)
    shape = (cells.height, numbered.height)
    entries = (np.ones(pairs.height), (pairs["cell"].to_numpy(), pairs["atom"].to_numpy()))
    return cells, sparse.csr_array(entries, shape=shape)


def judge_cells(cells: pl.DataFrame, rules: Disclosure) -> pl.DataFrame:
    """`cover_low`, `cover_high`: what must stay possible of a cell's count; its value alone where it is not sensitive."""
    value, upper = pl.col("value"), pl.col("upper")
    few = pl.min_horizontal(rules.threshold * pl.col("unit"), upper)
    dissatisfied = pl.col("n_dissatisfied").is_between(1, rules.threshold - 1)
    satisfied = pl.col("n_satisfied").is_between(1, rules.threshold - 1) & (
        (pl.col("n") >= rules.min_respondents_for_rate) | (pl.col("n_dissatisfied") >= rules.threshold)
    )
    low = pl.when(dissatisfied).then(0).when(satisfied).then(pl.min_horizontal(upper - few, value)).otherwise(value)
    high = pl.when(dissatisfied).then(pl.max_horizontal(few, value)).when(satisfied).then(upper).otherwise(value)
    return cells.with_columns(
        low.alias("cover_low"),
        high.alias("cover_high"),
        (dissatisfied | satisfied).alias("is_sensitive"),
        few.alias("few"),
        (value < rules.threshold * pl.col("unit")).alias("is_few"),
        (pl.col("n") < rules.min_respondents_for_rate).alias("is_small"),
    )


def judge_small_groups(cells: pl.DataFrame, members: Any, upper: Floats) -> pl.DataFrame:
    """What a small group answered must not be certain either, unless a larger group says it: all of that did.

    Where a larger group says that nobody is dissatisfied by one of the questions, the group's other answers are in doubt.

    Args:
        upper: answers of the atoms.
    """
    said, most = np.zeros(cells.height, dtype=bool), np.zeros(cells.height)
    for extreme in (pl.col("value") == pl.col("upper"), pl.col("value") == 0):
        is_larger = cells.select(extreme & ~pl.col("is_small")).to_series().to_numpy()
        within = members[np.flatnonzero(is_larger)].sum(axis=0) > 0
        said |= members @ (~within).astype(float) == 0
        most = members @ np.where(within, 0, upper)
    is_open = pl.col("is_small") & ~pl.col("is_sensitive") & ~pl.Series("said", said)
    value = pl.col("value")
    low = pl.when("is_few").then(0).otherwise(value - 1)
    high = pl.when("is_few").then("few").otherwise(pl.min_horizontal(value + 1, "upper"))
    return cells.with_columns(
        pl.when(is_open).then(low).otherwise("cover_low").alias("cover_low"),
        pl.min_horizontal(pl.when(is_open).then(high).otherwise("cover_high"), pl.Series("most", most)).alias(
            "cover_high"
        ),
        pl.col("is_sensitive") | is_open,
    )


def split_by_question(
    context: RoundContext, code: str, tables: tuple[pl.DataFrame, Any, pl.DataFrame], questions: pl.DataFrame
) -> tuple[pl.DataFrame, Any, pl.DataFrame]:
    """Split the atoms of an index by question, and add the questions of the units that may show them as cells.

    Args:
        tables: cells, members and atoms of the index.
        questions: `Tallies.questions`.

    Returns:
        the same three; unchanged where the index is not the sum of its questions.
    """
    cells, members, atoms = tables
    codes = [question.code for question in context.instrument.questions_of(code)]
    unit = int(atoms["unit"][0])
    parts = (
        questions.filter(pl.col("question_code").is_in(codes))
        .with_columns(unit=pl.lit(unit, pl.Int64), upper=pl.col("m") * unit, value=pl.col("m") * unit - pl.col("s"))
        .join(atoms.select("unit_code", "respondent_type", of="atom"), on=["unit_code", "respondent_type"])
        .rename({"question_code": "index_code"})
        .sort(KEY)
        .with_row_index("atom")
    )
    shape = (atoms.height, parts.height)
    split = sparse.csr_array((np.ones(parts.height), (parts["of"].to_numpy(), parts["atom"].to_numpy())), shape=shape)
    if any((split @ parts[name].to_numpy() != atoms[name].to_numpy()).any() for name in ("value", "upper")):
        return tables
    units = context.folder.units_on(context.round.register_date)
    root = next(unit.unit_code for unit in units if unit.parent_code is None)
    above = [unit.unit_code for unit in units if unit.parent_code in (None, root)]
    groups, inside = sum_cells(parts.drop("of"), ancestors_of(units))
    groups = groups.filter(pl.col("unit_code").is_in(above) & (pl.col("respondent_type") == ALL))
    inside = inside[groups["cell"].to_numpy()]
    all_cells = pl.concat([cells.drop("cell"), groups.drop("cell")]).with_row_index("cell")
    return all_cells, sparse.vstack([members @ split, inside], format="csr"), parts


def figures_of_questions(context: RoundContext, code: str, questions: pl.DataFrame) -> pl.DataFrame:
    """`fct_question`, of the questions of an index, in the columns of `fct_index`: KEY, FIGURES."""
    codes = [question.code for question in context.instrument.questions_of(code)]
    named = questions.rename({"question_code": "index_code", "question_pct": "index_pct"})
    return named.filter(pl.col("index_code").is_in(codes)).select(*KEY, *FIGURES)


# --- the attack --------------------------------------------------------------------------------------------


def _attack_index(
    context: RoundContext,
    code: str,
    cells: pl.DataFrame,
    members: Any,
    atoms: pl.DataFrame,
    published: pl.DataFrame,
    thresholds: pl.DataFrame,
) -> AuditReport:
    cells = cells.join(published, on=KEY, how="left", maintain_order="left")
    is_shown = cells["denominator"].is_not_null().to_numpy()
    figures = pl.col("numerator", "n_respondents", "index_pct")
    counts = {
        "are not what the units' own rows add up to": (pl.col("denominator") - pl.col("numerator") != pl.col("value"))
        | (pl.col("denominator") != pl.col("upper")),
        "are sensitive themselves": pl.col("denominator").is_not_null() & (pl.col("is_sensitive") | pl.col("is_small")),
        "are hidden in part only": pl.any_horizontal(figures.is_not_null()) & pl.col("denominator").is_null(),
    }
    found = {text: cells.filter(condition).height for text, condition in counts.items()}
    value, upper = (atoms[name].to_numpy().astype(float) for name in ("value", "upper"))
    blocks = number_parts(atoms["unit_code"], context.folder.units_on(context.round.register_date))
    world = World(members, value, upper, is_shown, blocks)
    cells = judge_small_groups(cells, members, atoms["upper"].to_numpy())
    targets = np.flatnonzero(cells["is_sensitive"].to_numpy() & ~is_shown)
    cover = cells["cover_low"].to_numpy().astype(float), cells["cover_high"].to_numpy().astype(float)
    labels = ["/".join(row) for row in cells[targets].select(*KEY).rows()]
    report = world.audit(labels, targets, *cover, (f"index {code}: {n} cells {text}" for text, n in found.items() if n))
    wrong = _check_thresholds(context, cells.filter(index_code=code), world, thresholds)
    return replace(report, inconsistencies=(*report.inconsistencies, *(f"index {code}, {text}" for text in wrong)))


# --- counts of units above a threshold ---------------------------------------------------------------------


def _check_thresholds(
    context: RoundContext, cells: pl.DataFrame, world: World, published: pl.DataFrame
) -> Iterator[str]:
    """What is wrong with an index's counts of units: not what the units' own rows say, or too close to a hidden unit.

    By subtraction, shown counts tell the counts of the units below a shown row but below none further down. Of those whose
    own index is hidden, `threshold` must be above and `threshold` not, unless every one's side follows from the
    shown indices anyway. A hidden unit whose side follows from the figure of a unit above it does not count.

    Args:
        cells: of one index, as judged, beside what is published.
        published: `fct_threshold` of that index.
    """
    rules = context.method.disclosure
    least = max(context.method.min_respondents_ranked, rules.min_respondents_for_rate)
    parents = parents_of(context.folder.units_on(context.round.register_date))
    known = {row["unit_code"]: row for row in cells.filter(pl.col("respondent_type") == ALL).iter_rows(named=True)}
    levels = {unit.unit_code: unit.unit_level for unit in context.folder.units_on(context.round.register_date)}
    for threshold in context.method.thresholds:

        def side(wrong: float, row: dict[str, Any], pct: float = float(threshold.pct)) -> int:
            distance = 100 * (row["upper"] - wrong) - pct * row["upper"]
            return 0 if abs(distance) < TOLERANCE else 1 if distance > 0 else -1

        rows = {
            row["unit_code"]: row
            for row in published.filter(pl.col("unit_level") == threshold.level).iter_rows(named=True)
        }
        shown = {code for code, row in rows.items() if row["n_above"] is not None}
        counts: dict[str, Counter[int | None]] = defaultdict(Counter)
        groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for code in (code for code, level in levels.items() if level == threshold.level):
            row, above = known.get(code), list(_ancestors(parents[code], parents))
            is_rated = row is not None and row["n"] >= least
            for ancestor in above:
                counts[ancestor][side(row["value"], row) if row and is_rated else None] += 1
            if row and is_rated and row["denominator"] is None:
                most = [known[a]["value"] for a in above if known[a]["denominator"] is not None]
                if side(min([row["upper"], *most]), row) < 1:
                    for place in {
                        next((a for a in above if a in shown), None),
                        *(a for a in above if _is_split(rows, a)),
                    }:
                        groups[place or ""].append(row)
        wrong = [code for code in shown if not _agrees(rows[code], counts[code])]
        if wrong:
            yield f"threshold {threshold.pct} % of level {threshold.level}: {len(wrong)} counts are not of the rated units"
        suspects: dict[int, tuple[dict[str, Any], bool]] = {}
        for code, group in groups.items():
            n_above, is_split = sum(side(row["value"], row) == 1 for row in group), _is_split(rows, code)
            if code in shown and (is_split or min(n_above, len(group) - n_above) < rules.threshold):
                # only a split count tells apart who is at the threshold and who is below
                suspects |= {
                    row["cell"]: (row, is_split or suspects.get(row["cell"], (row, False))[1]) for row in group
                }
        n_told = sum(
            len({side(end, row) if is_split else side(end, row) == 1 for end in ends}) > 1
            for (row, is_split), ends in zip(suspects.values(), _find_ends(world, list(suspects)), strict=True)
        )
        if n_told:
            yield (
                f"threshold {threshold.pct} % of level {threshold.level}: counts tell of {n_told} hidden units "
                "on which side they are"
            )


def _find_ends(world: World, targets: list[int]) -> list[tuple[float, float]]:
    """Values that hidden cells have in worlds that agree with the shown indices; of the first ones, the extreme values."""
    if targets:
        n_cells = world.low.shape[0]
        world.widen(np.array(targets, dtype=np.int64), np.zeros(n_cells), np.full(n_cells, np.inf))
    return [
        world.attack(target) if position < MAX_FAILURES else (float(world.low[target]), float(world.high[target]))
        for position, target in enumerate(targets)
    ]


def _ancestors(code: str | None, parents: Mapping[str, str | None]) -> Iterator[str]:
    while code is not None:
        yield code
        code = parents.get(code)


def _is_split(rows: Mapping[str, dict[str, Any]], code: str) -> bool:
    return code in rows and (rows[code]["n_at"] is not None or rows[code]["n_below"] is not None)


def _agrees(row: dict[str, Any], counted: Counter[int | None]) -> bool:
    expected = {
        "n_above": counted[1],
        "n_not_above": counted[0] + counted[-1],
        "n_at": counted[0],
        "n_below": counted[-1],
        "n_not_rated": counted[None],
    }
    return all(
        row[name] == n for name, n in expected.items() if row[name] is not None or name not in ("n_at", "n_below")
    )


# --- releases of the same round ----------------------------------------------------------------------------


def cells_of_respondents(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Cells of all tables that count what respondents say, for `audit_difference`.

    Args:
        frames: TABLES.

    Returns:
        KEY (as `index_code` the name of a question, of a count, or field, theme and polarity of comments), `n_respondents`,
        `numerator`, `denominator`.
    """
    columns = [*KEY, "n_respondents", "numerator", "denominator"]
    naming = frames["fct_dissatisfaction"]
    named = [
        naming.select(
            "unit_code",
            pl.lit(ALL).alias("respondent_type"),
            pl.lit(name).alias("index_code"),
            "n_respondents",
            pl.col(name).alias("numerator"),
            pl.when(pl.col(name).is_not_null()).then("n_respondents").alias("denominator"),
        )
        for name in ("n_naming_any", "n_naming_unit", "n_naming_official")
    ]
    asked = frames["fct_question"].rename({"question_code": "index_code"}).select(columns)
    written = frames["fct_feedback"].join(naming.select("unit_code", "n_respondents"), on="unit_code")
    comments = written.select(
        "unit_code",
        pl.lit(ALL).alias("respondent_type"),
        pl.concat_str("feedback_code", "theme_code", "polarity", separator="/").alias("index_code"),
        "n_respondents",
        pl.col("n_comments").alias("numerator"),
        pl.when(pl.col("n_comments").is_not_null()).then("n_respondents").alias("denominator"),
    )
    return pl.concat([frames["fct_index"].select(columns), asked, *named, comments])


def audit_difference(earlier: pl.DataFrame, later: pl.DataFrame, threshold: int) -> pl.DataFrame:
    """Cells that two releases of a round show, and whose difference is of fewer respondents than the threshold.

    Whoever has both releases subtracts them: the answers of the few who came or went are left.

    Args:
        earlier, later: `fct_index` as published: KEY, `n_respondents`, `numerator`, `denominator`.

    Returns:
        KEY, `n_difference`: respondents by which the two differ (0: the same number, other answers); sorted.
    """
    both = later.join(earlier, on=KEY, suffix="_earlier").drop_nulls(["denominator", "denominator_earlier"])
    differs = pl.any_horizontal(
        pl.col(name) != pl.col(f"{name}_earlier") for name in ("n_respondents", "numerator", "denominator")
    )
    difference = (pl.col("n_respondents") - pl.col("n_respondents_earlier")).abs().alias("n_difference")
    return both.filter(differs).select(*KEY, difference).filter(pl.col("n_difference") < threshold).sort(KEY)
