"""Disclosure control: what is lost and how long it takes, beside the proven optimum and a published tool.

    python -m bench.bench_suppression

First the reference cases of `stats_cases/d_suppression` (HAILONG_SHARED or ../shared; skipped where they are not): cells
and value hidden, beside the proven optimum and GaussSuppression. Then tables of KBNN's size (system, 64 provincial and
705 district treasuries, 3 types of respondents, 4 indices), made up by a seed, protected and audited. Prints Markdown.
"""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from surveys.catalogue import SurveyFolder, load_survey
from transforms.disclosure_audit import audit_results
from transforms.feedback import FEEDBACK_KEYS, Naming
from transforms.protection import protect_counts, summarise_suppression
from transforms.results import RoundContext, compute_results, roll_up_counts
from transforms.suppression import suppress
from transforms.tallies import CELL, MEASURES, Tallies

CASES = Path(os.environ.get("HAILONG_SHARED", Path(__file__).parents[2] / "shared")) / "stats_cases" / "d_suppression"
NAMES = ("d1_fs3x3", "d2_hier_counts_thr5", "d3_sat_unsat_thr5")


def read_case(name: str) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, Any]]:
    """Cells for `suppress`, weighted by value; relations; the description with the proven optima."""
    about = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    dims = about["dims"]
    table = pl.read_csv(CASES / f"{name}.csv", infer_schema_length=None).with_columns(
        pl.concat_str(dims, separator="|").alias("cell_id")
    )
    is_primary = pl.col("primary") == 1
    cells = table.select(
        "cell_id",
        pl.col("cell_id").alias("pattern"),
        "value",
        pl.col("value").alias("weight"),
        is_primary.alias("is_hidden"),
        pl.lit(0).alias("lower"),
        pl.lit(float("inf")).alias("upper"),
        pl.when(is_primary).then(10 if name.startswith("d1") else "lpl").otherwise(0).alias("lower_protection"),
        pl.when(is_primary).then(5 if name.startswith("d1") else "upl").otherwise(0).alias("upper_protection"),
    )
    return cells, pl.DataFrame(_relations(table, dims, about["hierarchies"])), about


def _relations(table: pl.DataFrame, dims: list[str], hierarchies: list[dict[str, list[str]]]) -> list[dict[str, Any]]:
    codes = [table[dim].unique(maintain_order=True).to_list() for dim in dims]
    rows = []
    for position, hierarchy in enumerate(hierarchies):
        for (parent, children), rest in itertools.product(
            hierarchy.items(), itertools.product(*(codes[:position] + codes[position + 1 :]))
        ):
            for code in (parent, *children):
                cell = [*rest[:position], code, *rest[position:]]
                rows.append(
                    {
                        "relation_id": "|".join([str(position), parent, *rest]),
                        "cell_id": "|".join(cell),
                        "coefficient": -1 if code == parent else 1,
                    }
                )
    return rows


def made_up_tallies(folder: SurveyFolder, round_code: str, per_cell: float, seed: int = 1) -> Tallies:
    """Tallies of indices of every unit, type and index; about `per_cell` respondents in each, one in twenty displeased."""
    context = RoundContext.of(folder, folder.round(round_code))
    draw = np.random.default_rng(seed)
    rows = []
    for unit in folder.units_on(context.round.register_date):
        for kind, share in zip(folder.survey.respondent_types, (2.4, 0.4, 0.2), strict=False):
            n = int(draw.poisson(per_cell * share))
            for index in context.instrument.indices:
                k = len(context.instrument.questions_of(index.code))
                answers = draw.binomial(k, 1 - draw.beta(0.2, 3.8, size=n)) if n else np.zeros(0, dtype=int)
                rows.append(
                    {
                        "unit_code": unit.unit_code,
                        "respondent_type": kind.code,
                        "index_code": index.code,
                        **dict.fromkeys(MEASURES, 0),
                        "n": n,
                        "m": n * k,
                        "s": int(answers.sum()),
                        "mm": n * k * k,
                        "ss": int((answers**2).sum()),
                        "ms": int(k * answers.sum()),
                        "n_satisfied": int((answers > 0).sum()),
                        "n_dissatisfied": int((answers < k).sum()),
                        "m_max": k,
                    }
                )
    indices = pl.DataFrame(rows).filter(pl.col("n") > 0).sort(*CELL, "index_code")
    measures = dict.fromkeys(MEASURES, pl.Int64)
    text: dict[str, Any] = dict.fromkeys((*CELL, "question_code"), pl.String)
    return Tallies(
        indices.group_by(CELL).agg(pl.col("n").max()).sort(CELL),
        indices,
        pl.DataFrame(schema={**text, **measures}),
        pl.DataFrame(schema=text | {"answer_code": pl.Int64, "n": pl.Int64}),
    )


