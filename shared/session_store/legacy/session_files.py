"""The three files of a session, whatever version wrote them."""

from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True)
class SessionFiles:
    """The contents of session.json, context.json and history.jsonl."""

    summary: bytes
    context: bytes
    history: bytes

    @property
    def sha256(self) -> str:
        """The checksum that distinguishes this very session from any other."""
        parts = (self.summary, self.context, self.history)
        return sha256(b"".join(len(part).to_bytes(8) + part for part in parts)).hexdigest()
