"""Mends misspelt key words, so that the patterns need only know the right spelling."""

import re

from reading.matching.word_files import Block, WordFile, WordSet, load


class _Words(WordFile):
    key_words: Block
    mistakes: dict[str, WordSet]
    right: WordSet


def _one_less(word: str) -> list[str]:
    """`word` without one of its inner letters; first and last stay, so that no inflection is mended away."""
    return [word[:i] + word[i + 1 :] for i in range(1, len(word) - 1)]


def _letters(word: str) -> tuple[str, str]:
    """What a word has in common with itself after two of its letters were swapped, except the first."""
    return word[0], "".join(sorted(word))


_WORDS = load("spelling", _Words)
_KEY_WORDS = frozenset(_WORDS.key_words)
_RIGHT = _KEY_WORDS | _WORDS.right
_MISTAKES = {wrong: right for right, mistakes in _WORDS.mistakes.items() for wrong in mistakes}
_BY_ONE_LESS = {less: word for word in reversed(_WORDS.key_words) for less in _one_less(word)}
_BY_LETTERS = {_letters(word): word for word in _WORDS.key_words}
_SHORTEST = 5
_WORD = re.compile(r"[A-Za-z][A-Za-z-]{3,15}")


def mended(text: str) -> str:
    """`text` with misspelt key words set right: a letter too few, too many, doubled, or two swapped."""
    return _WORD.sub(lambda word: _mended_word(word.group()), text)


def _mended_word(word: str) -> str:
    lower = word.lower()
    if lower in _RIGHT:
        return word
    right = _MISTAKES.get(lower)
    if right is None and len(lower) > _SHORTEST:
        right = _BY_ONE_LESS.get(lower) or _BY_LETTERS.get(_letters(lower))
        right = right or next((less for less in _one_less(lower) if less in _KEY_WORDS), None)
    if right is None:
        return word
    return right.capitalize() if word[0].isupper() else right
