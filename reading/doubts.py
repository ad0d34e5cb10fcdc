"""What in a letter leaves a claim in doubt, whatever its facts are, and what a cause in nature rules out."""

from reading.matching.word_files import PhraseSet, WordFile, load
from reading.text.assertions import is_negated
from reading.text.narrative import Narrative


class _Words(WordFile):
    corrects: PhraseSet
    old_damage: PhraseSet
    sold: PhraseSet
    drove: PhraseSet
    stood: PhraseSet
    natural: PhraseSet


_WORDS = load("doubts", _Words)
_DOUBTS = {
    "it corrects what was said": _WORDS.corrects,
    "it tells of damage that was there before": _WORDS.old_damage,
    "it tells that what is insured may be another's": _WORDS.sold,
}


def doubts(narrative: Narrative) -> tuple[str, ...]:
    """What an officer should look at in a letter, in words for the officer."""
    return tuple(doubt for doubt, words in _DOUBTS.items() if words.search(narrative.flow))


def was_driven(narrative: Narrative) -> bool | None:
    """Whether the claimant's vehicle was driven; None where the text says neither, or both."""
    drove = _WORDS.drove.search(narrative.flow) is not None
    stood = _WORDS.stood.search(narrative.flow) is not None
    return drove if drove != stood else None


def has_natural_cause(narrative: Narrative) -> bool:
    """Whether something of nature did the damage, which is then neither theft nor vandalism."""
    return any(
        not sentence.endswith("?") and not is_negated(sentence, found.start(), found.end())
        for _, sentence in narrative.spelled.sentences
        if (found := _WORDS.natural.search(sentence))
    )
