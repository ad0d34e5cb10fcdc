"""One agent turn: skip it if it is on record, run it, commit it."""

import asyncio
import logging
import time
from typing import Any

from orchestration.agents.desk import Desk
from orchestration.agents.reports import ReadingReport, Report
from orchestration.agents.roster import roster
from orchestration.claim import OpenClaim
from orchestration.decision import RISK_INDICATORS
from orchestration.requirements import requirements
from shared.documents import plain_text
from shared.models import DocumentRecord, Facts, TurnRecord, utc_now

logger = logging.getLogger(__name__)

PHASES = ("intake", "gathering", "assessment", "handoff")
"""First part of a step id; in rounds the number of the round follows."""


async def take_turn(claim: OpenClaim, role: str, step: str, writing: asyncio.Lock | None = None) -> None:
    """Let `role` work the claim once, as `step`; what it hands in is committed with its messages.

    Turns that run side by side share `writing`, so that each commits on top of the one before.

    Raises:
        TurnFailed: the agent could not bring the turn to an end; nothing of it is on record.
    """
    if step in claim.context.turns:
        return
    # Semantic Kernel takes seconds to import; only a process that runs turns pays for it.
    from orchestration.agents.kernel import run_agent

    started = time.monotonic()
    reply = await run_agent(role, _desk(claim))
    report = _cleaned(reply.report)
    record = TurnRecord(
        step=step,
        role=role,
        report=report.model_dump(mode="json", exclude_defaults=True),
        finished_at=utc_now(),
    )
    messages = [m.model_copy(update={"metadata": {**m.metadata, "step": step}}) for m in reply.messages]
    async with writing or asyncio.Lock():
        changes: dict[str, Any] = {
            "turns": {**claim.context.turns, step: record},
            "usage": claim.context.usage.plus(reply.usage),
        }
        if isinstance(report, ReadingReport):
            changes["facts"] = learn(claim.context.facts, report.facts)
        await claim.commit(messages, **changes)
    logger.info("%s: %s took %.0f ms", claim.claim_id, step, 1000 * (time.monotonic() - started))


def learn(known: Facts, read: Facts) -> Facts:
    """`known` with what was read in addition.

    What is known stays: the claimant's own fields outrank what an agent reads. A yes outranks a no,
    since it can only ask for more. Vendors add up.
    """
    merged = known.model_dump()
    for name, value in read.model_dump().items():
        if name == "vendors":
            merged[name] = list(dict.fromkeys([*known.vendors, *read.vendors]))
        elif merged[name] is None or (value is True and merged[name] is False):
            merged[name] = value
    if merged["claim_type"] not in requirements().claim_types:
        merged["claim_type"] = None
    return Facts.model_validate(merged)


def _cleaned(report: Report) -> Report:
    known = [code for code in report.risk_indicators if code in RISK_INDICATORS]
    return report.model_copy(update={"risk_indicators": known})


def _desk(claim: OpenClaim) -> Desk:
    context = claim.context

    async def read_text(document: DocumentRecord) -> str:
        content = await claim.store.read_document(context.claim_id, document)
        return plain_text(content) if content else ""

    missing, _ = requirements().check(context)
    return Desk(context=context, missing=requirements().describe(missing), read_text=read_text)


def in_order(turns: dict[str, TurnRecord]) -> list[TurnRecord]:
    """Turns as a reader wants them: phase by phase, round by round, in the roster's order within each."""
    places = {role: place for place, role in enumerate(roster())}

    def place(turn: TurnRecord) -> tuple[int, int, int]:
        phase, *round_number, _ = turn.step.split(".")
        return PHASES.index(phase), int(round_number[0]) if round_number else 0, places.get(turn.role, 0)

    return sorted(turns.values(), key=place)
