"""Who calls, as App Service authentication says in the header X-MS-CLIENT-PRINCIPAL.

App Service removes the header from every request from outside and sets its own, so the header can be trusted
where authentication is on, and only there.
"""

import base64
import binascii
from collections import defaultdict
from dataclasses import dataclass

import azure.functions as func
from pydantic import BaseModel, Field, ValidationError

from shared.errors import Forbidden
from shared.models.claim import Identity
from triggers.http.requests import header

HEADER = "X-MS-CLIENT-PRINCIPAL"

_SCHEMAS = ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims", "http://schemas.microsoft.com")
_NAMES = (
    *("preferred_username", f"{_SCHEMAS[0]}/upn", "upn", "email", f"{_SCHEMAS[0]}/emailaddress"),
    *("unique_name", "name", f"{_SCHEMAS[0]}/name"),
)
"""Claims that name somebody, the most telling first."""
_IDS = (f"{_SCHEMAS[1]}/identity/claims/objectidentifier", "oid", f"{_SCHEMAS[0]}/nameidentifier", "sub")
_ROLES = ("roles", f"{_SCHEMAS[1]}/ws/2008/06/identity/claims/role")


class _Claim(BaseModel):
    typ: str
    val: str


class _Principal(BaseModel):
    auth_typ: str = ""
    name_typ: str | None = None
    role_typ: str | None = None
    claims: list[_Claim] = Field(default_factory=list[_Claim])


@dataclass(frozen=True)
class Principal:
    """A caller: who they are, all that they are called, and their roles."""

    identity: Identity
    aliases: frozenset[str]
    roles: frozenset[str]

    def is_called(self, name: str) -> bool:
        """Whether `name` is one of the caller's names, whatever its case."""
        return name.strip().casefold() in {alias.casefold() for alias in self.aliases}


def principal_of(req: func.HttpRequest) -> Principal | None:
    """The caller; None where the request names none.

    Raises:
        Forbidden: the header cannot be read, or names nobody.
    """
    encoded = header(req, HEADER)
    if not encoded:
        return None
    try:
        given = _Principal.model_validate_json(base64.b64decode(encoded, validate=True))
    except (binascii.Error, ValueError, ValidationError):
        raise Forbidden(f"{HEADER} cannot be read") from None
    values: defaultdict[str, list[str]] = defaultdict(list)
    for claim in given.claims:
        if claim.val.strip():
            values[claim.typ].append(claim.val.strip())
    names = [value for kind in (*_NAMES, given.name_typ or "") for value in values[kind]]
    ids = [value for kind in _IDS for value in values[kind]]
    if not names and not ids:
        raise Forbidden(f"{HEADER} names nobody")
    return Principal(
        Identity(provider=given.auth_typ, name=(names or ids)[0], user_id=ids[0] if ids else None),
        frozenset([*names, *ids]),
        frozenset(value for kind in (*_ROLES, given.role_typ or "") for value in values[kind]),
    )
