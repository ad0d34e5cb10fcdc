"""A model service on a local port, and the settings that lead the real connectors to it."""

import os
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
import trustme
from tenacity import wait_none

from orchestration.agents.kernel import KernelEngine
from orchestration.agents.model_services import ModelServices
from orchestration.agents.prices import PriceTable
from orchestration.agents.runner import Agents
from orchestration.bootstrap import bootstrap
from orchestration.phases.context import PhaseContext
from orchestration.reference.files import DATA_FOLDER
from tests.orchestration.agents.model_server import KEY, Dialect, ModelServer
from tests.orchestration.app import app_with, rulebook
from tests.orchestration.life import Life

PROVIDERS: tuple[Dialect, ...] = ("openai", "azure_openai", "ollama")
Use = Callable[..., ModelServices]


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


@pytest.fixture(scope="session")
async def phases() -> AsyncIterator[PhaseContext]:
    """What phases work with where the agents are offline."""
    app = app_with()
    yield app.phases()
    await app.store.close()


@pytest.fixture
async def life() -> AsyncIterator[Life]:
    """Claims in the app that `use` chooses."""
    life = Life()
    yield life
    await life.close()


@pytest.fixture
async def use(
    server: ModelServer,
    certificates: tuple[ssl.SSLContext, Path],
    life: Life,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Use]:
    """Let the app ask the server as `provider`; further settings by name, None takes one away.

    Faults that say nothing of when to come again are tried again at once.
    """
    made: list[ModelServices] = []

    def use(
        provider: Dialect | Literal["offline"], data_folder: Path = DATA_FOLDER, **more: str | None
    ) -> ModelServices:
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
        for name, value in (given | more).items():  # Semantic Kernel reads its part by itself
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)
        app = bootstrap(os.environ, rulebook=rulebook(), data_folder=data_folder)
        phases, roster = app.phases(), app.rulebook.roster
        models = ModelServices(app.settings, PriceTable.of(app.settings), backoff=wait_none())
        agents = Agents(roster, lambda: KernelEngine(roster, phases.reference, models))
        life.go_on_in(app, replace(phases, agents=agents))
        made.append(models)
        return models

    yield use
    for models in made:
        await models.close()
