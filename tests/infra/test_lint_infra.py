"""checkov ends with 0 on a file that it could not read; ours does not."""

import json
from typing import Any

import pytest

from scripts.lint_infra import complaints

SOUND: dict[str, Any] = {
    "summary": {"resource_count": 95, "parsing_errors": 0},
    "results": {"failed_checks": []},
}
FAILED = {
    "check_id": "CKV_AZURE_3",
    "file_path": "/modules/storage.bicep",
    "resource": "Microsoft.Storage/storageAccounts.account",
    "check_name": "Ensure secure transfer",
}


def test_a_sound_report_is_no_complaint() -> None:
    assert complaints(json.dumps(SOUND), "[WARNI] nothing") == []


@pytest.mark.parametrize(
    ("report", "log", "complaint"),
    [
        ("", "no such option", "no report: no such option"),
        (json.dumps({"passed": 0, "failed": 0}), "", "no resources"),
        (json.dumps(SOUND | {"summary": {"resource_count": 0, "parsing_errors": 0}}), "", "no resources"),
        (json.dumps(SOUND | {"summary": {"resource_count": 9, "parsing_errors": 1}}), "", "could not read 1"),
        (json.dumps(SOUND | {"results": {"failed_checks": [FAILED]}}), "", "CKV_AZURE_3 /modules/storage"),
        (json.dumps(SOUND), "[ERROR] Failed to run check CKV_AZURE_189", "CKV_AZURE_189"),
    ],
)
def test_whatever_was_not_checked_or_failed_is_a_complaint(report: str, log: str, complaint: str) -> None:
    (found,) = complaints(report, log)
    assert complaint in found
