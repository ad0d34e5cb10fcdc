"""What a commit tells the log of a claim: the status it came into, after how long, and its decision."""

import logging
from datetime import datetime

from shared.clock import utc_now
from shared.models.claim import ClaimContext
from shared.telemetry.log import log_event

logger = logging.getLogger(__name__)


def passed(before: ClaimContext | None, after: ClaimContext) -> None:
    """Log what the step from `before`, None for a new claim, to `after` was, if it was more than progress.

    A crash between a commit and this leaves a gap in the log, never in the claim.
    """
    now = utc_now()
    decision = after.decision
    if decision and not (before and before.decision):
        log_event(
            logger,
            "decision",
            claim_id=after.claim_id,
            claim_type=after.facts.claim_type,
            decision=decision.decision,
            decided_by=decision.decided_by,
            waited_seconds=_since(before and before.waiting_since, now),
        )
    if before is None or before.status is not after.status:
        log_event(
            logger,
            "status",
            claim_id=after.claim_id,
            claim_type=after.facts.claim_type,
            status=after.status.value,
            previous=before.status.value if before else None,
            outcome=after.outcome.value if after.outcome else None,
            waited_seconds=_since(before and before.waiting_since, now),
            age_seconds=_since(after.created_at, now),
            tokens=after.usage.prompt_tokens + after.usage.completion_tokens,
            cost=None if after.usage.cost is None else float(after.usage.cost),
        )


def _since(moment: datetime | None, now: datetime) -> float | None:
    return None if moment is None else round((now - moment).total_seconds(), 3)
