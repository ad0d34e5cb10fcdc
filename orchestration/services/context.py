"""What the use cases of this package work with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from orchestration.rules.reference import Conflicts
from orchestration.rules.requirements import Requirements
from reading.classification import DocumentPattern
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
    document_patterns: Mapping[str, DocumentPattern]
    """How a document of each type is recognised."""
    now: Callable[[], datetime] = utc_now
    """The clock by which a new claim is dated."""
