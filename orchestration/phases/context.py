"""What the phases of a claim work with."""

from dataclasses import dataclass

from jsonschema import Draft202012Validator

from orchestration.agents.runner import Agents
from orchestration.rules.reference import ReferenceData
from orchestration.rules.requirements import Requirements
from shared.settings import Settings


@dataclass(frozen=True)
class PhaseContext:
    """Settings, rules and agents, handed to every phase beside its claim."""

    settings: Settings
    requirements: Requirements
    reference: ReferenceData
    """What the carrier knows of policies, earlier claims, vendors and the watch list."""
    handoff_schema: Draft202012Validator
    """Checks what is handed to the claims system."""
    agents: Agents
