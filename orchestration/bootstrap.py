"""Builds the app: everything that its functions work with."""

from orchestration.agents.prices import prices
from orchestration.agents.roster import roster
from orchestration.reference.files import conflicts, requirements
from orchestration.services.context import ServiceContext
from reading.papers.classification import classifier
from shared.session_store.opening import session_store
from shared.settings import settings


def bootstrap() -> ServiceContext:
    """The app that the environment describes.

    Raises:
        SettingsError: a setting is wrong, or one of the files that a claims team maintains.
    """
    # What a claims team can get wrong stops the start, not the first claim.
    roster()
    prices()
    return ServiceContext(
        session_store(),
        settings(),
        requirements(),
        conflicts(),
        classifier(frozenset(requirements().document_types)),
    )
