"""What the log tells: what happened, in lines that queries read, and that something failed.

Of a failure it is the type and where it happened, not the message: messages of foreign exceptions quote
what they stumbled over, which here is somebody's claim. Of stored data that cannot be read it is the message
too, which quotes nothing of it.
"""

import json
import logging
import traceback

from shared.errors import SessionCorrupt

EVENT = "event "
"""What a line begins with whose rest is a JSON object that infra/queries reads."""

TALKATIVE = ("azure", "durabletask", "httpx")
"""They log each request from INFO on, with its address, which in storage ends with a claimant's file name."""


def quiet_libraries() -> None:
    """Let libraries log warnings only; the Functions worker has everything logged from INFO on."""
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def log_event(logger: logging.Logger, name: str, **facts: str | float | bool | None) -> None:
    """Log that `name` happened; `facts` are ids, names, counts and kinds, never what a claim says."""
    if logger.isEnabledFor(logging.INFO):
        logger.info("%s%s", EVENT, json.dumps({"event": name, **facts}))


def log_failure(logger: logging.Logger, what: str, error: BaseException) -> None:
    """Log that `what` failed, with the error's type and the frames it passed, innermost last."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    told = f": {error}" if isinstance(error, SessionCorrupt) else ""
    logger.error("%s failed: %s%s\n%s", what, type(error).__name__, told, frames)
