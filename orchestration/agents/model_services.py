"""The chat services of the app: models behind Semantic Kernel's connectors, or the offline rules.

Provider settings keep the names that Semantic Kernel gives them (AZURE_OPENAI_ENDPOINT, …).
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary, WeakValueDictionary

from semantic_kernel.connectors.ai.chat_completion_client_base import ChatCompletionClientBase
from semantic_kernel.exceptions import ServiceInitializationError
from tenacity.wait import wait_base

from orchestration.agents.masking import Masks
from orchestration.agents.model_calls import BACKOFF, ClaimShare, ModelCalls, Terms
from orchestration.agents.model_errors import ServiceRefused
from orchestration.agents.offline import OfflineChatCompletion
from orchestration.agents.prices import PriceTable
from orchestration.agents.roster import Role
from shared.errors import SettingsError
from shared.event_loops import at_end_of_loop
from shared.models.claim import ClaimContext
from shared.settings import Settings

CONNECT_TIMEOUT = 10.0
"""Seconds for reaching a model service; how long it may take to answer is a setting."""


@dataclass
class _LoopServices:
    """What all turns on one event loop share, since an HTTP client belongs to one loop."""

    slots: asyncio.Semaphore
    """Bounds the calls of all claims at the same time."""
    connectors: dict[str | None, ChatCompletionClientBase] = field(
        default_factory=dict[str | None, ChatCompletionClientBase]
    )
    claims: WeakValueDictionary[str, ClaimShare] = field(default_factory=WeakValueDictionary[str, ClaimShare])
    connections: AsyncExitStack = field(default_factory=AsyncExitStack)


class ModelServices:
    """The model of the settings: its connectors are made once for each event loop, and end with it.

    Args:
        settings: the provider, and the bounds of its calls.
        prices: what its answers cost.
        backoff: how long to wait where a service that fails does not say.
    """

    def __init__(self, settings: Settings, prices: PriceTable, backoff: wait_base = BACKOFF) -> None:
        self._settings = settings
        self._prices = prices
        self._backoff = backoff
        self._loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _LoopServices] = WeakKeyDictionary()

    def for_turn(self, role: Role, claim: ClaimContext) -> ChatCompletionClientBase:
        """The service for one turn; one that is reached by the network only within bounds.

        Raises:
            SettingsError: as `chat_service`.
        """
        service = self.chat_service(role.model)
        if isinstance(service, OfflineChatCompletion):
            return service
        terms = Terms(
            self._settings,
            self._prices,
            self._of_loop().slots,
            self._share(claim),
            role.report_type,
            None if role.sees_identity else Masks(claim),
            self._backoff,
        )
        return ModelCalls(service, terms)

    def chat_service(self, model: str | None = None) -> ChatCompletionClientBase:
        """The service of the provider that AGENT_MODEL names, for the running event loop.

        Args:
            model: a model or deployment other than that of the provider's settings.

        Raises:
            SettingsError: the provider's settings are incomplete.
        """
        made = self._of_loop().connectors
        if model not in made:
            another = next(iter(made.values()), None)
            made[model] = self._connect(model, getattr(another, "client", None))
        return made[model]

    async def close(self) -> None:
        """Close the running loop's connections, as the end of the loop does."""
        made = self._loops.pop(asyncio.get_running_loop(), None)
        if made:
            await made.connections.aclose()

    def _of_loop(self) -> _LoopServices:
        loop = asyncio.get_running_loop()
        if loop not in self._loops:
            self._loops[loop] = _LoopServices(asyncio.Semaphore(self._settings.model_concurrency))
            at_end_of_loop(self.close)
        return self._loops[loop]

    def _share(self, claim: ClaimContext) -> ClaimShare:
        """The share of a claim, for as long as a turn of it holds on to it."""
        shares = self._of_loop().claims
        share = shares.get(claim.claim_id)
        if share is None:
            share = shares[claim.claim_id] = ClaimShare(self._settings.model_concurrency_per_claim)
        share.tokens = max(share.tokens, claim.usage.tokens)
        return share

    def _connect(self, model: str | None, client: Any) -> ChatCompletionClientBase:
        """A new service; `client` is that of another one, whose connections they then share."""
        provider = self._settings.agent_model
        try:
            match provider:
                case "azure_openai":
                    return self._azure_openai(model, client)
                case "openai":
                    return self._openai(model, client)
                case "ollama":
                    return self._ollama(model, client)
                case "offline":
                    return OfflineChatCompletion()
        except ServiceInitializationError as error:
            raise SettingsError(f"AGENT_MODEL={provider}: {error.args[0]}") from None

    def _azure_openai(self, model: str | None, client: Any) -> ChatCompletionClientBase:
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
                azure_ad_token_provider=None if key else self._token_provider(azure.token_endpoint),
                timeout=self._timeout(),
                max_retries=0,
            )
            self._of_loop().connections.push_async_callback(client.close)
        return AzureChatCompletion(deployment_name=model, async_client=client)

    def _token_provider(self, scope: str) -> Callable[[], Awaitable[str]]:
        """Tokens by managed identity, renewed before they run out; a plain `credential` is asked once."""
        from azure.identity.aio import DefaultAzureCredential, get_bearer_token_provider

        credential = DefaultAzureCredential()
        self._of_loop().connections.push_async_callback(credential.close)
        return get_bearer_token_provider(credential, scope)

    def _openai(self, model: str | None, client: Any) -> ChatCompletionClientBase:
        from openai import AsyncOpenAI, OpenAIError
        from semantic_kernel.connectors.ai.open_ai import OpenAIChatCompletion

        if client is None:
            try:
                client = AsyncOpenAI(timeout=self._timeout(), max_retries=0)
            except OpenAIError as error:
                raise ServiceInitializationError("OPENAI_API_KEY must be set") from error
            self._of_loop().connections.push_async_callback(client.close)
        return OpenAIChatCompletion(ai_model_id=model, async_client=client)

    def _timeout(self) -> Any:
        import httpx

        return httpx.Timeout(self._settings.model_timeout.total_seconds(), connect=CONNECT_TIMEOUT)

    def _ollama(self, model: str | None, client: Any) -> ChatCompletionClientBase:
        from ollama import AsyncClient
        from semantic_kernel.connectors.ai.ollama import OllamaChatCompletion
        from semantic_kernel.connectors.ai.ollama.ollama_settings import OllamaSettings

        if client is None:
            client = AsyncClient(
                host=OllamaSettings().host, timeout=self._timeout(), event_hooks={"response": [_keep_refusal]}
            )
            self._of_loop().connections.push_async_callback(client.close)
        return OllamaChatCompletion(ai_model_id=model, client=client)


async def _keep_refusal(response: Any) -> None:
    """Ollama's client drops the headers of an error, and with them when to try again."""
    if response.is_error:
        await response.aread()
        raise ServiceRefused(response.status_code, response.text, response.headers)
