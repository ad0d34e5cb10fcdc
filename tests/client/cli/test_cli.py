"""The command line against a server that gives the documented responses."""

import base64
import json
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

import pytest
from aiohttp import web

from client.cli import app
from client.responses import Order, Outcome, Status
from shared.models.claim import ClaimStatus
from shared.models.claim import Outcome as AppOutcome
from shared.session_store import Order as AppOrder
from tests.client.conftest import ROOT, Claims, Ended, Server
from tests.client.stand_in import problem
from tests.shared.session_store.legacy.originals import write_original

COMMANDS = [
    "process",
    "resume",
    "list-sessions",
    "show",
    "decide",
    "withdraw",
    "verify",
    "export",
    "erase",
    "import-sessions",
    "dead-letters",
    "resend",
    "revive",
    "version",
]


def one_document(outcome: Ended) -> Any:
    """The one JSON document that stdout is."""
    return json.loads(outcome.out)


def is_one_line(text: str) -> bool:
    return text.endswith("\n") and text.count("\n") == 1 and "Traceback" not in text


@pytest.mark.parametrize(
    ("own", "of_the_app"), [(Status, ClaimStatus), (Outcome, AppOutcome), (Order, AppOrder)]
)
def test_it_knows_every_choice_without_importing_the_app(own: object, of_the_app: type[StrEnum]) -> None:
    assert [*get_args(own)] == [*map(str, of_the_app)]


# --- process


def test_process_prints_a_paused_claim_with_what_it_waits_for_and_how_to_go_on(
    claims: Claims, server: Server, letter: Path
) -> None:
    outcome = claims("process", letter, "--url", server.url)
    assert outcome.code == 0
    assert "CLM-1  paused" in outcome.out
    assert "police_report" in outcome.out
    assert "Send it." in outcome.out
    assert "./dev claims resume CLM-1 -d" in outcome.out
    assert outcome.err == ""


def test_process_without_a_terminal_prints_a_plain_line_for_each_change(
    claims: Claims, server: Server, letter: Path
) -> None:
    lines = claims("process", letter, "--url", server.url).out.splitlines()
    turns = [line for line in lines if line.endswith("intake        intake_coordinator")]
    assert len(turns) == 1
    assert len([line for line in lines if line.endswith(" s  validation_complete")]) == 1
    assert not any("\x1b" in line for line in lines)


def test_process_names_the_files_that_it_sends_and_those_that_it_does_not_find(
    claims: Claims, server: Server, letter: Path, report: Path
) -> None:
    letter.write_text("See police_report.pdf and photo.jpg.", encoding="utf-8")
    outcome = claims("process", letter, "--url", server.url)
    assert "with police_report.pdf" in outcome.out
    assert "photo.jpg" in outcome.out
    assert server.stand_in.claims["CLM-1"].documents["police_report.pdf"] == (
        "police_report",
        report.read_bytes(),
    )


