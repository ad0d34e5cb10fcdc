"""What kind of claim a narrative makes: what happened (the peril) to what (the subject).

Both are found by the weighted patterns below; the matrix says which claim type each pair is.
To teach a new expression, add it to a peril or a subject; to add a claim type, add pairs.
"""

import re
from dataclasses import dataclass

from orchestration.agents.reading.evidence import is_long_past, is_negated, limited
from orchestration.agents.reading.text import Narrative

_CAR_MODELS = (
    r"toyota|honda|ford|chevy|chevrolet|nissan|hyundai|kia|subaru|mazda|bmw|audi|mercedes(?:-benz)?|volkswagen|vw|volvo|lexus|acura|infiniti|"
    r"tesla|jeep|dodge|chrysler|buick|cadillac|gmc|porsche|mini cooper|mitsubishi|fiat|camry|corolla|civic|accord|cr-v|rav4|prius|altima|"
    r"f-?150|f-?250|silverado|tacoma|tundra|outback|forester|impreza|elantra|sonata|sentra|jetta|passat|golf|wrangler|cherokee|explorer|"
    r"escape|mustang|malibu|equinox|tahoe|highlander|odyssey|sienna|pilot|rogue|cx-5|model [3sxy]|ram 1500|leaf|fiesta|focus"
)
_VEHICLE = rf"(?:cars?|vehicles?|trucks?|pick-?ups?|suvs?|vans?|minivans?|sedans?|coupe|hatchback|motorcycles?|motorbike|scooter|rv|autos?|automobile|{_CAR_MODELS})"
_HOUSE = r"(?:house|home|apartment|condo|townhouse|bungalow|cottage|residence|dwelling|building|duplex|cabin|mobile home|property)"

SUBJECTS: dict[str, tuple[tuple[float, str], ...]] = {
    "car": (
        (2, rf"\b(?:my|our|the|his|her|wife's|husband's|daughter's|son's|company|\d{{4}}|parked|insured|rental|work)\s+(?:\w+\s+){{0,2}}{_VEHICLE}\b(?!\s*(?:insurance|policy|claim|coverage))"),
        (1, rf"\b{_VEHICLE}\b(?!\s*(?:insurance|policy|port|seat))"),
        (2, r"\b(?:bumpers?|fenders?|windshield|windscreen|tail ?lights?|headlights?|hood|trunk|(?:driver|passenger)(?:'s)?[ -]side|quarter panel|rear window|side mirror|wing mirror|airbags?|catalytic converter|license plate|odometer|tires?|tyres?|wheels?|rims?|hubcaps?|steering|tailgate|sunroof|car ?port roof|auto body|body shop|paintwork|car park|parking (?:lot|garage|spot|space))\b"),
    ),
    "home": (
        (2, rf"\b(?:my|our|the|entire|whole)\s+(?:\w+\s+)?{_HOUSE}\b(?!\s*(?:phone|address|number|insurance|policy|town|depot|office|from))"),
        (2, r"\b(?:roof|shingles?|siding|gutters?|ceilings?|kitchen|attic|basement|bedrooms?|living room|family room|dining room|bathroom|chimney|drywall|hardwood|floorboards?|cabinets?|stove|oven|dryer|furnace|fireplace|sofa|curtains?|deck|porch|patio|fence|shed|garage door|skylight|fascia|soffits?|eaves|insulation|wiring|smoke (?:alarm|detector)|bay window|roofer|roofing|shutters?|pergola|dwelling|homeowners?|contents|personal belongings|uninhabitable)\b"),
    ),
    "body": (
        (2, r"\b(?:surgery|surgeon|hospital(?:i[sz]ed|i[sz]ation)?|inpatient|outpatient|emergency room|urgent care|diagnos\w+|appendicitis|appendectomy|copay|co-pay|cpt|icd(?:-10)?|mri|ct scan|x-?rays?|physician|prescri\w+|procedure|anesthes\w+|chemotherapy|physical therapy|biops\w+|colonoscopy|dental|health (?:plan|insurance)|medical bills?|itemi[sz]ed bill|provider|admitted|discharged|patient|delivery room|maternity|c-section|cesarean|knee replacement|treatment)\b"),
    ),
    "thing": (
        (3, r"\b(?:phone|laptop|luggage|suitcase|baggage|bicycle|bike|e-bike|boat|yacht|jet ski|jewel(?:le)?ry|engagement ring|wedding ring|necklace|watch|camera|drone|tablet|ipad|macbook|dog|cat|pet|vet(?:erinar\w+)?|flight|airline|trip|cruise|vacation|hotel|violin|guitar|instrument)\b"),
    ),
}  # fmt: skip

