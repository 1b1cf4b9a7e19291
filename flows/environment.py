"""Prefect's own settings, set before it is imported: quiet, offline, and with its files under the storage root.

What an administrator set in the environment stays as it is.
"""

from __future__ import annotations

import os
import warnings
from contextlib import suppress
from pathlib import Path

DEFAULTS = {
    # nothing is sent to anyone; 3.8.8 prints a lock traceback at each start while analytics are on
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # the newer UI calls an analytics host from the operator's browser
    "PREFECT_SERVER_UI_V2_ENABLED": "false",
    "GX_ANALYTICS_ENABLED": "false",
    # a temporary server needs 15 s on a new database, minutes on a busy machine; the default limit is 20
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "600",
    # a flow that dies without a word is noticed after three missed heartbeats
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    # what a run logs is in the UI; on a terminal the command line speaks for itself
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
}


def prepare_environment(storage: Path) -> None:
    """Fill in what is not set."""
    for name, value in {**DEFAULTS, "PREFECT_HOME": str((storage / "prefect").resolve())}.items():
        os.environ.setdefault(name, value)
    # Prefect makes its home, but not the storage root above it, and its server then waits for a database that cannot be;
    # where it may not be written, the commands that need it say so. Not open to others: artifacts show drafts
    with suppress(OSError):
        Path(os.environ["PREFECT_HOME"]).mkdir(0o750, parents=True, exist_ok=True)
    # a dependency of Prefect's warns, over 1,000 lines, of an optional part that is not installed: here and in a server
    # that this process starts
    os.environ.setdefault("PYTHONWARNINGS", "ignore:::beartype._util.error.utilerrwarn")
    warnings.filterwarnings("ignore", message=".*not decoratable by @beartype")
