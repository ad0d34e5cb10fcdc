import asyncio
import json
import logging
from dataclasses import replace
from decimal import Decimal

import pytest
from semantic_kernel.connectors.ai.completion_usage import CompletionUsage
from semantic_kernel.contents import FunctionCallContent
from semantic_kernel.exceptions import ServiceResponseException

from documents.result import DocumentText
from orchestration.agents.kernel import MAX_CALL_ROUNDS, MAX_CALLS
from orchestration.agents.reports import ReadingReport
from shared.errors import TurnFailed
from shared.models.claim import DocumentRecord
from shared.models.facts import Facts
from tests.orchestration.agents.claims import (
    ROSTER,
    ScriptedModel,
    a_policy,
    agent_context,
    ask,
    asks,
    facts_of,
    says,
    work,
)

REPORT = json.dumps({"summary": "Looked at."})


async def test_a_turn_puts_prompt_calls_results_and_answer_on_record_in_order() -> None:
    context = agent_context(
        facts_of(a_policy(), vendors=["Nobody Ltd"]), {"e.txt": ("repair_estimate", "Total: $2,400.00")}
    )
    reply = await work("vendor_specialist", context)
    assert [(m.role, m.name) for m in reply.messages] == [
        ("user", "claims_orchestrator"),
        ("assistant", "vendor_specialist"),
        ("tool", "vendor_specialist"),
        ("tool", "vendor_specialist"),
        ("assistant", "vendor_specialist"),
    ]
    calls = reply.messages[1].items or []
    results = [item for message in reply.messages[2:4] for item in message.items or []]
    assert [call["function_name"] for call in calls] == ["lookup_vendor", "read_document"]
    assert {result["id"] for result in results} == {call["id"] for call in calls}
    assert ReadingReport.model_validate_json(reply.messages[-1].content) == reply.report
    assert all(message.metadata == {} for message in reply.messages)


async def test_usage_counts_calls_and_tokens() -> None:
    answer = says(REPORT)
    answer.metadata["usage"] = CompletionUsage(prompt_tokens=700, completion_tokens=30)
    call = asks("history-search_claims_history", policy_number="X")
    call.metadata["usage"] = CompletionUsage(prompt_tokens=600, completion_tokens=20)
    reply = await ask("claims_history_analyst", agent_context(Facts()), ScriptedModel(call, answer))
    assert reply.usage.model_dump() == {
        "turns": 1,
        "model_calls": 2,
        "tool_calls": 1,
        "prompt_tokens": 1300,
        "completion_tokens": 50,
        "duration_seconds": 0,
        "cost": Decimal(0),
    }


async def test_an_agent_is_told_its_instructions_the_common_rules_and_the_schema_of_its_report() -> None:
    model = ScriptedModel(says(REPORT))
    await ask("policy_specialist", agent_context(Facts()), model)
    system = model.seen[0][0]
    assert ROSTER["policy_specialist"].instructions in system
    assert ROSTER.rules in system
    assert '"risk_indicators"' in system
    assert "policy_inactive" in system


@pytest.mark.parametrize("fence", ["```json\n%s\n```", "```\n%s\n```", "  %s\n"])
async def test_a_fenced_report_is_read(fence: str) -> None:
    model = ScriptedModel(says(fence % REPORT))
    reply = await ask("policy_specialist", agent_context(Facts()), model)
    assert reply.report.summary == "Looked at."


@pytest.mark.parametrize(
    "answer",
    ["I approve.", f"Sure! {REPORT}", "{}", '{"summary": 1}', '{"summary": "x", "verdict": "approve"}'],
)
async def test_an_invalid_report_goes_back_once_with_what_is_wrong(answer: str) -> None:
    model = ScriptedModel(says(answer), says(REPORT))
    reply = await ask("policy_specialist", agent_context(Facts()), model)
    assert reply.report.summary == "Looked at."
    assert [m.role for m in reply.messages] == ["user", "assistant", "user", "assistant"]
    assert reply.messages[2].content.startswith("Your report does not fit the schema: ")
    assert model.seen[1][-2:] == [answer, reply.messages[2].content]


async def test_a_second_invalid_report_fails_the_turn_without_quoting_it() -> None:
    model = ScriptedModel(says('{"summary": "x", "Jane Doe": 1}'), says("Jane Doe"))
    with pytest.raises(TurnFailed) as error:
        await ask("policy_specialist", agent_context(Facts()), model)
    assert str(error.value).startswith("policy_specialist: ")
    assert "Jane" not in str(error.value)
    assert model.answers == []


async def test_a_model_that_cannot_be_reached_fails_the_turn_without_quoting_the_claim() -> None:
    model = ScriptedModel(
        ServiceResponseException("failed on: Jane Doe was hurt", ConnectionError("Jane Doe"))
    )
    with pytest.raises(TurnFailed) as error:
        await ask("policy_specialist", agent_context(Facts()), model)
    assert "Jane" not in str(error.value)


