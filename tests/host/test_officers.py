"""Who may decide what: bounds, a second officer, identity and role, conflicts of interest."""

import base64
import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.host.refusals import nothing_left_at_rest, problem
from tests.host.running import ALONE, Host, collision, host_on
from triggers.http.principal import HEADER

ROLE = "ClaimsOfficer"
BOUND = 1900
"""What a `collision` of 2,400 leaves after the deductible."""


async def awaiting(host: Host, **more: Any) -> str:
    claim_id = await host.submit(collision(**more))
    await host.until(claim_id, {"paused"})
    await host.bring(claim_id, "repair_estimate", "police_report")
    waiting = await host.until(claim_id, {"awaiting_decision"})
    assert waiting["approvals"] == []
    return claim_id


def as_officer(*names: str, roles: tuple[str, ...] = (ROLE,)) -> dict[str, str]:
    kinds = ("preferred_username", "name", "oid")
    claims = [{"typ": kind, "val": name} for kind, name in zip(kinds, names, strict=False)]
    claims += [{"typ": "roles", "val": role} for role in roles]
    document = {"auth_typ": "aad", "name_typ": "name", "role_typ": "roles", "claims": claims}
    return {HEADER: base64.b64encode(json.dumps(document).encode()).decode()}


async def decide(
    host: Host, claim_id: str, headers: dict[str, str] | None = None, **body: Any
) -> httpx.Response:
    reason = {"denial_reason": "It is not covered."} if body.get("decision") == "deny" else {}
    whole = {"decision": "approve", "officer_id": "jdoe", "rationale": "plausible", **reason, **body}
    return await host.http.post(f"/claims/{claim_id}/decision", json=whole, headers=headers or {})


async def refused(host: Host, status: int, claim_id: str, *arguments: Any, **body: Any) -> dict[str, Any]:
    async with nothing_left_at_rest(host):
        answer = await decide(host, claim_id, *arguments, **body)
    return problem(answer, status)


# --- bounds and four eyes ---------------------------------------------------------------------------


async def test_one_officer_pays_up_to_what_the_rules_allow(host: Host) -> None:
    claim_id = await awaiting(host)
    assert (await decide(host, claim_id, payout_amount=BOUND)).status_code == 202
    done = await host.until(claim_id, {"completed"})
    assert done["decision"]["payout_amount"] == BOUND
    assert [a["officer_id"] for a in done["decision"]["approvals"]] == ["jdoe"]


async def test_more_than_the_rules_allow_needs_a_reason_and_a_second_officer(host: Host) -> None:
    claim_id = await awaiting(host)
    said = await refused(host, 422, claim_id, payout_amount=BOUND + 0.01)
    assert [error["field"] for error in said["errors"]] == ["override_reason"]

    more: dict[str, Any] = {"payout_amount": BOUND + 100, "override_reason": "goodwill"}
    assert (await decide(host, claim_id, **more)).status_code == 202
    waiting = await host.until(claim_id, lambda claim: bool(claim["approvals"]))
    assert (waiting["status"], waiting["decision"], waiting["outcome"]) == ("awaiting_decision", None, None)
    (approval,) = waiting["approvals"]
    assert approval | more == approval
    assert (approval["officer_id"], approval["identity"]) == ("jdoe", None)

    for same in ("jdoe", " JDoe "):
        await refused(host, 409, claim_id, officer_id=same, **more)
    assert (await decide(host, claim_id, officer_id="asmith", payout_amount=BOUND + 100)).status_code == 202
    done = await host.until(claim_id, {"completed"})
    assert (done["outcome"], done["approvals"]) == ("approved", [])
    decision = done["decision"]
    assert decision | more == decision
    assert [a["officer_id"] for a in decision["approvals"]] == ["jdoe", "asmith"]


async def test_a_second_officer_who_decides_otherwise_confirms_nothing(host: Host) -> None:
    claim_id = await awaiting(host)
    await decide(host, claim_id, payout_amount=5000, override_reason="goodwill")
    await host.until(claim_id, lambda claim: bool(claim["approvals"]))
    await decide(host, claim_id, officer_id="asmith", payout_amount=6000, override_reason="more")
    waiting = await host.until(claim_id, lambda claim: len(claim["approvals"]) == 2)
    assert waiting["status"] == "awaiting_decision"

    answer = await decide(host, claim_id, decision="deny", officer_id="cjones")
    assert answer.status_code == 202
    done = await host.until(claim_id, {"completed"})
    assert (done["outcome"], done["decision"]["officer_id"]) == ("denied", "cjones")


async def test_a_denial_needs_no_override(host: Host) -> None:
    claim_id = await awaiting(host)
    await refused(host, 422, claim_id, decision="deny", override_reason="because")
    assert (await decide(host, claim_id, decision="deny")).status_code == 202
    await host.until(claim_id, {"completed"})


