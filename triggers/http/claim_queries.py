"""Reading claims: as they are shown, which is as they are stored and as their inboxes say."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import azure.functions as func

from shared.errors import NotFound, Outdated
from shared.models.claim import ClaimContext, ClaimStatus
from shared.session_store import InboxEntry, Session
from shared.session_store.opening import session_store
from triggers.http.responses import header
from triggers.http.route_table import IF_MATCH, IF_NONE_MATCH


@dataclass(frozen=True)
class ShownClaim:
    """A claim with the status that is shown of it: one with something in its inbox is being worked."""

    session: Session
    status: ClaimStatus

    @property
    def context(self) -> ClaimContext:
        return self.session.context

    @property
    def etag(self) -> str:
        """Changes whenever the claim does."""
        shown = f"{self.session.tag} {self.status}"
        return f'"{hashlib.sha256(shown.encode()).hexdigest()[:32]}"'


async def known(claim_id: str) -> Session:
    """
    Raises:
        NotFound: there is no such claim.
    """
    session = await session_store().load_session(claim_id)
    if session is None:
        raise _unknown(claim_id)
    return session


async def looked_at(claim_id: str) -> tuple[Session, Sequence[InboxEntry]]:
    """A claim with what waits in its inbox.

    Raises:
        NotFound: there is no such claim.
    """
    session, waiting = await session_store().look(claim_id)
    if session is None:
        raise _unknown(claim_id)
    return session, waiting


async def shown(claim_id: str) -> ShownClaim:
    """
    Raises:
        NotFound: there is no such claim.
    """
    session = await known(claim_id)
    if session.context.status.wakes_on_input:
        # Of one moment: what was taken up meanwhile is no more in the inbox, and not yet in that session.
        session, waiting = await looked_at(claim_id)
        is_worked = not {arrival.id for arrival in waiting} <= set(session.context.taken)
        if is_worked and session.context.status.wakes_on_input:
            return ShownClaim(session, ClaimStatus.PROCESSING)
    return ShownClaim(session, session.context.status)


def is_known_already(req: func.HttpRequest, claim: ShownClaim) -> bool:
    """Whether `If-None-Match` names the claim as it is shown."""
    return _matches(header(req, IF_NONE_MATCH.name), claim.etag, weakly=True)


async def check_unchanged(req: func.HttpRequest, claim_id: str) -> None:
    """
    Raises:
        Outdated: `If-Match` names another state of the claim than the one that is shown.
        NotFound: there is no such claim.
    """
    condition = header(req, IF_MATCH.name)
    if condition and not _matches(condition, (await shown(claim_id)).etag, weakly=False):
        raise Outdated(f"{claim_id} has changed since it was read; read it again")


def _unknown(claim_id: str) -> NotFound:
    return NotFound(f"there is no claim {claim_id}")


def _matches(condition: str, etag: str, *, weakly: bool) -> bool:
    named = [tag.strip() for tag in condition.split(",")]
    if weakly:
        # A cache on the way may have weakened the tag, as one that compresses does.
        named = [tag.removeprefix("W/") for tag in named]
    return "*" in named or etag in named
