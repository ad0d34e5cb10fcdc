"""What a command prints: one JSON document for programs, or tables for people."""

import json
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from client.answers import Claim, Message, Missing, Summary
from client.api import check_claim_id
from client.errors import InputError
from client.text import PROGRAM, on_one_line, printable

if TYPE_CHECKING:
    from shared.models.events import ClaimEvent
    from shared.session_store.importing import ImportResult

_PIPED_WIDTH = 200
_STATUS_STYLES = {
    "processing": "cyan",
    "paused": "yellow",
    "awaiting_decision": "magenta",
    "completed": "green",
    "failed": "bold red",
    "expired": "red",
    "withdrawn": "dim",
}


def console_for(stream: TextIO) -> Console:
    """A console that prints text as it is: no markup, no emoji names, no guesses at what to colour."""
    width = None if stream.isatty() else _PIPED_WIDTH
    return Console(file=stream, markup=False, emoji=False, highlight=False, width=width)


def print_json(document: object) -> None:
    """Print one JSON document on stdout, in an encoding that every reader understands."""
    is_utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    print(json.dumps(document, indent=2, ensure_ascii=not is_utf8))


def failure(claim: Claim) -> str | None:
    """What to tell of a claim that failed or expired; None of any other."""
    claim_id, reason = claim["claim_id"], claim.get("termination_reason") or "no reason is on record"
    match claim["status"]:
        case "failed":
            return f"{claim_id} failed ({reason}): `{PROGRAM} resume {claim_id}` takes it up where it stopped"
        case "expired":
            return f"{claim_id} expired ({reason}): submit it again as a new claim"
        case _:
            return None


def print_claim(console: Console, claim: Claim, missing: Missing | None = None) -> None:
    """How a claim stands, what it waits for, and what to do next."""
    status = claim["status"]
    console.print(
        Text.assemble((claim["claim_id"], "bold"), "  ", (_plain(status), _STATUS_STYLES.get(status, "")))
    )
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    for label, value in _facts(claim):
        if value:
            facts.add_row(f"  {label}", value)
    console.print(facts)
    _print_missing(console, claim, missing)
    if hint := _next_step(claim):
        console.print(f"  next: {hint}", soft_wrap=True)


def print_sessions(console: Console, sessions: Iterable[Summary]) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("claim id", no_wrap=True)
    table.add_column("status", no_wrap=True)
    table.add_column("messages", justify="right")
    table.add_column("missing", overflow="fold")
    table.add_column("saved", no_wrap=True)
    table.add_column("expires", no_wrap=True)
    for session in sessions:
        missing = [*session.get("missing_documents", []), *session.get("missing_information", [])]
        status = session["status"]
        table.add_row(
            _plain(session["claim_id"]),
            Text(_plain(status), _STATUS_STYLES.get(status, "")),
            str(session.get("message_count", "")),
            _plain(", ".join(missing)) or "–",
            _instant(session.get("saved_at")),
            _instant(session.get("expires_at")),
        )
    if table.row_count:
        console.print(table)
    else:
        console.print("no claims")


def print_audit(console: Console, trail: dict[str, Any]) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("at", "who", "did", "revision"):
        table.add_column(title, overflow="fold")
    for line in trail["lines"]:
        revisions = f"{line['from_revision']} → {line['to_revision']}"
        table.add_row(_instant(line["at"]), _plain(line["who"]), _plain(line["act"]), revisions)
    if table.row_count:
        console.print(table)
    if trail["broken_line"] is None:
        count = table.row_count
        console.print(f"{count} line{'' if count == 1 else 's'}, and the trail holds")


def print_import(console: Console, result: "ImportResult") -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for claim_id in result.imported:
        table.add_row(claim_id, Text("imported", "green"))
    for claim_id in result.unchanged:
        table.add_row(claim_id, Text("already here", "dim"))
    for damage in result.damaged:
        table.add_row(_plain(damage.name), Text(f"left alone: {_plain(damage.reason)}", "red"))
    console.print(table if table.row_count else "no sessions there")


def print_dead_letters(console: Console, letters: "Sequence[ClaimEvent]") -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for letter in letters:
        happened = letter.happened_at.strftime("%Y-%m-%d %H:%M UTC")
        table.add_row(letter.claim_id, letter.type, happened, Text(letter.id, "dim"))
    console.print(table if letters else "none: every event was delivered, or will be tried again")


