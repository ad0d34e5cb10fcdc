"""The commands that work a claim by way of the API, with the app at an address or the embedded host."""

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from client.cli.command import Call, ClaimId, command
from client.cli.text import print_json
from client.errors import ClientError, InputError
from client.responses import Claim, Message, Note, Order, Outcome, Status
from shared.clock import parse_instant

if TYPE_CHECKING:
    from client.orchestrator import ClaimsOrchestrator
    from client.submission import PreparedClaim

_Out = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="OUT", help="Write the result to OUT/CLAIM_ID.json.")
]


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


NO_REASON = "Your claim was reviewed by an officer and was not approved."
"""What the claimant is told of a denial for which no reason is given."""


@command(
    "process claim.md",
    "process claim.json --documents scans/ -o results/",
    "process mail.eml --json --url https://claims.example.com --key KEY",
)
async def process(
    call: Call,
    *,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", show_default=False, help="A claim: .json, .md, .txt or .eml.")
    ],
    out: _Out = None,
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
) -> None:
    """Submit a claim with the files that it names, and work it until it is done or waits.

    A claim that lacks documents or information pauses. Answer the questions, or hand in what is missing
    later with `resume`; the claim keeps its place.
    """
    from client.cli.output import output_folder
    from client.submission import claim_from_file

    prepared = claim_from_file(file, documents)
    folder = output_folder(out) if out else None
    if not call.as_json:
        _show_files(prepared, documents or file.parent)
    async with call.orchestrator() as orchestrator:
        with call.progress() as watch:
            claim = await orchestrator.process_claim(prepared, watch=watch)
        if sys.stdin.isatty() and not call.as_json if interactive is None else interactive:
            claim = await _ask_until_done(call, orchestrator, claim)
        await _finish(call, orchestrator, claim, folder)


@command(
    "resume CLM-123 -d police_report.pdf -d repair_estimate.pdf",
    "resume CLM-123 -d incident_photos=IMG_2041.jpg",
    'resume CLM-123 --note incident_location="Main St and 5th Ave, Springfield"',
    "resume CLM-123                  takes up a claim that failed",
)
async def resume(
    call: Call,
    *,
    claim_id: ClaimId,
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
    out: _Out = None,
) -> None:
    """Add documents and answers to a claim, and go on with it."""
    from client.cli.output import output_folder
    from client.documents import documents_at

    additions = {
        "documents": [document for given in documents or () for document in documents_at(given)],
        "notes": [_note(given) for given in notes or ()],
    }
    folder = output_folder(out) if out else None
    async with call.orchestrator() as orchestrator:
        with call.progress() as watch:
            claim = await orchestrator.continue_claim(claim_id, additions, watch=watch)
        await _finish(call, orchestrator, claim, folder)


@command(
    "list-sessions --status paused --missing police_report",
    "list-sessions --status paused --expires-before 2026-12-24",
)
async def list_sessions(
    call: Call,
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
        Order | None,
        typer.Option(
            help="By id; or, those of a status, by when they expire or were saved, as they are without."
        ),
    ] = None,
) -> None:
    """List claims, all or those that are searched for: how they stand and what they wait for."""
    if sort == "moment" and status is None:
        raise InputError("--sort moment goes with --status")
    async with call.orchestrator() as orchestrator:
        sessions = await orchestrator.list_sessions(
            status,
            claim_type=claim_type,
            outcome=outcome,
            missing_document=missing,
            saved_after=saved_after,
            saved_before=saved_before,
            expires_after=expires_after,
            expires_before=expires_before,
            sort=sort,
        )
    if call.as_json:
        print_json({"claims": sessions})
    else:
        from client.cli.output import show_sessions

        show_sessions(sessions)


@command()
async def show(
    call: Call,
    *,
    claim_id: ClaimId,
    history: Annotated[bool, typer.Option("--history", help="With the whole chat of its agents.")] = False,
) -> None:
    """Show how a claim stands."""
    async with call.orchestrator() as orchestrator:
        claim = await orchestrator.get_status(claim_id)
        messages = await orchestrator.history(claim_id) if history else None
        await _finish(call, orchestrator, claim, messages=messages)


