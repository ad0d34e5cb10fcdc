"""How something is added to a claim: the one way from a request to the claim's inbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from orchestration.durable.client import ClaimRunner
from orchestration.services.context import ServiceContext
from orchestration.services.keyed_requests import KeyedRequest
from orchestration.services.quota import check_quota
from shared.errors import Conflict, NotFound
from shared.models.claim import ClaimContext, DocumentRecord
from shared.models.inbox import DocumentItem, InboxItem, NoteItem
from shared.session_store import InboxEntry, Session

type Brought = tuple[DocumentItem | NoteItem, bytes | None]
"""A document or a note as the inbox takes it, with the content of a document."""


@dataclass
class Addition:
    """Something that is being added to one claim.

    A use case loads the claim (`to`), refuses a claim that is over (`check_open`), makes checks of its own,
    refuses too many documents (`check_quota`), and at last leaves what it brings (`leave`). An addition that
    an earlier attempt of the same request has made already passes every check and is not made again.
    """

    services: ServiceContext
    claim_id: str
    session: Session | None
    waiting: Sequence[InboxEntry]
    request: KeyedRequest | None
    has_arrived: bool

    @classmethod
    async def to(cls, services: ServiceContext, claim_id: str, request: KeyedRequest | None = None) -> Self:
        """Load the claim together with what waits in its inbox. There may be no such claim yet."""
        session, waiting = await services.store.load_with_inbox(claim_id)
        has_arrived = bool(session and request and await request.has_arrived(session, waiting))
        return cls(services, claim_id, session, waiting, request, has_arrived)

    @property
    def context(self) -> ClaimContext:
        """The claim as it is stored.

        Raises:
            NotFound: there is no such claim.
        """
        if self.session is None:
            raise NotFound(f"there is no claim {self.claim_id}")
        return self.session.context

    def check_open(self) -> None:
        """Refuse a claim that is over.

        Raises:
            NotFound: there is no such claim.
            Conflict: the claim is over.
        """
        if self.context.status.is_over and not self.has_arrived:
            raise Conflict(f"{self.claim_id} is {self.context.status}; nothing can be added to it")

    def check_quota(self, documents: Sequence[DocumentRecord]) -> None:
        """Refuse documents, or notes where `documents` is empty, that the claim has no room for.

        Raises:
            Conflict, TooManyRequests: as `quota.check_quota`.
        """
        if not self.has_arrived:
            limit = self.services.settings.max_claim_documents
            check_quota(limit, self.session and self.session.context, self.waiting, documents)

    async def leave(self, client: ClaimRunner, item: InboxItem | Sequence[Brought]) -> None:
        """Put one item, or all that one request brings, into the claim's inbox, and wake the claim.

        A claim that is not there yet, or is over, is not woken.
        """
        store = self.services.store
        if not self.has_arrived:
            item_id = await self.request.begin() if self.request else None
            if isinstance(item, Sequence):
                await store.inbox.put_all(self.claim_id, item, item_id)
            else:
                await store.inbox.put(self.claim_id, item, entry_id=item_id)
        await self.wake(client)

    async def wake(self, client: ClaimRunner) -> None:
        """Have the claim's workflow take in the inbox."""
        # A claim may have been submitted while a document for it was being checked.
        session = self.session or await self.services.store.load_session(self.claim_id)
        if session and not session.context.status.is_over:
            await client.wake(self.claim_id)
