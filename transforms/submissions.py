"""Which landed rows count (the latest revision of a submission, and one submission per respondent, unit and round), and
what became of every one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from surveys.models import Deduplication
from transforms.tallies import CELL


def find_outdated_revisions(landed: pl.LazyFrame) -> pl.LazyFrame:
    """`row_number` of the rows that a later revision of the same submission, or of the same file, replaces.

    Args:
        landed: `row_number`, `submission_id`, `updated_at`, `batch_number`, `is_replaced`.

    Rows without a submission id are never revisions of each other: validation rejects them one by one.
    """
    order = ["updated_at", "batch_number", "row_number"]
    alive = landed.filter(~pl.col("is_replaced"))
    losers = _losers(alive, ["submission_id"], order, keep="latest")
    replaced = landed.filter("is_replaced").select("row_number")
    return pl.concat([losers, replaced]).sort("row_number")


def find_repeated_submissions(accepted: pl.LazyFrame, rule: Deduplication) -> pl.LazyFrame:
    """`row_number` of the accepted submissions that the survey's rule leaves out.

    Args:
        accepted: `row_number`, the rule's key columns, `submitted_at`, `updated_at`.
        rule: which of several submissions of one respondent to one unit counts.
    """
    return _losers(accepted, rule.key, ["submitted_at", "updated_at", "row_number"], keep=rule.keep)


def count_response(
    rows: Mapping[str, Sequence[pl.LazyFrame]], respondent_types: Sequence[str], unit_codes: Sequence[str]
) -> pl.DataFrame:
    """What became of the landed rows, per unit and respondent type; each landed row is counted once.

    Args:
        rows: for each of `n_superseded`, `n_accepted`, `n_quarantined`, the frames of rows it counts: `unit_code`,
            `respondent_type` and whatever else.
        respondent_types: known types; rows of another one count under the first, so that none is lost.
        unit_codes: known units; rows of another one count under "": what was typed there does not cross the line.

    Returns:
        `unit_code`, `respondent_type`, one Int64 column a state, `n_extracted` (their sum); sorted by the first two.
    """
    parts = [frame.select(*CELL, pl.lit(state).alias("state")) for state, frames in rows.items() for frame in frames]
    known_type = pl.col("respondent_type").is_in(list(respondent_types))
    known_unit = pl.col("unit_code").is_in(list(unit_codes))
    return (
        pl.concat(parts)
        .with_columns(
            pl.when(known_unit).then("unit_code").otherwise(pl.lit("")).alias("unit_code"),
            pl.when(known_type).then("respondent_type").otherwise(pl.lit(respondent_types[0])).alias("respondent_type"),
        )
        .group_by(*CELL)
        .agg((pl.col("state") == state).sum().cast(pl.Int64).alias(state) for state in rows)
        .with_columns(pl.sum_horizontal(*rows).alias("n_extracted"))
        .collect()
        .sort(*CELL)
    )


def _losers(frame: pl.LazyFrame, key: Sequence[str], order: Sequence[str], keep: str) -> pl.LazyFrame:
    # Few keys repeat: only their rows are sorted, so that memory does not grow with the round.
    complete = frame.drop_nulls(list(key)).select(list(dict.fromkeys([*key, *order])))
    repeated = complete.group_by(list(key)).len().filter(pl.col("len") > 1)
    return (
        complete.join(repeated, on=list(key), how="semi")
        .sort(
            [*key, *order], descending=[False] * len(key) + [keep == "latest"] * len(order), nulls_last=keep == "latest"
        )
        .filter(~pl.struct(list(key)).is_first_distinct())
        .select("row_number")
        .sort("row_number")
    )
