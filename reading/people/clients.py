"""For whom a lawyer, a broker or a relative writes: the claim is the client's, and so are its facts."""

from functools import partial

from reading.matching.index import Index
from reading.matching.phrases import limited, word_first
from reading.matching.word_files import AlsoCapitalised, Alternatives, WordFile, load
from reading.people.persons import NAME, TITLES, as_name, in_full
from reading.text.narrative import Narrative


class _Words(WordFile):
    kin: Alternatives
    client: Alternatives
    acquaintance: Alternatives
    acts_for: AlsoCapitalised
    writes_for: AlsoCapitalised
    speaks_for: Alternatives
    holds: Alternatives


_WORDS = load("clients", _Words)

_ROLE = (
    rf"(?:(?:[a-z]+ ){{0,2}}(?:{_WORDS.kin}|{_WORDS.client}|{_WORDS.acquaintance})"
    r"(?: of [^,.\n]{1,30})?\b,? )"
)
_SPEAKS_FOR = rf"(?:I am|I'm|[Ww]e are|[Aa]s) (?:the |an? )?(?:[a-z]+ ){{0,2}}{_WORDS.speaks_for} (?:of|for)"
_HELD = rf"(?:{_WORDS.holds}|[A-Z]{{3}}-)"
_HOLDS = (
    r"[^\n]{0,150}?\b(?:asked me"
    rf"|(?:[Ss]he|[Hh]e|[Tt]hey|who) (?:is|are|has|holds)(?: (?:an?|the|your|also|been))* {_HELD}"
    rf"|(?:has|holds|is|owns|policy)(?: (?:an?|the|your|also|currently|been))* (?:{_HELD}|number|no))"
)
"""Words, not far behind a relative's name, by which the policy is the relative's."""
_word_first = partial(word_first, index=Index(), cased=True)
_NAMED = _word_first(rf"{_WORDS.acts_for} (?:(?:[Mm]y|[Oo]ur|[Yy]our|[Tt]he) {_ROLE}?)?(?P<name>{NAME})")
_IN_ROLE = _word_first(
    rf"{_WORDS.writes_for}(?: [a-z]+){{0,4}}? for"
    rf" (?:(?:my|our|your|the|his|her) {_ROLE}|(?={TITLES}))(?P<name>{NAME})"
)
_OURS = _word_first(rf"(?:[Mm]y|[Oo]ur|OUR) (?i:{_WORDS.client})s?(?:,|:| is)?\s{{1,3}}(?P<name>{NAME})")
_OF_POLICY = _word_first(rf"(?:[Mm]y|[Oo]ur) {_WORDS.kin},? (?P<name>{NAME})(?={_HOLDS})")
_SPOKEN_FOR = _word_first(rf"{_SPEAKS_FOR} (?P<name>{NAME})")
_WAYS_TO_NAME_A_CLIENT = (_NAMED, _IN_ROLE, _OURS, _OF_POLICY, _SPOKEN_FOR)


def client_name(narrative: Narrative) -> str | None:
    """The name of the one for whom somebody else writes; None where the claimant writes."""
    found = (one["name"] for way in _WAYS_TO_NAME_A_CLIENT for one in limited(way, narrative.flow, 5))
    return next((in_full(name, narrative.flow) for one in found if (name := as_name(one))), None)
