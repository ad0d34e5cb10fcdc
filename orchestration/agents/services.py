"""The chat service of this process: a model behind Semantic Kernel's connectors, or the offline rules.

An HTTP client belongs to one event loop, so each loop has its own services, made once and shared by all
claims. Provider settings keep the names that Semantic Kernel gives them (AZURE_OPENAI_ENDPOINT, …).
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any
from weakref import WeakKeyDictionary, WeakValueDictionary

from semantic_kernel.connectors.ai.chat_completion_client_base import ChatCompletionClientBase
from semantic_kernel.exceptions import ServiceInitializationError

from orchestration.agents.model_errors import ServiceRefused
from orchestration.agents.offline import OfflineChatCompletion
from shared.errors import SettingsError
from shared.event_loops import at_end_of_loop
from shared.settings import Settings, settings

CONNECT_TIMEOUT = 10.0
"""Seconds for reaching a model service; how long it may take to answer is a setting."""


class ClaimShare:
    """What the turns of one claim have in common while they run."""

    def __init__(self, most_calls: int) -> None:
        self.calls = asyncio.Semaphore(most_calls)
        self.tokens = 0
        """That the claim has used, those of turns that are not on record yet included."""


class _LoopServices:
    def __init__(self, settings: Settings, connections: AsyncExitStack) -> None:
        self.settings = settings
        self.calls = asyncio.Semaphore(settings.model_concurrency)
        self.connectors: dict[str | None, ChatCompletionClientBase] = {}
        self.claims: WeakValueDictionary[str, ClaimShare] = WeakValueDictionary()
        self.connections = connections


_loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _LoopServices] = WeakKeyDictionary()


def service_of_loop() -> _LoopServices:
    """What all turns on the running event loop share."""
    loop = asyncio.get_running_loop()
    made = _loops.get(loop)
    if made is None or made.settings is not settings():
        if made is None:
            at_end_of_loop(close_services)
        opened = made.connections if made else AsyncExitStack()
        made = _loops[loop] = _LoopServices(settings(), opened)
    return made


async def close_services() -> None:
    """Close the connections of the running loop's services, as the end of the loop does."""
    made = _loops.pop(asyncio.get_running_loop(), None)
    if made:
        await made.connections.aclose()


def claim_share(claim_id: str, tokens_on_record: int) -> ClaimShare:
    """The share of a claim, for as long as a turn of it holds on to it."""
    shared = service_of_loop()
    share = shared.claims.get(claim_id)
    if share is None:
        share = shared.claims[claim_id] = ClaimShare(shared.settings.model_concurrency_per_claim)
    share.tokens = max(share.tokens, tokens_on_record)
    return share


def chat_service(model: str | None = None) -> ChatCompletionClientBase:
    """The service that AGENT_MODEL names, for the running event loop.

    Args:
        model: a model or deployment other than that of the provider's settings.

    Raises:
        SettingsError: the provider's settings are incomplete.
    """
    made = service_of_loop().connectors
    if model not in made:
        another = next(iter(made.values()), None)
        made[model] = make_chat_service(settings().agent_model, model, getattr(another, "client", None))
    return made[model]


def make_chat_service(
    provider: str, model: str | None = None, client: Any = None
) -> ChatCompletionClientBase:
    """A new service of a provider; see `chat_service`.

    Args:
        client: that of another service of this provider, so that they share its connections.

    Raises:
        SettingsError: the provider's settings are incomplete.
    """
    try:
        match provider:
            case "azure_openai":
                return _azure_openai(model, client)
            case "openai":
                return _openai(model, client)
            case "ollama":
                return _ollama(model, client)
            case _:
                return OfflineChatCompletion()
    except ServiceInitializationError as error:
        raise SettingsError(f"AGENT_MODEL={provider}: {error.args[0]}") from None


def _azure_openai(model: str | None, client: Any) -> ChatCompletionClientBase:
    from openai import AsyncAzureOpenAI
    from semantic_kernel.connectors.ai.open_ai import AzureChatCompletion, AzureOpenAISettings

    azure = AzureOpenAISettings()
    if azure.endpoint is None:
        raise ServiceInitializationError("AZURE_OPENAI_ENDPOINT must be set")
    if not (model or azure.chat_deployment_name):
        raise ServiceInitializationError("AZURE_OPENAI_CHAT_DEPLOYMENT_NAME must be set")
    key = azure.api_key.get_secret_value() if azure.api_key else None
    if client is None:
        client = AsyncAzureOpenAI(
            azure_endpoint=str(azure.endpoint),
            api_version=azure.api_version,
            api_key=key,
            azure_ad_token_provider=None if key else _token_provider(azure.token_endpoint),
            timeout=_timeout(),
            max_retries=0,
        )
        service_of_loop().connections.push_async_callback(client.close)
    return AzureChatCompletion(deployment_name=model, async_client=client)


def _token_provider(scope: str) -> Callable[[], Awaitable[str]]:
    """Tokens by managed identity, renewed before they run out; a plain `credential` is asked once only."""
    from azure.identity.aio import DefaultAzureCredential, get_bearer_token_provider

    credential = DefaultAzureCredential()
    service_of_loop().connections.push_async_callback(credential.close)
    return get_bearer_token_provider(credential, scope)


def _openai(model: str | None, client: Any) -> ChatCompletionClientBase:
    from openai import AsyncOpenAI, OpenAIError
    from semantic_kernel.connectors.ai.open_ai import OpenAIChatCompletion

    if client is None:
        try:
            client = AsyncOpenAI(timeout=_timeout(), max_retries=0)
        except OpenAIError as error:
            raise ServiceInitializationError("OPENAI_API_KEY must be set") from error
        service_of_loop().connections.push_async_callback(client.close)
    return OpenAIChatCompletion(ai_model_id=model, async_client=client)


def _timeout() -> Any:
    from openai import Timeout

    return Timeout(settings().model_timeout.total_seconds(), connect=CONNECT_TIMEOUT)


def _ollama(model: str | None, client: Any) -> ChatCompletionClientBase:
    import httpx
    from ollama import AsyncClient
    from semantic_kernel.connectors.ai.ollama import OllamaChatCompletion
    from semantic_kernel.connectors.ai.ollama.ollama_settings import OllamaSettings

    if client is None:
        client = AsyncClient(
            host=OllamaSettings().host,
            timeout=httpx.Timeout(settings().model_timeout.total_seconds(), connect=CONNECT_TIMEOUT),
            event_hooks={"response": [_keep_refusal]},
        )
        service_of_loop().connections.push_async_callback(client.close)
    return OllamaChatCompletion(ai_model_id=model, client=client)


async def _keep_refusal(response: Any) -> None:
    """Ollama's client drops the headers of an error, and with them when to try again."""
    if response.is_error:
        await response.aread()
        raise ServiceRefused(response.status_code, response.text, response.headers)
