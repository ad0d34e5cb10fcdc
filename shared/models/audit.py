"""What the audit trail says of a claim's transitions: who did what. The chain of its lines is the store's."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import JsonValue

from shared.models import transitions
from shared.models.claim import Approval, ClaimContext, RecordedDecision
from shared.models.vocabulary import CLAIMANT, RULE, SYSTEM, ClaimStatus


@dataclass(frozen=True)
class AuditEntry:
    """One act on a claim; the store makes a numbered and chained line of it."""

    who: str
    """An officer's id, `claimant`, `rule` or `system`."""
    act: str
    details: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    """Types, checksums, amounts and statuses; nothing of what the claim says."""


def audit_entries(found: Iterable[transitions.Transition], after: ClaimContext) -> list[AuditEntry]:
    """The acts that the transitions of a step to `after` are, in their order."""
    return [entry for transition in found if (entry := _entry(transition, after))]


def _entry(transition: transitions.Transition, after: ClaimContext) -> AuditEntry | None:
    match transition:
        case transitions.Submitted():
            entry = AuditEntry(CLAIMANT, "submitted", {"sha256": after.submission_sha256})
        case transitions.Imported():
            entry = AuditEntry(SYSTEM, "imported", {"sha256": after.submission_sha256})
        case transitions.DocumentFiled(document=document):
            entry = AuditEntry(CLAIMANT, "document", {"type": document.type, "sha256": document.sha256})
        case transitions.NoteAdded(note=note):
            entry = AuditEntry(CLAIMANT, "note", {"type": note.type})
        case transitions.OfficerDecided(approval=approval, is_final=is_final):
            entry = _decided(approval.officer_id, approval, is_final=is_final)
        case transitions.ClaimDecided(decision=decision):
            # What officers decided has an entry for each of them.
            entry = _decided(RULE, decision, is_final=True) if decision.decided_by == "rule" else None
        case transitions.StatusChanged():
            entry = _status_entry(transition, after)
        case transitions.UploadRejected() | transitions.Reminded() | transitions.Escalated():
            entry = None
    return entry


def _decided(who: str, decision: Approval | RecordedDecision, *, is_final: bool) -> AuditEntry:
    amount = None if decision.payout_amount is None else float(decision.payout_amount)
    details: dict[str, JsonValue] = {"decision": decision.decision, "payout_amount": amount}
    return AuditEntry(who, "decided", details | {"is_final": is_final})


def _status_entry(change: transitions.StatusChanged, after: ClaimContext) -> AuditEntry | None:
    match change.status:
        case ClaimStatus.PROCESSING:
            return AuditEntry(SYSTEM, "resumed") if change.is_resumption else None
        case ClaimStatus.PAUSED:
            missing = [*after.missing_documents, *after.missing_information]
            return AuditEntry(SYSTEM, "paused", {"missing": list[JsonValue](missing)})
        case ClaimStatus.AWAITING_DECISION:
            return AuditEntry(SYSTEM, "awaiting_decision")
        case ClaimStatus.COMPLETED:
            return AuditEntry(SYSTEM, "handed_off", {"outcome": after.outcome})
        case ClaimStatus.WITHDRAWN:
            return AuditEntry(CLAIMANT, "withdrawn")
        case ClaimStatus.EXPIRED | ClaimStatus.FAILED:
            return AuditEntry(SYSTEM, change.status.value, {"reason": after.termination_reason})
