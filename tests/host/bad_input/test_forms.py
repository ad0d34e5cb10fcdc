"""Uploads and forms that are broken, empty or too many."""

from typing import Any

import pytest

from tests.host.refusals import MARK, PAUSED, ids, refused
from tests.host.running import Host


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
