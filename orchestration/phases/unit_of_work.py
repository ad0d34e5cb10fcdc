"""A claim being worked: the session as last committed, and the one way to commit the next step."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Self, Unpack

from orchestration.phases.business_events import log_transitions
from orchestration.phases.events import undelivered, with_events
from shared.clock import utc_now
from shared.models.audit import audit_entries
from shared.models.claim import ClaimChanges, ClaimContext, Message
from shared.models.transitions import Transition, transitions
from shared.models.vocabulary import OURSELVES, ClaimStatus, Outcome
from shared.session_store import InboxEntry, Session, SessionStore


class ClaimUnitOfWork:
    """A claim with the changes that are staged for its next commit.

    Only the claim's own workflow may hold one, and whoever creates the claim: it is the session's single
    writer.
    """

    def __init__(
        self,
        store: SessionStore,
        session: Session,
        entries: Sequence[InboxEntry] | None = None,
        *,
        records_events: bool = False,
    ) -> None:
        self.store = store
        self._session = session
        self._committed = None if session.tag is None else session.context
        self._entries = entries
        self._records_events = records_events
        self._messages: list[Message] = []
        self._also: list[Transition] = []

    @classmethod
    async def create(
        cls, store: SessionStore, context: ClaimContext, messages: Sequence[Message], *, records_events: bool
    ) -> Self:
        """Save a claim that is new, with the first messages of its history.

        Raises:
            RevisionConflict: there is a claim of this id already.
        """
        claim = cls(store, Session(context, tag=None), records_events=records_events)
        await claim.commit(messages)
        return claim

    @classmethod
    async def open(cls, store: SessionStore, claim_id: str, *, records_events: bool = False) -> Self | None:
        """The claim as storage holds it; None where there is none (any more).

        With `records_events`, commits leave events for a webhook in the claim's outbox.
        """
        session, entries = await store.load_with_inbox(claim_id)
        if session is None:
            return None
        claim = cls(store, session, entries, records_events=records_events)
        if records_events and session.context.outbox:
            delivered = await store.deliveries.read(session.context)
            claim.stage(outbox=undelivered(session.context.outbox, delivered))
        return claim

    @property
    def context(self) -> ClaimContext:
        """The claim as committed, with what is staged."""
        return self._session.context

    @property
    def claim_id(self) -> str:
        """The claim's id."""
        return self._session.context.claim_id

    @property
    def has_events(self) -> bool:
        """Whether events may have to be delivered."""
        return self._records_events and bool(self.context.outbox)

    @property
    def has_changes(self) -> bool:
        """Whether anything is staged that the last commit does not hold."""
        return bool(self._messages or self._also) or self.context != self._committed

    async def inbox_entries(self) -> Sequence[InboxEntry]:
        """What lies in the inbox: at the first call as it was found with the claim, then as it is."""
        found, self._entries = self._entries, None
        return [InboxEntry(i) for i in await self.store.inbox.list(self.claim_id)] if found is None else found

    def stage(
        self,
        messages: Sequence[Message] = (),
        *,
        also: Sequence[Transition] = (),
        **changes: Unpack[ClaimChanges],
    ) -> None:
        """Change the claim now, and commit it with what comes next.

        Only for what costs nothing to do again if the process died before that: because it is computed, or
        because its cause still lies in the inbox. `also` are transitions that no change of the claim shows.

        Raises:
            ValidationError: a change names no field, or is not of its field's type; nothing is staged.
        """
        self._session = replace(self._session, context=self.context.with_changes(**changes))
        self._messages += messages
        self._also += also

    async def commit(
        self,
        messages: Sequence[Message] = (),
        *,
        also: Sequence[Transition] = (),
        **changes: Unpack[ClaimChanges],
    ) -> None:
        """Stage, then commit all that is staged; what could not be committed stays staged.

        Raises:
            ValidationError: as `stage`; nothing is staged or stored.
            RevisionConflict: another writer was first; what was read is out of date.
        """
        self.stage(messages, also=also, **changes)
        await self.flush()

    async def flush(self) -> None:
        """Commit what is staged, if anything is, with its audit entries and events, all or nothing.

        Raises:
            RevisionConflict: as `commit`.
        """
        if not self.has_changes:
            return
        before, after = self._committed, self.context
        found = [*self._also, *transitions(before, after)]
        if before and before.status is not after.status:
            since = utc_now() if after.status.is_waiting else None
            after = after.with_changes(waiting_since=since, notices=0)
        if self._records_events:
            after = with_events(after, found)
        self._session = await self.store.save_session(
            replace(self._session, context=after),
            self._messages,
            acts=audit_entries(found, after),
            # A list shows where a claim at work rested last: work ends soon, in another rest.
            summarize=before is None or after.status.is_at_rest,
        )
        log_transitions(found, before, after)
        self._committed = self.context
        self._messages, self._also = [], []

    async def refresh_summary(self) -> None:
        """Bring the summary in line where a crash came between the last commit and it."""
        if self.context.status.is_at_rest:
            self._session = await self.store.refresh_summary(self._session)

    def has_failed(self, reason: str) -> bool:
        """Whether this failure is on record already."""
        return self.context.status is ClaimStatus.FAILED and self.context.termination_reason == reason


def note_to_file(step: str, text: str, name: str = OURSELVES) -> Message:
    """A line of the claim's history that no agent wrote; `step` says which step it belongs to."""
    return Message(role="user", name=name, content=text, metadata={"step": step})


def describe_outcome(context: ClaimContext) -> str:
    """One line on how a decided claim ended, for its history."""
    decision = context.decision
    if decision is None or context.outcome is None:
        return "not decided"
    paid = f", payout {decision.payout_amount}" if context.outcome is Outcome.APPROVED else ""
    return f"{context.outcome.value} by {decision.officer_id or 'rule'}{paid}"
