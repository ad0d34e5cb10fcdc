"""What a claim does not take: another claim's id, a state that forbids it, fields that are wrong."""

from typing import Any

import pytest

from tests.host.bad_input.requests import ROUTES_OF_A_CLAIM, request_to
from tests.host.refusals import DECIDABLE, MARK, OVER, PAUSED, UNKNOWN, ids, refused
from tests.host.running import Host


@pytest.mark.parametrize("route", ROUTES_OF_A_CLAIM, ids="".join)
async def test_a_claim_that_is_unknown_is_not_found(host: Host, route: tuple[str, str]) -> None:
    await refused(host, 404, **request_to(UNKNOWN, route))


@pytest.mark.parametrize("route", [r for r in ROUTES_OF_A_CLAIM if r[0] == "POST"], ids="".join)
async def test_nothing_can_be_added_to_a_claim_that_is_over(host: Host, route: tuple[str, str]) -> None:
    said = await refused(host, 409, **request_to(OVER, route))
    assert "withdrawn" in said["detail"]


async def test_a_decision_before_it_is_due_is_a_conflict(host: Host) -> None:
    said = await refused(host, 409, **request_to(PAUSED, ("POST", "/decision")))
    assert "paused" in said["detail"]


DUE = {"decision": "approve", "officer_id": "jdoe", "rationale": MARK}

MALFORMED: dict[str, tuple[str, dict[str, Any], str]] = {
    "decision missing": ("decision", {"officer_id": "jdoe", "rationale": MARK}, "decision"),
    "decision unknown": ("decision", {**DUE, "decision": "maybe"}, "decision"),
    "decision in capitals": ("decision", {**DUE, "decision": "APPROVE"}, "decision"),
    "decision that is true": ("decision", {**DUE, "decision": True}, "decision"),
    "officer missing": ("decision", {"decision": "deny", "rationale": MARK}, "officer_id"),
    "officer blank": ("decision", {**DUE, "officer_id": " "}, "officer_id"),
    "rationale blank": ("decision", {**DUE, "rationale": "\n"}, "rationale"),
    "rationale that is a list": ("decision", {**DUE, "rationale": [MARK]}, "rationale"),
    "rationale too long": ("decision", {**DUE, "rationale": MARK * 2000}, "rationale"),
    "payout negative": ("decision", {**DUE, "payout_amount": -1}, "payout_amount"),
    "payout in words": ("decision", {**DUE, "payout_amount": "all"}, "payout_amount"),
    "payout of a denial": ("decision", {**DUE, "decision": "deny", "payout_amount": 1}, "payout_amount"),
    "denial without what the claimant is told": ("decision", {**DUE, "decision": "deny"}, "denial_reason"),
    "reason of an approval": ("decision", {**DUE, "denial_reason": MARK}, "denial_reason"),
    "decision with an unknown field": ("decision", {**DUE, "decided_by": "rule"}, "decided_by"),
    "withdrawal without a reason": ("withdraw", {}, "reason"),
    "withdrawal with a blank reason": ("withdraw", {"reason": " "}, "reason"),
    "withdrawal with a long reason": ("withdraw", {"reason": MARK * 100}, "reason"),
    "withdrawal with an unknown field": ("withdraw", {"reason": MARK, "who": MARK}, "who"),
    "continuation with an unknown field": ("continue", {"document": []}, "document"),
    "continuation with one document for a list": (
        "continue",
        {"documents": {"filename": "a.txt", "text": MARK}},
        "documents",
    ),
    "continuation with a document that is only a name": ("continue", {"documents": ["a.txt"]}, "documents.0"),
    "continuation with too many documents": (
        "continue",
        {"documents": [{"filename": "a.txt", "text": "x"}] * 201},
        "documents",
    ),
    "document of an unknown type": (
        "continue",
        {"documents": [{"filename": "a.txt", "type": "spaceship", "text": MARK}]},
        "documents.0.type",
    ),
    "note without a type": ("continue", {"notes": [{"content": MARK}]}, "notes.0.type"),
    "note of an unknown type": (
        "continue",
        {"notes": [{"type": "policy_number", "content": MARK}, {"type": "spaceship", "content": MARK}]},
        "notes.1.type",
    ),
    "note whose type is a path": ("continue", {"notes": [{"type": "../x", "content": MARK}]}, "notes.0.type"),
    "note that is blank": (
        "continue",
        {"notes": [{"type": "policy_number", "content": " "}]},
        "notes.0.content",
    ),
    "note that is a number": (
        "continue",
        {"notes": [{"type": "claim_amount", "content": 5}]},
        "notes.0.content",
    ),
    "note with an unknown field": (
        "continue",
        {"notes": [{"type": "policy_number", "content": MARK, "by": MARK}]},
        "notes.0.by",
    ),
}


@pytest.mark.parametrize(("verb", "body", "field"), **ids(MALFORMED))
async def test_what_is_malformed_is_refused_by_field(
    host: Host, verb: str, body: dict[str, Any], field: str
) -> None:
    await refused(host, 422, f"/claims/{DECIDABLE}/{verb}", json=body, field=field)
