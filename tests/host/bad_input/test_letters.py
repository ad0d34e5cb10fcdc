"""Submissions that are no JSON: letters, e-mails, and what is neither."""

import pytest

from tests.host.bad_input.requests import AS_MAIL, mail_with
from tests.host.refusals import MARK, refused
from tests.host.running import Host


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
