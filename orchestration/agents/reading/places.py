"""Where it happened."""

import re

from orchestration.agents.reading.claim_types import HOME_TYPES, MEDICAL
from orchestration.agents.reading.evidence import limited
from orchestration.agents.reading.text import Narrative
from orchestration.agents.reading.vendors import CARE

_LABEL = re.compile(
    r"(?:(?:incident|accident|loss|crash|collision|event|theft|fire|damage|exact|treatment|service) )?(?:location|place|scene|site|address of (?:loss|incident|accident)|where)(?: of (?:the )?(?:incident|accident|loss|crash|collision|event|theft|fire|service|treatment|damage|occurrence))?(?: did (?:it|this|the \w+) (?:happen|occur|take place))?"
    r"|where (?:it|did|was|were).{0,40}|(?:loss|incident|risk|property|insured|accident|damaged property|scene|insured property|premises) (?:address|location)|place of (?:service|treatment)(?: .{0,20})?|location.{0,30}|loc|facility(?: name)?",
    re.I,
)
_ADDRESS_LABEL = re.compile(r"(?:home |property |street |insured |mailing |my )?address", re.I)
_STREET_KIND = r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Way|Terrace|Ter|Circle|Cir|Parkway|Pkwy|Highway|Hwy|Square|Sq|Trail|Trl|Pike|Turnpike|Alley|Row|Crescent|Close|Loop|Expressway|Expy|Freeway|Fwy|Broadway|Run|Path|Plaza|Ridge|Hill|Bridge|Tunnel)"
_CAP = r"(?:[A-Z][\w'’.-]{0,24}|\d{1,3}(?:st|nd|rd|th))"
_STREET = rf"(?:(?:{_CAP} ){{1,4}}{_STREET_KIND}\b\.?(?: (?:NE|NW|SE|SW|N|S|E|W|North|South|East|West)\b)?|Broadway|Main)"
_TOWN = rf"(?:,? (?:in |near )?(?:downtown )?(?:{_CAP}(?: {_CAP}){{0,3}}))"
_STATE = r"(?:,? (?:[A-Z]{2}\b|(?:North |South |New |West |Rhode )?(?:Alabama|Alaska|Arizona|Arkansas|California|Carolina|Colorado|Connecticut|Dakota|Delaware|Florida|Georgia|Hampshire|Hawaii|Idaho|Illinois|Indiana|Iowa|Island|Jersey|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Mexico|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|Ohio|Oklahoma|Oregon|Pennsylvania|Tennessee|Texas|Utah|Vermont|Virginia|Washington|Wisconsin|Wyoming|York)\b)(?: \d{5}(?:-\d{4})?)?)"
_TAIL = rf"(?:,? (?:Apt|Unit|Suite|#|No)\.? ?\w{{1,5}})?(?:(?:,| in| near|, in) (?:downtown )?{_CAP}(?: {_CAP}){{0,3}})?{_STATE}?(?: \d{{5}}\b)?"
_ON_STREET = rf"(?:,? (?:on|off|at|along|near) (?:the )?(?:{_STREET}|\d{{1,5}} {_STREET}))?"
_NUMBERED = rf"\d{{1,6}}[A-Za-z]?(?:-\d{{1,4}})? (?:(?:N|S|E|W|North|South|East|West|NE|NW|SE|SW)\.? )?{_STREET}{_TAIL}"
_CROSSING = rf"{_STREET}(?: (?:and|&|at|/|near|by) |/)(?:the )?{_STREET}{_TAIL}|(?:{_CAP} ){{1,3}}(?:and|&) (?:{_CAP} ){{0,3}}{_STREET_KIND}s?\b{_TAIL}"
_ROUTE = r"(?:I-\s?\d{1,3}|Interstate \d{1,3}|(?:US|U\.S\.|State|County|SR|Rt|Rte|Hwy|CR|FM)[ -]?(?:Route |Highway |Hwy |Road )?\d{1,4}|(?:Route|Highway|Hwy|Rte) \d{1,4}|(?:the )?[AMB]\d{1,3}\b)"
_ROUTE_FULL = rf"{_ROUTE}(?: (?:North|South|East|West|north|south|east|west|N|S|E|W|NB|SB|EB|WB)(?:bound)?\b)?(?:,? (?:(?:[Ee]xit|[Mm]ile(?: [Mm]arker|post)?|MM|mm) \d{{1,3}}\w?\b|(?:just |right )?(?:near|at|by|past|before|after|outside(?: of)?|between|north of|south of|east of|west of|close to|around|in|and|toward|towards) (?:the )?(?:(?:exit|mile marker|mile|milepost|mm|Exit|Mile|Mile Marker) \w{{1,5}}|{_CAP}(?: {_CAP}){{0,3}}(?: (?:exit|interchange|ramp|bridge|off-ramp))?))){{0,3}}{_STATE}?"
_CUE = r"(?:at|on|in|down|up|onto|through|across|near|outside(?: of)?|inside|along|by|behind|in front of|across from|off|around|of|from)"
_MONTH_OR_DAY = "January|February|March|April|May|June|July|August|September|October|November|December|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec|I\\b|The\\b"
_SPANS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:(?:the )?(?:corner|intersection|junction|crossing) of (?:the )?)(?P<place>(?:{_CROSSING})|(?:{_CAP}(?: {_CAP}){{0,3}} (?:and|&) {_CAP}(?: {_CAP}){{0,3}}{_TAIL}))",
        rf"(?P<place>{_NUMBERED})",
        rf"(?P<place>{_CROSSING})",
        rf"(?P<place>{_ROUTE_FULL})",
        rf"\b(?:{_CUE}) (?:the )?(?P<place>{_STREET}{_TAIL})",
        rf"(?i:\b(?:at|in|outside|inside|near|from|behind) (?:the |my |our |a )?(?:[\w-]+ ){{0,2}}?)(?P<place>(?:(?i:parking lot|parking garage|lot|car park|garage|driveway|carport|gym|mall|office|station|airport|campus|school|hotel|park|supermarket|restaurant|store|stadium|church|trailhead|backyard|beach) (?i:of|at|behind|outside|near|on|in) (?:the |my |our )?){_CAP}(?: {_CAP}){{0,4}}{_ON_STREET}{_TAIL})",
        rf"\b(?:at|in|outside|inside|near|behind) (?:the )?(?P<place>(?:{_CAP} ){{1,4}}(?i:parking lot|parking garage|mall|airport|station|plaza|shopping cent(?:er|re)|campus|park|hospital|clinic|medical center|university|school|hotel|stadium|supermarket|store|gym|marina|trailhead|apartments?|market|square|center|centre|lot|garage)\b{_ON_STREET}{_TAIL})",
        rf"\b(?:at|in|near|outside(?: of)?) (?P<place>{_CAP}(?: {_CAP}){{0,3}}{_STATE})",
        rf"\b(?:at|to|by) (?:the )?(?P<place>(?:St\.? )?{_CAP}(?: (?:{_CAP}|of|and|&)){{0,4}} {CARE}\b{_ON_STREET}{_TAIL})",
        rf"\b(?:in|near|outside(?: of)?|downtown) (?P<place>{_CAP}(?: {_CAP}){{0,2}}{_STATE}?)",
        rf"(?i:\b(?:at|in|on|from|outside|behind|near)) (?P<place>(?i:(?:my|our|the|a) (?:\w+ ){{0,3}}(?:driveway|garage|kitchen|house|home|apartment|parking (?:lot|garage|space|spot)|street|basement|attic|carport|backyard|yard|office|workplace|gym|mall|grocery store|gas station|supermarket|highway|freeway|interstate|intersection|roundabout|school|car wash|drive-?thr(?:u|ough)|airport|train station|lot|condo|cabin|living room|bedroom|laundry room|roof|shed|barn|hotel)\b(?: (?:at|of|near|behind|outside) (?:the |my |our )?(?!\d)(?:[a-z'-]+ ?){{1,4}}?(?=[,.;]|\s(?:and|when|where|while|with|because|after|before|on|in|at)\b|\Z))?)(?:(?:,? (?:in|near|on|at|off)) (?:the )?(?!(?:{_MONTH_OR_DAY}))(?:{_STREET}{_TAIL}|{_CAP}(?: {_CAP}){{0,2}}{_STATE}?))?)",
    )
)
_WEIGHTS = (9, 8, 8, 8, 6, 6, 6, 5, 5, 4, 3)
_VAGUE = 3
"""The weight of a place without a name, such as `my driveway`."""
_WRONG = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|Policy|Dear|Claims?|Dr|Mr|Mrs|Ms|Honda|Toyota|Ford|Subaru|Tesla|Nissan|Jeep|BMW|Insurance|I)\b|\b(?:insurance|doctor's|your|lawyer's|dealer's|claims) (?:office|lot)\b|\byour\b"
)
_FOR = re.compile(
    r"\b(?:happen\w*|occur\w*|took place|struck|hit|rear.?ended|crash\w*|collid\w+|collision|accident|parked|driving|traveling|travelling|heading|stopped|stolen|stole|broke|fire|storm|hail|tornado|hurricane|fell|damage\w*|kitchen|home|house|property|incident|garage|driveway|intersection|corner|waiting|vandal\w*|northbound|southbound|eastbound|westbound|turning|roof|keyed|surgery|admitted|treated|lost|hospital)\b",
    re.I,
)
_AGAINST = re.compile(
    r"\b(?:mail(?:ing)?|sent? (?:\w+ ){0,3}to|located at|office|shop|towed|estimate|repair\w*|contact|reach|phone|adjuster|agent|dealership|p\.?o\.? box|bought|born|work(?:s|ed)? (?:at|for)|on (?:my|the|our) way (?:to|home)|headed to|heading (?:to|home)|going to|from work|to visit|insured (?:at|with)|insurance|other driver|witness|lives|taken to|transported|rushed|went to|body shop|invoice|from)\b",
    re.I,
)
_HOME_ADDRESS = re.compile(r"\b(?:live (?:at|in|on)|reside\w*|(?:my|our) (?:home|house)?\s?address|residence)\b", re.I)
_CARE = re.compile(rf"\b{CARE}\b")
_INSURER = re.compile(r"\b(?:Insurance|Mutual|Claims (?:Dep\w+|Team|Center)|Assurance)\b[^.]*\Z")


