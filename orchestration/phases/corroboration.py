"""What rules read in a claimant's own words, beside what a model read in them.

A model reads better than rules do, and may be talked into anything by what it reads. So it may add to a
claim, but what could waive a requirement or carry an approval must stand without it.
"""

import reading
from orchestration.agents.briefing import claimant_words
from orchestration.phases.turns import merged
from orchestration.rules.keys import person_key, policy_key
from orchestration.rules.requirements import Requirements
from shared.document_types import OTHER
from shared.models.claim import ClaimContext, Facts
from shared.models.requests import Submission

DECIDING = ("policy_number", "claim_type", "incident_date", "claim_amount", "currency", "claimant_name")
"""The facts on which a rule approves a claim."""
_KEYS = {"policy_number": policy_key, "claimant_name": person_key}


def stated(submission: Submission) -> Facts:
    """The facts that the fields of a submission give.

    An e-mail's fields are its sender's, who is not the claimant where the letter names a client.
    """
    incident, claimant = submission.incident, submission.claimant
    by_email = submission.metadata.get("source") == "email"
    client = reading.client(submission.narrative) if by_email and submission.narrative else Facts()
    sender = claimant.email if claimant else None
    name = claimant.name if claimant else None
    if by_email and name and submission.narrative:
        name = reading.in_full(name, submission.narrative)
    phone = claimant.phone and (reading.parse_phone(claimant.phone) or claimant.phone) if claimant else None
    return Facts(
        claim_type=submission.claim_type,
        policy_number=submission.policy_number,
        incident_date=incident.date if incident else None,
        incident_location=incident.location if incident else None,
        incident_description=incident.description if incident else None,
        claim_amount=submission.claim_amount,
        claimant_name=client.claimant_name or name,
        email=client.email or (None if client.phone else sender),
        phone=client.phone or phone,
    )


def read_by_rules(context: ClaimContext) -> Facts:
    """The facts that rules read in the narrative, or in the description of the incident without one."""
    text = claimant_words(context.submission.narrative, stated(context.submission).incident_description)
    return reading.read_narrative(text, sent_at=context.sent_at) if text else Facts()


def completed(context: ClaimContext, requirements: Requirements) -> Facts:
    """The claim's facts with what rules read in addition; their yes outranks a model's no.

    `other`, the type that asks for no documents, stands only where rules know no better either.
    """
    read = read_by_rules(context)
    facts = merged(context.facts, read, requirements.claim_types)
    if facts.claim_type == OTHER and stated(context.submission).claim_type is None and read.claim_type:
        facts.claim_type = read.claim_type
    return facts


def with_claim_type(facts: Facts) -> Facts:
    """The facts with the type `other` where nobody knows the type."""
    return facts if facts.claim_type else facts.model_copy(update={"claim_type": OTHER})


def uncorroborated(context: ClaimContext) -> list[str]:
    """The deciding facts that neither the submission's fields, nor notes, nor the rules' reading give."""
    answers = (reading.parse_answer(n.type, n.content, sent_at=context.created_at) for n in context.notes)
    sources = [stated(context.submission), *answers, read_by_rules(context)]
    return [name for name in DECIDING if not _is_corroborated(name, context.facts, sources)]


def _is_corroborated(name: str, facts: Facts, sources: list[Facts]) -> bool:
    given = {_key(name, value) for source in sources if (value := getattr(source, name)) is not None}
    value = getattr(facts, name)
    return not given if value is None else _key(name, value) in given


def _key(name: str, value: object) -> object:
    return _KEYS[name](str(value)) if name in _KEYS else value
