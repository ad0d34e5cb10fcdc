"""Stand-ins for the messages that the Functions host and its Python worker exchange.

The worker library is given this module and builds its answers from it, so names and fields are those of
FunctionRpc.proto. Only what the library uses is here, and only fields that this package reads are declared.
"""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, ClassVar


class Message(SimpleNamespace):
    """A message with the fields that it was given."""


class TypedData:
    """One value of one of FunctionRpc's kinds, such as `TypedData(json="{}")`."""

    def __init__(self, **value: Any) -> None:
        self.kind: str
        self.value: Any
        ((self.kind, self.value),) = value.items()
        setattr(self, self.kind, self.value)

    def WhichOneof(self, group: str) -> str:
        """The kind of the value."""
        return self.kind


class ParameterBinding(Message):
    """An argument of a function: `name` and `data`."""

    def WhichOneof(self, group: str) -> str:
        """The kind of argument, which is always a value."""
        return "data"


class BindingInfo(Message):
    """A binding as indexed; directions and data types are numbers of protobuf enumerations."""

    out: ClassVar[int] = 1
    inout: ClassVar[int] = 2
    undefined: ClassVar[int] = 0


class RpcException(Message):
    """What a function, or the library, raised."""

    message: str
    stack_trace: str


class StatusResult(Message):
    """How a request went; `exception` is there only if it failed."""

    Failure: ClassVar[int] = 0
    Success: ClassVar[int] = 1

    status: int
    exception: RpcException


class WorkerInitResponse(Message):
    """The answer to the request to load an app."""

    result: StatusResult


class RpcFunctionMetadata(Message):
    """A function of the app; each of `raw_bindings` is JSON."""

    name: str
    function_id: str
    raw_bindings: list[str]


class FunctionMetadataResponse(Message):
    """The functions of the app."""

    function_metadata_results: list[RpcFunctionMetadata] | None


class InvocationRequest(Message):
    """The request to run a function, which is neither traced nor retried by the host."""

    trace_context = Message(trace_parent="", trace_state="", attributes={})
    retry_context = Message(retry_count=0, max_retry_count=0, exception=RpcException())


class InvocationResponse(Message):
    """What became of the run of a function; `return_value` is there only if it succeeded."""

    result: StatusResult
    return_value: TypedData | None


class RpcHttpCookie(Message):
    """A cookie of an HTTP response; an attribute that is not None holds its `value`."""

    SameSite: ClassVar = Message(Lax="Lax", Strict="Strict", ExplicitNone="None", **{"None": None})

    name: str
    value: str
    same_site: str | None


class RpcHttp(Message):
    """An HTTP request, which the library reads, or response, which this package reads."""

    headers: Mapping[str, str]
    body: TypedData
    status_code: str
    cookies: list[RpcHttpCookie] | None


WorkerMetadata = RpcRetryOptions = Message
NullableString = NullableBool = NullableDouble = NullableTimestamp = Timestamp = Message
