"""Links by which the embedded host takes uploads into a directory, which can offer none itself."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class SignedLinks:
    """The `UploadLinks` of the embedded host, which has the same secret and checks the signature."""

    url: str
    """The address at which the host takes uploads."""
    secret: str = field(repr=False)
    container: str = "uploads"
    """The folder of the uploads below the storage's directory."""

    async def link(self, key: str, until: datetime) -> str:
        """The link to put one file, which the host accepts until that instant."""
        from itsdangerous import URLSafeSerializer

        upload = [f"{self.container}/{key}", int(until.timestamp())]
        signed = URLSafeSerializer(self.secret, salt="upload").dumps(upload)
        return f"{self.url}/{signed!s}"
