"""Sessions of older schema versions, brought up to today's version when they are read.

Nothing is rewritten by reading: the next save writes the session in its new form.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError
from pydantic_core import to_json

from shared.errors import SessionCorrupt
from shared.models.claim import SCHEMA_VERSION, ClaimContext, ClaimSummary
from shared.session_store import object_names
from shared.session_store.backend import Area, Objects
from shared.session_store.legacy.claims_automaton import from_original
from shared.session_store.legacy.session_files import SessionFiles
from shared.session_store.legacy.version_1 import from_version_1
from shared.session_store.object_names import CONTEXT, HISTORY

STEPS: tuple[Callable[[SessionFiles], dict[str, Any]], ...] = (from_original, from_version_1)
"""The n-th step makes the context of version n + 1 from files of version n; the original project's is 0."""


class _Versioned(BaseModel):
    schema_version: Annotated[int, Field(ge=0)] = 0


def version_of(context: bytes) -> int:
    """The schema version of a context.json.

    Raises:
        ValidationError: it is no JSON object, or its version is none.
    """
    return _Versioned.model_validate_json(context).schema_version


def upgraded(files: SessionFiles) -> bytes:
    """The context in today's version.

    Raises:
        ValueError: the files are no session of their version; the text states why, and quotes nothing.
    """
    for step in STEPS[version_of(files.context) :]:
        files = replace(files, context=to_json(step(files)))
    return files.context


def summary_of(files: SessionFiles) -> ClaimSummary | None:
    """The summary of a session of any version; None where it is damaged."""
    try:
        return ClaimSummary.of(ClaimContext.model_validate_json(upgraded(files)))
    except ValueError:
        return None


async def up_to_date(claim_id: str, context: bytes, objects: Objects) -> bytes:
    """A claim's opened context in today's version; for one of an older version its other files are read.

    Raises:
        ValidationError: it is no JSON object, or its version is none.
        SessionCorrupt: it is of a newer version, or its files are no session of their version.
    """
    version = version_of(context)
    if version > SCHEMA_VERSION:
        raise SessionCorrupt(f"{claim_id}/{CONTEXT}: schema version {version} is newer than this app")
    if version == SCHEMA_VERSION:
        return context
    summary = await objects.read(Area.SESSIONS, object_names.summary(claim_id))
    history = await objects.read(Area.SESSIONS, object_names.log(claim_id, HISTORY))
    if summary is None or history is None:
        return context  # no version ever left it so: it is damaged, and validation says where
    try:
        return upgraded(SessionFiles(summary, context, history))
    except ValidationError:
        raise
    except ValueError as error:
        raise SessionCorrupt(f"{claim_id}/{error}") from None
