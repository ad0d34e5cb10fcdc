"""Personal data out of what a model is sent, and back into what it answers."""

import json
import re
from collections.abc import Iterable

from orchestration.agents.rewriting import rewritten
from shared.models.claim import ClaimContext

_EMAIL = re.compile(r"[\w.+'%-]+@[\w-]+(?:\.[\w-]+)+")
_MARK = re.compile(r"\[(?:name|email|phone)-\d+\]")
_LEAST_NAME = 3
"""Letters of a part of a name that is masked by itself."""
_LEAST_DIGITS = 10
"""Of a phone number; a day has eight."""
_REGION = "US"
"""Where a number without a country code is."""


class Masks:
    """The marks of one turn: the same text has the same mark in every call, and each mark one text."""

    def __init__(self, context: ClaimContext) -> None:
        self._marks: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        claimant = context.submission.claimant
        names = {name for name in (context.facts.claimant_name, claimant.name if claimant else None) if name}
        self._names = _any_of(names | {part for name in names for part in re.findall(r"[^\W\d_]+", name)})

    def masked(self, text: str) -> str:
        """`text` with marks such as [email-1] for addresses, phone numbers and the claimant's name."""
        return rewritten(text, self._mask)

    def unmasked(self, text: str) -> str:
        """JSON with the texts behind the marks in it."""
        return _MARK.sub(lambda mark: json.dumps(self._texts.get(mark[0], mark[0]))[1:-1], text)

    def _mask(self, text: str) -> str:
        text = _EMAIL.sub(lambda found: self._mark("email", found[0]), text)
        text = self._without_phones(text)
        return self._names.sub(lambda found: self._mark("name", found[0]), text) if self._names else text

    def _without_phones(self, text: str) -> str:
        import phonenumbers  # loaded by the first masked text

        parts, end = list[str](), 0
        for found in phonenumbers.PhoneNumberMatcher(text, _REGION, leniency=phonenumbers.Leniency.POSSIBLE):
            if sum(character.isdigit() for character in found.raw_string) >= _LEAST_DIGITS:
                parts += [text[end : found.start], self._mark("phone", found.raw_string)]
                end = found.end
        return "".join([*parts, text[end:]])

    def _mark(self, kind: str, text: str) -> str:
        if text not in self._marks:
            mark = f"[{kind}-{len(self._marks) + 1}]"
            self._marks[text], self._texts[mark] = mark, text
        return self._marks[text]


def _any_of(names: Iterable[str]) -> re.Pattern[str] | None:
    longest_first = sorted((re.escape(n) for n in names if len(n) >= _LEAST_NAME), key=len, reverse=True)
    if not longest_first:
        return None
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(longest_first)})(?![^\W_])", re.IGNORECASE)