PERILS: dict[str, tuple[tuple[float, str], ...]] = {
    "collision": (
        (6, r"\b(?:rear[- ]?end(?:ed|er|ing)?|t-?bon(?:ed|e)|side-?swip(?:ed|e)|fender[- ]bender|hit[- ]and[- ]run|head-on|pile-?up|(?:car|auto|automobile|traffic|road|vehicle|motor vehicle|highway) (?:accident|crash|collision|wreck)|auto[- ]collision|multi-?car|(?:car|truck|vehicle|suv|van) wreck)\b"),
        (4, r"\b(?:collided|collision(?! coverage| deductible| center| repair| insurance)|crashed into|crash|ran (?:a|the|through a|through the) (?:red|stop|light)|red light|stop sign|lost control|skidded|slid (?:into|off|on)|hydroplan\w+|swerved|rolled over|ran into (?:a|the|my|our|me|another|his|her)|rammed|plowed into|ploughed into|slammed into|(?:hit|struck|clipped|bumped|smashed into|scraped|dented|backed into|reversed into|pulled out (?:in front|into)|merged into|drifted into|cut (?:me|us) off|bumped into|wrecked) (?:me|us|my|our|the (?:back|rear|front|side|guard|curb|median|car|other|driver|passenger|vehicle|wall|pole|barrier|garage)|a (?:pole|tree|guard\w*|mailbox|wall|parked|curb|post|fence|hydrant|light|median|concrete|ditch|car|truck|van|pothole|telephone|utility|lamp|bollard|stop)|another|his|her|their))\b"),
        (4, rf"\b(?:hit|struck|scraped|clipped|bumped|dented|backed|reversed|rammed|crashed|shunted|smashed|ran|drove|slid|bashed|dinged|side-?swiped)(?:\s+\w+){{0,3}}\s+(?:{_VEHICLE}|(?:sliding |front |rear |back |left |right |passenger |driver'?s? )*(?:doors?|mirror|bumper|fender))\b"),
        (4, r"\b(?:shunted (?:me|into|from)|(?:from|me from|was hit from) behind|(?:ended up|ran|drove|went|slid|spun)(?: \w+){0,3} (?:in|into|off) (?:the|a) (?:ditch|road|embankment|barrier|wall|tree|pole)|over the (?:hood|handlebars|bonnet))\b"),
        (3, r"\b(?:accident|other driver|at fault|failed to (?:yield|stop)|(?:turned|pulled out|pulled in|swung|merged) (?:left |right )?(?:right |directly )?in front of|changed lanes|cut across|ran off the road|into (?:the|a) (?:guard ?rail|ditch|median|pole)|blind spot|intersection|brakes?|braked|whiplash|tailgat\w+|parking lot (?:accident|incident)|black ice|pothole)\b"),
    ),
    "animal": (
        (7, r"\b(?:hit|struck|collided with|ran (?:in)?to|swerv\w+|collision with|smashed into|impact with|crash\w* into)\s+(?:\w+\s+){0,2}(?:deer|elk|moose|bear|raccoon|coyote|boar|hog|cow|horse|turkey|goose|kangaroo|fox|buck|doe)\b"),
        (7, r"\b(?:deer|elk|moose|bear|raccoon|coyote|boar|cow|horse|turkey|goose|buck|doe)\s+(?:\w+\s+){0,4}(?:jumped|ran|leapt|leaped|darted|bolted|crossed|came|hit|struck|in front|stepped|appeared|sprang|dashed)\b"),
        (6, r"\b(?:rodents?|mice|rats?|squirrels?|raccoons?|mouse)\b[^.]{0,60}\b(?:chew\w*|wir(?:es|ing)|nest\w*|harness|hood|engine)\b|\bdeer (?:strike|collision|hit)\b|\bchewed (?:through|up)\b"),
    ),
    "theft": (
        (5, r"\b(?:stolen|stole|theft|thief|thieves|robbed|robbery|burglar\w*|burgled|broke(?:n)? into|break-?in|car-?jack\w*|(?:was|had) (?:gone|disappeared|vanished)|missing from|swiped my|took off with|made off with|hot-?wired|smash[- ]and[- ]grab|pickpocket\w*|larceny|looted|sawed|sawn|cut (?:off|out) (?:my|the|our)|(?:car|truck|vehicle|bike|it) (?:was|is) (?:just )?gone|siphoned)\b"),
    ),
    "vandalism": (
        (6, r"\b(?:vandal\w*|keyed|graffiti|spray[- ]?paint\w*|egged|slashed|malicious(?:ly)?|scratched (?:up )?(?:by|with|all|down|deliberate\w*|on purpose)|deliberate(?:ly)? (?:damage\w*|scratch\w*)|smashed (?:the|my|our|a|out|in|both|all|every) (?:\w+ ){0,3}windows?|sugar in|brick through|rioters?|mischief|kicked (?:in|off|my)|bashed|someone (?:had )?(?:scratched|smashed|dented|broke))\b"),
    ),
    "glass": (
        (6, r"\b(?:wind(?:shield|screen)|sunroof|(?:rear|side|back|car|passenger|driver'?s?) window|moon ?roof)\b[^.]{0,60}\b(?:crack\w*|chip\w*|shatter\w*|spider\w*|pitted|star|broke\w*|smash\w*|replac\w*|ding)\b|\b(?:crack\w*|chip(?:ped)?|shatter\w*|broke|smashed)\b[^.]{0,40}\b(?:windshield|windscreen|sunroof)\b|\b(?:rock|stone|gravel|pebble|debris)\b[^.]{0,60}\b(?:windshield|windscreen|glass)\b"),
    ),
    "falling": (
        (6, r"\b(?:tree|branch(?:es)?|limbs?|pole|sign|icicles?|scaffold\w*|brick|ladder|ice|snow|object|debris|rock|rocks|boulder|coconut|tile|billboard|crane)\b[^.]{0,50}\b(?:fell|fallen|falling|came down|dropped|toppled|landed|crashed (?:down|on|onto|through)|collapsed|uprooted|snapped|crushed|blew|blown)\b|\b(?:fell|fallen|falling|landed|dropped|came down|toppled)\b[^.]{0,25}\b(?:tree|branch|limb|debris|object|rock|ice|sign|ladder)\b|\bcrushed (?:by|under|my|the)\b"),
    ),
    "hail": ((6, r"\b(?:hail(?:ed|ing|stones?|storm|storms)?|golf[- ]?ball[- ]sized|pea[- ]sized)\b"),),
    "storm": (
        (5, r"\b(?:tornado(?:es)?|hurricane|windstorm|thunderstorm|blizzard|derecho|high winds?|strong winds?|gale|gusts?|cyclone|typhoon|nor'?easter|microburst|ice dam|ice storm|snow load|weight of the snow|tropical storm|lightning|wind (?:damage|tore|blew|ripped|gusts?)|winds?|storm|twister|blew (?:off|down|away|over)|ripped (?:off|away)|torn off|tarp(?:ed)?|roof leak\w*|rain(?:water)? (?:came|poured|leak\w*|got|entered|damage))\b"),
    ),
    "fire": (
        (6, r"\b(?:fire(?! (?:place|wood|works|wall|proof|hydrant|pit|station|damage coverage|escape|alarm|extinguisher|department|truck|lane|marshal))|caught (?:on )?fire|flames?|blaze|burn(?:ed|t|ing) (?:down|through|up|to|the|our|my|out)|smoke (?:damage|filled|everywhere|throughout|and soot|poured)|soot|arson|ignit\w+|house fire|kitchen fire|grease fire|electrical fire|charred|explosion|exploded|engulfed|scorched|(?:went|gone) up in flames|fire (?:damage|department|marshal|truck|report)|firefighters?|set (?:fire|ablaze))\b"),
    ),
    "plumbing": (
        (5, r"\b(?:burst pipe|pipe burst|pipes? (?:had )?(?:burst|froze\w*|broke|leak\w*)|frozen pipes?|water heater|dishwasher leak\w*|washing machine|sewage|sewer|backed up|toilet over\w+|overflow\w*|plumbing leak|slow leak|mold|sump pump|water damage)\b"),
    ),
    "water": (
        (5, r"\b(?:flood(?:ed|ing|s|waters?)?|submerged|under ?water)\b"),
    ),
    "illness": (
        (4, r"\b(?:surgery|hospitali[sz]\w*|hospital stay|appendi\w+|emergency room|urgent care|diagnosed|inpatient|outpatient|ct scan|mri|x-?rays?|chemo\w*|biops\w+|colonoscopy|physical therapy|medical (?:claim|bills?|expenses?|treatment|procedure|services?|care|reimbursement)|health (?:claim|insurance|plan)|procedure codes?|cpt|itemi[sz]ed (?:medical |hospital )?(?:bill|statement)|knee replacement|hip replacement|gallbladder|arthroscop\w+|stitches|sutures|kidney stones?|pneumonia|heart attack|stroke|childbirth|c-section|gave birth|maternity|dermatolog\w+|cardiolog\w+|orthop\w+|dental (?:surgery|work)|root canal|allergic reaction|asthma|infection|reimbursement for (?:my|the|a) (?:surgery|procedure|treatment|visit|hospital))\b"),
        (2, r"\b(?:admitted|discharged|treated|treatment|symptoms?|pain|fever|fracture[ds]?|broken (?:arm|leg|wrist|ankle|hip|bone)|sprain\w*|broke (?:my|his|her) (?:arm|leg|wrist|ankle|hip|collarbone|hand|foot)|doctor|physician|procedure|anesthesia|prescription|ambulance|copay|out-of-network|in-network|deductible met|patient|concussion|torn (?:acl|meniscus|ligament|rotator cuff)|hernia|tonsil\w+|labor and delivery)\b"),
    ),
    "liability": (
        (6, r"\b(?:dog bit\w*|bitten by|liabilit(?:y|ies) claim|sued|lawsuit|guest was (?:hurt|injured))\b"),
    ),
    "travel": (
        (7, r"\b(?:lost (?:luggage|baggage|suitcase)|luggage (?:was|never|did|got)|baggage|trip (?:cancel\w*|interruption)|flight (?:was |got )?(?:cancel\w*|delayed)|travel (?:insurance|claim|policy)|cancel(?:led|ed|ing)? (?:our|my|the) (?:trip|vacation|cruise|flight|holiday)|missed (?:our|my) (?:flight|connection))\b"),
    ),
    "loss": (
        (6, r"\b(?:(?:dropped|cracked|broke|lost|misplaced|spilled \w+ on)\s+(?:my|the|our|his|her)\s+(?:\w+\s+){0,2}(?:phone|iphone|laptop|screen|ring|watch|camera|tablet|drone|earring|necklace|macbook)|identity theft|disability (?:claim|benefits)|unable to work|workers'? comp\w*|cyber ?attack|ransomware|vet(?:erinary)? (?:bills?|clinic|visit)|pet insurance|life insurance|death benefit|passed away|business interruption|appliance (?:failed|broke)|food spoilage|boat (?:sank|capsized|engine|hit)|yacht|sank)\b"),
    ),
}  # fmt: skip

