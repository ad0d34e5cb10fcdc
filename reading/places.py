"""Where it happened."""

import re
from dataclasses import dataclass

from reading.claim_types import AUTO_TYPES, HOME_TYPES, MEDICAL
from reading.evidence import Phrases, limited, one_of, phrases, word_first
from reading.text import Narrative
from reading.vendors import CARE, REPAIR

_EVENT = "(?:incident|accident|loss|crash|collision|event|theft|fire|service|treatment|damage|occurrence)"
_LABEL = one_of(
    rf"""
    (?:{_EVENT} |exact )?(?:location|place|scene|site|address|where)(?: of (?:the )?{_EVENT})?(?: did (?:it\
    |this|the \w+) (?:happen|occur|take place))? | where (?:it|did|was|were).{{0,40}}
    (?:risk|property|insured|damaged property|scene|insured property|premises) (?:address|location)
    place of (?:service|treatment)(?: .{{0,20}})?
    (?:it )?(?:occurred|happened|took place) (?:at|in)
    location.{{0,30}} | loc | facility(?: name)?
    """
)
_OWN_ADDRESS_LABEL = one_of("(?:home |property |street |insured |mailing |my )?address")

_STREET_KIND = (
    "(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Way|Terrace|Ter|Circle"
    "|Cir|Parkway|Pkwy|Highway|Hwy|Square|Sq|Trail|Trl|Pike|Turnpike|Alley|Row|Crescent|Close|Loop|Expressway"
    "|Expy|Freeway|Fwy|Broadway|Run|Path|Plaza|Ridge|Hill|Bridge|Tunnel|Bend|Point|Walk|Mews|Gate|Green|Quay"
    "|Grove|View|Heights|Landing|Cove|Crossing|Hollow|Trace|Chase|Glen|Gardens|Rise|Knoll|Pass|Commons|Wharf"
    "|Esplanade|Causeway|Circus|Mount|Vale|Bypass|Ring|Wynd|Parade|Promenade|Strand)"
)
_WORD = (
    r"(?:(?:St|Mt|Ft|[A-Z])\.|(?!(?:Mr|Mrs|Ms|Dr)\b)(?!I(?:'|\s))[A-Z](?:[\w'’-]|\.(?=\w)){0,24}"
    r"|\d{1,3}(?:st|nd|rd|th))"
)
_NAME_BEGINS = r"(?=[A-Z\d])"
"""Before a long pattern, turns most of a text down at once."""
_WORDS = rf"{_WORD}(?: {_WORD}){{0,3}}"
_STREET = (
    rf"(?:(?:{_WORD} ){{1,4}}{_STREET_KIND}\b\.?(?: (?:NE|NW|SE|SW|N|S|E|W|North|South|East|West)\b)?"
    rf"|(?:Broadway|Main)\b)"
)
_STATE = (
    r"(?:,? (?:[A-Z]{2}\b|(?:North |South |New |West |Rhode )?(?:Alabama|Alaska|Arizona|Arkansas|California"
    r"|Carolina|Colorado|Connecticut|Dakota|Delaware|Florida|Georgia|Hampshire|Hawaii|Idaho|Illinois|Indiana"
    r"|Iowa|Island|Jersey|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Mexico|Michigan|Minnesota"
    r"|Mississippi|Missouri|Montana|Nebraska|Nevada|Ohio|Oklahoma|Oregon|Pennsylvania|Tennessee|Texas|Utah"
    r"|Vermont|Virginia|Washington|Wisconsin|Wyoming|York)\b)(?: \d{5}(?:-\d{4})?)?)"
)
_TAIL = (
    r"(?:,? (?:Apt|Unit|Suite|#|No)\.? ?\w{1,5})?"
    rf"(?:(?:,| in| near|, in) (?:downtown )?{_WORDS})?{_STATE}?(?: \d{{5}}\b)?"
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
    rf"|(?:{_WORD} ){{1,3}}(?:and|&) (?:{_WORD} ){{0,3}}{_STREET_KIND}s?\b{_TAIL}"
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
    rf"(?: {_WORDS} {_STREET_KIND}\b)?"
    rf"(?:,? (?:{_MARKER}|(?:just |right )?{_BY} (?:the )?"
    rf"(?:{_MARKER}|{_WORDS}(?: (?:exit|interchange|ramp|bridge|off-ramp|junction|services?|toll))?))){{0,3}}"
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
_GROUNDS = (
    "(?:parking lot|parking garage|lot|car park|garage|driveway|carport|gym|mall|office|station|airport"
    "|campus|school|hotel|park|supermarket|restaurant|store|stadium|church|trailhead|backyard|beach"
    "|parking|marina|viewpoint|overlook|pier|harbou?r|pool|campsite|campground|museum|market|rest area"
    "|services"
    "|exit|ramp|bridge|tunnel|field|meadow|drive-?(?:through|thru|in)(?: lane)?|car wash|gas station|lay-?by"
    "|petrol station|bus stop|train station|railway station|playground|library|hospital|clinic|farm"
    "|level crossing"
    "|toll booth|post office|traffic lights?|level|deck|yard|warehouse|terminal|ferry port|port|quay)"
)
_NAMED_GROUNDS = (
    "(?i:parking lot|parking garage|(?:tube|train|subway|metro|underground|railway|bus|tram|fire"
    "|police) (?:station|stop)"
    "|subdivision|estate|complex|condominiums?|mall|airport|station|plaza|shopping cent(?:er|re)|campus"
    "|park|hospital"
    "|clinic|medical center|university|school|hotel|stadium|supermarket|store|gym|marina|trailhead"
    "|apartments?|market|square|center|centre|lot|garage|beach|theat(?:er|re)|arena|museum|library|church"
    "|restaurant|caf[eé]|club|inn|lodge|resort|farm|ranch|harbou?r|pier|casino|zoo|gallery|college|academy"
    "|cinema|terminal|courthouse|cemetery|depot|warehouse|tower|hall|bakery|brewery|overlook|campground"
    "|fairgrounds?|dock|diner|ski area|slopes|playground|pool|mart|pharmacy|coffee|grill|bar|pizza|foods)"
)
_COUNTRY = (
    "(?:Argentina|Australia|Austria|Bahamas|Belgium|Brazil|Bulgaria|Canada|Chile|China|Colombia"
    "|Costa Rica|Croatia"
    "|Cyprus|Czech Republic|Denmark|Egypt|England|Estonia|Finland|France|Germany|Greece|Hungary|Iceland|India"
    "|Indonesia|Ireland|Israel|Italy|Jamaica|Japan|Kenya|Latvia|Lithuania|Malaysia|Malta|Mexico|Morocco|Netherlands"
    "|New Zealand|Nigeria|Norway|Peru|Philippines|Poland|Portugal|Romania|Scotland|Serbia|Singapore|Slovakia"
    "|Slovenia|South Africa|Spain|Sweden|Switzerland|Thailand|Tunisia|Turkey|UAE|UK|USA|Vietnam|Wales)"
)
_ROMANCE_STREET = (
    "(?:Rue|Avenue|Boulevard|Place|Quai|Chemin|Impasse|Allée|Via|Viale|Piazza|Corso|Calle|Plaza|Avenida|Paseo|Rua"
    "|Praça|Largo|rue|avenue|boulevard|place|quai|chemin|impasse|allée|via|viale|piazza|corso|calle|avenida|rua)"
)
_LANDSCAPE = (
    "(?i:pond|lake|reservoir|river|creek|bay|beach|island|falls|canal|canyon|pass|peak|mountain|trail|summit"
    "|forest|woods|valley|loch|fjord|harbou?r|sound|national park|state park|bridge|tunnel|dam)"
)
_NO_AIRPORT = "(?:ICU|MRI|SUV|USA|HOA|ATM|PCP|GMC|BMW|KIA|VIN|PDF|DMV|AAA|CVS|IKEA|EST|PST|CST)"
"""Three capitals that name no airport."""
_VAGUE_GROUNDS = (
    "(?:driveway|garage|kitchen|house|home|apartment|flat|parking (?:lot|garage|space|spot)|street|basement"
    "|attic|carport|backyard|yard|office|workplace|gym|mall|grocery store|gas station|supermarket|highway"
    "|freeway|interstate|intersection|roundabout|school|car wash|drive-?thr(?:u|ough)|airport|train station"
    "|lot|condo|cabin|living room|bedroom|laundry room|roof|shed|barn|hotel)"
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
_KINDS_OF_PLACES: tuple[tuple[float, re.Pattern[str] | Phrases], ...] = (
    (9, re.compile(
        rf"(?:the )?(?:corner|intersection|junction|crossing) of (?:the )?"
        rf"(?P<place>(?:{_CROSSING})|{_WORDS} (?:and|&) {_WORDS}{_TAIL})"
    )),
    (8, re.compile(rf"(?P<place>{_NUMBERED})")),
    (7, re.compile(
        r"(?P<place>(?:Lot|Unit|Apartment|Apt\.?|Flat|No\.?) \d{1,4}[A-Za-z]?"
        rf",? {_WORDS}(?:, {_WORDS})?{_STATE}?)"
    )),
    (6, word_first(
        r"(?i:(?:on|at|near|onto|off) (?:the )?)"
        rf"(?P<place>(?i:turnpike|interstate|freeway|highway|motorway|ring road|beltway|thruway|bypass)"
        rf" (?:(?i:at|near|by|before|after|outside(?: of)?) (?:{_MARKER}|{_WORDS})){_TAIL})",
        cased=True,
    )),
    (7, re.compile(rf"{_NO_DAY}(?P<place>{_NUMBERED_AND_TOWN})")),
    (8, re.compile(rf"{_NAME_BEGINS}(?P<place>{_CROSSING})")),
    (8, re.compile(rf"(?=the |[A-Z])(?P<place>{_ALONG_ROUTE})")),
    (6, word_first(rf"{_CUE}(?P<place>{_STREET}{_TAIL})", cased=True)),
    (6, word_first(
        r"(?i:(?:at|to|in|on|outside|inside|near|from|behind|in front of) (?:the |my |our |a )?"
        r"(?:[\w-]+ ){0,2}?)"
        rf"(?P<place>(?i:(?:train station|bus stop|{_GROUNDS}|roundabout)"
        r" (?:of|by|at|behind|outside|near|on|in|above|below|under|to|opposite|beside) (?:the |my |our )?)+"
        rf"{_WORD}(?: {_WORD}){{0,4}}{_ON_STREET}{_TAIL})",
        cased=True,
    )),
    (6, word_first(
        r"(?:on|at|in|into|by|near|off|across|along|over|through|above|below) (?:the )?"
        rf"(?P<place>(?:{_WORD} ){{1,3}}{_LANDSCAPE}\b{_TAIL})",
        cased=True,
    )),
    (7, word_first(
        rf"(?P<place>(?:{_WORD} ){{1,3}}\d{{1,4}}[a-z]?,? (?:in )?\d{{4,5}} {_WORD}(?: {_WORD})?)", cased=True
    )),
    (6, word_first(
        r"(?i:at|in|outside|inside|near|behind|in front of|across from|(?<!out )of|into) (?:the )?"
        rf"(?P<place>(?:{_WORD} ){{1,4}}{_NAMED_GROUNDS}\b(?:, {_STREET})?{_ON_STREET}{_TAIL})",
        cased=True,
    )),
    (5, word_first(rf"(?:at|in|near|outside(?: of)?) (?P<place>{_WORDS}{_STATE})", cased=True)),
    (5, word_first(
        r"(?:at|to|by|of|in) (?:the )?"
        rf"(?P<place>(?:St\.? )?{_WORD}(?: (?:{_WORD}|of|and|&)){{0,4}} {CARE}\b{_ON_STREET}{_TAIL})",
        cased=True,
    )),
    (8, word_first(
        r"(?:at|to|in|by|the) (?:the )?(?P<place>(?:Hospital|Clinic|Clinica|Clínica|Klinik|Klinikum|Ospedale"
        rf"|Hôpital|Charité)(?: (?:de|du|del|di|da|la|of|the|Dr\.|Sankt|San|{_WORD})){{0,5}}"
        rf"(?:,? (?:in )?{_WORD}(?: {_WORD})?)?)",
        cased=True,
    )),
    (5, word_first(
        r"(?:on|aboard) (?P<place>(?:the |a )?(?i:tram|bus|train|metro|subway|ferry|streetcar|tube)"
        r"(?: (?i:number|no\.?|line|route))?(?: [A-Z\d][\w-]{0,10})?"
        rf"(?:,? (?:in|at|near|from|between|to) {_WORDS})?)",
        cased=True,
    )),
    (4, word_first(
        rf"(?:at|in|near|outside) (?P<place>(?!{_NO_AIRPORT}\b)[A-Z]{{3}}\b(?: (?i:airport))?)(?!-| ?\d)",
        cased=True,
    )),
    (5, word_first(
        rf"(?:on|at|in|near|off|by) (?P<place>(?:Lake|Mount|Mt\.|Cape|Camp|Fort|Port) {_WORDS}{_STATE}?)",
        cased=True,
    )),
    (6, word_first(
        rf"(?i:(?:flight|cruise|trip|ferry|voyage|tour) (?:from|to|in)) (?P<place>{_WORDS})",
        cased=True,
    )),
    (8, word_first(
        r"(?P<place>[A-ZÄÖÜ][\w-]*(?:straße|strasse|str\.|weg|platz|allee|gasse|laan|straat) \d{1,4}[a-z]?"
        rf"(?:,? (?:\d{{4,5}} )?{_WORD})?)",
        cased=True,
    )),
    (5, word_first(
        rf"at (?:the |a |an |our )?"
        rf"(?P<place>{_WORD}(?: {_WORD}){{0,3}},? (?:in|on) (?:the )?(?:{_STREET}|{_ROUTE}|{_WORDS}){_TAIL})",
        cased=True,
    )),
    (6, word_first(
        rf"(?i:at|on|in|near|onto|along) (?:the )?(?P<place>{_ROMANCE_STREET}"
        rf" (?:(?:de|du|des|la|le|les|del|della|dei|delle|da|do|dos) |[dl]')*{_WORD}(?: {_WORD}){{0,2}}"
        rf"(?:,? \d{{1,4}}[a-z]?\b)?(?:,? (?:in )?(?:\d{{4,5}} )?{_WORD}(?: {_WORD})?)?)",
        cased=True,
    )),
    (6, re.compile(rf"{_NAME_BEGINS}(?P<place>{_STREET} (?:and|&) {_WORD}(?=[,.]){_TAIL})")),
    (5, word_first(
        rf"(?:at|in|near|outside) (?:the )?(?P<place>{_NO_TOWN}{_WORD}"
        rf" (?:(?:de|du|des|la|del|della|di|da|do|von|der|of"
        rf"|the) ){{1,2}}{_WORD}(?:,? (?:in )?{_WORD})?{_STATE}?)",
        cased=True,
    )),
    (6, word_first(
        rf"(?i:(?:at|on|near|corner of) (?:the )?)(?P<place>(?:\d{{1,3}}(?:st|nd|rd|th) (?:and|&) {_WORD}"
        rf"|{_WORD} (?:and|&) \d{{1,3}}(?:st|nd|rd|th)\b){_TAIL})",
        cased=True,
    )),
    (5, word_first(
        r"(?i:(?:skiing|snowboarding|hiking|camping|surfing|climbing|swimming|sailing|fishing|kayaking|biking|diving"
        rf"|on (?:holiday|vacation))(?: (?:trip|there))? (?:at|in|on|near|off)) (?:the )?"
        rf"(?P<place>{_NO_TOWN}{_WORDS}(?:, {_COUNTRY})?{_STATE}?)",
        cased=True,
    )),
    (8, word_first(rf"(?P<place>(?i:number|no\.) \d{{1,5}},? (?:of |on |in )?{_STREET}{_TAIL})", cased=True)),
    (4, word_first(
        rf"(?:in|near|outside(?: of)?|downtown) (?P<place>{_WORD}(?: {_WORD}){{0,2}}(?:, {_COUNTRY}\b"
        rf"|{_STATE})?)", cased=True
    )),
    (_VAGUE, word_first(
        r"(?i:at|in|on|from|outside|behind|near) "
        rf"(?P<place>(?i:(?:my|our|the|a) (?:(?!way\b)[a-z'-]+ ){{0,3}}{_VAGUE_GROUNDS}\b{_VAGUE_TAIL})"
        rf"(?:,? (?:in|near|on|at|off) (?:the )?{_NO_TOWN}"
        rf"(?:{_STREET}{_TAIL}|{_WORD}(?: {_WORD}){{0,2}}{_STATE}?))?)",
        cased=True,
    )),
)  # fmt: skip
"""The more exactly a kind of place says where it is, the more it weighs."""
_UNNAMED = re.compile(rf"(?i:(?:the |my |our |a )?{_VAGUE_GROUNDS})")
_NO_PLACE = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December|Monday"
    r"|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|Policy|Dear|Claims?|Dr|Mr|Mrs|Ms|Honda|Toyota|Ford"
    r"|Subaru|Tesla|Nissan|Jeep|BMW|Insurance|I)\b|\b(?:insurance|doctor's|your|lawyer's|dealer's"
    r"|claims) (?:office|lot)\b|\byour\b"
)
_REPAIRER_FOLLOWS = re.compile(rf" {REPAIR}\b")
_CARE = re.compile(rf"\b{CARE}\b")
_HAPPENED = phrases(
    r"""
    happen\w* | occur\w* | took place | struck | hit | rear.?ended | crash\w* | collid\w+ | collision
    accident | parked | driving | riding | travell?ing | heading | stopped | stolen | stole | broke | fire
    storm | hail | tornado | hurricane | fell | damage\w* | kitchen | home | house | property | incident
    garage | driveway | intersection | corner | waiting | vandal\w* | (?:north|south|east|west)bound
    reversing | reversed | backing | backed | pulling | standing | stood | walking | slid | bumped | clipped
    turning | roof | keyed | surgery | admitted | treated | lost | hospital | slipped | tripped | burned
    flooded
    """
)
_ANOTHER_PLACE = phrases(
    r"""
    mail(?:ing)? | sent? (?:\w+ ){0,3}to | located at | office | shop | towed | estimate | repair\w*
    contact | reach | phone | adjuster | agent | dealership | p\.?o\.? box | bought | born
    work(?:s|ed)? (?:at|for) | headed to | on (?:my|the|our) way (?:to|home) | heading (?:to|home)
    going to | from work | to visit | insured (?:at|with) | insurance | other driver | witness | lives
    reported (?:it|this|that) (?:at|to) | (?:operated|driven|owned) by | belong\w* to
    taken to | transported | rushed | went to | body shop | invoice | from
    """
)
_QUOTES = re.compile(
    r"[\s,]{1,2}(?:(?:where|who|which|that)\b[^.,]{1,30}, )?(?:asks?|asked|wants?|quotes?|quoted"
    r"|charges?|charged|says?"
    r"|said|estimates?|estimated|gave)\b(?! to\b)"
)
"""Behind the place of one who names a price."""
_OF_SENDER = re.compile(r"\A(?:From|Sender|Signed|Remitter|By):")
_LIVES = phrases(r"live (?:at|in|on) | reside\w* | (?:my|our) (?:home|house)?\s?address | residence")
_INSURER = re.compile(r"\b(?:Insurance|Mutual|Claims (?:Dep\w+|Team|Center)|Assurance)\b[^.]*\Z")
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
    if (labelled := narrative.labelled(_LABEL)) and (place := _clean(labelled)):
        return place
    score, place = _likeliest(narrative.cased, kind)
    if narrative.is_careless and score < _NAMED:
        of_any_case, recased = _likeliest(narrative.recased, kind)
        place = recased if of_any_case > score else place
    if place:
        return place
    address = narrative.labelled(_OWN_ADDRESS_LABEL)
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
    at_home = kind in HOME_TYPES
    begin, sentence = narrative.sentence_at(start)
    before, after = sentence[: start - begin], sentence[end - begin :]
    is_care = _CARE.search(narrative.flow[start:end]) is not None
    score = -start / 6_000
    if _HAPPENED.search(before[-90:]):
        score += 3
    if _HAPPENED.search(after[:70]):
        score += 1.5
    if _LIVES.search(before[-45:]):
        score += 1 if at_home else -4 if kind in AUTO_TYPES else 0
    elif not (is_care and kind == MEDICAL) and _ANOTHER_PLACE.search(before[-45:]):
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
