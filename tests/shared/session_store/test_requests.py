"""Records of requests with an idempotency key: kept with the claim, erased with it, on every backend."""

import hashlib

import pytest

from shared.names import SUBMISSION_REQUEST, check_claim_id, keyed_claim_id
from shared.session_store import SessionStore
from shared.session_store.backend import Backend
from tests.shared.session_store.samples import keys, new_context

DIGEST = hashlib.sha256(b"key").hexdigest()
SUBMISSION = f"{SUBMISSION_REQUEST}{DIGEST}"
HOME = keyed_claim_id(DIGEST)


def test_a_key_stands_for_one_claim_id() -> None:
    assert check_claim_id(HOME) == HOME == keyed_claim_id(DIGEST)
    assert HOME.startswith("CLM-")
    assert keyed_claim_id(hashlib.sha256(b"other").hexdigest()) != HOME


async def test_a_record_is_read_as_it_was_put(store: SessionStore) -> None:
    assert await store.requests.read("CLM-1", DIGEST) is None
    for record in (b"begun", b"done"):
        await store.requests.put("CLM-1", DIGEST, record)
        assert await store.requests.read("CLM-1", DIGEST) == record
    assert await store.requests.read("CLM-2", DIGEST) is None


@pytest.mark.parametrize("claim_id", ["CLM-1", HOME])
async def test_a_claims_records_are_erased_with_it_wherever_they_lie(
    backend: Backend, store: SessionStore, claim_id: str
) -> None:
    await store.save_session(new_context(claim_id))
    await store.requests.put(claim_id, DIGEST, b"{}")
    for home in {claim_id, HOME}:
        await store.requests.put(home, SUBMISSION, b"{}")
    await store.requests.put("CLM-2", SUBMISSION, b"{}")

    await store.delete_session(claim_id)

    assert await keys(backend) == [f"CLM-2/requests/{SUBMISSION}.json"]


async def test_erasing_a_claim_leaves_the_submission_that_had_the_same_key(
    backend: Backend, store: SessionStore
) -> None:
    await store.requests.put(HOME, SUBMISSION, b"{}")
    await store.requests.put("CLM-1", DIGEST, b"{}")
    await store.delete_session("CLM-1")
    assert await keys(backend) == [f"{HOME}/requests/{SUBMISSION}.json"]
