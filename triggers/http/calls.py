"""What a handler is given: the request, and what it works with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import azure.functions as func

from orchestration.durable.client import DurableClient
from orchestration.services.context import ServiceContext
from orchestration.services.keyed_requests import KeyedRequest
from triggers.http.requests import claim_id_of


@dataclass(frozen=True)
class Query:
    """A request that changes nothing."""

    services: ServiceContext
    req: func.HttpRequest

    @property
    def claim_id(self) -> str:
        """The claim id in the route.

        Raises:
            NotFound: it is no claim id, so there is no such claim.
        """
        return claim_id_of(self.req)


@dataclass(frozen=True)
class Command(Query):
    """A request that changes something."""

    client: DurableClient
    keyed: KeyedRequest | None
    """The request, where it has an idempotency key."""


type Handler[Call: Query] = Callable[[Call], Awaitable[func.HttpResponse]]
