"""A round to be worked: `RoundJob`, with the places of its files, and `RoundRef`, what tasks are given of it.

Prefect walks through every argument of a task, and a whole survey takes it 1.7 seconds; a reference takes nothing. The
survey's files are read where the task runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import polars as pl

from flows.erasures import Erased
from flows.keys import Key, create_key, list_keys, load_key
from flows.object_stores import Place, is_file
from flows.settings import Settings
from flows.storage import Storage, find_places, private_folder
from sources.landing_store import RoundLanding
from surveys.catalogue import SurveyError, SurveyFolder, find_survey, load_survey
from surveys.models import Method, Round
from transforms.results import RoundContext
from transforms.units import partition_units


@dataclass(frozen=True)
class RoundJob:
    """One round of one survey under one method, with the places its files are in."""

    folder: SurveyFolder
    round: Round
    method: Method
    storage: Storage
    settings: Settings

    @classmethod
    def open(
        cls, folder: SurveyFolder, round_code: str, settings: Settings, method_code: str | None = None
    ) -> RoundJob:
        """Raises SurveyError where the survey has no such round or method; the message lists those it has."""
        round_ = folder.round(round_code)
        if method_code and method_code not in folder.methods:
            raise SurveyError(
                f"survey {folder.survey.survey_code!r} has no method {method_code!r}; its methods are "
                f"{', '.join(sorted(folder.methods))}"
            )
        method = folder.methods[method_code] if method_code else folder.method_of(round_)
        return cls(folder, round_, method, Storage.of(settings), settings)

    @property
    def survey_code(self) -> str:
        return self.folder.survey.survey_code

    @property
    def round_code(self) -> str:
        return self.round.round_code

    @property
    def context(self) -> RoundContext:
        return RoundContext.of(self.folder, self.round, self.method)

    @property
    def work(self) -> Path:
        return self.storage.work(self.survey_code, self.round_code)

    @property
    def results(self) -> Place:
        return self.storage.results(self.survey_code, self.round_code, self.method.method_code)

    @property
    def key_file(self) -> Path:
        return self.settings.secret_file or self.storage.identified / "keys" / f"{self.survey_code}.json"

    def part(self, kind: str, number: int) -> Place:
        """File of one partition: `<results>/<kind>/part-<number>.parquet`."""
        return private_folder(self.results / kind, 0o750) / f"part-{number:02d}.parquet"

    def scan_parts(self, kind: str) -> pl.LazyFrame:
        """All partitions' rows of a kind (`microdata`, `comments`)."""
        return pl.scan_parquet([str(part) for part in self.parts(kind)])

    def parts(self, kind: str) -> list[Place]:
        return find_places(self.results / kind, "part-*.parquet")

    @property
    def unit_codes(self) -> list[str]:
        """Units that the round has figures of."""
        return [unit.unit_code for unit in self.folder.units_on(self.round.register_date)]

    @property
    def units_of_parts(self) -> list[list[str]]:
        """Units of each partition that the round is worked in: batches of whole subtrees."""
        return partition_units(self.folder.units_on(self.round.register_date), self.settings.partitions)

    @property
    def n_parts(self) -> int:
        return len(self.units_of_parts)

    @property
    def microdata_facts(self) -> dict[str, str]:
        """`key_id`, `landing_hash`, `n_erased` and `releases_hash` of the microdata; empty where there are none yet."""
        path = self.part("microdata", 0)
        return pl.read_parquet_metadata(str(path)) if is_file(path) else {}

    @property
    def microdata_export(self) -> Place:
        folder = self.storage.anonymised / "exports" / self.survey_code / self.round_code
        return private_folder(folder, 0o750) / "microdata.parquet"

    def key(self) -> Key:
        """The key of pseudonyms: of the round's first run while its secret is there, else the active key.

        Made on the first run of a new storage, refused when an old storage has lost it. A round keeps its key after a
        rotation, so that its own pseudonyms stay the same when it is run again.
        """
        is_new = not any((self.storage.anonymised / self.survey_code).glob("*/*/microdata/*.parquet"))
        if is_new and self.settings.secret_file is None and not self.key_file.exists():
            return create_key(self.key_file)
        own = self.microdata_facts.get("key_id")
        return load_key(self.key_file, own if (own, True) in list_keys(self.key_file) else None)

    @property
    def docs(self) -> Place:
        return self.storage.docs(self.survey_code, self.round_code, self.method.method_code)

    @property
    def releases_file(self) -> Path:
        return self.work / "quarantine_releases.json"

    @property
    def source_counts_file(self) -> Path:
        """Submissions that each of the round's databases held at the last extraction."""
        return self.work / "source_counts.json"

    @property
    def erased(self) -> Erased:
        return Erased(self.storage, self.survey_code, self.key_file)

    @property
    def landing(self) -> RoundLanding:
        return RoundLanding(self.storage.landing, self.folder, self.round)


@dataclass(frozen=True)
class RoundRef:
    """One round under one method; what is None comes from the round's files or the installation's settings."""

    survey: str
    round_code: str
    method: str | None = None
    source_url: str | None = None
    warehouse_url: str | None = None
    storage: str | None = None

    def open(self) -> RoundJob:
        """Raises SurveyError when the survey's files have problems or the round or method is not declared."""
        settings = Settings.overridden(
            source_url=self.source_url, warehouse_url=self.warehouse_url, storage=self.storage
        )
        return RoundJob.open(load_survey_once(self.survey), self.round_code, settings, self.method)

    @property
    def survey_name(self) -> str:
        return self.survey.rstrip("/").rsplit("/", 1)[-1]


def load_survey_once(survey: str) -> SurveyFolder:
    """The survey's folder, read again only when one of its files has changed."""
    path = find_survey(survey)
    files = sorted(file for file in path.rglob("*") if file.suffix in {".yaml", ".csv"})
    return _load(path, tuple((file, file.stat().st_mtime_ns, file.stat().st_size) for file in files))


@lru_cache(maxsize=4)
def _load(path: Path, _files: tuple[tuple[Path, int, int], ...]) -> SurveyFolder:
    return load_survey(path)
