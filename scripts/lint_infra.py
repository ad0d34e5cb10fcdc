"""Runs checkov over infra/, and does not take its word: a file that it could not read is a failure too.

checkov pins an older Bicep parser and much else, so it lives in a tool environment of its own that uv
makes at the first call.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

CHECKOV = "checkov==3.3.30"
INFRA = Path(__file__).resolve().parents[1] / "infra"


def main() -> int:
    uv = Path(sys.executable).with_name("uv")
    ran = subprocess.run(  # noqa: S603
        [
            *(str(uv), "tool", "run", "--quiet", "--python", sys.executable, CHECKOV),
            *("--config-file", str(INFRA / ".checkov.yaml"), "--framework", "bicep"),
            *("--output", "json", "--directory", str(INFRA)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    problems = complaints(ran.stdout, ran.stderr)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def complaints(report: str, log: str) -> list[str]:
    """What is wrong according to checkov's JSON report and its log, one line each."""
    try:
        found: dict[str, Any] = json.loads(report)
    except ValueError:
        return [f"checkov gave no report: {log.strip()[-2000:]}"]
    if "summary" not in found or not found["summary"]["resource_count"]:
        return ["checkov found no resources"]
    broken = [line for line in log.splitlines() if "[ERROR]" in line]
    if found["summary"]["parsing_errors"]:
        broken.append(f"checkov could not read {found['summary']['parsing_errors']} files")
    return broken + [
        f"{failed['check_id']} {failed['file_path']}: {failed['resource']}: {failed['check_name']}"
        for failed in found["results"]["failed_checks"]
    ]


if __name__ == "__main__":
    sys.exit(main())
