"""The command line: `./dev claims …`, the same as `python -m client …`.

Exit codes: 0 done, paused or awaiting a decision; 1 failed, expired, not found, refused, or no server;
2 usage; 130 Ctrl-C, 143 SIGTERM. What goes wrong is one line on stderr.

A command imports what it needs when it runs, so that --help does not wait for HTTP and tables.
"""

import io
import math
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.exceptions import TyperException

from client.errors import ClientError, InputError
from client.options import JsonOption, command
from client.text import PROGRAM, complain
from shared.clock import parse_instant
from shared.version import __version__

if TYPE_CHECKING:
    from client.connection import Target

_EXIT_FAILED = 1
_EXIT_USAGE = 2

app = typer.Typer(
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
)


class Status(StrEnum):
    PROCESSING = "processing"
    PAUSED = "paused"
    AWAITING_DECISION = "awaiting_decision"
    COMPLETED = "completed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"


class Verdict(StrEnum):
    APPROVE = "approve"
    DENY = "deny"


class Outcome(StrEnum):
    APPROVED = "approved"
    DENIED = "denied"


class Sort(StrEnum):
    CLAIM_ID = "claim_id"
    MOMENT = "moment"


def _instant(meaning: str) -> Any:
    """An option that takes an instant, or a date."""
    return typer.Option(metavar="TIME", parser=_checked_instant, help=meaning)


def _checked_instant(text: str) -> str:
    try:
        return parse_instant(text).isoformat()
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not {error}") from None


def _amount(text: str) -> float:
    try:
        amount = float(text)
    except ValueError:
        amount = math.nan
    if not math.isfinite(amount) or amount < 0:
        raise typer.BadParameter(f"{text!r} is no amount of money")
    return amount


ClaimIdArgument = Annotated[str, typer.Argument(metavar="CLAIM_ID", show_default=False)]
OutOption = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="OUT", help="Write the result to OUT/CLAIM_ID.json.")
]


@app.callback(
    epilog=f"""\b
Examples:
  {PROGRAM} process samples/claims/rear_end_collision.md
  {PROGRAM} list-sessions --status paused
  {PROGRAM} resume CLM-123 -d police_report.pdf
  {PROGRAM} show CLM-123 --history
Every command takes --url, --key, --data and --json behind its name, and has its own --help."""
)
def claims() -> None:
    """Submit insurance claims, hand in what they wait for, and decide them.

    Without --url the claims are worked on this machine, on the data folder .data: by the host that runs
    there (./dev serve), or by one that is started for as long as the command runs.
    """


@command(
    app,
    "process claim.md",
    "process claim.json --documents scans/ -o results/",
    "process mail.eml --json --url https://claims.example.com --key KEY",
)
def process(
    target: "Target",
    *,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", show_default=False, help="A claim: .json, .md, .txt or .eml.")
    ],
    out: OutOption = None,
    documents: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where the files lie that the claim names. [default: beside it]"),
    ] = None,
    interactive: Annotated[
        bool | None,
        typer.Option(
            "--interactive/--no-interactive",
            help="Ask for what is missing. [default: if a person is at the terminal]",
            show_default=False,
        ),
    ] = None,
    as_json: bool,
) -> int:
    """Submit a claim with the files that it names, and work it until it is done or waits.

    A claim that lacks documents or information pauses. Answer the questions, or hand in what is missing
    later with `resume`; the claim keeps its place.
    """
    from client import commands

    asks = sys.stdin.isatty() and not as_json if interactive is None else interactive
    return commands.process(target, file, out=out, documents=documents, interactive=asks, as_json=as_json)


