"""How many claims are open, and for how long, in a fixed number of storage requests."""

import logging
from datetime import datetime

from shared.models.claim import ClaimStatus, ClaimSummary
from shared.session_store import SessionStore
from shared.telemetry.log import log_event

logger = logging.getLogger(__name__)

COUNTED = [status for status in ClaimStatus if not status.is_over]
"""The statuses of claims with which there is still something to do."""
MOST_COUNTED = 4_000
"""How many claims of each status are counted, so that one page of the index is enough."""


async def log_backlog(store: SessionStore, now: datetime, *, most_counted: int = MOST_COUNTED) -> None:
    """Log how many claims have each open status, and for how many seconds the first has had it."""
    for status in COUNTED:
        page = await store.list_sessions(status, most_counted)
        oldest = min(map(_since, page.summaries), default=None)
        log_event(
            logger,
            "backlog",
            status=status.value,
            claims=len(page.summaries),
            is_at_least=page.continuation is not None,
            oldest_seconds=None if oldest is None else round((now - oldest).total_seconds()),
        )


def _since(claim: ClaimSummary) -> datetime:
    return claim.paused_at if claim.status is ClaimStatus.PAUSED and claim.paused_at else claim.moment
