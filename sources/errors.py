"""What can go wrong with a source. Messages say what, where and what to do next; never a value or a password."""

from __future__ import annotations


class SourceError(Exception):
    """A source is not as sources.yaml says: trying again does not help."""


class SourceUnavailable(SourceError):
    """A source cannot be reached or read just now: trying again may help."""


class CorruptBatchError(SourceError):
    """A landed file is not what was written."""


class FileProblem(SourceError):
    """A dropped file cannot be used and is set aside; the other files go on."""

    def __init__(self, file: str, what: str, where: str, fix: str) -> None:
        self.file, self.what, self.where, self.fix = file, what, where, fix
        super().__init__(f"{file}: {what} ({where}). Next: {fix}")
