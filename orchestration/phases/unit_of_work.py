"""A claim being worked: the session as last committed, and the one way to commit the next step."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Self

from orchestration.phases import business_events, events
from shared.models.claim import ClaimContext, ClaimStatus, Message, Outcome
from shared.models.events import EventType
from shared.session_store import InboxEntry, Session, SessionStore

OURSELVES = "claims_orchestrator"
"""The name under which the app itself speaks in a claim's history."""


class ClaimUnitOfWork:
    """Only the claim's own workflow may hold one: it is the session's single writer."""

    def __init__(
        self,
        store: SessionStore,
        session: Session,
        waiting: Sequence[InboxEntry] | None = None,
        *,
        tells: bool = False,
    ) -> None:
        self.store = store
        self._session = session
        self._waiting = waiting
        self._staged: list[Message] = []
        self._told: list[EventType] = []
        self._is_staged = False
        self._committed = session.context
        self._tells = tells

    @classmethod
    async def open(cls, store: SessionStore, claim_id: str, *, tells: bool = False) -> Self | None:
        """The claim as storage holds it; None where there is none (any more).

        `tells`: commits leave events in the outbox, for a webhook.
        """
        session, waiting = await store.load_with_inbox(claim_id)
        if session is None:
            return None
        claim = cls(store, session, waiting, tells=tells)
        if tells and session.context.outbox:
            delivered = await store.deliveries.read(session.context)
            claim.stage(outbox=events.without_delivered(session.context, delivered.sequence).outbox)
        return claim

    @property
    def context(self) -> ClaimContext:
        return self._session.context

    @property
    def claim_id(self) -> str:
        return self._session.context.claim_id

    @property
    def has_news(self) -> bool:
        """Whether events may have to be delivered."""
        return self._tells and bool(self.context.outbox)

    async def waiting(self) -> Sequence[InboxEntry]:
        """What waits in the inbox: at first as it was found with the claim, then as it is."""
        found, self._waiting = self._waiting, None
        return [InboxEntry(i) for i in await self.store.inbox.list(self.claim_id)] if found is None else found

    def stage(
        self, messages: Sequence[Message] = (), *, told: Sequence[EventType] = (), **changes: Any
    ) -> None:
        """Change the claim now and commit it with what comes next.

        Only for what costs nothing to do again if the process died before that: because it is computed, or
        because its cause still lies in the inbox.
        """
        self._session = replace(self._session, context=self.context.model_copy(update=changes))
        self._staged += messages
        self._told += told
        self._is_staged = True

    async def commit(
        self, messages: Sequence[Message] = (), *, told: Sequence[EventType] = (), **changes: Any
    ) -> None:
        """Commit `changes` of the context, what is staged, and `messages`, all or nothing.

        `told` are events beside those that the changes themselves are.

        Raises:
            RevisionConflict: another writer was first; what was read is out of date.
        """
        changed = replace(self._session, context=self.context.model_copy(update=changes))
        self._told += told
        await self._save(changed, messages)

    async def flush(self) -> None:
        """Commit what is staged, if anything is."""
        if self._is_staged:
            await self._save(self._session, ())

    async def _save(self, session: Session, messages: Sequence[Message]) -> None:
        after = events.told(self._committed, session.context, self._told, tells=self._tells)
        self._session = await self.store.save_session(
            replace(session, context=after), [*self._staged, *messages], summarize=_is_at_rest(after)
        )
        business_events.passed(self._committed, self._session.context)
        self._committed = self._session.context
        self._staged, self._told, self._is_staged = [], [], False

    async def refresh_summary(self) -> None:
        """Bring the summary in line where a crash came between the last commit and it."""
        if _is_at_rest(self.context):
            self._session = await self.store.refresh_summary(self._session)

    def has_failed(self, reason: str) -> bool:
        """Whether this failure is on record already."""
        return self.context.status is ClaimStatus.FAILED and self.context.termination_reason == reason


def _is_at_rest(context: ClaimContext) -> bool:
    """While a claim is at work, a list shows where it rested last: work ends soon, in another rest."""
    return context.status is not ClaimStatus.PROCESSING


def note_to_file(step: str, text: str, name: str = OURSELVES) -> Message:
    """A line of the claim's history that no agent wrote."""
    return Message(role="user", name=name, content=text, metadata={"step": step})


def describe_outcome(context: ClaimContext) -> str:
    """One line on how a decided claim ended, for its history."""
    decision = context.decision
    if decision is None or context.outcome is None:
        return "not decided"
    paid = f", payout {decision.payout_amount}" if context.outcome is Outcome.APPROVED else ""
    return f"{context.outcome.value} by {decision.officer_id or 'rule'}{paid}"
