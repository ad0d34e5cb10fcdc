"""Repairers and providers that a text names."""

import re

from orchestration.agents.reading.evidence import limited
from orchestration.agents.reading.text import Narrative

_WORD = r"(?:[A-Z][A-Za-z0-9'’.&-]{0,24}|&|and(?= [A-Z])|of(?= [A-Z])|St\.|[A-Z]\.)"
CARE = (
    r"(?:Hospital|Clinic|Medical (?:Center|Centre|Group|Associates|Clinic)|Physical Therapy|Physio(?:therapy)?|Orthop(?:a)?edics?|"
    r"Health(?:care)?(?: System| Center| Centre| Network)?|Urgent Care|Surgery Center|Surgical Center|Imaging|Radiology|Dental|Dentistry|"
    r"Infirmary|Chiropractic|Cardiology|Dermatology|Pediatrics|Family Medicine|Medicine|Rehab(?:ilitation)?|Laborator(?:y|ies))"
)
"""What a provider of care is called."""
_KIND = (
    r"(?:Auto ?body|Auto (?:Body|Glass|Repair|Care|Works|Service|Collision|Center|Paint)|Body (?:Shop|Works)|Bodyworks|Garage|Collision(?: Center| Centre| Repair| Specialists| Works)?|Roofing|Roofers|Exteriors|Restorations?|Plumbing|"
    r"Hospital|Clinic|Medical (?:Center|Centre|Group|Associates|Clinic)|Physical Therapy|Physio(?:therapy)?|Contractors?|Contracting|Construction|Builders|Motors|Automotive|Auto|Tires?|Glass|Windshields?|"
    r"Orthop(?:a)?edics?|Health(?:care)?(?: System| Center| Centre| Network)?|Urgent Care|Surgery Center|Surgical Center|Imaging|Radiology|Dental|Dentistry|Towing|Remodeling|Renovations?|Repairs?|Refinishing|Infirmary|Chiropractic|"
    r"Cardiology|Dermatology|Pediatrics|Family Medicine|Electric(?:al)?|Flooring|Carpentry|Cleaning|Dealership|Pharmacy|Labs?|Laborator(?:y|ies)|Siding|Paintless Dent Repair|Dent Repair|Medicine|Rehab(?:ilitation)?|Carstar|Maaco|Safelite(?: AutoGlass)?)"
)
_SUFFIX = r"(?:,? (?:Inc|LLC|Ltd|Co|Corp|PLLC|PC|GmbH)\b\.?)?"
_NAMED = re.compile(
    rf"(?<![\w'])(?:{_WORD} ){{1,5}}{_KIND}(?: (?:{_KIND}|&|and|of|[A-Z][a-z]+(?= (?:Center|Centre|Services|Shop|Group|Specialists|Co)))){{0,3}}(?: (?:Center|Centre|Services?|Shop|Group|Specialists|Associates|Company|Solutions))?{_SUFFIX}(?![\w'])(?! (?:Insurance|Claims?|Plans?|Mutual|Assurance|Policy|Department|Benefits|Costs?|Estimates?|Bills?|Charges|Invoices?|Expenses?|Coverage|Deductible|Report|Number|Records|Receipts?))"
)
_AFTER_KIND = re.compile(
    r"\b(?:Hospital|Clinic|Medical Center|University Hospital|Garage|Carrosserie|Institute) of (?:the )?(?:[A-Z][\w'’-]+)(?: [A-Z][\w'’-]+){0,3}"
)
_CUED = re.compile(
    r"\b(?:[Ee]stimate|[Qq]uote|[Ii]nvoice|[Bb]id|[Ww]ork|[Rr]epairs?|[Tt]reated|[Tt]reatment|[Ss]urgery|[Tt]owed|[Rr]epaired|[Ff]ixed|[Ss]een|[Bb]ills?|[Ii]nspected|[Aa]ssessed|[Qq]uoted|[Tt]ook (?:it|the (?:car|truck|van))|[Aa]dmitted|[Pp]rocedure)"
    r"(?: \w+){0,4}? (?:from|by|at|to|with) (?:the )?"
    rf"(?P<name>[A-Z][\w'’&.-]{{1,24}}(?: (?:{_WORD})){{0,4}}{_SUFFIX})"
)
_LABEL = re.compile(
    r"(?:preferred |chosen |repair |body |auto |medical |treating |service |health ?care )*(?:shop|repairer|vendor|contractor|garage|facility|provider|hospital|clinic|repair facility|body shop|estimate (?:from|by)|repaired by|towed to|treated at|facility name|provider name|roofer|restoration company)s?(?: name)?",
    re.I,
)
_LEADING = re.compile(
    r"\A(?:(?:The|My|Our|A|An|At|From|By|To|In|On|And|I|We|It|He|She|They|But|Then|When|After|Also|Estimate|Quote|Invoice|Dr|Mr|Mrs|Ms|Both|Local|Please|Attached|Towed|Of|See|Took|Called|Vendor|Shop|Provider|Repairs?|Got|Had|Your|This|Their|Dear|Yes|Ok|Okay|Contractor|Facility|Regarding|Re|Subject|Since|Emergency Room|Bill|Name|ER|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|May|June|July|August|September|October|November|December|and|of|&)\b\.? )+"
)
_NO_VENDOR = re.compile(
    r"(?:(?:The |My |Our |A |Some |Local |Your |Any )*(?:Auto|Home|Body|Medical|Urgent|Emergency|Health|Police|Physical|Other|Car|Vehicle|Claims?|Insurance|General|Fire|Water|Storm|Personal|Kitchen|Full|Total|Estimated|Cost|Policy|Repair|Glass|Roof|Windshield|Dental|Private|Public|Major|New|Two|One|Comprehensive|Collision|Surgical|Group)"
    r"(?: (?:Repairs?|Collision|Body|Care|Glass|Health|Shop|Insurance|Therapy|Auto|Claims?|Medical|Center|Clinic|Hospital|Healthcare|Restoration|Contractors?|Cleaning|Dental|Construction|Electrical|Restoration))*|(?:(?:[A-Z][a-z]+ )?(?:Comprehensive|Collision|Liability|Auto|Home)(?: (?:and|&|or) (?:Comprehensive|Collision|Liability|Auto|Home))+))\Z"
)
_NOT_IN_NAMES = re.compile(
    r"\b(?:Insurance|Policy|Claims?|Police|Department|Adjuster|Mutual|Assurance|Street|St|Avenue|Ave|Road|Rd|Highway|Hwy|Lane|Drive|Blvd|Deductible|Dear|Sincerely|Number|Subject|Interstate|County|Honda|Toyota|Ford|Subaru|Nissan|Chevrolet)\Z|\b(?:Insurance|Policy|Claims?|Police|Fire Department|Adjuster|Assurance|Deductible|Dear|Subject|Estimate|Report)\b",
)
MOST = 8
"""How many vendors are named at most."""


