"""The life of a claim, as a list of phases.

Deterministic: no I/O, no clock, no randomness, no settings. The session is the truth: every activity returns
the position that it computed from the session, and the workflow only goes there. It therefore needs no state
of its own: started anew at any time, it goes on from the session, and each wait begins with a fresh history.

Each phase is an activity of the same name. It takes in the inbox before anything else, and runs the phase
only if that is what comes next.
"""

from collections.abc import Generator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, TypedDict

from durabletask.task import OrchestrationContext, RetryPolicy, TaskFailedError, TimerTask, when_any

from orchestration.durable.phase_failure import reason_in
from orchestration.rules.routing import PHASES, NextStep

NAME = "claim_workflow"
WAKE = "wake"
"""The one external event. It carries no facts: the inbox does."""

MARK_FAILED = "mark_failed"
ANNOUNCE = "announce"
"""Has the claim's events delivered."""
LONGEST_REASON = 300
"""Characters of the reason for which a claim failed."""

RETRY = RetryPolicy(
    first_retry_interval=timedelta(seconds=2),
    backoff_coefficient=3,
    max_retry_interval=timedelta(minutes=2),
    max_number_of_attempts=5,
)


class StepResult(TypedDict):
    """What an activity returns. Recorded histories hold these names: they never change."""

    position: str
    """The `NextStep` at which the claim goes on."""
    due: str | None
    """When a wait must end at the latest, in ISO 8601; None where nothing is due."""
    tells: bool
    """Whether the claim's outbox may hold events to deliver."""


Steps = Generator[Any, Any, str]


def claim_workflow(ctx: OrchestrationContext, wait_for: str | None = None) -> Steps:
    """Run the claim whose id is the instance id until it waits or ends; returns the last position.

    `wait_for` is the phase that the claim waited for, or went back to, when its history was begun afresh,
    None at the start. It only names the activity to begin with: the session decides what really comes next.
    """
    claim_id = ctx.instance_id
    phase = wait_for or NextStep.INTAKE
    try:
        result = yield from _run(ctx, phase)
        if result["position"] == NextStep.WAIT and wait_for:
            # Taking in the inbox before waiting makes an event that was lost, early or doubled harmless.
            yield when_any([ctx.wait_for_external_event(WAKE), *timers(ctx, result["due"])])
            result = yield from _run(ctx, phase)
        for coming in PHASES:
            if result["position"] == coming:
                phase = coming
                result = yield from _run(ctx, phase)
    except TaskFailedError as error:
        reason = reason_in(error.details.message) or f"{phase}: the worker ended"
        failure = {"claim_id": claim_id, "reason": reason[:LONGEST_REASON]}
        result = yield ctx.call_activity(MARK_FAILED, input=failure, retry_policy=RETRY)
        yield from _announce(ctx, result)
    if result["position"] == NextStep.WAIT:
        ctx.continue_as_new(phase if phase == wait_for else _after(phase), save_events=True)
    elif result["position"] != NextStep.END:
        # Behind a phase that is done: what came in meanwhile asks for more of an earlier one.
        ctx.continue_as_new(result["position"], save_events=True)
    return result["position"]


def timers(ctx: OrchestrationContext, due: str | None) -> list[TimerTask]:
    """A timer for what is due, where anything is."""
    return [] if due is None else [ctx.create_timer(datetime.fromisoformat(due))]


def _run(ctx: OrchestrationContext, phase: str) -> Generator[Any, Any, StepResult]:
    result: StepResult = yield ctx.call_activity(
        NextStep(phase).value, input=ctx.instance_id, retry_policy=RETRY
    )
    yield from _announce(ctx, result)
    return result


def _announce(ctx: OrchestrationContext, result: StepResult) -> Generator[Any, Any]:
    if result["tells"]:
        with suppress(TaskFailedError):  # no reason to fail a claim: the sweep has its events delivered
            yield ctx.call_activity(ANNOUNCE, input=ctx.instance_id, retry_policy=RETRY)


def _after(phase: str) -> str:
    return PHASES[min(PHASES.index(NextStep(phase)) + 1, len(PHASES) - 1)]
