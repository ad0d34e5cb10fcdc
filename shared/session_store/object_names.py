"""The key of each object of a claim. Every name that becomes part of a key is validated again here."""

import re
from hashlib import sha256
from typing import Final, Literal

from pathvalidate import sanitize_filename

from shared.models.claim import DocumentRecord
from shared.names import FILE_NAME_BYTES, VERSIONS_FOLDER, check_claim_id

type LogName = Literal["history.jsonl", "audit.jsonl"]
"""The files of a session that are appended to."""
CONTEXT, SUMMARY, HANDOFF = "context.json", "session.json", "handoff.json"
HISTORY: Final = "history.jsonl"
AUDIT: Final = "audit.jsonl"
DOCUMENTS = "documents"
CONTENT_SUFFIX, ENTRY_SUFFIX = ".content", ".json"
"""How the two objects of an inbox entry are named behind its id."""
DEAD_LETTERS = "events/undelivered/"
ERASURES = "erasures"
_ENTRY_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")


def app_secret() -> str:
    """The secret that the app has made; no claim's folder has this name, since no claim id has a dot."""
    return "app.secret"


def context(claim_id: str) -> str:
    """The commit: everything that is known of the claim."""
    return _key(claim_id, CONTEXT)


def summary(claim_id: str) -> str:
    """The summary, which is derived from the context."""
    return _key(claim_id, SUMMARY)


def log(claim_id: str, name: LogName) -> str:
    """The history or the audit trail."""
    return _key(claim_id, name)


def copy(claim_id: str, name: LogName, length: int) -> str:
    """The copy of the first `length` bytes of a log while it is written anew."""
    return _key(claim_id, f".{name.removesuffix('.jsonl')}-{length}.jsonl")


def handoff(claim_id: str) -> str:
    """The payload for the claims system."""
    return _key(claim_id, HANDOFF)


def document(claim_id: str, record: DocumentRecord) -> str:
    """The content of a document on file."""
    return _key(claim_id, f"{DOCUMENTS}/{record.type}/{record.filename}")


def version(document_key: str, digest: str) -> str:
    """The content of a document that was replaced, by the SHA-256 of that content."""
    folder, _, filename = document_key.rpartition("/")
    return f"{folder}/{VERSIONS_FOLDER}/{digest[:16]}-{filename}"


def shown(key: str) -> str:
    """The part of a key that may be shown: claim, folder and document type, never a claimant's file name."""
    return "/".join(key.split("/")[:3])


def inbox(claim_id: str) -> str:
    """The prefix of the inbox entries."""
    return _key(claim_id, "inbox")


def entry(claim_id: str, entry_id: str) -> str:
    """An inbox entry."""
    return _key(claim_id, f"inbox/{_check_entry_id(entry_id)}{ENTRY_SUFFIX}")


def content(claim_id: str, entry_id: str) -> str:
    """The content of the document that an inbox entry brings."""
    return _key(claim_id, f"inbox/{_check_entry_id(entry_id)}{CONTENT_SUFFIX}")


def requests(claim_id: str) -> str:
    """The prefix of the records of requests that had an idempotency key."""
    return _key(claim_id, "requests")


def request(claim_id: str, name: str) -> str:
    """The record of a request that had an idempotency key."""
    return _key(claim_id, f"requests/{name}.json")


def tombstone(claim_id: str) -> str:
    """The lasting record that the claim was erased."""
    return f"tombstones/{check_claim_id(claim_id)}.json"


def erasure(claim_id: str) -> str:
    """The record that the claim is being erased, until the sweep has found that nothing is left of it."""
    return f"{ERASURES}/{check_claim_id(claim_id)}.json"


def ledger_book(digest: str) -> str:
    """The book of a policy, by the keyed hash of the policy's number."""
    return f"{digest}.json"


def delivered(claim_id: str) -> str:
    """The record of how far the claim's events are delivered."""
    return _key(claim_id, "events/delivered.json")


def dead_letter(claim_id: str, event_id: str) -> str:
    """An event that could not be delivered."""
    return _key(claim_id, f"{DEAD_LETTERS}{_check_entry_id(event_id)}.json")


def rejected(upload_key: str) -> str:
    """A rejected upload, under a name that every system takes: it may have been refused for its very name."""
    return "/".join(_harmless(segment) for segment in upload_key.split("/"))


def check(key: str, *, is_flat: bool = False) -> None:
    """Refuse what is not the key of an object.

    Args:
        is_flat: the area has names and no folders, so that a part of one may be empty.

    Raises:
        ValueError: the key would lead out of its area.
    """
    parts = [part for part in key.split("/") if part or not is_flat]
    if not parts or any(part in {"", ".", ".."} or "\0" in part or "\\" in part for part in parts):
        raise ValueError("not the key of an object")


def _key(claim_id: str, name: str) -> str:
    return f"{check_claim_id(claim_id)}/{name}"


def _check_entry_id(entry_id: str) -> str:
    if not _ENTRY_ID.match(entry_id):
        raise ValueError("an entry id is 1 to 64 letters, digits, '-' or '_'")
    return entry_id


def _harmless(segment: str) -> str:
    legible = segment.encode("utf-8", "replace").decode()
    name = sanitize_filename(legible, replacement_text="_", platform="universal").lstrip(". ")
    if name and name == segment and len(name.encode()) <= FILE_NAME_BYTES:
        return name
    digest = sha256(segment.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{digest}-{name.encode()[-FILE_NAME_BYTES // 2 :].decode(errors='ignore')}"
