"""What the claims system gets of a decided claim."""

from typing import Any

from jsonschema import Draft202012Validator

from shared.document_types import OTHER
from shared.models.claim import ClaimContext


def handoff_payload(
    context: ClaimContext, brief: str, next_steps: list[str], schema: Draft202012Validator
) -> dict[str, Any]:
    """What the claims system gets of a decided claim, in the form of `schema` (handoff.schema.json).

    Raises:
        jsonschema.ValidationError: the payload does not fit the schema; nothing may be handed over.
        ValueError: the claim is not decided.
    """
    decision, assessment, facts = context.decision, context.assessment, context.facts
    if decision is None or assessment is None or context.outcome is None:
        raise ValueError(f"{context.claim_id} is not decided")
    payload: dict[str, Any] = {
        "schema_version": 1,
        "claim_id": context.claim_id,
        "claim_type": facts.claim_type or OTHER,
        "policy_number": facts.policy_number,
        "outcome": context.outcome.value,
        "payout": {
            "amount": float(decision.payout_amount or 0),
            "currency": assessment.currency,
        },
        "decision": decision.model_dump(mode="json"),
        "claimant": {"name": facts.claimant_name, "email": facts.email, "phone": facts.phone},
        "incident": {
            "date": facts.incident_date.isoformat() if facts.incident_date else None,
            "location": facts.incident_location,
            "description": facts.incident_description,
        },
        "assessment": assessment.model_dump(mode="json"),
        "documents": [
            document.model_dump(mode="json", include={"type", "filename", "sha256", "reference"})
            for document in context.documents
        ],
        "brief": brief,
        "next_steps": next_steps,
        "created_at": context.created_at.isoformat(),
        "decided_at": decision.decided_at.isoformat(),
    }
    schema.validate(payload)  # pyright: ignore[reportUnknownMemberType]
    return payload
