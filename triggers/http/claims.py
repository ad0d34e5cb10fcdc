"""HTTP: submit a claim, read it, bring what was missing, withdraw it, erase it."""

import azure.functions as func

from orchestration.services import claims
from orchestration.services.claim_queries import load_claim, wait_for_claim
from orchestration.services.documents import given_documents
from orchestration.services.erasure import erase
from orchestration.services.submission import submit
from shared.errors import BadRequest
from shared.models.claim import ClaimStatus
from shared.models.requests import Continuation, Withdrawal
from triggers.http import route_table
from triggers.http.calls import Command, Query
from triggers.http.claim_search import page_for, statuses_of
from triggers.http.conditions import is_known_already
from triggers.http.requests import header, parse_body
from triggers.http.responses import accepted, json_answer, links
from triggers.http.submissions import parse_submission
from triggers.http.uploaded_files import uploaded_files
from triggers.http.views import (
    ClaimPage,
    Erased,
    TakenDocument,
    TakenDocuments,
    UploadLink,
    UploadLinks,
    claim_view,
    history_page,
    missing_view,
)


async def submit_claim(call: Command) -> func.HttpResponse:
    """`POST /claims`: a new claim."""
    parsed = parse_submission(call.req)
    context = await submit(call.services, call.client, parsed.submission, parsed.documents, call.keyed)
    return accepted(call.req, context.claim_id, context.status)


async def list_claims(call: Query) -> func.HttpResponse:
    """`GET /claims`: a page of summaries."""
    page = await page_for(call.req, call.services.store, call.services.requirements)
    return json_answer(ClaimPage.model_construct(claims=page.summaries, continuation=page.continuation))


async def get_claim(call: Query) -> func.HttpResponse:
    """`GET /claims/{claim_id}`: the claim as it stands, at once or as soon as it has a status."""
    until = statuses_of(call.req, route_table.UNTIL) or {
        status for status in ClaimStatus if status.is_at_rest
    }
    claim = await wait_for_claim(call.services.store, call.claim_id, until, route_table.WAIT.of(call.req))
    etag = {"ETag": claim.etag}
    if is_known_already(call.req, claim):
        return func.HttpResponse(status_code=304, headers=etag)
    services, where = call.services, links(call.req, call.claim_id)
    view = claim_view(claim.context, claim.status, services.roles, services.requirements, where)
    return json_answer(view, headers=etag)


async def get_missing_documents(call: Query) -> func.HttpResponse:
    """`GET /claims/{claim_id}/missing-documents`: what the claim waits for."""
    session = await load_claim(call.services.store, call.claim_id)
    return json_answer(missing_view(session.context, call.services.requirements))


async def get_history(call: Query) -> func.HttpResponse:
    """`GET /claims/{claim_id}/history`: a page of the chat, or its raw lines."""
    session = await load_claim(call.services.store, call.claim_id)
    after = route_table.AFTER.of(call.req)
    limit = route_table.MESSAGES.of(call.req)
    if route_table.NDJSON in header(call.req, "Accept"):
        lines = await call.services.store.history.read_lines(session, after, limit)
        return func.HttpResponse(lines, mimetype=route_table.NDJSON, charset="utf-8")
    messages = await call.services.store.history.read(session, after, limit)
    return json_answer(history_page(messages, after, session.context.message_count))


async def continue_claim(call: Command) -> func.HttpResponse:
    """`POST /claims/{claim_id}/continue`: documents and notes."""
    brought = parse_body(call.req, Continuation)
    documents = given_documents(brought.documents)
    await claims.continue_claim(
        call.services, call.client, call.claim_id, documents, brought.notes, call.keyed
    )
    return accepted(call.req, call.claim_id, ClaimStatus.PROCESSING)


async def add_documents(call: Command) -> func.HttpResponse:
    """`POST /claims/{claim_id}/documents`: one raw file, or the files of a form."""
    files = uploaded_files(call.req)
    records = await claims.continue_claim(
        call.services, call.client, call.claim_id, files, request=call.keyed
    )
    taken = [TakenDocument.model_validate(record, from_attributes=True) for record in records]
    return json_answer(taken[0] if len(taken) == 1 else TakenDocuments(documents=taken), 201)


async def withdraw_claim(call: Command) -> func.HttpResponse:
    """`POST /claims/{claim_id}/withdraw`: the claimant wants nothing any more."""
    reason = parse_body(call.req, Withdrawal).reason
    await claims.withdraw(call.services, call.client, call.claim_id, reason, call.keyed)
    return accepted(call.req, call.claim_id, ClaimStatus.PROCESSING)


async def erase_claim(call: Command) -> func.HttpResponse:
    """`DELETE /claims/{claim_id}`: everything that is kept of a claim."""
    await erase(call.services, call.client, call.claim_id)
    return json_answer(Erased(claim_id=call.claim_id), 202)


async def create_upload_links(call: Command) -> func.HttpResponse:
    """`POST /claims/{claim_id}/upload-links`: a link for each missing document."""
    claim_id = call.claim_id
    if call.req.get_body():
        raise BadRequest("this call takes no body")
    links = [
        UploadLink(type=link.type, url=link.url, expires_at=link.expires_at)
        for link in await claims.create_upload_links(call.services, claim_id)
    ]
    return json_answer(UploadLinks(claim_id=claim_id, links=links))
