"""Yes-or-no facts: was anyone hurt, did the police come, was it theft or vandalism."""

import re
from collections.abc import Iterator
from itertools import chain, pairwise

from reading.evidence import (
    Phrases,
    is_long_past,
    is_negated,
    is_supposed,
    limited,
    one_of,
    phrases,
)
from reading.perils import ACTOR, HARMED, SCRATCHED_WITH, SPOILING, STEALING, VEHICLE
from reading.text import Narrative

_BONE = (
    "(?:arms?|legs?|wrists?|ribs?|nose|collarbone|ankles?|hip|bones?|fingers?|hand|foot|toe|shoulder|jaw"
    "|elbow|knee)"
)
_BODY = (
    "(?:head|face|forehead|neck|back|arms?|forearms?|thighs?|shins?|calf|eyes?|ears?|teeth|tooth|spine"
    "|sternum|pelvis|elbow|wrist|hands?|fingers?|ribs?|chest|hip|legs?|knees?|ankles?"
    "|foot|feet|shoulders?|nose|lip|chin)"
)
_CARE = r"(?:the )?(?:\w+ ){0,3}(?:hospital|er|a&e|emergency(?: room)?|clinic|medical cent\w+|urgent care)"
INJURIES = phrases(
    rf"""
    injur(?:y|ies|ed) | hurt(?:s|ing)? | whiplash | concuss\w* | bruis(?:e|es|ed|ing) | fractur\w+
    broken {_BONE} | broke(?:n)? (?:my|his|her|their|an?|two|three|the)(?: \w+)? {_BONE} | sprain\w*
    strain(?:ed)? | stitches | sutures | lacerat\w+ | burns? (?:on|to) (?:my|his|her|their|both)
    (?:second|third|first)-degree burns?
    burn(?:ed|t) (?:my|his|her|their) (?:\w+ )?{_BODY} | smoke inhalation | neck pain
    back pain | (?:sore|stiff|aching|painful) (?:neck|back|shoulder)s?
    (?:neck|back|head|shoulder|knee|chest|wrist)\b.{{0,30}}\b(?:sore|stiff|ach(?:es|ing|ed)|pain(?:ful)?\
    |swollen|bleeding) | hit (?:my|his|her) head | unconscious | bleeding | bled | hospitali[sz]ed
    rushed to | taken to {_CARE} | (?:went|taken|drove|go|sent|transported)(?: \w+){{0,3}}? (?:to )?{_CARE}
    by ambulance | was cut by | ambulance (?:took|brought|transported|carried|ride)
    (?:neck|back|head|shoulder|knee|chest)\b.{{0,20}} (?:is|are) killing | chest pain
    complain(?:s|ed|ing) (?:of|about) (?:\w+ ){{0,2}}pain
    paramedics (?:treated|took|checked) | in pain | headaches? | treated (?:for|at) | physical therapy
    (?:banged|bumped|twisted|injured|bruised|cut|smashed|jammed|scraped) (?:my|his|her|their) (?:\w+ )?{_BODY}
    (?:going|went|drove) to (?:the|a|my|her|his) doctor | chiropractor | saw a doctor
    see(?:ing|n)? (?:a|my|the) doctor
    wound(?:s|ed) | (?:a|open|head|flesh|deep) wound | cuts? (?:on|to) (?:my|his|her|the|their) | stitched
    (?:was|were|been|got) killed | killed (?:me|him|her|them)
    (?:he|she|they|driver|passenger|pedestrian|cyclist|rider|person|man|woman|child) (?:\w+ ){{0,2}}died
    (?:cracked|bruised|dislocated|swollen|torn|pulled|twisted|grazed|crushed|scalded\
    |burnt) (?:\w+ )?(?:{_BODY}\
    |muscle|ligament) | dislocat\w+ | blisters | scald(?:ed|s) | burns? to | given oxygen | on oxygen
    (?:breathed|breathing) (?:in )?(?:the |some |much )?smoke | inhaled (?:the |some )?smoke
    (?:spent|stayed|kept|remained|still|is|was|are|were)(?: \w+){{0,4}} in (?:the )?hospital
    (?:lay|put) in plaster
    (?:taken|carted|brought|led|driven|flown) (?:away |off )?(?:by|with|in) (?:the |an? )?(?:paramedics?\
    |ambulance|helicopter|air ambulance) | (?:a bit of|some|slight|severe|terrible|bad|constant) pain
    pain in (?:my|his|her)
    passed out | fainted | knocked (?:out|unconscious) | limping | (?:was|were|got|been) bitten
    bit (?:me|him|her|us|the (?:post|mail)\w+|an? (?:\w+ )?(?:child|neighbou?r|visitor|guest|boy|girl|man\
    |woman)|my (?:son|daughter|wife|husband|child|hand|leg|arm))
    (?:suffer(?:ed|s|ing)|sustained) (?:\w+ ){{0,3}}(?:trauma|concussion|shock) | saw stars | casualties
    (?:badly|slightly|seriously|severely|lightly) (?:hurt|injured|shaken) | painkillers | pain ?killers
    dizzy | torn (?:acl|meniscus|ligament|rotator cuff|muscle)
    """
)
_FINE = "(?:ok|okay|fine|safe|safely|unhurt|unharmed|all right|alright)"
HARMLESS = phrases(
    rf"""
    uninjured | unhurt | unharmed | no injur\w+ | without injur\w+
    no (?:one|body) (?:was )?(?:hurt|injured)
    everyone (?:is|was|got out|seems?|seemed|made it out) {_FINE} | got out (?:in time|{_FINE})
    (?:nobody|no one|noone|none of us|neither of us|no body) (?:was|were|got|is|has been|had been\
    |seems)(?: \w+){{0,2}} (?:hurt|injur\w+|harmed)
    (?:we|all|everybody|everyone|both|i|he|she|they|kids|drivers?|passengers?|son|daughter)(?: \w+){{0,3}} \
    (?:are|is|were|was|am) (?:all |both |totally |completely |perfectly |thankfully )*{_FINE}
    (?:we're|i'm) (?:all |both )?{_FINE} | no one was (?:home|inside|in the (?:car|house|vehicle))
    (?:car|vehicle|truck) was (?:empty|unoccupied) | refused (?:medical )?treatment
    (?:walked|got|came) away (?:all )?(?:{_FINE}|unscathed|without a scratch) | unscathed
    only (?:metal|sheet metal)
    (?:nobody|no one|noone|none of us|neither of us) (?:was |is )?(?:limping|bleeding)
    (?:nobody|no one|noone) (?:needed|required) (?:a |any )?(?:doctor|ambulance|treatment|medical \w+)
    """
)
_INJURY_LABEL = one_of(
    r"""
    (?:any )?injur(?:y|ies) | injured(?: persons?| parties| people)? | (?:any )?casualties
    (?:people|anybody) (?:hurt|injured)
    (?:was|were|is) (?:anyone|anybody|somebody|people) (?:hurt|injured).{0,20} | personal injur(?:y|ies)
    persons? injured | anyone (?:hurt|injured)
    hurt | bodily injur\w+ | was anyone (?:hurt|injured).{0,20} | injuries (?:reported|sustained)
    """,
    after=r"(?:\s*\(.{0,20}\))?",
)

