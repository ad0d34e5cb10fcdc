"""What the sweep does: expire, revive, purge. Every step can be repeated and is safe beside a live claim."""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from orchestration.activities import advance
from orchestration.clockwork import Clockwork
from shared.models import ClaimStatus, ClaimSummary
from shared.session_store import SessionStore
from shared.settings import Settings
from shared.telemetry import log_failure

logger = logging.getLogger(__name__)

PAGE = 500
RECENT = timedelta(hours=1)
"""For how long the inbox of a claim that is over is looked into; nothing is accepted for it any more."""
FINISHED = (ClaimStatus.COMPLETED, ClaimStatus.EXPIRED, ClaimStatus.WITHDRAWN, ClaimStatus.FAILED)


@dataclass
class SweepResult:
    """How many claims a sweep touched, by what it did to them."""

    expired: int = 0
    revived: int = 0
    woken: int = 0
    purged: int = 0
    failed: int = 0


async def sweep(store: SessionStore, clockwork: Clockwork, settings: Settings, now: datetime) -> SweepResult:
    """Tend every claim that is stored; one that cannot be tended keeps no other one waiting."""
    result = SweepResult()
    for status in ClaimStatus:
        async for claim in _all(store, status):
            try:
                await _tend(claim, store, clockwork, settings, now, result)
            except Exception as error:
                log_failure(logger, f"{claim.claim_id}: sweep", error)
                result.failed += 1
    return result


async def _tend(
    claim: ClaimSummary,
    store: SessionStore,
    clockwork: Clockwork,
    settings: Settings,
    now: datetime,
    result: SweepResult,
) -> None:
    if claim.status is ClaimStatus.PAUSED:
        await _tend_paused(claim, store, clockwork, now, result)
    elif claim.status not in FINISHED:
        await _tend_open(claim.claim_id, store, clockwork, result)
    elif now - _ended_at(claim) > settings.session_retention:
        await store.delete_session(claim.claim_id)
        await clockwork.stop(claim.claim_id)
        result.purged += 1
    elif await _is_left_undone(claim, store, now):
        await clockwork.wake(claim.claim_id)
        result.woken += 1


async def _is_left_undone(claim: ClaimSummary, store: SessionStore, now: datetime) -> bool:
    """Whether the inbox of a finished claim holds what was accepted as it ended.

    Nobody was woken by what came while the orchestration was ending; a failed claim goes on with it.
    """
    is_recent = now - _ended_at(claim) < RECENT
    return (is_recent or claim.status is ClaimStatus.FAILED) and bool(
        await store.list_arrivals(claim.claim_id)
    )


def _ended_at(claim: ClaimSummary) -> datetime:
    """An imported claim that was over long ago is kept as long as any, counted from its import."""
    return claim.archived_at or claim.completed_at or claim.saved_at or claim.created_at


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
