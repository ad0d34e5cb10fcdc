"""Bad input at every edge of the running app: a clear refusal, nothing left behind, nothing in the log.

Whatever text a test sends holds MARK, so that any of it that reaches the host's log is found.
"""

import asyncio
import base64
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio

from tests.host.refusals import (
    DECIDABLE,
    DOCUMENT_LIMIT,
    MARK,
    OVER,
    PAUSED,
    REQUEST_LIMIT,
    UNKNOWN,
    host_at_rest,
    ids,
    log_of,
    nothing_left,
    problem,
    refused,
)
from tests.host.running import REPOSITORY, Host, base64_of, collision, host_on, turns_of
from tests.shared.bad_names import BAD_CLAIM_IDS, BAD_FILE_NAMES


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def host(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Host]:
    async with host_at_rest(tmp_path_factory.mktemp("bad-input") / "data") as running:
        yield running


# --- bodies ----------------------------------------------------------------------------------------

SAID = {"narrative": MARK}
NESTED = b'{"a":' * 150 + b"1" + b"}" * 150

UNREADABLE = {
    "empty": b"",
    "blank": b" \r\n\t",
    "truncated": f'{{"narrative": "{MARK}'.encode(),
    "trailing comma": f'{{"narrative": "{MARK}",}}'.encode(),
    "two documents": f'{{"narrative": "{MARK}"}} {{}}'.encode(),
    "single quotes": f"{{'narrative': '{MARK}'}}".encode(),
    "not a number": f'{{"narrative": "{MARK}", "claim_amount": NaN}}'.encode(),
    "infinite": f'{{"narrative": "{MARK}", "claim_amount": Infinity}}'.encode(),
    "negatively infinite": f'{{"narrative": "{MARK}", "metadata": {{"n": -Infinity}}}}'.encode(),
    "number of 5000 digits": f'{{"narrative": "{MARK}", "claim_amount": {"9" * 5000}}}'.encode(),
    "invalid UTF-8": f'{{"narrative": "{MARK}\xff"}}'.encode("latin-1"),
    "UTF-16": json.dumps(SAID).encode("utf-16"),
    "half a surrogate pair": f'{{"narrative": "{MARK}\\ud800"}}'.encode(),
    "raw control character": f'{{"narrative": "{MARK}\0"}}'.encode(),
    "nested too deeply": b"[" * 100_000 + MARK.encode(),
    "binary": b"\x89PNG\r\n\x1a\n" + MARK.encode(),
    "compressed": b"\x1f\x8b\x08\x00" + MARK.encode(),
}

JSON_ROUTES = ("/claims", *(f"/claims/{PAUSED}/{verb}" for verb in ("continue", "decision", "withdraw")))


@pytest.mark.parametrize("path", JSON_ROUTES)
@pytest.mark.parametrize("body", **ids(UNREADABLE))
async def test_a_body_that_is_no_json_is_a_bad_request(host: Host, path: str, body: bytes) -> None:
    await refused(host, 400, path, content=body, headers={"Content-Type": "application/json"})


@pytest.mark.parametrize("path", JSON_ROUTES)
@pytest.mark.parametrize("body", [None, True, 5, "claim", [], [SAID]], ids=json.dumps)
async def test_json_that_is_no_object_is_invalid(host: Host, path: str, body: object) -> None:
    content = json.dumps(body)
    said = await refused(host, 422, path, content=content, headers={"Content-Type": "application/json"})
    assert said["detail"] == "the body must be a JSON object"


