"""The command line as a process of its own: quick to start, at home on a terminal and in a pipe."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.client.conftest import ROOT, Server

HEAVY = {"httpx", "rich", "aiohttp", "pydantic", "azure", "semantic_kernel", "filelock", "asyncio"}


def run(*arguments: object, typed: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line; what is typed comes from a pipe, so that no person is at the terminal."""
    return subprocess.run(
        [sys.executable, "-m", "client", *map(str, arguments)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        encoding="utf-8",
        input=typed,
        env=os.environ | environment,
    )


def test_the_command_line_starts_without_what_only_some_commands_need() -> None:
    code = "import sys, client.cli; print(*{name.partition('.')[0] for name in sys.modules})"
    imported = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    assert HEAVY.isdisjoint(imported)
    assert "typer" in imported


def test_a_usage_error_is_one_line_and_2() -> None:
    ended = run("proces")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.splitlines() == [
        "claims: No such command 'proces'. Did you mean 'process'? See `./dev claims --help`."
    ]


def test_process_asks_for_what_is_missing_until_nothing_is(
    server: Server, letter: Path, report: Path
) -> None:
    typed = f"nowhere.pdf\n{report}\nMain St, Springfield\n"
    ended = run("process", letter, "--interactive", "--url", server.url, "--json", typed=typed)
    assert json.loads(ended.stdout)["status"] == "awaiting_decision"
    assert "there is no file nowhere.pdf" in ended.stderr
    claim = server.stand_in.claims["CLM-1"]
    assert claim.documents == {"police_report.pdf": ("police_report", report.read_bytes())}
    assert claim.notes == {"incident_location": "Main St, Springfield"}


@pytest.mark.parametrize("typed", ["\n\n", ""], ids=["Enter", "end of file"])
def test_process_leaves_a_claim_paused_where_every_question_is_skipped(
    server: Server, letter: Path, typed: str
) -> None:
    ended = run("process", letter, "--interactive", "--url", server.url, "--json", typed=typed)
    assert (ended.returncode, json.loads(ended.stdout)["status"]) == (0, "paused")


def test_process_asks_again_only_for_what_was_not_skipped(server: Server, letter: Path) -> None:
    typed = "\nMain St\nnot asked for\n"
    ended = run("process", letter, "--interactive", "--url", server.url, typed=typed)
    assert ended.stderr.count("police_report") == 1
    assert server.stand_in.claims["CLM-1"].notes == {"incident_location": "Main St"}


def test_erase_asks_for_yes_where_nobody_can_be_asked(server: Server) -> None:
    server.stand_in.claim("CLM-7")
    ended = run("erase", "CLM-7", "--url", server.url, typed="y\n")
    assert ended.returncode == 2
    assert ended.stderr.splitlines() == ["claims: erasing cannot be undone: add --yes to confirm it"]
    assert "CLM-7" in server.stand_in.claims


def test_letters_that_the_terminal_cannot_show_do_not_stop_a_command(server: Server) -> None:
    server.stand_in.claim("CLM-7").messages = [{"role": "user", "content": "Zusammenstoß 衝突"}]
    for options in ([], ["--json"]):
        ended = run("show", "CLM-7", "--history", "--url", server.url, *options, PYTHONIOENCODING="ascii")
        assert (ended.returncode, ended.stderr) == (0, "")
        assert "Zusammensto" in ended.stdout


def test_a_reader_that_goes_away_is_no_traceback(server: Server) -> None:
    server.stand_in.claim("CLM-7").messages = [{"role": "user", "content": "x" * 10_000}] * 50
    command = [sys.executable, "-m", "client", "show", "CLM-7", "--history", "--url", server.url]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_on_a_terminal_progress_is_live_and_missing_things_are_asked_for(
    server: Server, tmp_path: Path
) -> None:
    letter = tmp_path / "claim.txt"
    letter.write_text("a crash")
    report = tmp_path / "police_report.pdf"
    report.write_bytes(b"report")
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "client", "process", str(letter), "--url", server.url],
        cwd=ROOT,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "120"},
    )
    os.close(terminal)
    shown = ""
    for question, answer in [("police_report – Send it.", str(report)), ("incident_location – ", "Main St")]:
        while question not in shown:
            shown += os.read(controller, 65536).decode(errors="replace")
        os.write(controller, f"{answer}\n".encode())
    while "awaiting_decision" not in shown:
        shown += os.read(controller, 65536).decode(errors="replace")
    assert process.wait() == 0
    os.close(controller)
    assert "validation_complete  intake_coordinator" in shown
    assert "\x1b[2K" in shown
    assert server.stand_in.claims["CLM-1"].notes == {"incident_location": "Main St"}


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("answer", [b"\x04", b"\n"], ids=["Ctrl-D", "Enter"])
def test_whoever_does_not_say_yes_erases_nothing(server: Server, answer: bytes) -> None:
    server.stand_in.claim("CLM-7")
    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "client", "erase", "CLM-7", "--url", server.url]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        os.close(terminal)
        assert process.stderr is not None
        shown = b""
        while b"[y/N] " not in shown:
            shown += os.read(process.stderr.fileno(), 1024)
        os.write(controller, answer)
        out, rest = process.communicate()
    os.close(controller)

    assert (process.returncode, out, rest.strip()) == (1, b"", b"")
    assert "CLM-7" in server.stand_in.claims
