"""A submission in whatever form it comes, and whatever is wrong with it."""

import json
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import BadRequest, ClaimsError, InvalidInput, UnsupportedMedia
from tests.host.running import SAMPLES, base64_of
from tests.triggers.http.requests import post
from triggers.http.problems import PROBLEMS
from triggers.http.submissions import Parsed, parse_submission

EMAIL = "message/rfc822"
LETTER = "Somebody hit my car on Cedar Hollow Road."


def parse(
    body: bytes | str | dict[str, Any], content_type: str | None = "application/json", **query: str
) -> Parsed:
    content = json.dumps(body) if isinstance(body, dict) else body
    return parse_submission(
        post(content.encode() if isinstance(content, str) else content, content_type, **query)
    )


def refusal(
    body: bytes | str | dict[str, Any], content_type: str = "application/json", **query: str
) -> ClaimsError:
    with pytest.raises(ClaimsError) as raised:
        parse(body, content_type, **query)
    return raised.value


def mail(text: str = LETTER, **headers: str) -> EmailMessage:
    message = EmailMessage()
    for name, value in ({"From": "Dana Whitfield <dana@example.com>", "Subject": "My car"} | headers).items():
        message[name] = value
    message.set_content(text)
    return message


# --- JSON ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON; charset=utf-8", None])
def test_json_is_a_submission(content_type: str | None) -> None:
    parsed = parse({"narrative": LETTER, "claim_amount": 2400.5}, content_type)
    assert parsed.submission.narrative == LETTER
    assert str(parsed.submission.claim_amount) == "2400.5"


def test_documents_of_a_submission_are_taken_out_of_it_and_their_names_stay() -> None:
    documents = [
        "named.pdf",
        {"filename": "text.txt", "text": "März"},
        {"filename": "bytes.bin.txt", "type": "police_report", "content_base64": base64_of(b"\x00\xff")},
        {"filename": "elsewhere.pdf", "reference": "dms://4711"},
        {"filename": "empty.pdf"},
    ]
    parsed = parse({"documents": documents})
    assert parsed.submission.documents == [
        "named.pdf",
        "text.txt",
        "bytes.bin.txt",
        "elsewhere.pdf",
        "empty.pdf",
    ]
    assert [(d.filename, d.type, d.content, d.reference) for d in parsed.documents] == [
        ("text.txt", None, "März".encode(), None),
        ("bytes.bin.txt", "police_report", b"\x00\xff", None),
        ("elsewhere.pdf", None, None, "dms://4711"),
    ]


def test_a_wrong_document_is_named_by_its_place_among_all_of_them() -> None:
    documents = ["named.pdf", {"filename": "a.txt", "content_base64": "not base64"}]
    assert refusal({"documents": documents}).errors[0]["field"] == "documents.1.content_base64"


def test_every_wrong_field_is_named() -> None:
    body = {"surname": "x", "claimant": {"age": 5}, "claim_amount": "much", "documents": [{"name": "x"}]}
    assert {(e["field"], e["message"]) for e in refusal(body).errors} == {
        ("surname", "unknown field"),
        ("claimant.age", "unknown field"),
        ("claim_amount", "expected a number"),
        ("documents.0.filename", "Field required"),
        ("documents.0.name", "unknown field"),
    }


def test_a_field_whose_name_looks_like_markup_is_named_as_it_is() -> None:
    assert refusal({"<script>": 1}).errors == [{"field": "<script>", "message": "unknown field"}]


def test_an_object_where_none_belongs_is_told_in_words_of_json() -> None:
    assert refusal({"claimant": "Dana"}).errors == [{"field": "claimant", "message": "must be an object"}]


