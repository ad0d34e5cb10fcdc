"""The audit trail of a claim: `audit.jsonl`, one act a line, each line with the SHA-256 of the one before.

What was done is derived from what a commit changes, so nothing of it can be committed without its line. The
context holds where the trail ends and the last line's SHA-256, and with its commit the lines count. Plain
agents' turns have no line.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from pydantic import AwareDatetime, BaseModel, JsonValue, ValidationError

from shared.clock import utc_now
from shared.models.claim import AuditHead, ClaimContext, ClaimState, ClaimStatus

CLAIMANT, RULE, SYSTEM = "claimant", "rule", "system"
"""Who acts, beside officers, who go by their ids."""


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


@dataclass(frozen=True)
class _Act:
    who: str
    act: str
    details: dict[str, Any] = field(default_factory=dict[str, Any])


def lines_of(before: ClaimContext | None, after: ClaimContext, head: AuditHead) -> list[bytes]:
    """The lines of a commit that makes `before` into `after`, behind those that `head` stands for."""
    lines: list[bytes] = []
    previous, now = head.sha256, utc_now()
    for number, act in enumerate(_acts(before, after), head.count + 1):
        line = AuditLine(
            number=number,
            at=now,
            who=act.who,
            act=act.act,
            from_revision=before.revision if before else 0,
            to_revision=after.revision,
            status=after.status,
            details=act.details,
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


def _acts(before: ClaimContext | None, after: ClaimContext) -> Iterator[_Act]:
    if before is None:
        came = _Act(CLAIMANT, "submitted", {"sha256": after.submission_sha256})
        yield came if after.state is ClaimState.INTAKE else _Act(SYSTEM, "imported", came.details)
    known = before.documents if before else []
    for document in after.documents:
        if document not in known:
            yield _Act(CLAIMANT, "document", {"type": document.type, "sha256": document.sha256})
    for note in after.notes:
        if before is None or note not in before.notes:
            yield _Act(CLAIMANT, "note", {"type": note.type})
    yield from _decisions(before, after)
    if before is None or before.status is not after.status:
        yield from _status_acts(before, after)


def _decisions(before: ClaimContext | None, after: ClaimContext) -> Iterator[_Act]:
    known = before.approvals if before else []
    decision = after.decision if before is None or before.decision != after.decision else None
    for approval in decision.approvals if decision else after.approvals:
        if approval not in known:
            details = {
                "decision": approval.decision,
                "payout_amount": _amount(approval.payout_amount),
                "is_final": decision is not None,
            }
            yield _Act(approval.officer_id, "decided", details)
    if decision and decision.decided_by == "rule":
        details = {
            "decision": decision.decision,
            "payout_amount": _amount(decision.payout_amount),
            "is_final": True,
        }
        yield _Act(RULE, "decided", details)


def _status_acts(before: ClaimContext | None, after: ClaimContext) -> Iterator[_Act]:
    match after.status:
        case ClaimStatus.PROCESSING:
            if before and before.status in {ClaimStatus.PAUSED, ClaimStatus.FAILED}:
                yield _Act(SYSTEM, "resumed")
        case ClaimStatus.PAUSED:
            missing = [*after.missing_documents, *after.missing_information]
            yield _Act(SYSTEM, "paused", {"missing": missing})
        case ClaimStatus.AWAITING_DECISION:
            yield _Act(SYSTEM, "awaiting_decision")
        case ClaimStatus.COMPLETED:
            yield _Act(SYSTEM, "handed_off", {"outcome": after.outcome})
        case ClaimStatus.WITHDRAWN:
            yield _Act(CLAIMANT, "withdrawn")
        case ClaimStatus.EXPIRED | ClaimStatus.FAILED:
            yield _Act(SYSTEM, after.status.value, {"reason": after.termination_reason})


def _amount(amount: Any) -> float | None:
    return None if amount is None else float(amount)


def _parsed(line: bytes | None) -> AuditLine | None:
    try:
        return None if line is None else AuditLine.model_validate(json.loads(line))
    except (ValueError, RecursionError, ValidationError):
        return None


def _digest(line: bytes) -> str:
    return sha256(line).hexdigest()
