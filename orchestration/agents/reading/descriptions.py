"""What happened, in the claimant's own words."""

import re

from orchestration.agents.reading.claim_types import PERILS
from orchestration.agents.reading.text import Narrative

MOST_CHARACTERS = 1_000
_LABEL = re.compile(
    r"(?:(?:brief |short |full |detailed |incident |accident |loss |event |damage |claim )*(?:description|details|narrative|summary|statement|account|circumstances|facts|story|explanation|(?:injury|accident|incident|loss|damage|event|theft|fire|storm|claim) (?:details|description|information)|what happened|what occurred|how it happened)(?: of (?:the )?(?:\w+ ?){1,4})?|what happened.{0,30}|describe.{0,60}|how did (?:it|the \w+|this) (?:happen|occur).{0,20}|tell us .{0,60}|the (?:incident|accident|event|loss)|incident|reason for (?:claim|visit|treatment)|cause(?: of loss| of damage)?|problem|message|comments?|notes?)",
    re.I,
)
_PERIL = re.compile("|".join(pattern for rows in PERILS.values() for _, pattern in rows), re.I)
_TELLING = re.compile(
    r"\b(?:happened|occurred|damage[ds]?|hit|struck|fell|broke|stole|stolen|crack\w*|lost|destroyed|ruined|leak\w*|flooded|woke|noticed|discovered|came (?:out|back|home)|was (?:driving|parked|stopped|walking|hit|cooking|admitted|treated|diagnosed|stolen)|found (?:my|the|that|out)|underwent|had (?:surgery|an? (?:accident|operation|mri|procedure|seizure|stroke))|injured|hurt|treated|visited|bitten)\b",
    re.I,
)
_NOT_STORY = re.compile(
    r"\b(?:(?:please|kindly) (?:find|let|call|contact|advise|process|confirm|send|review|see)|attached|enclosed|look forward|policy (?:number|no|#)|sincerely|regards|contact me|reach me|my (?:phone|email|e-mail|name|number)|thank(?:s| you)|dear|deductible|to whom it may)\b",
    re.I,
)
_HEADER = re.compile(r"(?:from|to|cc|subject|date|sent|re|reply-to)\s*:", re.I)


def incident_description(narrative: Narrative, text: str) -> str | None:
    """The passage that tells what happened, at most MOST_CHARACTERS long.

    `text` is the flow of the narrative, spelling mended; it may not fit the flow's offsets.
    """
    if labelled := _labelled(narrative):
        return labelled
    told = [_tells(sentence) for sentence in _sentences(text)]
    original = _sentences(narrative.flow)
    if len(told) != len(original) or not any(score > 0 for score in told):
        told = [_tells(sentence) for sentence in original]
    strong = [i for i, score in enumerate(told) if score > 0]
    if not strong:
        return None
    peak = max(strong, key=lambda i: (told[i], -i))
    first = last = peak
    while first > 0 and told[first - 1] > -1 and not _HEADER.match(original[first - 1]) and peak - first < 4:
        first -= 1
    length = sum(len(s) + 1 for s in original[first : last + 1])
    while (
        last + 1 < len(original)
        and told[last + 1] > -1
        and length + len(original[last + 1]) < MOST_CHARACTERS
    ):
        last += 1
        length += len(original[last]) + 1
    while first < peak and told[first] <= 0:
        first += 1
    while last > peak and told[last] <= 0:
        last -= 1
    return _bounded(" ".join(original[first : last + 1]))


def parse_description(answer: str) -> str | None:
    """The description that an answer gives."""
    return _bounded(" ".join(answer.split())) if len(re.findall(r"\w{2,}", answer)) >= 2 else None


def _labelled(narrative: Narrative) -> str | None:
    for position, field in enumerate(narrative.fields):
        if not _LABEL.fullmatch(field.label):
            continue
        stop = next(
            (
                f.line
                for f in narrative.fields[position + 1 :]
                if f.line > field.line and len(f.label.split()) <= 4
            ),
            None,
        )
        inline = (
            re.split(r"[:=?]\s*|\s-\s|\.{3,}", narrative.lines[field.line], maxsplit=1)[-1].strip()
            if field.value
            else ""
        )
        lines = [inline, *narrative.lines[field.line + 1 : stop]]
        value = " ".join(" ".join(lines).split())
        if len(value.split()) >= 4 and _tells(value) > 0:
            return _bounded(_story_only(value))
    return None


def _story_only(text: str) -> str:
    """`text` without the courtesies that may follow the story."""
    sentences = _sentences(text)
    end = next((i for i, s in enumerate(sentences) if i and _NOT_STORY.search(s) and _tells(s) <= 0), len(sentences))
    return " ".join(sentences[:end])


def _sentences(text: str) -> list[str]:
    return [sentence for _, sentence in Narrative(lines=(), flow=text).sentences][:300]


def _tells(sentence: str) -> float:
    if _HEADER.match(sentence) or len(sentence) < 12:
        return -1
    score = 2.0 * len({found.group().lower()[:6] for found in _PERIL.finditer(sentence[:600])}) + 1.5 * bool(
        _TELLING.search(sentence)
    )
    if len(sentence.split()) < 4:
        score -= 2
    return min(score, 6) - 3 * bool(_NOT_STORY.search(sentence))


def _bounded(text: str) -> str:
    text = text.strip()
    if len(text) <= MOST_CHARACTERS:
        return text
    cut = text[:MOST_CHARACTERS]
    end = max(cut.rfind(". "), cut.rfind("! "), cut.rfind("? "))
    return cut[: end + 1] if end > MOST_CHARACTERS // 2 else cut.rsplit(" ", 1)[0]
