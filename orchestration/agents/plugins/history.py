"""Tools over the claims of the past."""

from typing import Annotated, ClassVar

from pydantic import BaseModel

from orchestration.agents.plugins.plugin import Plugin, tool, tool_result
from orchestration.rules.reference import PastClaim


class HistoryResult(BaseModel):
    """The tool_result of `search_claims_history`."""

    claims: list[PastClaim]
    """Newest first."""


class HistoryTools(Plugin):
    """Searches earlier claims."""

    name: ClassVar[str] = "history"

    @tool
    def search_claims_history(
        self,
        policy_number: Annotated[str, "Claims on this policy; empty for any"] = "",
        claimant_name: Annotated[str, "Claims of this person on any policy; empty for any"] = "",
    ) -> str:
        """Search earlier claims by policy, by person, or by both (either one matching counts)."""
        claims = self.reference.past_claims(
            policy_number=policy_number or None, claimant_name=claimant_name or None
        )
        return tool_result(HistoryResult(claims=claims))
