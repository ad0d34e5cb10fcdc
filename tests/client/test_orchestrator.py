"""The Python API against a server that gives the documented responses."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from client import (
    ApiError,
    CannotConnect,
    ClaimsOrchestrator,
    ConfigError,
    InputError,
    build_orchestrator,
)
from client.responses import Claim, Message
from client.transport import Transport
from tests.client.conftest import Server
from tests.client.stand_in import READS_WHILE_PROCESSING, problem, too_many_requests


@pytest.fixture
async def orchestrator(server: Server) -> AsyncIterator[ClaimsOrchestrator]:
    async with await build_orchestrator({"url": server.url}) as orchestrator:
        yield orchestrator


async def test_a_claim_is_returned_once_it_has_come_to_rest(
    orchestrator: ClaimsOrchestrator, server: Server
) -> None:
    claim = await orchestrator.process_claim({"claim_id": "CLM-7", "narrative": "a crash"})
    assert claim["claim_id"] == "CLM-7"
    assert claim["status"] == "paused"
    assert claim.get("missing_documents") == ["police_report"]
    assert claim.get("missing_information") == ["incident_location"]
    assert server.stand_in.requests.count(("GET", "/api/claims/CLM-7")) == READS_WHILE_PROCESSING + 1


async def test_a_claim_goes_on_with_documents_and_notes(
    orchestrator: ClaimsOrchestrator, server: Server
) -> None:
    server.stand_in.claim("CLM-7")
    claim = await orchestrator.continue_claim(
        claim_id="CLM-7",
        additional_documents={
            "documents": [{"filename": "police_report.pdf", "content": b"report"}],
            "notes": [{"type": "incident_location", "content": "Main St"}],
        },
    )
    assert claim["status"] == "awaiting_decision"
    assert server.stand_in.requests.count(("POST", "/api/claims/CLM-7/continue")) == 1


async def test_additional_documents_may_be_a_list_of_paths(
    orchestrator: ClaimsOrchestrator, server: Server, report: Path
) -> None:
    server.stand_in.claim("CLM-7")
    await orchestrator.continue_claim("CLM-7", [report])
    documents = server.stand_in.claims["CLM-7"].documents
    assert documents == {"police_report.pdf": ("police_report", report.read_bytes())}


@pytest.mark.parametrize(
    "additions",
    [
        ["/etc/hostname"],
        "/etc/hostname",
        {"documents": ["/etc/hostname"]},
        {"documents": [{"path": "/etc/hostname"}]},
    ],
)
async def test_text_is_never_taken_for_a_path(
    orchestrator: ClaimsOrchestrator, server: Server, additions: Any
) -> None:
    server.stand_in.claim("CLM-7")
    with pytest.raises(InputError):
        await orchestrator.continue_claim("CLM-7", additions)
    assert server.stand_in.claims["CLM-7"].documents == {}


async def test_additional_documents_with_an_unknown_key_are_refused_by_its_name(
    orchestrator: ClaimsOrchestrator,
) -> None:
    with pytest.raises(InputError, match="document_list"):
        await orchestrator.continue_claim("CLM-7", {"document_list": []})


async def test_documents_too_large_for_one_request_go_in_several(server: Server) -> None:
    server.stand_in.claim("CLM-7")
    documents = [{"filename": f"{n}.txt", "content": b"12345"} for n in range(3)]
    notes = [{"type": "incident_location", "content": "Main St"}]
    async with aclosing(Transport(server.url)) as transport:
        orchestrator = ClaimsOrchestrator(transport, AsyncExitStack(), inline_bytes=10)
        await orchestrator.continue_claim("CLM-7", {"documents": documents, "notes": notes})
    assert server.stand_in.claims["CLM-7"].notes == {"incident_location": "Main St"}
    assert set(server.stand_in.claims["CLM-7"].documents) == {"0.txt", "1.txt", "2.txt"}
    assert server.stand_in.requests.count(("POST", "/api/claims/CLM-7/continue")) == 3


async def test_text_is_a_claim_and_a_path_is_a_claim_file(
    orchestrator: ClaimsOrchestrator, server: Server, tmp_path: Path
) -> None:
    await orchestrator.process_claim("somebody drove into my car")
    letter = tmp_path / "claim.md"
    letter.write_text("# a letter", encoding="utf-8")
    await orchestrator.process_claim(letter)
    assert server.stand_in.submissions == [b"somebody drove into my car", b"# a letter"]
    assert server.stand_in.content_types == ["text/plain", "text/markdown"]


async def test_a_watch_is_told_of_every_message_once(
    orchestrator: ClaimsOrchestrator, server: Server
) -> None:
    claim = server.stand_in.claim("CLM-7")
    claim.messages = [{"role": "user", "content": f"old {n}"} for n in range(5)]
    seen: list[Message] = []
    states: list[Claim] = []

    def watch(claim: Claim, messages: list[Message]) -> None:
        states.append(claim)
        seen.extend(messages)

    await orchestrator.continue_claim("CLM-7", watch=watch)
    assert [message.get("name") for message in seen] == ["document_validator"]
    assert [state["status"] for state in states] == ["processing", "processing", "paused"]


async def test_a_wait_outlives_trouble_that_passes(orchestrator: ClaimsOrchestrator, server: Server) -> None:
    server.stand_in.claim("CLM-7")
    server.stand_in.fail_next = [web.Response(status=503), web.Response(status=429)]
    assert (await orchestrator.wait_until_at_rest("CLM-7"))["status"] == "paused"


async def test_a_wait_does_not_outlive_a_refusal(orchestrator: ClaimsOrchestrator) -> None:
    with pytest.raises(ApiError) as refusal:
        await orchestrator.wait_until_at_rest("CLM-404")
    assert refusal.value.status == 404


async def test_a_call_that_a_limit_holds_up_is_made_again_when_the_server_says_so(
    orchestrator: ClaimsOrchestrator, server: Server
) -> None:
    server.stand_in.claim("CLM-7")
    server.stand_in.fail_next = [too_many_requests(0), too_many_requests(1)]
    begun = time.monotonic()
    await orchestrator.withdraw("CLM-7", "settled")
    assert server.stand_in.claims["CLM-7"].over == "withdrawn"
    assert time.monotonic() - begun >= 1


@pytest.mark.parametrize(("retry_after", "asked"), [(0, 4), (61, 1)])
async def test_a_limit_is_not_waited_for_without_end(
    orchestrator: ClaimsOrchestrator, server: Server, retry_after: int, asked: int
) -> None:
    server.stand_in.claim("CLM-7")
    server.stand_in.fail_next = [too_many_requests(retry_after) for _ in range(9)]
    with pytest.raises(ApiError, match=f"try again in {retry_after} seconds") as refusal:
        await orchestrator.withdraw("CLM-7", "settled")
    assert refusal.value.status == 429
    assert len(server.stand_in.requests) == asked


async def test_a_refusal_carries_its_fields(orchestrator: ClaimsOrchestrator) -> None:
    with pytest.raises(ApiError) as refusal:
        await orchestrator.process_claim({"colour": "red"})
    assert refusal.value.status == 422
    assert refusal.value.title == "Invalid input"
    assert refusal.value.detail == "1 field is wrong"
    assert refusal.value.errors == [{"field": "colour", "message": "unknown field"}]


async def test_a_claim_is_decided_and_its_sessions_listed_and_erased(
    orchestrator: ClaimsOrchestrator, server: Server
) -> None:
    server.stand_in.claim(
        "CLM-7", documents={"p.pdf": ("police_report", b"x")}, notes={"incident_location": "Main St"}
    )
    decided = await orchestrator.decide("CLM-7", "deny", officer_id="jdoe", rationale="lapsed")
    assert decided.get("outcome") == "denied"
    assert [session["claim_id"] for session in await orchestrator.list_sessions("completed")] == ["CLM-7"]
    assert (await orchestrator.history("CLM-7"))[-1].get("name") == "handoff_agent"
    await orchestrator.erase("CLM-7")
    with pytest.raises(ApiError, match="there is no such claim"):
        await orchestrator.get_status("CLM-7")


async def test_sessions_are_searched_for(orchestrator: ClaimsOrchestrator, server: Server) -> None:
    then = datetime(2026, 11, 22, 15, tzinfo=timezone(timedelta(hours=1)))
    await orchestrator.list_sessions(claim_type="medical", saved_after=then, saved_before=None)
    _ = [one async for one in orchestrator.summaries("paused", missing_document="medical_records")]
    assert server.stand_in.searches == [
        {"claim_type": "medical", "saved_after": "2026-11-22T15:00:00+01:00"},
        {"status": "paused", "missing_document": "medical_records"},
    ]


async def test_a_claim_that_comes_again_is_listed_once_as_it_was_seen_last(
    orchestrator: ClaimsOrchestrator, server: Server
) -> None:
    pages = [([("CLM-1", 1), ("CLM-2", 1)], "x"), ([("CLM-1", 2)], None)]
    server.stand_in.fail_next = [
        web.json_response(
            {
                "claims": [{"claim_id": claim_id, "revision": revision} for claim_id, revision in claims],
                "continuation": continuation,
            }
        )
        for claims, continuation in pages
    ]
    listed: list[Any] = await orchestrator.list_sessions("processing")
    assert {(claim["claim_id"], claim["revision"]) for claim in listed} == {("CLM-1", 2), ("CLM-2", 1)}
    assert len(listed) == 2


async def test_erase_returns_once_the_claim_is_gone(orchestrator: ClaimsOrchestrator, server: Server) -> None:
    server.stand_in.claim("CLM-7")
    await orchestrator.erase("CLM-7")
    assert server.stand_in.claims == {}


async def test_many_claims_at_once_each_get_their_own_result(orchestrator: ClaimsOrchestrator) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(orchestrator.process_claim({"claim_id": f"CLM-{number}"}))
            for number in range(20)
        ]
    assert [task.result()["claim_id"] for task in tasks] == [f"CLM-{number}" for number in range(20)]


async def test_nobody_at_the_address_is_told(nobody: str) -> None:
    async with await build_orchestrator({"url": nobody}) as orchestrator:
        with pytest.raises(CannotConnect, match=nobody):
            await orchestrator.list_sessions()


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"session_dri": "./sessions"}, "session_dri"),
        ({"session_dir": 7}, "session_dir"),
        ({"enable_human_in_loop": "perhaps"}, "enable_human_in_loop"),
        ({"key": "secret"}, "key"),
        ({"url": "http://h", "enable_human_in_loop": False}, "HUMAN_IN_LOOP"),
        ({"url": "http://h", "enable_session_persistence": False}, "SessionStorage__path"),
    ],
)
async def test_a_wrong_setting_is_refused_by_its_name(config: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words) as refusal:
        await build_orchestrator(config)
    assert "\n" not in str(refusal.value)
    assert "secret" not in str(refusal.value)


async def test_problem_json_without_fields_is_told_in_its_words(
    orchestrator: ClaimsOrchestrator, server: Server
) -> None:
    server.stand_in.fail_next = [problem(409, "Conflict", "CLM-7 is taken by another submission")]
    with pytest.raises(ApiError) as refusal:
        await orchestrator.process_claim({"claim_id": "CLM-7"})
    assert str(refusal.value) == "CLM-7 is taken by another submission"
