"""The command that takes up every open claim, after the task hub was lost in which they were orchestrated."""

import sys
from dataclasses import asdict, dataclass, field
from itertools import batched
from typing import TYPE_CHECKING, Annotated

import typer

from client.cli.command import Call, command
from client.cli.text import complain, print_json
from client.errors import ApiError, ClientError
from client.responses import Status

if TYPE_CHECKING:
    from client.orchestrator import ClaimsOrchestrator

_OPEN: tuple[Status, ...] = ("processing", "paused", "awaiting_decision")
_AT_ONCE = 8
_MOST_FAILURES = 20


@dataclass
class Revival:
    """What was found and what became of it, as the command prints it."""

    dry_run: bool
    found: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_OPEN, 0))
    """Claims by status."""
    revived: int = 0
    over: int = 0
    """Claims that had ended, or were erased, before their turn came."""
    failed: dict[str, str] = field(default_factory=dict[str, str])
    """Reasons by claim id."""


@command(
    "revive --url https://claims.example.com --key KEY --dry-run",
    "revive --url https://claims.example.com --key KEY",
)
async def revive(
    call: Call,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only count the claims that would be taken up.")
    ] = False,
) -> None:
    """Take up every open claim, after their orchestrations were lost with the task hub.

    Each goes on from its session, and what is on record is not done again. Claims whose orchestration lives
    come to no harm, so it may be repeated, and run beside live claims. Exit 1 if one cannot be taken up.
    """
    revival = Revival(dry_run)
    async with call.orchestrator() as orchestrator:
        await _revive_all(orchestrator, revival)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    if call.as_json:
        print_json(asdict(revival))
    else:
        for status, count in revival.found.items():
            print(f"{count:>8}  {status}")
        print("nothing was done: --dry-run" if dry_run else f"{revival.revived:>8}  revived")
    for claim_id, reason in revival.failed.items():
        complain(f"{claim_id}: {reason}")
    if len(revival.failed) >= _MOST_FAILURES:
        complain(f"gave up after {len(revival.failed)} failures; the same command goes over all claims again")
    if revival.failed:
        raise typer.Exit(1)


async def _revive_all(orchestrator: "ClaimsOrchestrator", revival: Revival) -> None:
    import asyncio

    seen: set[str] = set()
    for status in _OPEN:
        listed = [summary["claim_id"] async for summary in orchestrator.summaries(status)]
        new = [claim_id for claim_id in dict.fromkeys(listed) if claim_id not in seen]
        seen.update(new)
        revival.found[status] = len(new)
        for claim_ids in () if revival.dry_run else batched(new, _AT_ONCE, strict=False):
            await asyncio.gather(*(_revive(orchestrator, claim_id, revival) for claim_id in claim_ids))
            if sys.stderr.isatty():
                print(f"\r{revival.revived} claims", end="", file=sys.stderr, flush=True)
            if len(revival.failed) >= _MOST_FAILURES:
                return


async def _revive(orchestrator: "ClaimsOrchestrator", claim_id: str, revival: Revival) -> None:
    try:
        await orchestrator.nudge(claim_id)
    except ApiError as error:
        if error.status in {404, 409}:
            revival.over += 1
        else:
            revival.failed[claim_id] = str(error)
    except ClientError as error:
        revival.failed[claim_id] = str(error)
    else:
        revival.revived += 1
