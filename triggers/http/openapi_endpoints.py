"""HTTP: what the API says of itself, for programs and for people."""

import json
from functools import lru_cache

import azure.functions as func
from azure.durable_functions import Blueprint

from triggers.http import route_table
from triggers.http.routes import JSON, serves

blueprint = Blueprint()


@serves(blueprint, route_table.OPENAPI)
async def openapi(req: func.HttpRequest) -> func.HttpResponse:
    del req
    return func.HttpResponse(_document(), mimetype=JSON, charset="utf-8")


@serves(blueprint, route_table.DOCS)
async def docs(req: func.HttpRequest) -> func.HttpResponse:
    from triggers.http.docs_page import docs_page

    del req
    policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return func.HttpResponse(docs_page(), headers=policy, mimetype="text/html", charset="utf-8")


@lru_cache(maxsize=1)
def _document() -> str:
    # Made when it is first asked for: no start waits for it.
    from triggers.http import openapi as made

    return json.dumps(made.openapi(), ensure_ascii=False)
