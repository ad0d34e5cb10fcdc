"""HTTP: is the app up."""

import azure.functions as func
from azure.durable_functions import Blueprint

from shared.version import __version__
from triggers.http import route_table
from triggers.http.responses import json_answer
from triggers.http.routes import serves
from triggers.http.views import Health

blueprint = Blueprint()


@serves(blueprint, route_table.HEALTH)
async def health(req: func.HttpRequest) -> func.HttpResponse:
    del req
    return json_answer(Health(version=__version__))