async def test_a_role_that_nobody_knows_fails_the_turn() -> None:
    with pytest.raises(TurnFailed, match="no agent 'oracle'"):
        await ask("oracle", agent_context(Facts()), ScriptedModel())


async def test_a_tool_outside_the_roles_list_does_not_run() -> None:
    context = agent_context(Facts(), {"secret.txt": ("other", "the text of the document")})
    model = ScriptedModel(asks("claim-read_document", filename="secret.txt"), says(REPORT))
    await ask("policy_specialist", context, model)
    shown = "\n".join(model.seen[-1])
    assert "not part of the provided tools" in shown
    assert "the text of the document" not in shown


@pytest.mark.parametrize("role", list(ROSTER))
async def test_a_role_is_offered_exactly_its_tools(role: str) -> None:
    report = ROSTER[role].report_type.model_construct(summary="x", brief="y").model_dump_json()
    model = ScriptedModel(says(report))
    await ask(role, agent_context(Facts()), model)
    assert sorted(model.offered) == sorted(ROSTER[role].tools)


async def test_arguments_that_a_tool_cannot_use_come_back_as_an_error_result() -> None:
    number = a_policy().policy_number
    model = ScriptedModel(
        asks(
            "policy-check_coverage", policy_number=number, claim_type="auto_collision", incident_date="soon"
        ),
        asks("policy-lookup_policy", number=number),
        says(REPORT),
    )
    await ask("policy_specialist", agent_context(Facts()), model)
    shown = "\n".join(model.seen[-1])
    assert "incident_date is not a date of the form YYYY-MM-DD" in shown
    assert "Missing required argument(s): ['policy_number']" in shown


async def test_an_agent_that_never_stops_calling_tools_is_stopped() -> None:
    calls = [asks("claim-read_claim") for _ in range(3 * MAX_CALL_ROUNDS)]
    model = ScriptedModel(*calls)
    with pytest.raises(TurnFailed):
        await ask("intake_coordinator", agent_context(Facts()), model)
    assert len(model.seen) <= 2 * (MAX_CALL_ROUNDS + 1)


async def test_a_flood_of_tool_calls_does_not_run() -> None:
    flood = asks("claim-read_claim")
    flood.items = [
        FunctionCallContent(id=str(number), name="claim-read_claim", arguments="{}")
        for number in range(10 * MAX_CALLS)
    ]
    model = ScriptedModel(flood, says(REPORT))
    await ask("intake_coordinator", agent_context(Facts(), narrative="Hail."), model)
    results = model.seen[-1][3:]
    assert sum("Hail." in result for result in results) == MAX_CALLS
    assert sum("too many tool calls" in result for result in results) == 9 * MAX_CALLS


async def test_a_broken_tool_ends_the_turn_with_its_own_error_whatever_the_model_says(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def read_text(record: DocumentRecord) -> DocumentText:
        raise OSError(f"cannot open {record.filename}")

    context = agent_context(Facts(), {"jane_doe.txt": ("repair_estimate", "")})
    broken = replace(context, read_text=read_text)
    model = ScriptedModel(asks("claim-read_document", filename="jane_doe.txt"), says(REPORT))
    with pytest.raises(OSError, match=r"cannot open jane_doe\.txt"):
        await ask("vendor_specialist", broken, model)
    with pytest.raises(OSError, match=r"cannot open jane_doe\.txt"):
        await work("vendor_specialist", broken)
    assert "jane" not in caplog.text


async def test_logs_hold_nothing_of_the_claim(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    policy = a_policy()
    await work("policy_specialist", agent_context(facts_of(policy), narrative="Something private."))
    assert policy.policy_number not in caplog.text
    assert "private" not in caplog.text


async def test_claims_side_by_side_see_only_themselves() -> None:
    async def turn(number: int) -> tuple[int, str]:
        name = f"Garage Nr{number}X"
        documents = {
            f"estimate_{number}.txt": ("repair_estimate", f"{name}\nTotal: $1,000.00 only {number}X")
        }
        facts = facts_of(a_policy(), vendors=[name])
        reply = await work("fraud_analyst", agent_context(facts, documents, claim_id=f"CLM-{number}"))
        return number, "".join(message.model_dump_json() for message in reply.messages)

    for number, record in await asyncio.gather(*(turn(number) for number in range(16))):
        assert f"Nr{number}X" in record
        assert not [other for other in range(16) if other != number and f"Nr{other}X" in record]


async def test_the_same_claim_gives_the_same_record_again() -> None:
    context = agent_context(facts_of(a_policy()), {"e.txt": ("repair_estimate", "Total: $2,400.00")})
    assert await work("document_validator", context) == await work("document_validator", context)


async def test_a_turn_leaves_the_desk_as_it_was() -> None:
    context = agent_context(
        facts_of(a_policy()), {"e.txt": ("repair_estimate", "Joe's Garage\nTotal: $2,400.00")}
    )
    before = context.claim.model_copy(deep=True)
    for role in ROSTER:
        await work(role, context)
    assert context.claim == before
