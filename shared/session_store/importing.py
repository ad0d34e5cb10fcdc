"""Import of the original project's sessions from a folder that holds one folder for each session."""

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from shared.clock import utc_now
from shared.errors import RevisionConflict, SessionCorrupt
from shared.models.audit import audit_entries
from shared.models.claim import ClaimStatus
from shared.models.transitions import transitions
from shared.session_store.legacy.original_folders import folders_in, read_original
from shared.session_store.object_names import CONTEXT
from shared.session_store.store import SessionStore
from shared.session_store.validation_text import faults


@dataclass(frozen=True)
class Damage:
    """A folder that was left alone, and why; the reason quotes nothing that is in it."""

    name: str
    reason: str


@dataclass(frozen=True)
class ImportResult:
    """What became of each folder."""

    imported: list[str] = field(default_factory=list[str])
    """Ids of claims that are new here."""
    unchanged: list[str] = field(default_factory=list[str])
    """Ids of claims that were here already, from an earlier import of the same files."""
    damaged: list[Damage] = field(default_factory=list[Damage])


async def import_sessions(store: SessionStore, folder: Path) -> ImportResult:
    """Save each session that lies in `folder` in today's form; the folder itself stays as it is.

    A session that cannot be imported prevents no other one, and a repeated import changes nothing.

    Raises:
        OSError: the folder itself cannot be read, or the store cannot write; what was imported by then stays.
    """
    result = ImportResult()
    for session in folders_in(folder):
        try:
            claim_id, is_new = await _import(store, session)
        except ValidationError as error:
            result.damaged.append(Damage(session.name, f"{CONTEXT}: {faults(error)}"))
        except (ValueError, SessionCorrupt, RevisionConflict) as error:
            result.damaged.append(Damage(session.name, str(error)))
        else:
            (result.imported if is_new else result.unchanged).append(claim_id)
    return result


async def _import(store: SessionStore, folder: Path) -> tuple[str, bool]:
    context, messages = read_original(folder)
    known = await store.load_session(context.claim_id)
    if known is None:
        if context.status is ClaimStatus.COMPLETED:
            context = context.with_changes(archived_at=utc_now())
        acts = audit_entries(transitions(None, context), context)
        await store.save_session(context, messages, acts=acts)
    elif known.context.submission_sha256 != context.submission_sha256:
        raise ValueError(f"the claim id {context.claim_id} is taken by another claim here")
    return context.claim_id, known is None
