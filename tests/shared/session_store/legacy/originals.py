"""Writes session folders as the original project does: three files, each rewritten in place."""

import json
from pathlib import Path
from typing import Any

LETTER = """From: dana.whitfield@example.com
Subject: Claim

My policy number is AUT-204518. On 2025-11-10 another car ran into mine at a red light."""

CONTEXT: dict[str, Any] = {
    "state": "validation_complete",
    "risk_score": 0,
    "fraud_indicators": [],
    "assessment_confidence": 0,
    "agent_decision": None,
    "decision_confidence": 0,
    "ack_sent": True,
    "info_request_sent": False,
    "sla_breached": False,
    "agent_reviewed": False,
    "handoff_status": "pending",
    "denial_package_ready": False,
    "policy_number": "AUT-204518",
    "customer": {
        "name": "Dana Whitfield",
        "email": "Dana Whitfield <dana.whitfield@example.com>",
        "phone": "555-000-0000",
    },
    "incident": {"date": "2025-11-10", "description": LETTER, "location": "unknown"},
    "submission_method": "email",
    "original_content": LETTER,
    "source_file": "shared/submission/claim_submission.md",
}

MESSAGES: list[dict[str, Any]] = [
    {"role": "user", "content": f"New claim submission:\n\n{LETTER}", "name": None, "metadata": {}},
    {"role": "assistant", "content": "Acknowledged.", "name": "intake_coordinator", "metadata": {}},
    {"role": "system", "content": "Missing documents: Police report", "name": None, "metadata": {}},
]

PAUSED = {"status": "paused_after_phase1", "paused_at": "2025-11-20T15:30:45.250000Z"}
COMPLETED = {
    "status": "completed",
    "final_status": "approved",
    "termination_reason": "approved_handoff_ready",
    "completed_at": "2025-11-21T08:00:00Z",
    "archived_at": "2025-11-21T08:00:01Z",
}
WAITED_FOR = ["Police report", "Vehicle damage photos"]


def write_original(
    folder: Path,
    claim_id: str = "CLM-1120105522",
    *,
    session: dict[str, Any] = PAUSED,
    missing: list[Any] = WAITED_FOR,
    messages: list[dict[str, Any]] = MESSAGES,
    **context: Any,
) -> Path:
    """A session folder in `folder`; `context` are keys of context.json beside the usual ones."""
    place = folder / claim_id
    place.mkdir(parents=True)
    fields = CONTEXT | {"claim_id": claim_id, "missing_documents": missing} | context
    (place / "context.json").write_text(json.dumps(fields, indent=2))
    (place / "history.jsonl").write_text("".join(json.dumps(message) + "\n" for message in messages))
    summary = {
        "claim_id": claim_id,
        "saved_at": "2025-11-20T15:30:45.250000Z",
        "message_count": len(messages),
        "status": fields["state"],
        "missing_documents": missing,
    } | session
    (place / "session.json").write_text(json.dumps(summary, indent=2))
    return place
