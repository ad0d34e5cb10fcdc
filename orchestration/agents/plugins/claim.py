"""Tools over the claim itself: what was submitted, the documents on file, what is missing."""

from typing import Annotated, ClassVar

from pydantic import BaseModel

from orchestration.agents.plugins.plugin import Plugin, answer, refusal, tool
from shared.models.claim import DocumentRecord, Facts, MissingDocument
from shared.models.requests import Note, Submission

DOCUMENT_TEXT_LIMIT = 20_000
"""Characters of one document that an agent is given."""


class DocumentOnFile(BaseModel):
    type: str
    filename: str
    size: int | None
    """Bytes; None where the document lies in another system."""

    @classmethod
    def of(cls, record: DocumentRecord) -> "DocumentOnFile":
        return cls(type=record.type, filename=record.filename, size=record.size)


class ClaimAnswer(BaseModel):
    submission: Submission
    facts: Facts
    notes: list[Note]
    documents: list[DocumentOnFile]


class DocumentsAnswer(BaseModel):
    documents: list[DocumentOnFile]


class DocumentAnswer(BaseModel):
    type: str
    filename: str
    text: str
    truncated: bool
    problem: str | None = None
    """Why there is no text, or not all of it."""


class RequirementsAnswer(BaseModel):
    missing_documents: list[MissingDocument]
    missing_information: list[str]


class ClaimTools(Plugin):
    name: ClassVar[str] = "claim"

    @tool
    def read_claim(self) -> str:
        """Read the whole claim: the submission with its full narrative, the facts known so far, notes,
        and the documents on file."""
        context = self.desk.context
        return answer(
            ClaimAnswer(
                submission=context.submission,
                facts=context.facts,
                notes=context.notes,
                documents=[DocumentOnFile.of(record) for record in context.documents],
            )
        )

    @tool
    def list_documents(self) -> str:
        """List the documents on file with their types, file names and sizes."""
        records = self.desk.context.documents
        return answer(DocumentsAnswer(documents=[DocumentOnFile.of(record) for record in records]))

    @tool
    async def read_document(
        self, filename: Annotated[str, "The file name exactly as it stands in the list of documents"]
    ) -> str:
        """Read the text of one document on file. Where it cannot be read, `problem` says why."""
        records = [record for record in self.desk.context.documents if record.filename == filename]
        if not records:
            on_file = ", ".join(record.filename for record in self.desk.context.documents) or "nothing"
            return refusal(f"no document of that name is on file; there is {on_file}")
        texts = [await self.desk.read_text(record) for record in records]
        text = "\n\n".join(read.text for read in texts if read.text)
        problems = dict.fromkeys(read.problem for read in texts if read.problem)
        return answer(
            DocumentAnswer(
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
        return answer(
            RequirementsAnswer(
                missing_documents=self.desk.missing,
                missing_information=self.desk.context.missing_information,
            )
        )
