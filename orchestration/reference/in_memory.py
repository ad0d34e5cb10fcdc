"""Look-ups in reference data and conflicts of interest that are held in memory."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from orchestration.rules.keys import address_key, email_key, person_key, phone_key, policy_key, vendor_key
from orchestration.rules.reference import (
    ConflictEntry,
    Coverage,
    PastClaim,
    Policy,
    Vendor,
    WatchListEntry,
)

_KEYS = {
    "policy": policy_key,
    "person": person_key,
    "email": email_key,
    "phone": phone_key,
    "vendor": vendor_key,
    "address": address_key,
}
"""What counts as the same, by the kind of what is looked up."""


class ListedConflicts:
    """`Conflicts` by a list of entries."""

    def __init__(self, entries: Iterable[ConflictEntry]) -> None:
        self._known = {(e.officer_id.casefold(), e.kind, _KEYS[e.kind](e.value)) for e in entries}

    def concern(
        self,
        officer_ids: Iterable[str],
        *,
        aliases: Iterable[str],
        policy_number: str | None,
        names: Iterable[str],
        email: str | None,
    ) -> bool:
        """As `Conflicts.concern`."""
        concerned = {
            *((kind, _KEYS[kind](name)) for name in names for kind in ("person", "vendor")),
            *([("policy", policy_key(policy_number))] if policy_number else []),
            *([("email", email_key(email))] if email else []),
        }
        themselves = {(kind, _KEYS[kind](name)) for name in aliases for kind in ("person", "email")}
        listed = {(officer.casefold(), kind, key) for officer in officer_ids for kind, key in concerned}
        return bool(themselves & concerned or listed & self._known)


class IndexedReferenceData:
    """`ReferenceData` in memory, indexed by what counts as the same."""

    def __init__(
        self,
        *,
        policies: Iterable[Policy],
        coverage: Iterable[Coverage],
        past_claims: Iterable[PastClaim],
        vendors: Iterable[Vendor],
        watch_list: Iterable[WatchListEntry],
    ) -> None:
        self._policies = {policy_key(p.policy_number): p for p in policies}
        self._coverage = {(c.line, c.tier, c.claim_type): c for c in coverage}
        self._past_claims = sorted(past_claims, key=lambda c: (c.incident_date, c.claim_id), reverse=True)
        self._claims_of: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for place, claim in enumerate(self._past_claims):
            self._claims_of["policy", policy_key(claim.policy_number)].append(place)
            self._claims_of["person", person_key(claim.claimant_name)].append(place)
        self._vendors = {key: v for v in vendors for key in keys_of_vendor(v)}
        self._watch_list = list(watch_list)
        self._watched: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for index, entry in enumerate(self._watch_list):
            self._watched[entry.kind, _KEYS[entry.kind](entry.value)].append(index)

    def policy(self, policy_number: str) -> Policy | None:
        """As `ReferenceData.policy`."""
        return self._policies.get(policy_key(policy_number))

    def coverage(self, policy: Policy, claim_type: str) -> Coverage | None:
        """As `ReferenceData.coverage`."""
        return self._coverage.get((policy.line, policy.tier, claim_type))

    def past_claims(
        self, *, policy_number: str | None = None, claimant_name: str | None = None
    ) -> list[PastClaim]:
        """As `ReferenceData.past_claims`."""
        keys = [("policy", policy_key(policy_number or "")), ("person", person_key(claimant_name or ""))]
        places = {place for kind, key in keys if key for place in self._claims_of.get((kind, key), ())}
        return [self._past_claims[place] for place in sorted(places)]

    def paid_in_year(self, policy_number: str, claim_type: str, year: int) -> Decimal:
        """As `ReferenceData.paid_in_year`."""
        paid = (
            claim.amount_paid
            for claim in self.past_claims(policy_number=policy_number)
            if claim.claim_type == claim_type and claim.incident_date.year == year
        )
        return sum(paid, start=Decimal(0))

    def vendor(self, name: str) -> Vendor | None:
        """As `ReferenceData.vendor`."""
        return self._vendors.get(vendor_key(name))

    def watch_list_hits(
        self,
        *,
        names: Iterable[str],
        emails: Iterable[str],
        phones: Iterable[str],
        addresses: Iterable[str] = (),
    ) -> list[WatchListEntry]:
        """As `ReferenceData.watch_list_hits`."""
        wanted: set[tuple[str, str]] = set()
        for name in names:
            wanted |= {("person", person_key(name)), ("vendor", vendor_key(name))}
            if vendor := self.vendor(name):
                wanted.add(("vendor", vendor_key(vendor.name)))
        wanted |= {("email", email_key(email)) for email in emails}
        wanted |= {("phone", phone_key(phone)) for phone in phones}
        wanted |= {("address", address_key(address)) for address in addresses}
        hits = {index for kind, key in wanted if key for index in self._watched.get((kind, key), ())}
        return [self._watch_list[index] for index in sorted(hits)]


def keys_of_vendor(vendor: Vendor) -> set[str]:
    """The keys of a vendor's name and aliases."""
    return {vendor_key(name) for name in (vendor.name, *vendor.aliases)}