POLICE = phrases(
    r"""
    police(?:man|men|woman)? | officers?(?! of the (?:company|bank)) | cops? | sheriff(?:'s)?
    state troopers? | troopers? | highway patrol | deput(?:y|ies) | constable | gendarme\w*
    law enforcement | pd | detectives? | (?:patrol|squad|police) cars? | sergeant | patrol(?:man|men)
    gardai?
    (?:autobahn|bundes|kriminal|verkehrs)?polizei | polic[ií]a | policija | policie | politie | polis
    politia
    (?:municipal|national|local|traffic|military) police | questura | gendarmerie | carabinieri
    the met have | guardia civil | report (?:no\.?|number|#|\d)[\w-]*
    crime (?:reference|number) | case number | (?:reported|report) (?:\w+ )?(?:at|to) the (?:\w+ )?(?:station\
    |precinct)(?! (?:manager|staff|master))
    (?:filed|made|took|wrote|gave|submitted|completed|have) (?:an? |the )?(?:(?:crime|theft|incident\
    |accident) )?report
    """
)
_POLICE_INITIALS = re.compile(r"\b(?:[A-Z]{1,4}PD\b|PC (?:\d|[A-Z][a-z]))")
"""`NYPD`, `LAPD`, `PC Lowe`."""
_FORCE = "(?:police|officers?|cops?|sheriff|law enforcement)"
_NOT = (
    r"(?:did ?n[o']?t|did not|never|have ?n[o']?t|hasn't|wasn't|weren't|was not|were not|without|no need to"
    r"|decided not to|chose not to|not)"
)
_NO_POLICE = one_of(
    rf"""
    \b(?:{_FORCE}|authorities)\b(?: \w+){{0,3}} (?:not|never|n't)\b
    \b{_NOT} (?:\w+ ){{0,5}}(?:the )?{_FORCE}\b | \bno {_FORCE}\b
    \b(?:{_FORCE}|they) (?:\w+ )?(?:do|did|would|wo|will|could|can)(?:n'?t|n't| not) (?:come|attend|respond\
    |send)\b
    \bpolice (?:declined|refused) to (?:come|attend|respond)\b
    \binstead of (?:calling|involving) (?:the )?police\b
    \bpolice(?: \w+){{0,2}}\s*[:=?>-]{{1,2}}\s*(?:no|none|n/?a|nil|not|false)\b
    \b{_FORCE} (?:had|have|has) nothing to do\b
    \bno (?:need|reason|call|point|use)\b.{{0,40}}\b(?:{_FORCE}|authorities)\b
    \b(?:wasn't|was not|not|n't) (?:\w+ ){{0,4}}(?:bother|worth|involv|call)\w*(?: \w+){{0,3}} {_FORCE}\b
    \b(?:nor|neither)\b.{{0,40}} {_FORCE}\b
    \b{_FORCE}\s+(?:were|was|did|do|have|had|could|would)(?:n't| not| never)\b
    """
)
_POLICE_LABEL = one_of(r".{0,30}\b(?:police|authorities|gardai?|polizei|sheriff|law enforcement)\b.{0,40}")
_ONLY_THOUGHT_OF = phrases(
    """
    if | whether | should i | do i need | need(?:ed)? to | should we | will | would | going to | plan to
    (?:son|daughter|husband|wife|brother|sister|father|mother|friend|neighbou?r|uncle|cousin|passenger) is an?
    (?:he|she|i) (?:am|is) an? | a retired | as an?
    """,
    after=r" (?:\w+ ){0,5}\Z",
)
_OTHER_OFFICERS = phrases(
    """
    (?:in front of|near|outside|behind|opposite|across from|next to|past|beside|close to) the
    loss prevention | security | loan | claims | bank | privacy | compliance
    """,
    after=r" \Z",
)
"""Before a mention of the police: none that came."""
_IN_THE_END = re.compile(r"(?:n't|\bnot)\s+(?:\w+\s+){1,3}until\b", re.IGNORECASE)
"""`They did not come until noon`: so they came."""

