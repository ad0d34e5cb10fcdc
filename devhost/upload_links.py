"""Accepts uploads by signed links, as a storage account does: one new file for each link, no more."""

import os
import secrets
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self, cast

from aiohttp import web
from itsdangerous import BadSignature, URLSafeSerializer

from devhost.config import IN_MEMORY
from devhost.http import MAX_BODY_BYTES
from devhost.problems import problem

PATH = "/upload-links"


class UploadLinks:
    """The endpoint of signed links. The app signs them with a key, which each start of the host renews."""

    def __init__(self, storage: Path, key: str) -> None:
        self._storage = storage
        self._links = URLSafeSerializer(key, salt="upload")

    @classmethod
    def enable(cls, origin: str) -> Self | None:
        """Gives the app, in its settings, the address and key for links; None if uploads are in no folder."""
        storage = os.environ.get("SessionStorage__path")
        if not storage or storage == IN_MEMORY:
            return None
        key = secrets.token_urlsafe(32)
        os.environ.update({"UPLOAD_LINK_URL": origin + PATH, "UPLOAD_LINK_KEY": key})
        return cls(Path(storage), key)

    def serve(self, app: web.Application) -> None:
        """Adds the endpoint to a web application."""
        app.router.add_put(PATH + "/{link}", self._put)

    async def _put(self, request: web.Request) -> web.Response:
        try:
            path, until = cast(Sequence[str | int], self._links.loads(request.match_info["link"]))
        except BadSignature:
            return problem(403, "that is no link of this host, or one of before its start")
        if int(until) < time.time():
            return problem(403, "the link has expired")
        return await _receive(request, self._storage / str(path))


async def _receive(request: web.Request, target: Path) -> web.Response:
    part = _draft(target)
    size = 0
    try:
        with part.open("wb") as file:
            async for chunk in request.content.iter_any():
                size += len(chunk)
                if size > MAX_BODY_BYTES:
                    return problem(413, f"a file has at most {MAX_BODY_BYTES} bytes")
                file.write(chunk)
        os.link(part, target)
    except FileExistsError:
        return problem(409, "a file was put there already")
    finally:
        part.unlink(missing_ok=True)
    return web.Response(status=201)


def _draft(target: Path) -> Path:
    """The path to which a file is written until it is whole, and from which no blob trigger takes it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    return target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
