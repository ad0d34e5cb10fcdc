"""What becomes of a claim's entry in its policy's ledger once the claim has ended."""

from orchestration.rules.keys import policy_key
from shared.ledger import EntryState
from shared.models.claim import ClaimContext
from shared.models.vocabulary import ClaimStatus, Outcome
from shared.session_store import SessionStore


async def release(store: SessionStore, context: ClaimContext) -> None:
    """Free what is reserved for a claim that ended without a payout; nothing happens for any other.

    It comes after the commit that ended the claim, so that a crash in between leaves too much reserved and
    never too little. It is safe to repeat.

    Raises:
        SessionCorrupt: the policy's book is damaged.
    """
    state = _end_of(context)
    if state is not None and (policy_number := context.facts.policy_number):
        await store.ledger.change(
            policy_key(policy_number), lambda book: book.settled(context.claim_id, state)
        )


async def forget(store: SessionStore, context: ClaimContext) -> None:
    """Take an erased claim out of its policy's book; day and amount of an approved one stay without its id.

    Raises:
        SessionCorrupt: the policy's book is damaged.
    """
    if policy_number := context.facts.policy_number:
        await store.ledger.change(policy_key(policy_number), lambda book: book.erased(context.claim_id))


def _end_of(context: ClaimContext) -> EntryState | None:
    if context.status in {ClaimStatus.WITHDRAWN, ClaimStatus.EXPIRED}:
        return EntryState.CLOSED
    return EntryState.DENIED if context.outcome is Outcome.DENIED else None
