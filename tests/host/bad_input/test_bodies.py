"""Submissions and other JSON that cannot be, and documents that are none."""

import json
from typing import Any

import pytest

from tests.host.bad_input.requests import AS_MAIL, SAID, mail_with
from tests.host.refusals import DOCUMENT_LIMIT, MARK, PAUSED, REQUEST_LIMIT, ids, refused
from tests.host.running import Host, base64_of

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
    "date that is a text of seconds": ({"incident": {"date": "0"}}, "incident.date"),
    "date with a time": ({"incident": {"date": "2026-11-22T00:00:00"}}, "incident.date"),
    "date in words": ({"incident": {"date": "yesterday"}}, "incident.date"),
    "day that never was": ({"incident": {"date": "2026-02-30"}}, "incident.date"),
    "amount in words": ({"claim_amount": "much"}, "claim_amount"),
    "amount that is true": ({"claim_amount": True}, "claim_amount"),
    "amount that is negative": ({"claim_amount": -0.01}, "claim_amount"),
    "amount with parts of a cent": ({"claim_amount": 0.001}, "claim_amount"),
    "amount of sixteen digits": ({"claim_amount": 10**15}, "claim_amount"),
    "amount in the letters of a program": ({"claim_amount": "1_000"}, "claim_amount"),
    "amount with a space before it": ({"claim_amount": " 1"}, "claim_amount"),
    "amount in powers of ten": ({"claim_amount": "1e3"}, "claim_amount"),
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
