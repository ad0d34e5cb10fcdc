"""Claims from Python: submit one, see what it waits for, hand that in, read the result.

orchestrator = await build_orchestrator({"session_dir": "./sessions"})
result = await orchestrator.process_claim({"policy_number": …, "narrative": …})
result = await orchestrator.continue_claim(result["claim_id"], [Path("police_report.pdf")])
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, Unpack, cast

from tenacity import retry, retry_if_exception, stop_after_attempt, wait_exponential

from client.config import OrchestratorConfig, read_config
from client.documents import INLINE_BYTES, Additions, additions_from, batches, read_file
from client.errors import ApiError, CannotConnect
from client.responses import Claim, Message, Missing, Search, Summary
from client.submission import PreparedClaim, claim_from_fields, claim_from_file, claim_from_text
from client.transport import Content, Transport, check_claim_id

if TYPE_CHECKING:
    from client.embedded import EmbeddedHost

Watch = Callable[[Claim, list[Message]], None]
"""Called while a claim is worked: with the claim as it stands, and the messages that are new."""

_FIRST_POLL_SECONDS = 0.02
_SLOWEST_POLL_SECONDS = 0.5
_PAGE = "1000"
"""Summaries in a response, at most; the most there may be."""
_PASSING_TROUBLE = {
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}


def _passes(error: BaseException) -> bool:
    return isinstance(error, CannotConnect) or (
        isinstance(error, ApiError) and error.status in _PASSING_TROUBLE
    )


class ClaimsOrchestrator:
    """Works claims on one Claims Orchestrator. Close it, or use it as a context manager.

    A method that changes a claim returns once the claim has come to rest: it is paused, awaits a decision,
    or is over. What it returns is the response of `GET /claims/{claim_id}`. There is no time limit; wrap a
    call in `asyncio.timeout` for one, the claim is worked on nevertheless.

    Every method raises ApiError where the server refuses, and CannotConnect where none answers.

    Args:
        transport: the connection to the server.
        resources: what is released when the orchestrator is closed.
        inline_bytes: up to how many bytes of documents travel in one request.
    """

    def __init__(
        self, transport: Transport, resources: AsyncExitStack, *, inline_bytes: int = INLINE_BYTES
    ) -> None:
        self._transport = transport
        self._resources = resources
        self._inline_bytes = inline_bytes

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connection, and stop the host that was started for it."""
        await self._resources.aclose()

    async def process_claim(
        self, claim: Mapping[str, Any] | str | Path | PreparedClaim, *, watch: Watch | None = None
    ) -> Claim:
        """Submit a claim and see it to rest.

        Args:
            claim: the fields of a submission, the claim's text, or the path of a claim file.
            watch: called with what happens meanwhile.

        Raises:
            InputError: a file of the claim cannot be read.
        """
        claim_id = await self.submit_claim(claim)
        return await self.wait_until_at_rest(claim_id, watch=watch)

    async def submit_claim(self, claim: Mapping[str, Any] | str | Path | PreparedClaim) -> str:
        """Submit a claim with its files, and return its id without waiting for it.

        Raises:
            InputError: a file of the claim cannot be read.
            ApiError: the claim is refused; or it is taken, but one of its files is not.
        """
        prepared = _prepared(claim)
        headers = {"content-type": prepared.content_type}
        submitted = await self._transport.call("POST", "/claims", content=prepared.content, headers=headers)
        claim_id = submitted["claim_id"]
        for upload in prepared.uploads:
            params = {"filename": upload.filename} | ({"type": upload.type} if upload.type else {})
            content = read_file(upload.path)
            headers = {"content-type": "application/octet-stream"}
            try:
                await self._call(
                    "POST", claim_id, "/documents", params=params, content=content, headers=headers
                )
            except ApiError as error:
                reason = error.detail or error.title
                detail = f"{claim_id} is submitted, but {upload.filename} is refused: {reason}"
                raise ApiError(error.status, error.title, detail, error.errors) from None
        return claim_id

    async def continue_claim(
        self,
        claim_id: str,
        additional_documents: Additions = (),
        *,
        watch: Watch | None = None,
    ) -> Claim:
        """Hand in documents and notes, and see the claim to rest.

        Args:
            claim_id: the claim.
            additional_documents: `{"documents": […], "notes": [{"type", "content"}]}`, or a list of
                documents. A document is a `Path`, or `{"filename", "type"?}` with one of `content` (bytes),
                `path`, `content_base64`, `text` and `reference`. Without any the claim is taken up again.
            watch: called with what happens meanwhile.

        Raises:
            InputError: a document cannot be read.
        """
        known = await self._message_count(claim_id, watch)
        documents, notes = additions_from(additional_documents)
        for batch in batches(documents, self._inline_bytes) or [[]]:
            await self._call("POST", claim_id, "/continue", json={"documents": batch, "notes": notes})
            notes = []
        return await self.wait_until_at_rest(claim_id, watch=watch, known_messages=known)

    async def wait_until_at_rest(
        self, claim_id: str, *, watch: Watch | None = None, known_messages: int = 0
    ) -> Claim:
        """See a claim to rest; `watch` gets all messages behind the first `known_messages`."""
        pauses = _pauses()
        while True:
            claim = await self._get_patiently(claim_id)
            if watch:
                messages = await self.history(claim_id, after=known_messages)
                known_messages += len(messages)
                watch(claim, messages)
            if claim["status"] != "processing":
                return claim
            await asyncio.sleep(next(pauses))

    async def get_status(self, claim_id: str) -> Claim:
        """The claim as it stands."""
        return cast(Claim, await self._call("GET", claim_id))

    @retry(
        retry=retry_if_exception(_passes),
        wait=wait_exponential(multiplier=0.5),
        stop=stop_after_attempt(4),
        reraise=True,
    )
    async def _get_patiently(self, claim_id: str) -> Claim:
        """The claim, also where a request on the way fails: a wait of minutes should outlive that."""
        return await self.get_status(claim_id)

    async def missing_documents(self, claim_id: str) -> Missing:
        """What the claim waits for, with how to ask for it."""
        return cast(Missing, await self._call("GET", claim_id, "/missing-documents"))

    async def list_sessions(self, status: str | None = None, **search: Unpack[Search]) -> list[Summary]:
        """All claims, or those of one status, or that are searched for; each once, as it was seen last."""
        return [*{claim["claim_id"]: claim async for claim in self.summaries(status, **search)}.values()]

    async def summaries(self, status: str | None = None, **search: Unpack[Search]) -> AsyncIterator[Summary]:
        """As `list_sessions`, one by one; by moment, a claim that is saved meanwhile may come again."""
        given = {"limit": _PAGE, "status": status, **search}
        params = {name: _text(value) for name, value in given.items() if value is not None}
        while True:
            page = await self._transport.call("GET", "/claims", params=params)
            for summary in cast(list[Summary], page["claims"]):
                yield summary
            if not page.get("continuation"):
                return
            params["continuation"] = page["continuation"]

    async def history(self, claim_id: str, *, after: int = 0) -> list[Message]:
        """The messages of the claim's chat, or those behind the first `after`."""
        messages: list[Message] = []
        while True:
            params = {"after": str(after + len(messages))}
            page = await self._call("GET", claim_id, "/history", params=params)
            messages += page["messages"]
            if not page.get("next") or not page["messages"]:
                return messages

    async def nudge(self, claim_id: str) -> None:
        """Have a claim do what there is to do, whether its orchestration still lives or not."""
        await self._call("POST", claim_id, "/continue", json={"documents": [], "notes": []})

    async def decide(
        self,
        claim_id: str,
        decision: Literal["approve", "deny"],
        *,
        officer_id: str,
        rationale: str,
        payout_amount: float | None = None,
        denial_reason: str | None = None,
        override_reason: str | None = None,
        watch: Watch | None = None,
    ) -> Claim:
        """Record an officer's decision, and see the claim through its handoff. The amount is in the
        policy's currency."""
        known = await self._message_count(claim_id, watch)
        given = {
            "decision": decision,
            "officer_id": officer_id,
            "rationale": rationale,
            "payout_amount": payout_amount,
            "denial_reason": denial_reason,
            "override_reason": override_reason,
        }
        body = {name: value for name, value in given.items() if value is not None}
        await self._call("POST", claim_id, "/decision", json=body)
        return await self.wait_until_at_rest(claim_id, watch=watch, known_messages=known)

    async def withdraw(self, claim_id: str, reason: str = "withdrawn by the claimant") -> Claim:
        """End a claim that is not wanted any more."""
        await self._call("POST", claim_id, "/withdraw", json={"reason": reason})
        return await self.wait_until_at_rest(claim_id)

    async def audit(self, claim_id: str) -> dict[str, Any]:
        """Who did what with a claim: `lines`, and `broken_line` where the trail does not hold."""
        return await self._call("GET", claim_id, "/audit")

    async def export(self, claim_id: str) -> bytes:
        """Everything that is kept of a claim, as one zip."""
        return await self._transport.download(f"{_path(claim_id)}/export", "application/zip")

    async def erase(self, claim_id: str) -> dict[str, Any]:
        """Erase everything that is kept of a claim; returns once it is gone."""
        erased = await self._call("DELETE", claim_id)
        pauses = _pauses()
        while True:
            try:
                await self.get_status(claim_id)
            except ApiError as error:
                if error.status == HTTPStatus.NOT_FOUND:
                    return {"claim_id": claim_id, **erased}
                raise
            await asyncio.sleep(next(pauses))

    async def _message_count(self, claim_id: str, watch: Watch | None) -> int:
        """How many messages there are already, which `watch` need not hear of; 0 without a watch."""
        return len(await self.history(claim_id)) if watch else 0

    async def _call(
        self, method: str, claim_id: str, part: str = "", **content: Unpack[Content]
    ) -> dict[str, Any]:
        return await self._transport.call(method, f"{_path(claim_id)}{part}", **content)


