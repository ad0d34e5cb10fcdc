"""The claimant: name, e-mail address and phone number."""

import re
from dataclasses import dataclass
from email.utils import parseaddr

from orchestration.agents.reading.evidence import limited
from orchestration.agents.reading.text import Narrative

_EMAIL = re.compile(
    r"(?<![\w.+-])[A-Za-z0-9][A-Za-z0-9._%+'-]{0,63}@[A-Za-z0-9][A-Za-z0-9.-]{0,190}\.[A-Za-z]{2,20}(?![\w-])"
)
_PHONE = re.compile(
    r"(?<![\w.$€£/#-])(?:\+|\(|\b)\d(?:[\s().-]{0,2}\d){6,14}(?![\w/-]|[.,]\d)(?:\s{0,2}(?:x|ext\.?)\s?\d{1,5})?"
)
_OF_SOMEBODY_ELSE = re.compile(
    r"\b(?:other (?:driver|party|guy|lady|man|woman|person|car)\w*|his|her|their|they|she|he|body shop|shop|garage|dealer\w*|adjuster|agent|agency|broker|"
    r"witness\w*|officer|police|precinct|sheriff|contractor|clinic|hospital|doctor|dr|physician|provider|billing|office|fax|"
    r"claims? (?:dep\w+|team|line|desk|center|office)|hotline|customer service|tow\w*|roof\w*|restoration|neighbou?r\w*|landlord|employer|emergency contact|"
    r"(?:to|cc|bcc)(?=:)|insurer|insurance compan\w+|support|estimate|report|case|plumb\w+|attorney|lawyer|therap\w+)\b",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"\b(?:my|me|i|our|us|mine|cell|mobile|contact|reach|call|phone|tel|telephone|e-?mail|home|claimant|insured|policy ?holder|patient|from|reply-to|best)\b",
    re.IGNORECASE,
)
_OUTSIDERS = re.compile(
    r"(?:claims?|info|support|service|office|noreply|no-reply|billing|contact|help|estimates?|admin|sales|intake|frontdesk|newclaims?|fnol)[\w.-]*@",
    re.IGNORECASE,
)

