"""A document on file, read by rules: what it comes to, for whom and when it was made, what it is about."""

import datetime as dt
import re
from functools import cache

from documents.result import DocumentText
from reading.incident.dates import parse_date
from reading.incident.vehicles import vehicles
from reading.papers.classification import Classifier
from reading.papers.sums import Sums, rows, sums
from reading.papers.vocabulary import document_vocabularies, recognised_types
from reading.papers.wording import WORDS, begins_with, fields, label_of
from reading.people.policies import policy_numbers
from reading.text.languages import unread_languages
from reading.text.narrative import prepare
from shared.models.papers import PaperReading

LEAST_SIDE = 100
"""The fewest pixels that each side of a photo has for anything to be seen on it."""
PHOTOS = frozenset({"incident_photos"})
MADE_BY_BUSINESSES = frozenset({"repair_estimate", "damage_assessment", "itemized_bill"})
"""Priced papers that only a business makes."""
PRICED = MADE_BY_BUSINESSES | {"inventory_list"}
_SEVERAL_VEHICLES = frozenset({"police_report", "witness_statement"})
"""Papers that name the vehicles of everybody in an accident."""
_FEWEST_WORDS = 5
_LEAST_WEIGHT = 2.0
_HEAD = 6
_LONGEST = 60_000
"""Of a longer paper only so many characters are read for what it says."""
_WORD = re.compile(r"[^\W\d_]{2,}")
_END_OF_VALUE = re.compile(r"[ \t]{2,}|\t|[|;(]")
_NAME = re.compile(r"[^\W\d_][^\d_:@]{1,80}")
_NO_BUSINESS = re.compile(
    r"\b(?:estimate|quote|quotation|bill|invoice|assessment|report|kostenvoranschlag|rechnung)\b|\d[.,]\d\d\b",
    re.IGNORECASE,
)
"""A title, or an amount."""
_SUFFIX = re.compile(r"^(?:jr|sr|ii|iii|md|phd|esq)\.?$", re.IGNORECASE)


def paper(text: DocumentText, document_type: str, sent_at: dt.datetime) -> PaperReading:
    """As `reading.read_paper`."""
    if document_type in PHOTOS:
        return _photo(text)
    if not text.text.strip():
        return PaperReading(problem=text.problem or "it holds no text", fits_type=False)
    written = text.text[:_LONGEST]
    lines = [line.strip("\r") for line in rows(written)]
    priced = sums(written) if document_type in PRICED else Sums(None, None, None, False)
    too_long = "only its beginning was read" if len(text.text) > _LONGEST else None
    narrative = prepare(written)
    foreign = unread_languages(narrative)
    labelled = list(fields(lines))
    return PaperReading(
        problem=text.problem or too_long,
        language=foreign[0] if foreign else "en" if len(_WORD.findall(written)) >= _FEWEST_WORDS else None,
        fits_type=_fits(written, lines, labelled, document_type, priced),
        total=priced.total,
        adds_up=priced.adds_up,
        currency=priced.currency,
        issued_on=_issued_on(lines, sent_at.date()),
        addressee=_addressee(labelled),
        policy_numbers=policy_numbers(narrative),
        vehicles=() if document_type in _SEVERAL_VEHICLES else vehicles(written),
        addresses=tuple(dict.fromkeys(value for label, value in labelled if label in WORDS.address)),
    )


def _photo(photo: DocumentText) -> PaperReading:
    """A photo is read where it is a picture on which something can be seen."""
    if photo.picture is None:
        return PaperReading(problem=photo.problem, fits_type=None if photo.problem else False)
    if min(photo.picture) < LEAST_SIDE:
        width, height = photo.picture
        return PaperReading(problem=f"the picture has only {width} x {height} pixels", fits_type=False)
    return PaperReading(fits_type=True)


def _fits(
    text: str, lines: list[str], labelled: list[tuple[str, str]], document_type: str, priced: Sums
) -> bool | None:
    """Whether the words are those of such a document and nothing that it needs is missing."""
    classifier = _classifier()
    if document_type not in classifier.types:
        return None
    if len(_WORD.findall(text)) < _FEWEST_WORDS:
        return False
    weights = classifier.weights(text)
    own = weights[document_type]
    if own < _LEAST_WEIGHT or 2 * own < max(weights.values()):
        return False
    if document_type not in PRICED:
        return True
    has_maker = document_type not in MADE_BY_BUSINESSES or _has_maker(lines, labelled)
    return has_maker and priced.has_parts and priced.total is not None


@cache
def _classifier() -> Classifier:
    return Classifier(document_vocabularies(recognised_types()))


def _has_maker(lines: list[str], labelled: list[tuple[str, str]]) -> bool:
    """Whether a business stands in the head of a paper, or in a field for it."""
    if any(label in WORDS.maker for label, _ in labelled) or "provider" in label_of(lines[0]).split():
        return True
    head = [line for line in lines if line.strip()][:_HEAD]
    heads = (line for line in head if not _NO_BUSINESS.search(line) and not list(fields([line])))
    return any(len("".join(_WORD.findall(line))) >= 4 for line in heads)


def _issued_on(lines: list[str], today: dt.date) -> dt.date | None:
    """The day behind a label for it, or in the head of the paper, or else that of the service it is for."""
    later = today + dt.timedelta(days=3660)
    for line in lines:
        label = label_of(re.split(r"\d", line, maxsplit=1)[0])
        length = 0 if begins_with(WORDS.other_day, label) else begins_with(WORDS.issued, label)
        if length and (day := parse_date(line[:120], later)):
            return day
    for line in [line for line in lines if line.strip()][:_HEAD]:
        label = label_of(line.split(":")[0])
        if (
            not begins_with(WORDS.other_day, label)
            and ":" not in line
            and (day := parse_date(line[:160], later))
        ):
            return day
    return next(
        (
            day
            for line in lines
            if begins_with(WORDS.served, label_of(line.split(":")[0]))
            and (day := parse_date(line[:120], later))
        ),
        None,
    )


def _addressee(labelled: list[tuple[str, str]]) -> str | None:
    """The person in the fields for one; several persons with a bar between them."""
    names = [name for label, value in labelled if label in WORDS.addressee and (name := _name(value))]
    distinct = {name.casefold(): name for name in names}
    return " | ".join(distinct.values()) or None


def _name(value: str) -> str | None:
    """The name that a field's value begins with: `Whitfield, Dana` is turned round, an address is cut off."""
    name, *rest = [part.strip() for part in _END_OF_VALUE.split(value)[0].split(",")]
    if rest and len(name.split()) == 1 and _NAME.fullmatch(rest[0]) and not _SUFFIX.match(rest[0]):
        name = f"{rest[0]} {name}"
    return name if _NAME.fullmatch(name) else None
