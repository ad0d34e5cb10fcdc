"""HTTP: submit a claim, read it, bring what was missing, withdraw it, erase it."""

import asyncio
import hashlib
import re
import time
from collections.abc import Sequence
from typing import cast

import azure.functions as func
from azure.durable_functions import Blueprint

from orchestration.durable.client import DurableClient
from orchestration.phases import events
from orchestration.phases.corroboration import stated
from orchestration.phases.unit_of_work import ClaimUnitOfWork, note_to_file
from orchestration.reference.files import requirements
from orchestration.services.documents import (
    CheckedDocument,
    NewDocument,
    brought,
    check_document_type,
    check_documents,
    documents_for,
    given_documents,
    leave_document,
)
from orchestration.services.erasure import erase
from orchestration.services.quota import came_before, check_room
from shared.clock import utc_now
from shared.errors import Conflict, FieldError, InvalidInput, NotFound, RevisionConflict
from shared.models.claim import ClaimContext, ClaimStatus
from shared.models.inbox import NoteItem, Nudge, WithdrawalItem
from shared.models.requests import Continuation, Note, Submission, Withdrawal
from shared.models.vocabulary import CLAIMANT
from shared.names import new_claim_id
from shared.session_store import InboxEntry, Session
from shared.session_store.opening import session_store
from shared.settings import settings
from triggers.http import route_table
from triggers.http.claim_queries import is_known_already, known, looked_at, shown
from triggers.http.claim_search import page_for
from triggers.http.idempotency import arrival_ids, claim_id_of_key, once, was_begun
from triggers.http.responses import (
    accepted,
    body_of,
    claim_id_of,
    header,
    json_answer,
    links,
    parse_body,
)
from triggers.http.routes import Text, serves
from triggers.http.submissions import Parsed, parse_submission
from triggers.http.views import (
    ClaimPage,
    Erased,
    TakenDocument,
    TakenDocuments,
    claim_view,
    missing_view,
)

blueprint = Blueprint()
SHORTEST_PAUSE, LONGEST_PAUSE = 0.01, 0.5
"""Seconds between two looks of a long poll; they grow with how long it has waited."""
AT_REST = frozenset(status for status in ClaimStatus if status.is_at_rest)


@serves(blueprint, route_table.SUBMIT, once)
async def submit_claim(req: func.HttpRequest, durable_client: DurableClient) -> func.HttpResponse:
    parsed = parse_submission(req)
    _check_submission(parsed.submission)
    documents = await check_documents(parsed.documents)
    check_room(None, (), documents)
    context = await _create(parsed, documents)
    if not context.status.is_over:
        # A submission that is sent again brings what a crash kept the first one from leaving, under the
        # same ids, so that nothing is doubled.
        left = [(n, d) for n, d in enumerate(documents) if not came_before(context, d.record)]
        for number, document in left:
            arrival_id = f"{context.submission_sha256[:40]}-{number}"
            await leave_document(session_store(), context.claim_id, document, arrival_id)
        if context.revision == 1:
            await durable_client.start(context.claim_id)
        elif left:
            await durable_client.wake(context.claim_id)
        if context.outbox:
            await durable_client.announce(context.claim_id)
    return accepted(req, context.claim_id, context.status)


@serves(blueprint, route_table.LIST)
async def list_claims(req: func.HttpRequest) -> func.HttpResponse:
    page = await page_for(req, session_store())
    return json_answer(ClaimPage.model_construct(claims=page.summaries, continuation=page.continuation))


@serves(blueprint, route_table.READ)
async def get_claim(req: func.HttpRequest) -> func.HttpResponse:
    claim_id = claim_id_of(req)
    until = _statuses(req, route_table.UNTIL) or AT_REST
    patience = route_table.WAIT.of(req)
    begun = time.monotonic()
    claim = await shown(claim_id)
    while claim.status not in until and (waited := time.monotonic() - begun) < patience:
        await asyncio.sleep(min(max(SHORTEST_PAUSE, waited / 5), LONGEST_PAUSE, patience - waited))
        # session.json says far cheaper than the context whether that is worth another look.
        summary = await session_store().read_summary(claim_id)
        is_last = time.monotonic() - begun >= patience
        if is_last or summary is None or not until.isdisjoint({summary.status, ClaimStatus.PROCESSING}):
            claim = await shown(claim_id)
    etag = {"ETag": claim.etag}
    if is_known_already(req, claim):
        return func.HttpResponse(status_code=304, headers=etag)
    return json_answer(claim_view(claim.context, claim.status, links(req, claim_id)), headers=etag)


