"""Finds what an orchestration may not touch, because it could differ between two replays of one history.

Two ways of looking at a module's source, since each sees what the other cannot. The text is searched for
names, in branches too that no recording enters. And the source is run in a world of its own, in which the
clock, the environment, files and every library that is not known to be pure raise an error when they are
touched, however they are reached; what runs there are the recorded histories.
"""

import ast
import builtins
import datetime
import importlib
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, NoReturn

PURE = {
    *("collections.abc", "contextlib", "dataclasses", "enum", "json", "typing"),
    "durabletask.task",
    "orchestration.rules.routing",
}
"""What may be imported as it is."""
OWN = "orchestration.durable."
"""Modules of this package may be imported if they, too, touch nothing that could differ."""
CLOCKS = {"now", "utcnow", "today", "fromtimestamp"}
"""Methods of dates and times that read the clock or the time zone of the machine."""
REFUSED_BUILTINS = {
    *("open", "print", "input", "breakpoint"),
    *("eval", "exec", "compile", "globals", "vars", "id", "hash"),
}


class Forbidden(Exception):
    """The module touched what could differ between replays."""


def _refusal_of(name: str) -> Callable[..., NoReturn]:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise Forbidden(name)

    return refuse


class _Date(datetime.date):
    today = _refusal_of("date.today")
    fromtimestamp = _refusal_of("date.fromtimestamp")


class _DateTime(datetime.datetime):
    now = _refusal_of("datetime.now")
    utcnow = _refusal_of("datetime.utcnow")
    today = _refusal_of("datetime.today")
    fromtimestamp = _refusal_of("datetime.fromtimestamp")


_DATES = SimpleNamespace(
    date=_Date,
    datetime=_DateTime,
    timedelta=datetime.timedelta,
    timezone=datetime.timezone,
    UTC=datetime.UTC,
)
"""The module `datetime` without a clock."""


class World:
    """Runs modules in a world that is the same whenever they are run."""

    def __init__(self) -> None:
        self._loaded: dict[str, ModuleType] = {}
        self._builtins = {
            **vars(builtins),
            **{name: _refusal_of(name) for name in REFUSED_BUILTINS},
            "__import__": self._import,
        }

    def load(self, name: str, source: str) -> ModuleType:
        """Run a module's source.

        Raises:
            Forbidden: it touched what could differ while it was imported.
        """
        module = ModuleType(name)
        module.__dict__["__builtins__"] = self._builtins
        self._loaded[name] = module
        exec(compile(source, f"<{name}>", "exec"), module.__dict__)  # noqa: S102 -- of this repository
        return module

    def _import(
        self,
        name: str,
        _globals: object = None,
        _locals: object = None,
        names: Iterable[str] = (),
        _: int = 0,
    ) -> object:
        if "." in name and not names:  # binds the package, whose other modules are not known
            raise Forbidden(f"import {name}")
        if name == "datetime":
            return _DATES
        if name in PURE:
            return importlib.import_module(name)
        if name.startswith(OWN):
            return self._loaded.get(name) or self.load(name, source_of(name))
        raise Forbidden(f"import {name}")


def source_of(module: str) -> str:
    spec = find_spec(module)
    assert spec
    assert spec.origin
    return Path(spec.origin).read_text(encoding="utf-8")


def forbidden_names(source: str) -> Iterator[str]:
    """The names in a module's text, and in what it imports of its own package, that stand for what could
    differ between replays.
    """
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names if alias.name not in {"datetime", *PURE})
            case ast.ImportFrom(module=str(module)) if module.startswith(OWN):
                yield from forbidden_names(source_of(module))
            case ast.ImportFrom(module=module, names=names) if module not in {"datetime", *PURE}:
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.Attribute(attr=attribute) if attribute in CLOCKS:
                yield ast.unparse(node)
            case ast.Name(id=name) if name in REFUSED_BUILTINS:
                yield name
            case _:
                pass


def with_statement(source: str, statement: str, function: str | None = None) -> str:
    """The source with a statement put in front of all others, of a function or of the module."""
    tree = ast.parse(source)
    body: list[ast.stmt] = tree.body
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            body = node.body
    assert function is None or body is not tree.body, f"there is no function {function}"
    # Behind the docstring, and in a module behind its imports.
    place = 1 if function else max(n for n, node in enumerate(body) if isinstance(node, ast.ImportFrom)) + 1
    body[place:place] = ast.parse(statement).body
    return ast.unparse(tree)
