"""Puts together what the modules of this package find. Its contracts are those of the package."""

import datetime as dt
from collections.abc import Callable
from functools import lru_cache

from reading.incident.amounts import claim_amount, parse_amount
from reading.incident.claim_types import MEDICAL, claim_type, parse_claim_type
from reading.incident.dates import parse_date
from reading.incident.descriptions import incident_description, parse_description
from reading.incident.incident_dates import incident_date
from reading.incident.places import incident_location, parse_location
from reading.incident.signals import injuries, parse_yes_or_no, police_involved, theft_or_vandalism
from reading.people.clients import client_name
from reading.people.contacts import contact, parse_contact
from reading.people.names import claimant_name
from reading.people.policies import parse_policy_number, policy_number
from reading.people.vendors import vendors
from reading.text.narrative import Narrative, prepare
from shared.models.facts import Facts

_MEDICAL_PAPERS = frozenset({"medical_records", "itemized_bill", "procedure_codes"})
_PRICED_PAPERS = frozenset({"repair_estimate", "damage_assessment", "itemized_bill", "inventory_list"})
_ACCOUNTS = frozenset({"police_report", "fire_report", "witness_statement"})


READ_LATELY = 64
"""How many texts stay read: several agents read the same document within a moment."""


@lru_cache(READ_LATELY)
def of_narrative(text: str, sent_at: dt.datetime) -> Facts:
    """As `reading.read_narrative`; the facts are the caller's to read, not to change."""
    narrative = prepare(text)
    name = claimant_name(narrative)
    own = contact(narrative, name)
    kind = claim_type(narrative)
    amount = claim_amount(narrative)
    named = vendors(narrative)
    place = incident_location(narrative, kind)
    if place is None and kind == MEDICAL and named:
        place = named[0]  # care is given where the provider is
    return Facts(
        claim_type=kind,
        policy_number=policy_number(narrative),
        incident_date=incident_date(narrative, sent_at),
        incident_location=place,
        incident_description=incident_description(narrative),
        claim_amount=amount.value if amount else None,
        currency=amount.currency if amount else None,
        claimant_name=name,
        email=own.email,
        phone=own.phone,
        injuries=injuries(narrative),
        police_involved=police_involved(narrative),
        theft_or_vandalism=theft_or_vandalism(narrative),
        vendors=named,
    )


@lru_cache(READ_LATELY)
def of_client(text: str) -> Facts:
    """As `reading.client`; the facts are the caller's to read, not to change."""
    narrative = prepare(text)
    name = client_name(narrative.cased)
    if name is None:
        return Facts()
    own = contact(narrative, name)
    return Facts(claimant_name=name, email=own.email, phone=own.phone)


@lru_cache(READ_LATELY)
def of_document(text: str, document_type: str) -> Facts:
    """As `reading.read_document`; the facts are the caller's to read, not to change."""
    narrative = prepare(text)
    facts = Facts(vendors=vendors(narrative))
    if document_type in _ACCOUNTS:
        facts.injuries = injuries(narrative)
        facts.police_involved = police_involved(narrative)
        facts.theft_or_vandalism = theft_or_vandalism(narrative)
    elif document_type in _PRICED_PAPERS:
        facts.injuries = injuries(narrative) or None
    if document_type == "police_report":
        facts.police_involved = True
    if document_type in _MEDICAL_PAPERS:
        facts.injuries = True
    if document_type in _PRICED_PAPERS and (amount := claim_amount(narrative)):
        facts.claim_amount, facts.currency = amount.value, amount.currency
    return facts


@lru_cache(READ_LATELY)
def policy_number_in(text: str) -> str | None:
    """As `reading.policy_number`."""
    return policy_number(prepare(text))


@lru_cache(READ_LATELY)
def incident_date_in(text: str, sent_at: dt.datetime) -> dt.date | None:
    """As `reading.incident_date`."""
    return incident_date(prepare(text), sent_at)


def of_answer(kind: str, text: str, sent_at: dt.datetime) -> Facts:
    """As `reading.parse_answer`."""
    read = _ANSWERS.get(kind)
    return read(prepare(text), sent_at) if read else Facts()


def _policy_number(answer: Narrative, _sent_at: dt.datetime) -> Facts:
    return Facts(policy_number=parse_policy_number(answer.flow) or policy_number(answer))


def _incident_date(answer: Narrative, sent_at: dt.datetime) -> Facts:
    return Facts(incident_date=parse_date(answer.spelled.flow, sent_at.date()))


def _incident_location(answer: Narrative, _sent_at: dt.datetime) -> Facts:
    return Facts(incident_location=parse_location(answer.flow))


def _incident_description(answer: Narrative, _sent_at: dt.datetime) -> Facts:
    return Facts(incident_description=parse_description(answer.flow))


def _claim_amount(answer: Narrative, _sent_at: dt.datetime) -> Facts:
    amount = parse_amount(answer.flow)
    return Facts(claim_amount=amount.value, currency=amount.currency) if amount else Facts()


def _contact_information(answer: Narrative, _sent_at: dt.datetime) -> Facts:
    given = parse_contact(answer.flow)
    return Facts(email=given.email, phone=given.phone)


def _claim_type(answer: Narrative, _sent_at: dt.datetime) -> Facts:
    return Facts(claim_type=parse_claim_type(answer))


def _injuries(answer: Narrative, _sent_at: dt.datetime) -> Facts:
    return Facts(injuries=parse_yes_or_no(answer, injuries))


def _police_involved(answer: Narrative, _sent_at: dt.datetime) -> Facts:
    return Facts(police_involved=parse_yes_or_no(answer, police_involved))


def _theft_or_vandalism(answer: Narrative, _sent_at: dt.datetime) -> Facts:
    return Facts(theft_or_vandalism=parse_yes_or_no(answer, theft_or_vandalism))


_ANSWERS: dict[str, Callable[[Narrative, dt.datetime], Facts]] = {
    "policy_number": _policy_number,
    "incident_date": _incident_date,
    "incident_location": _incident_location,
    "incident_description": _incident_description,
    "claim_amount": _claim_amount,
    "contact_information": _contact_information,
    "claim_type": _claim_type,
    "injuries": _injuries,
    "police_involved": _police_involved,
    "theft_or_vandalism": _theft_or_vandalism,
}
