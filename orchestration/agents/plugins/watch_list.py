"""Tools over the watch list."""

from typing import Annotated, ClassVar

from pydantic import BaseModel

from orchestration.agents.plugins.plugin import Plugin, answer, tool
from orchestration.rules.reference import WatchListEntry


class WatchListAnswer(BaseModel):
    """The answer of `check_watch_list`."""

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
        return answer(WatchListAnswer(hits=hits))
