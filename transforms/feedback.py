"""Tallies of what respondents say in their own words, and of whom they name as 'không hài lòng'."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from surveys.models import Instrument

FEEDBACK_KEYS = ("unit_code", "feedback_code", "theme_code", "polarity")


class Naming(NamedTuple):
    """Own rows of units, as tallies that add up.

    respondents: unit_code, n_respondents, n_naming_any, n_naming_unit, n_naming_official
    units: unit_code, named_code, n  (one row per named unit)
    officials: unit_code, named_code, n  (one row per named official, by pseudonym)
    """

    respondents: pl.DataFrame
    units: pl.DataFrame
    officials: pl.DataFrame


NAMING_KEYS: tuple[tuple[str, ...], ...] = (("unit_code",), ("unit_code", "named_code"), ("unit_code", "named_code"))
"""Key columns of each frame of `Naming`, in its order."""


def tally_naming(microdata: pl.LazyFrame, instrument: Instrument) -> Naming:
    """Count respondents who name a unit or an official, and how often each is named."""
    units = [field.code for field in instrument.fields_of("unit")]
    officials = [f"{field.code}_pseudonym" for field in instrument.fields_of("official")]
    names_unit, names_official = _any_filled(units), _any_filled(officials)
    respondents = microdata.group_by("unit_code").agg(
        pl.len().cast(pl.Int64).alias("n_respondents"),
        (names_unit | names_official).sum().cast(pl.Int64).alias("n_naming_any"),
        names_unit.sum().cast(pl.Int64).alias("n_naming_unit"),
        names_official.sum().cast(pl.Int64).alias("n_naming_official"),
    )
    frames = pl.collect_all([respondents, _named(microdata, units), _named(microdata, officials)])
    return Naming(*(frame.sort(frame.columns) for frame in frames))


def _any_filled(columns: list[str]) -> pl.Expr:
    return pl.any_horizontal([pl.lit(False), *(pl.col(column).is_not_null() for column in columns)])


def _named(microdata: pl.LazyFrame, columns: list[str]) -> pl.LazyFrame:
    empty = pl.LazyFrame(schema={"unit_code": pl.String, "named_code": pl.String, "n": pl.Int64})
    parts = [
        microdata.filter(pl.col(column).is_not_null())
        .group_by("unit_code", pl.col(column).alias("named_code"))
        .agg(pl.len().cast(pl.Int64).alias("n"))
        for column in columns
    ]
    return pl.concat([empty, *parts]).group_by("unit_code", "named_code").agg(pl.col("n").sum())


def compute_naming(naming: Naming, ancestors: pl.DataFrame) -> pl.DataFrame:
    """Columns of `fct_dissatisfaction` below its release key, before protection; distinct counts over each subtree."""

    def climb(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.join(ancestors, on="unit_code").drop("unit_code").rename({"ancestor_code": "unit_code"})

    def distinct(frame: pl.DataFrame, name: str) -> pl.DataFrame:
        return climb(frame).group_by("unit_code").agg(pl.col("named_code").n_unique().cast(pl.Int64).alias(name))

    return (
        climb(naming.respondents)
        .group_by("unit_code")
        .agg(pl.all().sum())
        .join(distinct(naming.units, "n_units_named"), on="unit_code", how="left")
        .join(distinct(naming.officials, "n_officials_named"), on="unit_code", how="left")
        .with_columns(pl.col("n_units_named", "n_officials_named").fill_null(0))
        .sort("unit_code")
    )


def tally_comments(comments: pl.LazyFrame) -> pl.DataFrame:
    """Count comments by field, theme and polarity, with totals 'all'.

    Args:
        comments: `unit_code`, `feedback_code`, `themes` (List of String), `polarity`.

    Returns:
        unit_code, feedback_code, theme_code, polarity, n_comments; own rows of units.
    """
    keys = list(FEEDBACK_KEYS)
    themed = comments.explode("themes", empty_as_null=True).rename({"themes": "theme_code"}).drop_nulls("theme_code")
    total = comments.with_columns(pl.lit("all").alias("theme_code"))
    both = pl.concat([themed.select(keys), total.select(keys)])
    anyhow = both.with_columns(pl.lit("all").alias("polarity"))
    counted = pl.concat([both, anyhow]).group_by(keys).agg(pl.len().cast(pl.Int64).alias("n_comments"))
    return counted.collect().sort(keys)


def select_officials(naming: Naming, min_respondents: int) -> pl.DataFrame:
    """Columns of `fct_official` below its release key: officials whom enough respondents of one unit name."""
    return naming.officials.filter(pl.col("n") >= min_respondents).select(
        "unit_code", pl.col("named_code").alias("official_pseudonym"), pl.col("n").alias("n_respondents")
    )
