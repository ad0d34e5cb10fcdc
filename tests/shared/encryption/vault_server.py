"""A key vault on this machine: the REST calls of Azure Key Vault that wrapping needs, over TLS."""

import base64
import datetime as dt
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import IPv4Address
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web
from azure.core.credentials import AccessToken
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
TOKEN = "the-app"


class AppCredential:
    """The app's identity; remembers whether it was given back."""

    def __init__(self) -> None:
        self.is_closed = False

    async def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        return AccessToken(TOKEN, int(dt.datetime.now(dt.UTC).timestamp()) + 3600)

    async def close(self) -> None:
        self.is_closed = True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.close()


class VaultServer:
    """Holds RSA keys by name, each with its versions."""

    def __init__(self, folder: Path) -> None:
        self.certificate = folder / "vault.pem"
        self.url = ""
        self.calls: list[str] = []
        self.may_get_keys = True
        self._keys: dict[str, dict[str, rsa.RSAPrivateKey]] = {}

    def rotate(self, name: str) -> str:
        """Add a version to a key, or the first one; return its identifier."""
        versions = self._keys.setdefault(name, {})
        version = f"{len(versions):032x}"
        versions[version] = rsa.generate_private_key(65537, 2048)
        return f"{self.url}/keys/{name}/{version}"

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[Self]:
        app = web.Application(middlewares=[self._check])
        app.router.add_get("/keys/{name}/{version:[0-9a-f]*}", self._get)
        app.router.add_post("/keys/{name}/{version:[0-9a-f]*}/{operation}", self._operate)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=self._tls())
        await site.start()
        self.url = f"https://127.0.0.1:{runner.addresses[0][1]}"
        yield self
        await runner.cleanup()

    @web.middleware
    async def _check(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            challenge = f'Bearer authorization="{self.url}/tenant", resource="https://vault.azure.net"'
            return web.json_response({}, status=401, headers={"WWW-Authenticate": challenge})
        self.calls.append(request.path.rstrip("/").rpartition("/")[2] if request.method == "POST" else "get")
        return await handler(request)

    def _find(self, request: web.Request) -> tuple[str, rsa.RSAPrivateKey]:
        name = request.match_info["name"]
        version = request.match_info["version"] or max(self._keys[name])
        return f"{self.url}/keys/{name}/{version}", self._keys[name][version]

    async def _get(self, request: web.Request) -> web.Response:
        if not self.may_get_keys:
            return _error(403, "Forbidden")
        key_id, key = self._find(request)
        numbers = key.public_key().public_numbers()
        return web.json_response(
            {
                "key": {
                    "kid": key_id,
                    "kty": "RSA",
                    "key_ops": ["wrapKey", "unwrapKey"],
                    "n": _encode(numbers.n.to_bytes(256)),
                    "e": _encode(numbers.e.to_bytes(3)),
                },
                "attributes": {"enabled": True},
            }
        )

    async def _operate(self, request: web.Request) -> web.Response:
        key_id, key = self._find(request)
        body = await request.json()
        if body["alg"] != "RSA-OAEP-256":
            return _error(400, "BadParameter")
        value = base64.urlsafe_b64decode(body["value"] + "==")
        try:
            wraps = request.match_info["operation"].lower() == "wrapkey"
            result = key.public_key().encrypt(value, OAEP) if wraps else key.decrypt(value, OAEP)
        except ValueError:
            return _error(400, "BadParameter")
        return web.json_response({"kid": key_id, "value": _encode(result)})

    def _tls(self) -> ssl.SSLContext:
        key = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "vault")])
        now = dt.datetime.now(dt.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
            .sign(key, hashes.SHA256())
        )
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        self.certificate.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        return context


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _error(status: int, code: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": code}}, status=status)
