"""A claim's life in one process: what the triggers and the workflow do, without a host."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import azure.functions as func

from orchestration.durable.activities import advance
from orchestration.durable.workflow import PHASES
from orchestration.rules.routing import NextStep
from orchestration.services.documents import brought, check_documents, given_documents, leave_document
from shared.models.claim import ClaimContext
from shared.models.inbox import DecisionItem, Nudge
from shared.models.requests import Decision, DocumentInput
from shared.session_store.opening import session_store
from triggers.http.claims import _create  # pyright: ignore[reportPrivateUsage]
from triggers.http.submissions import parse_submission

Papers = dict[str, tuple[str, str]]
"""File name to type and text."""


async def submit(body: str | bytes, content_type: str = "application/json") -> str:
    """Submit a claim as it comes over HTTP; returns its id."""
    raw = body.encode() if isinstance(body, str) else body
    request = func.HttpRequest("POST", "/api/claims", headers={"Content-Type": content_type}, body=raw)
    parsed = parse_submission(request)
    documents = await check_documents(parsed.documents)
    context = await _create(parsed, documents)
    for document in documents:
        await leave_document(session_store(), context.claim_id, document)
    return context.claim_id


async def send(claim_id: str, papers: Papers) -> None:
    """Send documents to a claim."""
    inputs = [DocumentInput(type=kind, filename=name, text=text) for name, (kind, text) in papers.items()]
    documents = await check_documents(given_documents(inputs))
    await session_store().inbox.put_all(claim_id, [*map(brought, documents)])


async def decide(claim_id: str, payout: Decimal | None = None) -> None:
    """An officer's approval."""
    decision = Decision(decision="approve", officer_id="jdoe", rationale="Seen", payout_amount=payout)
    await session_store().inbox.put(claim_id, DecisionItem(decision=decision))


async def nudge(claim_id: str) -> None:
    """A `continue` without content."""
    await session_store().inbox.put(claim_id, Nudge())


async def live(claim_id: str, before: Callable[[NextStep], None] = lambda _: None) -> ClaimContext:
    """Let the claim go on until it waits or ends, as the workflow does; `before` is told each phase."""
    answer = await advance(claim_id)
    for phase in PHASES:
        if answer["position"] == phase:
            before(phase)
            answer = await advance(claim_id, phase)
    return await look(claim_id)


async def look(claim_id: str) -> ClaimContext:
    session = await session_store().load_session(claim_id)
    assert session
    return session.context


async def everything(claim_id: str) -> str:
    """All that is stored of a claim, as text."""
    session = await session_store().load_session(claim_id)
    assert session
    history = await session_store().read_history(session)
    handoff: Any = await session_store().read_handoff(claim_id)
    return "\n".join(
        [session.context.model_dump_json(), *(m.model_dump_json() for m in history), str(handoff)]
    )
