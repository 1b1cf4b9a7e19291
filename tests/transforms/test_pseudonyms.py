"""Pseudonyms can be computed with the key and by nobody else, and those of different purposes cannot be joined."""

from __future__ import annotations

import hashlib
import itertools
import unicodedata

import polars as pl

from transforms.pseudonyms import DIGITS, derive_key, fold_name, pseudonym, pseudonymise

SECRET, OTHER = b"a" * 32, b"b" * 32


def citizen_ids() -> list[str]:
    """All 12-digit ids of one province, century, sex and year whose random digits end in 000: a thousandth of a space
    that takes a second to enumerate whole."""
    return [f"001203{number:03d}000" for number in range(1000)]


def test_the_same_respondent_has_the_same_pseudonym_in_every_round() -> None:
    key = derive_key(SECRET, "kbnn", "respondent")
    assert pseudonym(key, "001203000123") == pseudonym(key, "001203000123")
    assert len(pseudonym(key, "001203000123")) == DIGITS


def test_enumerating_ids_breaks_a_plain_hash_and_not_a_pseudonym() -> None:
    victims = citizen_ids()[::7]
    plain = {hashlib.sha256(value.encode()).hexdigest()[:DIGITS] for value in victims}
    keyed = set(pseudonymise_all(victims, derive_key(SECRET, "kbnn", "respondent")))
    hashes = {
        hashlib.new(name, value.encode()).hexdigest()[:DIGITS]
        for name, value in itertools.product(("md5", "sha1", "sha256"), citizen_ids())
    }
    guessed_keys = [derive_key(guess, "kbnn", "respondent") for guess in (b"", b"kbnn", b"0" * 32, OTHER)]
    guesses = {pseudonym(key, value) for key in guessed_keys for value in citizen_ids()}
    assert len(plain & hashes) == len(victims)
    assert keyed & (hashes | guesses) == set()


def test_pseudonyms_of_different_purposes_surveys_and_keys_cannot_be_joined() -> None:
    keys = [
        derive_key(secret, survey, purpose)
        for secret in (SECRET, OTHER)
        for survey in ("kbnn", "sfo")
        for purpose in ("respondent", "official", "comment", "row", "erasure")
    ]
    assert len({pseudonym(key, "001203000123") for key in keys}) == len(keys)


def test_a_blank_has_no_pseudonym() -> None:
    frame = pl.DataFrame({"who": ["x", None]}).select(pseudonymise(pl.col("who"), derive_key(SECRET, "kbnn", "row")))
    assert frame["who"].is_null().to_list() == [False, True]


def test_one_name_typed_in_many_ways_is_one_official() -> None:
    spellings = [
        "Nguyễn Thị Đào",
        "  nguyen thi  đào",
        "NGUYỄN THỊ ĐÀO",
        unicodedata.normalize("NFD", "Nguyễn Thị Đào"),
    ]
    assert {fold_name(name) for name in spellings} == {"nguyen thi dao"}


def pseudonymise_all(values: list[str], key: bytes) -> list[str]:
    return pl.DataFrame({"who": values}).select(pseudonymise(pl.col("who"), key))["who"].to_list()
