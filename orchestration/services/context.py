"""What the use cases of this package work with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from orchestration.rules.reference import Conflicts
from orchestration.rules.requirements import Requirements
from reading.papers.classification import Classifier
from shared.clock import utc_now
from shared.session_store import SessionStore
from shared.settings import Settings


@dataclass(frozen=True)
class ServiceContext:
    """Storage, settings and rules, handed to every use case as its first argument."""

    store: SessionStore
    settings: Settings
    requirements: Requirements
    conflicts: Conflicts
    """Which officer may not decide whose claims."""
    classifier: Classifier
    """Recognises the type of a document."""
    roles: Sequence[str]
    """The agents' roles, in the order in which the reports of one round are shown."""
    now: Callable[[], datetime] = utc_now
    """The clock by which a new claim is dated."""
