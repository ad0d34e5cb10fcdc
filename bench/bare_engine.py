"""The floor: Microsoft's in-memory engine and worker as they come, with nothing in the activities."""

import time
from collections.abc import Generator
from concurrent import futures
from typing import Any, cast

import durabletask.internal.orchestrator_service_pb2_grpc as stubs  # pyright: ignore[reportMissingTypeStubs]
import grpc
from durabletask import task
from durabletask.client import TaskHubGrpcClient
from durabletask.testing import InMemoryOrchestrationBackend
from durabletask.worker import TaskHubGrpcWorker

ACTIVITIES = 11
PAUSE_AFTER = 3


def nothing(_: task.ActivityContext, given: str) -> str:
    return given


def bare(ctx: task.OrchestrationContext, given: str) -> Generator[Any, Any, str]:
    for step in range(ACTIVITIES):
        if step == PAUSE_AFTER:
            yield ctx.wait_for_external_event("documents")
        yield ctx.call_activity(nothing, input=given)
    return given


def run(count: int, at_a_time: int) -> float:
    """Seconds for `count` orchestrations of eleven empty activities and one event each."""
    backend = InMemoryOrchestrationBackend()
    # Not backend.start(): that one listens on every interface.
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=at_a_time + 10))
    register = cast(Any, stubs.add_TaskHubSidecarServiceServicer_to_server)  # pyright: ignore[reportUnknownMemberType]
    register(backend, server)
    address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    worker = TaskHubGrpcWorker(host_address=address)
    worker.add_orchestrator(bare)
    worker.add_activity(nothing)
    worker.start()
    client = TaskHubGrpcClient(host_address=address)

    def one(number: int) -> None:
        instance = client.schedule_new_orchestration(bare, input=str(number))
        client.raise_orchestration_event(instance, "documents")
        client.wait_for_orchestration_completion(instance, timeout=120)

    try:
        one(0)
        with futures.ThreadPoolExecutor(at_a_time) as side_by_side:
            started = time.perf_counter()
            list(side_by_side.map(one, range(count)))
            return time.perf_counter() - started
    finally:
        worker.stop()
        client.close()
        server.stop(None)
