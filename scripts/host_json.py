"""Writes host.json for a durable backend: `python scripts/host_json.py storage|scheduler [FILE]`.

host.json as it lies in the repository is the one for `storage`; all but the storage provider is the same.
Writing twice changes nothing, and `storage` after `scheduler` gives back what was there.
"""

import argparse
import json
from pathlib import Path
from typing import Any

HOST_JSON = Path(__file__).resolve().parents[1] / "host.json"
STORAGE_PROVIDERS: dict[str, dict[str, Any]] = {
    "storage": {"maxQueuePollingInterval": "00:00:10"},
    "scheduler": {
        "type": "azureManaged",
        "connectionStringName": "DURABLE_TASK_SCHEDULER_CONNECTION_STRING",
    },
}


def for_backend(host: dict[str, Any], backend: str) -> dict[str, Any]:
    """`host` with the storage provider of `backend` and nothing else changed."""
    extensions = host["extensions"]
    durable = {**extensions["durableTask"], "storageProvider": STORAGE_PROVIDERS[backend]}
    return {**host, "extensions": {**extensions, "durableTask": durable}}


def main() -> None:
    parser = argparse.ArgumentParser(description="Write host.json for a durable backend.")
    parser.add_argument("backend", choices=STORAGE_PROVIDERS)
    parser.add_argument("file", nargs="?", type=Path, default=HOST_JSON)
    arguments = parser.parse_args()
    host = for_backend(json.loads(arguments.file.read_text("utf-8")), arguments.backend)
    arguments.file.write_text(json.dumps(host, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
