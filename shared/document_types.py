"""The names of document types, and the endings of the files that are accepted."""

import re
import unicodedata
from hashlib import sha256
from pathlib import PurePosixPath

from shared.names import check_slug

OTHER = "other"
"""The type of a document that fits no other one; it satisfies no requirement."""

TEXT_SUFFIXES = frozenset({".txt", ".md", ".csv", ".json", ".xml", ".html", ".htm", ".eml", ".rtf"})
PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".tif", ".tiff", ".webp", ".heic", ".bmp"})
ACCEPTED_SUFFIXES = (
    TEXT_SUFFIXES | PICTURE_SUFFIXES | {".pdf", ".doc", ".docx", ".odt", ".xls", ".xlsx", ".ods"}
)


def type_named(text: str) -> str:
    """The document type that somebody's own words for a document stand for, whether a rule knows it or not.

    Both `Vehicle damage photos` and `scans/vehicle-damage-photos.pdf` give `vehicle_damage_photos`. Words of
    which letters would be lost, or that would give `other`, give a type that ends with a checksum of them, so
    that different words never share a type.
    """
    name = PurePosixPath(text.strip().replace("\\", "/"))
    words = name.stem if name.suffix.lower() in ACCEPTED_SUFFIXES else text
    letters = unicodedata.normalize("NFKD", words).lower()
    slug = re.sub(r"[^a-z0-9]+", "_", letters.encode("ascii", "ignore").decode()).strip("_")
    is_all_of_it = all(letter.isascii() for letter in letters if letter.isalnum())
    try:
        if is_all_of_it and slug != OTHER:
            return check_slug(slug)
    except ValueError:
        pass
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return "_".join(filter(None, ("document", slug[:40].strip("_"), digest)))
