# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# The SDK types its transport only in part.
"""A transport to the storage account that counts requests, loses one, or dies at one."""

from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from azure.core.exceptions import ServiceRequestError, ServiceResponseError
from azure.core.pipeline.transport import AioHttpTransport


class Death(BaseException):
    """The process ends here: nothing of it runs on."""


class Fault(Enum):
    REQUEST_LOST = "the request never left"
    ANSWER_LOST = "the service did it, and nobody heard"
    DEATH_BEFORE = "the process died before it sent the request"
    DEATH_AFTER = "the process died before it heard the answer"


class FaultyTransport(AioHttpTransport):
    """Azure's own transport, with a fault at one request, counted from 0."""

    def __init__(self, fault: Fault | None = None, at: int = 0) -> None:
        super().__init__()
        self._fault = fault
        self._at = at
        self.requests: list[str] = []
        self.bytes_moved = 0
        self.lost: str | None = None
        """What goes to an address with this in it is lost, however often it is sent."""

    @property
    def was_faulty(self) -> bool:
        return self._fault is not None and len(self.requests) > self._at

    async def send(self, request: Any, **options: Any) -> Any:
        number = len(self.requests)
        self.requests.append(f"{request.method} {urlsplit(request.url).path}")
        fault = self._fault if number == self._at else None
        if fault is Fault.REQUEST_LOST or (self.lost and self.lost in request.url):
            raise ServiceRequestError("lost on the way")
        if fault is Fault.DEATH_BEFORE:
            raise Death
        answer: Any = await super().send(request, **options)
        self.bytes_moved += len(request.body or b"") if isinstance(request.body, bytes) else 0
        self.bytes_moved += int(answer.headers.get("Content-Length") or 0)
        if fault and options.get("stream"):
            await answer.load_body()
        if fault is Fault.ANSWER_LOST:
            raise ServiceResponseError("lost on the way back")
        if fault is Fault.DEATH_AFTER:
            raise Death
        return answer
