"""What a sentence asserts: not what it denies, supposes or asks, nor what is long past."""

from reading.matching.passages import Passage
from reading.matching.word_files import Label, PhraseSet, WordFile, load


class _Words(WordFile):
    denied_before: Label
    denied_after: Label
    supposed: PhraseSet
    imagined: PhraseSet
    question: PhraseSet
    long_past: PhraseSet


_WORDS = load("assertions", _Words)
_LONGEST_QUESTION = 120
_BEFORE, _AFTER = 70, 45
"""How far before and behind a match its negation may stand, in characters."""


def is_negated(text: str, start: int, end: int) -> bool:
    """Whether the sentence `text` denies the words between `start` and `end`."""
    return bool(
        _WORDS.denied_before.search(text[max(0, start - _BEFORE) : start])
        or _WORDS.denied_after.match(text[end : end + _AFTER])
    )


def stated_before(sentence: Passage) -> Passage:
    """What a sentence states before it asks something; all of it if it does not ask."""
    if not sentence.endswith("?"):
        return sentence
    start = max(0, len(sentence) - _LONGEST_QUESTION)
    question = _WORDS.question.search(sentence[start:])
    return Passage(sentence[: start + question.start()] if question and start else "")


def is_supposed(text: str, start: int) -> bool:
    """Whether the sentence `text` only supposes the words at `start`: `whether anyone was hurt`."""
    before = text[max(0, start - _BEFORE) : start]
    return bool(_WORDS.supposed.search(before) or _WORDS.imagined.search(before))


def is_long_past(sentence: str) -> bool:
    """Whether the sentence is about another, earlier matter, or a mere possibility."""
    return bool(_WORDS.long_past.search(sentence))
