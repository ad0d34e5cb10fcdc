"""The durable client binding that the host sees is the one that the SDK's own decorator declares."""

from typing import Any

import azure.functions as func
from azure.durable_functions import Blueprint

from orchestration.durable.client import DurableClient
from orchestration.durable.client_input import bind_durable_client


def bindings_of(blueprint: Blueprint, name: str) -> list[dict[str, Any]]:
    app = func.FunctionApp()
    app.register_functions(blueprint)
    function = next(function for function in app.get_functions() if function.get_function_name() == name)
    return [binding.get_dict_repr() for binding in function.get_bindings()]  # pyright: ignore[reportUnknownMemberType]


def test_the_host_is_told_the_same_as_by_the_sdk() -> None:
    theirs, ours = Blueprint(), Blueprint()

    @theirs.route(route="x")
    @theirs.durable_client_input(client_name="durable_client")
    async def by_the_sdk(req: func.HttpRequest, durable_client: str) -> str:
        return durable_client

    @ours.route(route="x")
    @bind_durable_client(ours)
    async def by_us(req: func.HttpRequest, durable_client: DurableClient) -> str:
        return str(durable_client)

    expected = bindings_of(theirs, "by_the_sdk")
    assert bindings_of(ours, "by_us") == expected
    assert any(binding["type"] == "durableClient" for binding in expected)
    del by_the_sdk, by_us
