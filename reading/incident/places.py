"""Where it happened."""

import re
from dataclasses import dataclass
from functools import partial

from reading.incident.claim_types import MEDICAL, is_about
from reading.matching.index import Index
from reading.matching.phrases import Phrases, limited, word_first
from reading.matching.word_files import Alternatives, Label, PhraseSet, WordFile, load
from reading.people.vendors import CARE, REPAIR
from reading.text.narrative import Narrative


class _Words(WordFile):
    label: Label
    own_address_label: Label
    street_kinds: Alternatives
    romance_streets: Alternatives
    states: Alternatives
    countries: Alternatives
    roads: Alternatives
    units: Alternatives
    landmarks: Alternatives
    grounds: Alternatives
    named_grounds: Alternatives
    landscapes: Alternatives
    vague_grounds: Alternatives
    vehicles: Alternatives
    care: Alternatives
    activities: Alternatives
    journeys: Alternatives
    no_airport: Alternatives
    no_place: Alternatives
    no_office: Alternatives
    happened: PhraseSet
    another_place: PhraseSet
    lives: PhraseSet
    quotes: Alternatives
    insurer: Alternatives


_WORDS = load("places", _Words)
_WORD = (
    r"(?:(?:St|Mt|Ft|[A-Z])\.|(?!(?:Mr|Mrs|Ms|Dr)\b)(?!I(?:'|\s))[A-Z](?:[\w'’-]|\.(?=\w)){0,24}"
    r"|\d{1,3}(?:st|nd|rd|th))"
)
_NAME_BEGINS = r"(?=[A-Z\d])"
"""Before a long pattern, turns most of a text down at once."""
_NAME = rf"{_WORD}(?: {_WORD}){{0,3}}"
_STREET = (
    rf"(?:(?:{_WORD} ){{1,4}}{_WORDS.street_kinds}\b\.?(?: (?:NE|NW|SE|SW|N|S|E|W|North|South|East|West)\b)?"
    rf"|(?:Broadway|Main)\b)"
)
_STATE = (
    rf"(?:,? (?:[A-Z]{{2}}\b|(?:North |South |New |West |Rhode )?{_WORDS.states}\b)"
    r"(?: \d{5}(?:-\d{4})?)?)"
)
_TAIL = (
    r"(?:,? (?:Apt|Unit|Suite|#|No)\.? ?\w{1,5})?"
    rf"(?:(?:,| in| near|, in) (?:downtown )?{_NAME})?{_STATE}?(?: \d{{5}}\b)?"
)
_ON_STREET = rf"(?:,? (?:on|off|at|along|near) (?:the )?(?:\d{{1,5}} )?{_STREET})?"
_NUMBERED = (
    r"\d{1,6}[A-Za-z]?(?:-\d{1,4})? (?:(?:N|S|E|W|North|South|East|West|NE|NW|SE|SW)\.? )?"
    rf"{_STREET}{_TAIL}"
)
_NO_DAY = (
    r"(?<![\d,.$€£#/-])"
    r"(?<!Jan )(?<!Feb )(?<!Mar )(?<!Apr )(?<!May )(?<!Jun )(?<!Jul )(?<!Aug )(?<!Sep )(?<!Oct )(?<!Nov )"
    r"(?<!Dec )(?<!ary )(?<!ch )(?<!ril )(?<!une )(?<!uly )(?<!ust )(?<!ber )(?<!model )"
)
"""Before a number that is not the day of a month."""
_NUMBERED_AND_TOWN = (
    r"(?!(?:19|20)\d\d )\d{1,5}[A-Za-z]? "
    rf"(?:(?:{_WORD} ){{0,2}}{_WORD}|(?:rue|avenue|impasse|quai|place|boulevard|chemin|via|calle)"
    rf" (?:(?:de|du|des|la|le|del|della) |[dl]')*{_WORD}(?: {_WORD})?)"
    rf",(?: \d{{4,5}})? {_WORD}(?: {_WORD})?{_STATE}?"
)
"""A number, a name, a comma and a town: a street whatever its kind is called."""
_CROSSING = (
    rf"{_STREET}(?: (?:and|&|at|/|near|by) |/)(?:the )?{_STREET}{_TAIL}"
    rf"|(?:{_WORD} ){{1,3}}(?:and|&) (?:{_WORD} ){{0,3}}{_WORDS.street_kinds}s?\b{_TAIL}"
)
_ROUTE = (
    r"(?:I-\s?\d{1,3}|Interstate \d{1,3}"
    r"|(?:US|U\.S\.|State|County|SR|Rt|Rte|Hwy|CR|FM)[ -]?(?:Route |Highway |Hwy |Road )?\d{1,4}"
    r"|(?:Route|Highway|Hwy|Rte) \d{1,4}|(?:the )?[AMB]\d{1,3}\b)"
)
_BEARING = r"(?: (?:[Nn]orth|[Ss]outh|[Ee]ast|[Ww]est|[NSEW]|[NSEW]B)(?:bound)?\b(?! of\b))?"
_MARKER = r"(?:[Ee]xit|[Jj]unction|[Jj]ct\.?|[Mm]ile(?: [Mm]arker|post)?|MM|mm) \w{1,5}"
_BY = (
    "(?:near|at|by|past|before|after|outside(?: of)?|between|(?:north|south|east|west) of|close to|around|in"
    "|and|towards?)"
)
_ALONG_ROUTE = (
    rf"{_ROUTE}(?: (?:motorway|highway|freeway|expressway|interstate|bypass|road))?{_BEARING}"
    rf"(?: {_NAME} {_WORDS.street_kinds}\b)?"
    rf"(?:,? (?:{_MARKER}|(?:just |right )?{_BY} (?:the )?"
    rf"(?:{_MARKER}|{_NAME}(?: (?:exit|interchange|ramp|bridge|off-ramp|junction|services?|toll))?))){{0,3}}"
    rf"{_STATE}?"
)
_CUE = (
    r"(?:at|on|in|down|up|into|onto|through|across|near|outside(?: of)?|inside|along|by|behind|in front of"
    r"|across from|off|around|of|from) (?:the )?"
)
_NO_TOWN = (
    r"(?!(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b|(?:Mon|Tues|Wednes|Thurs|Fri|Satur"
    r"|Sun)day|I\b|The\b)"
)
_VAGUE_TAIL = (
    r"(?: (?:at|of|near|behind|outside) (?:the |my |our )?(?!\d)(?:[a-z'-]+ ?){1,4}?"
    r"(?=[,.;]|\s(?:and|when|where|while|with|because|after|before|on|in|at)\b|\Z))?"
)
_VAGUE = 3
"""The weight of a place without a name, such as `my driveway`."""
_NAMED = 7
"""A place that scores less may be one without a name."""
_SURE = 8
"""From this weight on, a place is one by its form alone."""
_word_first = partial(word_first, index=Index(), cased=True)
_KINDS_OF_PLACES: tuple[tuple[float, re.Pattern[str] | Phrases], ...] = (
    (9, re.compile(
        rf"(?:the )?(?:corner|intersection|junction|crossing) of (?:the )?"
        rf"(?P<place>(?:{_CROSSING})|{_NAME} (?:and|&) {_NAME}{_TAIL})"
    )),
    (8, re.compile(rf"(?P<place>{_NUMBERED})")),
    (7, re.compile(
        rf"(?P<place>{_WORDS.units} \d{{1,4}}[A-Za-z]?"
        rf",? {_NAME}(?:, {_NAME})?{_STATE}?)"
    )),
    (6, _word_first(
        r"(?i:(?:on|at|near|onto|off) (?:the )?)"
        rf"(?P<place>(?i:{_WORDS.roads})"
        rf" (?:(?i:at|near|by|before|after|outside(?: of)?) (?:{_MARKER}|{_NAME})){_TAIL})"
    )),
    (7, re.compile(rf"{_NO_DAY}(?P<place>{_NUMBERED_AND_TOWN})")),
    (8, re.compile(rf"{_NAME_BEGINS}(?P<place>{_CROSSING})")),
    (8, re.compile(rf"(?=the |[A-Z])(?P<place>{_ALONG_ROUTE})")),
    (6, _word_first(rf"{_CUE}(?P<place>{_STREET}{_TAIL})")),
    (6, _word_first(
        r"(?i:(?:at|to|in|on|outside|inside|near|from|behind|in front of) (?:the |my |our |a )?"
        r"(?:[\w-]+ ){0,2}?)"
        rf"(?P<place>(?i:(?:train station|bus stop|{_WORDS.grounds}|roundabout)"
        r" (?:of|by|at|behind|outside|near|on|in|above|below|under|to|opposite|beside) (?:the |my |our )?)+"
        rf"{_WORD}(?: {_WORD}){{0,4}}{_ON_STREET}{_TAIL})"
    )),
    (6, _word_first(
        r"(?:on|at|in|into|by|near|off|across|along|over|through|above|below) (?:the )?"
        rf"(?P<place>(?:{_WORD} ){{1,3}}(?i:{_WORDS.landscapes})\b{_TAIL})"
    )),
    (7, _word_first(
        rf"(?P<place>(?:{_WORD} ){{1,3}}\d{{1,4}}[a-z]?,? (?:in )?\d{{4,5}} {_WORD}(?: {_WORD})?)"
    )),
    (6, _word_first(
        r"(?i:at|in|outside|inside|near|behind|in front of|across from|(?<!out )of|into) (?:the )?"
        rf"(?P<place>(?:{_WORD} ){{1,4}}(?i:{_WORDS.named_grounds})\b(?:, {_STREET})?{_ON_STREET}{_TAIL})"
    )),
    (5, _word_first(rf"(?:at|in|near|outside(?: of)?) (?P<place>{_NAME}{_STATE})")),
    (5, _word_first(
        r"(?:at|to|by|of|in) (?:the )?"
        rf"(?P<place>(?:St\.? )?{_WORD}(?: (?:{_WORD}|of|and|&)){{0,4}} {CARE}\b{_ON_STREET}{_TAIL})"
    )),
    (8, _word_first(
        rf"(?:at|to|in|by|the) (?:the )?(?P<place>{_WORDS.care}"
        rf"(?: (?:de|du|del|di|da|la|of|the|Dr\.|Sankt|San|{_WORD})){{0,5}}"
        rf"(?:,? (?:in )?{_WORD}(?: {_WORD})?)?)"
    )),
    (5, _word_first(
        rf"(?:on|aboard) (?P<place>(?:the |a )?(?i:{_WORDS.vehicles})"
        r"(?: (?i:number|no\.?|line|route))?(?: [A-Z\d][\w-]{0,10})?"
        rf"(?:,? (?:in|at|near|from|between|to) {_NAME})?)"
    )),
    (4, _word_first(
        rf"(?:at|in|near|outside) (?P<place>(?!{_WORDS.no_airport}\b)[A-Z]{{3}}\b(?: (?i:airport))?)"
        r"(?!-| ?\d)"
    )),
    (5, _word_first(
        rf"(?:on|at|in|near|off|by) (?P<place>{_WORDS.landmarks} {_NAME}{_STATE}?)"
    )),
    (6, _word_first(
        rf"(?i:{_WORDS.journeys} (?:from|to|in)) (?P<place>{_NAME})"
    )),
    (8, _word_first(
        r"(?P<place>[A-ZÄÖÜ][\w-]*(?:straße|strasse|str\.|weg|platz|allee|gasse|laan|straat) \d{1,4}[a-z]?"
        rf"(?:,? (?:\d{{4,5}} )?{_WORD})?)"
    )),
    (5, _word_first(
        rf"at (?:the |a |an |our )?"
        rf"(?P<place>{_WORD}(?: {_WORD}){{0,3}},? (?:in|on) (?:the )?(?:{_STREET}|{_ROUTE}|{_NAME}){_TAIL})"
    )),
    (6, _word_first(
        rf"(?i:at|on|in|near|onto|along) (?:the )?(?P<place>{_WORDS.romance_streets}"
        rf" (?:(?:de|du|des|la|le|les|del|della|dei|delle|da|do|dos) |[dl]')*{_WORD}(?: {_WORD}){{0,2}}"
        rf"(?:,? \d{{1,4}}[a-z]?\b)?(?:,? (?:in )?(?:\d{{4,5}} )?{_WORD}(?: {_WORD})?)?)"
    )),
    (6, re.compile(rf"{_NAME_BEGINS}(?P<place>{_STREET} (?:and|&) {_WORD}(?=[,.]){_TAIL})")),
    (5, _word_first(
        rf"(?:at|in|near|outside) (?:the )?(?P<place>{_NO_TOWN}{_WORD}"
        rf" (?:(?:de|du|des|la|del|della|di|da|do|von|der|of"
        rf"|the) ){{1,2}}{_WORD}(?:,? (?:in )?{_WORD})?{_STATE}?)"
    )),
    (6, _word_first(
        rf"(?i:(?:at|on|near|corner of) (?:the )?)(?P<place>(?:\d{{1,3}}(?:st|nd|rd|th) (?:and|&) {_WORD}"
        rf"|{_WORD} (?:and|&) \d{{1,3}}(?:st|nd|rd|th)\b){_TAIL})"
    )),
    (5, _word_first(
        rf"(?i:{_WORDS.activities}(?: (?:trip|there))? (?:at|in|on|near|off)) (?:the )?"
        rf"(?P<place>{_NO_TOWN}{_NAME}(?:, {_WORDS.countries})?{_STATE}?)"
    )),
    (8, _word_first(rf"(?P<place>(?i:number|no\.) \d{{1,5}},? (?:of |on |in )?{_STREET}{_TAIL})")),
    (4, _word_first(
        rf"(?:in|near|outside(?: of)?|downtown) (?P<place>{_WORD}(?: {_WORD}){{0,2}}(?:, {_WORDS.countries}\b"
        rf"|{_STATE})?)"
    )),
    (_VAGUE, _word_first(
        r"(?i:at|in|on|from|outside|behind|near) "
        rf"(?P<place>(?i:(?:my|our|the|a) (?:(?!way\b)[a-z'-]+ ){{0,3}}{_WORDS.vague_grounds}\b{_VAGUE_TAIL})"
        rf"(?:,? (?:in|near|on|at|off) (?:the )?{_NO_TOWN}"
        rf"(?:{_STREET}{_TAIL}|{_WORD}(?: {_WORD}){{0,2}}{_STATE}?))?)"
    )),
)  # fmt: skip
"""How places are written, with their weights: the more exact, the heavier."""
_UNNAMED = re.compile(rf"(?i:(?:the |my |our |a )?{_WORDS.vague_grounds})")
_NO_PLACE = re.compile(rf"\b{_WORDS.no_place}\b|\b{_WORDS.no_office} (?:office|lot)\b|\byour\b")
_REPAIRER_FOLLOWS = re.compile(rf" {REPAIR}\b")
_CARE = re.compile(rf"\b{CARE}\b")
_QUOTES = re.compile(rf"[\s,]{{1,2}}(?:(?:where|who|which|that)\b[^.,]{{1,30}}, )?{_WORDS.quotes}\b(?! to\b)")
"""Behind the place of one who names a price."""
_OF_SENDER = re.compile(r"\A(?:From|Sender|Signed|Remitter|By):")
_INSURER = re.compile(rf"\b{_WORDS.insurer}\b[^.]*\Z")
_LONGEST = 200


