"""A signal ends a command in order, whenever it comes."""

import asyncio
import os
import signal
from collections.abc import Iterator

import pytest

from client.cli.running import read_line, run

ENDS = [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit), (signal.SIGHUP, SystemExit)]


@pytest.mark.parametrize(("number", "end"), ENDS)
def test_a_signal_cancels_what_runs_and_lets_it_clean_up(
    number: signal.Signals, end: type[BaseException]
) -> None:
    done: list[str] = []

    async def work() -> None:
        try:
            os.kill(os.getpid(), number)
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)
            done.append("cleaned up")

    with pytest.raises(end):
        run(work())
    assert done == ["cleaned up"]


@pytest.mark.parametrize(("number", "end"), ENDS)
def test_a_signal_that_comes_as_the_work_ends_is_not_forgotten(
    number: signal.Signals, end: type[BaseException]
) -> None:
    async def last_step() -> str:
        os.kill(os.getpid(), number)
        return "done"

    with pytest.raises(end):
        run(last_step())


@pytest.mark.parametrize(("number", "end"), ENDS)
def test_a_signal_that_comes_just_before_a_person_is_asked_ends_the_command(
    number: signal.Signals, end: type[BaseException]
) -> None:
    async def ask() -> None:
        os.kill(os.getpid(), number)
        pytest.fail(f"a person was asked: {await read_line()}")

    with pytest.raises(end):
        run(ask())


@pytest.mark.parametrize("number", [number for number, _ in ENDS])
def test_the_handlers_of_before_are_back_behind_it(number: signal.Signals) -> None:
    async def handler() -> object:
        return signal.getsignal(number)

    before = signal.getsignal(number)
    assert run(handler()) is not before
    assert signal.getsignal(number) is before


@pytest.fixture
def ignored() -> Iterator[signal.Signals]:
    """A signal that is ignored, as `nohup` has it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    yield signal.SIGHUP
    signal.signal(signal.SIGHUP, before)


def test_a_signal_that_is_ignored_stays_so(ignored: signal.Signals) -> None:
    async def work() -> str:
        os.kill(os.getpid(), ignored)
        await asyncio.sleep(0.05)
        return "done"

    assert run(work()) == "done"
