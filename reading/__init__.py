"""Reads facts from free text without a model: narratives, documents on file, answers in notes.

Importing this package costs nothing: its patterns are compiled, and the libraries for dates, phone
numbers, addresses and prices loaded, when the first text needs them.
"""

import datetime as dt
from functools import lru_cache

from shared.models.claim import Facts

READ_LATELY = 64
"""How many texts stay read: several agents read the same document within a moment."""


def read_narrative(text: str, *, sent_at: dt.datetime) -> Facts:
    """What a claim's narrative says; `None` where it says nothing.

    Deterministic. Relative dates count from the text's own date line, or else from `sent_at`.
    Of a text longer than 20,000 characters only the beginning and the end are read.
    """
    return _narrative(text, sent_at).model_copy()


def read_document(text: str, document_type: str) -> Facts:
    """What a document on file adds to what is known.

    Conservative: a document never says who the claimant is or what kind of claim it is, and only
    where its type allows does it say what happened or what it costs.
    """
    return _document(text, document_type).model_copy()


def parse_answer(kind: str, text: str, *, sent_at: dt.datetime) -> Facts:
    """What a note says in answer to missing information; nothing set where it cannot be understood.

    `kind` is the missing information: policy_number, incident_date, incident_location,
    incident_description, claim_amount or contact_information.
    """
    from reading import facts

    return facts.of_answer(kind, text, sent_at)


def parse_phone(text: str) -> str | None:
    """The number in a field for phone numbers, in E.164; None if it is no complete one."""
    from reading.people.contacts import parse_contact

    return parse_contact(text).phone


def in_full(name: str, text: str) -> str:
    """`name`, of which only initials and the last name are given, as `text` has it in full."""
    from reading.people.persons import in_full as named_in_full

    return named_in_full(name, text)


def client(text: str) -> Facts:
    """Name and contact of the one for whom somebody else writes `text`; nothing where it is the claimant."""
    return _client(text).model_copy()


@lru_cache(READ_LATELY)
def _client(text: str) -> Facts:
    from reading import facts

    return facts.of_client(text)


@lru_cache(READ_LATELY)
def _narrative(text: str, sent_at: dt.datetime) -> Facts:
    from reading import facts

    return facts.of_narrative(text, sent_at)


@lru_cache(READ_LATELY)
def _document(text: str, document_type: str) -> Facts:
    from reading import facts

    return facts.of_document(text, document_type)
