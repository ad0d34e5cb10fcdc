import json
from typing import Any

from orchestration.agents.plugins.assessment import AssessmentTools
from orchestration.agents.plugins.claim import DOCUMENT_TEXT_LIMIT, ClaimTools
from orchestration.agents.plugins.policy import PolicyTools
from shared.models.claim import TurnRecord
from shared.models.facts import Facts
from tests.orchestration.agents.claims import (
    NO_TEXT,
    REFERENCE,
    TODAY,
    a_policy,
    agent_context,
    facts_of,
    policies,
)


async def read(filename: str, documents: dict[str, tuple[str, str]]) -> dict[str, Any]:
    tools = ClaimTools(agent_context(Facts(), documents), REFERENCE)
    return json.loads(await tools.read_document(filename))


async def test_a_document_that_is_not_on_file_is_refused_with_what_there_is() -> None:
    answer = await read("../secret.txt", {"bill.txt": ("itemized_bill", "x")})
    assert answer == {"error": "no document of that name is on file; there is bill.txt"}


async def test_a_long_document_is_cut_and_says_so() -> None:
    answer = await read("long.txt", {"long.txt": ("other", "x" * (DOCUMENT_TEXT_LIMIT + 1))})
    assert (len(answer["text"]), answer["truncated"]) == (DOCUMENT_TEXT_LIMIT, True)


async def test_a_document_that_cannot_be_read_says_why() -> None:
    answer = await read("scan.pdf", {"scan.pdf": ("other", "")})
    assert (answer["text"], answer["problem"]) == ("", f"could not be read: {NO_TEXT}")


async def test_documents_of_one_name_and_two_types_are_both_read() -> None:
    context = agent_context(Facts(), {"scan.txt": ("itemized_bill", "text")})
    twin = context.claim.documents[0].model_copy(update={"type": "procedure_codes"})
    context.claim.documents.append(twin)
    answer = json.loads(await ClaimTools(context, REFERENCE).read_document("scan.txt"))
    assert answer["text"] == "text\n\ntext"


def test_what_was_paid_this_year_lessens_what_remains() -> None:
    past = next(
        claim
        for policy in policies()
        for claim in REFERENCE.past_claims(policy_number=policy.policy_number)
        if claim.amount_paid > 0
    )
    tools = PolicyTools(agent_context(Facts()), REFERENCE)
    answer = json.loads(
        tools.check_coverage(past.policy_number, past.claim_type, past.incident_date.isoformat())
    )
    assert answer["paid_this_year"] >= float(past.amount_paid)
    assert answer["remaining_aggregate"] == max(0, answer["aggregate_limit"] - answer["paid_this_year"])


def test_cover_is_not_computed_for_a_policy_that_nobody_knows() -> None:
    tools = PolicyTools(agent_context(Facts()), REFERENCE)
    answer = json.loads(tools.check_coverage("AUT-000000", "auto_collision", "2026-11-01"))
    assert answer == {"error": "no policy with this number is known"}


def test_requirements_are_those_of_the_desk() -> None:
    context = agent_context(facts_of(a_policy(), email=None, phone=None))
    answer = json.loads(ClaimTools(context, REFERENCE).check_requirements())
    assert [document["type"] for document in answer["missing_documents"]] == ["repair_estimate"]
    assert answer["missing_information"] == ["contact_information"]


def test_reports_on_record_are_given_whole() -> None:
    turn = TurnRecord(step="s", role="policy_specialist", report={"summary": "x"}, finished_at=TODAY)
    tools = AssessmentTools(agent_context(Facts(), turns={"s": turn}), REFERENCE)
    assert json.loads(tools.read_reports()) == {
        "reports": [{"step": "s", "role": "policy_specialist", "report": {"summary": "x"}}]
    }
    assert json.loads(tools.read_assessment()) == {"assessment": None}
