"""The steps that the workflow calls: each opens the claim, takes in its inbox, runs at most one phase,
and answers where the claim goes on.

A phase is one activity; each agent's turn in it is a commit of its own. So an activity that is run
again, after a crash or by the retry policy, finds the finished turns on record and skips them.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import TypedDict

from azure.durable_functions import Blueprint

from orchestration.durable import workflow
from orchestration.durable.phase_failure import message_of
from orchestration.durable.workflow import StepResult
from orchestration.phases.assessment import hand_to_officer, run_assessment
from orchestration.phases.context import PhaseContext
from orchestration.phases.gathering import run_gathering
from orchestration.phases.handoff import run_handoff
from orchestration.phases.inbox_processing import apply_inbox
from orchestration.phases.intake import run_intake
from orchestration.phases.policy_ledger import release
from orchestration.phases.reminders import next_reminder, remind
from orchestration.phases.unit_of_work import ClaimUnitOfWork, note_to_file
from orchestration.rules.routing import PHASES, NextStep, next_step
from shared.clock import utc_now
from shared.errors import AppError, BudgetUsedUp, RevisionConflict, SessionCorrupt, TurnFailed
from shared.models.vocabulary import ClaimStatus
from shared.session_store import SessionStore
from shared.settings import Settings
from shared.telemetry.log import log_event, log_failure
from shared.telemetry.spans import is_prepared, phase_span, prepare

logger = logging.getLogger(__name__)

_RUN: dict[NextStep, Callable[[ClaimUnitOfWork, PhaseContext], Awaitable[None]]] = {
    NextStep.INTAKE: run_intake,
    NextStep.GATHERING: run_gathering,
    NextStep.ASSESSMENT: run_assessment,
    NextStep.HANDOFF: run_handoff,
}
"""The function that runs each phase."""


class PhaseFailed(AppError):
    """A phase failed, and trying again may help.

    `reason` names the phase and the kind of error, and holds nothing of what is in the claim.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(message_of(reason))
        self.reason = reason


class Failure(TypedDict):
    """Why a claim's workflow gave up; the input of the activity that puts it on record."""

    claim_id: str
    reason: str


async def advance(
    store: SessionStore, phases: PhaseContext, claim_id: str, phase: NextStep | None = None
) -> StepResult:
    """Take in the claim's inbox and, if `phase` is still what comes next, run it.

    A failure that trying again would not mend makes the claim failed at once.

    Returns:
        Where the claim goes on; END where it is over, has failed or is gone.

    Raises:
        PhaseFailed: trying again may help.
    """
    try:
        claim = await _open(store, phases.settings, claim_id)
        if claim is None:
            return step_result(NextStep.END)
        taken = await apply_inbox(claim, phases)
        await remind(claim, phases, utc_now())
        position = _position(claim, phases.settings)
        if phase and position is phase:
            try:
                await _run(claim, phases, phase)
            except Exception:
                # What came in, and what agents finished, is kept whatever went wrong.
                with suppress(Exception):
                    await _conclude(claim, taken)
                raise
            position = _position(claim, phases.settings)
        await _conclude(claim, taken)
        if claim.context.status.is_over:
            # What was accepted while the claim was ending is kept.
            await _conclude(claim, await apply_inbox(claim, phases))
        await claim.refresh_summary()
        await release(store, claim.context)
    except (RevisionConflict, SessionCorrupt, TurnFailed) as error:
        reason = f"{phase or 'inbox'}: {type(error).__name__}: {error}"
        _log_phase_failure(claim_id, phase, error)
        if isinstance(error, TurnFailed) and error.is_final:
            return await fail(store, phases.settings, claim_id, reason)
        raise PhaseFailed(reason) from None
    except Exception as error:
        log_failure(logger, f"{claim_id}: {phase or 'inbox'}", error)
        _log_phase_failure(claim_id, phase, error)
        raise PhaseFailed(f"{phase or 'inbox'}: {type(error).__name__}") from None
    due = next_reminder(claim.context, phases.settings) if position is NextStep.WAIT else None
    return step_result(position, claim, due)


def _log_phase_failure(claim_id: str, phase: NextStep | None, error: Exception) -> None:
    log_event(
        logger, "phase_failed", claim_id=claim_id, phase=str(phase or "inbox"), error=type(error).__name__
    )


def step_result(
    position: NextStep, claim: ClaimUnitOfWork | None = None, due: datetime | None = None
) -> StepResult:
    """The result of an activity that leaves `claim` at `position`, with a reminder due then."""
    return StepResult(
        position=position, due=due.isoformat() if due else None, tells=claim is not None and claim.has_events
    )


async def _open(store: SessionStore, settings: Settings, claim_id: str) -> ClaimUnitOfWork | None:
    return await ClaimUnitOfWork.open(store, claim_id, records_events=settings.webhook_url is not None)


async def _conclude(claim: ClaimUnitOfWork, taken: list[str]) -> None:
    """Commit what is staged, then remove from the inbox what is on record."""
    await claim.flush()
    if taken:
        await claim.store.inbox.clear(claim.claim_id, taken)


async def _run(claim: ClaimUnitOfWork, phases: PhaseContext, phase: NextStep) -> None:
    if not is_prepared():
        await asyncio.to_thread(prepare, phases.settings)
    try:
        with phase_span(claim.claim_id, phase):
            await _RUN[phase](claim, phases)
    except BudgetUsedUp as error:
        await hand_to_officer(claim, phases, str(error))


async def fail(store: SessionStore, settings: Settings, claim_id: str, reason: str) -> StepResult:
    """Put on record that the claim's workflow gave up, and why; once, however often it is called."""
    claim = await _open(store, settings, claim_id)
    if claim and not claim.context.status.is_over and not claim.has_failed(reason):
        await claim.commit(
            [note_to_file(f"failed.{claim.context.revision}", f"Failed: {reason}")],
            status=ClaimStatus.FAILED,
            termination_reason=reason,
        )
    return step_result(NextStep.END, claim)


def _position(claim: ClaimUnitOfWork, settings: Settings) -> NextStep:
    return next_step(claim.context, human_in_loop=settings.human_in_loop)


def blueprint(store: SessionStore, phases: Callable[[], PhaseContext]) -> Blueprint:
    """The claim's workflow and the activities that it calls; `phases` is called by the first of them."""
    functions = Blueprint()

    def phase_activity(phase: NextStep) -> Callable[[str], Awaitable[StepResult]]:
        async def activity(claim: str) -> StepResult:
            return await advance(store, phases(), claim, phase)

        activity.__name__ = phase.value
        return activity

    for phase in PHASES:
        functions.activity_trigger(input_name="claim", activity=phase.value)(phase_activity(phase))

    @functions.activity_trigger(input_name="failure", activity=workflow.MARK_FAILED)
    async def mark_failed(failure: Failure) -> StepResult:
        return await fail(store, phases().settings, **failure)

    functions.orchestration_trigger(context_name="ctx", orchestration=workflow.NAME)(workflow.claim_workflow)
    return functions
