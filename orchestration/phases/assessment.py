"""Phase 3 up to the decision: the rules' assessment, the brief, the officer's sheet."""

from orchestration.claim import OpenClaim, note_to_file
from orchestration.decision import approval_by_rule, assess, outcome_of
from orchestration.reference import reference_data
from orchestration.requirements import requirements
from orchestration.turns import take_turn
from shared.models import Assessment, ClaimState, ClaimStatus
from shared.settings import Settings

ROLES = ("assessment_agent", "claims_officer")


async def run_assessment(claim: OpenClaim, settings: Settings) -> None:
    assessment = claim.context.assessment or _assess(claim, settings)
    for role in ROLES:
        await take_turn(claim, role, f"assessment.{role}")
    if assessment.route == "rule":
        decision = approval_by_rule(assessment, claim.context)
        await claim.commit(
            [note_to_file("decision", f"Approved by rule, payout {decision.payout_amount}")],
            state=ClaimState.DECIDED,
            outcome=outcome_of(decision),
            decision=decision,
        )
    else:
        await claim.commit(
            [note_to_file("officer", f"An officer decides: {'; '.join(assessment.route_reasons)}")],
            status=ClaimStatus.AWAITING_DECISION,
        )


def _assess(claim: OpenClaim, settings: Settings) -> Assessment:
    assessment = assess(
        claim.context,
        reference_data(),
        requirements(),
        mode=settings.decision_mode,
        auto_approve_limit=settings.auto_approve_limit,
    )
    claim.stage(
        state=ClaimState.ASSESSMENT,
        assessment=assessment,
        risk_score=assessment.risk_score,
        fraud_indicators=assessment.fraud_indicators,
    )
    return assessment
