import asyncio
from collections.abc import AsyncIterator

import pytest
from openai import AsyncOpenAI

from orchestration.agents.offline import OfflineChatCompletion
from orchestration.agents.services import CONNECT_TIMEOUT, chat_service, close_services, make_chat_service
from shared.errors import SettingsError
from shared.settings import settings

# Semantic Kernel's connectors use a way of pydantic's that is on its way out.
pytestmark = pytest.mark.filterwarnings("ignore::pydantic.warnings.PydanticDeprecatedSince211")


@pytest.fixture
async def offline_settings(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    monkeypatch.setenv("AGENT_MODEL", "offline")
    monkeypatch.setenv("SessionStorage__path", ":memory:")
    settings.cache_clear()
    yield
    await close_services()
    settings.cache_clear()


@pytest.fixture
def no_provider_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_CHAT_DEPLOYMENT_NAME", "AZURE_OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("OPENAI_API_KEY", "OPENAI_CHAT_MODEL_ID", "OLLAMA_CHAT_MODEL_ID"):
        monkeypatch.delenv(name, raising=False)


async def test_all_turns_of_a_process_share_one_service(offline_settings: None) -> None:
    service = chat_service()
    assert isinstance(service, OfflineChatCompletion)
    assert chat_service() is service


@pytest.mark.parametrize(
    ("provider", "problem"),
    [
        ("azure_openai", "AZURE_OPENAI_ENDPOINT"),
        ("openai", "OPENAI_API_KEY"),
        ("ollama", "ollama|Ollama"),
    ],
)
async def test_an_incomplete_provider_is_refused_by_the_settings_name(
    offline_settings: None, no_provider_settings: None, provider: str, problem: str
) -> None:
    with pytest.raises(SettingsError, match=rf"AGENT_MODEL={provider}: .*({problem})"):
        make_chat_service(provider)


async def test_azure_openai_is_asked_with_bounded_time(
    offline_settings: None, no_provider_settings: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://models.example.com")
    monkeypatch.setenv("AZURE_OPENAI_CHAT_DEPLOYMENT_NAME", "large")
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "key")
    service = make_chat_service("azure_openai")
    from semantic_kernel.connectors.ai.open_ai import AzureChatCompletion

    assert isinstance(service, AzureChatCompletion)
    assert service.ai_model_id == "large"
    assert getattr(service.client.timeout, "read", None) == 120
    assert getattr(service.client.timeout, "connect", None) == CONNECT_TIMEOUT


async def test_a_role_may_have_a_model_of_its_own(
    offline_settings: None, no_provider_settings: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "key")
    monkeypatch.setenv("OPENAI_CHAT_MODEL_ID", "large")
    assert make_chat_service("openai").ai_model_id == "large"
    assert make_chat_service("openai", "small").ai_model_id == "small"


def test_the_connection_to_a_model_ends_with_the_event_loop(
    no_provider_settings: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "AGENT_MODEL": "openai",
        "OPENAI_API_KEY": "key",
        "OPENAI_CHAT_MODEL_ID": "large",
        "SessionStorage__path": ":memory:",
    }.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()

    async def opened() -> AsyncOpenAI:
        service = chat_service()
        from semantic_kernel.connectors.ai.open_ai import OpenAIChatCompletion

        assert isinstance(service, OpenAIChatCompletion)
        assert not service.client.is_closed()
        return service.client

    assert asyncio.run(opened()).is_closed()
    settings.cache_clear()
