"""The log lines of a claim's transitions: the status that it came into, after how long, and its decision."""

import logging
from collections.abc import Iterable
from datetime import datetime

from shared.clock import utc_now
from shared.models import transitions
from shared.models.claim import ClaimContext
from shared.telemetry.log import log_event

logger = logging.getLogger(__name__)


def log_transitions(
    found: Iterable[transitions.Transition], before: ClaimContext | None, after: ClaimContext
) -> None:
    """Log what a commit did that made `before`, None for a new claim, into `after`.

    A crash between the commit and this leaves a gap in the log, never in the claim.
    """
    now = utc_now()
    waited_seconds = _seconds(before and before.waiting_since, now)
    for transition in found:
        match transition:
            case transitions.ClaimDecided(decision=decision):
                log_event(
                    logger,
                    "decision",
                    claim_id=after.claim_id,
                    claim_type=after.facts.claim_type,
                    decision=decision.decision,
                    decided_by=decision.decided_by,
                    waited_seconds=waited_seconds,
                )
            case transitions.StatusChanged(previous=previous, status=status):
                log_event(
                    logger,
                    "status",
                    claim_id=after.claim_id,
                    claim_type=after.facts.claim_type,
                    status=status.value,
                    previous=previous.value if previous else None,
                    outcome=after.outcome.value if after.outcome else None,
                    waited_seconds=waited_seconds,
                    age_seconds=_seconds(after.created_at, now),
                    tokens=after.usage.tokens,
                    cost=None if after.usage.cost is None else float(after.usage.cost),
                )
            case (
                transitions.Submitted()
                | transitions.Imported()
                | transitions.DocumentFiled()
                | transitions.NoteAdded()
                | transitions.OfficerDecided()
            ):
                pass
            case transitions.UploadRejected() | transitions.Reminded() | transitions.Escalated():
                pass


def _seconds(since: datetime | None, now: datetime) -> float | None:
    return None if since is None else round((now - since).total_seconds(), 3)
