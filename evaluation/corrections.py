"""What officers corrected, as labelled claims: what was misread once is measured from then on."""

import datetime as dt
from collections.abc import AsyncGenerator, Iterable
from typing import Any

import yaml

from evaluation.labelled import LabelledClaim
from shared.models.claim import ClaimContext
from shared.session_store import SessionStore


async def corrected_claims(store: SessionStore) -> list[LabelledClaim]:
    """A labelled claim for each session of the store that an officer corrected, by claim id.

    Raises:
        SessionCorrupt: a session is damaged, or of a newer version.
    """
    return [labelled(context) async for context in _sessions(store) if context.corrections]


def labelled(context: ClaimContext) -> LabelledClaim:
    """The claim as it was submitted, with the facts that it goes by since it was corrected."""
    before: dict[str, Any] = {}
    for correction in context.corrections:
        before.setdefault(correction.fact, correction.previous)
    return LabelledClaim(
        id=context.claim_id,
        form="json",
        sent=context.created_at.astimezone(dt.UTC).date(),
        submission=context.submission.model_copy(update={"claim_id": None}),
        facts=context.facts,
        corrected=before,
    )


def as_yaml(claims: Iterable[LabelledClaim]) -> str:
    """The claims as a file of labelled claims."""
    shown = [claim.model_dump(mode="json", exclude_defaults=True) for claim in claims]
    return yaml.safe_dump(shown, allow_unicode=True, sort_keys=False, width=110)


async def _sessions(store: SessionStore) -> AsyncGenerator[ClaimContext]:
    continuation: str | None = None
    while True:
        page = await store.list_sessions(limit=1000, continuation=continuation)
        for summary in page.summaries:
            session = await store.load_session(summary.claim_id)
            if session is not None:
                yield session.context
        continuation = page.continuation
        if continuation is None:
            return
