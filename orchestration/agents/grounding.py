"""Facts that a model claims to have read, held against what it was shown: invented ones are no facts."""

import re
from collections.abc import Callable
from decimal import Decimal

from orchestration.agents.reports import Quote, ReadingReport
from shared.models.facts import Facts

_WORD = re.compile(r"[^\W_]{2,}")
_SHORTEST_QUOTE = 2
"""Letters and digits without which a quote says nothing."""


def grounded(report: ReadingReport, shown: str) -> ReadingReport:
    """The report with those facts alone that stand in `shown`, each with the passage that says it.

    A quote must stand in `shown`, however its spaces and punctuation are written. What a text names, such
    as a number, a name or an amount, must stand there as well, and needs no other quote; a day, a yes or
    no, a type and an account are a reading, and are dropped without one.
    """
    flat = _flat(shown.replace("\\n", " "))  # shown as JSON
    named = _named(report.facts, shown, flat)
    quoted = {
        quote.fact: quote.words
        for quote in report.quotes
        if len(words := _flat(quote.words)) >= _SHORTEST_QUOTE and words in flat
    }
    kept: dict[str, object] = {}
    quotes: list[Quote] = []
    for name, value in report.facts:
        if value in (None, []) or (name in _NAMED and getattr(named, name) in (None, [])):
            continue
        if name not in _NAMED and name not in quoted:
            continue
        kept[name] = getattr(named, name) if name in _NAMED else value
        if name in quoted:
            quotes.append(Quote(fact=name, words=quoted[name]))
    return report.model_copy(update={"facts": Facts.model_validate(kept), "quotes": quotes})


_NAMED = frozenset(
    {
        *("policy_number", "email", "phone", "claimant_name", "incident_location", "claim_amount"),
        *("currency", "vendors"),
    }
)
"""The facts that a text names in so many words."""


def _named(facts: Facts, shown: str, flat: str) -> Facts:
    words = set(_words(shown))
    digits = re.sub(r"(?<=\d)[,.\s'](?=\d{3})", "", shown)

    def is_there(text: str) -> bool:
        return _flat(text) in flat

    def is_mostly_there(text: str) -> bool:
        own = _words(text)
        return 2 * sum(word in words for word in own) >= len(own) > 0

    def is_wholly_there(text: str) -> bool:
        own = _words(text)
        return all(word in words for word in own) and bool(own)

    def is_amount_there(amount: Decimal) -> bool:
        return re.search(rf"(?<!\d){int(amount)}(?!\d)", digits) is not None

    def is_phone_there(number: str) -> bool:
        return re.sub(r"\D", "", number)[-7:] in re.sub(r"\D", "", shown)

    return facts.model_copy(
        update={
            "policy_number": _if(is_there, facts.policy_number),
            "email": _if(is_there, facts.email),
            "phone": _if(is_phone_there, facts.phone),
            "claimant_name": _if(is_wholly_there, facts.claimant_name),
            "incident_location": _if(is_mostly_there, facts.incident_location),
            "claim_amount": _if(is_amount_there, facts.claim_amount),
            "vendors": [vendor for vendor in facts.vendors if is_wholly_there(vendor)],
        }
    )


def _if[T](holds: Callable[[T], bool], value: T | None) -> T | None:
    return value if value is not None and holds(value) else None


def _flat(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]
