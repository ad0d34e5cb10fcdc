"""The session store: what it promises holds on every backend.

    history.jsonl   appended to, at the position that the last commit left
    context.json    the commit: its revision, and how much of the history belongs to it
    session.json    the summary, derived; what a crash left stale, the next save writes again

What lies in history.jsonl behind `history_bytes` was never committed and is never read. All but the summary
passes through a `Sealer` (sealing.py), which compresses and encrypts it where the settings say so.
"""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import AwareDatetime, BaseModel, TypeAdapter, ValidationError
from ulid import ULID

from shared.clock import utc_now
from shared.errors import KeyMissing, NotFound, RevisionConflict, SessionCorrupt
from shared.models.audit import AuditEntry
from shared.models.claim import (
    SCHEMA_VERSION,
    AuditHead,
    ClaimContext,
    ClaimStatus,
    ClaimSummary,
    DocumentRecord,
    Message,
)
from shared.names import check_claim_id, check_slug
from shared.session_store import audit, codec, object_names
from shared.session_store.backend import Append, Area, Backend, Page, PreconditionFailed
from shared.session_store.deliveries import Deliveries
from shared.session_store.inbox import Inbox, InboxEntry, waiting_in
from shared.session_store.legacy import upgrades
from shared.session_store.legacy.session_files import SessionFiles
from shared.session_store.listing import EVERYTHING, Order, PageRequest, Period, SummaryFilter
from shared.session_store.request_records import RequestRecords
from shared.session_store.sealing import Chain, Sealer
from shared.session_store.streams import pieces, whole
from shared.session_store.validation_text import faults

if TYPE_CHECKING:
    from semantic_kernel.contents import ChatHistory

PROGRESS = {"revision", "message_count", "saved_at", "state", "claim_type"}
"""What of a summary changes while a claim is worked; alone it is no reason to write session.json."""

ATTEMPTS = 10
"""How often a read or a change is begun anew because others save the session meanwhile."""
WORTH_COOLING = 128 * 1024
"""Bytes of a document from which on a year in the cool tier saves more than moving it there costs."""
_PLACES_OF_A_CLAIM = (Area.SESSIONS, Area.UPLOADS, Area.REJECTED)
REMEMBERED = 256
"""How many contexts stay parsed. Their bytes are read all the same, so nothing is ever out of date."""

_OBJECT = TypeAdapter(dict[str, Any])


@dataclass(frozen=True)
class Session:
    """A claim's context as it was read or saved, with what is needed to save it again."""

    context: ClaimContext
    tag: str | None
    """Names the stored context.json; None: never saved."""
    recorded: ClaimSummary | None = field(default=None, repr=False, compare=False)
    """session.json as this session's last save left it; None: not looked at yet."""
    chain: Chain | None = field(default=None, repr=False)
    """What its history is encrypted with; None where it is not."""


class _Erasure(BaseModel):
    """What is known of a claim while it is being erased; its tombstone does not say when it was created."""

    claim_id: str
    erased_at: AwareDatetime
    created_at: AwareDatetime | None = None


