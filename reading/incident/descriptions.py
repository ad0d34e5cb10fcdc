"""What happened, in the claimant's own words."""

import re

from reading.incident.perils import signs_in
from reading.matching.passages import Passage
from reading.matching.word_files import Alternatives, Label, PhraseSet, WordFile, load
from reading.text.narrative import Field, Narrative


class _Words(WordFile):
    label: Label
    telling: PhraseSet
    courtesy: PhraseSet
    past: Alternatives
    not_past: Alternatives


_WORDS = load("descriptions", _Words)
MOST_CHARACTERS = 1_000
_HEADER = re.compile(r"(?:from|to|cc|subject|date|sent|re|reply-to)\s*:", re.IGNORECASE)
_SALUTATION = re.compile(r"\A(?:dear|hello|hi|hey)\b[^,.!]{0,40}[,.!]\s*", re.IGNORECASE)
_PAST = re.compile(rf"\b(?!{_WORDS.not_past}\b)(?:[a-z]{{3,}}ed|{_WORDS.past})\b")
_SHORTEST = 12
_FEWEST_KEYWORDS = 3
_MOST_SENTENCES = 300


def incident_description(narrative: Narrative) -> str | None:
    """The passage that describes what happened, at most MOST_CHARACTERS long."""
    labelled = (
        _under_label(narrative, field) for field in narrative.fields if _WORDS.label.fullmatch(field.label)
    )
    return next(filter(None, labelled), None) or _passage(narrative) or _in_keywords(narrative)


def _in_keywords(narrative: Narrative) -> str | None:
    """The description in a form that has keywords alone: `Cause: tornado`, `Damage: two windows`."""
    lines = [f"{f.label}: {f.value}" for f in narrative.fields if f.value and _WORDS.label.fullmatch(f.label)]
    words = sum(len(line.split()) - 1 for line in lines)
    return _bounded("; ".join(lines)) if words >= _FEWEST_KEYWORDS else None


def parse_description(answer: str) -> str | None:
    """The description that an answer gives."""
    return _bounded(" ".join(answer.split())) if len(re.findall(r"\w{2,}", answer)) >= 2 else None


def _passage(narrative: Narrative) -> str | None:
    """The run of sentences that describes most of the event within the length allowed."""
    sentences = _sentences(narrative)
    spelled = _sentences(narrative.spelled)
    scores = [_relevance(sentence) for sentence in (spelled if len(spelled) == len(sentences) else sentences)]
    runs = [_run(sentences, scores, first) for first, score in enumerate(scores) if score > 0]
    best = max(runs, key=lambda run: sum(scores[run.start : run.stop]), default=None)
    if best is None:
        event = _any_event(sentences)
        return _bounded(event) if event else None
    return _bounded(" ".join(sentences[best.start : best.stop]))


def _any_event(sentences: list[Passage]) -> str | None:
    """The first sentence in the past tense, where none holds a word of the trade."""
    long = (s for s in sentences if len(s.split()) >= 6 and not s.endswith("?") and not _HEADER.match(s))
    return next((s for s in long if _PAST.search(s) and not _WORDS.courtesy.search(s)), None)


def _run(sentences: list[Passage], scores: list[float], first: int) -> range:
    """From `first` to the last sentence that describes the event before the story or the room ends."""
    length, last = len(sentences[first]), first
    for number in range(first + 1, len(sentences)):
        length += len(sentences[number]) + 1
        if scores[number] <= -1 or length > MOST_CHARACTERS:
            break
        if scores[number] > 0:
            last = number
    return range(first, last + 1)


def _under_label(narrative: Narrative, field: Field) -> str | None:
    """The text behind a label and below it, up to the next label, if it describes an event."""
    stop = next((f.line for f in narrative.fields if f.line > field.line and len(f.label.split()) <= 4), None)
    beside = narrative.lines[field.line][field.end :]
    value = " ".join(" ".join([beside, *narrative.lines[field.line + 1 : stop]]).split())
    story = _sentences(Narrative((), Passage(value)))
    if len(value.split()) < 4 or not any(_relevance(sentence) > 0 for sentence in story):
        return None
    end = next(
        (i for i, s in enumerate(story) if i and _WORDS.courtesy.search(s) and _relevance(s) <= 0), len(story)
    )
    return _bounded(" ".join(story[:end]))


def _sentences(narrative: Narrative) -> list[Passage]:
    return [sentence for _, sentence in narrative.sentences[:_MOST_SENTENCES]]


def _relevance(sentence: Passage) -> float:
    """How much of the event the sentence describes; negative where it is about something else."""
    if _HEADER.match(sentence) or len(sentence) < _SHORTEST:
        return -1
    perils = len(signs_in(sentence))
    if salutation := _SALUTATION.match(sentence):
        sentence = Passage(sentence[salutation.end() :])
    score = (
        2.0 * perils
        + (1.5 if _WORDS.telling.search(sentence) else 0)
        - (2 if len(sentence.split()) < 4 else 0)
    )
    return min(score, 6) - (3 if _WORDS.courtesy.search(sentence) else 0)


def _bounded(text: str) -> str:
    text = text.strip()
    if len(text) <= MOST_CHARACTERS:
        return text
    cut = text[:MOST_CHARACTERS]
    end = max(cut.rfind(". "), cut.rfind("! "), cut.rfind("? "))
    return cut[: end + 1] if end > MOST_CHARACTERS // 2 else cut.rsplit(" ", 1)[0]
