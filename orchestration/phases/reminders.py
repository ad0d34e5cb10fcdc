"""Reminders of a claim that waits, and the escalation of one that waits for an officer too long.

What is due is computed from the claim and the clock. So a claim whose orchestration was away is reminded
of once, of how it stands now, however many reminders were missed.
"""

from datetime import datetime
from typing import NamedTuple

from orchestration.phases.context import PhaseContext
from orchestration.phases.unit_of_work import ClaimUnitOfWork, note_to_file
from orchestration.rules.requirements import Requirements
from shared.models.claim import ClaimContext
from shared.models.transitions import Escalated, Reminded
from shared.models.vocabulary import ClaimStatus
from shared.settings import Settings

OFFICER_REMINDED_AT = 0.5
"""When an officer is reminded, as a part of DECISION_SLA."""


class _Reminder(NamedTuple):
    due_at: datetime
    transition: Reminded | Escalated


async def remind(claim: ClaimUnitOfWork, phases: PhaseContext, now: datetime) -> None:
    """Put on record the reminder that is due, if one is; the last one, where several are."""
    context = claim.context
    due = [reminder for reminder in _reminders(context, phases.settings) if reminder.due_at <= now]
    if len(due) > context.notices:
        transition = due[-1].transition
        note = note_to_file(f"notice.{context.revision + 1}", _text(context, transition, phases.requirements))
        await claim.commit([note], also=[transition], notices=len(due))


def next_reminder(context: ClaimContext, settings: Settings) -> datetime | None:
    """When the next reminder or escalation is due; None where none will be."""
    coming = _reminders(context, settings)[context.notices :]
    return coming[0].due_at if coming else None


def _reminders(context: ClaimContext, settings: Settings) -> list[_Reminder]:
    """All reminders of the present wait, in order."""
    since = context.waiting_since or context.paused_at
    if since is None:
        return []
    match context.status:
        case ClaimStatus.PAUSED:
            moments = sorted({since + wait for wait in settings.session_reminders})
            end = context.expires_at
            return [_Reminder(moment, Reminded()) for moment in moments if end is None or moment < end]
        case ClaimStatus.AWAITING_DECISION:
            sla = settings.decision_sla
            return [
                _Reminder(since + OFFICER_REMINDED_AT * sla, Reminded()),
                _Reminder(since + sla, Escalated()),
            ]
        case _:
            return []


def _text(context: ClaimContext, transition: Reminded | Escalated, requirements: Requirements) -> str:
    if isinstance(transition, Escalated):
        return "Escalated: no officer has decided in time"
    if context.status is ClaimStatus.AWAITING_DECISION:
        return "Reminder: an officer must decide"
    documents = requirements.describe(context.missing_documents, context)
    asked = [f"{document.type}: {document.how_to_ask}" for document in documents]
    sent_to = (
        f"Send it to /claims/{context.claim_id}/documents, answers to /claims/{context.claim_id}/continue"
    )
    return "\n".join(["Reminder, still missing:", *asked, *context.missing_information, sent_to])
