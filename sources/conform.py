"""Brings a source's raw text into the canonical landing schema, losing nothing.

Text is normalised to NFC and trimmed; labels become codes; times become UTC; codes get their leading zeros back. A value
that cannot be read becomes null (an answer: UNREADABLE) and its raw text is kept in `unparsed`, for a rule to reject.
Text that a spreadsheet would run as a formula is landed as it is: exports escape it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Literal

import polars as pl

from surveys.catalogue import SurveyFolder
from surveys.landing import CORE_COLUMNS, UNREADABLE, UTC, WEIGHT_UNIT, landing_schema
from surveys.models import ColumnMapping, DateTemplate, Level, NamedCode, NonAnswer, Round, Scale

BROKEN = "__broken"
"""Optional column of raw rows: the raw text of a row that could not be split into columns."""

TRUE = ("1", "1.0", "true", "t", "yes", "y", "có", "co", "đúng", "x")
FALSE = ("0", "0.0", "false", "f", "no", "n", "không", "khong", "sai")

TIMES = ("started_at", "submitted_at", "updated_at")
# what tells rows apart: many that a spreadsheet has shortened to one would pass for revisions of one, and be lost
IDS = ("submission_id", "respondent_id")

# ISO 8601 is not ambiguous: it is read whatever the configured formats are (databases and spreadsheets deliver it)
ISO_NAIVE = ("%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%d")
ISO_AWARE = ("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z")
# days since 1899-12-30, from 1950 to 2099: a bare number of five digits in a time column
EXCEL_SERIAL = r"^(?:1[89]|[2-6]\d|7[0-2])\d{3}(?:\.\d+)?$"
PLAUSIBLE_YEARS = (1900, 2200)

INVISIBLE = r"[\x00\u200b-\u200d\u2060\ufeff]"
DIGITS = r"^\d+$"
SCIENTIFIC = r"^-?\d+(?:[.,]\d+)?[eE][+-]?\d{1,2}$"
# as spreadsheets write a long number, and as no identifier made of hexadecimal digits looks
SHORTENED = r"^\d(?:[.,]\d+)?[eE]\+\d{2}$"


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
    raw: pl.DataFrame,
    folder: SurveyFolder,
    round_: Round,
    mapping: ColumnMapping,
    source: str,
    *,
    decimal: Literal[".", ","] = ".",
) -> pl.DataFrame:
    """Raw rows to landing rows.

    Args:
        raw: text columns under their canonical names (any may be missing), `source_row`, and perhaps `BROKEN`.
        mapping: constants, date formats and blanks of this source and round.
        source: name of the source.
        decimal: decimal mark of the source's numbers.

    Returns:
        one row per raw row, in the same order, in the landing schema of the round's instrument.
    """
    survey, instrument = folder.survey, folder.instrument_of(round_)
    schema = landing_schema(instrument)
    texts = _clean_texts(raw, list(schema), mapping)
    flags = {field.code for field in instrument.fields if field.kind == "flag"}
    scales = {question.column: instrument.scales[question.scale] for question in instrument.questions}
    named = {"respondent_type": survey.respondent_types, "channel": survey.channels}
    widths = {name: width for name, width in survey.code_widths.items() if name in schema}

    def read(name: str) -> pl.Expr:
        column = pl.col(name)
        if name == "weight":
            return _read_weight(column, decimal)
        if name in flags:
            return _read_flag(column)
        if name in named:
            return _read_named(column, named[name])
        if name in IDS:
            return pl.when(~column.str.contains(SHORTENED)).then(column)
        return column

    dates = mapping.dates or DateTemplate()
    times = [_read_time(texts[name], dates, survey.time_zone) for name in TIMES]
    simple = [name for name in schema if name not in TIMES and name not in scales]
    codes = [_read_code(texts[name], width) for name, width in widths.items()]
    values = texts.select(read(name).alias(name) for name in simple).with_columns(
        *times, *codes, *_read_answers(texts, scales).get_columns()
    )
    failed = {name: pl.col(name) == UNREADABLE for name in scales}
    failed |= {name: pl.col(name).is_null() for name in (*IDS, *TIMES, "weight", *sorted(flags))}
    lost = {name: pl.col(name).str.contains(SCIENTIFIC) for name in widths}
    unreadable = values.select(test.alias(name) for name, test in {**failed, **lost}.items()).fill_null(False)
    broken = raw[BROKEN] if BROKEN in raw.columns else None
    return values.with_columns(
        _json_of(texts, unreadable, broken).alias("unparsed"),
        _names_of_changed(texts, values, widths).alias("restored"),
        # a source without a time of change never changes: the time of submission stands for it
        pl.coalesce("updated_at", "submitted_at").alias("updated_at"),
        pl.lit(source).alias("source_name"),
        raw["source_row"].cast(pl.String),
    ).select(pl.col(name).cast(kind) for name, kind in schema.items())


def fold(text: str) -> str:
    """A label or a column's name as it is compared: NFC, without case, odd spaces or a stray asterisk."""
    return " ".join(unicodedata.normalize("NFC", text).strip("*\ufeff \t\r\n").lower().split())


