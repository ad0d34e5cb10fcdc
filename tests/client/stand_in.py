"""A small HTTP server that gives the documented responses, to test the client without the app.

A claim needs a police report, and the place of the incident. It stays `processing` for two requests after
each change, as a claim does whose inbox is still to be applied.
"""

import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

READS_WHILE_PROCESSING = 2
PAGE = 2

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class StandInClaim:
    claim_id: str
    documents: dict[str, tuple[str, bytes]] = field(default_factory=dict[str, tuple[str, bytes]])
    notes: dict[str, str] = field(default_factory=dict[str, str])
    decision: dict[str, Any] | None = None
    over: str | None = None
    is_erasing: bool = False
    broken_line: int | None = None
    reads_left: int = READS_WHILE_PROCESSING
    messages: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def touch(self, step: str) -> None:
        self.reads_left = READS_WHILE_PROCESSING
        role = step.rpartition(".")[2]
        self.messages.append(
            {"role": "assistant", "name": role, "content": "done", "metadata": {"step": step}}
        )

    @property
    def missing(self) -> list[str]:
        return [] if "police_report" in {type_ for type_, _ in self.documents.values()} else ["police_report"]

    @property
    def missing_information(self) -> list[str]:
        return [] if "incident_location" in self.notes else ["incident_location"]

    @property
    def status(self) -> str:
        if self.reads_left:
            return "processing"
        if self.over or self.decision:
            return self.over or "completed"
        return "paused" if self.missing or self.missing_information else "awaiting_decision"

    def view(self) -> dict[str, Any]:
        decided = self.decision and ("approved" if self.decision["decision"] == "approve" else "denied")
        return {
            "claim_id": self.claim_id,
            "status": self.status,
            "state": "handed_off" if self.decision else "validation_complete",
            "outcome": decided,
            "claim_type": "auto_collision",
            "missing_documents": self.missing,
            "missing_information": self.missing_information,
            "message_count": len(self.messages),
            "saved_at": "2026-11-02T09:00:00Z",
            "expires_at": "2026-12-02T09:00:00Z",
            "termination_reason": "no answer in time" if self.over == "expired" else None,
            "documents": [{"type": type_, "filename": name} for name, (type_, _) in self.documents.items()],
        }


