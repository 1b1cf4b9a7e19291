"""What tasks are given: a reference to a round, a few short texts; the survey's files are read where the task runs.

Prefect walks through every argument of a task, and a whole survey takes it 1.7 seconds; a reference takes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flows.settings import Settings
from flows.stages import RoundJob
from surveys.catalogue import SurveyFolder, find_survey, load_survey


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
