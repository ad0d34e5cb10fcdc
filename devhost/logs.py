"""Sets up what the processes of the host write to standard error."""

import logging
import os
from pathlib import Path


def log_to_stderr(*, verbose: bool) -> None:
    """Sets up the logs of this process: those of the host, or with `verbose` all."""
    logging.basicConfig(
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        datefmt="%H:%M:%S",
        level=logging.DEBUG if verbose else logging.WARNING,
    )
    if verbose:
        return
    logging.getLogger(__package__).setLevel(logging.INFO)
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")  # its C core writes past `logging`
    # This logger quotes whole request lines, which hold names of files.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    # This logger repeats at length what the host says in one line.
    logging.getLogger("azure.functions").setLevel(logging.CRITICAL)


def let_app_log(app: Path, level: str) -> None:
    """Gives the app's own modules the level that host.json asks for. Libraries log warnings only."""
    if logging.getLogger().isEnabledFor(logging.DEBUG):
        return
    packages = {package.parent.name for package in app.glob("*/__init__.py")} - {__package__}
    for name in packages | {module.stem for module in app.glob("*.py")}:
        logging.getLogger(name).setLevel(level)
