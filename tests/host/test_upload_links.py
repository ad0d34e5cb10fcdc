"""Links to upload what is missing by: a claimant needs no key, and can do nothing else with them."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.host.running import ALONE, Host, collision, eventually, host_on
from tests.host.test_idempotency import fresh


async def links_of(host: Host, claim_id: str) -> dict[str, dict[str, Any]]:
    answer = await host.http.post(f"/claims/{claim_id}/upload-links")
    assert answer.status_code == 200, answer.text
    assert answer.json()["claim_id"] == claim_id
    return {link["type"]: link for link in answer.json()["links"]}


async def paused(host: Host) -> str:
    claim_id = await host.submit(collision())
    await host.until(claim_id, {"paused"})
    return claim_id


async def put(link: dict[str, Any], content: bytes = b"Enclosed as asked for.") -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as claimant:
        return await claimant.request(link["method"], link["url"], content=content, headers=link["headers"])


async def test_what_is_put_by_the_links_resumes_the_claim(host: Host) -> None:
    claim_id = await paused(host)
    links = await links_of(host, claim_id)
    assert links.keys() == {"repair_estimate", "police_report"}

    for link in links.values():
        assert (await put(link)).status_code == 201

    waiting = await host.until(claim_id, {"awaiting_decision"})
    assert {document["type"] for document in waiting["documents"]} == links.keys()


async def test_the_links_of_a_request_that_is_sent_again_are_the_same(host: Host) -> None:
    claim_id, headers = await paused(host), {"Idempotency-Key": fresh("key")}
    answers = [await host.http.post(f"/claims/{claim_id}/upload-links", headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()


async def test_a_link_that_has_expired_is_refused(tmp_path: Path) -> None:
    async with host_on(tmp_path / "data", *ALONE, UPLOAD_LINK_TTL="PT1S") as host:
        claim_id = await paused(host)
        link = (await links_of(host, claim_id))["police_report"]
        await asyncio.sleep(2.1)
        answer = await put(link)
        assert (answer.status_code, answer.json()["detail"]) == (403, "the link has expired")
        assert not (host.data / "uploads" / claim_id).exists()


async def test_a_link_can_do_nothing_else(host: Host) -> None:
    claim_id = await paused(host)
    link = (await links_of(host, claim_id))["police_report"]
    for other in (link["url"][:-1], f"{link['url']}x", link["url"].rpartition("/")[0] + "/x"):
        assert (await put(link | {"url": other})).status_code == 403
    assert (await put(link | {"method": "GET"})).status_code == 405
    assert (await put(link | {"method": "DELETE"})).status_code == 405
    assert not (host.data / "uploads" / claim_id).exists()


@pytest.mark.parametrize("content", [b"Enclosed as asked for.", b""], ids=["taken", "refused"])
async def test_what_is_put_for_an_erased_claim_is_not_kept(host: Host, content: bytes) -> None:
    claim_id = await paused(host)
    link = (await links_of(host, claim_id))["police_report"]
    assert (await host.http.delete(f"/claims/{claim_id}")).status_code == 202

    assert (await put(link, content)).status_code == 201

    log = f'"upload_of_erased", "claim_id": "{claim_id}"'
    await eventually(lambda: log in host.log.read_text(encoding="utf-8"), "it was not told")
    await eventually(lambda: {p.parent.name for p in host.holding(claim_id)} == {"tombstones", "erasures"})


async def test_a_file_that_lies_there_is_not_replaced(host: Host) -> None:
    claim_id = await paused(host)
    link = (await links_of(host, claim_id))["police_report"]
    answers = await asyncio.gather(put(link, b"one"), put(link, b"two"))
    assert 201 in {answer.status_code for answer in answers}
    assert {answer.status_code for answer in answers} <= {201, 409}


async def test_a_claim_that_is_over_or_unknown_gives_no_links(host: Host) -> None:
    claim_id = await paused(host)
    await host.http.post(f"/claims/{claim_id}/withdraw", json={"reason": "settled"})
    await host.until(claim_id, {"withdrawn"})
    assert (await host.http.post(f"/claims/{claim_id}/upload-links")).status_code == 409
    assert (await host.http.post("/claims/NONE-1/upload-links")).status_code == 404


async def test_where_nothing_is_kept_there_are_no_links(tmp_path: Path) -> None:
    async with host_on(tmp_path / "data", *ALONE, SessionStorage__path=":memory:") as host:
        claim_id = await paused(host)
        refused = await host.http.post(f"/claims/{claim_id}/upload-links")
        assert refused.status_code == 409
        assert "bring documents by a request" in refused.json()["detail"]
