"""Applying the inbox: what came in becomes part of the claim, and what is missing is computed anew."""

from collections.abc import Sequence
from decimal import Decimal

from orchestration.phases.assessment import void_if_changed
from orchestration.phases.context import PhaseContext
from orchestration.phases.learning import with_answer, with_letters
from orchestration.phases.policy_ledger import reserve
from orchestration.phases.unit_of_work import ClaimUnitOfWork, note_to_file
from orchestration.rules.authority import decide
from orchestration.rules.basis import changes_since
from orchestration.rules.decision import carrier_remaining
from orchestration.rules.routing import NextStep, next_step
from shared.clock import utc_now
from shared.errors import ClaimsError, SessionCorrupt
from shared.models.claim import ClaimContext, DocumentRecord, RecordedDecision
from shared.models.inbox import (
    DecisionItem,
    DocumentItem,
    InboxItem,
    ItemBundle,
    NoteItem,
    Nudge,
    Rejection,
    WithdrawalItem,
)
from shared.models.requests import Note
from shared.models.transitions import UploadRejected
from shared.models.vocabulary import CLAIMANT, OURSELVES, ClaimState, ClaimStatus
from shared.session_store import InboxEntry, SessionStore, parts_of
from shared.settings import Settings


async def apply_inbox(claim: ClaimUnitOfWork, phases: PhaseContext) -> list[str]:
    """Apply everything in the inbox; the ids of what may be cleared once it is committed.

    What changed is staged, to ride with the commit that comes next; documents that come in versions are
    committed here. Of a claim that is over nothing changes but its file: what came too late is
    kept and named. A crash before the commit leaves the inbox as it was; a crash after it leaves entries
    whose ids are on record, which need only be cleared.

    Raises:
        SessionCorrupt: an entry, or the content of a document, is damaged.
        RevisionConflict: another writer was first.
    """
    entries = await claim.inbox_entries()
    entry_ids = [entry.id for entry in entries]
    on_record = set(claim.context.taken)
    items = [
        (entry, item_id, item)
        for entry in entries
        for item_id, item in await _items(claim, entry, is_on_record=entry.id in on_record)
    ]
    known = list(dict.fromkeys([*entry_ids, *(item_id for _, item_id, _ in items)]))
    applied = [item_id for item_id in known if item_id in on_record]
    fresh = [(item_id, item) for entry, item_id, item in items if on_record.isdisjoint({entry.id, item_id})]
    *earlier, last = _batches(fresh)
    for batch in earlier:
        await _apply_batch(claim, batch, phases)
        applied += [item_id for item_id, _ in batch]
        await claim.commit(taken=applied)
    await _apply_batch(claim, last, phases)
    _settle(claim, reopened=bool(last), phases=phases)
    if last or claim.has_changes:
        claim.stage(taken=entry_ids)
    return known


async def _items(
    claim: ClaimUnitOfWork, entry: InboxEntry, *, is_on_record: bool
) -> list[tuple[str, InboxItem]]:
    """The items of an entry with their ids; one that is on record and damaged has none to clear."""
    try:
        return parts_of(entry.id, await claim.store.inbox.read(claim.claim_id, entry))
    except SessionCorrupt:
        if is_on_record:
            return []
        raise


def _batches(items: Sequence[tuple[str, InboxItem]]) -> list[list[tuple[str, InboxItem]]]:
    """What may be committed together; at least one batch, which may be empty.

    A document is moved out of the inbox before it is on record. Until then its place alone says that it
    came, so another version of it, which takes that place, waits for the next commit.
    """
    batches: list[list[tuple[str, InboxItem]]] = [[]]
    moved: dict[tuple[str, str], str | None] = {}
    for item_id, item in items:
        if isinstance(item, DocumentItem):
            document = item.document
            place = (document.type, document.filename)
            if moved.get(place, document.sha256) != document.sha256:
                batches.append([])
                moved.clear()
            moved[place] = document.sha256
        batches[-1].append((item_id, item))
    return batches


async def _apply_batch(
    claim: ClaimUnitOfWork, batch: Sequence[tuple[str, InboxItem]], phases: PhaseContext
) -> None:
    for item_id, item in batch:
        match item:
            case DocumentItem(document=document):
                await _file(claim, item_id, document)
            case NoteItem(note=note):
                _add_note(claim, item_id, note)
            case DecisionItem():
                await _decide(claim, item_id, item, phases)
            case WithdrawalItem(reason=reason):
                _withdraw(claim, item_id, reason)
            case Rejection(filename=filename, reason=reason):
                _tell(claim, item_id, f"Refused the upload {filename}: {reason}", OURSELVES)
                claim.stage(also=[UploadRejected()])
            case Nudge() | ItemBundle():  # the latter's items are applied one by one
                pass


def _tell(claim: ClaimUnitOfWork, item_id: str, text: str, name: str = CLAIMANT) -> None:
    claim.stage([note_to_file(f"arrival.{item_id}", text, name)])


