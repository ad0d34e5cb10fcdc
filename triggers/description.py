"""HTTP: what the API says of itself, for programs and for people."""

import json
from functools import lru_cache

import azure.functions as func
from azure.durable_functions import Blueprint

from triggers import api
from triggers.routes import JSON, serves

blueprint = Blueprint()


@serves(blueprint, api.OPENAPI)
async def openapi(req: func.HttpRequest) -> func.HttpResponse:
    del req
    return func.HttpResponse(_document(), mimetype=JSON, charset="utf-8")


@serves(blueprint, api.DOCS)
async def docs(req: func.HttpRequest) -> func.HttpResponse:
    from triggers.docs_page import docs_page

    del req
    policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return func.HttpResponse(docs_page(), headers=policy, mimetype="text/html", charset="utf-8")


@lru_cache(maxsize=1)
def _document() -> str:
    # Made when it is first asked for: no start waits for it.
    from triggers import openapi as made

    return json.dumps(made.openapi(), ensure_ascii=False)
