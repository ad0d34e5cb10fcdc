"""What requests carry: the claim id of the route, headers, and JSON bodies as models."""

from typing import Any

import azure.functions as func
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from shared.errors import BadRequest, FieldError, InvalidInput, NotFound
from shared.models.requests import UNION_TAGS
from shared.names import check_claim_id

_MESSAGES = {"extra_forbidden": "unknown field", "model_type": "must be an object"}
"""Messages in place of pydantic's own, by its error type."""


def claim_id_of(req: func.HttpRequest) -> str:
    """The claim id in the route.

    Raises:
        NotFound: it is no claim id, so there is no such claim.
    """
    try:
        return check_claim_id(str(req.route_params["claim_id"]))
    except ValueError as error:
        raise NotFound(f"there is no such claim: {error}") from None


def parse_body[Model: BaseModel](req: func.HttpRequest, model: type[Model]) -> Model:
    """The request's JSON body as `model`.

    Raises:
        BadRequest: the body is empty or no JSON.
        InvalidInput: it does not fit; names every field that is wrong.
    """
    return parse_json(req.get_body(), model)


def parse_json[Model: BaseModel](body: bytes, model: type[Model]) -> Model:
    """As `parse_body`, for bytes."""
    if not body.strip():
        raise BadRequest("the body is empty; send JSON")
    try:
        document = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise BadRequest(f"the body is no JSON: {_where(error)}") from None
    return validated(document, model)


def validated[Model: BaseModel](document: object, model: type[Model]) -> Model:
    """`document` as `model`.

    Raises:
        InvalidInput: it does not fit; names every field that is wrong.
    """
    if not isinstance(document, dict):
        raise InvalidInput("the body must be a JSON object")
    try:
        return model.model_validate(document)
    except ValidationError as error:
        errors = [_field_error(dict(problem)) for problem in error.errors()]
        raise InvalidInput(
            f"{len(errors)} field{'s are' if len(errors) > 1 else ' is'} wrong", errors
        ) from None


def header(req: func.HttpRequest, name: str, default: str = "") -> str:
    """A request header; `default` where it is absent."""
    return str(req.headers.get(name, default))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]


def _field_error(problem: dict[str, Any]) -> FieldError:
    path = [str(part) for part in problem["loc"] if part not in UNION_TAGS]
    message = _MESSAGES.get(problem["type"]) or str(problem["msg"]).removeprefix("Value error, ")
    return FieldError(field=".".join(path), message=message)


def _where(error: ValueError) -> str:
    """Position and kind of a JSON error, without the text around it."""
    return str(error).partition("\n")[0][:200]
