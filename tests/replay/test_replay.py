"""What waits out there goes on after the next deployment: recorded histories of claims and deliveries replay.

Each request of a recording is put before the executor that runs the orchestrations in Azure. One that does
something else than the history says is refused there, and would leave the claim, or its events, behind.
"""

import base64
import json
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import Any

import pytest
from azure.durable_functions.worker import DurableFunctionsWorker
from durabletask.internal import orchestrator_service_pb2 as pb
from durabletask.task import OrchestrationContext
from google.protobuf.json_format import ParseDict

from orchestration.durable import event_delivery, workflow
from orchestration.durable.workflow import claim_workflow
from tests.replay.record import CLAIMS, DELIVERIES, ERASURES, FOLDER, RECORDED, current_version

# The SDK reads the results of activities without asking for a type, as in the deployed app.
pytestmark = pytest.mark.filterwarnings(
    "ignore:azure.functions df_loads was called without:DeprecationWarning"
)
RECORDINGS = sorted(FOLDER.glob("*/*.json"))
Workflow = Callable[..., Generator[Any, Any, Any]]
CODE: dict[str, Workflow] = {
    workflow.NAME: claim_workflow,
    event_delivery.NAME: event_delivery.deliver_events,
    event_delivery.ERASURE: event_delivery.deliver_erasure,
}


def requests(recording: Path) -> list[pb.OrchestratorRequest]:
    return [ParseDict(request, pb.OrchestratorRequest()) for request in json.loads(recording.read_text())]


def started(request: pb.OrchestratorRequest) -> list[pb.ExecutionStartedEvent]:
    return [
        event.executionStarted
        for event in (*request.pastEvents, *request.newEvents)
        if event.HasField("executionStarted")
    ]


def replay(request: pb.OrchestratorRequest, code: Workflow | None = None) -> list[pb.OrchestratorAction]:
    """What the orchestration, or `code` in its place, wants done once it is where the history ends."""
    code = code or CODE[started(request)[0].name]
    body = base64.b64encode(request.SerializeToString()).decode()
    answer = pb.OrchestratorResponse()
    answer.ParseFromString(
        base64.b64decode(DurableFunctionsWorker().execute_orchestration_request(code, body))
    )
    return list(answer.actions)


def failures(actions: list[pb.OrchestratorAction]) -> list[str]:
    return [
        f"{ended.failureDetails.errorType}: {ended.failureDetails.errorMessage}"
        for ended in (action.completeOrchestration for action in actions)
        if ended.orchestrationStatus == pb.ORCHESTRATION_STATUS_FAILED
    ]


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_any_released_version_began_goes_on(recording: Path) -> None:
    for request in requests(recording):
        assert failures(replay(request)) == []


def test_the_version_that_new_claims_get_is_recorded_in_all_its_ways() -> None:
    recorded = {path.stem for path in RECORDINGS if path.parent.name == current_version()}
    assert recorded == RECORDED
    for path in RECORDINGS:
        versions = {begun.version.value for request in requests(path) for begun in started(request)}
        assert versions == {path.parent.name}


def test_a_recorded_wait_ends_with_the_event_and_runs_the_phase_that_was_waited_for() -> None:
    (recording,) = (
        path for path in RECORDINGS if path.stem == "waited_after_intake_and_again_for_an_officer"
    )
    woken = [
        replay(request)
        for request in requests(recording)
        if any(event.HasField("eventRaised") for event in request.newEvents) and request.pastEvents
    ]
    assert woken
    assert any(action.scheduleTask.name == "gathering" for actions in woken for action in actions)


def a_step_before_the_first(ctx: OrchestrationContext, wait_for: str | None = None) -> Any:
    yield ctx.call_activity("greet", input=ctx.instance_id)
    return (yield from claim_workflow(ctx, wait_for))


def no_look_before_the_wait(ctx: OrchestrationContext, wait_for: str | None = None) -> Any:
    if wait_for:
        yield ctx.wait_for_external_event(workflow.WAKE)
    return (yield from claim_workflow(ctx, wait_for))


def phases_under_other_names(ctx: OrchestrationContext, wait_for: str | None = None) -> Any:
    yield ctx.call_activity("intake_v2", input=ctx.instance_id)


def deliveries_that_wait_first(ctx: OrchestrationContext, _: None = None) -> Any:
    yield ctx.wait_for_external_event(workflow.WAKE)
    return (yield from event_delivery.deliver_events(ctx))


def erasures_without_a_timer(ctx: OrchestrationContext, erasure: event_delivery.Erasure) -> Any:
    yield ctx.call_activity(event_delivery.DELIVER_ERASED, input=erasure)
    yield ctx.call_activity(event_delivery.DELIVER_ERASED, input=erasure)


def refusals(change: Workflow, names: Iterable[str]) -> str:
    """What is said of `change` when it takes the place of what was recorded under `names`."""
    found = [
        failure
        for recording in RECORDINGS
        if recording.stem in names
        for request in requests(recording)
        for failure in failures(replay(request, change))
    ]
    return " ".join(found)


@pytest.mark.parametrize(
    "change", [a_step_before_the_first, phases_under_other_names, no_look_before_the_wait]
)
def test_a_change_that_breaks_waiting_claims_is_found(change: Workflow) -> None:
    assert "NonDeterminismError" in refusals(change, CLAIMS)


@pytest.mark.parametrize(
    ("change", "names"), [(deliveries_that_wait_first, DELIVERIES), (erasures_without_a_timer, ERASURES)]
)
def test_a_change_that_breaks_waiting_deliveries_is_found(change: Workflow, names: Iterable[str]) -> None:
    assert "NonDeterminismError" in refusals(change, names)
