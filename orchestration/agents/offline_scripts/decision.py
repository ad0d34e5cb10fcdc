"""assessment_agent, claims_officer, handoff_agent: the brief, the decision sheet, the hand-over."""

from itertools import chain

from orchestration.agents.briefing import Briefing
from orchestration.agents.offline_scripts.script import Call, Findings, Script, result
from orchestration.agents.offline_scripts.wording import amount, summary
from orchestration.agents.plugins.assessment import AssessmentResult, ReportsResult
from orchestration.agents.reports import AssessmentReport, DecisionSheet, Finding, HandoffNote, Report
from orchestration.rules.risk import HIGH_RISK, RISK_INDICATORS
from shared.models.claim import Assessment, RecordedDecision
from shared.models.facts import Facts

_ASSESSMENT, _REPORTS = Call("read_assessment"), Call("read_reports")
_MOST_FINDINGS = 12
_SUMS_UP = "assessment_agent"
"""Its findings repeat those of the others."""


def assessment_agent(claim: Briefing) -> Script:
    """Sums up the rules' assessment and the specialists' reports in a brief."""
    answers = yield [_ASSESSMENT, _REPORTS]
    assessment, reports = _read(answers)
    behind = _weighty(reports)
    found = Findings()
    if assessment is None:
        conclusion = "The rules have not been applied; the claim needs an officer's look."
        return AssessmentReport(
            summary=summary(claim, [], conclusion),
            brief=conclusion,
            recommendation="investigate",
            confidence=0.0,
        )

    _report_figures(assessment, found)
    conclusion = _recommendation_in_words(assessment)
    paragraphs = [
        _what_happened(claim, assessment.currency),
        _cover(assessment),
        _risk(assessment, behind),
        _open_points(assessment),
        conclusion,
    ]
    return AssessmentReport(
        summary=summary(claim, found.found, conclusion),
        findings=found.found,
        risk_indicators=assessment.fraud_indicators,
        recommendation=assessment.recommendation,
        confidence=_confidence(assessment),
        brief="\n\n".join(paragraphs),
    )


def claims_officer(claim: Briefing) -> Script:
    """Lists what a human officer should ask before deciding, and the options."""
    answers = yield [_ASSESSMENT, _REPORTS]
    assessment, reports = _read(answers)
    if assessment is None:
        return DecisionSheet(summary=summary(claim, [], "The rules have not been applied yet."))
    found = Findings()
    for reason in assessment.route_reasons:
        found.add(f"An officer decides because {reason}.", _ASSESSMENT)
    questions = [
        *(f"What explains this sign: {_meaning(code)}?" for code in _by_weight(assessment.fraud_indicators)),
        *(f"Does it stand that {reason}?" for reason in assessment.not_covered_because),
        *(
            f"Can it be decided without {item.replace('_', ' ')}?"
            for item in assessment.missing_at_assessment
        ),
    ]
    weighty = _weighty(reports)[:_MOST_FINDINGS]
    options = _options(assessment)
    conclusion = (
        f"{len(questions)} question{'' if len(questions) == 1 else 's'} to settle before deciding; "
        f"the rules recommend: {assessment.recommendation}."
        if questions
        else f"Nothing is open; the rules recommend: {assessment.recommendation}."
    )
    return DecisionSheet(
        summary=summary(claim, found.found, conclusion),
        findings=[*found.found, *weighty],
        questions=questions,
        options=options,
    )


def handoff_agent(claim: Briefing) -> Script:
    """Lists the next steps that follow from the decision."""
    answers = yield [_ASSESSMENT]
    looked_up = result(answers[0], AssessmentResult)
    assessment, decision = looked_up.assessment if looked_up else None, claim.decision
    if decision is None:
        return HandoffNote(
            summary=summary(claim, [], "No decision is on record; nothing can be handed over.")
        )
    approved = decision.decision == "approve"
    currency = assessment.currency if assessment else claim.facts.currency
    payout = amount(decision.payout_amount, currency) if decision.payout_amount else "nothing"
    found = Findings()
    found.add(f"Decision: {decision.decision}, by {decision.officer_id or 'rule'}.", "decision on record")
    steps = _after_approval(claim.facts, payout) if approved else _after_denial(claim.facts, decision)
    if assessment and assessment.risk_score >= HIGH_RISK:
        steps.append("Refer the file to the special investigations unit.")
    conclusion = f"Approved; {payout} is to be paid." if approved else "Denied; nothing is to be paid."
    next_steps = [*steps, "File the documents with the claim."]
    return found.report(HandoffNote, claim, conclusion, next_steps=next_steps)


def _after_approval(facts: Facts, payout: str) -> list[str]:
    steps = [
        f"Pay {payout} on policy {facts.policy_number or 'unknown'}.",
        f"Tell the claimant ({_reach(facts)}) what is paid and how it was computed.",
    ]
    if facts.claim_type == "auto_collision" and facts.police_involved:
        steps.append("Check recovery from the other party with the police report.")
    return steps


