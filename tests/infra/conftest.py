"""The model service that the tests of the agents use."""

from tests.orchestration.conftest import certificates, one_server, server, use

__all__ = ["certificates", "one_server", "server", "use"]
