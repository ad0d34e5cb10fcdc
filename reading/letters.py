"""A letter, read whole: its facts, each with the words that say it, and the signs beside them."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from reading.doubts import has_natural_cause
from reading.facts import READ_LATELY, of_document, of_narrative
from reading.found import Found, FoundFacts, LetterReading, Mention
from reading.incident.claim_types import claim_type_said
from reading.incident.signals import injuries_said, police_said, theft_said
from reading.quotes import Original
from reading.signs import signs
from reading.text.languages import is_mostly_english
from reading.text.narrative import Narrative, prepare
from shared.models.facts import Facts

PLAIN = 0.95
"""How sure what a text says plainly is."""
NEUTRAL = ("policy_number", "email", "phone")
"""The facts that are read alike whatever the language is."""
_ISO_DATE = re.compile(r"\b(?:19|20)\d\d-\d\d-\d\d\b")

type Reader = Callable[[Narrative, dt.datetime], list[Mention]]
"""Given the text and when it was sent."""


def _timeless(read: Callable[[Narrative], list[Mention]]) -> Reader:
    return lambda narrative, _sent_at: read(narrative)


READERS: Mapping[str, Reader] = {
    "claim_type": _timeless(claim_type_said),
    "injuries": _timeless(injuries_said),
    "police_involved": _timeless(police_said),
    "theft_or_vandalism": _timeless(theft_said),
}
"""The readers that say which words they go by; every other fact is read by `reading.facts`."""


@lru_cache(READ_LATELY)
def letter(text: str, sent_at: dt.datetime) -> LetterReading:
    """As `reading.read_letter`."""
    narrative = prepare(text)
    beside = signs(narrative)
    facts = of_narrative(text, sent_at)
    if beside.languages and not is_mostly_english(narrative):
        return LetterReading(_stated(Original(text), _neutral(facts, narrative)), beside)
    original = Original(text)
    found = dict(_stated(original, {name: value for name, value in facts if name not in READERS}))
    for name, read in READERS.items():
        if mentions := read(narrative, sent_at):
            found[name] = tuple(_found(original, mention) for mention in mentions)
    if "theft_or_vandalism" not in found and has_natural_cause(narrative):
        found["theft_or_vandalism"] = (Found(value=False, confidence=PLAIN),)
    return LetterReading(found, beside)


def document_facts(text: str, document_type: str) -> FoundFacts:
    """As `reading.read_document_facts`."""
    return _stated(Original(text), dict(of_document(text, document_type)))


def _neutral(facts: Facts, narrative: Narrative) -> dict[str, Any]:
    """What is read of a text in any language: numbers, addresses, ISO dates, amounts with a currency."""
    known: dict[str, Any] = {name: value for name, value in facts if name in NEUTRAL}
    iso_dates = set(_ISO_DATE.findall(narrative.flow))
    if facts.incident_date and iso_dates == {facts.incident_date.isoformat()}:
        known["incident_date"] = facts.incident_date
    if facts.currency:
        known |= {"claim_amount": facts.claim_amount, "currency": facts.currency}
    return known


def _stated(original: Original, facts: Mapping[str, Any]) -> FoundFacts:
    return {
        name: (_found(original, Mention(value, PLAIN, _words(value))),)
        for name, value in facts.items()
        if value not in (None, [])
    }


def _words(value: Any) -> str:
    """The words that may say a value: itself where it is a text, or the first of several."""
    if isinstance(value, list):
        return str(value[0])  # pyright: ignore[reportUnknownArgumentType]
    return value if isinstance(value, str) else ""


def _found(original: Original, mention: Mention) -> Found:
    quote = original.quote(mention.words)
    if quote is None:
        return Found(mention.value, mention.confidence)
    return Found(mention.value, mention.confidence, quote.words, quote.start, quote.end)
