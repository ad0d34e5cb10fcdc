"""Decodes bytes that may be text, in whatever encoding they are."""

import codecs
import re

TEXT_SAMPLE = 64 * 1024
"""The number of bytes by which an encoding is guessed."""
_BINARY = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")


def plain_text(content: bytes) -> str:
    """The text of a plain-text document, or an empty string for a document of any other kind."""
    return "" if content.startswith(b"%PDF-") else decoded(content) or ""


def decoded(content: bytes) -> str | None:
    """The text that `content` encodes, or None if it is no text.

    Its encoding is UTF-8, UTF-16 with a byte order mark, or else the one that the content itself suggests.
    Control characters and null bytes make it no text.
    """
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return _decode_legacy(content)
    return None if _BINARY.search(text) else text


def text_in(charset: str, content: bytes, errors: str = "strict") -> str:
    """The text that `content` encodes in the charset that its sender names.

    `errors` is as for `bytes.decode`.

    Raises:
        LookupError: there is no such charset. Codecs that Python has besides charsets do not count: punycode,
            for one, takes quadratic time.
        UnicodeError: `content` is not in that charset.
    """
    from charset_normalizer.utils import iana_name

    try:
        name = iana_name(codecs.lookup(charset).name)
    except ValueError:
        raise LookupError(f"{charset!a} is no charset of text") from None
    return content.decode(name, errors)


def _decode_legacy(content: bytes) -> str | None:
    import charset_normalizer

    if b"\0" in content:
        return None
    guess = charset_normalizer.from_bytes(content[:TEXT_SAMPLE]).best()
    return content.decode(guess.encoding, "replace") if guess else None
