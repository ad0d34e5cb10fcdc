"""`./dev bench [part …]`: the benchmarks, each held against a floor that is measured in the same run.

A part that is measured again replaces what docs/benchmarks.md said of it; the other parts stay.
"""

import argparse
import asyncio
import json
import logging
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from bench.claims import Claims
from bench.imports import Imports
from bench.many_sessions import ManySessions
from bench.part import Effort, Part
from bench.resume import Resumes
from bench.running import REPOSITORY
from bench.saves import Saves
from bench.storage import Storage
from bench.turns import Turns

RESULTS = REPOSITORY / "docs" / "benchmarks.json"
PARTS: dict[str, type[Part]] = {
    "claims": Claims,
    "turns": Turns,
    "storage": Storage,
    "resume": Resumes,
    "sessions": ManySessions,
    "saves": Saves,
    "import": Imports,
}


def report(results: list[Part]) -> str:
    rows = "\n".join(target.row() for result in results for target in result.targets())
    sections = "\n".join(result.section() for result in results)
    return f"""# Benchmarks

Written by `./dev bench`, or by `./dev bench PART …` for some of its parts:
{", ".join(PARTS)}.
The numbers behind it are in `benchmarks.json`. A number of one machine says little, so each is held against a
floor that is measured in the same run, in turn.

## Targets

| what | asked | measured | |
|---|---|---|---|
{rows}

{sections}"""


def known(file: Path) -> dict[str, Part]:
    """What was measured before, by part; a part that has measured something else since then is left out."""
    found: dict[str, object] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    parts: dict[str, Part] = {}
    for name in PARTS.keys() & found.keys():
        with suppress(ValidationError):
            parts[name] = PARTS[name].model_validate(found[name])
    return parts


def write(results: dict[str, Part], file: Path) -> None:
    """Put the numbers in `file`, and the report beside it."""
    ordered = {name: results[name] for name in PARTS if name in results}
    numbers = {name: result.model_dump(mode="json") for name, result in ordered.items()}
    file.write_text(json.dumps(numbers, indent=2) + "\n", encoding="utf-8")
    file.with_suffix(".md").write_text(report(list(ordered.values())), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)} (default: all)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each comparison (default: 3)")
    parser.add_argument(
        "--claims", type=int, default=192, help="claims a round at 16 at a time (default: 192)"
    )
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - PARTS.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    logging.disable(logging.WARNING)
    results = known(RESULTS)
    for name in arguments.parts or PARTS:
        results[name] = asyncio.run(PARTS[name].measure(Effort(arguments.rounds, arguments.claims)))
        write(results, RESULTS)
        print(results[name].section())


if __name__ == "__main__":
    main()
