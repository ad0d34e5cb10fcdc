"""Text from elsewhere, made fit for a terminal."""

import unicodedata


def printable(text: str) -> str:
    """`text` without control characters other than line ends and tabs, so that it cannot steer a terminal."""
    return "".join(
        char for char in text if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cf", "Cs"}
    )


def on_one_line(text: str) -> str:
    """`text` on one line, made printable."""
    return " ".join(printable(text).split())