async def test_the_handoff_proves_which_assessment_was_decided_on(host: Host) -> None:
    claim_id = await awaiting(host)
    await decide(host, claim_id)
    await host.until(claim_id, {"completed"})
    handoff = json.loads((host.data / "sessions" / claim_id / "handoff.json").read_text(encoding="utf-8"))
    canonical = json.dumps(handoff["assessment"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert handoff["decision"]["assessment_sha256"] == hashlib.sha256(canonical.encode()).hexdigest()
    (approval,) = handoff["decision"]["approvals"]
    assert (approval["officer_id"], approval["rationale"]) == ("jdoe", "plausible")


# --- conflicts of interest --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("officer", "claim"),
    [
        ("mwhitfield", {}),
        ("MWhitfield", {"claimant": {"name": "Jo Doe", "email": "jo@example.com"}}),
        (
            "mwhitfield",
            {"policy_number": "AUT-999", "claimant": {"name": "whitfield, Dana", "phone": "+1 614 555 0100"}},
        ),
    ],
)
async def test_an_officer_with_a_conflict_of_interest_decides_nothing(
    host: Host, officer: str, claim: dict[str, Any]
) -> None:
    claim_id = await awaiting(host, **claim)
    await refused(host, 403, claim_id, officer_id=officer)
    await refused(host, 403, claim_id, officer_id=officer, decision="deny")
    await decide(host, claim_id)
    await host.until(claim_id, {"completed"})


async def test_without_authentication_the_body_names_the_officer(host: Host) -> None:
    claim_id = await awaiting(host)
    await refused(host, 403, claim_id, as_officer("asmith"))
    assert (await decide(host, claim_id)).status_code == 202
    done = await host.until(claim_id, {"completed"})
    assert done["decision"]["approvals"][0]["identity"] is None


# --- authentication ---------------------------------------------------------------------------------


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def strict(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Host]:
    """A host that asks for the officer role, and for two officers above 1,000."""
    folder = tmp_path_factory.mktemp("strict") / "data"
    async with host_on(folder, *ALONE, OFFICER_ROLE=ROLE, FOUR_EYES_LIMIT="1000") as running:
        yield running


async def test_a_decision_needs_an_officer_in_the_role_whom_the_body_names(strict: Host) -> None:
    claim_id = await awaiting(strict)
    await refused(strict, 403, claim_id)
    await refused(strict, 403, claim_id, {HEADER: "forged"})
    await refused(strict, 403, claim_id, {HEADER: base64.b64encode(b"{}").decode()})
    await refused(strict, 403, claim_id, as_officer("jdoe", roles=()))
    await refused(strict, 403, claim_id, as_officer("jdoe", roles=("Reader", ROLE.upper())))
    await refused(strict, 403, claim_id, as_officer("asmith"))
    await refused(strict, 403, claim_id, as_officer("mwhitfield", "Jo Doe"), officer_id="Jo Doe")
    for themselves in ("Dana Whitfield", "whitfield, dana", "Dana.Whitfield+x@example.com"):
        await refused(strict, 403, claim_id, as_officer("asmith", themselves), officer_id="asmith")

    answer = await decide(
        strict,
        claim_id,
        as_officer("jdoe@example.com", "Jo Doe", "0-1"),
        officer_id="0-1",
        payout_amount=1000,
    )
    assert answer.status_code == 202, answer.text
    done = await strict.until(claim_id, {"completed"})
    (approval,) = done["decision"]["approvals"]
    assert approval["identity"] == {"provider": "aad", "name": "jdoe@example.com", "user_id": "0-1"}
    assert done["decision"]["officer_id"] == "jdoe@example.com"


async def test_above_the_limit_two_officers_decide_and_nobody_is_two(strict: Host) -> None:
    claim_id = await awaiting(strict)
    first = as_officer("jdoe@example.com", "Jo Doe")
    assert (await decide(strict, claim_id, first, officer_id="Jo Doe")).status_code == 202
    await strict.until(claim_id, lambda claim: bool(claim["approvals"]))
    await refused(strict, 409, claim_id, first, officer_id="jdoe@example.com")
    assert (await decide(strict, claim_id, as_officer("asmith"), officer_id="asmith")).status_code == 202
    done = await strict.until(claim_id, {"completed"})
    assert done["decision"]["payout_amount"] == BOUND
    assert [a["officer_id"] for a in done["decision"]["approvals"]] == ["jdoe@example.com", "asmith"]


async def test_where_app_service_authenticates_and_no_role_is_named_nobody_decides(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("no-role") / "data"
    async with host_on(folder, *ALONE, WEBSITE_AUTH_ENABLED="True") as running:
        answer = await decide(running, "ANY", as_officer("jdoe"))
        assert "OFFICER_ROLE" in problem(answer, 403)["detail"]