@serves(blueprint, route_table.MISSING)
async def get_missing_documents(req: func.HttpRequest) -> func.HttpResponse:
    session = await known(claim_id_of(req))
    return json_answer(missing_view(session.context))


@serves(blueprint, route_table.HISTORY)
async def get_history(req: func.HttpRequest) -> func.HttpResponse:
    session = await known(claim_id_of(req))
    after = route_table.AFTER.of(req)
    limit = route_table.MESSAGES.of(req)
    store = session_store()
    if route_table.NDJSON in header(req, "Accept"):
        lines = await store.read_history_lines(session, after, limit)
        return func.HttpResponse(lines, mimetype=route_table.NDJSON, charset="utf-8")
    messages = await store.read_history(session, after, limit)
    following = after + len(messages)
    return json_answer(
        {
            "messages": [message.model_dump(mode="json", exclude_none=True) for message in messages],
            "next": following if following < session.context.message_count else None,
        }
    )


@serves(blueprint, route_table.CONTINUE, once)
async def continue_claim(req: func.HttpRequest, durable_client: DurableClient) -> func.HttpResponse:
    claim_id = claim_id_of(req)
    continuation = parse_body(req, Continuation)
    session, waiting = await _open(claim_id)
    for number, note in enumerate(continuation.notes):
        _check_note(note, f"notes.{number}.type")
    new = documents_for(session.context, given_documents(continuation.documents))
    documents = await check_documents(new)
    if (documents or continuation.notes) and not was_begun():
        check_room(session.context, waiting, documents)
    store = session_store()
    answer = accepted(req, claim_id, ClaimStatus.PROCESSING)
    ids = await arrival_ids(answer)
    notes = [(NoteItem(note=note), None) for note in continuation.notes]
    if together := [*map(brought, documents), *notes]:
        await store.inbox.put_all(claim_id, together, next(ids))
    elif session.context.status is ClaimStatus.FAILED:
        await store.inbox.put(claim_id, Nudge(), arrival_id=next(ids))
    await durable_client.wake(claim_id)
    return answer


@serves(blueprint, route_table.DOCUMENTS, once)
async def add_documents(req: func.HttpRequest, durable_client: DurableClient) -> func.HttpResponse:
    claim_id = claim_id_of(req)
    new = _uploaded(req)
    session, waiting = await _open(claim_id)
    documents = await check_documents(documents_for(session.context, new))
    if not was_begun():
        check_room(session.context, waiting, documents)
    taken = [TakenDocument.model_validate(document.record, from_attributes=True) for document in documents]
    answer = json_answer(taken[0] if len(taken) == 1 else TakenDocuments(documents=taken), 201)
    ids = await arrival_ids(answer)
    await session_store().inbox.put_all(claim_id, [*map(brought, documents)], next(ids))
    await durable_client.wake(claim_id)
    return answer


@serves(blueprint, route_table.WITHDRAW, once)
async def withdraw_claim(req: func.HttpRequest, durable_client: DurableClient) -> func.HttpResponse:
    claim_id = claim_id_of(req)
    withdrawal = parse_body(req, Withdrawal)
    session, _ = await _open(claim_id)
    if session.context.decision:
        raise Conflict(f"{claim_id} is decided; a decided claim cannot be withdrawn")
    answer = accepted(req, claim_id, ClaimStatus.PROCESSING)
    ids = await arrival_ids(answer)
    arrival = WithdrawalItem(reason=withdrawal.reason)
    await session_store().inbox.put(claim_id, arrival, arrival_id=next(ids))
    await durable_client.wake(claim_id)
    return answer


@serves(blueprint, route_table.ERASE)
async def erase_claim(req: func.HttpRequest, durable_client: DurableClient) -> func.HttpResponse:
    claim_id = claim_id_of(req)
    store = session_store()
    if not (await store.holds_anything(claim_id) or await store.was_erased(claim_id)):
        raise NotFound(f"there is no claim {claim_id}")
    # Where it was erased before, the same event again, in case a crash kept it from being told.
    created_at = await store.created_at(claim_id) if settings().webhook_url else None
    told = events.erased(claim_id, created_at) if created_at else None
    await erase(store, durable_client, claim_id, told)
    return json_answer(Erased(claim_id=claim_id), 202)


def _statuses(req: func.HttpRequest, parameter: Text) -> set[str]:
    """A query parameter that lists statuses; empty where it is absent."""
    text = parameter.of(req)
    wanted = set[str]() if text is None else {part.strip() for part in text.split(",")}
    if not wanted <= set(ClaimStatus):
        error = FieldError(field=parameter.name, message=f"of {', '.join(ClaimStatus)}")
        raise InvalidInput(f"{parameter.name} is wrong", [error])
    return wanted


