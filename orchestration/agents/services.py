"""The chat service of this process: a model behind Semantic Kernel's connectors, or the offline rules.

An HTTP client belongs to one event loop, so each loop has its own services, made once and shared by all
claims. Provider settings keep the names that Semantic Kernel gives them (AZURE_OPENAI_ENDPOINT, …).
"""

import asyncio
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any
from weakref import WeakKeyDictionary

from semantic_kernel.connectors.ai.chat_completion_client_base import ChatCompletionClientBase
from semantic_kernel.exceptions import ServiceInitializationError

from orchestration.agents.offline import OfflineChatCompletion
from shared.errors import SettingsError
from shared.settings import settings

ANSWER_TIMEOUT, CONNECT_TIMEOUT = 120.0, 10.0
"""Seconds for one answer of a model and for reaching it; the connectors' own default is ten minutes."""
MAX_RETRIES = 4
"""Of one request, by the client itself, which honours Retry-After."""

_services: WeakKeyDictionary[
    asyncio.AbstractEventLoop, dict[tuple[str, str | None], ChatCompletionClientBase]
] = WeakKeyDictionary()


def chat_service(model: str | None = None) -> ChatCompletionClientBase:
    """The service that AGENT_MODEL names, for the running event loop.

    Args:
        model: a model or deployment other than that of the provider's settings.

    Raises:
        SettingsError: the provider's settings are incomplete.
    """
    provider = settings().agent_model
    made = _services.setdefault(asyncio.get_running_loop(), {})
    key = (provider, model)
    if key not in made:
        made[key] = make_chat_service(provider, model)
    return made[key]


def make_chat_service(provider: str, model: str | None = None) -> ChatCompletionClientBase:
    """A new service of a provider; see `chat_service`.

    Raises:
        SettingsError: the provider's settings are incomplete.
    """
    try:
        match provider:
            case "azure_openai":
                return _azure_openai(model)
            case "openai":
                return _openai(model)
            case "ollama":
                return _ollama(model)
            case _:
                return OfflineChatCompletion()
    except ServiceInitializationError as error:
        raise SettingsError(f"AGENT_MODEL={provider}: {error.args[0]}") from None


def _azure_openai(model: str | None) -> ChatCompletionClientBase:
    from openai import AsyncAzureOpenAI, Timeout
    from semantic_kernel.connectors.ai.open_ai import AzureChatCompletion, AzureOpenAISettings

    azure = AzureOpenAISettings()
    if azure.endpoint is None:
        raise ServiceInitializationError("AZURE_OPENAI_ENDPOINT must be set")
    if not (model or azure.chat_deployment_name):
        raise ServiceInitializationError("AZURE_OPENAI_CHAT_DEPLOYMENT_NAME must be set")
    key = azure.api_key.get_secret_value() if azure.api_key else None
    client = AsyncAzureOpenAI(
        azure_endpoint=str(azure.endpoint),
        api_version=azure.api_version,
        api_key=key,
        azure_ad_token_provider=None if key else _token_provider(azure.token_endpoint),
        timeout=Timeout(ANSWER_TIMEOUT, connect=CONNECT_TIMEOUT),
        max_retries=MAX_RETRIES,
    )
    return AzureChatCompletion(deployment_name=model, async_client=client)


def _token_provider(scope: str) -> Callable[[], Awaitable[str]]:
    """Tokens by managed identity, renewed before they run out; a plain `credential` is asked once only."""
    from azure.identity.aio import DefaultAzureCredential, get_bearer_token_provider

    return get_bearer_token_provider(DefaultAzureCredential(), scope)


def _openai(model: str | None) -> ChatCompletionClientBase:
    from openai import AsyncOpenAI, OpenAIError, Timeout
    from semantic_kernel.connectors.ai.open_ai import OpenAIChatCompletion

    try:
        client = AsyncOpenAI(
            timeout=Timeout(ANSWER_TIMEOUT, connect=CONNECT_TIMEOUT), max_retries=MAX_RETRIES
        )
    except OpenAIError as error:
        raise ServiceInitializationError("OPENAI_API_KEY must be set") from error
    return OpenAIChatCompletion(ai_model_id=model, async_client=client)


def _ollama(model: str | None) -> ChatCompletionClientBase:
    try:
        ollama: Any = import_module("ollama")
        from semantic_kernel.connectors.ai.ollama import OllamaChatCompletion
        from semantic_kernel.connectors.ai.ollama.ollama_settings import OllamaSettings
    except ImportError:
        raise ServiceInitializationError("install the package 'ollama' to use it") from None
    client = ollama.AsyncClient(host=OllamaSettings().host, timeout=ANSWER_TIMEOUT)
    return OllamaChatCompletion(ai_model_id=model, client=client)
