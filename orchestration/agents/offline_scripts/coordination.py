"""coordinator: whether the reports leave a question that another look could answer."""

from orchestration.agents.briefing import Briefing
from orchestration.agents.offline_scripts.script import Call, Script
from orchestration.agents.offline_scripts.wording import summary
from orchestration.agents.reports import CoordinationReport


def coordinator(claim: Briefing) -> Script:
    """Asks nothing: specialists that work by rules have said all that they find."""
    yield [Call("read_reports")]
    heard = len({report.role for report in claim.reports})
    return CoordinationReport(
        summary=summary(claim, [], f"{heard} have reported. What they found is for the officer to weigh.")
    )
