"""The vehicles that a text names: those of the claimant, apart from those of an opponent."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Annotated, NamedTuple

from pydantic import BeforeValidator

from reading.matching.word_files import WordFile, load, separated
from shared.models.papers import Vehicle

type _Written = Annotated[tuple[str, ...], BeforeValidator(separated)]


class _Words(WordFile):
    makes: dict[str, _Written]
    aliases: dict[str, _Written]
    common: _Written
    places: _Written
    own: _Written
    opponent: _Written
    plate: _Written


class _Named(NamedTuple):
    vehicle: Vehicle
    start: int
    end: int
    is_own: bool


_WORDS = load("vehicles", _Words)


def _either(phrases: tuple[str, ...]) -> str:
    longest_first = sorted(phrases, key=len, reverse=True)
    return "|".join(re.sub(r"\\[ -]", r"[ \\t-]?", re.escape(phrase)) for phrase in longest_first)


_MAKE_OF = {
    re.sub(r"[ \t-]", "", written.casefold()): make
    for make in _WORDS.makes
    for written in (make, *_WORDS.aliases.get(make, ()))
}
_WRITTEN = tuple(written for make in _WORDS.makes for written in (make, *_WORDS.aliases.get(make, ())))
_MODELS = {
    make: re.compile(rf"[ \t]{{1,3}}(?P<model>{_either(models)})(?![\w-])", re.IGNORECASE)
    for make, models in _WORDS.makes.items()
}
_MODEL_NAMES = {
    make: {re.sub(r"[ \t-]", "", model.casefold()): model for model in models}
    for make, models in _WORDS.makes.items()
}
_MAKE = re.compile(
    rf"(?:(?<!\w)(?P<year>(?:19[5-9]|20[0-4])\d)[ \t]{{1,3}})?"
    rf"(?<![\w@.-])(?P<make>{_either(_WRITTEN)})(?![\w@])",
    re.IGNORECASE,
)
_UNLISTED_MODEL = re.compile(r"[ \t](?P<model>[A-Z][\w-]{1,20}|[A-Z]{0,3}\d{1,4}[a-z]{0,2})(?![\w.])")
_PLACE = re.compile(rf"[ \t]{{1,3}}(?:{_either(_WORDS.places)})(?!\w)", re.IGNORECASE)
_OWN = re.compile(rf"(?<![\w'])(?:{_either(_WORDS.own)})(?![\w'])", re.IGNORECASE)
_OPPONENT = re.compile(rf"(?<![\w'])(?:{_either(_WORDS.opponent)})(?![\w'])", re.IGNORECASE)
_PLATE = re.compile(
    rf"(?<![\w])(?i:{_either(_WORDS.plate)})(?!\w)\.?"
    r"(?:[ \t]{0,3}(?i:number|no\.?|nr\.?|is|was|:|#)){0,2}[ \t]{0,3}"
    r"(?P<plate>[A-Z0-9]{1,8}(?:[ -](?:[A-Z0-9]{2,5}|\d)){0,3})(?![\w-])"
)
_VIN = re.compile(r"(?<![A-Za-z0-9])[A-HJ-NPR-Z0-9]{17}(?![A-Za-z0-9])")
_FIELD = re.compile(
    r"^[ \t]{0,8}(?P<label>year|make|model)[ \t]{0,8}[:|][ \t]{0,8}(?P<value>[^\n|]{1,40})", re.I | re.M
)
_SENTENCE_END = re.compile(r"[.!?;][ \t]+(?=[A-Z])|\n[ \t]*\n|;")
_MOST = 40
_FEWEST_IN_PLATE, _MOST_IN_PLATE = 3, 9
_BEFORE, _AFTER = 90, 140
"""How many characters before a vehicle its owner is told, and how many behind it its plate and VIN."""
_VALUES = dict(
    zip(
        "ABCDEFGHJKLMNPRSTUVWXYZ",
        (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9),
        strict=True,
    )
)
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def vehicles(text: str) -> tuple[Vehicle, ...]:
    """The vehicles for which the text is written, each once; an opponent's is left out."""
    named = _with_marks(text, _named(text))
    return tuple(dict.fromkeys(one.vehicle for one in named if one.is_own))


def vehicle(text: str) -> Vehicle | None:
    """The vehicle that a description of one insured object names; None where it names none, or several."""
    found = vehicles(text)
    return found[0] if len(found) == 1 else None