def incident_location(narrative: Narrative, *, kind: str | None) -> str | None:
    """The place as written, without what leads up to it.

    `kind` is the claim type: a home's damage is at the home's address, care is given where the
    provider is.
    """
    at_home = kind in HOME_TYPES
    if (labelled := narrative.labelled(_LABEL)) and (place := _clean(labelled)):
        return place
    text = narrative.flow
    candidates: list[tuple[float, int, int, str]] = []
    for weight, pattern in zip(_WEIGHTS, _SPANS, strict=True):
        for found in limited(pattern, text, 12):
            place = found["place"]
            if not (_WRONG.search(place.split(",")[0]) and weight < 8):
                score = weight + _context(narrative, found.start("place"), found.end(), at_home=at_home)
                if kind != MEDICAL and _CARE.search(place):
                    score -= 6
                if at_home and weight <= _VAGUE:
                    score -= 3
                candidates.append((score, found.start("place"), found.end("place"), place))
    if candidates:
        score, place = max(
            (max(s for s, b, e, _ in candidates if begin <= b and e <= end) + (end - begin) / 1_000, place)
            for _, begin, end, place in candidates
        )
        if score > 0:
            return _clean(place)
    address = narrative.labelled(_ADDRESS_LABEL)
    return _clean(address) if address else None


