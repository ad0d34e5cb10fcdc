"""The sweep: expires, revives, wakes and purges claims for which it is time.

Every step can be repeated, and is safe while a claim's own workflow is at work.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from orchestration.durable.activities import advance
from orchestration.durable.client import DurableClient
from orchestration.durable.event_delivery_activities import PATIENCE, is_anything_waiting
from orchestration.phases.context import PhaseContext
from orchestration.phases.events import erased
from orchestration.services.context import ServiceContext
from orchestration.services.erasure import remove
from shared.models.claim import ClaimStatus, ClaimSummary
from shared.session_store import Period
from shared.telemetry.log import log_failure

logger = logging.getLogger(__name__)

RECENT = timedelta(hours=1)
"""For how long after a claim's end the sweep still checks its inbox."""
STUCK_AFTER = timedelta(minutes=10)
"""A claim that has been processing for longer may have lost its orchestration."""
OPEN = [status for status in ClaimStatus if status.is_open]
FINISHED = [status for status in ClaimStatus if not status.is_open]


@dataclass
class SweepResult:
    """How many claims a sweep touched, by what it did to them."""

    expired: int = 0
    revived: int = 0
    woken: int = 0
    purged: int = 0
    failed: int = 0


async def sweep(
    services: ServiceContext, phases: Callable[[], PhaseContext], client: DurableClient, *, thorough: bool
) -> SweepResult:
    """Do what it is time for; a claim with which that fails keeps no other claim waiting.

    An ordinary sweep costs what there is to do. A thorough one reads every open claim, which costs what is
    stored, and so finds what arrived without waking its claim.
    """
    sweeper = _Sweeper(services, phases, client)
    now, settings = sweeper.now, services.settings
    purged = [Period(status, before=now - settings.session_retention) for status in FINISHED]
    is_due = {Period(ClaimStatus.PAUSED, before=now): sweeper.expire, **dict.fromkeys(purged, sweeper.purge)}
    recent = dict.fromkeys([Period(status, after=now - RECENT) for status in FINISHED], sweeper.finish)
    if thorough:
        await sweeper.tend(is_due)
        failed = Period(ClaimStatus.FAILED, before=now - RECENT)
        await sweeper.tend(
            {**dict.fromkeys(map(Period, OPEN), sweeper.revive), **recent, failed: sweeper.finish}
        )
    else:
        stuck = Period(ClaimStatus.PROCESSING, before=now - STUCK_AFTER)
        await sweeper.tend({**is_due, stuck: sweeper.revive, **recent})
    await sweeper.complete_erasures()
    if settings.webhook_url:
        missed = PATIENCE.gives_up_after + RECENT if thorough else RECENT
        periods = [Period(status, after=now - missed) for status in FINISHED]
        periods += map(Period, OPEN if thorough else ())
        await sweeper.tend(dict.fromkeys(periods, sweeper.announce))
    return sweeper.result


class _Sweeper:
    def __init__(
        self, services: ServiceContext, phases: Callable[[], PhaseContext], client: DurableClient
    ) -> None:
        self._settings = services.settings
        self._store = services.store
        self._phases = phases
        self._client = client
        self.now = services.now()
        self.result = SweepResult()

    async def tend(self, care: Mapping[Period, Callable[[str], Awaitable[None]]]) -> None:
        """Do for each claim of a period what stands beside the period."""
        # All claims are found first: what is done to one moves it to another period.
        found = await self._store.find_sessions(*care)
        for do, claims in zip(care.values(), found, strict=True):
            for claim in claims:
                await self._attempt(claim.claim_id, do)

    async def _attempt(self, claim_id: str, do: Callable[[str], Awaitable[None]]) -> None:
        try:
            await do(claim_id)
        except Exception as error:
            log_failure(logger, f"{claim_id}: sweep", error)
            self.result.failed += 1

    async def expire(self, claim_id: str) -> None:
        """End a paused claim whose time is up."""
        if await self._client.is_alive(claim_id):
            await self._client.wake(claim_id)
            self.result.expired += 1
            return
        # No orchestration writes this session, so the sweep may. The inbox is taken in a last time, which
        # lets the claim go on or ends it.
        result = await advance(self._store, self._phases(), claim_id)
        if result["tells"]:
            await self._client.announce(claim_id)
        session = await self._store.load_session(claim_id)
        if session and not session.context.status.is_over:
            await self._client.start(claim_id)
            self.result.revived += 1
        else:
            self.result.expired += 1

    async def purge(self, claim_id: str) -> None:
        """Erase a claim that is past its retention; a list may be behind, so the session decides."""
        session = await self._store.load_session(claim_id)
        if session:
            summary = ClaimSummary.of(session.context)
            if (
                summary.status not in FINISHED
                or summary.moment >= self.now - self._settings.session_retention
            ):
                return
        event = None
        if session and self._settings.webhook_url:
            event = erased(claim_id, session.context.created_at)
        await remove(self._store, self._client, claim_id, event)
        self.result.purged += 1

    async def complete_erasures(self) -> None:
        """Erase what came for claims while they were erased, or what a crash left of them."""
        for claim_id, begun in await self._store.erasures.list():
            await self._attempt(claim_id, partial(self._erase_rest, is_late=begun < self.now - RECENT))

    async def _erase_rest(self, claim_id: str, *, is_late: bool) -> None:
        # A session that is there is a new one, or one whose erasure died before it began, unanswered.
        is_gone = not await self._store.session_exists(claim_id)
        if is_gone and await self._store.holds_anything(claim_id):
            await remove(self._store, self._client, claim_id)
        elif is_late:
            await self._store.erasures.close(claim_id)

    async def revive(self, claim_id: str) -> None:
        """Give an open claim the orchestration that it lacks, or the event that was lost."""
        if not await self._client.is_alive(claim_id):
            await self._client.start(claim_id)
            self.result.revived += 1
        else:
            await self.finish(claim_id)

    async def finish(self, claim_id: str) -> None:
        """Wake a claim for what lies in its inbox.

        Nobody was woken by what came while the orchestration was ending; a failed claim goes on with it.
        """
        if await self._store.inbox.list(claim_id):
            await self._client.wake(claim_id)
            self.result.woken += 1

    async def announce(self, claim_id: str) -> None:
        """Have events delivered whose orchestration was lost."""
        session = await self._store.load_session(claim_id)
        if session and session.context.outbox:
            record = await self._store.deliveries.read(session.context)
            if is_anything_waiting(session.context, record):
                await self._client.announce(claim_id)
