"""A part of the benchmarks: what it measures, its section of the report, and its targets."""

import datetime as dt
import os
import platform
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Self

from pydantic import BaseModel, Field

from shared.clock import utc_now


@dataclass(frozen=True)
class Effort:
    rounds: int
    """Of each comparison."""
    claims: int
    """Of a round at 16 at a time."""


@dataclass(frozen=True)
class Target:
    """A number that is to be reached."""

    what: str
    measured: float
    at_most: float | None = None
    at_least: float | None = None
    unit: str = ""
    """Nothing for a ratio."""

    @property
    def is_reached(self) -> bool:
        above = self.at_least is None or self.measured >= self.at_least
        return above and (self.at_most is None or self.measured <= self.at_most)

    def row(self) -> str:
        asked = f"at most {self.at_most:g}" if self.at_most is not None else f"at least {self.at_least:g}"
        reached = "reached" if self.is_reached else "**not reached**"
        return f"| {self.what} | {asked}{self.unit} | {_rounded(self.measured)}{self.unit} | {reached} |"


def _rounded(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.2f}"


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


class Part(BaseModel, ABC):
    """The results of one part, as benchmarks.json keeps them."""

    TITLE: ClassVar[str]

    measured_on: dt.date = Field(default_factory=lambda: utc_now().date())
    machine: str = Field(default_factory=_machine)

    @classmethod
    @abstractmethod
    async def measure(cls, effort: Effort) -> Self: ...

    @abstractmethod
    def body(self) -> str:
        """What the section says below its title, in Markdown."""

    @abstractmethod
    def targets(self) -> list[Target]: ...

    def section(self) -> str:
        return (
            f"## {self.TITLE}\n\n{self.body().strip()}\n\nMeasured on {self.measured_on}: {self.machine}.\n"
        )