THEFT_OR_VANDALISM = phrases(
    rf"""
    {STEALING}
    {SPOILING}
    stolen | stole | theft | thief | thieves | robbed | robbery | burglar\w* | burgled | broke(?:n)? into
    break-?in | car-?jack\w* | vandal\w* | keyed | graffiti | spray[- ]?paint\w* | slashed | egged
    smash[- ]and[- ]grab | made off with | hot-?wired | malicious(?:ly)? | larceny | looted | ransacked
    saw(?:ed|n) off | gone missing | on bricks | helped themselves | let the air out
    (?:wheels|rims|tires|tyres|airbags?|stereo|radio|mirrors?|tools|seats|headlights|plates?)\
    \s(?:was|were|have been|had been|got) (?:taken|removed|pulled|unscrewed|ripped)
    smashed (?:the|my|our|a|out|in|both|all|every) (?:\w+ ){{0,3}}windows? (?:and|to (?:steal|take|grab)\
    |last night|overnight)
    (?:{VEHICLE}|it) (?:is|was|had|has) (?:just |been )*(?:gone|taken)(?! (?:to|into|in for|over)\b)
    {VEHICLE}(?: (?:\w+ ){{0,3}}(?:has|had|have))? (?:just |simply )?(?:disappeared|vanished)
    catalytic converter (?:\w+ ){{0,2}}(?:gone|missing|taken|cut|removed|swiped|sawed)
    (?:saw(?:ed|n)|pried)(?: \w+){{0,5}} (?:off|out of) (?:my|our|the)
    saw(?:ed|n)(?: \w+){{0,5}} off
    (?:{ACTOR}) (?:had |has |have |just |then |\w+ly )?{HARMED}
    {SCRATCHED_WITH}
    on purpose | deliberately | arson
    """
)
_THEFT_LABEL = one_of("(?:theft|vandalism|theft or vandalism|theft/vandalism)(?: involved)?")

