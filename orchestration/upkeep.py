"""What the sweep does: expire, revive, purge. Every step can be repeated and is safe beside a live claim."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from orchestration.activities import advance
from orchestration.clockwork import Clockwork
from shared.models import ClaimStatus, ClaimSummary
from shared.session_store import SessionStore
from shared.settings import Settings

PAGE = 500
FINISHED = (ClaimStatus.COMPLETED, ClaimStatus.EXPIRED, ClaimStatus.WITHDRAWN, ClaimStatus.FAILED)


@dataclass
class SweepResult:
    """How many claims a sweep touched, by what it did to them."""

    expired: int = 0
    revived: int = 0
    woken: int = 0
    purged: int = 0


async def sweep(store: SessionStore, clockwork: Clockwork, settings: Settings, now: datetime) -> SweepResult:
    result = SweepResult()
    async for claim in _all(store, ClaimStatus.PAUSED):
        await _tend_paused(claim, store, clockwork, now, result)
    for status in (ClaimStatus.PROCESSING, ClaimStatus.AWAITING_DECISION):
        async for claim in _all(store, status):
            await _tend_open(claim.claim_id, store, clockwork, result)
    for status in FINISHED:
        async for claim in _all(store, status):
            ended = claim.completed_at or claim.saved_at or claim.created_at
            if now - ended > settings.session_retention:
                await store.delete_session(claim.claim_id)
                await clockwork.stop(claim.claim_id)
                result.purged += 1
    return result


async def _tend_paused(
    claim: ClaimSummary, store: SessionStore, clockwork: Clockwork, now: datetime, result: SweepResult
) -> None:
    overdue = claim.expires_at is not None and claim.expires_at <= now
    if not overdue:
        await _tend_open(claim.claim_id, store, clockwork, result)
    elif await clockwork.is_alive(claim.claim_id):
        await clockwork.wake(claim.claim_id)
        result.expired += 1
    else:
        # No orchestration writes this session, so the sweep may: taking up the inbox one last time
        # either completes the claim or ends it.
        await advance(claim.claim_id)
        session = await store.load_session(claim.claim_id)
        if session and not session.context.status.is_over:
            await clockwork.start(claim.claim_id)
            result.revived += 1
        else:
            result.expired += 1


async def _tend_open(claim_id: str, store: SessionStore, clockwork: Clockwork, result: SweepResult) -> None:
    if not await clockwork.is_alive(claim_id):
        await clockwork.start(claim_id)
        result.revived += 1
    elif await store.list_arrivals(claim_id):
        await clockwork.wake(claim_id)
        result.woken += 1


async def _all(store: SessionStore, status: ClaimStatus) -> AsyncIterator[ClaimSummary]:
    continuation: str | None = None
    while True:
        page = await store.list_sessions(status, PAGE, continuation)
        for summary in page.summaries:
            yield summary
        continuation = page.continuation
        if continuation is None:
            return
