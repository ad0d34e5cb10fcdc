"""The one interface to Semantic Kernel: run an agent's turn over the claim on a desk.

Beside this module only the chat services (services.py, offline.py) and the session store's codec know
the framework. What does not depend on a claim is made once a process; what does is made for one turn.
"""

import inspect
import json
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

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
from orchestration.agents.masking import Masks
from orchestration.agents.model_calls import ModelCalls
from orchestration.agents.model_errors import ModelFailed
from orchestration.agents.offline import OfflineChatCompletion
from orchestration.agents.plugins import PLUGINS, TOOLS
from orchestration.agents.plugins.plugin import Plugin, refusal
from orchestration.agents.reports import ReadingReport, Report
from orchestration.agents.roster import Role, roster
from orchestration.agents.services import chat_service, claim_share
from orchestration.reference.files import reference_data
from orchestration.rules.risk import RISK_INDICATORS
from shared.errors import TurnFailed
from shared.models.claim import Message, Usage
from shared.session_store.codec import messages_from_chat_history
from shared.settings import settings
from shared.telemetry.spans import SilentTracer, tool_span

ORCHESTRATOR = "claims_orchestrator"
"""Who speaks to an agent, in the history."""
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
# Its spans quote what tools and services raise; what may be told, shared/telemetry/spans.py tells.
for _traced in (
    chat_completion_client_base,
    sys.modules[KernelFunction.__module__],
    agent_spans,
    model_spans,
):
    vars(_traced)["tracer"] = SilentTracer()
# Its errors quote the tool names that a model makes up, and what tools and services say.
logging.getLogger("semantic_kernel.kernel").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Reply:
    """A finished turn."""

    report: Report
    messages: list[Message]
    """What goes on record, in order: the prompt, each function call and result, the final answer."""
    usage: Usage
    refused_tools: list[str]
    """Tools that the agent asked for and that are not its own."""


async def run_agent(
    role: str, desk: AgentContext, *, service: ChatCompletionClientBase | None = None
) -> Reply:
    """Let the agent of a role work the claim on the desk.

    Args:
        role: a name in the roster.
        desk: what the agent may see.
        service: the model to ask; by default the one of the settings.

    Raises:
        TurnFailed: the model could not be reached or refused, or its report was invalid twice. The
            message holds nothing of the claim, and says whether another try is of use.
        BudgetUsedUp: the claim has no tokens left for the next call.
    """
    if role not in roster():
        raise TurnFailed(f"there is no agent '{role}' in the roster")
    member = roster()[role]
    turn = _Turn(member, desk, service or _service(member, desk))
    try:
        return await turn.run()
    except ModelFailed as error:
        raise TurnFailed(f"{role}: {error}", is_final=error.is_final, usage=turn.usage()) from error
    except TurnFailed as error:
        error.usage = turn.usage()
        raise


def _service(role: Role, desk: AgentContext) -> ChatCompletionClientBase:
    """The model of the settings; one that is reached by the network only within bounds."""
    service = chat_service(role.model)
    if isinstance(service, OfflineChatCompletion):
        return service
    context = desk.context
    return ModelCalls(
        service,
        report=role.report_type,
        share=claim_share(context.claim_id, context.usage.tokens),
        masks=None if role.sees_identity else Masks(context),
        provider=settings().agent_model,
        settings=settings(),
    )


class _Turn:
    """One agent's work on one claim. Nothing of it outlives the turn."""

    def __init__(self, role: Role, desk: AgentContext, service: ChatCompletionClientBase) -> None:
        self._role = role
        self._desk = desk
        self._calls = 0
        self._tool_errors: list[Exception] = []
        self._service = service
        self._kernel = Kernel(services=service, plugins=self._plugins())
        self._chat = ChatHistory()

    async def run(self) -> Reply:
        briefing = Briefing.of(self._desk, with_reports=self._role.reads_reports)
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
        told = [m for m in self._chat.messages if m.role in {AuthorRole.USER, AuthorRole.TOOL}]
        shown = "\n".join(
            str(getattr(i, "text", None) or getattr(i, "result", "")) for m in told for i in m.items
        )
        return report.model_copy(update={"facts": grounded(report.facts, shown)})

    def _refused(self) -> list[str]:
        calls = [i for m in self._chat.messages for i in m.items if isinstance(i, FunctionCallContent)]
        names = dict.fromkeys(call.function_name for call in calls)
        return [name[:MAX_TOOL_NAME] for name in names if name not in self._role.tools]

    async def _ask(self, text: str) -> str:
        """Send a message and return the final answer; tool calls in between stand in the chat.

        A model may not paper over a tool that broke: its error ends the turn, whatever was answered.
        """
        try:
            response = await _agent(self._role.name).get_response(
                ChatMessageContent(role=AuthorRole.USER, content=text, name=ORCHESTRATOR),
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

    def _plugins(self) -> list[KernelPlugin]:
        """The role's tools, bound to this desk."""
        plugins: list[KernelPlugin] = []
        for kind in PLUGINS:
            instance = kind(self._desk, reference_data())
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
                with tool_span(self._desk.context.claim_id, self._role.name, name):
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
def _agent(name: str) -> ChatCompletionAgent:
    """The part of an agent that no claim changes; the kernel of a turn brings model and tools."""
    return ChatCompletionAgent(
        id=name,
        name=name,
        instructions=_instructions(roster()[name]),
        function_choice_behavior=FunctionChoiceBehavior(
            type_=FunctionChoiceType.AUTO, maximum_auto_invoke_attempts=MAX_CALL_ROUNDS
        ),
    )


def _instructions(role: Role) -> str:
    codes = "\n".join(f"- {code}: {indicator.description}" for code, indicator in RISK_INDICATORS.items())
    schema = json.dumps(role.report_type.model_json_schema())
    return f"{role.instructions}\n\n{roster().rules}\n\nRisk indicators:\n{codes}\n\nSchema:\n{schema}"


@lru_cache
def _kernel_function(name: str) -> KernelFunctionFromMethod:
    """A tool as a kernel function, not yet bound to a desk."""
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
