"""The app as the Functions worker library presents it: its functions, and how to run one."""

import json
import logging
import os
import sys
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import azure_functions_runtime  # pyright: ignore[reportMissingTypeStubs]

from devhost import protos
from devhost.config import resolve_settings
from devhost.errors import HostError
from devhost.protos import Message, TypedData

_runtime: Any = azure_functions_runtime  # it carries no types

_log = logging.getLogger("devhost.worker")

# Synchronous functions mostly wait; the library's own default is a few threads for each core.
_SYNC_THREADS = "32"


@dataclass(frozen=True)
class Function:
    """A function of the app: its trigger and its input bindings as declared, with the settings filled in."""

    name: str
    id: str
    trigger: Mapping[str, Any]
    inputs: tuple[Mapping[str, Any], ...]

    @property
    def kind(self) -> str:
        """The trigger's type, such as `httpTrigger`."""
        return self.trigger["type"]


class FunctionFailed(Exception):
    """A function raised an exception: `error_type` is its type's name, and `detail` its text."""

    def __init__(self, function: Function, exception: protos.RpcException) -> None:
        self.error_type, _, self.detail = exception.message.partition(": ")
        self.stack_trace = exception.stack_trace
        super().__init__(f"function {function.name} failed with {self.error_type}")


class Worker:
    """Runs one app in this process, and no more than one, since the worker library keeps global state."""

    def __init__(self, app: Path, functions: Iterable[Function]) -> None:
        self.app = app
        self.functions = {function.name: function for function in functions}
        self.client_configuration = "{}"
        """The JSON that a durable client binding is given. It is set once the addresses are known."""

    @classmethod
    async def start(cls, app: Path) -> "Worker":
        """Imports and indexes the app in the directory `app`, which becomes the working directory.

        Raises:
            HostError: the app cannot be imported or indexed. The message is the one that the app raised.
        """
        if not (app / "function_app.py").is_file():
            raise HostError(f"there is no function_app.py in {app}: name the app's directory with --app")
        os.chdir(app)  # as in Azure
        sys.path.insert(0, str(app))
        os.environ.setdefault("PYTHON_THREADPOOL_THREAD_COUNT", _SYNC_THREADS)
        _runtime.start_threadpool_executor()
        request = Message(
            request=Message(worker_init_request=Message(function_app_directory=str(app), capabilities={})),
            properties={"host": "127.0.0.1", "protos": protos},
        )
        initialised: protos.WorkerInitResponse = await _runtime.worker_init_request(request)
        if initialised.result.status != protos.StatusResult.Success:
            exception = initialised.result.exception
            _log.debug("%s", exception.stack_trace)
            # The library adds its search path to the message of an import error.
            raise HostError(exception.message.partition(". Cannot find module.")[0].strip())
        indexed: protos.FunctionMetadataResponse = await _runtime.functions_metadata_request(request)
        return cls(app, [_function(metadata) for metadata in indexed.function_metadata_results or []])

    def triggered_by(self, kind: str) -> list[Function]:
        """The functions whose trigger is of a type such as `timerTrigger`."""
        return [function for function in self.functions.values() if function.kind == kind]

    async def invoke(
        self, function: Function, data: TypedData, metadata: Mapping[str, TypedData] | None = None
    ) -> TypedData | None:
        """Runs a function on its trigger's `data` and returns what it returned.

        Raises:
            FunctionFailed: the function raised, or its input or output does not fit its bindings.
        """
        inputs = [protos.ParameterBinding(name=function.trigger["name"], data=data)]
        for binding in function.inputs:
            if binding["type"] == "durableClient":
                client = TypedData(string=self.client_configuration)
                inputs.append(protos.ParameterBinding(name=binding["name"], data=client))
        request = protos.InvocationRequest(
            invocation_id=str(uuid.uuid4()),
            function_id=function.id,
            input_data=inputs,
            trigger_metadata=metadata or {},
        )
        response: protos.InvocationResponse = await _runtime.invocation_request(
            Message(request=Message(invocation_request=request))
        )
        if response.result.status != protos.StatusResult.Success:
            raise FunctionFailed(function, response.result.exception)
        return response.return_value


def _function(metadata: protos.RpcFunctionMetadata) -> Function:
    bindings = [_resolved(metadata.name, json.loads(raw)) for raw in metadata.raw_bindings]
    triggers = [binding for binding in bindings if binding["type"].endswith("Trigger")]
    inputs = [binding for binding in bindings if binding["direction"] == "IN" and binding not in triggers]
    return Function(metadata.name, metadata.function_id, triggers[0], tuple(inputs))


def _resolved(function: str, binding: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: resolve_settings(value, f"function {function}: {key}") if isinstance(value, str) else value
        for key, value in binding.items()
    }
