"""What can go wrong with a call of a model: what to wait for, what to send shorter, what to give up.

No message of a service is passed on: it may quote the claim.
"""

import datetime as dt
import json
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from semantic_kernel.exceptions import KernelException

from shared.errors import AppError

_TRY_AGAIN = {408, 409, 425, 429}
_NO_USE = {"insufficient_quota", "billing_hard_limit_reached"}
_FILTERED = {"content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation"}
_TOO_LONG = re.compile(r"context[ _](?:length|window|size)|maximum context|prompt is too long", re.IGNORECASE)


class ModelFailed(AppError):
    """A call of the model failed.

    `is_final`: it would fail again. `retry_after`: seconds that the service asks for.
    """

    def __init__(self, reason: str, *, is_final: bool = False, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.is_final = is_final
        self.retry_after = retry_after


class ContentFiltered(ModelFailed):
    """The service's content filter stands against the prompt or the answer."""

    def __init__(self) -> None:
        super().__init__("the model service's content filter refused the claim's text", is_final=True)


class ContextTooLong(ModelFailed):
    """What was sent is more than the model takes."""

    def __init__(self) -> None:
        super().__init__(
            "the claim is too long for the model (context_length_exceeded), even shortened", is_final=True
        )


class ServiceRefused(Exception):
    """An HTTP error of a service whose own client keeps no headers of it."""

    def __init__(self, status_code: int, text: str, headers: Mapping[str, str]) -> None:
        super().__init__(f"status {status_code}")
        self.status_code = status_code
        self.text = text
        self.headers = headers


def understood(error: Exception) -> ModelFailed:
    """What an exception out of a connector means."""
    if isinstance(error, ModelFailed):
        return error
    cause = error.__cause__ if isinstance(error, KernelException) and error.__cause__ else error
    kind = type(cause).__name__
    status = getattr(cause, "status_code", None)
    if not isinstance(status, int):
        return ModelFailed(f"the model service failed ({_without_answer(cause, kind)})")
    codes, text = _codes(cause), _text(cause)
    if codes & _FILTERED:
        return ContentFiltered()
    if "context_length_exceeded" in codes or (status in {400, 413} and _TOO_LONG.search(text)):
        return ContextTooLong()
    if status >= 500 or (status in _TRY_AGAIN and not codes & _NO_USE):
        return ModelFailed(
            f"the model service failed ({kind}, status {status})", retry_after=_retry_after(cause)
        )
    return ModelFailed(f"the model service refused the request ({kind}, status {status})", is_final=True)


def _without_answer(cause: BaseException, kind: str) -> str:
    if isinstance(cause, TimeoutError):
        return "no answer in time"
    if isinstance(cause, json.JSONDecodeError):
        return f"an answer that cannot be read, {kind}"
    return kind


def _codes(cause: BaseException) -> set[str]:
    """The error's codes; Azure keeps the telling one further inside."""
    body: Any = getattr(cause, "body", None)
    found = {str(getattr(cause, "code", None))}
    while isinstance(body, dict):
        found.add(str(body.get("code")))  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType]
        body = body.get("innererror")  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    return found


def _text(cause: BaseException) -> str:
    return str(getattr(cause, "text", None) or getattr(cause, "message", ""))


def _retry_after(cause: BaseException) -> float | None:
    headers: Mapping[str, str] = (
        getattr(cause, "headers", None) or getattr(getattr(cause, "response", None), "headers", None) or {}
    )
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name, "")
        try:
            return max(0.0, float(value) * unit)
        except ValueError:
            pass
        try:
            return max(0.0, (parsedate_to_datetime(value) - dt.datetime.now(dt.UTC)).total_seconds())
        except (ValueError, TypeError):
            continue
    return None
