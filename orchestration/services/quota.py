"""How many documents one claim may hold (MAX_CLAIM_DOCUMENTS)."""

from collections.abc import Sequence

from shared.errors import Conflict, TooManyRequests
from shared.models.claim import ClaimContext, DocumentRecord
from shared.session_store import InboxEntry

RETRY_AFTER_SECONDS = 30
"""By then the workflow has most probably taken in what waits in the inbox."""


def check_quota(
    limit: int,
    context: ClaimContext | None,
    waiting: Sequence[InboxEntry],
    documents: Sequence[DocumentRecord],
) -> None:
    """Refuse what would make a claim hold more than `limit` documents, earlier versions included.

    Documents that are on file already need no room. Notes alone, that is no `documents`, are refused only
    where too much waits. Requests at the same time do not see each other, so that a claim may get a little
    over its limit.

    Args:
        limit: the most documents that a claim holds.
        context: the claim; None where it is not stored yet.
        waiting: what is in its inbox.
        documents: what is to be added.

    Raises:
        Conflict: together with the documents on file there would be too many.
        TooManyRequests: together with those that wait in the inbox there would be too many. They may prove
            to be on file already.
    """
    on_file, taken, new = 0, set[str](), len(documents)
    if context is not None:
        on_file = sum(1 + len(document.earlier_versions) for document in context.documents)
        taken = set(context.taken)
        new = sum(not is_on_file(context, document) for document in documents)
    if new and on_file + new > limit:
        raise Conflict(f"a claim holds at most {limit} documents; with these there would be {on_file + new}")
    in_line = sum(max(1, entry.contents) for entry in waiting if entry.id not in taken)
    if in_line + new > (limit - on_file if new else limit):
        already = f"{on_file} are on file and {in_line} wait to be taken up"
        raise TooManyRequests(f"a claim holds at most {limit} documents; {already}", RETRY_AFTER_SECONDS)


def is_on_file(context: ClaimContext, document: DocumentRecord) -> bool:
    """Whether a document with this content and type, or a newer version of it, belongs to the claim."""
    content = document.sha256 or document.reference
    return any(
        known.type == document.type and content in {known.sha256, known.reference, *known.earlier_versions}
        for known in context.documents
    )
