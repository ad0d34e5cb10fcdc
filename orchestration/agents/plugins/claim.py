"""Tools over the claim itself: what was submitted, the documents on file, what is missing."""

from typing import Annotated, ClassVar

from pydantic import BaseModel

from orchestration.agents.plugins.plugin import Plugin, refusal, tool, tool_result
from shared.models.claim import DocumentRecord, MissingDocument
from shared.models.facts import Facts
from shared.models.requests import Note, Submission

DOCUMENT_TEXT_LIMIT = 20_000
"""Characters of one document that an agent is given."""


class DocumentOnFile(BaseModel):
    """A document of the claim, without its text."""

    type: str
    filename: str
    size: int | None
    """Bytes; None where the document lies in another system."""

    @classmethod
    def of(cls, record: DocumentRecord) -> "DocumentOnFile":
        """The document of a record."""
        return cls(type=record.type, filename=record.filename, size=record.size)


class ClaimResult(BaseModel):
    """The tool_result of `read_claim`."""

    submission: Submission
    facts: Facts
    notes: list[Note]
    documents: list[DocumentOnFile]


class DocumentsResult(BaseModel):
    """The tool_result of `list_documents`."""

    documents: list[DocumentOnFile]


class DocumentResult(BaseModel):
    """The tool_result of `read_document`."""

    type: str
    filename: str
    text: str
    truncated: bool
    problem: str | None = None
    """Why there is no text, or not all of it."""


class RequirementsResult(BaseModel):
    """The tool_result of `check_requirements`."""

    missing_documents: list[MissingDocument]
    missing_information: list[str]


class ClaimTools(Plugin):
    """Reads the claim, its documents, and what is missing."""

    name: ClassVar[str] = "claim"

    @tool
    def read_claim(self) -> str:
        """Read the whole claim: the submission with its full narrative, the facts known so far, notes,
        and the documents on file."""
        claim = self.context.claim
        return tool_result(
            ClaimResult(
                submission=claim.submission,
                facts=claim.facts,
                notes=claim.notes,
                documents=[DocumentOnFile.of(record) for record in claim.documents],
            )
        )

    @tool
    def list_documents(self) -> str:
        """List the documents on file with their types, file names and sizes."""
        records = self.context.claim.documents
        return tool_result(DocumentsResult(documents=[DocumentOnFile.of(record) for record in records]))

    @tool
    async def read_document(
        self, filename: Annotated[str, "The file name exactly as it stands in the list of documents"]
    ) -> str:
        """Read the text of one document on file. Where it cannot be read, `problem` says why."""
        records = [record for record in self.context.claim.documents if record.filename == filename]
        if not records:
            on_file = ", ".join(record.filename for record in self.context.claim.documents) or "nothing"
            return refusal(f"no document of that name is on file; there is {on_file}")
        texts = [await self.context.read_text(record) for record in records]
        text = "\n\n".join(read.text for read in texts if read.text)
        problems = dict.fromkeys(read.problem for read in texts if read.problem)
        return tool_result(
            DocumentResult(
                type=records[0].type,
                filename=filename,
                text=text[:DOCUMENT_TEXT_LIMIT],
                truncated=len(text) > DOCUMENT_TEXT_LIMIT,
                problem=f"could not be read: {'; '.join(problems)}" if problems else None,
            )
        )

    @tool
    def check_requirements(self) -> str:
        """Check what the claim still needs: missing documents and missing information, by the rules."""
        return tool_result(
            RequirementsResult(
                missing_documents=self.context.missing,
                missing_information=self.context.claim.missing_information,
            )
        )
