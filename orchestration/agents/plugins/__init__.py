"""The tools that agents can be given. A new tool is a method with `@tool`; a new plugin is one entry here."""

from orchestration.agents.plugins.assessment import AssessmentTools
from orchestration.agents.plugins.claim import ClaimTools
from orchestration.agents.plugins.history import HistoryTools
from orchestration.agents.plugins.plugin import Plugin
from orchestration.agents.plugins.policy import PolicyTools
from orchestration.agents.plugins.vendors import VendorTools
from orchestration.agents.plugins.watch_list import WatchListTools

PLUGINS: tuple[type[Plugin], ...] = (
    ClaimTools,
    PolicyTools,
    HistoryTools,
    VendorTools,
    WatchListTools,
    AssessmentTools,
)

TOOLS: dict[str, type[Plugin]] = {name: plugin for plugin in PLUGINS for name in plugin.tools()}
"""Every tool by name, with the plugin that holds it."""
