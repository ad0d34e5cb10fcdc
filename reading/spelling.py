"""Mends misspelt key words, so that the patterns need only know the right spelling."""

import re
from functools import cache

_KEY_WORDS = tuple(
    re.findall(
        r"\S+",
        """
        accident ambulance animal antlers apartment approximately arson attic basement bathroom
        bedroom bumper burglary burned ceiling chimney claim clinic collided collision cracked
        crashed damage damaged december deductible department diagnosed doctor driveway emergency
        estimate explosion february fender firefighters flames flooded friday garage guardrail
        gutters hailstorm happened highway hospital hurricane incident injured injuries injury
        insurance intersection january kitchen lightning medical monday morning november october
        officer parked passenger physician plumbing police policy procedure rear-ended received
        report restaurant robbery roofing saturday september shingles shoulder sideswiped siding
        stolen sunday surgery thieves thousand thunderstorm thursday tornado totaled traffic treatment
        tuesday vandalised vandalism vandalized vehicle wednesday whiplash windows windshield
        yesterday
        """,
    )
)
_FREQUENT_MISTAKES = {
    "hospitle": "hospital",
    "truk": "truck",
    "trailor": "trailer",
    "scraiped": "scraped",
    "merjed": "merged",
    "exident": "accident",
    "fier": "fire",
    "feir": "fire",
    "acident": "accident",
    "vehical": "vehicle",
    "brocken": "broken",
    "wether": "weather",
    "neibor": "neighbor",
    "stoped": "stopped",
    "realy": "really",
    "runned": "ran",
    "thrusday": "thursday",
    "febuary": "february",
    "shingels": "shingles",
    "cieling": "ceiling",
    "windsheild": "windshield",
    "recieved": "received",
    "breaks": "brakes",
    "vandelized": "vandalized",
    "vandalizm": "vandalism",
    "wensday": "wednesday",
    "wendsday": "wednesday",
    "ambulence": "ambulance",
    "surgary": "surgery",
    "burgulary": "burglary",
    "theif": "thief",
    "stolled": "stolen",
    "polise": "police",
    "polis": "police",
    "endid": "ended",
    "reer": "rear",
    "crased": "crashed",
    "hited": "hit",
    "stollen": "stolen",
    "windsreen": "windscreen",
    "windscren": "windscreen",
    "tyer": "tyre",
    "tyers": "tyres",
    "smoak": "smoke",
    "rooff": "roof",
    "clame": "claim",
    "hert": "hurt",
    "nek": "neck",
    "injered": "injured",
    "docter": "doctor",
    "acciedent": "accident",
    "axident": "accident",
    "accidant": "accident",
    "kichen": "kitchen",
    "tommorow": "tomorrow",
    "yesturday": "yesterday",
    "colission": "collision",
    "collission": "collision",
    "estamate": "estimate",
    "dammage": "damage",
    "furnature": "furniture",
    "hurrican": "hurricane",
    "appartment": "apartment",
    "intersecton": "intersection",
    "fone": "phone",
    "phoen": "phone",
    "naem": "name",
    "nmae": "name",
    "polisy": "policy",
    "pollicy": "policy",
    "polocy": "policy",
    "numbr": "number",
    "nubmer": "number",
    "hundrid": "hundred",
    "hunderd": "hundred",
    "thousend": "thousand",
    "thowsand": "thousand",
    "adress": "address",
    "addres": "address",
}
_RIGHT_AS_THEY_ARE = {
    "stole",
    "claims",
    "policies",
    "parker",
    "animals",
    "burner",
    "medial",
    "fiend",
    "polices",
}
_SHORTEST = 5
_WORD = re.compile(r"[A-Za-z][A-Za-z-]{3,15}")


def mended(text: str) -> str:
    """`text` with misspelt key words set right: a letter too few, too many, doubled, or two swapped."""
    return _WORD.sub(lambda word: _mended_word(word.group()), text)


@cache
def _known() -> tuple[frozenset[str], dict[str, str], dict[tuple[str, str], str]]:
    words = frozenset(_KEY_WORDS)
    one_less: dict[str, str] = {}
    swapped: dict[tuple[str, str], str] = {}
    for word in _KEY_WORDS:
        for shorter in _one_less(word):
            one_less.setdefault(shorter, word)
        swapped[word[0], "".join(sorted(word))] = word
    return words, one_less, swapped


def _one_less(word: str) -> list[str]:
    """`word` without one of its inner letters; first and last stay, so that no inflection is mended away."""
    return [word[:i] + word[i + 1 :] for i in range(1, len(word) - 1)]


def _mended_word(word: str) -> str:
    lower = word.lower()
    words, one_less, swapped = _known()
    if lower in words or lower in _RIGHT_AS_THEY_ARE:
        return word
    right = _FREQUENT_MISTAKES.get(lower)
    if right is None and len(lower) > _SHORTEST:
        right = one_less.get(lower) or swapped.get((lower[0], "".join(sorted(lower))))
        right = right or next((less for less in _one_less(lower) if less in words), None)
    if right is None:
        return word
    return right.capitalize() if word[0].isupper() else right
