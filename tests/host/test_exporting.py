"""Spans and metrics leave the app for where the settings say, and nothing of a claim leaves with them."""

from pathlib import Path

import pytest

from shared.settings import Settings
from shared.telemetry.exporters import providers
from tests.host.running import ALONE, collision, host_on
from tests.host.telemetry_receiver import CLIENT_ID, receiving

SAID = ("whitfield", "cedar hollow", "aut-204518", "repair_estimate.txt", "enclosed as asked for")
"""What the claim says, and how its papers are named, in small letters."""


@pytest.mark.parametrize("storage", ["a folder", "a storage account"])
async def test_a_claim_is_traced_to_a_collector_and_to_application_insights(
    storage: str, storage_account: str, tmp_path: Path
) -> None:
    with receiving(tmp_path) as (receiver, settings):
        if storage == "a storage account":
            settings |= {"SessionStorage": storage_account, "SESSION_CONTAINER": "traced-sessions"}
        async with host_on(tmp_path / "data", *ALONE, **settings) as host:
            claim_id = await host.submit(collision())
            await host.until(claim_id, {"paused"})
            await host.bring(claim_id, "repair_estimate", "police_report")
            await host.until(claim_id, {"awaiting_decision"})
            history = await host.history(claim_id)
            assert await host.stop() == 0  # which sends what was not sent yet

    spans = receiver.spans()
    assert {f"phase {phase}" for phase in ("intake", "gathering", "assessment")} <= {s.name for s in spans}
    turns = {s.name for s in spans if s.name.startswith("invoke_agent ")}
    roles = {m["name"] for m in history if m["role"] == "assistant"}
    assert turns == {f"invoke_agent {role}" for role in roles}
    assert any(s.name.startswith("execute_tool ") for s in spans)
    for span in spans:
        assert {a.value.string_value for a in span.attributes if a.key == "claim.id"} == {claim_id}
    assert {"claims.phase.duration", "gen_ai.client.operation.duration"} <= receiver.metrics()

    items = receiver.items()
    dependencies = [i["data"]["baseData"] for i in items if i["data"]["baseType"] == "RemoteDependencyData"]
    assert sorted(d["name"] for d in dependencies) == sorted(span.name for span in spans)
    assert {d["properties"]["claim.id"] for d in dependencies} == {claim_id}
    measured = [i["data"]["baseData"] for i in items if i["data"]["baseType"] == "MetricData"]
    assert "claims.phase.duration" in {point["name"] for m in measured for point in m["metrics"]}
    assert all(f"client_id={CLIENT_ID}" in asked for asked in receiver.tokens_asked)
    assert receiver.tokens_asked
    assert not receiver.refused

    sent = b"".join(body for _, body in receiver.bodies).decode("utf-8", "replace").lower()
    assert [said for said in SAID if said in sent] == []


def test_nothing_is_exported_unless_asked_for() -> None:
    assert providers(Settings.load({"SessionStorage__path": ":memory:", "AGENT_MODEL": "offline"})) is None
