"""What makes a function a tool. No agent framework here: kernel.py turns tools into kernel functions."""

from collections.abc import Callable
from typing import Any, ClassVar

from pydantic import BaseModel
from pydantic_core import to_json

from orchestration.agents.agent_context import AgentContext
from orchestration.rules.reference import ReferenceData

_TOOL = "__tool__"


class Plugin:
    """Tools of one kind, for one turn: they see one claim and the reference data, and write nothing."""

    name: ClassVar[str]

    def __init__(self, context: AgentContext, reference: ReferenceData) -> None:
        self.context = context
        self.reference = reference

    @classmethod
    def tools(cls) -> dict[str, Callable[..., Any]]:
        """The tools of this plugin by name, as unbound functions."""
        return {name: member for name, member in vars(cls).items() if getattr(member, _TOOL, False)}


def tool[F: Callable[..., Any]](function: F) -> F:
    """Offer a method of a plugin to agents.

    Its docstring is what a model reads about it, so are the strings in `Annotated` parameters. It
    returns JSON, and what the caller got wrong as `{"error": …}`; it raises only what must end the turn.
    """
    setattr(function, _TOOL, True)
    return function


def tool_result(value: BaseModel) -> str:
    """A tool's result as JSON."""
    return value.model_dump_json()


def refusal(problem: str) -> str:
    """A tool's result where its arguments cannot be used; the agent may try again."""
    return to_json({"error": problem}).decode()
