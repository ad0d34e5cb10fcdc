"""Messages as lines of history.jsonl, and as Semantic Kernel's `ChatHistory`; summaries as session.json.

Semantic Kernel is imported only by the calls that turn a `ChatHistory` into messages or back.
"""

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from pydantic import ValidationError

from shared.models.claim import ClaimSummary, Message

if TYPE_CHECKING:
    from semantic_kernel.contents import ChatHistory, ChatMessageContent

EXTRAS = "semantic_kernel"
"""The key in a line's metadata under which those fields of a chat message are kept that a line has not."""

_EXTRA_FIELDS = {"ai_model_id", "encoding", "finish_reason", "status"}


def encode_messages(messages: Iterable[Message]) -> bytes:
    """One JSON object a line, each line ended by a line feed."""
    return b"".join(_encode(message) for message in messages)


def decode_lines(lines: bytes) -> list[Message]:
    """Read what `encode_messages` wrote; `name` and `metadata` may be missing or null, `content` null.

    Raises:
        ValueError: a line is no message; the error counts lines from 1 and quotes none of them.
    """
    return [_decode(line, number) for number, line in enumerate(lines.split(b"\n"), 1) if line.strip()]


def lines_of_messages(lines: bytes) -> list[bytes]:
    """The lines that `decode_lines` makes messages of, each ended by a line feed: all but blank ones."""
    return [line + b"\n" for line in lines.split(b"\n") if line.strip()]


def messages_from_chat_history(history: "ChatHistory") -> list[Message]:
    """All that a chat holds, except what a provider attached (`inner_content`).

    Metadata, arguments and results are kept as far as JSON can tell them; other objects become their text.
    """
    return [_from_chat(message) for message in history.messages]


def chat_history_from_messages(messages: Iterable[Message]) -> "ChatHistory":
    """The inverse of `messages_from_chat_history`.

    Raises:
        ValueError: a message has a role or items that Semantic Kernel does not know.
    """
    from semantic_kernel.contents import ChatHistory

    return ChatHistory(messages=[_to_chat(message, number) for number, message in enumerate(messages, 1)])


@lru_cache(maxsize=1024)  # whoever waits for a claim asks for it again and again
def decode_summary(data: bytes) -> ClaimSummary | None:
    """What session.json says; None if that is no summary."""
    try:
        return ClaimSummary.model_validate_json(data)
    except ValidationError:
        return None


def _encode(message: Message) -> bytes:
    line = {name: getattr(message, name) for name in ("role", "content", "name", "metadata")}
    if message.items is not None:
        line["items"] = message.items
    # A lone surrogate has no UTF-8; "backslashreplace" writes the escape that JSON has for it.
    return (
        json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
        + b"\n"
    )


def _decode(line: bytes, number: int) -> Message:
    try:
        fields = json.loads(line)
        if not isinstance(fields, dict):
            raise ValueError(f"line {number} is no JSON object")  # noqa: TRY004 -- bad data, not a bad type
        known = {name: value for name, value in cast(dict[str, Any], fields).items() if value is not None}
        return Message.model_validate(known)
    except ValidationError as error:
        wrong = ", ".join(sorted({str(detail["loc"][0]) for detail in error.errors() if detail["loc"]}))
        raise ValueError(f"line {number} is no message: {wrong}") from None
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise ValueError(f"line {number} is no JSON") from None


def _from_chat(message: "ChatMessageContent") -> Message:
    from semantic_kernel.contents import TextContent

    metadata: dict[str, Any] = {}
    if message.metadata:
        metadata = message.model_dump(mode="json", include={"metadata"}, fallback=str)["metadata"]
    extras: dict[str, Any] = {}
    if any(getattr(message, name) is not None for name in _EXTRA_FIELDS):
        extras = message.model_dump(mode="json", include=_EXTRA_FIELDS, exclude_none=True)
    line = Message(
        role=message.role.value,
        content=message.content,
        name=message.name,
        metadata=metadata | ({EXTRAS: extras} if extras else {}),
    )
    items = _dump_items(message)
    is_text = all(isinstance(item, TextContent) for item in message.items)
    if is_text and items == _dump_items(_to_chat(line, 1)):
        return line
    return line.model_copy(update={"items": items})


def _dump_items(message: "ChatMessageContent") -> list[dict[str, Any]]:
    from semantic_kernel.contents import FunctionResultContent

    dumped = [item.model_dump(mode="json", exclude_none=True, fallback=str) for item in message.items]
    for item, fields in zip(message.items, dumped, strict=True):
        if isinstance(item, FunctionResultContent):
            # Semantic Kernel's own dump makes a text of every result.
            fields["result"] = json.loads(json.dumps(item.result, default=str))
    return dumped


def _to_chat(message: Message, number: int) -> "ChatMessageContent":
    from semantic_kernel.contents import AuthorRole, ChatMessageContent

    if message.role not in {role.value for role in AuthorRole}:
        raise ValueError(f"message {number}: unknown role")
    metadata = dict(message.metadata)
    fields = metadata.pop(EXTRAS, {}) | {"role": message.role, "name": message.name, "metadata": metadata}
    if message.items is None:
        fields["content"] = message.content
    else:
        fields["items"] = message.items
    try:
        return ChatMessageContent(**fields)
    except ValidationError:
        raise ValueError(f"message {number}: items that Semantic Kernel does not know") from None
