"""`./dev`: what it says, and how it finds a Python. Each test runs the real script in a folder of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
TOOLS = ["bash", "cat", "cmp", "cp", "dirname", "env", "ls", "rm", "mkdir"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A clone without packages to install, and a PATH on which there is no Python."""
    shutil.copy(REPOSITORY / "dev", tmp_path / "dev")
    (tmp_path / "requirements-dev.txt").write_text("", encoding="utf-8")
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found
        (tmp_path / "bin" / tool).symlink_to(found)
    return tmp_path


def dev(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    bare = {"PATH": str(folder / "bin"), "HOME": str(folder), "PYENV_ROOT": str(folder / "pyenv")}
    return subprocess.run(
        [folder / "dev", *arguments],
        env=bare | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def broken(path: Path) -> None:
    """A shim as pyenv leaves it: it is there, and does not run."""
    path.write_text("#!/usr/bin/env bash\necho 'command not found' >&2\nexit 127\n", encoding="utf-8")
    path.chmod(0o755)


def real_python(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(Path(sys.base_prefix) / "bin" / "python3")


@pytest.mark.parametrize("argument", [[], ["help"], ["--help"]])
def test_it_says_what_it_can_do(folder: Path, argument: list[str]) -> None:
    result = dev(folder, *argument)
    assert result.returncode == 0
    for command in ("demo", "test", "serve", "claims", "lint", "eval", "bench", "lock"):
        assert f"\n  {command} " in result.stdout


def test_an_unknown_command_is_named(folder: Path) -> None:
    result = dev(folder, "fly")
    assert result.returncode == 2
    assert "no such command: fly" in result.stderr


def test_without_a_python_it_says_how_to_get_one(folder: Path) -> None:
    broken(folder / "bin" / "python3.13")
    broken(folder / "bin" / "python3")
    result = dev(folder, "demo", CLAIMS_PYTHON="/no/such/python")
    assert result.returncode == 1
    assert "needs Python 3.13 or newer" in result.stderr
    assert "uv python install 3.13" in result.stderr
    assert not (folder / ".venv").exists()


@pytest.mark.parametrize("place", ["CLAIMS_PYTHON", "PATH", "pyenv"])
def test_it_finds_a_python_behind_a_shim_that_does_not_run(folder: Path, place: str) -> None:
    environment: dict[str, str] = {}
    broken(folder / "bin" / "python3.13")
    if place == "CLAIMS_PYTHON":
        real_python(folder / "mine" / "python")
        environment["CLAIMS_PYTHON"] = str(folder / "mine" / "python")
    elif place == "PATH":
        real_python(folder / "bin" / "python3")
    else:
        real_python(folder / "pyenv" / "versions" / "3.13.0" / "bin" / "python3")
    first = dev(folder, "claims", **environment)
    assert "Making .venv with Python 3." in first.stderr
    assert (folder / ".venv" / "bin" / "python").exists()
    second = dev(folder, "claims", **environment)
    assert "Making" not in second.stderr
    assert "Installing" not in second.stderr


def test_a_changed_lock_file_is_installed_at_the_next_call(folder: Path) -> None:
    real_python(folder / "bin" / "python3")
    dev(folder, "claims")
    (folder / "requirements-dev.txt").write_text("# nothing, but anew\n", encoding="utf-8")
    assert "Installing" in dev(folder, "claims").stderr


def test_it_runs_from_any_folder(folder: Path) -> None:
    result = subprocess.run([folder / "dev"], cwd=os.sep, capture_output=True, text=True, check=False)
    assert result.returncode == 0
