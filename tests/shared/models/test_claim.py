"""What a claim's context says of itself."""

import datetime as dt
import subprocess
import sys
from typing import get_type_hints

import pytest
from pydantic import JsonValue

from reading import read_narrative
from shared.models.claim import ClaimChanges, ClaimContext
from shared.models.requests import Submission

CAME_IN = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


def sent_at(said: JsonValue) -> dt.datetime:
    submission = Submission(metadata={"sent_at": said})
    return ClaimContext(
        claim_id="CLM-1", created_at=CAME_IN, submission=submission, submission_sha256="0" * 64
    ).sent_at


@pytest.mark.parametrize(
    "said", ["2026-11-10T18:30:00+01:00", "1987-05-04T00:00:00Z", "2026-11-23T02:00:00+14:00"]
)
def test_a_claim_was_written_when_its_email_says(said: str) -> None:
    assert sent_at(said) == dt.datetime.fromisoformat(said)


@pytest.mark.parametrize(
    "said",
    [
        *(None, "", "yesterday", ["2026"], "2026-11-10T18:30:00"),
        *("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "1899-12-31T23:59:59Z"),
        *("2026-11-23T12:00:01Z", "9999-12-31T23:59:59-14:00"),
    ],
)
def test_a_claim_whose_email_cannot_be_from_then_was_written_when_it_came_in(said: JsonValue) -> None:
    assert sent_at(said) == CAME_IN


@pytest.mark.parametrize(
    "letter", ["It happened yesterday.", "On Friday my car was hit.", "Last Christmas my house burned."]
)
@pytest.mark.parametrize("said", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_letter_with_an_impossible_date_is_read(letter: str, said: str) -> None:
    read = read_narrative(letter, sent_at=sent_at(said)).incident_date
    assert read
    assert CAME_IN.date() - dt.timedelta(days=366) < read < CAME_IN.date()


def test_what_may_change_of_a_claim_has_the_types_of_its_context() -> None:
    changeable = get_type_hints(ClaimChanges, include_extras=True)
    fields = get_type_hints(ClaimContext, include_extras=True)

    assert changeable == {name: fields[name] for name in changeable}
    assert ClaimContext.model_fields.keys() - changeable == {
        # what the store keeps of a commit
        *("schema_version", "revision", "saved_at", "history_bytes", "message_count", "audit"),
        # what a claim is from its beginning
        *("claim_id", "created_at", "submission", "submission_sha256", "required_documents"),
    }


def test_a_change_is_checked_field_by_field_and_leaves_the_rest_as_it_was() -> None:
    before = ClaimContext(
        claim_id="CLM-1", created_at=CAME_IN, submission=Submission(), submission_sha256="0"
    )
    after = before.with_changes(risk_score=0.5)
    assert after.model_dump(exclude={"risk_score"}) == before.model_dump(exclude={"risk_score"})
    assert (before.risk_score, after.risk_score) == (None, 0.5)


def test_the_vocabulary_is_there_without_pydantic() -> None:
    script = "import sys, shared.models.vocabulary; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
