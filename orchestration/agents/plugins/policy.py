"""Tools over the policy system."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import BaseModel

from orchestration.agents.plugins.plugin import Plugin, refusal, tool, tool_result
from orchestration.rules.reference import Policy
from shared.models.fields import Money


class PolicyResult(BaseModel):
    """The tool_result of `lookup_policy`."""

    policy: Policy | None
    """None: the policy system does not know the number."""


class CoverageResult(BaseModel):
    """The tool_result of `check_coverage`; amounts are in the policy's currency."""

    policy_status: str
    in_period: bool
    """The incident's day lies in the policy's period."""
    covered: bool
    """The policy's tier covers this type of claim at all."""
    currency: str
    limit: Money
    deductible: Money
    aggregate_limit: Money
    paid_this_year: Money
    remaining_aggregate: Money
    note: str


class PolicyTools(Plugin):
    """Looks up policies and their cover."""

    name: ClassVar[str] = "policy"

    @tool
    def lookup_policy(self, policy_number: Annotated[str, "The policy number as the claim gives it"]) -> str:
        """Look up a policy: line, tier, status, period, currency, holder, and what is insured.
        The policy is null where the number is unknown."""
        return tool_result(PolicyResult(policy=self.reference.policy(policy_number)))

    @tool
    def check_coverage(
        self,
        policy_number: Annotated[str, "The policy number as the claim gives it"],
        claim_type: Annotated[str, "The type of the claim, such as auto_collision"],
        incident_date: Annotated[str, "The day of the incident, YYYY-MM-DD"],
    ) -> str:
        """Check whether a policy covers a type of claim on a day, with limit, deductible, what was
        already paid in that year, and what of the yearly limit remains."""
        policy = self.reference.policy(policy_number)
        if policy is None:
            return refusal("no policy with this number is known")
        try:
            day = dt.date.fromisoformat(incident_date)
        except ValueError:
            return refusal("incident_date is not a date of the form YYYY-MM-DD")
        coverage = self.reference.coverage(policy, claim_type)
        if coverage is None:
            return refusal(f"the policy says nothing about claims of the type {claim_type!r}")
        paid = self.reference.paid_in_year(policy.policy_number, claim_type, day.year)
        return tool_result(
            CoverageResult(
                policy_status=policy.status,
                in_period=policy.in_force_on(day),
                covered=coverage.covered,
                currency=policy.currency,
                limit=coverage.limit,
                deductible=coverage.deductible,
                aggregate_limit=coverage.aggregate_limit,
                paid_this_year=paid,
                remaining_aggregate=max(Decimal(0), coverage.aggregate_limit - paid),
                note=coverage.note,
            )
        )
