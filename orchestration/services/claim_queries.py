"""Claims as they are shown to a caller: as they are stored and as their inboxes say."""

import asyncio
import hashlib
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from shared.errors import NotFound
from shared.models.claim import ClaimContext, ClaimStatus
from shared.session_store import InboxEntry, Session, SessionStore

SHORTEST_PAUSE, LONGEST_PAUSE = 0.01, 0.5
"""Seconds between two reads while somebody waits for a claim; they grow with how long the wait has lasted."""


@dataclass(frozen=True)
class ShownClaim:
    """A claim and the status that is shown of it.

    A claim that waits and has something in its inbox is shown as processing.
    """

    session: Session
    status: ClaimStatus

    @classmethod
    def of(cls, session: Session, waiting: Sequence[InboxEntry]) -> "ShownClaim":
        """The claim as it is shown; `waiting` is its inbox at the moment when `session` was read."""
        status = session.context.status
        is_worked = not {entry.id for entry in waiting} <= set(session.context.taken)
        return cls(session, ClaimStatus.PROCESSING if is_worked and status.wakes_on_input else status)

    @property
    def context(self) -> ClaimContext:
        """The claim as it is stored."""
        return self.session.context

    @property
    def etag(self) -> str:
        """A strong entity tag, in quotes, that changes whenever the claim does."""
        shown = f"{self.session.tag} {self.status}"
        return f'"{hashlib.sha256(shown.encode()).hexdigest()[:32]}"'


async def load_claim(store: SessionStore, claim_id: str) -> Session:
    """The claim as it is stored.

    Raises:
        NotFound: there is no such claim.
    """
    session = await store.load_session(claim_id)
    if session is None:
        raise NotFound(f"there is no claim {claim_id}")
    return session


async def show_claim(store: SessionStore, claim_id: str) -> ShownClaim:
    """The claim as it is shown.

    Raises:
        NotFound: there is no such claim.
    """
    session: Session | None = await load_claim(store, claim_id)
    waiting: Sequence[InboxEntry] = ()
    if session and session.context.status.wakes_on_input:
        # Both of one moment: what was taken meanwhile is no longer in the inbox, and not yet in that session.
        session, waiting = await store.load_with_inbox(claim_id)
    if session is None:
        raise NotFound(f"there is no claim {claim_id}")
    return ShownClaim.of(session, waiting)


async def wait_for_claim(
    store: SessionStore, claim_id: str, until: Collection[str], seconds: float
) -> ShownClaim:
    """The claim as soon as the status that is shown of it is one of `until`, or when `seconds` have passed.

    Raises:
        NotFound: there is no such claim.
    """
    begun = time.monotonic()
    claim = await show_claim(store, claim_id)
    while claim.status not in until and (waited := time.monotonic() - begun) < seconds:
        await asyncio.sleep(min(max(SHORTEST_PAUSE, waited / 5), LONGEST_PAUSE, seconds - waited))
        # Reading session.json costs far less than reading the context; only a change is worth that.
        summary = await store.read_summary(claim_id)
        is_last = time.monotonic() - begun >= seconds
        if is_last or summary is None or summary.status in {*until, ClaimStatus.PROCESSING}:
            claim = await show_claim(store, claim_id)
    return claim
