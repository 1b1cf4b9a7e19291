"""Brings a source's raw text into the canonical landing schema, losing nothing.

Text is normalised to NFC and trimmed; labels become codes; times become UTC; codes get their leading zeros back. A value
that cannot be read becomes null (an answer: UNREADABLE) and its raw text is kept in `unparsed`, for a rule to reject.
"""

from __future__ import annotations

import json
from decimal import Decimal

import polars as pl

from surveys.catalogue import SurveyFolder
from surveys.landing import CORE_COLUMNS, UNREADABLE, UTC, WEIGHT_UNIT, landing_schema
from surveys.models import ColumnMapping, DateTemplate, Level, NonAnswer, Round, Scale

TRUE = ("1", "true", "t", "yes", "y", "có", "co", "x")
FALSE = ("0", "false", "f", "no", "n", "không", "khong")

TIMES = ("started_at", "submitted_at", "updated_at")


def source_columns(
    folder: SurveyFolder, round_: Round, mapping: ColumnMapping, *, with_answers: bool
) -> dict[str, str]:
    """Canonical column -> column of the source, for everything that the mapping takes from the source.

    Columns of the form that the mapping does not name are not in the source; answers default to the question's code.
    """
    instrument = folder.instrument_of(round_)
    known = [*CORE_COLUMNS, *(field.code for field in instrument.fields)]
    named = {name: mapping.columns[name] for name in known if name in mapping.columns}
    if with_answers:
        named |= {q.column: mapping.questions.get(q.code, q.code) for q in instrument.questions}
    return named


def conform(
    raw: pl.DataFrame, folder: SurveyFolder, round_: Round, mapping: ColumnMapping, source: str
) -> pl.DataFrame:
    """Raw rows to landing rows.

    Args:
        raw: text columns under their canonical names (any may be missing), and `source_row`.
        mapping: constants, date formats and blanks of this source and round.
        source: name of the source.

    Returns:
        one row per raw row, in the landing schema of the round's instrument.
    """
    instrument = folder.instrument_of(round_)
    schema = landing_schema(instrument)
    texts = _clean_texts(raw, list(schema), mapping)
    kinds = {field.code: field.kind for field in instrument.fields}
    scales = {question.column: instrument.scales[question.scale] for question in instrument.questions}
    widths = folder.survey.code_widths
    dates = mapping.dates or DateTemplate()

    def read(name: str) -> pl.Expr:
        column = pl.col(name)
        if name in scales:
            return _read_answer(column, scales[name])
        if name in TIMES:
            return _read_time(column, dates, folder.survey.time_zone)
        if name == "weight":
            return _read_weight(column)
        if kinds.get(name) == "flag":
            return _read_flag(column)
        return _read_code(column, widths[name]) if name in widths else column

    values = texts.select(read(name).cast(kind).alias(name) for name, kind in schema.items())
    values = _default_times(values)
    typed = [
        name for name in schema if name in scales or name in TIMES or name == "weight" or kinds.get(name) == "flag"
    ]
    unreadable = {name: texts[name].is_not_null() & _failed(values[name], name in scales) for name in typed}
    restored = {name: texts[name] != values[name] for name in widths if name in schema}
    return values.with_columns(
        _json_of(texts, unreadable).alias("unparsed"),
        _names_of(restored, values.height).alias("restored"),
        pl.lit(source).alias("source_name"),
        raw["source_row"].cast(pl.String),
    ).select(pl.col(name).cast(kind) for name, kind in schema.items())


def _clean_texts(raw: pl.DataFrame, columns: list[str], mapping: ColumnMapping) -> pl.DataFrame:
    blanks = list(mapping.blanks or ())

    def clean(name: str) -> pl.Expr:
        if name not in raw.columns:
            return pl.lit(mapping.constants.get(name), dtype=pl.String).alias(name)
        text = pl.col(name).cast(pl.String).str.normalize("NFC").str.replace_all("\x00", "").str.strip_chars()
        blank = (text == "") | text.is_in(blanks)
        filled = pl.when(~blank).then(text)
        constant = mapping.constants.get(name)
        return (filled if constant is None else pl.coalesce(filled, pl.lit(constant))).alias(name)

    return raw.select(clean(name) for name in columns)


def _fold(column: pl.Expr) -> pl.Expr:
    return column.str.replace_all(r"\s+", " ").str.strip_chars().str.to_lowercase()


