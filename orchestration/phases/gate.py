"""The gate behind phase 1 and phase 2: on, or wait for what is missing."""

from collections.abc import Sequence

from orchestration.phases.context import PhaseContext
from orchestration.phases.unit_of_work import ClaimUnitOfWork, note_to_file
from shared.clock import utc_now
from shared.models.claim import Message
from shared.models.vocabulary import ClaimState, ClaimStatus


async def pass_gate(
    claim: ClaimUnitOfWork, state: ClaimState, phases: PhaseContext, notes: Sequence[Message] = ()
) -> None:
    """Commit that `state` is reached, with `notes`, and pause the claim if something is missing."""
    documents, information = phases.requirements.check(claim.context)
    claim.stage(notes, state=state, missing_documents=documents, missing_information=information)
    missing = [*documents, *information]
    if missing and phases.settings.human_in_loop:
        now = utc_now()
        claim.stage(
            [note_to_file(f"pause.{state}", f"Paused, waiting for: {', '.join(missing)}")],
            status=ClaimStatus.PAUSED,
            paused_at=now,
            expires_at=now + phases.settings.session_ttl,
        )
    await claim.flush()
