"""The country whose phone numbers a text gives without a country code."""

import re

from reading.matching.word_files import Alternatives, Entry, WordFile, load


class _Signs(Entry):
    words: Alternatives
    shapes: Alternatives | None = None


class _Words(WordFile):
    signs: dict[str, _Signs]


HOME = "US"
"""The country of a number for which a text speaks of no other, by its code of ISO 3166."""
_SIGNS = {
    region: re.compile("|".join(filter(None, (signs.shapes, rf"\b{signs.words}\b"))))
    for region, signs in load("regions", _Words).signs.items()
}
_READ = 4_000


def region_of(text: str) -> str | None:
    """The country abroad of which `text` has the most signs, by its code of ISO 3166; None without any."""
    counted = {region: len(signs.findall(text[:_READ])) for region, signs in _SIGNS.items()}
    likeliest = max(counted, key=lambda region: counted[region])
    return likeliest if counted[likeliest] else None
