"""Sessions as the original project wrote them (claims-automaton, its Semantic Kernel track): version 0.

    session.json    claim_id, status, saved_at, missing_documents, final_status, termination_reason, …
    context.json    the claim as it was submitted, with the orchestration's own keys among its fields
    history.jsonl   role, content, name, metadata

Tolerant in what it reads: values that are not understood are as if they were not there, and the original
context is kept in the submission's metadata. docs/session-persistence.md says what becomes of what.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any, cast

from pydantic import AwareDatetime, TypeAdapter, ValidationError
from pydantic_core import from_json

from shared.clock import utc_now
from shared.document_types import type_named
from shared.models.claim import Message
from shared.models.fields import Line, Money, Text
from shared.names import FileName, Slug, check_claim_id
from shared.session_store import codec
from shared.session_store.legacy.session_files import SessionFiles
from shared.session_store.object_names import CONTEXT, HISTORY, SUMMARY

KEPT = "original"
"""Under this key of the submission's metadata lies the original context."""
ROLES = {"system", "developer", "user", "assistant", "tool"}

_STATUS = {
    "completed": "completed",
    "error": "failed",
    "paused": "paused",
    "paused_after_phase1": "paused",
    "paused_after_phase2": "paused",
    "intake": "paused",
    "validation_complete": "paused",
    "adaptive_gathering": "paused",
    "data_gathering_complete": "paused",
}
"""What the original writes as a status, a state where it was given none, to today's status."""
_OUTCOMES = {"approve": "approved", "approved": "approved", "deny": "denied", "denied": "denied"}
_NOT_KNOWN = {"unknown", "unknown@example.com", "555-000-0000", "n/a", "none"}
"""What the original writes where it found nothing, in lower case."""
_MAIL = re.compile(r"[^\s<>()*,;\"']+@[^\s<>()*,;\"']+")

_INSTANT = TypeAdapter[dt.datetime](AwareDatetime)
_MONEY = TypeAdapter[Decimal](Money)
_LINE = TypeAdapter[str](Line)
_TEXT = TypeAdapter[str](Text)
_SLUG = TypeAdapter[str](Slug)
_FILE_NAME = TypeAdapter[str](FileName)

Fields = dict[str, Any]


def from_original(files: SessionFiles) -> Fields:
    """The fields of a version 1 context; the history stays as it is.

    Raises:
        ValueError: the files are no session of the original; says which and why, and quotes nothing.
    """
    summary, context = _object(SUMMARY, files.summary), _object(CONTEXT, files.context)
    if "schema_version" in summary:
        raise ValueError(f"{CONTEXT}: names no schema version, as {SUMMARY} does")
    messages = read_messages(files.history)
    claim_id = _claim_id(summary, context)
    status = _status(summary)
    saved_at = _instant(summary, "saved_at", "updated_at", "last_updated", "timestamp")
    began_at = _instant(summary | context, "created_at", "created", "submitted_at", "received_at")
    created_at = began_at or saved_at or utc_now()
    ended_at = _instant(summary, "completed_at", "archived_at") or saved_at
    over = status == "completed"
    missing = {} if over else _missing(summary, context)
    return {
        "schema_version": 1,
        "claim_id": claim_id,
        "history_bytes": len(files.history),
        "message_count": len(messages),
        "status": status,
        "state": _state(status, summary, context),
        "outcome": _outcome(summary, context) if over else None,
        "created_at": created_at,
        "saved_at": saved_at,
        "paused_at": _instant(summary, "paused_at") or saved_at if status == "paused" else None,
        "completed_at": ended_at if over else None,
        "archived_at": _instant(summary, "archived_at") or ended_at if over else None,
        "termination_reason": _reason(status, summary, context),
        "submission": _submission(claim_id, context, messages),
        "submission_sha256": files.sha256,
        "facts": _facts(context),
        "documents": list(_documents(context, saved_at or created_at)),
        "required_documents": missing,
        "missing_documents": list(missing),
        "risk_score": _risk_score(context.get("risk_score")),
        "fraud_indicators": [text for text in _list(context.get("fraud_indicators")) if _line(text)],
    }