def _after_denial(facts: Facts, decision: RecordedDecision) -> list[str]:
    reason = f" with the reason: {decision.denial_reason}" if decision.denial_reason else ""
    return [
        f"Send the denial letter to the claimant ({_reach(facts)}){reason}",
        "Name in the letter how and until when the claimant can object.",
    ]


def _reach(facts: Facts) -> str:
    return facts.email or facts.phone or "by the address on the policy"


def _read(answers: list[str]) -> tuple[Assessment | None, list[Report]]:
    assessment, reports = result(answers[0], AssessmentResult), result(answers[1], ReportsResult)
    handed_in = [r.report for r in reports.reports if r.role != _SUMS_UP] if reports else []
    common = [
        {name: report[name] for name in report.keys() & Report.model_fields.keys()} for report in handed_in
    ]
    return assessment.assessment if assessment else None, [Report.model_validate(fields) for fields in common]


def _weighty(reports: list[Report]) -> list[Finding]:
    """The findings of those who saw a risk, each once."""
    findings = chain.from_iterable(report.findings for report in reports if report.risk_indicators)
    return list({finding.statement: finding for finding in findings}.values())


def _by_weight(indicators: list[str]) -> list[str]:
    return sorted(indicators, key=lambda code: -RISK_INDICATORS[code].weight)


def _meaning(code: str) -> str:
    return RISK_INDICATORS[code].description


def _report_figures(assessment: Assessment, found: Findings) -> None:
    money = assessment.currency
    if assessment.covered:
        found.add(
            f"The rules would pay {amount(assessment.recommended_payout, money)}: deductible "
            f"{amount(assessment.deductible, money)}, limit {amount(assessment.coverage_limit, money)}.",
            _ASSESSMENT,
        )
    for reason in assessment.not_covered_because:
        found.add(f"Not covered: {reason}.", _ASSESSMENT)
    for code in _by_weight(assessment.fraud_indicators):
        found.add(f"Risk: {_meaning(code)}.", _ASSESSMENT)


def _what_happened(claim: Briefing, currency: str) -> str:
    facts = claim.facts
    kind = (facts.claim_type or "unclassified").replace("_", " ")
    when = f" on {facts.incident_date}" if facts.incident_date else ""
    where = f", {facts.incident_location}" if facts.incident_location else ""
    much = (
        amount(facts.claim_amount, facts.currency or currency)
        if facts.claim_amount is not None
        else "no amount"
    )
    return (
        f"{kind.capitalize()} claim of {facts.claimant_name or 'the claimant'}{when}{where}; {much} claimed."
    )


def _cover(assessment: Assessment) -> str:
    if not assessment.covered:
        return f"Not covered: {'; '.join(assessment.not_covered_because)}."
    money = assessment.currency
    return (
        f"Covered. The rules would pay {amount(assessment.recommended_payout, money)}: after a deductible of "
        f"{amount(assessment.deductible, money)}, within the limit of "
        f"{amount(assessment.coverage_limit, money)} and of what remains for the year, "
        f"{amount(assessment.remaining_aggregate, money)}."
    )


def _risk(assessment: Assessment, behind: list[Finding]) -> str:
    if not assessment.fraud_indicators:
        return f"Risk score {assessment.risk_score}: nothing speaks against the claim."
    signs = "; ".join(_meaning(code) for code in _by_weight(assessment.fraud_indicators))
    shown = " ".join(f"{f.statement} [{f.evidence}]" for f in behind[:_MOST_FINDINGS])
    text = f"Risk score {assessment.risk_score}: {signs}."
    return f"{text} Behind it: {shown}" if shown else text


def _open_points(assessment: Assessment) -> str:
    if assessment.missing_at_assessment:
        return f"Still missing: {', '.join(assessment.missing_at_assessment)}."
    if not assessment.complete:
        return "What else the claim needs cannot be said: its type is not known."
    return "The file is complete."


def _recommendation_in_words(assessment: Assessment) -> str:
    payout = amount(assessment.recommended_payout, assessment.currency)
    match assessment.recommendation:
        case "approve":
            return f"Approve, and pay {payout}."
        case "deny":
            return f"Deny: {'; '.join(assessment.not_covered_because)}."
        case _:
            return "Investigate before anything is paid."


def _confidence(assessment: Assessment) -> float:
    """Sure where the file is complete and the risk clearly low or high; least sure in between."""
    risk, missing = assessment.risk_score, len(assessment.missing_at_assessment)
    certainty = {"approve": 1 - risk, "deny": 0.95, "investigate": risk}[assessment.recommendation]
    return round(min(0.95, max(0.1, certainty - 0.1 * missing)), 2)


def _options(assessment: Assessment) -> list[str]:
    payout = amount(assessment.recommended_payout, assessment.currency)
    approve = (
        f"Approve and pay {payout}, which the rules allow."
        if assessment.covered
        else "Approve as an exception, with a reason on record; the rules allow no payout."
    )
    deny = (
        f"Deny: {'; '.join(assessment.not_covered_because)}."
        if assessment.not_covered_because
        else "Deny, with a reason that the claimant is told."
    )
    return [approve, deny, "Ask for more, or have it investigated, before deciding."]
