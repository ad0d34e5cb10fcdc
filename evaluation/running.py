"""Runs a labelled claim through the real edge, agents and rules, on a store in memory."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Literal

import azure.functions as func

from evaluation.labelled import LabelledClaim
from orchestration.bootstrap import bootstrap
from orchestration.durable.in_process import NoEngine
from orchestration.phases.assessment import run_assessment
from orchestration.phases.gathering import run_gathering
from orchestration.phases.inbox_processing import apply_inbox
from orchestration.phases.intake import run_intake
from orchestration.phases.unit_of_work import ClaimUnitOfWork
from orchestration.rules.decision import assess
from orchestration.rules.reference import reference_data
from orchestration.rules.requirements import requirements
from orchestration.services.submission import submit
from shared.models.claim import ClaimContext, ClaimStatus, DocumentRecord, Facts
from shared.session_store import open_local_store
from shared.settings import Settings
from triggers.http.submissions import parse_submission

type Route = Literal["waits", "rule", "officer"]
"""Where a claim goes once all papers are there: it waits for information, a rule decides, or an officer."""


@dataclass(frozen=True)
class Outcome:
    """What became of a claim, or what should have."""

    facts: Facts
    missing_documents: list[str]
    missing_information: list[str]
    route: Route


async def run_claim(claim: LabelledClaim, settings: Settings) -> Outcome:
    """The claim from its submission to the question of who decides it, by the agents of the settings."""
    async with _submitted(claim, settings) as opened:
        return await _worked(opened, settings)


async def _worked(opened: ClaimUnitOfWork, settings: Settings) -> Outcome:
    await run_intake(opened, settings)
    context = opened.context
    if context.missing_information:
        route: Route = "waits"
    else:
        papers = [*context.documents, *_papers(context.missing_documents, context)]
        await opened.commit(
            documents=papers, missing_documents=[], status=ClaimStatus.PROCESSING, paused_at=None
        )
        await run_gathering(opened, settings)
        await run_assessment(opened, settings)
        assessment = opened.context.assessment
        route = assessment.route if assessment else "officer"
    return Outcome(context.facts, context.missing_documents, context.missing_information, route)


async def expected(claim: LabelledClaim, settings: Settings) -> Outcome:
    """What the rules make of the labelled facts."""
    labelled = claim.facts.model_copy(update={"incident_description": "told"})
    async with _submitted(claim, settings) as opened:
        context = opened.context.model_copy(update={"facts": labelled})
    documents, information = requirements().check(context)
    complete = context.model_copy(
        update={"documents": [*context.documents, *_papers(documents, context)], "missing_documents": []}
    )
    assessment = assess(
        complete,
        reference_data(),
        requirements(),
        mode=settings.decision_mode,
        auto_approve_limit=settings.auto_approve_limit,
    )
    return Outcome(labelled, documents, information, "waits" if information else assessment.route)


@asynccontextmanager
async def _submitted(claim: LabelledClaim, settings: Settings) -> AsyncGenerator[ClaimUnitOfWork]:
    """The claim as it is once its documents were taken up; it is gone afterwards."""
    request = func.HttpRequest(
        "POST", "/api/claims", headers={"Content-Type": claim.content_type}, body=claim.body
    )
    parsed = parse_submission(request)
    store = open_local_store(":memory:")
    services = replace(bootstrap(), store=store, now=lambda: claim.received_at)
    submission = parsed.submission.model_copy(update={"claim_id": claim.id})
    await submit(services, NoEngine(), submission, parsed.documents)
    opened = await ClaimUnitOfWork.open(store, claim.id)
    if opened is None:
        raise RuntimeError(f"{claim.id} was not stored")
    await apply_inbox(opened, settings)
    try:
        yield opened
    finally:
        await store.close()


def _papers(types: list[str], context: ClaimContext) -> list[DocumentRecord]:
    """The missing documents, as they would lie in another system: there, and without anything to read."""
    return [
        DocumentRecord(type=t, filename=f"{t}.pdf", reference=f"dms://{t}", received_at=context.created_at)
        for t in types
    ]
