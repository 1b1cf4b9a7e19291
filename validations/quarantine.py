"""Rows that were set aside, and their release: a person accepts rows although they break a rule.

A release names a row by its place in the source and a hash of all that was landed of it. A row that is corrected at the
source is another row: it is judged anew, and needs no release.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl
from pydantic import BaseModel, ConfigDict, TypeAdapter

from validations.gates import GateReport, RuleResult
from validations.suites import UNITS, RuleSpec

ROW = "row_number"
BROKEN, RELEASED = "broken_rules", "released_rules"
ASKED, N_FINAL = "__asked", "__n_final"
PLACE = ("source_name", "source_row")


class Release(BaseModel):
    """One rule that one row may break."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source_name: str | None
    source_row: str | None
    content_sha256: str
    rule_id: str
    reason: str
    released_by: str
    released_at: dt.datetime


RELEASES = TypeAdapter(list[Release])


class NothingToReleaseError(Exception):
    """No quarantined row matches."""


def summarise_quarantine(quarantine: pl.LazyFrame, by: str) -> pl.DataFrame:
    """Rows of the quarantine by `rule_id`, `unit_code` or `source_name`: that column, `n_rows` and `n_only`.

    n_only: rows that break no other rule, so that mending this one brings them back. A row counts once per rule it
    breaks. Largest first.
    """
    if by == "rule_id":
        quarantine = quarantine.with_columns(n_broken=pl.col(BROKEN).list.len(), rule_id=BROKEN).explode("rule_id")
    else:
        quarantine = quarantine.with_columns(n_broken=pl.col(BROKEN).list.len())
    return (
        quarantine.group_by(by)
        .agg(n_rows=pl.len().cast(pl.Int64), n_only=(pl.col("n_broken") == 1).sum().cast(pl.Int64))
        .sort("n_rows", by, descending=[True, False], nulls_last=True)
        .collect()
    )


def select_releases(
    quarantine: pl.LazyFrame,
    landed_columns: Iterable[str],
    rules: Iterable[RuleSpec],
    unit_codes: Collection[str],
    *,
    rule_id: str | None = None,
    row_number: int | None = None,
    reason: str,
    released_by: str,
    released_at: dt.datetime,
) -> tuple[list[Release], int]:
    """Releases of the quarantined rows that break a rule, or of all rules that one row breaks; both: of that rule there.

    Args:
        quarantine: landed columns, `row_number` and `broken_rules`.
        landed_columns: what is hashed, so that the release ends when the row changes.
        rules: of the gate that set the rows aside.
        unit_codes: units of the round.

    Returns:
        the releases, and the number of matching rows that cannot be released.

    Raises:
        NothingToReleaseError: no row of the quarantine matches.
    """
    final = [pl.when(~_has_place(rule, unit_codes)).then(pl.lit(rule.rule_id)) for rule in rules if rule.rejects]
    asked = pl.lit([rule_id], dtype=pl.List(pl.String)) if rule_id else pl.col(BROKEN)
    chosen = quarantine.with_columns(asked.list.set_intersection(BROKEN).list.sort().alias(ASKED))
    chosen = chosen.filter(pl.col(ASKED).list.len() > 0)
    if row_number is not None:
        chosen = chosen.filter(pl.col(ROW) == row_number)
    rows = chosen.with_columns(pl.concat_list(final).list.set_intersection(ASKED).list.len().alias(N_FINAL)).collect()
    if rows.is_empty():
        sought = [f"rule {rule_id}"] * (rule_id is not None) + [f"row {row_number}"] * (row_number is not None)
        raise NothingToReleaseError(f"no quarantined row matches {' and '.join(sought)}")
    columns = sorted(landed_columns)
    releases = [
        Release(
            source_name=row["source_name"],
            source_row=row["source_row"],
            content_sha256=_hash_content(row, columns),
            rule_id=broken,
            reason=reason,
            released_by=released_by,
            released_at=released_at,
        )
        for row in rows.filter(pl.col(N_FINAL) == 0).sort(ROW).iter_rows(named=True)
        for broken in row[ASKED]
    ]
    return releases, rows.filter(pl.col(N_FINAL) > 0).height


