"""In which language a text is written, as far as the rules cannot read it."""

import re
from functools import cache
from importlib import import_module
from typing import Any

from reading.matching.word_files import WordFile, WordSet, load
from reading.text.narrative import Narrative


class _Words(WordFile):
    english: WordSet
    foreign: WordSet


_WORDS = load("languages", _Words)
_FOREIGN = _WORDS.foreign - _WORDS.english
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_LETTER_OF_ANOTHER_SCRIPT = re.compile(r"[^\W\d_\u0041-\u024f\u1e00-\u1eff]")
_FEWEST_SIGNS = 2
"""So many foreign words, and more than English ones, make a passage foreign."""
_LONG = 6
"""From so many words on, a passage without any English word may be foreign."""
_LARGE_PART, _HALF = 0.25, 0.5
_MOST_LETTERS = 2_000
"""How much of a text is enough to name its language."""
_LIKELY = 0.8


def unread_languages(narrative: Narrative) -> tuple[str, ...]:
    """The ISO 639-1 code of the language that a large part of the text is in; empty where that is English."""
    foreign: list[str] = []
    strange: list[str] = []
    count = 0
    for _, sentence in narrative.sentences:
        words = _WORD.findall(sentence.lowered)
        count += len(words)
        english = sum(word in _WORDS.english for word in words)
        others = sum(word in _FOREIGN for word in words)
        if (others >= _FEWEST_SIGNS and others > english) or _is_of_another_script(sentence):
            foreign.append(sentence)
        elif not english and len(words) >= _LONG:
            strange.append(sentence)
    if _part(foreign, count) >= _LARGE_PART:
        language, _ = _identified(" ".join(foreign + strange))
        return (language,) if language != "en" else ()
    if _part(strange + foreign, count) > _HALF:
        language, likelihood = _identified(" ".join(strange + foreign))
        return (language,) if language != "en" and likelihood >= _LIKELY else ()
    return ()


def is_mostly_english(narrative: Narrative) -> bool:
    """Whether English sentences are at least half of a text, though it holds another language as well."""
    english = [
        str(sentence)
        for _, sentence in narrative.sentences
        if not _is_of_another_script(sentence) and _is_english(_WORD.findall(sentence.lowered))
    ]
    count = sum(len(_WORD.findall(sentence)) for _, sentence in narrative.sentences)
    return _part(english, count) >= _HALF


def _is_english(words: list[str]) -> bool:
    known = sum(word in _WORDS.english for word in words)
    return known > sum(word in _FOREIGN for word in words)


def _is_of_another_script(sentence: str) -> bool:
    return not sentence.isascii() and 4 * len(_LETTER_OF_ANOTHER_SCRIPT.findall(sentence)) > len(sentence)


def _part(sentences: list[str], count: int) -> float:
    """Which part of all words, and of letters where a script has no spaces, `sentences` are."""
    return sum(len(_WORD.findall(sentence)) for sentence in sentences) / count if count else 0.0


def _identified(text: str) -> tuple[str, float]:
    """The likeliest language and its likelihood."""
    language, likelihood = _identifier().classify(text[:_MOST_LETTERS])
    return str(language), float(likelihood)


@cache
def _identifier() -> Any:
    """The library that knows languages, which is loaded by the first text that needs it."""
    langid = import_module("py3langid.langid")
    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
