"""Where each object of a claim lies. Every name that becomes part of a key is looked at again here."""

import re
from hashlib import sha256

from pathvalidate import sanitize_filename

from shared.models.claim import DocumentRecord
from shared.names import FILE_NAME_BYTES, check_claim_id

DEAD_LETTERS = "events/undelivered/"
_ARRIVAL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")


def context(claim_id: str) -> str:
    return _key(claim_id, "context.json")


def summary(claim_id: str) -> str:
    return _key(claim_id, "session.json")


def history(claim_id: str) -> str:
    return _key(claim_id, "history.jsonl")


def audit(claim_id: str) -> str:
    return _key(claim_id, "audit.jsonl")


def copy(log: str, length: int) -> str:
    """Where the first `length` bytes of a history or an audit trail lie while it is written anew."""
    claim_id, _, name = log.partition("/")
    return _key(claim_id, f".{name.removesuffix('.jsonl')}-{length}.jsonl")


def handoff(claim_id: str) -> str:
    return _key(claim_id, "handoff.json")


def document(claim_id: str, record: DocumentRecord) -> str:
    return _key(claim_id, f"documents/{record.type}/{record.filename}")


def version(document_key: str, digest: str) -> str:
    """Where a replaced document is kept, by the SHA-256 of its content."""
    folder, _, filename = document_key.rpartition("/")
    return f"{folder}/versions/{digest[:16]}-{filename}"


def shown(key: str) -> str:
    """What may be told of a key: claim, folder and document type, never a claimant's file name."""
    return "/".join(key.split("/")[:3])


def inbox(claim_id: str) -> str:
    return _key(claim_id, "inbox")


def entry(claim_id: str, arrival_id: str) -> str:
    return _key(claim_id, f"inbox/{_check_arrival_id(arrival_id)}.json")


def content(claim_id: str, arrival_id: str) -> str:
    """The content of a document that arrived, beside its entry."""
    return _key(claim_id, f"inbox/{_check_arrival_id(arrival_id)}.content")


def requests(claim_id: str) -> str:
    return _key(claim_id, "requests")


def request(claim_id: str, name: str) -> str:
    """The record of a request that had an idempotency key."""
    return _key(claim_id, f"requests/{name}.json")


def tombstone(claim_id: str) -> str:
    """Says that the claim was erased, for good."""
    return f"tombstones/{check_claim_id(claim_id)}.json"


ERASURES = "erasures"


def erasure(claim_id: str) -> str:
    """Says that the claim is being erased, until the sweep has found that nothing is left of it."""
    return f"{ERASURES}/{check_claim_id(claim_id)}.json"


def delivered(claim_id: str) -> str:
    """How far the claim's events are delivered."""
    return _key(claim_id, "events/delivered.json")


def dead_letter(claim_id: str, event_id: str) -> str:
    """An event that could not be delivered."""
    return _key(claim_id, f"{DEAD_LETTERS}{_check_arrival_id(event_id)}.json")


def rejected(upload_key: str) -> str:
    """An upload may be refused for its very name; the rejected one gets a name that every system takes."""
    return "/".join(_harmless(segment) for segment in upload_key.split("/"))


def check(key: str, *, is_flat: bool = False) -> None:
    """
    Args:
        is_flat: the place has names and no folders, so that a part of one may be empty.

    Raises:
        ValueError: the key would lead out of its place.
    """
    parts = [part for part in key.split("/") if part or not is_flat]
    if not parts or any(part in {"", ".", ".."} or "\0" in part or "\\" in part for part in parts):
        raise ValueError("not the key of an object")


def _key(claim_id: str, name: str) -> str:
    return f"{check_claim_id(claim_id)}/{name}"


def _check_arrival_id(arrival_id: str) -> str:
    if not _ARRIVAL_ID.match(arrival_id):
        raise ValueError("an arrival id is 1 to 64 letters, digits, '-' or '_'")
    return arrival_id


def _harmless(segment: str) -> str:
    legible = segment.encode("utf-8", "replace").decode()
    name = sanitize_filename(legible, replacement_text="_", platform="universal").lstrip(". ")
    if name and name == segment and len(name.encode()) <= FILE_NAME_BYTES:
        return name
    digest = sha256(segment.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{digest}-{name.encode()[-FILE_NAME_BYTES // 2 :].decode(errors='ignore')}"
