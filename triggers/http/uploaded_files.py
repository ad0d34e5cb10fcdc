"""The files of an upload over HTTP: the raw body, or the parts of a form."""

import re

import azure.functions as func

from orchestration.services.documents import NewDocument
from shared.errors import FieldError, InvalidInput
from triggers.http.requests import header
from triggers.http.route_table import FILE_NAME, FILE_TYPE


def uploaded_files(req: func.HttpRequest) -> list[NewDocument]:
    """The files that a request brings, each with the document type that is given for all of them.

    Raises:
        InvalidInput: there is no file, or a raw body comes without a name.
    """
    kind = FILE_TYPE.of(req) or None
    if header(req, "Content-Type").lower().startswith("multipart/form-data"):
        kind = kind or req.form.get(FILE_TYPE.name) or None
        files = [file for files in req.files.listvalues() for file in files]
        new = [NewDocument(_base_name(file.filename or ""), kind, content=file.read()) for file in files]
        if not new:
            raise InvalidInput("the form has no file", [FieldError(field="file", message="is missing")])
        return new
    name = FILE_NAME.of(req)
    if not name:
        raise InvalidInput(
            "filename is missing", [FieldError(field="filename", message="give it as ?filename=…")]
        )
    return [NewDocument(name, kind, content=req.get_body())]


def _base_name(name: str) -> str:
    """Browsers of old sent whole Windows paths; a path of any other kind stays, and is refused."""
    return re.sub(r"\A[A-Za-z]:\\(?:[^\\/]+\\)*", "", name)
