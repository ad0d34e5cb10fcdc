import datetime as dt
from email.utils import format_datetime
from typing import Any

import httpx2
import pytest
from openai import APIStatusError
from semantic_kernel.exceptions import ServiceResponseException

from orchestration.agents.model_errors import (
    ContentFiltered,
    ContextTooLong,
    ModelFailed,
    ServiceRefused,
    understood,
)


def refusal(status: int, error: dict[str, Any] | None = None, **headers: str) -> Exception:
    """What Semantic Kernel raises where OpenAI's client got an error."""
    response = httpx2.Response(status, headers=headers, request=httpx2.Request("POST", "https://localhost"))
    outer = ServiceResponseException("failed on: Jane Doe")
    outer.__cause__ = APIStatusError((error or {}).get("message", ""), response=response, body=error)
    return outer


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "-3"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
    ],
)
def test_when_to_come_again_is_read_in_every_form(headers: dict[str, str], seconds: float | None) -> None:
    assert understood(refusal(429, None, **headers)).retry_after == seconds


def test_when_to_come_again_may_be_a_date() -> None:
    at = format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=30), usegmt=True)
    waits = understood(ServiceRefused(503, "", {"retry-after": at})).retry_after
    assert waits is not None
    assert 25 < waits <= 30
    past = format_datetime(dt.datetime(2020, 1, 1, tzinfo=dt.UTC), usegmt=True)
    assert understood(ServiceRefused(503, "", {"retry-after": past})).retry_after == 0


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        ({"code": "content_filter"}, ContentFiltered),
        ({"code": "400", "innererror": {"code": "ResponsibleAIPolicyViolation"}}, ContentFiltered),
        ({"code": "context_length_exceeded"}, ContextTooLong),
        ({"code": None, "message": "This model's maximum context length is 8192 tokens"}, ContextTooLong),
        ({"code": "invalid_request_error"}, ModelFailed),
    ],
)
def test_a_bad_request_is_told_apart_by_what_the_service_says(
    error: dict[str, Any], outcome: type[ModelFailed]
) -> None:
    found = understood(refusal(400, error))
    assert type(found) is outcome
    assert found.is_final


@pytest.mark.parametrize(
    ("failure", "is_final"),
    [
        (refusal(408), False),
        (refusal(409), False),
        (refusal(429), False),
        (refusal(429, {"code": "insufficient_quota"}), True),
        (refusal(500), False),
        (refusal(529), False),
        (refusal(401), True),
        (refusal(404), True),
        (TimeoutError("Jane Doe"), False),
        (ConnectionError("Jane Doe"), False),
        (ValueError("Jane Doe"), False),
    ],
)
def test_what_may_pass_is_not_final_and_no_message_is_passed_on(failure: Exception, is_final: bool) -> None:
    found = understood(failure)
    assert found.is_final is is_final
    assert "Jane" not in str(found)