_YES = re.compile(r"\s*(?:yes|y|true|yep|yeah|x|attended)\b", re.IGNORECASE)
_NO = re.compile(r"\s*(?:no|n|none|false|nope|nobody|no one|n/a|not|nil|0|zero)\b", re.IGNORECASE)
_SPEAKER = re.compile(
    r"\A(?:\[[^\]]{1,20}\]\s*)?(?:\(?\d{1,2}:\d\d(?::\d\d)?(?: ?[ap]m)?\)?\s*-?\s*)?"
    r"(?:[A-Z][\w .]{0,30}:\s*)?",
    re.IGNORECASE,
)
"""The time and name before what someone says in a chat."""
_BOX = re.compile(r"[\[(] ?[xX✓✔]? ?[\])]|[☐☑☒]")
_TICK = r"(?:[\[(] ?[xX✓✔] ?[\])]|[☑☒])"
_TICKED_BEFORE = re.compile(rf"{_TICK}\s*(yes|no)\b", re.IGNORECASE)
_TICKED_AFTER = re.compile(rf"\b(yes|no)\s*{_TICK}", re.IGNORECASE)
"""`[ ] yes [x] no`, and `yes [ ] no [x]`."""
_MOST = 6
"""How many mentions in a sentence are looked at."""


def injuries(narrative: Narrative) -> bool | None:
    """Whether anyone was hurt; False if the text says that nobody was."""
    labelled = _answered(narrative, _INJURY_LABEL)
    return labelled if labelled is not None else _said(narrative, INJURIES, HARMLESS)


def police_involved(narrative: Narrative) -> bool | None:
    """Whether the police came or a report is mentioned; False if the text says that they did not."""
    labelled = _answered(narrative, _POLICE_LABEL)
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


def _police_came(sentence: str) -> bool | None:
    """Whether a mention of the police says that they came; False if all say that they did not."""
    denied = False
    for found in _police(sentence):
        before = sentence[max(0, found.start() - 60) : found.start()]
        if _ONLY_THOUGHT_OF.search(before) or _OTHER_OFFICERS.search(before):
            continue
        no = _NO_POLICE.search(f"{before}{sentence[found.start() : found.end() + 40]}")
        if not (no or is_negated(sentence, found.start(), found.end())) or _IN_THE_END.search(sentence):
            return True
        denied = True
    return False if denied else None


def _police(sentence: str) -> Iterator[re.Match[str]]:
    """The mentions of the police."""
    return chain(limited(POLICE, sentence, _MOST), limited(_POLICE_INITIALS, sentence, _MOST))


def theft_or_vandalism(narrative: Narrative) -> bool | None:
    """Whether something was stolen or damaged on purpose."""
    labelled = _answered(narrative, _THEFT_LABEL)
    return labelled if labelled is not None else _said(narrative, THEFT_OR_VANDALISM, None)


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
