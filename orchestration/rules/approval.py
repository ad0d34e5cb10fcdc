"""The approval gate: the conditions under which a rule, and no officer, may approve a claim.

One table of named conditions. Each one looks at the same case and says why it fails, or nothing where
it holds; each fails closed, so that what is unknown never passes. The names go into reports and tests.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NamedTuple

from orchestration.rules.keys import is_same_address, person_key, policy_key
from orchestration.rules.reference import Coverage, Policy
from orchestration.rules.risk import LOW_RISK
from shared.ledger import LedgerEntry
from shared.models.facts import ClaimFacts, Fact, FactStatus
from shared.models.papers import LetterSigns, PaperReading, Vehicle

OLDEST_PAPER = dt.timedelta(days=180)
"""How long before the claim a priced paper may have been issued."""
CENT = Decimal("0.01")
WARNINGS = frozenset(
    {
        *("vendor_probation", "vendor_blocked", "watch_list_medium", "watch_list_high", "holder_mismatch"),
        *(
            "inconsistent_account",
            "same_loss_before",
            "policy_unknown",
            "policy_inactive",
        ),
    }
)
"""Risk indicators that by themselves keep a rule from approving, however low the risk is in all."""


@dataclass(frozen=True)
class PaperOnFile:
    """A document on file with what the rules read in it; `reading` is None where nothing was read yet."""

    type: str
    filename: str
    reading: PaperReading | None
    is_reference: bool = False
    """Whether only a reference into another system is on file, not the document itself."""


@dataclass(frozen=True)
class Case:
    """Everything that the gate looks at."""

    mode: Literal["human", "assisted"]
    facts: ClaimFacts
    decisive: Sequence[str]
    """Names of the facts that must be sure for this type of claim."""
    officer_always: bool
    not_covered: Sequence[str]
    """Why the policy does not pay; empty where it does."""
    missing: Sequence[str]
    open_questions: Sequence[str]
    priced: frozenset[str]
    """Types of documents that say what a claim costs."""
    required: frozenset[str]
    """Types of documents that this claim requires."""
    risk_score: float
    limit: Decimal
    payout: Decimal
    remaining: Decimal
    """What is left of the year's limit, this app's own claims counted."""
    received_on: dt.date
    policy: Policy | None = None
    coverage: Coverage | None = None
    insured: Vehicle | None = None
    """The insured vehicle; None where the policy insures none."""
    papers: Sequence[PaperOnFile] = ()
    signs: LetterSigns = field(default_factory=LetterSigns)
    like_claims: Sequence[LedgerEntry] = ()
    """Claims of this app on the policy that are like this one and were registered before it."""
    is_registered: bool = False
    """Whether the claim stands in its policy's ledger, so that `like_claims` says something."""
    gathering_ended_early: bool = False
    indicators: Sequence[str] = ()
    """Codes of the risk indicators that the claim shows."""
    unread_notes: int = 0
    """How many notes answer nothing that was asked."""
    unconfirmed: Sequence[str] = ()
    """Facts that a model read and no rule confirms."""


class Condition(NamedTuple):
    """One condition of the gate."""

    name: str
    why_not: Callable[[Case], str | None]
    """Why the condition fails, in words for an officer; None where it holds."""


def reasons_for_an_officer(case: Case) -> list[str]:
    """Why a rule must not approve the claim, in the order of the table; empty where it may."""
    return [reason for condition in CONDITIONS if (reason := condition.why_not(case))]


def failed_conditions(case: Case) -> list[str]:
    """The names of the conditions that fail."""
    return [condition.name for condition in CONDITIONS if condition.why_not(case)]


def _mode(case: Case) -> str | None:
    return None if case.mode == "assisted" else "an officer decides every claim (DECISION_MODE=human)"


def _claim_type(case: Case) -> str | None:
    if case.facts.claim_type.value in {None, "other"} or case.officer_always:
        return "claims of this type are always an officer's"
    return None if case.facts.claim_type.is_sure else "it is not sure what type of claim this is"


def _decisive_facts(case: Case) -> str | None:
    unsure = [name for name in case.decisive if not _fact(case, name).is_sure]
    return f"not sure: {', '.join(unsure)}" if unsure else None


def _confirmed_by_rules(case: Case) -> str | None:
    read = ", ".join(case.unconfirmed)
    return f"read by a model, and not confirmed by rules: {read}" if read else None


