"""The commands that work on the storage itself, whether a host runs there or not."""

from pathlib import Path
from typing import Annotated

import typer

from client.cli.command import Call, ClaimId, command
from client.cli.text import complain, print_json
from client.errors import ApiError, ClientError, InputError


@command()
async def export(
    call: Call,
    *,
    claim_id: ClaimId,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="The zip to write. [default: CLAIM_ID.zip]"),
    ] = None,
) -> None:
    """Get everything that is kept of a claim, in the clear, as one zip.

    Without --url it is read from the storage itself, so that no claim is too large; a host may run there
    meanwhile.
    """
    from client.transport import check_claim_id

    file = out or Path(f"{check_claim_id(claim_id)}.zip")
    part = file.with_name(f"{file.name}.part")
    try:
        if call.url is not None:
            async with call.orchestrator() as orchestrator:
                part.write_bytes(await orchestrator.export(claim_id))
        else:
            from client import storage

            if not await storage.export(call.data, check_claim_id(claim_id), part):
                raise ApiError.not_found(f"there is no claim {claim_id} in that storage")
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    size = file.stat().st_size
    if call.as_json:
        print_json({"claim_id": claim_id, "file": str(file), "size": size})
    else:
        print(f"{claim_id} is in {file}, {size} bytes")


@command(
    "import-sessions ../claims-automaton/sessions",
    "import-sessions sessions/ --data /srv/claims --json",
)
async def import_sessions(
    call: Call,
    *,
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", show_default=False, help="Holds a folder for each session.")
    ],
) -> None:
    """Take over sessions of the original project, which lie in a folder each.

    Such a folder holds session.json, context.json and history.jsonl. They are written into the storage
    itself, so this goes with --data or the SessionStorage settings, not with --url; a host may run there
    meanwhile. The folders stay as they are, one that is damaged is named, and repeating it changes nothing.
    Exit 1 if one is damaged.
    """
    data = call.storage("import-sessions")
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder: name the one in which the sessions lie, a folder for each")
    from client import storage

    result = await storage.import_sessions(data, folder)
    if call.as_json:
        print_json(result)
    else:
        from client.cli.output import show_import

        show_import(result)
    if damaged := result["damaged"]:
        raise ClientError(
            f"{len(damaged)} of the folders in {folder} could not be imported; they are as they were"
        )


@command()
async def dead_letters(call: Call) -> None:
    """List the events that could not be delivered to the webhook.

    They are read from the storage itself, so this goes with --data or the SessionStorage settings, not
    with --url; a host may run there meanwhile.
    """
    from client import storage

    letters = await storage.dead_letters(call.storage("dead-letters"))
    if call.as_json:
        print_json({"dead_letters": letters})
    else:
        from client.cli.output import show_dead_letters

        show_dead_letters(letters)


@command("resend", "resend CLM-123")
async def resend(
    call: Call,
    *,
    claim_id: Annotated[
        str | None, typer.Argument(metavar="[CLAIM_ID]", show_default=False, help="Only this claim's.")
    ] = None,
) -> None:
    """Send events again that could not be delivered, in order, under their ids.

    Goes with the same storage as dead-letters, and with the app's WEBHOOK_URL and WEBHOOK_SECRET. Exit 1 if
    one is not taken.
    """
    from client import storage
    from client.transport import check_claim_id

    data = call.storage("resend")
    sent, failed = await storage.resend(data, check_claim_id(claim_id) if claim_id else None)
    if call.as_json:
        print_json({"sent": sent, "failed": failed})
    else:
        print(f"{len(sent)} sent")
    for failed_id, reason in failed.items():
        complain(f"{failed_id}: {reason}; it stays a dead letter, and so do the claim's later ones")
    if failed:
        raise typer.Exit(1)
