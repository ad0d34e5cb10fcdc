"""The calls of one turn to a model service: bounded, masked, cut to size, metered.

They stand before a connector of Semantic Kernel and are one themselves. The record keeps the chat whole and
unmasked; only what is sent to the service is changed.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, cast, override

from pydantic import BaseModel, PrivateAttr
from semantic_kernel.connectors.ai.chat_completion_client_base import ChatCompletionClientBase
from semantic_kernel.connectors.ai.completion_usage import CompletionUsage
from semantic_kernel.connectors.ai.function_call_choice_configuration import FunctionCallChoiceConfiguration
from semantic_kernel.connectors.ai.function_choice_type import FunctionChoiceType
from semantic_kernel.connectors.ai.prompt_execution_settings import PromptExecutionSettings
from semantic_kernel.contents import (
    AuthorRole,
    ChatHistory,
    ChatMessageContent,
    FunctionCallContent,
    FunctionResultContent,
    TextContent,
)
from semantic_kernel.contents.utils.finish_reason import FinishReason
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_base, wait_random_exponential

from orchestration.agents.briefing import CLOSING, OPENING, inside_marks
from orchestration.agents.fitting import fitted, tokens
from orchestration.agents.masking import Masks
from orchestration.agents.model_errors import ContentFiltered, ContextTooLong, ModelFailed, understood
from orchestration.agents.prices import PriceTable
from shared.errors import BudgetUsedUp
from shared.models.claim import Usage
from shared.settings import Settings

LONGEST_WAIT = timedelta(minutes=1)
"""The longest wait that a turn grants a service; where it asks for more, the phase is tried again later."""
SHORTENINGS = 2
"""How often what is sent is halved when the model says that it is too long."""
BACKOFF = wait_random_exponential(multiplier=0.5, max=20)
"""Seconds to wait where a service that fails does not say how long."""


class ClaimShare:
    """What the turns of one claim have in common while they run."""

    def __init__(self, most_calls: int) -> None:
        self.calls = asyncio.Semaphore(most_calls)
        self.tokens = 0
        """Tokens that the claim has used, those of turns that are not on record yet included."""


@dataclass(frozen=True)
class Terms:
    """On which terms one turn of one agent asks a model."""

    settings: Settings
    """The provider, and bounds of time, number and size."""
    prices: PriceTable
    slots: asyncio.Semaphore
    """Bounds the calls of all claims at the same time."""
    share: ClaimShare
    report: type[BaseModel]
    """The type whose JSON schema the model is asked to answer in."""
    masks: Masks | None
    """Hides personal data from the model; None where the role may see it."""
    backoff: wait_base = BACKOFF
    """How long to wait where a service that fails does not say."""


class ModelCalls(ChatCompletionClientBase):
    """The calls of one turn to the service behind `connector`."""

    SUPPORTS_FUNCTION_CALLING: ClassVar[bool] = True

    connector: ChatCompletionClientBase
    _terms: Terms = PrivateAttr()
    _usage: Usage = PrivateAttr(default_factory=Usage)

    def __init__(self, connector: ChatCompletionClientBase, terms: Terms) -> None:
        fields: dict[str, Any] = {
            "ai_model_id": connector.ai_model_id,
            "service_id": connector.service_id,
            "connector": connector,
        }
        super().__init__(**fields)
        self._terms = terms

    @property
    def usage(self) -> Usage:
        """Tokens and cost of the calls that were answered so far."""
        return self._usage

    # --- what Semantic Kernel asks of a connector ----------------------------------------------------

    @override
    def get_prompt_execution_settings_class(self) -> type[PromptExecutionSettings]:
        return self.connector.get_prompt_execution_settings_class()

    @override
    def service_url(self) -> str | None:
        return self.connector.service_url()

    @override
    def _verify_function_choice_settings(self, settings: PromptExecutionSettings) -> None:
        self.connector._verify_function_choice_settings(settings)

    @override
    def _update_function_choice_settings_callback(
        self,
    ) -> Callable[[FunctionCallChoiceConfiguration, PromptExecutionSettings, FunctionChoiceType], None]:
        return self.connector._update_function_choice_settings_callback()

    @override
    def _reset_function_choice_settings(self, settings: PromptExecutionSettings) -> None:
        self.connector._reset_function_choice_settings(settings)

    @override
    async def _inner_get_chat_message_contents(
        self, chat_history: ChatHistory, settings: PromptExecutionSettings
    ) -> list[ChatMessageContent]:
        """Ask the model once more.

        Raises:
            ModelFailed: it gave no answer that can be used, however often it was asked.
            BudgetUsedUp: the claim may not ask any more.
        """
        self._ask_for_schema(chat_history, settings)
        sent = self._sent(chat_history, settings, self._terms.settings.model_context_tokens)
        for _ in range(SHORTENINGS):
            try:
                return [await self._answer(sent, settings)]
            except ContextTooLong:
                size = sum(tokens(_text(message)) for message in sent.messages) + _offered(settings)
                sent = self._sent(chat_history, settings, size // 2)
        return [await self._answer(sent, settings)]

    # --- asking --------------------------------------------------------------------------------------

    async def _answer(self, sent: ChatHistory, settings: PromptExecutionSettings) -> ChatMessageContent:
        attempts = AsyncRetrying(
            stop=stop_after_attempt(1 + self._terms.settings.model_retries),
            retry=retry_if_exception(_is_worth_another_try),
            wait=self._pause,
            reraise=True,
        )
        answer: ChatMessageContent = await attempts(self._ask_once, sent, settings)
        self._unmask(answer)
        return answer

    async def _ask_once(self, sent: ChatHistory, settings: PromptExecutionSettings) -> ChatMessageContent:
        async with self._terms.share.calls, self._terms.slots:
            self._check_budget()
            try:
                async with asyncio.timeout(self._terms.settings.model_timeout.total_seconds()):
                    answers = await self.connector._inner_get_chat_message_contents(sent, settings)
            except Exception as error:
                raise understood(error) from error
        if not answers:
            raise ModelFailed("the model service failed (an empty answer)")
        self._meter(answers[0], sent)
        if answers[0].finish_reason == FinishReason.CONTENT_FILTER:
            raise ContentFiltered
        return answers[0]

    def _pause(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked_for = error.retry_after if isinstance(error, ModelFailed) else None
        return self._terms.backoff(state) if asked_for is None else asked_for

    def _check_budget(self) -> None:
        budget = self._terms.settings.claim_token_budget
        if budget is not None and self._terms.share.tokens >= budget:
            raise BudgetUsedUp(f"the claim's budget of {budget} tokens is used up")

    def _meter(self, answer: ChatMessageContent, sent: ChatHistory) -> None:
        used = answer.metadata.get("usage")
        if not isinstance(used, CompletionUsage):  # not every service reports its usage
            used = CompletionUsage(
                prompt_tokens=sum(tokens(_text(message)) for message in sent.messages),
                completion_tokens=tokens(_text(answer)),
            )
            answer.metadata["usage"] = used
        prompt, completion = used.prompt_tokens or 0, used.completion_tokens or 0
        named = getattr(answer.inner_content, "model", None)
        provider = self._terms.settings.agent_model
        names = (*([named] if isinstance(named, str) else []), self.ai_model_id, provider)
        self._terms.share.tokens += prompt + completion
        self._usage = self._usage.plus(
            Usage(
                model_calls=1,
                tool_calls=sum(isinstance(item, FunctionCallContent) for item in answer.items),
                prompt_tokens=prompt,
                completion_tokens=completion,
                cost=self._terms.prices.cost(names, prompt, completion),
            )
        )

    def _ask_for_schema(self, chat_history: ChatHistory, settings: PromptExecutionSettings) -> None:
        if not self._terms.settings.model_structured_output:
            return
        schema = strict_schema(self._terms.report)
        if hasattr(settings, "response_format"):
            name = self._terms.report.__name__
            named = {"name": name, "schema": schema, "strict": True}
            vars(settings).update(
                response_format={"type": "json_schema", "json_schema": named}, structured_json_response=True
            )
        elif hasattr(settings, "format") and _is_handed_in(chat_history):
            # Ollama lets a model that must keep to a schema call no tools, so this is for the second try.
            vars(settings).update(format=schema, tools=None)
        if hasattr(settings, "options"):  # without it, Ollama silently forgets the beginning of a long chat
            vars(settings).update(options={"num_ctx": self._terms.settings.model_context_tokens})

    # --- what is sent --------------------------------------------------------------------------------

    def _sent(self, chat_history: ChatHistory, settings: PromptExecutionSettings, room: int) -> ChatHistory:
        """The chat as the model gets it: masked, cut, and what tools answered marked as data."""
        messages = [_copied(message, self._masked) for message in chat_history.messages]
        variable = [m for m in messages if m.role in {AuthorRole.USER, AuthorRole.TOOL}]
        fixed = _offered(settings) + sum(
            tokens(_text(message)) for message in messages if message not in variable
        )
        for message, text in zip(variable, fitted([_text(m) for m in variable], room - fixed), strict=True):
            _put(message, text)
        return ChatHistory(messages=messages)

    def _masked(self, text: str) -> str:
        return self._terms.masks.masked(text) if self._terms.masks else text

    def _unmask(self, answer: ChatMessageContent) -> None:
        if self._terms.masks is None:
            return
        for item in answer.items:
            match item:
                case TextContent():
                    item.text = self._terms.masks.unmasked(item.text)
                case FunctionCallContent() if item.arguments:
                    item.arguments = self._terms.masks.unmasked(_arguments(item))
                case _:
                    pass


def strict_schema(report: type[BaseModel]) -> dict[str, Any]:
    """A report's JSON schema in strict form: every key required, no other allowed, no bounds of values."""
    return _strict(report.model_json_schema(mode="serialization"))


