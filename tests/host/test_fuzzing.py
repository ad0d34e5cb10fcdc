"""Requests made from the OpenAPI document, well-formed and not: no 5xx, no answer that it does not describe.

CLAIMS_FUZZ_EXAMPLES asks for more of them than the suite has time for.
"""

import hashlib
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks

from orchestration.reference.files import load_requirements
from shared.names import keyed_claim_id
from tests.host.fuzzing import SEED, may_be_taken
from tests.host.refusals import DECIDABLE, OVER, PAUSED, UNKNOWN, host_at_rest, ids, stored
from tests.host.running import Host
from triggers.http.openapi import openapi

SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
EXAMPLES = int(os.environ.get("CLAIMS_FUZZ_EXAMPLES", "15"))
"""Requests for each operation and mode."""

# What a claim's state or a rule forbids is no matter of the schema.
NOT_PROMISED: list[Any] = [getattr(checks, "positive_data_acceptance")]  # noqa: B009 -- untyped
_config: Any = schemathesis.Config
CONFIG: Any = _config.from_dict(
    {"checks": {"negative_data_rejection": {"expected-statuses": [400, 404, 405, 409, 412, 413, 415, 422]}}}
)


def _without_keys() -> dict[str, Any]:
    """The document as the embedded host serves it, which asks for no key: a wrong one is no wrong request."""
    document = openapi(load_requirements())
    for item in document["paths"].values():
        for method in item.keys() - {"parameters"}:
            del item[method]["security"]
    del document["components"]["securitySchemes"]
    return document


_document: Any = schemathesis.openapi.from_dict(_without_keys(), config=CONFIG)
_found: list[Any] = [result.ok() for result in _document.get_all_operations()]
# What erases claims comes last, so that there are some for the others.
OPERATIONS = {operation.label: operation for operation in sorted(_found, key=lambda o: o.method == "delete")}
CAN_BE_WRONG = {
    label: operation
    for label, operation in OPERATIONS.items()
    if len(operation.query) + len(operation.path_parameters) + len(operation.body)
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def host(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Host]:
    async with host_at_rest(tmp_path_factory.mktemp("fuzzing") / "data") as running:
        yield running


@pytest.mark.parametrize("operation", **ids(CAN_BE_WRONG))
def test_a_malformed_request_is_refused_and_leaves_nothing_behind(host: Host, operation: Any) -> None:
    before = _stored_at_rest(host)
    taken = _ask(host, operation, GenerationMode.NEGATIVE)
    after = {path: content for path, content in stored(host).items() if not taken & set(Path(path).parts)}
    assert after == {path: content for path, content in before.items() if not taken & set(Path(path).parts)}


@pytest.mark.parametrize("operation", **ids(OPERATIONS))
def test_a_well_formed_request_is_answered_as_documented(host: Host, operation: Any) -> None:
    _ask(host, operation, GenerationMode.POSITIVE)


def _stored_at_rest(host: Host, seconds: float = 0.5) -> dict[str, bytes | None]:
    """Once nothing is written any more for claims that earlier requests made."""
    processing = {"status": "processing", "sort": "claim_id"}
    while requests.get(f"{host.url}/claims", params=processing, timeout=30).json()["claims"]:
        time.sleep(seconds)
    before, now = None, stored(host)
    while before != now:
        time.sleep(seconds)
        before, now = now, stored(host)
    return now


def _ask(host: Host, operation: Any, mode: GenerationMode) -> set[str]:
    """Ask, and check every answer; returns the ids of the claims whose requests were accepted."""
    taken = set[str]()
    with requests.Session() as session:

        @seed(SEED)
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=SLOW,
        )
        @given(case=_cases(operation, mode))
        def ask(case: Any) -> None:
            if "wait" in case.query and str(case.query["wait"]).isdigit():
                case.query["wait"] = 0
            answer = case.call(base_url=host.url, session=session)
            case.validate_response(answer, excluded_checks=NOT_PROMISED)
            if answer.status_code == 201:
                taken.add(str(case.path_parameters["claim_id"]))
            if answer.status_code == 202:
                taken.add(answer.json()["claim_id"])
                if "Idempotency-Key" in case.headers:
                    digest = hashlib.sha256(str(case.headers["Idempotency-Key"]).encode()).hexdigest()
                    taken.add(keyed_claim_id(digest))

        ask()
    return taken


def _cases(operation: Any, mode: GenerationMode) -> st.SearchStrategy[Any]:
    """Requests, of claims in every state where the path names one."""
    return _made(operation, mode).filter(lambda case: not may_be_taken(case))


def _made(operation: Any, mode: GenerationMode) -> st.SearchStrategy[Any]:
    anywhere: st.SearchStrategy[Any] = operation.as_strategy(generation_mode=mode)
    is_wrong_elsewhere = mode is GenerationMode.POSITIVE or operation.query or operation.body
    if not operation.path_parameters or not is_wrong_elsewhere:
        return anywhere
    known = [
        operation.as_strategy(generation_mode=mode, path_parameters={"claim_id": claim_id})
        for claim_id in (PAUSED, DECIDABLE, OVER, UNKNOWN)
    ]
    return st.one_of(anywhere, *known)
