"""One agent turn: skip it if it is on record, run it, commit it."""

import asyncio
import logging
import time
from dataclasses import dataclass
from functools import partial

from orchestration.agents.agent_context import AgentContext
from orchestration.agents.reports import ReadingReport, Reply, Report
from orchestration.phases.context import PhaseContext
from orchestration.phases.learning import with_report
from orchestration.phases.papers import read_text
from orchestration.phases.unit_of_work import ClaimUnitOfWork
from orchestration.rules.requirements import Requirements
from orchestration.rules.risk import RISK_INDICATORS
from orchestration.rules.routing import in_order
from shared.clock import utc_now
from shared.errors import TurnFailed
from shared.models.claim import Message, TurnRecord, Usage
from shared.telemetry.log import log_event
from shared.telemetry.spans import turn_span

logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class _FinishedTurn:
    record: TurnRecord
    report: Report
    reply: Reply

    def messages(self) -> list[Message]:
        step = {"step": self.record.step}
        return [m.model_copy(update={"metadata": m.metadata | step}) for m in self.reply.messages]


class TurnBook:
    """Puts finished turns of one claim on record; those that end at the same moment in one commit.

    The last ones of `awaited` turns are only staged: whoever awaits them commits them at once, together
    with what follows from them.
    """

    def __init__(self, claim: ClaimUnitOfWork, phases: PhaseContext, awaited: int = 0) -> None:
        self._claim = claim
        self._claim_types = phases.requirements.claim_types
        self._is_by_a_model = phases.settings.agent_model != "offline"  # else rules have read the same
        self._awaited = awaited
        self._finished: list[_FinishedTurn] = []
        self._writing = asyncio.Lock()

    async def enter(self, turn: _FinishedTurn) -> None:
        """Put a finished turn on record, or stage it where whoever awaits it commits it."""
        self._finished.append(turn)
        await asyncio.sleep(0)  # turns that end at this moment join the same commit
        async with self._writing:
            if turn in self._finished:
                self._stage_finished()
                if self._awaited:
                    await self._claim.flush()

    async def enter_usage(self, usage: Usage) -> None:
        """Put on record what a turn cost that failed."""
        if usage != Usage():
            async with self._writing:
                await self._claim.commit(usage=self._claim.context.usage.plus(usage))

    def _stage_finished(self) -> None:
        """Once for each turn: what cannot be committed now stays staged, and rides with the next commit."""
        batch, self._finished = self._finished, []
        context = self._claim.context
        turns, usage = dict(context.turns), context.usage
        for turn in batch:
            turns[turn.record.step] = turn.record
            usage = usage.plus(turn.record.usage or turn.reply.usage)
        messages = [message for turn in batch for message in turn.messages()]
        self._claim.stage(messages, turns=turns, usage=usage)
        for turn in batch:
            if isinstance(turn.report, ReadingReport) and self._is_by_a_model:
                self._claim.stage(
                    evidence=with_report(
                        self._claim.context,
                        turn.record.role,
                        turn.report,
                        turn.record.finished_at,
                        self._claim_types,
                    )
                )
        self._awaited -= len(batch)


async def take_turn(
    claim: ClaimUnitOfWork,
    phases: PhaseContext,
    role: str,
    step: str,
    book: TurnBook | None = None,
    *,
    question: str | None = None,
) -> None:
    """Let `role` work the claim once, as `step`; its report is on record when this returns.

    A step that is on record already is not run again. Turns that run side by side share a `book`.
    `question` is what the coordinator wants to know.

    Raises:
        TurnFailed: the agent could not bring the turn to an end; only what it cost is on record.
        RevisionConflict: another writer was first.
    """
    if step in claim.context.turns:
        return
    book = book or TurnBook(claim, phases)
    model = phases.settings.agent_model
    started = time.monotonic()
    try:
        with turn_span(claim.claim_id, role, model) as spent:
            try:
                reply = await phases.agents.run(role, _agent_context(claim, phases, question))
            except TurnFailed as error:
                spent.usage = error.usage
                raise
            spent.usage = reply.usage
    except TurnFailed as error:
        wasted = _timed(error.usage, started)
        await book.enter_usage(wasted)
        _log(claim.claim_id, role, step, model, wasted, error=type(error).__name__)
        raise
    report = _cleaned(reply.report, phases.requirements)
    usage = _timed(reply.usage, started)
    record = TurnRecord(
        step=step,
        role=role,
        report=report.model_dump(mode="json", exclude_defaults=True),
        finished_at=utc_now(),
        usage=usage,
        refused_tools=reply.refused_tools,
    )
    await book.enter(_FinishedTurn(record, report, reply))
    _log(claim.claim_id, role, step, model, usage, refused_tools=len(reply.refused_tools))


def _timed(usage: Usage, started: float) -> Usage:
    return usage.model_copy(update={"duration_seconds": round(time.monotonic() - started, 3)})


def _log(
    claim_id: str, role: str, step: str, model: str, usage: Usage, *, refused_tools: int = 0, error: str = ""
) -> None:
    log_event(
        logger,
        "turn",
        claim_id=claim_id,
        role=role,
        step=step,
        model=model,
        seconds=usage.duration_seconds,
        model_calls=usage.model_calls,
        tool_calls=usage.tool_calls,
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        cost=None if usage.cost is None else float(usage.cost),
        error=error or None,
    )
    if refused_tools:
        logger.warning("%s: %s asked for %d tools that are not its own", claim_id, step, refused_tools)


def _cleaned(report: Report, requirements: Requirements) -> Report:
    known = [code for code in report.risk_indicators if code in RISK_INDICATORS]
    requested = [d for d in report.requested_documents if d.type in requirements.document_types]
    return report.model_copy(update={"risk_indicators": known, "requested_documents": requested})


def _agent_context(claim: ClaimUnitOfWork, phases: PhaseContext, question: str | None) -> AgentContext:
    context = claim.context

    missing, _ = phases.requirements.check(context)
    return AgentContext(
        claim=context,
        missing=phases.requirements.describe(missing, context),
        turns=in_order(context.turns, list(phases.agents.roster)),
        read_text=partial(read_text, claim),
        question=question,
    )
