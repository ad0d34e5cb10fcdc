"""The chain of a claim's audit trail: `audit.jsonl`, one act a line, each with the SHA-256 of the one before.

Which acts a commit is, its caller says (shared/models/audit.py); here they are numbered, chained and checked.
The context holds where the trail ends and the last line's SHA-256, and with its commit the lines count.
"""

import json
from collections.abc import Sequence
from hashlib import sha256

from pydantic import AwareDatetime, BaseModel, JsonValue, ValidationError

from shared.clock import utc_now
from shared.models.audit import AuditEntry
from shared.models.claim import AuditHead
from shared.models.vocabulary import ClaimStatus


class AuditLine(BaseModel):
    """Who did what, when, and which revision of the claim became which by it."""

    number: int
    """Counts from 1."""
    at: AwareDatetime
    who: str
    act: str
    from_revision: int
    to_revision: int
    status: ClaimStatus
    """The claim's, after it."""
    details: dict[str, JsonValue]
    previous: str
    """SHA-256 of the line before; empty in the first."""


class AuditTrail(BaseModel):
    """The lines up to the first broken one, and which one that is."""

    lines: list[AuditLine]
    broken_line: int | None = None
    fault: str | None = None


def lines_of(
    entries: Sequence[AuditEntry], head: AuditHead, *, to_revision: int, status: ClaimStatus
) -> list[bytes]:
    """The lines of a commit that brings a claim to a revision and a status, behind those of `head`."""
    lines: list[bytes] = []
    previous, now = head.sha256, utc_now()
    for number, entry in enumerate(entries, head.count + 1):
        line = AuditLine(
            number=number,
            at=now,
            who=entry.who,
            act=entry.act,
            from_revision=to_revision - 1,
            to_revision=to_revision,
            status=status,
            details=entry.details,
            previous=previous,
        )
        lines.append(line.model_dump_json().encode())
        previous = _digest(lines[-1])
    return lines


def head_behind(head: AuditHead, lines: Sequence[bytes], stored: int) -> AuditHead:
    """The head once `lines`, which take `stored` bytes, are appended."""
    if not lines:
        return head
    return AuditHead(count=head.count + len(lines), bytes=head.bytes + stored, sha256=_digest(lines[-1]))


def verified(lines: Sequence[bytes | None], head: AuditHead) -> AuditTrail:
    """Check a trail, of which a line that could not be opened is None, against its head."""
    read = [_parsed(line) for line in lines]
    digests = [_digest(line) if line is not None else None for line in lines]

    def broken(index: int, fault: str) -> AuditTrail:
        good = [line for line in read[:index] if line is not None]
        return AuditTrail(lines=good, broken_line=index + 1, fault=fault)

    def is_vouched_for(index: int) -> bool:
        if index + 1 == head.count:
            return digests[index] == head.sha256
        following = read[index + 1] if index + 1 < len(read) else None
        if following is None or following.number != index + 2:
            return True  # as far as can be said; it is the next one that is broken
        return digests[index] == following.previous

    for index, line in enumerate(read):
        if line is None or line.number != index + 1 or index >= head.count:
            return broken(index, "is damaged or does not belong there")
        if index == 0 and line.previous:
            return broken(index, "names a line before it")
        if not is_vouched_for(index):
            # Either this line was changed, or what the next one says of it.
            is_next = index + 1 < len(read) and not is_vouched_for(index + 1)
            return broken(index + is_next, "was changed")
    if len(read) < head.count:
        return broken(len(read), "is missing")
    return AuditTrail(lines=[line for line in read if line is not None])


def _parsed(line: bytes | None) -> AuditLine | None:
    try:
        return None if line is None else AuditLine.model_validate(json.loads(line))
    except (ValueError, RecursionError, ValidationError):
        return None


def _digest(line: bytes) -> str:
    return sha256(line).hexdigest()