def _read_answer(column: pl.Expr, scale: Scale) -> pl.Expr:
    choices: list[Level | NonAnswer] = [*scale.levels, *scale.non_answers]
    labels = {
        " ".join(text.casefold().split()): choice.code
        for choice in choices
        for text in (choice.name.vi, choice.name.en, *choice.labels)
    }
    number = column.str.replace(r"^(\d+)[.,]0+$", "${1}").cast(pl.Int16, strict=False)
    label = _fold(column).replace_strict(labels, default=None, return_dtype=pl.Int16)
    return pl.when(column.is_not_null()).then(pl.coalesce(number, label, pl.lit(UNREADABLE, dtype=pl.Int16)))


def _read_time(column: pl.Expr, dates: DateTemplate, survey_zone: str) -> pl.Expr:
    text = column if dates.template == "{value}" else pl.format(dates.template.replace("{value}", "{}"), column)
    zone = dates.time_zone or survey_zone
    aware = text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", strict=False, time_unit="us", time_zone="UTC")
    parsed = [
        text.str.to_datetime(form, strict=False, time_unit="us")
        if "%H" in form or "%I" in form
        else text.str.to_date(form, strict=False).cast(pl.Datetime("us"))
        for form in dates.formats
    ]
    naive = pl.coalesce(*parsed).dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return pl.coalesce(naive.dt.convert_time_zone("UTC"), aware).cast(UTC)


def _default_times(values: pl.DataFrame) -> pl.DataFrame:
    # a source without a time of change never changes: the time of submission stands for it
    return values.with_columns(pl.coalesce("updated_at", "submitted_at").alias("updated_at"))


def _read_weight(column: pl.Expr) -> pl.Expr:
    digits = len(str(WEIGHT_UNIT)) - 1
    exact = column.str.replace(",", ".").cast(pl.Decimal(28, digits), strict=False)
    return (exact * pl.lit(Decimal(WEIGHT_UNIT)).cast(pl.Decimal(11, 0))).cast(pl.Int64, strict=False)


def _read_flag(column: pl.Expr) -> pl.Expr:
    text = _fold(column)
    return pl.when(text.is_in(TRUE)).then(True).when(text.is_in(FALSE)).then(False)


def _read_code(column: pl.Expr, width: int) -> pl.Expr:
    """A numeric code as text: `12`, `12.0` and `1.2E+1` become `0012` at width 4; codes with letters stay."""
    scientific = column.str.contains(r"^\d+(?:\.\d+)?[eE]\+?\d+$")
    number = pl.when(scientific).then(column).cast(pl.Float64, strict=False).round().cast(pl.Int64).cast(pl.String)
    plain = pl.coalesce(number, column.str.replace(r"^(\d+)\.0+$", "${1}"))
    return pl.when(plain.str.contains(r"^\d+$")).then(plain.str.zfill(width)).otherwise(plain)


def _failed(values: pl.Series, is_answer: bool) -> pl.Series:
    return values == UNREADABLE if is_answer else values.is_null()


def _json_of(texts: pl.DataFrame, flags: dict[str, pl.Series]) -> pl.Series:
    """`{column: raw text}` as JSON of the flagged values; null where none is flagged. Few rows have any."""
    failed = pl.DataFrame({name: flag.fill_null(False) for name, flag in flags.items()})
    hit = failed.select(pl.any_horizontal(pl.all())).to_series()
    rows = texts.with_columns(hit.alias("__hit")).with_row_index("__row").filter("__hit")
    which = failed.filter(hit)
    encoded = pl.DataFrame(
        {
            "__row": rows["__row"],
            "json": [
                _dump({name: rows[name][i] for name in which.columns if which[name][i]}) for i in range(rows.height)
            ],
        },
        schema={"__row": pl.UInt32, "json": pl.String},
    )
    return pl.DataFrame({"__row": pl.int_range(texts.height, dtype=pl.UInt32, eager=True)}).join(
        encoded, on="__row", how="left", maintain_order="left"
    )["json"]


def _dump(content: dict[str, str]) -> str:
    return json.dumps(content, ensure_ascii=False)


def _names_of(flags: dict[str, pl.Series], height: int) -> pl.Series:
    if not flags:
        return pl.Series([None] * height, dtype=pl.String)
    frame = pl.DataFrame({name: flag.fill_null(False) for name, flag in flags.items()})
    names = [pl.when(pl.col(name)).then(pl.lit(name)) for name in frame.columns]
    joined = frame.select(pl.concat_str(names, separator=" ", ignore_nulls=True).alias("names"))["names"]
    return joined.set(joined == "", None)
