"""Submitting a claim."""

import hashlib
from collections.abc import Sequence
from typing import cast

from orchestration.durable.client import ClaimRunner
from orchestration.phases.learning import facts_of
from orchestration.phases.unit_of_work import ClaimUnitOfWork, note_to_file
from orchestration.rules.requirements import Requirements
from orchestration.services.context import ServiceContext
from orchestration.services.documents import CheckedDocument, NewDocument, check_documents
from orchestration.services.keyed_requests import KeyedRequest
from orchestration.services.quota import check_quota, is_on_file
from shared.errors import Conflict, FieldError, InvalidInput, RevisionConflict
from shared.models.claim import ClaimContext
from shared.models.requests import Submission
from shared.models.vocabulary import CLAIMANT
from shared.names import new_claim_id


async def submit(
    services: ServiceContext,
    client: ClaimRunner,
    submission: Submission,
    documents: Sequence[NewDocument] = (),
    request: KeyedRequest | None = None,
) -> ClaimContext:
    """Store a new claim with its documents, and start its workflow.

    The same submission again gives the claim that is there, and brings what a crash kept the first one from
    leaving. A claim without an id gets the one that the request's key stands for, or else a new one.

    Raises:
        InvalidInput, TooLarge, UnsupportedMedia: a field or a document is wrong, or the submission is empty.
        Conflict: there are too many documents, or the id is taken by another submission.
    """
    check_submission(submission, services.requirements)
    checked = await check_documents(services, documents)
    check_quota(services.settings.max_claim_documents, None, (), [document.record for document in checked])
    given_id = submission.claim_id or (request.home if request else None)
    checksum = _checksum(submission, checked)
    context = await _stored(services, submission, given_id, checksum)
    if context.status.is_over:
        return context
    # Each document has the same inbox id at every attempt, so that none is doubled.
    left = [
        (f"{checksum[:40]}-{number}", document)
        for number, document in enumerate(checked)
        if not is_on_file(context, document.record)
    ]
    for item_id, document in left:
        await services.store.inbox.put(context.claim_id, *document.brought, item_id)
    if context.revision == 1:
        await client.start(context.claim_id)
    elif left:
        await client.wake(context.claim_id)
    if context.outbox:
        await client.announce(context.claim_id)
    return context


async def _stored(
    services: ServiceContext, submission: Submission, given_id: str | None, checksum: str
) -> ClaimContext:
    """The claim: a new one, or the one that the same submission made before.

    Raises:
        Conflict: the claim id is taken by another submission.
    """
    claim_id = given_id or new_claim_id()
    session = await services.store.load_session(claim_id) if given_id else None
    if session is None:
        created_at = services.now()
        context = ClaimContext(
            claim_id=claim_id,
            created_at=created_at,
            submission=submission.model_copy(update={"claim_id": claim_id}),
            submission_sha256=checksum,
            evidence=facts_of(submission, created_at),
        )
        opening = note_to_file("submission", submission.narrative or submission.model_dump_json(), CLAIMANT)
        records_events = services.settings.webhook_url is not None
        try:
            created = await ClaimUnitOfWork.create(
                services.store, context, [opening], records_events=records_events
            )
        except RevisionConflict:
            session = await services.store.load_session(claim_id)
        else:
            return created.context
    if session is None or session.context.submission_sha256 != checksum:
        raise Conflict(f"{claim_id} is taken by another submission")
    return session.context


def _checksum(submission: Submission, documents: Sequence[CheckedDocument]) -> str:
    content = [(d.record.filename, d.record.type, d.record.sha256, d.record.reference) for d in documents]
    return hashlib.sha256(f"{submission.model_dump_json()}{content}".encode()).hexdigest()


def check_submission(submission: Submission, requirements: Requirements) -> None:
    """Refuse a submission that no claim can be made of.

    Raises:
        InvalidInput: the claim type is unknown, the e-mail address is none, or the submission is empty.
    """
    errors: list[FieldError] = []
    types = requirements.claim_types
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
