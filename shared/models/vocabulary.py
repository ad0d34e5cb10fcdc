"""The fixed words of a claim: its status, how far it has come, how it ends, and who speaks and acts in it.

Imports nothing but the standard library, so that a command line may use these words without pydantic.
"""

from enum import StrEnum

CLAIMANT = "claimant"
"""The claimant, as an author in a claim's history and as an actor in its audit trail."""
RULE = "rule"
"""The rules of the app, as an actor in the audit trail."""
SYSTEM = "system"
"""The app itself, as an actor in the audit trail."""
OURSELVES = "claims_orchestrator"
"""The app itself, as an author in a claim's history and as the name of its telemetry."""


class ClaimStatus(StrEnum):
    """Whether a claim is being worked, waits, or has ended, and how."""

    PROCESSING = "processing"
    PAUSED = "paused"
    AWAITING_DECISION = "awaiting_decision"
    COMPLETED = "completed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        """Whether nothing more can happen to the claim. A failed claim is not over: it can be continued."""
        return self in {ClaimStatus.COMPLETED, ClaimStatus.EXPIRED, ClaimStatus.WITHDRAWN}

    @property
    def is_open(self) -> bool:
        """Whether the claim has a running workflow. A claim that is over or has failed has none."""
        return not self.is_over and self is not ClaimStatus.FAILED

    @property
    def is_at_rest(self) -> bool:
        """Whether nobody works the claim now, so that its status lasts until something comes in."""
        return self is not ClaimStatus.PROCESSING

    @property
    def is_waiting(self) -> bool:
        """Whether the claim waits for a person: a paused one for its claimant, else one for an officer."""
        return self in {ClaimStatus.PAUSED, ClaimStatus.AWAITING_DECISION}

    @property
    def wakes_on_input(self) -> bool:
        """Whether the claim rests until something comes into its inbox, and is then worked again."""
        return self.is_at_rest and not self.is_over

    @property
    def is_interrupted(self) -> bool:
        """Whether work on the claim stopped before its end; a claim that goes on from here is resumed."""
        return self in {ClaimStatus.PAUSED, ClaimStatus.FAILED}


class ClaimState(StrEnum):
    """How far a claim has come in its life, whatever its status is."""

    INTAKE = "intake"
    VALIDATION_COMPLETE = "validation_complete"
    ADAPTIVE_GATHERING = "adaptive_gathering"
    DATA_GATHERING_COMPLETE = "data_gathering_complete"
    ASSESSMENT = "assessment"
    DECIDED = "decided"
    HANDED_OFF = "handed_off"


class Outcome(StrEnum):
    """What a decided claim came to."""

    APPROVED = "approved"
    DENIED = "denied"
