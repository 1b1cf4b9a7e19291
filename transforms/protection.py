"""Applies disclosure control to all counts of a round, before any percentage is computed."""

from __future__ import annotations

import polars as pl

from transforms.results import Counts, RoundContext


def protect_counts(context: RoundContext, counts: Counts) -> Counts:
    """Mark what must not be shown: every frame but `response` gets `is_suppressed` and `suppression_reason`."""

    def shown(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(
            pl.lit(False).alias("is_suppressed"), pl.lit(None, dtype=pl.String).alias("suppression_reason")
        )

    marked = {name: frame if name == "response" else shown(frame) for name, frame in vars(counts).items()}
    return Counts(**marked)
