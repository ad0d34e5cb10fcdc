"""Records what the orchestrations are asked to replay, on the real engine: `python -m tests.replay.record`.

Run it once for each released version of them (`defaultVersion` in host.json), before the release. It makes
what is missing: a recording is never made again and never edited, as it stands for what waits out there.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, cast, override

import durabletask.internal.orchestrator_service_pb2 as pb
import grpc
from google.protobuf.json_format import MessageToDict

from orchestration.durable import workflow
from orchestration.durable.event_delivery import Progress, instance_of
from orchestration.durable.workflow import StepResult
from orchestration.rules.routing import NextStep
from tests.orchestration.durable import test_event_delivery
from tests.orchestration.durable.test_event_delivery import IDLE, OVER
from tests.orchestration.durable.test_workflow import Hub, Script
from tests.orchestration.hub import HastyEngine, ScriptedHub

FOLDER = Path(__file__).parent
HOST_JSON = FOLDER.parents[1] / "host.json"
BUSY = RuntimeError("busy")
TELLS = StepResult(position=NextStep.WAIT, due=None, tells=True)
DUE_LONG_AGO = StepResult(position=NextStep.WAIT, due="2026-01-01T00:00:00+00:00", tells=False)
TRY_AGAIN = Progress(due="2026-01-01T00:00:00+00:00", is_over=False)
CLAIMS: Mapping[str, tuple[Script, int]] = {
    "decided_without_a_wait": (
        {"intake": ["gathering"], "gathering": ["assessment"], "assessment": ["handoff"], "handoff": ["end"]},
        0,
    ),
    "waited_after_intake_and_again_for_an_officer": (
        {
            "intake": ["wait"],
            "gathering": ["wait", "wait", "assessment"],
            "assessment": ["wait", "handoff"],
            "handoff": ["end"],
        },
        3,
    ),
    "went_back_for_what_came_in_late": (
        {
            "intake": ["gathering"],
            "gathering": ["assessment", "assessment"],
            "assessment": ["gathering", "end"],
        },
        0,
    ),
    "started_anew_in_the_middle": ({"intake": ["handoff"], "handoff": ["end"]}, 0),
    "tried_a_phase_again": ({"intake": [BUSY, BUSY, "wait"], "gathering": ["wait", "end"]}, 1),
    "told_of_a_pause_and_reminded": (
        {"intake": [TELLS], "announce": ["end"], "gathering": [DUE_LONG_AGO, "end"]},
        0,
    ),
    "failed_for_good": (
        {"intake": [BUSY] * workflow.RETRY.max_number_of_attempts, "mark_failed": ["end"]},
        0,
    ),
}
"""By name: what the activities answer, and how often the claim is woken."""
DELIVERIES: Mapping[str, tuple[Sequence[Progress | Exception], int]] = {
    "delivered_all_at_once": ([OVER], 0),
    "delivered_as_the_claim_went_on": ([IDLE, IDLE, OVER], 2),
    "delivered_at_the_third_attempt": ([TRY_AGAIN, TRY_AGAIN, OVER], 0),
    "delivered_though_storage_was_busy": ([BUSY, IDLE, OVER], 1),
}
"""The same of the orchestration that delivers a claim's events."""
ERASURES: Mapping[str, Sequence[Progress | Exception]] = {
    "told_of_an_erasure": [OVER],
    "told_of_an_erasure_at_the_third_attempt": [TRY_AGAIN, TRY_AGAIN, OVER],
}
"""And of the one that delivers the event that a claim is gone."""
RECORDED = {*CLAIMS, *DELIVERIES, *ERASURES}


class RecordingEngine(HastyEngine):
    """An engine that remembers each request that it hands out."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[dict[str, Any]] = []

    @override
    def GetWorkItems(
        self, request: pb.GetWorkItemsRequest, context: grpc.ServicerContext
    ) -> Iterator[pb.WorkItem]:
        for item in super().GetWorkItems(request, context):
            if item.HasField("orchestratorRequest"):
                self.requests.append(_without_stacks(MessageToDict(item.orchestratorRequest)))
            yield item


def current_version() -> str:
    """The version that the next deployment gives to new claims."""
    return json.loads(HOST_JSON.read_text())["extensions"]["durableTask"]["defaultVersion"]


def main() -> None:
    version, engine = current_version(), RecordingEngine()
    claims = Hub(engine)
    for name, (script, wakes) in CLAIMS.items():
        _record(name, engine, claims, partial(claims.start, script, version=version), wakes)
    claims.close()
    engine = RecordingEngine()
    deliveries = test_event_delivery.Hub(engine)
    for name, (answers, wakes) in DELIVERIES.items():
        start = partial(deliveries.start, "CLM-1", *answers, version=version)
        _record(name, engine, deliveries, start, wakes)
        deliveries.client.purge_orchestration(instance_of("CLM-1"))
    for name, answers in ERASURES.items():
        start = partial(deliveries.start_erasure, *answers, version=version)
        _record(name, engine, deliveries, start)
    deliveries.close()


def _record(
    name: str, engine: RecordingEngine, hub: ScriptedHub, start: Callable[[], str], wakes: int = 0
) -> None:
    file = FOLDER / current_version() / f"{name}.json"
    if file.exists():
        return
    engine.requests.clear()
    instance = start()
    for _ in range(wakes):
        _until_it_waits(engine)
        hub.client.raise_orchestration_event(instance, workflow.WAKE)
    hub.completed(instance)
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(engine.requests, indent=1) + "\n")


def _until_it_waits(engine: RecordingEngine) -> None:
    seen = -1
    while seen != len(engine.requests):
        seen = len(engine.requests)
        time.sleep(0.5)


def _without_stacks(message: Any) -> Any:
    """Stacks name the machine that recorded them, and nobody replays them."""
    if isinstance(message, dict):
        fields = cast(dict[str, Any], message)
        return {name: _without_stacks(value) for name, value in fields.items() if name != "stackTrace"}
    if isinstance(message, list):
        return [_without_stacks(value) for value in cast(list[Any], message)]
    return message


if __name__ == "__main__":
    main()
