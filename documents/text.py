"""Bytes that may be text."""

import codecs
import re

TEXT_SAMPLE = 64 * 1024
_BINARY = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")


def plain_text(content: bytes) -> str:
    """The text of a plain-text document; empty for anything else."""
    return "" if content.startswith(b"%PDF-") else decoded(content) or ""


def decoded(content: bytes) -> str | None:
    """The text that `content` is, None where it is no text."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return _decode_legacy(content)
    return None if _BINARY.search(text) else text


def text_in(charset: str, content: bytes, errors: str = "strict") -> str:
    """The text that `content` is in the charset that somebody names.

    Raises:
        LookupError: it is no charset of text; punycode, for one, is a codec and takes quadratic time.
        UnicodeError: `content` is not in it.
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
