"""Runs a labelled claim through the real edge, agents and rules, on a store in memory."""

import datetime as dt
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Literal

import azure.functions as func

from evaluation.labelled import LabelledClaim, Letter
from orchestration.durable.activities import advance
from orchestration.durable.in_process import NoEngine, work
from orchestration.phases.context import PhaseContext
from orchestration.rules.decision import Circumstances, assess
from orchestration.rules.routing import NextStep
from orchestration.services.claim_queries import load_claim
from orchestration.services.claims import continue_claim
from orchestration.services.context import ServiceContext
from orchestration.services.documents import NewDocument
from orchestration.services.submission import submit
from shared.errors import Conflict
from shared.models.claim import ClaimContext, DocumentRecord
from shared.models.facts import ClaimFacts, Facts
from shared.session_store import open_local_store
from triggers.http.submissions import parse_submission

type Route = Literal["waits", "rule", "officer"]
"""Where a claim goes once all papers are there: it waits for information, a rule decides, or an officer."""


@dataclass(frozen=True)
class Outcome:
    """What became of a claim, or what should have."""

    facts: Facts
    missing_documents: list[str]
    missing_information: list[str]
    route: Route | None
    """None where that was not asked."""
    sure: frozenset[str] = frozenset()
    """The names of the facts on which, by their evidence, money may move."""
    asks: bool = True
    """Whether the claimant is asked for anything, a document, information or an answer."""


async def run_claim(claim: LabelledClaim, services: ServiceContext, phases: PhaseContext) -> Outcome:
    """The claim from its submission to the question of who decides it."""
    async with taken_in(claim.id, claim.letter, claim.received_at, services) as own:
        read = await _read(claim.id, own, phases)
        return _outcome(
            read, "waits" if read.missing_information else await _route(read, own, phases), phases
        )


def refused(claim: LabelledClaim) -> tuple[Outcome, Outcome]:
    """What is read of a claim that the edge refuses, which is nothing, and what its labels say."""
    documents, information = claim.missing_documents or [], claim.missing_information or []
    return Outcome(Facts(), [], [], None), Outcome(claim.facts, documents, information, None)


async def read_by(
    claim: LabelledClaim, letter: Letter, services: ServiceContext, phases: PhaseContext
) -> Outcome:
    """What intake makes of the claim where it comes as this letter."""
    async with taken_in(claim.id, letter, claim.received_at, services) as own:
        return _outcome(await _read(claim.id, own, phases), None, phases)


async def _read(claim_id: str, services: ServiceContext, phases: PhaseContext) -> ClaimContext:
    """The claim once its intake is done."""
    await advance(services.store, phases, claim_id, NextStep.INTAKE)
    return (await load_claim(services.store, claim_id)).context


def _outcome(read: ClaimContext, route: Route | None, phases: PhaseContext) -> Outcome:
    questions = phases.requirements.open_questions(read.evidence)
    return Outcome(
        read.facts,
        read.missing_documents,
        read.missing_information,
        route,
        frozenset(name for name, fact in read.evidence if fact.is_sure),
        bool(read.missing_documents or read.missing_information or questions),
    )


async def _route(context: ClaimContext, services: ServiceContext, phases: PhaseContext) -> Route:
    """Who decides the claim once it has been brought every paper that it asks for."""
    while True:
        papers = [NewDocument(p.filename, p.type, reference=p.reference) for p in _papers_missing(context)]
        try:
            await continue_claim(services, NoEngine(), context.claim_id, papers)
        except Conflict:  # it is over, as where the claimant takes it back
            return "officer"
        await work(services.store, phases, context.claim_id)
        context = (await load_claim(services.store, context.claim_id)).context
        if not context.missing_documents:
            return context.assessment.route if context.assessment else "officer"


async def expected(claim: LabelledClaim, services: ServiceContext, phases: PhaseContext) -> Outcome:
    """What the labels say, and what the rules make of them."""
    labelled = claim.facts.model_copy(update={"incident_description": "told"})
    async with taken_in(claim.id, claim.letter, claim.received_at, services) as own:
        await advance(own.store, phases, claim.id)
        submitted = (await load_claim(own.store, claim.id)).context
    context = submitted.with_changes(evidence=ClaimFacts.given(labelled, at=claim.received_at))
    documents, information = phases.requirements.check(context)
    documents = documents if claim.missing_documents is None else claim.missing_documents
    information = information if claim.missing_information is None else claim.missing_information
    papers = _papers_missing(context.with_changes(missing_documents=documents))
    complete = context.with_changes(documents=[*context.documents, *papers])
    settings = phases.settings
    assessment = assess(
        complete,
        phases.reference,
        phases.requirements,
        Circumstances(),
        mode=settings.decision_mode,
        auto_approve_limit=settings.auto_approve_limit,
    )
    return Outcome(labelled, documents, information, "waits" if information else assessment.route)


@asynccontextmanager
async def taken_in(
    claim_id: str, letter: Letter, received_at: dt.datetime, services: ServiceContext
) -> AsyncGenerator[ServiceContext]:
    """What the claim is worked with once it is submitted: a store of its own, which is gone afterwards."""
    own = replace(services, store=open_local_store(":memory:"), now=lambda: received_at)
    try:
        await submitted_to(own, claim_id, letter)
        yield own
    finally:
        await own.store.close()


async def submitted_to(services: ServiceContext, claim_id: str | None, letter: Letter) -> str:
    """Submit the claim as a request does, under this id or one that it gets; return its id."""
    headers = {"Content-Type": letter.content_type}
    parsed = parse_submission(func.HttpRequest("POST", "/api/claims", headers=headers, body=letter.body))
    submission = parsed.submission
    if claim_id is not None:
        submission = submission.model_copy(update={"claim_id": claim_id})
    return (await submit(services, NoEngine(), submission, parsed.documents)).claim_id


def _papers_missing(context: ClaimContext) -> list[DocumentRecord]:
    """The missing documents, as they would lie in another system: there, and without anything to read."""
    return [
        DocumentRecord(type=t, filename=f"{t}.pdf", reference=f"dms://{t}", received_at=context.created_at)
        for t in context.missing_documents
    ]
