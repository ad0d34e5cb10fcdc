"""HTTP: whether the app answers, and what the API says of itself, for programs and for people."""

import json
from functools import cached_property

import azure.functions as func

from orchestration.rules.requirements import Requirements
from shared.version import __version__
from triggers.http.calls import Query
from triggers.http.responses import json_answer
from triggers.http.routes import JSON
from triggers.http.views import Health


async def health(_: Query) -> func.HttpResponse:
    """`GET /health`: the app answers."""
    return json_answer(Health(version=__version__))


class Description:
    """The OpenAPI document and the page that shows it; each is made when it is first asked for."""

    def __init__(self, requirements: Requirements) -> None:
        self._requirements = requirements

    async def openapi(self, _: Query) -> func.HttpResponse:
        """`GET /openapi.json`: the document."""
        return func.HttpResponse(
            json.dumps(self._document, ensure_ascii=False), mimetype=JSON, charset="utf-8"
        )

    async def docs(self, _: Query) -> func.HttpResponse:
        """`GET /docs`: the document for people."""
        policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        return func.HttpResponse(self._page, headers=policy, mimetype="text/html", charset="utf-8")

    @cached_property
    def _document(self) -> dict[str, object]:
        from triggers.http.openapi import openapi

        return openapi(self._requirements)

    @cached_property
    def _page(self) -> str:
        from triggers.http.docs_page import docs_page

        return docs_page(self._document)
