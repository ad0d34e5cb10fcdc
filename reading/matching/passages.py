"""A text that remembers what the engine found out about it."""

from collections.abc import Mapping
from functools import cached_property

from reading.matching.index import Index, folded

_MATCHED_BY_ASCII = str.maketrans("\u0130\u0131\u017f", "iis")


def lowered(text: str) -> str:
    """`text` in lower case as `re.IGNORECASE` sees it, with every character where it was."""
    return text.lower() if text.isascii() else text.translate(_MATCHED_BY_ASCII).lower()


class Passage(str):
    """A text in which many phrases are searched. The search of an index is done once and remembered."""

    @cached_property
    def lowered(self) -> str:
        """The text in lower case, with every character where it was."""
        return lowered(self)

    @cached_property
    def _starts(self) -> dict[Index, Mapping[int, list[int]]]:
        return {}

    @cached_property
    def _folded(self) -> str:
        return folded(self.lowered)

    def starts(self, index: Index) -> Mapping[int, list[int]]:
        """Where the phrases that share `index` can begin, by their numbers in it."""
        found = self._starts.get(index)
        if found is None:
            found = self._starts[index] = index.starts(self._folded)
        return found


def as_passage(text: str) -> Passage:
    """`text` itself if it is a passage, with what it remembers, or else a passage of it."""
    return text if isinstance(text, Passage) else Passage(text)
