"""Runs agents' turns by Semantic Kernel.

Beside this module only the chat services (model_services.py, model_calls.py, offline.py) and the session
store's codec know the framework. What depends on a claim is made for one turn.
"""

import inspect
import json
import logging
import sys
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Protocol

from pydantic import ValidationError
from semantic_kernel import Kernel
from semantic_kernel.agents import ChatCompletionAgent, ChatHistoryAgentThread
from semantic_kernel.connectors.ai import chat_completion_client_base
from semantic_kernel.connectors.ai.chat_completion_client_base import ChatCompletionClientBase
from semantic_kernel.connectors.ai.completion_usage import CompletionUsage
from semantic_kernel.connectors.ai.function_choice_behavior import FunctionChoiceBehavior
from semantic_kernel.connectors.ai.function_choice_type import FunctionChoiceType
from semantic_kernel.contents import (
    AuthorRole,
    ChatHistory,
    ChatMessageContent,
    FunctionCallContent,
    FunctionResultContent,
)
from semantic_kernel.exceptions import FunctionExecutionException, KernelException
from semantic_kernel.functions import KernelFunction, KernelFunctionFromMethod, KernelPlugin, kernel_function
from semantic_kernel.utils.telemetry.agent_diagnostics import decorators as agent_spans
from semantic_kernel.utils.telemetry.model_diagnostics import decorators as model_spans

from orchestration.agents.agent_context import AgentContext
from orchestration.agents.briefing import Briefing, prompt
from orchestration.agents.grounding import grounded
from orchestration.agents.model_calls import ModelCalls
from orchestration.agents.model_errors import ModelFailed
from orchestration.agents.plugins import PLUGINS, TOOLS
from orchestration.agents.plugins.plugin import Plugin, refusal
from orchestration.agents.reports import ReadingReport, Reply, Report
from orchestration.agents.roster import Role, Roster
from orchestration.rules.reference import ReferenceData
from orchestration.rules.risk import RISK_INDICATORS
from shared.errors import TurnFailed
from shared.models.claim import ClaimContext, Message, Usage
from shared.models.vocabulary import OURSELVES
from shared.session_store.codec import messages_from_chat_history
from shared.telemetry.spans import SilentTracer, tool_span

MAX_CALL_ROUNDS = 8
"""How often an agent may ask for tool calls in one turn before it must report."""
MAX_CALLS = 64
"""How many tool calls of one turn run; the answer to any more is that they do not."""
MAX_ATTEMPTS = 2
"""How often an agent may hand in a report before the turn fails."""
MAX_TOOL_NAME = 100
"""Characters of a name that a model made up, on record."""

# Semantic Kernel's INFO messages hold tool arguments, that is, personal data.
logging.getLogger("semantic_kernel").setLevel(logging.WARNING)
# Its spans quote what tools and services raise; ours, of shared/telemetry/spans.py, do not.
for _traced in (
    chat_completion_client_base,
    sys.modules[KernelFunction.__module__],
    agent_spans,
    model_spans,
):
    vars(_traced)["tracer"] = SilentTracer()
# Its errors quote the tool names that a model makes up, and what tools and services say.
logging.getLogger("semantic_kernel.kernel").setLevel(logging.CRITICAL)


class Models(Protocol):
    """Which model an agent asks."""

    def for_turn(self, role: Role, claim: ClaimContext, /) -> ChatCompletionClientBase:
        """The model for one turn of a role on a claim."""
        ...


class KernelEngine:
    """Runs the agents of a roster.

    Args:
        roster: who there is.
        reference: what tools look up.
        models: which model an agent asks.
    """

    def __init__(self, roster: Roster, reference: ReferenceData, models: Models) -> None:
        self._roster = roster
        self._reference = reference
        self._models = models
        self._agents: dict[str, ChatCompletionAgent] = {}

    async def run(self, role: str, context: AgentContext) -> Reply:
        """As `Agents.run`."""
        if role not in self._roster:
            raise TurnFailed(f"there is no agent '{role}' in the roster")
        member = self._roster[role]
        turn = _Turn(member, self._agent(member), context, self._reference, self._models)
        try:
            return await turn.run()
        except ModelFailed as error:
            raise TurnFailed(f"{role}: {error}", is_final=error.is_final, usage=turn.usage()) from error
        except TurnFailed as error:
            error.usage = turn.usage()
            raise

    def _agent(self, role: Role) -> ChatCompletionAgent:
        """The part of an agent that no claim changes; the kernel of a turn brings model and tools."""
        if role.name not in self._agents:
            self._agents[role.name] = ChatCompletionAgent(
                id=role.name,
                name=role.name,
                instructions=self._instructions(role),
                function_choice_behavior=FunctionChoiceBehavior(
                    type_=FunctionChoiceType.AUTO, maximum_auto_invoke_attempts=MAX_CALL_ROUNDS
                ),
            )
        return self._agents[role.name]

    def _instructions(self, role: Role) -> str:
        codes = "\n".join(f"- {code}: {one.description}" for code, one in RISK_INDICATORS.items())
        schema = json.dumps(role.report_type.model_json_schema())
        rules = self._roster.rules
        return f"{role.instructions}\n\n{rules}\n\nRisk indicators:\n{codes}\n\nSchema:\n{schema}"


