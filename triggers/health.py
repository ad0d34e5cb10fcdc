"""HTTP: is the app up."""

import azure.functions as func
from azure.durable_functions import Blueprint

from shared.version import __version__
from triggers import api
from triggers.answers import json_answer
from triggers.routes import serves
from triggers.views import Health

blueprint = Blueprint()


@serves(blueprint, api.HEALTH)
async def health(req: func.HttpRequest) -> func.HttpResponse:
    del req
    return json_answer(Health(version=__version__))