def _strict(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_strict(part) for part in cast(list[Any], schema)]
    if not isinstance(schema, dict):
        return schema
    known = cast(dict[str, Any], schema)
    kept = {name: _strict(part) for name, part in known.items() if name in _KEPT}
    for name in ("properties", "$defs"):
        if name in known:
            kept[name] = {key: _strict(part) for key, part in known[name].items()}
    if known.get("type") == "object":
        kept |= {"additionalProperties": False, "required": list(kept.get("properties", {}))}
    return kept


_KEPT = {"type", "items", "anyOf", "enum", "const", "$ref", "description"}


def _is_worth_another_try(error: BaseException) -> bool:
    if not isinstance(error, ModelFailed) or error.is_final:
        return False
    return error.retry_after is None or error.retry_after <= LONGEST_WAIT.total_seconds()


def _offered(settings: PromptExecutionSettings) -> int:
    """Tokens of the tools' descriptions."""
    return tokens(json.dumps(getattr(settings, "tools", None)))


def _is_handed_in(chat_history: ChatHistory) -> bool:
    """Whether the agent has handed in a report already, which then came back."""
    return any(
        message.role == AuthorRole.ASSISTANT
        and not any(isinstance(item, FunctionCallContent) for item in message.items)
        for message in chat_history.messages
    )


