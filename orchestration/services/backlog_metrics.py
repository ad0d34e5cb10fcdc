"""How many claims are open, and for how long, in a fixed number of storage requests."""

import logging
from datetime import datetime

from shared.models.claim import ClaimStatus, ClaimSummary
from shared.session_store import SessionStore
from shared.telemetry.log import log_event

logger = logging.getLogger(__name__)

COUNTED = (
    ClaimStatus.PROCESSING,
    ClaimStatus.PAUSED,
    ClaimStatus.AWAITING_DECISION,
    ClaimStatus.FAILED,
)
"""What there is still something to do with; claims that are over are told of when they end."""
MOST_COUNTED = 4_000
"""Of each status, so that counting is one page of the index however many claims are stored."""


async def log_backlog(store: SessionStore, now: datetime) -> None:
    """Log of each open status how many claims have it, and since when the one that has had it longest."""
    for status in COUNTED:
        page = await store.list_sessions(status, MOST_COUNTED)
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
