"""The HTTP management endpoints that a Durable Functions check-status response names."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC
from typing import Any

import durabletask.internal.orchestrator_service_pb2 as pb
import grpc
import grpc.aio
from aiohttp import web
from google.protobuf.timestamp_pb2 import Timestamp
from google.protobuf.wrappers_pb2 import StringValue

from devhost.problems import problem
from devhost.taskhub import TaskHub

PATH = "/runtime/webhooks/durabletask"

_STATUS_NAMES = {
    pb.ORCHESTRATION_STATUS_RUNNING: "Running",
    pb.ORCHESTRATION_STATUS_COMPLETED: "Completed",
    pb.ORCHESTRATION_STATUS_CONTINUED_AS_NEW: "ContinuedAsNew",
    pb.ORCHESTRATION_STATUS_FAILED: "Failed",
    pb.ORCHESTRATION_STATUS_CANCELED: "Canceled",
    pb.ORCHESTRATION_STATUS_TERMINATED: "Terminated",
    pb.ORCHESTRATION_STATUS_PENDING: "Pending",
    pb.ORCHESTRATION_STATUS_SUSPENDED: "Suspended",
}
_OVER = {"Completed", "Failed", "Canceled", "Terminated"}


def add_management_routes(app: web.Application, hub: TaskHub) -> None:
    """Adds the instance endpoints to a web application."""
    management = _Management(hub)
    instance = PATH + "/instances/{instance_id}"
    app.router.add_get(instance, management.status)
    app.router.add_delete(instance, management.purge)
    app.router.add_post(instance + "/raiseEvent/{event}", management.raise_event)
    app.router.add_post(instance + "/terminate", management.terminate)
    app.router.add_post(instance + "/suspend", management.suspend)
    app.router.add_post(instance + "/resume", management.resume)


class _Management:
    def __init__(self, hub: TaskHub) -> None:
        self._hub = hub

    async def status(self, request: web.Request) -> web.Response:
        state = await self._state(request)
        if state is None:
            return _unknown(request)
        document = _document(state, show_input=request.query.get("showInput", "").lower() != "false")
        runtime_status = document["runtimeStatus"]
        if runtime_status not in _OVER:
            headers = {"Location": str(request.url), "Retry-After": "10"}
            return web.json_response(document, status=202, headers=headers)
        wants_500 = request.query.get("returnInternalServerErrorOnFailure", "").lower() == "true"
        return web.json_response(document, status=500 if wants_500 and runtime_status == "Failed" else 200)

    async def purge(self, request: web.Request) -> web.Response:
        purged = await self._hub.PurgeInstances(
            pb.PurgeInstancesRequest(instanceId=request.match_info["instance_id"])
        )
        if not purged.deletedInstanceCount:
            return _unknown(request)
        return web.json_response({"instancesDeleted": purged.deletedInstanceCount})

    async def raise_event(self, request: web.Request) -> web.Response:
        try:
            body = await request.text() or "null"
            json.loads(body)
        except ValueError:
            return problem(400, "the event's body must be JSON")
        event = pb.RaiseEventRequest(
            instanceId=request.match_info["instance_id"],
            name=request.match_info["event"],
            input=StringValue(value=body),
        )
        return await self._tell(request, lambda: self._hub.RaiseEvent(event))

    async def terminate(self, request: web.Request) -> web.Response:
        order = pb.TerminateRequest(
            instanceId=request.match_info["instance_id"],
            output=StringValue(value=json.dumps(_reason(request))),
        )
        return await self._tell(request, lambda: self._hub.TerminateInstance(order))

    async def suspend(self, request: web.Request) -> web.Response:
        order = pb.SuspendRequest(
            instanceId=request.match_info["instance_id"], reason=StringValue(value=_reason(request))
        )
        return await self._tell(request, lambda: self._hub.SuspendInstance(order))

    async def resume(self, request: web.Request) -> web.Response:
        order = pb.ResumeRequest(
            instanceId=request.match_info["instance_id"], reason=StringValue(value=_reason(request))
        )
        return await self._tell(request, lambda: self._hub.ResumeInstance(order))

    async def _tell(self, request: web.Request, order: Callable[[], Awaitable[object]]) -> web.Response:
        """Gives an order to an instance that is not over: 202, else 404 or 410."""
        state = await self._state(request)
        if state is None:
            return _unknown(request)
        if _STATUS_NAMES[state.orchestrationStatus] in _OVER:
            return problem(410, "the orchestration is over")
        await order()
        return web.Response(status=202)

    async def _state(self, request: web.Request) -> pb.OrchestrationState | None:
        try:
            found = await self._hub.GetInstance(
                pb.GetInstanceRequest(instanceId=request.match_info["instance_id"], getInputsAndOutputs=True)
            )
        except grpc.aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.NOT_FOUND:
                return None
            raise
        return found.orchestrationState if found.exists else None


def _document(state: pb.OrchestrationState, *, show_input: bool) -> dict[str, Any]:
    failed = state.failureDetails.errorMessage if state.HasField("failureDetails") else ""
    return {
        "name": state.name,
        "instanceId": state.instanceId,
        "runtimeStatus": _STATUS_NAMES[state.orchestrationStatus],
        "input": _payload(state.input) if show_input else None,
        "customStatus": _payload(state.customStatus),
        "output": failed or _payload(state.output),
        "createdTime": _time(state.createdTimestamp),
        "lastUpdatedTime": _time(state.lastUpdatedTimestamp),
    }


def _payload(value: StringValue) -> Any:
    """What the JSON text holds; text that is not JSON is given as it is, none as None."""
    if not value.value:
        return None
    try:
        return json.loads(value.value)
    except ValueError:
        return value.value


def _time(timestamp: Timestamp) -> str:
    return timestamp.ToDatetime(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _reason(request: web.Request) -> str:
    return request.query.get("reason", "")


def _unknown(request: web.Request) -> web.Response:
    return problem(404, f"there is no orchestration {request.match_info['instance_id']}")
