"""Sessions of older schema versions, brought up to today's when they are read.

Nothing is rewritten by reading: the next save writes the session as it is then.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, Field
from pydantic_core import to_json

from shared.session_store.legacy.claims_automaton import from_original
from shared.session_store.legacy.session_files import SessionFiles

STEPS: tuple[Callable[[SessionFiles], dict[str, Any]], ...] = (from_original,)
"""The n-th takes files of version n to the context of version n + 1; version 0 is the original project's."""


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
        ValueError: the files are no session of their version; says which and why, and quotes nothing.
    """
    for step in STEPS[version_of(files.context) :]:
        files = replace(files, context=to_json(step(files)))
    return files.context
