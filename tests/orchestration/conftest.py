"""A model service on a local port, and the settings that lead the real connectors to it."""

import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Literal

import pytest
import trustme

from orchestration.agents.prices import prices
from orchestration.agents.services import close_services
from shared.session_store.opening import session_store
from shared.settings import settings
from tests.orchestration.agents.model_server import KEY, Dialect, ModelServer

PROVIDERS: tuple[Dialect, ...] = ("openai", "azure_openai", "ollama")
Use = Callable[..., None]


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS context, and the file with the authority that clients must trust."""
    authority = trustme.CA()
    file = tmp_path_factory.mktemp("tls") / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    return context, file


@pytest.fixture(scope="session")
async def one_server(certificates: tuple[ssl.SSLContext, Path]) -> AsyncIterator[ModelServer]:
    async with ModelServer().running(certificates[0]) as server:
        yield server


@pytest.fixture
def server(one_server: ModelServer) -> ModelServer:
    """A model service without a script that nobody has asked yet."""
    one_server.answers()
    return one_server


@pytest.fixture
async def use(
    server: ModelServer, certificates: tuple[ssl.SSLContext, Path], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Use]:
    """Let the app ask the server as `provider`; further settings by name, None takes one away."""

    def use(provider: Dialect | Literal["offline"], **more: str | None) -> None:
        given: dict[str, str | None] = {
            "SSL_CERT_FILE": str(certificates[1]),
            "SessionStorage__path": ":memory:",
            "AGENT_MODEL": provider,
            "OPENAI_API_KEY": KEY,
            "OPENAI_BASE_URL": f"{server.url}/v1",
            "OPENAI_CHAT_MODEL_ID": "small",
            "AZURE_OPENAI_API_KEY": KEY,
            "AZURE_OPENAI_ENDPOINT": server.url,
            "AZURE_OPENAI_CHAT_DEPLOYMENT_NAME": "small",
            "OLLAMA_HOST": server.url,
            "OLLAMA_CHAT_MODEL_ID": "small",
        }
        for name, value in (given | more).items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)
        settings.cache_clear()
        prices.cache_clear()

    session_store.cache_clear()
    yield use
    await close_services()
    if session_store.cache_info().currsize:
        await session_store().close()
    for made_once in (settings, prices, session_store):
        made_once.cache_clear()
