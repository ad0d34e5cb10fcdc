"""The commands: each drives the orchestrator, prints, and returns the exit code."""

import asyncio
import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Unpack

from client.answers import Claim, Note, Search
from client.asking import Asker
from client.connection import Connection, Target
from client.documents import documents_at
from client.errors import InputError
from client.orchestrator import Watch
from client.output import (
    console_for,
    failure,
    output_folder,
    print_audit,
    print_claim,
    print_import,
    print_json,
    print_messages,
    print_sessions,
    write_claim,
)
from client.progress import shown_progress
from client.storage import check_is_storage, storage
from client.submission import PreparedClaim, claim_from_file
from client.text import complain

if TYPE_CHECKING:
    from shared.session_store.importing import ImportResult

_EXIT_FAILED = 1
_ROOT = Path(__file__).resolve().parent.parent


def process(
    target: Target,
    file: Path,
    *,
    out: Path | None,
    documents: Path | None,
    interactive: bool,
    as_json: bool,
) -> int:
    """Submit a claim file and see the claim to rest, asking for what is missing where a person is there."""
    prepared = claim_from_file(file, documents)
    folder = output_folder(out) if out else None
    _tell_files(prepared, documents or file.parent, as_json=as_json)
    with Connection(target) as connection:
        with _progress(as_json=as_json) as watch:
            claim = connection.run(connection.orchestrator.process_claim(prepared, watch=watch))
        if interactive:
            claim = _ask_until_done(connection, claim, as_json=as_json)
        return _finish(connection, claim, folder, as_json=as_json)


def resume(
    target: Target, claim_id: str, *, documents: list[str], notes: list[str], out: Path | None, as_json: bool
) -> int:
    """Hand in documents and notes, and see the claim to rest."""
    additions = {
        "documents": [document for given in documents for document in documents_at(given)],
        "notes": [_note(given) for given in notes],
    }
    folder = output_folder(out) if out else None
    with Connection(target) as connection:
        with _progress(as_json=as_json) as watch:
            claim = connection.run(connection.orchestrator.continue_claim(claim_id, additions, watch=watch))
        return _finish(connection, claim, folder, as_json=as_json)


def list_sessions(target: Target, *, status: str | None, as_json: bool, **search: Unpack[Search]) -> int:
    with Connection(target) as connection:
        sessions = connection.run(connection.orchestrator.list_sessions(status, **search))
    if as_json:
        print_json({"claims": sessions})
    else:
        print_sessions(console_for(sys.stdout), sessions)
    return 0


def show(target: Target, claim_id: str, *, history: bool, as_json: bool) -> int:
    with Connection(target) as connection:
        claim = connection.run(connection.orchestrator.get_status(claim_id))
        messages = connection.run(connection.orchestrator.history(claim_id)) if history else None
        if as_json:
            print_json(claim if messages is None else {**claim, "messages": messages})
        else:
            _print(connection, claim)
            print_messages(console_for(sys.stdout), messages or [])
    return _exit_code(claim)


def decide(
    target: Target,
    claim_id: str,
    decision: Literal["approve", "deny"],
    *,
    officer_id: str,
    rationale: str,
    payout_amount: float | None,
    denial_reason: str | None,
    override_reason: str | None,
    as_json: bool,
) -> int:
    """Record an officer's decision, and see the claim through its handoff."""
    with Connection(target) as connection:
        with _progress(as_json=as_json) as watch:
            decided = connection.orchestrator.decide(
                claim_id,
                decision,
                officer_id=officer_id,
                rationale=rationale,
                payout_amount=payout_amount,
                denial_reason=denial_reason,
                override_reason=override_reason,
                watch=watch,
            )
            claim = connection.run(decided)
        return _finish(connection, claim, None, as_json=as_json)


def withdraw(target: Target, claim_id: str, *, reason: str, as_json: bool) -> int:
    with Connection(target) as connection:
        claim = connection.run(connection.orchestrator.withdraw(claim_id, reason))
        return _finish(connection, claim, None, as_json=as_json)