async def _file(claim: ClaimUnitOfWork, item_id: str, document: DocumentRecord) -> None:
    on_file = claim.context.documents
    same_bytes = document.sha256 is not None and any(
        d.type == document.type and d.sha256 == document.sha256 for d in on_file
    )
    if same_bytes:
        return
    replaced = next((d for d in on_file if (d.type, d.filename) == (document.type, document.filename)), None)
    if replaced:
        versions = [*replaced.earlier_versions, replaced.sha256 or str(replaced.reference)]
        document = document.model_copy(update={"earlier_versions": versions})
    if document.reference is None:
        await claim.store.documents.file(claim.claim_id, item_id, document, replaced)
    claim.stage(documents=[*(d for d in on_file if d is not replaced), document])
    again = "A new version of a document" if replaced else "A document"
    _tell(claim, item_id, f"{again}: {document.type}, {document.filename}")


def _add_note(claim: ClaimUnitOfWork, item_id: str, note: Note) -> None:
    if note not in claim.context.notes:
        claim.stage(notes=[*claim.context.notes, note])
    if not claim.context.status.is_over:
        claim.stage(evidence=with_answer(claim.context.evidence, note, utc_now()))
    _tell(claim, item_id, f"{note.type}: {note.content}")


async def _decide(claim: ClaimUnitOfWork, item_id: str, item: DecisionItem, phases: PhaseContext) -> None:
    decision = item.decision
    if claim.context.status is not ClaimStatus.AWAITING_DECISION:
        _tell(claim, item_id, "A decision came when none was due; it was not taken", OURSELVES)
        return
    if claim.context.assessment and changes_since(claim.context.assessment, claim.context):
        _tell(claim, item_id, "A decision came on an assessment that is void; it was not taken", OURSELVES)
        return
    try:
        four_eyes_limit = phases.settings.four_eyes_limit
        changes = decide(
            claim.context, decision, item.identity, four_eyes_limit=four_eyes_limit, now=utc_now()
        )
        await _reserve(claim.store, claim.context, changes.get("decision"), phases)
    except ClaimsError as error:
        _tell(claim, item_id, f"A decision was not taken: {error.detail}", OURSELVES)
        return
    claim.stage(**changes)
    waits = "" if claim.context.decision else " A second officer must decide the same."
    _tell(claim, item_id, f"Decision: {decision.decision}. {decision.rationale}{waits}", decision.officer_id)


async def _reserve(
    store: SessionStore, context: ClaimContext, decision: RecordedDecision | None, phases: PhaseContext
) -> None:
    """Reserve what an officer pays; one who says why more is to be paid than the rules allow is not bound.

    Raises:
        Conflict: other claims of this app have left less of the year's limit meanwhile.
    """
    if decision and decision.decision == "approve" and decision.payout_amount:
        bound = carrier_remaining(context.facts, phases.reference)
        remaining = Decimal("Infinity") if decision.override_reason else bound
        await reserve(store, context, decision.payout_amount, remaining)


def _withdraw(claim: ClaimUnitOfWork, item_id: str, reason: str) -> None:
    if claim.context.decision or claim.context.status.is_over:
        _tell(claim, item_id, f"A withdrawal came too late: {reason}")
        return
    claim.stage(status=ClaimStatus.WITHDRAWN, completed_at=utc_now(), termination_reason="withdrawn")
    _tell(claim, item_id, f"Withdrawn: {reason}")


def _settle(claim: ClaimUnitOfWork, *, reopened: bool, phases: PhaseContext) -> None:
    """Bring status and missing things in line with what is now on record."""
    if claim.context.status.is_over:
        return
    if claim.context.status is ClaimStatus.FAILED:
        if not reopened:
            return
        claim.stage(status=ClaimStatus.PROCESSING, termination_reason=None)
    if claim.context.state is not ClaimState.INTAKE:
        claim.stage(evidence=with_letters(claim.context, phases.requirements.claim_types))
        void_if_changed(claim)
        documents, information = phases.requirements.check(claim.context)
        claim.stage(missing_documents=documents, missing_information=information)
    if claim.context.status is ClaimStatus.PAUSED:
        _settle_pause(claim, phases.settings)


def _settle_pause(claim: ClaimUnitOfWork, settings: Settings) -> None:
    """A pause ends when nothing is missing, or when its time is up; until then it stays the same pause."""
    context, now = claim.context, utc_now()
    as_if_open = context.with_changes(status=ClaimStatus.PROCESSING)
    if next_step(as_if_open, human_in_loop=settings.human_in_loop) is not NextStep.WAIT:
        claim.stage(
            [note_to_file(f"resume.{context.revision + 1}", "Complete; going on")],
            status=ClaimStatus.PROCESSING,
            paused_at=None,
            expires_at=None,
        )
    elif context.expires_at is None:  # it began elsewhere
        claim.stage(expires_at=now + settings.session_ttl)
    elif context.expires_at <= now:
        missing = ", ".join([*context.missing_documents, *context.missing_information])
        claim.stage(
            [note_to_file("expired", f"Expired, still missing: {missing}")],
            status=ClaimStatus.EXPIRED,
            completed_at=now,
            termination_reason=f"expired waiting for: {missing}",
        )