# --- text ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content_type", ["text/markdown", "text/plain", "TEXT/PLAIN; charset=UTF-8"])
def test_a_letter_is_a_submission_with_the_files_that_it_names(content_type: str) -> None:
    parsed = parse("# Claim\nSee police_report.pdf, März.jpg and con.txt.", content_type, claim_id="CLM-1")
    assert parsed.submission.claim_id == "CLM-1"
    assert parsed.submission.narrative == "# Claim\nSee police_report.pdf, März.jpg and con.txt."
    assert parsed.submission.documents == ["police_report.pdf", "März.jpg"]
    assert parsed.documents == []


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        ("März".encode("latin-1"), "iso-8859-1", "März"),
        ("März".encode("utf-16"), '"utf-16"', "März"),
        ("\ufeffMärz".encode(), "", "März"),
    ],
)
def test_a_letter_is_read_in_the_charset_that_it_names(body: bytes, charset: str, text: str) -> None:
    content_type = f"text/plain; charset={charset}" if charset else "text/plain"
    assert parse(body, content_type).submission.narrative == text


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "text/plain"),
        (b" \n", "text/markdown"),
        (b"\xff\xfe\xfd", "text/plain"),
        (b"x", "text/plain; charset=klingon"),
        (b"x", "text/plain; charset=undefined"),
        (b"x", "text/plain; charset=hex"),
        (b"x", "text/plain; charset=punycode"),
        (b"x", "text/plain; charset=unicode_escape"),
        (b"\x80", "text/plain; charset=ascii"),
        (b"x", "text/plain; charset=idna"),
        (b"+2AA-", "text/plain; charset=utf-7"),
    ],
)
def test_a_letter_that_is_no_text_is_a_bad_request(body: bytes, content_type: str) -> None:
    assert isinstance(refusal(body, content_type), BadRequest)


def test_a_letter_that_is_too_long_is_refused() -> None:
    assert refusal("x" * 200_001, "text/plain").errors[0]["field"] == "narrative"


def test_a_letter_that_must_be_too_long_is_refused_before_it_is_decoded() -> None:
    too_long = b"\xff" * 800_001

    assert refusal(too_long, "text/plain").errors[0]["field"] == "narrative"
    assert refusal(b"From: a@example.com\n\n" + too_long, EMAIL).errors[0]["field"] == "narrative"


def test_a_letter_that_names_very_many_files_is_taken() -> None:
    letter = " ".join(f"photo-{number}.jpg" for number in range(1000))
    assert len(parse(letter, "text/plain").submission.documents) == 200


# --- e-mail ----------------------------------------------------------------------------------------


def test_a_plain_email_says_who_what_and_when() -> None:
    message = mail(Date="Tue, 10 Nov 2026 18:30:00 +0100")
    parsed = parse(message.as_bytes(), EMAIL, claim_id="MAIL-1")
    submission = parsed.submission
    assert submission.claim_id == "MAIL-1"
    assert submission.claimant is not None
    assert (submission.claimant.name, submission.claimant.email) == ("Dana Whitfield", "dana@example.com")
    assert submission.narrative == f"My car\n\n{LETTER}"
    assert submission.metadata == {
        "source": "email",
        "subject": "My car",
        "sent_at": "2026-11-10T18:30:00+01:00",
    }
    assert parsed.documents == []


@pytest.mark.parametrize(
    ("date", "sent_at"),
    [
        ("Tue, 10 Nov 2026 18:30:00 -0000", "2026-11-10T18:30:00+00:00"),
        ("10 Nov 2026 18:30 GMT", "2026-11-10T18:30:00+00:00"),
        ("the day before yesterday", None),
        ("Tue, 99 Nov 2026 18:30:00 +0000", None),
        (None, None),
    ],
)
def test_the_date_of_an_email_is_known_where_it_is_one(date: str | None, sent_at: str | None) -> None:
    body = f"From: dana@example.com\n{f'Date: {date}\n' if date else ''}\n{LETTER}"
    assert parse(body, EMAIL).submission.metadata.get("sent_at") == sent_at


def test_headers_in_plain_utf_8_are_read_and_other_bytes_are_no_error() -> None:
    submission = parse(
        "From: Nguyễn Châu <châu@example.org>\nSubject: Xe hỏng\n\nA dent.".encode(), EMAIL
    ).submission
    assert submission.claimant is not None
    assert (submission.claimant.name, submission.claimant.email) == ("Nguyễn Châu", "châu@example.org")
    assert submission.metadata["subject"] == "Xe hỏng"
    other = parse("From: Jörg Ahl <ahl@example.org>\n\nA dent.".encode("latin-1"), EMAIL).submission
    assert other.claimant is not None
    assert other.claimant.name == "J\N{REPLACEMENT CHARACTER}rg Ahl"


