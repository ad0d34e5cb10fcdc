"""What is the same for all routes of the API."""

import azure.functions as func
import pytest

from tests.orchestration.app import app_with
from tests.triggers.http.requests import post
from triggers.http import route_table
from triggers.http.calls import Query
from triggers.http.responses import json_answer
from triggers.http.serving import Server

LIMIT = 2**20
"""MAX_REQUEST_BYTES where MAX_DOCUMENT_BYTES is 2,000."""


class Recorder:
    """A handler that is called like any other, and how often it was."""

    def __init__(self) -> None:
        self.calls = 0

    async def __call__(self, _: Query) -> func.HttpResponse:
        self.calls += 1
        return json_answer({})


async def answer(req: func.HttpRequest, handler: Recorder) -> func.HttpResponse:
    """The answer to a request for `POST /claims` where `handler` serves it."""
    app = app_with(MAX_DOCUMENT_BYTES="2000")
    server = Server(app)
    server.query(route_table.SUBMIT, handler)
    functions = func.FunctionApp()
    functions.register_functions(server.blueprint)
    *_, function = functions.get_functions()
    answer = await function.get_user_function()(req)
    await app.store.close()
    return answer


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", route_table.EMAIL])
async def test_a_body_over_the_limit_is_refused_before_it_is_read(content_type: str) -> None:
    handler = Recorder()
    refused = await answer(post(b"x" * (LIMIT + 1), content_type), handler)
    assert (refused.status_code, refused.mimetype) == (413, "application/problem+json")
    assert handler.calls == 0


async def test_a_body_at_the_limit_is_read() -> None:
    handler = Recorder()
    assert (await answer(post(b"x" * LIMIT), handler)).status_code == 200
    assert handler.calls == 1