def verify(target: Target, claim_id: str, *, as_json: bool) -> int:
    """Check a claim's audit trail."""
    with Connection(target) as connection:
        trail = connection.run(connection.orchestrator.audit(claim_id))
    broken = trail["broken_line"]
    if as_json:
        print_json(trail)
    else:
        print_audit(console_for(sys.stdout), trail)
    if broken is None:
        return 0
    complain(f"line {broken} of the audit trail of {claim_id} {trail['fault']}")
    return _EXIT_FAILED


def erase(target: Target, claim_id: str, *, confirmed: bool, as_json: bool) -> int:
    if not confirmed and not _is_confirmed(claim_id):
        return _EXIT_FAILED
    with Connection(target) as connection:
        answer = connection.run(connection.orchestrator.erase(claim_id))
    if as_json:
        print_json(answer)
    else:
        console_for(sys.stdout).print(f"{claim_id} is erased: its session, its uploads and its history")
    return 0


def import_sessions(target: Target, folder: Path, *, as_json: bool) -> int:
    """Take over the sessions of the original project that lie in `folder`, into the storage itself.

    Raises:
        InputError: the folder cannot be read, or an address is given.
        HostError: local.settings.json or a setting is wrong.
    """
    check_is_storage(target, "import-sessions")
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder: name the one in which the sessions lie, a folder for each")
    result = asyncio.run(_imported(target, folder))
    if as_json:
        print_json(asdict(result))
    else:
        print_import(console_for(sys.stdout), result)
    if not result.damaged:
        return 0
    complain(f"{len(result.damaged)} of the folders in {folder} could not be imported; they are as they were")
    return _EXIT_FAILED


async def _imported(target: Target, folder: Path) -> "ImportResult":
    from shared.session_store.importing import import_sessions

    async with storage(target) as (store, _):
        return await import_sessions(store, folder)


def _progress(*, as_json: bool) -> AbstractContextManager[Watch | None]:
    return nullcontext() if as_json else shown_progress(console_for(sys.stdout))


def _tell_files(prepared: PreparedClaim, folder: Path, *, as_json: bool) -> None:
    if as_json:
        return
    console = console_for(sys.stdout)
    if prepared.found:
        console.print(f"with {', '.join(prepared.found)}")
    if prepared.not_found:
        console.print(f"not in {folder}: {', '.join(prepared.not_found)}")


def _ask_until_done(connection: Connection, claim: Claim, *, as_json: bool) -> Claim:
    console = console_for(sys.stderr)
    asker = Asker(read=input, tell=console.print)
    while claim["status"] == "paused":
        missing = connection.run(connection.orchestrator.missing_documents(claim["claim_id"]))
        answers = asker.ask(missing)
        if answers is None:
            break
        with _progress(as_json=as_json) as watch:
            going_on = connection.orchestrator.continue_claim(claim["claim_id"], answers, watch=watch)
            claim = connection.run(going_on)
    return claim


def _finish(connection: Connection, claim: Claim, folder: Path | None, *, as_json: bool) -> int:
    written = write_claim(folder, claim) if folder else None
    if as_json:
        print_json(claim)
    else:
        _print(connection, claim)
        if written:
            console_for(sys.stdout).print(f"  written: {written}", soft_wrap=True)
    return _exit_code(claim)


def _print(connection: Connection, claim: Claim) -> None:
    is_waiting = claim["status"] == "paused"
    claim_id = claim["claim_id"]
    missing = connection.run(connection.orchestrator.missing_documents(claim_id)) if is_waiting else None
    print_claim(console_for(sys.stdout), claim, missing)


def _exit_code(claim: Claim) -> int:
    told = failure(claim)
    if told is None:
        return 0
    complain(told)
    return _EXIT_FAILED


def _note(given: str) -> Note:
    type_, separator, content = given.partition("=")
    if not (type_ and separator and content.strip()):
        raise InputError(f"the note {given!r} does not say to what it answers: write it as TYPE=TEXT")
    return Note(type=type_, content=content)


def _is_confirmed(claim_id: str) -> bool:
    if not sys.stdin.isatty():
        raise InputError("erasing cannot be undone: add --yes to confirm it")
    print(
        f"Erase everything that is kept of {claim_id}? This cannot be undone. [y/N] ", end="", file=sys.stderr
    )
    sys.stderr.flush()
    try:
        return input().strip().lower() in {"y", "yes"}
    except EOFError:
        print(file=sys.stderr)
        return False