def _clean_texts(raw: pl.DataFrame, columns: list[str], mapping: ColumnMapping) -> pl.DataFrame:
    """Canonical text columns: NFC, trimmed, blanks null, constants filled in."""
    there = [name for name in columns if name in raw.columns]
    texts = raw.select(pl.col(there).cast(pl.String))
    # most columns are codes in ASCII: finding that out costs a thirtieth of normalising them
    odd = texts.select(
        ((pl.all().str.len_bytes() != pl.all().str.len_chars()) | pl.all().str.contains("\x00", literal=True)).any()
    )
    texts = texts.with_columns(
        pl.col(name).str.normalize("NFC").str.replace_all(INVISIBLE, "") for name in there if odd[name].item()
    ).with_columns(pl.col(there).str.strip_chars())
    blanks = ["", *(mapping.blanks or ())]
    texts = texts.with_columns(pl.when(~pl.col(there).is_in(blanks)).then(pl.col(there)))
    constants = {name: pl.lit(mapping.constants.get(name), dtype=pl.String) for name in columns}
    return texts.select(
        (pl.coalesce(name, value) if name in there else value).alias(name) for name, value in constants.items()
    )


def _fold(column: pl.Expr) -> pl.Expr:
    return column.str.replace_all(r"\s+", " ").str.to_lowercase()


def _read_answers(texts: pl.DataFrame, scales: dict[str, Scale]) -> pl.DataFrame:
    numbers = texts.select(pl.col(name).cast(pl.Int16, strict=False) for name in scales)
    # only columns with something else than plain codes are looked at as text
    worded = [name for name in scales if numbers[name].null_count() > texts[name].null_count()]
    rest = {name: _read_label(pl.col(name), scales[name]) for name in worded}
    words = texts.select(pl.when(numbers[name].is_null()).then(name).alias(name) for name in worded)
    read = words.select(expression.alias(name) for name, expression in rest.items())
    return numbers.with_columns(numbers[name].zip_with(numbers[name].is_not_null(), read[name]) for name in worded)


def _read_label(column: pl.Expr, scale: Scale) -> pl.Expr:
    choices: list[Level | NonAnswer] = [*scale.levels, *scale.non_answers]
    labels = {
        fold(text): choice.code
        for choice in choices
        for text in (choice.name.vi, choice.name.en, *choice.labels)
    }  # fmt: skip
    label = _fold(column).replace_strict(labels, default=None, return_dtype=pl.Int16)
    decimal = column.str.replace(r"^(\d+)[.,]0+$", "${1}").cast(pl.Int16, strict=False)
    unreadable = pl.when(column.is_not_null()).then(pl.lit(UNREADABLE, dtype=pl.Int16))
    return pl.coalesce(label, decimal, unreadable)


