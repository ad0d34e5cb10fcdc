"""Links by which the embedded host takes an upload, where storage is a directory and can give none itself."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class SignedLinks:
    """`url` is where the host takes uploads; what follows is signed by `secret`, which the host has too."""

    url: str
    secret: str = field(repr=False)

    def to(self, path: str, until: datetime) -> str:
        """The link to put one file, at `path` below the storage's directory."""
        from itsdangerous import URLSafeSerializer

        signed = URLSafeSerializer(self.secret, salt="upload").dumps([path, int(until.timestamp())])
        return f"{self.url}/{signed!s}"
