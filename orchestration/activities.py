"""The steps that the workflow calls: each opens the claim, takes up its inbox, runs at most one phase,
and says where the claim goes on.

A phase is one activity; each agent's turn in it is a commit of its own. So an activity that is run
again, after a crash or by the retry policy, finds the finished turns on record and skips them.
"""

import asyncio
import logging
from contextlib import suppress
from datetime import datetime
from typing import TypedDict

from azure.durable_functions import Blueprint

from orchestration import workflow
from orchestration.claim import OpenClaim, note_to_file
from orchestration.notices import give_notice, next_notice
from orchestration.phases.assessment import hand_to_officer, run_assessment
from orchestration.phases.gathering import run_gathering
from orchestration.phases.handoff import run_handoff
from orchestration.phases.intake import run_intake
from orchestration.phases.taking_up import take_up
from orchestration.position import Position, position_of
from orchestration.tracing import is_prepared, phase_span, prepare
from orchestration.workflow import Answer
from shared.clock import utc_now
from shared.errors import BudgetUsedUp, RevisionConflict, SessionCorrupt, TurnFailed
from shared.models.claim import ClaimStatus
from shared.settings import settings
from shared.storage import session_store
from shared.telemetry import log_event, log_failure

logger = logging.getLogger(__name__)
blueprint = Blueprint()

PHASES = {
    Position.INTAKE: run_intake,
    Position.GATHERING: run_gathering,
    Position.ASSESSMENT: run_assessment,
    Position.HANDOFF: run_handoff,
}


class PhaseFailed(Exception):
    """A phase failed; the message names phase and kind of error, never what the claim says."""


class Failure(TypedDict):
    claim_id: str
    reason: str


async def advance(claim_id: str, phase: Position | None = None) -> Answer:
    """Take up the claim's inbox and, if `phase` is still what comes next, run it.

    A failure that trying again would not mend makes the claim failed at once.

    Returns where the claim goes on, END where it is over, has failed or is gone.

    Raises:
        PhaseFailed: with what may be logged of the reason.
    """
    try:
        claim = await _open(claim_id)
        if claim is None:
            return answered(Position.END)
        waiting = await take_up(claim, settings())
        await give_notice(claim, settings(), utc_now())
        position = _position(claim)
        if phase and position is phase:
            try:
                await _run(claim, phase)
            except Exception:
                # What came in, and what agents finished, is kept whatever went wrong.
                with suppress(Exception):
                    await _conclude(claim, waiting)
                raise
            position = _position(claim)
        await _conclude(claim, waiting)
        if claim.context.status.is_over:
            # What was accepted while the claim was ending is kept.
            await _conclude(claim, await take_up(claim, settings()))
        await claim.refresh_summary()
    except (RevisionConflict, SessionCorrupt, TurnFailed) as error:
        reason = f"{phase or 'inbox'}: {type(error).__name__}: {error}"
        _tell_failure(claim_id, phase, error)
        if isinstance(error, TurnFailed) and error.is_final:
            return await fail(claim_id, reason)
        raise PhaseFailed(reason) from None
    except Exception as error:
        log_failure(logger, f"{claim_id}: {phase or 'inbox'}", error)
        _tell_failure(claim_id, phase, error)
        raise PhaseFailed(f"{phase or 'inbox'}: {type(error).__name__}") from None
    due = next_notice(claim.context, settings()) if position is Position.WAIT else None
    return answered(position, claim, due)


def _tell_failure(claim_id: str, phase: Position | None, error: Exception) -> None:
    log_event(
        logger, "phase_failed", claim_id=claim_id, phase=str(phase or "inbox"), error=type(error).__name__
    )


def answered(position: Position, claim: OpenClaim | None = None, due: datetime | None = None) -> Answer:
    return Answer(
        position=position,
        due=due.isoformat() if due else None,
        tells=claim is not None and claim.has_news,
    )


async def _open(claim_id: str) -> OpenClaim | None:
    return await OpenClaim.open(session_store(), claim_id, tells=settings().webhook_url is not None)


async def _conclude(claim: OpenClaim, taken: list[str]) -> None:
    """Commit what is left, then clear what was taken up."""
    await claim.flush()
    if taken:
        await claim.store.inbox.clear(claim.claim_id, taken)


async def _run(claim: OpenClaim, phase: Position) -> None:
    if not is_prepared():
        await asyncio.to_thread(prepare)
    try:
        with phase_span(claim.claim_id, phase):
            await PHASES[phase](claim, settings())
    except BudgetUsedUp as error:
        await hand_to_officer(claim, settings(), str(error))


async def fail(claim_id: str, reason: str) -> Answer:
    """Put on record that the claim's workflow gave up, and why; once, however often it is told."""
    claim = await _open(claim_id)
    if claim and not claim.context.status.is_over and not claim.has_failed(reason):
        await claim.commit(
            [note_to_file(f"failed.{claim.context.revision}", f"Failed: {reason}")],
            status=ClaimStatus.FAILED,
            termination_reason=reason,
        )
    return answered(Position.END, claim)


def _position(claim: OpenClaim) -> Position:
    return position_of(claim.context, human_in_loop=settings().human_in_loop)


@blueprint.activity_trigger(input_name="claim", activity=workflow.PHASES[Position.INTAKE])
async def intake(claim: str) -> Answer:
    return await advance(claim, Position.INTAKE)


@blueprint.activity_trigger(input_name="claim", activity=workflow.PHASES[Position.GATHERING])
async def gathering(claim: str) -> Answer:
    return await advance(claim, Position.GATHERING)


@blueprint.activity_trigger(input_name="claim", activity=workflow.PHASES[Position.ASSESSMENT])
async def assessment(claim: str) -> Answer:
    return await advance(claim, Position.ASSESSMENT)


@blueprint.activity_trigger(input_name="claim", activity=workflow.PHASES[Position.HANDOFF])
async def handoff(claim: str) -> Answer:
    return await advance(claim, Position.HANDOFF)


@blueprint.activity_trigger(input_name="failure", activity=workflow.MARK_FAILED)
async def mark_failed(failure: Failure) -> Answer:
    return await fail(**failure)


blueprint.orchestration_trigger(context_name="ctx", orchestration=workflow.NAME)(workflow.claim_workflow)
