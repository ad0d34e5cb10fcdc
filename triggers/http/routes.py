"""A route of the API as one value, from which it is both served (serving.py) and described (openapi.py).

The table of all routes is route_table.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import azure.functions as func
from pydantic import BaseModel

from shared.clock import parse_instant
from shared.errors import FieldError, InvalidInput

JSON = "application/json"

Schema = Mapping[str, Any]
"""JSON Schema 2020-12."""


@dataclass(frozen=True)
class Text:
    """A query parameter or header that is a text, with the form that it must have."""

    name: str
    description: str
    schema: Schema = field(default_factory=lambda: {"type": "string"})

    def of(self, req: func.HttpRequest) -> str | None:
        """The value in the query; None where the parameter is absent."""
        return req.params.get(self.name)


@dataclass(frozen=True)
class WholeNumber:
    """A query parameter that is a whole number between `low` and `high`."""

    name: str
    description: str
    default: int
    low: int
    high: int

    @property
    def schema(self) -> Schema:
        """The JSON Schema of the number."""
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
            raise InvalidInput.of_field(self.name, message)
        return int(text)


@dataclass(frozen=True)
class Instant:
    """A query parameter that is an instant with a zone, or a date."""

    name: str
    description: str

    @property
    def schema(self) -> Schema:
        """The JSON Schema of the instant."""
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
            raise InvalidInput.of_field(self.name, f"must be {error}") from None


Parameter = Text | WholeNumber | Instant

IDEMPOTENCY_KEY = Text(
    "Idempotency-Key",
    "Names this request: sent again under its key it is answered as it was, and done once.",
    {"type": "string", "pattern": "^[!-~]{1,255}$"},
)

_OF_THE_HOST = ("code", "clientId")
"""Query parameters that the Functions host takes: a function key, and its name."""


@dataclass(frozen=True)
class Body:
    """A request body of one content type; `model` is what it is parsed into, where it is JSON."""

    content_type: str
    model: type[BaseModel] | None = None
    schema: Schema | None = None


@dataclass(frozen=True)
class RouteResponse:
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
    responses: tuple[RouteResponse, ...] = ()
    problems: tuple[int, ...] = ()
    asks_for_key: bool = True
    asks_for_officer: bool = False
    has_rate_limit: bool = True

    @property
    def takes_key(self) -> bool:
        """Whether a request may carry an idempotency key."""
        return IDEMPOTENCY_KEY in self.headers


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
