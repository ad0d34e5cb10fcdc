"""What can be seen of a document without reading its words: codes, columns of prices, a picture."""

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Literal

from shared.document_types import PICTURE_SUFFIXES

type Shape = Literal[
    "picture",
    "camera_name",
    "price_list",
    "work_hours",
    "dated_charges",
    "medical_codes",
    "mostly_codes",
    "listed_codes",
    "table",
    "aged_goods",
    "told_in_person",
]
"""
picture: a picture in which nothing can be read; camera_name: such a one, named by the device that took it;
price_list: three amounts; work_hours: hours in decimals or at a rate; dated_charges: two lines from a date
to an amount; medical_codes: the code of a diagnosis or a procedure; mostly_codes: one word in eight is one;
listed_codes: two of them, each before what it stands for and without a price;
table: three rows of cells; aged_goods: two things with the year or age and the price of each;
told_in_person: what the writer saw and did.
"""

_AMOUNT = r"(?:[$€£]\s?\d[\d.,' ]{0,12}|\d[\d.,' ]{0,9}[.,]\d\d\b(?![.,/-]?\d))"
_SEVERAL, _PAIR = 3, 2
_WORDS_FOR_A_CODE = 8

_CAMERA = re.compile(
    r"(?:(?:img|dscn?|dscf|pxl|mvimg|vid|gopr|dji|p|signal|whatsapp image|screenshot)[ _-]?)?"
    r"(?:20\d{6}|20\d\d-\d\d-\d\d)[ _-](?:at )?\d\d[.\d-]{4,}.*"
    r"|(?:img|dscn?|dscf|gopr|dji|pict|p)[_-]?\d{3,}.*",
    re.IGNORECASE,
)
_PRICE = re.compile(r"(?<![\d.,/-])\d{1,3}(?:[.,' ]?\d{3}){0,3}[.,]\d\d\b(?![.,/-]?\d)")
_HOURS = re.compile(
    r"\b\d{1,3}(?:[.,]\d\s?(?:h|hrs?|hours|std)\b"
    r"|(?:[.,]\d)?\s?(?:h|hrs?|hours|std|stunden|aw) ?(?:at\b|@|x\b|à\b|zu\b))",
    re.IGNORECASE,
)
_CHARGE = re.compile(
    rf"(?:^|;)\W{{0,3}}\d{{1,4}}[./-]\d{{1,2}}\b[^\n;]{{0,80}}?(?:{_AMOUNT}|,\d{{2,6}})\W*?(?=$|;)",
    re.MULTILINE,
)
_DIAGNOSIS_CODE = re.compile(r"\b[A-TV-Z]\d[\dAB]\.\d[\dA-Z]{0,3}\b")
_DENTAL_CODE = re.compile(r"\bD\d{4}\b(?! ?[$€£])")
_MEDICAL_CODE = re.compile(
    rf"{_DIAGNOSIS_CODE.pattern}|{_DENTAL_CODE.pattern}|\bCPT\b[^\n]{{0,30}}?\b\d{{5}}\b"
)
_CODE = re.compile(rf"{_DIAGNOSIS_CODE.pattern}|\b(?:\d{{5}}|[A-V]\d{{4}})\b")
_LISTED_CODE = re.compile(
    r"(?:^|[;,:])[ \t*•-]{0,4}(?:\d{5}|[A-V]\d{4})\b[ \t]*[-–:=(]?[ \t]*[A-Za-z]"
    rf"(?![^\n;]{{0,80}}?{_AMOUNT})",
    re.MULTILINE,
)
_WORD = re.compile(r"\w[\w.-]*")
_ROW = re.compile(
    r"^(?:[^\n;,\t|]|, ){1,60}(?:(?:[;\t|]|,(?! ))(?:[^\n;,\t|]|, ){0,60}){2,12}$", re.MULTILINE
)
_GOODS = re.compile(
    r"\b(?:(?:19[5-9]|20[0-4])\d|\d{1,2} ?(?:yrs?|years?)(?: old)?)"
    r"(?:[),;|\t:]{0,2} |[),;|\t:]{1,2}| - )[$€£]?\s?\d[\d.,]{1,9}"
)
_IN_PERSON = re.compile(
    r"\bI (?:\w+ly |also |then |just )?(?:was|were|saw|heard|noticed|watched|looked|turned|stood|stopped|went"
    r"|ran|woke|gave|wrote|did(?: not|n't) see|shouted|called|helped|waited|walked|could see|had just|got)\b"
)


def is_picture(filename: str) -> bool:
    """Whether a file is a picture, by the ending of its name."""
    return PurePosixPath(filename).suffix.lower() in PICTURE_SUFFIXES


def shapes_of(filename: str, text: str) -> set[Shape]:
    """The shapes that a document has."""
    found: set[Shape] = {shape for shape, has in _IN_TEXT.items() if has(text)}
    if is_picture(filename) and not text.strip():
        found.add("picture")
        if _CAMERA.fullmatch(PurePosixPath(filename).stem):
            found.add("camera_name")
    return found


def _at_least(number: int, pattern: re.Pattern[str]) -> Callable[[str], bool]:
    def has(text: str) -> bool:
        found = pattern.finditer(text)
        return all(next(found, None) for _ in range(number))

    return has


def _is_mostly_codes(text: str) -> bool:
    codes = len(_CODE.findall(text))
    return codes >= _PAIR and codes * _WORDS_FOR_A_CODE >= len(_WORD.findall(text))


_IN_TEXT: dict[Shape, Callable[[str], bool]] = {
    "price_list": _at_least(_SEVERAL, _PRICE),
    "work_hours": _at_least(1, _HOURS),
    "dated_charges": _at_least(_PAIR, _CHARGE),
    "medical_codes": _at_least(1, _MEDICAL_CODE),
    "mostly_codes": _is_mostly_codes,
    "listed_codes": _at_least(_PAIR, _LISTED_CODE),
    "table": _at_least(_SEVERAL, _ROW),
    "aged_goods": _at_least(_PAIR, _GOODS),
    "told_in_person": _at_least(_PAIR, _IN_PERSON),
}
