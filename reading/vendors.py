"""Repairers and providers that a text names."""

import re
from collections.abc import Iterator

from reading.evidence import limited, one_of, word_first
from reading.text import Narrative

CARE = (
    r"(?:Hospital|Clinic|Medical (?:Center|Centre|Group|Associates|Clinic)|Physical Therapy"
    r"|Physio(?:therapy)?|Orthop(?:a)?edics?|Health(?:care)?(?: System| Center| Centre| Network)?|Urgent Care"
    r"|Surg(?:ery|ical) Cent(?:er|re)|Imaging|Radiology|Dental|Dentistry|Infirmary|Chiropractic|Cardiology"
    r"|Dermatology|Pediatrics|Family Medicine|Medicine|Rehab(?:ilitation)?|Laborator(?:y|ies)|Eye (?:Care"
    r"|Center)|Optometry|Maternity|Hospice|Women's Health)"
)
"""What a provider of care is called."""
REPAIR = (
    r"(?:Auto ?body|Auto (?:Body|Glass|Repair|Care|Works|Service|Collision|Center|Paint)|Body (?:Shop|Works)"
    r"|Bodyworks|Garage|Collision(?: Center| Centre| Repair| Specialists| Works)?|Roofing|Roofers|Exteriors"
    r"|Restorations?|Plumbing|Contractors?|Contracting|Construction|Builders|Motors|Automotive|(?:Cabinet "
    r"|Glass |Metal |Paint )?Works|Auto|Tires?|Glass|Windshields?|Towing|Remodeling|Renovations?|Repairs?"
    r"|Refinishing|Electric(?:al)?|Flooring|Carpentry|Cleaning|Dealership|Pharmacy|Labs?|Siding"
    r"|(?:Paintless )?Dent Repair|Carstar|Maaco|Safelite(?: AutoGlass)?)"
)
_KIND = rf"(?:{CARE}|{REPAIR})"
_WORD = r"(?:[A-Z][A-Za-z0-9'’.&-]{0,24}|&|and(?= [A-Z])|of(?= [A-Z])|St\.|[A-Z]\.)"
_COMPANY = r"(?:,? (?:Inc|LLC|Ltd|Co|Corp|PLLC|PC|GmbH)\b\.?)?"
_NO_COMPANY_FOLLOWS = (
    r"(?! (?:Insurance|Claims?|Plans?|Mutual|Assurance|Policy|Department|Benefits|Costs?|Estimates?|Bills?"
    r"|Charges|Invoices?|Expenses?|Coverage|Deductible|Report|Number|Records|Receipts?))"
)
_BY_KIND = re.compile(
    rf"(?<![\w'])(?P<name>(?:{_WORD} ){{1,5}}{_KIND}"
    rf"(?: (?:{_KIND}|&|and|of|[A-Z][a-z]+(?= (?:Center|Centre|Services|Shop|Group|Specialists|Co)))){{0,3}}"
    rf"(?: (?:Center|Centre|Services?|Shop|Group|Specialists|Associates|Company|Solutions))?{_COMPANY})"
    rf"(?:(?=['’]s\b)|(?![\w']){_NO_COMPANY_FOLLOWS})"
)
_KIND_OF = word_first(
    r"(?P<name>(?:Hospital|Clinic|Medical Center|University Hospital|Garage|Institute) of (?:the )?"
    r"[A-Z][\w'’-]+(?: [A-Z][\w'’-]+){0,3})",
    cased=True,
)
_CUED = word_first(
    r"(?:[Ee]stimate|[Qq]uote|[Ii]nvoice|[Bb]id|[Ww]ork|[Rr]epairs?|[Tt]reated|[Tt]reatment|[Ss]urgery"
    r"|[Tt]owed|[Rr]epaired|[Ff]ixed|[Ss]een|[Bb]ills?|[Ii]nspected|[Aa]ssessed|[Qq]uoted|[Tt]ook (?:it"
    r"|the (?:car|truck|van))|[Aa]dmitted|[Pp]rocedure)(?: \w+){0,4}? (?:from|by|at|to|with) (?:the )?"
    rf"(?P<name>[A-Z][\w'’&.-]{{1,24}}(?: (?:{_WORD})){{0,4}}{_COMPANY})",
    cased=True,
)
_LABEL = one_of(
    r"""
    (?:shop|repairer|vendor|contractor|garage|facility|provider|hospital|clinic|repair facility|body shop\
    |roofer)s?(?: name)? | estimate (?:from|by) | repaired by | towed to | treated at | restoration company
    """,
    before="(?:(?:preferred|chosen|repair|body|auto|medical|treating|service|health ?care) )*",
)
_NO_ANSWER = re.compile(r"(?:No|None|N/A|Yes|Not|Pending|TBD)\b", re.IGNORECASE)
_LEADING = re.compile(
    r"\A(?:(?:The|My|Our|A|An|At|From|By|To|In|On|And|I|We|It|He|She|They|But|Then|When|After|Also|Estimate"
    r"|Quote|Invoice|Dr|Mr|Mrs|Ms|Both|Local|Please|Attached|Towed|Of|See|Took|Called|Vendor|Shop|Provider"
    r"|Repairs?|Got|Had|Your|This|Their|Dear|Yes|Ok|Okay|Contractor|Facility|Regarding|Re|Subject|Since"
    r"|Emergency Room|Bill|Name|ER|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February"
    r"|March|April|May|June|July|August|September|October|November|December|and|of|&)\b\.? )+"
)
_GENERIC = (
    "(?:Auto|Home|Body|Medical|Urgent|Emergency|Health|Police|Physical|Other|Car|Vehicle|Claims?|Insurance"
    "|General|Fire|Water|Storm|Personal|Kitchen|Full|Total|Estimated|Cost|Policy|Repair|Glass|Roof|Windshield"
    "|Dental|Private|Public|Major|New|Two|One|Comprehensive|Collision|Surgical|Group|High)"
)
_GENERIC_KIND = (
    "(?:Repairs?|Collision|Body|Care|Glass|Health|Shop|Insurance|Therapy|Auto|Claims?|Medical|Center|Clinic"
    "|Hospital|Healthcare|Restoration|Contractors?|Cleaning|Dental|Construction|Electrical|Comprehensive"
    "|Liability|Home)"
)
_NO_NAME = re.compile(
    rf"(?:(?:The|My|Our|A|Some|Local|Your|Any) )*{_GENERIC}(?: (?:and |or |& )?{_GENERIC_KIND})*\Z"
)
"""Words that only say what kind of shop: `Auto Body`, `Comprehensive and Collision`."""
_FOREIGN_END = re.compile(
    r"\b(?:Mutual|Street|St|Avenue|Ave|Road|Rd|Highway|Hwy|Lane|Drive|Blvd|Number|Interstate|County|Sincerely"
    r"|Honda|Toyota|Ford|Subaru|Nissan|Chevrolet)\Z"
)
_FOREIGN = re.compile(
    r"\b(?:Insurance|Policy|Claims?|Police|Department|Adjuster|Assurance|Deductible|Dear|Subject|Estimate"
    r"|Report)\b"
)
_MOST = 8
"""How many vendors are named at most."""
_MOST_WORDS = 7