CLAIM_TYPES: dict[tuple[str, str], str] = {
    ("collision", "car"): "auto_collision",
    ("animal", "car"): "auto_comprehensive",
    ("theft", "car"): "auto_comprehensive",
    ("vandalism", "car"): "auto_comprehensive",
    ("glass", "car"): "auto_comprehensive",
    ("falling", "car"): "auto_comprehensive",
    ("hail", "car"): "auto_comprehensive",
    ("storm", "car"): "auto_comprehensive",
    ("fire", "car"): "auto_comprehensive",
    ("water", "car"): "auto_comprehensive",
    ("fire", "home"): "home_fire",
    ("hail", "home"): "home_storm",
    ("storm", "home"): "home_storm",
    ("falling", "home"): "home_storm",
    ("illness", "body"): "medical",
}
"""The claim type of each peril and subject; every other pair is `other`."""

_ONLY_SUBJECT = {
    "collision": "car",
    "animal": "car",
    "glass": "car",
    "illness": "body",
    "plumbing": "home",
    "liability": "thing",
    "travel": "thing",
    "loss": "thing",
}
"""Perils that tell their subject by themselves."""
_USUAL_SUBJECT = {"fire": "home", "storm": "home", "water": "home", "falling": "home", "hail": "home"}

OTHER = "other"
MEDICAL = "medical"
HOME_TYPES = frozenset({"home_fire", "home_storm"})
TYPES = frozenset(CLAIM_TYPES.values()) | {OTHER}

