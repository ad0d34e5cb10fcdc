"""The orchestration that delivers a claim's events, beside the claim's own: a receiver that is slow or away
never keeps a claim waiting.

Deterministic, as the claim's workflow is: what is due when comes with the answers of its activities.
"""

from collections.abc import Generator
from datetime import datetime
from typing import Any, TypedDict

from durabletask.task import OrchestrationContext, when_any

from orchestration.durable.workflow import RETRY, WAKE, timers

NAME, ERASURE = "deliver_events", "deliver_erasure"
DELIVER, DELIVER_ERASED = "deliver", "deliver_erased"


class Progress(TypedDict):
    """When the next attempt is due, in ISO 8601; None: when something is new. `is_over`: never again."""

    due: str | None
    is_over: bool


class Erasure(TypedDict):
    """The event that a claim is gone, as JSON, and how often it was tried in vain."""

    event: str
    failures: int


def instance_of(claim_id: str) -> str:
    """The instance id of the orchestration that delivers a claim's events; no claim can have it as its id."""
    return f"{claim_id}:events"


def erasure_of(claim_id: str) -> str:
    """The instance id of the orchestration that delivers the event that a claim is gone."""
    return f"{claim_id}:erased"


def deliver_events(ctx: OrchestrationContext, _: None = None) -> Generator[Any, Any]:
    """Deliver the claim's events as they come, until the claim is over and all are delivered."""
    claim_id = ctx.instance_id.partition(":")[0]
    progress: Progress = yield ctx.call_activity(DELIVER, input=claim_id, retry_policy=RETRY)
    if progress["is_over"]:
        return
    yield when_any([ctx.wait_for_external_event(WAKE), *timers(ctx, progress["due"])])
    ctx.continue_as_new(None, save_events=True)


def deliver_erasure(ctx: OrchestrationContext, erasure: Erasure) -> Generator[Any, Any]:
    """Deliver the event that a claim is gone."""
    progress: Progress = yield ctx.call_activity(DELIVER_ERASED, input=erasure, retry_policy=RETRY)
    if progress["due"] is not None:
        yield ctx.create_timer(datetime.fromisoformat(progress["due"]))
        ctx.continue_as_new(Erasure(event=erasure["event"], failures=erasure["failures"] + 1))
