"""The folders in which the original project keeps its sessions."""

from pathlib import Path

from shared.models.claim import ClaimContext, Message
from shared.session_store.legacy import upgrades
from shared.session_store.legacy.claims_automaton import read_messages
from shared.session_store.legacy.session_files import SessionFiles
from shared.session_store.object_names import CONTEXT, HISTORY, SUMMARY


def folders_in(parent: Path) -> list[Path]:
    """The folders of all sessions, in the order of their names."""
    return sorted(path for path in parent.iterdir() if path.is_dir() and not path.name.startswith("."))


def read_original(folder: Path) -> tuple[ClaimContext, list[Message]]:
    """The context of the session in today's version, and its messages.

    Raises:
        ValueError: a file is not there, cannot be read, or is none of the original project.
    """
    files = SessionFiles(*(_read(folder / name) for name in (SUMMARY, CONTEXT, HISTORY)))
    if upgrades.version_of(files.context) > 0:
        raise ValueError(f"{CONTEXT}: is not of the original project")
    return ClaimContext.model_validate_json(upgrades.upgraded(files)), read_messages(files.history)


def _read(path: Path) -> bytes:
    try:
        if path.is_file():
            return path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path.name}: cannot be read: {error.strerror}") from None
    raise ValueError(f"{path.name}: is not there")