def test_process_takes_documents_from_another_folder(claims: Claims, server: Server, tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    scans.mkdir()
    (scans / "police_report.pdf").write_bytes(b"report")
    claim = tmp_path / "claim.json"
    claim.write_text('{"documents": ["police_report.pdf"]}')
    outcome = claims("process", claim, "--documents", scans, "--url", server.url, "--json")
    assert one_document(outcome)["missing_documents"] == []


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("claim.json", '{"narrative": "Zusammenstoß"}', "application/json"),
        ("claim.md", "# Zusammenstoß", "text/markdown"),
        ("claim.txt", "Zusammenstoß", "text/plain"),
        ("claim.EML", "From: a@example.com\n\nZusammenstoß", "message/rfc822"),
    ],
)
def test_process_sends_each_kind_of_claim_as_what_it_is(
    claims: Claims, server: Server, tmp_path: Path, name: str, content: str, content_type: str
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    assert claims("process", path, "--url", server.url).code == 0
    assert server.stand_in.content_types == [content_type]
    assert "Zusammenstoß" in server.stand_in.submissions[0].decode()


def test_process_writes_the_result_into_a_folder_that_it_makes(
    claims: Claims, server: Server, letter: Path, tmp_path: Path
) -> None:
    outcome = claims("process", letter, "-o", tmp_path / "results/today", "--url", server.url, "--json")
    written = list((tmp_path / "results/today").iterdir())
    assert [path.name for path in written] == ["CLM-1.json"]
    assert json.loads(written[0].read_text(encoding="utf-8")) == one_document(outcome)


def test_process_ends_with_1_where_a_document_is_refused_and_says_which(
    claims: Claims, server: Server, letter: Path, tmp_path: Path
) -> None:
    letter.write_text("See photos.zip", encoding="utf-8")
    (tmp_path / "photos.zip").write_bytes(b"PK")
    outcome = claims("process", letter, "--url", server.url, "--json")
    assert (outcome.code, outcome.out) == (1, "")
    assert is_one_line(outcome.err)
    assert "CLM-1 is submitted, but photos.zip is refused: files ending in '.zip'" in outcome.err


# --- the other commands


def test_resume_adds_documents_and_notes_and_goes_on(claims: Claims, server: Server, report: Path) -> None:
    server.stand_in.claim("CLM-7")
    outcome = claims(
        *("resume", "CLM-7", "-d", report, "--note", "incident_location=Main St = 5th Ave"),
        *("--url", server.url, "--json"),
    )
    assert (outcome.code, one_document(outcome)["status"]) == (0, "awaiting_decision")
    assert server.stand_in.claims["CLM-7"].notes == {"incident_location": "Main St = 5th Ave"}


def test_resume_takes_every_visible_file_of_a_folder(claims: Claims, server: Server, tmp_path: Path) -> None:
    server.stand_in.claim("CLM-7")
    folder = tmp_path / "papers"
    (folder / "older").mkdir(parents=True)
    for name in ("police_report.pdf", "photo.jpg", ".DS_Store"):
        (folder / name).write_bytes(b"content")
    assert claims("resume", "CLM-7", "-d", folder, "--url", server.url).code == 0
    assert set(server.stand_in.claims["CLM-7"].documents) == {"police_report.pdf", "photo.jpg"}


def test_resume_lets_a_file_be_given_a_type(claims: Claims, server: Server, tmp_path: Path) -> None:
    server.stand_in.claim("CLM-7")
    (tmp_path / "scan0001.pdf").write_bytes(b"report")
    claims("resume", "CLM-7", "-d", "police_report=scan0001.pdf", "--url", server.url)
    assert server.stand_in.claims["CLM-7"].documents == {"scan0001.pdf": ("police_report", b"report")}


def test_resume_writes_the_result(claims: Claims, server: Server, tmp_path: Path) -> None:
    server.stand_in.claim("CLM-7")
    assert claims("resume", "CLM-7", "-o", tmp_path / "out", "--url", server.url).code == 0
    assert (tmp_path / "out/CLM-7.json").is_file()


def test_list_sessions_follows_every_page(claims: Claims, server: Server) -> None:
    ids = [f"CLM-{number}" for number in range(5)]
    for claim_id in ids:
        server.stand_in.claim(claim_id)
    listed = one_document(claims("list-sessions", "--url", server.url, "--json"))
    assert [claim["claim_id"] for claim in listed["claims"]] == ids


def test_list_sessions_is_a_table_with_the_columns_of_the_contract(claims: Claims, server: Server) -> None:
    server.stand_in.claim("CLM-7")
    header, row = claims("list-sessions", "--url", server.url).out.splitlines()
    assert header.split("  ")[0] == "claim id"
    assert header.split() == ["claim", "id", "status", "messages", "missing", "saved", "expires"]
    assert "police_report, incident_location" in row
    assert "2026-12-02 09:00 UTC" in row


def test_list_sessions_keeps_long_ids_whole_in_a_pipe(claims: Claims, server: Server) -> None:
    server.stand_in.claim("C" * 64)
    assert "C" * 64 in claims("list-sessions", "--url", server.url).out


def test_list_sessions_shows_one_status(claims: Claims, server: Server) -> None:
    server.stand_in.claim("CLM-1")
    server.stand_in.claim("CLM-2", over="expired")
    listed = one_document(claims("list-sessions", "--status", "expired", "--url", server.url, "--json"))
    assert [claim["claim_id"] for claim in listed["claims"]] == ["CLM-2"]


def test_list_sessions_goes_on_over_short_and_empty_pages(claims: Claims, server: Server) -> None:
    for number in range(6):
        server.stand_in.claim(f"CLM-{number}")
    server.stand_in.unwanted = {f"CLM-{number}" for number in (0, 1, 2)}
    listed = one_document(claims("list-sessions", "--url", server.url, "--json"))
    assert [claim["claim_id"] for claim in listed["claims"]] == ["CLM-3", "CLM-4", "CLM-5"]


def test_list_sessions_searches(claims: Claims, server: Server) -> None:
    options = {
        "--status": "paused",
        "--type": "home_fire",
        "--outcome": "denied",
        "--missing": "fire_report",
        "--saved-after": "2026-11-01",
        "--saved-before": "2026-11-22T14:00:00+01:00",
        "--expires-after": "2026-11-30T00:00:00Z",
        "--expires-before": "2026-12-24",
        "--sort": "claim_id",
    }
    given = [part for option in options.items() for part in option]
    assert claims("list-sessions", *given, "--url", server.url, "--json").code == 0
    assert server.stand_in.searches == [
        {
            "status": "paused",
            "claim_type": "home_fire",
            "outcome": "denied",
            "missing_document": "fire_report",
            "saved_after": "2026-11-01T00:00:00+00:00",
            "saved_before": "2026-11-22T13:00:00+00:00",
            "expires_after": "2026-11-30T00:00:00+00:00",
            "expires_before": "2026-12-24T00:00:00+00:00",
            "sort": "claim_id",
        }
    ]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--saved-after", "yesterday"], "2026-11-22T14:00:00Z"),
        (["--expires-before", "2026-11-22T14:00:00"], "with a zone"),
        (["--outcome", "perhaps"], "approved"),
        (["--sort", "moment"], "--status"),
    ],
)
def test_list_sessions_refuses_what_cannot_be_searched_for(
    claims: Claims, server: Server, given: list[str], words: str
) -> None:
    refused = claims("list-sessions", *given, "--url", server.url)
    assert refused.code == 2
    assert words in refused.err
    assert server.stand_in.requests == []


