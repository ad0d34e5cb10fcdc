"""Serves the routes of the API: what is the same for all of them."""

import logging
from collections.abc import Awaitable, Callable
from functools import cached_property, partial
from typing import Any

import azure.functions as func
from azure.durable_functions import Blueprint

from orchestration.bootstrap import App
from orchestration.durable.client import DurableClient
from orchestration.durable.client_input import bind_durable_client
from orchestration.services.keyed_requests import KeyedRequest
from shared.errors import ClaimsError, TooLarge
from shared.telemetry.log import log_failure
from triggers.http.calls import Command, Handler, Query
from triggers.http.idempotency import Idempotency
from triggers.http.rate_limit import RateLimit, caller_of
from triggers.http.responses import problem
from triggers.http.routes import Route

logger = logging.getLogger(__name__)


class Server:
    """Registers handlers in a blueprint.

    Around each handler, requests are counted and their size is checked, a request that is repeated under its
    idempotency key is answered as before, and an error becomes a problem of RFC 9457.
    """

    def __init__(self, app: App) -> None:
        self.blueprint = Blueprint()
        self._app = app
        self._idempotency = Idempotency()

    def query(self, route: Route, handler: Handler[Query]) -> None:
        """Serve `route` by a handler that changes nothing."""

        async def served(req: func.HttpRequest) -> func.HttpResponse:
            return await self._answer(route, req, lambda: handler(Query(self._app.services, req)))

        self._register(route, served)

    def command(self, route: Route, handler: Handler[Command]) -> None:
        """Serve `route` by a handler that changes something."""

        @bind_durable_client(self.blueprint)
        async def served(req: func.HttpRequest, durable_client: DurableClient) -> func.HttpResponse:
            def carry_out(keyed: KeyedRequest | None) -> Awaitable[func.HttpResponse]:
                return handler(Command(self._app.services, req, durable_client, keyed))

            once = partial(self._idempotency.once, self._app.store, req, carry_out)
            return await self._answer(route, req, once if route.takes_key else partial(carry_out, None))

        self._register(route, served)

    def _register(self, route: Route, served: Callable[..., Any]) -> None:
        level = func.AuthLevel.FUNCTION if route.asks_for_key else func.AuthLevel.ANONYMOUS
        routed = self.blueprint.route(route=route.path, methods=[route.method], auth_level=level)(served)
        self.blueprint.function_name(route.name)(routed)

    async def _answer(
        self, route: Route, req: func.HttpRequest, handler: Callable[[], Awaitable[func.HttpResponse]]
    ) -> func.HttpResponse:
        try:
            settings = self._app.settings
            if route.has_rate_limit and self._rate_limit:
                await self._rate_limit.check(
                    caller_of(req, authentication_is_on=settings.authentication_is_on)
                )
            if route.method == "POST":
                _check_size(req, settings.max_request_bytes)
            return await handler()
        except ClaimsError as error:
            return problem(error)
        except Exception as error:
            log_failure(logger, route.name, error)
            return problem(
                ClaimsError("something went wrong on our side; the same request may be sent again")
            )

    @cached_property
    def _rate_limit(self) -> RateLimit | None:
        rate = self._app.settings.request_rate_limit
        return RateLimit(rate) if rate else None


def _check_size(req: func.HttpRequest, limit: int) -> None:
    size = len(req.get_body())
    if size > limit:
        raise TooLarge(f"a request has at most {limit} bytes; this one has {size}")
