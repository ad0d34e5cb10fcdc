"""Reads HTML and e-mail, which take no more than a parser of marked-up text."""

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from documents.result import MOST_CHARACTERS
from documents.text import plain_text

_SHOWN = ("From", "To", "Date", "Subject")


def html_text(content: bytes) -> str:
    """The text that a reader of the page would see, with one line for each piece of it."""
    from bs4 import BeautifulSoup

    page = BeautifulSoup(plain_text(content), "html.parser")
    for hidden in page(["script", "style", "template", "noscript", "head"]):
        hidden.decompose()
    return page.get_text("\n", strip=True)[:MOST_CHARACTERS]


def email_text(content: bytes) -> str:
    """The headers that say who wrote to whom, when and about what, and the message without attachments."""
    try:
        message = BytesParser(EmailMessage, policy=policy.default).parsebytes(content)
        head = [f"{name}: {value}" for name in _SHOWN if (value := message[name])]
        body = message.get_body(preferencelist=("plain", "html"))
        text = str(body.get_content()) if body else ""
        if body and body.get_content_subtype() == "html":
            text = html_text(text.encode())
    except Exception:  # the header parsers of the standard library raise anything on malformed headers
        return plain_text(content)[:MOST_CHARACTERS]
    return "\n".join([*head, "", text])[:MOST_CHARACTERS]
