"""From accepted submissions to microdata: identifiers dropped, persons pseudonymised, free text redacted apart.

Nothing to the right of this module can name a person.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import polars as pl

from surveys.models import Instrument
from transforms.pseudonyms import derive_key, fold_name, pseudonymise


class Anonymised(NamedTuple):
    """`microdata`: one row per submission; `comments`: one row per comment, redacted."""

    microdata: pl.LazyFrame
    comments: pl.LazyFrame


def anonymise(
    accepted: pl.LazyFrame,
    instrument: Instrument,
    *,
    survey_code: str,
    secret: bytes,
    time_zone: str,
    redact: Callable[[pl.Series], pl.Series],
) -> Anonymised:
    """Drop identifiers, pseudonymise respondent and official, redact free text, coarsen time to the day.

    Args:
        accepted: accepted submissions in the landing schema.
        secret: the survey's secret; keys per purpose are derived from it.
        redact: redacts a column of comments.

    Returns:
        microdata: `submission_pseudonym`, `respondent_pseudonym`, `unit_code`, `respondent_type`, `channel`,
            `submitted_on`, `weight`, flags, categories, named units, `<official field>_pseudonym`, `has_<text field>`
            and answers;
        comments: `comment_id`, `unit_code`, `feedback_code`, `redacted_text`.
    """
    keys = {
        purpose: derive_key(secret, survey_code, purpose) for purpose in ("respondent", "official", "comment", "row")
    }
    kept = [field.code for kind in ("flag", "unit") for field in instrument.fields_of(kind)]
    microdata = accepted.select(
        pseudonymise(pl.col("submission_id"), keys["row"]).alias("submission_pseudonym"),
        pseudonymise(pl.col("respondent_id"), keys["respondent"]).alias("respondent_pseudonym"),
        "unit_code",
        "respondent_type",
        "channel",
        pl.col("submitted_at").dt.convert_time_zone(time_zone).dt.date().alias("submitted_on"),
        "weight",
        *(_redacted_category(field.code, redact) for field in instrument.fields_of("category")),
        *kept,
        *(
            official_pseudonym(field.code, instrument, keys["official"]).alias(f"{field.code}_pseudonym")
            for field in instrument.fields_of("official")
        ),
        *(pl.col(field.code).is_not_null().alias(f"has_{field.code}") for field in instrument.fields_of("text")),
        *(question.column for question in instrument.questions),
    )
    comments = [_comments(accepted, field.code, keys["comment"], redact) for field in instrument.fields_of("text")]
    return Anonymised(microdata, pl.concat(comments) if comments else _no_comments())


def _redacted_category(field: str, redact: Callable[[pl.Series], pl.Series]) -> pl.Expr:
    # forms let people type where they should choose; the few values that occur are redacted once each
    def apply(values: pl.Series) -> pl.Series:
        distinct = values.drop_nulls().unique().sort()
        return values.replace_strict(distinct, redact(distinct), default=None, return_dtype=pl.String)

    return pl.col(field).map_batches(apply, return_dtype=pl.String, is_elementwise=True)


def official_pseudonym(field: str, instrument: Instrument, key: bytes) -> pl.Expr:
    """Pseudonym of a named official; the same name at two units is two officials: the unit is part of what is hashed."""
    units = [named.code for named in instrument.fields_of("unit")]
    unit = pl.coalesce([*units, "unit_code"])
    name = pl.col(field).map_batches(
        lambda names: pl.Series([None if n is None else fold_name(n) for n in names], dtype=pl.String),
        return_dtype=pl.String,
        is_elementwise=True,
    )
    return pseudonymise(pl.concat_str(unit, pl.lit("/"), name), key)


class Official(NamedTuple):
    """Who a pseudonym stands for; for the eyes of the person who is authorised to ask."""

    name: str
    unit_code: str
    n_respondents: int


def find_official(accepted: pl.LazyFrame, instrument: Instrument, key: bytes, wanted: str) -> Official | None:
    """Find who a pseudonym of `official_pseudonym` stands for, by their name as most respondents spell it.

    Args:
        accepted: accepted submissions in the landing schema.
        key: key of the purpose `official`.
        wanted: the pseudonym.
    """
    units = [named.code for named in instrument.fields_of("unit")]
    named = [
        accepted.filter(pl.col(field.code).is_not_null()).select(
            "respondent_id",
            pl.col(field.code).alias("name"),
            pl.coalesce([*units, "unit_code"]).alias("unit_code"),
            official_pseudonym(field.code, instrument, key).alias("pseudonym"),
        )
        for field in instrument.fields_of("official")
    ]
    mine = pl.concat(named).filter(pseudonym=wanted).collect() if named else pl.DataFrame()
    if mine.is_empty():
        return None
    spelt = mine.group_by("name", "unit_code").len().sort("len", "name", descending=[True, False])
    return Official(spelt["name"][0], spelt["unit_code"][0], mine["respondent_id"].n_unique())


def _comments(accepted: pl.LazyFrame, field: str, key: bytes, redact: Callable[[pl.Series], pl.Series]) -> pl.LazyFrame:
    return accepted.filter(pl.col(field).is_not_null()).select(
        pseudonymise(pl.concat_str("submission_id", pl.lit("/"), pl.lit(field)), key).alias("comment_id"),
        "unit_code",
        pl.lit(field).alias("feedback_code"),
        pl.col(field).map_batches(redact, return_dtype=pl.String, is_elementwise=True).alias("redacted_text"),
    )


def _no_comments() -> pl.LazyFrame:
    return pl.LazyFrame(
        schema=dict.fromkeys(("comment_id", "unit_code", "feedback_code", "redacted_text"), pl.String())
    )
