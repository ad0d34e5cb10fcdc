"""The model service that the tests of the agents use."""

from tests.orchestration.conftest import certificates, life, one_server, server, use

__all__ = ["certificates", "life", "one_server", "server", "use"]
