"""Keyed pseudonyms: HMAC-SHA-256, with a key of its own for every survey and purpose.

A plain hash of a 9 to 12 digit number can be enumerated in seconds; without the key an HMAC cannot. Keys of different
purposes are derived from the survey's secret (HKDF-Expand of RFC 5869 with one block), so that the pseudonym of a
person as respondent cannot be joined with the same person's as official.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from typing import Literal

import polars as pl

Purpose = Literal["respondent", "official", "comment", "row", "erasure"]

DIGITS = 24  # 96 bits: no collision is expected below 10^13 pseudonyms


def derive_key(secret: bytes, survey_code: str, purpose: Purpose) -> bytes:
    """The 32-byte key of one survey and purpose."""
    return hmac.digest(secret, f"hailong/{survey_code}/{purpose}\x01".encode(), "sha256")


def pseudonym(key: bytes, value: str) -> str:
    """24 hexadecimal digits of HMAC-SHA-256(key, value)."""
    return hmac.digest(key, value.encode(), hashlib.sha256().name)[: DIGITS // 2].hex()


def pseudonymise(values: pl.Expr, key: bytes) -> pl.Expr:
    """Pseudonyms of a text column; null stays null."""

    def apply(series: pl.Series) -> pl.Series:
        return pl.Series(series.name, [None if v is None else pseudonym(key, v) for v in series], dtype=pl.String)

    return values.map_batches(apply, return_dtype=pl.String, is_elementwise=True)


def fold_name(name: str) -> str:
    """A person's name without case, diacritics and doubled spaces: people type one name in many ways.

    >>> fold_name("  Nguyễn  Thị Đào ")
    'nguyen thi dao'
    """
    decomposed = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())