def is_vin(text: str) -> bool:
    """Whether the text is a vehicle identification number whose check digit is right (49 CFR 565)."""
    if not _VIN.fullmatch(text):
        return False
    rest = sum(w * (_VALUES.get(c) or int(c)) for w, c in zip(_WEIGHTS, text, strict=True)) % 11
    return text[8] == "0123456789X"[rest]


def _named(text: str) -> list[_Named]:
    """The vehicles that are named by their make."""
    found = [one for match in _few(_MAKE, text) if (one := _of_make(text, match))]
    return found or _of_fields(text)


def _of_make(text: str, match: re.Match[str]) -> _Named | None:
    make, year = _MAKE_OF[re.sub(r"[ \t-]", "", match["make"].casefold())], match["year"]
    listed = _MODELS[make].match(text, match.end())
    model = listed or (_UNLISTED_MODEL.match(text, match.end()) if year else None)
    before = text[max(0, match.start() - _BEFORE) : match.start()]
    before = _SENTENCE_END.split(before)[-1]
    owned = _last(_OWN, before)
    if not year and not listed:
        if _PLACE.match(text, match.end()) or not match["make"][0].isupper():
            return None
        if not (owned or _last(_OPPONENT, before)) or (make in _WORDS.common and not _follows(before)):
            return None
    name = model["model"] if model else None
    if name:
        name = _MODEL_NAMES[make].get(re.sub(r"[ \t-]", "", name.casefold()), name)
    vehicle = Vehicle(year=int(year) if year else None, make=make, model=name)
    end = model.end() if model else match.end()
    return _Named(vehicle, match.start(), end, owned >= _last(_OPPONENT, before))


def _follows(before: str) -> bool:
    """Whether an owner stands directly before."""
    return any(
        not before[m.end() :].strip() for m in chain(_OWN.finditer(before), _OPPONENT.finditer(before))
    )


def _last(words: re.Pattern[str], before: str) -> int:
    """Where the last of the words ends, counted from 1; 0 where there is none."""
    return max((found.end() for found in words.finditer(before)), default=0)


def _of_fields(text: str) -> list[_Named]:
    """The vehicle whose year, make and model stand in fields of their own."""
    values: dict[str, str] = {}
    start = end = 0
    for field in _few(_FIELD, text):
        values.setdefault(field["label"].lower(), field["value"].strip())
        start, end = start or field.start(), field.end()
    if "make" not in values:
        return []
    written = " ".join(values.get(part, "") for part in ("year", "make", "model")).strip()
    match = _MAKE.match(written)
    one = _of_make(written, match) if match else None
    return [one._replace(start=start, end=end, is_own=True)] if one else []


def _with_marks(text: str, named: list[_Named]) -> list[_Named]:
    """The same with plates and VINs, each at the vehicle that it follows; alone where it follows none."""
    plates = ((m.start(), "plate", p) for m in _few(_PLATE, text) if (p := _plate(m["plate"])))
    vins = ((m.start(), "vin", m.group()) for m in _few(_VIN, text) if is_vin(m.group()))
    for start, mark, value in sorted([*plates, *vins]):
        near = [i for i, one in enumerate(named) if one.start <= start and start - one.end <= _AFTER]
        at = near[-1] if near else None
        if at is None and len(named) == 1 and 0 < named[0].start - start <= _AFTER:
            at = 0
        if at is None or getattr(named[at].vehicle, mark) not in {None, value}:
            before = _SENTENCE_END.split(text[max(0, start - _BEFORE) : start])[-1]
            own = _last(_OWN, before) >= _last(_OPPONENT, before)
            alone = _Named(Vehicle().model_copy(update={mark: value}), start, start, own)
            named = sorted([*named, alone], key=lambda one: one.start)
        else:
            named[at] = named[at]._replace(vehicle=named[at].vehicle.model_copy(update={mark: value}))
    return named


def _plate(written: str) -> str | None:
    plate = re.sub(r"[ -]", "", written)
    fits = _FEWEST_IN_PLATE <= len(plate) <= _MOST_IN_PLATE and any(c.isdigit() for c in plate)
    return plate if fits else None


def _few(words: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    return (match for match, _ in zip(words.finditer(text), range(_MOST), strict=False))