async def _create(parsed: Parsed, documents: list[CheckedDocument]) -> ClaimContext:
    """The claim: a new one, or the one that the same submission made before.

    Raises:
        Conflict: the claim id is taken by another submission.
    """
    submission = parsed.submission
    given_id = submission.claim_id or claim_id_of_key()
    claim_id = given_id or new_claim_id()
    checksum = _checksum(submission, documents)
    store = session_store()
    session = await store.load_session(claim_id) if given_id else None
    if session is None:
        context = ClaimContext(
            claim_id=claim_id,
            created_at=utc_now(),
            submission=submission.model_copy(update={"claim_id": claim_id}),
            submission_sha256=checksum,
            facts=stated(submission),
        )
        opening = note_to_file("submission", submission.narrative or submission.model_dump_json(), CLAIMANT)
        records_events = settings().webhook_url is not None
        try:
            created = await ClaimUnitOfWork.create(store, context, [opening], records_events=records_events)
        except RevisionConflict:
            session = await store.load_session(claim_id)
        else:
            return created.context
    if session is None or session.context.submission_sha256 != checksum:
        raise Conflict(f"{claim_id} is taken by another submission")
    return session.context


def _checksum(submission: Submission, documents: list[CheckedDocument]) -> str:
    content = [(d.record.filename, d.record.type, d.record.sha256, d.record.reference) for d in documents]
    return hashlib.sha256(f"{submission.model_dump_json()}{content}".encode()).hexdigest()


def _check_submission(submission: Submission) -> None:
    errors: list[FieldError] = []
    types = requirements().claim_types
    if submission.claim_type is not None and submission.claim_type not in types:
        errors.append(
            FieldError(field="claim_type", message=f"no such claim type; one of {', '.join(types)}")
        )
    email = submission.claimant.email if submission.claimant else None
    if email is not None:
        from email_validator import EmailNotValidError, validate_email

        try:
            validate_email(email, check_deliverability=False)
        except EmailNotValidError:
            errors.append(FieldError(field="claimant.email", message="is no e-mail address"))
    if not _says_something(submission.model_dump(exclude={"claim_id", "metadata"})):
        errors.append(FieldError(field="narrative", message="the submission says nothing about a claim"))
    if errors:
        raise InvalidInput(f"{errors[0]['field']} is wrong", errors)


def _says_something(value: object) -> bool:
    if isinstance(value, dict):
        return any(_says_something(inner) for inner in cast(dict[str, object], value).values())
    return bool(value.strip()) if isinstance(value, str) else value not in (None, [])


def _check_note(note: Note, field: str) -> None:
    if note.type in requirements().information:
        return
    try:
        check_document_type(note.type, field)
    except InvalidInput:
        known = ", ".join([*requirements().information, *requirements().document_types, "other"])
        error = FieldError(field=field, message=f"a note answers one of {known}")
        raise InvalidInput(f"{field} is wrong", [error]) from None


def _uploaded(req: func.HttpRequest) -> list[NewDocument]:
    """The files of an upload: the raw body, or the parts of a form."""
    kind = route_table.FILE_TYPE.of(req) or None
    body = body_of(req)
    if header(req, "Content-Type").lower().startswith("multipart/form-data"):
        kind = kind or req.form.get(route_table.FILE_TYPE.name) or None
        files = [file for files in req.files.listvalues() for file in files]
        new = [NewDocument(_base_name(file.filename or ""), kind, content=file.read()) for file in files]
        if not new:
            raise InvalidInput("the form has no file", [FieldError(field="file", message="is missing")])
        return new
    name = route_table.FILE_NAME.of(req)
    if not name:
        raise InvalidInput(
            "filename is missing", [FieldError(field="filename", message="give it as ?filename=…")]
        )
    return [NewDocument(name, kind, content=body)]


def _base_name(name: str) -> str:
    """Browsers of old sent whole Windows paths; a path of any other kind stays, and is refused."""
    return re.sub(r"\A[A-Za-z]:\\(?:[^\\/]+\\)*", "", name)


async def _open(claim_id: str) -> tuple[Session, Sequence[InboxEntry]]:
    """A claim that something can be added to, with what waits in its inbox."""
    session, waiting = await looked_at(claim_id)
    if session.context.status.is_over:
        raise Conflict(f"{claim_id} is {session.context.status}; nothing can be added to it")
    return session, waiting