def vendors(narrative: Narrative) -> list[str]:
    """The names as written, in order of appearance, each once."""
    narrative = narrative.cased
    names: list[str] = []
    for _, raw in sorted((*_labelled(narrative), *_named(narrative.flow))):
        name = re.split(r"(?<=[a-z]{3}|\d{3})\.\s", _LEADING.sub("", raw.strip(" .,")).strip(" .,&"))[-1]
        if _is_vendor(name):
            _add(name, names)
    return names[:_MOST]


def _labelled(narrative: Narrative) -> Iterator[tuple[int, str]]:
    for field in narrative.fields:
        if _LABEL.fullmatch(field.label):
            name = re.split(r",\s|\(|;|\s-\s|\s{2,}|\.\s|\s(?:on|for|at)\s", field.value[:120])[0].strip(" .")
            if name[:1].isupper() and len(name.split()) <= _MOST_WORDS and not _NO_ANSWER.match(name):
                yield narrative.flow.find(field.value[:40]), name


def _named(text: str) -> Iterator[tuple[int, str]]:
    for pattern in (_BY_KIND, _KIND_OF, _CUED):
        for found in limited(pattern, text):
            yield found.start("name"), found["name"]


def _add(name: str, names: list[str]) -> None:
    """Adds `name`; of two names where one holds the other only the longer stays."""
    for number, other in enumerate(names):
        if name.lower() in other.lower() or other.lower() in name.lower():
            names[number] = max(other, name, key=len)
            return
    names.append(name)


def _is_vendor(name: str) -> bool:
    one_word = " " not in name and not re.search(r"(?:body|works|glass|care)\Z", name)
    return (
        len(name) >= 4
        and not one_word
        and not any(pattern.search(name) for pattern in (_FOREIGN, _FOREIGN_END))
        and not _NO_NAME.match(name)
    )