@dataclass(frozen=True)
class _Place:
    start: int
    end: int
    score: float


def incident_location(narrative: Narrative, kind: str | None) -> str | None:
    """The place as written, without what leads up to it.

    `kind` is the claim type: a home's damage is at the home's address, care is given where the
    provider is.
    """
    if (labelled := narrative.labelled(_WORDS.label)) and (place := _clean(labelled)):
        return place
    score, place = _likeliest(narrative.cased, kind)
    if narrative.is_careless and score < _NAMED:
        of_any_case, recased = _likeliest(narrative.recased, kind)
        place = recased if of_any_case > score else place
    if place:
        return place
    address = narrative.labelled(_WORDS.own_address_label)
    return _clean(address) if address else None


def _likeliest(narrative: Narrative, kind: str | None) -> tuple[float, str | None]:
    """The place that scores highest, with its score; none that does not score at all."""
    places = _places(narrative, kind)
    best = max(places, key=lambda place: (_with_parts(place, places), place.end - place.start), default=None)
    score = _with_parts(best, places) if best else 0
    return (score, _clean(narrative.flow[best.start : best.end])) if best and score > 0 else (0, None)


def parse_location(answer: str) -> str | None:
    """The place that an answer gives."""
    place = _ANSWER_LEAD.sub("", " ".join(answer.split()), count=1)
    return _clean(place) if re.search(r"\w{2}", place) else None


