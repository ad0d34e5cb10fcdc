"""What the API shows of a claim."""

from typing import Any

from orchestration.requirements import requirements
from orchestration.turns import in_order
from shared.models import ClaimContext, ClaimStatus, ClaimSummary


def summary_view(summary: ClaimSummary) -> dict[str, Any]:
    return summary.model_dump(mode="json")


def claim_view(context: ClaimContext, status: ClaimStatus, links: dict[str, str]) -> dict[str, Any]:
    """The claim as `GET /claims/{claim_id}` answers it."""
    return ClaimSummary.of(context).model_dump(mode="json") | {
        "status": status,
        "risk_score": context.risk_score,
        "gathering_ended": context.gathering_ended,
        "facts": context.facts.model_dump(mode="json"),
        "documents": [document.model_dump(mode="json") for document in context.documents],
        "unclassified_documents": context.unclassified_documents,
        "assessment": context.assessment.model_dump(mode="json") if context.assessment else None,
        "decision": context.decision.model_dump(mode="json") if context.decision else None,
        "reports": [
            {"step": turn.step, "role": turn.role, "report": turn.report} for turn in in_order(context.turns)
        ],
        "usage": context.usage.model_dump(mode="json"),
        "links": links,
    }


def missing_view(context: ClaimContext) -> dict[str, Any]:
    """What is still missing, in words for the claimant."""
    rules = requirements()
    return {
        "missing_documents": [
            missing.model_dump(mode="json", exclude_none=True)
            for missing in rules.describe(context.missing_documents, context)
        ],
        "missing_information": context.missing_information,
    }
