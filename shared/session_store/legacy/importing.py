"""Import of the original project's sessions from a folder that holds one folder for each session."""

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from shared.clock import utc_now
from shared.errors import RevisionConflict, SessionCorrupt
from shared.models.claim import ClaimContext, ClaimStatus
from shared.session_store.legacy import upgrades
from shared.session_store.legacy.claims_automaton import read_messages
from shared.session_store.legacy.session_files import SessionFiles
from shared.session_store.object_names import CONTEXT, HISTORY, SUMMARY
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
    for session_folder in _folders(folder):
        try:
            claim_id, is_new = await _import(store, session_folder)
        except (ValueError, SessionCorrupt, RevisionConflict) as error:
            result.damaged.append(Damage(session_folder.name, _reason(error)))
        else:
            (result.imported if is_new else result.unchanged).append(claim_id)
    return result


async def _import(store: SessionStore, folder: Path) -> tuple[str, bool]:
    files = SessionFiles(_read(folder / SUMMARY), _read(folder / CONTEXT), _read(folder / HISTORY))
    if upgrades.version_of(files.context) > 0:
        raise ValueError(f"{CONTEXT}: is not of the original project")
    context = ClaimContext.model_validate_json(upgrades.upgraded(files))
    known = await store.load_session(context.claim_id)
    if known is None:
        if context.status is ClaimStatus.COMPLETED:
            context = context.model_copy(update={"archived_at": utc_now()})
        await store.save_session(context, read_messages(files.history))
    elif known.context.submission_sha256 != context.submission_sha256:
        raise ValueError(f"the claim id {context.claim_id} is taken by another claim here")
    return context.claim_id, known is None


def _folders(parent: Path) -> list[Path]:
    return sorted(path for path in parent.iterdir() if path.is_dir() and not path.name.startswith("."))


def _read(path: Path) -> bytes:
    try:
        if path.is_file():
            return path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path.name}: cannot be read: {error.strerror}") from None
    raise ValueError(f"{path.name}: is not there")


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return f"{CONTEXT}: {faults(error)}"
    return str(error)
