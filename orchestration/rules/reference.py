"""What the rules ask of the carrier's own systems: policies, coverage, past claims, vendors, who is watched.

`ReferenceData` and `Conflicts` are the ports by which the rules ask; orchestration/reference/ implements
them. Look-ups forgive what people write differently (orchestration/rules/keys.py), and never guess.
"""

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Literal, Protocol, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from shared.models.fields import Line, Money
from shared.names import Slug

LineOfBusiness = Literal["auto", "home", "health"]
Tier = Literal["basic", "standard", "premium"]
_E164 = r"^\+[1-9][0-9]{6,14}$"
_MAILBOX_AT_DOMAIN = r"^[^@\s]+@[^@\s]+$"
PhoneNumber = Annotated[str, StringConstraints(pattern=_E164)]
EmailAddress = Annotated[str, StringConstraints(pattern=_MAILBOX_AT_DOMAIN)]
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class Entry(BaseModel):
    """An entry of a file of reference data."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Policy(Entry):
    """A policy with its current period, its holder and what it insures."""

    policy_number: Line
    line: LineOfBusiness
    tier: Tier
    status: Literal["active", "lapsed", "cancelled"]
    effective_from: dt.date
    """First day of the current period."""
    effective_to: dt.date
    """Last day of cover; for a lapsed or cancelled policy the day on which cover ended."""
    currency: CurrencyCode
    """Of every amount that concerns this policy."""
    holder_name: Line
    holder_email: EmailAddress
    holder_phone: PhoneNumber
    insured_object: Line
    address: Line

    @model_validator(mode="after")
    def _period_runs_forward(self) -> Self:
        if self.effective_to < self.effective_from:
            raise ValueError("effective_to is before effective_from")
        return self

    def in_force_on(self, day: dt.date) -> bool:
        """Whether `day` is a day of cover. A policy that has ended since still covered that day."""
        return self.effective_from <= day <= self.effective_to


class Coverage(Entry):
    """What a tier of a line pays for one claim type, in the policy's currency; all 0 where not covered."""

    line: LineOfBusiness
    tier: Tier
    claim_type: Slug
    covered: bool
    limit: Money
    """The most that one claim is paid."""
    deductible: Money
    """The holder's own share of each claim."""
    aggregate_limit: Money
    """The most that all claims of this type are paid in one calendar year."""
    note: str

    @model_validator(mode="after")
    def _amounts_fit(self) -> Self:
        if not self.covered and (self.limit or self.deductible or self.aggregate_limit):
            raise ValueError("what is not covered has limit, deductible and aggregate_limit 0")
        if self.covered and not self.limit:
            raise ValueError("what is covered has a limit above 0")
        if self.aggregate_limit < self.limit:
            raise ValueError("aggregate_limit is below limit")
        return self


class PastClaim(Entry):
    """A closed claim on a policy; its amounts are in the currency of the policy."""

    claim_id: Line
    policy_number: Line
    claimant_name: Line
    claim_type: Slug
    incident_date: dt.date
    amount_claimed: Money
    amount_paid: Money
    outcome: Literal["paid", "denied", "withdrawn"]
    flags: tuple[Slug, ...]
    """Codes that the adjuster noted, such as `late_reporting`; `data/README.md` lists them."""

    @model_validator(mode="after")
    def _only_paid_claims_were_paid(self) -> Self:
        if (self.amount_paid > 0) != (self.outcome == "paid"):
            raise ValueError("amount_paid is above 0 where the outcome is paid, and only there")
        if self.amount_paid > self.amount_claimed:
            raise ValueError("amount_paid is above amount_claimed")
        return self


class Vendor(Entry):
    """A repairer or provider of care."""

    name: Line
    aliases: tuple[Line, ...]
    kind: Slug
    status: Literal["approved", "probation", "blocked"]
    city: Line
    note: str


class WatchListEntry(Entry):
    """A person, business or contact that earlier claims gave reason to watch."""

    kind: Literal["person", "email", "phone", "vendor", "address"]
    value: Line
    reason: str
    severity: Literal["high", "medium"]

    @model_validator(mode="after")
    def _value_fits_kind(self) -> Self:
        if self.kind == "phone" and not re.match(_E164, self.value):
            raise ValueError("the value of a phone entry is a number in E.164, such as +16145550100")
        if self.kind == "email" and not re.match(_MAILBOX_AT_DOMAIN, self.value):
            raise ValueError("the value of an email entry is an e-mail address")
        return self


class ConflictEntry(Entry):
    """Whose claims an officer may not decide: those on a policy, or of a person, e-mail address or vendor."""

    officer_id: Line
    kind: Literal["policy", "person", "email", "vendor"]
    value: Line
    reason: str


class ReferenceData(Protocol):
    """Look-ups in what the carrier knows. Read only, so that any number of turns may share one."""

    def policy(self, policy_number: str) -> Policy | None:
        """The policy of that number, however its case, spaces and dashes are written."""
        ...

    def coverage(self, policy: Policy, claim_type: str) -> Coverage | None:
        """What `policy` says about `claim_type`; None where its tier says nothing at all."""
        ...

    def past_claims(
        self, *, policy_number: str | None = None, claimant_name: str | None = None
    ) -> list[PastClaim]:
        """Claims on that policy or by that person, newest first; none where neither is given."""
        ...

    def paid_in_year(self, policy_number: str, claim_type: str, year: int) -> Decimal:
        """What was paid on that policy for incidents of that type in that calendar year."""
        ...

    def vendor(self, name: str) -> Vendor | None:
        """The vendor of that name or alias, whatever its case, punctuation and legal form ("Inc.")."""
        ...

    def watch_list_hits(
        self,
        *,
        names: Iterable[str],
        emails: Iterable[str],
        phones: Iterable[str],
        addresses: Iterable[str] = (),
    ) -> list[WatchListEntry]:
        """The watch-list entries that any of these match, each once, in a fixed order.

        Names are those of people and of vendors; a vendor's alias counts as its name.
        """
        ...


class Conflicts(Protocol):
    """Which officer may not decide whose claims."""

    def concern(
        self,
        officer_ids: Iterable[str],
        *,
        aliases: Iterable[str],
        policy_number: str | None,
        names: Iterable[str],
        email: str | None,
    ) -> bool:
        """Whether a claim, with the people and vendors in it, is in conflict with an officer.

        Nobody decides a claim of their own: `aliases` are what an officer is called beyond doubt.
        """
        ...
