"""HTTP: the officer's decision."""

from functools import partial

import azure.functions as func

from orchestration.services.claims import decide
from shared.errors import Forbidden
from shared.models.claim import ClaimStatus
from shared.models.requests import Decision
from shared.settings import Settings
from triggers.http.calls import Command
from triggers.http.conditions import is_expected
from triggers.http.principal import Principal, principal_of
from triggers.http.requests import parse_body
from triggers.http.responses import accepted


async def decide_claim(call: Command) -> func.HttpResponse:
    """`POST /claims/{claim_id}/decision`: an officer's decision."""
    officer = _officer(call.req, call.services.settings)
    await decide(
        call.services,
        call.client,
        call.claim_id,
        _by(officer, parse_body(call.req, Decision)),
        identity=officer.identity if officer and _is_authenticated(call.services.settings) else None,
        aliases=officer.aliases if officer else frozenset(),
        is_expected=partial(is_expected, call.req),
        request=call.keyed,
    )
    return accepted(call.req, call.claim_id, ClaimStatus.PROCESSING)


def _is_authenticated(settings: Settings) -> bool:
    return settings.authentication_is_on or settings.officer_role is not None


def _officer(req: func.HttpRequest, settings: Settings) -> Principal | None:
    """The officer who calls; None where no authentication is on and the request names nobody.

    Raises:
        Forbidden: nobody is authenticated, or not in the role of an officer.
    """
    officer, role = principal_of(req), settings.officer_role
    if not _is_authenticated(settings):
        return officer
    if officer is None:
        raise Forbidden("a decision needs an authenticated officer")
    if role is None:
        raise Forbidden("nobody may decide: OFFICER_ROLE is not set")
    if role not in officer.roles:
        raise Forbidden(f"a decision needs the role {role}")
    return officer


def _by(officer: Principal | None, decision: Decision) -> Decision:
    """The decision under the officer's own name.

    Raises:
        Forbidden: the body names somebody else.
    """
    if officer is None:
        return decision
    if not officer.is_called(decision.officer_id):
        raise Forbidden("officer_id names somebody else than the officer who calls")
    return decision.model_copy(update={"officer_id": officer.identity.name})
