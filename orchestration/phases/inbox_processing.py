"""Taking up the inbox: what arrived becomes part of the claim, and what is missing is computed anew."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from orchestration.phases.unit_of_work import OURSELVES, ClaimUnitOfWork, note_to_file
from orchestration.rules.authority import decide
from orchestration.rules.requirements import requirements
from orchestration.rules.routing import NextStep, next_step
from reading import parse_answer
from shared.clock import utc_now
from shared.errors import ClaimsError, SessionCorrupt
from shared.models.claim import ClaimContext, ClaimState, ClaimStatus, DocumentRecord, Facts, Message
from shared.models.events import EventType
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
from shared.session_store import InboxEntry, parts_of
from shared.settings import Settings

CLAIMANT = "claimant"


@dataclass
class _Uptake:
    """The claim as it will be, and what its history will say about it."""

    context: ClaimContext
    messages: list[Message] = field(default_factory=list[Message])
    told: list[EventType] = field(default_factory=list[EventType])

    def change(self, **changes: Any) -> None:
        self.context = self.context.model_copy(update=changes)

    def say(self, arrival_id: str, text: str, name: str = CLAIMANT) -> None:
        self.messages.append(note_to_file(f"arrival.{arrival_id}", text, name))


async def apply_inbox(claim: ClaimUnitOfWork, settings: Settings) -> list[str]:
    """Take up everything in the inbox; the ids of what may be cleared once it is committed.

    What changed is staged, to ride with the commit that comes next; documents that come in versions are
    committed here. Of a claim that is over nothing changes but its file: what came too late is
    kept and named. A crash before the commit leaves the inbox as it was; a crash after it leaves entries
    whose ids are on record, which need only be cleared.
    """
    entries = await claim.waiting()
    waiting = [entry.id for entry in entries]
    on_record = set(claim.context.taken)
    parts = [
        (entry, arrival_id, arrival)
        for entry in entries
        for arrival_id, arrival in await _parts(claim, entry, is_on_record=entry.id in on_record)
    ]
    known = list(dict.fromkeys([*waiting, *(arrival_id for _, arrival_id, _ in parts)]))
    taken = [arrival_id for arrival_id in known if arrival_id in on_record]
    fresh = [
        (arrival_id, arrival)
        for entry, arrival_id, arrival in parts
        if on_record.isdisjoint({entry.id, arrival_id})
    ]
    *earlier, last = _batches(fresh)
    for batch in earlier:
        uptake = await _taken(claim, batch, settings)
        taken += [arrival_id for arrival_id, _ in batch]
        _stage(claim, uptake, taken)
        await claim.flush()
    uptake = await _taken(claim, last, settings)
    _settle(uptake, reopened=bool(last), settings=settings)
    if last or uptake.context != claim.context:
        _stage(claim, uptake, waiting)
    return known


async def _parts(
    claim: ClaimUnitOfWork, entry: InboxEntry, *, is_on_record: bool
) -> list[tuple[str, InboxItem]]:
    """What an entry brought; of one that is on record only to clear its contents too, as far as it says."""
    try:
        return parts_of(entry.id, await claim.store.inbox.read(claim.claim_id, entry))
    except SessionCorrupt:
        if is_on_record:
            return []
        raise


def _batches(arrivals: Sequence[tuple[str, InboxItem]]) -> list[list[tuple[str, InboxItem]]]:
    """What may be committed together; at least one batch, which may be empty.

    A document is moved out of the inbox before it is on record. Until then its place alone says that it
    came, so another version of it, which takes that place, waits for the next commit.
    """
    batches: list[list[tuple[str, InboxItem]]] = [[]]
    moved: dict[tuple[str, str], str | None] = {}
    for arrival_id, arrival in arrivals:
        if isinstance(arrival, DocumentItem):
            document = arrival.document
            place = (document.type, document.filename)
            if moved.get(place, document.sha256) != document.sha256:
                batches.append([])
                moved.clear()
            moved[place] = document.sha256
        batches[-1].append((arrival_id, arrival))
    return batches


async def _taken(
    claim: ClaimUnitOfWork, batch: Sequence[tuple[str, InboxItem]], settings: Settings
) -> _Uptake:
    uptake = _Uptake(claim.context)
    for arrival_id, arrival in batch:
        await _take(claim, uptake, arrival_id, arrival, settings)
    return uptake


def _stage(claim: ClaimUnitOfWork, uptake: _Uptake, taken: Sequence[str]) -> None:
    changed = uptake.context.model_copy(update={"taken": list(taken)})
    claim.stage(uptake.messages, told=uptake.told, **_difference(claim.context, changed))


async def _take(
    claim: ClaimUnitOfWork, uptake: _Uptake, arrival_id: str, arrival: InboxItem, settings: Settings
) -> None:
    match arrival:
        case DocumentItem(document=document):
            await _file(claim, uptake, arrival_id, document)
        case NoteItem(note=note):
            if note not in uptake.context.notes:
                uptake.change(notes=[*uptake.context.notes, note])
            if not uptake.context.status.is_over:
                answer = parse_answer(note.type, note.content, sent_at=utc_now())
                uptake.change(facts=_answered(uptake.context.facts, answer))
            uptake.say(arrival_id, f"{note.type}: {note.content}")
        case DecisionItem():
            _decide(uptake, arrival_id, arrival, settings)
        case WithdrawalItem(reason=reason):
            if uptake.context.decision or uptake.context.status.is_over:
                uptake.say(arrival_id, f"A withdrawal came too late: {reason}")
            else:
                uptake.change(
                    status=ClaimStatus.WITHDRAWN,
                    completed_at=utc_now(),
                    termination_reason="withdrawn",
                )
                uptake.say(arrival_id, f"Withdrawn: {reason}")
        case Rejection(filename=filename, reason=reason):
            uptake.say(arrival_id, f"Refused the upload {filename}: {reason}", OURSELVES)
            uptake.told.append("claim.document_rejected")
        case Nudge() | ItemBundle():  # the latter's parts are taken one by one
            pass


async def _file(claim: ClaimUnitOfWork, uptake: _Uptake, arrival_id: str, document: DocumentRecord) -> None:
    on_file = uptake.context.documents
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
        await claim.store.documents.file(claim.claim_id, arrival_id, document, replaced)
    uptake.change(documents=[d for d in on_file if d is not replaced] + [document])
    again = "A new version of a document" if replaced else "A document"
    uptake.say(arrival_id, f"{again}: {document.type}, {document.filename}")


def _answered(known: Facts, answer: Facts) -> Facts:
    """A claimant's answer outranks what was known."""
    given = {name: value for name, value in answer if value not in (None, [])}
    return known.model_copy(update=given)


