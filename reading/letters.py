"""A letter, read whole: its facts, each with the words that say it, and the signs beside them."""

import datetime as dt
from functools import lru_cache
from typing import Any

from reading.facts import READ_LATELY, of_document, of_narrative
from reading.found import Found, FoundFacts, LetterReading
from shared.models.facts import Facts

PLAIN = 0.95
"""How sure what a text says plainly is."""


@lru_cache(READ_LATELY)
def letter(text: str, sent_at: dt.datetime) -> LetterReading:
    """As `reading.read_letter`."""
    return LetterReading(_found(text, of_narrative(text, sent_at)))


def document_facts(text: str, document_type: str) -> FoundFacts:
    """As `reading.read_document_facts`."""
    return _found(text, of_document(text, document_type))


def _found(text: str, facts: Facts) -> FoundFacts:
    return {name: (_one(text, value),) for name, value in facts if value not in (None, [])}


def _one(text: str, value: Any) -> Found:
    start = text.find(value) if isinstance(value, str) else -1
    if start < 0:
        return Found(value, PLAIN)
    return Found(value, PLAIN, value, start, start + len(value))