class SessionStore:
    def __init__(self, backend: Backend, sealer: Sealer | None = None) -> None:
        self._backend = backend
        self._sealer = sealer or Sealer()
        self._sessions: dict[str, Session] = {}
        self.inbox = Inbox(backend, self._sealer)
        self.requests = RequestRecords(backend, self._sealer)
        self.deliveries = Deliveries(backend)

    async def close(self) -> None:
        await self._sealer.close()
        await self._backend.close()

    # --- sessions ------------------------------------------------------------------------------

    async def save_session(
        self,
        session: Session | ClaimContext,
        messages: "Sequence[Message] | ChatHistory" = (),
        *,
        acts: Sequence[AuditEntry] = (),
        summarize: bool = True,
    ) -> Session:
        """Commit a session with the messages that are new in it; all or nothing to every reader.

        A bare context is a session that was never saved. `acts` are what the commit does to the claim, for
        its audit trail. `session.json` is written where more than its progress changed; without `summarize`
        it is left for a later save.

        Raises:
            RevisionConflict: somebody saved or deleted the session since it was read, or it exists
                already. Nothing was saved; load it again.
            SessionCorrupt: what is stored of its history is shorter than what was committed.
        """
        given = Session(session, tag=None) if isinstance(session, ClaimContext) else session
        added = messages if isinstance(messages, Sequence) else codec.messages_from_chat_history(messages)
        before, claim_id = given.context, given.context.claim_id
        # A session that was never saved has no history, whatever its context says.
        history_at = before.history_bytes if given.tag else 0
        message_count = before.message_count if given.tag else 0
        lines, chain = self._sealer.seal_lines(
            object_names.history(claim_id),
            given.chain if given.tag else None,
            history_at,
            codec.encode_messages(added),
        )
        audit_head, audited = await self._audited(given, acts)
        context = before.as_committed(
            saved_at=utc_now(),
            history_bytes=history_at + len(lines),
            message_count=message_count + len(added),
            audit=audit_head,
        )
        said = Append("history.jsonl", history_at, lines)
        try:
            tag = await self._backend.commit(
                claim_id,
                expected=given.tag,
                appends=[append for append in (said, audited) if append.lines],
                context=await self._sealer.seal_context(object_names.context(claim_id), context, chain),
            )
        except PreconditionFailed:
            raise RevisionConflict(f"{claim_id}: not at revision {before.revision} any more") from None
        saved = self._remember(replace(given, context=context, tag=tag, chain=chain))
        return await self._summarized(saved, is_first=given.tag is None) if summarize else saved

    async def _audited(self, given: Session, acts: Sequence[AuditEntry]) -> tuple[AuditHead, Append]:
        """Where the audit trail ends with these acts, and the lines that it gets."""
        context = given.context
        head = context.audit if given.tag else AuditHead()
        added = audit.lines_of(acts, head, to_revision=context.revision + 1, status=context.status)
        stored = b""
        for line in added:
            stored += await self._sealer.seal(_line(context.claim_id, head.bytes + len(stored)), line) + b"\n"
        return audit.head_behind(head, added, len(stored)), Append("audit.jsonl", head.bytes, stored)

    async def refresh_summary(self, session: Session) -> Session:
        """Write session.json where it differs in more than progress, as it does after a crash.

        For whoever finds that the step it was about to save is on record already.
        """
        return await self._summarized(session)

    async def _summarized(self, session: Session, *, is_first: bool = False) -> Session:
        summary = ClaimSummary.of(session.context)
        recorded = session.recorded
        if not is_first and recorded is None:
            recorded = await self._backend.known_summary(session.context.claim_id)
        if recorded is None or not _differ_in_progress_only(recorded, summary):
            await self._backend.write_summary(session.context.claim_id, summary, is_first=is_first)
            recorded = summary
        return self._remember(replace(session, recorded=recorded))

    async def load_session(self, claim_id: str) -> Session | None:
        """The session as last committed; None where there is none. Reads context.json only, of an older
        version's session all three files.

        Raises:
            SessionCorrupt: the context is no context, or a newer version's.
        """
        name = object_names.context(claim_id)
        found = await self._backend.read_with_tag(Area.SESSIONS, name)
        if found is None:
            return None
        data, tag = found
        if (known := self._sessions.get(claim_id)) and known.tag == tag:
            return known
        data, chain = await self._sealer.open_context(name, data)
        try:
            version = upgrades.version_of(data)
            if version > SCHEMA_VERSION:
                raise SessionCorrupt(f"{name}: schema version {version} is newer than this app")
            if version < SCHEMA_VERSION:
                data = await self._upgraded(claim_id, data)
            context = ClaimContext.model_validate_json(data)
        except ValidationError as error:
            raise SessionCorrupt(f"{name}: {faults(error)}") from None
        if context.claim_id != claim_id:
            raise SessionCorrupt(f"{name}: belongs to {context.claim_id}")
        return self._remember(Session(context, tag, chain=chain))

    async def look(self, claim_id: str) -> tuple[Session | None, Sequence[InboxEntry]]:
        """The session, None where there is none, with what waits in its inbox, both of one moment.

        Raises:
            RevisionConflict: others keep saving it.
            SessionCorrupt: as `load_session`.
        """
        for _ in range(ATTEMPTS):
            seen = await self._backend.look(claim_id)
            session = self._sessions.get(claim_id)
            if session is None or session.tag != seen.tag:
                session = None if seen.tag is None else await self.load_session(claim_id)
            # What was taken up since may lie in what was seen before: both must be of one revision.
            if session is None or session.tag == seen.tag:
                return session, waiting_in(seen.inbox)
        raise RevisionConflict(f"{claim_id}: saved by others {ATTEMPTS} times while it was read")

    async def _upgraded(self, claim_id: str, context: bytes) -> bytes:
        summary = await self._backend.read(Area.SESSIONS, object_names.summary(claim_id))
        history = await self._backend.read(Area.SESSIONS, object_names.history(claim_id))
        if summary is None or history is None:
            return context  # no version ever left it so: it is damaged, and validation says where
        try:
            return upgrades.upgraded(SessionFiles(summary, context, history))
        except ValidationError:
            raise
        except ValueError as error:
            raise SessionCorrupt(f"{claim_id}/{error}") from None

    async def read_summary(self, claim_id: str) -> ClaimSummary | None:
        """What session.json says: cheap, and after a crash behind the context until the next save."""
        data = await self._backend.read(Area.SESSIONS, object_names.summary(claim_id))
        return None if data is None else codec.decode_summary(data)

    def _remember(self, session: Session) -> Session:
        """Keep what was parsed, or just saved; a context is immutable and its tag names its bytes."""
        self._sessions.pop(session.context.claim_id, None)
        self._sessions[session.context.claim_id] = session
        if len(self._sessions) > REMEMBERED:
            del self._sessions[next(iter(self._sessions))]
        return session

    async def session_exists(self, claim_id: str) -> bool:
        return await self._backend.read(Area.SESSIONS, object_names.context(claim_id), 0, 1) is not None

    async def holds_anything(self, claim_id: str) -> bool:
        """Whether anything of the claim is kept: a session, documents that came before it, uploads, or what a
        deletion left that was cut off."""
        check_claim_id(claim_id)
        for place in _PLACES_OF_A_CLAIM:
            if await self._backend.list(place, claim_id):
                return True
        return False

    async def everything(self, claim_id: str) -> AsyncIterator[tuple[str, bytes]]:
        """All that is kept of a claim, object by object: where it lies, and its content in the clear.

        What is damaged comes as it is stored.

        Raises:
            KeyMissing: a piece is encrypted by a key that is not configured here.
        """
        check_claim_id(claim_id)
        for place in _PLACES_OF_A_CLAIM:
            for entry in await self._backend.list(place, claim_id):
                stored = await self._backend.read(place, entry.key)
                if stored is not None and not entry.key.rpartition("/")[2].startswith("."):
                    content = stored if place is not Area.SESSIONS else await self._opened(entry.key, stored)
                    yield f"{place}/{entry.key}", content

    async def _opened(self, name: str, stored: bytes) -> bytes:
        claim_id, _, within = name.partition("/")
        try:
            match within.partition("/")[0]:
                case "session.json":
                    return stored
                case "context.json":
                    return (await self._sealer.open_context(name, stored))[0]
                case "history.jsonl" | "audit.jsonl":
                    return await self._opened_log(claim_id, within) or stored
                case folder if folder == "documents" or within.endswith(".content"):
                    return await whole(self._sealer.open_document(name, pieces(stored)))
                case _:
                    return await self._sealer.open(name, stored)
        except KeyMissing:
            raise
        except SessionCorrupt:
            return stored

    async def _opened_log(self, claim_id: str, name: str) -> bytes | None:
        session = await self.load_session(claim_id)
        if session is None:
            return None
        if name == "history.jsonl":
            return await self.read_history_lines(session)
        lines = await self._audit_lines(session)
        return None if None in lines else b"".join(line + b"\n" for line in lines if line)

    async def list_sessions(
        self,
        status: ClaimStatus | None = None,
        limit: int = 100,
        continuation: str | None = None,
        *,
        wanted: SummaryFilter = EVERYTHING,
        order: Order | None = None,
    ) -> Page:
        """A page of summaries: by claim id, those of a status by moment, or in the order that is asked for.

        No page looks at more than `MOST_EXAMINED` claims on the way to its next one, so it may be short or
        empty and still have a `continuation`. That stays valid while others write: no claim that stays where
        it is in the order is left out or comes twice. By claim id that is every claim; by moment, one that is
        saved meanwhile may have moved on, and come again.

        Raises:
            ValueError: the limit is below 1, the continuation is none that a list in this order has given,
                or an order by moment is asked for without a status.
        """
        if limit < 1:
            raise ValueError("limit is at least 1")
        if order is Order.MOMENT and status is None:
            raise ValueError("by moment only claims of one status are ordered")
        order = order or (Order.MOMENT if status else Order.CLAIM_ID)
        return await self._backend.list_summaries(PageRequest(status, wanted, order, limit, continuation))

    async def find_sessions(self, *periods: Period) -> list[list[ClaimSummary]]:
        """The summaries of each period; costs what is found, not what is stored (on a disk, a look at all).

        After a crash a summary may be behind its session: look at the session before acting on one.
        """
        return await self._backend.find_summaries(periods)

    async def archive_session(self, claim_id: str) -> Session:
        """Stamp a session as archived and cool its documents; one that is archived stays as it is.

        Raises:
            NotFound: there is no such session.
            RevisionConflict: others kept saving it.
        """
        for _ in range(ATTEMPTS):
            session = await self.load_session(claim_id)
            if session is None:
                raise NotFound("there is no such claim")
            if session.context.archived_at is not None:
                return await self.refresh_summary(session)
            archived = session.context.with_changes(archived_at=utc_now())
            try:
                saved = await self.save_session(replace(session, context=archived))
            except RevisionConflict:
                continue
            await self.cool_documents(archived)
            return saved
        raise RevisionConflict(f"{claim_id}: saved by others {ATTEMPTS} times while archiving it")

    async def cool_documents(self, context: ClaimContext) -> None:
        """Move an archived claim's documents to where keeping them is cheaper, where there is such a place.

        Whatever goes wrong in it is no reason to fail: it costs a little, and nothing is lost.
        """
        names = [
            object_names.document(context.claim_id, document)
            for document in context.documents
            if document.sha256 and (document.size or 0) >= WORTH_COOLING
        ]
        if names:
            await self._backend.cool(Area.SESSIONS, names)

    async def delete_session(self, claim_id: str) -> None:
        """Erase all of a claim, its uploads and rejected uploads included; safe to repeat after a crash.

        A tombstone stays, with the claim id and the instant.
        """
        try:
            session = await self.load_session(claim_id)
        except SessionCorrupt:
            session = None
        created_at = session.context.created_at if session else await self.created_at(claim_id)
        # On record before it is begun, so that the sweep completes what a crash cut off.
        erasure = _Erasure(claim_id=claim_id, erased_at=utc_now(), created_at=created_at)
        await self._backend.write(
            Area.ERASED, object_names.erasure(claim_id), erasure.model_dump_json(indent=2).encode()
        )
        if session is not None or not await self.was_erased(claim_id):
            stone = erasure.model_dump_json(indent=2, exclude={"created_at"}).encode()
            await self._backend.write(Area.ERASED, object_names.tombstone(claim_id), stone)
        # The commit goes first: from here on there is no session, and no save can bring it back.
        await self._backend.delete(Area.SESSIONS, object_names.context(claim_id))
        await self._backend.forget_summary(claim_id, session and ClaimSummary.of(session.context))
        await self.requests.forget_submissions(claim_id)
        for place in _PLACES_OF_A_CLAIM:
            await self._backend.delete_tree(place, claim_id)

    async def created_at(self, claim_id: str) -> datetime | None:
        """When the claim was created, also until its erasure is closed; None where nobody knows."""
        with suppress(SessionCorrupt):
            if session := await self.load_session(claim_id):
                return session.context.created_at
        with suppress(SessionCorrupt):
            if summary := await self.read_summary(claim_id):
                return summary.created_at
        erasure = await self._backend.read(Area.ERASED, object_names.erasure(claim_id))
        return None if erasure is None else _Erasure.model_validate_json(erasure).created_at

    async def was_erased(self, claim_id: str) -> bool:
        """Whether a claim of that id was erased; another one may have the id by now."""
        return await self._backend.read(Area.ERASED, object_names.tombstone(claim_id), 0, 1) is not None

    async def list_erasures(self) -> list[tuple[str, datetime]]:
        """Claims that were erased of late, and when: something may have come while they were."""
        found = await self._backend.list(Area.ERASED, object_names.ERASURES)
        return [(entry.key.rpartition("/")[2].removesuffix(".json"), entry.modified_at) for entry in found]

    async def close_erasure(self, claim_id: str) -> None:
        """Nothing more is looked for of an erased claim; its tombstone stays."""
        await self._backend.delete(Area.ERASED, object_names.erasure(claim_id))

    # --- history -------------------------------------------------------------------------------

    async def read_history(self, session: Session, after: int = 0, limit: int | None = None) -> list[Message]:
        """Committed messages, `after` of them skipped.

        Raises:
            RevisionConflict: the session was deleted since it was read.
            SessionCorrupt: the history is damaged.
        """
        return _decode(session, await self.read_history_lines(session, after, limit))

    async def read_history_lines(self, session: Session, after: int = 0, limit: int | None = None) -> bytes:
        """The same as JSON lines."""
        stored = await self._read_committed(session)
        name = object_names.history(session.context.claim_id)
        lines = self._sealer.open_lines(name, session.chain, 0, stored) if stored else b""
        if after == 0 and limit is None:
            return lines
        stop = None if limit is None else after + limit
        return b"".join(codec.lines_of_messages(lines)[after:stop])

    async def read_audit(self, session: Session) -> audit.AuditTrail:
        """The claim's audit trail, checked line by line against its own chain and the context.

        Raises:
            RevisionConflict: the session was deleted since it was read.
            KeyMissing: a line is encrypted by a key that is not configured here.
        """
        return audit.verified(await self._audit_lines(session), session.context.audit)

    async def _audit_lines(self, session: Session) -> list[bytes | None]:
        """The lines in the clear; None for one that is damaged."""
        claim_id, head = session.context.claim_id, session.context.audit
        data = await self._backend.read(Area.SESSIONS, object_names.audit(claim_id), 0, head.bytes) or b""
        if not data and head.bytes and not await self.session_exists(claim_id):
            raise RevisionConflict(f"{claim_id}: deleted since it was read")
        lines: list[bytes | None] = []
        position = 0
        for stored in data.splitlines(keepends=True):
            try:
                name = _line(claim_id, position)
                lines.append(await self._sealer.open(name, stored.removesuffix(b"\n")))
            except KeyMissing:
                raise
            except SessionCorrupt:
                lines.append(None)
            position += len(stored)
        return lines

    async def chat_history(self, session: Session) -> "ChatHistory":
        """The committed messages as Semantic Kernel has them; imports Semantic Kernel."""
        messages = await self.read_history(session)
        try:
            return codec.chat_history_from_messages(messages)
        except ValueError as error:
            raise SessionCorrupt(f"{object_names.history(session.context.claim_id)}: {error}") from None

    async def _read_committed(self, session: Session) -> bytes:
        claim_id, end = session.context.claim_id, session.context.history_bytes
        if session.tag is None or end == 0:
            return b""
        name = object_names.history(claim_id)
        data = await self._backend.read(Area.SESSIONS, name, 0, end) or b""
        if len(data) < end:
            if not await self.session_exists(claim_id):
                raise RevisionConflict(f"{claim_id}: deleted since it was read")
            raise SessionCorrupt(f"{name}: ends before its {end} committed bytes")
        return data

    # --- documents -----------------------------------------------------------------------------

    async def read_document(self, claim_id: str, document: DocumentRecord) -> bytes | None:
        """A document's content; None for a reference, or where it is gone.

        Raises:
            SessionCorrupt: it is not the one that was recorded, or not sealed as the settings ask.
        """
        opened = await self.open_document(claim_id, document)
        return None if opened is None else await whole(opened)

    async def open_document(self, claim_id: str, document: DocumentRecord) -> AsyncGenerator[bytes] | None:
        """As `read_document`, piece by piece; what ends in an error is not the document."""
        name = object_names.document(claim_id, document)
        stored = await self._backend.open_stream(Area.SESSIONS, name)
        return None if stored is None else self._sealer.open_document(name, stored, document.sha256)

    async def put_handoff(self, claim_id: str, payload: dict[str, Any]) -> None:
        """
        Raises:
            NotFound: there is no such session (any more).
        """
        if not await self.session_exists(claim_id):
            raise NotFound("there is no such claim")
        data = json.dumps(payload, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace")
        name = object_names.handoff(claim_id)
        await self._backend.write(Area.SESSIONS, name, await self._sealer.seal(name, data))

    async def read_handoff(self, claim_id: str) -> dict[str, Any] | None:
        """The handoff payload; None before it is put.

        Raises:
            SessionCorrupt: it is no JSON object.
        """
        name = object_names.handoff(claim_id)
        data = await self._backend.read(Area.SESSIONS, name)
        if data is None:
            return None
        try:
            return _OBJECT.validate_json(await self._sealer.open(name, data))
        except ValidationError as error:
            raise SessionCorrupt(f"{name}: {faults(error)}") from None

    # --- uploads -------------------------------------------------------------------------------

    async def reject_upload(self, upload_key: str, data: bytes, reason: str) -> None:
        """Put a refused upload aside, with the reason; the upload itself stays until it is deleted."""
        await self._backend.write(
            Area.REJECTED, object_names.rejected(upload_key), data, metadata={"reason": reason}
        )

    async def upload_link(self, claim_id: str, document_type: str, until: datetime) -> str | None:
        """A URL to put one document of the claim by; None where this store takes none so."""
        key = f"{check_claim_id(claim_id)}/{check_slug(document_type)}/{document_type}-{ULID()}"
        return await self._backend.upload_link(key, until)

    async def delete_upload(self, upload_key: str) -> None:
        await self._backend.delete(Area.UPLOADS, upload_key)


def _line(claim_id: str, position: int) -> str:
    """The place to which a line of the audit trail is bound."""
    return f"{object_names.audit(claim_id)}@{position}"


def _differ_in_progress_only(one: ClaimSummary, other: ClaimSummary) -> bool:
    fields = ClaimSummary.model_fields.keys() - PROGRESS
    return all(getattr(one, field) == getattr(other, field) for field in fields)


def _decode(session: Session, lines: bytes) -> list[Message]:
    try:
        return codec.decode_lines(lines)
    except ValueError as error:
        raise SessionCorrupt(f"{object_names.history(session.context.claim_id)}: {error}") from None
