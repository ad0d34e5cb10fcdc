"""The queries of workbook and alerts ask for what the app really logs: claims are lived here, and their
logs are what queries are held against.
"""

import asyncio
import json
import logging
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from azure.core.exceptions import ResourceExistsError
from azure.storage.blob import ContainerClient

from orchestration.durable.event_delivery_activities import Patience, deliver
from orchestration.phases.unit_of_work import ClaimUnitOfWork
from shared.clock import utc_now
from shared.models.claim import ClaimContext, ClaimStatus
from shared.models.requests import Submission
from shared.session_store import open_local_store
from shared.telemetry.log import EVENT
from shared.webhook import Target
from tests.host.running import ALONE, Host, collision, host_on
from tests.infra.templates import INFRA, ROOT
from tests.orchestration.agents.model_server import ModelServer, Refuses
from tests.orchestration.conftest import Use
from tests.orchestration.life import Life
from tests.orchestration.test_claims_with_models import LETTER, refused
from tests.shared.receiver import SECRET
from tests.test_function_app import bindings

pytestmark = pytest.mark.filterwarnings("ignore::pydantic.warnings.PydanticDeprecatedSince211")

QUERIES = sorted((INFRA / "queries").glob("*.kql"))
TABLES = {"AppRequests", "AppTraces"}
OFFICER = {"decision": "approve", "officer_id": "jdoe", "rationale": "Liability is clear"}

type Told = Mapping[str, Mapping[str, set[object]]]
"""By event, the facts that it was told with, and their values."""


def told_in(lines: Iterable[str]) -> dict[str, dict[str, set[object]]]:
    told: dict[str, dict[str, set[object]]] = {}
    for line in lines:
        _, found, text = line.partition(EVENT + "{")
        if found:
            facts = json.loads("{" + text)
            for name, value in facts.items():
                told.setdefault(facts["event"], {}).setdefault(name, set()).add(value)
    return told


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def of_a_host(storage_account: str, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """What a host tells of a claim that is approved, one that is withdrawn, one that waits, and a sweep."""
    settings = {
        "SessionStorage": storage_account,
        "SESSION_CONTAINER": "told-sessions",
        "UPLOAD_CONTAINER": "told-uploads",
    }
    async with host_on(tmp_path_factory.mktemp("told") / "data", *ALONE, **settings) as host:
        await host.submit(collision())
        withdrawn = await host.submit(collision())
        done = await host.submit(collision())
        for claim in (withdrawn, done):
            await host.until(claim, {"paused"})
        await host.http.post(f"/claims/{withdrawn}/withdraw", json={"reason": "Settled otherwise"})
        await asyncio.to_thread(_upload, storage_account, f"{done}/photos.exe", b"MZ\x90\x00" + bytes(200))
        await host.bring(done, "repair_estimate", "police_report")
        await host.until(done, {"awaiting_decision"})
        await host.http.post(f"/claims/{done}/decision", json=OFFICER)
        await host.until(done, {"completed"})
        await host.until(withdrawn, {"withdrawn"})
        await host.admin("sweep")
        await _logged(host, '"upload_rejected"', '"backlog", "status": "failed"')
    return told_in(host.log.read_text(encoding="utf-8").splitlines())


def _upload(storage_account: str, name: str, content: bytes) -> None:
    with ContainerClient.from_connection_string(storage_account, "told-uploads") as container:
        with suppress(ResourceExistsError):
            container.create_container()
        container.upload_blob(name, content)


async def _logged(host: Host, *lines: str) -> None:
    for _ in range(600):
        log = host.log.read_text(encoding="utf-8")
        if all(line in log for line in lines):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"not all of this was logged: {lines}")


@pytest.fixture
async def of_what_goes_wrong(
    use: Use, life: Life, server: ModelServer, caplog: pytest.LogCaptureFixture
) -> Told:
    """What is told of a claim whose model refuses, and of an event that nobody takes."""
    caplog.set_level(logging.INFO)
    use("openai")
    server.script = refused("policy_specialist", by=Refuses(401))
    assert (await life.live(await life.submit(LETTER, "text/plain"))).status is ClaimStatus.FAILED
    store = open_local_store(":memory:")
    claim = ClaimContext(
        claim_id="CLM-1", created_at=utc_now(), submission=Submission(), submission_sha256="0"
    )
    await ClaimUnitOfWork.create(store, claim, [], records_events=True)
    nobody = Target("http://127.0.0.1:9/", SECRET, allows_loopback=True, seconds=0.3)
    await deliver(store, "CLM-1", nobody, utc_now(), Patience(gives_up_after=timedelta(0)))
    await store.close()
    return told_in(record.getMessage() for record in caplog.records)


