"""A claim's life in one process: what the triggers and the workflow do, without a host."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import azure.functions as func

from orchestration.bootstrap import App
from orchestration.durable.activities import advance
from orchestration.durable.in_process import NoEngine
from orchestration.durable.workflow import StepResult
from orchestration.phases.context import PhaseContext
from orchestration.rules.routing import PHASES, NextStep
from orchestration.services import claims, submission
from orchestration.services.claim_queries import load_claim
from orchestration.services.context import ServiceContext
from orchestration.services.documents import NewDocument
from shared.models.claim import ClaimContext
from shared.models.requests import Decision
from shared.session_store import SessionStore
from triggers.http.submissions import parse_submission

Papers = dict[str, tuple[str, str]]
"""File name to type and text."""


class Life:
    """Claims in an app, which a test chooses before it submits the first one."""

    phases: PhaseContext

    def __init__(self) -> None:
        self._services: ServiceContext | None = None
        self._apps: list[App] = []

    def go_on_in(self, app: App, phases: PhaseContext) -> None:
        """Work claims in another app from here on; what is stored stays."""
        self._apps.append(app)
        self.phases = phases
        self._services = replace(self._services, settings=app.settings) if self._services else app.services

    @property
    def services(self) -> ServiceContext:
        assert self._services, "the test uses no app yet"
        return self._services

    @services.setter
    def services(self, services: ServiceContext) -> None:
        self._services = services

    @property
    def store(self) -> SessionStore:
        return self.services.store

    async def close(self) -> None:
        for app in self._apps:
            await app.store.close()
        if self._services and self._services.store is not self._apps[0].store:
            await self._services.store.close()

    async def submit(self, body: str | bytes, content_type: str = "application/json") -> str:
        """Submit a claim as it comes over HTTP; returns its id."""
        raw = body.encode() if isinstance(body, str) else body
        request = func.HttpRequest("POST", "/api/claims", headers={"Content-Type": content_type}, body=raw)
        parsed = parse_submission(request)
        context = await submission.submit(self.services, NoEngine(), parsed.submission, parsed.documents)
        return context.claim_id

    async def send(self, claim_id: str, papers: Papers) -> None:
        """Send documents to a claim."""
        documents = [NewDocument(name, kind, text.encode()) for name, (kind, text) in papers.items()]
        await claims.continue_claim(self.services, NoEngine(), claim_id, documents)

    async def decide(self, claim_id: str, payout: Decimal | None = None) -> None:
        """An officer's approval."""
        approval = Decision(decision="approve", officer_id="jdoe", rationale="Seen", payout_amount=payout)
        await claims.decide(self.services, NoEngine(), claim_id, approval)

    async def nudge(self, claim_id: str) -> None:
        """A `continue` without content."""
        await claims.continue_claim(self.services, NoEngine(), claim_id)

    async def advance(self, claim_id: str, phase: NextStep | None = None) -> StepResult:
        """Run one activity of the claim's workflow."""
        return await advance(self.store, self.phases, claim_id, phase)

    async def live(self, claim_id: str, before: Callable[[NextStep], None] = lambda _: None) -> ClaimContext:
        """Let the claim go on until it waits or ends, as the workflow does; `before` is told each phase."""
        answer = await self.advance(claim_id)
        for phase in PHASES:
            if answer["position"] == phase:
                before(phase)
                answer = await self.advance(claim_id, phase)
        return await self.look(claim_id)

    async def look(self, claim_id: str) -> ClaimContext:
        """The claim as it is stored."""
        return (await load_claim(self.store, claim_id)).context

    async def everything(self, claim_id: str) -> str:
        """All that is stored of a claim, as text."""
        session = await load_claim(self.store, claim_id)
        history = await self.store.history.read(session)
        handoff: Any = await self.store.handoffs.read(claim_id)
        return "\n".join(
            [session.context.model_dump_json(), *(m.model_dump_json() for m in history), str(handoff)]
        )