def _read_named(column: pl.Expr, codes: Iterable[NamedCode]) -> pl.Expr:
    """Codes, or their names in either language, as codes; anything else stays, for a rule to reject."""
    names = {fold(text): known.code for known in codes for text in (known.name.vi, known.name.en, known.code)}
    return pl.coalesce(_fold(column).replace_strict(names, default=None, return_dtype=pl.String), column)


def _read_time(text: pl.Series, dates: DateTemplate, survey_zone: str) -> pl.Series:
    """UTC times of one column: the configured formats in order, then ISO 8601, then a spreadsheet's serial number.

    A value that two configured formats read as different days (05/06 with both %d/%m and %m/%d) is not guessed: null.
    """
    zone = dates.time_zone or survey_zone
    whole = pl.format(dates.template.replace("{value}", "{}"), pl.col("text"))
    frame = pl.DataFrame({"text": text}).with_columns(whole.alias("whole"))
    frame = frame.with_columns(pl.when(~_is_ambiguous(dates.formats)).then(pl.col("text", "whole")))
    found = pl.lit(None, dtype=UTC).alias("found")
    frame = frame.with_columns(found)
    readings: list[tuple[str, Callable[[pl.Expr], pl.Expr]]] = [
        *(("whole", lambda column, form=form: _parse(column, form, zone)) for form in dates.formats),
        *(("text", lambda column, form=form: _parse(column, form, zone)) for form in (*ISO_NAIVE, *ISO_AWARE)),
        ("text", lambda column: _parse_serial(column, zone)),
    ]
    for column, parse in readings:
        left = frame["found"].is_null() & frame["text"].is_not_null()
        if not left.any():
            break
        frame = frame.with_columns(pl.coalesce("found", parse(pl.when(pl.col("found").is_null()).then(column))))
    return frame["found"].alias(text.name)


def _is_ambiguous(formats: tuple[str, ...]) -> pl.Expr:
    tests = []
    for form in formats:
        mirror = form.replace("%d", "%_").replace("%m", "%d").replace("%_", "%m")
        if mirror != form and mirror in formats:
            tests.append(_parse(pl.col("whole"), form, "UTC") != _parse(pl.col("whole"), mirror, "UTC"))
    return pl.any_horizontal(tests).fill_null(False) if tests else pl.lit(False)


def _parse(column: pl.Expr, form: str, zone: str) -> pl.Expr:
    if form.endswith("z"):
        return column.str.to_datetime(form, strict=False, time_unit="us", time_zone="UTC")
    if any(sign in form for sign in ("%H", "%I", "%T", "%R")):
        naive = column.str.to_datetime(form, strict=False, time_unit="us")
    else:
        naive = column.str.to_date(form, strict=False).cast(pl.Datetime("us"))
    # %Y also reads the two digits of "01/02/23": the year 23 is left to a later format
    plausible = pl.when(naive.dt.year().is_between(*PLAUSIBLE_YEARS)).then(naive)
    aware = plausible.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return aware.dt.convert_time_zone("UTC")


def _parse_serial(column: pl.Expr, zone: str) -> pl.Expr:
    days = pl.when(column.str.contains(EXCEL_SERIAL)).then(column).cast(pl.Float64, strict=False)
    seconds = (days * 86_400).round().cast(pl.Int64)
    naive = pl.datetime(1899, 12, 30, time_unit="us") + pl.duration(seconds=seconds)
    return naive.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")


def _read_weight(column: pl.Expr, decimal: Literal[".", ","]) -> pl.Expr:
    """Weights as exact integers of 1e-10; digits beyond are rounded.

    `1,500` where the decimal mark is the point may be 1500 or 1.5: it is not guessed, but left unread.
    """
    group = "," if decimal == "." else "."
    digits = len(str(WEIGHT_UNIT)) - 1
    thousands = column.str.contains(rf"^-?\d{{1,3}}(?:\{group}\d{{3}})+\{decimal}\d+$")
    ambiguous = column.str.contains(rf"^-?[1-9]\d{{0,2}}(?:\{group}\d{{3}})+$")
    plain = (
        pl.when(thousands)
        .then(column.str.replace_all(group, "", literal=True))
        .when(~ambiguous)
        .then(column)
        .str.replace(",", ".", literal=True)
    )
    # the few in scientific notation, exactly
    scientific = (
        pl.when(plain.str.contains(SCIENTIFIC))
        .then(plain)
        .map_elements(lambda text: f"{Decimal(text):f}", return_dtype=pl.String, skip_nulls=True)
    )
    exact = pl.coalesce(scientific, plain).cast(pl.Decimal(28, digits), strict=False)
    return (exact * pl.lit(Decimal(WEIGHT_UNIT)).cast(pl.Decimal(11, 0))).cast(pl.Int64, strict=False)


