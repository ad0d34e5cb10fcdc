"""The real engine, and a worker whose activities answer from a script."""

import time
from collections.abc import Callable, Iterable
from typing import Any, override

import durabletask.internal.orchestrator_service_pb2 as pb
import grpc
from durabletask.client import OrchestrationState, OrchestrationStatus, TaskHubGrpcClient
from durabletask.worker import TaskHubGrpcWorker

from devhost.engine import Engine
from shared.clock import utc_now

Activity = Callable[[Any, Any], Any]


class HastyEngine(Engine):
    """An engine whose timers have all just run out, so that a test need not wait for a retry."""

    @override
    def CompleteOrchestratorTask(
        self, request: pb.OrchestratorResponse, context: grpc.ServicerContext
    ) -> pb.CompleteTaskResponse:
        for action in request.actions:
            if action.HasField("createTimer"):
                action.createTimer.fireAt.FromDatetime(utc_now())
        return super().CompleteOrchestratorTask(request, context)


class ScriptedHub:
    """To be closed. The worker library names orchestrators and activities after their functions."""

    def __init__(
        self, engine: Engine, orchestrators: Iterable[Callable[..., Any]], activities: Iterable[Activity]
    ) -> None:
        self.engine = engine
        address = f"127.0.0.1:{self.engine.listen(0)}"
        self.client = TaskHubGrpcClient(host_address=address)
        self.worker = TaskHubGrpcWorker(host_address=address)
        for orchestrator in orchestrators:
            self.worker.add_orchestrator(orchestrator)
        for activity in activities:
            self.worker.add_activity(activity)
        self.worker.start()

    def completed(self, instance: str) -> OrchestrationState:
        """The state of an orchestration, once it has completed."""
        state = self.client.wait_for_orchestration_completion(instance, timeout=30)
        assert state and state.runtime_status is OrchestrationStatus.COMPLETED
        return state

    def until(self, holds: Callable[[], bool], said: object) -> None:
        """Wait until something holds; `said` is told where it does not come to that."""
        deadline = time.monotonic() + 30
        while not holds():
            assert time.monotonic() < deadline, said
            time.sleep(0.01)

    def close(self) -> None:
        self.worker.stop()
        self.client.close()
        self.engine.stop()
