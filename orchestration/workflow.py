"""The life of a claim, as a list of phases.

Deterministic: no I/O, no clock, no randomness, no settings. The session is the truth; every activity
answers with the position that it computed from it, and this is only the clockwork that goes there.
An orchestration therefore needs no state of its own: started anew at any time, it goes on from the
session, and each wait begins with a fresh history.
"""

from collections.abc import Generator
from datetime import timedelta
from typing import Any

from durabletask.task import OrchestrationContext, RetryPolicy, TaskFailedError

from orchestration.position import Position

NAME = "claim_workflow"
WAKE = "wake"
"""The one external event. It carries no facts: the inbox does."""

MARK_FAILED = "mark_failed"
PHASES = {
    Position.INTAKE: "intake",
    Position.GATHERING: "gathering",
    Position.ASSESSMENT: "assessment",
    Position.HANDOFF: "handoff",
}
"""Position to activity, in the order of a claim's life. Each takes up the inbox before anything else, and
runs its phase only if that is what comes next."""

RETRY = RetryPolicy(
    first_retry_interval=timedelta(seconds=2),
    backoff_coefficient=3,
    max_retry_interval=timedelta(minutes=2),
    max_number_of_attempts=5,
)

Steps = Generator[Any, Any, str]


def claim_workflow(ctx: OrchestrationContext, wait_for: str | None = None) -> Steps:
    """Run the claim whose id is the instance id until it waits or ends; returns the last position.

    `wait_for` is the phase that the claim waited for when its history was begun afresh, None at the
    start. It only says where to look first: the session says what really comes next.
    """
    claim_id = ctx.instance_id
    phase = wait_for or Position.INTAKE
    try:
        position = yield _run(ctx, phase, is_look=wait_for is not None)
        if position == Position.WAIT and wait_for:
            # Looking before waiting is what makes an event that was lost, early or doubled harmless.
            yield ctx.wait_for_external_event(WAKE)
            position = yield _run(ctx, phase)
        for coming in PHASES:
            if position == coming:
                phase = coming
                position = yield _run(ctx, phase)
    except TaskFailedError as error:
        failure = {"claim_id": claim_id, "reason": _reason(error)}
        position = yield ctx.call_activity(MARK_FAILED, input=failure, retry_policy=RETRY)
    if position == Position.WAIT:
        ctx.continue_as_new(phase if phase == wait_for else _after(phase), save_events=True)
    return position


def _run(ctx: OrchestrationContext, phase: str, *, is_look: bool = False) -> Any:
    step = {"claim_id": ctx.instance_id, "is_look": is_look}
    return ctx.call_activity(  # pyright: ignore[reportUnknownVariableType]
        PHASES[Position(phase)], input=step, retry_policy=RETRY
    )


def _after(phase: str) -> str:
    order = list(PHASES)
    return order[min(order.index(Position(phase)) + 1, len(order) - 1)]


def _reason(error: TaskFailedError) -> str:
    """The activity's own message, without what hosts wrap around it (type, stack)."""
    message = error.details.message.rpartition("PhaseFailed: ")[2]
    return message.partition("\n")[0][:300]
