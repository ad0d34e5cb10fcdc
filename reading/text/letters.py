"""Where a letter ends and its signature begins."""

from reading.matching.word_files import Label, WordFile, load
from reading.text.narrative import Narrative


class _Words(WordFile):
    closing: Label


_WORDS = load("letters", _Words)


def is_closing(line: str) -> bool:
    """Whether a line holds nothing but the words with which a letter closes."""
    return _WORDS.closing.fullmatch(line) is not None


def before_signature(narrative: Narrative) -> str:
    """The text up to the words with which the letter closes."""
    closing = next((line for line in reversed(narrative.lines) if line and is_closing(line)), None)
    end = narrative.flow.rfind(closing) if closing else -1
    return narrative.flow[:end] if end >= 0 else narrative.flow
