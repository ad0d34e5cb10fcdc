"""Capitals for texts that are written without, or with nothing else: names and places are found by them."""

import re

_SMALL = frozenset(
    re.findall(
        r"\S+",
        """
        a about across after again all along also am an and another any anyone april are around as
        ask asked at attic august away back be because been before behind being both broke broken
        burned but by call called calls came can cant car caught claim come could couldnt crossed
        damage damaged december did didnt do does dont down driver driving due during each email
        estimate everything february fell few fire for friday from front full garage gave get
        getting go goes going gone got had happened has hasnt have having he hello help her here hey
        hi him his hit home house how i id if im in insurance into is isnt it its ive january july
        june just kind kitchen know last left let like little look lost made make many march may me
        might mine monday more morning most much my near need neither new next night no nobody none
        nor not nothing november now number october of off ok okay old on once one only onto or
        other our out outside over own parked parking people phone please pls police policy put ran
        really right roof said same saturday saw say says see sent september she should side since
        so some somebody someone something sorry spread still stopped such sunday take taken than
        thank thanks that thats the their them then there these they thing this those through
        thursday time to today told too took toward towards tried truck tuesday turned two under
        until up us vehicle very want was wasnt way we wednesday well went were werent what when
        where which while who whole why will with without wont work would yesterday yet you your
        """,
    )
)
"""Words that are written small within a sentence."""
_STATES = frozenset(
    re.findall(
        r"\S+",
        """
        AL AK AZ AR CA CO CT DE FL GA HI ID IL IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY
        NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY
        """,
    )
)
_WORD = re.compile(r"(?<!\w)[A-Za-z][A-Za-z'-]*")
_ORDINAL = re.compile(r"\d(?:ST|ND|RD|TH)\b")
_STATE = re.compile(r"(?<=, )[A-Za-z]{2}\b|(?<=[A-Za-z] )[A-Z][a-z](?= \d{5}\b)")
_SMALL_STREET = re.compile(r"(\b\d{1,5} (?:[A-Z][\w'-]+ ){1,2})way\b")
_FEWEST_WORDS = 6


_MATCHED_BY_ASCII = str.maketrans("\u0130\u0131\u017f", "iis")


def lowered(text: str) -> str:
    """`text` in lower case as `re.IGNORECASE` sees it, every character where it was."""
    return text.lower() if text.isascii() else text.translate(_MATCHED_BY_ASCII).lower()


_SMALL_I = re.compile(r"(?<![\w.'/-])i(?:'?m|'?ve|'?d|'?ll)?(?![\w.'/-])")
_LARGE_I = re.compile(r"\bI(?:'m|'ve|'d|'ll)?(?![\w.-])")


def is_careless(text: str) -> bool:
    """Whether small letters say nothing in `text`: the writer calls himself `i`."""
    return _SMALL_I.search(text) is not None and _LARGE_I.search(text) is None


def is_caseless(text: str) -> bool:
    """Whether capitals say nothing in `text`: there are next to none, or nothing else."""
    words = [word for word in _WORD.findall(text[:4_000]) if len(word) > 1]
    if len(words) < _FEWEST_WORDS:
        return False
    small = sum(map(str.islower, words))
    capitals = sum(map(str.isupper, words))
    return small >= 0.97 * len(words) or capitals >= 0.8 * len(words)


def says_nothing(words: str) -> bool:
    """Whether one of the `words` is so common that together they are no name."""
    return any(word in _SMALL for word in words.lower().split())


def recased(text: str) -> str:
    """`text`, character for character as long, with capitals where a name may be."""
    capitals = _WORD.sub(_recased_word, _ORDINAL.sub(lambda found: found.group().lower(), text))
    return _STATE.sub(_recased_state, _SMALL_STREET.sub(lambda found: f"{found[1]}Way", capitals))


def _recased_word(word: re.Match[str]) -> str:
    lower = word.group().lower()
    return lower if lower in _SMALL else "-".join(part.capitalize() for part in lower.split("-"))


def _recased_state(state: re.Match[str]) -> str:
    upper = state.group().upper()
    return upper if upper in _STATES else state.group()
