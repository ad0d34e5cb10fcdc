"""What is asked of a claim that is there: to go on, to be decided or withdrawn, to be given upload links."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from orchestration.durable.client import ClaimRunner
from orchestration.rules.authority import check_conflict_of_interest, check_decision
from orchestration.rules.requirements import Requirements
from orchestration.services.additions import Addition
from orchestration.services.claim_queries import ShownClaim, load_claim
from orchestration.services.context import ServiceContext
from orchestration.services.documents import NewDocument, check_document_type, check_documents, documents_for
from orchestration.services.keyed_requests import KeyedRequest
from shared.errors import Conflict, InvalidInput, Outdated
from shared.models.claim import DocumentRecord, Identity
from shared.models.inbox import DecisionItem, NoteItem, Nudge, WithdrawalItem
from shared.models.requests import Decision, Note
from shared.models.vocabulary import ClaimStatus


@dataclass(frozen=True)
class UploadLink:
    """Whoever has the link may upload one file of one document type until it expires, and nothing else."""

    type: str
    url: str
    expires_at: datetime


async def continue_claim(
    services: ServiceContext,
    client: ClaimRunner,
    claim_id: str,
    documents: Sequence[NewDocument] = (),
    notes: Sequence[Note] = (),
    request: KeyedRequest | None = None,
) -> list[DocumentRecord]:
    """Add documents and notes to a claim, all of them or none, and let the claim go on.

    Without documents and notes, a claim that failed goes on from its last step. A note is the answer to
    missing information, or to a document that may be described instead.

    Returns:
        The documents as they were taken.

    Raises:
        NotFound: there is no such claim.
        Conflict: the claim is over, or has no room for more documents.
        TooManyRequests: too much waits in its inbox.
        InvalidInput, TooLarge, UnsupportedMedia: a note or a document is wrong.
    """
    addition = await Addition.to(services, claim_id, request)
    addition.check_open()
    for number, note in enumerate(notes):
        _check_note(services.requirements, note, f"notes.{number}.type")
    checked = await check_documents(services, documents_for(addition.context, documents))
    records = [document.record for document in checked]
    if checked or notes:
        addition.check_quota(records)
        answers = [(NoteItem(note=note), None) for note in notes]
        await addition.leave(client, [*(document.brought for document in checked), *answers])
    elif addition.context.status is ClaimStatus.FAILED:
        await addition.leave(client, Nudge())
    else:
        await addition.wake(client)
    return records


async def withdraw(
    services: ServiceContext,
    client: ClaimRunner,
    claim_id: str,
    reason: str,
    request: KeyedRequest | None = None,
) -> None:
    """Ask for the end of a claim that is not decided yet, for the claimant's reason.

    Raises:
        NotFound: there is no such claim.
        Conflict: the claim is over or decided.
    """
    addition = await Addition.to(services, claim_id, request)
    addition.check_open()
    if addition.context.decision and not addition.has_arrived:
        raise Conflict(f"{claim_id} is decided; a decided claim cannot be withdrawn")
    await addition.leave(client, WithdrawalItem(reason=reason))


async def decide(
    services: ServiceContext,
    client: ClaimRunner,
    claim_id: str,
    decision: Decision,
    *,
    identity: Identity | None = None,
    aliases: frozenset[str] = frozenset(),
    is_expected: Callable[[ShownClaim], bool] = lambda _: True,
    request: KeyedRequest | None = None,
) -> None:
    """Leave an officer's decision for a claim that awaits one.

    Args:
        services: what use cases work with.
        client: wakes the claim.
        claim_id: the claim.
        decision: the decision, under the officer's own name.
        identity: who the officer is; None where no authentication is on.
        aliases: every name by which authentication knows the officer.
        is_expected: whether the claim, as it is now, is the one that the officer has read.
        request: the request, where it has an idempotency key.

    Raises:
        InvalidInput: fields of the decision do not go together, or a reason is missing.
        NotFound: there is no such claim.
        Outdated: the claim is not as the officer has read it.
        Conflict: the claim awaits no decision, or this officer has decided the same already.
        Forbidden: the officer may not decide this claim.
    """
    _check_fields(decision)
    addition = await Addition.to(services, claim_id, request)
    context = addition.context
    if addition.session and not addition.has_arrived:
        if not is_expected(ShownClaim.of(addition.session, addition.waiting)):
            raise Outdated(f"{claim_id} has changed since it was read; read it again")
        if context.status is not ClaimStatus.AWAITING_DECISION:
            raise Conflict(f"{claim_id} is {context.status}; it awaits no decision")
        check_conflict_of_interest(context, decision.officer_id, aliases, services.conflicts)
        check_decision(context, decision, four_eyes_limit=services.settings.four_eyes_limit)
    await addition.leave(client, DecisionItem(decision=decision, identity=identity))


async def create_upload_links(services: ServiceContext, claim_id: str) -> list[UploadLink]:
    """A link for each document that the claim misses.

    Raises:
        NotFound: there is no such claim.
        Conflict: the claim is over, or this installation takes no uploads by link.
    """
    context = (await load_claim(services.store, claim_id)).context
    if context.status.is_over:
        raise Conflict(f"{claim_id} is {context.status}; nothing can be added to it")
    until = services.now() + services.settings.upload_link_ttl
    links: list[UploadLink] = []
    for missing in context.missing_documents:
        url = await services.store.uploads.link(claim_id, missing, until)
        if url is None:
            raise Conflict("uploads by link are not taken here; bring documents by a request")
        links.append(UploadLink(missing, url, until))
    return links


def _check_note(requirements: Requirements, note: Note, field: str) -> None:
    answers = [*requirements.information, *requirements.questions]
    if note.type in answers:
        return
    try:
        check_document_type(requirements, note.type, field)
    except InvalidInput:
        known = ", ".join([*answers, *requirements.document_types, "other"])
        raise InvalidInput.of_field(field, f"a note answers one of {known}") from None


def _check_fields(decision: Decision) -> None:
    mismatch = {
        "approve": [("denial_reason", decision.denial_reason)],
        "deny": [("payout_amount", decision.payout_amount), ("override_reason", decision.override_reason)],
    }
    for field, value in mismatch[decision.decision]:
        if value is not None:
            raise InvalidInput.of_field(field, f"does not go with '{decision.decision}'")
    if decision.decision == "deny" and decision.denial_reason is None:
        raise InvalidInput.of_field("denial_reason", "is what the claimant is told; 'deny' needs it")
