"""A document on file, read by rules: what it comes to, for whom and when it was made, what it is about."""

import datetime as dt

from documents.result import DocumentText
from shared.models.papers import PaperReading, Vehicle


def paper(text: DocumentText, document_type: str, sent_at: dt.datetime) -> PaperReading:
    """As `reading.read_paper`."""
    return PaperReading(problem=text.problem)


def vehicle(insured_object: str) -> Vehicle | None:
    """As `reading.insured_vehicle`."""
    return None