@pytest.mark.parametrize("path", [*JSON_ROUTES, f"/claims/{PAUSED}/documents?filename=x.txt"])
async def test_a_body_over_the_limit_is_refused(host: Host, path: str) -> None:
    content = MARK.encode() * (REQUEST_LIMIT // len(MARK) + 1)
    said = await refused(host, 413, path, content=content)
    assert str(REQUEST_LIMIT) in said["detail"]


INVALID_SUBMISSIONS: dict[str, tuple[dict[str, Any], str]] = {
    "unknown field": ({**SAID, "surname": MARK}, "surname"),
    "unknown field with the name of markup": ({**SAID, "<b>": MARK}, "<b>"),
    "unknown field of the claimant": ({"claimant": {"name": "Dana", "age": 40}}, "claimant.age"),
    "unknown field of the incident": ({"incident": {"time": "noon"}}, "incident.time"),
    "unknown field of a document": ({"documents": [{"filename": "a.txt", "path": "/"}]}, "documents.0.path"),
    "field of ours": ({**SAID, "status": "completed"}, "status"),
    "policy number that is a number": ({"policy_number": 204518}, "policy_number"),
    "policy number that is blank": ({"policy_number": "  "}, "policy_number"),
    "policy number that is too long": ({"policy_number": "A" * 501}, "policy_number"),
    "claim type that is a list": ({"claim_type": ["auto_collision"]}, "claim_type"),
    "claim type that is unknown": ({"claim_type": "spaceship"}, "claim_type"),
    "claim type that is a path": ({"claim_type": "../auto"}, "claim_type"),
    "claimant that is a text": ({"claimant": "Dana"}, "claimant"),
    "claimant whose name is an object": ({"claimant": {"name": {}}}, "claimant.name"),
    "claimant whose e-mail is none": ({"claimant": {"email": "dana at example"}}, "claimant.email"),
    "claimant whose e-mail brings a header": (
        {"claimant": {"email": "dana@example.com\r\nBcc: x@example.com"}},
        "claimant.email",
    ),
    "incident that is a list": ({"incident": []}, "incident"),
    "date that is a number": ({"incident": {"date": 20261110}}, "incident.date"),
    "date that is zero": ({"incident": {"date": 0}}, "incident.date"),
    "date that is true": ({"incident": {"date": True}}, "incident.date"),
    "date in words": ({"incident": {"date": "yesterday"}}, "incident.date"),
    "day that never was": ({"incident": {"date": "2026-02-30"}}, "incident.date"),
    "amount in words": ({"claim_amount": "much"}, "claim_amount"),
    "amount that is true": ({"claim_amount": True}, "claim_amount"),
    "amount that is negative": ({"claim_amount": -0.01}, "claim_amount"),
    "amount with parts of a cent": ({"claim_amount": 0.001}, "claim_amount"),
    "amount of sixteen digits": ({"claim_amount": 10**15}, "claim_amount"),
    "amount that is a text of no number": ({"claim_amount": "NaN"}, "claim_amount"),
    "amount that is an infinite text": ({"claim_amount": "Infinity"}, "claim_amount"),
    "documents that are a text": ({"documents": "a.txt"}, "documents"),
    "document that is a number": ({"documents": [5]}, "documents.0"),
    "document without a name": ({"documents": [{"text": MARK}]}, "documents.0.filename"),
    "document of an unknown type": (
        {"documents": ["a.txt", {"filename": "a.txt", "type": "spaceship", "text": MARK}]},
        "documents.1.type",
    ),
    "document whose type is a path": (
        {"documents": [{"filename": "a.txt", "type": "../x", "text": MARK}]},
        "documents.0.type",
    ),
    "document with two contents": (
        {"documents": [{"filename": "a.txt", "text": MARK, "reference": "dms://1"}]},
        "documents.0",
    ),
    "document in broken base64": (
        {"documents": [{"filename": "a.txt", "content_base64": MARK}]},
        "documents.0.content_base64",
    ),
    "document that is empty": ({"documents": [{"filename": "a.txt", "text": ""}]}, "documents.0"),
    "too many documents": ({"documents": ["a.txt"] * 201}, "documents"),
    "narrative that is a number": ({"narrative": 5}, "narrative"),
    "narrative that is too long": ({"narrative": MARK * 20_000}, "narrative"),
    "metadata that is a list": ({**SAID, "metadata": [MARK]}, "metadata"),
    "metadata that is too much": ({**SAID, "metadata": {"text": "x" * 70_000}}, "metadata"),
    "nothing": ({}, "narrative"),
    "nothing but an id": ({"claim_id": "CLM-1", "metadata": {"mark": MARK}}, "narrative"),
    "nothing in many words": (
        {"narrative": " ", "claimant": {"name": None}, "incident": {}, "documents": []},
        "narrative",
    ),
}


@pytest.mark.parametrize(("body", "field"), **ids(INVALID_SUBMISSIONS))
async def test_a_submission_that_cannot_be_is_refused_by_field(
    host: Host, body: dict[str, Any], field: str
) -> None:
    await refused(host, 422, "/claims", json=body, field=field)


@pytest.mark.parametrize("number", ["1e999", "-1e999"])
async def test_a_number_that_becomes_infinite_is_refused_by_field(host: Host, number: str) -> None:
    for body, field in (
        (f'{{"claim_amount": {number}}}', "claim_amount"),
        (f'{{"narrative": "{MARK}", "metadata": {{"n": {number}}}}}', "metadata.n.float"),
    ):
        await refused(host, 422, "/claims", content=body, field=field)


async def test_metadata_that_is_nested_deeply_is_refused_before_it_becomes_unreadable(host: Host) -> None:
    body = b'{"narrative": "' + MARK.encode() + b'", "metadata": ' + NESTED + b"}"
    await refused(host, 422, "/claims", content=body, field="metadata")


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("run.exe", b"plain", 415),
        ("report.pdf", b"MZ\x90\x00" + bytes(60), 415),
        ("report.txt", b"#!/bin/sh\n" + MARK.encode(), 415),
        ("report.txt", b"\x00" + MARK.encode(), 415),
        ("report.txt", b"x" * (DOCUMENT_LIMIT + 1), 413),
    ],
)
async def test_a_document_that_is_none_is_refused_wherever_it_comes_in(
    host: Host, name: str, content: bytes, status: int
) -> None:
    given = {"filename": name, "content_base64": base64_of(content)}
    await refused(host, status, "/claims", json={**SAID, "documents": [given]})
    await refused(host, status, f"/claims/{PAUSED}/continue", json={"documents": [given]})
    await refused(host, status, f"/claims/{PAUSED}/documents", params={"filename": name}, content=content)
    await refused(host, status, f"/claims/{PAUSED}/documents", files={"file": (name, content)})
    await refused(host, status, "/claims", content=mail_with(name, content), headers=AS_MAIL)


