"""Facts that a model claims to have read, held against what it was shown: invented ones are no facts."""

import re
from collections.abc import Callable
from decimal import Decimal

from shared.models.facts import Facts

_WORD = re.compile(r"[^\W_]{2,}")


def grounded(facts: Facts, shown: str) -> Facts:
    """`facts` without names, numbers, addresses and amounts that do not stand in `shown`.

    Days, yes and no, and the account of what happened are a reading, and stay.
    """
    flat, words = _flat(shown), set(_words(shown))
    digits = re.sub(r"(?<=\d)[,.\s'](?=\d{3})", "", shown)

    def is_there(text: str) -> bool:
        return _flat(text) in flat

    def is_mostly_there(text: str) -> bool:
        own = _words(text)
        return 2 * sum(word in words for word in own) >= len(own) > 0

    def is_amount_there(amount: Decimal) -> bool:
        return re.search(rf"(?<!\d){int(amount)}(?!\d)", digits) is not None

    def is_phone_there(number: str) -> bool:
        return re.sub(r"\D", "", number)[-7:] in re.sub(r"\D", "", shown)

    return facts.model_copy(
        update={
            "policy_number": _if(is_there, facts.policy_number),
            "email": _if(is_there, facts.email),
            "phone": _if(is_phone_there, facts.phone),
            "claimant_name": _if(is_mostly_there, facts.claimant_name),
            "incident_location": _if(is_mostly_there, facts.incident_location),
            "claim_amount": _if(is_amount_there, facts.claim_amount),
            "vendors": [vendor for vendor in facts.vendors if is_mostly_there(vendor)],
        }
    )


def _if[T](holds: Callable[[T], bool], value: T | None) -> T | None:
    return value if value is not None and holds(value) else None


def _flat(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]
