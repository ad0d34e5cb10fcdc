"""What this app itself knows of a policy: every claim of ours on it, and what was reserved or paid.

One book for each policy, changed as a whole by compare-and-swap. It answers three questions that a
carrier's own systems cannot answer yet: is there a like claim of ours that came first, how often was
claimed, and what remains of the year's limit. What a decision pays is reserved in the book in the same
step that decides, so that two claims decided at once never both take the last of a limit.
"""

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.errors import Conflict
from shared.models.fields import Money

LIKE_DAYS = dt.timedelta(days=3)
"""Two claims of one type on one policy are alike where their incidents lie no further apart than this."""
LIKE_AMOUNT_DAYS = dt.timedelta(days=30)
"""Claims of the same amount are alike where their incidents lie no further apart than this."""


class EntryState(StrEnum):
    """What became of a claim, as far as money goes."""

    OPEN = "open"
    RESERVED = "reserved"
    """Approved: the amount is taken from the year's limit, and will be paid."""
    DENIED = "denied"
    CLOSED = "closed"
    """Withdrawn or expired: nothing is paid, and it is no claim that another one repeats."""


class LedgerEntry(BaseModel):
    """A claim of ours on a policy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    claim_id: str | None
    """None once the claim was erased: day and amount of an approved one count all the same."""
    number: int
    """The order in which the claims on this policy were registered, from 1."""
    claim_type: str
    incident_date: dt.date | None
    amount: Money | None
    """As claimed."""
    state: EntryState = EntryState.OPEN
    paid: Money = Decimal(0)
    """What is reserved or paid, in the policy's currency."""
    registered_at: AwareDatetime

    def is_like(self, other: "LedgerEntry") -> bool:
        """Whether two claims may well be one: same type, and the same days or the same amount."""
        if self.claim_type != other.claim_type:
            return False
        if self.incident_date is None or other.incident_date is None:
            return self.amount is not None and self.amount == other.amount
        apart = abs(self.incident_date - other.incident_date)
        same_amount = self.amount is not None and self.amount == other.amount
        return apart <= LIKE_DAYS or (same_amount and apart <= LIKE_AMOUNT_DAYS)


class LedgerBook(BaseModel):
    """All that is known of our claims on one policy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    entries: tuple[LedgerEntry, ...] = ()
    registered: int = 0
    """How many claims were ever registered; numbers are never used again."""

    def entry(self, claim_id: str) -> LedgerEntry | None:
        """The entry of a claim; None where it is not registered."""
        return next((entry for entry in self.entries if entry.claim_id == claim_id), None)

    def with_claim(
        self,
        claim_id: str,
        *,
        claim_type: str,
        incident_date: dt.date | None,
        amount: Decimal | None,
        now: dt.datetime,
    ) -> Self:
        """The book with the claim registered, or brought in line with what is known of it by now.

        A claim keeps the number that it was registered under.
        """
        known = self.entry(claim_id)
        entry = LedgerEntry(
            claim_id=claim_id,
            number=known.number if known else self.registered + 1,
            claim_type=claim_type,
            incident_date=incident_date,
            amount=amount,
            state=known.state if known else EntryState.OPEN,
            paid=known.paid if known else Decimal(0),
            registered_at=known.registered_at if known else now,
        )
        return self._with(entry, registered=max(self.registered, entry.number))

    def like_before(self, claim_id: str) -> list[LedgerEntry]:
        """The claims that this one may repeat: like it, registered before it, and not withdrawn."""
        own = self.entry(claim_id)
        if own is None:
            return []
        return [
            other
            for other in self.entries
            if other.number < own.number and other.state is not EntryState.CLOSED and own.is_like(other)
        ]

    def since(self, day: dt.date, *, before: str | None = None) -> int:
        """How many claims of ours have an incident on or after `day`, `before`'s own not counted."""
        return sum(
            entry.incident_date is not None and entry.incident_date >= day
            for entry in self.entries
            if entry.claim_id is None or entry.claim_id != before
        )

    def paid_in_year(self, claim_type: str, year: int, *, except_for: str | None = None) -> Decimal:
        """What is reserved or paid for incidents of that type in that calendar year."""
        return sum(
            (
                entry.paid
                for entry in self.entries
                if entry.claim_type == claim_type
                and entry.incident_date is not None
                and entry.incident_date.year == year
                and (entry.claim_id is None or entry.claim_id != except_for)
            ),
            start=Decimal(0),
        )

    def reserved(self, claim_id: str, payout: Decimal, *, remaining: Decimal) -> Self:
        """The book with the payout taken from what remains of the year's limit.

        Args:
            remaining: what the carrier's own systems leave of the year's limit, our claims not counted.

        Raises:
            Conflict: our other claims leave less than the payout, or the claim is not registered.
        """
        own = self.entry(claim_id)
        if own is None:
            raise Conflict(f"{claim_id} is not registered on its policy")
        year = own.incident_date.year if own.incident_date else own.registered_at.year
        left = remaining - self.paid_in_year(own.claim_type, year, except_for=claim_id)
        if payout > left:
            raise Conflict(f"{max(left, Decimal(0))} is left of the year's limit, less than {payout}")
        return self._with(own.model_copy(update={"state": EntryState.RESERVED, "paid": payout}))

    def settled(self, claim_id: str, state: EntryState) -> Self:
        """The book once a claim ended without a payout; what was reserved for it is free again."""
        own = self.entry(claim_id)
        if own is None:
            return self
        return self._with(own.model_copy(update={"state": state, "paid": Decimal(0)}))

    def erased(self, claim_id: str) -> Self:
        """The book without the claim; of an approved one its day and amount stay, without its id."""
        own = self.entry(claim_id)
        if own is None:
            return self
        if own.state is EntryState.RESERVED and own.paid:
            return self._with(own.model_copy(update={"claim_id": None}))
        kept = tuple(entry for entry in self.entries if entry is not own)
        return self.model_copy(update={"entries": kept})

    def _with(self, entry: LedgerEntry, *, registered: int | None = None) -> Self:
        others = [other for other in self.entries if other.number != entry.number]
        entries = tuple(sorted([*others, entry], key=lambda one: one.number))
        return self.model_copy(update={"entries": entries, "registered": registered or self.registered})
