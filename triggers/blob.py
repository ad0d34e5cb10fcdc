"""Blob upload: a file that was put into the upload container becomes a document of its claim.

The file lies at `<claim_id>/<document_type>/<file_name>`, or at `<claim_id>/<file_name>` to be classified.
The event that tells of it comes at least once.
"""

import azure.functions as func
from azure.durable_functions import Blueprint

from orchestration.bootstrap import App
from orchestration.durable.client import DurableClient
from orchestration.durable.client_input import bind_durable_client
from orchestration.services.uploads import take_upload


def blueprint(app: App) -> Blueprint:
    """The function that takes uploads."""
    functions = Blueprint()

    @functions.blob_trigger(  # pyright: ignore[reportUnknownMemberType]
        arg_name="upload",
        path=f"{app.settings.upload_container}/{{name}}",
        connection="SessionStorage",
        source=func.BlobSource.EVENT_GRID,
    )
    @bind_durable_client(functions)
    async def resume_on_upload(upload: func.InputStream, durable_client: DurableClient) -> None:
        key = str(upload.name).partition("/")[2]
        await take_upload(app.services, durable_client, key, upload.read())

    return functions
