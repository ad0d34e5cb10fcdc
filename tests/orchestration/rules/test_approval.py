"""The approval gate: a clean claim passes, and each condition by itself keeps a rule from approving."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from orchestration.rules.approval import (
    CONDITIONS,
    Case,
    LetterSigns,
    PaperOnFile,
    failed_conditions,
    reasons_for_an_officer,
)
from orchestration.rules.reference import Coverage, Policy
from shared.ledger import LedgerEntry
from shared.models.facts import ClaimFacts, Fact, FactStatus
from shared.models.papers import PaperReading, Vehicle

TODAY = dt.date(2026, 11, 30)
DAY = dt.date(2026, 11, 24)
OUTBACK = Vehicle(year=2021, make="Subaru", model="Outback", plate="JQX4417")
POLICY = Policy(
    policy_number="AUT-204518",
    line="auto",
    tier="standard",
    status="active",
    effective_from=dt.date(2026, 3, 1),
    effective_to=dt.date(2027, 2, 28),
    currency="USD",
    holder_name="Dana Whitfield",
    holder_email="dana.whitfield@example.com",
    holder_phone="+16145550142",
    insured_object="2021 Subaru Outback, Ohio plate JQX 4417",
    address="418 Juniper Lane, Columbus, OH 43215",
)
COVERAGE = Coverage(
    line="auto",
    tier="standard",
    claim_type="auto_collision",
    covered=True,
    limit=Decimal(25000),
    deductible=Decimal(500),
    aggregate_limit=Decimal(50000),
    note="",
)
ESTIMATE = PaperReading(
    language="en",
    fits_type=True,
    total=Decimal(820),
    adds_up=True,
    currency="USD",
    issued_on=dt.date(2026, 11, 26),
    addressee="Dana Whitfield",
    vehicles=(OUTBACK,),
)


def sure(value: Any) -> Fact[Any]:
    return Fact[Any](value=value, status=FactStatus.STATED, confidence=0.95)


CLEAN = Case(
    mode="assisted",
    facts=ClaimFacts(
        claim_type=sure("auto_collision"),
        policy_number=sure("AUT-204518"),
        incident_date=sure(DAY),
        claim_amount=sure(Decimal(820)),
        currency=sure("USD"),
        claimant_name=sure("Dana Whitfield"),
        injuries=sure(False),
        police_involved=sure(False),
    ),
    decisive=("policy_number", "incident_date", "claim_amount", "injuries", "police_involved"),
    officer_always=False,
    not_covered=(),
    missing=(),
    open_questions=(),
    priced=frozenset({"repair_estimate"}),
    required=frozenset({"repair_estimate"}),
    risk_score=0.0,
    limit=Decimal(1000),
    payout=Decimal(320),
    remaining=Decimal(50000),
    received_on=TODAY,
    policy=POLICY,
    coverage=COVERAGE,
    insured=OUTBACK,
    papers=(PaperOnFile("repair_estimate", "estimate.txt", ESTIMATE),),
    is_registered=True,
)


def with_facts(**facts: Fact[Any]) -> Callable[[Case], Case]:
    return lambda case: replace(case, facts=case.facts.model_copy(update=facts))


def with_paper(**reading: Any) -> Callable[[Case], Case]:
    changed = ESTIMATE.model_copy(update=reading)
    return lambda case: replace(case, papers=(PaperOnFile("repair_estimate", "estimate.txt", changed),))


def with_signs(**signs: Any) -> Callable[[Case], Case]:
    return lambda case: replace(case, signs=LetterSigns(**signs))


def having(**changes: Any) -> Callable[[Case], Case]:
    return lambda case: replace(case, **changes)


def at_home(*addresses: str) -> Callable[[Case], Case]:
    """The case on a home policy, with papers for these addresses."""
    home = POLICY.model_copy(update={"line": "home"})
    return lambda case: replace(with_paper(vehicles=(), addresses=addresses)(case), policy=home)


UNKNOWN = Fact[Any]()
CONFLICTING = Fact[Any](value=False, status=FactStatus.CONFLICTING, confidence=0.99)
DOUBTFUL = Fact[Any](value=False, status=FactStatus.READ, confidence=0.6)
EARLIER = LedgerEntry(
    claim_id="CLM-0",
    number=1,
    claim_type="auto_collision",
    incident_date=DAY,
    amount=Decimal(820),
    registered_at=dt.datetime(2026, 11, 29, tzinfo=dt.UTC),
)
HONDA = Vehicle(make="Honda", model="Civic")
TWO = (
    PaperOnFile("repair_estimate", "a.txt", ESTIMATE),
    PaperOnFile("repair_estimate", "b.txt", ESTIMATE.model_copy(update={"total": Decimal(700)})),
)

FAILURES: list[tuple[str, Callable[[Case], Case]]] = [
    ("mode", having(mode="human")),
    ("claim_type", with_facts(claim_type=UNKNOWN)),
    ("claim_type", with_facts(claim_type=sure("other"))),
    ("claim_type", having(officer_always=True)),
    ("claim_type", with_facts(claim_type=Fact[Any](value="auto_collision", confidence=0.5))),
    *(("decisive_facts", with_facts(injuries=fact)) for fact in (UNKNOWN, CONFLICTING, DOUBTFUL)),
    *(("decisive_facts", with_facts(police_involved=fact)) for fact in (UNKNOWN, CONFLICTING)),
    ("decisive_facts", with_facts(policy_number=UNKNOWN)),
    ("confirmed_by_rules", having(unconfirmed=("claim_amount",))),
    ("language", with_signs(languages=("es",))),
    ("language", with_paper(language="de")),
    ("nothing_missing", having(missing=("police_report",))),
    ("no_open_question", having(open_questions=("injuries",))),
    ("gathering", having(gathering_ended_early=True)),
    ("papers_read", with_paper(problem="it is a scan")),
    ("papers_read", with_paper(fits_type=False)),
    ("papers_read", with_paper(fits_type=None)),
    ("papers_read", having(papers=(PaperOnFile("repair_estimate", "ref", None, is_reference=True),))),
    ("amount_corroborated", having(papers=())),
    ("amount_corroborated", with_paper(total=None)),
    ("amount_corroborated", with_paper(total=Decimal(821))),
    ("amount_corroborated", with_paper(adds_up=False)),
    ("amount_corroborated", with_paper(adds_up=None)),
    ("amount_corroborated", having(papers=TWO)),
    ("amount_corroborated", with_facts(claim_amount=UNKNOWN)),
    ("paper_is_recent", with_paper(issued_on=dt.date(2026, 11, 20))),
    ("paper_is_recent", with_paper(issued_on=dt.date(2026, 12, 24))),
    ("paper_is_recent", with_paper(issued_on=None)),
    ("currency", with_paper(currency="EUR")),
    ("currency", with_facts(currency=sure("INR"))),
    ("currency", having(policy=None)),
    ("holder", with_facts(claimant_name=sure("Sam Stranger"))),
    ("holder", with_facts(claimant_name=UNKNOWN)),
    ("holder", with_paper(addressee="Sam Stranger")),
    ("holder", with_paper(addressee=None)),
    ("insured_object", with_paper(vehicles=(HONDA,))),
    ("insured_object", at_home("77 Harrow Court, Dayton, OH 45402")),
    ("insured_object", having(policy=None)),
    ("insured_object", with_paper(vehicles=(OUTBACK.model_copy(update={"plate": "ABC1234"}),))),
    ("insured_object", with_paper(vehicles=())),
    ("insured_object", with_signs(vehicles=(HONDA,))),
    ("insured_object", having(insured=None)),
    ("policy_active", having(policy=POLICY.model_copy(update={"status": "lapsed"}))),
    ("policy_active", with_facts(incident_date=sure(dt.date(2025, 1, 1)))),
    ("policy_active", with_facts(incident_date=sure(dt.date(2026, 12, 24)))),
    ("cover", having(not_covered=("a basic auto policy does not cover it",))),
    ("cover", having(coverage=None)),
    ("cover", having(payout=Decimal(0))),
    ("cover", having(coverage=COVERAGE.model_copy(update={"limit": Decimal(500)}))),
    ("remaining", having(remaining=Decimal(100))),
    ("like_claim", having(like_claims=(EARLIER,))),
    ("like_claim", having(is_registered=False)),
    ("one_incident", with_signs(incidents=2)),
    ("one_policy", with_paper(policy_numbers=("AUT-204533",))),
    ("one_policy", with_signs(policies=("AUT-204518", "AUT-204533"))),
    ("no_withdrawal", with_signs(is_withdrawal=True)),
    ("no_mere_question", with_signs(is_question=True)),
    ("no_doubt", with_signs(doubts=("it corrects what was said",))),
    ("notes_understood", having(unread_notes=1)),
    ("no_warning", having(indicators=["vendor_probation"])),
    ("risk", having(risk_score=0.3)),
    ("limit", having(limit=Decimal(819))),
]


def test_a_clean_claim_passes() -> None:
    assert reasons_for_an_officer(CLEAN) == []


@pytest.mark.parametrize("address", ["418 Juniper Lane", "418 Juniper Lane, Columbus, OH 43215"])
def test_papers_for_the_insured_address_pass_however_much_of_it_they_give(address: str) -> None:
    assert reasons_for_an_officer(at_home(address)(CLEAN)) == []


@pytest.mark.parametrize(("name", "spoil"), FAILURES)
def test_each_condition_by_itself_keeps_a_rule_from_approving(
    name: str, spoil: Callable[[Case], Case]
) -> None:
    assert name in failed_conditions(spoil(CLEAN))


def test_every_condition_is_tried() -> None:
    assert {name for name, _ in FAILURES} == {condition.name for condition in CONDITIONS}


def test_what_is_unknown_never_passes() -> None:
    """Every fact that is made unknown, one by one, leaves the gate closed or does not matter to it."""
    matters = {*CLEAN.decisive, "claim_type", "claimant_name"}
    for name in ClaimFacts.model_fields:
        case = with_facts(**{name: UNKNOWN})(CLEAN)
        assert bool(reasons_for_an_officer(case)) is (name in matters), name
