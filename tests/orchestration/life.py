"""A claim's life in one process: what the triggers and the workflow do, without a host."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import azure.functions as func

from orchestration.bootstrap import bootstrap
from orchestration.durable.activities import advance
from orchestration.durable.in_process import NoEngine
from orchestration.durable.workflow import PHASES
from orchestration.rules.routing import NextStep
from orchestration.services import decision, submission
from orchestration.services.continuation import continue_claim
from orchestration.services.documents import NewDocument
from shared.models.claim import ClaimContext
from shared.models.requests import Decision
from shared.session_store.opening import session_store
from triggers.http.submissions import parse_submission

Papers = dict[str, tuple[str, str]]
"""File name to type and text."""


async def submit(body: str | bytes, content_type: str = "application/json") -> str:
    """Submit a claim as it comes over HTTP; returns its id."""
    raw = body.encode() if isinstance(body, str) else body
    request = func.HttpRequest("POST", "/api/claims", headers={"Content-Type": content_type}, body=raw)
    parsed = parse_submission(request)
    context = await submission.submit(bootstrap(), NoEngine(), parsed.submission, parsed.documents)
    return context.claim_id


async def send(claim_id: str, papers: Papers) -> None:
    """Send documents to a claim."""
    documents = [NewDocument(name, kind, text.encode()) for name, (kind, text) in papers.items()]
    await continue_claim(bootstrap(), NoEngine(), claim_id, documents)


async def decide(claim_id: str, payout: Decimal | None = None) -> None:
    """An officer's approval."""
    approval = Decision(decision="approve", officer_id="jdoe", rationale="Seen", payout_amount=payout)
    await decision.decide(bootstrap(), NoEngine(), claim_id, approval)


async def nudge(claim_id: str) -> None:
    """A `continue` without content."""
    await continue_claim(bootstrap(), NoEngine(), claim_id)


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
    history = await session_store().history.read(session)
    handoff: Any = await session_store().handoffs.read(claim_id)
    return "\n".join(
        [session.context.model_dump_json(), *(m.model_dump_json() for m in history), str(handoff)]
    )