def test_show_with_history_adds_all_messages(claims: Claims, server: Server) -> None:
    claim = server.stand_in.claim("CLM-7")
    claim.messages = [{"role": "assistant", "name": f"agent_{n}", "content": f"No. {n}"} for n in range(5)]
    shown = one_document(claims("show", "CLM-7", "--history", "--url", server.url, "--json"))
    assert shown["status"] == "paused"
    assert shown["messages"] == claim.messages
    printed = claims("show", "CLM-7", "--history", "--url", server.url).out
    assert all(f"No. {n}" in printed for n in range(5))


def test_show_does_not_let_a_message_steer_the_terminal(claims: Claims, server: Server) -> None:
    claim = server.stand_in.claim("CLM-7")
    claim.messages = [{"role": "user", "content": "[bold]\x1b]0;owned\x07 :smile:"}]
    printed = claims("show", "CLM-7", "--history", "--url", server.url).out
    assert "[bold]]0;owned :smile:" in printed
    assert "\x1b" not in printed


def ready_for_decision(server: Server) -> None:
    server.stand_in.claim(
        "CLM-7", documents={"p.pdf": ("police_report", b"x")}, notes={"incident_location": "Main St"}
    )


def test_decide_approves_with_an_amount(claims: Claims, server: Server) -> None:
    ready_for_decision(server)
    outcome = claims(
        *("decide", "CLM-7", "approve", "--officer", "jdoe", "--rationale", "clear", "--payout", "1250.10"),
        *("--url", server.url, "--json"),
    )
    assert (outcome.code, one_document(outcome)["outcome"]) == (0, "approved")
    assert server.stand_in.claims["CLM-7"].decision == {
        "decision": "approve",
        "officer_id": "jdoe",
        "rationale": "clear",
        "payout_amount": 1250.1,
    }


def test_decide_denies_with_a_reason(claims: Claims, server: Server) -> None:
    ready_for_decision(server)
    outcome = claims(
        *(
            "decide",
            "CLM-7",
            "deny",
            "--officer",
            "jdoe",
            "--rationale",
            "lapsed",
            "--denial-reason",
            "no cover",
        ),
        *("--url", server.url),
    )
    assert outcome.code == 0
    assert "denied" in outcome.out


