"""What the carrier knows: policies, coverage, past claims, vendors and the watch list.

Read from the JSON files of `data/`, which `data/README.md` describes. Look-ups forgive what people
write differently (case, spacing, punctuation, "Inc."), and nothing else: they never guess.
"""

import datetime as dt
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError, model_validator

from shared.errors import SettingsError
from shared.models.fields import Line, Money
from shared.names import Slug

DATA_FOLDER = Path(__file__).resolve().parents[2] / "data"

LineOfBusiness = Literal["auto", "home", "health"]
Tier = Literal["basic", "standard", "premium"]
_E164 = r"^\+[1-9][0-9]{6,14}$"
_MAILBOX_AT_DOMAIN = r"^[^@\s]+@[^@\s]+$"
PhoneNumber = Annotated[str, StringConstraints(pattern=_E164)]
EmailAddress = Annotated[str, StringConstraints(pattern=_MAILBOX_AT_DOMAIN)]
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Policy(_Entry):
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


class Coverage(_Entry):
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


class PastClaim(_Entry):
    claim_id: Line
    policy_number: Line
    claimant_name: Line
    claim_type: Slug
    incident_date: dt.date
    amount_claimed: Money
    amount_paid: Money
    outcome: Literal["paid", "denied", "withdrawn"]
    flags: tuple[Slug, ...]
    """What the adjuster noted, such as `late_reporting`; `data/README.md` lists them."""

    @model_validator(mode="after")
    def _only_paid_claims_were_paid(self) -> Self:
        if (self.amount_paid > 0) != (self.outcome == "paid"):
            raise ValueError("amount_paid is above 0 where the outcome is paid, and only there")
        if self.amount_paid > self.amount_claimed:
            raise ValueError("amount_paid is above amount_claimed")
        return self


class Vendor(_Entry):
    """A repairer or provider of care."""

    name: Line
    aliases: tuple[Line, ...]
    kind: Slug
    status: Literal["approved", "probation", "blocked"]
    city: Line
    note: str


class WatchListEntry(_Entry):
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


class ConflictEntry(_Entry):
    """A claim that an officer may not decide."""

    officer_id: Line
    kind: Literal["policy", "person", "email", "vendor"]
    value: Line
    reason: str


class Conflicts:
    """Which officer may not decide whose claims."""

    def __init__(self, entries: Iterable[ConflictEntry]) -> None:
        self._known = {(e.officer_id.casefold(), e.kind, _CONFLICT_KEYS[e.kind](e.value)) for e in entries}

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read and check `conflicts.json` of `folder`.

        Raises:
            SettingsError: it cannot be read, or an entry is wrong; the message names entry and problem.
        """
        return cls(_read(folder / "conflicts.json", ConflictEntry, named_by="officer_id"))

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
        concerned = {
            *((kind, _CONFLICT_KEYS[kind](name)) for name in names for kind in ("person", "vendor")),
            *([("policy", policy_key(policy_number))] if policy_number else []),
            *([("email", email_key(email))] if email else []),
        }
        themselves = {(kind, _CONFLICT_KEYS[kind](name)) for name in aliases for kind in ("person", "email")}
        listed = {(officer.casefold(), kind, key) for officer in officer_ids for kind, key in concerned}
        return bool(themselves & concerned or listed & self._known)


class ReferenceData:
    """All reference data in memory, indexed. Read only, so that any number of turns may share it."""

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
        self._vendors = {key: v for v in vendors for key in _vendor_keys(v)}
        self._watch_list = list(watch_list)
        self._watched: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for index, entry in enumerate(self._watch_list):
            self._watched[entry.kind, _WATCH_KEYS[entry.kind](entry.value)].append(index)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read and check the five files of `folder`.

        Raises:
            SettingsError: a file cannot be read, or an entry is wrong or contradicts another; the
                message names file, entry and problem.
        """
        policies = _read(folder / "policies.json", Policy, named_by="policy_number")
        coverage = _read(folder / "coverage.json", Coverage)
        past_claims = _read(folder / "claims_history.json", PastClaim, named_by="claim_id")
        vendors = _read(folder / "vendors.json", Vendor, named_by="name")
        watch_list = _read(folder / "watch_list.json", WatchListEntry)

        _refuse_duplicates("policies.json", [[policy_key(p.policy_number)] for p in policies])
        _refuse_duplicates("coverage.json", [[f"{c.line}/{c.tier}/{c.claim_type}"] for c in coverage])
        _refuse_duplicates("claims_history.json", [[c.claim_id] for c in past_claims])
        _refuse_duplicates("vendors.json", [sorted(_vendor_keys(v)) for v in vendors])
        known = {policy_key(p.policy_number) for p in policies}
        for number, claim in enumerate(past_claims, start=1):
            if policy_key(claim.policy_number) not in known:
                problem = f"policies.json has no policy {claim.policy_number}"
                raise SettingsError(f"claims_history.json, entry {number} ({claim.claim_id}): {problem}")

        return cls(
            policies=policies,
            coverage=coverage,
            past_claims=past_claims,
            vendors=vendors,
            watch_list=watch_list,
        )

    def policy(self, policy_number: str) -> Policy | None:
        """The policy of that number, however its case, spaces and dashes are written."""
        return self._policies.get(policy_key(policy_number))

    def coverage(self, policy: Policy, claim_type: str) -> Coverage | None:
        """What `policy` says about `claim_type`; None where its tier says nothing at all."""
        return self._coverage.get((policy.line, policy.tier, claim_type))

    def past_claims(
        self, *, policy_number: str | None = None, claimant_name: str | None = None
    ) -> list[PastClaim]:
        """Claims on that policy or by that person, newest first; none where neither is given."""
        keys = [("policy", policy_key(policy_number or "")), ("person", person_key(claimant_name or ""))]
        places = {place for kind, key in keys if key for place in self._claims_of.get((kind, key), ())}
        return [self._past_claims[place] for place in sorted(places)]

    def paid_in_year(self, policy_number: str, claim_type: str, year: int) -> Decimal:
        """What was paid on that policy for incidents of that type in that calendar year."""
        paid = (
            claim.amount_paid
            for claim in self.past_claims(policy_number=policy_number)
            if claim.claim_type == claim_type and claim.incident_date.year == year
        )
        return sum(paid, start=Decimal(0))

    def vendor(self, name: str) -> Vendor | None:
        """The vendor of that name or alias, whatever its case, punctuation and legal form ("Inc.")."""
        return self._vendors.get(vendor_key(name))

    def watch_list_hits(
        self,
        *,
        names: Iterable[str],
        emails: Iterable[str],
        phones: Iterable[str],
        addresses: Iterable[str] = (),
    ) -> list[WatchListEntry]:
        """The watch-list entries that any of these match, each once, in the order of the file.

        Names are those of people and of vendors; a vendor's alias counts as its name.
        """
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


