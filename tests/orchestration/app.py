"""Apps for tests: each with settings of its own, all with the files that come with the app."""

from functools import cache

from orchestration.bootstrap import App, Rulebook, bootstrap


@cache
def rulebook() -> Rulebook:
    """The files of the claims team, read once for all tests."""
    return Rulebook.load()


def app_with(**settings: str) -> App:
    """The app with offline agents, which keeps nothing, but for these settings; its store is to be closed."""
    environment = {"AGENT_MODEL": "offline", "SessionStorage__path": ":memory:", **settings}
    return bootstrap(environment, rulebook=rulebook())
