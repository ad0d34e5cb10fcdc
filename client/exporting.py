"""Everything that is kept of a claim, as a zip: over HTTP, or from the storage itself whatever its size."""

import asyncio
import sys
from http import HTTPStatus
from pathlib import Path

from client.api import check_claim_id
from client.connection import Connection, Target
from client.errors import ApiError
from client.output import console_for, print_json
from client.storage import storage


def export(target: Target, claim_id: str, *, out: Path | None, as_json: bool) -> int:
    """Write a claim's export; an existing file is replaced once it is complete.

    Raises:
        ApiError: there is no such claim, or it is too large for one answer of the address.
        HostError: local.settings.json or a setting is wrong.
    """
    file = out or Path(f"{check_claim_id(claim_id)}.zip")
    part = file.with_name(f"{file.name}.part")
    try:
        if target.url is None:
            asyncio.run(_write_from_storage(target, check_claim_id(claim_id), part))
        else:
            with Connection(target) as connection:
                part.write_bytes(connection.run(connection.orchestrator.export(claim_id)))
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    size = file.stat().st_size
    if as_json:
        print_json({"claim_id": claim_id, "file": str(file), "size": size})
    else:
        console_for(sys.stdout).print(f"{claim_id} is in {file}, {size} bytes")
    return 0


async def _write_from_storage(target: Target, claim_id: str, part: Path) -> None:
    async with storage(target) as (store, _):
        with part.open("wb") as file:
            found = await store.exports.write_zip(claim_id, file)
    if not found:
        raise ApiError(
            HTTPStatus.NOT_FOUND, HTTPStatus.NOT_FOUND.phrase, f"there is no claim {claim_id} in that storage"
        )
