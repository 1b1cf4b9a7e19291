"""What a failure may tell: errors of ours speak in counts and keys; any other library's may quote the data.

Polars names the values that it could not convert, and SQLAlchemy the parameters of a statement; Prefect would show them in
states and logs, on the anonymised side. So an error that is not ours crosses as its type and place in our code; what it
says is kept on the identified side, in `identified/failures/`, until retention or the next erasure.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any

from flows.errors import OperationError
from flows.jobs import RoundRef
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


def _place(error: Exception) -> str:
    """The last line of our own code that the error went through."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(ROOT)]
    own = [frame for frame in frames if ".venv" not in frame.filename and "site-packages" not in frame.filename]
    return f"{Path(own[-1].filename).relative_to(ROOT)}:{own[-1].lineno}" if own else "an unknown place"
