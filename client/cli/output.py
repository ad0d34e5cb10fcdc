"""What a command prints for people, tables and what to do next, and the result that it writes to a file."""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from client.cli.text import PROGRAM, on_one_line, printable
from client.errors import InputError
from client.responses import Claim, Message, Missing, Status, Summary
from client.transport import check_claim_id

_PIPED_WIDTH = 200
_STATUS_STYLES: dict[Status, str] = {
    "processing": "cyan",
    "paused": "yellow",
    "awaiting_decision": "magenta",
    "completed": "green",
    "failed": "bold red",
    "expired": "red",
    "withdrawn": "dim",
}

_Table = partial(Table, box=None, pad_edge=False, padding=(0, 2, 0, 0))
_Whole = partial(Column, no_wrap=True)
_Folded = partial(Column, overflow="fold")


def console_for(stream: TextIO) -> Console:
    """A console that prints text as it is: no markup, no emoji names, no guesses at what to colour."""
    width = None if stream.isatty() else _PIPED_WIDTH
    return Console(file=stream, markup=False, emoji=False, highlight=False, width=width)


def show(*objects: Any, soft_wrap: bool = False) -> None:
    """Print on stdout; with `soft_wrap` a long line stays one."""
    console_for(sys.stdout).print(*objects, soft_wrap=soft_wrap)


def failure(claim: Claim) -> str | None:
    """Why a claim failed or expired, and what to do about it; None for any other claim."""
    claim_id, reason = claim["claim_id"], claim.get("termination_reason") or "no reason is on record"
    match claim["status"]:
        case "failed":
            return f"{claim_id} failed ({reason}): `{PROGRAM} resume {claim_id}` takes it up where it stopped"
        case "expired":
            return f"{claim_id} expired ({reason}): submit it again as a new claim"
        case _:
            return None


def show_claim(claim: Claim, missing: Missing | None = None) -> None:
    """How a claim stands, what it waits for, and what to do next."""
    show(Text.assemble((claim["claim_id"], "bold"), "  ", _status(claim)))
    facts = Table.grid(_Whole(style="dim"), _Folded(), padding=(0, 2))
    for label, value in _facts(claim):
        if value:
            facts.add_row(f"  {label}", value)
    show(facts)
    if wanted := _wanted(claim, missing):
        show(Text("  missing", "yellow"))
        table = Table.grid(_Whole(), _Folded(), padding=(0, 2))
        for name, how_to_ask in wanted:
            table.add_row(f"    {on_one_line(name)}", on_one_line(how_to_ask))
        show(table)
    if hint := _next_step(claim):
        show(f"  next: {hint}", soft_wrap=True)


def show_sessions(sessions: Iterable[Summary]) -> None:
    """The table of `list-sessions`."""
    table = _Table(
        *(_Whole("claim id"), _Whole("status"), Column("messages", justify="right"), _Folded("missing")),
        *(_Whole("saved"), _Whole("expires")),
    )
    for session in sessions:
        missing = [*session.get("missing_documents", []), *session.get("missing_information", [])]
        table.add_row(
            on_one_line(session["claim_id"]),
            _status(session),
            str(session.get("message_count", "")),
            on_one_line(", ".join(missing)) or "–",
            _instant(session.get("saved_at")),
            _instant(session.get("expires_at")),
        )
    show(table if table.row_count else "no claims")


def show_audit(trail: dict[str, Any]) -> None:
    """The lines of an audit trail, and that it holds where it does."""
    table = _Table(*map(_Folded, ("at", "who", "did", "revision")))
    for line in trail["lines"]:
        revisions = f"{line['from_revision']} → {line['to_revision']}"
        table.add_row(_instant(line["at"]), on_one_line(line["who"]), on_one_line(line["act"]), revisions)
    count = table.row_count
    if count:
        show(table)
    if trail["broken_line"] is None:
        show(f"{count} line{'' if count == 1 else 's'}, and the trail holds")


def show_import(result: dict[str, Any]) -> None:
    """What became of each session that was to be imported."""
    table = _Table(_Whole(), _Folded(), show_header=False)
    for claim_id in result["imported"]:
        table.add_row(claim_id, Text("imported", "green"))
    for claim_id in result["unchanged"]:
        table.add_row(claim_id, Text("already here", "dim"))
    for damage in result["damaged"]:
        reason = Text(f"left alone: {on_one_line(damage['reason'])}", "red")
        table.add_row(on_one_line(damage["name"]), reason)
    show(table if table.row_count else "no sessions there")


def show_dead_letters(letters: Sequence[dict[str, Any]]) -> None:
    """The events that could not be delivered."""
    table = _Table(show_header=False)
    for letter in letters:
        happened_at = _instant(letter["happened_at"])
        table.add_row(letter["claim_id"], letter["type"], happened_at, Text(letter["id"], "dim"))
    show(table if letters else "none: every event was delivered, or will be tried again")


def show_messages(messages: Iterable[Message]) -> None:
    """A claim's chat."""
    console = console_for(sys.stdout)
    for message in messages:
        name = on_one_line(message.get("name") or message["role"])
        step = on_one_line((message.get("metadata") or {}).get("step"))
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


def _status(claim: Summary) -> Text:
    return Text(on_one_line(claim["status"]), _STATUS_STYLES.get(claim["status"], ""))


def _facts(claim: Claim) -> Iterator[tuple[str, str]]:
    """What is to be shown of a claim, by label; empty where there is nothing to show."""
    assessment = claim.get("assessment") or {}
    awaits_decision = claim["status"] == "awaiting_decision"
    risk_score = claim.get("risk_score")
    yield "outcome", on_one_line(claim.get("outcome"))
    yield "reason", on_one_line(claim.get("termination_reason"))
    yield "state", on_one_line(claim.get("state"))
    yield "type", on_one_line(claim.get("claim_type"))
    yield "risk score", "" if risk_score is None else f"{risk_score:.2f}"
    yield "recommendation", on_one_line(assessment.get("recommendation"))
    yield "decision", _decision(claim.get("decision") or {})
    yield "goes to", on_one_line(assessment.get("route")) if awaits_decision else ""
    yield "because", on_one_line("; ".join(map(str, assessment.get("route_reasons") or [])))
    documents = (f"{each.get('filename')} ({each.get('type')})" for each in claim.get("documents") or [])
    yield "documents", on_one_line(", ".join(documents))
    yield "unclassified", on_one_line(", ".join(claim.get("unclassified_documents") or []))
    yield "expires", _instant(claim.get("expires_at")) if claim["status"] == "paused" else ""


def _decision(decision: dict[str, Any]) -> str:
    if not decision:
        return ""
    payout = decision.get("payout_amount")
    paid = "" if payout is None else f", payout {payout:,.2f}"
    who = decision.get("officer_id") or decision.get("decided_by")
    return on_one_line(f"{decision.get('decision')} by {who}{paid}: {decision.get('rationale')}")


def _wanted(claim: Claim, missing: Missing | None) -> list[tuple[str, str]]:
    """What a claim waits for, with how to ask for it where that is known."""
    if missing:
        documents = [
            (document["type"], document.get("how_to_ask") or document.get("description") or "")
            for document in missing["missing_documents"]
        ]
    else:
        documents = [(type_, "") for type_ in claim.get("missing_documents") or []]
    return [*documents, *((name, "") for name in claim.get("missing_information") or [])]


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
        return on_one_line(iso)
