"""Checks a deployed app from outside: one made-up claim is submitted, paused, completed, decided and erased.

    python scripts/smoke.py --url https://NAME.azurewebsites.net --key KEY

Needs Python and httpx, nothing else of this repository. Prints each step and how long it took. Exit 0 only if
all of it happened; what went wrong is one line on standard error, and the claim is erased either way.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import httpx

CLAIM = {
    "policy_number": "AUT-204518",
    "claim_type": "auto_collision",
    "claimant": {"name": "Smoke Test", "email": "smoke.test@example.com"},
    "incident": {
        "date": "2026-11-10",
        "location": "Cedar Hollow Road, Columbus, Ohio",
        "description": "Another car ran into mine at a red light. The police came. Nobody was hurt.",
    },
    "claim_amount": 2400,
    "metadata": {"purpose": "smoke test"},
}
ROUNDS = 5
"""How often more papers may be asked for before something is wrong."""


class SmokeError(Exception):
    """Something did not happen that should have; the message says what."""


class Smoke:
    """One claim, driven over HTTP."""

    def __init__(self, http: httpx.Client, patience: float, officer_token: str | None) -> None:
        self._http = http
        self._patience = patience
        self._officer = {"Authorization": f"Bearer {officer_token}"} if officer_token else {}
        self._claim = ""

    def run(self) -> None:
        """
        Raises:
            SmokeError: a step had not the outcome that it should have.
            httpx.HTTPError: the app could not be reached.
        """
        try:
            self._step("health", self._health)
            self._step("submit", self._submit)
            self._step("pause", lambda: self._until("paused"))
            self._step("upload and resume", self._complete)
            self._step("decide", self._decide)
        finally:
            if self._claim:
                self._step("erase", self._erase)

    def _health(self) -> None:
        self._call("GET", "/health")

    def _submit(self) -> None:
        self._claim = self._call("POST", "/claims", 202, json=CLAIM)["claim_id"]

    def _complete(self) -> None:
        for _ in range(ROUNDS):
            missing = self._call("GET", f"{self._path}/missing-documents")
            if missing["missing_information"]:
                raise SmokeError(f"the claim asks for {missing['missing_information']}, which it has")
            kinds = [document["type"] for document in missing["missing_documents"]]
            links = self._links()
            for kind in kinds:
                self._upload(kind, links.get(kind))
            self._until_taken(kinds)
            if self._until("paused", "awaiting_decision", "completed") != "paused":
                return
        raise SmokeError(f"the claim still asks for papers after {ROUNDS} rounds")

    def _links(self) -> dict[str, dict[str, Any]]:
        """Links to upload by; none where the app gives none."""
        response = self._http.post(f"{self._path}/upload-links")
        return {link["type"]: link for link in response.json()["links"]} if response.is_success else {}

    def _until_taken(self, kinds: list[str]) -> None:
        deadline = time.monotonic() + self._patience
        while True:
            missing = self._call("GET", f"{self._path}/missing-documents")["missing_documents"]
            waiting = [document["type"] for document in missing if document["type"] in kinds]
            if not waiting:
                return
            if time.monotonic() > deadline:
                raise SmokeError(f"{', '.join(waiting)} not taken up after {self._patience:.0f} s")
            time.sleep(0.5)

    def _upload(self, kind: str, link: dict[str, Any] | None) -> None:
        text = f"{kind.replace('_', ' ').title()}\n\nEnclosed for claim {self._claim}.\nTotal: USD 2,400.00\n"
        if link:
            put = httpx.put(link["url"], content=text.encode(), headers=link["headers"], timeout=90)
            if not put.is_success:
                raise SmokeError(f"the link for {kind} answered {put.status_code}")
            return
        query = {"filename": f"{kind}.txt", "type": kind}
        taken = self._call("POST", f"{self._path}/documents", 201, params=query, content=text.encode())
        if taken["type"] != kind:
            raise SmokeError(f"{kind} was taken as {taken['type']}")

    def _decide(self) -> None:
        if self._until("awaiting_decision", "completed") == "awaiting_decision":
            body = {"decision": "approve", "officer_id": "smoke-test", "rationale": "A test, not a claim."}
            self._call("POST", f"{self._path}/decision", 202, json=body, headers=self._officer)
            self._until("completed")
        outcome = self._call("GET", self._path)["outcome"]
        if outcome != "approved":
            raise SmokeError(f"the outcome is {outcome}, not approved")

    def _erase(self) -> None:
        self._call("DELETE", self._path, 202)
        deadline = time.monotonic() + self._patience
        while self._http.get(self._path).status_code != 404:
            if time.monotonic() > deadline:
                raise SmokeError(f"claim {self._claim} is still there after {self._patience:.0f} s")
            time.sleep(1)

    @property
    def _path(self) -> str:
        return f"/claims/{self._claim}"

    def _until(self, *wanted: str) -> str:
        """Wait for one of `wanted`; any other status at rest is a failure."""
        deadline = time.monotonic() + self._patience
        while True:
            query = {"wait": "20", "until": ",".join((*wanted, "failed", "expired", "withdrawn"))}
            claim = self._call("GET", self._path, params=query)
            if claim["status"] in wanted:
                return claim["status"]
            if claim["status"] in {"failed", "expired", "withdrawn"}:
                raise SmokeError(f"claim {self._claim} is {claim['status']}: {claim['termination_reason']}")
            if time.monotonic() > deadline:
                raise SmokeError(f"claim {self._claim} is {claim['status']} after {self._patience:.0f} s")

    def _call(self, method: str, path: str, expected: int = 200, **request: Any) -> dict[str, Any]:
        response = self._http.request(method, path, **request)
        if response.status_code != expected:
            raise SmokeError(f"{method} {path} answered {response.status_code}: {response.text[:300]}")
        return response.json()

    @staticmethod
    def _step(name: str, step: Callable[[], object]) -> None:
        started = time.monotonic()
        step()
        print(f"ok  {name:<18} {time.monotonic() - started:6.1f} s", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Check a deployed app from outside.")
    parser.add_argument("--url", default=os.environ.get("CLAIMS_URL"), help="https://NAME.azurewebsites.net")
    parser.add_argument("--key", default=os.environ.get("CLAIMS_KEY"), help="a function key")
    parser.add_argument("--officer-token", default=os.environ.get("CLAIMS_OFFICER_TOKEN"))
    parser.add_argument("--patience", type=float, default=600.0, help="seconds for each wait (default: 600)")
    arguments = parser.parse_args()
    if not arguments.url:
        parser.error("name the app: --url or CLAIMS_URL")
    url = f"{arguments.url.rstrip('/').removesuffix('/api')}/api"
    headers = {"x-functions-key": arguments.key} if arguments.key else {}
    try:
        with httpx.Client(base_url=url, headers=headers, timeout=90) as http:
            Smoke(http, arguments.patience, arguments.officer_token).run()
    except (SmokeError, httpx.HTTPError) as error:
        print(f"smoke: {error or type(error).__name__}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