def read_messages(history: bytes) -> list[Message]:
    """The messages of a history file.

    Raises:
        ValueError: a line is no message, or the last one is cut off.
    """
    if history and not history.endswith(b"\n"):
        raise ValueError(f"{HISTORY}: its last line is cut off")
    try:
        messages = codec.decode_lines(history)
    except ValueError as error:
        raise ValueError(f"{HISTORY}: {error}") from None
    except RecursionError:
        raise ValueError(f"{HISTORY}: is nested too deep") from None
    for number, message in enumerate(messages, 1):
        if message.role not in ROLES:
            raise ValueError(f"{HISTORY}: message {number} has a role that there is not")
    return messages


def _object(name: str, data: bytes) -> Fields:
    try:
        found = from_json(data, allow_inf_nan=False)
    except ValueError:
        raise ValueError(f"{name}: is no JSON") from None
    if not isinstance(found, dict):
        raise ValueError(f"{name}: is no JSON object")  # noqa: TRY004 -- bad data, not a bad type
    return cast(Fields, found)


def _claim_id(summary: Fields, context: Fields) -> str:
    named = summary.get("claim_id")
    if not isinstance(named, str) or not named:
        raise ValueError(f"{SUMMARY}: names no claim")
    try:
        claim_id = check_claim_id(named)
    except ValueError as error:
        raise ValueError(f"{SUMMARY}: claim_id: {error}") from None
    if context.get("claim_id", claim_id) != claim_id:
        raise ValueError(f"{CONTEXT}: belongs to another claim")
    return claim_id


def _status(summary: Fields) -> str:
    status = _STATUS.get(str(summary.get("status")))
    if status is None:
        raise ValueError(f"{SUMMARY}: its status is none of {', '.join(_STATUS)}")
    return status


def _state(status: str, summary: Fields, context: Fields) -> str:
    """Whatever was found out later than intake stands in the chat only, so it is found out again."""
    if status == "completed":
        return "handed_off"
    was_paused_after = str(summary.get("status")).startswith("paused_after_")
    is_validated = was_paused_after or str(context.get("state") or "intake") != "intake"
    return "validation_complete" if is_validated else "intake"


def _outcome(summary: Fields, context: Fields) -> str | None:
    stated = (summary.get("final_status"), context.get("agent_decision"))
    return next((_OUTCOMES[text] for text in stated if isinstance(text, str) and text in _OUTCOMES), None)


def _reason(status: str, summary: Fields, context: Fields) -> str | None:
    """A code, never free text: that may be personal data, and lies in the kept context."""
    if status == "paused":
        return None
    stated = summary.get("termination_reason") or context.get("termination_reason")
    code = stated if isinstance(stated, str) and _valid(_SLUG, stated) else None
    if status == "failed":
        return f"failed before the import{f': {code}' if code else ''}"
    return code


def _missing(summary: Fields, context: Fields) -> dict[str, str]:
    """What the claim waits for, type to description."""
    stated = [*_list(summary.get("missing_documents")), *_list(context.get("missing_documents"))]
    texts = [text for entry in stated if (text := _line(str(_type_of(entry))[:500]))]
    return {type_named(text): text for text in texts}


def _documents(context: Fields, received_at: dt.datetime) -> Iterator[Fields]:
    """What the original had on file. It kept no contents: each is a reference to where it lay."""
    given = [_mapping(entry) for entry in _list(context.get("documents"))]
    found: list[Fields] = [{"path": path} for path in _list(context.get("document_paths"))]
    taken: set[tuple[str, str]] = set()
    for fields in [*given, *found]:
        path = _line(fields.get("path"))
        name = _line(fields.get("filename")) or _file_name(path or "")
        kind = type_named(_line(fields.get("type")) or name)
        if path and _valid(_FILE_NAME, name) and (kind, name) not in taken:
            taken.add((kind, name))
            yield {"type": kind, "filename": name, "reference": path, "received_at": received_at}