async def test_one_bad_document_among_good_ones_leaves_nothing_of_all(host: Host) -> None:
    documents = [{"filename": "a.txt", "text": MARK}, {"filename": "b.txt", "content_base64": "!"}]
    notes = [{"type": "policy_number", "content": "AUT-204518"}]
    await refused(host, 422, "/claims", json={**SAID, "documents": documents})
    await refused(host, 422, f"/claims/{PAUSED}/continue", json={"documents": documents, "notes": notes})
    files = [("file", ("a.txt", MARK)), ("file", ("b.exe", MARK))]
    await refused(host, 415, f"/claims/{PAUSED}/documents", files=files)


# --- other forms -----------------------------------------------------------------------------------

AS_MAIL = {"Content-Type": "message/rfc822"}


@pytest.mark.parametrize(
    "content_type",
    ["text/html", "application/xml", "multipart/form-data; boundary=x", "image/png", "", "nonsense"],
)
async def test_a_submission_of_another_content_type_is_refused(host: Host, content_type: str) -> None:
    said = await refused(host, 415, "/claims", content=MARK, headers={"Content-Type": content_type})
    assert "message/rfc822" in said["detail"]


async def test_a_content_type_that_is_no_text_is_refused(host: Host) -> None:
    await refused(host, 415, "/claims", content=MARK, headers={"Content-Type": b"text/\xff"})


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/plain", b""),
        ("text/markdown", b"\n\n"),
        ("text/plain", f"{MARK}\xff".encode("latin-1")),
        ("text/plain; charset=klingon", MARK.encode()),
        ("text/plain; charset=undefined", MARK.encode()),
        ("text/markdown; charset=utf-16", b"\x00\xd8" + MARK.encode()),
    ],
)
async def test_a_letter_that_is_no_text_is_a_bad_request(host: Host, content_type: str, body: bytes) -> None:
    await refused(host, 400, "/claims", content=body, headers={"Content-Type": content_type})


def mail_with(filename: str, content: bytes, end: bytes = b"\n--b--\n") -> bytes:
    """An e-mail with one attachment, its name percent-encoded as RFC 2231 has it."""
    return (
        b"From: dana@example.com\nSubject: " + MARK.encode() + b"\nMIME-Version: 1.0\n"
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\n" + MARK.encode() + b"\n--b\n"
        b"Content-Transfer-Encoding: base64\nContent-Disposition: attachment; filename*=utf-8''"
        + quote(filename.encode("utf-8", "surrogatepass"), safe="").encode()
        + b"\n\n"
        + base64.b64encode(content)
        + end
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        f"{MARK} and no headers".encode(),
        b"\x00\xff\xfe" * 100 + MARK.encode(),
        f"Subject: {MARK}\n\nno sender".encode(),
        mail_with("a.txt", b"x", end=b""),
        mail_with("a.txt", b"x").replace(b"; boundary=b", b""),
        mail_with("a.txt", b"x").replace(b"eA==", b"e"),
        mail_with("a.txt", b"x").replace(b"eA==", b"%%%%"),
    ],
    ids=[
        "empty",
        "no headers",
        "binary",
        "no sender",
        "truncated",
        "no boundary",
        "short base64",
        "no base64",
    ],
)
async def test_an_email_that_is_broken_is_a_bad_request(host: Host, body: bytes) -> None:
    await refused(host, 400, "/claims", content=body, headers=AS_MAIL)


