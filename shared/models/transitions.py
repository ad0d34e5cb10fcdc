"""What a step did to a claim, found by comparing the claim before and after it.

Every record of a step is made from these transitions: its lines in the audit trail (shared/models/audit.py),
its webhook events (orchestration/phases/events.py) and its lines in the log
(orchestration/phases/business_events.py). So the three records of one commit cannot drift apart.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.models.claim import Approval, ClaimContext, DocumentRecord, RecordedDecision
from shared.models.requests import Note
from shared.models.vocabulary import ClaimState, ClaimStatus


@dataclass(frozen=True)
class Submitted:
    """A claim came in."""


@dataclass(frozen=True)
class Imported:
    """A claim was taken over from elsewhere, past its intake."""


@dataclass(frozen=True)
class DocumentFiled:
    """A document, or a new version of one, is on file."""

    document: DocumentRecord


@dataclass(frozen=True)
class NoteAdded:
    """A note of the claimant is on record."""

    note: Note


@dataclass(frozen=True)
class OfficerDecided:
    """An officer decided; unless `is_final`, the decision waits for a second officer's."""

    approval: Approval
    is_final: bool


@dataclass(frozen=True)
class ClaimDecided:
    """The claim is decided, by a rule or by as many officers as it takes."""

    decision: RecordedDecision


@dataclass(frozen=True)
class StatusChanged:
    """The claim came from one status into another; a new claim had none before."""

    previous: ClaimStatus | None
    status: ClaimStatus

    @property
    def is_resumption(self) -> bool:
        """Whether work goes on that was interrupted by a pause or a failure."""
        was_interrupted = self.previous is not None and self.previous.is_interrupted
        return was_interrupted and self.status is ClaimStatus.PROCESSING


@dataclass(frozen=True)
class UploadRejected:
    """An upload was refused. Nothing of the context shows it: whoever stages it says so."""


@dataclass(frozen=True)
class Reminded:
    """Somebody was reminded that the claim waits. Whoever stages it says so."""


@dataclass(frozen=True)
class Escalated:
    """No officer has decided in time. Whoever stages it says so."""


type Transition = (
    Submitted
    | Imported
    | DocumentFiled
    | NoteAdded
    | OfficerDecided
    | ClaimDecided
    | StatusChanged
    | UploadRejected
    | Reminded
    | Escalated
)


def transitions(before: ClaimContext | None, after: ClaimContext) -> Iterator[Transition]:
    """What the step from `before`, which is None for a new claim, to `after` did, in a fixed order.

    A step that only made progress, such as an agent's turn, yields nothing.
    """
    if before is None:
        yield Submitted() if after.state is ClaimState.INTAKE else Imported()
    documents = before.documents if before else []
    yield from (DocumentFiled(document) for document in after.documents if document not in documents)
    notes = before.notes if before else []
    yield from (NoteAdded(note) for note in after.notes if note not in notes)
    yield from _decisions(before, after)
    if before is None or before.status is not after.status:
        yield StatusChanged(before.status if before else None, after.status)


def _decisions(before: ClaimContext | None, after: ClaimContext) -> Iterator[Transition]:
    decision = after.decision if before is None or before.decision != after.decision else None
    known = before.approvals if before else []
    for approval in decision.approvals if decision else after.approvals:
        if approval not in known:
            yield OfficerDecided(approval, is_final=decision is not None)
    if decision:
        yield ClaimDecided(decision)