@command(
    app,
    "resume CLM-123 -d police_report.pdf -d repair_estimate.pdf",
    "resume CLM-123 -d incident_photos=IMG_2041.jpg",
    'resume CLM-123 --note incident_location="Main St and 5th Ave, Springfield"',
    "resume CLM-123                  takes up a claim that failed",
)
def resume(
    target: "Target",
    *,
    claim_id: ClaimIdArgument,
    documents: Annotated[
        list[str] | None,
        typer.Option(
            "-d",
            "--documents",
            metavar="FILE_OR_DIR",
            help="A document, or a folder of them; TYPE=FILE says of which type it is. Repeat it for more.",
        ),
    ] = None,
    notes: Annotated[
        list[str] | None,
        typer.Option(
            "--note", metavar="TYPE=TEXT", help="An answer to missing information. Repeat it for more."
        ),
    ] = None,
    out: OutOption = None,
    as_json: bool,
) -> int:
    """Add documents and answers to a claim, and go on with it."""
    from client import commands

    return commands.resume(
        target, claim_id, documents=documents or [], notes=notes or [], out=out, as_json=as_json
    )


@command(
    app,
    "list-sessions --status paused --missing police_report",
    "list-sessions --status paused --expires-before 2026-12-24",
)
def list_sessions(
    target: "Target",
    *,
    status: Annotated[Status | None, typer.Option(help="Only claims of this status.")] = None,
    claim_type: Annotated[
        str | None, typer.Option("--type", metavar="TYPE", help="Only claims of this type.")
    ] = None,
    outcome: Annotated[Outcome | None, typer.Option(help="Only claims decided so.")] = None,
    missing: Annotated[
        str | None, typer.Option(metavar="TYPE", help="Only claims that wait for such a document.")
    ] = None,
    saved_after: Annotated[str | None, _instant("Only claims saved then or later.")] = None,
    saved_before: Annotated[str | None, _instant("Only claims saved earlier.")] = None,
    expires_after: Annotated[str | None, _instant("Only claims that expire then or later.")] = None,
    expires_before: Annotated[str | None, _instant("Only claims that expire earlier.")] = None,
    sort: Annotated[
        Sort | None,
        typer.Option(
            help="By id; or, those of a status, by when they expire or were saved, as they are without."
        ),
    ] = None,
    as_json: bool,
) -> int:
    """List claims, all or those that are searched for: how they stand and what they wait for."""
    from client import commands

    if sort is Sort.MOMENT and status is None:
        raise InputError("--sort moment goes with --status")
    return commands.list_sessions(
        target,
        status=status,
        as_json=as_json,
        claim_type=claim_type,
        outcome=outcome,
        missing_document=missing,
        saved_after=saved_after,
        saved_before=saved_before,
        expires_after=expires_after,
        expires_before=expires_before,
        sort=sort,
    )


@command(app)
def show(
    target: "Target",
    *,
    claim_id: ClaimIdArgument,
    history: Annotated[bool, typer.Option("--history", help="With the whole chat of its agents.")] = False,
    as_json: bool,
) -> int:
    """Show how a claim stands."""
    from client import commands

    return commands.show(target, claim_id, history=history, as_json=as_json)


@command(
    app,
    'decide CLM-123 approve --officer jdoe --rationale "Covered, plausible" --payout 3250',
    'decide CLM-123 deny --officer jdoe --rationale "The policy lapsed in May"',
)
def decide(
    target: "Target",
    *,
    claim_id: ClaimIdArgument,
    decision: Annotated[Verdict, typer.Argument(show_default=False)],
    officer: Annotated[
        str, typer.Option(metavar="ID", show_default=False, help="Who decides; goes on record.")
    ],
    rationale: Annotated[str, typer.Option(metavar="TEXT", show_default=False, help="Why; goes on record.")],
    payout: Annotated[
        float | None,
        typer.Option(metavar="AMOUNT", parser=_amount, help="Amount to pay, in the policy's currency."),
    ] = None,
    denial_reason: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What the claimant is told of a denial.")
    ] = None,
    override_reason: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Why more is paid than the rules allow.")
    ] = None,
    as_json: bool,
) -> int:
    """Record an officer's decision on a claim that awaits one."""
    from client import commands

    return commands.decide(
        target,
        claim_id,
        decision.value,
        officer_id=officer,
        rationale=rationale,
        payout_amount=payout,
        denial_reason=denial_reason,
        override_reason=override_reason,
        as_json=as_json,
    )


@command(app)
def withdraw(
    target: "Target",
    *,
    claim_id: ClaimIdArgument,
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Why; goes on record.")
    ] = "withdrawn by the claimant",
    as_json: bool,
) -> int:
    """End a claim that is not wanted any more."""
    from client import commands

    return commands.withdraw(target, claim_id, reason=reason, as_json=as_json)


