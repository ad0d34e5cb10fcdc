"""vendor_specialist: who repairs or treats, and whether their papers carry the amount."""

from orchestration.agents.briefing import Briefing
from orchestration.agents.offline_scripts.papers import (
    PRICED,
    learned,
    read_papers,
    reading_calls,
    report_contradictions,
)
from orchestration.agents.offline_scripts.script import Call, Findings, Script, result
from orchestration.agents.plugins.vendors import VendorResult
from orchestration.agents.reports import ReadingReport


def vendor_specialist(claim: Briefing) -> Script:
    """Looks up the repairers and providers that the claim or its papers name."""
    named = [Call("lookup_vendor", {"name": vendor}) for vendor in claim.facts.vendors]
    reads = reading_calls(claim, PRICED)
    answers = (yield [*named, *reads]) if named or reads else []
    papers = read_papers(answers[len(named) :])
    gained = learned(claim, papers)
    further = [Call("lookup_vendor", {"name": vendor}) for vendor in gained.vendors]
    more = (yield further) if further else []

    found = Findings()
    vendors = [
        (vendor, call)
        for call, answer in zip([*named, *further], [*answers[: len(named)], *more], strict=True)
        if (vendor := result(answer, VendorResult))
    ]
    for vendor, call in vendors:
        report_vendor(vendor, call, found)
    report_contradictions(claim, papers, found)
    return found.report(ReadingReport, claim, _conclusion([vendor for vendor, _ in vendors]), facts=gained)


def report_vendor(answer: VendorResult, call: Call, found: Findings) -> None:
    """Add a finding on one vendor, with an indicator where it is blocked or on probation."""
    vendor = answer.vendor
    if vendor is None:
        found.add(f"{answer.name} is not in the vendor directory; verify it before paying.", call)
    elif vendor.status == "approved":
        found.add(f"{vendor.name}, {vendor.city} ({vendor.kind.replace('_', ' ')}), is approved.", call)
    else:
        state = "blocked" if vendor.status == "blocked" else "on probation"
        note = f": {vendor.note}" if vendor.note else ""
        found.add(f"{vendor.name} is {state}{note}.", call, f"vendor_{vendor.status}")


def _conclusion(vendors: list[VendorResult]) -> str:
    if not vendors:
        return "No repairer or provider is named."
    states = ", ".join(f"{v.name} ({v.vendor.status if v.vendor else 'not known'})" for v in vendors)
    return f"Named in the claim: {states}."
