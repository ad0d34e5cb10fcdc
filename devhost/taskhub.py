"""The gRPC service of the durable engine, typed, as the host calls it on its event loop."""

from typing import Protocol, cast

import durabletask.internal.orchestrator_service_pb2 as pb
import durabletask.internal.orchestrator_service_pb2_grpc as stubs  # pyright: ignore[reportMissingTypeStubs]
import grpc.aio
from durabletask.internal.grpc_interceptor import (  # pyright: ignore[reportMissingTypeStubs]
    DefaultAsyncClientInterceptorImpl,
)

from devhost.engine import MAX_MESSAGE_BYTES


class _Call[Request, Response](Protocol):
    async def __call__(self, request: Request, /) -> Response: ...


class _Stream[Request, Response](Protocol):
    def __call__(self, request: Request, /) -> grpc.aio.UnaryStreamCall[Request, Response]: ...


class TaskHub(Protocol):
    """The calls that the host makes, which any durabletask sidecar answers."""

    GetWorkItems: _Stream[pb.GetWorkItemsRequest, pb.WorkItem]
    CompleteOrchestratorTask: _Call[pb.OrchestratorResponse, pb.CompleteTaskResponse]
    CompleteActivityTask: _Call[pb.ActivityResponse, pb.CompleteTaskResponse]
    StartInstance: _Call[pb.CreateInstanceRequest, pb.CreateInstanceResponse]
    GetInstance: _Call[pb.GetInstanceRequest, pb.GetInstanceResponse]
    RaiseEvent: _Call[pb.RaiseEventRequest, pb.RaiseEventResponse]
    TerminateInstance: _Call[pb.TerminateRequest, pb.TerminateResponse]
    SuspendInstance: _Call[pb.SuspendRequest, pb.SuspendResponse]
    ResumeInstance: _Call[pb.ResumeRequest, pb.ResumeResponse]
    PurgeInstances: _Call[pb.PurgeInstancesRequest, pb.PurgeInstancesResponse]


def open_channel(address: str, hub_name: str = "") -> grpc.aio.Channel:
    """A channel to the engine at `HOST:PORT`, which connects when it is first used.

    `hub_name` is for an engine that keeps several task hubs.
    """
    limits = [
        ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
        ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    ]
    interceptors = [DefaultAsyncClientInterceptorImpl([("taskhub", hub_name)])] if hub_name else None
    return grpc.aio.insecure_channel(address, options=limits, interceptors=interceptors)


def task_hub(channel: grpc.aio.Channel) -> TaskHub:
    """The engine's calls over a channel."""
    return cast(TaskHub, stubs.TaskHubSidecarServiceStub(channel))
