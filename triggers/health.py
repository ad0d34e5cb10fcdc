"""HTTP: is the app up."""

import azure.functions as func
from azure.durable_functions import Blueprint

from shared.version import __version__
from triggers.answers import answers, json_answer

blueprint = Blueprint()


@blueprint.route(route="health", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
@answers
async def health(req: func.HttpRequest) -> func.HttpResponse:
    del req
    return json_answer({"status": "ok", "version": __version__})
