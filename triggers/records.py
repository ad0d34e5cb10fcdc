"""HTTP: who did what with a claim, and everything that is kept of it."""

from io import BytesIO

import azure.functions as func
from azure.durable_functions import Blueprint

from shared.errors import NotFound
from shared.export import write_export
from shared.storage import session_store
from triggers import api
from triggers.answers import claim_id_of, json_answer
from triggers.reading import known
from triggers.routes import serves

blueprint = Blueprint()

LARGEST_EXPORT = 64 * 2**20
"""Bytes. The HTTP binding takes an answer whole, and copies it: a worker must live through several."""


@serves(blueprint, api.EXPORT)
async def export_claim(req: func.HttpRequest) -> func.HttpResponse:
    claim_id = claim_id_of(req)
    file = BytesIO()
    if not await write_export(session_store(), claim_id, file, LARGEST_EXPORT):
        raise NotFound(f"there is no claim {claim_id}")
    named = {"Content-Disposition": f'attachment; filename="{claim_id}.zip"'}
    return func.HttpResponse(file.getvalue(), mimetype=api.ZIP, headers=named)


@serves(blueprint, api.AUDIT)
async def get_audit(req: func.HttpRequest) -> func.HttpResponse:
    session = await known(claim_id_of(req))
    return json_answer(await session_store().read_audit(session))
