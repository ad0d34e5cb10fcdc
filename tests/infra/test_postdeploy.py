"""What happens after a deployment, against a stand-in for the Azure CLI; in PowerShell where that exists."""

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import tree_sitter
import tree_sitter_powershell

ROOT = Path(__file__).resolve().parents[2]
OUTPUTS = {
    "AZURE_RESOURCE_GROUP": "rg",
    "AZURE_FUNCTION_APP_NAME": "func",
    "CLAIMS_URL": "https://func-abc.azurewebsites.net",
    "EVENT_GRID_TOPIC": "topic",
    "UPLOAD_CONTAINER": "uploads",
    "STORAGE_ACCOUNT_ID": "/subscriptions/1/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st",
    "DEAD_LETTER_CONTAINER": "event-dead-letters",
}
NOTHING_YET: Mapping[str, Any] = {
    "calls": [],
    "key": "s3cret==",
    "starts_until_key": 0,
    "handshakes_until_answer": 0,
    "list_fails": False,
    "subscriptions": {},
}
INTERPRETERS = {
    "postdeploy.sh": ["bash"],
    "postdeploy.ps1": ["pwsh", "-NoProfile", "-NonInteractive", "-File"],
}


@dataclass(frozen=True)
class Azure:
    """Azure as the stand-in plays it, and the script that is run against it."""

    folder: Path
    script: str

    def run(self, environment: Mapping[str, str] = OUTPUTS) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*INTERPRETERS[self.script], str(ROOT / "scripts" / self.script)],
            env={
                "PATH": f"{self.folder}{os.pathsep}{os.environ['PATH']}",
                "HOME": str(self.folder),
                "TMPDIR": str(self.folder / "tmp"),
                "AZ_STATE": str(self.folder / "state.json"),
                "POSTDEPLOY_WAIT_SECONDS": "2",
                "POSTDEPLOY_PAUSE_SECONDS": "1",
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    @property
    def state(self) -> dict[str, Any]:
        return json.loads((self.folder / "state.json").read_text())

    def becomes(self, **changes: Any) -> None:
        (self.folder / "state.json").write_text(json.dumps({**self.state, "calls": [], **changes}))


@pytest.fixture(params=INTERPRETERS)
def azure(request: pytest.FixtureRequest, tmp_path: Path) -> Azure:
    script: str = request.param
    if shutil.which(INTERPRETERS[script][0]) is None:
        pytest.skip(f"{INTERPRETERS[script][0]} is not installed")
    command = tmp_path / "az"
    stand_in = Path(__file__).with_name("az.py")
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{stand_in}" "$@"\n')
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "tmp").mkdir()
    (tmp_path / "state.json").write_text(json.dumps(NOTHING_YET))
    return Azure(tmp_path, script)


def test_uploads_are_sent_to_the_upload_function_and_what_cannot_be_delivered_is_kept(azure: Azure) -> None:
    ran = azure.run()
    assert ran.returncode == 0, ran.stderr
    (made,) = azure.state["subscriptions"].values()
    assert made == {
        "name": "claims-uploads",
        "destination": {
            "endpointType": "WebHook",
            "endpointUrl": "https://func-abc.azurewebsites.net/runtime/webhooks/blobs"
            "?functionName=Host.Functions.resume_on_upload&code=s3cret==",
        },
        "filter": {
            "subjectBeginsWith": "/blobServices/default/containers/uploads/blobs/",
            "includedEventTypes": ["Microsoft.Storage.BlobCreated"],
        },
        "deadLetterWithResourceIdentity": {
            "deadLetterDestination": {
                "resourceId": OUTPUTS["STORAGE_ACCOUNT_ID"],
                "blobContainerName": "event-dead-letters",
            }
        },
    }


def test_a_second_run_changes_nothing(azure: Azure) -> None:
    azure.run()
    azure.becomes()
    ran = azure.run()
    assert ran.returncode == 0, ran.stderr
    assert azure.state["calls"] == ["list", "list", "show"]
    assert "as it should be" in ran.stdout


@pytest.mark.parametrize(
    ("path", "drifted"),
    [
        (("destination", "endpointUrl"), "https://elsewhere.example.com"),
        (("filter", "subjectBeginsWith"), "/blobServices/default/containers/sessions/blobs/"),
        (("filter", "includedEventTypes"), ["Microsoft.Storage.BlobDeleted"]),
        (("deadLetterWithResourceIdentity", "deadLetterDestination"), None),
    ],
)
def test_what_has_drifted_is_put_right(azure: Azure, path: tuple[str, str], drifted: Any) -> None:
    azure.run()
    wanted = azure.state["subscriptions"]
    changed = json.loads(json.dumps(wanted))
    changed["claims-uploads"][path[0]][path[1]] = drifted
    azure.becomes(subscriptions=changed)
    assert azure.run().returncode == 0
    assert azure.state["subscriptions"] == wanted


def test_a_new_key_reaches_the_subscription(azure: Azure) -> None:
    azure.run()
    azure.becomes(key="another")
    assert azure.run().returncode == 0
    (made,) = azure.state["subscriptions"].values()
    assert made["destination"]["endpointUrl"].endswith("&code=another")


def test_it_waits_until_the_app_has_its_key(azure: Azure) -> None:
    azure.becomes(starts_until_key=1)
    ran = azure.run()
    assert ran.returncode == 0, ran.stderr
    assert azure.state["calls"] == ["list", "list", "list", "create"]


def test_an_app_that_never_gets_its_key_ends_it_with_what_to_look_at(azure: Azure) -> None:
    azure.becomes(starts_until_key=1000)
    ran = azure.run()
    assert ran.returncode == 1
    assert "no key blobs_extension after 2 s" in ran.stderr
    assert not azure.state["subscriptions"]


def test_an_app_that_does_not_answer_the_handshake_yet_is_asked_again(azure: Azure) -> None:
    azure.becomes(handshakes_until_answer=1)
    ran = azure.run()
    assert ran.returncode == 0, ran.stderr
    assert azure.state["subscriptions"]


def test_a_subscription_that_cannot_be_read_is_not_overwritten(azure: Azure) -> None:
    azure.becomes(list_fails=True)
    ran = azure.run()
    assert ran.returncode == 1
    assert "AuthorizationFailed" in ran.stderr
    assert "create" not in azure.state["calls"]


@pytest.mark.parametrize("missing", OUTPUTS)
def test_a_missing_output_is_named_before_anything_happens(azure: Azure, missing: str) -> None:
    ran = azure.run({name: value for name, value in OUTPUTS.items() if name != missing})
    assert ran.returncode == 1
    assert f"{missing} is not set" in ran.stderr
    assert azure.state["calls"] == []


def test_the_key_is_neither_shown_nor_left_behind(azure: Azure) -> None:
    ran = azure.run()
    assert "s3cret" not in ran.stdout + ran.stderr
    assert list((azure.folder / "tmp").iterdir()) == []


def test_the_powershell_script_is_well_formed() -> None:
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
    tree = parser.parse((ROOT / "scripts/postdeploy.ps1").read_bytes())
    assert not tree.root_node.has_error


def test_both_scripts_ask_azure_for_the_same() -> None:
    bash, powershell = ((ROOT / "scripts" / name).read_text("utf-8") for name in INTERPRETERS)
    for word in ("--deadletter-identity systemassigned", "--included-event-types", "--subject-begins-with"):
        assert word in bash
        assert word in powershell
