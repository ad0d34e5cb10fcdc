"""The documents on file, read by rules before any agent looks at them."""

import reading
from documents.reader import text_of
from documents.result import DocumentText
from orchestration.phases.context import PhaseContext
from orchestration.phases.learning import with_paper
from orchestration.phases.unit_of_work import ClaimUnitOfWork
from shared.models.claim import DocumentRecord


async def read_papers(claim: ClaimUnitOfWork, phases: PhaseContext) -> None:
    """Stage what rules read in the documents that were not read yet, and what the claim learns from them."""
    for document in claim.context.documents:
        if document.sha256 is None or document.sha256 in claim.context.readings:
            continue
        text = await read_text(claim, document)
        paper = reading.read_paper(text, document.type, sent_at=document.received_at)
        found = reading.read_document_facts(text.text, document.type)
        claim.stage(
            readings={**claim.context.readings, document.sha256: paper},
            evidence=with_paper(claim.context.evidence, document, found, phases.requirements.claim_types),
        )


async def read_text(claim: ClaimUnitOfWork, document: DocumentRecord) -> DocumentText:
    """The text of a document on file, or the reason why there is none."""
    if document.sha256 is None:
        return DocumentText(problem="it lies in another system")
    return await text_of(document.sha256, lambda: claim.store.documents.read(claim.claim_id, document))
