"""Orchestrations do the same whenever they are replayed: they touch nothing that could differ."""

from collections.abc import Iterator
from types import FunctionType

import pytest

from orchestration.durable import event_delivery, workflow
from tests.replay.determinism import Forbidden, World, forbidden_names, source_of, with_statement
from tests.replay.test_replay import CODE, RECORDINGS, failures, replay, requests, started

# The SDK reads the results of activities without asking for a type, as in the deployed app.
pytestmark = pytest.mark.filterwarnings(
    "ignore:azure.functions df_loads was called without:DeprecationWarning"
)
MODULES = [workflow.__name__, event_delivery.__name__]
FUNCTIONS = {workflow.__name__: "claim_workflow", event_delivery.__name__: "deliver_events"}
"""In which of a module's functions a forbidden thing is put."""


def objections_of_replays(module: str, source: str) -> Iterator[str]:
    """What goes wrong when the recorded histories of a module's orchestrations are replayed on `source`."""
    try:
        loaded = World().load(module, source)
    except Forbidden as error:
        yield str(error)
        return
    for recording in RECORDINGS:
        for request in requests(recording):
            recorded = CODE[started(request)[0].name]
            assert isinstance(recorded, FunctionType)
            if recorded.__module__ == module:
                yield from failures(replay(request, getattr(loaded, recorded.__name__)))


@pytest.mark.parametrize("module", MODULES)
def test_an_orchestration_touches_nothing_that_could_differ_between_replays(module: str) -> None:
    source = source_of(module)
    assert list(forbidden_names(source)) == []
    assert list(objections_of_replays(module, source)) == []


def test_the_orchestrations_are_small_enough_to_be_read_at_once() -> None:
    assert max(len(source_of(module).splitlines()) for module in MODULES) <= 200


FORBIDDEN = [
    "datetime.now()",
    "datetime.utcnow()",
    "from datetime import date; date.today()",
    "import datetime as clock; clock.datetime.now()",
    "import time; time.time()",
    "from time import monotonic; monotonic()",
    "import random; random.random()",
    "import uuid; uuid.uuid4()",
    "from secrets import token_hex; token_hex()",
    "import os; os.environ['MODEL']",
    "from os import getenv; getenv('MODEL')",
    "import socket; socket.create_connection(('127.0.0.1', 80))",
    "from pathlib import Path; Path('host.json').read_text()",
    "import asyncio; asyncio.sleep(1)",
    "import threading",
    "import logging; logging.info('here')",
    "from shared.settings import Settings; Settings.load({})",
    "from shared.clock import utc_now; utc_now()",
    "open('host.json')",
    "print('here')",
    "hash('differs from process to process')",
]


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("statement", FORBIDDEN)
def test_a_forbidden_statement_is_found_in_the_text_and_when_it_runs(module: str, statement: str) -> None:
    changed = with_statement(source_of(module), statement, FUNCTIONS[module])
    assert list(forbidden_names(changed))
    assert any("Forbidden" in objection for objection in objections_of_replays(module, changed))


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("statement", FORBIDDEN)
def test_a_forbidden_statement_is_found_while_the_module_is_imported(module: str, statement: str) -> None:
    changed = with_statement(source_of(module), statement)
    assert list(forbidden_names(changed))
    assert list(objections_of_replays(module, changed))


@pytest.mark.parametrize("module", MODULES)
def test_the_text_shows_what_no_recording_runs(module: str) -> None:
    changed = with_statement(source_of(module), "if ctx is None: print(datetime.now())", FUNCTIONS[module])
    assert set(forbidden_names(changed)) == {"datetime.now", "print"}
    assert list(objections_of_replays(module, changed)) == []


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("statement", ["getattr(datetime, 'n' + 'ow')()", "__import__('ran' + 'dom')"])
def test_the_replay_finds_what_the_text_does_not_show(module: str, statement: str) -> None:
    changed = with_statement(source_of(module), statement, FUNCTIONS[module])
    assert list(forbidden_names(changed)) == []
    assert any("Forbidden" in objection for objection in objections_of_replays(module, changed))
