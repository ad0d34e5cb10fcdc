"""How the app answers over HTTP: JSON, and problem+json (RFC 9457) for every error."""

import json
from typing import Any
from urllib.parse import urlsplit

import azure.functions as func
from pydantic import BaseModel

from shared.errors import ClaimsError, TooManyRequests
from shared.models.claim import ClaimStatus
from triggers.http.problems import PROBLEMS
from triggers.http.views import Accepted, Links

RETRY_AFTER_SECONDS = "1"


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
    """The response to a request that failed, in the form of RFC 9457."""
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
