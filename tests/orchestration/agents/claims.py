"""Small claims for agents to work, and a scripted model to stand in for a real one."""

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar, override

from semantic_kernel.connectors.ai.chat_completion_client_base import ChatCompletionClientBase
from semantic_kernel.connectors.ai.function_call_choice_configuration import FunctionCallChoiceConfiguration
from semantic_kernel.connectors.ai.prompt_execution_settings import PromptExecutionSettings
from semantic_kernel.contents import AuthorRole, ChatHistory, ChatMessageContent, FunctionCallContent

from documents.result import DocumentText
from orchestration.agents.agent_context import AgentContext
from orchestration.agents.kernel import KernelEngine
from orchestration.agents.offline import OfflineChatCompletion
from orchestration.agents.reports import Reply
from orchestration.agents.roster import Role, load_roster
from orchestration.reference.files import DATA_FOLDER, RULES_FILE, load_reference_data, load_requirements
from orchestration.rules.reference import Policy, Vendor, WatchListEntry
from shared.models.claim import ClaimContext, DocumentRecord
from shared.models.facts import ClaimFacts, Facts
from shared.models.requests import Submission

REQUIREMENTS = load_requirements(RULES_FILE)
REFERENCE = load_reference_data(DATA_FOLDER)
ROSTER = load_roster()
NO_TEXT = "it is a scan"
"""Why a document that has no text cannot be read."""
TODAY = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)


@lru_cache
def policies() -> list[Policy]:
    content = json.loads((DATA_FOLDER / "policies.json").read_text(encoding="utf-8"))
    return [Policy.model_validate(entry) for entry in content]


def a_policy(status: str = "active", line: str = "auto") -> Policy:
    """A policy of that kind; an active one is of the standard tier, and in force for months already."""
    day = TODAY.date()
    fitting = [policy for policy in policies() if (policy.status, policy.line) == (status, line)]
    if status != "active":
        return fitting[0]
    in_force = (p for p in fitting if p.in_force_on(day) and (day - p.effective_from).days > 90)
    return next(policy for policy in in_force if policy.tier == "standard")


def a_vendor(status: str) -> Vendor:
    content = json.loads((DATA_FOLDER / "vendors.json").read_text(encoding="utf-8"))
    return next(v for entry in content if (v := Vendor.model_validate(entry)).status == status)


def a_watched(kind: str) -> WatchListEntry:
    content = json.loads((DATA_FOLDER / "watch_list.json").read_text(encoding="utf-8"))
    return next(e for entry in content if (e := WatchListEntry.model_validate(entry)).kind == kind)


def facts_of(policy: Policy, **changes: Any) -> Facts:
    """An ordinary collision on that policy, ten days old and by its holder, with what the test changes."""
    ordinary: dict[str, Any] = {
        "claim_type": "auto_collision",
        "policy_number": policy.policy_number,
        "incident_date": TODAY.date() - dt.timedelta(days=10),
        "incident_location": "Main Street, Columbus",
        "incident_description": "A van ran into my car from behind.",
        "claim_amount": Decimal(2400),
        "currency": policy.currency,
        "claimant_name": policy.holder_name,
        "email": policy.holder_email,
        "phone": policy.holder_phone,
    }
    return Facts(**ordinary | changes)


def agent_context(
    facts: Facts,
    documents: dict[str, tuple[str, str]] | None = None,
    *,
    narrative: str | None = None,
    question: str | None = None,
    claim_id: str = "CLM-TEST",
    **fields: Any,
) -> AgentContext:
    """A claim as an agent sees it; `documents` maps a file name to its type and text."""
    papers = documents or {}
    records = [
        DocumentRecord(type=kind, filename=name, size=len(text), sha256="0" * 64, received_at=TODAY)
        for name, (kind, text) in papers.items()
    ]
    claim = ClaimContext(
        claim_id=claim_id,
        created_at=TODAY,
        submission=Submission(narrative=narrative),
        submission_sha256="0" * 64,
        evidence=ClaimFacts.given(facts, at=TODAY),
        documents=records,
        **fields,
    )
    missing, information = REQUIREMENTS.check(claim)
    claim = claim.model_copy(update={"missing_information": information})

    async def read_text(record: DocumentRecord) -> DocumentText:
        text = papers[record.filename][1]
        return DocumentText(text) if text else DocumentText(problem=NO_TEXT)

    return AgentContext(
        claim=claim,
        missing=REQUIREMENTS.describe(missing, claim),
        turns=list(claim.turns.values()),
        read_text=read_text,
        question=question,
    )


class OneModel:
    """The same model for every turn."""

    def __init__(self, model: ChatCompletionClientBase) -> None:
        self._model = model

    def for_turn(self, _: Role, __: ClaimContext) -> ChatCompletionClientBase:
        return self._model


async def ask(role: str, context: AgentContext, model: ChatCompletionClientBase) -> Reply:
    """A turn with a model of the test's own."""
    return await KernelEngine(ROSTER, REFERENCE, OneModel(model)).run(role, context)


async def work(role: str, context: AgentContext) -> Reply:
    """A turn with the offline model."""
    return await ask(role, context, OfflineChatCompletion())


def statements(reply: Reply) -> str:
    return "\n".join(finding.statement for finding in reply.report.findings)


def asks(function: str, **arguments: Any) -> ChatMessageContent:
    """A model's answer that calls a function, by its qualified name such as `policy-lookup_policy`."""
    call = FunctionCallContent(id=f"{function}:{arguments}", name=function, arguments=json.dumps(arguments))
    return ChatMessageContent(role=AuthorRole.ASSISTANT, items=[call])


def says(text: str) -> ChatMessageContent:
    return ChatMessageContent(role=AuthorRole.ASSISTANT, content=text)


class ScriptedModel(ChatCompletionClientBase):
    """Gives the answers of a list, one for each call, and keeps what it was sent and offered."""

    SUPPORTS_FUNCTION_CALLING: ClassVar[bool] = True
    answers: list[Any]
    seen: list[list[str]]
    offered: list[str]

    def __init__(self, *answers: ChatMessageContent | Exception) -> None:
        fields: dict[str, Any] = {
            "ai_model_id": "scripted",
            "answers": list(answers),
            "seen": [],
            "offered": [],
        }
        super().__init__(**fields)

    @override
    async def _inner_get_chat_message_contents(
        self, chat_history: ChatHistory, settings: PromptExecutionSettings
    ) -> list[ChatMessageContent]:
        self.seen.append([_shown(message) for message in chat_history.messages])
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return [answer]

    @override
    def _update_function_choice_settings_callback(self) -> Callable[..., None]:
        return self._note_offer

    def _note_offer(self, configuration: FunctionCallChoiceConfiguration, *_: object) -> None:
        self.offered.extend(function.name for function in configuration.available_functions or [])


def _shown(message: ChatMessageContent) -> str:
    return message.content or "; ".join(str(item) for item in message.items)
