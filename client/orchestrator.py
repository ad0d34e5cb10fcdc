"""Claims from Python: submit one, see what it waits for, hand that in, read the result.

orchestrator = await build_orchestrator({"session_dir": "./sessions"})
result = await orchestrator.process_claim({"policy_number": …, "narrative": …})
result = await orchestrator.continue_claim(result["claim_id"], [Path("police_report.pdf")])
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack
from http import HTTPStatus
from pathlib import Path
from typing import Any, Literal, Self, Unpack

from client.answers import Claim, Document, Message, Missing, Search, Summary
from client.api import ClaimsApi
from client.config import OrchestratorConfig, read_config
from client.documents import Additions, additions_from, read_file
from client.embedded import EmbeddedHost
from client.errors import ApiError, CannotConnect
from client.submission import (
    INLINE_BYTES,
    PreparedClaim,
    claim_from_fields,
    claim_from_file,
    claim_from_text,
)

Watch = Callable[[Claim, list[Message]], None]
"""Told while a claim is worked: how it stands, and the messages that are new."""

_FIRST_POLL_SECONDS = 0.02
_SLOWEST_POLL_SECONDS = 0.5
_SECONDS_BEFORE_ASKING_AGAIN = (0.5, 1, 2)
_PASSING_TROUBLE = {
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}


class ClaimsOrchestrator:
    """Works claims on one Claims Orchestrator. Close it, or use it as a context manager.

    A method that changes a claim returns once the claim has come to rest: it is paused, awaits a decision,
    or is over. What it returns is the answer of `GET /claims/{claim_id}`. There is no time limit; wrap a call
    in `asyncio.timeout` for one, the claim is worked on nevertheless.

    Every method raises ApiError where the server refuses, and CannotConnect where none answers.
    """

    def __init__(self, api: ClaimsApi, resources: AsyncExitStack | None = None) -> None:
        self._api = api
        self._resources = resources or AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connection, and stop the host that was started for it."""
        try:
            await self._api.aclose()
        finally:
            await self._resources.aclose()

    async def process_claim(
        self, claim: Mapping[str, Any] | str | Path | PreparedClaim, *, watch: Watch | None = None
    ) -> Claim:
        """Submit a claim and see it to rest.

        Args:
            claim: the fields of a submission, the claim's text, or the path of a claim file.
            watch: told what happens meanwhile.

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
        claim_id = await self._api.submit(prepared.content, prepared.content_type)
        for upload in prepared.uploads:
            try:
                await self._api.upload(claim_id, upload.filename, read_file(upload.path), upload.type)
            except ApiError as error:
                told = f"{claim_id} is submitted, but {upload.filename} is refused: "
                raise ApiError(
                    error.status, error.title, told + (error.detail or error.title), error.errors
                ) from None
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
            watch: told what happens meanwhile.

        Raises:
            InputError: a document cannot be read.
        """
        known = len(await self._api.history(claim_id)) if watch else 0
        documents, notes = additions_from(additional_documents)
        first, *others = _batches(documents) or [[]]
        await self._api.proceed(claim_id, first, notes)
        for batch in others:
            await self._api.proceed(claim_id, batch)
        return await self.wait_until_at_rest(claim_id, watch=watch, known_messages=known)

    async def wait_until_at_rest(
        self, claim_id: str, *, watch: Watch | None = None, known_messages: int = 0
    ) -> Claim:
        """See a claim to rest; `watch` is told of all messages behind the first `known_messages`."""
        pause = _FIRST_POLL_SECONDS
        while True:
            claim = await self._get_patiently(claim_id)
            if watch:
                messages = await self._api.history(claim_id, after=known_messages)
                known_messages += len(messages)
                watch(claim, messages)
            if claim["status"] != "processing":
                return claim
            await asyncio.sleep(pause)
            pause = min(2 * pause, _SLOWEST_POLL_SECONDS)

    async def _get_patiently(self, claim_id: str) -> Claim:
        """The claim, also where a request on the way fails: a wait of minutes should outlive that."""
        for pause in _SECONDS_BEFORE_ASKING_AGAIN:
            try:
                return await self._api.get(claim_id)
            except CannotConnect:
                await asyncio.sleep(pause)
            except ApiError as error:
                if error.status not in _PASSING_TROUBLE:
                    raise
                await asyncio.sleep(pause)
        return await self._api.get(claim_id)

    async def get_status(self, claim_id: str) -> Claim:
        return await self._api.get(claim_id)

    async def missing_documents(self, claim_id: str) -> Missing:
        """What the claim waits for, with how to ask for it."""
        return await self._api.missing(claim_id)

    async def list_sessions(self, status: str | None = None, **search: Unpack[Search]) -> list[Summary]:
        """All claims, or those of one status, or that are searched for; each once, as it was seen last."""
        listed = {claim["claim_id"]: claim async for claim in self._api.summaries(status, **search)}
        return [*listed.values()]

    def summaries(self, status: str | None = None, **search: Unpack[Search]) -> AsyncIterator[Summary]:
        """As `list_sessions`, one by one; by moment, a claim that is saved meanwhile may come again."""
        return self._api.summaries(status, **search)

    async def nudge(self, claim_id: str) -> None:
        """Have a claim look at what there is to do, whether its orchestration still lives or not."""
        await self._api.proceed(claim_id)

    async def history(self, claim_id: str) -> list[Message]:
        return await self._api.history(claim_id)

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
        known = len(await self._api.history(claim_id)) if watch else 0
        optional = {
            "payout_amount": payout_amount,
            "denial_reason": denial_reason,
            "override_reason": override_reason,
        }
        body = {"decision": decision, "officer_id": officer_id, "rationale": rationale}
        await self._api.decide(
            claim_id, body | {name: value for name, value in optional.items() if value is not None}
        )
        return await self.wait_until_at_rest(claim_id, watch=watch, known_messages=known)

    async def withdraw(self, claim_id: str, reason: str = "withdrawn by the claimant") -> Claim:
        await self._api.withdraw(claim_id, reason)
        return await self.wait_until_at_rest(claim_id)

    async def audit(self, claim_id: str) -> dict[str, Any]:
        """Who did what with a claim: `lines`, and `broken_line` where the trail does not hold."""
        return await self._api.audit(claim_id)

    async def export(self, claim_id: str) -> bytes:
        """Everything that is kept of a claim, as one zip."""
        return await self._api.export(claim_id)

    async def erase(self, claim_id: str) -> dict[str, Any]:
        """Erase everything that is kept of a claim; returns once it is gone."""
        answer = await self._api.erase(claim_id)
        pause = _FIRST_POLL_SECONDS
        while await self._exists(claim_id):
            await asyncio.sleep(pause)
            pause = min(2 * pause, _SLOWEST_POLL_SECONDS)
        return {"claim_id": claim_id, **answer}

    async def _exists(self, claim_id: str) -> bool:
        try:
            await self._api.get(claim_id)
        except ApiError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return False
            raise
        return True


