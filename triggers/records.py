"""HTTP: who did what with a claim, and everything that is kept of it."""

import asyncio
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import azure.functions as func
from azure.durable_functions import Blueprint

from shared.errors import NotFound
from shared.storage import session_store
from triggers import api
from triggers.answers import claim_id_of, json_answer
from triggers.reading import known
from triggers.routes import serves

blueprint = Blueprint()


@serves(blueprint, api.EXPORT)
async def export_claim(req: func.HttpRequest) -> func.HttpResponse:
    claim_id = claim_id_of(req)
    zipped = await _zipped(claim_id)
    if zipped is None:
        raise NotFound(f"there is no claim {claim_id}")
    # The HTTP binding takes an answer whole, so this is as far as it can be streamed.
    named = {"Content-Disposition": f'attachment; filename="{claim_id}.zip"'}
    return func.HttpResponse(zipped, mimetype=api.ZIP, headers=named)


@serves(blueprint, api.AUDIT)
async def get_audit(req: func.HttpRequest) -> func.HttpResponse:
    session = await known(claim_id_of(req))
    return json_answer(await session_store().read_audit(session))


async def _zipped(claim_id: str) -> bytes | None:
    """One object at a time; None where nothing is kept."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        async for name, content in session_store().everything(claim_id):
            await asyncio.to_thread(archive.writestr, name, content)
        is_empty = not archive.namelist()
    return None if is_empty else file.getvalue()
