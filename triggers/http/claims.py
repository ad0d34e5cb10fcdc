"""HTTP: submit a claim, read it, bring what was missing, withdraw it, erase it."""

import azure.functions as func

from orchestration.durable.client import DurableClient
from orchestration.services import continuation, erasure, submission, withdrawal
from orchestration.services.claim_queries import load_claim, wait_for_claim
from orchestration.services.context import ServiceContext
from orchestration.services.documents import given_documents
from orchestration.services.keyed_requests import KeyedRequest
from shared.models.claim import ClaimStatus
from shared.models.requests import Continuation, Withdrawal
from triggers.http import route_table
from triggers.http.claim_search import page_for, statuses_of
from triggers.http.conditions import is_known_already
from triggers.http.requests import claim_id_of, header, parse_body
from triggers.http.responses import accepted, json_answer, links
from triggers.http.submissions import parse_submission
from triggers.http.uploaded_files import uploaded_files
from triggers.http.views import (
    ClaimPage,
    Erased,
    TakenDocument,
    TakenDocuments,
    claim_view,
    history_page,
    missing_view,
)


async def submit_claim(
    services: ServiceContext, req: func.HttpRequest, client: DurableClient, keyed: KeyedRequest | None
) -> func.HttpResponse:
    """`POST /claims`: a new claim."""
    parsed = parse_submission(req)
    context = await submission.submit(services, client, parsed.submission, parsed.documents, keyed)
    return accepted(req, context.claim_id, context.status)


async def list_claims(services: ServiceContext, req: func.HttpRequest) -> func.HttpResponse:
    """`GET /claims`: a page of summaries."""
    page = await page_for(req, services.store, services.requirements)
    return json_answer(ClaimPage.model_construct(claims=page.summaries, continuation=page.continuation))


async def get_claim(services: ServiceContext, req: func.HttpRequest) -> func.HttpResponse:
    """`GET /claims/{claim_id}`: the claim as it stands, at once or as soon as it has a status."""
    claim_id = claim_id_of(req)
    until = statuses_of(req, route_table.UNTIL) or {status for status in ClaimStatus if status.is_at_rest}
    claim = await wait_for_claim(services.store, claim_id, until, route_table.WAIT.of(req))
    etag = {"ETag": claim.etag}
    if is_known_already(req, claim):
        return func.HttpResponse(status_code=304, headers=etag)
    view = claim_view(claim.context, claim.status, services.roles, links(req, claim_id))
    return json_answer(view, headers=etag)


async def get_missing_documents(services: ServiceContext, req: func.HttpRequest) -> func.HttpResponse:
    """`GET /claims/{claim_id}/missing-documents`: what the claim waits for."""
    session = await load_claim(services.store, claim_id_of(req))
    return json_answer(missing_view(session.context, services.requirements))


async def get_history(services: ServiceContext, req: func.HttpRequest) -> func.HttpResponse:
    """`GET /claims/{claim_id}/history`: a page of the chat, or its raw lines."""
    session = await load_claim(services.store, claim_id_of(req))
    after = route_table.AFTER.of(req)
    limit = route_table.MESSAGES.of(req)
    if route_table.NDJSON in header(req, "Accept"):
        lines = await services.store.history.read_lines(session, after, limit)
        return func.HttpResponse(lines, mimetype=route_table.NDJSON, charset="utf-8")
    messages = await services.store.history.read(session, after, limit)
    return json_answer(history_page(messages, after, session.context.message_count))


async def continue_claim(
    services: ServiceContext, req: func.HttpRequest, client: DurableClient, keyed: KeyedRequest | None
) -> func.HttpResponse:
    """`POST /claims/{claim_id}/continue`: documents and notes."""
    claim_id = claim_id_of(req)
    brought = parse_body(req, Continuation)
    documents = given_documents(brought.documents)
    await continuation.continue_claim(services, client, claim_id, documents, brought.notes, keyed)
    return accepted(req, claim_id, ClaimStatus.PROCESSING)


async def add_documents(
    services: ServiceContext, req: func.HttpRequest, client: DurableClient, keyed: KeyedRequest | None
) -> func.HttpResponse:
    """`POST /claims/{claim_id}/documents`: one raw file, or the files of a form."""
    claim_id, files = claim_id_of(req), uploaded_files(req)
    records = await continuation.continue_claim(services, client, claim_id, files, request=keyed)
    taken = [TakenDocument.model_validate(record, from_attributes=True) for record in records]
    return json_answer(taken[0] if len(taken) == 1 else TakenDocuments(documents=taken), 201)


async def withdraw_claim(
    services: ServiceContext, req: func.HttpRequest, client: DurableClient, keyed: KeyedRequest | None
) -> func.HttpResponse:
    """`POST /claims/{claim_id}/withdraw`: the claimant wants nothing any more."""
    claim_id = claim_id_of(req)
    await withdrawal.withdraw(services, client, claim_id, parse_body(req, Withdrawal).reason, keyed)
    return accepted(req, claim_id, ClaimStatus.PROCESSING)


async def erase_claim(
    services: ServiceContext, req: func.HttpRequest, client: DurableClient, _: KeyedRequest | None
) -> func.HttpResponse:
    """`DELETE /claims/{claim_id}`: everything that is kept of a claim."""
    claim_id = claim_id_of(req)
    await erasure.erase(services, client, claim_id)
    return json_answer(Erased(claim_id=claim_id), 202)
