"""Requests that only one thing is wrong about."""

import base64
from typing import Any
from urllib.parse import quote

from tests.host.refusals import MARK

SAID = {"narrative": MARK}
AS_MAIL = {"Content-Type": "message/rfc822"}

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
