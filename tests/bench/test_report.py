"""The report of the benchmarks: its parts, and what it says of a target."""

from pathlib import Path

import pytest

from bench.__main__ import RESULTS, known, write
from bench.imports import Imports
from bench.part import Target


@pytest.mark.parametrize(
    ("target", "says"),
    [
        (Target("Requests", 2, at_most=2), "| Requests | at most 2 | 2 | reached |"),
        (Target("Requests", 87, at_most=70), "| Requests | at most 70 | 87 | **not reached** |"),
        (
            Target("CPU", 15.004, at_most=15, unit=" ms"),
            "| CPU | at most 15 ms | 15.00 ms | **not reached** |",
        ),
        (Target("Rate", 0.6, at_least=0.6), "| Rate | at least 0.6 | 0.60 | reached |"),
        (Target("Rate", 0.599, at_least=0.6), "| Rate | at least 0.6 | 0.60 | **not reached** |"),
    ],
)
def test_a_target_is_reached_by_its_unrounded_number(target: Target, says: str) -> None:
    assert target.row() == says


def test_a_part_that_is_measured_again_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    before = known(RESULTS)
    again = Imports(app_ms=1234, floor_ms=1000)

    write(before | {"import": again}, tmp_path / "benchmarks.json")

    assert known(tmp_path / "benchmarks.json") == before | {"import": again}
    report = (tmp_path / "benchmarks.md").read_text("utf-8")
    assert "1234 ms | 1.23" in report
    assert all(part.section() in report for name, part in before.items() if name != "import")


def test_the_report_in_the_repository_is_the_one_of_its_numbers(tmp_path: Path) -> None:
    write(known(RESULTS), tmp_path / "benchmarks.json")

    assert (tmp_path / "benchmarks.md").read_text("utf-8") == RESULTS.with_suffix(".md").read_text("utf-8")
