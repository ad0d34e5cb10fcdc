"""`./dev eval` with files of one's own."""

import json
from pathlib import Path

import pytest

from evaluation.__main__ import main

FILES = Path(__file__).parent / "files"


def test_files_of_claims_and_payouts_are_measured_and_printed(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--claims", str(FILES / "claims.yaml"), "--payouts", str(FILES / "payouts.yaml"), "--json"]
    assert main(arguments) == 0
    shown = json.loads(capsys.readouterr().out)
    claims = shown["parts"]["claims"]
    assert claims["claims"] == 2
    assert claims["facts"]["claim_amount"]["right"] == 1
    assert claims["foreign"]["claims"] == 1
    assert claims["differing"] == []
    assert set(claims["ways"]) == {"text", "JSON", "mail"}
    assert (shown["payouts"]["cases"], shown["payouts"]["wrong"]) == (4, [])


def test_labels_of_what_is_missing_count_before_what_rules_make_of_the_facts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "claims.yaml"
    text = (FILES / "claims.yaml").read_text(encoding="utf-8")
    file.write_text(
        text.replace("[repair_estimate]\n", "[repair_estimate, police_report]\n"), encoding="utf-8"
    )
    assert main(["--claims", str(file), "--misses"]) == 0
    shown = capsys.readouterr()
    assert "| missing documents, exact set | 0.0% | 85% |" in shown.out
    assert (
        "t1-post missing_documents: ['repair_estimate'], not ['repair_estimate', 'police_report']"
        in shown.err
    )


def test_a_file_that_is_not_there_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--claims", "nowhere.yaml"])
    assert end.value.code == 2
    assert "there is no file nowhere.yaml" in capsys.readouterr().err


def test_a_claim_that_is_refused_counts_as_one_in_which_nothing_was_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "claims.yaml"
    claim = {
        "id": "x",
        "form": "text",
        "sent": "2026-11-28",
        "text": " ",
        "facts": {"email": "a@example.com"},
    }
    file.write_text(json.dumps([claim]), encoding="utf-8")
    assert main(["--claims", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["parts"]["claims"]["facts"]["email"]["absent"] == 1
