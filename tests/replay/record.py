"""Records what the workflow is asked to replay, on the real engine: `python -m tests.replay.record`.

Run it once for each released version of the workflow (`defaultVersion` in host.json), before the release. A
recording is never made again and never edited: it stands for claims that wait out there.
"""

import json
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, cast

from durabletask.internal.orchestrator_service_pb2 import OrchestratorRequest
from durabletask.worker import TaskHubGrpcWorker
from google.protobuf.json_format import MessageToDict

from orchestration import workflow
from orchestration.position import Position
from orchestration.workflow import Answer
from tests.orchestration.test_workflow import Hub, Script

FOLDER = Path(__file__).parent
HOST_JSON = FOLDER.parents[1] / "host.json"
BUSY = RuntimeError("busy")
TELLS = Answer(position=Position.WAIT, due=None, tells=True)
DUE_LONG_AGO = Answer(position=Position.WAIT, due="2026-01-01T00:00:00+00:00", tells=False)
LIVES: Mapping[str, tuple[Script, int]] = {
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


class RecordingWorker(TaskHubGrpcWorker):
    """A worker that remembers each request before it works it."""

    requests: ClassVar[list[dict[str, Any]]] = []

    def _execute_orchestrator(self, req: OrchestratorRequest, stub: Any, completionToken: Any) -> None:
        type(self).requests.append(_without_stacks(MessageToDict(req)))
        super()._execute_orchestrator(req, stub, completionToken)


def current_version() -> str:
    """The version that the next deployment gives to new claims."""
    return json.loads(HOST_JSON.read_text())["extensions"]["durableTask"]["defaultVersion"]


def main() -> None:
    folder = FOLDER / current_version()
    folder.mkdir()
    workflow.RETRY._first_retry_interval = timedelta(milliseconds=20)  # pyright: ignore[reportPrivateUsage]
    workflow.RETRY._max_retry_interval = timedelta(milliseconds=20)  # pyright: ignore[reportPrivateUsage]
    hub = Hub(RecordingWorker)
    for name, (script, wakes) in LIVES.items():
        RecordingWorker.requests = []
        instance = hub.start(script, version=current_version())
        for _ in range(wakes):
            _until_it_waits()
            hub.client.raise_orchestration_event(instance, workflow.WAKE)
        hub.result(instance)
        (folder / f"{name}.json").write_text(json.dumps(RecordingWorker.requests, indent=1) + "\n")
    hub.close()


def _until_it_waits() -> None:
    seen = -1
    while seen != len(RecordingWorker.requests):
        seen = len(RecordingWorker.requests)
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
