"""What can happen to what: the signs of perils in a sentence, and the subjects that a text names."""

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from reading.matching.passages import Passage
from reading.matching.phrases import limited
from reading.matching.word_files import Entry, Table, WordFile, load

type Subject = Literal["car", "home", "body", "thing"]
"""What a claim is about: a vehicle, a building, a person's health, or any other thing."""


class Peril(Entry):
    """What may have happened."""

    only_subject: Subject | None = None
    """The subject of every claim with this peril."""
    usual_subject: Subject = "thing"
    """The subject that is assumed where the text names none."""
    counts_only_with: Subject | None = None
    """A subject without which the peril does not count."""
    signs: Table
    """The phrases for it, with the weight of each that is found."""


class _Words(WordFile):
    subjects: dict[Subject, Table]
    perils: dict[str, Peril]


_WORDS = load("perils", _Words)
SUBJECTS = _WORDS.subjects
"""The phrases for each subject, with the weight of each that is found; none stands for a person's health."""
PERILS = _WORDS.perils
"""Every peril by its name."""
_SIGNS = [(name, *row) for name, peril in PERILS.items() for row in peril.signs]
_MOST_OF_A_SIGN = 2


class Signs(NamedTuple):
    """The first matches of one row of a peril's phrases in a sentence."""

    peril: str
    weight: float
    matches: list[re.Match[str]]


@lru_cache(maxsize=512)  # more than one reader asks for the sentences of a narrative
def signs_in(sentence: Passage) -> list[Signs]:
    """The signs of perils that a sentence holds, denied ones among them."""
    found = (
        Signs(peril, weight, list(limited(phrases, sentence, _MOST_OF_A_SIGN)))
        for peril, weight, phrases in _SIGNS
        if phrases.is_possible_in(sentence)
    )
    return [signs for signs in found if signs.matches]
