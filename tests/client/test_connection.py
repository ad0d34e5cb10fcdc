"""The orchestrator for code that is not async: signals end its calls."""

import os
import signal
from pathlib import Path

import pytest

from client.connection import Connection, Target

ENDS = [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit), (signal.SIGHUP, SystemExit)]


@pytest.mark.parametrize(("number", "end"), ENDS)
def test_a_signal_that_comes_as_a_call_ends_is_not_forgotten(
    tmp_path: Path, number: signal.Signals, end: type[BaseException]
) -> None:
    async def last_step() -> str:
        os.kill(os.getpid(), number)
        return "done"

    with pytest.raises(end), Connection(Target(data=tmp_path)) as connection:
        connection.run(last_step())
