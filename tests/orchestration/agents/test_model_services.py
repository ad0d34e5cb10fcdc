"""The chat services that the settings name."""

import asyncio

import pytest
from openai import AsyncOpenAI

from orchestration.agents.model_services import CONNECT_TIMEOUT, ModelServices
from orchestration.agents.offline import OfflineChatCompletion
from orchestration.agents.prices import PriceTable
from shared.errors import SettingsError
from shared.settings import PROVIDER_SETTINGS, Settings

# Semantic Kernel's connectors use a way of pydantic's that is on its way out.
pytestmark = pytest.mark.filterwarnings("ignore::pydantic.warnings.PydanticDeprecatedSince211")


@pytest.fixture(autouse=True)
def no_provider_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AZURE_OPENAI_API_KEY", *(name for names in PROVIDER_SETTINGS.values() for name in names)):
        monkeypatch.delenv(name, raising=False)


def services_of(provider: str) -> ModelServices:
    """The services of a provider that is named completely; what it is named by is not in the environment."""
    named = PROVIDER_SETTINGS.get(provider, {})
    settings = Settings.load({"AGENT_MODEL": provider, "SessionStorage__path": ":memory:", **named})
    return ModelServices(settings, PriceTable({}))


async def test_all_turns_of_a_process_share_one_service() -> None:
    services = services_of("offline")
    service = services.chat_service()
    assert isinstance(service, OfflineChatCompletion)
    assert services.chat_service() is service
    await services.close()


@pytest.mark.parametrize(
    ("provider", "problem"),
    [
        ("azure_openai", "AZURE_OPENAI_ENDPOINT"),
        ("openai", "OPENAI_API_KEY"),
        ("ollama", "ollama|Ollama"),
    ],
)
async def test_an_incomplete_provider_is_refused_by_the_settings_name(provider: str, problem: str) -> None:
    services = services_of(provider)
    with pytest.raises(SettingsError, match=rf"AGENT_MODEL={provider}: .*({problem})"):
        services.chat_service()
    await services.close()


async def test_azure_openai_is_asked_with_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://models.example.com")
    monkeypatch.setenv("AZURE_OPENAI_CHAT_DEPLOYMENT_NAME", "large")
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "key")
    services = services_of("azure_openai")
    service = services.chat_service()
    from semantic_kernel.connectors.ai.open_ai import AzureChatCompletion

    assert isinstance(service, AzureChatCompletion)
    assert service.ai_model_id == "large"
    assert getattr(service.client.timeout, "read", None) == 120
    assert getattr(service.client.timeout, "connect", None) == CONNECT_TIMEOUT
    await services.close()


async def test_a_role_may_have_a_model_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "key")
    monkeypatch.setenv("OPENAI_CHAT_MODEL_ID", "large")
    services = services_of("openai")
    assert services.chat_service().ai_model_id == "large"
    assert services.chat_service("small").ai_model_id == "small"
    await services.close()


def test_the_connection_to_a_model_ends_with_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "key")
    monkeypatch.setenv("OPENAI_CHAT_MODEL_ID", "large")
    services = services_of("openai")

    async def opened() -> AsyncOpenAI:
        service = services.chat_service()
        from semantic_kernel.connectors.ai.open_ai import OpenAIChatCompletion

        assert isinstance(service, OpenAIChatCompletion)
        assert not service.client.is_closed()
        return service.client

    assert asyncio.run(opened()).is_closed()