def print_messages(console: Console, messages: Iterable[Message]) -> None:
    for message in messages:
        name = _plain(message.get("name") or message["role"])
        step = _plain(str((message.get("metadata") or {}).get("step") or ""))
        console.print()
        console.print(Text.assemble((name, "bold"), "  ", (step, "dim")))
        console.print(printable(message.get("content") or ""), soft_wrap=True)


def output_folder(folder: Path) -> Path:
    """Make the folder that results are written to.

    Raises:
        InputError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise InputError(f"{folder} is no folder: name one for the results") from None
    except OSError as error:
        raise InputError(f"the folder {folder} cannot be made: {error.strerror}") from None
    return folder


def write_claim(folder: Path, claim: Claim) -> Path:
    """Write the claim as `<claim_id>.json`, whole or not at all; return the path."""
    path = folder / f"{check_claim_id(claim['claim_id'])}.json"
    unfinished = folder / f".{path.name}.{os.getpid()}.tmp"
    try:
        unfinished.write_text(json.dumps(claim, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def _facts(claim: Claim) -> Iterable[tuple[str, str]]:
    assessment = claim.get("assessment") or {}
    yield "outcome", _plain(claim.get("outcome") or "")
    yield "reason", _plain(claim.get("termination_reason") or "")
    yield "state", _plain(claim.get("state") or "")
    yield "type", _plain(claim.get("claim_type") or "")
    yield "risk score", "" if claim.get("risk_score") is None else f"{claim.get('risk_score'):.2f}"
    yield "recommendation", _plain(str(assessment.get("recommendation") or ""))
    yield "decision", _decision(claim.get("decision") or {})
    yield (
        "goes to",
        _plain(str(assessment.get("route") or "")) if claim["status"] == "awaiting_decision" else "",
    )
    yield "because", _plain("; ".join(map(str, assessment.get("route_reasons") or [])))
    yield "documents", ", ".join(_document(document) for document in claim.get("documents") or [])
    yield "unclassified", _plain(", ".join(claim.get("unclassified_documents") or []))
    if claim["status"] == "paused":
        yield "expires", _instant(claim.get("expires_at"))


def _decision(decision: dict[str, Any]) -> str:
    if not decision:
        return ""
    told = f"{decision.get('decision')} by {decision.get('officer_id') or decision.get('decided_by')}"
    if decision.get("payout_amount") is not None:
        told += f", payout {decision['payout_amount']:,.2f}"
    return _plain(f"{told}: {decision.get('rationale')}")


def _document(document: dict[str, object]) -> str:
    return _plain(f"{document.get('filename')} ({document.get('type')})")


def _print_missing(console: Console, claim: Claim, missing: Missing | None) -> None:
    documents = (
        [
            (item["type"], item.get("how_to_ask") or item.get("description") or "")
            for item in missing["missing_documents"]
        ]
        if missing
        else [(type_, "") for type_ in claim.get("missing_documents") or []]
    )
    wanted = [*documents, *((name, "") for name in claim.get("missing_information") or [])]
    if not wanted:
        return
    console.print("  missing", style="yellow")
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, how_to_ask in wanted:
        table.add_row(f"    {_plain(name)}", _plain(how_to_ask))
    console.print(table)


def _next_step(claim: Claim) -> str:
    claim_id = claim["claim_id"]
    match claim["status"]:
        case "paused" if claim.get("missing_documents"):
            return f"{PROGRAM} resume {claim_id} -d FILE_OR_FOLDER"
        case "paused":
            return f'{PROGRAM} resume {claim_id} --note TYPE="TEXT"'
        case "awaiting_decision":
            return f'{PROGRAM} decide {claim_id} approve --officer ID --rationale "TEXT"'
        case "failed":
            return f"{PROGRAM} resume {claim_id}"
        case "processing":
            return f"{PROGRAM} show {claim_id}"
        case _:
            return ""


def _instant(iso: str | None) -> str:
    if not iso:
        return "–"
    try:
        return datetime.fromisoformat(iso).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    except ValueError:
        return _plain(iso)


def _plain(text: str) -> str:
    return on_one_line(text)