@lru_cache(maxsize=1)
def conflicts() -> Conflicts:
    """The conflicts of interest that come with the app, read once.

    Raises:
        SettingsError: as `Conflicts.load`.
    """
    return Conflicts.load(DATA_FOLDER)


@lru_cache(maxsize=1)
def reference_data() -> ReferenceData:
    """The data that comes with the app, read once.

    Raises:
        SettingsError: as `ReferenceData.load`.
    """
    return ReferenceData.load(DATA_FOLDER)


# --- what counts as the same --------------------------------------------------------------------

_LEGAL_FORMS = {
    *("co", "company", "corp", "corporation", "inc", "incorporated", "limited", "ltd"),
    *("gmbh", "llc", "llp", "lp", "pc", "plc"),
}
_TITLES = {"dr", "jr", "miss", "mr", "mrs", "ms", "mx", "prof", "sir", "sr"}


def policy_key(policy_number: str) -> str:
    """A policy number without what people write differently."""
    return "".join(_words(policy_number)).upper()


def person_key(name: str) -> str:
    """A person's name whatever the order of its parts, without titles and initials."""
    words = [word for word in _words(name) if word not in _TITLES]
    return " ".join(sorted([word for word in words if len(word) > 1] or words))


def vendor_key(name: str) -> str:
    """A business's name without spacing, punctuation, article and legal form."""
    words = _words(name)
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        words.pop()
    if len(words) > 1 and words[0] == "the":
        del words[0]
    return "".join(words)


def email_key(email: str) -> str:
    """An e-mail address without case and without the tag after `+`."""
    mailbox, _, domain = email.strip().casefold().rpartition("@")
    return f"{mailbox.partition('+')[0]}@{domain}"


def phone_key(phone: str) -> str:
    """A phone number in E.164, read as a US number where it has no country code; empty where it is none."""
    import phonenumbers

    try:
        number = phonenumbers.parse(phone, "US")
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def address_key(address: str) -> str:
    """A postal address without case and punctuation."""
    return " ".join(_words(address))


_WATCH_KEYS = {
    "person": person_key,
    "email": email_key,
    "phone": phone_key,
    "vendor": vendor_key,
    "address": address_key,
}

_CONFLICT_KEYS = {"policy": policy_key, "person": person_key, "email": email_key, "vendor": vendor_key}


def _words(text: str) -> list[str]:
    """Lower-case words without accents; dots and apostrophes vanish, "&" is "and", all else divides."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    plain = re.sub(r"[.'’‘`]", "", plain).replace("&", " and ")
    return re.findall(r"[^\W_]+", plain)


def _vendor_keys(vendor: Vendor) -> set[str]:
    return {vendor_key(name) for name in (vendor.name, *vendor.aliases)}


# --- reading the files --------------------------------------------------------------------------


def _read[E: _Entry](path: Path, model: type[E], *, named_by: str | None = None) -> list[E]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path.name} cannot be read in {path.parent}: {error.strerror}") from None
    try:
        return TypeAdapter(list[model]).validate_json(content)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        first = problems[0]
        where = _place(first["loc"], content, named_by)
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        problem = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{path.name}{where}: {problem}{more}") from None


def _place(loc: Sequence[int | str], content: bytes, named_by: str | None) -> str:
    """Where in the file a problem is: `, entry 3 (AUT-204518), effective_to`."""
    if not loc:
        return ""
    index, *field = loc
    entry = json.loads(content)[index]
    name = f" ({entry[named_by]})" if named_by and isinstance(entry, dict) and named_by in entry else ""
    return f", entry {int(index) + 1}{name}" + "".join(f", {part}" for part in field)


def _refuse_duplicates(file: str, keys_of_entries: Iterable[Iterable[str]]) -> None:
    seen: dict[str, int] = {}
    for number, keys in enumerate(keys_of_entries, start=1):
        for key in keys:
            if key in seen:
                raise SettingsError(f"{file}, entry {number}: the same as entry {seen[key]} ({key})")
            seen[key] = number
