"""Text for a terminal: what comes from elsewhere is made fit for it, and JSON for programs."""

import json
import sys
import unicodedata

PROGRAM = "./dev claims"
"""What a user types to get here."""


def printable(text: str) -> str:
    """`text` without control characters other than line ends and tabs, so that it cannot steer a terminal."""
    return "".join(
        char for char in text if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cf", "Cs"}
    )


def on_one_line(text: object) -> str:
    """The text of an object on one line, made printable; empty for None."""
    return "" if text is None else " ".join(printable(str(text)).split())


def complain(message: object) -> None:
    """Print on stderr, in one line, what went wrong."""
    print(f"claims: {on_one_line(message)}", file=sys.stderr)


def print_json(document: object) -> None:
    """Print one JSON document on stdout, in an encoding that every reader understands."""
    is_utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    print(json.dumps(document, indent=2, ensure_ascii=not is_utf8))