@pytest.fixture
def told(of_a_host: Told, of_what_goes_wrong: Told) -> Told:
    names = of_a_host.keys() | of_what_goes_wrong.keys()
    merged: dict[str, dict[str, set[object]]] = {name: {} for name in names}
    for source in (of_a_host, of_what_goes_wrong):
        for name, facts in source.items():
            for fact, values in facts.items():
                merged[name].setdefault(fact, set()).update(values)
    return merged


def unknown(query: str, told: Told) -> list[str]:
    """What a query asks for that nothing tells: events, facts of them, values that they never have."""
    problems: list[str] = []
    for part in re.split(r"(?=AppTraces)", query)[1:]:
        names = re.findall(r'tostring\(Event\.event\) == "(\w+)"', part)
        if len(names) != 1 or 'Message startswith "event {"' not in part:
            problems.append("a part of the query does not say of which event it is")
            continue
        facts = told.get(names[0], {})
        problems += [
            f"{names[0]} has no {fact}" for fact in _facts(part) if not facts.get(fact, set()) - {None}
        ]
        for fact, compared in re.findall(r"tostring\(Event\.(\w+)\) (?:==|in) (\"\w+\"|\([^)]*\))", part):
            values = set(map(str, ClaimStatus)) if fact in {"status", "previous"} else facts.get(fact, set())
            wrong = set(re.findall(r'"(\w+)"', compared)) - values
            problems += [f"{names[0]} never has {fact} {value}" for value in sorted(map(str, wrong))]
    return problems


def _facts(part: str) -> list[str]:
    return sorted(set(re.findall(r"\bEvent\.(\w+)", part)))


def query(path: Path) -> str:
    """A query without its comments."""
    return re.sub(r"^//.*$", "", path.read_text(), flags=re.M)


def test_queries_ask_only_for_what_claims_tell(told: Told) -> None:
    problems = {path.stem: unknown(query(path), told) for path in QUERIES}
    assert {stem: found for stem, found in problems.items() if found} == {}


def test_every_event_is_asked_for(told: Told) -> None:
    asked = "".join(map(query, QUERIES))
    assert {name for name in told if f'"{name}"' not in asked} == set()


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (("turn", "round"), "round has no event"),
        (("Event.cost", "Event.price"), "turn has no price"),
        (("| where tostring(Event.event)", "| where tostring(Event.kind)"), "does not say of which event"),
    ],
)
def test_a_name_that_nothing_tells_is_found(told: Told, wrong: tuple[str, str], complaint: str) -> None:
    sound = query(INFRA / "queries/tokens.kql")
    assert wrong[0] in sound
    assert any(complaint in problem for problem in unknown(sound.replace(*wrong), told))


def test_a_value_that_nothing_has_is_found(told: Told) -> None:
    sound = query(INFRA / "queries/alert_failed_claims.kql")
    assert unknown(sound.replace('"failed"', '"broken"'), told) == ["status never has status broken"]


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_query_reads_tables_that_there_are_and_says_what_it_shows(path: Path) -> None:
    assert path.read_text().startswith("// ")
    tables = set(re.findall(r"\b(?:App|Azure)[A-Z]\w+", query(path)))
    assert tables
    assert tables <= TABLES


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_functions_are_named_as_the_app_registers_them(path: Path) -> None:
    named = set(re.findall(r'\bName == "(\w+)"', query(path)))
    for names in re.findall(r"\bName in \(([^)]*)\)", query(path)):
        named |= set(re.findall(r'"(\w+)"', names))
    assert named <= bindings().keys()
    assert named or "AppRequests" not in query(path)


def test_every_query_is_used_and_every_alert_has_a_runbook() -> None:
    alerts = (INFRA / "modules/alerts.bicep").read_text()
    used = alerts + (INFRA / "modules/dashboard.bicep").read_text()
    assert set(re.findall(r"queries/([\w.]+)", used)) == {path.name for path in QUERIES}
    runbooks = (ROOT / "docs/operations.md").read_text()
    named = re.findall(r'See "([^"]+)" in docs/operations\.md', alerts)
    assert len(named) == 6
    for title in named:
        assert f"### {title}\n" in runbooks