class StandIn:
    """The server's claims and what was asked of it; what is in `fail_next` comes first.

    Claims that are `unwanted` count for a page of the list, but are not on it.
    """

    def __init__(self) -> None:
        self.claims: dict[str, StandInClaim] = {}
        self.requests: list[tuple[str, str]] = []
        self.keys: set[str | None] = set()
        self.content_types: list[str] = []
        self.submissions: list[bytes] = []
        self.searches: list[dict[str, str]] = []
        self.unwanted: set[str] = set()
        self.fail_next: list[web.Response] = []
        self.fail_continue: dict[str, web.Response] = {}

    def claim(self, claim_id: str, **fields: Any) -> StandInClaim:
        """A claim that is there already and at rest."""
        self.claims[claim_id] = StandInClaim(claim_id, reads_left=0, **fields)
        return self.claims[claim_id]

    def application(self) -> web.Application:
        app = web.Application(middlewares=[self._note], client_max_size=2**30)
        claim = "/api/claims/{claim_id}"
        app.add_routes(
            [
                web.post("/api/claims", self._submit),
                web.get("/api/claims", self._list),
                web.get(claim, self._get),
                web.delete(claim, self._erase),
                web.get(f"{claim}/missing-documents", self._missing),
                web.get(f"{claim}/history", self._history),
                web.get(f"{claim}/audit", self._audit),
                web.get(f"{claim}/export", self._export),
                web.post(f"{claim}/continue", self._continue),
                web.post(f"{claim}/documents", self._document),
                web.post(f"{claim}/decision", self._decide),
                web.post(f"{claim}/withdraw", self._withdraw),
            ]
        )
        return app

    @web.middleware
    async def _note(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.requests.append((request.method, request.path))
        self.keys.add(request.headers.get("x-functions-key"))
        if self.fail_next:
            return self.fail_next.pop(0)
        return await handler(request)

    async def _submit(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.submissions.append(body)
        self.content_types.append(request.content_type)
        fields: dict[str, Any] = json.loads(body) if request.content_type == "application/json" else {}
        if "colour" in fields:
            return problem(422, "Invalid input", "1 field is wrong", [("colour", "unknown field")])
        claim = StandInClaim(fields.get("claim_id") or f"CLM-{len(self.claims) + 1}")
        self.claims[claim.claim_id] = claim
        for document in fields.get("documents", []):
            self._keep(claim, document)
        claim.touch("intake.intake_coordinator")
        return self._accepted(claim)

    async def _list(self, request: web.Request) -> web.Response:
        self.searches.append({n: v for n, v in request.query.items() if n not in {"limit", "continuation"}})
        status = request.query.get("status")
        claims = [c.view() for c in self.claims.values() if status in {None, c.status}]
        start = int(request.query.get("continuation", "0"))
        continuation = str(start + PAGE) if start + PAGE < len(claims) else None
        page = [claim for claim in claims[start : start + PAGE] if claim["claim_id"] not in self.unwanted]
        return web.json_response({"claims": page, "continuation": continuation})

    async def _get(self, request: web.Request) -> web.Response:
        claim = self._known(request)
        view = claim.view()
        claim.reads_left = max(0, claim.reads_left - 1)
        return web.json_response(view)

    async def _missing(self, request: web.Request) -> web.Response:
        claim = self._known(request)
        documents = [
            {"type": t, "description": "Police report", "how_to_ask": "Send it."} for t in claim.missing
        ]
        return web.json_response(
            {"missing_documents": documents, "missing_information": claim.missing_information}
        )

    async def _history(self, request: web.Request) -> web.Response:
        messages = self._known(request).messages
        after = int(request.query.get("after", "0"))
        page = messages[after : after + PAGE]
        following = after + len(page)
        return web.json_response({"messages": page, "next": following if following < len(messages) else None})

    async def _continue(self, request: web.Request) -> web.Response:
        claim = self._open(request)
        if refused := self.fail_continue.get(claim.claim_id):
            return refused
        body = await request.json()
        for document in body["documents"]:
            self._keep(claim, document)
        claim.notes |= {note["type"]: note["content"] for note in body["notes"]}
        claim.touch("intake.document_validator")
        return self._accepted(claim)

    async def _document(self, request: web.Request) -> web.Response:
        claim = self._open(request)
        name = request.query["filename"]
        if name.endswith(".zip"):
            return problem(415, "Unsupported media type", "files ending in '.zip' are not taken")
        content = await request.read()
        type_ = request.query.get("type") or _classified(name)
        claim.documents[name] = (type_, content)
        claim.touch("intake.document_validator")
        return web.json_response({"type": type_, "filename": name, "size": len(content)}, status=201)

    async def _decide(self, request: web.Request) -> web.Response:
        claim = self._known(request)
        if claim.status != "awaiting_decision":
            return problem(409, "Conflict", f"{claim.claim_id} is {claim.status}; it awaits no decision")
        claim.decision = await request.json()
        claim.touch("handoff.handoff_agent")
        return self._accepted(claim)

    async def _withdraw(self, request: web.Request) -> web.Response:
        claim = self._open(request)
        claim.over = "withdrawn"
        return self._accepted(claim)

    async def _audit(self, request: web.Request) -> web.Response:
        broken = self._known(request).broken_line
        line: dict[str, Any] = {
            "number": 1,
            "at": "2026-11-22T11:18:30Z",
            "who": "claimant",
            "act": "submitted",
            "from_revision": 0,
            "to_revision": 1,
            "status": "processing",
            "details": {},
            "previous": "",
        }
        fault = broken and "was changed"
        return web.json_response({"lines": [line], "broken_line": broken, "fault": fault})

    async def _export(self, request: web.Request) -> web.Response:
        claim = self._known(request)
        return web.Response(body=f"PK {claim.claim_id}".encode(), content_type="application/zip")

    async def _erase(self, request: web.Request) -> web.Response:
        claim = self._known(request)
        claim.is_erasing = True
        claim.reads_left = READS_WHILE_PROCESSING
        return web.json_response({"claim_id": claim.claim_id, "status": "erased"}, status=202)

    def _keep(self, claim: StandInClaim, document: str | dict[str, Any]) -> None:
        if isinstance(document, dict) and "content_base64" in document:
            name = document["filename"]
            type_ = document.get("type") or _classified(name)
            claim.documents[name] = (type_, base64.b64decode(document["content_base64"]))

    def _known(self, request: web.Request) -> StandInClaim:
        claim = self.claims.get(request.match_info["claim_id"])
        if claim and claim.is_erasing and not claim.reads_left:
            claim = self.claims.pop(claim.claim_id) and None
        if claim is None:
            raise web.HTTPNotFound(
                text=json.dumps({"title": "Not found", "status": 404, "detail": "there is no such claim"}),
                content_type="application/problem+json",
            )
        return claim

    def _open(self, request: web.Request) -> StandInClaim:
        claim = self._known(request)
        if claim.over or claim.decision:
            raise web.HTTPConflict(
                text=json.dumps({"title": "Conflict", "status": 409, "detail": f"{claim.claim_id} is over"}),
                content_type="application/problem+json",
            )
        return claim

    @staticmethod
    def _accepted(claim: StandInClaim) -> web.Response:
        links = {"self": f"/api/claims/{claim.claim_id}"}
        accepted = {"claim_id": claim.claim_id, "status": "processing", "links": links}
        return web.json_response(accepted, status=202)


def too_many_requests(retry_after: int) -> web.Response:
    detail = f"try again in {retry_after} seconds"
    refusal = problem(429, "Too many requests", detail)
    refusal.headers["Retry-After"] = str(retry_after)
    return refusal


def problem(
    status: int, title: str, detail: str, errors: list[tuple[str, str]] | None = None
) -> web.Response:
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if errors:
        body["errors"] = [{"field": name, "message": message} for name, message in errors]
    return web.json_response(body, status=status, content_type="application/problem+json")


def _classified(filename: str) -> str:
    return "police_report" if "police" in filename else "other"
