"""Two that want different things of a claim, one before the other, the other way round, and at once: what
comes of it is one of what may be, and the audit trail holds.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.host.running import Host, collision, host_on

Act = Callable[[Host, str], Awaitable[httpx.Response | None]]
PAPERS = ("repair_estimate", "police_report")
TIMES = 4
"""How many claims are raced for at once: each finds its own moment."""
ORDERS = ("one after the other", "the other way round", "at once")


async def in_order(
    order: str, one: Awaitable[httpx.Response | None], other: Awaitable[httpx.Response | None]
) -> tuple[int, int]:
    """The statuses of the answers to both; 0 where one is no request."""
    if order == "at once":
        answers = await asyncio.gather(one, other)
    elif order == "one after the other":
        answers = (await one, await other)
    else:
        first = await other
        answers = (await one, first)
    first, second = (answer.status_code if answer else 0 for answer in answers)
    return first, second


async def acts_of(host: Host, claim_id: str) -> list[str]:
    """What was done with a claim, of which the audit trail holds."""
    trail = (await host.http.get(f"/claims/{claim_id}/audit")).json()
    assert trail["broken_line"] is None, trail
    return [line["act"] for line in trail["lines"]]


async def withdraw(host: Host, claim_id: str) -> httpx.Response:
    return await host.http.post(f"/claims/{claim_id}/withdraw", json={"reason": "settled"})


async def send_papers(host: Host, claim_id: str) -> httpx.Response:
    documents = [{"type": kind, "filename": f"{kind}.txt", "text": f"{kind}: enclosed"} for kind in PAPERS]
    return await host.http.post(f"/claims/{claim_id}/continue", json={"documents": documents})


async def sweep(host: Host, _: str) -> None:
    await host.admin("sweep")


async def until(moment: datetime) -> None:
    await asyncio.sleep((moment - datetime.now(UTC)).total_seconds())


async def paused(host: Host) -> str:
    claim_id = await host.submit(collision())
    await host.until(claim_id, {"paused"})
    return claim_id


async def awaiting_decision(host: Host) -> str:
    claim_id = await paused(host)
    await host.bring(claim_id, *PAPERS)
    await host.until(claim_id, {"awaiting_decision"})
    return claim_id


# --- papers and the work ------------------------------------------------------------------------------


@pytest.mark.parametrize("apart", [0.0, 0.02, 0.06, 0.12])
async def test_a_claim_goes_on_whatever_comes_in_while_it_is_worked(host: Host, apart: float) -> None:
    async def race() -> None:
        claim_id = await paused(host)
        await host.bring(claim_id, *PAPERS)
        for kind in ("medical_records", "incident_photos", "witness_statement", "itemized_bill"):
            await asyncio.sleep(apart)
            await host.bring(claim_id, kind)

        claim = await host.until(claim_id, {"awaiting_decision"})

        assert {d["type"] for d in claim["documents"]} >= {*PAPERS, "incident_photos", "itemized_bill"}

    await asyncio.gather(*(race() for _ in range(TIMES)))


# --- decision and withdrawal -------------------------------------------------------------------------


@pytest.mark.parametrize("order", ORDERS)
async def test_a_claim_is_decided_or_withdrawn_and_never_both(host: Host, order: str) -> None:
    async def race() -> None:
        claim_id = await awaiting_decision(host)
        decision, withdrawal = await in_order(order, host.decide(claim_id), withdraw(host, claim_id))
        assert {decision, withdrawal} <= {202, 409}
        assert 202 in {decision, withdrawal}

        claim = await host.until(claim_id, {"completed", "withdrawn"})

        acts = await acts_of(host, claim_id)
        has_handoff = "handoff.json" in host.session_files(claim_id)
        if claim["status"] == "completed":
            assert (decision, claim["outcome"]) == (202, "approved")
            assert has_handoff
            assert acts[-2:] == ["decided", "handed_off"]
            assert "withdrawn" not in acts
        else:
            assert (claim["status"], withdrawal, claim["decision"]) == ("withdrawn", 202, None)
            assert not has_handoff
            assert acts[-1] == "withdrawn"
            assert "decided" not in acts
        if order == "one after the other":
            assert claim["status"] == "completed"
        if order == "the other way round":
            assert claim["status"] == "withdrawn"

    await asyncio.gather(*(race() for _ in range(TIMES)))


# --- continue and expiry -----------------------------------------------------------------------------


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hasty(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Host]:
    """A host on which no pause lasts long, and the sweep comes only when it is called."""
    data = tmp_path_factory.mktemp("races") / "data"
    async with host_on(data, SESSION_TTL="PT5S", SESSION_SWEEP_SCHEDULE="0 0 0 1 1 *") as running:
        yield running


@pytest.mark.parametrize("order", ORDERS)
async def test_a_claim_goes_on_with_what_was_sent_or_has_expired(hasty: Host, order: str) -> None:
    async def race(moment: float) -> None:
        claim_id = await paused(hasty)
        due = datetime.fromisoformat((await hasty.claim(claim_id))["expires_at"])

        async def send() -> httpx.Response:
            if order != "one after the other":
                await until(due + timedelta(seconds=moment))
            return await send_papers(hasty, claim_id)

        async def expire() -> None:
            await until(due)
            await sweep(hasty, claim_id)

        sent, _ = await in_order(order, send(), expire())
        assert sent in {202, 409}

        claim = await hasty.until(claim_id, {"awaiting_decision", "expired"})

        acts = await acts_of(hasty, claim_id)
        if claim["status"] == "awaiting_decision":
            assert sent == 202
            assert "expired" not in acts
        else:
            assert acts.count("expired") == 1
            assert "resumed" not in acts
        if sent == 202:  # what was taken is on file, even where it came too late
            claim = await hasty.until(claim_id, lambda claim: len(claim["documents"]) == len(PAPERS))
        else:
            assert claim["documents"] == []
        if order == "one after the other":
            assert claim["status"] == "awaiting_decision"
        if order == "the other way round":
            assert claim["status"] == "expired"

    moments = (0.2, 0.3, 0.4, 0.5) if order == "the other way round" else (-0.03, -0.01, 0.0, 0.02)
    await asyncio.gather(*map(race, moments))


# --- erasure and everything --------------------------------------------------------------------------


def getting(path: str) -> Act:
    async def get(host: Host, claim_id: str) -> httpx.Response:
        return await host.http.get(f"/claims/{claim_id}{path}")

    return get


async def submit_again(host: Host, claim_id: str) -> httpx.Response:
    return await host.http.post("/claims", json=collision(claim_id=claim_id))


async def send_file(host: Host, claim_id: str) -> httpx.Response:
    path = f"/claims/{claim_id}/documents"
    return await host.http.post(path, params={"filename": "police_report.txt"}, content="police report")


async def drop_upload(host: Host, claim_id: str) -> None:
    file = host.data / "uploads" / claim_id / "police_report.txt"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("police report")


async def ask_for_links(host: Host, claim_id: str) -> httpx.Response:
    return await host.http.post(f"/claims/{claim_id}/upload-links")


async def decide(host: Host, claim_id: str) -> httpx.Response:
    return await host.decide(claim_id)


async def erase(host: Host, claim_id: str) -> httpx.Response:
    return await host.http.delete(f"/claims/{claim_id}")


ACTS: dict[str, Act] = {
    "reading": getting(""),
    "waiting": getting("?wait=1&until=completed"),
    "missing documents": getting("/missing-documents"),
    "history": getting("/history"),
    "audit": getting("/audit"),
    "export": getting("/export"),
    "continue": send_papers,
    "documents": send_file,
    "upload": drop_upload,
    "upload links": ask_for_links,
    "decision": decide,
    "withdrawal": withdraw,
    "erasure": erase,
    "sweep": sweep,
}


async def leaves_nothing(host: Host, claim_id: str) -> None:
    """Wait until there is nothing of a claim but its tombstone, with the sweep's help."""
    for _ in range(20):
        left = {path.relative_to(host.data).parts[0] for path in host.holding(claim_id)}
        if left <= {"sessions-erased"}:
            return
        await host.admin("sweep")
        await asyncio.sleep(0.1)
    raise AssertionError(host.holding(claim_id))