def _copied(message: ChatMessageContent, change: Callable[[str], str]) -> ChatMessageContent:
    if message.role == AuthorRole.SYSTEM:
        return message
    copy = message.model_copy(update={"items": [item.model_copy() for item in message.items]})
    for item in copy.items:
        match item:
            case TextContent():
                item.text = change(item.text)
            case FunctionResultContent():
                item.result = change(str(item.result))
            case FunctionCallContent():
                item.arguments = change(_arguments(item))
            case _:
                pass
    return copy


def _put(message: ChatMessageContent, text: str) -> None:
    """Replace the text of a user's or a tool's message; a tool's text is put between marks."""
    for item in message.items:
        if isinstance(item, FunctionResultContent):
            item.result = f"{OPENING}\n{inside_marks(text)}\n{CLOSING}"
        elif isinstance(item, TextContent):
            item.text = text


def _text(message: ChatMessageContent) -> str:
    return "".join(
        str(item.result)
        if isinstance(item, FunctionResultContent)
        else _arguments(item)
        if isinstance(item, FunctionCallContent)
        else item.text
        if isinstance(item, TextContent)
        else ""
        for item in message.items
    )


def _arguments(call: FunctionCallContent) -> str:
    if isinstance(call.arguments, Mapping):
        return json.dumps(dict(call.arguments), ensure_ascii=False)
    return call.arguments or "{}"
