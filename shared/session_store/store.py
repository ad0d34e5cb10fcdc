"""The session store: what it promises holds on every backend.

    history.jsonl   appended to, at the position that the last commit left
    audit.jsonl     appended to in the same way
    context.json    the commit: its revision, and how much of the history and the audit trail belongs to it
    session.json    the summary, derived; what a crash left stale, the next save writes again

What lies in a log behind the committed length was never committed and is never read. All but the summary
passes through a `Sealer` (sealing.py), which compresses and encrypts it where the settings ask for it.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from tenacity import retry, retry_if_exception_type, stop_after_attempt

from shared.clock import utc_now
from shared.errors import NotFound, RevisionConflict, SessionCorrupt
from shared.models.audit import AuditEntry
from shared.models.claim import ClaimContext, ClaimStatus, ClaimSummary, Message
from shared.names import check_claim_id
from shared.session_store import codec, object_names
from shared.session_store.app_secret import AppSecret
from shared.session_store.audit_log import AuditLog
from shared.session_store.backend import CLAIM_AREAS, Area, Backend, PreconditionFailed
from shared.session_store.deliveries import Deliveries
from shared.session_store.documents import Documents
from shared.session_store.erasures import Erasures
from shared.session_store.export import Exports
from shared.session_store.handoffs import Handoffs
from shared.session_store.history import History
from shared.session_store.inbox import Inbox, InboxEntry
from shared.session_store.ledger import Ledger
from shared.session_store.listing import EVERYTHING, Order, Page, PageRequest, Period, SummaryFilter
from shared.session_store.request_records import RequestRecords
from shared.session_store.sealing import Sealer
from shared.session_store.sessions import ATTEMPTS, Session, Sessions
from shared.session_store.uploads import Uploads

if TYPE_CHECKING:
    from semantic_kernel.contents import ChatHistory

PROGRESS = {"revision", "message_count", "saved_at", "state", "claim_type"}
"""Fields of a summary that change while a claim is worked; alone they are no reason to write session.json."""


class SessionStore:
    """The sessions of all claims, and by its parts whatever else is kept of them."""

    def __init__(
        self, backend: Backend, sealer: Sealer | None = None, *, secret: bytes | None = None
    ) -> None:
        sealer = sealer or Sealer()
        self._backend = backend
        self._sealer = sealer
        self._sessions = Sessions(backend.commits, backend.objects, sealer)
        self.history = History(backend.commits, sealer)
        self.audit = AuditLog(backend.commits, sealer)
        self.documents = Documents(backend.objects, sealer)
        self.handoffs = Handoffs(backend.objects, backend.commits, sealer)
        self.inbox = Inbox(backend.objects, sealer)
        self.uploads = Uploads(backend.objects, backend.upload_links)
        self.requests = RequestRecords(backend.objects, sealer)
        self.deliveries = Deliveries(backend.objects)
        self.erasures = Erasures(backend.objects)
        self.secret = AppSecret(backend.objects, sealer, secret)
        self.ledger = Ledger(backend.objects, sealer, self.secret)
        self.exports = Exports(backend.objects, sealer, self._sessions, self.history, self.audit)

    async def close(self) -> None:
        """Release connections, keys and locks."""
        await self._sealer.close()
        await self._backend.close()

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
        history, chain = self.history.seal(given, added)
        audit_head, audited = await self.audit.seal(given, acts)
        context = before.as_committed(
            saved_at=utc_now(),
            history_bytes=history.at + len(history.lines),
            message_count=(before.message_count if given.tag else 0) + len(added),
            audit=audit_head,
        )
        try:
            tag = await self._backend.commits.commit(
                claim_id,
                expected=given.tag,
                appends=[append for append in (history, audited) if append.lines],
                context=await self._sealer.seal_context(object_names.context(claim_id), context, chain),
            )
        except PreconditionFailed:
            raise RevisionConflict(f"{claim_id}: not at revision {before.revision} any more") from None
        saved = replace(given, context=context, tag=tag, chain=chain)
        self._sessions.remember(saved)
        return await self.refresh_summary(saved, is_first=given.tag is None) if summarize else saved

    async def refresh_summary(self, session: Session, *, is_first: bool = False) -> Session:
        """Write session.json where it differs in more than progress, as it does after a crash.

        It is for whoever finds that the step it was about to save is on record already. `is_first` states
        that there is no session.json yet.
        """
        claim_id, summary = session.context.claim_id, ClaimSummary.of(session.context)
        recorded = session.recorded
        if not is_first and recorded is None:
            recorded = await self._backend.summaries.recorded(claim_id)
        if recorded is None or recorded.model_dump(exclude=PROGRESS) != summary.model_dump(exclude=PROGRESS):
            await self._backend.summaries.write(claim_id, summary, is_first=is_first)
            recorded = summary
        return self._sessions.remember(replace(session, recorded=recorded))

    async def load_session(self, claim_id: str) -> Session | None:
        """The session as last committed; None where there is none.

        It reads context.json only, and all three files of a session that an older version wrote.

        Raises:
            SessionCorrupt: the context is damaged, or of a newer version.
        """
        return await self._sessions.load(claim_id)

    async def load_with_inbox(self, claim_id: str) -> tuple[Session | None, Sequence[InboxEntry]]:
        """The session, None where there is none, with the entries of its inbox, both of one moment.

        Raises:
            RevisionConflict: others keep saving it.
            SessionCorrupt: the context is damaged, or of a newer version.
        """
        return await self._sessions.load_with_inbox(claim_id)

    async def session_exists(self, claim_id: str) -> bool:
        """Whether there is a session of the claim."""
        return await self._backend.commits.exists(claim_id)

    async def read_summary(self, claim_id: str) -> ClaimSummary | None:
        """The summary in session.json: cheap, and after a crash behind the context until the next save."""
        data = await self._backend.objects.read(Area.SESSIONS, object_names.summary(claim_id))
        return None if data is None else codec.decode_summary(data)

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

        No page examines more than `listing.MOST_EXAMINED` claims on the way to its next one, so it may be
        short or empty and still have a `continuation`. That stays valid while others write: no claim that
        stays where it is in the order is left out or comes twice. By claim id that is every claim; by moment,
        one that is saved meanwhile may have moved on, and come again.

        Raises:
            ValueError: the limit is below 1, the continuation is none that a list in this order has given,
                or an order by moment is asked for without a status.
        """
        if limit < 1:
            raise ValueError("limit is at least 1")
        if order is Order.MOMENT and status is None:
            raise ValueError("by moment only claims of one status are ordered")
        order = order or (Order.MOMENT if status else Order.CLAIM_ID)
        return await self._backend.summaries.page(PageRequest(status, wanted, order, limit, continuation))

    async def find_sessions(self, *periods: Period) -> list[list[ClaimSummary]]:
        """The summaries of each period; costs what is found, or in a directory a look at each claim.

        After a crash a summary may be behind its session: load the session before acting on one.
        """
        return await self._backend.summaries.find(periods)

    @retry(retry=retry_if_exception_type(RevisionConflict), stop=stop_after_attempt(ATTEMPTS), reraise=True)
    async def archive_session(self, claim_id: str) -> Session:
        """Stamp a session as archived and cool its documents; one that is archived stays as it is.

        Raises:
            NotFound: there is no such session.
            RevisionConflict: others kept saving it.
        """
        session = await self.load_session(claim_id)
        if session is None:
            raise NotFound("there is no such claim")
        if session.context.archived_at is not None:
            return await self.refresh_summary(session)
        archived = session.context.with_changes(archived_at=utc_now())
        saved = await self.save_session(replace(session, context=archived))
        await self.documents.cool(archived)
        return saved

    async def delete_session(self, claim_id: str) -> None:
        """Erase all of a claim, its uploads and rejected uploads included; safe to repeat after a crash.

        A tombstone stays, with the claim id and the instant.
        """
        try:
            session = await self.load_session(claim_id)
        except SessionCorrupt:
            session = None
        created_at = session.context.created_at if session else await self.created_at(claim_id)
        await self.erasures.begin(claim_id, created_at, has_session=session is not None)
        # The commit goes first: from here on there is no session, and no save can bring it back.
        await self._backend.objects.delete(Area.SESSIONS, object_names.context(claim_id))
        await self._backend.summaries.remove(claim_id, session and ClaimSummary.of(session.context))
        await self.requests.forget_submissions(claim_id)
        for area in CLAIM_AREAS:
            await self._backend.objects.delete_tree(area, claim_id)

    async def created_at(self, claim_id: str) -> datetime | None:
        """When the claim was created, also until its erasure is closed; None where that is not known."""
        with suppress(SessionCorrupt):
            if session := await self.load_session(claim_id):
                return session.context.created_at
        with suppress(SessionCorrupt):
            if summary := await self.read_summary(claim_id):
                return summary.created_at
        return await self.erasures.created_at(claim_id)

    async def holds_anything(self, claim_id: str) -> bool:
        """Whether anything of the claim is kept.

        It may be a session, documents that came before it, uploads, or what a deletion left that was cut off.
        """
        check_claim_id(claim_id)
        for area in CLAIM_AREAS:
            if await self._backend.objects.list(area, claim_id):
                return True
        return False
