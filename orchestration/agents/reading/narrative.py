"""Facts from a narrative, from a document on file, and from an answer in a note."""

import datetime as dt
import re

from orchestration.agents.reading.amounts import claim_amount, parse_amount
from orchestration.agents.reading.claim_types import MEDICAL, claim_type
from orchestration.agents.reading.contacts import contact, parse_contact
from orchestration.agents.reading.dates import incident_date, parse_date
from orchestration.agents.reading.descriptions import incident_description, parse_description
from orchestration.agents.reading.places import incident_location, parse_location
from orchestration.agents.reading.policies import parse_policy_number, policy_number
from orchestration.agents.reading.signals import injuries, police_involved, theft_or_vandalism
from orchestration.agents.reading.spelling import mended
from orchestration.agents.reading.text import Narrative, prepare
from orchestration.agents.reading.vendors import vendors
from shared.models import Facts

_MEDICAL_PAPERS = frozenset({"medical_records", "itemized_bill", "procedure_codes"})
_PRICED_PAPERS = frozenset({"repair_estimate", "damage_assessment", "itemized_bill", "inventory_list"})
_ACCOUNTS = frozenset({"police_report", "fire_report", "witness_statement"})


def read_narrative(text: str, *, sent_at: dt.datetime) -> Facts:
    """What a claim's narrative says; `None` where it says nothing.

    Deterministic. Relative dates count from the text's own date line, or else from `sent_at`.
    Of a text longer than 20,000 characters only the beginning and the end are read.
    """
    narrative = prepare(text)
    spelled = mended(narrative.flow)
    own = contact(narrative)
    kind = claim_type(narrative, spelled)
    amount = claim_amount(narrative)
    named = vendors(narrative)
    place = incident_location(narrative, kind=kind)
    if place is None and kind == MEDICAL and named:
        place = named[0]  # care is given where the provider is
    return Facts(
        claim_type=kind,
        policy_number=policy_number(narrative),
        incident_date=incident_date(narrative, spelled, sent_at),
        incident_location=place,
        incident_description=incident_description(narrative, spelled),
        claim_amount=amount.value if amount else None,
        currency=amount.currency if amount else None,
        claimant_name=own.name,
        email=own.email,
        phone=own.phone,
        injuries=injuries(narrative, spelled),
        police_involved=police_involved(narrative, spelled),
        theft_or_vandalism=theft_or_vandalism(narrative, spelled),
        vendors=named,
    )


def read_document(text: str, document_type: str) -> Facts:
    """What a document on file adds to what is known.

    Conservative: a document never says who the claimant is or what kind of claim it is, and
    only where its type allows does it say what happened or what it costs.
    """
    narrative = prepare(text)
    spelled = mended(narrative.flow)
    facts = Facts(vendors=vendors(narrative))
    if document_type in _ACCOUNTS:
        facts.injuries = injuries(narrative, spelled)
        facts.police_involved = police_involved(narrative, spelled)
        facts.theft_or_vandalism = theft_or_vandalism(narrative, spelled)
    if document_type == "police_report":
        facts.police_involved = True
    if document_type in _MEDICAL_PAPERS:
        facts.injuries = True
    if document_type in _PRICED_PAPERS and (amount := claim_amount(narrative)):
        facts.claim_amount, facts.currency = amount.value, amount.currency
    return facts


def parse_answer(kind: str, text: str, *, sent_at: dt.datetime) -> Facts:
    """What a note says in answer to missing information; nothing set where it cannot be understood.

    `kind` is the missing information: policy_number, incident_date, incident_location,
    incident_description, claim_amount or contact_information.
    """
    narrative: Narrative = prepare(text)
    answer = narrative.flow.strip()
    match kind:
        case "policy_number":
            return Facts(policy_number=parse_policy_number(answer) or policy_number(narrative))
        case "incident_date":
            return Facts(incident_date=parse_date(mended(answer), sent_at))
        case "incident_location":
            return Facts(incident_location=parse_location(answer))
        case "incident_description":
            return Facts(incident_description=parse_description(answer))
        case "claim_amount":
            amount = parse_amount(answer)
            return Facts(claim_amount=amount.value, currency=amount.currency) if amount else Facts()
        case "contact_information":
            given = parse_contact(re.sub(r"\s+", " ", answer))
            return Facts(email=given.email, phone=given.phone)
        case _:
            return Facts()
