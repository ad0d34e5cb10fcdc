"""A route of the API as one value: what serves it and what describes it (openapi.py) are the same.

The table of all routes is route_table.py; a handler is registered with `serves`.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import azure.functions as func
from azure.durable_functions import Blueprint
from pydantic import BaseModel

from orchestration.durable.client_input import PARAMETER, bind_durable_client
from shared.clock import parse_instant
from shared.errors import FieldError, InvalidInput
from triggers.http.rate_limit import limited
from triggers.http.responses import answers

JSON = "application/json"

Schema = Mapping[str, Any]
"""JSON Schema 2020-12."""

Handler = Callable[..., Awaitable[func.HttpResponse]]


@dataclass(frozen=True)
class Text:
    """A query parameter or header that is a text, with the form that it must have."""

    name: str
    description: str
    schema: Schema = field(default_factory=lambda: {"type": "string"})
    is_required: bool = False

    def of(self, req: func.HttpRequest) -> str | None:
        """What the query says; None where it says nothing."""
        return req.params.get(self.name)


@dataclass(frozen=True)
class WholeNumber:
    """A query parameter that is a whole number between `low` and `high`."""

    name: str
    description: str
    default: int
    low: int
    high: int
    is_required: bool = False

    @property
    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.low, "maximum": self.high, "default": self.default}

    def of(self, req: func.HttpRequest) -> int:
        """
        Raises:
            InvalidInput: it is no such number.
        """
        text = req.params.get(self.name)
        if text is None:
            return self.default
        if not (text.isascii() and text.isdigit() and len(text) < 12 and self.low <= int(text) <= self.high):
            message = f"must be a whole number from {self.low} to {self.high}"
            raise InvalidInput(f"{self.name} is wrong", [FieldError(field=self.name, message=message)])
        return int(text)


@dataclass(frozen=True)
class Instant:
    """A query parameter that is an instant with a zone, or a date."""

    name: str
    description: str
    is_required: bool = False

    @property
    def schema(self) -> Schema:
        forms = ("date-time", "date")
        return {"anyOf": [{"type": "string", "format": form} for form in forms]}

    def of(self, req: func.HttpRequest) -> datetime | None:
        """
        Raises:
            InvalidInput: it is neither.
        """
        text = req.params.get(self.name)
        try:
            return None if text is None else parse_instant(text)
        except ValueError as error:
            problem = FieldError(field=self.name, message=f"must be {error}")
            raise InvalidInput(f"{self.name} is wrong", [problem]) from None


Parameter = Text | WholeNumber | Instant

_OF_THE_HOST = ("code", "clientId")
"""Query parameters that the Functions host takes: a function key, and its name."""


@dataclass(frozen=True)
class Body:
    """A request body of one content type; `model` is what it is parsed into, where it is JSON."""

    content_type: str
    model: type[BaseModel] | None = None
    schema: Schema | None = None


@dataclass(frozen=True)
class Answer:
    """An answer that is no error; without a model it has no body, or one that `schema` describes."""

    status: int
    description: str
    model: type[BaseModel] | tuple[type[BaseModel], ...] | None = None
    content_type: str = JSON
    schema: Schema | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Name to description."""
    leads_on: bool = False
    """Whether its `claim_id` is that of a claim, which every operation on a claim takes."""


@dataclass(frozen=True)
class Route:
    """`path` is below the route prefix. `problems` are the statuses of its errors, beside a 500."""

    method: str
    path: str
    name: str
    """Of the function that serves it, and its operation id."""
    summary: str
    description: str = ""
    query: tuple[Parameter, ...] = ()
    headers: tuple[Text, ...] = ()
    bodies: tuple[Body, ...] = ()
    answers: tuple[Answer, ...] = ()
    problems: tuple[int, ...] = ()
    asks_for_key: bool = True
    asks_for_officer: bool = False
    has_rate_limit: bool = True


def check_query(req: func.HttpRequest, route: Route) -> None:
    """
    Raises:
        InvalidInput: the query has a parameter that the route does not take, so that it would ask for another
            thing than was meant.
    """
    known = [parameter.name for parameter in route.query]
    message = f"unknown parameter; there are {', '.join(known)}"
    unknown = [name for name in req.params if name not in known and name not in _OF_THE_HOST]
    if unknown:
        raise InvalidInput(
            "the query is wrong",
            [FieldError(field=name[:100] or "query", message=message) for name in unknown[:20]],
        )


def serves(blueprint: Blueprint, route: Route, *around: Callable[[Handler], Handler]) -> Callable[..., Any]:
    """Register an async function for `route`; what it raises becomes a problem+json answer.

    `around` are decorators that come within that. A parameter `durable_client` is bound.
    """

    def register(handler: Handler) -> Any:
        if handler.__name__ != route.name:
            raise ValueError(f"{handler.__name__} is to serve {route.name}")
        takes_clockwork = PARAMETER in inspect.signature(handler).parameters
        for decorate in around:
            handler = decorate(handler)
        if route.has_rate_limit:
            handler = limited(handler)
        served: Any = answers(handler)
        if takes_clockwork:
            served = bind_durable_client(blueprint)(served)
        level = func.AuthLevel.FUNCTION if route.asks_for_key else func.AuthLevel.ANONYMOUS
        return blueprint.route(route=route.path, methods=[route.method], auth_level=level)(served)

    return register
