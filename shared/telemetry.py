"""What may be told of a failure: its type and where it happened, never the message.

Messages of foreign exceptions quote what they stumbled over, which here is somebody's claim.
"""

import logging
import traceback


def log_failure(logger: logging.Logger, what: str, error: BaseException) -> None:
    """Log that `what` failed, with the error's type and the frames it passed, innermost last."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("%s failed: %s\n%s", what, type(error).__name__, frames)