def _language(case: Case) -> str | None:
    foreign = {*case.signs.languages}
    foreign |= {p.reading.language for p in case.papers if p.reading and p.reading.language}
    if names := sorted({LANGUAGES.get(code, code) for code in foreign if code != "en"}):
        return f"written in {' and '.join(names)}; the offline reader reads English"
    return None


def _nothing_missing(case: Case) -> str | None:
    return f"still missing: {', '.join(case.missing)}" if case.missing else None


def _no_open_question(case: Case) -> str | None:
    return f"open questions: {', '.join(case.open_questions)}" if case.open_questions else None


def _gathering(case: Case) -> str | None:
    return "gathering stopped with questions open" if case.gathering_ended_early else None


def _papers_read(case: Case) -> str | None:
    for kind in sorted(case.required):
        papers = [paper for paper in case.papers if paper.type == kind]
        if papers and not any(_is_read(paper) for paper in papers):
            return f"not read: {', '.join(paper.filename for paper in papers)}"
    return None


def _is_read(paper: PaperOnFile) -> bool:
    reading = paper.reading
    return reading is not None and reading.problem is None and reading.fits_type is True


def _amount_corroborated(case: Case) -> str | None:
    amount = case.facts.claim_amount.value
    if amount is None:
        return "no amount is known"
    priced = [p for p in case.papers if p.type in case.priced and p.reading and p.reading.total is not None]
    if not priced:
        return "no paper bears out the amount"
    bearing = [p for p in priced if _bears_out(p, amount)]
    if not bearing:
        shown = ", ".join(f"{p.filename} {p.reading.total:,.2f}" for p in priced if p.reading)
        return f"the papers do not come to {amount:,.2f}: {shown}"
    others = [p for p in priced if p not in bearing and p.type == bearing[0].type]
    return f"another paper says another amount: {others[0].filename}" if others else None


def _bears_out(paper: PaperOnFile, amount: Decimal) -> bool:
    reading = paper.reading
    if reading is None or reading.total is None or not _is_read(paper):
        return False
    return reading.adds_up is True and abs(reading.total - amount) <= CENT


def _paper_is_recent(case: Case) -> str | None:
    earliest = case.facts.incident_date.value
    for paper in case.papers:
        issued = paper.reading.issued_on if paper.reading else None
        if paper.type not in case.priced:
            continue
        if issued is None:
            return f"{paper.filename} does not say when it was made"
        if issued > case.received_on + dt.timedelta(days=1):
            return f"{paper.filename} is dated in the future"
        if earliest and issued < earliest:
            return f"{paper.filename} is older than the incident"
        if case.received_on - issued > OLDEST_PAPER:
            return f"{paper.filename} is from {issued}"
    return None


def _currency(case: Case) -> str | None:
    if case.policy is None:
        return "no policy says in which currency is paid"
    if case.facts.currency.status is FactStatus.CONFLICTING:
        return "it is not sure in which currency the amount is"
    own = case.policy.currency
    named = [case.facts.currency.value]
    named += [p.reading.currency for p in case.papers if p.reading and p.type in case.priced]
    return None if all(code in {None, own} for code in named) else f"an amount is not in {own}"


def _holder(case: Case) -> str | None:
    if case.policy is None:
        return "no policy holder is known"
    own = person_key(case.policy.holder_name)
    name = case.facts.claimant_name.value
    if name is None or person_key(name) != own:
        return "the claimant is not the policy holder"
    for paper in case.papers:
        addressee = paper.reading.addressee if paper.reading else None
        if addressee and person_key(addressee) != own:
            return f"{paper.filename} is made out to somebody else"
        if addressee is None and paper.type in case.priced:
            return f"{paper.filename} does not say for whom it was made"
    return None


def _insured_object(case: Case) -> str | None:
    if case.policy is None:
        return "no policy says what is insured"
    look_at = {"auto": _insured_vehicle, "home": _insured_home}.get(case.policy.line)
    return look_at(case) if look_at else None


def _insured_home(case: Case) -> str | None:
    own = case.policy.address if case.policy else ""
    named = [address for p in case.papers if p.reading for address in p.reading.addresses]
    if all(is_same_address(address, own) for address in named):
        return None
    return "the papers are for another address than the insured one"


def _insured_vehicle(case: Case) -> str | None:
    if case.insured is None:
        return "it cannot be said which vehicle the policy insures"
    named = [*case.signs.vehicles, *(v for p in case.papers if p.reading for v in p.reading.vehicles)]
    if any(vehicle.is_other_than(case.insured) for vehicle in named):
        return "letter or papers name another vehicle than the insured one"
    if not any(vehicle.is_like(case.insured) for vehicle in named):
        return "neither letter nor papers name the insured vehicle"
    return None


