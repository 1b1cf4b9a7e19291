"""The canonical submission: the columns and types that every source is brought into before anything else.

One row is one revision of one submission. Times are UTC. Answers are codes of the question's scale; a number that is no
code of the scale is kept, for a rule to reject; other text becomes `UNREADABLE` with the raw text in `unparsed`.
"""

from __future__ import annotations

import polars as pl

from surveys.models import Instrument

UNREADABLE = -1
"""Answer code of a value that is neither a code nor a label of the scale."""

WEIGHT_UNIT = 10_000_000_000
"""Survey weights are integers in units of 1e-10, so that weighted sums are exact."""

UTC = pl.Datetime("us", "UTC")

CORE_COLUMNS: dict[str, pl.DataType] = {
    "submission_id": pl.String(),
    "respondent_id": pl.String(),
    "unit_code": pl.String(),
    "respondent_type": pl.String(),
    "channel": pl.String(),
    "started_at": UTC,
    "submitted_at": UTC,
    "updated_at": UTC,
    "weight": pl.Int64(),
    # {column: raw text} as JSON, of values that could not be read; null where all could
    "unparsed": pl.String(),
    # names of columns whose value was restored (lost leading zeros), separated by spaces
    "restored": pl.String(),
    "source_name": pl.String(),
    # where the row stood: table key, or file name and row number
    "source_row": pl.String(),
}

FIELD_TYPES: dict[str, pl.DataType] = {
    "identifier": pl.String(),
    "text": pl.String(),
    "unit": pl.String(),
    "official": pl.String(),
    "category": pl.String(),
    "flag": pl.Boolean(),
}


def landing_schema(instrument: Instrument) -> dict[str, pl.DataType]:
    """Column -> type of a landing file of this instrument: core, then fields, then answers (`q_<code>`, Int16)."""
    fields = {field.code: FIELD_TYPES[field.kind] for field in instrument.fields}
    answers: dict[str, pl.DataType] = {question.column: pl.Int16() for question in instrument.questions}
    return {**CORE_COLUMNS, **fields, **answers}
