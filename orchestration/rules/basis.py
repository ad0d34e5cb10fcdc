"""What an assessment was made on, as digests: whatever changes it makes the assessment void."""

import hashlib
from typing import Any

from pydantic_core import to_json

from shared.ledger import LedgerEntry
from shared.models.claim import Assessment, ClaimContext

LEDGER = "ledger"
"""The part of a basis that is the claim's own entry in its policy's ledger."""


def basis_of(context: ClaimContext) -> dict[str, str]:
    """The digest of each part of a claim that an assessment rests on, by the part's name."""
    status = {name: fact.status for name, fact in context.evidence}
    documents = sorted((d.type, d.filename, d.sha256 or "", d.reference or "") for d in context.documents)
    return {
        "facts": _digest([context.facts.model_dump(mode="json"), status]),
        "notes": _digest([note.model_dump(mode="json") for note in context.notes]),
        "papers": _digest(documents),
        "waivers": _digest([waiver.model_dump(mode="json") for waiver in context.waivers]),
    }


def entry_digest(entry: LedgerEntry | None) -> str:
    """The digest of a ledger entry, as far as it says what is claimed and not what became of it."""
    return _digest(entry.model_dump(mode="json", exclude={"state", "paid"}) if entry else None)


def changes_since(assessment: Assessment, context: ClaimContext) -> list[str]:
    """The parts of the claim that differ from what was assessed, by name; empty where the assessment holds.

    An assessment from before version 2 names no basis, and holds.
    """
    now = basis_of(context)
    return [name for name, digest in assessment.basis.items() if name in now and now[name] != digest]


def _digest(value: Any) -> str:
    return hashlib.sha256(to_json(value)).hexdigest()
