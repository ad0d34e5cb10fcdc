"""What lets a list and a sweep be cheap on Blob Storage: an entry for each claim, by status and time.

An entry is an empty blob `<status>/<moment>/<claim_id>` in a container of its own, with the summary as its
metadata. So those of one status, or those that are due, are a range of names. Blob index tags would do the
same without entries, but are found only seconds later, and Azurite searches no more than one page of blobs
(docs/decisions/0012-index-of-sessions.md).
"""

import json
from datetime import UTC, datetime

from shared.models.claim import ClaimStatus, ClaimSummary

MOST_METADATA = 7 * 1024
"""Bytes of metadata that a summary may take; the service allows 8 KiB in all."""


def entry_of(summary: ClaimSummary) -> str:
    """The name of a claim's entry."""
    return f"{summary.status.value}/{_text(summary.moment)}/{summary.claim_id}"


def prefix(status: ClaimStatus) -> str:
    """What the names of all entries of a status begin with."""
    return f"{status.value}/"


def bound(status: ClaimStatus, moment: datetime) -> str:
    """Before this lie the entries of earlier moments."""
    return f"{status.value}/{_text(moment)}"


def pack(summary: ClaimSummary) -> dict[str, str]:
    """A summary as metadata; empty where it is too long."""
    text = json.dumps(summary.model_dump(mode="json"), separators=(",", ":"))
    return {"summary": text} if len(text) <= MOST_METADATA else {}


def unpack(metadata: dict[str, str] | None) -> ClaimSummary | None:
    """The summary in the metadata of a blob; None where there is none."""
    text = (metadata or {}).get("summary")
    return None if text is None else ClaimSummary.model_validate_json(text)


def _text(moment: datetime) -> str:
    """Such that the order of texts is the order of times."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
