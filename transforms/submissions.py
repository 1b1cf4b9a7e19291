"""Which landed rows count (the latest revision of a submission, and one submission per respondent, unit and round), and
what became of every one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from surveys.models import Deduplication
from transforms.tallies import CELL


def find_outdated_revisions(landed: pl.LazyFrame) -> pl.LazyFrame:
    """`row_number` of the rows that a later state of their row in the source, a later revision or a later file replaces.

    Args:
        landed: `row_number`, `source_name`, `source_row`, `submission_id`, `respondent_id`, `updated_at`, `batch_number`,
            `is_replaced`.

    Whatever was mended in a row of the source, its ids included: the state that landed last is the row. Revisions of a
    submission are of one respondent. Rows without either id are never revisions of each other, nor are those of different
    respondents that share an id: validation rejects them one by one.
    """
    replaced = landed.filter("is_replaced").select("row_number")
    alive = landed.filter(~pl.col("is_replaced"))
    # found first, so that its memory is free again
    mended = (
        _losers(alive, ["source_name", "source_row"], ["batch_number", "row_number"], keep="latest").collect().lazy()
    )
    current = alive.join(mended, on="row_number", how="anti")
    revised = _losers(
        current, ["submission_id", "respondent_id"], ["updated_at", "batch_number", "row_number"], keep="latest"
    )
    return pl.concat([replaced, mended, revised]).sort("row_number")


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


HASH = "__hash"


def _losers(frame: pl.LazyFrame, key: Sequence[str], order: Sequence[str], keep: str) -> pl.LazyFrame:
    # few keys repeat: only rows whose key's hash does are sorted, and grouping hashes takes half the memory of keys
    hashed = pl.struct(list(key)).hash().alias(HASH)
    complete = frame.drop_nulls(list(key)).select(*dict.fromkeys([*key, *order]))
    repeated = complete.select(hashed).group_by(HASH).len().filter(pl.col("len") > 1)
    return (
        complete.with_columns(hashed)
        .join(repeated, on=HASH, how="semi")
        .sort(
            [*key, *order], descending=[False] * len(key) + [keep == "latest"] * len(order), nulls_last=keep == "latest"
        )
        .filter(~pl.struct(list(key)).is_first_distinct())
        .select("row_number")
        .sort("row_number")
    )
