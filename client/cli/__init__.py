"""The command line: `./dev claims …`, the same as `python -m client …`.

Exit codes: 0 done, paused or awaiting a decision; 1 failed, expired, not found, refused, or no server;
2 usage; 130 Ctrl-C, 143 SIGTERM. What goes wrong is one line on stderr.

A command imports what it needs when it runs, so that --help does not wait for HTTP and tables.
"""

import io
import sys
from collections.abc import Sequence

import typer
from typer.exceptions import TyperException

from client.cli import claims, revive, stored
from client.cli.command import AsJson, app
from client.cli.text import PROGRAM, complain, print_json
from client.errors import ClientError, InputError
from shared.version import __version__

__all__ = ["app", "claims", "main", "revive", "stored"]

_FAILED = 1
_USAGE = 2


@app.callback(
    epilog=f"""\b
Examples:
  {PROGRAM} process samples/claims/rear_end_collision.md
  {PROGRAM} list-sessions --status paused
  {PROGRAM} resume CLM-123 -d police_report.pdf
  {PROGRAM} show CLM-123 --history
Every command takes --url, --key, --data and --json behind its name, and has its own --help."""
)
def introduction() -> None:
    """Submit insurance claims, hand in what they wait for, and decide them.

    Without --url the claims are worked on this machine, on the data folder .data: by the host that runs
    there (./dev serve), or by one that is started for as long as the command runs.
    """


@app.command()
def version(*, json: AsJson = False) -> None:
    """Print the version."""
    if json:
        print_json({"version": __version__})
    else:
        print(__version__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        command = typer.main.get_command(app)
        return command.main(arguments, prog_name=PROGRAM, standalone_mode=False) or 0
    except TyperException as error:
        message = error.format_message()
        complain(f"{message}{'' if message.endswith(('.', '?')) else '.'} See `{PROGRAM} --help`.")
        return error.exit_code
    except ClientError as error:
        complain(error)
        return _USAGE if isinstance(error, InputError) else _FAILED
    except OSError as error:
        complain(f"{error.filename or 'the system'}: {error.strerror or error}")
        return _FAILED