async def test_an_email_from_nobody_is_refused_by_field(host: Host) -> None:
    body = f"From: <>\n\n{MARK}".encode()
    await refused(host, 422, "/claims", content=body, headers=AS_MAIL, field="claimant.email")


# --- names -----------------------------------------------------------------------------------------

ROUTES_OF_A_CLAIM = (
    ("GET", ""),
    ("DELETE", ""),
    ("GET", "/missing-documents"),
    ("GET", "/history"),
    ("POST", "/continue"),
    ("POST", "/documents?filename=a.txt"),
    ("POST", "/decision"),
    ("POST", "/withdraw"),
)
VALID_BODIES: dict[str, dict[str, Any]] = {
    "/continue": {"notes": [{"type": "policy_number", "content": MARK}]},
    "/decision": {"decision": "approve", "officer_id": "jdoe", "rationale": MARK},
    "/withdraw": {"reason": MARK},
}


def request_to(claim: str, route: tuple[str, str]) -> dict[str, Any]:
    """A request that only its claim can be wrong about."""
    method, rest = route
    body: dict[str, Any] = {"json": VALID_BODIES[rest]} if rest in VALID_BODIES else {}
    if "documents?" in rest:
        body = {"content": MARK}
    return {"method": method, "path": f"/claims/{claim}{rest}", **body}


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


# --- a claim's routes --------------------------------------------------------------------------------


@pytest.mark.parametrize("route", ROUTES_OF_A_CLAIM, ids="".join)
async def test_a_claim_that_is_unknown_is_not_found(host: Host, route: tuple[str, str]) -> None:
    await refused(host, 404, **request_to(UNKNOWN, route))


@pytest.mark.parametrize("route", [r for r in ROUTES_OF_A_CLAIM if r[0] == "POST"], ids="".join)
async def test_nothing_can_be_added_to_a_claim_that_is_over(host: Host, route: tuple[str, str]) -> None:
    said = await refused(host, 409, **request_to(OVER, route))
    assert "withdrawn" in said["detail"]


async def test_a_decision_before_it_is_due_is_a_conflict(host: Host) -> None:
    said = await refused(host, 409, **request_to(PAUSED, ("POST", "/decision")))
    assert "paused" in said["detail"]


DUE = {"decision": "approve", "officer_id": "jdoe", "rationale": MARK}

MALFORMED: dict[str, tuple[str, dict[str, Any], str]] = {
    "decision missing": ("decision", {"officer_id": "jdoe", "rationale": MARK}, "decision"),
    "decision unknown": ("decision", {**DUE, "decision": "maybe"}, "decision"),
    "decision in capitals": ("decision", {**DUE, "decision": "APPROVE"}, "decision"),
    "decision that is true": ("decision", {**DUE, "decision": True}, "decision"),
    "officer missing": ("decision", {"decision": "deny", "rationale": MARK}, "officer_id"),
    "officer blank": ("decision", {**DUE, "officer_id": " "}, "officer_id"),
    "rationale blank": ("decision", {**DUE, "rationale": "\n"}, "rationale"),
    "rationale that is a list": ("decision", {**DUE, "rationale": [MARK]}, "rationale"),
    "rationale too long": ("decision", {**DUE, "rationale": MARK * 2000}, "rationale"),
    "payout negative": ("decision", {**DUE, "payout_amount": -1}, "payout_amount"),
    "payout in words": ("decision", {**DUE, "payout_amount": "all"}, "payout_amount"),
    "payout of a denial": ("decision", {**DUE, "decision": "deny", "payout_amount": 1}, "payout_amount"),
    "reason of an approval": ("decision", {**DUE, "denial_reason": MARK}, "denial_reason"),
    "decision with an unknown field": ("decision", {**DUE, "decided_by": "rule"}, "decided_by"),
    "withdrawal without a reason": ("withdraw", {}, "reason"),
    "withdrawal with a blank reason": ("withdraw", {"reason": " "}, "reason"),
    "withdrawal with a long reason": ("withdraw", {"reason": MARK * 100}, "reason"),
    "withdrawal with an unknown field": ("withdraw", {"reason": MARK, "who": MARK}, "who"),
    "continuation with an unknown field": ("continue", {"document": []}, "document"),
    "continuation with one document for a list": (
        "continue",
        {"documents": {"filename": "a.txt", "text": MARK}},
        "documents",
    ),
    "continuation with a document that is only a name": ("continue", {"documents": ["a.txt"]}, "documents.0"),
    "continuation with too many documents": (
        "continue",
        {"documents": [{"filename": "a.txt", "text": "x"}] * 201},
        "documents",
    ),
    "document of an unknown type": (
        "continue",
        {"documents": [{"filename": "a.txt", "type": "spaceship", "text": MARK}]},
        "documents.0.type",
    ),
    "note without a type": ("continue", {"notes": [{"content": MARK}]}, "notes.0.type"),
    "note of an unknown type": (
        "continue",
        {"notes": [{"type": "policy_number", "content": MARK}, {"type": "spaceship", "content": MARK}]},
        "notes.1.type",
    ),
    "note whose type is a path": ("continue", {"notes": [{"type": "../x", "content": MARK}]}, "notes.0.type"),
    "note that is blank": (
        "continue",
        {"notes": [{"type": "policy_number", "content": " "}]},
        "notes.0.content",
    ),
    "note that is a number": (
        "continue",
        {"notes": [{"type": "claim_amount", "content": 5}]},
        "notes.0.content",
    ),
    "note with an unknown field": (
        "continue",
        {"notes": [{"type": "policy_number", "content": MARK, "by": MARK}]},
        "notes.0.by",
    ),
}


