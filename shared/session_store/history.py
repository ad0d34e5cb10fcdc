"""The history of a session: its messages, of which what lies behind the committed length is never read."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shared.errors import RevisionConflict, SessionCorrupt
from shared.models.claim import Message
from shared.session_store import codec, object_names
from shared.session_store.backend import Append, CommitLog
from shared.session_store.sealing import Chain, Sealer
from shared.session_store.sessions import Session

if TYPE_CHECKING:
    from semantic_kernel.contents import ChatHistory


class History:
    """The committed messages of sessions."""

    def __init__(self, commits: CommitLog, sealer: Sealer) -> None:
        self._commits = commits
        self._sealer = sealer

    def seal(self, session: Session, messages: Sequence[Message]) -> tuple[Append, Chain | None]:
        """What a commit appends for new messages, and the history's chain behind them."""
        # A session that was never saved has no history, whatever its context says.
        at, chain = (session.context.history_bytes, session.chain) if session.tag else (0, None)
        name = object_names.log(session.context.claim_id, object_names.HISTORY)
        lines, chain = self._sealer.seal_lines(name, chain, at, codec.encode_messages(messages))
        return Append(object_names.HISTORY, at, lines), chain

    async def read(self, session: Session, after: int = 0, limit: int | None = None) -> list[Message]:
        """At most `limit` committed messages, the first `after` of them skipped.

        Raises:
            RevisionConflict: the session was deleted since it was read.
            SessionCorrupt: the history is damaged.
        """
        lines = await self.read_lines(session, after, limit)
        try:
            return codec.decode_lines(lines)
        except ValueError as error:
            raise SessionCorrupt(
                f"{object_names.log(session.context.claim_id, object_names.HISTORY)}: {error}"
            ) from None

    async def read_lines(self, session: Session, after: int = 0, limit: int | None = None) -> bytes:
        """The messages that `read` returns, as JSON lines.

        Raises:
            RevisionConflict: the session was deleted since it was read.
            SessionCorrupt: the history is damaged.
        """
        claim_id, end = session.context.claim_id, session.context.history_bytes
        if session.tag is None or end == 0:
            return b""
        name = object_names.log(claim_id, object_names.HISTORY)
        stored = await self._commits.read_log(claim_id, object_names.HISTORY, end)
        if len(stored) < end:
            if not await self._commits.exists(claim_id):
                raise RevisionConflict(f"{claim_id}: deleted since it was read")
            raise SessionCorrupt(f"{name}: ends before its {end} committed bytes")
        lines = self._sealer.open_lines(name, session.chain, 0, stored)
        if after == 0 and limit is None:
            return lines
        stop = None if limit is None else after + limit
        return b"".join(codec.lines_of_messages(lines)[after:stop])

    async def read_chat(self, session: Session) -> "ChatHistory":
        """All committed messages as Semantic Kernel has them; imports Semantic Kernel.

        Raises:
            RevisionConflict: the session was deleted since it was read.
            SessionCorrupt: the history is damaged.
        """
        messages = await self.read(session)
        try:
            return codec.chat_history_from_messages(messages)
        except ValueError as error:
            raise SessionCorrupt(
                f"{object_names.log(session.context.claim_id, object_names.HISTORY)}: {error}"
            ) from None