def test_an_email_in_html_only_is_read_as_text() -> None:
    message = mail()
    message.set_content(
        "<html><head><style>p {}</style></head><body><p>Somebody hit</p><p>my&nbsp;car.</p></body></html>",
        subtype="html",
    )
    assert parse(message.as_bytes(), EMAIL).submission.narrative == "My car\n\nSomebody hit\nmy\u00a0car."


def test_html_that_looks_like_something_else_is_still_text() -> None:
    message = mail()
    message.set_content("report.txt", subtype="html")
    assert parse(message.as_bytes(), EMAIL).submission.narrative == "My car\n\nreport.txt"


def test_of_two_forms_of_the_same_text_the_plain_one_is_read_and_attachments_become_documents() -> None:
    message = mail()
    message.add_alternative("<p>The same in HTML</p>", subtype="html")
    message.add_attachment("Estimate: 2,400.00", filename="estimate.txt")
    message.add_attachment(b"\x89PNG\r\n", maintype="image", subtype="png", filename="Foto März.png")
    parsed = parse(message.as_bytes(), EMAIL)
    assert parsed.submission.narrative == f"My car\n\n{LETTER}"
    assert parsed.submission.documents == ["estimate.txt", "Foto März.png"]
    assert [(d.filename, d.content) for d in parsed.documents] == [
        ("estimate.txt", b"Estimate: 2,400.00\n"),
        ("Foto März.png", b"\x89PNG\r\n"),
    ]


def test_attachments_without_a_name_get_one_that_fits_their_kind() -> None:
    message = mail()
    message.add_attachment("one")
    message.add_attachment(b"\xff\xd8\xff", maintype="image", subtype="jpeg")
    names = [document.filename for document in parse(message.as_bytes(), EMAIL).documents]
    assert names == ["attachment-1.txt", "attachment-2.jpg"]


def test_a_forwarded_email_is_a_document_of_its_own() -> None:
    inner = mail("The original letter", Subject="The original")
    outer = mail("Please see below")
    outer.add_attachment(inner)
    parsed = parse(outer.as_bytes(), EMAIL)
    assert parsed.submission.narrative == "My car\n\nPlease see below"
    assert [document.filename for document in parsed.documents] == ["attachment-1.eml"]
    content = parsed.documents[0].content
    assert content is not None
    assert content.startswith(b"From: Dana Whitfield <dana@example.com>\n")
    assert b"The original letter" in content


def test_headers_in_other_scripts_are_decoded() -> None:
    message = mail(From="Jörg Müller <joerg@example.com>", Subject="Schaden am Auto – 事故")
    submission = parse(message.as_bytes(), EMAIL).submission
    assert submission.claimant is not None
    assert submission.claimant.name == "Jörg Müller"
    assert submission.metadata["subject"] == "Schaden am Auto – 事故"


@pytest.mark.parametrize(
    ("headers", "body", "text"),
    [
        (
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable",
            b"M=C3=A4rz",
            "März",
        ),
        ("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64", b"TcOkcno=", "März"),
        ("Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit", b"M\xe4rz", "März"),
        ("Content-Type: text/plain; charset=windows-1252", b"2 \x80", "2 €"),
        ("Content-Type: text/plain; charset=klingon", b"plain", "plain"),
        ("Content-Type: text/plain; charset=punycode", b"a-b", "a-b"),
        ("Content-Type: text/plain; charset=koi8-r", "Град".encode("koi8-r"), "Град"),
        ("Content-Type: text/plain; charset=klingon", "März".encode(), "März"),
        ("X-None: none", b"plain", "plain"),
        ("X-None: none", b"caf\xc3", "caf\ufffd"),
        ("X-None: none", "1 200 €".encode(), "1 200 €"),
    ],
)
def test_the_text_of_an_email_is_decoded(headers: str, body: bytes, text: str) -> None:
    message = b"From: dana@example.com\nMIME-Version: 1.0\n" + headers.encode() + b"\n\n" + body
    assert parse(message, EMAIL).submission.narrative == text


def test_behind_the_mail_of_a_web_form_is_whoever_a_reply_reaches() -> None:
    form = "From: Website <no-reply@carrier.example>\n"
    answered = parse(f"{form}Reply-To: Dana <dana@example.com>\n\n{LETTER}", EMAIL).submission.claimant

    assert answered and (answered.name, answered.email) == ("Dana", "dana@example.com")
    assert parse(f"{form}\n{LETTER}", EMAIL).submission.claimant is None


