"""Who is heard in the next round of gathering, and when there is none: computed from the session alone."""

from orchestration.agents.roster import Roster
from orchestration.rules.routing import NextStep, on_file, step_id, unread_documents
from shared.models.claim import ClaimContext, GatheringEnd, GatheringRound, TurnRecord

ALWAYS: tuple[str, ...] = ("policy_specialist", "claims_history_analyst", "fraud_analyst")
MEDICAL, VENDOR = "medical_specialist", "vendor_specialist"
SPECIALISTS = (*ALWAYS, MEDICAL, VENDOR)
"""The roles that the coordinator may ask."""
COORDINATOR = "coordinator"
READER = "intake_coordinator"
"""Reads a claim into facts; of a claim that had its intake elsewhere nobody has done that yet."""
READ_DOCUMENT = "read_document"

ENDINGS: dict[GatheringEnd, str] = {
    "nothing_new": "",
    "stalled": "Gathering stopped: questions are open, and further rounds brought nothing new",
    "round_limit": "Gathering stopped at the limit of rounds; something was left to ask",
}
"""The note in a claim's history on each end of gathering; the ordinary end has none."""


def specialists_needed(context: ClaimContext) -> list[str]:
    """The roles that must report on the claim, given what is known of it now."""
    needed = [*([READER] if context.is_unread else []), *ALWAYS]
    if context.facts.injuries or context.facts.claim_type == "medical":
        needed.append(MEDICAL)
    if context.facts.vendors:
        needed.append(VENDOR)
    return needed


def plan_round(
    context: ClaimContext, roster: Roster, max_rounds: int, stall_threshold: int
) -> GatheringRound | GatheringEnd:
    """The next round, or why there is none.

    Heard are specialists that were not heard yet, those who read documents where new ones came, and
    those whom the coordinator asked in the last round, unless it asked them the same before.
    """
    heard = {role for earlier in context.rounds for role in earlier.roles}
    has_unread = bool(unread_documents(context))
    due = [
        role
        for role in specialists_needed(context)
        if role not in heard or (has_unread and READ_DOCUMENT in roster[role].tools)
    ]
    questions = _open_questions(context)
    roles = [role for role in (READER, *SPECIALISTS) if role in due or role in questions]
    if not roles:
        return "nothing_new"
    if len(context.rounds) >= max_rounds:
        return "round_limit"
    if not due and _quiet_rounds(context) >= stall_threshold:
        return "stalled"
    return GatheringRound(
        number=len(context.rounds) + 1, roles=roles, documents=on_file(context), questions=questions
    )


def leaves_open(context: ClaimContext, current: GatheringRound) -> bool:
    """Whether a report of the round names a risk, asks for a document, or wants an investigation.

    Otherwise there is nothing to coordinate, and the coordinator is not asked.
    """
    return any(
        turn.report.get("risk_indicators")
        or turn.report.get("requested_documents")
        or turn.report.get("recommendation") == "investigate"
        for turn in _turns(context, current)
    )


def step_of(current: GatheringRound, role: str) -> str:
    """The id under which a role's turn in a round is on record."""
    return step_id(NextStep.GATHERING, role, current.number)


def _open_questions(context: ClaimContext) -> dict[str, str]:
    """The coordinator's questions after the last round, by specialist, that were not asked before."""
    turn = context.turns.get(step_of(context.rounds[-1], COORDINATOR)) if context.rounds else None
    asked = {(role, _key(text)) for earlier in context.rounds for role, text in earlier.questions.items()}
    questions: dict[str, list[str]] = {}
    put: list[dict[str, str]] = turn.report.get("questions", []) if turn else []
    for question in put:
        role, text = question["role"], question["question"]
        if role in SPECIALISTS and (role, _key(text)) not in asked:
            questions.setdefault(role, []).append(text)
    return {role: " ".join(texts) for role, texts in questions.items()}


def _key(question: str) -> str:
    return " ".join(question.casefold().split())


def _quiet_rounds(context: ClaimContext) -> int:
    """How many of the last rounds in a row brought nothing that was not on record before."""
    known: set[str] = set()
    quiet = 0
    for current in context.rounds:
        reported = {point for turn in _turns(context, current) for point in _points(turn)}
        quiet = 0 if reported - known else quiet + 1
        known |= reported
    return quiet


def _points(turn: TurnRecord) -> list[str]:
    report = turn.report
    return [
        *(finding["statement"] for finding in report.get("findings", [])),
        *report.get("risk_indicators", []),
        *(document["type"] for document in report.get("requested_documents", [])),
    ]


def _turns(context: ClaimContext, current: GatheringRound) -> list[TurnRecord]:
    """The specialists' turns of a round that are on record."""
    steps = (step_of(current, role) for role in current.roles)
    return [context.turns[step] for step in steps if step in context.turns]
