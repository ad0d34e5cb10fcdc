"""HTTP: who did what with a claim, and everything that is kept of it."""

from io import BytesIO

import azure.functions as func

from orchestration.services.claim_queries import load_claim
from shared.errors import NotFound
from triggers.http import route_table
from triggers.http.calls import Query
from triggers.http.responses import json_answer

LARGEST_EXPORT = 64 * 2**20
"""Bytes. The HTTP binding takes an answer whole, and copies it: a worker must live through several."""


async def export_claim(call: Query) -> func.HttpResponse:
    """`GET /claims/{claim_id}/export`: everything that is kept of a claim, in one zip."""
    file = BytesIO()
    if not await call.services.store.exports.write_zip(call.claim_id, file, LARGEST_EXPORT):
        raise NotFound(f"there is no claim {call.claim_id}")
    named = {"Content-Disposition": f'attachment; filename="{call.claim_id}.zip"'}
    return func.HttpResponse(file.getvalue(), mimetype=route_table.ZIP, headers=named)


async def get_audit(call: Query) -> func.HttpResponse:
    """`GET /claims/{claim_id}/audit`: the audit trail, checked."""
    session = await load_claim(call.services.store, call.claim_id)
    return json_answer(await call.services.store.audit.read(session))