def test_a_decision_before_it_is_due_is_one_line(claims: Claims, server: Server) -> None:
    server.stand_in.claim("CLM-7")
    outcome = claims(
        *("decide", "CLM-7", "approve", "--officer", "jdoe", "--rationale", "clear", "--url", server.url)
    )
    assert (outcome.code, outcome.err) == (1, "claims: CLM-7 is paused; it awaits no decision\n")


@pytest.mark.parametrize("amount", ["nan", "inf", "-1", "much"])
def test_decide_refuses_an_amount_that_is_none(claims: Claims, server: Server, amount: str) -> None:
    outcome = claims(
        *("decide", "CLM-7", "approve", "--officer", "o", "--rationale", "r", "--payout", amount),
        *("--url", server.url),
    )
    assert outcome.code == 2
    assert is_one_line(outcome.err)
    assert server.stand_in.requests == []


def test_withdraw_ends_a_claim(claims: Claims, server: Server) -> None:
    server.stand_in.claim("CLM-7")
    outcome = claims("withdraw", "CLM-7", "--reason", "found it", "--url", server.url, "--json")
    assert (outcome.code, one_document(outcome)["status"]) == (0, "withdrawn")


def test_verify_shows_the_trail_that_holds(claims: Claims, server: Server) -> None:
    server.stand_in.claim("CLM-7")
    outcome = claims("verify", "CLM-7", "--url", server.url)
    assert (outcome.code, outcome.err) == (0, "")
    assert "submitted" in outcome.out
    assert "1 line, and the trail holds" in outcome.out


def test_verify_names_the_first_broken_line(claims: Claims, server: Server) -> None:
    server.stand_in.claim("CLM-7", broken_line=2)
    outcome = claims("verify", "CLM-7", "--url", server.url, "--json")
    assert (outcome.code, one_document(outcome)["broken_line"]) == (1, 2)
    assert outcome.err == "claims: line 2 of the audit trail of CLM-7 was changed\n"


def test_export_writes_what_the_server_gives(claims: Claims, server: Server, tmp_path: Path) -> None:
    server.stand_in.claim("CLM-7")
    file = tmp_path / "claim.zip"
    outcome = claims("export", "CLM-7", "-o", file, "--url", server.url, "--json")
    assert outcome.code == 0
    assert one_document(outcome) == {"claim_id": "CLM-7", "file": str(file), "size": 8}
    assert file.read_bytes() == b"PK CLM-7"


