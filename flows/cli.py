"""The command line `hailong`: arguments in, exit status out; the work is done elsewhere.

Exit status: 0 completed (also with warnings, which are printed), 1 stopped or failed, 2 wrong arguments or
configuration. Errors say what, where, how many and what to do next, on standard error, without a traceback.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import typer
from pydantic import ValidationError

from flows.commands import comments, disclosure, operations, privacy, quarantine, releases, reports, rounds, warehouse
from flows.failures import WITH_REMEDY, unexpected
from surveys.catalogue import SurveyError

app = typer.Typer(
    name="hailong",
    help="Turns each round of a satisfaction survey into numbers that people can trust.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
PANELS: dict[str, dict[str, Callable[..., None] | typer.Typer]] = {
    "Round": {
        "check": rounds.check,
        "simulate": rounds.simulate,
        "run": rounds.run,
        "demo": rounds.demo,
        "backfill": releases.backfill,
        "quarantine": quarantine.commands,
    },
    "Release": {
        "publish": releases.publish,
        "audit": disclosure.audit,
        "export": warehouse.export,
        "report": reports.report,
        "grant": warehouse.grants,
    },
    "Privacy": {
        "access-report": privacy.access_report,
        "erase": privacy.erase,
        "retention": privacy.retention,
        "key": privacy.commands,
        "official": privacy.official,
        "microdata": privacy.microdata,
        "redact": comments.redact,
        "themes": comments.themes,
    },
    "Operations": {
        "doctor": operations.doctor,
        "settings": operations.settings,
        "schedule": operations.schedule,
        "deploy": operations.deploy,
        "ui": operations.ui,
        "backup": operations.backup,
        "restore": operations.restore,
        "upgrade": operations.upgrade,
        "dictionary": warehouse.dictionary,
    },
}
"""Heading in `hailong --help` -> name -> command, or group of commands."""

for panel, members in PANELS.items():
    for name, command in members.items():
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name, rich_help_panel=panel)
        else:
            app.command(name, rich_help_panel=panel)(command)


def main() -> None:
    """Entry point: errors with a remedy become one message and an exit status."""
    try:
        app()
    except SurveyError as error:
        _fail(str(error), 2)
    except ValidationError as error:
        # without the value given: it may be a URL with a password
        _fail("; ".join(f"setting {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()), 2)
    except WITH_REMEDY as error:
        _fail(str(error), 1)
    except Exception as error:
        _fail(str(unexpected(error, " ".join(["hailong", *sys.argv[1:2]]))), 1)


def _fail(message: str, status: int) -> None:
    print(f"hailong: {message}", file=sys.stderr)
    sys.exit(status)


if __name__ == "__main__":
    main()