def _policy_active(case: Case) -> str | None:
    day = case.facts.incident_date.value
    if case.policy is None:
        return "no policy with this number is known"
    if case.policy.status != "active":
        return f"the policy is {case.policy.status}"
    if day is None or not case.policy.in_force_on(day):
        return "the policy was not in force on that day"
    return None if day <= case.received_on else "the incident lies after the claim"


def _cover(case: Case) -> str | None:
    if case.not_covered:
        return f"the claim is not covered: {'; '.join(case.not_covered)}"
    if case.coverage is None or not case.coverage.covered:
        return "the policy does not cover claims of this type"
    amount = case.facts.claim_amount.value
    if amount is None or amount > case.coverage.limit:
        return "the amount is above what the policy pays for one claim"
    return "nothing is to be paid after the deductible and earlier payments" if case.payout <= 0 else None


def _remaining(case: Case) -> str | None:
    return None if case.payout <= case.remaining else "what remains of the year's limit is not enough"


def _like_claim(case: Case) -> str | None:
    if not case.is_registered:
        return "the claim is not registered on its policy yet"
    like = [entry.claim_id or "an erased claim" for entry in case.like_claims]
    return f"like an earlier claim on this policy: {', '.join(like)}" if like else None


def _one_incident(case: Case) -> str | None:
    return None if case.signs.incidents <= 1 else "the text tells of more than one incident"


def _one_policy(case: Case) -> str | None:
    own = case.facts.policy_number.value
    for paper in case.papers:
        numbers = paper.reading.policy_numbers if paper.reading else ()
        if own and any(policy_key(number) != policy_key(own) for number in numbers):
            return f"{paper.filename} is for another policy"
    return None if len(set(case.signs.policies)) <= 1 else "the text names more than one policy"


def _no_withdrawal(case: Case) -> str | None:
    return "the text withdraws the claim" if case.signs.is_withdrawal else None


def _no_mere_question(case: Case) -> str | None:
    return "the text only asks and claims nothing" if case.signs.is_question else None


def _no_doubt(case: Case) -> str | None:
    return f"in doubt by the text: {'; '.join(case.signs.doubts)}" if case.signs.doubts else None


def _notes_understood(case: Case) -> str | None:
    """Notes that answer nothing are the claimant's further words, which an officer reads."""
    return "a note was not understood as an answer" if case.unread_notes else None


def _no_warning(case: Case) -> str | None:
    signs = [code for code in case.indicators if code in WARNINGS]
    return f"signs that an officer looks at: {', '.join(signs)}" if signs else None


def _risk(case: Case) -> str | None:
    if case.risk_score < LOW_RISK:
        return None
    return f"risk score {case.risk_score} is not low (below {LOW_RISK})"


def _limit(case: Case) -> str | None:
    amount = case.facts.claim_amount.value
    if amount is not None and amount <= case.limit:
        return None
    return f"the amount is above the limit of {case.limit} for approval by rule"


def _fact(case: Case, name: str) -> Fact[object]:
    return getattr(case.facts, name)


LANGUAGES: Mapping[str, str] = {
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "sv": "Swedish",
    "tr": "Turkish",
}
"""Names of languages as officers read them; another one goes by its code."""

CONDITIONS: tuple[Condition, ...] = (
    Condition("mode", _mode),
    Condition("claim_type", _claim_type),
    Condition("decisive_facts", _decisive_facts),
    Condition("confirmed_by_rules", _confirmed_by_rules),
    Condition("language", _language),
    Condition("nothing_missing", _nothing_missing),
    Condition("no_open_question", _no_open_question),
    Condition("gathering", _gathering),
    Condition("papers_read", _papers_read),
    Condition("amount_corroborated", _amount_corroborated),
    Condition("paper_is_recent", _paper_is_recent),
    Condition("currency", _currency),
    Condition("holder", _holder),
    Condition("insured_object", _insured_object),
    Condition("policy_active", _policy_active),
    Condition("cover", _cover),
    Condition("remaining", _remaining),
    Condition("like_claim", _like_claim),
    Condition("one_incident", _one_incident),
    Condition("one_policy", _one_policy),
    Condition("no_withdrawal", _no_withdrawal),
    Condition("no_mere_question", _no_mere_question),
    Condition("no_doubt", _no_doubt),
    Condition("notes_understood", _notes_understood),
    Condition("no_warning", _no_warning),
    Condition("risk", _risk),
    Condition("limit", _limit),
)
"""The gate. A new condition is one line here and one function above."""
