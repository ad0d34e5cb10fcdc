"""Reads facts from free text without a model: narratives, documents on file, answers in notes.

Importing this package is cheap; the libraries for dates, phone numbers, addresses and prices
are loaded when a text needs them.
"""

from orchestration.agents.reading.narrative import parse_answer, read_document, read_narrative

__all__ = ["parse_answer", "read_document", "read_narrative"]
