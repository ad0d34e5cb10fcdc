"""The audit trail as it is stored: sealed line by line, each line bound to its position in the file."""

from collections.abc import Sequence

from shared.errors import KeyMissing, RevisionConflict, SessionCorrupt
from shared.models.audit import AuditEntry
from shared.models.claim import AuditHead
from shared.session_store import audit, object_names
from shared.session_store.backend import Append, CommitLog
from shared.session_store.sealing import Sealer
from shared.session_store.sessions import Session


class AuditLog:
    """The audit trails of sessions."""

    def __init__(self, commits: CommitLog, sealer: Sealer) -> None:
        self._commits = commits
        self._sealer = sealer

    async def seal(self, session: Session, acts: Sequence[AuditEntry]) -> tuple[AuditHead, Append]:
        """The head of the trail with these acts of the session's next commit, and the lines it gets."""
        context = session.context
        head = context.audit if session.tag else AuditHead()
        added = audit.lines_of(acts, head, to_revision=context.revision + 1, status=context.status)
        stored = b""
        for line in added:
            stored += await self._sealer.seal(_line(context.claim_id, head.bytes + len(stored)), line) + b"\n"
        return audit.head_behind(head, added, len(stored)), Append(object_names.AUDIT, head.bytes, stored)

    async def read(self, session: Session) -> audit.AuditTrail:
        """The claim's audit trail, checked line by line against its own chain and the context.

        Raises:
            RevisionConflict: the session was deleted since it was read.
            KeyMissing: a line is encrypted by a key that is not configured here.
        """
        return audit.verified(await self.read_lines(session), session.context.audit)

    async def read_lines(self, session: Session) -> list[bytes | None]:
        """The committed lines in the clear, without checking their chain; None for one that cannot be opened.

        Raises:
            RevisionConflict: the session was deleted since it was read.
            KeyMissing: a line is encrypted by a key that is not configured here.
        """
        claim_id, head = session.context.claim_id, session.context.audit
        data = await self._commits.read_log(claim_id, object_names.AUDIT, head.bytes)
        if not data and head.bytes and not await self._commits.exists(claim_id):
            raise RevisionConflict(f"{claim_id}: deleted since it was read")
        lines: list[bytes | None] = []
        position = 0
        for stored in data.splitlines(keepends=True):
            try:
                lines.append(await self._sealer.open(_line(claim_id, position), stored.removesuffix(b"\n")))
            except KeyMissing:
                raise
            except SessionCorrupt:
                lines.append(None)
            position += len(stored)
        return lines


def _line(claim_id: str, position: int) -> str:
    """The name to which a line of the audit trail is bound."""
    return f"{object_names.log(claim_id, object_names.AUDIT)}@{position}"
