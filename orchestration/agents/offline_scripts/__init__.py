"""The scripts by which offline agents work: judgement by rules that follows from what the tools show."""

from orchestration.agents.offline_scripts.coordination import coordinator
from orchestration.agents.offline_scripts.decision import assessment_agent, claims_officer, handoff_agent
from orchestration.agents.offline_scripts.documents import document_validator
from orchestration.agents.offline_scripts.fraud import fraud_analyst
from orchestration.agents.offline_scripts.history import claims_history_analyst
from orchestration.agents.offline_scripts.intake import intake_coordinator
from orchestration.agents.offline_scripts.medical import medical_specialist
from orchestration.agents.offline_scripts.policy import policy_specialist
from orchestration.agents.offline_scripts.script import ScriptFor
from orchestration.agents.offline_scripts.vendors import vendor_specialist

SCRIPTS: dict[str, ScriptFor] = {
    script.__name__: script
    for script in (
        intake_coordinator,
        policy_specialist,
        document_validator,
        claims_history_analyst,
        fraud_analyst,
        medical_specialist,
        vendor_specialist,
        coordinator,
        assessment_agent,
        claims_officer,
        handoff_agent,
    )
}
"""The script of each role, by the role's name in the roster."""
