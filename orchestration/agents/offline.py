"""A chat service that works a claim by rules, with the tools that a model would use.

It gets what a model gets and nothing else: the chat and the functions on offer. It keeps no state: at
each call it runs the role's script from the start against the function results that stand in the chat,
and answers with the first calls that have no result yet, or with the report.
"""

import json
from collections.abc import Callable
from typing import Any, ClassVar, override

from semantic_kernel.connectors.ai.chat_completion_client_base import ChatCompletionClientBase
from semantic_kernel.connectors.ai.function_call_choice_configuration import FunctionCallChoiceConfiguration
from semantic_kernel.connectors.ai.function_choice_type import FunctionChoiceType
from semantic_kernel.connectors.ai.prompt_execution_settings import PromptExecutionSettings
from semantic_kernel.contents import (
    AuthorRole,
    ChatHistory,
    ChatMessageContent,
    FunctionCallContent,
    FunctionResultContent,
)
from semantic_kernel.exceptions import ServiceInvalidRequestError

from orchestration.agents.briefing import read_prompt
from orchestration.agents.offline_scripts import SCRIPTS
from orchestration.agents.offline_scripts.script import Call, Script

_OFFERED = "functions"


class OfflineChatCompletion(ChatCompletionClientBase):
    """Deterministic, without key and network. The role is the name of the system message's author."""

    SUPPORTS_FUNCTION_CALLING: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__(ai_model_id="offline", service_id="offline")

    @override
    async def _inner_get_chat_message_contents(
        self, chat_history: ChatHistory, settings: PromptExecutionSettings
    ) -> list[ChatMessageContent]:
        system, user, *_ = chat_history.messages
        if system.name not in SCRIPTS:
            raise ServiceInvalidRequestError(f"there is no offline script for the role {system.name!r}")
        script = SCRIPTS[system.name](read_prompt(user.content))
        return [_next_message(script, _results(chat_history), settings.extension_data.get(_OFFERED, {}))]

    @override
    def _update_function_choice_settings_callback(
        self,
    ) -> Callable[[FunctionCallChoiceConfiguration, PromptExecutionSettings, FunctionChoiceType], None]:
        return _offer


def _offer(
    offered: FunctionCallChoiceConfiguration, settings: PromptExecutionSettings, _: FunctionChoiceType
) -> None:
    functions = offered.available_functions or []
    settings.extension_data[_OFFERED] = {function.name: function.plugin_name for function in functions}


def _results(chat_history: ChatHistory) -> dict[str | None, str]:
    """The function results in the chat by the id of their call."""
    return {
        item.id: str(item.result)
        for message in chat_history.messages
        if message.role == AuthorRole.TOOL
        for item in message.items
        if isinstance(item, FunctionResultContent)
    }


def _next_message(
    script: Script, results: dict[str | None, str], offered: dict[str, str]
) -> ChatMessageContent:
    made = 0
    try:
        calls = next(script)
        while True:
            ids = [f"call_{made + number}" for number in range(1, len(calls) + 1)]
            if not all(call_id in results for call_id in ids):
                return _call_message(calls, ids, offered)
            made += len(calls)
            calls = script.send([results[call_id] for call_id in ids])
    except StopIteration as end:
        return ChatMessageContent(role=AuthorRole.ASSISTANT, content=end.value.model_dump_json())


def _call_message(calls: list[Call], ids: list[str], offered: dict[str, str]) -> ChatMessageContent:
    items: list[Any] = [
        FunctionCallContent(
            id=call_id,
            function_name=call.tool,
            plugin_name=offered.get(call.tool),
            arguments=json.dumps(call.arguments, ensure_ascii=False),
        )
        for call, call_id in zip(calls, ids, strict=True)
    ]
    return ChatMessageContent(role=AuthorRole.ASSISTANT, items=items)
