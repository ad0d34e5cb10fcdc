"""A carrier's own service in front of Claims Orchestrator, by way of the Python API.

    python -m samples.backend_service

    POST /my-claims                    a submission; responds once the claim is done or waits
    GET  /my-claims/{id}               how it stands
    GET  /my-claims/{id}/missing       what it waits for, and how to ask the claimant for it
    POST /my-claims/{id}/documents     the raw file, with ?filename= and, if known, &type=

One orchestrator serves all requests. It talks to the app at CLAIMS_URL, or else works on the folder
`my-sessions` by a host that it starts and stops.
"""

import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from client import ApiError, ClaimsOrchestrator, InputError, build_orchestrator

LARGEST_REQUEST = 32 * 1024 * 1024
"""Bytes."""

Submission = TypeAdapter(dict[str, Any])
ORCHESTRATOR = web.AppKey("orchestrator", ClaimsOrchestrator)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
routes = web.RouteTableDef()


@routes.post("/my-claims")
async def submit(request: web.Request) -> web.Response:
    try:
        submission = Submission.validate_json(await request.read())
    except ValidationError:
        raise InputError("send a claim as a JSON object") from None
    claim = await request.app[ORCHESTRATOR].process_claim(submission)
    return web.json_response(_for_our_portal(claim), status=201)


@routes.get("/my-claims/{claim_id}")
async def status(request: web.Request) -> web.Response:
    claim = await request.app[ORCHESTRATOR].get_status(request.match_info["claim_id"])
    return web.json_response(_for_our_portal(claim))


@routes.get("/my-claims/{claim_id}/missing")
async def missing(request: web.Request) -> web.Response:
    return web.json_response(
        await request.app[ORCHESTRATOR].missing_documents(request.match_info["claim_id"])
    )


@routes.post("/my-claims/{claim_id}/documents")
async def add_document(request: web.Request) -> web.Response:
    if "filename" not in request.query:
        raise InputError("name the document: ?filename=")
    document = {**request.query, "content": await request.read()}
    claim = await request.app[ORCHESTRATOR].continue_claim(
        claim_id=request.match_info["claim_id"], additional_documents={"documents": [document]}
    )
    return web.json_response(_for_our_portal(claim))


@web.middleware
async def pass_on_refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What Claims Orchestrator refuses is refused here, in the same words."""
    try:
        return await handler(request)
    except ApiError as error:
        return web.json_response({"message": str(error), "fields": error.errors}, status=error.status)
    except InputError as error:
        return web.json_response({"message": str(error), "fields": []}, status=400)


def _for_our_portal(claim: Mapping[str, Any]) -> dict[str, Any]:
    shown = ("claim_id", "status", "outcome", "missing_documents", "missing_information")
    return {name: claim.get(name) for name in shown}


def make_app(config: Mapping[str, Any]) -> web.Application:
    """The service; `config` holds the settings of `build_orchestrator`."""

    async def orchestrator(app: web.Application) -> AsyncGenerator[None]:
        async with await build_orchestrator(config) as app[ORCHESTRATOR]:
            yield

    app = web.Application(client_max_size=LARGEST_REQUEST, middlewares=[pass_on_refusals])
    app.add_routes(routes)
    app.cleanup_ctx.append(orchestrator)
    return app


def main() -> None:
    url = os.environ.get("CLAIMS_URL")
    config = {"url": url, "key": os.environ.get("CLAIMS_KEY")} if url else {"session_dir": "my-sessions"}
    web.run_app(make_app(config), host="127.0.0.1", port=8080)


if __name__ == "__main__":
    main()
