"""Where the files of a round are, on both sides of the line, and how they are written.

    <storage>/identified/   (0700)  keys/  landing/<survey>/<round>/  work/<survey>/<round>/*.parquet  failures/
    <storage>/anonymised/   (0750)  <survey>/<round>/<method>/*.parquet  docs/  exports/

The anonymised root may be elsewhere, also in an object store (docs/decisions/0010). A file is written beside its place and
renamed onto it, an object is sent in one piece: a reader sees the old one or the new one, never half.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TypeVar

import filelock
from upath import UPath

from flows.object_stores import Place, open_place, send_object
from flows.settings import Settings

AnyPlace = TypeVar("AnyPlace", bound=Place)


class RoundIsBusyError(Exception):
    """Another run works on the same round."""


@dataclass(frozen=True)
class Storage:
    """The two roots of an installation.

    anonymised_root: folder or URL; default: `<root>/anonymised`.
    """

    root: Path
    anonymised_root: str | None = None

    @classmethod
    def of(cls, settings: Settings) -> Storage:
        return cls(settings.storage, settings.anonymised)

    @property
    def identified(self) -> Path:
        return private_folder(self.root / "identified", 0o700)

    @property
    def anonymised(self) -> Place:
        place = open_place(self.anonymised_root) if self.anonymised_root else self.root / "anonymised"
        return private_folder(place, 0o750)

    @property
    def landing(self) -> Path:
        return self.identified / "landing"

    @property
    def failures(self) -> Path:
        """What unexpected errors said; they may quote the data."""
        return private_folder(self.identified / "failures", 0o700)

    def work(self, survey_code: str, round_code: str) -> Path:
        """Identified intermediate files of a round: current, accepted, quarantined submissions."""
        return private_folder(self.identified / "work" / survey_code / round_code, 0o700)

    def results(self, survey_code: str, round_code: str, method_code: str) -> Place:
        """Anonymised files of a round under one method: microdata, tallies, result tables."""
        return private_folder(self.anonymised / survey_code / round_code / method_code, 0o750)

    def docs(self, survey_code: str, round_code: str, method_code: str) -> Place:
        """Data Docs of a round under one method."""
        return private_folder(self.anonymised / "docs" / survey_code / round_code / method_code, 0o750)

    def exports(self, survey_code: str, round_code: str, release_number: int) -> Place:
        return private_folder(
            self.anonymised / "exports" / survey_code / round_code / f"release-{release_number}", 0o750
        )

    @contextmanager
    def lock(self, survey_code: str, round_code: str, timeout_seconds: float) -> Iterator[None]:
        """Hold a round, free of what killed runs left; a second run waits for the first, at most `timeout_seconds`.

        The lock is the operating system's own: it goes with the process that holds it, however that ends.

        Raises:
            RoundIsBusyError: the round is still held when the time is over.
        """
        path = self.work(survey_code, round_code) / "round.lock"
        try:
            with filelock.FileLock(path, timeout=timeout_seconds, mode=0o600):
                self._remove_leftovers(survey_code, round_code)
                yield
        except filelock.Timeout:
            raise RoundIsBusyError(
                f"another run works on {survey_code} {round_code} and did not finish within {timeout_seconds:g} s; "
                f"wait for it, or see 'A round is busy' in docs/runbook.md"
            ) from None

    def _remove_leftovers(self, survey_code: str, round_code: str) -> None:
        """What killed runs left unfinished: hidden files and folders, which only the holder of the round makes."""
        place = Path(survey_code) / round_code
        anonymised = self.anonymised
        folders = [anonymised, anonymised / "exports"] if isinstance(anonymised, Path) else []
        for folder in (self.identified / "work", *folders):
            for leftover in sorted((folder / place).rglob(".*"), reverse=True):
                shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()


def private_folder(folder: AnyPlace, mode: int) -> AnyPlace:
    """The folder, made where it is missing; a store has none, and who may read there is set in the store."""
    if isinstance(folder, Path) and not folder.is_dir():
        folder.mkdir(mode, parents=True, exist_ok=True)  # never open to others, even where the next step is not reached
        folder.chmod(mode)
    return folder


def find_places(folder: Place, pattern: str) -> list[Place]:
    """Files and folders below a folder, in order of their names."""
    found: list[Place] = [*folder.glob(pattern)]
    return sorted(found, key=lambda place: tuple(place.parts))


@contextmanager
def replacing(target: Path, mode: int = 0o640) -> Iterator[Path]:
    """A temporary path to write to, renamed onto `target` when the block ends well, removed when it does not."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        temporary.chmod(mode)
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def writing(target: Place, mode: int = 0o640) -> Iterator[Path | BytesIO]:
    """Where to write what `target` gets when the block ends well: a temporary path, or memory for an object."""
    if isinstance(target, UPath):
        content = BytesIO()
        yield content
        send_object(target, content.getvalue())
    else:
        with replacing(target, mode) as temporary:
            yield temporary


def write_bytes(target: Place, content: bytes, mode: int = 0o640) -> None:
    """A small file, whole or not at all."""
    with writing(target, mode) as temporary:
        temporary.write_bytes(content) if isinstance(temporary, Path) else temporary.write(content)
