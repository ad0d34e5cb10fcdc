"""Audit trail, events and log are made of the same transitions, and each knows what to make of all."""

import logging
from decimal import Decimal
from itertools import product
from typing import Any, NamedTuple, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.phases.business_events import log_transitions
from orchestration.phases.events import event_type, with_events
from shared.clock import utc_now
from shared.models.audit import audit_entries
from shared.models.claim import Approval, ClaimContext, RecordedDecision
from shared.models.events import EventType
from shared.models.requests import Note
from shared.models.transitions import (
    ClaimDecided,
    DocumentFiled,
    Escalated,
    Imported,
    NoteAdded,
    OfficerDecided,
    Reminded,
    StatusChanged,
    Submitted,
    Transition,
    UploadRejected,
    transitions,
)
from shared.models.vocabulary import ClaimState, ClaimStatus
from tests.shared.session_store.samples import new_context, record

AT = utc_now()
APPROVAL = Approval(
    decision="approve", officer_id="jdoe", rationale="plausible", payout_amount=Decimal(400), decided_at=AT
)
BY_OFFICER = RecordedDecision(
    decision="approve",
    decided_by="officer",
    officer_id="jdoe",
    rationale="plausible",
    approvals=[APPROVAL],
    decided_at=AT,
)
BY_RULE = RecordedDecision(
    decision="approve", decided_by="rule", officer_id=None, rationale="complete", decided_at=AT
)


class Records(NamedTuple):
    """What becomes of a transition: who did what, the event's type, the log's line; None where nothing."""

    act: tuple[str, str] | None
    event: EventType | None
    logged: str | None


EXPECTED: list[tuple[Transition, Records]] = [
    (Submitted(), Records(("claimant", "submitted"), "claim.received", None)),
    (Imported(), Records(("system", "imported"), None, None)),
    (DocumentFiled(record("estimate.pdf")), Records(("claimant", "document"), None, None)),
    (NoteAdded(Note(type="other", content="text")), Records(("claimant", "note"), None, None)),
    (OfficerDecided(APPROVAL, is_final=False), Records(("jdoe", "decided"), None, None)),
    (OfficerDecided(APPROVAL, is_final=True), Records(("jdoe", "decided"), None, None)),
    (ClaimDecided(BY_OFFICER), Records(None, "claim.decided", "decision")),
    (ClaimDecided(BY_RULE), Records(("rule", "decided"), "claim.decided", "decision")),
    (UploadRejected(), Records(None, "claim.document_rejected", None)),
    (Reminded(), Records(None, "claim.reminder", None)),
    (Escalated(), Records(None, "claim.escalated", None)),
]
REACHED: dict[ClaimStatus, Records] = {
    ClaimStatus.PROCESSING: Records(None, None, "status"),
    ClaimStatus.PAUSED: Records(("system", "paused"), "claim.paused", "status"),
    ClaimStatus.AWAITING_DECISION: Records(
        ("system", "awaiting_decision"), "claim.awaiting_decision", "status"
    ),
    ClaimStatus.COMPLETED: Records(("system", "handed_off"), None, "status"),
    ClaimStatus.EXPIRED: Records(("system", "expired"), "claim.expired", "status"),
    ClaimStatus.WITHDRAWN: Records(("claimant", "withdrawn"), "claim.withdrawn", "status"),
    ClaimStatus.FAILED: Records(("system", "failed"), "claim.failed", "status"),
}
RESUMED = Records(("system", "resumed"), "claim.resumed", "status")


def of_status(previous: ClaimStatus | None, status: ClaimStatus) -> Records:
    is_resumed = previous in {ClaimStatus.PAUSED, ClaimStatus.FAILED} and status is ClaimStatus.PROCESSING
    return RESUMED if is_resumed else REACHED[status]


def records_of(
    transition: Transition, before: ClaimContext | None, after: ClaimContext, caplog: pytest.LogCaptureFixture
) -> Records:
    caplog.clear()
    log_transitions([transition], before, after)
    entries = audit_entries([transition], after)
    return Records(
        (entries[0].who, entries[0].act) if entries else None,
        event_type(transition),
        caplog.messages[0].split('"')[3] if caplog.messages else None,
    )


def test_each_kind_of_transition_has_its_records(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    kinds = {StatusChanged, *(type(transition) for transition, _ in EXPECTED)}
    assert kinds == set(get_args(Transition.__value__))
    after = new_context()
    steps = [(a, b) for a, b in product([None, *ClaimStatus], ClaimStatus) if a is not b]
    of_statuses = [(StatusChanged(a, b), of_status(a, b)) for a, b in steps]
    for transition, expected in [*EXPECTED, *of_statuses]:
        assert records_of(transition, after, after, caplog) == expected, transition


def fields_of_a_claim() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {},
        optional={
            "status": st.sampled_from(ClaimStatus),
            "documents": st.lists(st.sampled_from([record(n) for n in "ab"]), max_size=2),
            "notes": st.lists(st.sampled_from([Note(type="other", content=c) for c in "ab"]), max_size=2),
            "approvals": st.sampled_from([[], [APPROVAL]]),
            "decision": st.sampled_from([None, BY_OFFICER, BY_RULE]),
            "missing_documents": st.just(["police_report"]),
            "notices": st.integers(0, 3),
        },
    )


@given(fields_of_a_claim(), fields_of_a_claim())
def test_the_records_of_any_commit_are_those_of_its_transitions(
    earlier: dict[str, Any], later: dict[str, Any]
) -> None:
    before = new_context(**earlier)
    after = before.with_changes(**later)
    found = list(transitions(before, after))

    changed = [t for t in found if isinstance(t, StatusChanged)]
    assert changed == ([StatusChanged(before.status, after.status)] if before.status != after.status else [])
    new_documents = [document for document in after.documents if document not in before.documents]
    assert [t.document for t in found if isinstance(t, DocumentFiled)] == new_documents
    decided = [t.decision for t in found if isinstance(t, ClaimDecided)]
    assert decided == ([after.decision] if after.decision and after.decision != before.decision else [])
    of_each = [entry for t in found for entry in audit_entries([t], after)]
    assert audit_entries(found, after) == of_each
    events = with_events(after, found)
    assert [event.type for event in events.outbox] == [e for t in found if (e := event_type(t))]
    assert events.event_count == len(events.outbox)


@given(fields_of_a_claim())
def test_a_claim_that_is_not_changed_has_no_transitions_and_a_new_one_begins_with_how_it_came(
    fields: dict[str, Any],
) -> None:
    context = new_context(**fields)
    assert list(transitions(context, context)) == []
    first, *_, last = transitions(None, context)
    assert (first, last) == (Submitted(), StatusChanged(None, context.status))
    elsewhere = new_context(**fields, state=ClaimState.VALIDATION_COMPLETE)
    assert next(transitions(None, elsewhere)) == Imported()
