"""What a failure may tell: errors of ours speak in counts and keys; any other library's may quote the data.

Polars names the values that it could not convert, and SQLAlchemy the parameters of a statement; Prefect would show them in
states and logs, on the anonymised side. So an error that is not ours crosses as its type and place in our code; what it
says is kept on the identified side, in `identified/failures/`, until retention or the next erasure.
"""

from __future__ import annotations

import errno
import os
import re
import sqlite3
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any

import httpx
import polars as pl

from flows.errors import OperationError
from flows.jobs import RoundRef
from flows.object_stores import is_store_error
from flows.settings import Settings
from flows.storage import RoundIsBusyError, Storage, replacing
from sources.errors import SourceError
from surveys.catalogue import SurveyError
from validations.gates import BrokenCheckError
from warehouse.engine import WarehouseError

ROOT = Path(__file__).parents[1]
WITH_REMEDY = (SurveyError, SourceError, WarehouseError, RoundIsBusyError, OperationError, BrokenCheckError)
"""Errors whose message holds no value, and a remedy."""


class UnexpectedError(OperationError):
    """Something failed that nobody foresaw: its type and place, and where its details are."""


def guard(name: str, stage: Callable[..., Any]) -> Callable[..., Any]:
    """A stage whose errors say no value: neither themselves nor through the errors that they come from."""

    @wraps(stage)
    def guarded(ref: RoundRef, *args: Any, **kwargs: Any) -> Any:
        try:
            return stage(ref, *args, **kwargs)
        except WITH_REMEDY as error:
            error.__cause__ = error.__context__ = None
            raise
        except Exception as error:
            doing = f"{ref.survey_name} {ref.round_code} {name}"
            failure = unexpected(error, doing, None if ref.storage is None else Path(ref.storage))
        raise failure  # outside of the block: inside, it would carry the error that it replaces

    return guarded


def unexpected(error: Exception, doing: str, storage: Path | None = None) -> UnexpectedError:
    """Keep an error's details on the identified side, and say the rest.

    Args:
        storage: root of storage; default: the installation's.
    """
    if problem := storage_problem(error):
        return UnexpectedError(f"{doing}: {problem}. See 'Storage cannot be written' in docs/runbook.md")
    if any(isinstance(one, httpx.TransportError) for one in _chain(error)):  # only Prefect's client speaks HTTP
        return UnexpectedError(
            f"{doing}: the Prefect server at {os.environ.get('PREFECT_API_URL')} cannot be reached. Nothing that was "
            "done is lost: run the same command again. See 'Prefect server unreachable' in docs/runbook.md"
        )
    kept = "its details could not be kept"
    with suppress(Exception):  # a full disk, or settings that are the error
        folder = Storage(storage or Settings().storage).failures
        path = folder / f"{doing.replace(' ', '-').replace('/', '-')}.txt"
        with replacing(path, mode=0o600) as temporary:
            temporary.touch(mode=0o600)
            temporary.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
        kept = f"its details, which may quote the data, are in {path}"
    return UnexpectedError(
        f"{doing}: {type(error).__name__} at {_place(error)}; {kept}. See 'Unexpected error' in docs/runbook.md"
    )


STORAGE_PROBLEMS = {
    errno.ENOSPC: "the disk is full; free space or enlarge it (`hailong doctor` shows how much there is)",
    errno.EDQUOT: "the disk quota is used up; free space or enlarge it",
    errno.EROFS: "the storage can only be read; mount it for writing, and look in the system's log why it was not",
    errno.EACCES: "permission denied; files and folders of the storage must belong to the user who runs hailong, and "
    "dropped files must be readable for that user",
}
NOTHING_LOST = "Nothing that was there is lost: run the same command again"
SQLITE_PROBLEMS = {sqlite3.SQLITE_FULL: errno.ENOSPC, sqlite3.SQLITE_READONLY: errno.EROFS}


def storage_problem(error: BaseException) -> str | None:
    """What a person must mend where files or the warehouse could not be written; None where it was something else."""
    if is_store_error(error):
        kind = type(error).__name__
        return f"the object store could not be used ({kind}); `hailong doctor` says whether it can. {NOTHING_LOST}"
    number = getattr(error, "errno", None)
    if number is None and isinstance(error, OSError | pl.exceptions.PolarsError):
        # Polars gives no number; it says the operating system's in its text, but for a footer that it could not write
        said = re.search(r"\(os error (\d+)\)", str(error))
        is_footer = "Invalid thrift: transport error" in str(error)
        number = int(said[1]) if said else errno.ENOSPC if is_footer else None
    cause = getattr(error, "orig", None)
    if isinstance(cause, sqlite3.Error):
        number = SQLITE_PROBLEMS.get(cause.sqlite_errorcode & 0xFF)  # the primary code of an extended one
    if getattr(cause, "sqlstate", None) == "53100":
        number = errno.ENOSPC
    problem = STORAGE_PROBLEMS.get(errno.EACCES if number == errno.EPERM else number or 0)
    if problem is None:
        return None
    where = f" ({error.filename})" if isinstance(error, OSError) and error.filename else ""
    return f"{problem}{where}. {NOTHING_LOST}"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _place(error: Exception) -> str:
    """The last line of our own code that the error went through."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(ROOT)]
    own = [frame for frame in frames if ".venv" not in frame.filename and "site-packages" not in frame.filename]
    return f"{Path(own[-1].filename).relative_to(ROOT)}:{own[-1].lineno}" if own else "an unknown place"
