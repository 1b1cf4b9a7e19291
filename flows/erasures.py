"""Keeps erased respondents out of the landing area, now and whenever their source delivers them again.

The list of the erased (`<identified>/erased/<survey>.json`, 0600) holds keyed pseudonyms of their own purpose, each with
the id of its key and the round it is about (null: all): it names nobody, and cannot be joined with microdata.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import filelock
import polars as pl

from flows.keys import Key, list_keys, load_key
from flows.storage import Storage, replacing
from sources.landing_store import RoundLanding
from transforms.pseudonyms import derive_key, pseudonym, pseudonymise


class Entry(NamedTuple):
    """One erasure: `name` is the respondent's pseudonym under the key, `round_code` the round (None: all)."""

    key_id: str
    name: str
    round_code: str | None


class Erased:
    """The erased respondents of a survey."""

    def __init__(self, storage: Storage, survey_code: str, key_file: Path) -> None:
        self.path = storage.identified / "erased" / f"{survey_code}.json"
        self.survey_code, self.key_file = survey_code, key_file

    def add(self, respondent_id: str, key: Key, round_code: str | None = None) -> str:
        """Put a respondent on the list, once, for a round or for all; returns the pseudonym that stands for them there."""
        entry = Entry(
            key.key_id, pseudonym(derive_key(key.secret, self.survey_code, "erasure"), respondent_id), round_code
        )
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with filelock.FileLock(self.path.with_suffix(".lock"), mode=0o600):
            listed = self._listed()
            if entry not in listed:
                with replacing(self.path, mode=0o600) as temporary:
                    temporary.touch(mode=0o600)
                    temporary.write_text(json.dumps([*listed, entry], indent=1))
        return entry.name

    def n_unmatched(self) -> int:
        """Entries whose key was destroyed: they keep nobody out any more."""
        return sum(entry.key_id not in self._live_keys() for entry in self._listed())

    def remove_from(self, store: RoundLanding) -> int:
        """Remove the landed rows of everyone on the list; returns how many were there."""
        listed = [entry for entry in self._listed() if entry.round_code in (None, store.path.name)]
        if not listed:
            return 0
        store.remove_leftovers()
        n_before = count_erased(store)
        is_erased = self._is_erased(listed)
        for manifest in store.manifests():
            landed = pl.read_parquet(store.path / f"{manifest.batch}.parquet", glob=False)
            kept = landed.filter(~is_erased)
            if kept.height < landed.height:
                store.erase(manifest, kept)
        for damaged in store.path.glob("*.corrupt"):  # set aside and read again, so nobody needs them
            damaged.unlink()
        return count_erased(store) - n_before

    def _is_erased(self, listed: list[Entry]) -> pl.Expr:
        live = self._live_keys()
        who = pl.col("respondent_id")
        tests = [pl.lit(False)]
        for key_id in sorted({entry.key_id for entry in listed} & live):
            key = derive_key(load_key(self.key_file, key_id).secret, self.survey_code, "erasure")
            names = [entry.name for entry in listed if entry.key_id == key_id]
            tests.append(pseudonymise(who, key).is_in(names).fill_null(False))
        return pl.any_horizontal(tests)

    def _live_keys(self) -> set[str]:
        return {key_id for key_id, is_alive in list_keys(self.key_file) if is_alive}

    def _listed(self) -> list[Entry]:
        return [Entry(*entry) for entry in json.loads(self.path.read_text())] if self.path.exists() else []


def count_erased(store: RoundLanding) -> int:
    """Rows that were landed and erased since."""
    return sum(manifest.n_erased for manifest in store.manifests())
