from decimal import Decimal
from typing import Any

import pytest

from orchestration.agents.grounding import grounded
from shared.models.facts import Facts

SHOWN = """\
Policy number: AUT-204518. Dana Whitfield, dana@example.com, (614) 555-0142. Riverside Auto Body asks USD
4,850.00; in Germany that would be 4.850,00. It was at Cedar Hollow Road, Columbus, Ohio, on November 10."""


@pytest.mark.parametrize(
    "facts",
    [
        {"policy_number": "aut 204518"},
        {"email": "Dana@Example.com"},
        {"phone": "+16145550142"},
        {"claimant_name": "Whitfield, Dana"},
        {"claim_amount": Decimal(4850)},
        {"incident_location": "Cedar Hollow Rd, Columbus, OH"},
        {"vendors": ["Riverside Auto Body"]},
        {"injuries": False, "incident_description": "A collision.", "claim_type": "other"},
    ],
)
def test_what_stands_there_stays_however_it_is_written(facts: dict[str, Any]) -> None:
    assert grounded(Facts(**facts), SHOWN) == Facts(**facts)


@pytest.mark.parametrize(
    "facts",
    [
        {"policy_number": "AUT-204519"},
        {"email": "mallory@example.com"},
        {"phone": "+16145559999"},
        {"claimant_name": "Mallory Price"},
        {"claim_amount": Decimal(48500)},
        {"claim_amount": Decimal(485)},
        {"incident_location": "Elm Street, Springfield"},
        {"vendors": ["Nobody & Sons"]},
    ],
)
def test_what_stands_nowhere_is_dropped(facts: dict[str, Any]) -> None:
    assert grounded(Facts(**facts), SHOWN) == Facts()