def _submission(claim_id: str, context: Fields, messages: list[Message]) -> Fields:
    facts = _facts(context)
    named = [_line(e) or _line(_mapping(e).get("filename")) for e in _list(context.get("documents"))]
    names = [_file_name(name) for name in named if name]
    narrative = _first(_TEXT, context, "original_content", "narrative", "content")
    opening = next((message.content for message in messages if message.role == "user"), None)
    return {
        "claim_id": claim_id,
        "policy_number": facts["policy_number"],
        "claim_type": facts["claim_type"],
        "claimant": {"name": facts["claimant_name"], "email": facts["email"], "phone": facts["phone"]},
        "incident": {
            "date": facts["incident_date"],
            "location": facts["incident_location"],
            "description": facts["incident_description"],
        },
        "claim_amount": facts["claim_amount"],
        "documents": [name for name in names if _valid(_FILE_NAME, name)][:200],
        "narrative": narrative or (opening and opening.encode("utf-8", "replace").decode()),
        "metadata": {KEPT: _without(context, narrative)},
    }


def _without(context: Fields, narrative: str | None) -> Fields:
    """The context without its copies of the letter, which is the narrative already."""
    incident = _mapping(context.get("incident"))
    kept = {name: value for name, value in context.items() if value != narrative}
    if "incident" in kept and narrative and incident.get("description") == narrative:
        kept["incident"] = {name: value for name, value in incident.items() if name != "description"}
    return kept


def _facts(context: Fields) -> Fields:
    person = _mapping(context.get("customer") or context.get("claimant"))
    incident = _mapping(context.get("incident"))
    email = _first(_LINE, person, "email") or _first(_LINE, context, "claimant_email", "email") or ""
    address = _MAIL.search(email)
    return {
        "claim_type": _first(_SLUG, context, "claim_type"),
        "policy_number": _first(_LINE, context, "policy_number"),
        "incident_date": _date(incident.get("date")) or _date(context.get("incident_date")),
        "incident_location": _first(_LINE, incident, "location")
        or _first(_LINE, context, "incident_location"),
        "incident_description": _first(_TEXT, incident, "description")
        or _first(_TEXT, context, "incident_description", "description"),
        "claim_amount": _amount(context, "claim_amount", "claimed_amount", "estimated_amount", "amount"),
        "claimant_name": _first(_LINE, person, "name")
        or _first(_LINE, context, "claimant_name", "customer_name"),
        "email": address.group() if address else None,
        "phone": _first(_LINE, person, "phone") or _first(_LINE, context, "claimant_phone", "phone"),
    }


def _first(shape: TypeAdapter[str], fields: Mapping[str, Any], *names: str) -> str | None:
    for name in names:
        value = fields.get(name)
        if isinstance(value, str) and value.strip().lower() not in _NOT_KNOWN and _valid(shape, value):
            return value.strip() or None
    return None


def _amount(fields: Fields, *names: str) -> Any:
    values = (fields.get(name) for name in names)
    return next((value for value in values if value is not None and _valid(_MONEY, value)), None)


def _date(value: object) -> str | None:
    """Only ISO dates: of others nobody knows whether the day or the month comes first."""
    try:
        return dt.datetime.fromisoformat(value.strip()).date().isoformat() if isinstance(value, str) else None
    except ValueError:
        return None


def _instant(fields: Fields, *names: str) -> dt.datetime | None:
    for name in names:
        try:
            stated = dt.datetime.fromisoformat(str(fields.get(name)))
            return _INSTANT.validate_python(stated if stated.tzinfo else stated.replace(tzinfo=dt.UTC))
        except (ValueError, OverflowError):
            continue
    return None


def _risk_score(value: object) -> float | None:
    """The original counts to 100, today's score to 1."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        return None
    return value if value <= 1 else value / 100


def _line(value: object) -> str | None:
    return value.strip() if isinstance(value, str) and _valid(_LINE, value) else None


def _file_name(path: str) -> str:
    return PurePosixPath(path.replace("\\", "/")).name


def _type_of(entry: object) -> object:
    fields = _mapping(entry)
    return fields.get("type") or fields.get("name") or fields.get("filename") or entry


def _mapping(value: object) -> Fields:
    return cast(Fields, value) if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return cast(list[Any], value) if isinstance(value, list) else []


def _valid(shape: TypeAdapter[Any], value: object) -> bool:
    try:
        shape.validate_python(value)
    except ValidationError:
        return False
    return True
