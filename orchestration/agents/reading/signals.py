"""Yes-or-no facts: was anyone hurt, did the police come, was it theft or vandalism."""

import re
from collections.abc import Iterator
from itertools import pairwise

from orchestration.agents.reading.evidence import is_long_past, is_negated, is_supposed, limited
from orchestration.agents.reading.text import Narrative

INJURIES = re.compile(
    r"\b(?:injur(?:y|ies|ed)|hurt(?:s|ing)?|whiplash|concuss\w*|bruis(?:e|es|ed|ing)|fractur\w+|broke(?:n)? (?:my|his|her|a|an|two|three|the) ?(?:\w+ )?(?:arms?|legs?|wrists?|ribs?|nose|collarbone|ankles?|hip|bones?|fingers?|hand|foot|toe|shoulder|jaw)"
    r"|broken (?:arm|leg|wrist|ribs?|nose|collarbone|ankle|hip|bone|finger|hand|foot|shoulder)|sprain\w*|strain(?:ed)?|stitches|sutures|lacerat\w+|burns? (?:on|to) (?:my|his|her|their|both)|(?:second|third|first)-degree burns?|smoke inhalation|neck pain|back pain|(?:sore|stiff|aching|painful) (?:neck|back|shoulder)s?"
    r"|(?:neck|back|head|shoulder|knee|chest|wrist)\b.{0,30}\b(?:sore|stiff|ach(?:es|ing|ed)|pain(?:ful)?|hurts?|swollen|bleeding)|unconscious|bleeding|bled|hospitali[sz]ed|taken to (?:the )?(?:\w+ ){0,3}(?:hospital|er|emergency|clinic|medical cent\w+)|rushed to|(?:went|taken|drove|go|sent|transported) (?:\w+ ){0,3}(?:to )?(?:the )?(?:er|emergency room|urgent care|hospital)|ambulance (?:took|brought|transported|carried|ride)|by ambulance|paramedics (?:treated|took|checked)|in pain|headaches?|treated (?:for|at)|physical therapy|seriously wounded|wound(?:s|ed)?|killed|died|dizzy|torn (?:acl|meniscus|ligament|rotator cuff|muscle))\b",
    re.I,
)
_HARMLESS = re.compile(
    r"\b(?:uninjured|unhurt|unharmed|everyone (?:is|was|got out|seems?|seemed|made it out) (?:ok|okay|fine|safe|safely|alright|all right|unharmed)|(?:nobody|no one|noone|none of us|neither of us|no body) (?:was|were|got|is|has been|had been|seems)(?: \w+){0,2} (?:hurt|injur\w+|harmed)|(?:we|all|everybody|everyone|both|i)(?: \w+){0,3} (?:are|is|were|was|am|'m) (?:all |both |totally |completely |perfectly |thankfully )*(?:ok|okay|fine|safe|unhurt|unharmed|all right|alright)|(?:we're|i'm) (?:all |both )?(?:ok|okay|fine|safe)|no (?:one|body) (?:was )?(?:hurt|injured)|no injur\w+|without injur\w+|no one was (?:home|in the (?:car|house|vehicle)|inside)|got out (?:safely|ok|fine|in time)|(?:car|vehicle|truck) was (?:empty|unoccupied))\b",
    re.I,
)
_INJURY_LABEL = re.compile(
    r"(?:any )?(?:injur(?:y|ies)|injured(?: persons?| parties)?|persons? injured|anyone (?:hurt|injured)|bodily injur\w+|was anyone (?:hurt|injured).{0,20}|injuries (?:reported|sustained))(?:\s*\(.{0,20}\))?",
    re.I,
)

POLICE = re.compile(
    r"\b(?:police(?:man|men|woman)?|officers?(?! of the (?:company|bank))|cops?|sheriff(?:'s)?|state troopers?|troopers?|highway patrol|deput(?:y|ies)|constable|gendarme\w*|law enforcement|pd|detectives?|(?-i:[A-Z]{1,4}PD)|(?:filed|made|took|wrote|gave) (?:a |the )?report|report (?:no\.?|number|#|\d)[\w-]*|(?:incident|accident|crash|theft|case) report (?:number|no|#)|(?:filed|made|took|wrote|gave|submitted|completed|have) (?:a |an |the )?(?:\w+ )?(?:crime|theft|incident|accident) report)\b",
    re.I,
)
_NO_POLICE = re.compile(
    r"\b(?:(?:police|officers?|cops|sheriff|authorities)\b(?: \w+){0,3} (?:not|never|n't)\b|(?:did ?n[o']?t|did not|never|have ?n[o']?t|haven't|hasn't|wasn't|weren't|was not|were not|without|no need to|decided not to|chose not to|not) (?:\w+ ){0,5}(?:the )?(?:police|cops|officers?|sheriff|law enforcement)|no (?:police|cops|officers?|sheriff)(?: \w+)?|police (?:declined|refused) to (?:come|attend|respond)|instead of (?:calling|involving) (?:the )?police|(?:police|cops|officers?)\s+(?:were|was|did|do|have|had|could|would)(?:n't| not| never)|police (?:report)?\s*[:=?]\s*(?:no|none|n/a|not)\b)",
    re.I,
)
_POLICE_LABEL = re.compile(r"(?:.{0,30}\bpolice\b.{0,40})", re.I)
_IRRELEVANT_POLICE = re.compile(
    r"\b(?:if|whether|should i|do i need|need(?:ed)? to|should we|will|would|going to|plan to|loss prevention|security|loan|claims|bank|privacy|compliance|my (?:son|husband|wife|brother|father|mother) is a) (?:\w+ ){0,5}\Z",
    re.I,
)
_NO_BUT = re.compile(r"\b(?:n't|not|no|never)\b.{0,40}\b(?:until|but)\b", re.I)

