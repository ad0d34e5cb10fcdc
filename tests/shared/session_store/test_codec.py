"""History lines and chat histories: what goes in comes out."""

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from semantic_kernel.contents import (
    AuthorRole,
    ChatHistory,
    ChatMessageContent,
    FinishReason,
    FunctionCallContent,
    FunctionResultContent,
    ImageContent,
    TextContent,
)

from shared.models.claim import Message
from shared.session_store.codec import (
    chat_history_from_messages,
    decode_lines,
    encode_messages,
    messages_from_chat_history,
)

texts = st.text(max_size=40) | st.sampled_from(
    ["a\nb", "a\r\nb", "a\u2028b\u2029c\x85d", "\0", '{"role": 1}', "né 漢字 🚗"]
)
names = st.none() | st.text(alphabet="abcXYZ09_-", min_size=1, max_size=20)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
metadata = st.dictionaries(texts, json_values, max_size=3)
objects = st.dictionaries(texts, json_values, max_size=3)

messages = st.builds(
    Message,
    role=st.sampled_from(["system", "developer", "user", "assistant", "tool"]),
    content=texts,
    name=names,
    metadata=metadata,
    items=st.none() | st.lists(objects, max_size=3),
)

function_calls = st.builds(
    FunctionCallContent,
    id=names,
    plugin_name=names,
    function_name=st.text(alphabet="abc_", min_size=1, max_size=9),
    arguments=texts | objects,
    metadata=metadata,
)
function_results = st.builds(
    FunctionResultContent,
    id=names,
    plugin_name=names,
    function_name=st.text(alphabet="abc_", min_size=1, max_size=9),
    result=json_values,
    metadata=metadata,
)
images = st.builds(
    ImageContent,
    data=st.binary(min_size=1, max_size=40),
    data_format=st.just("base64"),
    mime_type=st.sampled_from(["image/png", "image/jpeg"]),
    metadata=st.dictionaries(st.sampled_from(["detail", "page"]), st.sampled_from(["low", "2"])),
) | st.sampled_from(
    [
        ImageContent(uri="https://photos.example/bumper.jpg"),
        ImageContent(data_uri="data:image/png;base64,iVBORw0KGgo="),
    ]
)
chat_items = (
    st.builds(TextContent, text=texts, metadata=metadata) | function_calls | function_results | images
)
text_messages = st.builds(
    ChatMessageContent, role=st.sampled_from(AuthorRole), content=texts, name=names, metadata=metadata
)
item_messages = st.builds(
    ChatMessageContent,
    role=st.sampled_from(AuthorRole),
    items=st.lists(chat_items, max_size=4),
    name=names,
    metadata=metadata,
    ai_model_id=names,
    finish_reason=st.none() | st.sampled_from(FinishReason),
)


def lines_of(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.split(b"\n")[:-1]]


@given(st.lists(messages, max_size=5))
def test_messages_come_back_equal_one_line_each(given_messages: list[Message]) -> None:
    data = encode_messages(given_messages)

    assert decode_lines(data) == given_messages
    assert data.count(b"\n") == len(given_messages)


def test_a_line_has_items_only_where_the_message_has() -> None:
    plain, rich = lines_of(encode_messages([Message(role="user"), Message(role="user", items=[])]))

    assert list(plain) == ["role", "content", "name", "metadata"]
    assert list(rich) == ["role", "content", "name", "metadata", "items"]


def test_lines_can_be_read_by_people_of_every_script() -> None:
    assert "Größe 漢字 🚗" in encode_messages([Message(role="user", content="Größe 漢字 🚗")]).decode()


def test_a_lone_surrogate_in_metadata_is_kept() -> None:
    message = Message(role="user", metadata={"subject": "caf\udce9"})

    assert decode_lines(encode_messages([message])) == [message]


def test_lines_of_the_original_project_load() -> None:
    lines = b"""{"role": "user", "content": "My car was hit", "name": null, "metadata": {}}
{"role": "assistant", "content": "Noted", "name": "intake_coordinator"}
{"role": "assistant", "content": null, "metadata": null}
"""

    assert decode_lines(lines) == [
        Message(role="user", content="My car was hit"),
        Message(role="assistant", content="Noted", name="intake_coordinator"),
        Message(role="assistant"),
    ]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (b"{", "line 2 is no JSON"),
        (b"\xff", "line 2 is no JSON"),
        (b"[]", "line 2 is no JSON object"),
        (b'{"content": "x"}', "line 2 is no message: role"),
        (b'{"role": "user", "content": ["secret"]}', "line 2 is no message: content"),
    ],
)
def test_a_damaged_line_is_named_but_not_quoted(line: bytes, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint) as caught:
        decode_lines(b'{"role": "user"}\n' + line + b"\n")

    assert "secret" not in str(caught.value)


@given(st.lists(text_messages | item_messages, max_size=4))
def test_a_chat_history_comes_back_equal(chat: list[ChatMessageContent]) -> None:
    history = ChatHistory(messages=chat)

    lines = encode_messages(messages_from_chat_history(history))

    assert chat_history_from_messages(decode_lines(lines)) == history


def test_a_system_message_stays_the_first_message_and_single() -> None:
    history = ChatHistory(system_message="You are an intake coordinator.")
    history.add_user_message("My car was hit")

    restored = chat_history_from_messages(messages_from_chat_history(history))

    assert restored == history
    assert [message.role for message in restored.messages] == [AuthorRole.SYSTEM, AuthorRole.USER]


def test_a_plain_text_message_needs_no_items() -> None:
    history = ChatHistory()
    history.add_user_message("My car was hit", name="claimant", metadata={"step": "intake-1"})

    assert messages_from_chat_history(history) == [
        Message(role="user", content="My car was hit", name="claimant", metadata={"step": "intake-1"})
    ]


def test_a_result_keeps_its_structure() -> None:
    result = {"policy": "P-1", "limits": [1, 2.5, None], "active": True}
    history = ChatHistory(
        messages=[
            ChatMessageContent(
                role=AuthorRole.TOOL,
                items=[FunctionResultContent(id="1", function_name="look_up", result=result)],
            )
        ]
    )

    item = chat_history_from_messages(messages_from_chat_history(history)).messages[0].items[0]

    assert isinstance(item, FunctionResultContent)
    assert item.result == result


def test_an_object_that_json_cannot_tell_becomes_its_text() -> None:
    class Quota:
        def __str__(self) -> str:
            return "12 left"

    history = ChatHistory(
        messages=[ChatMessageContent(role=AuthorRole.ASSISTANT, content="x", metadata={"quota": Quota()})]
    )

    assert messages_from_chat_history(history)[0].metadata == {"quota": "12 left"}


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        (Message(role="claimant", content="secret"), "message 2: unknown role"),
        (Message(role="user", items=[{"content_type": "hologram", "text": "secret"}]), "message 2: items"),
    ],
)
def test_what_semantic_kernel_does_not_know_is_refused_not_guessed(message: Message, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint) as caught:
        chat_history_from_messages([Message(role="user"), message])

    assert "secret" not in str(caught.value)


def test_importing_the_store_does_not_import_semantic_kernel() -> None:
    script = "import sys, shared.session_store; sys.exit('semantic_kernel' in sys.modules)"

    process = subprocess.run([sys.executable, "-c", script], check=False)

    assert process.returncode == 0
