"""How the app answers over HTTP: JSON, and problem+json (RFC 9457) for every error."""

import functools
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import azure.functions as func
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from shared.errors import (
    BadRequest,
    ClaimsError,
    FieldError,
    InvalidInput,
    NotFound,
    TooLarge,
    TooManyRequests,
)
from shared.models.claim import ClaimStatus
from shared.models.requests import UNION_TAGS
from shared.names import check_claim_id
from shared.settings import settings
from shared.telemetry.log import log_failure
from triggers.http.problems import PROBLEMS
from triggers.http.views import Accepted, Links

logger = logging.getLogger(__name__)
RETRY_AFTER_SECONDS = "1"

_MESSAGES = {"extra_forbidden": "unknown field", "model_type": "must be an object"}
"""For what pydantic says in its own terms, by its error type."""

Model = TypeVar("Model", bound=BaseModel)
Handler = Callable[..., Awaitable[func.HttpResponse]]


def answers(handler: Handler) -> Handler:
    """Turn what `handler` raises into a problem+json answer; what was not foreseen is a bare 500."""

    @functools.wraps(handler)
    async def wrapped(*args: Any, **kwargs: Any) -> func.HttpResponse:
        try:
            return await handler(*args, **kwargs)
        except ClaimsError as error:
            return problem(error)
        except Exception as error:
            log_failure(logger, handler.__name__, error)
            return problem(
                ClaimsError("something went wrong on our side; the same request may be sent again")
            )

    return wrapped


def json_answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> func.HttpResponse:
    """`body` as JSON: a model, or what `json` takes."""
    is_model = isinstance(body, BaseModel)
    return func.HttpResponse(
        body.model_dump_json() if is_model else json.dumps(body, ensure_ascii=False),
        status_code=status,
        headers=headers,
        mimetype="application/json",
        charset="utf-8",
    )


def problem(error: ClaimsError) -> func.HttpResponse:
    kind = PROBLEMS[type(error)]
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": kind.title,
        "status": kind.status,
        "detail": error.detail,
    }
    if error.errors:
        body["errors"] = error.errors
    return func.HttpResponse(
        json.dumps(body, ensure_ascii=False),
        status_code=kind.status,
        headers={"Retry-After": str(error.retry_after)} if isinstance(error, TooManyRequests) else None,
        mimetype="application/problem+json",
    )


def claim_id_of(req: func.HttpRequest) -> str:
    """The claim id in the route.

    Raises:
        NotFound: it is no claim id, so there is no such claim.
    """
    try:
        return check_claim_id(str(req.route_params["claim_id"]))
    except ValueError as error:
        raise NotFound(f"there is no such claim: {error}") from None


def body_of(req: func.HttpRequest) -> bytes:
    """The request's body.

    Raises:
        TooLarge: it is over the limit.
    """
    body = req.get_body()
    limit = settings().max_request_bytes
    if len(body) > limit:
        raise TooLarge(f"a request has at most {limit} bytes; this one has {len(body)}")
    return body


def parse_body[Model: BaseModel](req: func.HttpRequest, model: type[Model]) -> Model:
    """The request's JSON body as `model`.

    Raises:
        BadRequest: the body is empty or no JSON.
        InvalidInput: it does not fit; names every field that is wrong.
        TooLarge: it is over the limit.
    """
    return parse_json(body_of(req), model)


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


def links(req: func.HttpRequest, claim_id: str) -> Links:
    """Where a claim's resources are, as paths on the host that was called."""
    root, found, _ = urlsplit(req.url).path.partition("/claims")
    claim = f"{root if found else ''}/claims/{claim_id}"
    return {
        "self": claim,
        "missing_documents": f"{claim}/missing-documents",
        "continue": f"{claim}/continue",
        "documents": f"{claim}/documents",
        "history": f"{claim}/history",
        "decision": f"{claim}/decision",
        "withdraw": f"{claim}/withdraw",
    }


def accepted(req: func.HttpRequest, claim_id: str, status: ClaimStatus) -> func.HttpResponse:
    """202: it is on record, and the claim is being worked, or will be in a moment."""
    where = links(req, claim_id)
    return json_answer(
        Accepted(claim_id=claim_id, status=status, links=where),
        202,
        {"Location": where["self"], "Retry-After": RETRY_AFTER_SECONDS},
    )


def _field_error(problem: dict[str, Any]) -> FieldError:
    path = [str(part) for part in problem["loc"] if part not in UNION_TAGS]
    message = _MESSAGES.get(problem["type"]) or str(problem["msg"]).removeprefix("Value error, ")
    return FieldError(field=".".join(path), message=message)


def _where(error: ValueError) -> str:
    """NextStep and kind of a JSON error, without the text around it."""
    return str(error).partition("\n")[0][:200]
