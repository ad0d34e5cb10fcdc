"""A claim's entry in its policy's ledger: registered, reserved at a decision, freed where it ends unpaid."""

from decimal import Decimal

from orchestration.rules.basis import LEDGER, entry_digest
from orchestration.rules.keys import policy_key
from shared.document_types import OTHER
from shared.errors import Conflict
from shared.ledger import EntryState, LedgerBook
from shared.models.claim import ClaimContext
from shared.models.vocabulary import ClaimStatus, Outcome
from shared.session_store import SessionStore


async def register(store: SessionStore, context: ClaimContext) -> LedgerBook:
    """Put the claim into its policy's book, or bring its entry in line; returns the book.

    Where no policy is named there is none, and the book that is returned is empty.

    Raises:
        SessionCorrupt: the policy's book is damaged.
    """
    number = context.facts.policy_number
    if number is None:
        return LedgerBook()
    return await store.ledger.change(policy_key(number), lambda book: _with(book, context))


async def reserve(store: SessionStore, context: ClaimContext, payout: Decimal, remaining: Decimal) -> None:
    """Take a payout from what remains of the year's limit, before the decision that pays it is committed.

    A crash in between leaves too much reserved and never too little; it is safe to repeat.

    Args:
        store: where the books are.
        context: the claim.
        payout: what is to be paid.
        remaining: what the carrier's own systems leave of the year's limit, this app's claims not counted.

    Raises:
        Conflict: other claims of this app leave less than the payout, or the claim's entry is another than
            the one that was assessed.
        SessionCorrupt: the policy's book is damaged.
    """
    if number := context.facts.policy_number:
        claim_id = context.claim_id
        await store.ledger.change(
            policy_key(number),
            lambda book: _as_assessed(_with(book, context), context).reserved(
                claim_id, payout, remaining=remaining
            ),
        )


def _as_assessed(book: LedgerBook, context: ClaimContext) -> LedgerBook:
    """The book, if the claim's entry is the one on which it was assessed; an older version names none."""
    assessed = context.assessment.basis.get(LEDGER) if context.assessment else None
    if assessed and assessed != entry_digest(book.entry(context.claim_id)):
        raise Conflict("the claim's entry in the ledger is not the one that was assessed")
    return book


def _with(book: LedgerBook, context: ClaimContext) -> LedgerBook:
    facts = context.facts
    return book.with_claim(
        context.claim_id,
        claim_type=facts.claim_type or OTHER,
        incident_date=facts.incident_date,
        amount=facts.claim_amount,
        now=context.created_at,
    )


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