def test_an_email_whose_sender_is_a_group_has_no_claimant() -> None:
    assert parse(f"From: undisclosed-recipients:;\n\n{LETTER}", EMAIL).submission.claimant is None


def test_the_sample_email_brings_its_attachments() -> None:
    parsed = parse((SAMPLES / "claims" / "stolen_car.eml").read_bytes(), EMAIL)
    assert parsed.documents
    assert all(document.content for document in parsed.documents)


MULTIPART = b"From: a@example.com\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
TEXT_PART = b"--b\nContent-Type: text/plain\n\nhello\n"
ATTACHED = b"--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n\n",
        b"\x00\xff\x89PNG rubbish" * 20,
        b"just a letter without headers",
        b"Subject: no sender\n\nhello",
        MULTIPART + TEXT_PART,
        MULTIPART + TEXT_PART + ATTACHED,
        MULTIPART + TEXT_PART + ATTACHED + b"Content-Transfer-Encoding: base64\n\nabc\n--b--\n",
        MULTIPART + TEXT_PART + ATTACHED + b"Content-Transfer-Encoding: base64\n\na$%b!c=\n--b--\n",
        MULTIPART.replace(b"; boundary=b", b"") + TEXT_PART + b"--b--\n",
        MULTIPART + b"no part begins here",
        b"From: a@example.com\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n!",
        b"From: a@example.com\nMIME-Version: 1.0\n"
        + b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(2000)),
    ],
    ids=[
        "empty",
        "blank",
        "binary",
        "no headers",
        "no sender",
        "truncated after the text",
        "truncated in an attachment's headers",
        "base64 of an impossible length",
        "base64 with foreign characters",
        "no boundary named",
        "boundary that never comes",
        "text in broken base64",
        "nested very deeply",
    ],
)
def test_an_email_that_is_broken_is_a_bad_request(body: bytes) -> None:
    assert isinstance(refusal(body, EMAIL), BadRequest)


@pytest.mark.parametrize("charset", ["punycode", "Puny_Code", "idna*en", " idna"])
def test_an_email_whose_header_is_in_what_is_no_charset_is_a_bad_request(charset: str) -> None:
    error = refusal(f"From: a@example.com\nSubject: =?{charset}?q?a-b?=\n\nhello", EMAIL)
    assert isinstance(error, BadRequest)
    assert "charset" in error.detail


def test_a_sender_whose_name_is_too_long_is_refused_by_field() -> None:
    assert refusal(f"From: {'x' * 600} <a@example.com>\n\nhello", EMAIL).errors[0]["field"] == "claimant.name"


# --- all of them -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content_type", ["text/html", "application/xml", "", "nonsense", "text/\udcff", "text"]
)
def test_other_content_types_are_refused_with_those_that_are_taken(content_type: str) -> None:
    error = refusal(b"{}", content_type)
    assert isinstance(error, UnsupportedMedia)
    assert "application/json" in error.detail
    assert error.detail.isascii()


@pytest.mark.parametrize("content_type", ["text/plain", EMAIL])
def test_a_claim_id_beside_a_text_is_checked(content_type: str) -> None:
    error = refusal(f"From: a@example.com\n\n{LETTER}", content_type, claim_id="../x")
    assert isinstance(error, InvalidInput)
    assert error.errors[0]["field"] == "claim_id"


@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(str.encode)
    | st.lists(
        st.sampled_from(
            [
                MULTIPART,
                TEXT_PART,
                ATTACHED,
                b"--b--\n",
                b"\n\n",
                b"From: ",
                b"=?utf-8?b?",
                b"\xff",
                b'{"a":',
                b"[1e999",
                b"Content-Type: message/rfc822\n",
                b"Date: ",
                b"Content-Transfer-Encoding: base64\n",
                b'"x@',
                b">;:,<",
            ]
        ),
        max_size=8,
    ).map(b"".join),
    st.sampled_from(["application/json", "text/plain", "text/plain; charset=utf-7", EMAIL]),
)
def test_any_bytes_are_a_submission_or_a_clear_refusal(body: bytes, content_type: str) -> None:
    try:
        parsed = parse(body, content_type)
    except ClaimsError as error:
        assert 400 <= PROBLEMS[type(error)].status < 500
        assert error.detail
        return
    parsed.submission.model_dump_json()
