"""The command line `hailong`: arguments in, exit status out; the work is done elsewhere.

Exit status: 0 completed (also with warnings, which are printed), 1 stopped or failed, 2 wrong arguments or
configuration. Errors say what, where, how many and what to do next, on standard error, without a traceback.
"""

from __future__ import annotations

import sys

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
app.command("check")(rounds.check)
app.command("simulate")(rounds.simulate)
app.command("run")(rounds.run)
app.command("demo")(rounds.demo)
app.command("publish")(releases.publish)
app.command("backfill")(releases.backfill)
app.command("audit")(disclosure.audit)
app.command("redact")(comments.redact)
app.command("themes")(comments.themes)
app.add_typer(quarantine.commands, name="quarantine")
app.add_typer(privacy.commands, name="key")
app.command("erase")(privacy.erase)
app.command("access-report")(privacy.access_report)
app.command("official")(privacy.official)
app.command("retention")(privacy.retention)
app.command("microdata")(privacy.microdata)
app.command("export")(warehouse.export)
app.command("report")(reports.report)
app.command("dictionary")(warehouse.dictionary)
app.add_typer(warehouse.grants, name="grant")
app.command("schedule")(operations.schedule)
app.command("settings")(operations.settings)
app.command("doctor")(operations.doctor)
app.command("deploy")(operations.deploy)
app.command("ui")(operations.ui)
app.command("backup")(operations.backup)
app.command("restore")(operations.restore)
app.command("upgrade")(operations.upgrade)


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
