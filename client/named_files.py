"""Which files a claim names, and which of those lie in the folder beside it.

A file is named by its plain name. A name with a folder in it (`../x.pdf`, `/etc/x.pdf`) is never followed,
and neither is a link that leads out of the folder.
"""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

_FILE_NAME = re.compile(
    r".*[^/]\.(pdf|png|jpe?g|gif|webp|heic|tiff?|bmp|txt|md|rtf|[ct]sv|docx?|xlsx?|pptx?|od[ts]|eml|msg"
    r"|html?|xml|json|zip|mp[34]|mov|wav|m4a)",
    re.IGNORECASE,
)
"""What looks like the name of a file, where no such file is there."""
_BETWEEN_WORDS = re.compile(r"""[\s"'`“”‘’„«»<>()\[\]{},;|*]+""")
_WHOLE_NAME = r"(?<![\w/\\@.-]){}(?![\w/\\@-]|\.\w)"


@dataclass(frozen=True)
class NamedFiles:
    """What a text names: `found` lie in the folder, `not_found` do not or were not followed."""

    found: list[Path]
    not_found: list[str]


def named_files(text: str, folder: Path) -> NamedFiles:
    """Look up in `folder` what `text` names, in the order of the text.

    Upper and lower case count as the same, and a name may hold spaces. Only names with a suffix count,
    so that no word of a sentence is taken for a file.
    """
    rest = unicodedata.normalize("NFC", text)
    at: dict[Path, int] = {}
    for path in sorted(_files_in(folder), key=lambda path: -len(path.name)):
        name = re.escape(unicodedata.normalize("NFC", path.name))
        whole_name = re.compile(_WHOLE_NAME.format(name), re.IGNORECASE)
        if path.suffix and (match := whole_name.search(rest)):
            at[path] = match.start()
            rest = whole_name.sub(lambda hit: " " * len(hit[0]), rest)
    words = (word.lstrip("-–•").rstrip(".:!?") for word in _BETWEEN_WORDS.split(rest))
    not_found = dict.fromkeys(word for word in words if _looks_like_file(word))
    return NamedFiles(found=sorted(at, key=lambda path: at[path]), not_found=list(not_found))


def file_in(folder: Path, name: str) -> Path | None:
    """The file of that name right in `folder`; one that differs in case only where there is no other."""
    by_name = {path.name: path for path in _files_in(folder)}
    by_folded_name = {_folded(path_name): path for path_name, path in by_name.items()}
    return by_name.get(name) or by_folded_name.get(_folded(name))


def _files_in(folder: Path) -> list[Path]:
    home = folder.resolve()
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.name.startswith(".") and path.resolve().parent == home
    ]


def _looks_like_file(word: str) -> bool:
    return _FILE_NAME.fullmatch(word) is not None and "://" not in word


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