@pytest.mark.parametrize("act", ACTS)
async def test_an_erased_claim_stays_erased_whatever_else_is_asked(host: Host, act: str) -> None:
    async def race(order: str) -> None:
        claim_id = await (awaiting_decision if act == "decision" else paused)(host)
        erasure, other = await in_order(order, erase(host, claim_id), ACTS[act](host, claim_id))
        assert erasure == 202
        assert other in {0, 200, 201, 202, 404, 409}
        if order == "one after the other" and act != "erasure":
            assert other in {0, 404}

        await leaves_nothing(host, claim_id)

        assert (await host.http.get(f"/claims/{claim_id}")).status_code == 404
        assert (await erase(host, claim_id)).status_code == 202

    await asyncio.gather(*map(race, (*ORDERS, "at once")))


@pytest.mark.parametrize("order", ORDERS)
async def test_a_claim_that_is_erased_and_submitted_again_is_gone_or_new_as_a_whole(
    host: Host, order: str
) -> None:
    async def race(number: int) -> None:
        claim_id = f"AGAIN-{ORDERS.index(order)}-{number}"
        await host.submit(collision(claim_id=claim_id))
        await host.until(claim_id, {"paused"})
        erasure, again = await in_order(order, erase(host, claim_id), submit_again(host, claim_id))
        assert (erasure, again) == (202, 202)
        found: dict[str, Any] | None = None
        answer = await host.http.get(f"/claims/{claim_id}")
        if answer.status_code == 200:
            found = await host.until(claim_id, {"paused"})
            assert (await acts_of(host, claim_id))[:1] == ["submitted"]
        else:
            await leaves_nothing(host, claim_id)
        if order == "one after the other":
            assert found
        if order == "the other way round":
            assert not found

    await asyncio.gather(*(race(number) for number in range(TIMES)))
