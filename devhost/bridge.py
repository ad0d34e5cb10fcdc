"""The bridge between engine and app: takes work items from the engine and runs the functions that they name.

An orchestrator function is given the base64 of an `OrchestratorRequest` and returns the base64 of an
`OrchestratorResponse`. An activity function is given JSON and returns JSON.
"""

import asyncio
import base64
import itertools
import logging
from collections.abc import Mapping

import durabletask.internal.orchestrator_service_pb2 as pb
import grpc
import grpc.aio
from google.protobuf.wrappers_pb2 import StringValue

from devhost.background_tasks import RunningWork
from devhost.config import HostConfig
from devhost.protos import TypedData
from devhost.taskhub import TaskHub
from devhost.worker import Function, FunctionFailed, Worker

_log = logging.getLogger("devhost.bridge")

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0  # seconds between attempts to reach an engine that does not answer


class Bridge:
    """Runs a worker's orchestrators and activities for an engine."""

    def __init__(self, worker: Worker, hub: TaskHub, config: HostConfig) -> None:
        self._worker = worker
        self._hub = hub
        self._wanted = pb.GetWorkItemsRequest(
            maxConcurrentOrchestrationWorkItems=config.max_orchestrators,
            maxConcurrentActivityWorkItems=config.max_activities,
        )
        self._orchestrators = _by_task_name(worker, "orchestrationTrigger", "orchestration")
        self._activities = _by_task_name(worker, "activityTrigger", "activity")
        self._running = RunningWork()
        self._reading: asyncio.Task[None] | None = None
        self._is_taking = True

    async def run(self) -> None:
        """Takes and runs work until it is cancelled. What runs then goes on; `drain` waits for it."""
        self._reading = asyncio.create_task(self._read())
        try:
            # When the stream of work ends, the engine gives to others whatever is not reported, what still
            # runs here included. So the stream stays open until `drain` has waited for that.
            await asyncio.shield(self._reading)
        finally:
            self._is_taking = False

    async def drain(self) -> None:
        """Waits until the work that was taken is done and reported."""
        await self._running.drain()
        if self._reading:
            self._reading.cancel()
            await asyncio.wait([self._reading])

    async def _read(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            stream = self._hub.GetWorkItems(self._wanted)
            try:
                async for item in stream:
                    pause = _FIRST_PAUSE
                    if self._is_taking:
                        self._running.start(self._process(item))
            except grpc.aio.AioRpcError as error:
                _log.warning("the durable engine is not reachable: %s", error.code().name)
            finally:
                stream.cancel()
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _process(self, item: pb.WorkItem) -> None:
        try:
            match item.WhichOneof("request"):
                case "orchestratorRequest":
                    await self._orchestrate(item.orchestratorRequest, item.completionToken)
                case "activityRequest":
                    await self._act(item.activityRequest, item.completionToken)
                case _:
                    pass  # the engine shows that it is alive
        except grpc.aio.AioRpcError as error:
            # The engine gives the item out again, to this host or to the next one.
            _log.warning("the durable engine did not take a result: %s", error.code().name)

    async def _orchestrate(self, request: pb.OrchestratorRequest, token: str) -> None:
        name = _orchestrator_name(request)
        try:
            body = base64.b64encode(request.SerializeToString()).decode()
            returned = await self._run(self._orchestrators, name, TypedData(string=body))
            response = pb.OrchestratorResponse.FromString(base64.b64decode(returned or ""))
        except _TaskFailed as failure:
            complete = pb.CompleteOrchestrationAction(
                orchestrationStatus=pb.ORCHESTRATION_STATUS_FAILED, failureDetails=failure.details
            )
            action = pb.OrchestratorAction(id=-1, completeOrchestration=complete)
            response = pb.OrchestratorResponse(instanceId=request.instanceId, actions=[action])
        response.completionToken = token
        await self._hub.CompleteOrchestratorTask(response)

    async def _act(self, request: pb.ActivityRequest, token: str) -> None:
        response = pb.ActivityResponse(
            instanceId=request.orchestrationInstance.instanceId, taskId=request.taskId, completionToken=token
        )
        given = request.input.value if request.HasField("input") else "null"
        try:
            returned = await self._run(self._activities, request.name, TypedData(json=given))
            response.result.value = "null" if returned is None else returned
        except _TaskFailed as failure:
            response.failureDetails.CopyFrom(failure.details)
        try:
            await self._hub.CompleteActivityTask(response)
        except grpc.aio.AioRpcError as error:
            if error.code() is not grpc.StatusCode.RESOURCE_EXHAUSTED:
                raise
            response.ClearField("result")
            response.failureDetails.CopyFrom(_details("ResultTooLarge", "the activity's result is too large"))
            await self._hub.CompleteActivityTask(response)

    async def _run(self, functions: Mapping[str, Function], name: str, given: TypedData) -> str | None:
        function = functions.get(name)
        if function is None:
            _log.error("the app has no orchestrator or activity named %s", name)
            raise _TaskFailed(_details("NotFound", f"the app has no orchestrator or activity named {name}"))
        try:
            returned = await self._worker.invoke(function, given)
        except FunctionFailed as failure:
            _log.warning("%s", failure)
            details = _details(failure.error_type, failure.detail, failure.stack_trace)
            raise _TaskFailed(details) from failure
        return returned.value if returned else None


class _TaskFailed(Exception):
    def __init__(self, details: pb.TaskFailureDetails) -> None:
        super().__init__(details.errorType)
        self.details = details


def _by_task_name(worker: Worker, kind: str, setting: str) -> dict[str, Function]:
    return {
        function.trigger.get(setting) or function.name: function for function in worker.triggered_by(kind)
    }


def _orchestrator_name(request: pb.OrchestratorRequest) -> str:
    for event in itertools.chain(request.pastEvents, request.newEvents):
        if event.HasField("executionStarted"):
            return event.executionStarted.name
    return ""


def _details(error_type: str, message: str, stack_trace: str = "") -> pb.TaskFailureDetails:
    return pb.TaskFailureDetails(
        errorType=error_type,
        errorMessage=message or error_type,  # to the engine an empty message means success
        stackTrace=StringValue(value=stack_trace),
    )
