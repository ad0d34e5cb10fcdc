"""For whom a lawyer, a broker or a relative writes: the claim is the client's, and so are its facts."""

from reading.evidence import limited, word_first
from reading.persons import NAME, TITLES, as_name, in_full
from reading.text import Narrative

KIN = (
    r"(?:mother|father|mom|mum|dad|parents|husband|wife|spouse|partner|son|daughter|brother|sister|grand\w+"
    r"|aunt|uncle|niece|nephew|cousin|(?:mother|father|sister|brother)-in-law|fianc[eé]e?|boyfriend|girlfriend)"
)
_CLIENT = "(?:client|insured|customer|member|policy ?holder|principal|ward|patient)"
_ACQUAINTANCE = "(?:owner|homeowner|tenant|landlord|employer|boss|neighbou?r|friend|colleague)"
_ROLE = rf"(?:(?:[a-z]+ ){{0,2}}(?:{KIN}|{_CLIENT}|{_ACQUAINTANCE})(?: of [^,.\n]{{1,30}})?\b,? )"
_ACTS_FOR = (
    r"(?:(?:[Oo]n|[Ii]n) behalf of|ON BEHALF OF|[Ii]n the name of|[Rr]epresent(?:s|ing)?|[Aa]cting for"
    r"|[Cc]ounsel (?:for|to)|(?:[Rr]etained|[Ee]ngaged|[Hh]ired|[Ii]nstructed|[Aa]ppointed"
    r"|[Aa]uthori[sz]ed) by|[Aa]ssist(?:s|ing)?)"
)
_WRITES_FOR = (
    r"(?:[Ww]rit(?:e|ing)|[Rr]eport(?:ing)?|[Ff]il(?:e|ing)|[Ss]ubmit(?:ting)?|[Cc]all(?:ing)?"
    r"|[Nn]otify(?:ing)?|[Hh]elp(?:ing)?|[Cc]laim(?:ing)?)(?: [a-z]+){0,4}? for"
)
_SPEAKS_FOR = (
    r"(?:I am|I'm|[Ww]e are|[Aa]s) (?:the |an? )?(?:[a-z]+ ){0,2}(?:daughter|son|wife|husband|attorney|lawyer"
    r"|broker|agent|guardian|executor|assistant|carer|caretaker|caregiver|representative) (?:of|for)"
)
_HOLDS = (
    r"[^\n]{0,150}?\b(?:asked me|(?:[Ss]he|[Hh]e|[Tt]hey|who) (?:is|are|has|holds)(?: (?:an?|the|your"
    r"|also|been))*"
    r" (?:policy|insured|insurance|covered|with you|customer|member|[A-Z]{3}-)"
    r"|(?:has|holds|is|owns|policy)(?: (?:an?|the|your|also|currently|been))*"
    r" (?:policy|insured|insurance|covered|with you|number|no|customer|member|[A-Z]{3}-))"
)
"""What says, not far behind a relative's name, that the policy is the relative's."""
_NAMED = word_first(rf"{_ACTS_FOR} (?:(?:[Mm]y|[Oo]ur|[Yy]our|[Tt]he) {_ROLE}?)?(?P<name>{NAME})", cased=True)
_IN_ROLE = word_first(
    rf"{_WRITES_FOR} (?:(?:my|our|your|the|his|her) {_ROLE}|(?={TITLES}))(?P<name>{NAME})", cased=True
)
_OURS = word_first(rf"(?:[Mm]y|[Oo]ur|OUR) (?i:{_CLIENT})s?(?:,|:| is)?\s{{1,3}}(?P<name>{NAME})", cased=True)
_OF_POLICY = word_first(rf"(?:[Mm]y|[Oo]ur) {KIN},? (?P<name>{NAME})(?={_HOLDS})", cased=True)
_SPOKEN_FOR = word_first(rf"{_SPEAKS_FOR} (?P<name>{NAME})", cased=True)
_WAYS_TO_NAME_A_CLIENT = (_NAMED, _IN_ROLE, _OURS, _OF_POLICY, _SPOKEN_FOR)


def client_name(narrative: Narrative) -> str | None:
    """The name of the one for whom somebody else writes; None where the claimant writes."""
    found = (one["name"] for way in _WAYS_TO_NAME_A_CLIENT for one in limited(way, narrative.flow, 5))
    return next((in_full(name, narrative.flow) for one in found if (name := as_name(one))), None)