async def build_orchestrator(config: Mapping[str, Any] | None = None) -> ClaimsOrchestrator:
    """Connect to the app at `url`, or to the embedded host on `session_dir`, which is started if need be.

    Args:
        config: the settings of `OrchestratorConfig`.

    Raises:
        ConfigError: a setting is unknown or wrong.
        HostError: the embedded host does not start.
    """
    settings = read_config(config or {})
    async with AsyncExitStack() as resources:
        if settings.url is None:
            host = await resources.enter_async_context(_embedded(settings, resources))
            transport = Transport(await host.url(), relocate=host.next_url)
        else:
            transport = Transport(settings.url, settings.key)
        resources.push_async_callback(transport.aclose)
        return ClaimsOrchestrator(transport, resources.pop_all())


def _embedded(settings: OrchestratorConfig, resources: AsyncExitStack) -> "EmbeddedHost":
    from client.embedded import EmbeddedHost

    environment: dict[str, str] = {}
    data = settings.session_dir
    if not settings.enable_human_in_loop:
        environment["HUMAN_IN_LOOP"] = "false"
    if not settings.enable_session_persistence:
        environment["SessionStorage__path"] = ":memory:"
        data = Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="claims-")))
    return EmbeddedHost(data, environment, own=bool(environment))


def _prepared(claim: Mapping[str, Any] | str | Path | PreparedClaim) -> PreparedClaim:
    match claim:
        case PreparedClaim():
            return claim
        case Path():
            return claim_from_file(claim)
        case str():
            return claim_from_text(claim)
        case _:
            return claim_from_fields(claim)


def _path(claim_id: str) -> str:
    return f"/claims/{check_claim_id(claim_id)}"


def _text(parameter: object) -> str:
    return parameter.isoformat() if isinstance(parameter, datetime) else str(parameter)


def _pauses() -> Iterator[float]:
    """Seconds to wait before a claim is asked for again, longer each time."""
    pause = _FIRST_POLL_SECONDS
    while True:
        yield pause
        pause = min(2 * pause, _SLOWEST_POLL_SECONDS)