@pytest.mark.parametrize(("verb", "body", "field"), **ids(MALFORMED))
async def test_what_is_malformed_is_refused_by_field(
    host: Host, verb: str, body: dict[str, Any], field: str
) -> None:
    await refused(host, 422, f"/claims/{DECIDABLE}/{verb}", json=body, field=field)


async def test_an_uploaded_document_of_an_unknown_type_is_refused_by_field(host: Host) -> None:
    path = f"/claims/{PAUSED}/documents"
    await refused(host, 422, path, params={"filename": "a.txt", "type": "x"}, content=MARK, field="type")
    form: dict[str, Any] = {"files": {"file": ("a.txt", MARK)}, "data": {"type": "../x"}}
    await refused(host, 422, path, field="type", **form)


async def test_an_empty_upload_is_refused(host: Host) -> None:
    await refused(host, 422, f"/claims/{PAUSED}/documents", params={"filename": "a.txt"}, field="filename")


PART = f'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n{MARK}'

BROKEN_FORMS = {
    "empty": b"",
    "no boundary named": None,
    "rubbish": MARK.encode() * 10,
    "truncated": PART.encode(),
    "no file": f'--x\r\nContent-Disposition: form-data; name="type"\r\n\r\n{MARK}\r\n--x--\r\n'.encode(),
    "a very long field": b'--x\r\nContent-Disposition: form-data; name="type"\r\n\r\n'
    + MARK.encode() * 50_000
    + b"\r\n--x--\r\n",
    "another boundary": f"{PART}\r\n--x--\r\n".replace("--x", "--y").encode(),
    "a part without headers": f"--x\r\n\r\n{MARK}\r\n--x--\r\n".encode(),
}


@pytest.mark.parametrize("body", **ids(BROKEN_FORMS))
async def test_a_form_that_is_broken_or_has_no_file_is_refused(host: Host, body: bytes | None) -> None:
    content_type = "multipart/form-data" if body is None else "multipart/form-data; boundary=x"
    request: dict[str, Any] = {"content": body or PART.encode(), "headers": {"Content-Type": content_type}}
    await refused(host, 422, f"/claims/{PAUSED}/documents", field="file", **request)


async def test_a_form_with_too_many_files_is_refused(host: Host) -> None:
    files = [("file", (f"{n}.txt", MARK)) for n in range(201)]
    await refused(host, 422, f"/claims/{PAUSED}/documents", files=files)


@pytest.mark.parametrize(
    "limit", ["", "0", "-1", "1001", "1.5", "1e2", "ten", "１", "٣", "9" * 5000, " 1", "1,2"]
)
async def test_a_limit_that_is_none_is_refused_by_field(host: Host, limit: str) -> None:
    for path in ("/claims", f"/claims/{PAUSED}/history"):
        await refused(host, 422, path, method="GET", params={"limit": limit}, field="limit")


@pytest.mark.parametrize("after", ["", "-1", "x", "0x10", "9" * 12, "1_000"])
async def test_a_position_that_is_none_is_refused_by_field(host: Host, after: str) -> None:
    await refused(
        host, 422, f"/claims/{PAUSED}/history", method="GET", params={"after": after}, field="after"
    )


async def test_a_position_behind_the_end_gives_nothing(host: Host) -> None:
    answer = await host.http.get(f"/claims/{PAUSED}/history", params={"after": 10**9})
    assert answer.json() == {"messages": [], "next": None}


