"""What a document's type may be called, and the endings of the files that are taken."""

import re
import unicodedata
from hashlib import sha256
from pathlib import PurePosixPath

from shared.names import check_slug

OTHER = "other"
"""The type of what fits none; such a document satisfies no requirement."""

TEXT_SUFFIXES = frozenset({".txt", ".md", ".csv", ".json", ".xml", ".html", ".htm", ".eml", ".rtf"})
PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".tif", ".tiff", ".webp", ".heic", ".bmp"})
ACCEPTED_SUFFIXES = (
    TEXT_SUFFIXES | PICTURE_SUFFIXES | {".pdf", ".doc", ".docx", ".odt", ".xls", ".xlsx", ".ods"}
)


def type_named(text: str) -> str:
    """The type that somebody's words for a document name, whether a rule knows it or not.

    `Vehicle damage photos` is `vehicle_damage_photos`, and so is `scans/vehicle-damage-photos.pdf`. Words
    that leave nothing for a type, or the name of one that satisfies nothing, get a checksum of their own.
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