def vendors(narrative: Narrative) -> list[str]:
    """The names as written, in order of appearance, each once."""
    found: list[tuple[int, str]] = []
    for field in narrative.fields:
        if field.value and _LABEL.fullmatch(field.label):
            name = re.split(r",\s|\(|;|\s-\s|\s{2,}|\.\s|\s(?:on|for|at)\s", field.value[:120])[0].strip(" .")
            if (
                name[:1].isupper()
                and len(name.split()) <= 7
                and not re.match(r"(?:No|None|N/A|Yes|Not|Pending|TBD)\b", name)
            ):
                found.append((narrative.flow.find(field.value[:40]), name))
    found += [(match.start(), match.group()) for match in limited(_NAMED, narrative.flow)]
    found += [(match.start(), match.group()) for match in limited(_AFTER_KIND, narrative.flow)]
    found += [(match.start("name"), match.group("name")) for match in limited(_CUED, narrative.flow)]
    names: list[str] = []
    for _, raw in sorted(found):
        name = _LEADING.sub("", raw.strip(" .,")).strip(" .,&")
        name = re.split(r"(?<=[a-z]{3})\.\s", name)[-1]
        if not _is_vendor(name):
            continue
        known = next(
            (
                i
                for i, other in enumerate(names)
                if name.lower() in other.lower() or other.lower() in name.lower()
            ),
            None,
        )
        if known is None:
            names.append(name)
        elif len(name) > len(names[known]):
            names[known] = name
    return names[:MOST]


def _is_vendor(name: str) -> bool:
    return (
        len(name) >= 4
        and (" " in name or bool(re.search(r"(?:body|works|glass|care)\Z", name)))
        and not _NO_VENDOR.match(name)
        and not _NOT_IN_NAMES.search(name)
    )
