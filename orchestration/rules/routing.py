"""Where a claim goes on: computed from its session alone, so that an orchestration can start anywhere."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from shared.models.claim import ClaimContext, TurnRecord
from shared.models.vocabulary import ClaimState, ClaimStatus


class NextStep(StrEnum):
    """A phase to run, a wait for somebody, or the end. Workflows carry these words: they never change."""

    INTAKE = "intake"
    GATHERING = "gathering"
    ASSESSMENT = "assessment"
    HANDOFF = "handoff"
    WAIT = "wait"
    END = "end"


PHASES = (NextStep.INTAKE, NextStep.GATHERING, NextStep.ASSESSMENT, NextStep.HANDOFF)
"""The phases in the order of a claim's life."""


def step_id(phase: NextStep, role: str, round_number: int | None = None) -> str:
    """The id under which a role's turn in a phase is on record; gathering has rounds, counted from 1."""
    return f"{phase}.{role}" if round_number is None else f"{phase}.{round_number}.{role}"


def in_order(turns: Mapping[str, TurnRecord], roles: Sequence[str]) -> list[TurnRecord]:
    """Turns phase by phase, round by round, and within each in the order of `roles`.

    Which of those that ran side by side was finished first says nothing.
    """

    def place(turn: TurnRecord) -> tuple[int, int, int]:
        phase, *round_number, role = turn.step.split(".")
        return (
            PHASES.index(NextStep(phase)),
            int(round_number[0]) if round_number else 0,
            roles.index(role) if role in roles else len(roles),
        )

    return sorted(turns.values(), key=place)


def next_step(context: ClaimContext, *, human_in_loop: bool) -> NextStep:
    """What is next for a claim, given what is missing now.

    With `human_in_loop` a claim waits for what is missing; without it goes on.
    """
    if not context.status.is_open:
        return NextStep.END
    missing = human_in_loop and bool(context.missing_documents or context.missing_information)
    gathered = NextStep.GATHERING if _has_more_to_read(context) else NextStep.ASSESSMENT
    undecided = context.status is ClaimStatus.AWAITING_DECISION
    following = {
        ClaimState.INTAKE: NextStep.INTAKE,
        ClaimState.VALIDATION_COMPLETE: NextStep.WAIT if missing else NextStep.GATHERING,
        ClaimState.ADAPTIVE_GATHERING: NextStep.GATHERING,
        ClaimState.DATA_GATHERING_COMPLETE: NextStep.WAIT if missing else gathered,
        ClaimState.ASSESSMENT: NextStep.WAIT if undecided else NextStep.ASSESSMENT,
        ClaimState.DECIDED: NextStep.HANDOFF,
        ClaimState.HANDED_OFF: NextStep.END,
    }
    return following[context.state]


def on_file(context: ClaimContext) -> list[str]:
    """The documents on file, each as `type/filename` and its checksum or reference."""
    return [f"{d.type}/{d.filename} {d.sha256 or d.reference}" for d in context.documents]


def unread_documents(context: ClaimContext) -> set[str]:
    """Those of `on_file` that came after the last round of gathering was planned."""
    return set(on_file(context)) - {document for earlier in context.rounds for document in earlier.documents}


def _has_more_to_read(context: ClaimContext) -> bool:
    return context.gathering_ended == "nothing_new" and bool(unread_documents(context))