def without_details(context: RoundContext, tallies: Tallies) -> Any:
    """`Counts` of tallies of indices, with nothing named and no comments."""
    response = tallies.submissions.select(
        *CELL, n_extracted="n", n_superseded=pl.lit(0, pl.Int64), n_accepted="n", n_quarantined=pl.lit(0, pl.Int64)
    )
    return roll_up_counts(context, tallies, *nothing_said(), response)


def nothing_said() -> tuple[Naming, pl.DataFrame]:
    """Tallies of naming and of comments where there are none."""
    named = {"unit_code": pl.String, "named_code": pl.String, "n": pl.Int64}
    naming = ["n_respondents", "n_naming_any", "n_naming_unit", "n_naming_official"]
    respondents = pl.DataFrame(schema={"unit_code": pl.String, **dict.fromkeys(naming, pl.Int64)})
    comments = {**dict.fromkeys(FEEDBACK_KEYS, pl.String), "n_comments": pl.Int64}
    return Naming(respondents, pl.DataFrame(schema=named), pl.DataFrame(schema=named)), pl.DataFrame(schema=comments)


def truth_of(tallies: Tallies) -> dict[str, pl.DataFrame]:
    """What `audit_results` compares with, of tallies of answers with nothing named and no comments."""
    naming, feedback = nothing_said()
    return {**tallies._asdict(), "naming_respondents": naming.respondents, "feedback": feedback}


def main() -> None:
    print("| case | hidden cells | hidden value | proven optimum | GaussSuppression | seconds |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for line in _case_lines():
        print(line)
    print()
    print("| KBNN's size, respondents | shown | hidden | attacked | worked back | protect s | audit s |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    folder = load_survey("kbnn")
    for per_cell in (10.0, 100.0):
        context = RoundContext.of(folder, folder.round("2024-1"))
        tallies = made_up_tallies(folder, "2024-1", per_cell)
        started = time.perf_counter()
        protected = protect_counts(context, without_details(context, tallies))
        protected_at = time.perf_counter()
        report = audit_results(context, truth_of(tallies), compute_results(context, protected, {}))
        took = protected_at - started, time.perf_counter() - protected_at
        n = tallies.submissions["n"].sum()
        print(
            f"| {n:,} | {report.n_shown} | {report.n_hidden} | {report.n_sensitive} | {len(report.failures)} "
            f"| {took[0]:.1f} | {took[1]:.1f} |"
        )
        print(summarise_suppression(protected.indices))


def _case_lines() -> Iterator[str]:
    for name in NAMES:
        if not (CASES / f"{name}.json").is_file():
            yield f"| {name} | not here | | | | |"
            continue
        cells, relations, about = read_case(name)
        started = time.perf_counter()
        hidden = cells.join(suppress(cells, relations), on="pattern")
        took = time.perf_counter() - started
        yield (
            f"| {name} | {hidden.height} | {hidden['value'].sum()} | {about['solutions']['minvalue']['objective']:g} "
            f"| {_gauss(name)} | {took:.1f} |"
        )


def _gauss(name: str) -> str:
    path = CASES / f"{name}_gausssuppression.csv"
    if not path.is_file():
        return ""
    hidden = pl.read_csv(path).filter(pl.col("suppressed").cast(pl.String).str.to_lowercase() == "true")
    return f"{hidden.height} / {hidden['value'].sum()}"


if __name__ == "__main__":
    main()
