"""Reads facts from free text without a model: text goes in, facts come out.

In go a claimant's letter, a document on file, or the answer that a note gives; each as plain text, with the
day on which it was sent where that matters. Out come `Facts`: a fact that the text does not state, or not in
words that the reading understands, is None.

    words/                   the vocabulary: files in which a claims team adds words
    matching/                the engine that finds those words in a text
    text/                    makes plain paragraphs, sentences and labelled fields of a text
    incident/                what happened, when, where, to what, and what it costs
    people/                  who the claimant is, how to reach the claimant, and who else is named
    papers/                  what type a document is
    facts.py                 puts together what incident/ and people/ find
    letters.py               the same with the words that say it, and how surely

Importing this package costs nothing: the words, their patterns and the libraries for dates, phone numbers,
addresses and prices are loaded when the first text needs them.
"""

import datetime as dt
from typing import TYPE_CHECKING

from shared.models.facts import Facts

if TYPE_CHECKING:
    from documents.result import DocumentText
    from reading.found import FoundFacts, LetterReading
    from shared.models.papers import PaperReading, Vehicle


def read_narrative(text: str, *, sent_at: dt.datetime) -> Facts:
    """The facts that a claim's narrative states.

    Deterministic. Relative dates count from the text's own date line, or else from `sent_at`.
    Of a text longer than 20,000 characters only the beginning and the end are read.
    """
    from reading import facts

    return facts.of_narrative(text, sent_at).model_copy()


def read_letter(text: str, *, sent_at: dt.datetime) -> "LetterReading":
    """All that a claimant's text states: facts with confidence and quotes, and the signs beside them.

    Reads as `read_narrative` does. Quotes stand word for word in `text`, at the places that are given.
    """
    from reading import letters

    return letters.letter(text, sent_at)


def read_document_facts(text: str, document_type: str) -> "FoundFacts":
    """The facts that a document on file states, as `read_document`, with confidence and quotes."""
    from reading import letters

    return letters.document_facts(text, document_type)


def read_paper(text: "DocumentText", document_type: str, *, sent_at: dt.datetime) -> "PaperReading":
    """What a document on file says beside facts: total, parts, addressee, day, vehicles and more.

    Args:
        text: what could be read of it.
        document_type: the type that it is on file as.
        sent_at: when it came, from which relative and yearless days count.
    """
    from reading.papers.paper import paper

    return paper(text, document_type, sent_at)


def insured_vehicle(insured_object: str) -> "Vehicle | None":
    """The vehicle that a policy's description of its insured object names; None where it names none."""
    from reading.papers.paper import vehicle

    return vehicle(insured_object)


def read_document(text: str, document_type: str) -> Facts:
    """The facts that a document on file states.

    Conservative: name, contact and claim type are never taken from a document, and only documents of some
    types are read for what happened or what it costs.
    """
    from reading import facts

    return facts.of_document(text, document_type).model_copy()


def parse_answer(kind: str, text: str, *, sent_at: dt.datetime) -> Facts:
    """The facts in a note that answers a request for missing information; none where it is not understood.

    Args:
        kind: the missing information: policy_number, incident_date, incident_location,
            incident_description, claim_amount or contact_information.
        text: the note.
        sent_at: when it was written; relative dates count from that day.
    """
    from reading import facts

    return facts.of_answer(kind, text, sent_at)


def client(text: str) -> Facts:
    """Name and contact of the one for whom somebody else writes `text`; nothing where it is the claimant."""
    from reading import facts

    return facts.of_client(text).model_copy()


def policy_number(text: str) -> str | None:
    """The policy number that a text names as its writer's, in upper case."""
    from reading import facts

    return facts.policy_number_in(text)


def incident_date(text: str, *, sent_at: dt.datetime) -> dt.date | None:
    """The day on which, by a text, the incident happened; relative dates count as in `read_narrative`."""
    from reading import facts

    return facts.incident_date_in(text, sent_at)


def parse_phone(text: str) -> str | None:
    """The number in a field for phone numbers, in E.164; None if it is no complete one."""
    from reading.people.contacts import parse_contact

    return parse_contact(text).phone


def in_full(name: str, text: str) -> str:
    """`name`, of which only initials and the last name are given, as `text` has it in full."""
    from reading.people.persons import in_full as named_in_full

    return named_in_full(name, text)
