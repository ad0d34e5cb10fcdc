"""A claim being worked: the session as last committed, and the one way to commit the next step."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Self

from shared.models import ClaimContext, ClaimStatus, Message, Outcome
from shared.session_store import Session, SessionStore

OURSELVES = "claims_orchestrator"
"""The name under which the app itself speaks in a claim's history."""


class OpenClaim:
    """Only the claim's own workflow may hold one: it is the session's single writer."""

    def __init__(self, store: SessionStore, session: Session) -> None:
        self.store = store
        self._session = session
        self._staged: list[Message] = []
        self._is_staged = False

    @classmethod
    async def open(cls, store: SessionStore, claim_id: str) -> Self | None:
        """The claim as storage holds it; None where there is none (any more)."""
        session = await store.load_session(claim_id)
        return cls(store, session) if session else None

    @property
    def context(self) -> ClaimContext:
        return self._session.context

    @property
    def claim_id(self) -> str:
        return self._session.context.claim_id

    def stage(self, messages: Sequence[Message] = (), **changes: Any) -> None:
        """Change the claim now and commit it with what comes next.

        Only for what costs nothing to do again if the process died before that: because it is computed, or
        because its cause still lies in the inbox.
        """
        self._session = replace(self._session, context=self.context.model_copy(update=changes))
        self._staged += messages
        self._is_staged = True

    async def commit(self, messages: Sequence[Message] = (), **changes: Any) -> None:
        """Commit `changes` of the context, what is staged, and `messages`, all or nothing.

        Raises:
            RevisionConflict: another writer was first; what was read is out of date.
        """
        changed = replace(self._session, context=self.context.model_copy(update=changes))
        await self._save(changed, messages)

    async def flush(self, *, summarize: bool | None = None) -> None:
        """Commit what is staged, if anything is; `summarize` as the store has it."""
        if self._is_staged:
            await self._save(self._session, (), summarize)

    async def _save(
        self, session: Session, messages: Sequence[Message], summarize: bool | None = None
    ) -> None:
        added = [*self._staged, *messages]
        self._session = await self.store.save_session(session, added, summarize=summarize)
        self._staged, self._is_staged = [], False

    async def refresh_summary(self) -> None:
        """Bring the summary in line where a crash came between the last commit and it."""
        self._session = await self.store.refresh_summary(self._session)

    def has_failed(self, reason: str) -> bool:
        """Whether this failure is on record already."""
        return self.context.status is ClaimStatus.FAILED and self.context.termination_reason == reason


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
