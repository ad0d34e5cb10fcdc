"""Sessions as they were last committed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cachetools import LRUCache
from pydantic import ValidationError

from shared.errors import RevisionConflict, SessionCorrupt
from shared.models.claim import ClaimContext, ClaimSummary
from shared.session_store import object_names
from shared.session_store.backend import CommitLog, Objects
from shared.session_store.inbox import InboxEntry, entries_in
from shared.session_store.legacy import upgrades
from shared.session_store.sealing import Chain, Sealer
from shared.session_store.validation_text import faults

ATTEMPTS = 10
"""How often a read or a change is begun anew because others save the session meanwhile."""


@dataclass(frozen=True)
class Session:
    """A claim's context as it was read or saved, with what is needed to save it again."""

    context: ClaimContext
    tag: str | None
    """The tag of the stored context.json; None for a session that was never saved."""
    recorded: ClaimSummary | None = field(default=None, repr=False, compare=False)
    """session.json as the last save of this session left it; None where it was not read yet."""
    chain: Chain | None = field(default=None, repr=False)
    """The key and the last tag of its encrypted history; None where the history is not encrypted."""


class Sessions:
    """Reads contexts, and keeps the latest ones parsed.

    A context is immutable and its tag names its bytes, so a parsed one is never out of date.
    """

    def __init__(self, commits: CommitLog, objects: Objects, sealer: Sealer, remembered: int = 256) -> None:
        self._commits = commits
        self._objects = objects
        self._sealer = sealer
        self._known: LRUCache[str, Session] = LRUCache(remembered)

    def remember(self, session: Session) -> Session:
        """Keep a session that was just read or saved, and return it."""
        self._known[session.context.claim_id] = session
        return session

    async def load(self, claim_id: str) -> Session | None:
        """The session as last committed; None where there is none.

        Raises:
            SessionCorrupt: the context is damaged, or of a newer version.
        """
        name = object_names.context(claim_id)
        found = await self._commits.read_context(claim_id)
        if found is None:
            return None
        data, tag = found
        if (known := self._known.get(claim_id)) and known.tag == tag:
            return known
        data, chain = await self._sealer.open_context(name, data)
        try:
            data = await upgrades.up_to_date(claim_id, data, self._objects)
            context = ClaimContext.model_validate_json(data)
        except ValidationError as error:
            raise SessionCorrupt(f"{name}: {faults(error)}") from None
        if context.claim_id != claim_id:
            raise SessionCorrupt(f"{name}: belongs to {context.claim_id}")
        return self.remember(Session(context, tag, chain=chain))

    async def load_with_inbox(self, claim_id: str) -> tuple[Session | None, Sequence[InboxEntry]]:
        """The session, None where there is none, with the entries of its inbox, both of one moment.

        Raises:
            RevisionConflict: others keep saving it.
            SessionCorrupt: the context is damaged, or of a newer version.
        """
        for _ in range(ATTEMPTS):
            seen = await self._commits.snapshot(claim_id)
            session = self._known.get(claim_id)
            if session is None or session.tag != seen.tag:
                session = None if seen.tag is None else await self.load(claim_id)
            # An entry that was processed since may still be in the snapshot: both must be of one revision.
            if session is None or session.tag == seen.tag:
                return session, entries_in(seen.inbox)
        raise RevisionConflict(f"{claim_id}: saved by others {ATTEMPTS} times while it was read")
