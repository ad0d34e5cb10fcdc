"""A model service on a local port: chat completions as OpenAI, Azure OpenAI and Ollama speak them.

It is as strict as they are about keys, the order of messages and schemas, answers what a script says,
and keeps every request that reached it. Nothing in it knows the app.
"""

import asyncio
import json
import ssl
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, Self

from aiohttp import web

KEY, IDENTITY_TOKEN = "the-key", "a-token-of-the-identity"
MODEL = "gpt-4o-mini-2024-07-18"
"""What the service says it is, whatever the deployment is called."""
Dialect = Literal["openai", "azure_openai", "ollama"]

_STRICT_KEYWORDS = {
    *("type", "properties", "required", "additionalProperties", "items", "anyOf", "enum", "const"),
    *("$defs", "$ref", "description", "title"),
}
"""Of JSON Schema, what Azure OpenAI takes in a strict schema."""


@dataclass(frozen=True)
class Request:
    """What reached the server."""

    dialect: Dialect
    model: str
    body: dict[str, Any]
    headers: Mapping[str, str]
    at: float
    """Seconds on a clock of its own."""

    @cached_property
    def messages(self) -> list[dict[str, Any]]:
        return self.body["messages"]

    @cached_property
    def text(self) -> str:
        """Everything that the model is shown."""
        return json.dumps(self.messages, ensure_ascii=False)

    @property
    def system(self) -> str:
        return str(self.messages[0]["content"])

    @property
    def tools(self) -> list[str]:
        """Names of the tools on offer, such as `policy-lookup_policy`."""
        offered: list[dict[str, Any]] = self.body.get("tools") or []
        return [tool["function"]["name"] for tool in offered]

    @property
    def results(self) -> list[str]:
        """What the tools answered so far, in order."""
        return [str(message["content"]) for message in self.messages if message["role"] == "tool"]

    @property
    def schema(self) -> dict[str, Any] | None:
        """The JSON schema that the reply is asked for."""
        if self.dialect == "ollama":
            return self.body.get("format")
        asked: dict[str, Any] = self.body.get("response_format") or {}
        return asked.get("json_schema", {}).get("schema")


@dataclass(frozen=True)
class Says:
    """A final answer; an object is sent as JSON."""

    content: str | dict[str, Any]
    finish_reason: str = "stop"

    @property
    def text(self) -> str:
        return self.content if isinstance(self.content, str) else json.dumps(self.content)


