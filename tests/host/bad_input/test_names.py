"""Claim ids and file names that are none, wherever they can stand."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.host.bad_input.requests import AS_MAIL, ROUTES_OF_A_CLAIM, SAID, mail_with, request_to
from tests.host.refusals import MARK, PAUSED, ids, refused
from tests.host.running import Host
from tests.shared.bad_names import BAD_CLAIM_IDS, BAD_FILE_NAMES


@pytest.mark.parametrize("claim_id", **ids({k: v for k, v in BAD_CLAIM_IDS.items() if v}))
async def test_a_claim_id_that_is_none_is_not_found_on_any_route(host: Host, claim_id: str) -> None:
    segment = quote(claim_id, safe="").replace(".", "%2E")
    for route in ROUTES_OF_A_CLAIM:
        await refused(host, 404, **request_to(segment, route))


@pytest.mark.parametrize("segment", ["%FF", "%ED%A0%80", "%C0%AE%C0%AE%C0%AF", "CLM-1%00.json"])
async def test_a_route_that_is_no_text_is_not_found(host: Host, segment: str) -> None:
    for route in ROUTES_OF_A_CLAIM:
        await refused(host, 404, **request_to(segment, route))


@pytest.mark.parametrize("claim_id", **ids(BAD_CLAIM_IDS))
async def test_a_claim_id_that_is_none_is_refused_in_a_submission(host: Host, claim_id: str) -> None:
    await refused(host, 422, "/claims", json={**SAID, "claim_id": claim_id}, field="claim_id")
    for content_type, body in (("text/plain", MARK), ("message/rfc822", f"From: a@example.com\n\n{MARK}")):
        headers = {"Content-Type": content_type}
        request: dict[str, Any] = {
            "content": body.encode(),
            "headers": headers,
            "params": {"claim_id": claim_id},
        }
        await refused(host, 422, "/claims", field="claim_id", **request)


@pytest.mark.parametrize("name", **ids(BAD_FILE_NAMES))
async def test_a_file_name_that_is_none_is_refused_in_every_place(host: Host, name: str) -> None:
    given = {"filename": name, "text": MARK}
    await refused(host, 422, "/claims", json={**SAID, "documents": [name]}, field="documents.0")
    await refused(host, 422, "/claims", json={**SAID, "documents": [given]}, field="documents.0.filename")
    more: dict[str, Any] = {"json": {"documents": [given]}}
    await refused(host, 422, f"/claims/{PAUSED}/continue", field="documents.0.filename", **more)
    raw: dict[str, Any] = {"params": {"filename": name}, "content": MARK}
    await refused(host, 422, f"/claims/{PAUSED}/documents", field="filename", **raw)
    if name and name == name.strip():  # an attachment without a name is given one; spaces around it are none
        body = mail_with(name, MARK.encode())
        await refused(host, 422, "/claims", content=body, headers=AS_MAIL, field="attachments.0.filename")


@pytest.mark.parametrize("name", **ids({k: v for k, v in BAD_FILE_NAMES.items() if v}))
async def test_a_file_name_that_is_none_is_refused_in_a_form(host: Host, name: str) -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="'
        + name.encode().replace(b"\\", b"\\\\")
        + b'"\r\n\r\n'
        + MARK.encode()
        + b"\r\n--x--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    await refused(host, 422, f"/claims/{PAUSED}/documents", content=body, headers=headers)


@pytest.mark.parametrize(
    "query", ["filename=%FF.txt", "filename=%ED%A0%80.txt", "filename=", "type=other", ""]
)
async def test_an_upload_whose_name_is_missing_or_no_text_is_refused(host: Host, query: str) -> None:
    await refused(host, 422, f"/claims/{PAUSED}/documents?{query}", content=MARK, field="filename")
