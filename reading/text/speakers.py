"""Separates the claimant's lines from the carrier's in a chat, and from a letter that is enclosed."""

import re
from collections import defaultdict

from reading.matching.word_files import Label, PhraseSet, WordFile, load


class _Words(WordFile):
    service: Label
    of_service: PhraseSet
    of_mine: PhraseSet


_WORDS = load("chats", _Words)

_TURN = re.compile(
    r"(?:[\[(]?\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\s?[apAP][mM])?[\])]?,?\s*(?:-\s*)?)?"
    r"(?P<speaker>[A-Za-z][\w .()'-]{0,30}?)\s?(?::|>)\s+(?P<words>\S.*)\Z"
)
_FEWEST_TURNS = 3
_FORWARDED = re.compile(r"\W{0,12}(?:begin )?forwarded (?:message|mail|e-mail)\b", re.IGNORECASE)


def without_enclosed(lines: tuple[str, ...]) -> tuple[str, ...]:
    """`lines` without the letter of another that somebody forwards with a claim of one's own."""
    start = next((number for number, line in enumerate(lines) if _FORWARDED.match(line)), None)
    return lines[:start] if start and _WORDS.of_mine.search("\n".join(lines[:start])) else lines


def without_service(lines: tuple[str, ...]) -> tuple[str, ...]:
    """`lines` without those of the carrier's side, and without the names before the others' lines,
    each of which is a paragraph.

    `lines` as they are if they are no chat.
    """
    turns = [_TURN.match(line) for line in lines]
    said: defaultdict[str, list[str]] = defaultdict(list)
    for turn in turns:
        if turn:
            said[turn["speaker"].lower()].append(turn["words"])
    service = {speaker for speaker, words in said.items() if _is_service(speaker, words)}
    spoken = [turn for turn in turns if turn and len(said[turn["speaker"].lower()]) > 1]
    if not service or len(spoken) < _FEWEST_TURNS:
        return lines
    answers = {speaker for speaker, words in said.items() if speaker not in service and len(words) > 1}
    kept: list[str] = []
    for line, turn in zip(lines, turns, strict=True):
        speaker = turn["speaker"].lower() if turn else None
        if speaker not in service:
            kept += ["", turn["words"]] if turn and speaker in answers else [line]
    return tuple(kept)


def speaker(lines: tuple[str, ...]) -> str | None:
    """How the claimant is called before the lines of a chat; None if `lines` are no chat."""
    if without_service(lines) == lines:
        return None
    said: defaultdict[str, list[str]] = defaultdict(list)
    for line in lines:
        if turn := _TURN.match(line):
            said[turn["speaker"]].append(turn["words"])
    return next((one for one, words in said.items() if len(words) > 1 and not _is_service(one, words)), None)


def _is_service(speaker: str, words: list[str]) -> bool:
    return bool(_WORDS.service.fullmatch(speaker) or any(_WORDS.of_service.search(line) for line in words))
