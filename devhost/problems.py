"""The errors that the host itself answers with, as problem documents of RFC 9457."""

import json
from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import web


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """An `application/problem+json` answer whose title is the status code's phrase."""
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return web.Response(
        status=status,
        body=json.dumps(body).encode(),
        headers=headers,
        content_type="application/problem+json",
    )