def _places(narrative: Narrative, kind: str | None) -> list[_Place]:
    return [
        _Place(start, end, weight + _context(narrative, start, end, kind, vague=weight <= _VAGUE))
        for weight, pattern in _KINDS_OF_PLACES
        for found in limited(pattern, narrative.flow, 12)
        for start, end in [found.span("place")]
        for weight in [_VAGUE if _UNNAMED.fullmatch(found["place"]) else weight]
        if weight >= _SURE or not _NO_PLACE.search(found["place"].split(",")[0])
    ]


def _with_parts(place: _Place, places: list[_Place]) -> float:
    """The score of a place is at least that of any place that is a part of its name."""
    return max(part.score for part in places if place.start <= part.start and part.end <= place.end)


def _context(narrative: Narrative, start: int, end: int, kind: str | None, *, vague: bool) -> float:
    at_home = is_about(kind, "home")
    begin, sentence = narrative.sentence_at(start)
    before, after = sentence[: start - begin], sentence[end - begin :]
    is_care = _CARE.search(narrative.flow[start:end]) is not None
    score = -start / 6_000
    if _WORDS.happened.search(before[-90:]):
        score += 3
    if _WORDS.happened.search(after[:70]):
        score += 1.5
    if _WORDS.lives.search(before[-45:]):
        score += 1 if at_home else -4 if is_about(kind, "car") else 0
    elif not (is_care and kind == MEDICAL) and _WORDS.another_place.search(before[-45:]):
        score -= 4
    if _REPAIRER_FOLLOWS.match(narrative.flow, end) or _QUOTES.match(after):
        score -= 6
    if not at_home and _OF_SENDER.search(before):
        score -= 6
    if vague and at_home:
        score -= 3  # the address says more than the kitchen
    if kind != MEDICAL and is_care:
        score -= 6
    if not at_home and (start == 0 or narrative.flow[start - 1] == "\n"):
        score -= 4  # what begins a line is part of a letterhead or a signature
    if _INSURER.search(narrative.flow[max(0, begin - 70) : begin]):
        score -= 5
    return score


_ANSWER_LEAD = re.compile(
    r"\A(?:(?:it|this|that|the \w+)\s+)?(?:happened|occurred|took place|was|is)?\s*(?:at|on|in"
    r"|near)\s+(?=\S)",
    re.IGNORECASE,
)


def _clean(place: str) -> str | None:
    place = re.split(r"\s{3,}|;|\.\s+(?=[A-Z][a-z]+ [a-z])|\s\|\s", place.strip())[0].strip(" .,;:-\"'")
    no_answer = re.match(r"(?:n/?a|unknown|none|tbd|not sure)\b", place, re.IGNORECASE)
    return place[:_LONGEST] if len(place) >= 3 and not no_answer else None
