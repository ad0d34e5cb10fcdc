"""Text for a terminal: what comes from elsewhere is made fit for it."""

import sys
import unicodedata

PROGRAM = "./dev claims"
"""What a user types to get here."""


def printable(text: str) -> str:
    """`text` without control characters other than line ends and tabs, so that it cannot steer a terminal."""
    return "".join(
        char for char in text if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cf", "Cs"}
    )


def on_one_line(text: str) -> str:
    """`text` on one line, made printable."""
    return " ".join(printable(text).split())


def complain(told: str) -> None:
    """Say on stderr, in one line, what went wrong."""
    print(f"claims: {on_one_line(told)}", file=sys.stderr)
