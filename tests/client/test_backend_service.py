"""The sample backend, with the real app behind it: submit, what is missing, hand it in, go on."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from samples.backend_service import make_app

SUBMISSION = {
    "claim_id": "PORTAL-1",
    "claim_type": "home_storm",
    "policy_number": "HOM-118204",
    "claimant": {"name": "Ada Example", "email": "ada@example.com"},
    "incident": {"date": "2026-10-27", "location": "Columbus, Ohio", "description": "Hail broke a skylight."},
    "claim_amount": 940,
    "documents": [{"filename": "repair_estimate.txt", "type": "repair_estimate", "text": "Estimate: 940"}],
}
PHOTO = Path(__file__).parents[2] / "samples/documents/hail_damage/incident_photos_gutter.png"


@pytest.fixture(scope="module")
async def backend(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TestClient[Any, Any]]:
    config = {"session_dir": tmp_path_factory.mktemp("sessions")}
    async with TestClient(TestServer(make_app(config))) as client:
        yield client


async def test_a_claim_waits_for_its_photos_and_goes_on_with_them(backend: TestClient[Any, Any]) -> None:
    submitted = await backend.post("/my-claims", json=SUBMISSION)
    assert submitted.status == 201
    assert await submitted.json() == {
        "claim_id": "PORTAL-1",
        "status": "paused",
        "outcome": None,
        "missing_documents": ["incident_photos"],
        "missing_information": [],
    }

    missing = await (await backend.get("/my-claims/PORTAL-1/missing")).json()
    assert [document["type"] for document in missing["missing_documents"]] == ["incident_photos"]
    assert missing["missing_documents"][0]["how_to_ask"]

    params = {"filename": "gutter.png", "type": "incident_photos"}
    added = await backend.post("/my-claims/PORTAL-1/documents", params=params, data=PHOTO.read_bytes())
    assert added.status == 200
    claim = await (await backend.get("/my-claims/PORTAL-1")).json()
    assert claim == await added.json()
    assert claim["missing_documents"] == []
    assert claim["status"] in {"awaiting_decision", "completed"}


async def test_a_refusal_reaches_the_portal_with_its_fields(backend: TestClient[Any, Any]) -> None:
    refused = await backend.post("/my-claims", json={"colour": "red"})
    assert refused.status == 422
    assert (await refused.json())["fields"] == [{"field": "colour", "message": "unknown field"}]


@pytest.mark.parametrize("body", [b"", b"{broken", b"[]", b'"text"'])
async def test_what_is_no_claim_is_refused(backend: TestClient[Any, Any], body: bytes) -> None:
    assert (await backend.post("/my-claims", data=body)).status == 400


async def test_no_portal_user_can_have_a_file_of_the_service_read(backend: TestClient[Any, Any]) -> None:
    stolen = [{"filename": "repair_estimate.txt", "path": "/etc/hostname"}]
    submitted = await backend.post("/my-claims", json={"documents": stolen})
    assert submitted.status == 400
    params = {"filename": "x.txt", "path": "/etc/hostname"}
    added = await backend.post("/my-claims/PORTAL-1/documents", params=params, data=b"text")
    assert added.status == 400


async def test_a_claim_that_is_not_there_is_not_found(backend: TestClient[Any, Any]) -> None:
    assert (await backend.get("/my-claims/PORTAL-404")).status == 404


async def test_a_document_without_a_name_is_refused(backend: TestClient[Any, Any]) -> None:
    assert (await backend.post("/my-claims/PORTAL-1/documents", data=b"text")).status == 400