_STATED = (
    (re.compile(r"\b(?:auto|car|motor|vehicle)?[ _-]*collision\b", re.I), "auto_collision"),
    (re.compile(r"\bcomprehensive\b|\b(?:auto|car|vehicle|motor)[ _-]*(?:theft|vandalism|glass|hail|fire)|\b(?:glass|windshield|vandalism|stolen vehicle)\b", re.I), "auto_comprehensive"),
    (re.compile(r"\b(?:home|house|property|dwelling|residential|homeowners?|kitchen)\b.{0,12}\bfire\b|\bfire\b.{0,8}\b(?:home|house|property|damage|loss)\b", re.I), "home_fire"),
    (re.compile(r"\b(?:home|house|property|roof|residential|homeowners?)\b.{0,12}\b(?:storm|wind|hail|tornado|hurricane)|\b(?:wind|storm|tornado|hurricane)\b.{0,8}\b(?:damage|home|house|roof|property)", re.I), "home_storm"),
    (re.compile(r"\b(?:medical|health|hospital)\b(?! payments)", re.I), "medical"),
    (re.compile(r"\b(?:auto|car|vehicle|motor)\b.{0,10}\b(?:accident|crash)\b", re.I), "auto_collision"),
    (re.compile(r"\b(?:other|travel|pet|liability|jewel\w+|boat|life|gadget|phone|device|burglary|water damage)\b", re.I), OTHER),
)  # fmt: skip
_STATED_LABEL = re.compile(
    r"(?:claim type|type of (?:claim|loss|incident)|kind of (?:claim|loss)|loss type|type|category|line of business|claim category|nature of (?:claim|loss)|cause of loss|peril|incident type|claim)",
    re.I,
)
_STATED_WEIGHT = 12.0
_POLICY_SUBJECT = (
    (re.compile(r"\b(?:AUT|AUTO|PA|CAR|VEH)-?\d", re.I), "car"),
    (re.compile(r"\b(?:HOM|HOME|HO)-?\d", re.I), "home"),
    (re.compile(r"\b(?:HLT|MED|HEALTH)-?\d", re.I), "body"),
    (re.compile(r"\b(?:auto(?:mobile)?|car|motor|vehicle)(?: insurance)? policy\b", re.I), "car"),
    (re.compile(r"\b(?:home ?owners?'?|home|house|dwelling|renters?)(?: insurance)? policy\b", re.I), "home"),
    (re.compile(r"\b(?:health|medical)(?: insurance)? (?:policy|plan)\b", re.I), "body"),
)  # fmt: skip
_POLICY_WEIGHT = 4.0
_OTHER_LINE = 0.7
"""What the evidence for a claim type counts where the policy is of another line."""
_LINE = {"auto_collision": "car", "auto_comprehensive": "car", "home_fire": "home", "home_storm": "home", "medical": "body"}
_PLAIN_COLLISION = 4
_TREATED_AFTER_COLLISION = 0.4
"""What treatment counts as evidence for a medical claim where it followed a collision."""
_PLACES_NOT_SUBJECTS = re.compile(
    r"\b(?:in front of|outside(?: of)?|near|at|behind|beside|next to|across from|by|left|leaving|drove|driving|drive|back|going|headed|heading|went|get|got|came|coming|walk\w*|from|return\w*|on (?:my|the) way|way|close to|opposite|inside|into)\s+"
    r"(?:(?:my|our|the|his|her|a)\s+)?(?:\w+'s\s+)?(?:home|house|apartment|residence|building|property|condo|place)\b|\bdriveway\b|\bstreet parking\b|\bhome (?:depot|phone|address|office|town)\b|\b(?:body shop|repair shop)\b",
    re.I,
)


