"""Capitals for texts that are written without, or with nothing else: names and places are found by them."""

import re

from reading.matching.word_files import WordFile, WordSet, load


class _Words(WordFile):
    small: WordSet
    states: WordSet


_WORDS = load("casing", _Words)
_WORD = re.compile(r"(?<!\w)[A-Za-z][A-Za-z'-]*")
_ORDINAL = re.compile(r"\d(?:ST|ND|RD|TH)\b")
_STATE = re.compile(r"(?<=, )[A-Za-z]{2}\b|(?<=[A-Za-z] )[A-Z][a-z](?= \d{5}\b)")
_SMALL_STREET = re.compile(r"(\b\d{1,5} (?:[A-Z][\w'-]+ ){1,2})way\b")
_FEWEST_WORDS = 6


_SMALL_I = re.compile(r"(?<![\w.'/-])i(?:'?m|'?ve|'?d|'?ll)?(?![\w.'/-])")
_LARGE_I = re.compile(r"\bI(?:'m|'ve|'d|'ll)?(?![\w.-])")


def is_careless(text: str) -> bool:
    """Whether small letters mean nothing in `text`: the writer of it uses `i` for `I`."""
    return _SMALL_I.search(text) is not None and _LARGE_I.search(text) is None


def is_caseless(text: str) -> bool:
    """Whether capitals mean nothing in `text`: there are next to none, or nothing else."""
    words = [word for word in _WORD.findall(text[:4_000]) if len(word) > 1]
    if len(words) < _FEWEST_WORDS:
        return False
    small = sum(map(str.islower, words))
    capitals = sum(map(str.isupper, words))
    return small >= 0.97 * len(words) or capitals >= 0.8 * len(words)


def says_nothing(words: str) -> bool:
    """Whether one of the `words` is so common that together they are no name."""
    return any(word in _WORDS.small for word in words.lower().split())


def recased(text: str) -> str:
    """`text`, character for character as long, with capitals where a name may be."""
    capitals = _WORD.sub(_recased_word, _ORDINAL.sub(lambda found: found.group().lower(), text))
    return _STATE.sub(_recased_state, _SMALL_STREET.sub(lambda found: f"{found[1]}Way", capitals))


def _recased_word(word: re.Match[str]) -> str:
    lower = word.group().lower()
    return lower if lower in _WORDS.small else "-".join(part.capitalize() for part in lower.split("-"))


def _recased_state(state: re.Match[str]) -> str:
    upper = state.group().upper()
    return upper if upper in _WORDS.states else state.group()