@command(app)
def verify(
    target: "Target",
    *,
    claim_id: ClaimIdArgument,
    as_json: bool,
) -> int:
    """Check who did what with a claim: the audit trail, and the first line of it that is broken."""
    from client import commands

    return commands.verify(target, claim_id, as_json=as_json)


@command(app)
def export(
    target: "Target",
    *,
    claim_id: ClaimIdArgument,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="The zip to write. [default: CLAIM_ID.zip]"),
    ] = None,
    as_json: bool,
) -> int:
    """Get everything that is kept of a claim, in the clear, as one zip.

    Without --url it is read from the storage itself, so that no claim is too large; a host may run there
    meanwhile.
    """
    from client import exporting

    return exporting.export(target, claim_id, out=out, as_json=as_json)


@command(app)
def erase(
    target: "Target",
    *,
    claim_id: ClaimIdArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: bool,
) -> int:
    """Erase everything that is kept of a claim. This cannot be undone."""
    from client import commands

    return commands.erase(target, claim_id, confirmed=yes, as_json=as_json)


@command(
    app,
    "import-sessions ../claims-automaton/sessions",
    "import-sessions sessions/ --data /srv/claims --json",
)
def import_sessions(
    target: "Target",
    *,
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", show_default=False, help="Holds a folder for each session.")
    ],
    as_json: bool,
) -> int:
    """Take over sessions of the original project: session.json, context.json and history.jsonl of each.

    They are written into the storage itself, so this goes with --data or the SessionStorage settings, not
    with --url; a host may run there meanwhile. The folder stays as it is, one that is damaged is named,
    and repeating it changes nothing.
    """
    from client import commands

    return commands.import_sessions(target, folder, as_json=as_json)


@command(app)
def dead_letters(target: "Target", *, as_json: bool) -> int:
    """List the events that could not be delivered to the webhook.

    They are read from the storage itself, so this goes with --data or the SessionStorage settings, not
    with --url; a host may run there meanwhile.
    """
    from client import dead_letters

    return dead_letters.dead_letters(target, as_json=as_json)


@command(
    app,
    "resend",
    "resend CLM-123",
)
def resend(
    target: "Target",
    *,
    claim_id: Annotated[
        str | None, typer.Argument(metavar="[CLAIM_ID]", show_default=False, help="Only this claim's.")
    ] = None,
    as_json: bool,
) -> int:
    """Send events again that could not be delivered, in order, under their ids.

    Goes with the same storage as dead-letters, and with the app's WEBHOOK_URL and WEBHOOK_SECRET.
    """
    from client import dead_letters

    return dead_letters.resend(target, claim_id, as_json=as_json)


@command(
    app,
    "revive --url https://claims.example.com --key KEY --dry-run",
    "revive --url https://claims.example.com --key KEY",
)
def revive(
    target: "Target",
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only count the claims that would be taken up.")
    ] = False,
    as_json: bool,
) -> int:
    """Take up every open claim, after the task hub was lost in which their orchestrations lived.

    Each goes on from its session, and what is on record is not done again. Claims whose orchestration lives
    come to no harm, so it may be repeated, and run beside live claims.
    """
    from client import revive

    return revive.revive(target, dry_run=dry_run, as_json=as_json)


@app.command()
def version(*, json: JsonOption = False) -> int:
    """Print the version."""
    print(f'{{"version": "{__version__}"}}' if json else __version__)
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    command = typer.main.get_command(app)
    try:
        return command.main(arguments, prog_name=PROGRAM, standalone_mode=False) or 0
    except TyperException as error:
        told = error.format_message()
        told += f"{'' if told.endswith(('.', '?')) else '.'} See `{PROGRAM} --help`."
        code = error.exit_code
    except InputError as error:
        told, code = str(error), _EXIT_USAGE
    except ClientError as error:
        told, code = str(error), _EXIT_FAILED
    except OSError as error:
        told, code = f"{error.filename or 'the system'}: {error.strerror or error}", _EXIT_FAILED
    complain(told)
    return code