def _decide(uptake: _Uptake, arrival_id: str, arrival: DecisionItem, settings: Settings) -> None:
    decision = arrival.decision
    if uptake.context.status is not ClaimStatus.AWAITING_DECISION:
        uptake.say(arrival_id, "A decision came when none was due; it was not taken", OURSELVES)
        return
    try:
        changes = decide(
            uptake.context,
            decision,
            arrival.identity,
            four_eyes_limit=settings.four_eyes_limit,
            now=utc_now(),
        )
    except ClaimsError as error:
        uptake.say(arrival_id, f"A decision was not taken: {error.detail}", OURSELVES)
        return
    uptake.change(**changes)
    waits = "" if uptake.context.decision else " A second officer must decide the same."
    uptake.say(arrival_id, f"Decision: {decision.decision}. {decision.rationale}{waits}", decision.officer_id)


def _settle(uptake: _Uptake, *, reopened: bool, settings: Settings) -> None:
    """Bring status and missing things in line with what is now on record."""
    context = uptake.context
    if context.status.is_over:
        return
    if context.status is ClaimStatus.FAILED:
        if not reopened:
            return
        uptake.change(status=ClaimStatus.PROCESSING, termination_reason=None)
    if context.state is not ClaimState.INTAKE:
        documents, information = requirements().check(uptake.context)
        uptake.change(missing_documents=documents, missing_information=information)
    if uptake.context.status is ClaimStatus.PAUSED:
        _settle_pause(uptake, settings)


def _settle_pause(uptake: _Uptake, settings: Settings) -> None:
    """A pause ends when nothing is missing, or when its time is up; until then it stays the same pause."""
    context, now = uptake.context, utc_now()
    as_if_open = context.model_copy(update={"status": ClaimStatus.PROCESSING})
    if next_step(as_if_open, human_in_loop=settings.human_in_loop) is not NextStep.WAIT:
        uptake.change(status=ClaimStatus.PROCESSING, paused_at=None, expires_at=None)
        uptake.messages.append(note_to_file(f"resume.{context.revision + 1}", "Complete; going on"))
    elif context.expires_at is None:  # it began elsewhere
        uptake.change(expires_at=now + settings.session_ttl)
    elif context.expires_at <= now:
        missing = ", ".join([*context.missing_documents, *context.missing_information])
        uptake.change(
            status=ClaimStatus.EXPIRED,
            completed_at=now,
            termination_reason=f"expired waiting for: {missing}",
        )
        uptake.messages.append(note_to_file("expired", f"Expired, still missing: {missing}"))


def _difference(before: ClaimContext, after: ClaimContext) -> dict[str, Any]:
    return {name: value for name, value in after if value != getattr(before, name)}
