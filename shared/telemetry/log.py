"""Writes the app's log: business events in lines that queries read, and failures.

Of a failure the log holds the type and the frames, not the message: the messages of foreign exceptions quote
the data they failed on, which here is somebody's claim. Only for stored data that cannot be read does it hold
the message as well, since that quotes nothing.
"""

import json
import logging
import traceback

from shared.errors import SessionCorrupt

EVENT = "event "
"""The beginning of a line whose rest is a JSON object, which the queries in infra/queries read."""

TALKATIVE = ("azure", "durabletask", "httpx")
"""Libraries that log the address of each request, which in storage ends with a claimant's file name."""


def quiet_libraries() -> None:
    """Makes libraries log warnings only, since the Functions worker has everything logged from INFO on."""
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def log_event(logger: logging.Logger, name: str, **facts: str | float | bool | None) -> None:
    """Logs that `name` happened. `facts` are ids, names, counts and kinds, never what a claim says."""
    if logger.isEnabledFor(logging.INFO):
        logger.info("%s%s", EVENT, json.dumps({"event": name, **facts}))


def log_failure(logger: logging.Logger, what: str, error: BaseException) -> None:
    """Logs that `what` failed, with the error's type and the frames that it passed, the innermost last."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    message = f": {error}" if isinstance(error, SessionCorrupt) else ""
    logger.error("%s failed: %s%s\n%s", what, type(error).__name__, message, frames)
