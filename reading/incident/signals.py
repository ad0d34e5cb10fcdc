"""Yes-or-no facts: was anyone hurt, did the police come, was it theft or vandalism."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, pairwise

from reading.found import Mention
from reading.matching.phrases import Phrases, limited
from reading.matching.word_files import Alternatives, Label, PhraseSet, WordFile, load
from reading.text.assertions import is_long_past, is_negated, is_supposed
from reading.text.narrative import Narrative


class _Words(WordFile):
    injury_label: Label
    injuries: PhraseSet
    harmless: PhraseSet
    police_label: Label
    police: PhraseSet
    no_police: Label
    only_thought_of: PhraseSet
    other_officers: PhraseSet
    theft_label: Label
    theft_or_vandalism: PhraseSet
    says_yes: Alternatives
    says_no: Alternatives
    animals: PhraseSet
    bites: PhraseSet
    care: PhraseSet
    of_a_profession: PhraseSet
    unsure: PhraseSet


_WORDS = load("signals", _Words)
_POLICE_INITIALS = re.compile(r"\b(?:[A-Z]{1,4}PD\b|PC (?:\d|[A-Z][a-z]))")
"""`NYPD`, `LAPD`, `PC Lowe`."""
_IN_THE_END = re.compile(r"(?:n't|\bnot)\s+(?:\w+\s+){1,3}until\b", re.IGNORECASE)
"""`They did not come until noon`: so they came."""

_YES = re.compile(rf"\s*{_WORDS.says_yes}\b", re.IGNORECASE)
_NO = re.compile(rf"\s*{_WORDS.says_no}\b", re.IGNORECASE)
_SPEAKER = re.compile(
    r"\A(?:\[[^\]]{1,20}\]\s*)?(?:\(?\d{1,2}:\d\d(?::\d\d)?(?: ?[ap]m)?\)?\s*-?\s*)?"
    r"(?:[A-Z][\w .]{0,30}:\s*)?",
    re.IGNORECASE,
)
"""The time and name before a line of a chat."""
_BOX = re.compile(r"[\[(] ?[xX✓✔]? ?[\])]|[☐☑☒]")
_TICK = r"(?:[\[(] ?[xX✓✔] ?[\])]|[☑☒])"
_TICKED_BEFORE = re.compile(rf"{_TICK}\s*(yes|no)\b", re.IGNORECASE)
_TICKED_AFTER = re.compile(rf"\b(yes|no)\s*{_TICK}", re.IGNORECASE)
"""`[ ] yes [x] no`, and `yes [ ] no [x]`."""
SURELY, PERHAPS, HARDLY = 0.95, 0.6, 0.5
"""How surely a plain statement, a mixed one, and a mere hint say something."""
_LONGEST_SIGNATURE = 120
_SMALL_WORD = re.compile(
    r"\b(?!(?:and|at|of|the|for|in|law|lawyers?|attorneys?|solicitors?|personal|injury|injuries|accidents?)\b)[a-z]{2}"
)
_MOST = 6
"""How many mentions in a sentence are regarded."""


def injuries(narrative: Narrative) -> bool | None:
    """Whether anyone was hurt; False if the text states that nobody was, None if it states neither."""
    labelled = _answered(narrative, _WORDS.injury_label)
    return labelled if labelled is not None else _said(narrative, _WORDS.injuries, _WORDS.harmless)


def police_involved(narrative: Narrative) -> bool | None:
    """Whether the police came or a report is mentioned; False if they did not come; None if unstated."""
    labelled = _answered(narrative, _WORDS.police_label)
    if labelled is not None:
        return labelled
    denied = False
    for sentence, reply in _with_replies(narrative):
        if sentence.endswith("?"):
            if reply is not None and any(_police(sentence)):
                return reply
            continue
        came = None if is_long_past(sentence) else _police_came(sentence)
        if came:
            return True
        denied = denied or came is False
    return False if denied else None


def injuries_said(narrative: Narrative) -> list[Mention]:
    """What the text says of injured persons, yes and no; a mere trace of care is an unsure yes."""
    said = _mentions(narrative, injuries, _WORDS.injury_label, (_WORDS.injuries, _WORDS.harmless))
    cared = [
        sentence
        for _, sentence in narrative.spelled.sentences
        if not sentence.endswith("?")
        and not is_long_past(sentence)
        and any(
            not is_negated(sentence, found.start(), found.end())
            for found in limited(_WORDS.care, sentence, _MOST)
        )
    ]
    if cared and not any(mention.value for mention in said):
        return [*_doubted(said), Mention(True, HARDLY, cared[0])]
    return said


def police_said(narrative: Narrative) -> list[Mention]:
    """What the text says of the police, yes and no."""
    return _mentions(narrative, police_involved, _WORDS.police_label, (_WORDS.police, _POLICE_INITIALS))


def theft_said(narrative: Narrative) -> list[Mention]:
    """What the text says of theft and vandalism, yes and no."""
    return _mentions(narrative, theft_or_vandalism, _WORDS.theft_label, (_WORDS.theft_or_vandalism,))


def parse_yes_or_no(answer: Narrative, read: Callable[[Narrative], bool | None]) -> bool | None:
    """The yes or no that an answer gives; None where it is unsure of itself or contradicts itself.

    Args:
        answer: the answer.
        read: what reads the fact that was asked for in a text that says it in words.
    """
    if answer.flow.endswith("?") or _WORDS.unsure.search(answer.spelled.flow):
        return None
    first, said = _yes_or_no(answer.flow), read(answer)
    if first is None or said is None:
        return said if first is None else first
    return first if first is said else None


def _mentions(
    narrative: Narrative,
    read: Callable[[Narrative], bool | None],
    label: re.Pattern[str],
    words: Sequence[Phrases | re.Pattern[str]],
) -> list[Mention]:
    """The value of the whole text and, where sentences of it say the other one, that too.

    The sentence that says a value is the first one that says it when it is read alone.
    """
    whole = read(narrative)
    if whole is None:
        return []
    for field in narrative.fields:
        if label.fullmatch(field.label.replace("_", " ")) and _yes_or_no(field.value) is whole:
            return [Mention(whole, SURELY, f"{field.label} {field.value}")]
    said: dict[bool, str] = {}
    for _, sentence in narrative.spelled.sentences:
        if len(said) == 2 or not any(phrases.search(sentence) for phrases in words):
            continue
        value = read(Narrative((sentence,), sentence))
        if value is not None:
            said.setdefault(value, sentence)
    doubtful = whole not in said or len(said) > 1 or bool(_WORDS.unsure.search(said[whole]))
    mentions = [Mention(whole, PERHAPS if doubtful else SURELY, said.get(whole, ""))]
    if (not whole) in said:
        mentions.append(Mention(not whole, HARDLY, said[not whole]))
    return mentions


def _doubted(mentions: list[Mention]) -> list[Mention]:
    return [Mention(m.value, min(m.confidence, PERHAPS), m.words) for m in mentions]


def _is_of_a_signature(sentence: str) -> bool:
    """Whether it is a line that names its writer's profession: `Columbus Police Department`.

    Such a line tells of nothing: it has no word in small letters but the ones that join names.
    """
    return bool(
        len(sentence) <= _LONGEST_SIGNATURE
        and not _SMALL_WORD.search(sentence)
        and not sentence.isupper()
        and _WORDS.of_a_profession.search(sentence)
    )


def _is_of_an_animal(sentence: str, start: int, end: int) -> bool:
    """Whether it is an animal to which the words between `start` and `end` happen."""
    if _WORDS.bites.search(sentence[start:end]):
        return False
    clause = re.split(r"[,;]| and | but ", sentence[max(0, start - 60) : start])[-1]
    return bool(_WORDS.animals.search(f"{clause}{sentence[start:end]}"))


def _police_came(sentence: str) -> bool | None:
    """Whether by any mention the police came; False if by all they did not; None without a mention."""
    denied = False
    for found in _police(sentence):
        before = sentence[max(0, found.start() - 60) : found.start()]
        if _WORDS.only_thought_of.search(before) or _WORDS.other_officers.search(before):
            continue
        no = _WORDS.no_police.search(f"{before}{sentence[found.start() : found.end() + 40]}")
        if not (no or is_negated(sentence, found.start(), found.end())) or _IN_THE_END.search(sentence):
            return True
        denied = True
    return False if denied else None


def _police(sentence: str) -> Iterator[re.Match[str]]:
    """The mentions of the police."""
    return chain(limited(_WORDS.police, sentence, _MOST), limited(_POLICE_INITIALS, sentence, _MOST))


def theft_or_vandalism(narrative: Narrative) -> bool | None:
    """Whether something was stolen or damaged on purpose; False if it was not; None if nothing is stated."""
    labelled = _answered(narrative, _WORDS.theft_label)
    return labelled if labelled is not None else _said(narrative, _WORDS.theft_or_vandalism, None)


def _said(narrative: Narrative, yes: Phrases, no: Phrases | None) -> bool | None:
    denied = False
    for sentence, reply in _with_replies(narrative):
        if sentence.endswith("?"):
            if reply is not None and yes.search(sentence):
                return reply
            continue
        rest = no.sub(" ", sentence) if no else sentence
        denied = denied or rest != sentence
        for found in limited(yes, rest, _MOST):
            if yes is _WORDS.injuries and _is_of_an_animal(rest, found.start(), found.end()):
                continue
            if is_negated(rest, found.start(), found.end()):
                denied = True
            elif not is_long_past(rest) and not is_supposed(rest, found.start()):
                return True
    return False if denied else None


def _answered(narrative: Narrative, label: re.Pattern[str]) -> bool | None:
    """The yes or no behind a label."""
    for field in narrative.fields:
        if label.fullmatch(field.label.replace("_", " ")) and (answer := _yes_or_no(field.value)) is not None:
            return answer
    return None


def _with_replies(narrative: Narrative) -> Iterator[tuple[str, bool | None]]:
    """Each sentence with the yes or no that the next one begins with."""
    sentences = [sentence for _, sentence in narrative.spelled.sentences]
    for sentence, following in pairwise((*sentences, "")):
        if _is_of_a_signature(sentence):
            continue
        yield sentence, _yes_or_no(_SPEAKER.sub("", following))


def _yes_or_no(reply: str) -> bool | None:
    if _BOX.search(reply):
        return _ticked(reply)
    if _YES.match(reply):
        return True
    return False if _NO.match(reply) else None


def _ticked(reply: str) -> bool | None:
    found = (_TICKED_BEFORE if _BOX.match(reply.lstrip()) else _TICKED_AFTER).search(reply)
    return found[1].lower() == "yes" if found else None