def parse_location(answer: str) -> str | None:
    """The place that an answer gives."""
    answer = " ".join(answer.split())
    match_ = re.match(
        r"(?:(?:it|this|the \w+|that)\s+)?(?:happened|occurred|took place|was|is)?\s*(?:at|on|in|near)\s+(?=\S)",
        answer,
        re.I,
    )
    place = answer[match_.end() :] if match_ else answer
    return _clean(place) if re.search(r"\w{2}", place) else None


def _context(narrative: Narrative, start: int, end: int, *, at_home: bool) -> float:
    begin, sentence = narrative.sentence_at(start)
    before, after = sentence[: start - begin], sentence[end - begin :]
    score = 0.0
    if _FOR.search(before[-90:]):
        score += 3
    if _FOR.search(after[:70]):
        score += 1.5
    if _HOME_ADDRESS.search(before[-45:]):
        score += 1 if at_home else -4
    elif _AGAINST.search(before[-45:]):
        score -= 4
    if len(sentence) < end - start + 12 and not at_home:
        score -= 4  # a line of its own: a letterhead or a signature
    if _INSURER.search(narrative.flow[max(0, begin - 70) : begin]):
        score -= 5
    return score - start / 6_000


def _clean(place: str) -> str | None:
    place = re.split(r"\s{3,}|;|\.\s+(?=[A-Z][a-z]+ [a-z])|\s\|\s", place.strip())[0]
    place = place.strip(" .,;:-\"'")
    return (
        place[:200]
        if len(place) >= 3 and not re.match(r"(?:n/?a|unknown|none|tbd|not sure)\b", place, re.I)
        else None
    )