def test_a_storage_whose_key_is_not_set_is_one_line_that_names_it(
    claims: Claims, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_original(tmp_path / "originals", "CLM-1")
    monkeypatch.setenv("SESSION_ENCRYPTION_KEY", f"k1:{base64.b64encode(bytes(32)).decode()}")
    assert claims("import-sessions", "originals", "--data", "data").code == 0
    monkeypatch.delenv("SESSION_ENCRYPTION_KEY")
    outcome = claims("export", "CLM-1", "--data", "data")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.endswith("encrypted by key k1; set SESSION_ENCRYPTION_KEY to it\n")
    assert is_one_line(outcome.err)
    assert not [*tmp_path.glob("*.zip*")]


def test_erase_erases(claims: Claims, server: Server) -> None:
    server.stand_in.claim("CLM-7")
    outcome = claims("erase", "CLM-7", "--yes", "--url", server.url, "--json")
    assert (outcome.code, one_document(outcome)) == (0, {"claim_id": "CLM-7", "status": "erased"})
    assert server.stand_in.claims == {}


# --- revive


def continued(server: Server) -> set[str]:
    return {
        path.split("/")[3]
        for method, path in server.stand_in.requests
        if path.endswith("/continue") and method
    }


def some_claims(server: Server) -> None:
    """Three that wait for papers, through two pages; one that awaits a decision; one that is over."""
    for number in range(3):
        server.stand_in.claim(f"CLM-{number}")
    decided = {"documents": {"police_report.pdf": ("police_report", b"")}}
    server.stand_in.claim("CLM-3", notes={"incident_location": "Main St"}, **decided)
    server.stand_in.claim("CLM-4", over="withdrawn")


def test_revive_takes_up_every_open_claim_and_counts(claims: Claims, server: Server) -> None:
    some_claims(server)
    outcome = claims("revive", "--url", server.url, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    assert one_document(outcome) == {
        "dry_run": False,
        "found": {"processing": 0, "paused": 3, "awaiting_decision": 1},
        "revived": 4,
        "over": 0,
        "failed": {},
    }
    assert continued(server) == {"CLM-0", "CLM-1", "CLM-2", "CLM-3"}


def test_revive_with_dry_run_counts_and_touches_nothing(claims: Claims, server: Server) -> None:
    some_claims(server)
    outcome = claims("revive", "--url", server.url, "--dry-run")
    assert outcome.code == 0
    assert [line.split() for line in outcome.out.splitlines()[:3]] == [
        ["0", "processing"],
        ["3", "paused"],
        ["1", "awaiting_decision"],
    ]
    assert "nothing was done" in outcome.out
    assert continued(server) == set()


def test_revive_names_a_claim_that_cannot_be_taken_up_and_goes_on(claims: Claims, server: Server) -> None:
    some_claims(server)
    server.stand_in.fail_continue = {"CLM-1": problem(500, "Internal error", "something went wrong")}
    server.stand_in.fail_continue["CLM-2"] = problem(409, "Conflict", "CLM-2 is completed")
    outcome = claims("revive", "--url", server.url, "--json")
    assert outcome.code == 1
    revival = one_document(outcome)
    assert (revival["revived"], revival["over"]) == (2, 1)
    assert revival["failed"] == {"CLM-1": "something went wrong"}
    assert outcome.err == "claims: CLM-1: something went wrong\n"


def test_revive_gives_up_where_nothing_can_be_taken_up(claims: Claims, server: Server) -> None:
    for number in range(60):
        server.stand_in.claim(f"CLM-{number}")
        refused = problem(500, "Internal error", "something went wrong")
        server.stand_in.fail_continue[f"CLM-{number}"] = refused
    outcome = claims("revive", "--url", server.url)
    assert outcome.code == 1
    assert 20 <= len(continued(server)) < 30
    assert "gave up after" in outcome.err


def test_version_prints_the_version_of_the_project(claims: Claims) -> None:
    plain = claims("version")
    assert (plain.code, plain.err) == (0, "")
    assert one_document(claims("version", "--json")) == {"version": plain.out.strip()}


# --- how a claim stands decides the exit code


@pytest.mark.parametrize(("status", "code"), [("failed", 1), ("expired", 1), ("withdrawn", 0)])
def test_the_exit_code_tells_how_the_claim_stands(
    claims: Claims, server: Server, status: str, code: int
) -> None:
    server.stand_in.claim("CLM-7", over=status)
    outcome = claims("show", "CLM-7", "--url", server.url, "--json")
    assert outcome.code == code
    assert one_document(outcome)["status"] == status
    assert is_one_line(outcome.err) == bool(code)


# --- refusals


def test_a_refused_submission_is_one_line_with_the_field(
    claims: Claims, server: Server, tmp_path: Path
) -> None:
    claim = tmp_path / "claim.json"
    claim.write_text('{"colour": "red"}')
    outcome = claims("process", claim, "--url", server.url)
    assert (outcome.code, outcome.err) == (1, "claims: 1 field is wrong (colour: unknown field)\n")


@pytest.mark.parametrize("claim_id", ["CLM-404", "../../etc", "a/b", "", "x" * 65, "ünïcode", "a\nb"])
@pytest.mark.parametrize(
    "command", [("show",), ("resume",), ("withdraw",), ("verify",), ("export",), ("erase", "--yes")]
)
def test_an_id_of_no_claim_is_one_line_and_1(
    claims: Claims, server: Server, command: tuple[str, ...], claim_id: str
) -> None:
    outcome = claims(*command, claim_id, "--url", server.url, "--json")
    assert (outcome.code, outcome.out) == (1, "")
    assert is_one_line(outcome.err)
    assert "there is no" in outcome.err


def test_a_claim_that_is_over_cannot_be_resumed(claims: Claims, server: Server) -> None:
    server.stand_in.claim("CLM-7", over="expired")
    outcome = claims("resume", "CLM-7", "--url", server.url)
    assert (outcome.code, outcome.err) == (1, "claims: CLM-7 is over\n")


def test_a_server_error_is_one_line(claims: Claims, server: Server) -> None:
    server.stand_in.fail_next = [web.Response(status=500, text="<html>Oops</html>")]
    outcome = claims("show", "CLM-7", "--url", server.url, "--json")
    assert (outcome.code, outcome.out) == (1, "")
    assert is_one_line(outcome.err)
    assert "answered 500" in outcome.err


def test_a_server_error_as_problem_json_is_told_in_its_words(claims: Claims, server: Server) -> None:
    server.stand_in.fail_next = [problem(500, "Internal error", "something went wrong here")]
    outcome = claims("show", "CLM-7", "--url", server.url)
    assert (outcome.code, outcome.err) == (1, "claims: something went wrong here\n")


def test_a_missing_key_is_told_with_the_option_for_it(claims: Claims, server: Server) -> None:
    server.stand_in.fail_next = [web.Response(status=401)]
    outcome = claims("show", "CLM-7", "--url", server.url)
    assert outcome.code == 1
    assert "--key or CLAIMS_KEY" in outcome.err


def test_a_page_of_some_other_site_is_no_response(claims: Claims, server: Server) -> None:
    server.stand_in.fail_next = [web.Response(text="<html>Welcome</html>", content_type="text/html")]
    outcome = claims("list-sessions", "--url", server.url, "--json")
    assert (outcome.code, outcome.out) == (1, "")
    assert "is that the address of a Claims Orchestrator?" in outcome.err


@pytest.mark.parametrize(
    "command", [("list-sessions",), ("show", "CLM-1"), ("resume", "CLM-1"), ("erase", "CLM-1", "--yes")]
)
def test_no_server_is_one_line_and_1(claims: Claims, nobody: str, command: tuple[str, ...]) -> None:
    outcome = claims(*command, "--url", nobody, "--json")
    assert (outcome.code, outcome.out) == (1, "")
    assert is_one_line(outcome.err)
    assert nobody in outcome.err


# --- usage


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("proces", "claim.md"),
        ("process",),
        ("process", "claim.md", "--colour"),
        ("show",),
        ("decide", "CLM-1", "maybe", "--officer", "o", "--rationale", "r"),
        ("decide", "CLM-1", "approve"),
        ("list-sessions", "--status", "sleeping"),
        ("list-sessions", "--url", "localhost:7071"),
        ("list-sessions", "--url", "ftp://example.com"),
        ("list-sessions", "--url", "http://h:99999"),
        ("list-sessions", "--url", "http://h", "--data", "d"),
        ("list-sessions", "--key", "k"),
        ("resume", "CLM-1", "-d", "nowhere.pdf", "--url", "http://h"),
        ("resume", "CLM-1", "-d", "", "--url", "http://h"),
        ("resume", "CLM-1", "-d", "a\0b", "--url", "http://h"),
        ("resume", "CLM-1", "--note", "Main St", "--url", "http://h"),
        ("import-sessions",),
        ("import-sessions", "nowhere"),
        ("import-sessions", ".", "--url", "http://h"),
    ],
)
def test_what_cannot_be_asked_for_is_one_line_and_2(claims: Claims, arguments: tuple[str, ...]) -> None:
    outcome = claims(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert is_one_line(outcome.err)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("nowhere.md", None, "there is no file"),
        (".", None, "is a folder"),
        ("claim.docx", b"PK", "is no claim file"),
        ("claim", b"text", "is no claim file"),
        ("claim.md", b"\xff\xfe\xfa", "is not UTF-8"),
        ("claim.json", b"{broken", "is not JSON"),
        ("claim.json", b"[]", "a JSON object is expected"),
        ("claim.json", b'{"claim_amount": NaN}', "holds NaN"),
        ("claim.json", b'{"documents": ' + b"[" * 200_000, "nested too deeply"),
    ],
)
def test_a_file_that_is_no_claim_is_one_line_and_2(
    claims: Claims, server: Server, tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    outcome = claims("process", tmp_path / name, "--url", server.url)
    assert (outcome.code, outcome.out) == (2, "")
    assert is_one_line(outcome.err)
    assert words in outcome.err
    assert server.stand_in.requests == []


def test_a_result_folder_that_is_a_file_is_refused_before_anything_is_sent(
    claims: Claims, server: Server, letter: Path
) -> None:
    outcome = claims("process", letter, "-o", letter, "--url", server.url)
    assert (outcome.code, server.stand_in.requests) == (2, [])
    assert is_one_line(outcome.err)


def test_a_documents_folder_that_is_not_there_is_refused_before_anything_is_sent(
    claims: Claims, server: Server, letter: Path
) -> None:
    outcome = claims("process", letter, "--documents", "nowhere", "--url", server.url)
    assert (outcome.code, server.stand_in.requests) == (2, [])
    assert is_one_line(outcome.err)


# --- import-sessions


def test_import_tells_of_each_session_and_prints_one_document(claims: Claims, tmp_path: Path) -> None:
    originals = tmp_path / "originals"
    write_original(originals, "CLM-1")
    outcome = claims("import-sessions", originals, "--data", "data")
    assert (outcome.code, outcome.out, outcome.err) == (0, "CLM-1  imported\n", "")
    (write_original(originals, "CLM-2") / "context.json").unlink()
    write_original(originals, "CLM-3")
    outcome = claims("import-sessions", originals, "--data", "data", "--json")
    assert outcome.code == 1
    assert one_document(outcome) == {
        "imported": ["CLM-3"],
        "unchanged": ["CLM-1"],
        "damaged": [{"name": "CLM-2", "reason": "context.json: is not there"}],
    }
    assert is_one_line(outcome.err)
    outcome = claims("import-sessions", originals, "--data", "data")
    assert outcome.code == 1
    assert [line.split() for line in outcome.out.splitlines()] == [
        ["CLM-1", "already", "here"],
        ["CLM-3", "already", "here"],
        ["CLM-2", "left", "alone:", "context.json:", "is", "not", "there"],
    ]


def test_import_writes_to_the_storage_that_the_settings_name(
    claims: Claims, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SessionStorage__path", str(tmp_path / "named"))
    write_original(tmp_path / "originals", "CLM-1")
    assert claims("import-sessions", "originals").code == 0
    assert (tmp_path / "named" / "sessions" / "CLM-1" / "context.json").is_file()


def test_import_with_a_wrong_setting_is_one_line_and_1(
    claims: Claims, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SESSION_TTL", "soon")
    write_original(tmp_path / "originals", "CLM-1")
    outcome = claims("import-sessions", "originals")
    assert (outcome.code, outcome.out) == (1, "")
    assert is_one_line(outcome.err)
    assert "SESSION_TTL" in outcome.err


def test_import_of_an_empty_folder_says_so(claims: Claims, tmp_path: Path) -> None:
    assert claims("import-sessions", tmp_path).out == "no sessions there\n"


# --- where to


def test_address_and_key_come_from_the_environment(
    claims: Claims, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAIMS_URL", server.url)
    monkeypatch.setenv("CLAIMS_KEY", "secret")
    assert claims("list-sessions").code == 0
    assert server.stand_in.keys == {"secret"}


def test_address_and_key_that_are_typed_outrank_the_environment(
    claims: Claims, server: Server, nobody: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAIMS_URL", nobody)
    monkeypatch.setenv("CLAIMS_KEY", "secret")
    assert claims("list-sessions", "--url", f"{server.url}/api/", "--key", "other").code == 0
    assert server.stand_in.keys == {"other"}


# --- help


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_a_json_form(claims: Claims, command: str) -> None:
    outcome = claims(command, "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert "--json" in outcome.out


def test_help_lists_the_commands_of_the_contract_with_examples(claims: Claims) -> None:
    outcome = claims("--help")
    assert outcome.code == 0
    assert all(f"\n  {command} " in outcome.out for command in COMMANDS)
    assert "Examples:\n    ./dev claims process samples/claims/" in outcome.out
    assert len(app.registered_commands) == len(COMMANDS)


def test_examples_name_files_that_exist(claims: Claims) -> None:
    named = [word for word in claims("--help").out.split() if word.startswith("samples/")]
    assert named
    assert all((ROOT / name).is_file() for name in named)
