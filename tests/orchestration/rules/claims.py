"""Claims that the rules are tried on, over our reference data."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from orchestration.reference.files import load_reference_data, load_requirements
from orchestration.rules.decision import Circumstances, assess, outcome_of
from orchestration.rules.reference import Policy
from shared.ledger import LedgerBook
from shared.models.claim import Assessment, ClaimContext, DocumentRecord, RecordedDecision
from shared.models.facts import ClaimFacts, Facts
from shared.models.papers import PaperReading, Vehicle
from shared.models.requests import Submission

REQUIREMENTS = load_requirements()
REFERENCE = load_reference_data()

DATA = Path(__file__).parents[3] / "data"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


POLICIES = [Policy.model_validate(entry) for entry in json.loads((DATA / "policies.json").read_text())]
VENDORS = json.loads((DATA / "vendors.json").read_text())


def policy(line: str, tier: str = "standard", status: str = "active") -> Policy:
    """A policy of our data that was in force for months and was paid nothing this year."""
    reference = REFERENCE
    return next(
        p
        for p in POLICIES
        if (p.line, p.tier, p.status) == (line, tier, status)
        and p.effective_from < date(2026, 9, 1)
        and (status != "active" or p.effective_to > NOW.date())
        and len(reference.past_claims(policy_number=p.policy_number)) < 3
        and reference.paid_in_year(p.policy_number, "auto_collision", NOW.year) == 0
        and not reference.watch_list_hits(names=[p.holder_name], emails=[], phones=[])
    )


SHA256 = {"repair_estimate": "1" * 64, "incident_photos": "2" * 64}
INSURED = Vehicle(year=2021, make="Subaru", model="Outback")
"""The vehicle of every policy that these tests assess."""


def claim(of: Policy | None, **facts: Any) -> ClaimContext:
    """A claim with an estimate that bears out what it claims, and a photo."""
    known: dict[str, Any] = {
        "claim_type": "auto_collision",
        "policy_number": of.policy_number if of else None,
        "incident_date": date(2026, 11, 10),
        "incident_location": "Springfield",
        "incident_description": "It rolled.",
        "claim_amount": Decimal(900),
        "claimant_name": of.holder_name if of else "Jo Doe",
        "email": "jo@example.com",
        "injuries": False,
        "police_involved": False,
        "theft_or_vandalism": False,
    } | facts
    estimate = PaperReading(
        language="en",
        fits_type=True,
        total=known["claim_amount"],
        adds_up=True,
        issued_on=date(2026, 11, 15),
        addressee=known["claimant_name"],
        vehicles=(INSURED,),
    )
    return ClaimContext(
        claim_id="CLM-1",
        created_at=NOW,
        submission=Submission(),
        submission_sha256="0" * 64,
        evidence=ClaimFacts.given(Facts.model_validate(known), at=NOW),
        documents=[
            DocumentRecord(type=kind, filename=f"{kind}.txt", size=1, sha256=SHA256[kind], received_at=NOW)
            for kind in SHA256
        ],
        readings={
            SHA256["repair_estimate"]: estimate,
            SHA256["incident_photos"]: PaperReading(fits_type=True),
        },
    )


def book_of(context: ClaimContext) -> LedgerBook:
    """The ledger of the claim's policy with the claim alone."""
    facts = context.facts
    return LedgerBook().with_claim(
        context.claim_id,
        claim_type=facts.claim_type or "other",
        incident_date=facts.incident_date,
        amount=facts.claim_amount,
        now=NOW,
    )


def assessed(context: ClaimContext, mode: str = "assisted", limit: int = 1000) -> Assessment:
    return assess(
        context,
        REFERENCE,
        REQUIREMENTS,
        Circumstances(insured=INSURED, book=book_of(context)),
        mode=mode,  # pyright: ignore[reportArgumentType]
        auto_approve_limit=Decimal(limit),
    )


def decided(decision: str = "approve", by: str = "officer") -> ClaimContext:
    context = claim(policy("auto"))
    recorded = RecordedDecision(
        decision=decision,  # pyright: ignore[reportArgumentType]
        decided_by=by,  # pyright: ignore[reportArgumentType]
        officer_id="jdoe" if by == "officer" else None,
        rationale="plausible",
        payout_amount=Decimal("400.50") if decision == "approve" else None,
        decided_at=NOW,
    )
    update = {"assessment": assessed(context), "decision": recorded, "outcome": outcome_of(recorded)}
    return context.model_copy(update=update)