@pytest.mark.parametrize("status", ["", "open", "PAUSED", "paused,failed", MARK])
async def test_a_status_that_is_none_is_refused_by_field(host: Host, status: str) -> None:
    said = await refused(host, 422, "/claims", method="GET", params={"status": status}, field="status")
    assert "awaiting_decision" in said["errors"][0]["message"]


@pytest.mark.parametrize(
    "continuation",
    ["", "x", MARK, "../..", base64.urlsafe_b64encode(b"../x").decode(), "====", "\0", "A" * 5000],
)
async def test_a_continuation_that_no_list_gave_is_refused_by_field(host: Host, continuation: str) -> None:
    query = {"continuation": continuation}
    await refused(host, 422, "/claims", method="GET", params=query, field="continuation")


# --- the same again --------------------------------------------------------------------------------


async def test_the_same_submission_many_times_at_the_same_moment_is_one_claim(host: Host) -> None:
    documents = [
        {"filename": f"{kind}.txt", "text": f"{kind} {MARK}"} for kind in ("repair_estimate", "police_report")
    ]
    body = collision(claim_id="TWINS-1", documents=documents)
    answers = await asyncio.gather(*(host.http.post("/claims", json=body) for _ in range(20)))
    assert [answer.status_code for answer in answers] == [202] * 20
    assert {answer.json()["claim_id"] for answer in answers} == {"TWINS-1"}
    claim = await host.until("TWINS-1")
    assert claim["status"] == "awaiting_decision"
    assert [d["filename"] for d in claim["documents"]] == ["repair_estimate.txt", "police_report.txt"]
    messages = await host.history("TWINS-1")
    steps = [message["metadata"]["step"] for message in messages]
    assert steps.count("submission") == 1
    assert len([step for step in steps if step.startswith("arrival.")]) == 2
    assert len(turns_of(messages)) == len(set(turns_of(messages)))
    listed = (await host.http.get("/claims", params={"limit": 1000})).json()["claims"]
    assert [found["claim_id"] for found in listed].count("TWINS-1") == 1


async def test_of_two_submissions_with_one_id_at_the_same_moment_one_is_taken(host: Host) -> None:
    bodies = [collision(claim_id="RIVALS-1", claim_amount=amount) for amount in (2400, 2500)] * 8
    answers = await asyncio.gather(*(host.http.post("/claims", json=body) for body in bodies))
    taken = {
        body["claim_amount"]
        for body, answer in zip(bodies, answers, strict=True)
        if answer.status_code == 202
    }
    assert {answer.status_code for answer in answers} == {202, 409}
    assert len(taken) == 1
    claim = await host.until("RIVALS-1")
    assert {claim["facts"]["claim_amount"]} == taken


async def test_another_submission_with_an_id_in_use_is_a_conflict(host: Host) -> None:
    said = await refused(host, 409, "/claims", json=collision(claim_id=PAUSED, narrative=MARK))
    assert said["detail"] == f"{PAUSED} is taken by another submission"
    await refused(host, 409, "/claims", json=collision(claim_id=OVER, claim_amount=1))


async def test_the_same_submission_again_changes_nothing_whatever_became_of_the_claim(host: Host) -> None:
    small = collision(claim_id="DONE-1")
    await host.submit(small)
    await host.until("DONE-1", {"paused"})
    await host.bring("DONE-1", "repair_estimate", "police_report")
    await host.until("DONE-1", {"awaiting_decision"})
    await host.decide("DONE-1")
    await host.until("DONE-1", lambda claim: claim["archived_at"] is not None)
    async with nothing_left(host):
        for claim_id, status in (
            ("DONE-1", "completed"),
            (OVER, "withdrawn"),
            (PAUSED, "paused"),
            (DECIDABLE, "awaiting_decision"),
        ):
            answer = await host.http.post("/claims", json=collision(claim_id=claim_id))
            assert (answer.status_code, answer.json()["status"]) == (202, status)
    for route in (r for r in ROUTES_OF_A_CLAIM if r[0] == "POST"):
        await refused(host, 409, **request_to("DONE-1", route))


async def test_the_same_document_many_times_at_the_same_moment_counts_once(host: Host) -> None:
    claim_id = await host.submit(collision())
    await host.until(claim_id, {"paused"})
    text = f"Estimate, parts and labor {MARK}"
    given = {"filename": "repair_estimate.txt", "text": text}
    upload: dict[str, Any] = {"params": {"filename": "repair_estimate.txt"}, "content": text}
    answers = await asyncio.gather(
        *(host.http.post(f"/claims/{claim_id}/documents", **upload) for _ in range(5)),
        *(host.http.post(f"/claims/{claim_id}/continue", json={"documents": [given]}) for _ in range(5)),
    )
    assert {answer.status_code for answer in answers} == {201, 202}
    claim = await host.until(
        claim_id, lambda c: c["missing_documents"] == ["police_report"] and c["status"] == "paused"
    )
    assert [d["filename"] for d in claim["documents"]] == ["repair_estimate.txt"]
    said = [m["content"] for m in await host.history(claim_id) if "repair_estimate.txt" in m["content"]]
    assert said.count("A document: repair_estimate, repair_estimate.txt") == 1
    assert not [line for line in said if line.startswith("A new version")]


