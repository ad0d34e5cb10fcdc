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

TAKE_UP = "take_up"
MARK_FAILED = "mark_failed"
PHASES = {
    Position.INTAKE: "intake",
    Position.GATHERING: "gathering",
    Position.ASSESSMENT: "assessment",
    Position.HANDOFF: "handoff",
}
"""Position to activity, in the order of a claim's life."""

RETRY = RetryPolicy(
    first_retry_interval=timedelta(seconds=2),
    backoff_coefficient=3,
    max_retry_interval=timedelta(minutes=2),
    max_number_of_attempts=5,
)

Steps = Generator[Any, Any, str]


def claim_workflow(ctx: OrchestrationContext, _: object = None) -> Steps:
    """Run the claim whose id is the instance id until it waits or ends; returns the last position."""
    claim_id = ctx.instance_id
    try:
        position = yield from _take_up(ctx, claim_id)
        for phase, activity in PHASES.items():
            if position == phase:
                position = yield ctx.call_activity(activity, input=claim_id, retry_policy=RETRY)
    except TaskFailedError as error:
        failure = {"claim_id": claim_id, "reason": _reason(error)}
        position = yield ctx.call_activity(MARK_FAILED, input=failure)
    if position == Position.WAIT:
        ctx.continue_as_new(None, save_events=True)
    return position


def _take_up(ctx: OrchestrationContext, claim_id: str) -> Steps:
    """Take up what lies in the inbox; where the claim must wait, wait for a wake-up and look again.

    Looking before waiting is what makes an event that was lost, early or doubled harmless.
    """
    position = yield ctx.call_activity(TAKE_UP, input=claim_id, retry_policy=RETRY)
    if position == Position.WAIT:
        yield ctx.wait_for_external_event(WAKE)
        position = yield ctx.call_activity(TAKE_UP, input=claim_id, retry_policy=RETRY)
    return position


def _reason(error: TaskFailedError) -> str:
    """The activity's own message, without what hosts wrap around it (type, stack)."""
    message = error.details.message.rpartition("PhaseFailed: ")[2]
    return message.partition("\n")[0][:300]