@dataclass(frozen=True)
class _Sign:
    kind: str
    weight: float
    start: int


def _compiled(table: dict[str, tuple[tuple[float, str], ...]]) -> list[tuple[str, float, re.Pattern[str]]]:
    return [
        (kind, weight, re.compile(pattern, re.I)) for kind, rows in table.items() for weight, pattern in rows
    ]


_SUBJECT_PATTERNS = _compiled(SUBJECTS)
_PERIL_PATTERNS = _compiled(PERILS)


def claim_type(narrative: Narrative, text: str) -> str | None:
    """The claim type that the evidence weighs for; `other` if none does; None for an empty text.

    `text` is the flow of the narrative, spelling mended.
    """
    if not re.search(r"[A-Za-z]{2}", text):
        return None
    scores = weigh(narrative, text)
    best = max(scores, key=lambda name: scores[name], default=OTHER)
    return best if scores.get(best, 0) >= 3 else OTHER


def weigh(narrative: Narrative, text: str) -> dict[str, float]:
    """The weight of evidence for each claim type."""
    sentences = list(_sentences(text))
    overall = _subjects(" ".join(s for s in sentences if not is_long_past(s)))
    for pattern, subject in _POLICY_SUBJECT:
        if pattern.search(text):
            overall[subject] = overall.get(subject, 0) + _POLICY_WEIGHT
    scores: dict[str, float] = {}
    seen: dict[tuple[str, str], int] = {}
    for number, sentence in enumerate(sentences):
        signs = list(_perils(sentence))
        if not signs:
            continue
        around = _subjects(sentence)
        if sentence.endswith("?"):
            continue
        factor = (0.2 if is_long_past(sentence) else 1.0) * (1.3 if number < 4 else 1.0)
        for sign in signs:
            subject = _subject_of(sign.kind, around, overall)
            name = CLAIM_TYPES.get((sign.kind, subject), OTHER)
            repeated = seen.get((sign.kind, name), 0)
            seen[sign.kind, name] = repeated + 1
            scores[name] = scores.get(name, 0) + sign.weight * factor * 0.6**repeated
    if scores.get("auto_collision", 0) >= _PLAIN_COLLISION and overall.get("car", 0) >= 2:
        scores[MEDICAL] = scores.get(MEDICAL, 0) * _TREATED_AFTER_COLLISION
    for pattern, subject in _POLICY_SUBJECT:
        if pattern.search(text):
            for name in scores:
                if _LINE.get(name, subject) != subject:
                    scores[name] *= _OTHER_LINE
    stated = narrative.labelled(_STATED_LABEL)
    if stated and len(stated) < 80:
        exact = re.sub(r"\W+", "_", stated.strip().lower())
        kind = (
            exact
            if exact in TYPES
            else next((kind for pattern, kind in _STATED if pattern.search(stated)), None)
        )
        if kind:
            scores[kind] = scores.get(kind, 0) + _STATED_WEIGHT
    return scores