THEFT_OR_VANDALISM = re.compile(
    r"\b(?:stolen|stole|theft|thief|thieves|robbed|robbery|burglar\w*|burgled|broke(?:n)? into|break-?in|car-?jack\w*|vandal\w*|keyed|graffiti|spray[- ]?paint\w*|slashed|egged|smash[- ]and[- ]grab|made off with|hot-?wired|malicious(?:ly)?|larceny|looted|ransacked|smashed (?:the|my|our|a|out|in|both|all|every) (?:\w+ ){0,3}windows? (?:and|to (?:steal|take|grab)|last night|overnight)|saw(?:ed|n) off|(?:car|truck|vehicle|van|suv|bike|motorcycle|it) (?:is|was|had|has) (?:just |been )?(?:gone|taken)|gone missing|on purpose|deliberately|arson)\b",
    re.I,
)
_THEFT_LABEL = re.compile(r"(?:theft|vandalism|theft or vandalism|theft/vandalism)(?: involved)?", re.I)
_YES = re.compile(r"\s*(?:yes|y|true|yep|yeah|x)\b", re.I)
_SPEAKER = re.compile(r"\A(?:\[[^\]]{1,20}\]\s*)?(?:\(?\d{1,2}:\d\d(?::\d\d)?(?: ?[ap]m)?\)?\s*-?\s*)?(?:[A-Z][\w .]{0,30}:\s*)?", re.I)
_NO = re.compile(r"\s*(?:no|n|none|false|nope|nobody|no one|n/a|not|nil|0|zero)\b", re.I)


def injuries(narrative: Narrative, text: str) -> bool | None:
    """Whether anyone was hurt; False if the text says that nobody was."""
    labelled = _answer(narrative, _INJURY_LABEL)
    return labelled if labelled is not None else _said(text, INJURIES, _HARMLESS)


def police_involved(narrative: Narrative, text: str) -> bool | None:
    """Whether the police came or a report is mentioned; False if the text says that they did not."""
    labelled = _answer(narrative, _POLICE_LABEL)
    if labelled is not None:
        return labelled
    denied = False
    for sentence, answer in _with_answers(text):
        if sentence.endswith("?"):
            if POLICE.search(sentence) and answer is not None:
                return answer
            continue
        for found in limited(POLICE, sentence, 4):
            if is_long_past(sentence) or _IRRELEVANT_POLICE.search(
                sentence[max(0, found.start() - 60) : found.start()]
            ):
                continue
            window = sentence[max(0, found.start() - 60) : found.end() + 40]
            no = _NO_POLICE.search(window)
            if (no and not _NO_BUT.search(sentence)) or is_negated(sentence, found.start(), found.end()):
                denied = True
            else:
                return True
    return False if denied else None


def theft_or_vandalism(narrative: Narrative, text: str) -> bool | None:
    """Whether something was stolen or damaged on purpose."""
    labelled = _answer(narrative, _THEFT_LABEL)
    return labelled if labelled is not None else _said(text, THEFT_OR_VANDALISM, None)


def _answer(narrative: Narrative, label: re.Pattern[str]) -> bool | None:
    for field in narrative.fields:
        if field.value and label.fullmatch(field.label):
            if _YES.match(field.value):
                return True
            if _NO.match(field.value):
                return False
    return None


def _with_answers(text: str) -> Iterator[tuple[str, bool | None]]:
    """Each sentence, and where it is a question whether the next one says yes or no to it."""
    sentences = [sentence for _, sentence in Narrative(lines=(), flow=text).sentences]
    for sentence, following in pairwise((*sentences, "")):
        reply = _SPEAKER.sub("", following)
        yield sentence, True if _YES.match(reply) else False if _NO.match(reply) else None


def _said(text: str, yes: re.Pattern[str], no: re.Pattern[str] | None) -> bool | None:
    denied = False
    for sentence, answer in _with_answers(text):
        if sentence.endswith("?"):
            if yes.search(sentence) and answer is not None:
                return answer
            continue
        if no and no.search(sentence):
            denied = True
        rest = no.sub(" ", sentence) if no else sentence
        for found in limited(yes, rest, 6):
            if is_negated(rest, found.start(), found.end()):
                denied = True
            elif not is_long_past(rest) and not is_supposed(rest, found.start()):
                return True
    return False if denied else None