@command(
    'decide CLM-123 approve --officer jdoe --rationale "Covered, plausible" --payout 3250',
    'decide CLM-123 deny --officer jdoe --rationale "Lapsed in May" --denial-reason "Your policy has ended."',
)
async def decide(
    call: Call,
    *,
    claim_id: ClaimId,
    decision: Annotated[Literal["approve", "deny"], typer.Argument(show_default=False)],
    officer: Annotated[
        str, typer.Option(metavar="ID", show_default=False, help="Who decides; goes on record.")
    ],
    rationale: Annotated[str, typer.Option(metavar="TEXT", show_default=False, help="Why; goes on record.")],
    payout: Annotated[
        float | None,
        typer.Option(metavar="AMOUNT", parser=_amount, help="Amount to pay, in the policy's currency."),
    ] = None,
    denial_reason: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            help=f"What the claimant is told of a denial, never the rationale. [default: {NO_REASON}]",
            show_default=False,
        ),
    ] = None,
    override_reason: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Why more is paid than the rules allow.")
    ] = None,
) -> None:
    """Record an officer's decision on a claim that awaits one."""
    async with call.orchestrator() as orchestrator:
        with call.progress() as watch:
            claim = await orchestrator.decide(
                claim_id,
                decision,
                officer_id=officer,
                rationale=rationale,
                payout_amount=payout,
                denial_reason=denial_reason or (NO_REASON if decision == "deny" else None),
                override_reason=override_reason,
                watch=watch,
            )
        await _finish(call, orchestrator, claim)


@command()
async def withdraw(
    call: Call,
    *,
    claim_id: ClaimId,
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Why; goes on record.")
    ] = "withdrawn by the claimant",
) -> None:
    """End a claim that is not wanted any more."""
    async with call.orchestrator() as orchestrator:
        claim = await orchestrator.withdraw(claim_id, reason)
        await _finish(call, orchestrator, claim)


@command()
async def verify(call: Call, *, claim_id: ClaimId) -> None:
    """Check a claim's audit trail: who did what with it, and the first line that is broken.

    Exit 1 where it does not hold.
    """
    async with call.orchestrator() as orchestrator:
        trail = await orchestrator.audit(claim_id)
    if call.as_json:
        print_json(trail)
    else:
        from client.cli.output import show_audit

        show_audit(trail)
    if trail["broken_line"] is not None:
        raise ClientError(f"line {trail['broken_line']} of the audit trail of {claim_id} {trail['fault']}")


@command()
async def erase(
    call: Call,
    *,
    claim_id: ClaimId,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase everything that is kept of a claim. This cannot be undone."""
    if not yes and not await _is_confirmed(claim_id):
        raise typer.Exit(1)
    async with call.orchestrator() as orchestrator:
        erased = await orchestrator.erase(claim_id)
    if call.as_json:
        print_json(erased)
    else:
        print(f"{claim_id} is erased: its session, its uploads and its history")


def _show_files(prepared: "PreparedClaim", folder: Path) -> None:
    from client.cli.output import show

    if prepared.found:
        show(f"with {', '.join(prepared.found)}")
    if prepared.not_found:
        show(f"not in {folder}: {', '.join(prepared.not_found)}")


async def _ask_until_done(call: Call, orchestrator: "ClaimsOrchestrator", claim: Claim) -> Claim:
    from client.cli.asking import Asker
    from client.cli.output import console_for
    from client.cli.running import read_line

    asker = Asker(read_line, console_for(sys.stderr).print)
    while claim["status"] == "paused":
        given = await asker.ask(await orchestrator.missing_documents(claim["claim_id"]))
        if given is None:
            break
        with call.progress() as watch:
            claim = await orchestrator.continue_claim(claim["claim_id"], given, watch=watch)
    return claim


async def _finish(
    call: Call,
    orchestrator: "ClaimsOrchestrator",
    claim: Claim,
    folder: Path | None = None,
    *,
    messages: list[Message] | None = None,
) -> None:
    """Print the claim as it stands, and write it into the folder.

    Raises:
        ClientError: the claim failed or expired.
    """
    from client.cli.output import failure, show, show_claim, show_messages, write_claim

    written = write_claim(folder, claim) if folder else None
    if call.as_json:
        print_json(claim if messages is None else {**claim, "messages": messages})
    else:
        is_paused = claim["status"] == "paused"
        show_claim(claim, await orchestrator.missing_documents(claim["claim_id"]) if is_paused else None)
        show_messages(messages or [])
        if written:
            show(f"  written: {written}", soft_wrap=True)
    if reason := failure(claim):
        raise ClientError(reason)


def _note(given: str) -> Note:
    type_, separator, content = given.partition("=")
    if not (type_ and separator and content.strip()):
        raise InputError(f"the note {given!r} does not say to what it answers: write it as TYPE=TEXT")
    return Note(type=type_, content=content)


async def _is_confirmed(claim_id: str) -> bool:
    from client.cli.running import read_line

    if not sys.stdin.isatty():
        raise InputError("erasing cannot be undone: add --yes to confirm it")
    question = f"Erase everything that is kept of {claim_id}? This cannot be undone. [y/N] "
    print(question, end="", file=sys.stderr, flush=True)
    try:
        return (await read_line()).strip().lower() in {"y", "yes"}
    except EOFError:
        print(file=sys.stderr)
        return False
