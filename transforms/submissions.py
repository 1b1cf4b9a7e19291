"""Which landed rows count: the latest revision of a submission, and one submission per respondent, unit and round."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from surveys.models import Deduplication


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