@dataclass(frozen=True)
class Calls:
    """An answer that calls tools, by name and arguments."""

    calls: Sequence[tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Refuses:
    """An error of the service."""

    status: int
    code: str | None = None
    message: str = "no"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Raw:
    """A reply with a body of its own, however broken."""

    body: str


@dataclass(frozen=True)
class Cut:
    """The connection breaks off in the middle of the reply."""


@dataclass(frozen=True)
class Slow:
    """An answer that takes its time."""

    seconds: float
    then: "Answer"


Answer = Says | Calls | Refuses | Raw | Cut | Slow
Script = Callable[[Request], Answer]


def by_turns(*answers: Answer) -> Script:
    """One answer after the other, whoever asks; more requests than answers are an error of the test."""
    left: Iterator[Answer] = iter(answers)
    return lambda _: next(left, Refuses(418, message="the script is at its end"))


class ModelServer:
    """Answers by `script`, which a test may replace at any time."""

    def __init__(self) -> None:
        self.script: Script = by_turns()
        self.requests: list[Request] = []
        self.tokens_given = 0
        self.at_once = 0
        """The most requests that were there at the same time."""
        self.connections: set[object] = set()
        """Those over which somebody asked."""
        self._now = 0
        self._url = ""

    @property
    def url(self) -> str:
        """Without a slash at its end."""
        return self._url

    def answers(self, *answers: Answer) -> None:
        """Script the next answers, and forget what was asked before."""
        self.script = by_turns(*answers)
        self.requests.clear()
        self.connections.clear()
        self.tokens_given = self.at_once = 0

    @asynccontextmanager
    async def running(self, tls: ssl.SSLContext | None = None) -> AsyncGenerator[Self]:
        app = web.Application(client_max_size=64 * 2**20)
        app.on_response_prepare.append(self._connected)
        app.add_routes(
            [
                web.post("/v1/chat/completions", self._openai),
                web.post("/openai/deployments/{deployment}/chat/completions", self._azure_openai),
                web.post("/api/chat", self._ollama),
                web.get("/identity", self._identity),
            ]
        )
        runner = web.AppRunner(app, shutdown_timeout=0, access_log=None, handler_cancellation=True)
        await runner.setup()
        site = web.TCPSite(runner, "localhost", 0, ssl_context=tls)
        await site.start()
        port = runner.addresses[0][1]
        self._url = f"{'https' if tls else 'http'}://localhost:{port}"
        try:
            yield self
        finally:
            await runner.cleanup()

    # --- the three dialects ------------------------------------------------------------------------

    async def _openai(self, http: web.Request) -> web.StreamResponse:
        if http.headers.get("Authorization") != f"Bearer {KEY}":
            return _error(Refuses(401, "invalid_api_key", "Incorrect API key provided"))
        body = await http.json()
        return await self._chat(http, "openai", body["model"], body)

    async def _azure_openai(self, http: web.Request) -> web.StreamResponse:
        by_key = http.headers.get("api-key") == KEY
        if not by_key and http.headers.get("Authorization") != f"Bearer {IDENTITY_TOKEN}":
            return _error(Refuses(401, "401", "Access denied due to invalid subscription key"))
        if "api-version" not in http.query:
            return _error(Refuses(404, "404", "Resource not found"))
        return await self._chat(http, "azure_openai", http.match_info["deployment"], await http.json())

    async def _chat(
        self, http: web.Request, dialect: Dialect, model: str, body: dict[str, Any]
    ) -> web.StreamResponse:
        if problem := _problem(body):
            return _error(Refuses(400, "invalid_request_error", problem))
        answer = await self._answer(Request(dialect, model, body, http.headers, time.monotonic()))
        match answer:
            case Says() | Calls():
                return web.json_response(self._completion(body, answer))
            case _:
                return await _fail(http, answer)

    def _completion(self, body: dict[str, Any], answer: Says | Calls) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": None, "refusal": None}
        if isinstance(answer, Says):
            message["content"] = answer.text
        else:
            message["tool_calls"] = [
                {
                    "id": f"call_{len(self.requests)}_{number}",
                    "type": "function",
                    "function": {"name": name, "arguments": json.dumps(arguments)},
                }
                for number, (name, arguments) in enumerate(answer.calls)
            ]
        prompt, completion = self._count(body, answer)
        reason = answer.finish_reason if isinstance(answer, Says) else "tool_calls"
        return {
            "id": f"chatcmpl-{len(self.requests)}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": MODEL,
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": reason}],
            "usage": {
                "prompt_tokens": prompt,
                "completion_tokens": completion,
                "total_tokens": prompt + completion,
            },
        }

    async def _ollama(self, http: web.Request) -> web.StreamResponse:
        body = await http.json()
        if body.get("stream") is not False:
            return _error(Refuses(400, message="streaming is off here"))
        answer = await self._answer(Request("ollama", body["model"], body, http.headers, time.monotonic()))
        if not isinstance(answer, Says | Calls):
            return await _fail(http, answer, ollama=True)
        message: dict[str, Any] = {"role": "assistant", "content": ""}
        if isinstance(answer, Says):
            message["content"] = answer.text
        else:
            message["tool_calls"] = [
                {"function": {"name": name, "arguments": arguments}} for name, arguments in answer.calls
            ]
        prompt, completion = self._count(body, answer)
        return web.json_response(
            {
                "model": body["model"],
                "created_at": "2026-11-22T09:00:00Z",
                "message": message,
                "done": True,
                "done_reason": "stop",
                "prompt_eval_count": prompt,
                "eval_count": completion,
            }
        )

    async def _identity(self, http: web.Request) -> web.Response:
        """App Service's endpoint of a managed identity."""
        if http.headers.get("X-IDENTITY-HEADER") != "secret" or "resource" not in http.query:
            return web.Response(status=400)
        expiry = str(int(time.time()) + 24 * 3600)
        return web.json_response(
            {
                "access_token": IDENTITY_TOKEN,
                "expires_on": expiry,
                "resource": http.query["resource"],
                "token_type": "Bearer",
            }
        )

    # --- answering ---------------------------------------------------------------------------------

    async def _connected(self, http: web.Request, _: web.StreamResponse) -> None:
        self.connections.add(http.protocol)

    async def _answer(self, request: Request) -> Answer:
        self.requests.append(request)
        self._now += 1
        self.at_once = max(self.at_once, self._now)
        try:
            answer = self.script(request)
            while isinstance(answer, Slow):
                await asyncio.sleep(answer.seconds)
                answer = answer.then
            return answer
        finally:
            self._now -= 1

    def _count(self, body: dict[str, Any], answer: Says | Calls) -> tuple[int, int]:
        """Prompt and completion tokens, at four characters each."""
        said = answer.text if isinstance(answer, Says) else json.dumps(answer.calls)
        prompt, completion = 1 + len(json.dumps(body["messages"])) // 4, 1 + len(said) // 4
        self.tokens_given += prompt + completion
        return prompt, completion


async def _fail(http: web.Request, answer: Answer, *, ollama: bool = False) -> web.StreamResponse:
    match answer:
        case Refuses():
            return _error(answer, ollama=ollama)
        case Raw():
            return web.Response(text=answer.body, content_type="application/json")
        case _:
            response = web.StreamResponse(headers={"Content-Length": "1000"})
            await response.prepare(http)
            await response.write(b'{"id": "chatcmpl')
            if http.transport:
                http.transport.abort()
            return response


def _error(refusal: Refuses, *, ollama: bool = False) -> web.Response:
    error: Any = {"message": refusal.message, "type": "error", "param": None, "code": refusal.code}
    body = {"error": refusal.message if ollama else error}
    return web.json_response(body, status=refusal.status, headers=refusal.headers)


def _problem(body: dict[str, Any]) -> str | None:
    """Why the service would not take the request, if it would not."""
    if body.get("stream"):
        return "streaming is off here"
    asked: set[str] = set()
    for message in body["messages"]:
        if message["role"] == "tool":
            if message.get("tool_call_id") not in asked:
                return "messages with role 'tool' must be a response to a preceding message with 'tool_calls'"
            asked.remove(message["tool_call_id"])
            continue
        if asked:
            return "an assistant message with 'tool_calls' must be followed by a tool message for each"
        calls: list[dict[str, Any]] = message.get("tool_calls") or []
        asked = {call["id"] for call in calls}
    asked_format: dict[str, Any] = body.get("response_format") or {}
    if asked_format.get("type") == "json_schema" and asked_format["json_schema"].get("strict"):
        return _not_strict(asked_format["json_schema"]["schema"])
    return None


def _not_strict(schema: dict[str, Any]) -> str | None:
    """What strict mode has against a schema."""
    if unknown := set(schema) - _STRICT_KEYWORDS:
        return f"Invalid schema for response_format: {sorted(unknown)} is not permitted"
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        return "Invalid schema for response_format: 'additionalProperties' must be false"
    if sorted(schema.get("required", [])) != sorted(schema.get("properties", {})):
        return "Invalid schema for response_format: 'required' must include every key in properties"
    items: list[dict[str, Any]] = [schema["items"]] if "items" in schema else []
    inner: list[dict[str, Any]] = [
        *schema.get("properties", {}).values(),
        *schema.get("$defs", {}).values(),
        *schema.get("anyOf", []),
        *items,
    ]
    return next((problem for part in inner if (problem := _not_strict(part))), None)
