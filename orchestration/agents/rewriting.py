"""Changing the strings inside the JSON that agents are shown, without breaking it."""

import json
from collections.abc import Callable
from typing import Any, cast

from orchestration.agents.briefing import CLOSING, OPENING, inside_marks


def rewritten(text: str, change: Callable[[str], str]) -> str:
    """`text` with `change` made to each string in its JSON, or to all of it where it is none.

    Of a message with a data block only the block is changed, and it stays inside its marks.
    """
    before, opening, rest = text.partition(f"\n{OPENING}\n")
    data, closing, after = rest.rpartition(f"\n{CLOSING}")
    if opening and closing:
        return f"{before}{opening}{inside_marks(rewritten(data, change))}{closing}{after}"
    try:
        value = json.loads(text)
    except ValueError:
        return change(text)
    return json.dumps(_changed(value, change), ensure_ascii=False, separators=(",", ":"))


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_changed(item, change) for item in cast(list[Any], value)]
    if isinstance(value, dict):
        return {key: _changed(item, change) for key, item in cast(dict[str, Any], value).items()}
    return value