async def build_orchestrator(config: Mapping[str, Any] | None = None) -> ClaimsOrchestrator:
    """Connect to the app at `url`, or to the embedded host on `session_dir`, which is started if need be.

    Args:
        config: the settings of `OrchestratorConfig`.

    Raises:
        ConfigError: a setting is unknown or wrong.
        HostError: the embedded host does not start.
    """
    settings = read_config(config or {})
    if settings.url is not None:
        return ClaimsOrchestrator(ClaimsApi(settings.url, settings.key))
    resources = AsyncExitStack()
    try:
        host = await resources.enter_async_context(_embedded(settings, resources))
        return ClaimsOrchestrator(ClaimsApi(await host.url(), relocate=host.next_url), resources)
    except BaseException:
        await resources.aclose()
        raise


def _embedded(settings: OrchestratorConfig, resources: AsyncExitStack) -> EmbeddedHost:
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


def _batches(documents: list[Document]) -> list[list[Document]]:
    """The documents in as few requests as their size allows."""
    batches: list[list[Document]] = []
    room = 0
    for document in documents:
        size = len(document.get("content_base64", "")) + len(document.get("text", ""))
        if not batches or size > room:
            batches.append([])
            room = INLINE_BYTES
        batches[-1].append(document)
        room -= size
    return batches
