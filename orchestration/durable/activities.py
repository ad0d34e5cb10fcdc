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

from orchestration.durable import workflow
from orchestration.durable.phase_failure import PhaseFailed
from orchestration.durable.workflow import Answer
from orchestration.phases.assessment import hand_to_officer, run_assessment
from orchestration.phases.gathering import run_gathering
from orchestration.phases.handoff import run_handoff
from orchestration.phases.inbox_processing import apply_inbox
from orchestration.phases.intake import run_intake
from orchestration.phases.reminders import give_notice, next_notice
from orchestration.phases.unit_of_work import ClaimUnitOfWork, note_to_file
from orchestration.rules.routing import NextStep, next_step
from shared.clock import utc_now
from shared.errors import BudgetUsedUp, RevisionConflict, SessionCorrupt, TurnFailed
from shared.models.claim import ClaimStatus
from shared.session_store.opening import session_store
from shared.settings import settings
from shared.telemetry.log import log_event, log_failure
from shared.telemetry.spans import is_prepared, phase_span, prepare

logger = logging.getLogger(__name__)
blueprint = Blueprint()

PHASES = {
    NextStep.INTAKE: run_intake,
    NextStep.GATHERING: run_gathering,
    NextStep.ASSESSMENT: run_assessment,
    NextStep.HANDOFF: run_handoff,
}


class Failure(TypedDict):
    claim_id: str
    reason: str


async def advance(claim_id: str, phase: NextStep | None = None) -> Answer:
    """Take up the claim's inbox and, if `phase` is still what comes next, run it.

    A failure that trying again would not mend makes the claim failed at once.

    Returns where the claim goes on, END where it is over, has failed or is gone.

    Raises:
        PhaseFailed: with what may be logged of the reason.
    """
    try:
        claim = await _open(claim_id)
        if claim is None:
            return answered(NextStep.END)
        waiting = await apply_inbox(claim, settings())
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
            await _conclude(claim, await apply_inbox(claim, settings()))
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
    due = next_notice(claim.context, settings()) if position is NextStep.WAIT else None
    return answered(position, claim, due)


def _tell_failure(claim_id: str, phase: NextStep | None, error: Exception) -> None:
    log_event(
        logger, "phase_failed", claim_id=claim_id, phase=str(phase or "inbox"), error=type(error).__name__
    )


def answered(position: NextStep, claim: ClaimUnitOfWork | None = None, due: datetime | None = None) -> Answer:
    return Answer(
        position=position,
        due=due.isoformat() if due else None,
        tells=claim is not None and claim.has_news,
    )


async def _open(claim_id: str) -> ClaimUnitOfWork | None:
    return await ClaimUnitOfWork.open(session_store(), claim_id, tells=settings().webhook_url is not None)


async def _conclude(claim: ClaimUnitOfWork, taken: list[str]) -> None:
    """Commit what is left, then clear what was taken up."""
    await claim.flush()
    if taken:
        await claim.store.inbox.clear(claim.claim_id, taken)


async def _run(claim: ClaimUnitOfWork, phase: NextStep) -> None:
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
    return answered(NextStep.END, claim)


def _position(claim: ClaimUnitOfWork) -> NextStep:
    return next_step(claim.context, human_in_loop=settings().human_in_loop)


@blueprint.activity_trigger(input_name="claim", activity=workflow.PHASES[NextStep.INTAKE])
async def intake(claim: str) -> Answer:
    return await advance(claim, NextStep.INTAKE)


@blueprint.activity_trigger(input_name="claim", activity=workflow.PHASES[NextStep.GATHERING])
async def gathering(claim: str) -> Answer:
    return await advance(claim, NextStep.GATHERING)


@blueprint.activity_trigger(input_name="claim", activity=workflow.PHASES[NextStep.ASSESSMENT])
async def assessment(claim: str) -> Answer:
    return await advance(claim, NextStep.ASSESSMENT)


@blueprint.activity_trigger(input_name="claim", activity=workflow.PHASES[NextStep.HANDOFF])
async def handoff(claim: str) -> Answer:
    return await advance(claim, NextStep.HANDOFF)


@blueprint.activity_trigger(input_name="failure", activity=workflow.MARK_FAILED)
async def mark_failed(failure: Failure) -> Answer:
    return await fail(**failure)


blueprint.orchestration_trigger(context_name="ctx", orchestration=workflow.NAME)(workflow.claim_workflow)
