"""Phase 3 after the decision: the note, the payload, the archive."""

from orchestration.agents.reports import AssessmentReport, HandoffNote
from orchestration.claim import OpenClaim, describe_outcome, note_to_file
from orchestration.decision import handoff_payload
from orchestration.turns import take_turn
from shared.models import ClaimState, ClaimStatus, utc_now
from shared.settings import Settings

ROLE = "handoff_agent"


async def run_handoff(claim: OpenClaim, _: Settings) -> None:
    await take_turn(claim, ROLE, f"handoff.{ROLE}")
    turns = claim.context.turns
    brief = AssessmentReport.model_validate(turns["assessment.assessment_agent"].report).brief
    note = HandoffNote.model_validate(turns[f"handoff.{ROLE}"].report)
    await claim.store.put_handoff(claim.claim_id, handoff_payload(claim.context, brief, note.next_steps))
    now = utc_now()
    await claim.commit(
        [note_to_file("handed_off", f"Handed off: {describe_outcome(claim.context)}")],
        state=ClaimState.HANDED_OFF,
        status=ClaimStatus.COMPLETED,
        completed_at=now,
        archived_at=now,
    )