class _Turn:
    """One agent's work on one claim. Nothing of it outlives the turn."""

    def __init__(
        self,
        role: Role,
        agent: ChatCompletionAgent,
        context: AgentContext,
        reference: ReferenceData,
        models: Models,
    ) -> None:
        self._role = role
        self._agent = agent
        self._context = context
        self._calls = 0
        self._tool_errors: list[Exception] = []
        self._service = models.for_turn(role, context.claim)
        self._kernel = Kernel(services=self._service, plugins=self._plugins(reference))
        self._chat = ChatHistory()

    async def run(self) -> Reply:
        briefing = Briefing.of(self._context, with_reports=self._role.reads_reports)
        message = prompt(self._role.name, briefing)
        for _ in range(MAX_ATTEMPTS):
            answer = await self._ask(message)
            try:
                report = self._role.report_type.model_validate_json(_unfenced(answer))
            except ValidationError as error:
                message = f"Your report does not fit the schema: {_explain(error)}. Hand it in again, whole."
            else:
                usage = self.usage().plus(Usage(turns=1))
                return Reply(self._grounded(report), self._record(), usage, refused_tools=self._refused())
        raise TurnFailed(
            f"{self._role.name}: the report did not fit its schema, {MAX_ATTEMPTS} times", is_final=True
        )

    def usage(self) -> Usage:
        """What the turn cost so far."""
        return self._service.usage if isinstance(self._service, ModelCalls) else _usage(self._chat)

    def _grounded(self, report: Report) -> Report:
        if not isinstance(self._service, ModelCalls) or not isinstance(report, ReadingReport):
            return report
        shown_messages = [m for m in self._chat.messages if m.role in {AuthorRole.USER, AuthorRole.TOOL}]
        shown = "\n".join(
            str(getattr(i, "text", None) or getattr(i, "result", "")) for m in shown_messages for i in m.items
        )
        return grounded(report, shown)

    def _refused(self) -> list[str]:
        calls = [i for m in self._chat.messages for i in m.items if isinstance(i, FunctionCallContent)]
        names = dict.fromkeys(call.function_name for call in calls)
        return [name[:MAX_TOOL_NAME] for name in names if name not in self._role.tools]

    async def _ask(self, text: str) -> str:
        """Send a message and return the final answer; tool calls in between stand in the chat.

        A model may not paper over a tool that broke: its error ends the turn, whatever was answered.
        """
        try:
            response = await self._agent.get_response(
                ChatMessageContent(role=AuthorRole.USER, content=text, name=OURSELVES),
                thread=ChatHistoryAgentThread(self._chat),
                kernel=self._kernel,
            )
        except Exception as error:
            self._raise_tool_error()
            if isinstance(error, KernelException):
                raise TurnFailed(f"{self._role.name}: {_reason(error)}") from error
            raise
        self._raise_tool_error()
        return response.message.content

    def _raise_tool_error(self) -> None:
        if self._tool_errors:
            raise self._tool_errors[0]

    def _plugins(self, reference: ReferenceData) -> list[KernelPlugin]:
        """The role's tools, bound to this claim."""
        plugins: list[KernelPlugin] = []
        for kind in PLUGINS:
            instance = kind(self._context, reference)
            functions = {
                name: _kernel_function(name).model_copy(update={"method": self._bound(instance, name)})
                for name in self._role.tools
                if TOOLS[name] is kind
            }
            if functions:
                plugins.append(_plugin(kind).model_copy(update={"functions": functions}))
        return plugins

    def _bound(self, instance: Plugin, name: str) -> Callable[..., Any]:
        method = getattr(instance, name)

        async def call(**arguments: Any) -> str:
            self._calls += 1
            if self._calls > MAX_CALLS:
                return refusal("too many tool calls; hand in your report")
            try:
                with tool_span(self._context.claim.claim_id, self._role.name, name):
                    result = method(**arguments)
                    return await result if inspect.isawaitable(result) else result
            except Exception as error:
                # Semantic Kernel logs what a function raises; the error itself may name people or files.
                self._tool_errors.append(error)
                raise FunctionExecutionException(f"{name} failed") from None

        return call

    def _record(self) -> list[Message]:
        for message in self._chat.messages:
            message.metadata = {}
            for item in message.items:
                item.metadata = {}
                if isinstance(item, FunctionResultContent):
                    item.inner_content = None
        return messages_from_chat_history(self._chat)


@lru_cache
def _kernel_function(name: str) -> KernelFunctionFromMethod:
    """A tool as a kernel function, not yet bound to a claim."""
    kind = TOOLS[name]
    return KernelFunctionFromMethod(method=kernel_function(kind.tools()[name]), plugin_name=kind.name)


@lru_cache
def _plugin(kind: type[Plugin]) -> KernelPlugin:
    return KernelPlugin(name=kind.name)


def _unfenced(answer: str) -> str:
    text = answer.strip()
    if text.startswith("```") and text.endswith("```"):
        text = text.removeprefix("```json").removeprefix("```").removesuffix("```")
    return text


def _explain(error: ValidationError) -> str:
    details = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(f"{'.'.join(str(part) for part in d['loc']) or 'report'}: {d['msg']}" for d in details)


def _reason(error: KernelException) -> str:
    """Why the model gave no answer, without its text, which may quote the claim."""
    cause = error.__cause__
    status = getattr(cause, "status_code", None)
    return (
        f"the model service failed ({type(cause or error).__name__}{f', status {status}' if status else ''})"
    )


def _usage(chat: ChatHistory) -> Usage:
    answers = [message for message in chat.messages if message.role == AuthorRole.ASSISTANT]
    tokens = [u for m in answers if isinstance(u := m.metadata.get("usage"), CompletionUsage)]
    return Usage(
        model_calls=len(answers),
        tool_calls=sum(isinstance(item, FunctionCallContent) for m in answers for item in m.items),
        prompt_tokens=sum(u.prompt_tokens or 0 for u in tokens),
        completion_tokens=sum(u.completion_tokens or 0 for u in tokens),
    )
