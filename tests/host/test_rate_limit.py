"""REQUEST_RATE_LIMIT on the running app: a caller who asks too often is told when to come back."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from tests.host.refusals import MARK, PAUSED, nothing_left_at_rest, problem
from tests.host.running import ALONE, PATIENCE, Host, host_on
from tests.test_function_app import routes

ALLOWED = 3


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def host(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Host]:
    data = tmp_path_factory.mktemp("rate-limit") / "data"
    async with host_on(data, *ALONE, REQUEST_RATE_LIMIT=f"{ALLOWED}/hour") as running:
        yield running


async def ask(host: Host, caller: str, method: str = "GET", path: str = "/claims") -> httpx.Response:
    headers = {"x-functions-key": caller, "Content-Type": "application/json"}
    content = MARK if method == "POST" else None
    return await host.http.request(method, path, headers=headers, content=content)


async def use_up(host: Host, caller: str) -> None:
    for _ in range(ALLOWED):
        assert (await ask(host, caller)).status_code == 200


async def test_every_route_but_health_refuses_a_request_too_many(host: Host) -> None:
    await use_up(host, MARK.encode().hex())
    async with nothing_left_at_rest(host):
        for method, path in (route.split() for route in routes()):
            answer = await ask(host, MARK.encode().hex(), method, path.replace("{claim_id}", PAUSED))
            if path == "/health":
                assert answer.status_code == 200
                continue
            assert problem(answer, 429)["title"] == "Too many requests"
            assert 1 <= int(answer.headers["Retry-After"]) <= 3600


async def test_other_callers_are_not_held_up(host: Host) -> None:
    await use_up(host, "busy")
    assert (await ask(host, "busy")).status_code == 429
    assert (await ask(host, "calm")).status_code == 200


async def test_requests_that_are_refused_for_another_reason_count_too(host: Host) -> None:
    for _ in range(ALLOWED):
        problem(await ask(host, "guessing", path="/claims/NONE"), 404)
    problem(await ask(host, "guessing", path="/claims/NONE"), 429)


async def test_neither_keys_nor_what_was_sent_reach_the_log(host: Host) -> None:
    await use_up(host, "s3cret")
    problem(await ask(host, "s3cret", "POST"), 429)
    assert "s3cret" not in host.log.read_text(encoding="utf-8")


async def test_it_goes_on_when_the_time_is_up(tmp_path: Path) -> None:
    async with host_on(tmp_path / "data", *ALONE, REQUEST_RATE_LIMIT="4/2 seconds") as running:
        async with asyncio.timeout(PATIENCE):
            while (answer := await running.http.get("/claims")).status_code == 200:
                pass
            problem(answer, 429)
            await asyncio.sleep(int(answer.headers["Retry-After"]))
            assert (await running.http.get("/claims")).status_code == 200


async def test_nobody_is_refused_where_no_limit_is_set(tmp_path: Path) -> None:
    async with host_on(tmp_path / "data", *ALONE, REQUEST_RATE_LIMIT="") as running:
        answers = await asyncio.gather(*(running.http.get("/claims") for _ in range(100)))
        assert {answer.status_code for answer in answers} == {200}
