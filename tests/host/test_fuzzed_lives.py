"""Thousands of requests made from the served OpenAPI document: of each operation, well-formed and not, and of
claims' lives along its links. No 5xx, and no answer that the document does not describe.

CLAIMS_FUZZ_REQUESTS asks for more of them than the suite has time for.
"""

import asyncio
import itertools
import os
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
import schemathesis
from schemathesis.engine import events, from_schema

from tests.host.fuzzing import SEED, may_be_taken
from tests.host.running import Host, collision, host_on
from triggers.http.route_table import EMAIL
from triggers.http.routes import JSON

REQUESTS = int(os.environ.get("CLAIMS_FUZZ_REQUESTS", "5000"))
LIVES, STEPS = 40, 30
PAPERS = [
    {"type": kind, "filename": f"{kind}.txt", "text": f"{kind.replace('_', ' ')}: enclosed"}
    for kind in ("repair_estimate", "police_report")
]
CHECKS: dict[str, Any] = {
    "ignored_auth": {"enabled": False},  # the embedded host asks for no key
    # What a claim's state or a rule forbids is no matter of the schema.
    "positive_data_acceptance": {"expected-statuses": ["2xx", 304, 403, 404, 409, 412, 413, 415, 422]},
    "negative_data_rejection": {"expected-statuses": [400, 404, 405, 409, 412, 413, 415, 422]},
}
OPERATIONS: list[dict[str, Any]] = [
    {  # no schema says what an e-mail is
        "include-operation-id": "submit_claim",
        "checks": {"positive_data_acceptance": {"enabled": False}},
    }
]
schemathesis_: Any = schemathesis
"""Its hooks are untyped."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def host(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Host]:
    async with host_on(tmp_path_factory.mktemp("lives") / "data", MAX_DOCUMENT_BYTES="2000") as running:
        yield running


@pytest.fixture(autouse=True)
def hooks() -> Iterator[None]:
    """What the document does not say: how an e-mail is sent, and which claims come to all their states."""

    @schemathesis_.serializer(EMAIL)
    def as_it_is(_context: Any, value: Any) -> bytes:
        return value if isinstance(value, bytes) else str(value).encode()

    @schemathesis_.hook
    def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
        query: dict[str, Any] = case.query or {}
        if str(query.get("wait", "")).isdigit():
            query["wait"] = 0 if "until" in query else 1
        is_submission = case.operation.label == "POST /claims" and case.media_type == JSON
        if is_submission and case.meta.generation.mode.is_positive:
            query.pop("claim_id", None)
            case.body = {**case.body, **collision(documents=PAPERS, claim_id=None)}

    @schemathesis_.hook
    def filter_case(_context: Any, case: Any) -> bool:
        return not may_be_taken(case)

    yield
    schemathesis_.hooks.unregister_all()


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_every_answer_is_one_that_the_document_describes(host: Host) -> None:
    failures, answered = await asyncio.to_thread(fuzzed, host.url)
    assert failures == []
    assert sum(answered.values()) >= REQUESTS
    for operation in ("continue", "documents", "decision", "withdraw", "upload-links", "export", "audit"):
        taken = [s for (label, s) in answered if label.endswith(f"/{operation}") and s < 300]
        assert taken, f"no {operation} was ever taken"


def fuzzed(url: str) -> tuple[list[str], Counter[tuple[str, int]]]:
    """What was wrong, and how often each operation was answered with each status."""
    failures, answered = list[str](), Counter[tuple[str, int]]()
    for seed in itertools.count(SEED):
        for event in executed(url, seed):
            if isinstance(event, events.NonFatalError | events.FatalError):
                failures.append(str(event))
            elif isinstance(event, events.ScenarioFinished):
                recorder: Any = event.recorder
                for case_id, interaction in recorder.interactions.items():
                    label: str = recorder.cases[case_id].value.operation.label
                    answered[label, interaction.response.status_code if interaction.response else 0] += 1
                failures += [
                    f"{check.name}: {check.failure_info.failure}\n{check.failure_info.code_sample}"
                    for checks in recorder.checks.values()
                    for check in checks
                    if check.failure_info
                ]
        if failures or sum(answered.values()) >= REQUESTS:
            break
    return failures, answered


def executed(url: str, seed: int) -> Iterator[events.EngineEvent]:
    """Every operation by itself first, and lives along the links whenever more is asked for."""
    by_itself = {"enabled": seed == SEED}
    config: dict[str, Any] = {
        "seed": seed,
        "continue-on-failure": True,
        "warnings": False,
        "checks": CHECKS,
        "operations": OPERATIONS,
        "generation": {"max-examples": 60, "database": "none"},
        "phases": {
            **dict.fromkeys(("examples", "coverage", "fuzzing"), by_itself),
            "stateful": {"generation": {"max-examples": LIVES}, "max-steps": STEPS},
        },
    }
    document: Any = schemathesis_.openapi.from_url(
        f"{url}/openapi.json", config=schemathesis_.Config.from_dict(config)
    )
    yield from from_schema(document).execute()