def _read_flag(column: pl.Expr) -> pl.Expr:
    text = _fold(column)
    return pl.when(text.is_in(TRUE)).then(True).when(text.is_in(FALSE)).then(False)


def _read_code(text: pl.Series, width: int) -> pl.Series:
    """A numeric code as text: `12`, `12.0`, `'12`, `="12"` and `1.2E+1` become `0012` at width 4; others stay.

    `1.2E+11` stays as well, and is reported as unread: a spreadsheet has thrown its last digits away.
    """
    code = pl.col(text.name)
    frame = text.to_frame()
    if not text.str.contains(DIGITS).all():
        bare = code.str.replace(r"""^(?:="(\d+)"|'(\d+))$""", "${1}${2}").str.replace(r"^(\d+)[.,]0+$", "${1}")
        parts = code.str.extract_groups(r"^(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})$")
        fraction = parts.struct.field("2").fill_null("")
        is_whole = fraction.str.len_chars() == parts.struct.field("3").cast(pl.UInt32, strict=False)
        number = pl.when(is_whole).then(pl.concat_str(parts.struct.field("1"), fraction))
        frame = frame.with_columns(pl.coalesce(number, bare).alias(text.name))
    is_short = (code.str.len_bytes() < width) & code.str.contains(DIGITS)
    return frame.select(pl.when(is_short).then(code.str.zfill(width)).otherwise(code).alias(text.name))[text.name]


def _json_of(texts: pl.DataFrame, unreadable: pl.DataFrame, broken: pl.Series | None) -> pl.Series:
    """`{column: raw text}` as JSON of the values that could not be read; null where all could."""
    marks = unreadable.rename(lambda name: f"?{name}")
    # without the outer braces, so that several columns can be joined
    members = [
        pl.when(pl.col(f"?{name}") & pl.col(name).is_not_null()).then(
            pl.struct(name).struct.json_encode().str.slice(1).str.head(-1)
        )
        for name in unreadable.columns
    ]
    hit = pl.select(pl.any_horizontal(marks.get_columns())).to_series()
    source = pl.concat([texts.select(unreadable.columns), marks], how="horizontal")
    if broken is not None:
        hit |= broken.is_not_null()
        source = source.with_columns(broken.alias("row"))
        encoded = pl.struct("row").struct.json_encode().str.slice(1).str.head(-1)
        members.append(pl.when(pl.col("row").is_not_null()).then(encoded))
    joined = pl.concat_str(members, separator=",", ignore_nulls=True)
    found = source.filter(hit).select(pl.when(joined != "").then("{" + joined + "}").alias("json"))["json"]
    nothing = pl.Series("json", [None], dtype=pl.String).new_from_index(0, texts.height)
    return nothing.scatter(hit.arg_true(), found) if hit.any() else nothing


def _names_of_changed(texts: pl.DataFrame, values: pl.DataFrame, widths: dict[str, int]) -> pl.Series:
    """Names of the code columns that were restored, separated by spaces; null where none was."""
    if not widths:
        return pl.Series([None], dtype=pl.String).new_from_index(0, texts.height)
    names = [pl.when(texts[name] != values[name]).then(pl.lit(name)) for name in sorted(widths)]
    joined = pl.concat_str(names, separator=" ", ignore_nulls=True)
    return values.select(pl.when(joined != "").then(joined).alias("restored"))["restored"]