async def test_a_second_decision_at_the_same_moment_decides_nothing(host: Host) -> None:
    claim_id = await host.submit(collision())
    await host.until(claim_id, {"paused"})
    await host.bring(claim_id, "repair_estimate", "police_report")
    await host.until(claim_id, {"awaiting_decision"})
    answers = await asyncio.gather(
        *(host.decide(claim_id, "approve", rationale=MARK) for _ in range(4)),
        *(host.decide(claim_id, "deny", denial_reason=MARK) for _ in range(4)),
    )
    assert {answer.status_code for answer in answers} <= {202, 409}
    done = await host.until(claim_id, {"completed"})
    decided = [m for m in await host.history(claim_id) if m["content"].startswith("Decision: ")]
    assert len(decided) == 1
    assert done["outcome"] == {"approve": "approved", "deny": "denied"}[done["decision"]["decision"]]


# --- uploads ---------------------------------------------------------------------------------------

REJECTED_UPLOADS: dict[str, tuple[bytes, str]] = {
    "bad id/a.txt": (b"x", "a claim id is"),
    "CON/a.txt": (b"x", "not usable as a name"),
    f"{'C' * 65}/a.txt": (b"x", "a claim id is"),
    f"{PAUSED}/{DECIDABLE}/police_report.txt": (b"x", "type: no such document type"),
    f"{PAUSED}/spaceship/a.txt": (b"x", "type: no such document type"),
    f"{PAUSED}/police_report/deeper/a.txt": (b"x", "an upload lies at"),
    f"{PAUSED}/empty.txt": (b"", "the document is empty"),
    f"{PAUSED}/run.exe": (b"x", "files ending in '.exe' are not taken"),
    f"{PAUSED}/script.txt": (b"#!/bin/sh", "the file is a script"),
    f"{PAUSED}/large.txt": (b"x" * (DOCUMENT_LIMIT + 1), f"at most {DOCUMENT_LIMIT} bytes"),
    f"{PAUSED}/trailing dot.": (b"x", "not usable as a name"),
    f"{PAUSED}/{'r' * 240}.txt": (b"x", "at most 200 bytes"),
    f"{PAUSED}/con.txt": (b"x", "not usable as a name"),
    f"{PAUSED}/{MARK}∕a.txt": (b"x", "nothing that looks like one"),
    f"{OVER}/police_report.txt": (b"x", "the claim is withdrawn"),
    "stray.txt": (b"x", "an upload lies at"),
}


async def test_an_upload_that_is_bad_is_rejected_with_the_reason(host: Host) -> None:
    before = {claim_id: await host.claim(claim_id) for claim_id in (PAUSED, DECIDABLE, OVER)}
    for key, (content, _) in REJECTED_UPLOADS.items():
        drop(host.data / "uploads" / key, content)
    await until_emptied(host.data / "uploads")

    kept = rejections(host)
    assert len(kept) == len(REJECTED_UPLOADS)
    for key, (content, reason) in REJECTED_UPLOADS.items():
        assert any(content == kept_content and reason in said for kept_content, said in kept.values()), key
    assert kept[f"{PAUSED}/run.exe"][0] == b"x"

    due = [key for key in REJECTED_UPLOADS if key.startswith(f"{PAUSED}/")]
    known = before[PAUSED]["message_count"]
    await host.until(PAUSED, lambda claim: claim["message_count"] == known + len(due))
    lines = [message["content"] for message in (await host.history(PAUSED))[known:]]
    for key in due:
        name, reason = key.rpartition("/")[2], REJECTED_UPLOADS[key][1]
        assert [line for line in lines if line.startswith(f"Refused the upload {name}: ") and reason in line]

    after = {claim_id: await host.claim(claim_id) for claim_id in (PAUSED, DECIDABLE, OVER)}
    assert (after[DECIDABLE], after[OVER]) == (before[DECIDABLE], before[OVER])
    assert after[PAUSED]["documents"] == []
    assert {path.name for path in (host.data / "sessions").iterdir()}.isdisjoint({"bad id", "CON", "C" * 65})
    assert MARK not in log_of(host)