def _sentences(text: str) -> list[str]:
    return [sentence for _, sentence in Narrative(lines=(), flow=text).sentences][:400]


def _perils(sentence: str) -> list[_Sign]:
    return [
        _Sign(kind, weight, found.start())
        for kind, weight, pattern in _PERIL_PATTERNS
        for found in limited(pattern, sentence, 2)
        if not is_negated(sentence, found.start(), found.end())
    ]


def _subjects(text: str) -> dict[str, float]:
    text = _PLACES_NOT_SUBJECTS.sub(" ", text)
    weights: dict[str, float] = {}
    for kind, weight, pattern in _SUBJECT_PATTERNS:
        count = sum(1 for _ in limited(pattern, text, 5))
        if count:
            weights[kind] = weights.get(kind, 0) + weight * count
    return weights


def _subject_of(peril: str, around: dict[str, float], overall: dict[str, float]) -> str:
    if peril in _ONLY_SUBJECT:
        return _ONLY_SUBJECT[peril]
    weights = {
        subject: 2 * around.get(subject, 0) + min(overall.get(subject, 0), 12)
        for subject in ("car", "home", "thing")
    }
    best = max(weights, key=lambda subject: weights[subject])
    return best if weights[best] > 0 else _USUAL_SUBJECT.get(peril, "thing")
