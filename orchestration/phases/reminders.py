"""Reminders of a claim that waits, and the escalation of one that waits for an officer too long.

What is due is computed from the claim and the clock. So a claim whose orchestration was away gives notice
once, of how it stands now, however many notices were missed.
"""

from datetime import datetime
from typing import NamedTuple

from orchestration.phases.unit_of_work import ClaimUnitOfWork, note_to_file
from orchestration.rules.requirements import requirements
from shared.models.claim import ClaimContext, ClaimStatus
from shared.models.events import EventType
from shared.settings import Settings

REMINDER: EventType = "claim.reminder"
ESCALATED: EventType = "claim.escalated"
OFFICER_REMINDED_AT = 0.5
"""Of DECISION_SLA."""


class _Notice(NamedTuple):
    moment: datetime
    kind: EventType


async def give_notice(claim: ClaimUnitOfWork, settings: Settings, now: datetime) -> None:
    """Put on record the notice that is due, if one is; the last one, where several are."""
    context = claim.context
    due = [notice for notice in _notices(context, settings) if notice.moment <= now]
    if len(due) > context.notices:
        kind = due[-1].kind
        note = note_to_file(f"notice.{context.revision + 1}", _said(context, kind))
        await claim.commit([note], told=[kind], notices=len(due))


def next_notice(context: ClaimContext, settings: Settings) -> datetime | None:
    """When the next notice is due; None where none will be."""
    coming = _notices(context, settings)[context.notices :]
    return coming[0].moment if coming else None


def _notices(context: ClaimContext, settings: Settings) -> list[_Notice]:
    """All notices of the present wait, in order."""
    since = context.waiting_since or context.paused_at
    if since is None:
        return []
    match context.status:
        case ClaimStatus.PAUSED:
            moments = sorted({since + wait for wait in settings.session_reminders})
            end = context.expires_at
            return [_Notice(moment, REMINDER) for moment in moments if end is None or moment < end]
        case ClaimStatus.AWAITING_DECISION:
            sla = settings.decision_sla
            return [_Notice(since + OFFICER_REMINDED_AT * sla, REMINDER), _Notice(since + sla, ESCALATED)]
        case _:
            return []


def _said(context: ClaimContext, kind: EventType) -> str:
    if kind == ESCALATED:
        return "Escalated: no officer has decided in time"
    if context.status is ClaimStatus.AWAITING_DECISION:
        return "Reminder: an officer must decide"
    documents = requirements().describe(context.missing_documents, context)
    asked = [f"{document.type}: {document.how_to_ask}" for document in documents]
    sent_to = (
        f"Send it to /claims/{context.claim_id}/documents, answers to /claims/{context.claim_id}/continue"
    )
    return "\n".join(["Reminder, still missing:", *asked, *context.missing_information, sent_to])
