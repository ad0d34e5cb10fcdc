"""A claim's whole life on an app that compresses and encrypts."""

import base64
import json
from pathlib import Path

from shared.encryption.keyring import ConfiguredKeys, parse_keys
from shared.session_store import Sealer, open_local_store
from tests.host.running import ALONE, collision, host_on

OLD, NEW = (f"{name}:{base64.b64encode(name.encode() * 16).decode()}" for name in ("k1", "k2"))
KNOWN = (b"Whitfield", b"Cedar Hollow", b"Enclosed as asked for", b'"jdoe"', b"plausible")
"""Of what the test says about the claim, all that must not lie anywhere in the clear."""


async def test_a_claim_lives_encrypted_from_submission_to_handoff_across_a_change_of_keys(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    async with host_on(data, *ALONE, SESSION_ENCRYPTION_KEY=OLD, SESSION_COMPRESSION="zstd") as host:
        claim_id = await host.submit(collision())
        assert (await host.until(claim_id))["status"] == "paused"
    async with host_on(
        data, *ALONE, SESSION_ENCRYPTION_KEY=f"{NEW},{OLD}", SESSION_COMPRESSION="gzip"
    ) as host:
        await host.bring(claim_id, "repair_estimate", "police_report")
        await host.until(claim_id, {"awaiting_decision"})
        assert (await host.decide(claim_id)).status_code == 202
        await host.until(claim_id, lambda claim: claim["archived_at"] is not None)
        messages = await host.history(claim_id)
        log = host.log.read_text()

    for path in data.rglob("*"):
        assert not path.is_file() or not any(word in path.read_bytes() for word in KNOWN), path
    assert "ERROR" not in log
    context = json.loads((data / "sessions" / claim_id / "context.json").read_bytes())
    assert context["key"] == "k2"
    store = open_local_store(data, sealer=Sealer(ConfiguredKeys(parse_keys(f"{NEW},{OLD}"))))
    session = await store.load_session(claim_id)
    assert session is not None
    assert [m.content for m in await store.history.read(session)] == [m["content"] for m in messages]
    handoff = await store.handoffs.read(claim_id)
    assert handoff is not None
    assert handoff["decision"]["officer_id"] == "jdoe"
