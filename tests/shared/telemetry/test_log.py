"""What the log tells, and what it must not."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest

from shared.errors import KeyMissing
from shared.session_store.backend import Area
from shared.telemetry.log import EVENT, TALKATIVE, log_event, log_failure, quiet_libraries
from tests.shared.session_store.conftest import blob_backend, opened

logger = logging.getLogger(__name__)

AS_IN_THE_WORKER = """
import logging
logging.getLogger().setLevel(logging.INFO)
import function_app
for name in ("azure.core", "durabletask", "httpx", "orchestration.phases.turns"):
    print(logging.getLogger(name).isEnabledFor(logging.INFO))
"""


def test_an_event_is_one_line_of_json(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    log_event(logger, "sweep", expired=1, past_due=False, oldest=None, kind='a "b"\n')
    assert "\n" not in caplog.messages[0]
    assert json.loads(caplog.messages[0].removeprefix(EVENT)) == {
        "event": "sweep",
        "expired": 1,
        "past_due": False,
        "oldest": None,
        "kind": 'a "b"\n',
    }


def test_an_event_is_left_out_where_nobody_listens(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    log_event(logger, "sweep", expired=1)
    assert not caplog.messages


def test_a_failure_is_told_without_its_message(caplog: pytest.LogCaptureFixture) -> None:
    policies: dict[str, str] = {}
    name = " ".join(("Dana", "Whitfield"))  # not as it stands in the code, which is told
    try:
        policies[name]
    except KeyError as error:
        log_failure(logger, "CLM-1: intake", error)
    assert caplog.messages[0].startswith("CLM-1: intake failed: KeyError\n")
    assert name not in caplog.text


def test_what_cannot_be_read_is_told_with_what_would_mend_it(caplog: pytest.LogCaptureFixture) -> None:
    error = KeyMissing("CLM-1/context.json: encrypted by key a1; set SESSION_ENCRYPTION_KEY to it")
    log_failure(logger, "get_claim", error)
    assert caplog.messages[0].startswith(f"get_claim failed: KeyMissing: {error}\n")


@pytest.fixture
def unconfigured() -> Iterator[None]:
    """Libraries' loggers as they are before the app says anything."""
    found = {name: logging.getLogger(name).level for name in TALKATIVE}
    for name in found:
        logging.getLogger(name).setLevel(logging.NOTSET)
    yield
    for name, level in found.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.usefixtures("unconfigured")
async def test_requests_to_storage_are_not_logged_since_claimants_name_their_files(
    storage_account: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)  # as the Functions worker has it
    async with opened(blob_backend(storage_account)) as backend:
        await backend.objects.read(Area.UPLOADS, "CLM-1/dana_whitfield.pdf")
        assert "dana_whitfield" in caplog.text  # else there would be nothing to quiet
        caplog.clear()
        quiet_libraries()
        await backend.objects.read(Area.UPLOADS, "CLM-1/dana_whitfield.pdf")
        assert not caplog.messages


def test_the_app_quiets_libraries_and_is_heard_itself() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", AS_IN_THE_WORKER],
        env={"SessionStorage__path": ":memory:", "AGENT_MODEL": "offline"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.split() == ["False", "False", "False", "True"]
