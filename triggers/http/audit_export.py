"""HTTP: who did what with a claim, and everything that is kept of it."""

from io import BytesIO

import azure.functions as func
from azure.durable_functions import Blueprint

from shared.errors import NotFound
from shared.session_store.opening import session_store
from triggers.http import route_table
from triggers.http.claim_queries import known
from triggers.http.responses import claim_id_of, json_answer
from triggers.http.routes import serves

blueprint = Blueprint()

LARGEST_EXPORT = 64 * 2**20
"""Bytes. The HTTP binding takes an answer whole, and copies it: a worker must live through several."""


@serves(blueprint, route_table.EXPORT)
async def export_claim(req: func.HttpRequest) -> func.HttpResponse:
    claim_id = claim_id_of(req)
    file = BytesIO()
    if not await session_store().exports.write_zip(claim_id, file, LARGEST_EXPORT):
        raise NotFound(f"there is no claim {claim_id}")
    named = {"Content-Disposition": f'attachment; filename="{claim_id}.zip"'}
    return func.HttpResponse(file.getvalue(), mimetype=route_table.ZIP, headers=named)


@serves(blueprint, route_table.AUDIT)
async def get_audit(req: func.HttpRequest) -> func.HttpResponse:
    session = await known(claim_id_of(req))
    return json_answer(await session_store().audit.read(session))
