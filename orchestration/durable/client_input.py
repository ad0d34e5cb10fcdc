"""The durable client as an input binding, made once for each process instead of once for each call.

The SDK's own decorator opens a gRPC channel and looks up its version at every invocation of an async
function, which is most of what a small request costs. Sync functions get a client that the SDK caches by
the binding's configuration; this does the same for async ones.
"""

import asyncio
import functools
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakKeyDictionary

from azure.durable_functions import Blueprint, DurableFunctionsClient
from azure.durable_functions.constants import DURABLE_CLIENT

from orchestration.durable.client import DurableClient

PARAMETER = "durable_client"

_made: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, DurableClient]] = WeakKeyDictionary()


def bind_durable_client(blueprint: Blueprint) -> Callable[[Callable[..., Awaitable[Any]]], Any]:
    """Bind the parameter `durable_client: DurableClient` of an async function to the durable client."""

    def decorate(function: Callable[..., Awaitable[Any]]) -> Any:
        @functools.wraps(function)
        async def bound(*args: Any, **kwargs: Any) -> Any:
            return await function(*args, **kwargs | {PARAMETER: _client_of_loop(kwargs[PARAMETER])})

        # What the worker checks is what the host sends: the configuration, as JSON.
        bound.__annotations__ = function.__annotations__ | {PARAMETER: str}
        binding = blueprint.generic_input_binding(  # pyright: ignore[reportUnknownMemberType]
            arg_name=PARAMETER, type=DURABLE_CLIENT, durable_requires_grpc=True
        )
        return binding(bound)

    return decorate


def _client_of_loop(configuration: str) -> DurableClient:
    """The client of the running event loop, to which its gRPC channel belongs."""
    made = _made.setdefault(asyncio.get_running_loop(), {})
    if configuration not in made:
        made[configuration] = DurableClient(DurableFunctionsClient(configuration))
    return made[configuration]