async def test_an_upload_whose_name_is_no_text_is_rejected(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "uploads" / "CLM-1"
    drop(Path(os.fsdecode(os.fsencode(folder) + b"/report \xff.txt")), b"x")
    async with host_on(tmp_path / "data") as host:
        await until_emptied(folder)
        ((content, reason),) = rejections(host).values()
        assert (content, reason) == (b"x", "filename: a file name has no control or invisible characters")


async def test_the_same_content_under_two_types_is_two_documents(host: Host) -> None:
    claim_id = await host.submit(collision())
    await host.until(claim_id, {"paused"})
    for kind in ("repair_estimate", "police_report"):
        drop(host.data / "uploads" / claim_id / kind / "scan.txt", MARK.encode())
    claim = await host.until(claim_id, {"awaiting_decision"})
    assert {d["type"] for d in claim["documents"]} == {"repair_estimate", "police_report"}


def drop(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def rejections(host: Host) -> dict[str, tuple[bytes, str]]:
    """Content and reason of each rejected upload, by where it lies now."""
    folder, suffix = host.data / "uploads-rejected", ".metadata.json"
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(suffix)]
    return {
        str(path.relative_to(folder)): (
            path.read_bytes(),
            json.loads(path.with_name(path.name + suffix).read_text(encoding="utf-8"))["reason"],
        )
        for path in files
    }


async def until_emptied(folder: Path) -> None:
    for _ in range(1500):
        if not any(path.is_file() for path in folder.rglob("*")):
            return
        await asyncio.sleep(0.02)
    raise AssertionError([str(path) for path in folder.rglob("*") if path.is_file()])


# --- the shape of errors -----------------------------------------------------------------------------


def http_routes() -> list[tuple[str, str]]:
    """Method and route of each HTTP function, as the app itself declares them."""
    listing = """
import json, function_app
triggers = [f.get_trigger().get_dict_repr() for f in function_app.app.get_functions()]
routes = [t for t in triggers if t["type"] == "httpTrigger"]
print(json.dumps([[str(m.value), t["route"]] for t in routes for m in t["methods"]]))
"""
    environment = {**os.environ, "SessionStorage__path": ":memory:", "AGENT_MODEL": "offline"}
    listed = subprocess.run(
        [sys.executable, "-c", listing],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return [(method, route) for method, route in json.loads(listed.stdout)]


async def test_every_route_answers_every_error_in_the_one_shape(host: Host) -> None:
    routes = http_routes()
    assert len(routes) >= 11
    async with nothing_left(host):
        for method, route in routes:
            path = "/" + route.replace("{claim_id}", PAUSED)
            answer = await host.http.request("PATCH", path, content=MARK)
            assert problem(answer, 405)["title"] == "Method Not Allowed"
            if "{claim_id}" in route:
                for claim_id in (UNKNOWN, "..%2Fx"):
                    broken = "/" + route.replace("{claim_id}", claim_id)
                    said = await host.http.request(method, broken, params={"filename": "a.txt"}, content=MARK)
                    problem(said, said.status_code)
                    assert said.status_code in ({404} if method != "POST" else {400, 404})
            if method == "POST":
                said = await host.http.request(method, path, content=MARK)
                problem(said, said.status_code)
                assert said.status_code in {400, 422}
        problem(await host.http.get(f"/claims/{PAUSED}/{MARK}"), 404)


# --- what is never said ------------------------------------------------------------------------------


async def test_nothing_of_a_claim_that_is_worked_stands_in_the_log(host: Host) -> None:
    mentions = {
        "claimant": {"name": MARK, "email": "dana@example.com", "phone": "+1 614 555 0100"},
        "narrative": f"{MARK} hit my car. The police came.",
        "metadata": {MARK: MARK},
    }
    claim_id = await host.submit(collision(**mentions))
    await host.until(claim_id, {"paused"})
    await host.bring(claim_id, "repair_estimate", "police_report", text=MARK)
    note = {"type": "contact_information", "content": f"{MARK}@example.com"}
    await host.http.post(f"/claims/{claim_id}/continue", json={"notes": [note]})
    await host.until(claim_id, {"awaiting_decision"})
    await host.decide(claim_id, rationale=MARK, officer_id=MARK)
    await host.until(claim_id, {"completed"})
    assert claim_id in log_of(host)
    for personal in (MARK, "dana@example.com", "555 0100"):
        assert personal not in log_of(host)
    assert "Traceback" not in log_of(host)
    assert " ERROR " not in log_of(host)
