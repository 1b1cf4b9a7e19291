"""Microdata for researchers: quasi-identifiers generalised until nobody stands out, no row and no answer changed.

Every row ends in an equivalence class (rows that share all quasi-identifiers) with at least k rows and l distinct values
of `is_dissatisfied` (k-anonymity: Sweeney, 2002; distinct l-diversity: Machanavajjhala et al., 2007). Classes are split
from the top, as in Fung, Wang and Yu (2005): all rows start as one class, and quasi-identifiers are made exact one level
at a time, the ones that figures are computed by first. A part that meets k and l by itself leaves its class; the others
stay together, with the smallest such part where they need it. No row is dropped: the system's figures can be
re-computed exactly.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import polars as pl

from surveys.models import Instrument, Method, Unit
from transforms.units import ancestors_of

SUPPRESSED = "*"
UNKNOWN = "unknown"
SENSITIVE = "is_dissatisfied"


class UnreleasableError(Exception):
    """No generalisation reaches k and l; the message has counts and the setting to look at."""


class MicrodataRelease(NamedTuple):
    """`microdata`: one row per submission, sorted by all columns; `report`: how many rows each level was left to.

    microdata: quasi-identifiers (String), weight where the survey has one, flags, `has_<field>`, answers,
        `is_dissatisfied`; no pseudonym, and named units and officials only as `has_<field>`.
    report: quasi_identifier, level, n_rows (rows), rows_pct (percent).
    """

    microdata: pl.DataFrame
    report: pl.DataFrame
    quasi_identifiers: list[str]


def generalise_microdata(
    microdata: pl.LazyFrame, instrument: Instrument, method: Method, units: Iterable[Unit]
) -> MicrodataRelease:
    """Generalise a round's microdata to the method's k and l.

    Args:
        microdata: from `anonymise`.
        units: the register on the round's date.

    Raises:
        UnreleasableError: fewer than k rows, or fewer than l distinct values of dissatisfaction in the whole round.
    """
    units, k, l = list(units), method.disclosure.microdata_k, method.disclosure.microdata_l  # noqa: E741
    exact = _prepare(microdata, instrument).collect()
    if (exact["weight"] == UNKNOWN).all():
        exact = exact.drop("weight")
    hierarchies = {name: levels for name, levels in _hierarchies(instrument, units).items() if name in exact.columns}
    names = list(hierarchies)
    classes = exact.group_by(names).agg(n=pl.len().cast(pl.Int64), d=pl.col(SENSITIVE).sum().cast(pl.Int64))
    _check_attainable(int(classes["n"].sum()), int(classes["d"].sum()), k, l)
    classes = classes.with_columns(levels[0].alias(f"{name}@") for name, levels in hierarchies.items())
    for name, levels in hierarchies.items():
        for level in levels[1:]:
            classes = _specialise(classes, names, name, level, k, l)
    both = exact.join(classes.drop("n", "d"), on=names)
    released = both.drop(names).rename({f"{name}@": name for name in names}).select(exact.columns).sort(pl.all())
    return MicrodataRelease(released, _report(both, names, units), names)


def measure_anonymity(frame: pl.DataFrame, quasi_identifiers: list[str], sensitive: str = SENSITIVE) -> tuple[int, int]:
    """k and l of a table: the smallest class, and the fewest distinct sensitive values in one (0, 0 if empty)."""
    classes = frame.group_by(quasi_identifiers).agg(k=pl.len(), l=pl.col(sensitive).n_unique())
    smallest = classes.select(pl.col("k").min(), pl.col("l").min()).row(0)
    return int(smallest[0] or 0), int(smallest[1] or 0)


def _prepare(microdata: pl.LazyFrame, instrument: Instrument) -> pl.LazyFrame:
    """Rows at the finest level that can be released: no pseudonyms, half-months instead of days."""
    half = pl.when(pl.col("submitted_on").dt.day() <= 15).then(pl.lit("-H1")).otherwise(pl.lit("-H2"))
    named = [field.code for field in instrument.fields_of("unit")]
    officials = [field.code for field in instrument.fields_of("official")]
    levels = {
        code: [level.code for level in s.levels if level.is_dissatisfied] for code, s in instrument.scales.items()
    }
    dissatisfied = [pl.col(q.column).is_in(levels[q.scale]).fill_null(False) for q in instrument.questions]
    return microdata.select(
        *(pl.col(name).fill_null(UNKNOWN) for name in ("unit_code", "respondent_type", "channel")),
        *(pl.col(name).fill_null(UNKNOWN) for name in _categories(instrument)),
        pl.concat_str(pl.col("submitted_on").dt.strftime("%Y-%m"), half).fill_null(UNKNOWN).alias("submitted_period"),
        pl.col("weight").cast(pl.String).fill_null(UNKNOWN),
        *(field.code for field in instrument.fields_of("flag")),
        *(pl.col(code).is_not_null().alias(f"has_{code}") for code in named),
        *(pl.col(f"{code}_pseudonym").is_not_null().alias(f"has_{code}") for code in officials),
        *(f"has_{field.code}" for field in instrument.fields_of("text")),
        *(question.column for question in instrument.questions),
        pl.any_horizontal(dissatisfied).alias(SENSITIVE),
    )


def _categories(instrument: Instrument) -> list[str]:
    """Category fields but those that describe a named official: only the dissatisfied have a value there."""
    officials = tuple(f"{field.code}_" for field in instrument.fields_of("official"))
    return [field.code for field in instrument.fields_of("category") if not field.code.startswith(officials)]


def _hierarchies(instrument: Instrument, units: list[Unit]) -> dict[str, list[pl.Expr]]:
    """Quasi-identifier -> its values at each level, from the most general to the exact; in order of their worth."""
    hidden = pl.lit(SUPPRESSED)
    month = pl.col("submitted_period").str.replace(r"-H[12]$", "")
    flat = ["respondent_type", *_categories(instrument), "channel"]
    return {
        "unit_code": _unit_levels(units),
        **{name: [hidden, pl.col(name)] for name in flat},
        "submitted_period": [hidden, month, pl.col("submitted_period")],
        # the weight is its stratum's: it would tell unit and type again
        "weight": [hidden, pl.col("weight")],
    }


def _unit_levels(units: list[Unit]) -> list[pl.Expr]:
    """The root of the tree, then the ancestor at ever greater depth; a unit above that depth stays what it is."""
    ancestors = ancestors_of(units)
    depth = ancestors.group_by("unit_code").len("depth")
    ranked = ancestors.join(depth.rename({"unit_code": "ancestor_code"}), on="ancestor_code").sort("unit_code", "depth")
    root = ranked.filter(pl.col("depth") == 1)["ancestor_code"][0]
    levels = []
    for limit in range(1, depth["depth"].cast(pl.Int64).sort()[-1] + 1):
        nearest = ranked.filter(pl.col("depth") <= limit).group_by("unit_code", maintain_order=True).last()
        codes = dict(nearest.select("unit_code", "ancestor_code").iter_rows())
        levels.append(pl.col("unit_code").replace_strict(codes, default=root, return_dtype=pl.String))
    return levels


def _check_attainable(n: int, n_dissatisfied: int, k: int, l: int) -> None:  # noqa: E741
    n_values = (n_dissatisfied > 0) + (n_dissatisfied < n)
    if n < k:
        raise UnreleasableError(f"{n} submissions are fewer than microdata_k = {k}: nothing can be released")
    if n_values < l:
        raise UnreleasableError(
            f"{n_dissatisfied} of {n} respondents are dissatisfied: dissatisfaction has {n_values} value(s) and can have "
            f"2 at most, microdata_l = {l} cannot be met; see `disclosure.microdata_l` in the method's file"
        )


def _is_safe(n: pl.Expr, d: pl.Expr, k: int, l: int) -> pl.Expr:  # noqa: E741
    return (n >= k) & ((d > 0).cast(pl.Int8) + (d < n).cast(pl.Int8) >= l)


def _specialise(
    classes: pl.DataFrame,
    names: list[str],
    name: str,
    level: pl.Expr,
    k: int,
    l: int,  # noqa: E741
) -> pl.DataFrame:
    """Split every class by one quasi-identifier's next level, as far as each part and the rest meet k and l.

    Args:
        classes: exact quasi-identifiers, `n` (rows), `d` (dissatisfied), and the class they are in (`<name>@`).
    """
    key = [f"{other}@" for other in names]
    candidates = classes.with_columns(level.alias("part"))
    parts = candidates.group_by(*key, "part").agg(pl.col("n", "d").sum()).sort(*key, "n", "part")
    is_safe = _is_safe(pl.col("n"), pl.col("d"), k, l)
    parts = parts.with_columns(is_safe.alias("is_safe"))
    rest_n, rest_d = (pl.col(column).filter(~pl.col("is_safe")).sum().over(key) for column in ("n", "d"))
    rest_needs_one = (rest_n > 0) & ~_is_safe(rest_n, rest_d, k, l)
    # a safe part makes any rest safe that it joins; where no part is safe, the rest is the class, which is
    smallest = pl.struct(*key, "is_safe").is_first_distinct()
    leaving = parts.filter(pl.col("is_safe") & ~(rest_needs_one & smallest)).select(*key, "part", left="part")
    return (
        candidates.join(leaving, on=[*key, "part"], how="left")
        .with_columns(pl.coalesce("left", f"{name}@").alias(f"{name}@"))
        .drop("part", "left")
    )


def _report(both: pl.DataFrame, names: list[str], units: list[Unit]) -> pl.DataFrame:
    unit_levels = {unit.unit_code: unit.unit_level for unit in units}
    coarser = {"unit_code": pl.col("unit_code@").replace_strict(unit_levels, default=UNKNOWN, return_dtype=pl.String)}
    parts = [
        both.select(
            pl.when(pl.col(name) == pl.col(f"{name}@"))
            .then(pl.lit("exact"))
            .when(pl.col(f"{name}@") == SUPPRESSED)
            .then(pl.lit("suppressed"))
            .otherwise(coarser.get(name, pl.lit("month")))
            .alias("level")
        )
        .group_by("level")
        .agg(n_rows=pl.len().cast(pl.Int64))
        .sort("level")
        .select(pl.lit(name).alias("quasi_identifier"), "level", "n_rows")
        for name in names
    ]
    return pl.concat(parts).with_columns((100 * pl.col("n_rows") / both.height).round(2).alias("rows_pct"))
