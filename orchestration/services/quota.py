"""Whether a claim has room for more documents (MAX_CLAIM_DOCUMENTS)."""

from collections.abc import Sequence

from orchestration.services.documents import CheckedDocument
from shared.errors import Conflict, TooManyRequests
from shared.models.claim import ClaimContext, DocumentRecord
from shared.session_store import InboxEntry
from shared.settings import settings

TAKEN_UP_WITHIN = 30
"""Seconds in which what waits has most probably been taken up."""


def check_room(
    context: ClaimContext | None, waiting: Sequence[InboxEntry], documents: Sequence[CheckedDocument]
) -> None:
    """Refuse documents, or notes alone, that a claim has no room for. What is on file already needs none.

    Requests at the same time do not see each other, so that a claim may get a little over its limit.

    Raises:
        Conflict: with the documents on file and their earlier versions there would be too many.
        TooManyRequests: with those that wait there would be. They may prove to be on file already.
    """
    limit = settings().max_claim_documents
    on_file, taken, new = 0, set[str](), len(documents)
    if context is not None:
        on_file = sum(1 + len(document.earlier_versions) for document in context.documents)
        taken = set(context.taken)
        new = sum(not came_before(context, document.record) for document in documents)
    if new and on_file + new > limit:
        raise Conflict(f"a claim holds at most {limit} documents; with these there would be {on_file + new}")
    in_line = sum(max(1, one.contents) for one in waiting if one.id not in taken)
    if in_line + new > (limit - on_file if new else limit):
        already = f"{on_file} are on file and {in_line} wait to be taken up"
        raise TooManyRequests(f"a claim holds at most {limit} documents; {already}", TAKEN_UP_WITHIN)


def came_before(context: ClaimContext, document: DocumentRecord) -> bool:
    """Whether the document is on file, or a newer version of it is."""
    content = document.sha256 or document.reference
    return any(
        known.type == document.type and content in {known.sha256, known.reference, *known.earlier_versions}
        for known in context.documents
    )