def _has_place(rule: RuleSpec, unit_codes: Collection[str]) -> pl.Expr:
    """Whether a row that breaks the rule can be counted all the same; what was typed for a unit cannot."""
    if rule.arguments.get("reference") == UNITS:
        return pl.col(rule.arguments["column"]).is_in(list(unit_codes)).fill_null(False)
    return pl.lit(rule.is_releasable)


def read_releases(path: Path) -> list[Release]:
    """The releases of a round so far; none where the file does not exist."""
    return RELEASES.validate_json(path.read_bytes()) if path.exists() else []


def merge_releases(old: Iterable[Release], new: Iterable[Release]) -> bytes:
    """JSON of all releases, in order; of two for the same row and rule the earlier one is kept."""
    kept: dict[tuple[str | None, ...], Release] = {}
    for release in (*old, *new):
        kept.setdefault((release.source_name, release.source_row, release.content_sha256, release.rule_id), release)
    return RELEASES.dump_json(list(kept.values()), indent=1)


def find_released(current: pl.LazyFrame, landed_columns: Iterable[str], releases: Iterable[Release]) -> pl.DataFrame:
    """`row_number` and `released_rules` (List of String) of the current rows that releases name, unchanged since."""
    rules_of: dict[tuple[str | None, ...], list[str]] = {}
    for release in releases:
        key = (release.source_name, release.source_row, release.content_sha256)
        rules_of.setdefault(key, []).append(release.rule_id)
    places = pl.LazyFrame(
        sorted({key[:2] for key in rules_of}, key=str), schema=dict.fromkeys(PLACE, pl.String()), orient="row"
    )
    columns = sorted(landed_columns)
    # few rows are released: the others are left out before any is hashed
    candidates = current.join(places, on=PLACE, how="semi", nulls_equal=True).collect()
    found = [
        (row[ROW], rules)
        for row in candidates.iter_rows(named=True)
        if (rules := rules_of.get((row["source_name"], row["source_row"], _hash_content(row, columns))))
    ]
    return pl.DataFrame(found, schema={ROW: pl.UInt32, RELEASED: pl.List(pl.String)}, orient="row").sort(ROW)


def apply_releases(split: pl.LazyFrame, released: pl.DataFrame) -> pl.LazyFrame:
    """`split` with the released rules moved from `broken_rules` to `released_rules`."""
    joined = split.join(released.lazy(), on=ROW, how="left", maintain_order="left")
    rules = pl.col(RELEASED).fill_null([])
    return joined.with_columns(
        pl.col(BROKEN).list.set_difference(rules).list.sort(),
        pl.col(BROKEN).list.set_intersection(rules).list.sort().alias(RELEASED),
    )


def discount_released(report: GateReport, rows: pl.LazyFrame) -> GateReport:
    """The report without failures that were released.

    Args:
        rows: `row_number` and `released_rules` of all rows of the gate.
    """
    pairs = rows.select(ROW, pl.col(RELEASED)).explode(RELEASED).drop_nulls(RELEASED).collect()
    of_rule = {str(rule_id): set(map(str, part[ROW])) for (rule_id,), part in pairs.group_by(RELEASED)}
    return replace(report, results=tuple(_discount(result, of_rule) for result in report.results))


def _discount(result: RuleResult, released_of: Mapping[str, set[str]]) -> RuleResult:
    released = released_of.get(result.rule.rule_id)
    if not released:
        return result
    n_failed = result.n_failed - len(released)
    return replace(
        result,
        is_success=result.is_success or n_failed == 0,
        n_failed=n_failed,
        n_released=len(released),
        example_keys=tuple(key for key in result.example_keys if key not in released),
    )


def _hash_content(row: Mapping[str, object], columns: Iterable[str]) -> str:
    content = {column: row[column] for column in columns}
    return hashlib.sha256(json.dumps(content, default=str, ensure_ascii=False).encode()).hexdigest()
