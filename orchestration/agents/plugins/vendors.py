"""Tools over the vendor directory."""

from typing import Annotated, ClassVar

from pydantic import BaseModel

from orchestration.agents.plugins.plugin import Plugin, tool, tool_result
from orchestration.rules.reference import Vendor


class VendorResult(BaseModel):
    """The tool_result of `lookup_vendor`."""

    name: str
    """As it was asked for."""
    vendor: Vendor | None
    """None: the directory does not hold it."""


class VendorTools(Plugin):
    """Looks up repairers and providers."""

    name: ClassVar[str] = "vendors"

    @tool
    def lookup_vendor(self, name: Annotated[str, "The repairer's or provider's name"]) -> str:
        """Look up a repairer or provider of care: kind, city, and whether it is approved, on probation
        or blocked. The vendor is null where the directory does not hold it."""
        return tool_result(VendorResult(name=name, vendor=self.reference.vendor(name)))
