"""Take up every open claim again, after the task hub was lost in which their orchestrations lived."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import batched

from client.connection import Connection, Target
from client.errors import ApiError, ClientError
from client.orchestrator import ClaimsOrchestrator
from client.output import console_for, print_json
from client.text import complain

OPEN = ("processing", "paused", "awaiting_decision")
AT_ONCE = 8
_SHOWN_EVERY = 100
_MOST_FAILURES = 20
_EXIT_FAILED = 1


@dataclass
class Revival:
    """What was found, by status, and what became of it."""

    found: Counter[str] = field(default_factory=Counter[str])
    revived: int = 0
    over: int = 0
    """Ended, or were erased, before their turn came."""
    failed: dict[str, str] = field(default_factory=dict[str, str])
    """Reasons by claim id."""


def revive(target: Target, *, dry_run: bool, as_json: bool) -> int:
    """Take up every open claim, or with `dry_run` count them only."""
    told = Revival()
    with Connection(target) as connection:
        connection.run(_revive(connection.orchestrator, told, dry_run=dry_run))
    if as_json:
        print_json(
            {
                "dry_run": dry_run,
                "found": dict(told.found),
                "revived": told.revived,
                "over": told.over,
                "failed": told.failed,
            }
        )
    else:
        console = console_for(sys.stdout)
        for status in OPEN:
            console.print(f"{told.found[status]:>8}  {status}")
        console.print(f"{told.revived:>8}  revived" if not dry_run else "nothing was done: --dry-run")
    for claim_id, reason in told.failed.items():
        complain(f"{claim_id}: {reason}")
    if len(told.failed) >= _MOST_FAILURES:
        complain(f"gave up after {len(told.failed)} failures; the same command goes over all claims again")
    return _EXIT_FAILED if told.failed else 0


async def _revive(orchestrator: ClaimsOrchestrator, told: Revival, *, dry_run: bool) -> None:
    seen: set[str] = set()
    for status in OPEN:
        async for claims in _in_batches(orchestrator, status):
            new = [claim_id for claim_id in claims if claim_id not in seen]
            seen.update(new)
            told.found[status] += len(new)
            for at_once in () if dry_run else batched(new, AT_ONCE, strict=False):
                await asyncio.gather(*(_take_up(orchestrator, claim_id, told) for claim_id in at_once))
                if len(told.failed) >= _MOST_FAILURES:
                    return
            if sys.stderr.isatty():
                print(f"\r{len(seen)} claims", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print(file=sys.stderr)


async def _in_batches(orchestrator: ClaimsOrchestrator, status: str) -> AsyncIterator[list[str]]:
    batch: list[str] = []
    async for summary in orchestrator.summaries(status):
        batch.append(summary["claim_id"])
        if len(batch) == _SHOWN_EVERY:
            yield batch
            batch = []
    yield batch


async def _take_up(orchestrator: ClaimsOrchestrator, claim_id: str, told: Revival) -> None:
    try:
        await orchestrator.nudge(claim_id)
    except ApiError as error:
        if error.status in {HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT}:
            told.over += 1
        else:
            told.failed[claim_id] = str(error)
    except ClientError as error:
        told.failed[claim_id] = str(error)
    else:
        told.revived += 1
