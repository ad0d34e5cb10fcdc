"""Where a claim goes on: computed from its session alone, so that an orchestration can start anywhere."""

from enum import StrEnum

from shared.models import ClaimContext, ClaimState, ClaimStatus


class Position(StrEnum):
    """A phase to run, a wait, or the end."""

    INTAKE = "intake"
    GATHERING = "gathering"
    ASSESSMENT = "assessment"
    HANDOFF = "handoff"
    WAIT = "wait"
    END = "end"


def position_of(context: ClaimContext, *, human_in_loop: bool) -> Position:
    """What is next for a claim, given what is missing now."""
    if context.status.is_over or context.status is ClaimStatus.FAILED:
        return Position.END
    missing = human_in_loop and bool(context.missing_documents or context.missing_information)
    undecided = context.status is ClaimStatus.AWAITING_DECISION
    following = {
        ClaimState.INTAKE: Position.INTAKE,
        ClaimState.VALIDATION_COMPLETE: Position.WAIT if missing else Position.GATHERING,
        ClaimState.ADAPTIVE_GATHERING: Position.GATHERING,
        ClaimState.DATA_GATHERING_COMPLETE: Position.WAIT if missing else Position.ASSESSMENT,
        ClaimState.ASSESSMENT: Position.WAIT if undecided else Position.ASSESSMENT,
        ClaimState.DECIDED: Position.HANDOFF,
        ClaimState.HANDED_OFF: Position.END,
    }
    return following[context.state]
