"""How offline agents put things."""

import re
from collections.abc import Iterable
from decimal import Decimal

from orchestration.agents.briefing import Briefing
from orchestration.agents.reports import Finding

_EITHER_SIDE = 60
_COMMON = frozenset(
    "about does from have that their there this what when where which with would".split()  # noqa: SIM905
)


def amount(value: Decimal, currency: str | None) -> str:
    """An amount with its currency and separators, as a reader writes it."""
    return f"{currency or ''} {value:,.2f}".strip()


def passage(text: str, needles: Iterable[str]) -> str | None:
    """The words around the first needle that a text holds, in quotation marks; None where it holds none."""
    lowered = text.lower()
    found = next((n for n in needles if n and n.lower() in lowered), None)
    if found is None:
        return None
    at = lowered.find(found.lower())
    start, end = max(0, at - _EITHER_SIDE), min(len(text), at + len(found) + _EITHER_SIDE)
    words = " ".join(text[start:end].split())
    return f"“{'…' if start else ''}{words}{'…' if end < len(text) else ''}”"


def summary(claim: Briefing, findings: list[Finding], conclusion: str) -> str:
    """The conclusion, after the answer to the coordinator's question where one was asked."""
    if not claim.question:
        return conclusion
    asked = _words(claim.question)
    fitting = [finding.statement for finding in findings if asked & _words(finding.statement)]
    answer = " ".join(fitting[:3]) or "nothing was found on that."
    return f"Asked “{claim.question}”: {answer} {conclusion}"


def _words(text: str) -> set[str]:
    return {word[:6] for word in re.findall(r"\w{4,}", text.casefold())} - {word[:6] for word in _COMMON}
