"""The HTTP management endpoints that a Durable Functions check-status response names."""

import json
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

_OVER = {"Completed", "Failed", "Canceled", "Terminated"}


def add_management_routes(app: web.Application, hub: TaskHub) -> None:
    """Adds the instance endpoints to a web application."""
    management = _Management(hub)
    instance = PATH + "/instances/{instance_id}"
    app.router.add_get(instance, management.status)
    app.router.add_delete(instance, management.purge)
    app.router.add_post(instance + "/raiseEvent/{event}", management.raise_event)
    app.router.add_post(instance + "/{order:terminate|suspend|resume}", management.give_order)


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
        purged = await self._hub.PurgeInstances(pb.PurgeInstancesRequest(instanceId=_instance_id(request)))
        if not purged.deletedInstanceCount:
            return _unknown(request)
        return web.json_response({"instancesDeleted": purged.deletedInstanceCount})

    async def raise_event(self, request: web.Request) -> web.Response:
        try:
            body = await request.text() or "null"
            json.loads(body)
        except ValueError:
            return problem(400, "the event's body must be JSON")
        if refusal := await self._refusal(request):
            return refusal
        await self._hub.RaiseEvent(
            pb.RaiseEventRequest(
                instanceId=_instance_id(request),
                name=request.match_info["event"],
                input=StringValue(value=body),
            )
        )
        return web.Response(status=202)

    async def give_order(self, request: web.Request) -> web.Response:
        if refusal := await self._refusal(request):
            return refusal
        instance_id, reason = _instance_id(request), request.query.get("reason", "")
        match request.match_info["order"]:
            case "terminate":
                output = StringValue(value=json.dumps(reason))
                await self._hub.TerminateInstance(pb.TerminateRequest(instanceId=instance_id, output=output))
            case "suspend":
                suspend = pb.SuspendRequest(instanceId=instance_id, reason=StringValue(value=reason))
                await self._hub.SuspendInstance(suspend)
            case _:
                resume = pb.ResumeRequest(instanceId=instance_id, reason=StringValue(value=reason))
                await self._hub.ResumeInstance(resume)
        return web.Response(status=202)

    async def _refusal(self, request: web.Request) -> web.Response | None:
        """The answer to an order for an instance that there is not, or that is over: 404 or 410."""
        state = await self._state(request)
        if state is None:
            return _unknown(request)
        is_over = _status_name(state.orchestrationStatus) in _OVER
        return problem(410, "the orchestration is over") if is_over else None

    async def _state(self, request: web.Request) -> pb.OrchestrationState | None:
        try:
            found = await self._hub.GetInstance(
                pb.GetInstanceRequest(instanceId=_instance_id(request), getInputsAndOutputs=True)
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
        "runtimeStatus": _status_name(state.orchestrationStatus),
        "input": _payload(state.input) if show_input else None,
        "customStatus": _payload(state.customStatus),
        "output": failed or _payload(state.output),
        "createdTime": _time(state.createdTimestamp),
        "lastUpdatedTime": _time(state.lastUpdatedTimestamp),
    }


def _status_name(status: pb.OrchestrationStatus) -> str:
    """The status as Durable Functions writes it, such as `ContinuedAsNew`."""
    words = pb.OrchestrationStatus.Name(status).removeprefix("ORCHESTRATION_STATUS_").split("_")
    return "".join(word.capitalize() for word in words)


def _payload(value: StringValue) -> Any:
    """The content of JSON text. Text that is not JSON is returned as it is, and no text as None."""
    if not value.value:
        return None
    try:
        return json.loads(value.value)
    except ValueError:
        return value.value


def _time(timestamp: Timestamp) -> str:
    return timestamp.ToDatetime(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _instance_id(request: web.Request) -> str:
    return request.match_info["instance_id"]


def _unknown(request: web.Request) -> web.Response:
    return problem(404, f"there is no orchestration {_instance_id(request)}")
