"""Serves the app's HTTP functions, and the errors that the Functions host itself answers with."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from http.cookies import SimpleCookie
from ipaddress import ip_address

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from multidict import MultiMapping
from yarl import URL

from devhost import protos
from devhost.errors import HostError
from devhost.problems import problem
from devhost.protos import TypedData
from devhost.routes import precedence, router_paths
from devhost.worker import Function, FunctionFailed, Worker

_log = logging.getLogger("devhost.http")

MAX_BODY_BYTES = 104857600
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_HEADERS_OF_THE_SERVER = {"connection", "content-length", "keep-alive", "transfer-encoding"}

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Gate:
    """Lets requests in until the host shuts down. Those that are in then are answered."""

    def __init__(self) -> None:
        self.open = True
        self._inside = 0
        self._empty = asyncio.Event()
        self._empty.set()

    async def drain(self) -> None:
        """Closes the gate and waits until the requests that are in are answered."""
        self.open = False
        await self._empty.wait()

    async def pass_through(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Has `handler` answer a request, or turns the request away."""
        if not self.open:
            return problem(503, "the host is shutting down", {"Retry-After": "5", "Connection": "close"})
        self._inside += 1
        self._empty.clear()
        try:
            return await handler(request)
        finally:
            self._inside -= 1
            if not self._inside:
                self._empty.set()


def make_web_app(worker: Worker, route_prefix: str, gate: Gate) -> web.Application:
    """The web application for the app's HTTP functions, to which more routes may be added.

    Raises:
        HostError: a route is malformed, or another function has it already.
    """

    @web.middleware
    async def through_gate(request: web.Request, handler: Handler) -> web.StreamResponse:
        return await gate.pass_through(request, handler)

    app = web.Application(
        middlewares=[_errors_as_problems, _from_this_machine, through_gate], client_max_size=MAX_BODY_BYTES
    )
    routes = [
        (path, method, function)
        for function in worker.triggered_by("httpTrigger")
        for path in router_paths(route_prefix, function.trigger.get("route") or function.name)
        for method in function.trigger.get("methods") or _METHODS
    ]
    routes.sort(key=lambda route: precedence(route[0]))
    for path, method, function in routes:
        try:
            app.router.add_route(method.upper(), path, _function_handler(worker, function))
        except (RuntimeError, ValueError) as error:
            raise HostError(f"function {function.name}: {method} {path} cannot be served: {error}") from error
    return app


def _function_handler(worker: Worker, function: Function) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        body = await _read_body(request)
        rpc_request = protos.RpcHttp(
            method=request.method,
            url=f"http://{request.host}{request.raw_path}",
            headers=_joined(request.headers),
            params=dict(request.match_info),
            query=_joined(request.query),
            body=TypedData(bytes=body),
        )
        try:
            returned = await worker.invoke(function, TypedData(http=rpc_request))
        except FunctionFailed as failure:
            _log.error("%s", failure)
            _log.debug("%s", failure.stack_trace)
            return problem(500, "the function failed; the host's log names the error")
        return _web_response(function, returned)

    return handle


async def _read_body(request: web.Request) -> bytes:
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise web.HTTPRequestEntityTooLarge(MAX_BODY_BYTES, request.content_length or 0)
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise web.HTTPRequestEntityTooLarge(MAX_BODY_BYTES, len(body))
    return bytes(body)


def _joined(values: MultiMapping[str]) -> dict[str, str]:
    """One value for each name: like the Functions host, this joins several by commas."""
    joined: dict[str, str] = {}
    for name, value in values.items():
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _web_response(function: Function, returned: TypedData | None) -> web.Response:
    if returned is None:
        return web.Response(status=204)
    if returned.kind != "http":
        return web.Response(text=str(returned.value))
    answer: protos.RpcHttp = returned.value
    headers = {
        name: value for name, value in answer.headers.items() if name.lower() not in _HEADERS_OF_THE_SERVER
    }
    status = int(answer.status_code) if answer.status_code.isdecimal() else 0
    if not 200 <= status <= 599 or any(_breaks_the_line(text) for text in (*headers, *headers.values())):
        _log.error("function %s answered with a status or header that HTTP does not allow", function.name)
        return problem(500, "the function's answer is not valid HTTP")
    response = web.Response(status=status, headers=headers)
    if status not in {204, 304}:
        response.body = answer.body.value
    for cookie in answer.cookies or ():
        response.headers.add("Set-Cookie", _cookie(cookie))
    return response


def _breaks_the_line(text: str) -> bool:
    return any(character in text for character in "\r\n\0")


def _cookie(cookie: protos.RpcHttpCookie) -> str:
    morsel = SimpleCookie({cookie.name: cookie.value})[cookie.name]
    morsel["samesite"] = cookie.same_site
    for attribute in ("domain", "path", "secure", "http_only"):
        if given := getattr(cookie, attribute):
            morsel[attribute.replace("_", "")] = given.value
    if cookie.expires:
        morsel["expires"] = formatdate(cookie.expires.value.seconds, usegmt=True)
    if cookie.max_age:
        morsel["max-age"] = int(cookie.max_age.value)
    return morsel.OutputString()


@web.middleware
async def _errors_as_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPMethodNotAllowed as error:
        allowed = {"Allow": ", ".join(sorted(error.allowed_methods))}
        answer = problem(405, f"{request.method} is not allowed here", allowed)
    except web.HTTPNotFound:
        answer = problem(404, "there is nothing at this address")
    except web.HTTPRequestEntityTooLarge:
        answer = problem(413, f"the body is larger than {MAX_BODY_BYTES} bytes")
    except web.HTTPException as error:
        answer = problem(error.status, error.reason)
    except (web.RequestPayloadError, HttpProcessingError):
        answer = problem(400, "the body is not what its headers say")
    except ConnectionError:
        raise
    except Exception as error:
        _log.error(
            "a request failed with %s", type(error).__name__, exc_info=_log.isEnabledFor(logging.DEBUG)
        )
        answer = problem(500, "the host failed; its log names the error")
    return answer


@web.middleware
async def _from_this_machine(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns away the pages of other sites, since a browser can reach loopback and no key protects the app."""
    host, origin = request.headers.get("Host"), request.headers.get("Origin")
    if (host and not _is_loopback(f"http://{host}")) or (origin and not _is_loopback(origin)):
        return problem(403, "the embedded host answers requests of this machine only")
    return await handler(request)


def _is_loopback(url: str) -> bool:
    try:
        host = URL(url).host or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