_NAME_LABEL = re.compile(
    r"(?:(?:full |my |your |insured(?:'s)? |claimant(?:'s)? |policy ?holder(?:'s)? |patient(?:'s)? |member(?:'s)? |customer(?:'s)? |subscriber(?:'s)? |owner(?:'s)? |driver(?:'s)? )*name(?: of (?:the )?(?:insured|claimant|policy ?holder|patient|member))?"
    r"|(?:named )?insured|claimant|policy ?holder|patient|member|submitted by|reported by|claimant details|filed by|contact person|contact|who|signed|signature|subscriber|customer|i am|homeowner|owner)(?:\s*\(.{1,30}\))?",
    re.IGNORECASE,
)
_FROM_LABEL = re.compile(r"from", re.IGNORECASE)
_FIRST = r"(?:[A-ZÀ-ÖØ-Þ][\w'’-]{1,25}|[A-Z]\.?)"
_PART = rf"(?:{_FIRST}|de|la|van|von|der|den|del|da|di|dos|bin|al|el|ten|st\.)"
_NAME = rf"(?:(?:Mr|Mrs|Ms|Dr|Prof)\.? )?{_FIRST}(?: {_PART}){{0,3}} [A-ZÀ-ÖØ-Þ][\w'’-]{{1,30}}(?:,? (?:Jr|Sr|II|III|MD|M\.D)\b\.?)?"
_IS_NAME = re.compile(rf"{_NAME}\Z")
_ANY_CASE_NAME = r"[^\W\d_][\w'’.-]{0,25}(?: [^\W\d_][\w'’.-]{0,25}){1,3}"
_INTRODUCED = re.compile(
    rf"\b(?:[Mm]y (?:full )?name is|[Mm]y name's|[Nn]ame's)\s+(?P<named>{_NAME})"
    rf"|\b(?:I am|I'm|[Tt]his is|[Tt]hese are|[Ii]t's|[Ww]e are|i am|im|i'm)\s+(?P<am>{_NAME})(?=[\s,.(]|\Z)"
    rf"|\b(?:I|[Tt]he undersigned),\s+(?P<comma>{_NAME}),"
    rf"|\b(?:behalf of|remit to|payable to|[Cc]ontact (?:person )?|[Cc]ontact me, |[Ss]ent by|[Ss]ubmitted by|[Ff]iled by|[Rr]eported by|[Ww]ritten by|[Ss]igned by|[Cc]laimant is|[Ii]nsured is|[Pp]olicy ?holder is) ?(?P<behalf>{_NAME})"
)
_INTRODUCED_LOOSELY = re.compile(
    rf"\bmy (?:full )?name(?: is|'s|s) (?P<named>{_ANY_CASE_NAME})", re.IGNORECASE
)
_STOP = re.compile(
    r"\b(?:and|i|my|with|policy|from|at|of|im|i'm|calling|writing|the|a|here|phone|email|who|we|am|was|but|number|living|contacting|submitting|filing|reporting|is|on|in)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_CLOSING = re.compile(
    r"(?:(?:yours |very |most )*(?:sincerely|faithfully|truly|respectfully|cordially|regards)(?: yours)?|(?:best|kind|warm|kindest|warmest)(?: regards| wishes)?|"
    r"(?:many |with )?thanks?(?: you| so much| again| in advance| for .{1,60}| and .{1,40})*|thank you.{0,80}|with (?:best |kind )?(?:regards|gratitude)|cheers|respectfully submitted|best|rgds|thx|ty|signed|signature|yours)\W{0,4}",
    re.IGNORECASE,
)
_SAME_LINE = re.compile(
    rf"(?:\b(?:[Ss]incerely|[Rr]egards|[Tt]hanks?(?: you| again| in advance)?|[Cc]heers|[Bb]est|[Tt]hx|[Ss]igned|[Rr]espectfully|[Yy]ours(?: truly| sincerely)?))[,.!:\s-]{{1,6}}(?P<name>{_NAME})"
)
_DASHED = re.compile(rf"(?:[-~]{{1,2}}\s?)?(?P<name>{_NAME})\W{{0,3}}\Z")
_AT_THE_END = re.compile(rf"[-,.;!/]\s{{1,2}}(?P<name>{_NAME})\W{{0,3}}\Z")
_BARE_NAME = re.compile(rf"\b{_NAME}")
_BESIDE = re.compile(rf"(?:(?<=[.!?,/:;] )|(?<=- )|(?<=\n)|\A)(?P<name>{_NAME})\s{{0,2}}[-,/(:;|]?\s{{0,2}}[-(]?\s?(?=(?:(?:at|phone|tel|cell|email|e-mail|mobile|ph)\W{{1,3}})?(?:[\w.+-]{{2,40}}@|\+?\(?\d{{3}}[\d ).-]{{6}}))")
_INLINE_LABEL = re.compile(rf"\b(?:[Nn]ame|[Oo]wner|[Ii]nsured|[Cc]laimant|[Pp]olicyholder|[Pp]atient|[Mm]ember|[Cc]ontact|INSURED|CLAIMANT|NAME)\s?(?:[Nn]ame)?\s?[:=-]\s?(?P<named>{_NAME})")
_NOT_NAMES = re.compile(
    r"\b(?:policy|claims?|insurance|department|team|street|avenue|road|claimant|insured|auto|body|hospital|clinic|company|dear|hello|enclosed|attached|police|street|ave|inc|llc|"
    r"phone|tel|email|number|date|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|june|july|august|september|october|november|december|"
    r"honda|toyota|ford|subaru|chevrolet|tesla|writing|sent|iphone|android|outlook|deeply|very|so|not|sure|sorry|north|south|east|west|roofing|restoration|center|centre|home|medical|your|customer|you|in advance|regards)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Contact:
    name: str | None
    email: str | None
    phone: str | None


def contact(narrative: Narrative) -> Contact:
    """The claimant's own name and ways to be reached; not the shop's, nor the other driver's."""
    name = _name(narrative)
    email = _email(narrative.flow, name)
    return Contact(name, email, _phone(narrative.flow))


def parse_contact(answer: str) -> Contact:
    """The contact that an answer gives. Everything in it is the claimant's."""
    email = next((e for found in limited(_EMAIL, answer) if (e := _valid_email(found.group()))), None)
    rest = _EMAIL.sub(" ", answer)
    return Contact(
        None, email, next((p for found in limited(_PHONE, rest) if (p := _valid_phone(found.group()))), None)
    )


def _email(text: str, name: str | None) -> str | None:
    parts = [part.lower() for part in re.findall(r"\w{3,}", name or "")]
    best: tuple[int, str] | None = None
    for found in limited(_EMAIL, text):
        before = _before(text, found.start())
        score = _ownership(before) - (4 if _OUTSIDERS.match(found.group()) else 0)
        score += 4 if any(part in found.group().split("@")[0].lower() for part in parts) else 0
        if (best is None or score > best[0]) and score > -3 and (email := _valid_email(found.group())):
            best = score, email
    return best[1] if best else None


def _phone(text: str) -> str | None:
    best: tuple[int, str] | None = None
    for found in limited(_PHONE, text):
        before = _before(text, found.start())
        score = _ownership(before)
        if re.search(
            r"(?:policy|claim|case|report|member|account|acct|invoice|vin|order|group|ref\w*|id|license|npi)\W{0,3}(?:number|no|id|#)?\W{0,4}(?:is )?\Z",
            before,
            re.IGNORECASE,
        ):
            continue
        if re.fullmatch(r"\d+", found.group()) and not re.search(
            r"call|phone|cell|mobile|reach|tel|text|contact", before, re.IGNORECASE
        ):
            score -= 2
        if (best is None or score > best[0]) and score > -2 and (phone := _valid_phone(found.group())):
            best = score, phone
    return best[1] if best else None


def _before(text: str, start: int) -> str:
    """What leads up to `start` in its line and sentence."""
    line = text[max(text.rfind("\n", 0, start) + 1, start - 140) : start]
    return re.split(r"[.!?;]\s+(?=[A-Z])", line)[-1]


def _ownership(before: str) -> int:
    clause = re.split(r",\s|\b(?:and|or|but)\b", before)
    near = next(
        (part for part in reversed(clause) if re.search(r"[A-Za-z]{2}", _EMAIL.sub("", part))), before
    )
    others = bool(
        _OF_SOMEBODY_ELSE.search(
            re.sub(r"\b(?:contact|reach|call|text|email) (?:me|us)\b.*", "", near, flags=re.IGNORECASE)
        )
    )
    score = 2 if _OWN.search(near) else 0
    if re.search(r"\b(?:my|me|us|from|reply-to)\b", near, re.IGNORECASE):
        score += 3
    if re.search(r"\b(?:other (?:driver|party|car)|witness\w*|adjuster|agent)\b", before, re.IGNORECASE):
        score -= 3
    return score - (5 if others else 0)


def _valid_email(text: str) -> str | None:
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(text.rstrip(".'"), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        return None


def _valid_phone(text: str) -> str | None:
    import phonenumbers

    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return None
    american = number.country_code == 1
    digits = len(str(number.national_number))
    international = text.startswith("+") and not american and phonenumbers.is_possible_number(number)
    if not (phonenumbers.is_valid_number(number) or international or (american and digits == 10)):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _name(narrative: Narrative) -> str | None:
    return (
        _labelled_name(narrative)
        or _introduced(narrative.flow)
        or _signature(narrative)
        or _beside_contact(narrative.flow)
        or _sender(narrative)
        or _last_words(narrative.flow)
    )


def _labelled_name(narrative: Narrative) -> str | None:
    for field in narrative.fields:
        if _NAME_LABEL.fullmatch(field.label):
            value = re.split(r"[,(;<]|\s{2,}|\s-\s|\d", field.value)[0].strip(" .")
            if found := _as_name(value, any_case=True):
                return found
    for found in limited(_INLINE_LABEL, narrative.flow, 5):
        if name := _as_name(found["named"]):
            return name
    return None


def _introduced(text: str) -> str | None:
    for found in limited(_INTRODUCED, text, 10):
        name = found["named"] or found["am"] or found["comma"] or found["behalf"]
        if result := _as_name(name):
            return result
    for found in limited(_INTRODUCED_LOOSELY, text, 3):
        if result := _as_name(_STOP.sub("", found["named"]).strip(" .,"), any_case=True):
            return result
    return None


def _signature(narrative: Narrative) -> str | None:
    lines = [line for line in narrative.lines if line]
    for number in range(len(lines) - 1, max(-1, len(lines) - 40), -1):
        if _CLOSING.fullmatch(lines[number]):
            for line in lines[number + 1 : number + 4]:
                if found := _as_name(
                    re.split(r"[,(|]|\s-\s|\s{2,}", line.lstrip("-~ "))[0].strip(" ."),
                    any_case=len(line.split()) in {2, 3},
                ):
                    return found
    for found in reversed(list(limited(_SAME_LINE, narrative.flow[-1_500:]))):
        if name := _as_name(found["name"]):
            return name
    for line in reversed(lines[-4:]):
        if (dashed := _DASHED.match(line)) and (name := _as_name(dashed["name"])):
            return name
    return None


def _beside_contact(text: str) -> str | None:
    """A name directly before an address or number, or one that the e-mail address spells."""
    for found in limited(_BESIDE, text, 20):
        if not _OF_SOMEBODY_ELSE.search(text[max(0, found.start() - 30) : found.start()]) and (name := _as_name(found["name"])):
            return name
    locals_ = [found.group().split("@")[0].lower() for found in limited(_EMAIL, text, 5)]
    for found in limited(_BARE_NAME, text, 80):
        parts = [part.lower() for part in re.findall(r"\w{3,}", found.group())]
        if any(all(part in local or (i == 0 and local.startswith(part[0])) for i, part in enumerate(parts)) and parts[-1] in local for local in locals_ if parts) and (name := _as_name(found.group())):
            return name
    return None


def _sender(narrative: Narrative) -> str | None:
    for field in narrative.fields:
        if _FROM_LABEL.fullmatch(field.label) and field.line < 40:
            display, _ = parseaddr(field.value)
            if "," in display:
                last, _, first = display.partition(",")
                display = f"{first.strip()} {last.strip()}"
            return _as_name(display or field.value, any_case=True)
    return None


def _last_words(text: str) -> str | None:
    found = _AT_THE_END.search(text[-80:])
    return _as_name(found["name"]) if found else None


def _as_name(text: str, *, any_case: bool = False) -> str | None:
    text = re.sub(r"\A(?:Mr|Mrs|Ms|Dr|Prof)\.? ", "", text.strip(" \"'.,"))
    if any_case and (text.islower() or text.isupper()) and "@" not in text:
        text = text.title()
    if not 4 <= len(text) <= 60 or not _IS_NAME.match(text) or _NOT_NAMES.search(text):
        return None
    return text
