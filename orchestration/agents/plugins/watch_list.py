"""Tools over the watch list."""

from typing import Annotated, ClassVar

from pydantic import BaseModel

from orchestration.agents.plugins.plugin import Plugin, tool, tool_result
from orchestration.rules.reference import WatchListEntry


class WatchListResult(BaseModel):
    """The tool_result of `check_watch_list`."""

    hits: list[WatchListEntry]


class WatchListTools(Plugin):
    """Checks the watch list."""

    name: ClassVar[str] = "watch_list"

    @tool
    def check_watch_list(
        self,
        names: Annotated[list[str], "Names of people and of vendors in the claim"],
        emails: Annotated[list[str], "E-mail addresses in the claim"],
        phones: Annotated[list[str], "Phone numbers in the claim"],
    ) -> str:
        """Check people, vendors, e-mail addresses and phone numbers against the watch list."""
        hits = self.reference.watch_list_hits(names=names, emails=emails, phones=phones)
        return tool_result(WatchListResult(hits=hits))
