"""Builds the app: reads everything that it is made of, once, and hands it down."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

from orchestration.agents.prices import PriceTable
from orchestration.agents.roster import Roster, load_roster
from orchestration.agents.runner import agents_on_semantic_kernel
from orchestration.phases.context import PhaseContext
from orchestration.reference.files import (
    DATA_FOLDER,
    load_conflicts,
    load_handoff_schema,
    load_reference_data,
    load_requirements,
)
from orchestration.rules.reference import Conflicts
from orchestration.rules.requirements import Requirements
from orchestration.services.context import ServiceContext
from reading.papers.classification import Classifier
from reading.papers.vocabulary import document_vocabularies
from shared.session_store import SessionStore
from shared.session_store.opening import open_store
from shared.settings import Settings


@dataclass(frozen=True)
class Rulebook:
    """What a claims team maintains in files that come with the app."""

    requirements: Requirements
    conflicts: Conflicts
    classifier: Classifier
    """Recognises the type of a document."""
    roster: Roster

    @classmethod
    def load(cls) -> Self:
        """Read and validate the files.

        Raises:
            SettingsError: one of them is wrong; names the file, the place and the problem.
        """
        requirements = load_requirements()
        return cls(
            requirements,
            load_conflicts(),
            Classifier(document_vocabularies(requirements.document_types)),
            load_roster(),
        )


@dataclass(frozen=True)
class App:
    """Everything that the functions of the app work with."""

    settings: Settings
    rulebook: Rulebook
    store: SessionStore
    """Where sessions live. Its connections end with the event loop that uses them."""
    services: ServiceContext
    phases: Callable[[], PhaseContext]
    """What phases work with. The first call reads the reference data."""


def bootstrap(
    environment: Mapping[str, str], *, rulebook: Rulebook | None = None, data_folder: Path = DATA_FOLDER
) -> App:
    """The app that `environment` describes. What a claims team can get wrong stops the start.

    Args:
        environment: the app settings by name.
        rulebook: files that were read before; None: they are read now.
        data_folder: where the reference data lies.

    Raises:
        SettingsError: a setting is wrong, or one of the files that a claims team maintains.
    """
    settings = Settings.load(environment)
    rules = rulebook or Rulebook.load()
    prices = PriceTable.of(settings)
    store = open_store(settings)

    @cache
    def phases() -> PhaseContext:
        reference = load_reference_data(data_folder)
        agents = agents_on_semantic_kernel(settings, rules.roster, prices, reference)
        return PhaseContext(settings, rules.requirements, reference, load_handoff_schema(), agents)

    services = ServiceContext(
        store, settings, rules.requirements, rules.conflicts, rules.classifier, tuple(rules.roster)
    )
    return App(settings, rules, store, services, phases)
